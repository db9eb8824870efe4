//! Deliveries from the outside: stopped before the cut-off, told of by the mail house, scanned when they come back, handed
//! over at the desk.

use crate::procedure::{reason, visit};
use crate::support::{BON, BRUSSELS, Client, Deployment, Server, request_id, run};
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;
use traject_proto::traject::check::v1::CounterVisitRequest;
use traject_proto::traject::delivery::v1::{
    CancelDeliveryRequest, CreateDeliveryRequest, Delivery, DeliveryChannel, DeliveryReason, DeliveryState, Document,
    GetDeliveryQueueRequest, GetDeliveryRequest, ListDeliveriesRequest, ListDeliveryEventsRequest,
    RecordHandOverRequest, RecordReturnsRequest, Return,
};
use traject_proto::traject::dossier::v1::ListFactsRequest;
use traject_proto::traject::work::v1::{ListWorkItemsRequest, WorkKind};

/// A newcomer whose certificate goes by letter; gives the dossier and that letter.
async fn newcomer(client: &Client, serial: u32) -> (String, Delivery) {
    let request = CounterVisitRequest { certificate_received: false, ..visit(serial, u128::from(serial)) };
    let dossier = client.check().counter_visit(request).await.expect("she is obliged").into_inner().dossier;
    let list = ListDeliveriesRequest { parent: dossier.clone(), ..ListDeliveriesRequest::default() };
    let mut found = client.delivery().list_deliveries(list).await.expect("a list").into_inner().deliveries;
    assert_eq!(found.len(), 1);
    (dossier, found.remove(0))
}

/// The delivery once it is in a state.
async fn once(client: &Client, name: &str, state: DeliveryState) -> Delivery {
    let mut last = DeliveryState::Unspecified;
    for _ in 0..300 {
        let get = GetDeliveryRequest { name: name.to_owned() };
        let found = client.delivery().get_delivery(get).await.expect("it is there").into_inner();
        last = found.state();
        if last == state {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} is {last:?} after 30 seconds, not {state:?}");
}

async fn story(client: &Client, name: &str) -> Vec<(DeliveryState, DeliveryReason, String)> {
    let list = ListDeliveryEventsRequest { parent: name.to_owned() };
    let events = client.delivery().list_delivery_events(list).await.expect("a story").into_inner().events;
    assert!(events.iter().zip(1..).all(|(event, n)| event.sequence == n));
    events.iter().map(|event| (event.state(), event.reason(), event.actor.clone())).collect()
}

async fn open_work(client: &Client, kind: WorkKind) -> usize {
    let list = ListWorkItemsRequest { kinds: vec![kind.into()], ..ListWorkItemsRequest::default() };
    client.work().list_work_items(list).await.expect("a list").into_inner().work_items.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_waits_for_its_batch_and_can_be_stopped_until_then() {
    let deployment = Deployment::on_sqlite();
    // Whatever the hour, what is made today goes on the next working day.
    let server = deployment.serve_with(&["letters.cut_off=00:00".to_owned()]);
    let brussels = server.client(BRUSSELS).await;
    let (_, letter) = newcomer(&brussels, 1).await;
    let waiting = once(&brussels, &letter.name, DeliveryState::Queued).await;
    assert!(!waiting.batch.is_empty() && !waiting.document_sha256.is_empty());
    let queue = brussels.delivery().get_delivery_queue(GetDeliveryQueueRequest {}).await.expect("a queue");
    let rows = queue.into_inner().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].channel(), rows[0].state(), rows[0].delivery_count), {
        (DeliveryChannel::Letter, DeliveryState::Queued, 1)
    });
    for _ in 0..2 {
        let cancel = CancelDeliveryRequest { name: letter.name.clone() };
        let stopped = brussels.delivery().cancel_delivery(cancel).await.expect("it has not left").into_inner();
        assert_eq!((stopped.state(), stopped.reason()), (DeliveryState::Cancelled, DeliveryReason::Stopped));
    }
    let states: Vec<_> = story(&brussels, &letter.name).await.into_iter().map(|(state, ..)| state).collect();
    use DeliveryState::{Cancelled, Created, Queued, Rendered};
    assert_eq!(states, [Created, Rendered, Queued, Cancelled]);
    assert!(!deployment.dir.path().join("data/letters").join(&waiting.batch).exists(), "nothing was printed");
}

/// A server that prints at once, with two letters that are printed.
async fn printed(deployment: &Deployment) -> (Server, Client, [Delivery; 2]) {
    let server = deployment.serve();
    let brussels = server.client(BRUSSELS).await;
    let first = newcomer(&brussels, 1).await.1;
    let second = newcomer(&brussels, 2).await.1;
    let first = once(&brussels, &first.name, DeliveryState::Printed).await;
    let second = once(&brussels, &second.name, DeliveryState::Printed).await;
    (server, brussels, [first, second])
}

