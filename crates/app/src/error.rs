//! Errors of the ports: a kind, a stable code, a source. No personal data in any of them.

use crate::ids::DossierId;

/// The closed list of kinds, mapped once to a gRPC status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong.
    Invalid,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The state moved on, or forbids it.
    Conflict,
    /// The caller may not.
    Forbidden,
    /// A bound was reached; try again later.
    Exhausted,
    /// Something needed is away; try again later.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// A boxed cause.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a command was not committed, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The dossier's version is not the expected one: load it again and decide again.
    #[error("the dossier changed meanwhile")]
    Stale(DossierId),
    /// The same request id was used for another request.
    #[error("the request id was used for another request")]
    RequestReused,
    /// A unique key was taken: fact reference, delivery key, number, or open work item.
    #[error("the key is taken: {0}")]
    Taken(Key),
    /// The queue of waiting commands is full.
    #[error("too many commands are waiting")]
    Exhausted,
    /// The store could not be reached. Unless the answer to a COMMIT was lost, nothing was written; the same request id
    /// later tells.
    #[error("the store is away")]
    Unavailable(#[source] Cause),
    /// A stored value does not read back, or a rule of the store was broken.
    #[error("the store failed")]
    Internal(#[source] Cause),
}

impl From<crate::model::Malformed> for CommitError {
    fn from(fault: crate::model::Malformed) -> Self {
        Self::Internal(Box::new(fault))
    }
}

/// A unique key of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A fact's id or reference.
    Fact,
    /// A national number of another dossier.
    Number,
    /// A delivery's key.
    Delivery,
    /// An open work item's key.
    WorkItem,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fact => "fact",
            Self::Number => "number",
            Self::Delivery => "delivery",
            Self::WorkItem => "work item",
        })
    }
}

/// Why a read failed. Not finding something is not an error.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store could not be reached.
    #[error("the store is away")]
    Unavailable(#[source] Cause),
    /// A stored value does not read back.
    #[error("a stored value does not read back")]
    Corrupt(#[source] Cause),
}

/// Why a use case did not do what was asked. After any of them nothing was done, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such dossier, work item or delivery, or the caller may not know of it.
    #[error("there is no such thing here")]
    NotFound,
    /// The caller saw an older version: read again.
    #[error("it changed since the caller read it")]
    Stale,
    /// The request id was used for another request.
    #[error("the request id was used for another request")]
    RequestReused,
    /// The law, or the state of the dossier, does not allow the act.
    #[error("the act is refused")]
    Refused(#[from] traject_domain::guard::Refusal),
    /// The step was prepared or done already.
    #[error("the key is taken: {0}")]
    Taken(Key),
    /// The dossier's standing waits for reassessment after an import.
    #[error("the dossier is being assessed again")]
    NotAssessed,
    /// The ledger holds a fact that this version cannot read: a newer program has to decide.
    #[error("the dossier holds a fact of a newer version")]
    Frozen,
    /// The dossier does not say yet what a document needs: the names of these values, such as `register_due`.
    #[error("the document lacks {}", .0.join(", "))]
    MissingValues(Vec<String>),
    /// The configuration does not say what this needs: the key that is missing.
    #[error("the configuration lacks {0}")]
    NotConfigured(&'static str),
    /// The way is not open here, or the law does not let the document travel by it.
    #[error("the document does not travel by this way")]
    ChannelClosed,
    /// An import brought this proposal; somebody has to release the backlog first.
    #[error("the imported backlog has not been released")]
    Held,
    /// Too many requests wait, or a dossier changes faster than it can be decided on.
    #[error("too many requests at once")]
    Exhausted,
    /// The store is away. The same request id later tells whether the command took effect.
    #[error("the store is away")]
    Unavailable(#[source] Cause),
    /// A fault of ours.
    #[error("a fault of this program")]
    Internal(#[source] Cause),
}

impl AppError {
    /// The kind, mapped once to a gRPC status.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::ChannelClosed => Kind::Conflict,
            Self::Stale | Self::RequestReused | Self::Refused(_) | Self::Taken(_) => Kind::Conflict,
            Self::NotAssessed | Self::Frozen | Self::Held | Self::MissingValues(_) | Self::NotConfigured(_) => {
                Kind::Conflict
            }
            Self::Exhausted => Kind::Exhausted,
            Self::Unavailable(_) => Kind::Unavailable,
            Self::Internal(_) => Kind::Internal,
        }
    }

    /// The stable code, a key of the message catalogue.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Stale => "STALE_ETAG",
            Self::RequestReused => "REQUEST_ID_REUSED",
            Self::Refused(refusal) => refusal.code.code(),
            Self::Taken(_) => "ALREADY_DONE",
            Self::NotAssessed => "NOT_ASSESSED",
            Self::Frozen => "NEWER_FACTS",
            Self::ChannelClosed => "CHANNEL_CLOSED",
            Self::Held => "BACKLOG_HELD",
            Self::MissingValues(_) => "MISSING_VALUE",
            Self::NotConfigured(_) => "NOT_CONFIGURED",
            Self::Exhausted => "EXHAUSTED",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }
}

impl From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(cause) => Self::Unavailable(cause),
            ReadError::Corrupt(cause) => Self::Internal(cause),
        }
    }
}

impl From<CommitError> for AppError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Stale(_) => Self::Stale,
            CommitError::RequestReused => Self::RequestReused,
            CommitError::Taken(key) => Self::Taken(key),
            CommitError::Exhausted => Self::Exhausted,
            CommitError::Unavailable(cause) => Self::Unavailable(cause),
            CommitError::Internal(cause) => Self::Internal(cause),
        }
    }
}
