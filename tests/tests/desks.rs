//! The desks at work over gRPC, on both databases: a counter that takes evidence, an office with a programme of eighteen
//! months, and a case officer who must not lose before a judge. Between them they reach every state.

use crate::procedure::{extract, reason};
use crate::scenarios::Town;
use crate::support::{Deployment, number, request_id};
use std::collections::BTreeSet;
use tonic::Code;
use traject_proto::google::r#type::Date;
use traject_proto::traject::act::v1::*;
use traject_proto::traject::check::v1::*;
use traject_proto::traject::delivery::v1::{Document, GetDeliveryRequest};
use traject_proto::traject::dossier::v1::{GetDossierRequest, ListFactsRequest};
use traject_proto::traject::file::v1::*;
use traject_proto::traject::office::v1::*;
use traject_proto::traject::sanction::v1::*;
use traject_proto::traject::r#type::v1::{
    Breach, BreachStanding, ClosingReason, Enforcement, EvidenceChannel, Language, Standing,
};
use traject_proto::traject::work::v1::{ListWorkItemsRequest, ReleaseWorkItemRequest, WorkKind};

const NOT_REGISTERED: i32 = Breach::NotRegistered as i32;

fn on(text: &str) -> Option<Date> {
    let mut parts = text.split('-').map(|part| part.parse().expect("a date"));
    Some(Date { year: parts.next()?, month: parts.next()?, day: parts.next()? })
}

/// Does an act of a client and gives what came of it; name, day and request id are filled in.
macro_rules! act {
    ($town:ident, $agency:literal . $service:ident . $call:ident, $request:ident, $name:expr, $on:literal
        $(, $field:ident: $given:expr)*) => {{
        let request = $request {
            name: $name.to_owned(),
            occurred_date: on($on),
            request_id: $town.request(),
            $($field: $given,)*
            ..$request::default()
        };
        $town.of($agency).$service().$call(request).await.map(tonic::Response::into_inner)
    }};
}

/// Somebody who was obliged on 3 October 2022 in the City of Brussels, and took the certificate home.
async fn obliged(town: &mut Town, serial: u32) -> String {
    let visit = CounterVisitRequest {
        request_id: town.request(),
        national_number: number(serial),
        identity: Some(Identity {
            last_name: "Amrani".to_owned(),
            first_names: "Nadia".to_owned(),
            ..Identity::default()
        }),
        extract: Some(extract()),
        visit_date: on("2022-10-03"),
        certificate_received: true,
        ..CounterVisitRequest::default()
    };
    town.of("21004").check().counter_visit(visit).await.expect("she is obliged").into_inner().dossier
}

async fn standing(town: &Town, dossier: &str, as_of: &str) -> Standing {
    let request =
        GetDossierRequest { name: dossier.to_owned(), as_of_date: on(as_of), recorded_by_date: on("2026-12-31") };
    town.of("21004").dossier().get_dossier(request).await.expect("it is there").into_inner().standing.expect("a check")
}

fn registration(standing: &Standing) -> &BreachStanding {
    standing.breaches.iter().find(|of| of.breach() == Breach::NotRegistered).expect("she is obliged")
}

async fn kinds(town: &Town, dossier: &str) -> Vec<String> {
    let list = ListFactsRequest { parent: dossier.to_owned(), page_size: 1_000, ..ListFactsRequest::default() };
    let page = town.of("21004").dossier().list_facts(list).await.expect("a page").into_inner();
    page.facts.into_iter().map(|fact| fact.kind).collect()
}

/// The kinds of open work on a dossier.
async fn work(town: &Town, agency: &str, dossier: &str) -> BTreeSet<WorkKind> {
    let list = ListWorkItemsRequest { page_size: 1_000, ..ListWorkItemsRequest::default() };
    let open = town.of(agency).work().list_work_items(list).await.expect("a list").into_inner().work_items;
    open.iter().filter(|item| item.dossier == dossier).map(|item| item.kind()).collect()
}

/// From the lapse to the transfer: notice of 9 May 2023, refusal of 13 July, transfer of the 27th.
async fn transferred(town: &mut Town, serial: u32) -> String {
    let dossier = obliged(town, serial).await;
    act!(town, "21004".act.post_notice, PostNoticeRequest, dossier, "2023-05-09", breach: NOT_REGISTERED)
        .expect("it lapsed");
    act!(town, "21004".act.transfer_dossier, TransferDossierRequest, dossier, "2023-07-27", breach: NOT_REGISTERED)
        .expect("it was refused");
    dossier
}

