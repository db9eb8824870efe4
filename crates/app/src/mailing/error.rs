//! Why a use case of mailings did not do what was asked.

use crate::error::{AppError, Kind, ReadError};
use crate::mailing::text::TextFault;

/// The closed list of what may be wrong with a file of recipients as a whole. No row of it counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// The header lacks a column.
    #[error("the file has no column {0}")]
    MissingColumn(&'static str),
    /// The header has a column that is not of the format; from 1, since its name may be data.
    #[error("column {0} of the file is not one of the format")]
    UnknownColumn(usize),
    /// The header has a column twice.
    #[error("the file has the column {0} twice")]
    DuplicateColumn(&'static str),
    /// A line is not UTF-8.
    #[error("line {0} of the file is not UTF-8")]
    NotUtf8(u64),
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Unreadable,
}

impl FileFault {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingColumn(_) => "FILE_MISSING_COLUMN",
            Self::UnknownColumn(_) => "FILE_UNKNOWN_COLUMN",
            Self::DuplicateColumn(_) => "FILE_DUPLICATE_COLUMN",
            Self::NotUtf8(_) => "FILE_NOT_UTF8",
            Self::Unreadable => "FILE_UNREADABLE",
        }
    }
}

/// Why a mailing did not do what was asked. Nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum MailingError {
    /// As for any use case.
    #[error(transparent)]
    App(#[from] AppError),
    /// The file of recipients cannot be used.
    #[error("the file of recipients cannot be used")]
    File(#[from] FileFault),
    /// A text cannot be used: its place among the texts, the field, and what is wrong.
    #[error("a text of the mailing cannot be used")]
    Texts(Vec<(usize, &'static str, TextFault)>),
    /// Rows are faulty, and the caller did not accept that they are left out.
    #[error("rows of the mailing are faulty")]
    HasFaults,
    /// There is nobody to write to.
    #[error("the mailing has no recipients")]
    NoRecipients,
    /// The mailing is not in a state that allows it.
    #[error("the mailing is not in a state that allows this")]
    WrongState,
    /// Another agency's people.
    #[error("another agency writes to these people")]
    NotYours,
    /// No mail leaves this deployment.
    #[error("no mail leaves this deployment")]
    NoRelay,
}

impl From<ReadError> for MailingError {
    fn from(error: ReadError) -> Self {
        Self::App(error.into())
    }
}

impl MailingError {
    /// The stable code, a key of the message catalogue.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::App(error) => error.code(),
            Self::File(_) | Self::Texts(_) => "INVALID_ARGUMENT",
            Self::HasFaults => "MAILING_HAS_FAULTS",
            Self::NoRecipients => "MAILING_NO_RECIPIENTS",
            Self::WrongState => "MAILING_WRONG_STATE",
            Self::NotYours => "WRONG_ACTOR",
            Self::NoRelay => "MAIL_SWITCHED_OFF",
        }
    }

    /// The kind, mapped once to a gRPC status.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::App(error) => error.kind(),
            Self::File(_) | Self::Texts(_) => Kind::Invalid,
            Self::HasFaults | Self::NoRecipients | Self::WrongState | Self::NotYours | Self::NoRelay => Kind::Conflict,
        }
    }
}
