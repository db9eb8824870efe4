//! `traject delivery` and `traject return`: what became of deliveries, what to send once more, and letters that came back, by
//! the code on them.

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{Table, presets};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use traject_app::AppError;
use traject_app::deliveries::{Told, scanned};
use traject_app::ids::DeliveryId;
use traject_app::model::{Actor, Delivery, DeliveryState};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::ReturnReason;
use traject_server::coded;
use traject_server::site;

/// Subcommands of `traject delivery`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists the deliveries in a state, the oldest change first; permanent-failure is the list of what nobody sends any more.
    List(List),
    /// Tells the story of a delivery.
    Show(One),
    /// Sends once more, under the same key, what failed for good.
    Resend(Change),
    /// Stops a delivery that has not left.
    Cancel(Change),
}

/// Arguments of `traject delivery list`.
#[derive(Args)]
pub(crate) struct List {
    /// Such as permanent-failure, queued or returned.
    #[arg(long, value_parser = state, default_value = "permanent-failure")]
    state: DeliveryState,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    #[command(flatten)]
    site: site::Choice,
}

/// One delivery.
#[derive(Args)]
pub(crate) struct One {
    /// Its reference, as it stands on the letter.
    #[arg(value_name = "REFERENCE", value_parser = reference)]
    delivery: DeliveryId,
    #[command(flatten)]
    site: site::Choice,
}

/// One delivery, changed by somebody.
#[derive(Args)]
pub(crate) struct Change {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    who: Who,
}

/// Who tells it.
#[derive(Args)]
pub(crate) struct Who {
    /// The agency that tells it: a NIS code, an organiser's code, or GGC.
    #[arg(long, value_name = "CODE")]
    agency: String,
    /// Pseudonym of the person who tells it.
    #[arg(long, value_name = "PSEUDONYM", default_value = "operator")]
    staff: String,
}

impl Who {
    fn actor(&self) -> Actor {
        Actor { staff: self.staff.clone(), agency: Code::new(&self.agency), role: Code::new("operator") }
    }
}

/// Subcommands of `traject return`.
#[derive(Subcommand)]
pub(crate) enum ReturnCommand {
    /// Records letters that came back, a code a line, as a scanner gives them. Exit status 1 when a line was not recorded.
    Scan(Scan),
}

/// Arguments of `traject return scan`.
#[derive(Args)]
pub(crate) struct Scan {
    /// A file of codes; - is the standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Why they came back.
    #[arg(long, value_enum)]
    reason: Reason,
    /// The day they came back; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = crate::replay::day)]
    on: Option<Date>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    site: site::Choice,
}

#[derive(Clone, Copy, ValueEnum)]
enum Reason {
    /// Not collected.
    Unclaimed,
    /// Not known at that address.
    #[value(name = "unknown_address")]
    UnknownAddress,
}

fn state(text: &str) -> Result<DeliveryState, String> {
    DeliveryState::from_code(text).ok_or_else(|| {
        let codes: Vec<&str> = DeliveryState::ALL.iter().map(|state| state.code()).collect();
        format!("one of {}", codes.join(", "))
    })
}

fn reference(text: &str) -> Result<DeliveryId, String> {
    scanned(text).ok_or_else(|| "write the reference as it stands on the letter".to_owned())
}

fn failed(error: AppError) -> anyhow::Error {
    coded(error.code(), error)
}

/// Runs a subcommand of `traject delivery`.
pub(crate) async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(arguments) => list(arguments).await,
        Command::Show(arguments) => show(arguments).await,
        Command::Resend(arguments) => change(arguments, true).await,
        Command::Cancel(arguments) => change(arguments, false).await,
    }
}

async fn list(arguments: &List) -> anyhow::Result<ExitCode> {
    let site = arguments.site.open_to_read().await?;
    let found = site.desk.store.deliveries(None, arguments.state, None, arguments.limit).await?;
    let mut table = table(["delivery", "document", "by", "state", "reason", "attempts", "changed at"]);
    for delivery in &found {
        table.add_row(row(delivery));
    }
    writeln!(std::io::stdout(), "{table}")?;
    site.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn row(delivery: &Delivery) -> [String; 7] {
    let step = delivery.key.step;
    let breach = step.breach().map(|breach| format!(" {breach}")).unwrap_or_default();
    [
        delivery.id.to_string(),
        format!("{}{breach}", step.document()),
        delivery.key.channel.to_string(),
        delivery.state.to_string(),
        delivery.reason.map(|reason| reason.to_string()).unwrap_or_default(),
        delivery.attempts.to_string(),
        delivery.changed_at.to_string(),
    ]
}

async fn show(arguments: &One) -> anyhow::Result<ExitCode> {
    let site = arguments.site.open_to_read().await?;
    let found = site.desk.delivery(arguments.delivery).await.map_err(failed)?;
    let mut head = table(["delivery", "document", "by", "state", "reason", "attempts", "changed at"]);
    head.add_row(row(&found));
    let mut story = table(["", "recorded at", "state", "reason", "happened on", "reference", "by"]);
    for event in site.desk.store.delivery_events(found.id).await? {
        story.add_row([
            event.seq.to_string(),
            event.at.to_string(),
            event.state.to_string(),
            event.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            event.occurred_on.map(|on| on.to_string()).unwrap_or_default(),
            event.provider_reference.unwrap_or_default(),
            event.actor,
        ]);
    }
    writeln!(std::io::stdout(), "{head}\n\n{story}")?;
    site.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn change(arguments: &Change, resend: bool) -> anyhow::Result<ExitCode> {
    let site = arguments.one.site.open().await?;
    let (id, actor) = (arguments.one.delivery, arguments.who.actor());
    let changed = match resend {
        true => site.desk.resend(id, &actor).await,
        false => site.desk.cancel(id, &actor).await,
    };
    let changed = changed.map_err(failed)?;
    writeln!(std::io::stdout(), "{} {}", changed.id, changed.state)?;
    site.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a subcommand of `traject return`.
pub(crate) async fn run_return(command: &ReturnCommand) -> anyhow::Result<ExitCode> {
    let ReturnCommand::Scan(arguments) = command;
    let codes = codes(&arguments.file)?;
    let site = arguments.site.open().await?;
    let reason = match arguments.reason {
        Reason::Unclaimed => ReturnReason::Unclaimed,
        Reason::UnknownAddress => ReturnReason::UnknownAddress,
    };
    let mut out = std::io::stdout();
    let mut all_recorded = true;
    for code in codes {
        let recorded = match scanned(&code) {
            None => Err(AppError::NotFound),
            Some(delivery) => {
                let actor = arguments.who.actor();
                let told = Told { delivery, actor, on: arguments.on, provider_reference: None };
                site.desk.record_return(&told, reason).await
            }
        };
        match recorded {
            Ok(delivery) => writeln!(out, "{code}\t{}\t{reason}", delivery.state)?,
            Err(error) => {
                all_recorded = false;
                writeln!(out, "{code}\t{}\t{error}", error.code())?;
            }
        }
    }
    site.close().await?;
    Ok(if all_recorded { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The codes of a file, a line each; empty lines are passed over.
fn codes(file: &Path) -> anyhow::Result<Vec<String>> {
    let reader: Box<dyn Read> = match file.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?),
    };
    let lines = BufReader::new(reader).lines().collect::<std::io::Result<Vec<String>>>();
    let lines = lines.with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

fn table<const COLUMNS: usize>(columns: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns);
    table
}
