//! The work list as persons use it: whose items they are, which ones a list shows, what is done with them, and how many
//! there are.

mod count;
mod step;

pub use count::{COUNTED_MAX, WorkAge, WorkCount, WorkCounts};
pub use step::{WorkAction, WorkAnswer, WorkDone, WorkEvent, WorkStep, WorkUpdate};

use crate::desk::{Desk, agency_kind};
use crate::ids::SavedFilterId;
use crate::model::{Actor, WorkDesk, WorkItem, WorkKind};
use jiff::Timestamp;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
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

/// A list that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its id.
    pub id: SavedFilterId,
    /// The agency in which it is known.
    pub agency: Code,
    /// Who made it, a pseudonym.
    pub creator: String,
    /// Whether everybody of the agency sees it.
    pub is_shared: bool,
    /// What persons call it.
    pub title: String,
    /// The request for the list, in the bytes of the wire.
    pub list: Vec<u8>,
    /// When it was made, to the microsecond.
    pub created_at: Timestamp,
}

impl SavedFilter {
    /// Whether a person sees it.
    pub fn is_seen_by(&self, actor: &Actor) -> bool {
        self.agency == actor.agency && (self.is_shared || self.creator == actor.staff)
    }
}

/// What waits longest of one kind, of what a person could do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LongestDue {
    /// What is asked.
    pub kind: WorkKind,
    /// How many items are due.
    pub count: u64,
    /// Since when the oldest of them is.
    pub since: Date,
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