/// As far as a fine of 250 euro on 2 October 2023.
async fn fined(town: &mut Town, serial: u32) -> String {
    let dossier = transferred(town, serial).await;
    act!(town, "GGC".act.invite_to_hearing, InviteToHearingRequest, dossier, "2023-08-21", breach: NOT_REGISTERED)
        .expect("it was transferred");
    act!(town, "GGC".act.record_hearing, RecordHearingRequest, dossier, "2023-09-11", breach: NOT_REGISTERED,
        minutes: "She says that she was in hospital in spring.".to_owned())
    .expect("she came");
    act!(town, "GGC".act.impose_fine, ImposeFineRequest, dossier, "2023-10-02", breach: NOT_REGISTERED,
        amount_cents: 25_000, reasons: vec!["NOT_REGISTERED".to_owned()], circumstances: vec!["health".to_owned()])
    .expect("she was heard");
    dossier
}

/// A counter takes evidence by the doors that are open to it, and decides.
async fn the_counter(town: &mut Town) {
    let dossier = obliged(town, 1).await;
    act!(town, "BON".act.register, RegisterRequest, dossier, "2023-01-09", organiser: "BON".to_owned(),
        track_language: Language::Nl.into())
    .expect("she may choose");
    // C22: a medical certificate never goes through the organiser; nothing of it is kept.
    let before = kinds(town, &dossier).await;
    let refused =
        act!(town, "BON".act.record_request, RecordRequestRequest, dossier, "2023-02-01", code: "S02".to_owned(),
        channel: EvidenceChannel::Organiser.into())
        .expect_err("it is medical");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "WRONG_CHANNEL"));
    assert_eq!(kinds(town, &dossier).await, before);
    act!(town, "BON".act.record_request, RecordRequestRequest, dossier, "2023-02-02", code: "S01".to_owned(),
        channel: EvidenceChannel::Organiser.into())
    .expect("a timetable may");
    let asked = act!(town, "21004".act.record_request, RecordRequestRequest, dossier, "2023-02-03",
        code: "S02".to_owned(), channel: EvidenceChannel::MunicipalEmail.into())
    .expect("she wrote to the municipality");
    let waiting = asked.after.expect("a standing").requests;
    assert_eq!(waiting.iter().map(|request| request.code.as_str()).collect::<Vec<_>>(), ["S01", "S02"]);
    assert!(work(town, "21004", &dossier).await.contains(&WorkKind::DecideRequest));
    act!(town, "21004".act.grant_suspension, GrantSuspensionRequest, dossier, "2023-01-30", code: "S02".to_owned(),
        until_date: on("2023-03-31"), channel: EvidenceChannel::MunicipalEmail.into())
    .expect("two months of illness");
    let refusal = act!(town, "21004".act.refuse_suspension, RefuseSuspensionRequest, dossier, "2023-02-10",
        code: "S01".to_owned(), reason: "evidence_missing".to_owned())
    .expect("a reasoned decision");
    assert!(refusal.after.expect("a standing").requests.is_empty());
    assert!(!work(town, "21004", &dossier).await.contains(&WorkKind::DecideRequest));
}

/// What ends by itself comes on the list before it does.
async fn an_exemption_that_ends(town: &mut Town) {
    let dossier = obliged(town, 9).await;
    let request = GetDossierRequest { name: dossier.clone(), ..GetDossierRequest::default() };
    let found = town.of("21004").dossier().get_dossier(request).await.expect("it is there").into_inner();
    let today = found.standing.and_then(|standing| standing.as_of_date).expect("a day");
    let narrow = |number: i32| i8::try_from(number).expect("a month or a day");
    let year = i16::try_from(today.year).expect("a year");
    let today = jiff::civil::date(year, narrow(today.month), narrow(today.day));
    let ends = today.saturating_add(jiff::Span::new().days(10));
    let ends = Date { year: ends.year().into(), month: ends.month().into(), day: ends.day().into() };
    let grant = GrantExemptionRequest {
        name: dossier.clone(),
        occurred_date: on("2023-01-09"),
        request_id: town.request(),
        code: "E10".to_owned(),
        until_date: Some(ends),
        channel: EvidenceChannel::MunicipalDesk.into(),
        ..GrantExemptionRequest::default()
    };
    town.of("21004").act().grant_exemption(grant).await.expect("a medical certificate");
    assert!(work(town, "21004", &dossier).await.contains(&WorkKind::ExemptionEnds));
}

