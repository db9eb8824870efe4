//! `cargo xtask bench`: builds the workspace and runs the measurements, a package of their own (`xtask/bench`).

use crate::{process, workspace};
use anyhow::Result;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Passed on to the measurements as they are; `--help` lists them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds and runs; the programs that are measured come from the same build.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    let is_release = arguments.arguments.iter().any(|argument| argument == "--release");
    let mut bench = process::built(&root, "traject-bench", is_release)?;
    bench.args(&arguments.arguments);
    if let Some(commit) = commit(&root) {
        bench.args(["--commit", &commit]);
    }
    process::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}

/// The commit of the working copy, marked when files differ from it; none outside a repository.
fn commit(root: &Path) -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["describe", "--always", "--dirty", "--exclude", "*"]);
    Some(process::output(&mut git).ok()?.trim().to_owned())
}
