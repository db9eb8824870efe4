//! `traject law what-if`: what another law would make of the dossiers of this deployment. Nothing is written.

use crate::replay::day;
use anyhow::Context;
use clap::Args;
use comfy_table::Table;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use traject_app::what_if::{Count, Dimension, Findings, Question, Short};
use traject_domain::Date;
use traject_lawbook::Scenario;
use traject_server::{coded, law, site};

/// Arguments of `traject law what-if`.
#[derive(Args)]
pub(crate) struct WhatIf {
    /// Sets a value of the law, such as deadlines.terms.D-REGISTER.length=P4M; may be given more than once.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A scenario file; its values are set before those of the command line.
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Keeps the values as a scenario file.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// What the scenario is about.
    #[arg(long, value_name = "TEXT", default_value = "what if")]
    title: String,
    /// The day that is looked at; default: today in Brussels.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
    /// How many weeks ahead notices and letters are counted.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=104))]
    weeks: u32,
    /// Lists every dossier that changes.
    #[arg(long)]
    list: bool,
    /// Prints everything as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: SiteOf,
}

/// The deployment, beside arguments that set values of the law.
#[derive(Args)]
pub(crate) struct SiteOf {
    /// The site file.
    #[arg(long = "config", value_name = "FILE")]
    site_file: Option<PathBuf>,
    /// Sets one key of the configuration, such as database.url=sqlite:traject.db; may be given more than once.
    #[arg(long = "config-set", value_name = "SECTION.KEY=VALUE")]
    overrides: Vec<String>,
}

impl SiteOf {
    pub(crate) fn choice(&self) -> site::Choice {
        site::Choice::new(self.site_file.clone(), self.overrides.clone())
    }
}

pub(crate) async fn run(arguments: &WhatIf) -> anyhow::Result<()> {
    let scenario = arguments.scenario()?;
    let choice = arguments.site.choice();
    let dir = choice.load()?.law.dir;
    let other = law::text(dir.as_deref(), &scenario.set)?.compile()?;
    if let Some(path) = &arguments.save {
        std::fs::write(path, scenario.write()).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let site = choice.open().await?;
    let as_of = arguments.as_of.unwrap_or_else(|| site.desk.clock.today());
    let question = Question { before: &site.desk.law.law, after: &other, as_of, weeks: arguments.weeks };
    let findings = site.desk.what_if(question).await.map_err(|error| coded(error.code(), error))?;
    let text = if arguments.json { as_json(&scenario, as_of, &findings) } else { tables(arguments, &findings) };
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await
}

impl WhatIf {
    fn scenario(&self) -> anyhow::Result<Scenario> {
        let mut scenario = match &self.scenario {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
                Scenario::read(&path.display().to_string(), &text)?
            }
            None => Scenario { title: self.title.clone(), set: Vec::new() },
        };
        scenario.set.extend(self.set.iter().cloned());
        anyhow::ensure!(
            !scenario.set.is_empty(),
            "WHAT_IF_NOTHING_SET: set a value with --set, or name a scenario file"
        );
        Ok(scenario)
    }
}

fn tables(arguments: &WhatIf, findings: &Findings) -> String {
    let Count { assessed, outcome_changed, changed } = findings.total;
    let mut text = format!("{assessed} dossiers assessed, {changed} change, {outcome_changed} of them their outcome\n");
    let mut outcomes = Table::new();
    outcomes.set_header(["outcome now", "outcome then", "dossiers"]);
    for ((before, after), count) in &findings.outcomes {
        outcomes.add_row([before.to_string(), after.to_string(), count.to_string()]);
    }
    add(&mut text, &outcomes);
    for dimension in [Dimension::Municipality, Dimension::AgeBand, Dimension::Sex, Dimension::Nationality] {
        let mut table = Table::new();
        table.set_header([dimension.code(), "assessed", "change", "outcome"]);
        let groups = findings.groups.iter().filter(|(group, count)| group.dimension == dimension && count.changed > 0);
        for (group, count) in groups {
            let numbers = [count.assessed, count.changed, count.outcome_changed].map(|number| number.to_string());
            table.add_row([group.value.to_string()].into_iter().chain(numbers));
        }
        add(&mut text, &table);
    }
    let mut weeks = Table::new();
    weeks.set_header(["week from", "notices now", "notices then", "letters now", "letters then"]);
    for week in &findings.weeks {
        let numbers = [week.before.notices, week.after.notices, week.before.letters, week.after.letters];
        weeks.add_row([week.first.to_string()].into_iter().chain(numbers.map(|number| number.to_string())));
    }
    add(&mut text, &weeks);
    if arguments.list {
        let mut list = Table::new();
        list.set_header(["dossier", "now", "then"]);
        for item in &findings.changed {
            list.add_row([item.dossier.to_string(), words(&item.before), words(&item.after)]);
        }
        add(&mut text, &list);
    }
    text
}

/// Adds a table that has rows.
fn add(text: &mut String, table: &Table) {
    if !table.is_empty() {
        text.push_str(&format!("\n{table}\n"));
    }
}

/// `obliged, late, next NOTICE by 2023-03-06`.
pub(crate) fn words(short: &Short) -> String {
    let mut parts = vec![format!("{} {}", short.outcome, short.reasons).trim_end().to_owned()];
    if short.enforcement.code() != "none" {
        parts.push(short.enforcement.to_string());
    }
    if let Some(next) = short.next {
        parts.push(short.due.map_or_else(|| format!("next {next}"), |due| format!("next {next} by {due}")));
    }
    parts.join(", ")
}

fn as_json(scenario: &Scenario, as_of: Date, findings: &Findings) -> String {
    let count = |count: &Count| json!({"assessed": count.assessed, "changed": count.changed, "outcome_changed": count.outcome_changed});
    let mut groups: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for (group, counted) in &findings.groups {
        groups.entry(group.dimension.code()).or_default().insert(group.value.to_string(), count(counted));
    }
    let short = |short: &Short| {
        json!({
            "outcome": short.outcome.as_str(), "reasons": short.reasons, "enforcement": short.enforcement.code(),
            "next": short.next.map(|next| next.code()), "due": short.due.map(|due| due.to_string()),
        })
    };
    let outcomes = findings
        .outcomes
        .iter()
        .map(|((before, after), count)| json!({"before": before.as_str(), "after": after.as_str(), "dossiers": count}));
    let weeks = findings.weeks.iter().map(|week| {
        json!({
            "first": week.first.to_string(),
            "before": {"notices": week.before.notices, "letters": week.before.letters},
            "after": {"notices": week.after.notices, "letters": week.after.letters},
        })
    });
    let changed = findings.changed.iter().map(
        |item| json!({"dossier": item.dossier.to_string(), "before": short(&item.before), "after": short(&item.after)}),
    );
    let answer = json!({
        "title": scenario.title,
        "set": scenario.set,
        "as_of": as_of.to_string(),
        "total": count(&findings.total),
        "outcomes": outcomes.collect::<Vec<_>>(),
        "groups": groups,
        "weeks": weeks.collect::<Vec<_>>(),
        "changed": changed.collect::<Vec<_>>(),
    });
    format!("{answer:#}\n")
}