/// An office from the waiting list to the certificate, with three dates of its own.
async fn the_office(town: &mut Town) {
    let dossier = obliged(town, 2).await;
    let via = || "BAPA_VIA".to_owned();
    act!(town, "BAPA_VIA".act.join_waiting_list, JoinWaitingListRequest, dossier, "2023-03-01", organiser: via())
        .expect("full");
    act!(town, "BAPA_VIA".office.record_intake, RecordIntakeRequest, dossier, "2023-03-01", organiser: via(),
        category: IntakeCategory::Obliged.into(), offers_heard_of: vec![Language::Fr.into()],
        heard_through: "family_or_friends".to_owned())
    .expect("a first conversation");
    act!(town, "BAPA_VIA".office.offer_place, OfferPlaceRequest, dossier, "2023-03-20", organiser: via())
        .expect("a place");
    let early =
        act!(town, "BAPA_VIA".office.record_social_assessment, RecordSocialAssessmentRequest, dossier, "2023-03-21",
        organiser: via())
        .expect_err("she is not registered");
    assert_eq!(reason(&early), "MISSING_STEP");
    act!(town, "BAPA_VIA".act.register, RegisterRequest, dossier, "2023-03-27", organiser: via(),
        track_language: Language::Fr.into())
    .expect("in time");
    act!(town, "BAPA_VIA".office.record_social_assessment, RecordSocialAssessmentRequest, dossier, "2023-04-03", organiser: via())
        .expect("registered");
    act!(town, "BAPA_VIA".office.record_language_assessment, RecordLanguageAssessmentRequest, dossier, "2023-04-04",
        organiser: via(), language: Language::Fr.into(), level: "BELOW_A1".to_owned(), literacy: Literacy::OtherScript.into())
    .expect("registered");
    act!(town, "BAPA_VIA".act.sign_contract, SignContractRequest, dossier, "2023-04-17", organiser: via(),
        track_language: Language::Fr.into())
    .expect("registered");
    act!(town, "BAPA_VIA".office.start_component, StartComponentRequest, dossier, "2023-05-08", organiser: via(),
        component: "LANGUAGE".to_owned(), planned_hours: 240)
    .expect("a contract");
    act!(town, "BAPA_VIA".office.waive_component, WaiveComponentRequest, dossier, "2023-05-09", organiser: via(),
        waiver: "W-CIT".to_owned())
    .expect("a waiver");
    act!(town, "BAPA_VIA".office.record_guidance, RecordGuidanceRequest, dossier, "2023-06-01", organiser: via())
        .expect("a talk");
    act!(town, "BAPA_VIA".office.record_absence, RecordAbsenceRequest, dossier, "2023-06-05", organiser: via())
        .expect("absent");
    act!(town, "BAPA_VIA".office.record_warning, RecordWarningRequest, dossier, "2023-06-12", organiser: via())
        .expect("warned");
    act!(town, "BAPA_VIA".office.amend_contract, AmendContractRequest, dossier, "2023-07-03", organiser: via())
        .expect("changed");
    act!(town, "BAPA_VIA".office.end_component, EndComponentRequest, dossier, "2024-02-26", organiser: via(),
        component: "LANGUAGE".to_owned(), attended_hours: 212, level: "A2_ORAL_AND_WRITTEN".to_owned())
    .expect("she reached it");
    act!(town, "BAPA_VIA".office.certify_follow_up, CertifyFollowUpRequest, dossier, "2024-03-01", organiser: via())
        .expect("certified");
    let other = act!(town, "BON".office.close_file, CloseFileRequest, dossier, "2024-03-04", organiser: via(),
        reason: "completed".to_owned())
    .expect_err("it is not hers");
    assert_eq!(reason(&other), "WRONG_ACTOR");
    act!(town, "BAPA_VIA".act.complete, CompleteRequest, dossier, "2024-03-04", organiser: via()).expect("she is done");
    act!(town, "BAPA_VIA".office.close_file, CloseFileRequest, dossier, "2024-03-04", organiser: via(),
        reason: "completed".to_owned())
    .expect("the file is closed");
    let done = standing(town, &dossier, "2024-03-04").await;
    assert_eq!(done.closing_reason(), ClosingReason::Completed);
    assert_eq!((done.registered_date, done.contract_date), (on("2023-03-27"), on("2023-04-17")));
    let told = kinds(town, &dossier).await;
    let expected = [
        "checked",
        "certificate_received",
        "waiting_list_joined",
        "intake",
        "place_offered",
        "registered",
        "socially_assessed",
        "language_assessed",
        "contract_signed",
        "component_started",
        "component_waived",
        "guidance_given",
        "absence_noted",
        "warning_given",
        "contract_amended",
        "component_ended",
        "follow_up_certified",
        "completed",
        "file_closed",
    ];
    assert_eq!(told, expected);
}

