//! Which items a list shows, and its pages.

use super::{kinds_of, work_item};
use crate::Api;
use crate::auth::Caller;
use crate::page;
use crate::parse::{Fields, free};
use jiff::ToSpan as _;
use tonic::Status;
use traject_app::ids::WorkItemId;
use traject_app::model;
use traject_app::work::{Assigned, Days, Snoozed, WorkFilter, WorkOrder};
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::municipality::Municipality;
use traject_proto::traject::r#type::v1::Breach as WireBreach;
use traject_proto::traject::work::v1 as wire;
use traject_proto::traject::work::v1::{ListWorkItemsRequest, ListWorkItemsResponse, WorkDesk, WorkKind};
use uuid::Uuid;

/// Kinds that a list may name at the most.
const KINDS_MAX: usize = 50;

impl Api {
    /// A page of a list.
    pub(super) async fn list_work(
        &self,
        message: &ListWorkItemsRequest,
        caller: &Caller,
    ) -> Result<ListWorkItemsResponse, Status> {
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let shown = self.shown(message, caller).await?;
        let filter = self.work_filter(&mut fields, &shown, caller);
        let (filter, size) = fields.done(filter.zip(size), caller)?;
        let list = ListWorkItemsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, caller, &message.page_token)?.and_then(|place| from_place(&place));
        let found = self.desk.store.work(&filter, after, size + 1).await;
        let (items, more) = page::cut(found.map_err(|error| self.read_status(error, caller))?, size);
        let last = items.last().filter(|_| more);
        let next = last.map(|item| self.page_key.seal(&list, caller, &place(&filter, item)));
        let work_items = items.iter().map(|item| work_item(item, filter.today)).collect();
        Ok(ListWorkItemsResponse { work_items, next_page_token: next.unwrap_or_default() })
    }

    /// The filter of a list. What the request leaves open is filled with whose work the caller does.
    pub(super) fn work_filter(
        &self,
        fields: &mut Fields,
        message: &ListWorkItemsRequest,
        caller: &Caller,
    ) -> Option<WorkFilter> {
        let today = self.desk.clock.today();
        let breach = fields.value::<WireBreach>("breach", message.breach);
        let snoozed = fields.plain::<wire::Snoozed>("snoozed", message.snoozed);
        let order = fields.plain::<wire::WorkOrder>("order", message.order);
        let (desk, municipality) = self.whose(fields, message, caller);
        let kinds = kinds(fields, message, breach);
        Some(WorkFilter {
            desk,
            municipality,
            kinds,
            breach,
            assigned: assigned(fields, message),
            held: message.held,
            due_since: due_since(fields, message, today),
            opened: days(fields, "opened", message.opened_from_date, message.opened_to_date),
            snoozed: match snoozed? {
                wire::Snoozed::Unspecified => Snoozed::Hidden,
                wire::Snoozed::Shown => Snoozed::Shown,
                wire::Snoozed::Only => Snoozed::Only,
            },
            order: match order? {
                wire::WorkOrder::Unspecified => WorkOrder::LongestDue,
                wire::WorkOrder::Newest => WorkOrder::Newest,
            },
            today,
        })
    }

    /// Desk and municipality that are asked for, or the caller's own.
    fn whose(
        &self,
        fields: &mut Fields,
        message: &ListWorkItemsRequest,
        caller: &Caller,
    ) -> (Option<model::WorkDesk>, Option<Municipality>) {
        let (own_desk, own_municipality) = self.desk.own_work(&caller.actor);
        let municipality = fields.municipality("municipality", &message.municipality);
        match fields.plain::<WorkDesk>("desk", message.desk) {
            Some(WorkDesk::Unspecified) => (own_desk, municipality.or(own_municipality)),
            Some(WorkDesk::Any) => (None, municipality),
            _ => (fields.value::<WorkDesk>("desk", message.desk), municipality),
        }
    }
}

fn kinds(fields: &mut Fields, message: &ListWorkItemsRequest, breach: Option<Breach>) -> Vec<model::WorkKind> {
    let mut kinds = Vec::new();
    if message.kinds.len() > KINDS_MAX {
        fields.fault("kinds", "more than 50");
    }
    for number in message.kinds.iter().take(KINDS_MAX) {
        if let Some(kind) = fields.plain::<WorkKind>("kinds", *number) {
            match kinds_of(kind, breach) {
                Ok(of) => kinds.extend(of),
                Err(problem) => fields.fault(if kind == WorkKind::Unspecified { "kinds" } else { "breach" }, problem),
            }
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn assigned(fields: &mut Fields, message: &ListWorkItemsRequest) -> Option<Assigned> {
    match (free(&message.assignee), message.unassigned) {
        (Some(_), true) => {
            fields.fault("unassigned", "not together with an assignee");
            None
        }
        (Some(assignee), false) => Some(Assigned::To(assignee)),
        (None, true) => Some(Assigned::ToNobody),
        (None, false) => None,
    }
}

/// The days since which items are due: those that are named, and what has been due for long enough.
fn due_since(fields: &mut Fields, message: &ListWorkItemsRequest, today: Date) -> Days {
    let named = days(fields, "due_since", message.due_since_from_date, message.due_since_to_date);
    match message.days_overdue_min {
        0 => named,
        1.. => {
            let latest = today.saturating_sub(message.days_overdue_min.days());
            Days { to: Some(named.to.map_or(latest, |to| to.min(latest))), ..named }
        }
        _ => {
            fields.fault("days_overdue_min", "negative");
            named
        }
    }
}

type WireDate = Option<traject_proto::google::r#type::Date>;

fn days(fields: &mut Fields, what: &str, from: WireDate, to: WireDate) -> Days {
    let from = fields.date(&format!("{what}_from_date"), from);
    Days { from, to: fields.date(&format!("{what}_to_date"), to) }
}

/// Where a list goes on after an item: the day that it is ordered by, then its id.
fn place(filter: &WorkFilter, item: &model::WorkItem) -> Vec<u8> {
    [filter.place(item).to_string().as_bytes(), item.id.0.as_bytes()].concat()
}

fn from_place(place: &[u8]) -> Option<(Date, WorkItemId)> {
    let (day, id) = place.split_at_checked(10)?;
    let day = traject_domain::partial_date::parse_date(std::str::from_utf8(day).ok()?)?;
    Some((day, WorkItemId(Uuid::from_slice(id).ok()?)))
}
