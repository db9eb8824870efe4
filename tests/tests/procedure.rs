//! A newcomer from the counter to the fine over gRPC, on both databases: each step by whoever owes it.

use crate::support::{BON, BRUSSELS, Client, Deployment, GGC, IXELLES, Server, day, number, request_id};
use std::time::Duration;
use tonic::Code;
use tonic_types::StatusExt as _;
use traject_proto::google::r#type::Date;
use traject_proto::traject::act::v1::*;
use traject_proto::traject::check::v1::*;
use traject_proto::traject::delivery::v1::*;
use traject_proto::traject::dossier::v1::*;
use traject_proto::traject::report::v1::{AnswerQuestion280Request, GetFiguresRequest, ReadingLanguage};
use traject_proto::traject::r#type::v1::{Breach, Enforcement, Language, NextCode, Outcome, Stage, Standing, Turn};
use traject_proto::traject::work::v1::*;

/// What the register of the City of Brussels says of somebody who arrived in October 2022.
pub(crate) fn extract() -> RegisterExtract {
    RegisterExtract {
        birth_date: day(1990, 5, 1),
        nationality: "MA".to_owned(),
        municipality: "21004".to_owned(),
        register: "foreigners".to_owned(),
        registered_date: day(2022, 10, 3),
        permit_kind: "A".to_owned(),
        permit_ground: "family".to_owned(),
        permit_valid_from_date: day(2022, 10, 3),
        lawful_stay_since_date: day(2022, 9, 12),
        letter_language: Language::Fr.into(),
        ..RegisterExtract::default()
    }
}

/// A visit at which the certificate is handed over.
pub(crate) fn visit(serial: u32, id: u128) -> CounterVisitRequest {
    CounterVisitRequest {
        request_id: request_id(id),
        national_number: number(serial),
        identity: Some(Identity {
            last_name: "Amrani".to_owned(),
            first_names: "Nadia".to_owned(),
            street: "Nieuwstraat".to_owned(),
            house_number: "1".to_owned(),
            postal_code: "1000".to_owned(),
            city: "Brussel".to_owned(),
            ..Identity::default()
        }),
        extract: Some(extract()),
        visit_date: day(2022, 10, 3),
        information: vec![
            InformationItem::Brochure.into(),
            InformationItem::OralNl.into(),
            InformationItem::OralFr.into(),
        ],
        spoken_language: "ar".to_owned(),
        certificate_received: true,
        ..CounterVisitRequest::default()
    }
}

/// The standing of the breach that a test is about.
fn enforcement(standing: Option<&Standing>) -> (Enforcement, NextCode) {
    let standing = standing.expect("there is a standing");
    let breach = standing.breaches.iter().find(|breach| breach.breach() == Breach::NotRegistered);
    (breach.expect("the person is obliged").enforcement(), standing.next_code())
}

struct Story {
    brussels: Client,
    ixelles: Client,
    bon: Client,
    ggc: Client,
}

impl Story {
    async fn of(server: &Server) -> Self {
        Self {
            brussels: server.client_in(BRUSSELS, "nl").await,
            ixelles: server.client(IXELLES).await,
            bon: server.client(BON).await,
            ggc: server.client(GGC).await,
        }
    }

    async fn counter(&self) -> String {
        let visited = self.brussels.check().counter_visit(visit(1, 1)).await.expect("she is obliged").into_inner();
        let standing = visited.standing.expect("a standing");
        assert_eq!((standing.outcome(), standing.stage()), (Outcome::Obliged, Stage::ToRegister));
        assert!(visited.explanation.is_some_and(|why| why.conditions.len() == 7));
        // Six months to register from 3 October 2022 ended on Monday 3 April 2023.
        let term = standing.breaches[0].term.clone().expect("the term runs");
        assert_eq!((term.term.as_str(), term.due_date), ("D-REGISTER", day(2023, 4, 3)));
        assert_eq!(term.derivation.len(), 4);
        assert_eq!(enforcement(Some(&standing)), (Enforcement::Late, NextCode::Notice));
        assert_eq!(standing.next_turn(), Turn::Municipality);
        let again = self.brussels.check().counter_visit(visit(1, 1)).await.expect("the same").into_inner();
        assert_eq!((&again.dossier, &again.etag), (&visited.dossier, &visited.etag));
        assert_eq!(again.certificate_delivery, visited.certificate_delivery);
        visited.dossier
    }

