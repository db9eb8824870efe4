//! The work list as persons use it: whose items they are, which ones a list shows, what is done with them, and how many
//! there are.

use crate::desk::{Desk, agency_kind};
use crate::ids::WorkItemId;
use crate::model::{Actor, WorkDesk, WorkItem, WorkKind};
use jiff::Timestamp;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::counting::days_between;
use traject_domain::law::AgencyKind;
use traject_domain::municipality::Municipality;

/// Whether a list shows what is snoozed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Snoozed {
    /// Not.
    #[default]
    Hidden,
    /// With the rest.
    Shown,
    /// Nothing else.
    Only,
}

/// The order of a list; ids break ties.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WorkOrder {
    /// The longest due first.
    #[default]
    LongestDue,
    /// What came on the list last first.
    Newest,
}

/// To whom items are assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// Nobody.
    ToNobody,
    /// This person, a pseudonym.
    To(String),
}

/// Days from one to another, both included; an absent end does not restrict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
}

impl Days {
    /// Whether a day is one of them.
    pub fn contain(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Which work items a list shows, and in which order; absent and empty fields do not restrict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFilter {
    /// Work of this desk.
    pub desk: Option<WorkDesk>,
    /// Owed by this municipality.
    pub municipality: Option<Municipality>,
    /// Of one of these kinds.
    pub kinds: Vec<WorkKind>,
    /// For this breach.
    pub breach: Option<Breach>,
    /// Assigned so.
    pub assigned: Option<Assigned>,
    /// Held or not.
    pub held: Option<bool>,
    /// Due since one of these days.
    pub due_since: Days,
    /// On the list since one of these days.
    pub opened: Days,
    /// What is snoozed.
    pub snoozed: Snoozed,
    /// In which order.
    pub order: WorkOrder,
    /// The day on which it is asked: what is snoozed beyond it is snoozed.
    pub today: Date,
}

impl WorkFilter {
    /// Everything that is open and not snoozed, the longest due first.
    pub fn everything(today: Date) -> Self {
        Self {
            desk: None,
            municipality: None,
            kinds: Vec::new(),
            breach: None,
            assigned: None,
            held: None,
            due_since: Days::default(),
            opened: Days::default(),
            snoozed: Snoozed::default(),
            order: WorkOrder::default(),
            today,
        }
    }

    /// The day of an item that the order goes by.
    pub fn place(&self, item: &WorkItem) -> Date {
        match self.order {
            WorkOrder::LongestDue => item.due_since,
            WorkOrder::Newest => item.opened_on,
        }
    }
}

/// A change of one work item by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkUpdate {
    /// Claim or assign; none: give back.
    Assign(Option<String>),
    /// Give to a colleague, with a note.
    HandOver(String, String),
    /// Leave a note.
    Note(String),
    /// Hide until a day, with the reason as the note.
    Snooze(Date, String),
    /// Close, with what was done as the note.
    Resolve(String),
    /// Undo a change: assignee, day and note become these.
    PutBack {
        /// Who worked on it.
        assignee: Option<String>,
        /// Until when it was hidden.
        snoozed_until: Option<Date>,
        /// What its latest note was.
        note: Option<String>,
    },
}

impl WorkUpdate {
    /// Whether it can be done to an item of this kind.
    pub const fn fits(&self, kind: WorkKind) -> bool {
        !matches!(self, Self::Resolve(_)) || kind.is_closed_by_hand()
    }

    /// Whether the item is closed by it.
    pub const fn closes(&self) -> bool {
        matches!(self, Self::Resolve(_))
    }

    /// The item after it, with its next version.
    #[must_use]
    pub fn apply(&self, before: &WorkItem) -> WorkItem {
        let mut item = WorkItem { version: before.version + 1, ..before.clone() };
        match self {
            Self::Assign(assignee) => item.assignee.clone_from(assignee),
            Self::HandOver(to, note) => (item.assignee, item.note) = (Some(to.clone()), Some(note.clone())),
            Self::Note(note) | Self::Resolve(note) => item.note = Some(note.clone()),
            Self::Snooze(until, reason) => (item.snoozed_until, item.note) = (Some(*until), Some(reason.clone())),
            Self::PutBack { assignee, snoozed_until, note } => {
                item.assignee.clone_from(assignee);
                item.snoozed_until = *snoozed_until;
                item.note.clone_from(note);
            }
        }
        item
    }