fn code(delivery: &Delivery) -> String {
    delivery.name.replace("deliveries/", "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mail_house_tells_and_scans_tell_what_came_back() {
    let deployment = Deployment::on_sqlite();
    let (server, brussels, [first, second]) = printed(&deployment).await;
    let batch = deployment.dir.path().join("data/letters").join(&first.batch);
    let rows = format!(
        "delivery_reference,status,at,posting_reference,reason\n{},posted,{},RR-1,\nnobody,posted,{},,\n",
        code(&first),
        first.batch,
        first.batch
    );
    // Appears whole, as a mail house has to write it.
    std::fs::write(batch.join("status.part"), rows).expect("a status file");
    std::fs::rename(batch.join("status.part"), batch.join("status.csv")).expect("a status file");
    let posted = once(&brussels, &first.name, DeliveryState::Posted).await;
    assert_eq!(posted.provider_reference, "RR-1");
    let scanned = |code: String, reason: DeliveryReason| Return { code, reason: reason.into(), returned_date: None };
    let returns = vec![
        scanned(format!("TRAJECT:{}", code(&first).replace('-', "").to_uppercase()), DeliveryReason::UnknownAddress),
        scanned(code(&second), DeliveryReason::Unclaimed),
        scanned("4711".to_owned(), DeliveryReason::Unclaimed),
    ];
    for _ in 0..2 {
        let request = RecordReturnsRequest { returns: returns.clone() };
        let items = brussels.delivery().record_returns(request).await.expect("a batch").into_inner().items;
        let found: Vec<_> = items
            .iter()
            .map(|item| (item.delivery.as_ref().map(|found| (found.state(), found.reason())), item.error_code.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Some((DeliveryState::Returned, DeliveryReason::UnknownAddress)), ""),
                (Some((DeliveryState::Returned, DeliveryReason::Unclaimed)), ""),
                (None, "NOT_FOUND"),
            ]
        );
    }
    let bon = server.client(BON).await;
    let others = RecordReturnsRequest { returns: returns[1..2].to_vec() };
    let items = bon.delivery().record_returns(others).await.expect("a batch").into_inner().items;
    assert_eq!(items[0].error_code, "WRONG_ACTOR");
    let bad = RecordReturnsRequest { returns: vec![scanned(code(&first), DeliveryReason::Delayed)] };
    let refused = brussels.delivery().record_returns(bad).await.expect_err("no reason to come back");
    assert_eq!(reason(&refused), "INVALID_ARGUMENT");
    assert_eq!(open_work(&brussels, WorkKind::AddressCheck).await, 1);
    let list = ListDeliveriesRequest { state: DeliveryState::Returned.into(), ..ListDeliveriesRequest::default() };
    let returned = brussels.delivery().list_deliveries(list).await.expect("a list").into_inner().deliveries;
    assert_eq!(returned.len(), 2);
    server.stop();
    let shown = deployment.output(deployment.command_of(&["delivery", "show", &code(&first)]).env("NO_COLOR", "1"));
    for words in ["certificate_of_obligation", "posted", "RR-1", "mail-house", "unknown_address", "clerk-1"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let rejects = std::fs::read_to_string(batch.join("status-rejects.csv")).expect("a row was nobody's");
    assert!(rejects.contains("nobody") && rejects.contains("NO_REFERENCE"), "{rejects}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_scanned_from_the_standard_input() {
    let deployment = Deployment::on_sqlite();
    let (server, _, [first, second]) = printed(&deployment).await;
    server.stop();
    let scan = ["return", "scan", "--reason", "unknown_address", "--agency", "21004", "--on", "2026-01-02"];
    let mut command = deployment.command_of(&scan);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let input = format!("{}\n\n{}\r\nsomething else\n", code(&first), code(&second).replace('-', ""));
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(done.status.code(), Some(1), "one line is no code");
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    let ends: Vec<&str> = printed.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    assert_eq!(ends, ["returned", "returned", "NOT_FOUND"], "{printed}");
    let listed = deployment.output(&mut deployment.command_of(&["delivery", "list", "--state", "returned"]));
    assert_eq!(listed.matches("unknown_address").count(), 2, "{listed}");
    let cancel = ["delivery", "cancel", &code(&first), "--agency", "21004"];
    let refused = run(&mut deployment.command_of(&cancel));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("ALREADY_DONE"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_handed_over_at_the_desk() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let (brussels, bon) = (server.client(BRUSSELS).await, server.client(BON).await);
    let (dossier, _) = newcomer(&brussels, 1).await;
    let create = |channel: DeliveryChannel, id| CreateDeliveryRequest {
        parent: dossier.clone(),
        document: Document::CertificateOfObligation.into(),
        breach: 0,
        channel: channel.into(),
        request_id: request_id(id),
    };
    let others = bon.delivery().create_delivery(create(DeliveryChannel::Desk, 50)).await.expect_err("not Bon's");
    assert_eq!(reason(&others), "WRONG_ACTOR");
    let closed = brussels.delivery().create_delivery(create(DeliveryChannel::Ebox, 51)).await.expect_err("no adapter");
    assert_eq!(reason(&closed), "CHANNEL_CLOSED");
    let made = brussels.delivery().create_delivery(create(DeliveryChannel::Desk, 52)).await.expect("hers").into_inner();
    let again = brussels.delivery().create_delivery(create(DeliveryChannel::Desk, 52)).await.expect("the same request");
    assert_eq!(again.into_inner().name, made.name);
    let twice =
        brussels.delivery().create_delivery(create(DeliveryChannel::Desk, 53)).await.expect_err("one is enough");
    assert_eq!(reason(&twice), "ALREADY_DONE");
    once(&brussels, &made.name, DeliveryState::Queued).await;
    let hand_over = RecordHandOverRequest { name: made.name.clone(), signed: false, handed_over_date: None };
    for _ in 0..2 {
        let told = brussels.delivery().record_hand_over(hand_over.clone()).await.expect("it was made").into_inner();
        assert_eq!((told.state(), told.reason()), (DeliveryState::Delivered, DeliveryReason::SignatureRefused));
    }
    let facts = ListFactsRequest { parent: dossier, ..ListFactsRequest::default() };
    let facts = brussels.dossier().list_facts(facts).await.expect("facts").into_inner().facts;
    let received = facts.iter().filter(|fact| fact.kind == "certificate_received").count();
    assert_eq!(received, 1, "{facts:?}");
}