/// A case officer: the gate, the hearing, the decision, the money, the judge.
async fn the_ggc(town: &mut Town) {
    let dossier = transferred(town, 3).await;
    let gate = GetTransferReadinessRequest { name: dossier.clone(), breach: NOT_REGISTERED };
    let readiness = town.of("GGC").sanction().get_transfer_readiness(gate.clone()).await.expect("a gate").into_inner();
    let lacks: Vec<TransferGap> = readiness.gaps().collect();
    let expected =
        [TransferGap::DeliveryPresumed, TransferGap::CircumstancesNotWeighed, TransferGap::RefusalNotEstablished];
    assert_eq!(lacks, expected);
    assert_eq!((readiness.refusal_date, readiness.municipality.as_str()), (on("2023-07-13"), "21004"));
    // Evidence that came in and was not decided on keeps everybody from going on, and goes back with its reason.
    act!(town, "21004".act.record_request, RecordRequestRequest, dossier, "2023-07-31", code: "E13".to_owned(),
        channel: EvidenceChannel::MunicipalDesk.into())
    .expect("a diploma");
    let blocked = act!(town, "GGC".act.invite_to_hearing, InviteToHearingRequest, dossier, "2023-08-21",
        breach: NOT_REGISTERED)
    .expect_err("a request waits");
    assert_eq!(reason(&blocked), "MISSING_STEP");
    let returned = act!(town, "GGC".act.return_transfer, ReturnTransferRequest, dossier, "2023-08-22",
        breach: NOT_REGISTERED, gaps: vec![TransferGap::RequestUndecided.into()])
    .expect("it goes back");
    let back = returned.after.expect("a standing");
    assert_eq!(registration(&back).enforcement(), Enforcement::Refused);
    assert_eq!(registration(&back).refusal_date, on("2023-07-13"), "the day of the refusal is kept");
    act!(town, "21004".act.refuse_exemption, RefuseExemptionRequest, dossier, "2023-08-28", code: "E13".to_owned(),
        reason: "evidence_not_valid".to_owned())
    .expect("a decision");
    act!(town, "21004".act.establish_refusal, EstablishRefusalRequest, dossier, "2023-08-28", breach: NOT_REGISTERED)
        .expect("by a person");
    act!(town, "21004".act.transfer_dossier, TransferDossierRequest, dossier, "2023-08-29", breach: NOT_REGISTERED)
        .expect("again");
    act!(town, "GGC".act.invite_to_hearing, InviteToHearingRequest, dossier, "2023-09-04", breach: NOT_REGISTERED)
        .expect("nothing waits");
    act!(town, "GGC".sanction.record_missed_hearing, RecordMissedHearingRequest, dossier, "2023-09-25", breach: NOT_REGISTERED)
        .expect("she did not come");
    assert!(work(town, "GGC", &dossier).await.contains(&WorkKind::DecideFine));
    // C11: what no fine goes without.
    let fine = |amount_cents| ImposeFineRequest {
        name: dossier.clone(),
        occurred_date: on("2023-10-16"),
        breach: NOT_REGISTERED,
        amount_cents,
        validate_only: true,
        ..ImposeFineRequest::default()
    };
    for (amount, expected) in [(5_000, "BELOW_MINIMUM"), (250_100, "ABOVE_MAXIMUM"), (15_000, "MISSING_STEP")] {
        let refused = town.of("GGC").act().impose_fine(fine(amount)).await.expect_err("not so");
        assert_eq!(reason(&refused), expected, "{amount}");
    }
    let refused = town.of("21004").act().impose_fine(fine(15_000)).await.expect_err("a municipality never fines");
    assert_eq!(reason(&refused), "WRONG_ACTOR");
    act!(town, "GGC".sanction.weigh_circumstances, WeighCircumstancesRequest, dossier, "2023-10-09", breach: NOT_REGISTERED,
        circumstances: vec!["health".to_owned(), "family".to_owned()])
    .expect("they looked");
    town.of("GGC").act().impose_fine(fine(15_000)).await.expect("now it may");
    let gaps = town.of("GGC").sanction().get_transfer_readiness(gate).await.expect("a gate").into_inner();
    assert_eq!(gaps.gaps().collect::<Vec<_>>(), [TransferGap::DeliveryPresumed]);
}

