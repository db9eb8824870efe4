//! `cargo xtask demo`: an invented city through import, calendar, letters, and the answer to question 280.
//!
//! May depend on the composition and the simulated city. Must never hold a rule of the domain. Works offline, on an
//! embedded SQLite database, with a simulated clock.

mod clock;
mod people;

use anyhow::{Context, anyhow};
use clap::Parser;
use clock::{SeededIds, SimulatedClock};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::date;
use people::{Agenda, Done};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use traject_app::model::Actor;
use traject_config::Sources;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::counting::{add_days, days_between};
use traject_domain::history::Moment;
use traject_domain::labels::ReadingLanguage;
use traject_domain::municipality::Municipality;
use traject_letter_pdf::LetterPdf;
use traject_report::answer::Answer;
use traject_server::import::{Files, import};
use traject_server::jobs::{Jobs, Part, Ran};
use traject_server::serve::Listening;
use traject_server::site::Site;
use traject_sim::city::{City, write_events, write_registrations};
use traject_sim::mail_sink::MailSink;

/// The first day of the obligation, and the day the seed answer was given for.
const FIRST: Date = date(2022, 6, 1);
const LAST: Date = date(2023, 5, 15);

/// An invented city from the counter to the answer.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// Seed of the city: the same seed gives the same city.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Checks in the city.
    #[arg(long, default_value_t = 2_000)]
    checks: usize,
    /// Takes registrations.csv and events.csv of this directory instead of an invented city.
    #[arg(long, value_name = "DIR")]
    input: Option<PathBuf>,
    /// Where database, letters and answer go; what a demonstration left there is replaced.
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    out: PathBuf,
    /// Leaves the server up with the data, its clock at the last day, until Ctrl-C.
    #[arg(long)]
    serve: bool,
    /// Where that server listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let out = &arguments.out;
    start_afresh(out)?;
    let clock = Arc::new(SimulatedClock::at(FIRST));
    let sink = MailSink::start().await?;
    let site = open(&arguments, &clock, &sink).await?;
    let press = Arc::new(LetterPdf::new()?);
    let jobs = Jobs::new(&site, Arc::clone(&press))?;
    let mut ran = Ran::default();
    let done = match &arguments.input {
        Some(dir) => files(&site, &clock, dir).await?,
        None => invented(&site, &clock, &jobs, &mut ran, &arguments).await?,
    };
    let report = traject_server::figures::figures(&site.desk, Moment::end_of(LAST)).await?;
    let answer = Answer::new(&report, &site.desk.law.law.version, ReadingLanguage::En);
    traject_server::figures::write_answer(&report, &answer, &press, out)?;
    let mut terminal = std::io::stdout();
    writeln!(terminal, "{}", traject_server::figures::table(&answer))?;
    writeln!(
        terminal,
        "{} certificates and {} notices released, {} transfers, {} acts of offices, post and GGC, {} refused by the guard",
        done.certificates, done.notices, done.transfers, done.acts, done.refused
    )?;
    writeln!(terminal, "{} letters in {}", ran.printed, site.config.print_folder().display())?;
    writeln!(terminal, "{} copies by e-mail, taken by a sink on {}", sink.count(), sink.address())?;
    writeln!(terminal, "answer.json, answer.csv and answer.pdf in {}", out.display())?;
    if arguments.serve { serve(site, terminal).await } else { site.close().await }
}

/// Leaves the server up, and says what to try.
async fn serve(site: Site, mut terminal: std::io::Stdout) -> anyhow::Result<()> {
    let listening = Listening::open(site).await?;
    let address = listening.address()?;
    writeln!(terminal, "\nThe server is up at {address}, on {LAST}. With a generic client such as grpcurl, try:\n")?;
    for (method, message) in TRIES {
        writeln!(terminal, "grpcurl -plaintext -H 'authorization: Bearer {TOKEN}' -d '{message}' {address} {method}")?;
    }
    writeln!(terminal, "\nCtrl-C ends it.")?;
    let stop = async {
        // Without a signal handler there is no way to end it but to kill it, which it survives.
        let _ = tokio::signal::ctrl_c().await;
    };
    listening.serve(stop).await
}

