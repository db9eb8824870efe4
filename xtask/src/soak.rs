//! `cargo xtask soak`: the tests that kill the program, many times over, and random commands in great number.

use crate::{postgres, process, workspace};
use anyhow::Result;
use std::process::ExitCode;

/// How long to go on.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each kill test kills; there are four: import and server, on SQLite and on PostgreSQL.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Random runs of commands in which each database is compared with the store in memory.
    #[arg(long, default_value_t = 1_000)]
    cases: u32,
    /// A PostgreSQL in which databases may be created, as for `cargo xtask test`.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// Runs them; what is missing fails.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    // The binary that is killed: naming tests alone does not build it.
    process::run(process::cargo(&root).args(["build", "--workspace"]))?;
    let server = postgres::provide(arguments.postgres.clone())?;
    let mut command = process::cargo(&root);
    command
        .args(["test", "--workspace", "--test", "blackbox", "--test", "contract", "--"])
        .args(["killed", "as_memory"]);
    command.env("TRAJECT_SOAK_KILLS", arguments.kills.to_string());
    command.env("TRAJECT_SOAK_CASES", arguments.cases.to_string());
    command.env("CI", "true");
    if let Some(server) = &server {
        command.env(postgres::VARIABLE, server.url());
    }
    process::run(&mut command)?;
    println!("{} kills in each of four tests, {} random runs on each database", arguments.kills, arguments.cases);
    Ok(ExitCode::SUCCESS)
}
