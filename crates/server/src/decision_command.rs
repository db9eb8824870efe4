//! `traject decision`: the decisions on a dossier, and what one of them comes to when it is made again.

use anyhow::Context;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;
use traject_app::AppError;
use traject_app::decision::{Difference, LaterFact, Replay, View};
use traject_app::ids::{DossierId, FactId};
use traject_app::model::Decision;
use traject_server::coded;
use traject_server::site::{self, Site};
use uuid::Uuid;

/// Subcommands of `traject decision`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists the decisions on a dossier, in the order in which they were made.
    List(List),
    /// Makes a decision again, and shows today's view beside it. Exit status 1 when it comes to something else.
    Replay(Arguments),
}

/// Arguments of `traject decision list`.
#[derive(Args)]
pub(crate) struct List {
    /// Its UUID, or dossiers/UUID.
    #[arg(value_name = "DOSSIER", value_parser = id)]
    dossier: Uuid,
    #[command(flatten)]
    site: site::Choice,
}

/// Arguments of `traject decision replay`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Its UUID, or dossiers/UUID/decisions/UUID.
    #[arg(value_name = "ID", value_parser = id)]
    decision: Uuid,
    /// Prints JSON, every line of both views included.
    #[arg(long)]
    json: bool,
    /// Prints every line of both views, not only those that differ.
    #[arg(long, conflicts_with = "json")]
    trace: bool,
    #[command(flatten)]
    site: site::Choice,
}

/// Reads the last part of a resource name.
fn id(text: &str) -> Result<Uuid, String> {
    let last = text.rsplit('/').next().unwrap_or(text);
    Uuid::try_parse(last).map_err(|_| "write a UUID, or a resource name that ends with one".to_owned())
}

/// Runs the subcommand.
pub(crate) async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(arguments) => list(arguments).await,
        Command::Replay(arguments) => replay(arguments).await,
    }
}

fn failed(error: AppError) -> anyhow::Error {
    coded(error.code(), error)
}

