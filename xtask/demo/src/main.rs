//! `cargo xtask demo`: an invented city through import, calendar, letters, and the answer to question 280.
//!
//! May depend on the composition and the simulated city. Must never hold a rule of the domain. Works offline, on an
//! embedded SQLite database, with a simulated clock.

mod clock;
mod people;

use anyhow::{Context, anyhow};
use clap::Parser;
use clock::SimulatedClock;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::date;
use people::{Agenda, Done};
use std::fs::File;
use std::io::{BufWriter, Write};
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
use traject_letter_pdf::{LetterPdf, PrintFolder};
use traject_report::answer::Answer;
use traject_server::import::{Files, import};
use traject_server::letters::{Contact, Letters, Senders};
use traject_server::site::Site;
use traject_sim::city::{City, write_events, write_registrations};

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
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let out = &arguments.out;
    start_afresh(out)?;
    let clock = Arc::new(SimulatedClock::at(FIRST));
    let site = open(out, &clock).await?;
    let mut post = Post::open(&site)?;
    let done = match &arguments.input {
        Some(dir) => files(&site, &clock, dir).await?,
        None => invented(&site, &clock, &mut post, &arguments).await?,
    };
    let report = traject_server::figures::figures(&site.desk, Moment::end_of(LAST)).await?;
    let answer = Answer::new(&report, &site.desk.law.law.version, ReadingLanguage::En);
    traject_server::figures::write_answer(&report, &answer, &post.press, out)?;
    let mut terminal = std::io::stdout();
    writeln!(terminal, "{}", traject_server::figures::table(&answer))?;
    writeln!(
        terminal,
        "{} certificates and {} notices released, {} transfers, {} acts of offices, post and GGC, {} refused by the guard",
        done.certificates, done.notices, done.transfers, done.acts, done.refused
    )?;
    writeln!(terminal, "{} letters in {}", post.printed, site.config.print_folder().display())?;
    writeln!(terminal, "answer.json, answer.csv and answer.pdf in {}", out.display())?;
    site.close().await
}

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

async fn open(out: &Path, clock: &Arc<SimulatedClock>) -> anyhow::Result<Site> {
    let sources = Sources { overrides: vec![format!("data_dir={}", out.display())], ..Sources::default() };
    let config = traject_config::check(&sources).map_err(|errors| anyhow!("{errors:?}"))?;
    Site::open(config, Arc::<SimulatedClock>::clone(clock) as _).await
}

fn bar(length: u64, what: &'static str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix:>12} {bar:40} {pos}/{len} {msg}")?;
    Ok(ProgressBar::new(length).with_style(style).with_prefix(what))
}

fn importer() -> Actor {
    Actor { staff: "demo-import".to_owned(), agency: Code::new("import"), role: Code::new("operator") }
}

/// Day by day: the day's files come in, deadlines run, people work.
async fn invented(site: &Site, clock: &SimulatedClock, post: &mut Post, arguments: &Arguments) -> anyhow::Result<Done> {
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
        site.desk.sweep().await?;
        people::work(&site.desk, Some(&city), &mut agenda, &mut done).await?;
        post.run(site).await?;
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

/// Where letters go, from senders that exist in no register.
struct Post {
    press: LetterPdf,
    folder: PrintFolder,
    senders: Senders,
    printed: u64,
}

impl Post {
    fn open(site: &Site) -> anyhow::Result<Self> {
        let contact = |nis: u16| Contact { email: format!("integration-{nis}@municipality.example"), phone: None };
        let contacts = Municipality::all().map(|municipality| (municipality, contact(municipality.nis()))).collect();
        let senders = Senders { information_site: site.config.letters.information_site.clone(), contacts };
        let folder = PrintFolder::open(site.config.print_folder())?;
        Ok(Self { press: LetterPdf::new()?, folder, senders, printed: 0 })
    }

    /// Makes every waiting letter.
    async fn run(&mut self, site: &Site) -> anyhow::Result<()> {
        let (press, folder, senders) = (&self.press, &mut self.folder, &self.senders);
        self.printed += Letters { desk: &site.desk, press, folder, senders }.run().await?.printed;
        Ok(())
    }
}
