//! `cargo xtask demo`: builds the workspace and runs the demonstration, which is a package of its own (`xtask/demo`).

use crate::{process, workspace};
use anyhow::Result;
use std::process::ExitCode;

/// Passed on to the demonstration as they are; `--help` lists them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds and runs.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    process::run(process::built(&workspace::root(), "traject-demo", false)?.args(&arguments.arguments))?;
    Ok(ExitCode::SUCCESS)
}