async fn list(arguments: &List) -> anyhow::Result<ExitCode> {
    let site = arguments.site.open_to_read().await?;
    let dossier = site.desk.dossier(DossierId(arguments.dossier)).await.map_err(failed)?;
    let mut table = table(["decision", "made on", "kind", "outcome", "facts up to", "law", "program"]);
    for decision in site.desk.store.decisions_of(&[dossier.id]).await? {
        table.add_row([
            decision.fact.to_string(),
            decision.as_of.to_string(),
            decision.kind.to_string(),
            decision.outcome.to_string(),
            decision.position.to_string(),
            short(&decision.law_hash),
            decision.engine,
        ]);
    }
    writeln!(std::io::stdout(), "{table}")?;
    site.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let site = arguments.site.open_to_read().await?;
    let replayed = made_again(&site, FactId(arguments.decision)).await?;
    let text = if arguments.json {
        format!("{:#}\n", to_json(&replayed))
    } else {
        to_text(&replayed, &site.desk.engine, arguments.trace)
    };
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await?;
    Ok(if replayed.same { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn made_again(site: &Site, id: FactId) -> anyhow::Result<Replay> {
    site.desk.replay_decision(id).await.map_err(failed).context("the decision cannot be made again")
}

fn table<const COLUMNS: usize>(columns: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns);
    table
}

/// As much of a hash as tells it from others at a glance.
fn short(hash: &[u8; 32]) -> String {
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn to_text(replay: &Replay, engine: &str, trace: bool) -> String {
    let Decision { fact, dossier, kind, .. } = &replay.decision;
    let mut text = format!("decision {fact} on dossier {dossier}: {kind}\n{}\n", verdict(replay));
    text.push_str(&format!("\n{}\n", side_by_side(replay, engine)));
    let facts: Vec<String> = replay.differences.iter().filter_map(later_fact).collect();
    if !facts.is_empty() {
        text.push_str(&format!("\nnot known when it was made:\n{}\n", facts.join("\n")));
    }
    let differing = differing(replay);
    if trace {
        text.push_str(&format!(
            "\nevery line, * where today's differs:\n{}\n",
            every_line(replay, &differing).join("\n")
        ));
    } else if !differing.is_empty() {
        let mut table = table(["", "then", "now"]);
        table.add_rows(differing);
        text.push_str(&format!("\nlines that differ:\n{table}\n"));
    }
    text
}

fn verdict(replay: &Replay) -> String {
    let again = if replay.same {
        "made again, it comes to the same outcome, reasons and trace".to_owned()
    } else {
        let (was, is) = (&replay.decision.outcome, &replay.then.outcome);
        format!("MADE AGAIN, IT DOES NOT COME TO THE SAME: the outcome was {was}, and comes to {is}")
    };
    let today = if replay.now.digest == replay.then.digest { "says the same" } else { "differs, see below" };
    format!("{again}; today's view of that day {today}")
}

fn side_by_side(replay: &Replay, engine: &str) -> Table {
    let (then, now) = (&replay.then, &replay.now);
    let mut table = table(["", "then", "now"]);
    let mut row = |name: &str, then: String, now: String| {
        table.add_row([name.to_owned(), then, now]);
    };
    let law = |view: &View| format!("{} ({})", view.law_version, short(&view.law_hash));
    row("day", then.at.as_of.to_string(), now.at.as_of.to_string());
    row("known on", then.at.recorded_by.to_string(), now.at.recorded_by.to_string());
    row("law", law(then), law(now));
    row("program", replay.decision.engine.clone(), engine.to_owned());
    row("facts", then.facts.to_string(), now.facts.to_string());
    row("outcome", then.outcome.to_string(), now.outcome.to_string());
    row("reasons", then.reasons.join(" "), now.reasons.join(" "));
    table
}

fn later_fact(difference: &Difference) -> Option<String> {
    let Difference::LaterFact(fact) = difference else { return None };
    let LaterFact { id, position, kind, occurred_on, known_on, .. } = fact;
    let retracts = fact.retracts.map(|wrong| format!(", retracts {wrong}")).unwrap_or_default();
    let counts = if fact.counts { "" } else { ", does not count on that day" };
    Some(format!("  {position}: {kind} on {occurred_on}, known on {known_on} ({id}){retracts}{counts}"))
}

/// The lines that differ: subject, then, now.
fn differing(replay: &Replay) -> Vec<[String; 3]> {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let line = |difference: &Difference| match difference {
        Difference::Line { subject, then, now } => Some([subject.clone(), shown(then), shown(now)]),
        _ => None,
    };
    replay.differences.iter().filter_map(line).collect()
}

/// Every line as it was, with today's beside it where that differs; then those that are new.
fn every_line(replay: &Replay, differing: &[[String; 3]]) -> Vec<String> {
    let marked = |[subject, then, now]: &[String; 3]| format!("* {subject}: {then}; now: {now}");
    let of_then = replay.then.lines.iter().map(|line| {
        let changed = differing.iter().find(|other| other[0] == line.subject);
        changed.map(marked).unwrap_or_else(|| format!("  {}: {}", line.subject, line.value))
    });
    let is_new = |line: &&[String; 3]| replay.then.lines.iter().all(|other| other.subject != line[0]);
    of_then.chain(differing.iter().filter(is_new).map(marked)).collect()
}

fn to_json(replay: &Replay) -> Value {
    let decision = &replay.decision;
    let differences: Vec<Value> = replay.differences.iter().map(difference_json).collect();
    json!({
        "decision": {
            "fact": decision.fact.to_string(),
            "dossier": decision.dossier.to_string(),
            "kind": decision.kind.as_str(),
            "as_of": decision.as_of.to_string(),
            "position": decision.position,
            "law_hash": hex(&decision.law_hash),
            "engine": decision.engine,
            "outcome": decision.outcome.as_str(),
            "digest": hex(&decision.digest),
        },
        "same": replay.same,
        "then": view_json(&replay.then),
        "now": view_json(&replay.now),
        "differences": differences,
    })
}

fn view_json(view: &View) -> Value {
    let lines: serde_json::Map<String, Value> =
        view.lines.iter().map(|line| (line.subject.clone(), json!(line.value))).collect();
    json!({
        "as_of": view.at.as_of.to_string(),
        "recorded_by": view.at.recorded_by.to_string(),
        "law_hash": hex(&view.law_hash),
        "law_version": view.law_version,
        "facts": view.facts,
        "outcome": view.outcome.as_str(),
        "reasons": view.reasons,
        "lines": lines,
        "digest": hex(&view.digest),
    })
}

fn difference_json(difference: &Difference) -> Value {
    let law = |(version, hash): &(String, [u8; 32])| json!({"version": version, "hash": hex(hash)});
    match difference {
        Difference::LaterFact(fact) => json!({"later_fact": {
            "fact": fact.id.to_string(),
            "position": fact.position,
            "kind": fact.kind,
            "occurred_on": fact.occurred_on.to_string(),
            "known_on": fact.known_on.to_string(),
            "retracts": fact.retracts.map(|wrong| wrong.to_string()),
            "counts": fact.counts,
        }}),
        Difference::Law { then, now } => json!({"law": {"then": law(then), "now": law(now)}}),
        Difference::Engine { then, now } => json!({"engine": {"then": then, "now": now}}),
        Difference::Line { subject, then, now } => {
            json!({"line": {"subject": subject, "then": then, "now": now}})
        }
    }
}
