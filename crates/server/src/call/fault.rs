//! What can be wrong with a call before the server hears of it. No value is repeated: it may be personal data.

use std::path::PathBuf;
use thiserror::Error;

/// Why a call was not made.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// A value does not have the form of its field.
    #[error("--{flag} is not {expected}")]
    Value {
        /// The flag without its dashes.
        flag: String,
        /// The form.
        expected: String,
    },
    /// Two fields of which only one may stand.
    #[error("--{first} and --{second} exclude each other")]
    Exclusive {
        /// The flag that was given first.
        first: String,
        /// The other.
        second: String,
    },
    /// The request in a file does not read.
    #[error("{file}, line {line}, column {column}: not a {message} in the JSON form of protobuf")]
    Json {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The full name of the message.
        message: String,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The token is no header.
    #[error("the token file does not hold one line of visible ASCII")]
    Token,
    /// The address is none that a token may be sent to.
    #[error(
        "write the server as http://HOST:PORT on this machine (loopback): there is no TLS yet, and a token is a secret"
    )]
    Server,
    /// Nobody answers.
    #[error("the server cannot be reached")]
    Unreachable(#[source] tonic::transport::Error),
    /// The descriptors are not what the commands were made from.
    #[error("the descriptors lack {0}")]
    Descriptors(String),
}

impl Fault {
    /// The stable code.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Value { .. } => "CALL_VALUE",
            Self::Exclusive { .. } => "CALL_FIELDS_EXCLUDE",
            Self::Json { .. } => "CALL_JSON",
            Self::File { .. } => "CALL_FILE",
            Self::Token => "CALL_TOKEN",
            Self::Server => "CALL_SERVER",
            Self::Unreachable(_) => "CALL_UNREACHABLE",
            Self::Descriptors(_) => "CALL_DESCRIPTORS",
        }
    }
}
