//! The composition of Traject: what the binary `traject` does, as functions that the demonstration and tests call too.
//!
//! May depend on every room. Must never hold a rule of the domain.

pub mod bounces;
pub mod clock;
pub mod desk_channel;
pub mod documents;
pub mod ebox;
pub mod engine;
pub mod figures;
pub mod import;
pub mod jobs;
pub mod law;
pub mod letters;
pub mod limit;
pub mod log;
pub mod mail;
pub mod mailings;
pub mod pages;
pub mod print;
pub mod serve;
pub mod site;
pub mod status_file;
pub mod stuck;

use std::error::Error;

/// The program and its version, as decisions record them.
pub const ENGINE: &str = concat!("traject ", env!("CARGO_PKG_VERSION"));

/// An error behind its stable code, for a terminal or a log; its causes follow when the chain is shown.
pub fn coded(code: &'static str, error: impl Error + Send + Sync + 'static) -> anyhow::Error {
    anyhow::Error::new(error).context(code)
}
