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
    /// The store could not be reached; nothing was written.
    #[error("the store is away")]
    Unavailable(#[source] Cause),
    /// A stored value does not read back, or a rule of the store was broken.
    #[error("the store failed")]
    Internal(#[source] Cause),
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
