//! The files as such: which of the two, and what makes one unreadable as a whole.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// One of the two files of the import format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// The register extract: one row per check.
    Registrations,
    /// What happened next.
    Events,
}

impl FileKind {
    /// The name by which rejects call the file, whatever it is called on disk.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registrations => "registrations.csv",
            Self::Events => "events.csv",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A file that cannot be read at all. No row of it counts.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused to open or to read it.
    #[error("{code}: {path} cannot be read", code = self.code(), path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Its bytes are not UTF-8.
    #[error("{code}: line {line} of {path} is not UTF-8; save the file as UTF-8", code = self.code(), path = path.display())]
    NotUtf8 {
        /// Which file.
        path: PathBuf,
        /// The first physical line that is not, from 1.
        line: u64,
    },
    /// A line is longer than any row can be, so that reading on would take unbounded memory.
    #[error("{code}: line {line} of {path} does not end", code = self.code(), path = path.display())]
    LineTooLong {
        /// Which file.
        path: PathBuf,
        /// The physical line, from 1.
        line: u64,
    },
    /// The header line lacks a column of the format.
    #[error("{code}: {path} has no column {column}", code = self.code(), path = path.display())]
    MissingColumn {
        /// Which file.
        path: PathBuf,
        /// The first column of the format that is not there.
        column: &'static str,
    },
    /// The header line names a column of the format twice.
    #[error("{code}: {path} has the column {column} twice", code = self.code(), path = path.display())]
    DuplicateColumn {
        /// Which file.
        path: PathBuf,
        /// The first column of the format that is there twice.
        column: &'static str,
    },
}

impl FileError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::NotUtf8 { .. } => "FILE_NOT_UTF8",
            Self::LineTooLong { .. } => "FILE_LINE_TOO_LONG",
            Self::MissingColumn { .. } => "FILE_MISSING_COLUMN",
            Self::DuplicateColumn { .. } => "FILE_DUPLICATE_COLUMN",
        }
    }
}
