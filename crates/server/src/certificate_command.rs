//! `traject certificate`: what the code on a certificate is worth, without asking the deployment that issued it.

use crate::key_command::{Trusted, unread};
use crate::replay::day;
use anyhow::Context;
use clap::{Args, Subcommand};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use traject_app::port::Clock as _;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_proof::{Attestation, Question, Verdict, VerifyingKey, WithdrawalList, judge};
use traject_server::clock::SystemClock;
use traject_server::site::Choice;
use traject_server::{coded, documents};

/// More of the standard input is not read: a code is shorter.
const LONGEST: u64 = 1 << 16;

/// Subcommands of `traject certificate`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Says what a code claims, whether that is proven, and whether the certificate counts on a day. Exit status 1 when it
    /// does not, 2 when that cannot be said.
    Check(Check),
    /// Signs the list of the certificates of an agency that count no more: what they attest no longer holds, or they came
    /// back. Whoever checks certificates needs it beside the public key.
    Withdrawals(Withdrawals),
}

/// Arguments of `traject certificate withdrawals`.
#[derive(Args)]
pub(crate) struct Withdrawals {
    #[command(flatten)]
    choice: Choice,
    /// Code of the agency, as the certificates name it, such as 21004 or BON.
    #[arg(long, value_name = "CODE")]
    issuer: String,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `traject certificate check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The code as it was scanned or typed, from TRAJECT1: on; - reads it from the standard input.
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    trusted: Trusted,
    /// The issuer's list of withdrawn certificates.
    #[arg(long, value_name = "FILE")]
    withdrawals: Option<PathBuf>,
    /// A list of more days than this is called old.
    #[arg(long, value_name = "DAYS", default_value_t = 31, requires = "withdrawals")]
    list_max_days: u16,
    /// The full name of the holder, as the certificate has it, accents included.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The day on which the certificate should count; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
}

/// Runs the subcommand.
pub(crate) async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(arguments) => check(arguments),
        Command::Withdrawals(arguments) => withdrawals(arguments).await,
    }
}

async fn withdrawals(arguments: &Withdrawals) -> anyhow::Result<ExitCode> {
    let site = arguments.choice.open_to_read().await?;
    let senders = site.senders()?;
    let key = senders.key.clone().context("signing.key_file is not set: a list is signed with that key")?;
    let issuer = Code::new(&arguments.issuer);
    let found = documents::withdrawn(&site.desk, &senders, &issuer).await;
    let entries = found.map_err(|error| coded(error.code(), error))?;
    let text = WithdrawalList::sign(&key, issuer.as_str(), site.desk.clock.now(), &entries)?;
    std::fs::write(&arguments.out, text).with_context(|| format!("{} cannot be written", arguments.out.display()))?;
    writeln!(std::io::stdout(), "{} withdrawn certificates of {issuer}", entries.len())?;
    site.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn check(arguments: &Check) -> anyhow::Result<ExitCode> {
    let keys = arguments.trusted.load()?;
    let attestation = Attestation::read(&code(&arguments.code)?).map_err(|fault| coded(fault.code(), fault))?;
    let list = arguments.withdrawals.as_deref().map(|path| list(path, &keys)).transpose()?;
    let question = Question {
        keys: &keys,
        withdrawals: list.as_ref(),
        list_max_days: arguments.list_max_days,
        name: arguments.name.as_deref(),
        as_of: arguments.as_of.unwrap_or_else(|| SystemClock.today()),
    };
    let verdict = judge(&attestation, &question).map_err(|fault| coded(fault.code(), fault))?;
    std::io::stdout().write_all(question.answer(&attestation, verdict).as_bytes())?;
    Ok(if verdict == Verdict::Valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn code(argument: &str) -> anyhow::Result<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut text).context("the standard input cannot be read")?;
    Ok(text)
}

fn list(path: &Path, keys: &[VerifyingKey]) -> anyhow::Result<WithdrawalList> {
    let text = std::fs::read_to_string(path).with_context(|| unread(path))?;
    WithdrawalList::read(&text, keys).map_err(|fault| coded(fault.code(), fault))
}
