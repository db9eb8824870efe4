//! `traject law reassess`: which decisions on open dossiers would be others today.

use crate::what_if_command::SiteOf;
use clap::Args;
use serde_json::json;
use std::io::Write;
use traject_app::reassess::{Cause, ChangedDecision, Reassessed};
use traject_server::coded;

/// Arguments of `traject law reassess`.
#[derive(Args)]
pub(crate) struct Reassess {
    /// Lists only; nothing is recorded.
    #[arg(long)]
    dry_run: bool,
    /// Prints every line of the standing, its reasons and its trace that is another.
    #[arg(long)]
    trace: bool,
    /// Prints everything as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: SiteOf,
}

pub(crate) async fn run(arguments: &Reassess) -> anyhow::Result<()> {
    let choice = arguments.site.choice();
    let site = if arguments.dry_run { choice.open_to_read().await? } else { choice.open().await? };
    let done = site.desk.reassess_decisions(arguments.dry_run).await.map_err(|error| coded(error.code(), error))?;
    let text = if arguments.json { as_json(&done) } else { listed(&done, arguments) };
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await
}

fn listed(done: &Reassessed, arguments: &Reassess) -> String {
    let mut text = String::new();
    for changed in &done.changed {
        let decision = &changed.decision;
        text.push_str(&format!(
            "dossiers/{}/decisions/{}: {} of {}, {}: {}\n",
            decision.dossier,
            decision.fact,
            decision.kind,
            decision.as_of,
            outcomes(changed),
            changed.proposal.code()
        ));
        for cause in &changed.causes {
            text.push_str(&format!("    because {}\n", words(cause)));
        }
        for line in changed.lines.iter().filter(|_| arguments.trace) {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
            text.push_str(&format!("    {}: {} -> {}\n", line.subject, side(&line.then), side(&line.now)));
        }
    }
    let Reassessed { dossiers, decisions, changed, written, skipped } = done;
    let written = if arguments.dry_run {
        "nothing written".to_owned()
    } else {
        format!("{written} dossiers assessed again, {skipped} left for another run")
    };
    text + &format!("{dossiers} open dossiers, {decisions} decisions, {} would be others; {written}\n", changed.len())
}

fn outcomes(changed: &ChangedDecision) -> String {
    let (then, now) = &changed.outcomes;
    if then == now { format!("still {now}") } else { format!("{then} -> {now}") }
}

fn words(cause: &Cause) -> String {
    match cause {
        Cause::Published(day) => format!("a text published on {day} applies to that day"),
        Cause::Law(then, now) => format!("the law files are others: version {then}, now {now}"),
        Cause::Fact(fact) => format!("fact {fact} became known, or was retracted, since"),
        Cause::Engine(then, now) => format!("the program is another: {then}, now {now}"),
    }
}

fn as_json(done: &Reassessed) -> String {
    let changed = done.changed.iter().map(|changed| {
        json!({
            "decision": format!("dossiers/{}/decisions/{}", changed.decision.dossier, changed.decision.fact),
            "kind": changed.decision.kind.as_str(),
            "as_of": changed.decision.as_of.to_string(),
            "then": changed.outcomes.0.as_str(),
            "now": changed.outcomes.1.as_str(),
            "proposal": changed.proposal.code(),
            "causes": changed.causes.iter().map(words).collect::<Vec<_>>(),
            "lines": changed.lines.iter().map(|line| {
                json!({"subject": line.subject, "then": line.then, "now": line.now})
            }).collect::<Vec<_>>(),
        })
    });
    let answer = json!({
        "dossiers": done.dossiers, "decisions": done.decisions, "changed": changed.collect::<Vec<_>>(),
        "assessed": done.written, "skipped": done.skipped,
    });
    format!("{answer:#}\n")
}
