//! `traject import` of invented cities on SQLite: rows per second, and whether memory stays flat.

use crate::child::{self, Ended};
use crate::figures::Figures;
use crate::{Plan, progress};
use anyhow::Context;
use jiff::civil::date;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;
use traject_domain::Date;
use traject_sim::city::City;

/// Checks of the small and the large city, with the word for each.
const SIZES: [(usize, &str); 2] = [(10_000, "10k"), (100_000, "100k")];
const QUICK_SIZES: [(usize, &str); 2] = [(2_000, "2k"), (10_000, "10k")];

/// The years of the cities.
const FIRST: Date = date(2022, 6, 1);
const LAST: Date = date(2025, 6, 30);

/// How often the terminal hears of a long import.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// What the import of one city took.
struct Imported {
    rows: f64,
    rows_per_s: f64,
    peak_mib: f64,
    database_mib: f64,
}

/// Measures one import of each size, each into a database of its own.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let sizes = if plan.quick { QUICK_SIZES } else { SIZES };
    let mut taken = Vec::new();
    for (checks, word) in sizes {
        let directory = tempfile::Builder::new().prefix("import-").tempdir_in(&plan.out)?;
        let imported = import(directory.path(), checks)?;
        figures.number(&format!("rows_{word}"), imported.rows, "checks and events");
        figures.number(&format!("rows_per_s_{word}"), imported.rows_per_s, "until the program has ended");
        figures.number(&format!("peak_mib_{word}"), imported.peak_mib, "most memory resident (VmHWM)");
        figures.number(&format!("database_mib_{word}"), imported.database_mib, "afterwards");
        taken.push(imported);
    }
    if let [small, large] = taken.as_slice() {
        let word = sizes[1].1;
        let memory = large.peak_mib / small.peak_mib;
        figures.number(&format!("ratio_memory_{word}"), memory, "peak of the large city by the small; flat is 1");
        let rows = large.rows_per_s / small.rows_per_s;
        figures.number(&format!("ratio_rows_{word}"), rows, "rows per second, large by small; flat is 1");
    }
    Ok(())
}

fn import(directory: &Path, checks: usize) -> anyhow::Result<Imported> {
    progress(&format!("import: a city of {checks} checks is made"));
    let rows = write_city(directory, checks)?;
    let ended = run_import(directory, rows)?;
    let rows = rows_of(&ended.said)?;
    let rows_per_s = rows / ended.elapsed.as_secs_f64();
    Ok(Imported { rows, rows_per_s, peak_mib: ended.peak_mib, database_mib: size_mib(&directory.join("data"))? })
}

/// Writes the two files, and gives how many rows they have.
fn write_city(directory: &Path, checks: usize) -> anyhow::Result<usize> {
    let city = City::generate(1, checks, FIRST, LAST);
    let create = |name| File::create(directory.join(name)).map(BufWriter::new);
    let mut file = create("registrations.csv")?;
    city.registrations_csv(&mut file)?;
    file.flush()?;
    let mut file = create("events.csv")?;
    city.events_csv(&mut file)?;
    file.flush()?;
    Ok(city.checks().len() + city.events().len())
}

/// Imports the two files of a directory into a database in its directory `data`.
pub(crate) fn import_city(directory: &Path, checks: usize) -> anyhow::Result<()> {
    let rows = write_city(directory, checks)?;
    run_import(directory, rows).map(drop)
}

fn run_import(directory: &Path, rows: usize) -> anyhow::Result<Ended> {
    let mut command = child::traject()?;
    command.arg("import");
    for name in ["registrations", "events", "rejects"] {
        command.arg(format!("--{name}")).arg(directory.join(format!("{name}.csv")));
    }
    command.arg("--set").arg(format!("data_dir={}", directory.join("data").display()));
    let mut next = SAY_EVERY;
    child::run(&mut command, |elapsed, peak_mib| {
        if elapsed >= next {
            next += SAY_EVERY;
            progress(&format!("import: {rows} rows, {} s so far, peak {peak_mib:.0} MiB", elapsed.as_secs()));
        }
    })
}

/// The rows of `12 rows: 10 recorded, …`; with a rejected row the measurement would be of something else.
fn rows_of(said: &str) -> anyhow::Result<f64> {
    anyhow::ensure!(said.contains(" 0 rejected"), "rows of an invented city were rejected: {said}");
    said.split(' ').next().and_then(|word| word.parse().ok()).with_context(|| format!("not a summary: {said}"))
}

fn size_mib(directory: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0;
    for entry in directory.read_dir()? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / f64::from(1 << 20))
}
