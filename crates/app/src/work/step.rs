//! What persons do with items, and the story that it leaves.

use crate::ids::WorkItemId;
use crate::model::{WorkItem, WorkKind};
use jiff::Timestamp;
use traject_domain::Date;

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