/// Parts of a fine, a reminder with its letter, recovery, a judge.
async fn the_money(town: &mut Town) {
    let dossier = fined(town, 4).await;
    let request = || ListMinutesRequest { parent: dossier.clone() };
    let minutes = town.of("GGC").sanction().list_minutes(request()).await.expect("its own").into_inner().minutes;
    let read: Vec<&str> = minutes.iter().map(|of| of.text.as_str()).collect();
    assert_eq!(read, ["She says that she was in hospital in spring."]);
    let refused = town.of("21004").sanction().list_minutes(request()).await.expect_err("not for a municipality");
    assert_eq!(reason(&refused), "WRONG_ACTOR");
    assert!(registration(&standing(town, &dossier, "2023-12-31").await).payment_overdue);
    let list = ListWorkItemsRequest {
        kinds: vec![WorkKind::RemindPayment.into()],
        breach: NOT_REGISTERED,
        page_size: 1_000,
        ..ListWorkItemsRequest::default()
    };
    let open = town.of("GGC").work().list_work_items(list).await.expect("a list").into_inner().work_items;
    let item = open.into_iter().find(|item| item.dossier == dossier).expect("a lapse proposes a reminder");
    let release = ReleaseWorkItemRequest { name: item.name.clone(), request_id: request_id(77_001) };
    let by_another = ReleaseWorkItemRequest { request_id: request_id(77_002), ..release.clone() };
    let refused =
        town.of("21004").work().release_work_item(by_another).await.expect_err("the GGC reminds, nobody else");
    assert_eq!(reason(&refused), "WRONG_ACTOR");
    let reminded = town.of("GGC").work().release_work_item(release).await.expect("it is late").into_inner();
    let of = registration(reminded.standing.as_ref().expect("a standing"));
    assert!(of.reminded_date.is_some() && of.payment_overdue);
    act!(town, "GGC".sanction.record_payment, RecordPaymentRequest, dossier, "2024-02-01", breach: NOT_REGISTERED,
        amount_cents: 10_000)
    .expect("a part");
    let part = registration(&standing(town, &dossier, "2024-02-01").await).clone();
    assert_eq!((part.enforcement(), part.paid_cents), (Enforcement::Fined, 10_000));
    act!(town, "GGC".sanction.record_payment, RecordPaymentRequest, dossier, "2024-03-01", breach: NOT_REGISTERED,
        amount_cents: 15_000)
    .expect("the rest");
    let whole = registration(&standing(town, &dossier, "2024-03-01").await).clone();
    assert_eq!((whole.enforcement(), whole.paid_cents, whole.payment_overdue), (Enforcement::Paid, 25_000, false));

    let dossier = fined(town, 5).await;
    act!(town, "GGC".act.record_appeal, RecordAppealRequest, dossier, "2023-11-06", breach: NOT_REGISTERED,
        kind: AppealKind::Suspension.into())
    .expect("within sixty days");
    act!(town, "GGC".sanction.record_execution_suspended, RecordExecutionSuspendedRequest, dossier, "2023-11-20",
        breach: NOT_REGISTERED)
    .expect("by a judge");
    let stopped = registration(&standing(town, &dossier, "2024-01-31").await).clone();
    assert!(stopped.execution_suspended && !stopped.payment_overdue);
    act!(town, "GGC".act.record_appeal_decision, RecordAppealDecisionRequest, dossier, "2024-02-12", breach: NOT_REGISTERED,
        outcome: AppealOutcome::Annulled.into())
    .expect("health was never looked at");
    assert_eq!(registration(&standing(town, &dossier, "2024-02-12").await).enforcement(), Enforcement::Withdrawn);

    let dossier = fined(town, 6).await;
    let early = act!(town, "GGC".sanction.hand_over_recovery, HandOverRecoveryRequest, dossier, "2024-02-01", breach: NOT_REGISTERED)
        .expect_err("nobody reminded");
    assert_eq!(reason(&early), "MISSING_STEP");
    let letter =
        act!(town, "GGC".sanction.remind_payment, RemindPaymentRequest, dossier, "2024-01-08", breach: NOT_REGISTERED)
            .expect("it is late");
    assert!(letter.deliveries.is_empty(), "what happened on an earlier day was told then");
    act!(town, "GGC".sanction.hand_over_recovery, HandOverRecoveryRequest, dossier, "2024-02-01", breach: NOT_REGISTERED)
        .expect("reminded");
    let dossier = fined(town, 7).await;
    act!(town, "GGC".sanction.write_off_fine, WriteOffFineRequest, dossier, "2024-02-01", breach: NOT_REGISTERED,
        reason: "insolvent".to_owned())
    .expect("given up");
    assert!(!registration(&standing(town, &dossier, "2024-06-01").await).payment_overdue);
}

