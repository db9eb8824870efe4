//! What the program says of itself, on standard error.

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use traject_config::{Log, LogFormat};

/// Starts the log; once in a process.
///
/// # Errors
/// When the filter cannot be read, or a log was started before.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter).context("log.filter cannot be read")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error)).context("the log cannot be started")
}
