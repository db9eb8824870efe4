//! `traject explain`: why a dossier stands as it does, as a page or as the trace itself.

use crate::replay::day;
use crate::wire_json::explanation_json;
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::io::Write;
use traject_api_grpc::{Reader, explanation};
use traject_app::ids::DossierId;
use traject_domain::Date;
use traject_domain::assess::{Reasons, reasons};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_server::{coded, site};
use traject_templates::reasons::{Audience, ReasonTexts};
use uuid::Uuid;

/// Arguments of `traject explain`.
#[derive(Args)]
pub(crate) struct Explain {
    /// The dossier: dossiers/ID, or the id alone.
    #[arg(value_name = "DOSSIER", value_parser = dossier)]
    dossier: DossierId,
    /// How things stood at the end of this day; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<Date>,
    /// As known at the end of this day; default: the as-of day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    recorded_by: Option<Date>,
    /// For whom the page is written.
    #[arg(long, value_enum, default_value = "clerk")]
    audience: For,
    /// Language of the page: nl, fr, en, or a courtesy language that has texts.
    #[arg(long, value_name = "LANGUAGE", default_value = "nl")]
    language: String,
    /// A page as text or HTML, or the whole trace as JSON, as the call ExplainDossier gives it.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    site: site::Choice,
}

#[derive(Clone, Copy, ValueEnum)]
enum For {
    Clerk,
    Newcomer,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Html,
    Json,
}

pub(crate) fn dossier(text: &str) -> Result<DossierId, String> {
    let id = text.strip_prefix("dossiers/").unwrap_or(text);
    Uuid::parse_str(id).map(DossierId).map_err(|_| "not the name or the id of a dossier".to_owned())
}

/// Runs `traject explain`.
pub(crate) async fn run(arguments: &Explain) -> anyhow::Result<()> {
    let site = arguments.site.open().await?;
    let law = &site.desk.law.law;
    let found = site.desk.dossier(arguments.dossier).await.map_err(|error| coded(error.code(), error))?;
    let as_of = arguments.as_of.unwrap_or_else(|| site.desk.clock.today());
    let at = Moment { as_of, recorded_by: arguments.recorded_by.unwrap_or(as_of) };
    let history = History::new(found.facts.iter().map(|fact| &fact.fact), at);
    let told = reasons(law, &history).context("no check of this dossier counts on this day: give a later one")?;
    let text = told_as(arguments, law, &told)?;
    std::io::stdout().write_all(text.as_bytes())?;
    site.close().await
}

fn told_as(arguments: &Explain, law: &Law, told: &Reasons<'_>) -> anyhow::Result<String> {
    let texts = ReasonTexts::load()?;
    let audience = match arguments.audience {
        For::Clerk => Audience::Clerk,
        For::Newcomer => Audience::Newcomer,
    };
    let language = arguments.language.as_str();
    Ok(match arguments.format {
        Format::Text => texts.page(law, told, audience, language)?.plain_text(),
        Format::Html => texts.page(law, told, audience, language)?.html(),
        Format::Json => {
            let reader = Reader { audience, language };
            explanation_json(&explanation(law, &texts, arguments.dossier, told, reader)?)?
        }
    })
}
