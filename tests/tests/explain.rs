//! Why a dossier stands as it does: over the wire, and on the command line.

use crate::procedure::{extract, reason, visit};
use crate::support::{BON, BRUSSELS, Client, Deployment, Server, day, number, request_id, run};
use tonic::Code;
use tonic_types::StatusExt as _;
use traject_proto::traject::act::v1::GrantSuspensionRequest;
use traject_proto::traject::check::v1::{CheckPersonRequest, CounterVisitRequest, Finding, Truth};
use traject_proto::traject::dossier::v1::{
    Audience, ClockEvent, ExplainDossierRequest, Explanation, SearchDossiersRequest,
};
use traject_proto::traject::r#type::v1::derivation_step::Step;
use traject_proto::traject::r#type::v1::{DueDate, EvidenceChannel, Outcome};

/// A request about the first of March 2023, as known by now.
fn asked(name: &str) -> ExplainDossierRequest {
    ExplainDossierRequest {
        name: name.to_owned(),
        as_of_date: day(2023, 3, 1),
        recorded_by_date: day(2099, 12, 31),
        ..ExplainDossierRequest::default()
    }
}

/// A dossier whose certificate was received on 3 October 2022, suspended from 9 January to 5 February 2023.
async fn suspended(client: &Client) -> String {
    let dossier = client.check().counter_visit(visit(1, 1)).await.expect("a visit").into_inner();
    let suspension = GrantSuspensionRequest {
        name: dossier.dossier.clone(),
        request_id: request_id(2),
        etag: dossier.etag,
        occurred_date: day(2023, 1, 9),
        code: "S01".to_owned(),
        until_date: day(2023, 2, 5),
        channel: EvidenceChannel::MunicipalDesk.into(),
        ..GrantSuspensionRequest::default()
    };
    client.act().grant_suspension(suspension).await.expect("it is recorded");
    dossier.dossier
}

async fn explained(
    server: &Server,
    token: &'static str,
    language: &'static str,
    request: ExplainDossierRequest,
) -> Explanation {
    let client = server.client_in(token, language).await;
    client.dossier().explain_dossier(request).await.expect("an explanation").into_inner()
}