/// Every state of enforcement, and every reason to close.
async fn every_state(town: &mut Town) {
    let mut reached = BTreeSet::new();
    let dossier = fined(town, 10).await;
    for day in [
        "2022-12-01",
        "2023-04-20",
        "2023-05-10",
        "2023-06-01",
        "2023-07-20",
        "2023-08-01",
        "2023-08-25",
        "2023-09-20",
        "2023-10-10",
    ] {
        reached.insert(registration(&standing(town, &dossier, day).await).enforcement());
    }
    act!(town, "GGC".act.record_fine_payment, RecordFinePaymentRequest, dossier, "2023-10-20", breach: NOT_REGISTERED)
        .expect("paid");
    act!(town, "GGC".act.record_appeal, RecordAppealRequest, dossier, "2023-11-06", breach: NOT_REGISTERED,
        kind: AppealKind::Annulment.into())
    .expect("lodged");
    act!(town, "GGC".act.withdraw_fine, WithdrawFineRequest, dossier, "2023-12-04", breach: NOT_REGISTERED)
        .expect("withdrawn");
    for day in ["2023-10-31", "2023-11-30", "2023-12-31"] {
        reached.insert(registration(&standing(town, &dossier, day).await).enforcement());
    }
    let dossier = transferred(town, 11).await;
    act!(town, "GGC".act.decide_no_fine, DecideNoFineRequest, dossier, "2023-08-21", breach: NOT_REGISTERED,
        circumstances: vec!["waiting_list".to_owned()])
    .expect("none");
    reached.insert(registration(&standing(town, &dossier, "2023-08-21").await).enforcement());
    let dossier = obliged(town, 12).await;
    act!(town, "21004".act.post_notice, PostNoticeRequest, dossier, "2023-05-09", breach: NOT_REGISTERED)
        .expect("it lapsed");
    act!(town, "BON".act.register, RegisterRequest, dossier, "2023-06-12", organiser: "BON".to_owned(),
        track_language: Language::Nl.into())
    .expect("late, and in time for the notice");
    reached.insert(registration(&standing(town, &dossier, "2023-06-12").await).enforcement());
    let all: BTreeSet<Enforcement> = (1..).map_while(|number| Enforcement::try_from(number).ok()).collect();
    assert_eq!(reached, all);

    let mut closed = BTreeSet::new();
    let closings: [(u32, &str); 7] = [
        (20, "completed"),
        (21, "died"),
        (22, "permit"),
        (23, "belgian"),
        (24, "flanders"),
        (25, "abroad"),
        (26, "exempt"),
    ];
    for (serial, how) in closings {
        let dossier = obliged(town, serial).await;
        match how {
            "completed" => {
                let bon = || "BON".to_owned();
                act!(town, "BON".act.register, RegisterRequest, dossier, "2023-01-09", organiser: bon(),
                    track_language: Language::Nl.into())
                .expect("registered");
                act!(town, "BON".act.complete, CompleteRequest, dossier, "2023-12-01", organiser: bon())
            }
            "died" => act!(town, "21004".act.record_death, RecordDeathRequest, dossier, "2023-12-01"),
            "permit" => act!(town, "21004".act.record_permit_loss, RecordPermitLossRequest, dossier, "2023-12-01"),
            "belgian" => act!(town, "21004".act.record_naturalisation, RecordNaturalisationRequest, dossier, "2023-12-01"),
            "flanders" => act!(town, "21004".act.record_move, RecordMoveRequest, dossier, "2023-12-01", destination: "BE-VLG".to_owned()),
            "abroad" => act!(town, "21004".act.record_move, RecordMoveRequest, dossier, "2023-12-01", destination: "FR".to_owned()),
            _ => act!(town, "21004".act.grant_exemption, GrantExemptionRequest, dossier, "2022-10-03", code: "E11".to_owned()),
        }
        .unwrap_or_else(|refused| panic!("{how}: {refused:?}"));
        closed.insert(standing(town, &dossier, "2023-12-01").await.closing_reason());
    }
    let all: BTreeSet<ClosingReason> = (1..).map_while(|number| ClosingReason::try_from(number).ok()).collect();
    assert_eq!(closed, all);
}

