//! Reads the import format, `registrations.csv` and `events.csv`, row by row: each row becomes a [`Registration`] or an
//! [`Event`], repeats one (and is passed over), or is a [`Reject`] with the first fault from left to right.
//!
//! May depend on traject-domain, csv (which writes `rejects.csv`, and reads recipients of mailings) and thiserror.
//! Must never know async, a database, the clock, the internal keys of persons, or what a fact means for a standing.
//!
//! Read in this order: [`Registrations`] (to its end: which numbers are registered decides which events are known),
//! then [`Events`], then [`RejectWriter`]. Both readers open their file more than once and hold one row at a time;
//! what grows with the file is 32 bytes for each accepted id and 8 for each number.

mod cell;
mod contact;
mod event;
mod file;
mod ids;
mod known;
mod recipients;
mod record;
mod registration;
mod reject;
mod table;

pub use contact::Contact;
pub use event::{Event, EventKind, Events, replaced_numbers, reported_numbers, retracted_ids};
pub use file::{FileError, FileKind};
pub use known::Numbers;
pub use recipients::{RecipientRow, RecipientRows, RecipientsError};
pub use registration::{Registration, Registrations};
pub use reject::{Reject, RejectCode, RejectWriter};

use std::path::Path;

/// The columns of a file, in the order in which faults are looked for.
pub const fn columns(file: FileKind) -> &'static [&'static str] {
    match file {
        FileKind::Registrations => registration::COLUMNS,
        FileKind::Events => event::COLUMNS,
    }
}

/// Reads a file through and says whether it can be read at all and has its columns.
///
/// For a caller who acts on rows as they come, and so must know of both files before the first row. Opening a reader
/// finds the same errors in its own file.
///
/// # Errors
/// [`FileError`].
pub fn verify(file: FileKind, path: &Path) -> Result<(), FileError> {
    match file {
        FileKind::Registrations => registration::verify(path),
        FileKind::Events => event::verify(path),
    }
}

/// What became of one row. A row of only empty fields is skipped; one that says again what an accepted row with its id
/// said is passed over in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row<T> {
    /// Without a fault.
    Accepted(T),
    /// With a fault: it changes nothing.
    Rejected(Reject),
}
