//! Mass mailing as its users meet it: a real mail server that counts, real kills, and the consents of real dossiers.

use crate::procedure::{reason, visit};
use crate::support::{BON, BRUSSELS, Client, Deployment, GGC, IXELLES, Server, number, request_id, run};
use std::collections::BTreeMap;
use std::time::Duration;
use traject_proto::google::longrunning::operation::Result as Ended;
use traject_proto::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest, Operation,
    WaitOperationRequest,
};
use traject_proto::traject::check::v1::{CounterVisitRequest, Identity};
use traject_proto::traject::delivery::v1::DeliveryState;
use traject_proto::traject::mailing::v1::create_mailing_request::Recipients;
use traject_proto::traject::mailing::v1::record_preference_request::Subject;
use traject_proto::traject::mailing::v1::*;
use traject_sim::mail_sink::MailSink;

/// A mail server and a traject server that sends to it, so many mails a minute.
async fn sending(deployment: &Deployment, sink: &MailSink, per_minute: u32) -> Server {
    let server = deployment.serve_with(&[
        "mail.kind=email-smtp".to_owned(),
        "mail.host=127.0.0.1".to_owned(),
        format!("mail.port={}", sink.address().port()),
        "mail.encryption=none".to_owned(),
        "mail.from=Traject <traject@mail.example>".to_owned(),
        format!("mailings.mails_per_minute={per_minute}"),
    ]);
    assert!(server.address.starts_with("http"), "{}", server.address);
    server
}

fn text(language: &str, subject: &str) -> MailText {
    let body = "{full_name}\n\n<Tot> {{gauw}}!".to_owned();
    MailText { language: language.to_owned(), subject: subject.to_owned(), body }
}

fn mailing(id: u128, purpose: Purpose, recipients: Recipients) -> CreateMailingRequest {
    CreateMailingRequest {
        request_id: request_id(id),
        display_name: "Zomer".to_owned(),
        purpose: purpose.into(),
        legal_basis: "task in the public interest".to_owned(),
        texts: vec![text("nl", "Dag {full_name}"), text("fr", "Bonjour {full_name}")],
        default_language: "nl".to_owned(),
        recipients: Some(recipients),
        ..CreateMailingRequest::default()
    }
}

fn csv(rows: &[String]) -> Recipients {
    let header = "name,first_names,last_name,email,language,national_number\n";
    Recipients::Csv(format!("{header}{}\n", rows.join("\n")).into_bytes())
}

fn people(count: usize) -> Vec<String> {
    let language = |n: usize| if n.is_multiple_of(2) { "fr" } else { "" };
    (1..=count).map(|n| format!("Person {n},,,p{n}@example.org,{},", language(n))).collect()
}

/// How often each address was written to by mailings: copies of letters have no way out.
fn arrived(sink: &MailSink) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let of_mailings = |raw: &[u8]| String::from_utf8_lossy(raw).contains("\r\nList-Unsubscribe: ");
    for mail in sink.received().into_iter().filter(|mail| of_mailings(&mail.raw)) {
        *counts.entry(mail.recipients[0].clone()).or_default() += 1;
    }
    counts
}

async fn get(client: &Client, name: &str) -> Mailing {
    let request = GetMailingRequest { name: name.to_owned() };
    client.mailing().get_mailing(request).await.expect("a mailing").into_inner()
}

async fn start(client: &Client, name: &str) -> Operation {
    let request = StartMailingRequest { name: name.to_owned(), ..StartMailingRequest::default() };
    client.mailing().start_mailing(request).await.expect("it starts").into_inner()
}

async fn made(client: &Client, request: CreateMailingRequest) -> String {
    let made = client.mailing().create_mailing(request).await.expect("it is made").into_inner();
    made.mailing.expect("a mailing").name
}

/// Waits by the operation until it is done.
async fn end(client: &Client, operation: &Operation) -> Operation {
    let timeout = Some(seconds_of(60));
    let request = WaitOperationRequest { name: operation.name.clone(), timeout };
    let ended = client.operations().wait_operation(request).await.expect("an operation").into_inner();
    assert!(ended.done, "{ended:?}");
    ended
}