    async fn notice(&self, dossier: &str) {
        let open = self.brussels.work().list_work_items(ListWorkItemsRequest::default()).await.expect("a list");
        let item = open.into_inner().work_items.into_iter().find(|item| item.kind() == WorkKind::ReleaseNotice);
        let item = item.expect("the lapse proposes a notice");
        assert_eq!((item.dossier.as_str(), item.municipality.as_str()), (dossier, "21004"));
        assert_eq!(item.due_since_date, day(2023, 4, 4));
        assert!(item.days_overdue > 1_000 && item.age_days == 0 && item.opened_date.is_some());
        let other = ReleaseWorkItemRequest { name: item.name.clone(), request_id: request_id(20) };
        let refused = self.ggc.work().release_work_item(other).await.expect_err("the GGC sends no notices");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "WRONG_ACTOR"));
        // Posted long ago, on paper and by other means: no letter is made now.
        let post = PostNoticeRequest {
            name: dossier.to_owned(),
            occurred_date: day(2023, 5, 2),
            request_id: request_id(21),
            breach: Breach::NotRegistered.into(),
            ..PostNoticeRequest::default()
        };
        let posted = self.brussels.act().post_notice(post).await.expect("she is late").into_inner();
        assert!(posted.deliveries.is_empty());
        // Without a receipt it counts as delivered on the third working day, and two months more have long gone by.
        assert_eq!(enforcement(posted.after.as_ref()), (Enforcement::Refused, NextCode::DTransfer));
        let cure = posted.after.expect("a standing").breaches[0].cure.clone().expect("the additional term");
        assert_eq!((cure.start_date, cure.due_date), (day(2023, 5, 5), day(2023, 7, 5)));
    }

    async fn transfer(&self, dossier: &str) {
        let establish = EstablishRefusalRequest {
            name: dossier.to_owned(),
            request_id: request_id(30),
            breach: Breach::NotRegistered.into(),
            ..EstablishRefusalRequest::default()
        };
        self.brussels.act().establish_refusal(establish).await.expect("it lapsed");
        let open = ListWorkItemsRequest {
            municipality: "21004".to_owned(),
            kinds: vec![WorkKind::ReleaseTransfer.into()],
            breach: Breach::NotRegistered.into(),
            ..ListWorkItemsRequest::default()
        };
        let open = self.brussels.work().list_work_items(open).await.expect("a list").into_inner().work_items;
        assert_eq!(open.len(), 1);
        let claim = ClaimWorkItemRequest { name: open[0].name.clone(), etag: open[0].etag.clone() };
        let claimed = self.brussels.work().claim_work_item(claim.clone()).await.expect("it is free").into_inner();
        assert_eq!(claimed.assignee, "clerk-1");
        let stale = self.brussels.work().claim_work_item(claim).await.expect_err("the etag is an old one");
        assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "STALE_ETAG"));
        let release = ReleaseWorkItemRequest { name: claimed.name.clone(), request_id: request_id(31) };
        let missing =
            ReleaseWorkItemRequest { name: format!("workItems/{}", request_id(9)), request_id: request_id(32) };
        let batch = BatchReleaseWorkItemsRequest { requests: vec![release.clone(), missing] };
        let results = self.brussels.work().batch_release_work_items(batch).await.expect("one by one").into_inner();
        let [done, unknown] = &results.results[..] else { panic!("two results") };
        assert_eq!(enforcement(done.standing.as_ref()), (Enforcement::Transferred, NextCode::Hearing));
        assert_eq!(unknown.error_reason().as_str_name(), "ERROR_REASON_NOT_FOUND");
        let again = self.brussels.work().release_work_item(release).await.expect("the same again").into_inner();
        assert_eq!((&again.facts, &again.etag), (&done.facts, &done.etag));
    }

    async fn hearing(&self, dossier: &str) {
        let early = fine(dossier, 40, 25_000);
        let refused = self.ggc.act().impose_fine(early).await.expect_err("nobody was invited");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "MISSING_STEP"));
        let invite = InviteToHearingRequest {
            name: dossier.to_owned(),
            request_id: request_id(41),
            breach: Breach::NotRegistered.into(),
            ..InviteToHearingRequest::default()
        };
        self.ggc.act().invite_to_hearing(invite).await.expect("it was transferred");
        let refused = self.brussels.act().impose_fine(fine(dossier, 42, 25_000)).await.expect_err("it never fines");
        assert_eq!(reason(&refused), "WRONG_ACTOR");
        assert_eq!(refused.message(), "Uw dienst mag deze stap niet zetten. Een andere dienst doet dat.");
        let refused = self.ggc.act().impose_fine(fine(dossier, 43, 250_001)).await.expect_err("above 2,500 euro");
        assert_eq!(reason(&refused), "ABOVE_MAXIMUM");
        let violation = refused.get_details_precondition_failure().expect("it names the rule").violations.remove(0);
        assert_eq!(violation.r#type, "R-F1");
        let only = FineOnly { validate_only: true, ..fine(dossier, 44, 25_000) };
        let shown = self.ggc.act().impose_fine(only).await.expect("it would be allowed").into_inner();
        assert!(shown.facts.is_empty());
        assert_eq!(enforcement(shown.before.as_ref()).0, Enforcement::Invited);
        assert_eq!(enforcement(shown.after.as_ref()).0, Enforcement::Fined);
        let fined = self.ggc.act().impose_fine(fine(dossier, 45, 25_000)).await.expect("she was invited").into_inner();
        assert_eq!(fined.after.expect("a standing").fined_cents, 25_000);
    }

    /// An exemption that existed before takes the ground away: the standing asks for a review.
    async fn undone(&self, dossier: &str) {
        let grant = GrantExemptionRequest {
            name: dossier.to_owned(),
            occurred_date: day(2022, 10, 3),
            request_id: request_id(50),
            code: "E11".to_owned(),
            ..GrantExemptionRequest::default()
        };
        let refused = self.bon.act().grant_exemption(grant.clone()).await.expect_err("an office exempts nobody");
        assert_eq!(reason(&refused), "WRONG_ACTOR");
        let granted =
            self.brussels.act().grant_exemption(grant).await.expect("she brought the certificate").into_inner();
        let after = granted.after.expect("a standing");
        assert_eq!((after.outcome(), after.next_code()), (Outcome::Exempt, NextCode::ReviewFine));
        let wrong = granted.facts[0].clone();
        let retract = RetractFactRequest {
            name: dossier.to_owned(),
            request_id: request_id(51),
            fact: wrong.clone(),
            ..RetractFactRequest::default()
        };
        let refused = self.ixelles.act().retract_fact(retract.clone()).await.expect_err("it is not hers");
        assert_eq!(reason(&refused), "WRONG_ACTOR");
        let preview = RetractFactRequest { validate_only: true, ..retract.clone() };
        let shown = self.brussels.act().retract_fact(preview).await.expect("it may").into_inner();
        assert_eq!(shown.after.expect("a standing").outcome(), Outcome::Obliged);
        self.brussels.act().retract_fact(retract).await.expect("it was a mistake");
        let facts = self.facts(dossier).await;
        assert!(facts.iter().any(|fact| fact.name == wrong && fact.retracted));
    }

    /// Every fact of a dossier, two at a time.
    async fn facts(&self, dossier: &str) -> Vec<Fact> {
        let mut all = Vec::new();
        let mut list = ListFactsRequest { parent: dossier.to_owned(), page_size: 2, ..ListFactsRequest::default() };
        loop {
            let page = self.brussels.dossier().list_facts(list.clone()).await.expect("a page").into_inner();
            all.extend(page.facts);
            list.page_token = page.next_page_token;
            if list.page_token.is_empty() {
                return all;
            }
        }
    }
}

