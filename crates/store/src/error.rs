//! What goes wrong, and what it means to a caller.

use sea_orm::{DbErr, RuntimeErr};
use traject_app::error::{CommitError, Key, ReadError};
use traject_app::ids::DossierId;

/// A stored value does not read back; names what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored {0} does not read back")]
pub(crate) struct Corrupt(pub(crate) &'static str);

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is neither `sqlite:` nor `postgres:`.
    #[error("the database url names no known database")]
    Url,
    /// Another process holds the data directory.
    #[error("the data directory is in use by another process")]
    DataDirLocked,
    /// The data directory cannot be made or locked.
    #[error("the data directory cannot be used")]
    DataDir(#[source] std::io::Error),
    /// A later version of the program migrated this database; it names the first unknown migration.
    #[error("the schema is newer than this program: {0}")]
    SchemaNewer(String),
    /// The database did not answer or refused.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OpenError {
    /// The stable code, for exit messages and documentation.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url => "DATABASE_URL_INVALID",
            Self::DataDirLocked => "DATA_DIR_LOCKED",
            Self::DataDir(_) => "DATA_DIR_UNUSABLE",
            Self::SchemaNewer(_) => "SCHEMA_NEWER",
            Self::Database(_) => "DATABASE_FAILED",
        }
    }
}

impl From<DbErr> for OpenError {
    fn from(error: DbErr) -> Self {
        Self::Database(Box::new(error))
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Database(Box::new(failure))
    }
}

/// Why something inside the store failed, before it is told to a caller.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the database failed")]
    Db(#[from] DbErr),
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    #[error("a stored fact does not read back")]
    Fact(#[from] traject_codec::DecodeError),
    #[error("a stored result does not read back")]
    Result(#[from] prost::DecodeError),
    #[error(transparent)]
    Salt(#[from] traject_codec::NoRandomness),
    /// A unique key is taken.
    #[error("the key is taken: {0}")]
    Taken(Key),
    /// A dossier that was to be new is there.
    #[error("the dossier exists")]
    Exists(DossierId),
    /// The COMMIT was sent and its answer was lost: it may have happened.
    #[error("the answer to a commit was lost")]
    Lost(#[source] DbErr),
}

/// What a database error asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// The same again may work: busy, deadlock, serialization.
    Again,
    /// The database is away, full or shutting down.
    Away,
    /// Anything else.
    Broken,
}

/// Reads an error's nature from the driver's codes.
pub(crate) fn nature(error: &DbErr) -> Nature {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return if matches!(error, DbErr::ConnectionAcquire(_)) { Nature::Away } else { Nature::Broken };
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return Nature::Broken;
    };
    match &**cause {
        sqlx::Error::Database(error) => error.code().map_or(Nature::Broken, |code| nature_of_code(&code)),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_) => Nature::Away,
        _ => Nature::Broken,
    }
}

/// SQLSTATE has five characters; SQLite's extended result codes are numbers whose lowest byte is the primary code.
fn nature_of_code(code: &str) -> Nature {
    if code.len() == 5 {
        return match code {
            "40001" | "40P01" | "55P03" => Nature::Again,
            _ if ["08", "53", "57", "58"].contains(&&code[..2]) => Nature::Away,
            _ => Nature::Broken,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        // BUSY, LOCKED
        Ok(5 | 6) => Nature::Again,
        // READONLY, IOERR, FULL, CANTOPEN
        Ok(8 | 10 | 13 | 14) => Nature::Away,
        _ => Nature::Broken,
    }
}

/// True when a row with the same unique key was there.
pub(crate) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Db(error) if nature(&error) != Nature::Broken => Self::Unavailable(Box::new(error)),
            other => Self::Corrupt(Box::new(other)),
        }
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Taken(key) => Self::Taken(key),
            Failure::Exists(dossier) => Self::Stale(dossier),
            Failure::Salt(error) => Self::Unavailable(Box::new(error)),
            Failure::Db(error) | Failure::Lost(error) if nature(&error) != Nature::Broken => {
                Self::Unavailable(Box::new(error))
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}
