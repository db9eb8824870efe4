//! What can be wrong with a configuration, each with a stable code.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The defaults embedded in the program.
    Default,
    /// The profile of this name.
    Profile(String),
    /// A file: the site file, or one that it names.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
    /// `--set` on the command line.
    Flag,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the defaults"),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag => f.write_str("--set"),
        }
    }
}

/// One fault of a configuration. Messages hold keys, places and, for kinds of values that are no secret, the value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key that no section has.
    #[error("unknown key `{key}` in {place}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        place: Place,
    },
    /// A value that its key does not take, or a key that must be there and is not.
    #[error("invalid `{key}` in {place}: {problem}")]
    InvalidValue {
        /// The key, dotted.
        key: String,
        /// Where it was last set.
        place: Place,
        /// What is wrong, without the value of a secret.
        problem: String,
    },
    /// A file that is named and cannot be read.
    #[error("cannot read {}{}", path.display(), key.as_ref().map(|key| format!(", named by `{key}`")).unwrap_or_default())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The key that names it; none for the site file itself.
        key: Option<String>,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file or profile that is not TOML.
    #[error("line {line} in {place} is not TOML: {problem}")]
    NotToml {
        /// Where.
        place: Place,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A listening address that others can reach, while connections are not encrypted.
    #[error("invalid `server.listen` in {place}: {address} is not a loopback address, and there is no TLS yet")]
    ListenNotLoopback {
        /// The address.
        address: SocketAddr,
        /// Where it was last set.
        place: Place,
    },
}

impl ConfigError {
    /// The stable code of this kind of fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey { .. } => "CONFIG_UNKNOWN_KEY",
            Self::InvalidValue { .. } => "CONFIG_INVALID_VALUE",
            Self::FileUnreadable { .. } => "CONFIG_FILE_UNREADABLE",
            Self::NotToml { .. } => "CONFIG_NOT_TOML",
            Self::ListenNotLoopback { .. } => "CONFIG_LISTEN_NOT_LOOPBACK",
        }
    }
}
