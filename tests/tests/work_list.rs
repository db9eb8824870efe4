//! A day's work over gRPC, on both databases: whose items a list shows, filters, pages, counters, what is done with items one
//! by one and many at once, how it is undone, and its story.

use crate::procedure::visit;
use crate::support::{BRUSSELS, Client, Deployment, GGC, IXELLES, day, request_id};
use tonic::Code;
use tonic_types::StatusExt as _;
use traject_proto::traject::r#type::v1::{Breach, ErrorReason};
use traject_proto::traject::work::v1::update_work_item_request::{
    Assign, Claim, GiveBack, HandOver, Resolve, Snooze, Update,
};
use traject_proto::traject::work::v1::*;

/// Newcomers who are late, each with a notice to release.
const LATE: u32 = 5;

async fn list(client: &Client, list: ListWorkItemsRequest) -> Vec<WorkItem> {
    client.work().list_work_items(list).await.expect("a list").into_inner().work_items
}

fn all() -> ListWorkItemsRequest {
    ListWorkItemsRequest::default()
}

fn names(items: &[WorkItem]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

fn change(item: &WorkItem, update: Update) -> UpdateWorkItemRequest {
    UpdateWorkItemRequest { name: item.name.clone(), etag: item.etag.clone(), update: Some(update) }
}

async fn batch(client: &Client, requests: Vec<UpdateWorkItemRequest>) -> Vec<UpdateWorkItemResult> {
    let batch = BatchUpdateWorkItemsRequest { requests };
    client.work().batch_update_work_items(batch).await.expect("each has a result").into_inner().results
}

async fn counts(client: &Client, list: ListWorkItemsRequest) -> CountWorkItemsResponse {
    let count = CountWorkItemsRequest { list: Some(list) };
    client.work().count_work_items(count).await.expect("counters").into_inner()
}

/// Each sees what is theirs unless they ask for more.
async fn whose(brussels: &Client, ixelles: &Client, ggc: &Client) {
    let own = list(brussels, all()).await;
    assert_eq!(own.len(), LATE as usize);
    assert!(own.iter().all(|item| item.municipality == "21004" && item.desk() == WorkDesk::Municipality));
    assert_eq!(list(ixelles, all()).await, []);
    assert_eq!(list(ggc, all()).await, []);
    assert_eq!(counts(ixelles, all()).await.total_count, 0);
    let every = ListWorkItemsRequest { desk: WorkDesk::Any.into(), ..all() };
    assert_eq!(names(&list(ggc, every).await), names(&own));
    let counter =
        ListWorkItemsRequest { desk: WorkDesk::Municipality.into(), municipality: "21004".to_owned(), ..all() };
    assert_eq!(names(&list(ixelles, counter).await), names(&own));
}

async fn pages(client: &Client) {
    for order in [WorkOrder::Unspecified, WorkOrder::Newest] {
        let whole = list(client, ListWorkItemsRequest { order: order.into(), ..all() }).await;
        let (mut paged, mut page_token) = (Vec::new(), String::new());
        loop {
            let next = ListWorkItemsRequest { order: order.into(), page_size: 2, page_token, ..all() };
            let page = client.work().list_work_items(next).await.expect("a page").into_inner();
            paged.extend(page.work_items);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names(&paged), names(&whole));
    }
}

async fn filters(client: &Client) {
    let items = list(client, all()).await;
    let overdue = items[0].days_overdue;
    assert!(overdue > 90);
    let kinds = |kinds: &[WorkKind]| kinds.iter().map(|kind| (*kind).into()).collect();
    for (filter, expected) in [
        (ListWorkItemsRequest { kinds: kinds(&[WorkKind::ReleaseNotice, WorkKind::Review]), ..all() }, items.len()),
        (ListWorkItemsRequest { kinds: kinds(&[WorkKind::ReleaseTransfer]), ..all() }, 0),
        (ListWorkItemsRequest { breach: Breach::NotRegistered.into(), ..all() }, items.len()),
        (ListWorkItemsRequest { breach: Breach::NotCompleted.into(), ..all() }, 0),
        (ListWorkItemsRequest { unassigned: true, ..all() }, items.len()),
        (ListWorkItemsRequest { assignee: "clerk-9".to_owned(), ..all() }, 0),
        (ListWorkItemsRequest { days_overdue_min: overdue, ..all() }, items.len()),
        (ListWorkItemsRequest { days_overdue_min: overdue + 1, ..all() }, 0),
        (ListWorkItemsRequest { due_since_from_date: items[0].due_since_date, ..all() }, items.len()),
        (ListWorkItemsRequest { due_since_to_date: day(2023, 4, 3), ..all() }, 0),
        (ListWorkItemsRequest { opened_to_date: day(2023, 4, 3), ..all() }, 0),
        (ListWorkItemsRequest { held: Some(true), ..all() }, 0),
        (ListWorkItemsRequest { snoozed: Snoozed::Only.into(), ..all() }, 0),
    ] {
        assert_eq!(list(client, filter.clone()).await.len(), expected, "{filter:?}");
    }
    for (filter, field) in [
        (ListWorkItemsRequest { unassigned: true, assignee: "x".to_owned(), ..all() }, "unassigned"),
        (ListWorkItemsRequest { days_overdue_min: -1, ..all() }, "days_overdue_min"),
        (ListWorkItemsRequest { kinds: kinds(&[WorkKind::Review]), breach: 1, ..all() }, "breach"),
        (ListWorkItemsRequest { desk: 99, ..all() }, "desk"),
    ] {
        let refused = client.work().list_work_items(filter).await.expect_err(field);
        let request = refused.get_details_bad_request().expect("it names the fields");
        assert_eq!((refused.code(), request.field_violations[0].field.as_str()), (Code::InvalidArgument, field));
    }
}

/// A colleague is ill: what was theirs goes to another in one call, and comes back in one call.
async fn reassigned_and_undone(client: &Client) {
    let items = list(client, all()).await;
    let claimed = batch(client, items.iter().map(|item| change(item, Update::Claim(Claim {}))).collect()).await;
    let claimed: Vec<WorkItem> = claimed.into_iter().filter_map(|result| result.work_item).collect();
    assert!(claimed.len() == items.len() && claimed.iter().all(|item| item.assignee == "clerk-1"));
    let over = || Update::HandOver(HandOver { assignee: "clerk-9".to_owned(), note: "I am away".to_owned() });
    let mut requests: Vec<_> = claimed.iter().map(|item| change(item, over())).collect();
    requests.push(change(&items[0], over()));
    requests.push(change(&claimed[0], Update::Resolve(Resolve { note: "done".to_owned() })));
    let results = batch(client, requests).await;
    let reasons: Vec<ErrorReason> = results.iter().map(UpdateWorkItemResult::error_reason).collect();
    assert_eq!(reasons[..items.len()], vec![ErrorReason::Unspecified; items.len()]);
    assert_eq!(reasons[items.len()..], [ErrorReason::StaleEtag, ErrorReason::StaleEtag]);
    let theirs = ListWorkItemsRequest { assignee: "clerk-9".to_owned(), ..all() };
    assert_eq!(list(client, theirs.clone()).await.len(), items.len());
    assert_eq!(
        counts(client, all()).await.by_assignee,
        [AssigneeCount { assignee: "clerk-9".to_owned(), count: LATE.into() }]
    );
    let undone = batch(client, results.into_iter().filter_map(|result| result.undo).collect()).await;
    for (result, before) in undone.iter().zip(&claimed) {
        let item = result.work_item.clone().expect("it was put back");
        assert_eq!(WorkItem { etag: before.etag.clone(), ..item }, *before);
    }
    assert_eq!(list(client, theirs).await, []);
    let story = ListWorkItemEventsRequest { parent: items[0].name.clone(), page_size: 2, page_token: String::new() };
    let page = client.work().list_work_item_events(story.clone()).await.expect("a story").into_inner();
    let rest = ListWorkItemEventsRequest { page_token: page.next_page_token, ..story };
    let rest = client.work().list_work_item_events(rest).await.expect("the rest").into_inner();
    let told: Vec<_> =
        page.events.iter().chain(&rest.events).map(|event| (event.action(), event.note.as_str())).collect();
    assert_eq!(told, [(WorkAction::Claimed, ""), (WorkAction::HandedOver, "I am away"), (WorkAction::PutBack, "")]);
    assert!(rest.next_page_token.is_empty() && page.events.iter().all(|event| event.actor == "clerk-1"));
}

async fn one_by_one(client: &Client) {
    let item = list(client, all()).await.remove(0);
    let over = HandOverWorkItemRequest {
        name: item.name.clone(),
        etag: item.etag.clone(),
        assignee: "clerk-9".to_owned(),
        note: "she calls at ten".to_owned(),
    };
    let over = client.work().hand_over_work_item(over).await.expect("handed over").into_inner();
    assert_eq!((over.assignee.as_str(), over.note.as_str()), ("clerk-9", "she calls at ten"));
    let nobody = HandOverWorkItemRequest { name: over.name.clone(), etag: over.etag.clone(), ..Default::default() };
    let refused = client.work().hand_over_work_item(nobody).await.expect_err("to whom, and why");
    assert_eq!(refused.get_details_bad_request().map(|request| request.field_violations.len()), Some(2));
    let snooze = Snooze { until_date: day(2099, 1, 1), reason: "a paper comes".to_owned() };
    let snoozed =
        batch(client, vec![change(&over, Update::Snooze(snooze))]).await.remove(0).work_item.expect("snoozed");
    let of = counts(client, all()).await;
    assert_eq!((of.total_count, of.snoozed_count, of.capped), (i64::from(LATE) - 1, 1, false));
    assert_eq!((of.overdue_count, of.held_count), (of.total_count, 0));
    assert_eq!(of.by_age.iter().map(|age| (age.days_min, age.days_max)).collect::<Vec<_>>(), {
        [(0, Some(7)), (8, Some(30)), (31, Some(90)), (91, None)]
    });
    assert_eq!((of.by_age[3].count, of.by_kind[0].kind()), (of.total_count, WorkKind::ReleaseNotice));
    let only = ListWorkItemsRequest { snoozed: Snoozed::Only.into(), ..all() };
    assert_eq!(list(client, only).await, std::slice::from_ref(&snoozed));
    let back = batch(client, vec![change(&snoozed, Update::GiveBack(GiveBack {}))]).await.remove(0).work_item;
    assert_eq!(back.map(|item| item.assignee), Some(String::new()));
}

async fn batches_are_bounded(client: &Client) {
    let item = list(client, all()).await.remove(0);
    let assign = change(&item, Update::Assign(Assign { assignee: "clerk-9".to_owned() }));
    for requests in [Vec::new(), vec![assign; 501]] {
        let refused = client.work().batch_update_work_items(BatchUpdateWorkItemsRequest { requests }).await;
        assert_eq!(refused.expect_err("1 to 500").code(), Code::InvalidArgument);
    }
}

/// A view that is kept: for oneself, or for everybody at the counter.
async fn kept_views(brussels: &Client, ixelles: &Client) {
    let keep = |id: u128, shared: bool, list: ListWorkItemsRequest| {
        let title = "Notices of the quarter".to_owned();
        let saved_filter = SavedFilter { title, list: Some(list), shared, ..SavedFilter::default() };
        CreateSavedFilterRequest { saved_filter: Some(saved_filter), request_id: request_id(id) }
    };
    let notices = ListWorkItemsRequest { kinds: vec![WorkKind::ReleaseNotice.into()], days_overdue_min: 30, ..all() };
    let made = brussels.work().create_saved_filter(keep(900, true, notices.clone())).await.expect("kept").into_inner();
    let again = brussels.work().create_saved_filter(keep(900, true, notices.clone())).await.expect("the same");
    assert_eq!((again.into_inner(), made.creator.as_str()), (made.clone(), "clerk-1"));
    let reused = brussels.work().create_saved_filter(keep(900, false, notices.clone())).await.expect_err("another");
    assert_eq!(reused.code(), Code::AlreadyExists);
    let broken = ListWorkItemsRequest { page_size: 3, days_overdue_min: -1, ..notices.clone() };
    let refused =
        brussels.work().create_saved_filter(keep(901, true, broken)).await.expect_err("it cannot be asked for");
    let fields: Vec<_> = refused.get_details_bad_request().expect("fields").field_violations;
    let fields: Vec<_> = fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["saved_filter.list.page_size", "saved_filter.list.days_overdue_min"]);
    brussels.work().create_saved_filter(keep(902, false, all())).await.expect("kept");
    brussels.work().create_saved_filter(keep(903, false, all())).await.expect("kept");
    let applied = ListWorkItemsRequest { saved_filter: made.name.clone(), ..all() };
    assert_eq!(list(brussels, applied.clone()).await, list(brussels, notices).await);
    assert_eq!(counts(brussels, applied.clone()).await.total_count, list(brussels, applied.clone()).await.len() as i64);
    let both = ListWorkItemsRequest { unassigned: true, ..applied.clone() };
    assert_eq!(
        brussels.work().list_work_items(both).await.expect_err("one or the other").code(),
        Code::InvalidArgument
    );
    assert_eq!(ixelles.work().list_work_items(applied.clone()).await.expect_err("not theirs").code(), Code::NotFound);
    let mut pages = ListSavedFiltersRequest { page_size: 2, page_token: String::new() };
    let first = brussels.work().list_saved_filters(pages.clone()).await.expect("a page").into_inner();
    pages.page_token = first.next_page_token;
    let second = brussels.work().list_saved_filters(pages).await.expect("the rest").into_inner();
    assert_eq!((first.saved_filters.len(), second.saved_filters.len()), (2, 1));
    let forget = DeleteSavedFilterRequest { name: made.name };
    assert_eq!(
        ixelles.work().delete_saved_filter(forget.clone()).await.expect_err("not theirs").code(),
        Code::NotFound
    );
    brussels.work().delete_saved_filter(forget).await.expect("forgotten");
    assert_eq!(brussels.work().list_work_items(applied).await.expect_err("gone").code(), Code::NotFound);
}

async fn a_days_work(deployment: &Deployment) {
    let server = deployment.serve();
    let brussels = server.client(BRUSSELS).await;
    for serial in 1..=LATE {
        brussels.check().counter_visit(visit(serial, serial.into())).await.expect("she is obliged");
    }
    whose(&brussels, &server.client(IXELLES).await, &server.client(GGC).await).await;
    pages(&brussels).await;
    filters(&brussels).await;
    batches_are_bounded(&brussels).await;
    kept_views(&brussels, &server.client(IXELLES).await).await;
    reassigned_and_undone(&brussels).await;
    one_by_one(&brussels).await;
    assert!(server.stop().success());
    // One of them is snoozed.
    let said = deployment.output(&mut deployment.command("doctor"));
    let stuck = said.lines().find(|line| line.starts_with("work: ")).expect("the notices are long due");
    assert!(stuck.starts_with("work: 4 of ReleaseNotice") && stuck.contains("work.stuck_after_days"), "{stuck}");
    let patient = deployment.output(deployment.command("doctor").args(["--set", "work.stuck_after_days=100000"]));
    assert!(!patient.contains("work: "), "{patient}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_work_on_sqlite() {
    a_days_work(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_work_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        a_days_work(&deployment).await;
    }
}