    fn action(&self, actor: &str) -> WorkAction {
        match self {
            Self::Assign(None) => WorkAction::GivenBack,
            Self::Assign(Some(to)) if to == actor => WorkAction::Claimed,
            Self::Assign(Some(_)) => WorkAction::Assigned,
            Self::HandOver(..) => WorkAction::HandedOver,
            Self::Note(_) => WorkAction::Noted,
            Self::Snooze(..) => WorkAction::Snoozed,
            Self::Resolve(_) => WorkAction::Resolved,
            Self::PutBack { .. } => WorkAction::PutBack,
        }
    }

    fn note(&self) -> Option<&String> {
        match self {
            Self::Assign(_) => None,
            Self::HandOver(_, note) | Self::Note(note) | Self::Snooze(_, note) | Self::Resolve(note) => Some(note),
            Self::PutBack { note, .. } => note.as_ref(),
        }
    }
}

/// A change with the item and the version that it is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkStep {
    /// Which item.
    pub item: WorkItemId,
    /// The version that was seen.
    pub expected_version: u64,
    /// What to do.
    pub update: WorkUpdate,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkAnswer {
    /// It was done.
    Done(Box<WorkDone>),
    /// There is no such open item.
    NotFound,
    /// The item has another version.
    Stale,
    /// The item is not closed by hand.
    Unfit,
}

/// An item before and after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDone {
    /// As it was.
    pub before: WorkItem,
    /// As it is, or was when it was closed.
    pub after: WorkItem,
}

impl WorkStep {
    /// What comes of it for the open item that has its id.
    pub fn answer(&self, item: Option<&WorkItem>) -> WorkAnswer {
        match item {
            None => WorkAnswer::NotFound,
            Some(item) if item.version != self.expected_version => WorkAnswer::Stale,
            Some(item) if !self.update.fits(item.kind) => WorkAnswer::Unfit,
            Some(item) => WorkAnswer::Done(Box::new(WorkDone { before: item.clone(), after: self.update.apply(item) })),
        }
    }

    /// The line that it adds to the story of the item.
    pub fn event(&self, after: &WorkItem, actor: &str, at: Timestamp) -> WorkEvent {
        WorkEvent {
            item: self.item,
            seq: after.version,
            at,
            action: self.update.action(actor),
            actor: actor.to_owned(),
            assignee: after.assignee.clone(),
            snoozed_until: after.snoozed_until,
            note: self.update.note().cloned(),
        }
    }
}

/// What a person did with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkAction {
    /// Took it.
    Claimed,
    /// Gave it to somebody.
    Assigned,
    /// Gave it to a colleague with a note.
    HandedOver,
    /// Gave it back to all.
    GivenBack,
    /// Left a note.
    Noted,
    /// Hid it for a while.
    Snoozed,
    /// Closed it.
    Resolved,
    /// Undid a change.
    PutBack,
}

impl WorkAction {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Claimed,
        Self::Assigned,
        Self::HandedOver,
        Self::GivenBack,
        Self::Noted,
        Self::Snoozed,
        Self::Resolved,
        Self::PutBack,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Assigned => "assigned",
            Self::HandedOver => "handed-over",
            Self::GivenBack => "given-back",
            Self::Noted => "noted",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::PutBack => "put-back",
        }
    }

    /// The action with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.code() == code)
    }
}

/// One line of an item's story: what a person did with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkEvent {
    /// Of which item.
    pub item: WorkItemId,
    /// The version that the item has from then on: events rise by it, with gaps where no person changed the item.
    pub seq: u64,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// What.
    pub action: WorkAction,
    /// Who, a pseudonym.
    pub actor: String,
    /// Whose item it was from then on.
    pub assignee: Option<String>,
    /// Until when it was hidden from then on.
    pub snoozed_until: Option<Date>,
    /// What was noted with it.
    pub note: Option<String>,
}

/// For how many days an item has been due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkAge {
    /// 0 to 7.
    Week,
    /// 8 to 30.
    Month,
    /// 31 to 90.
    Quarter,
    /// More than 90.
    Longer,
}

impl WorkAge {
    /// Every age, the youngest first.
    pub const ALL: &'static [Self] = &[Self::Week, Self::Month, Self::Quarter, Self::Longer];

    /// The fewest and the most days; no most: no matter how many.
    pub const fn days(self) -> (i32, Option<i32>) {
        match self {
            Self::Week => (0, Some(7)),
            Self::Month => (8, Some(30)),
            Self::Quarter => (31, Some(90)),
            Self::Longer => (91, None),
        }
    }