fn steps(due: &DueDate) -> Vec<&'static str> {
    let word = |step: &Step| match step {
        Step::Started(_) => "started",
        Step::Counted(_) => "counted",
        Step::Suspended(_) => "suspended",
        Step::Raw(_) => "raw",
        Step::NotWorking(_) => "not working",
        Step::Due(_) => "due",
    };
    due.derivation.iter().filter_map(|line| line.step.as_ref()).map(word).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dossier_is_explained_with_its_whole_trace_and_a_page() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let dossier = suspended(&server.client(BRUSSELS).await).await;
    let told = explained(&server, BRUSSELS, "fr", asked(&dossier)).await;
    assert_eq!((told.outcome(), told.regime.as_str()), (Outcome::Obliged, "A"));
    assert_eq!((told.name.as_str(), told.reference_date), (dossier.as_str(), day(2022, 10, 3)));
    assert!(told.conditions.iter().all(|finding| finding.truth() == Truth::True && !finding.trace.is_empty()));
    let check = &told.facts.iter().find(|fact| fact.kind == "checked").expect("the check counts").reference;
    let from_check = |finding: &Finding| finding.source_fact == *check && !finding.sources.is_empty();
    assert!(told.conditions.iter().all(from_check));
    let [clock] = told.clocks.as_slice() else { panic!("one term runs") };
    assert_eq!(
        (clock.term.as_str(), clock.label.as_str()),
        ("D-REGISTER", "délai d'inscription auprès d'un bureau d'accueil")
    );
    let (original, due) = (clock.original.as_ref().expect("an end"), clock.due.as_ref().expect("an end"));
    // 3 April and 28 days are the first of May.
    assert_eq!((original.due_date, due.raw_date, due.due_date), (day(2023, 4, 3), day(2023, 5, 1), day(2023, 5, 2)));
    assert_eq!(steps(due), ["started", "counted", "suspended", "raw", "not working", "due"]);
    let events: Vec<(ClockEvent, i32)> = clock.entries.iter().map(|entry| (entry.event(), entry.days)).collect();
    let expected = [(ClockEvent::Started, 0), (ClockEvent::Stopped, 28), (ClockEvent::Resumed, 0)];
    assert_eq!(events, expected);
    assert_eq!(clock.entries[1].ground, "S01");
    assert_eq!((clock.counting_ground.as_str(), clock.suspension_ground.as_str()), ("assumption", "assumption"));
    let page = told.page.expect("a page");
    assert_eq!((page.language.as_str(), page.title.as_str()), ("fr", "État du dossier et motifs"));
    assert!(page.html.contains("<html lang=\"fr\" dir=\"ltr\">") && page.html.contains("Fête du Travail"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_for_the_reader_and_in_the_language_that_is_asked_for() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let dossier = suspended(&server.client(BRUSSELS).await).await;
    let newcomer = ExplainDossierRequest { audience: Audience::Newcomer.into(), ..asked(&dossier) };
    let dutch = explained(&server, BON, "nl", newcomer.clone()).await.page.expect("a page");
    assert_eq!((dutch.language.as_str(), dutch.title.as_str()), ("nl", "Uw inburgeringstraject"));
    assert!(dutch.html.contains("2\u{a0}mei 2023") && !dutch.html.contains("S01"));
    let courtesy = ExplainDossierRequest { language: "es".to_owned(), ..newcomer.clone() };
    let courtesy = explained(&server, BON, "nl", courtesy).await.page.expect("a page");
    let last = courtesy.sections.last().and_then(|section| section.lines.last()).expect("a last line");
    assert!(last.text.contains("traducción informativa"), "{}", last.text);
    let faulty = ExplainDossierRequest { language: "tlh".to_owned(), audience: 9, name: "x".to_owned(), ..newcomer };
    let refused = server.client(BRUSSELS).await.dossier().explain_dossier(faulty).await.expect_err("three faults");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
    let fields = refused.get_details_bad_request().expect("it names the fields").field_violations;
    assert_eq!(fields.iter().map(|of| of.field.as_str()).collect::<Vec<_>>(), ["name", "audience", "language"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_needed_is_named_and_before_the_check_nothing_is_told() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let open = traject_proto::traject::check::v1::RegisterExtract { lawful_stay_since_date: None, ..extract() };
    let visit = CounterVisitRequest { extract: Some(open.clone()), certificate_received: false, ..visit(1, 1) };
    client.check().counter_visit(visit).await.expect("a visit");
    let found = SearchDossiersRequest { national_number: number(1), ..Default::default() };
    let found = client.dossier().search_dossiers(found).await.expect("a search").into_inner();
    let name = found.dossiers.first().expect("a dossier").name.clone();
    let told = explained(&server, BRUSSELS, "en", asked(&name)).await;
    assert_eq!(told.outcome(), Outcome::Undecided);
    let [need] = told.needs.as_slice() else { panic!("one column") };
    let papers: Vec<&str> = need.papers.iter().map(|paper| paper.label.as_str()).collect();
    assert_eq!((need.field.as_str(), need.label.as_str()), ("lawful_stay_since", "lawful stay since"));
    assert_eq!(papers, ["extract of the National Register", "history of stays"]);
    let early = ExplainDossierRequest { as_of_date: day(2022, 1, 1), ..asked(&name) };
    let early = explained(&server, BRUSSELS, "en", early).await;
    assert_eq!((early.outcome(), early.name, early.page), (Outcome::Unspecified, name, None));
    let judged = CheckPersonRequest { extract: Some(open), check_date: day(2022, 10, 3) };
    let judged = client.check().check_person(judged).await.expect("an answer").into_inner();
    assert!(judged.conditions.iter().all(|finding| finding.source_fact.is_empty() && !finding.sources.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_tells_the_same() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let dossier = suspended(&server.client(BRUSSELS).await).await;
    let told = explained(&server, BRUSSELS, "nl", asked(&dossier)).await;
    assert!(server.stop().success());
    let explain = |dossier: &str, arguments: &[&str]| {
        let mut command = deployment.command("explain");
        command.arg(dossier).args(["--as-of", "2023-03-01", "--recorded-by", "2099-12-31"]).args(arguments);
        command
    };
    let page = told.page.expect("a page");
    let html = deployment.output(&mut explain(&dossier, &["--format", "html"]));
    assert_eq!(html, page.html);
    let id = dossier.strip_prefix("dossiers/").expect("a name");
    let text = deployment.output(&mut explain(id, &["--audience", "newcomer", "--language", "en"]));
    assert!(text.starts_with("Your integration programme\n") && text.contains("On 2\u{a0}May 2023 at the latest."));
    let json = deployment.output(&mut explain(&dossier, &["--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["outcome"], "OUTCOME_OBLIGED");
    assert_eq!(json["conditions"].as_array().map(Vec::len), Some(told.conditions.len()));
    assert_eq!(json["clocks"][0]["entries"][1]["event"], "CLOCK_EVENT_STOPPED");
    assert_eq!(json["clocks"][0]["due"]["dueDate"]["day"], 2);
    assert_eq!(json["page"]["html"], page.html);
    let unknown = run(&mut explain(&dossier, &["--language", "tlh"]));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there are texts in en es fr nl"));
    let nobody = run(&mut explain(&request_id(99), &[]));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("NOT_FOUND"));
}
