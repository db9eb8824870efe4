//! The subcommands that work on a deployment: import, verify, sweep, letters, answer, doctor, config.

use crate::replay::day;
use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use traject_app::desk::facts_of;
use traject_app::model::{Actor, Channel, Decision, DeliveryQueue, Dossier, StandingRow};
use traject_app::{AppError, Desk};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::history::Moment;
use traject_domain::labels::ReadingLanguage;
use traject_extract_csv::RejectWriter;
use traject_letter_pdf::LetterPdf;
use traject_report::answer::Answer;
use traject_server::import::{Files, import};
use traject_server::jobs::{Jobs, SKEW_MAX};
use traject_server::mailings::MailingMails;
use traject_server::serve::Listening;
use traject_server::{coded, figures, site, stuck};
use traject_store::Rebuild;
use traject_templates::reasons::ReasonTexts;

/// Arguments of `traject import`.
#[derive(Args)]
pub(crate) struct Import {
    /// The register extract; without it, only events about persons known here.
    #[arg(long, value_name = "FILE", required_unless_present = "events")]
    registrations: Option<PathBuf>,
    /// What happened next.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Where rejected rows are listed.
    #[arg(long, value_name = "FILE", default_value = "rejects.csv")]
    rejects: PathBuf,
    /// Reads and checks everything, and records nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    site: site::Choice,
}

/// Arguments of `traject answer`.
#[derive(Args)]
pub(crate) struct Question280 {
    /// How things stood at the end of this day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Date,
    /// As known at the end of this day; default: the as-of day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    recorded_by: Option<Date>,
    /// Language of the answer.
    #[arg(long, value_enum, default_value = "nl")]
    language: Language,
    /// Directory for answer.json, answer.csv and answer.pdf.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    site: site::Choice,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Nl,
    Fr,
    En,
}

/// Subcommands of `traject config`.
#[derive(Subcommand)]
pub(crate) enum Config {
    /// Checks the configuration, without opening anything it names.
    Check(site::Choice),
    /// Prints its JSON schema.
    Schema,
}

/// Runs `traject import`.
pub(crate) async fn run_import(arguments: &Import) -> anyhow::Result<()> {
    let site = arguments.site.open().await?;
    let files = Files { registrations: arguments.registrations.as_deref(), events: arguments.events.as_deref() };
    let actor = Actor { staff: "import".to_owned(), agency: Code::new("import"), role: Code::new("operator") };
    let summary = import(&site.desk, files, &actor, arguments.dry_run, &mut |_| ()).await?;
    let path = &arguments.rejects;
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let mut rejects = RejectWriter::new(BufWriter::new(file))?;
    for reject in &summary.rejects {
        rejects.write(reject)?;
    }
    rejects.finish()?.flush()?;
    let what = if arguments.dry_run { "would be recorded" } else { "recorded" };
    writeln!(
        std::io::stdout(),
        "{} rows: {} {what}, {} known before, {} rejected (see {}); {} new dossiers, {} assessed",
        summary.rows,
        summary.recorded,
        summary.known,
        summary.rejects.len(),
        path.display(),
        summary.dossiers,
        summary.assessed
    )?;
    site.close().await
}

/// Runs `traject verify`: exit status 2 when a record differs.
pub(crate) async fn run_verify(choice: &site::Choice) -> anyhow::Result<()> {
    let site = choice.open_to_read().await?;
    let report = site.store.verify(&Rebuilder::new(&site.desk).await?).await?;
    writeln!(
        std::io::stdout(),
        "{} facts, {} dossiers, {} standings, {} documents, {} decisions re-read, {} made again; head {}",
        report.facts,
        report.dossiers,
        report.standings,
        report.documents,
        report.decisions,
        report.replayed,
        report.head
    )?;
    match report.difference {
        Some(difference) => bail!("RECORD_DIFFERS: {difference}"),
        None => site.close().await,
    }
}

/// Makes standings and decisions again, each under the law it records.
struct Rebuilder(HashMap<[u8; 32], Desk>);

impl Rebuilder {
    async fn new(desk: &Desk) -> anyhow::Result<Self> {
        let failed = |error: AppError| coded(error.code(), error);
        let mut desks = HashMap::from([(desk.law.hash, desk.clone())]);
        for hash in desk.store.laws().await? {
            desks.insert(hash, desk.under(hash).await.map_err(failed)?);
        }
        Ok(Self(desks))
    }
}

impl Rebuild for Rebuilder {
    fn standing(&self, dossier: &Dossier) -> Option<StandingRow> {
        let row = dossier.standing.as_ref()?;
        Some(self.0.get(&row.law_hash)?.assess(&facts_of(dossier), row.as_of).row)
    }

    /// What an earlier version of the program decided, it alone must come to again.
    fn digest(&self, dossier: &Dossier, decision: &Decision) -> Option<[u8; 32]> {
        let desk = self.0.get(&decision.law_hash).filter(|desk| *desk.engine == decision.engine)?;
        Some(desk.made_again(dossier, decision).digest)
    }
}

/// Runs `traject sweep`.
pub(crate) async fn run_sweep(choice: &site::Choice) -> anyhow::Result<()> {
    let site = choice.open().await?;
    let settled = site.desk.settle().await?;
    let swept = site.desk.sweep().await?;
    site.desk.presume().await?;
    site.desk.remind().await?;
    writeln!(
        std::io::stdout(),
        "{} dossiers assessed, {} left for the next sweep",
        settled.assessed + swept.assessed,
        settled.skipped + swept.skipped
    )?;
    site.close().await
}

