//! `cargo xtask codegen`: starts the heavy package that compiles the protobuf files.

use crate::{process, workspace};
use anyhow::Result;
use std::process::ExitCode;

/// What to do with the generated files.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Writes nothing; fails when a committed file is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Runs `xtask/codegen` over this repository.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    let mut command = process::cargo(&root);
    command.args(["run", "--quiet", "--package", "xtask-codegen", "--"]).arg("--root").arg(&root);
    if arguments.check {
        command.arg("--check");
    }
    process::run(&mut command)?;
    Ok(ExitCode::SUCCESS)
}
