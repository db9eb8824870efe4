//! `traject search`: dossiers by number, or by name and birth date.

use clap::Args;
use comfy_table::{Table, presets};
use std::io::Write;
use traject_api_grpc::candidate;
use traject_app::search::{CANDIDATES_MAX, Candidate, NAME_MAX, NameQuery};
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::PartialDate;
use traject_proto::traject::dossier::v1::SearchDossiersResponse;
use traject_server::{coded, site};

/// Arguments of `traject search`.
#[derive(Args)]
pub(crate) struct Search {
    /// Family and given names, in any order, script and case.
    #[arg(long, value_parser = name, required_unless_present = "number")]
    name: Option<String>,
    /// The birth date, with 00 for what is unknown, such as 1990-00-00.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = birth_date, requires = "name")]
    born: Option<PartialDate>,
    /// A national register or BIS number, present or replaced.
    #[arg(long, value_parser = number, conflicts_with = "name")]
    number: Option<NationalNumber>,
    /// At most so many candidates, 1 to 20.
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=20))]
    max: u8,
    /// As JSON, as the call SearchDossiers gives the candidates.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    site: site::Choice,
}

const _: () = assert!(CANDIDATES_MAX == 20, "the help of --max says so");

fn name(text: &str) -> Result<String, String> {
    match NameQuery::new(text, None) {
        Some(_) if text.chars().count() <= NAME_MAX => Ok(text.to_owned()),
        _ => Err(format!("write a name of at most {NAME_MAX} characters")),
    }
}

fn birth_date(text: &str) -> Result<PartialDate, String> {
    PartialDate::parse(text).ok_or_else(|| "write YYYY-MM-DD, with 00 for what is unknown".to_owned())
}

fn number(text: &str) -> Result<NationalNumber, String> {
    NationalNumber::parse(text).map_err(|_| "not eleven digits with matching check digits".to_owned())
}

/// Runs `traject search`.
pub(crate) async fn run(arguments: &Search) -> anyhow::Result<()> {
    let site = arguments.site.open_to_read().await?;
    let query = arguments.name.as_deref().and_then(|name| NameQuery::new(name, arguments.born));
    let found = match (query, arguments.number) {
        (Some(query), _) => site.desk.search_name(&query, usize::from(arguments.max)).await,
        (None, Some(number)) => {
            let found = site.desk.search_number(number).await;
            found.map(|found| found.into_iter().map(|(_, candidate)| candidate).collect())
        }
        (None, None) => Ok(Vec::new()),
    };
    let found = found.map_err(|error| coded(error.code(), error))?;
    let text = if arguments.json { json(&found)? } else { table(&found) };
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await
}

fn json(found: &[Candidate]) -> anyhow::Result<String> {
    let candidates = found.iter().map(candidate).collect();
    crate::wire_json::search_json(&SearchDossiersResponse { dossiers: Vec::new(), candidates })
}

/// The candidates as a table for a person.
fn table(found: &[Candidate]) -> String {
    if found.is_empty() {
        return "nobody was found\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "score",
        "family name",
        "given names",
        "born",
        "municipality",
        "outcome",
        "stage",
        "why",
        "dossier",
    ]);
    for one in found {
        table.add_row(row(one));
    }
    format!("{table}\n")
}

fn row(one: &Candidate) -> [String; 9] {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let standing = one.row.standing.as_ref();
    let municipality = standing.and_then(|standing| standing.municipality);
    let why: Vec<&str> = one.reasons.iter().map(|reason| reason.code()).collect();
    [
        one.score.to_string(),
        text(one.name.last_name.as_ref()),
        text(one.name.first_names.as_ref()),
        one.name.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        standing.map(|standing| standing.outcome.to_string()).unwrap_or_default(),
        standing.and_then(|standing| standing.stage).map(|stage| stage.to_string()).unwrap_or_default(),
        why.join(", "),
        one.row.id.to_string(),
    ]
}