/// Runs `traject letters`: everything that waits is printed now, whatever the cut-off.
pub(crate) async fn run_letters(choice: &site::Choice) -> anyhow::Result<()> {
    let site = choice.open().await?;
    let jobs = Jobs::at_once(&site, Arc::new(LetterPdf::new()?))?;
    let engine = jobs.engine();
    let sum = engine.run(Channel::Letter).await.map_err(|error| coded(error.code(), error))?;
    writeln!(
        std::io::stdout(),
        "{} letters printed into {}, {} cancelled, {} refused for a person to look at, {} to be tried again, {} waiting",
        sum.printed,
        site.config.print_folder().display(),
        sum.cancelled,
        sum.failed,
        sum.postponed,
        sum.waiting
    )?;
    drop(jobs);
    site.close().await
}

/// Runs `traject answer`.
pub(crate) async fn run_answer(arguments: &Question280) -> anyhow::Result<()> {
    let site = arguments.site.open_to_read().await?;
    let at = Moment { as_of: arguments.as_of, recorded_by: arguments.recorded_by.unwrap_or(arguments.as_of) };
    let report = figures::figures(&site.desk, at).await.map_err(|error| coded(error.code(), error))?;
    let language = match arguments.language {
        Language::Nl => ReadingLanguage::Nl,
        Language::Fr => ReadingLanguage::Fr,
        Language::En => ReadingLanguage::En,
    };
    let answer = Answer::new(&report, &site.desk.law.law.version, language);
    figures::write_answer(&report, &answer, &LetterPdf::new()?, &arguments.out)?;
    std::io::stdout().write_all(figures::table(&answer).as_bytes())?;
    site.close().await
}

/// Runs `traject serve` until SIGTERM or Ctrl-C.
pub(crate) async fn run_serve(choice: &site::Choice) -> anyhow::Result<()> {
    let config = choice.load()?;
    traject_server::log::start(&config.log)?;
    let listening = Listening::open(choice.open().await?).await?;
    let mut out = std::io::stdout();
    writeln!(out, "ready on http://{}", listening.address()?)?;
    out.flush()?;
    let mut terminate = signal(SignalKind::terminate())?;
    listening
        .serve(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        })
        .await
}

/// Runs `traject doctor`: opens everything, says what is amiss, and what waits. Exit status 2 when something is amiss.
pub(crate) async fn run_doctor(choice: &site::Choice) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    let site = choice.open_to_read().await?;
    writeln!(out, "configuration: valid")?;
    writeln!(out, "law: version {}", site.desk.law.law.version)?;
    site.desk.store.ready().await?;
    writeln!(out, "database: answers, {} facts in the ledger", site.desk.store.head().await?)?;
    let skew = site.store.database_now().await?.map(|database| database.duration_since(site.desk.clock.now()).abs());
    let is_skewed = skew.is_some_and(|skew| skew > SKEW_MAX);
    if let Some(skew) = skew {
        writeln!(out, "clock: {skew:#} apart from the database's")?;
    }
    let jobs = Jobs::new(&site, Arc::new(LetterPdf::new()?))?;
    writeln!(out, "letters: fonts and texts are complete")?;
    for unnamed in ReasonTexts::load()?.unnamed(&site.desk.law.law) {
        writeln!(out, "reasons: {unnamed}; the English name stands in")?;
    }
    // What a link in a mail cannot hold is said here, and not by a server that does not start.
    MailingMails::new(&site)?;
    match jobs.sends_mail() {
        true => writeln!(out, "mail: the section is usable; the relay was not called")?,
        false => writeln!(out, "mail: off (mail.kind)")?,
    }
    let tokens = site.secrets()?.tokens.len();
    writeln!(out, "tokens: {tokens}{}", if tokens == 0 { "; nobody may call (tokens.file)" } else { "" })?;
    let senders = site.senders()?;
    let without = site.config.agencies.iter().filter(|agency| {
        traject_domain::municipality::Municipality::parse(&agency.code)
            .is_some_and(|municipality| !senders.contacts.contains_key(&Code::new(&municipality.to_string())))
    });
    let without: Vec<&str> = without.map(|agency| agency.code.as_str()).collect();
    if !without.is_empty() {
        writeln!(out, "letters: no e-mail address for {}; their letters wait (agencies.email)", without.join(" "))?;
    }
    for DeliveryQueue { channel, state, count, oldest } in site.desk.store.delivery_queue().await? {
        if state.is_waiting() {
            let age = site.desk.clock.now().duration_since(oldest).round(jiff::Unit::Minute)?;
            writeln!(out, "deliveries: {count} by {channel} {state}, the oldest for {age:#}")?;
        }
    }
    let stuck_after_days = site.config.work.stuck_after_days;
    for waiting in stuck::look(&site.desk, stuck_after_days).await? {
        if waiting.is_stuck {
            let stuck::Waiting { kind, count, days, .. } = waiting;
            let more = format!("more than {stuck_after_days} (work.stuck_after_days)");
            writeln!(out, "work: {count} of {kind:?} are due, the oldest for {days} days, {more}")?;
        }
    }
    if !site.desk.store.stale(None, 1).await?.is_empty() {
        writeln!(out, "ledger: dossiers wait for their assessment; run traject sweep")?;
    }
    site.close().await?;
    anyhow::ensure!(
        !is_skewed,
        "CLOCK_SKEW: set the clocks of this machine and of the database right; the sweep waits"
    );
    Ok(())
}

/// Runs `traject config`.
pub(crate) fn run_config(command: &Config) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    match command {
        Config::Check(choice) => {
            choice.load()?;
            writeln!(out, "the configuration is valid")?;
        }
        Config::Schema => writeln!(out, "{}", serde_json::to_string_pretty(&traject_config::schema())?)?,
    }
    Ok(())
}