/// The steps up to the transfer, with somebody who may look.
pub(crate) async fn from_counter_to_transfer(server: &Server) -> (Client, String) {
    let story = Story::of(server).await;
    let dossier = story.counter().await;
    story.notice(&dossier).await;
    story.transfer(&dossier).await;
    (story.brussels, dossier)
}

type FineOnly = ImposeFineRequest;

fn fine(dossier: &str, id: u128, amount_cents: i64) -> ImposeFineRequest {
    ImposeFineRequest {
        name: dossier.to_owned(),
        request_id: request_id(id),
        breach: Breach::NotRegistered.into(),
        amount_cents,
        circumstances: vec!["health".to_owned(), "work".to_owned()],
        ..ImposeFineRequest::default()
    }
}

/// The reason of an error.
pub(crate) fn reason(status: &tonic::Status) -> String {
    let info = status.get_details_error_info().expect("every error says why");
    assert_eq!(info.domain, "traject.brussels");
    info.reason
}

async fn from_counter_to_fine(deployment: &Deployment) {
    let server = deployment.serve();
    let story = Story::of(&server).await;
    let dossier = story.counter().await;
    story.notice(&dossier).await;
    story.transfer(&dossier).await;
    story.hearing(&dossier).await;
    story.undone(&dossier).await;
    let kinds: Vec<String> = story.facts(&dossier).await.into_iter().map(|fact| fact.kind).collect();
    let expected = [
        "checked",
        "information_given",
        "certificate_received",
        "notice_posted",
        "refusal_established",
        "transferred",
        "hearing_invited",
        "grounds_stated",
        "fined",
        "exemption_granted",
        "retracted",
    ];
    assert_eq!(kinds, expected);
    figures(&story).await;
    assert!(server.stop().success());
    assert!(deployment.output(&mut deployment.command("verify")).starts_with("11 facts, 1 dossiers"));
}

