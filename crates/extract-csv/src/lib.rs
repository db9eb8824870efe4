//! The import format: `registrations.csv` and `events.csv` become domain facts; what is faulty becomes rejects.
//!
//! May depend on the domain and csv. Must never know SQL, sockets, the clock, or what the law makes of a fact.
//!
//! Reading is streaming: one row at a time, plus a hash per id and eight bytes per number. The contract is
//! `data/README.md` and `semantics.md` 1–5.

mod event;
mod registration;
mod reject;
mod table;

pub use event::{Event, EventKind, Events};
pub use registration::{Contact, Numbers, Registration, Registrations};
pub use reject::{FileError, Reject, RejectCode, RejectWriter};

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// The register extract.
    Registrations,
    /// What happened next.
    Events,
}

impl FileKind {
    /// The name used in rejects.csv, whatever the file is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registrations => "registrations.csv",
            Self::Events => "events.csv",
        }
    }
}

/// What became of one row. A row of an accepted id with the same content again is passed over in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row<T> {
    /// The row is good.
    Accepted(T),
    /// The row is faulty, and changes nothing.
    Rejected(Reject),
}
