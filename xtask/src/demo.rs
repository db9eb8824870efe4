//! `cargo xtask demo`: builds the workspace and runs the demonstration, which is a package of its own (`xtask/demo`).

use crate::{process, workspace};
use anyhow::Result;
use std::process::{Command, ExitCode};

/// Passed on to the demonstration as they are; `--help` lists them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds as the tests do, so that both share one build, and runs.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    process::run(process::cargo(&root).args(["build", "--workspace"]))?;
    let demo = root.join("target/debug").join(format!("traject-demo{}", std::env::consts::EXE_SUFFIX));
    process::run(Command::new(demo).current_dir(&root).args(&arguments.arguments))?;
    Ok(ExitCode::SUCCESS)
}