/// An act of today goes out as a letter.
async fn the_letters(town: &mut Town) {
    let dossier = obliged(town, 31).await;
    let bon = || "BON".to_owned();
    act!(town, "BON".act.register, RegisterRequest, dossier, "2023-01-09", organiser: bon(), track_language: Language::Nl.into())
        .expect("registered");
    let certify = CertifyFollowUpRequest {
        name: dossier.clone(),
        request_id: town.request(),
        organiser: bon(),
        ..CertifyFollowUpRequest::default()
    };
    let certified = town.of("BON").office().certify_follow_up(certify).await.expect("registered").into_inner();
    let [letter] = &certified.deliveries[..] else { panic!("one letter: {:?}", certified.deliveries) };
    let delivery = town.of("BON").delivery().get_delivery(GetDeliveryRequest { name: letter.clone() }).await;
    assert_eq!(delivery.expect("it is there").into_inner().document(), Document::CertificateOfFollowUp);
    let dossier = transferred(town, 30).await;
    let invite = InviteToHearingRequest {
        name: dossier.clone(),
        request_id: town.request(),
        breach: NOT_REGISTERED,
        ..InviteToHearingRequest::default()
    };
    let invited = town.of("GGC").act().invite_to_hearing(invite).await.expect("transferred").into_inner();
    let [letter] = &invited.deliveries[..] else { panic!("one letter: {:?}", invited.deliveries) };
    let delivery = town.of("GGC").delivery().get_delivery(GetDeliveryRequest { name: letter.clone() }).await;
    assert_eq!(delivery.expect("it is there").into_inner().document(), Document::HearingInvitation);
}

/// The file of a fined person says what happened, who said so, what it changed, and what the days changed by themselves.
async fn the_file(town: &mut Town) -> String {
    let dossier = fined(town, 40).await;
    let request = GetDossierFileRequest { name: dossier.clone() };
    let file = town.of("GGC").file().get_dossier_file(request).await.expect("a file").into_inner();
    assert_eq!(file.facts.len(), 9);
    assert_eq!(file.decisions.len(), 6);
    let history = file.history.expect("a history");
    let request = GetHistoryRequest { name: dossier.clone() };
    assert_eq!(town.of("GGC").file().get_history(request).await.expect("a history").into_inner(), history);
    let labels: Vec<&str> =
        history.entries.iter().flat_map(|entry| &entry.facts).map(|fact| fact.label.as_str()).collect();
    assert_eq!(
        labels[..3],
        ["check by the municipality", "certificate of obligation received", "formal notice posted"]
    );
    assert_eq!(labels.len(), 9);
    let fined = history.entries.last().expect("entries");
    assert!(fined.changes.iter().any(|change| change.kind() == HistoryChangeKind::Fined && change.to == "250.00"));
    assert_eq!((fined.agency.as_str(), fined.staff.as_str()), ("GGC", "staff-GGC"));
    dossier
}

async fn at_every_desk(deployment: &Deployment) {
    let server = deployment.serve_city();
    let mut town = Town::at_work(&server).await;
    the_counter(&mut town).await;
    an_exemption_that_ends(&mut town).await;
    the_office(&mut town).await;
    the_ggc(&mut town).await;
    the_money(&mut town).await;
    every_state(&mut town).await;
    the_letters(&mut town).await;
    let dossier = the_file(&mut town).await;
    assert!(server.stop().success());
    let read = deployment.output(&mut deployment.command_of(&["history", &dossier, "--language", "fr"]));
    assert!(read.contains("dossier transmis à la COCOM: NOT_REGISTERED [2023-07-27]"), "{read}");
    assert!(deployment.output(&mut deployment.command("verify")).contains("dossiers"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_desk_does_its_part_and_every_state_is_reached_on_sqlite() {
    at_every_desk(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_desk_does_its_part_and_every_state_is_reached_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        at_every_desk(&deployment).await;
    }
}