/// Calls to try.
const TRIES: [(&str, &str); 3] = [
    ("traject.work.v1.WorkService/ListBacklogs", "{}"),
    ("traject.dossier.v1.DossierService/ListDossiers", r#"{"enforcement": "ENFORCEMENT_LATE", "page_size": 3}"#),
    ("traject.report.v1.ReportService/GetFigures", r#"{"as_of_date": {"year": 2023, "month": 5, "day": 15}}"#),
];

/// The token of a clerk of the City of Brussels in the demonstration.
const TOKEN: &str = "demonstration-21004";

/// Removes what an earlier demonstration left, and nothing else.
fn start_afresh(out: &Path) -> anyhow::Result<()> {
    let marker = out.join("made-by-demo");
    if out.exists() && !marker.exists() && out.read_dir()?.next().is_some() {
        return Err(anyhow!("{} holds other files; name another directory with --out", out.display()));
    }
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    std::fs::write(marker, "a demonstration may replace this directory\n")?;
    Ok(())
}

/// Opens a deployment of everybody, with senders that exist in no register, and mail to the sink.
async fn open(arguments: &Arguments, clock: &Arc<SimulatedClock>, sink: &MailSink) -> anyhow::Result<Site> {
    let out = &arguments.out;
    let site = out.join("site.toml");
    std::fs::write(&site, site_file(arguments, sink))?;
    let token =
        format!("[[tokens]]\ntoken = \"{TOKEN}\"\nstaff = \"demo-21004\"\nagency = \"21004\"\nrole = \"clerk\"\n");
    std::fs::write(out.join("tokens.toml"), token)?;
    let sources = Sources { site_file: Some(site), ..Sources::default() };
    let config = traject_config::check(&sources).map_err(|errors| anyhow!("{errors:?}"))?;
    let mut site = Site::open(config, Arc::<SimulatedClock>::clone(clock) as _).await?;
    site.desk.ids = Arc::new(SeededIds::new(arguments.seed));
    Ok(site)
}

fn site_file(arguments: &Arguments, sink: &MailSink) -> String {
    let (out, listen, port) = (arguments.out.display(), arguments.listen, sink.address().port());
    let mut text = format!(
        "data_dir = {data:?}\n[server]\nlisten = \"{listen}\"\n[tokens]\nfile = {tokens:?}\n[mail]\nkind = \"email-smtp\"\n\
         host = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\nfrom = \"integration@traject.example\"\n\
         [letters]\ncut_off = \"none\"\n",
        data = out.to_string(),
        tokens = arguments.out.join("tokens.toml").display().to_string(),
    );
    for municipality in Municipality::all() {
        text += &format!(
            "[[agencies]]\ncode = \"{municipality}\"\nkind = \"municipality\"\n\
             email = \"integration-{municipality}@municipality.example\"\n"
        );
    }
    for organiser in ["BON", "BAPA_BXL", "BAPA_VIA", "BAPA_CONVIVIAL"] {
        text += &format!("[[agencies]]\ncode = \"{organiser}\"\nkind = \"organiser\"\n");
    }
    text + "[[agencies]]\ncode = \"GGC\"\nkind = \"ggc\"\n"
}

fn bar(length: u64, what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix:>12} {bar:40} {pos}/{len} {msg}")?;
    Ok(ProgressBar::new(length).with_style(style).with_prefix(what))
}

fn importer() -> Actor {
    Actor { staff: "demo-import".to_owned(), agency: Code::new("import"), role: Code::new("operator") }
}

/// Day by day: the day's files come in, deadlines run, people work.
async fn invented(
    site: &Site,
    clock: &SimulatedClock,
    jobs: &Jobs,
    ran: &mut Ran,
    arguments: &Arguments,
) -> anyhow::Result<Done> {
    let out = &arguments.out;
    let city = City::generate(arguments.seed, arguments.checks, FIRST, LAST);
    city.registrations_csv(file(&out.join("registrations.csv"))?)?;
    city.events_csv(file(&out.join("events.csv"))?)?;
    let (registrations, events) = (out.join("today-registrations.csv"), out.join("today-events.csv"));
    let days = days_between(FIRST, LAST) + 1;
    let progress = bar(u64::try_from(days)?, "calendar")?;
    let (mut agenda, mut done) = (Agenda::default(), Done::default());
    let mut today = FIRST;
    while today <= LAST {
        clock.set(today);
        progress.set_message(today.to_string());
        write_registrations(file(&registrations)?, city.checks_on(today))?;
        write_events(file(&events)?, city.events_recorded_on(today))?;
        let files = Files { registrations: Some(&registrations), events: Some(&events) };
        let summary = import(&site.desk, files, &importer(), false, &mut |_| ()).await?;
        anyhow::ensure!(summary.rejects.is_empty(), "rows of the invented city were rejected: {:?}", summary.rejects);
        jobs.run(Part::Sweep, ran).await?;
        people::work(&site.desk, Some(&city), &mut agenda, &mut done).await?;
        jobs.run(Part::Letters, ran).await?;
        jobs.run(Part::Mail, ran).await?;
        today = add_days(today, 1);
        progress.inc(1);
    }
    progress.finish_and_clear();
    std::fs::remove_file(registrations)?;
    std::fs::remove_file(events)?;
    Ok(done)
}

/// Real files: they are imported whole, and nobody acts.
async fn files(site: &Site, clock: &SimulatedClock, dir: &Path) -> anyhow::Result<Done> {
    clock.set(LAST);
    let (registrations, events) = (dir.join("registrations.csv"), dir.join("events.csv"));
    let files = Files { registrations: Some(&registrations), events: Some(&events) };
    let progress = bar(0, "import")?;
    let summary = import(&site.desk, files, &importer(), false, &mut |rows| progress.set_position(rows)).await?;
    progress.finish_and_clear();
    writeln!(std::io::stdout(), "{} rows, {} rejected", summary.rows, summary.rejects.len())?;
    Ok(Done::default())
}

fn file(path: &Path) -> anyhow::Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new).with_context(|| format!("{} cannot be written", path.display()))
}
