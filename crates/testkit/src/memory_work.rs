//! The work list of the store in memory: what a list shows and how it is counted, item by item.

use std::collections::BTreeMap;
use traject_app::ids::WorkItemId;
use traject_app::model::WorkItem;
use traject_app::work::{Assigned, LongestDue, Snoozed, WorkAge, WorkCount, WorkFilter, WorkOrder};
use traject_domain::Date;

/// Not snoozed beyond a day.
pub(crate) fn is_awake(item: &WorkItem, today: Date) -> bool {
    item.snoozed_until.is_none_or(|until| until <= today)
}

/// Whether a filter lets an item through, whatever it says of what is snoozed.
fn passes(filter: &WorkFilter, item: &WorkItem) -> bool {
    let assigned = match &filter.assigned {
        None => true,
        Some(Assigned::ToNobody) => item.assignee.is_none(),
        Some(Assigned::To(person)) => item.assignee.as_ref() == Some(person),
    };
    assigned
        && filter.desk.is_none_or(|desk| item.kind.desk() == desk)
        && filter.municipality.is_none_or(|municipality| item.municipality == Some(municipality))
        && (filter.kinds.is_empty() || filter.kinds.contains(&item.kind))
        && filter.breach.is_none_or(|breach| item.kind.breach() == Some(breach))
        && filter.held.is_none_or(|held| item.held == held)
        && filter.due_since.contain(item.due_since)
        && filter.opened.contain(item.opened_on)
}

/// A page of a list.
pub(crate) fn page(
    mut items: Vec<WorkItem>,
    filter: &WorkFilter,
    after: Option<(Date, WorkItemId)>,
    limit: usize,
) -> Vec<WorkItem> {
    items.retain(|item| {
        let is_shown = match filter.snoozed {
            Snoozed::Hidden => is_awake(item, filter.today),
            Snoozed::Shown => true,
            Snoozed::Only => !is_awake(item, filter.today),
        };
        is_shown && passes(filter, item)
    });
    items.sort_by_key(|item| (filter.place(item), item.id));
    if filter.order == WorkOrder::Newest {
        items.reverse();
    }
    if let Some(last) = after {
        items.retain(|item| match filter.order {
            WorkOrder::LongestDue => (filter.place(item), item.id) > last,
            WorkOrder::Newest => (filter.place(item), item.id) < last,
        });
    }
    items.truncate(limit);
    items
}

/// How many of at most so many items are of each sort.
pub(crate) fn count(items: &[WorkItem], filter: &WorkFilter, limit: usize) -> Vec<WorkCount> {
    let mut counts = BTreeMap::new();
    for item in items.iter().filter(|item| passes(filter, item)).take(limit) {
        let sort = WorkCount {
            kind: item.kind,
            assignee: item.assignee.clone(),
            age: WorkAge::of(item.due_since, filter.today),
            is_overdue: item.due_since < filter.today,
            is_snoozed: !is_awake(item, filter.today),
            is_held: item.held,
            count: 0,
        };
        *counts.entry(sort).or_insert(0) += 1;
    }
    counts.into_iter().map(|(sort, count)| WorkCount { count, ..sort }).collect()
}

/// What has been due longest, by kind.
pub(crate) fn longest_due<'i>(items: impl Iterator<Item = &'i WorkItem>, today: Date) -> Vec<LongestDue> {
    let mut longest = BTreeMap::new();
    for item in items.filter(|item| is_awake(item, today) && !item.held && item.due_since <= today) {
        let (count, since) = longest.entry(item.kind).or_insert((0, item.due_since));
        *count += 1;
        *since = item.due_since.min(*since);
    }
    longest.into_iter().map(|(kind, (count, since))| LongestDue { kind, count, since }).collect()
}
