//! `traject proof`: what the proof of a delivery is worth, without asking the deployment that made it.

use crate::key_command::{Trusted, unread};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use traject_proof::{ProofBundle, ProofFault};
use traject_server::coded;

/// Subcommands of `traject proof`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Tells what became of a delivery, and whether that is proven. Exit status 1 when it is not, 2 when that cannot be
    /// said.
    Check(Check),
}

/// Arguments of `traject proof check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The file of the proof.
    file: PathBuf,
    #[command(flatten)]
    trusted: Trusted,
}

/// Runs the subcommand.
pub(crate) fn run(Command::Check(Check { file, trusted }): &Command) -> anyhow::Result<ExitCode> {
    let keys = trusted.load()?;
    let bytes = std::fs::read(file).with_context(|| unread(file))?;
    let bundle = ProofBundle::read(&bytes).map_err(|fault| coded(fault.code(), fault))?;
    let (text, code) = match bundle.check(&keys) {
        Ok(checked) => (checked.story(), ExitCode::SUCCESS),
        Err(fault) => (refusal(fault), ExitCode::from(1)),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(code)
}

/// Nothing of a story that is not proven is told.
fn refusal(fault: ProofFault) -> String {
    format!("THE PROOF DOES NOT HOLD: {fault} ({})\n", fault.code())
}
