//! What holds for every call: who may call, what a fault says, how lists go on, what a generic client sees.

use crate::procedure::{extract, reason, visit};
use crate::support::{BRUSSELS, Deployment, GGC, day, number, number_of, request_id};
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt as _;
use traject_proto::traject::act::v1::{ImposeFineRequest, RecordCertificateReceiptRequest, RecordDeathRequest};
use traject_proto::traject::check::v1::{
    BatchCheckPersonsRequest, CheckPersonRequest, CounterVisitRequest, RegisterExtract, Truth,
};
use traject_proto::traject::dossier::v1::{GetDossierRequest, ListDossiersRequest, SearchDossiersRequest};
use traject_proto::traject::r#type::v1::{Outcome, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_calls_without_a_token_but_for_the_health() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let stranger = server.client("nobody-knows-this").await;
    let refused = stranger.dossier().list_dossiers(ListDossiersRequest::default()).await.expect_err("a stranger");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unauthenticated, "UNAUTHENTICATED"));
    let channel = Channel::from_shared(server.address.clone()).expect("an address").connect().await.expect("connects");
    let mut reflection = ServerReflectionClient::new(channel.clone());
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let refused =
        reflection.server_reflection_info(tokio_stream::once(question.clone())).await.expect_err("a stranger");
    assert_eq!(refused.code(), Code::Unauthenticated);
    let mut known = Request::new(tokio_stream::once(question));
    known.metadata_mut().insert("authorization", format!("Bearer {BRUSSELS}").parse().expect("a header"));
    let answer = reflection.server_reflection_info(known).await.expect("a caller").into_inner().message().await;
    let Some(MessageResponse::ListServicesResponse(list)) = answer.expect("a message").expect("one").message_response
    else {
        panic!("a list of services")
    };
    assert!(list.service.iter().any(|service| service.name == "traject.act.v1.ActService"));
    let mut health = HealthClient::new(channel);
    for service in ["", "traject.check.v1.CheckService", "database"] {
        let asked = HealthCheckRequest { service: service.to_owned() };
        let answer = health.check(asked).await.expect("health is open").into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_request_names_every_field_and_repeats_no_value() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client_in(BRUSSELS, "fr-BE, en;q=0.5").await;
    let faulty = CounterVisitRequest {
        request_id: "not-a-uuid".to_owned(),
        national_number: "90050100152".to_owned(),
        extract: Some(RegisterExtract {
            register: "nowhere".to_owned(),
            permit_valid_until_date: day(2020, 1, 1),
            birth_date: day(1990, 13, 1),
            letter_language: 9,
            ..extract()
        }),
        ..CounterVisitRequest::default()
    };
    let refused = client.check().counter_visit(faulty).await.expect_err("six faults");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
    let fields = refused.get_details_bad_request().expect("it names the fields").field_violations;
    let fields: Vec<String> = fields.into_iter().map(|violation| violation.field).collect();
    let expected = [
        "request_id",
        "national_number",
        "extract.birth_date",
        "extract.register",
        "extract.permit_valid_until_date",
        "extract.letter_language",
    ];
    assert_eq!(fields, expected);
    let localized = refused.get_details_localized_message().expect("it speaks to a person");
    assert_eq!(localized.locale, "fr-BE");
    assert!(localized.message.starts_with("Le champ request_id, national_number"));
    assert!(!format!("{refused:?}").contains("90050100152"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_has_one_effect_and_one_meaning() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let only = CounterVisitRequest { validate_only: true, ..visit(7, 1) };
    let shown = client.check().counter_visit(only).await.expect("a preview").into_inner();
    assert!(shown.dossier.is_empty());
    let none = SearchDossiersRequest { national_number: number(7), ..Default::default() };
    assert!(client.dossier().search_dossiers(none).await.expect("a search").into_inner().dossiers.is_empty());
    let first = client.check().counter_visit(visit(7, 1)).await.expect("a visit").into_inner();
    let other = CounterVisitRequest { spoken_language: "en".to_owned(), ..visit(7, 1) };
    let reused = client.check().counter_visit(other).await.expect_err("another content");
    assert_eq!((reused.code(), reason(&reused).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    let death = RecordDeathRequest { name: first.dossier.clone(), request_id: request_id(1), ..Default::default() };
    let reused = client.act().record_death(death).await.expect_err("another call");
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
    let stale = RecordDeathRequest {
        name: first.dossier.clone(),
        request_id: request_id(2),
        etag: "99".to_owned(),
        ..Default::default()
    };
    let stale = client.act().record_death(stale).await.expect_err("nobody saw that");
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "STALE_ETAG"));
    let ahead = RecordDeathRequest {
        name: first.dossier.clone(),
        request_id: request_id(3),
        occurred_date: day(2099, 1, 1),
        ..Default::default()
    };
    assert_eq!(reason(&client.act().record_death(ahead).await.expect_err("it lies ahead")), "FUTURE_DATE");
    let unknown = format!("dossiers/{}", request_id(77));
    let absent = GetDossierRequest { name: unknown.clone(), ..Default::default() };
    let absent = client.dossier().get_dossier(absent).await.expect_err("nobody");
    assert_eq!((absent.code(), reason(&absent).as_str()), (Code::NotFound, "NOT_FOUND"));
    let receipt = RecordCertificateReceiptRequest { name: unknown, request_id: request_id(4), ..Default::default() };
    assert_eq!(reason(&client.act().record_certificate_receipt(receipt).await.expect_err("nobody")), "NOT_FOUND");
    let fine = ImposeFineRequest { name: first.dossier, request_id: request_id(5), ..Default::default() };
    let fine = server.client(GGC).await.act().impose_fine(fine).await.expect_err("no amount, no breach");
    assert_eq!(fine.get_details_bad_request().expect("fields").field_violations.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_go_on_where_they_stopped_for_their_own_caller_and_filter() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let mut names = Vec::new();
    for n in 0..5 {
        let visit = CounterVisitRequest { national_number: number_of(910_203, n + 1), ..visit(1, u128::from(n) + 1) };
        names.push(client.check().counter_visit(visit).await.expect("a visit").into_inner().dossier);
    }
    names.sort_unstable();
    let mut list = ListDossiersRequest { page_size: 2, stage: Stage::ToRegister.into(), ..Default::default() };
    let mut listed = Vec::new();
    loop {
        let page = client.dossier().list_dossiers(list.clone()).await.expect("a page").into_inner();
        assert!(page.dossiers.len() <= 2 && page.dossiers.iter().all(|row| row.outcome() == Outcome::Obliged));
        listed.extend(page.dossiers.into_iter().map(|row| row.name));
        if page.next_page_token.is_empty() {
            break;
        }
        list.page_token = page.next_page_token;
    }
    assert_eq!(listed, names);
    let other_filter = ListDossiersRequest { stage: Stage::Closed.into(), ..list.clone() };
    let refused = client.dossier().list_dossiers(other_filter).await.expect_err("another filter");
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    let refused = server.client(GGC).await.dossier().list_dossiers(list).await.expect_err("another caller");
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    let negative = ListDossiersRequest { page_size: -1, ..Default::default() };
    assert_eq!(client.dossier().list_dossiers(negative).await.expect_err("negative").code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_are_explained_alone_and_in_batches() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client_in(BRUSSELS, "nl").await;
    let ask = |extract| CheckPersonRequest { extract: Some(extract), check_date: day(2022, 10, 3) };
    let unknown = RegisterExtract { birth_date: None, ..extract() };
    let italian = RegisterExtract { nationality: "it".to_owned(), ..extract() };
    let batch = BatchCheckPersonsRequest { requests: vec![ask(extract()), ask(unknown.clone()), ask(italian)] };
    let answers = client.check().batch_check_persons(batch).await.expect("answers").into_inner().responses;
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome()).collect();
    assert_eq!(outcomes, [Outcome::Obliged, Outcome::Undecided, Outcome::Exempt]);
    assert_eq!(answers[1].reasons, ["birth_date"]);
    assert_eq!(answers[2].reasons, ["E01"]);
    let alone = client.check().check_person(ask(unknown)).await.expect("an answer").into_inner();
    assert_eq!(alone, answers[1]);
    let age = alone.conditions.iter().find(|finding| finding.code == "R-S3a").expect("the age");
    assert_eq!((age.truth(), age.missing.as_slice()), (Truth::Unknown, ["birth_date".to_owned()].as_slice()));
    assert!(age.label.contains("18") && !age.ground.is_empty(), "{age:?}");
    let faulty = BatchCheckPersonsRequest { requests: vec![ask(extract()), CheckPersonRequest::default()] };
    let refused = client.check().batch_check_persons(faulty).await.expect_err("the second is empty");
    let fields = refused.get_details_bad_request().expect("fields").field_violations;
    assert_eq!(fields[0].field, "requests[1].extract");
}

/// A command beside a running server says so instead of waiting or writing past it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_says_that_a_server_holds_the_record() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let done = crate::support::run(&mut deployment.command("sweep"));
    assert_eq!(done.status.code(), Some(2));
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(text.contains("DATA_DIR_LOCKED") && text.contains("call the server"), "{text}");
    assert!(server.stop().success());
    deployment.output(&mut deployment.command("sweep"));
}