async fn figures(story: &Story) {
    let today = story.brussels.dossier().list_dossiers(ListDossiersRequest::default()).await.expect("a list");
    assert_eq!(today.into_inner().dossiers.len(), 1);
    let asked = GetFiguresRequest { as_of_date: day(2099, 12, 31), ..GetFiguresRequest::default() };
    let figures = story.ggc.report().get_figures(asked).await.expect("figures").into_inner();
    let count = |key: &str| figures.totals.iter().find(|figure| figure.key == key).map(|figure| figure.count);
    assert_eq!(count("q1_persons"), Some(1));
    assert_eq!(count("q5a_sanctioned"), Some(1));
    assert_eq!(count("q5b_bands/101-500"), Some(1));
    let answer = AnswerQuestion280Request {
        as_of_date: day(2099, 12, 31),
        recorded_by_date: None,
        language: ReadingLanguage::Nl.into(),
    };
    let answer = story.ggc.report().answer_question280(answer).await.expect("an answer").into_inner();
    assert!(answer.pdf.starts_with(b"%PDF-"));
    assert!(answer.rows.iter().all(|row| row.cells.len() == answer.columns.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_from_the_counter_to_the_fine_on_sqlite() {
    from_counter_to_fine(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_from_the_counter_to_the_fine_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        from_counter_to_fine(&deployment).await;
    }
}

/// A notice released today becomes a letter in the print folder, and its bytes are kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_released_notice_becomes_a_letter() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let brussels = server.client(BRUSSELS).await;
    let visited = brussels.check().counter_visit(visit(2, 1)).await.expect("she is obliged").into_inner();
    let list = ListWorkItemsRequest { kinds: vec![WorkKind::ReleaseNotice.into()], breach: 1, ..Default::default() };
    let item = brussels.work().list_work_items(list).await.expect("a list").into_inner().work_items.remove(0);
    let release = ReleaseWorkItemRequest { name: item.name, request_id: request_id(2) };
    let released = brussels.work().release_work_item(release).await.expect("it is due").into_inner();
    assert_eq!(enforcement(released.standing.as_ref()).0, Enforcement::NoticePosted);
    let letters = printed(&brussels, &visited.dossier).await;
    let documents: Vec<Document> = letters.iter().map(Delivery::document).collect();
    assert_eq!(documents, [Document::CertificateOfObligation, Document::FormalNotice]);
    for letter in &letters {
        let document = GetDeliveryDocumentRequest { name: letter.name.clone() };
        let document = brussels.delivery().get_delivery_document(document).await.expect("it is kept").into_inner();
        let file = letter.name.replace("deliveries/", "");
        let printed = deployment.dir.path().join("data/letters").join(&letter.batch).join(format!("{file}.pdf"));
        assert_eq!(document.content, std::fs::read(printed).expect("it is in the print folder"));
        let posting = RecordPostingRequest { name: letter.name.clone(), ..RecordPostingRequest::default() };
        let posted = brussels.delivery().record_posting(posting.clone()).await.expect("it was printed").into_inner();
        assert_eq!(posted.state(), DeliveryState::Posted);
        brussels.delivery().record_posting(posting).await.expect("once more is no error");
    }
    let cancel = CancelDeliveryRequest { name: letters[0].name.clone() };
    let refused = brussels.delivery().cancel_delivery(cancel).await.expect_err("it has left");
    assert_eq!(reason(&refused), "ALREADY_DONE");
}

/// The letters of a dossier, once the server has made them.
async fn printed(client: &Client, dossier: &str) -> Vec<Delivery> {
    for _ in 0..300 {
        let list = ListDeliveriesRequest { parent: dossier.to_owned(), ..ListDeliveriesRequest::default() };
        let found = client.delivery().list_deliveries(list).await.expect("a list").into_inner().deliveries;
        if found.len() == 2 && found.iter().all(|delivery| delivery.state() == DeliveryState::Printed) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the letters were not printed within 30 seconds");
}

/// A suspension moves the term, a correction of the check undoes the obligation, and a walk-in has none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspensions_corrections_and_walk_ins() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let story = Story::of(&server).await;
    let dossier = story.brussels.check().counter_visit(visit(3, 1)).await.expect("obliged").into_inner().dossier;
    let suspend = |id, until: Option<Date>, channel: &str| GrantSuspensionRequest {
        name: dossier.clone(),
        occurred_date: day(2023, 1, 1),
        request_id: request_id(id),
        code: "S02".to_owned(),
        until_date: until,
        channel: traject_proto::traject::r#type::v1::EvidenceChannel::from_str_name(channel).expect("a channel").into(),
        ..GrantSuspensionRequest::default()
    };
    let wrong = suspend(2, day(2023, 1, 31), "EVIDENCE_CHANNEL_ORGANISER");
    let refused = story.brussels.act().grant_suspension(wrong).await.expect_err("never through the organiser");
    assert_eq!(reason(&refused), "WRONG_CHANNEL");
    let right = suspend(3, day(2023, 1, 31), "EVIDENCE_CHANNEL_MUNICIPAL_DESK");
    let suspended = story.brussels.act().grant_suspension(right).await.expect("at the desk").into_inner();
    let term = suspended.after.expect("a standing").breaches[0].term.clone().expect("the term");
    assert_eq!(term.due_date, day(2023, 5, 4));
    corrected(&story, &dossier).await;
    walk_in(&story).await;
}

async fn corrected(story: &Story, dossier: &str) {
    let belgian = RegisterExtract { nationality: "BE".to_owned(), ..extract() };
    let correct = CorrectCheckRequest {
        name: dossier.to_owned(),
        request_id: request_id(10),
        extract: Some(belgian),
        validate_only: true,
        ..CorrectCheckRequest::default()
    };
    let preview = story.brussels.act().correct_check(correct.clone()).await.expect("a preview").into_inner();
    assert_eq!(preview.before.expect("before").outcome(), Outcome::Obliged);
    let correct = CorrectCheckRequest { validate_only: false, etag: preview.etag, ..correct };
    let done = story.brussels.act().correct_check(correct).await.expect("corrected").into_inner();
    let after = done.after.expect("after");
    assert_eq!((after.outcome(), after.reasons), (Outcome::NotInScope, vec!["R-S1".to_owned()]));
    assert_eq!(done.facts.len(), 2);
}

async fn walk_in(story: &Story) {
    let open = OpenVoluntaryDossierRequest {
        request_id: request_id(20),
        national_number: number(4),
        organiser: "BON".to_owned(),
        track_language: Language::Nl.into(),
        ..OpenVoluntaryDossierRequest::default()
    };
    let opened = story.bon.act().open_voluntary_dossier(open.clone()).await.expect("a walk-in").into_inner();
    assert!(opened.after.is_none(), "no check, no standing");
    let again = OpenVoluntaryDossierRequest { request_id: request_id(21), ..open };
    let taken = story.bon.act().open_voluntary_dossier(again).await.expect_err("he has a dossier");
    assert_eq!(reason(&taken), "ALREADY_DONE");
    let replace = ReplaceNumberRequest {
        name: opened.dossier.clone(),
        request_id: request_id(22),
        national_number: number(5),
        ..ReplaceNumberRequest::default()
    };
    story.brussels.act().replace_number(replace).await.expect("the municipality reports it");
    for serial in [4, 5] {
        let search = SearchDossiersRequest { national_number: number(serial), ..Default::default() };
        let found = story.bon.dossier().search_dossiers(search).await.expect("a search").into_inner().dossiers;
        assert_eq!(found[0].name, opened.dossier);
    }
}
