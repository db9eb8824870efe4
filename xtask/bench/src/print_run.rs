//! A month's letters: thousands that differ, made on all cores into one print folder, each durable with its row in the
//! manifest before the next of its thread begins.

use crate::child;
use crate::figures::Figures;
use crate::machine::{cores, memory_mib, process_seconds};
use crate::measure::now;
use crate::python::number;
use crate::{Plan, progress, sample};
use anyhow::{Context, anyhow, ensure};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use traject_letter_pdf::{LetterPdf, PrintFolder};

/// The run whose time counts, and the one whose memory does.
const LETTERS: usize = 4_000;
const MANY_LETTERS: usize = 20_000;
/// By how much both are smaller in a quick run.
const QUICKER: usize = 20;

/// A look at memory after this part of a run, such as 1,000 of 20,000 letters.
const EARLY: usize = 20;

/// How often a long run is told of.
const SAY_EVERY: Duration = Duration::from_secs(20);

/// Both runs, each in a process of its own.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let by = if plan.quick { QUICKER } else { 1 };
    let (timed, many) = (start(plan, LETTERS / by)?, start(plan, MANY_LETTERS / by)?);
    let get = |name| number(&timed, name);
    let (letters, seconds) = (get("letters")?, get("seconds")?);
    figures.number("print_run_letters", letters, "bilingual, all different, in a print folder with manifest, durable");
    figures.number("print_run_s", seconds, "for them, all cores; aim 60 for 4,000");
    figures.number("print_run_per_s", letters / seconds, "of them");
    figures.number("print_run_bytes", get("octets")? / letters, "of a letter");
    figures.number("print_run_pages", get("pages")? / letters, "of a letter");
    figures.number("print_run_store_ms", 1e3 * get("store_seconds")? / letters, "of a letter, to make it durable");
    let about = "part of the run in which the folder was busy; near 1 the disk is what is waited for";
    figures.number("print_run_store_share", get("store_seconds")? / seconds, about);
    if let (Ok(user), Ok(system)) = (get("user_seconds"), get("system_seconds")) {
        figures.number("print_run_user_s", user, "processor time, all threads");
        figures.number("print_run_system_s", system, "the same in the system");
        figures.number("print_run_per_core_s", letters / (user + system), "letters by second of processor time");
    }
    figures.number("print_run_peak_mib", get("peak_mib")?, "of that process; aim 300");
    let (many_letters, peak, early) =
        (number(&many, "letters")?, number(&many, "peak_mib")?, number(&many, "early_mib")?);
    figures.number("print_run_long_letters", many_letters, "as above, for the memory");
    figures.number("print_run_long_early_mib", early, "peak after a twentieth of them");
    figures.number("print_run_long_peak_mib", peak, "after all of them; aim 300");
    figures.number(
        "ratio_print_run_memory",
        peak / early,
        "peak after all of them by that after a twentieth; flat is 1",
    );
    Ok(())
}

/// Runs `bench --print-run`, and reads what it says.
fn start(plan: &Plan, letters: usize) -> anyhow::Result<Value> {
    progress(&format!("letters: {letters} into a print folder"));
    let directory = tempfile::Builder::new().prefix("print-").tempdir_in(&plan.out)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--print-run", &letters.to_string(), "--out"]).arg(directory.path());
    command.args((!cfg!(debug_assertions)).then_some("--release"));
    let mut next = SAY_EVERY;
    let ended = child::run(&mut command, |elapsed, peak_mib| {
        if elapsed >= next {
            next += SAY_EVERY;
            progress(&format!("letters: {} s so far, peak {peak_mib:.0} MiB", elapsed.as_secs()));
        }
    })?;
    // A file for each letter, and the manifest.
    let files = directory.path().read_dir()?.count();
    ensure!(files == letters + 1, "{letters} letters left {files} files");
    Ok(serde_json::from_str(&ended.said)?)
}

/// What the threads of a run add to.
#[derive(Default)]
struct Tally {
    begun: AtomicUsize,
    done: AtomicUsize,
    pages: AtomicUsize,
    octets: AtomicUsize,
    store_us: AtomicU64,
    early_kib: AtomicU64,
}

/// The run itself: makes letters into a directory, and says how it went as one line of JSON.
pub(crate) fn here(letters: usize, directory: &Path) -> anyhow::Result<()> {
    let press = LetterPdf::new()?;
    let folder = Mutex::new(PrintFolder::open(directory)?);
    let tally = Tally::default();
    let begin = now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(|| work(letters, &press, &folder, &tally))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
    })?;
    let seconds = begin.elapsed().as_secs_f64();
    let times = process_seconds();
    let said = json!({
        "letters": tally.done.into_inner(),
        "seconds": seconds,
        "user_seconds": times.map(|(user, _)| user),
        "system_seconds": times.map(|(_, system)| system),
        "store_seconds": tally.store_us.into_inner() as f64 / 1e6,
        "pages": tally.pages.into_inner(),
        "octets": tally.octets.into_inner(),
        "early_mib": tally.early_kib.into_inner() as f64 / 1024.0,
        "peak_mib": own_peak_mib()?,
    });
    writeln!(std::io::stdout(), "{said}")?;
    Ok(())
}

fn own_peak_mib() -> anyhow::Result<f64> {
    memory_mib(std::process::id(), "VmHWM").context("the system does not tell the memory of a process")
}

fn work(letters: usize, press: &LetterPdf, folder: &Mutex<PrintFolder>, tally: &Tally) -> anyhow::Result<()> {
    loop {
        let n = tally.begun.fetch_add(1, Ordering::Relaxed);
        if n >= letters {
            return Ok(());
        }
        let letter = sample::letter(n)?;
        let rendered = sample::make(press, &letter)?;
        {
            let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
            let begin = now();
            sample::store(press, &mut folder, &letter, &rendered)?;
            tally.store_us.fetch_add(u64::try_from(begin.elapsed().as_micros())?, Ordering::Relaxed);
        }
        tally.pages.fetch_add(rendered.pages, Ordering::Relaxed);
        tally.octets.fetch_add(rendered.pdf.len(), Ordering::Relaxed);
        if tally.done.fetch_add(1, Ordering::Relaxed) + 1 == letters / EARLY {
            tally.early_kib.store((own_peak_mib()? * 1024.0) as u64, Ordering::Relaxed);
        }
    }
}
