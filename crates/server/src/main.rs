//! The binary `traject`: composition, lifecycle and subcommands. It sees every room, and holds no rule of the domain.

mod law;
mod replay;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Statutory civic integration in Brussels: check, inform, register, time, notify, hand over, decide, report.
#[derive(Parser)]
#[command(name = "traject", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says how things stood on a day, from the two import files; takes no action.
    Replay(replay::Arguments),
    /// Checks the law files of a directory, or those that ship with the program.
    #[command(subcommand)]
    Law(law::Command),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Law(command) => law::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain is shown once, here; a closed pipe is not worth a second error.
            let _ = writeln!(std::io::stderr(), "traject: {error:#}");
            ExitCode::from(2)
        }
    }
}
