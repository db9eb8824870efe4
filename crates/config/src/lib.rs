//! Configuration: typed sections, layered sources, and what can be said of both before anything starts.
//!
//! May depend on libraries for files and values. Must never open a socket or a database, and knows no other room: the
//! server joins these sections with what they configure. This is the only crate that reads the environment.
//!
//! Layers, the later over the earlier: the embedded `config/default.toml`, a profile, the site file,
//! `TRAJECT__SECTION__KEY`, `--set section.key=value`. Tables are merged key by key; a list replaces the list below it.
//!
//! ```
//! let config = traject_config::check(&traject_config::Sources::default()).expect("the defaults are valid");
//! assert!(config.server.listen.ip().is_loopback());
//! ```

mod error;
mod keys;
mod layers;
mod reference;
mod secrets;
mod sections;
mod values;

pub use error::{ConfigError, Place};
pub use layers::{Profile, Sources, check};
pub use reference::{reference, schema};
pub use secrets::{Secrets, StaticToken};
pub use sections::{
    Agency, AgencyKind, Config, Database, Ebox, Encryption, Law, Letters, Log, LogFormat, Mail, Mailings, Server,
    SmtpMail, Tokens,
};
pub use values::{ByteCount, Calendar, CutOff, DatabaseUrl, Period, Secret};