fn seconds_of(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

fn progress(mailing: &Mailing) -> MailingProgress {
    mailing.progress.clone().expect("progress")
}

/// Waits until nothing is being sent, and gives how the mailing stands.
async fn settled(client: &Client, name: &str) -> Mailing {
    for _ in 0..200 {
        let found = get(client, name).await;
        if progress(&found).sending_count == 0 {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("a mail was being sent for five seconds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_with_faults_is_told_row_by_row_on_every_way() {
    let deployment = Deployment::on_sqlite();
    let sink = MailSink::start().await.expect("a port");
    let server = sending(&deployment, &sink, 6_000).await;
    let client = server.client(BRUSSELS).await;
    let mut rows = people(3);
    rows.push(format!("Ali,,,ali@example.org,nl,{}", number(1)));
    rows.push(format!("Ali again,,,other@example.org,nl,{}", number(1)));
    rows.push("Doubled,,,P1@EXAMPLE.org,nl,".to_owned());
    rows.push(",,,nowhere,dutch,123".to_owned());
    rows.push("Amrani, Nadia,,,n@example.org,nl,".to_owned());
    let request = CreateMailingRequest { validate_only: true, ..mailing(1, Purpose::Information, csv(&rows)) };
    let answer = client.mailing().create_mailing(request.clone()).await.expect("an answer").into_inner();
    let check = answer.check.expect("a check");
    let faults: Vec<_> =
        check.faults.iter().map(|fault| (fault.line, fault.column.as_str(), fault.code.as_str())).collect();
    let expected = [
        (8, "name", "MISSING_VALUE"),
        (8, "email", "BAD_ADDRESS"),
        (8, "language", "UNKNOWN_CODE"),
        (8, "national_number", "INSZ_CHECKSUM"),
        (9, "row", "ROW_LENGTH"),
    ];
    assert_eq!(faults, expected);
    let doubles: Vec<_> = check.duplicates.iter().map(|one| (one.line, one.of_line, one.sameness())).collect();
    use row_duplicate::Sameness::{Address, Identity};
    assert_eq!(doubles, [(6, 5, Identity), (7, 2, Address)]);
    assert_eq!((check.recipient_count, answer.mailing.expect("a mailing").name.as_str()), (4, ""));
    let none = client.mailing().list_mailings(ListMailingsRequest::default()).await.expect("a list").into_inner();
    assert!(none.mailings.is_empty());
    // The command line says the same of the same file, without a server.
    let file = deployment.dir.path().join("recipients.csv");
    let Some(Recipients::Csv(bytes)) = request.recipients else { panic!("a file") };
    std::fs::write(&file, bytes).expect("it is written");
    let done = run(crate::support::traject().args(["mailing", "check", "--needs", "full-name"]).arg(&file));
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    let words: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    for (line, column, code) in expected {
        assert!(words.contains(&vec![line.to_string().as_str(), column, code]), "{printed}");
    }
    assert!(printed.ends_with("4 recipients, 5 faults, 2 duplicates\n") && !printed.contains('@'), "{printed}");
    let broken = Recipients::Csv(b"name,email\n".to_vec());
    let refused = client.mailing().create_mailing(mailing(2, Purpose::Information, broken)).await.expect_err("columns");
    assert!(format!("{refused:?}").contains("FILE_MISSING_COLUMN"), "{refused:?}");
}

async fn goes_out_once(deployment: &Deployment) {
    let sink = MailSink::start().await.expect("a port");
    let server = sending(deployment, &sink, 1_200).await;
    let client = server.client(BRUSSELS).await;
    let mut rows = people(40);
    rows.push("Nobody,,,nowhere,nl,".to_owned());
    let request = mailing(1, Purpose::Information, csv(&rows));
    let name = made(&client, request.clone()).await;
    assert_eq!(made(&client, request).await, name, "one request, one mailing");
    let draft = get(&client, &name).await;
    assert_eq!((draft.state(), draft.fault_count, progress(&draft).waiting_count), (MailingState::Draft, 1, 40));
    let plain = StartMailingRequest { name: name.clone(), ..StartMailingRequest::default() };
    let refused = client.mailing().start_mailing(plain.clone()).await.expect_err("a row is faulty");
    assert_eq!(reason(&refused), "MAILING_HAS_FAULTS");
    dry_run(&client, &name).await;
    assert_eq!(sink.count(), 0, "nothing was sent by looking");
    let skipping = StartMailingRequest { skip_faults: true, ..plain.clone() };
    let operation = client.mailing().start_mailing(skipping).await.expect("it starts").into_inner();
    assert!(!operation.done && operation.name.starts_with("operations/"));
    sink.wait_for(5).await;
    let pause = PauseMailingRequest { name: name.clone(), ..PauseMailingRequest::default() };
    client.mailing().pause_mailing(pause).await.expect("it pauses");
    let paused = settled(&client, &name).await;
    let before = sink.count();
    assert!(before < 40, "the pause came too late to show anything");
    assert_eq!((paused.state(), progress(&paused).accepted_count), (MailingState::Paused, before as i64));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(sink.count(), before, "a mail started in the pause");
    let refused = client.mailing().start_mailing(plain).await.expect_err("it is paused");
    assert_eq!(reason(&refused), "MAILING_WRONG_STATE");
    let resume = ResumeMailingRequest { name: name.clone(), ..ResumeMailingRequest::default() };
    client.mailing().resume_mailing(resume).await.expect("it goes on");
    let ended = end(&client, &operation).await;
    assert!(matches!(ended.result, Some(Ended::Response(_))), "{ended:?}");
    let counts: MailingProgress = ended.metadata.expect("metadata").to_msg().expect("progress");
    assert_eq!((counts.state(), counts.total_count, counts.accepted_count), (MailingState::Done, 40, 40));
    assert_eq!(arrived(&sink), (1..=40).map(|n| (format!("p{n}@example.org"), 1)).collect());
    mails_are_whole(&client, &sink, &name).await;
    let list = client.operations().list_operations(ListOperationsRequest::default()).await.expect("a list");
    assert_eq!(list.into_inner().operations.len(), 1);
    let stranger = server.client(IXELLES).await;
    let request = GetOperationRequest { name: operation.name };
    let refused = stranger.operations().get_operation(request).await.expect_err("another agency");
    assert_eq!(reason(&refused), "NOT_FOUND");
    opting_out_by_code(&client, &sink).await;
    assert!(server.stop().success());
}

/// Who would be reached, and mails as they would be sent, the same each time.
async fn dry_run(client: &Client, name: &str) {
    let request = PreviewMailingRequest { name: name.to_owned(), sample_count: 4 };
    let preview = client.mailing().preview_mailing(request.clone()).await.expect("a preview").into_inner();
    let reachable: Vec<_> = preview.reachable.iter().map(|of| (of.language.as_str(), of.count)).collect();
    assert_eq!(reachable, [("fr", 20), ("nl", 20)]);
    assert_eq!(preview.samples.iter().map(|mail| mail.line).collect::<Vec<_>>(), [2, 12, 22, 32]);
    let first = &preview.samples[0];
    assert_eq!((first.subject.as_str(), first.masked_email.as_str()), ("Dag Person 1", "p***@example.org"));
    assert!(first.text.starts_with("Person 1\n\n<Tot> {gauw}!") && first.html.contains("&lt;Tot&gt;"), "{first:?}");
    let again = client.mailing().preview_mailing(request).await.expect("a preview").into_inner();
    assert_eq!(again, preview);
}

/// Each mail has an id and a way out of its own, and nobody's address is shown in full.
async fn mails_are_whole(client: &Client, sink: &MailSink, name: &str) {
    let list = ListMailingRecipientsRequest { parent: name.to_owned(), page_size: 25, ..Default::default() };
    let first = client.mailing().list_mailing_recipients(list.clone()).await.expect("a page").into_inner();
    let list = ListMailingRecipientsRequest { page_token: first.next_page_token, ..list };
    let rest = client.mailing().list_mailing_recipients(list).await.expect("a page").into_inner();
    assert_eq!((first.recipients.len(), rest.recipients.len(), rest.next_page_token.as_str()), (25, 15, ""));
    let mails: Vec<String> =
        sink.received().iter().map(|mail| String::from_utf8_lossy(&mail.raw).into_owned()).collect();
    for recipient in first.recipients.iter().chain(&rest.recipients) {
        assert_eq!((recipient.state(), recipient.masked_email.as_str()), (DeliveryState::Accepted, "p***@example.org"));
        let code = recipient.name.rsplit('/').next().expect("a name");
        let with_id = mails.iter().filter(|mail| mail.contains(&format!("Message-ID: <{code}@mail.example>"))).count();
        assert_eq!(with_id, 1);
        let way_out = format!("List-Unsubscribe: <mailto:traject@mail.example?subject=opt-out-{code}>");
        let unfolded = |mail: &String| mail.replace("\r\n ", " ").contains(&way_out);
        assert_eq!(mails.iter().filter(|mail| unfolded(mail)).count(), 1, "{}", mails[0]);
    }
}

/// Who sends the code of a mail back is not written to again, under whatever mailing.
async fn opting_out_by_code(client: &Client, sink: &MailSink) {
    let mail = &sink.received()[0];
    let (raw, address) = (String::from_utf8_lossy(&mail.raw).into_owned(), mail.recipients[0].clone());
    let code = raw.split("opt-out-").nth(1).expect("a code").chars().take(36).collect();
    let request = RecordPreferenceRequest {
        subject: Some(Subject::OptOutCode(code)),
        kind: preference::Kind::OptOut.into(),
        source: preference::Source::Link.into(),
    };
    let recorded = client.mailing().record_preference(request).await.expect("it is recorded").into_inner();
    assert_eq!(recorded.preferences.len(), 1);
    let before = arrived(sink);
    let name = made(client, mailing(9, Purpose::Information, csv(&people(3)))).await;
    let operation = start(client, &name).await;
    end(client, &operation).await;
    let mut expected = before;
    for n in 1..=3 {
        *expected.entry(format!("p{n}@example.org")).or_default() +=
            usize::from(address != format!("p{n}@example.org"));
    }
    assert_eq!(arrived(sink), expected);
    let counts = progress(&get(client, &name).await);
    assert_eq!((counts.accepted_count, counts.cancelled_count), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailing_is_tried_out_paused_resumed_and_arrives_once_on_sqlite() {
    goes_out_once(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailing_is_tried_out_paused_resumed_and_arrives_once_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        goes_out_once(&deployment).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_cancellation_has_answered_no_mail_starts() {
    let deployment = Deployment::on_sqlite();
    let sink = MailSink::start().await.expect("a port");
    let server = sending(&deployment, &sink, 1_200).await;
    let client = server.client(BON).await;
    let name = made(&client, mailing(1, Purpose::Publicity, csv(&people(60)))).await;
    let operation = start(&client, &name).await;
    assert_eq!(start(&client, &name).await.name, operation.name, "started once");
    sink.wait_for(3).await;
    let cancel = CancelOperationRequest { name: operation.name.clone() };
    client.operations().cancel_operation(cancel).await.expect("it is cancelled");
    let cancelled = settled(&client, &name).await;
    let counts = progress(&cancelled);
    assert_eq!(cancelled.state(), MailingState::Cancelled);
    assert_eq!(counts.accepted_count + counts.cancelled_count, 60);
    let before = sink.count();
    assert_eq!(counts.accepted_count, before as i64);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(sink.count(), before, "a mail started after the cancellation");
    let ended = end(&client, &operation).await;
    let Some(Ended::Error(error)) = ended.result else { panic!("an error") };
    assert_eq!(error.code, i32::from(tonic::Code::Cancelled));
    let delete = DeleteOperationRequest { name: operation.name };
    let refused = client.operations().delete_operation(delete).await.expect_err("nothing is deleted");
    assert_eq!(refused.code(), tonic::Code::Unimplemented);
}

/// How often the server is killed in the midst of one mailing.
const KILLS: usize = 5;

async fn survives_kills(deployment: &Deployment) {
    let sink = MailSink::start().await.expect("a port");
    let count = 60;
    let mut server = sending(deployment, &sink, 6_000).await;
    let client = server.client(BRUSSELS).await;
    let name = made(&client, mailing(1, Purpose::Information, csv(&people(count)))).await;
    let operation = start(&client, &name).await;
    for kill in 1..=KILLS {
        sink.wait_for(kill * 8).await;
        server.kill();
        server = sending(deployment, &sink, 6_000).await;
    }
    let client = server.client(BRUSSELS).await;
    end(&client, &operation).await;
    let counts = progress(&get(&client, &name).await);
    let total = i64::try_from(count).expect("a count");
    assert_eq!(counts.accepted_count + counts.in_doubt_count, total, "{counts:?}");
    assert!(counts.in_doubt_count <= i64::try_from(KILLS).expect("a count"), "{counts:?}");
    let list = ListMailingRecipientsRequest { parent: name, page_size: 1_000, ..Default::default() };
    let recipients = client.mailing().list_mailing_recipients(list).await.expect("a list").into_inner().recipients;
    let arrived = arrived(&sink);
    for recipient in recipients {
        let times = arrived.get(&format!("p{}@example.org", recipient.line - 1)).copied().unwrap_or_default();
        match recipient.state() {
            DeliveryState::Accepted => assert_eq!(times, 1, "{recipient:?}"),
            state => assert!(state == DeliveryState::InDoubt && times <= 1, "{recipient:?}: {times}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_a_mailing_sends_nothing_twice_on_sqlite() {
    survives_kills(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_a_mailing_sends_nothing_twice_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        survives_kills(&deployment).await;
    }
}

/// A dossier of somebody with an address.
async fn dossier(client: &Client, serial: u32) -> String {
    let visit = visit(serial, u128::from(serial) + 100);
    let identity = Identity { email: format!("d{serial}@example.org"), ..visit.identity.clone().expect("an identity") };
    let request = CounterVisitRequest { identity: Some(identity), ..visit };
    client.check().counter_visit(request).await.expect("a visit").into_inner().dossier
}

async fn said(client: &Client, dossier: &str, kind: preference::Kind) -> String {
    let request = RecordPreferenceRequest {
        subject: Some(Subject::Dossier(dossier.to_owned())),
        kind: kind.into(),
        source: preference::Source::Desk.into(),
    };
    let recorded = client.mailing().record_preference(request).await.expect("it is recorded").into_inner();
    recorded.preferences[0].name.clone()
}

async fn withdraw(client: &Client, name: &str) {
    let request = WithdrawPreferenceRequest { name: name.to_owned() };
    client.mailing().withdraw_preference(request).await.expect("it is withdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publicity_over_dossiers_reaches_exactly_those_who_consented() {
    use preference::Kind::{Consent, OptOut};
    let deployment = Deployment::on_sqlite();
    let sink = MailSink::start().await.expect("a port");
    let server = sending(&deployment, &sink, 6_000).await;
    let client = server.client(BRUSSELS).await;
    let mut dossiers = Vec::new();
    for serial in 1..=7 {
        dossiers.push(dossier(&client, serial).await);
    }
    // 1 and 2 consent; 3 says nothing; 4 withdraws; 5 consents and opts out; 6 withdraws after the mailing is made; 7 has no
    // consent of its own, though its address has opted out of nothing.
    let mut consents = Vec::new();
    for place in [0, 1, 3, 4, 5] {
        consents.push(said(&client, &dossiers[place], Consent).await);
    }
    withdraw(&client, &consents[2]).await;
    said(&client, &dossiers[4], OptOut).await;
    let query = Recipients::Dossiers(DossierQuery::default());
    let name = made(&client, mailing(1, Purpose::Publicity, query.clone())).await;
    let preview = PreviewMailingRequest { name: name.clone(), ..Default::default() };
    let preview = client.mailing().preview_mailing(preview).await.expect("a preview").into_inner();
    let barred: BTreeMap<_, _> = preview.barred.iter().map(|of| (of.reason(), of.count)).collect();
    assert_eq!(barred, BTreeMap::from([(Reason::OptedOut, 1), (Reason::NoConsent, 3)]));
    withdraw(&client, &consents[4]).await;
    let operation = start(&client, &name).await;
    end(&client, &operation).await;
    let consented = BTreeMap::from([("d1@example.org".to_owned(), 1), ("d2@example.org".to_owned(), 1)]);
    assert_eq!(arrived(&sink), consented);
    // Who comes by a file with the number of a dossier is no less a person with a dossier.
    let by_number = csv(&[format!("Nadia,,,elsewhere@example.org,nl,{}", number(3))]);
    let by_file = made(&client, mailing(2, Purpose::Publicity, by_number)).await;
    let operation = start(&client, &by_file).await;
    end(&client, &operation).await;
    assert_eq!(arrived(&sink), consented);
    // What concerns their own integration reaches all but the one who opted out.
    let information = made(&client, mailing(3, Purpose::Information, query.clone())).await;
    let operation = start(&client, &information).await;
    end(&client, &operation).await;
    let expected = (1..=7).filter(|n| *n != 5).map(|n| (format!("d{n}@example.org"), if n < 3 { 2 } else { 1 }));
    assert_eq!(arrived(&sink), expected.collect());
    another_agency_has_no_part(&server, &name, query).await;
}

/// A municipality reaches its own people only, and an organiser those it knows.
async fn another_agency_has_no_part(server: &Server, name: &str, query: Recipients) {
    for token in [IXELLES, BON] {
        let other = server.client(token).await;
        let nobody = other.mailing().create_mailing(mailing(7, Purpose::Information, query.clone())).await;
        assert_eq!(reason(&nobody.expect_err("nobody of theirs")), "MAILING_NO_RECIPIENTS");
    }
    let theirs = Recipients::Dossiers(DossierQuery { municipality: "21004".to_owned(), ..DossierQuery::default() });
    let other = server.client(IXELLES).await;
    let refused = other.mailing().create_mailing(mailing(8, Purpose::Information, theirs)).await;
    assert_eq!(reason(&refused.expect_err("not theirs")), "WRONG_ACTOR");
    let all = server.client(GGC).await;
    let found = all.mailing().get_mailing(GetMailingRequest { name: name.to_owned() }).await;
    assert_eq!(reason(&found.expect_err("another agency's")), "NOT_FOUND");
}

#[test]
fn the_command_line_makes_shows_and_cancels_a_mailing_and_starts_none_without_mail() {
    let deployment = Deployment::on_sqlite();
    let path = |name: &str| deployment.dir.path().join(name);
    let rows = "name,first_names,last_name,email,language\nNadia,,,n@example.org,nl\nAli,,,a@example.org,ar\n";
    std::fs::write(path("rows.csv"), rows).expect("it is written");
    std::fs::write(path("nl.txt"), "Dag {full_name}\n\nWelkom.\n").expect("it is written");
    let at = |arguments: &[&str]| deployment.command_of(&[&["mailing"], arguments, &["--agency", "21004"]].concat());
    let mut create = at(&["create", "--name", "Zomer", "--purpose", "information", "--legal-basis", "public task"]);
    create.arg("--csv").arg(path("rows.csv")).arg("--text").arg(format!("nl={}", path("nl.txt").display()));
    let made = deployment.output(&mut create);
    let (sums, line) = made.split_once('\n').expect("two lines");
    assert_eq!(sums, "2 recipients, 0 faults, 0 duplicates");
    let (id, state) = line.trim_end().split_once(' ').expect("an id");
    assert_eq!(state, "validated (information): 2 created");
    let preview = deployment.output(&mut at(&["preview", id, "--samples", "1"]));
    assert!(preview.starts_with("2 reached in nl\n\nline 2\nSubject: Dag Nadia\n\nWelkom.\n"), "{preview}");
    let refused = run(&mut at(&["start", id]));
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("MAIL_SWITCHED_OFF"));
    let cancelled = deployment.output(&mut at(&["cancel", id]));
    assert_eq!(cancelled, format!("{id} cancelled (information): 2 cancelled\n"));
    assert_eq!(deployment.output(&mut at(&["show", id])), cancelled);
    let refused = run(&mut at(&["resume", id]));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("MAILING_WRONG_STATE"));
}
