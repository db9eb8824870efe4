//! The binary `traject`: subcommands over the composition. It sees every room, and holds no rule of the domain.

mod call;
mod certificate_command;
mod decision_command;
mod delivery_command;
mod explain_command;
mod history_command;
mod key_command;
mod law_command;
mod law_test;
mod mailing_command;
mod proof_command;
mod reassess_command;
mod replay;
mod search_command;
mod site_commands;
mod what_if_command;
mod wire_json;

use anyhow::Context;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use traject_server::site::Choice;

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
    /// Records the two import files in the ledger; the same files again change nothing.
    Import(site_commands::Import),
    /// Assesses what wakes today, and what an import left; lapses become proposals on the work list, presumed receipts are
    /// recorded, and reminders prepared.
    Sweep(Choice),
    /// Makes the letters that wait, into the print folder.
    Letters(Choice),
    /// Answers written question 280 as of a day and as known on a day.
    Answer(site_commands::Question280),
    /// Says why a dossier stands as it does: a page for the clerk or the newcomer, or the trace.
    Explain(explain_command::Explain),
    /// Tells what happened in a dossier, who said so, and what it changed.
    History(history_command::Arguments),
    /// Finds dossiers by number, or by name and birth date: candidates with a score and why.
    Search(search_command::Search),
    /// Re-reads every byte of the record, and names the first that differs.
    Verify(Choice),
    /// Lists deliveries, tells the story of one, sends it once more, or stops it.
    #[command(subcommand)]
    Delivery(delivery_command::Command),
    /// Records letters that came back.
    #[command(subcommand)]
    Return(delivery_command::ReturnCommand),
    /// Lists decisions, or makes one again as it was made.
    #[command(subcommand)]
    Decision(decision_command::Command),
    /// Checks the law files of a directory, or those that ship with the program.
    #[command(subcommand)]
    Law(law_command::Command),
    /// Checks the code of a certificate, without asking the deployment that issued it.
    #[command(subcommand)]
    Certificate(certificate_command::Command),
    /// Checks the proof of a delivery, without asking the deployment that made it.
    #[command(subcommand)]
    Proof(proof_command::Command),
    /// Makes the keys that certificates and proofs are signed with.
    #[command(subcommand)]
    Key(key_command::Command),
    /// Checks or describes the configuration.
    #[command(subcommand)]
    Config(site_commands::Config),
    /// Checks recipients of a mailing, makes mailings, and lets their mails go out.
    #[command(subcommand)]
    Mailing(mailing_command::Command),
    /// Answers gRPC calls, runs the deadlines, and makes letters, until it is told to stop.
    Serve(Choice),
    /// Opens everything that the configuration names, and says what is amiss.
    Doctor(Choice),
    /// Prints what a shell needs to complete this command line, those of `traject call` included.
    Completion {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the version of the program and of the law that ships with it.
    Version,
}

fn main() -> ExitCode {
    match chosen(&command_line().get_matches()) {
        Ok(code) => code,
        Err(error) => {
            // The chain is shown once, here; a closed pipe is not worth a second error.
            let _ = writeln!(std::io::stderr(), "traject: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The whole command line. What calls a server is made from the descriptors, and so has no variant of [`Command`].
fn command_line() -> clap::Command {
    Cli::command().subcommand(call::command())
}

fn chosen(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    match matches.subcommand() {
        Some(("call", matches)) => runtime()?.block_on(call::run(matches)),
        _ => run(&Cli::from_arg_matches(matches)?.command),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new().context("the runtime cannot be started")
}

fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Law(command) => return runtime()?.block_on(law_command::run(command)),
        Command::Delivery(command) => return runtime()?.block_on(delivery_command::run(command)),
        Command::Return(command) => return runtime()?.block_on(delivery_command::run_return(command)),
        Command::Decision(command) => return runtime()?.block_on(decision_command::run(command)),
        Command::Certificate(command) => return runtime()?.block_on(certificate_command::run(command)),
        Command::Proof(command) => return proof_command::run(command),
        Command::Key(command) => key_command::run(command),
        Command::Mailing(command) => return runtime()?.block_on(mailing_command::run(command)),
        Command::Replay(arguments) => replay::run(arguments),
        Command::Config(command) => site_commands::run_config(command),
        Command::Version => version(),
        Command::Completion { shell } => completion(*shell),
        Command::Import(arguments) => runtime()?.block_on(site_commands::run_import(arguments)),
        Command::Sweep(choice) => runtime()?.block_on(site_commands::run_sweep(choice)),
        Command::Letters(choice) => runtime()?.block_on(site_commands::run_letters(choice)),
        Command::Answer(arguments) => runtime()?.block_on(site_commands::run_answer(arguments)),
        Command::Explain(arguments) => runtime()?.block_on(explain_command::run(arguments)),
        Command::History(arguments) => runtime()?.block_on(history_command::run(arguments)),
        Command::Search(arguments) => runtime()?.block_on(search_command::run(arguments)),
        Command::Verify(choice) => runtime()?.block_on(site_commands::run_verify(choice)),
        Command::Serve(choice) => runtime()?.block_on(site_commands::run_serve(choice)),
        Command::Doctor(choice) => runtime()?.block_on(site_commands::run_doctor(choice)),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn completion(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command_line(), "traject", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}

fn version() -> anyhow::Result<()> {
    let law = traject_server::law::known(&traject_lawbook::LawText::embedded())?;
    let hash: String = law.hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    writeln!(std::io::stdout(), "traject {}\nlaw {} ({hash})", env!("CARGO_PKG_VERSION"), law.law.version)?;
    Ok(())
}