    /// The age of what is due since a day.
    pub fn of(due_since: Date, today: Date) -> Self {
        let days = days_between(due_since, today);
        let fits = |age: &Self| age.days().1.is_none_or(|most| days <= most.into());
        Self::ALL.iter().copied().find(fits).unwrap_or(Self::Longer)
    }
}

/// How many items there are of one sort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkCount {
    /// What they ask.
    pub kind: WorkKind,
    /// Who works on them.
    pub assignee: Option<String>,
    /// How long they have been due.
    pub age: WorkAge,
    /// Due since before today.
    pub is_overdue: bool,
    /// Snoozed.
    pub is_snoozed: bool,
    /// Held.
    pub is_held: bool,
    /// How many.
    pub count: u64,
}

/// The most items that counters look at.
pub const COUNTED_MAX: usize = 100_000;

/// The counters over a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCounts {
    /// Items that the list shows; so are all counts below but one.
    pub total: u64,
    /// By kind.
    pub by_kind: BTreeMap<WorkKind, u64>,
    /// By person.
    pub by_assignee: BTreeMap<Option<String>, u64>,
    /// By age.
    pub by_age: BTreeMap<WorkAge, u64>,
    /// Due since before today.
    pub overdue: u64,
    /// Held.
    pub held: u64,
    /// Snoozed, whether the list shows them or not.
    pub snoozed: u64,
    /// True when counting ended at [`COUNTED_MAX`].
    pub is_capped: bool,
}

impl WorkCounts {
    /// Adds up sorts for a list that shows what is snoozed, or not.
    pub fn of(sorts: &[WorkCount], snoozed: Snoozed) -> Self {
        let mut counts = Self::default();
        for sort in sorts {
            counts.snoozed += if sort.is_snoozed { sort.count } else { 0 };
            let is_shown = match snoozed {
                Snoozed::Hidden => !sort.is_snoozed,
                Snoozed::Shown => true,
                Snoozed::Only => sort.is_snoozed,
            };
            if is_shown {
                counts.add(sort);
            }
        }
        let looked_at: u64 = sorts.iter().map(|sort| sort.count).sum();
        counts.is_capped = looked_at >= COUNTED_MAX as u64;
        counts
    }

    fn add(&mut self, sort: &WorkCount) {
        self.total += sort.count;
        *self.by_kind.entry(sort.kind).or_default() += sort.count;
        *self.by_assignee.entry(sort.assignee.clone()).or_default() += sort.count;
        *self.by_age.entry(sort.age).or_default() += sort.count;
        self.overdue += if sort.is_overdue { sort.count } else { 0 };
        self.held += if sort.is_held { sort.count } else { 0 };
    }
}

impl Desk {
    /// The desk of a person, and the municipality where it is one: what they see unless they ask for something else. None
    /// for an agency that the law does not know.
    pub fn own_work(&self, actor: &Actor) -> (Option<WorkDesk>, Option<Municipality>) {
        let desk = agency_kind(&self.law.law, &actor.agency).map(|kind| match kind {
            AgencyKind::Municipality => WorkDesk::Municipality,
            AgencyKind::Organiser => WorkDesk::Organiser,
            AgencyKind::Ggc => WorkDesk::Ggc,
        });
        (desk, Municipality::parse(actor.agency.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    #[test]
    fn ages_meet_without_a_gap() {
        let today = date(2023, 6, 1);
        let of = |days: i32| WorkAge::of(today.saturating_sub(days.days()), today);
        let ages = [-1, 0, 7, 8, 30, 31, 90, 91, 400].map(of);
        use WorkAge::{Longer, Month, Quarter, Week};
        assert_eq!(ages, [Week, Week, Week, Month, Month, Quarter, Quarter, Longer, Longer]);
        for pair in WorkAge::ALL.windows(2) {
            assert_eq!(pair[0].days().1.map(|most| most + 1), Some(pair[1].days().0));
        }
    }

    #[test]
    fn what_is_hidden_counts_as_snoozed_only() {
        let sort = |is_snoozed, count| WorkCount {
            kind: WorkKind::Review,
            assignee: None,
            age: WorkAge::Week,
            is_overdue: true,
            is_snoozed,
            is_held: false,
            count,
        };
        let sorts = [sort(false, 3), sort(true, 2)];
        let counts = |snoozed| {
            let counts = WorkCounts::of(&sorts, snoozed);
            (counts.total, counts.overdue, counts.snoozed)
        };
        assert_eq!([Snoozed::Hidden, Snoozed::Shown, Snoozed::Only].map(counts), [(3, 3, 2), (5, 5, 2), (2, 2, 2)]);
    }
}
