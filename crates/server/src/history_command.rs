//! `traject history`: what happened in a dossier, as a person reads it.

use crate::explain_command::dossier;
use anyhow::anyhow;
use clap::{Args, ValueEnum};
use prost_reflect::{DescriptorPool, DynamicMessage};
use std::fmt::Write as _;
use std::io::Write;
use traject_api_grpc::history;
use traject_app::ids::DossierId;
use traject_domain::labels::ReadingLanguage;
use traject_proto::google::r#type::Date as WireDate;
use traject_proto::traject::file::v1::{DESCRIPTORS, History, HistoryEntry};
use traject_server::{coded, site};
use traject_templates::reasons::ReasonTexts;

/// Arguments of `traject history`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The dossier: dossiers/ID, or the id alone.
    #[arg(value_name = "DOSSIER", value_parser = dossier)]
    dossier: DossierId,
    /// Language of the words.
    #[arg(long, value_enum, default_value = "nl")]
    language: Language,
    /// The history as JSON, as the call GetHistory gives it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: site::Choice,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Nl,
    Fr,
    En,
}

/// Runs `traject history`.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let site = arguments.site.open().await?;
    let found = site.desk.dossier(arguments.dossier).await.map_err(|error| coded(error.code(), error))?;
    let language = match arguments.language {
        Language::Nl => ReadingLanguage::Nl,
        Language::Fr => ReadingLanguage::Fr,
        Language::En => ReadingLanguage::En,
    };
    let (texts, today) = (ReasonTexts::load()?, site.desk.clock.today());
    let told = history(&site.desk.law.law, &texts, &found, today, language);
    let text = if arguments.json { json(&told)? } else { page(&told) };
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await
}

/// The message in the JSON form of protobuf.
fn json(message: &History) -> anyhow::Result<String> {
    let kind = DescriptorPool::decode(DESCRIPTORS)?.get_message_by_name("traject.file.v1.History");
    let mut dynamic = DynamicMessage::new(kind.ok_or_else(|| anyhow!("the descriptors lack the history"))?);
    dynamic.transcode_from(message)?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&dynamic)?))
}

fn day(date: Option<WireDate>) -> String {
    date.map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)).unwrap_or_default()
}

/// A paragraph for each entry, and what is next.
fn page(history: &History) -> String {
    let mut text: String = history.entries.iter().map(entry).collect();
    if !history.next_label.is_empty() {
        let due = history.next_due_date.map(|due| format!(" ({})", day(Some(due)))).unwrap_or_default();
        let _ = writeln!(text, "-> {}: {}{due}", history.next_turn_label, history.next_label);
    }
    text
}

fn entry(entry: &HistoryEntry) -> String {
    let by = if entry.agency.is_empty() { String::new() } else { format!("  {} ({})", entry.agency, entry.staff) };
    let mut text = format!("{}{by}\n", day(entry.date));
    for fact in &entry.facts {
        let said: Vec<&str> =
            [&fact.code, &fact.value].into_iter().map(String::as_str).filter(|of| !of.is_empty()).collect();
        let occurred =
            if fact.occurred_date == entry.date { String::new() } else { format!(" [{}]", day(fact.occurred_date)) };
        let until = fact.until_date.map(|until| format!(" -> {}", day(Some(until)))).unwrap_or_default();
        let said = if said.is_empty() { String::new() } else { format!(": {}", said.join(" ")) };
        let retracted = if fact.retracted { " (x)" } else { "" };
        let _ = writeln!(text, "  {}{said}{until}{occurred}{retracted}", fact.label);
    }
    for change in &entry.changes {
        let before = if change.from.is_empty() { String::new() } else { format!("{} -> ", change.from) };
        let after = if change.to.is_empty() { "-" } else { &change.to };
        let _ = writeln!(text, "    {}: {before}{after}", change.label);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_proto::traject::file::v1::{HistoryChange, HistoryFact};

    #[test]
    fn a_history_reads_from_top_to_bottom() {
        let date = |day| Some(WireDate { year: 2023, month: 4, day });
        let fact = HistoryFact {
            label: "opschorting toegekend".to_owned(),
            code: "S01".to_owned(),
            until_date: date(30),
            occurred_date: date(1),
            retracted: true,
            ..HistoryFact::default()
        };
        let change = HistoryChange {
            label: "termijn".to_owned(),
            from: "2023-04-03".to_owned(),
            to: "2023-05-03".to_owned(),
            ..HistoryChange::default()
        };
        let entries = vec![
            HistoryEntry {
                date: date(3),
                facts: vec![fact],
                agency: "21004".to_owned(),
                staff: "clerk-1".to_owned(),
                changes: vec![change],
                ..HistoryEntry::default()
            },
            HistoryEntry { date: date(4), ..HistoryEntry::default() },
        ];
        let history = History {
            entries,
            next_label: "de aanmaning versturen".to_owned(),
            next_turn_label: "de gemeente".to_owned(),
            ..History::default()
        };
        insta::assert_snapshot!(page(&history), @"
        2023-04-03  21004 (clerk-1)
          opschorting toegekend: S01 -> 2023-04-30 [2023-04-01] (x)
            termijn: 2023-04-03 -> 2023-05-03
        2023-04-04
        -> de gemeente: de aanmaning versturen
        ");
    }
}
