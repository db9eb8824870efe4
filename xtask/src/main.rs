//! The commands of this repository: `cargo xtask test`, `layers`, `codegen`, `demo`, `bench`.
//!
//! May depend on a command-line parser and `cargo_metadata`. Must never know a crate of Traject: it must build in
//! seconds, and also while a room does not.
//!
//! A new command is one file with `Arguments` and `run`, its `mod` line and one line in the table below.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on its standard streams")]

mod bench;
mod codegen;
mod demo;
mod fuzz;
mod layers;
mod mutants;
mod postgres;
mod process;
mod soak;
mod summary;
mod test;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The commands of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Turns the table of commands into the command line and the call of each.
macro_rules! commands {
    ($($(#[$about:meta])+ $Name:ident => $module:ident,)+) => {
        #[derive(Subcommand)]
        enum Command { $($(#[$about])+ $Name($module::Arguments),)+ }

        impl Command {
            fn run(&self) -> anyhow::Result<ExitCode> {
                match self { $(Command::$Name(arguments) => $module::run(arguments),)+ }
            }
        }
    };
}

commands! {
    /// Checks format, layers and lints, then runs every test; PostgreSQL is found or started for the time of the run.
    Test => test,
    /// Kills, random commands, walks and dossiers, millions of countings, fuzzing and mutants: hours.
    Soak => soak,
    /// Lets libFuzzer look for inputs that break the reading of law files and of the import.
    Fuzz => fuzz,
    /// Changes the law's code in every small way, and counts how many changes the tests notice.
    Mutants => mutants,
    /// Checks who may know whom, the crates' headers, and house rules that no lint can carry.
    Layers => layers,
    /// Writes the committed protobuf code and descriptors from `proto/`.
    Codegen => codegen,
    /// Builds and runs the demonstration: an invented city from the first day to the answer.
    Demo => demo,
    /// Builds and runs the measurements: write, law, letters, import, start.
    Bench => bench,
}

fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
