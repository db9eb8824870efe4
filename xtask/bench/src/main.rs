//! `cargo xtask bench`: how fast the rooms are, and how much memory they take.
//!
//! May depend on the rooms it measures, the simulated city and the test kit. Must never hold a rule of the domain, or
//! be part of a release. Speeds hold for one machine on one day; what may be compared between machines are the ratios
//! within one run, whose names begin with `ratio_`.

mod child;
mod figures;
mod import;
mod law;
mod letters;
mod machine;
mod measure;
mod openfisca;
mod pgbench;
mod print_run;
mod python;
mod reassess;
mod sample;
mod start;
mod synthetic;
mod weasyprint;
mod work_list;
mod write;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use figures::Figures;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures, prints tables, and writes one flat JSON file per area.
#[derive(Parser)]
#[command(name = "bench", max_term_width = 100)]
struct Arguments {
    /// What to measure; nothing named: everything.
    #[arg(value_enum)]
    areas: Vec<Area>,
    /// Builds and measures the release profile instead of the one that tests use. `cargo xtask` acts on it.
    #[arg(long)]
    release: bool,
    /// Few short runs and small files: shows that it works, and the rough picture.
    #[arg(long)]
    quick: bool,
    /// Length of one run.
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Runs of each kind, one kind after the other in turn; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// Where AREA.json goes, and databases for the time of the run: a directory on a disk.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    out: PathBuf,
    /// The commit that is measured, for the record.
    #[arg(long)]
    commit: Option<String>,
    /// Makes so many letters into the print folder `--out` and says how it went: how this program calls itself, so that
    /// the memory is that of nothing else.
    #[arg(long, value_name = "LETTERS", hide = true)]
    print_run: Option<usize>,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Area {
    /// Durable commands on SQLite and PostgreSQL, by clients, beside pgbench.
    Write,
    /// Assessments, explanations and days to wake over the sample city, also from the store; beside OpenFisca.
    Law,
    /// Certificates and notices as PDF, thousands of them in a print folder; beside WeasyPrint.
    Letters,
    /// `traject import` of a small and a large city: rows per second and peak memory.
    Import,
    /// A page of the work list and its counters among 100,000 open items, beside a bare query of the same rows.
    WorkList,
    /// `traject version` and `traject serve` until it answers; memory when idle.
    Start,
}

impl Area {
    const ALL: [Self; 6] = [Self::Write, Self::Law, Self::Letters, Self::Import, Self::WorkList, Self::Start];

    fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Law => "law",
            Self::Letters => "letters",
            Self::Import => "import",
            Self::WorkList => "work-list",
            Self::Start => "start",
        }
    }
}

/// How much to measure, and where files may lie meanwhile.
struct Plan {
    quick: bool,
    /// Length of one run.
    length: Duration,
    rounds: u64,
    /// A directory on a disk.
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::ensure!(
        arguments.release != cfg!(debug_assertions),
        "--release is for cargo xtask bench, which then builds and runs another program than this"
    );
    if let Some(letters) = arguments.print_run {
        return print_run::here(letters, &arguments.out);
    }
    let (seconds, rounds) = if arguments.quick { (1, 3) } else { (arguments.seconds, arguments.rounds) };
    let length = Duration::from_secs(seconds);
    let plan = Plan { quick: arguments.quick, length, rounds, out: arguments.out.clone() };
    std::fs::create_dir_all(&plan.out).with_context(|| format!("{} cannot be made", plan.out.display()))?;
    let areas = if arguments.areas.is_empty() { &Area::ALL } else { arguments.areas.as_slice() };
    for area in areas {
        let mut figures = Figures::new(area.name());
        machine::describe(&mut figures, arguments.commit.as_deref());
        match area {
            Area::Write => write::run(&plan, &mut figures),
            Area::Law => law::run(&plan, &mut figures),
            Area::Letters => letters::run(&plan, &mut figures),
            Area::Import => import::run(&plan, &mut figures),
            Area::WorkList => work_list::run(&plan, &mut figures),
            Area::Start => start::run(&plan, &mut figures),
        }
        .with_context(|| format!("{} could not be measured", area.name()))?;
        let path = figures.save(&plan.out)?;
        writeln!(std::io::stdout(), "{figures}\nwritten to {}\n", path.display())?;
    }
    Ok(())
}

/// Says on standard error what is going on; standard output is for the figures.
fn progress(line: &str) {
    // Who closed the stream does not want to know.
    let _ = writeln!(std::io::stderr(), "  {line}");
}
