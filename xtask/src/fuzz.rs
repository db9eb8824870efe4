//! Lets libFuzzer look for inputs that break the reading of law files and of the import.
//!
//! A target is an example beside the test that replays the inputs kept of it. All of it is stable: libFuzzer is built from
//! the C++ that libfuzzer-sys brings, and the pass that tells it what code an input reaches is LLVM's own, asked for by
//! `-C passes`. Without a sanitizer, which only nightly has, a fault is a panic, an overflow or an input that takes too long:
//! the code has nothing unsafe to look into.

use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// What to fuzz.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Minutes of the processor for each target.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Keeps, up to a number, inputs found in this and in earlier runs that reach code which no kept one does.
    #[arg(long)]
    keep: bool,
}

/// One target.
pub(crate) struct Target {
    package: &'static str,
    /// Its example, and the directory of its test.
    name: &'static str,
    /// Where its test lies.
    tests: &'static str,
}

/// What is fuzzed.
pub(crate) const TARGETS: [Target; 2] = [
    Target { package: "traject-lawbook", name: "fuzz_law", tests: "crates/lawbook/tests" },
    Target { package: "traject-extract-csv", name: "fuzz_import", tests: "crates/extract-csv/tests" },
];

/// Every branch and comparison reports to libFuzzer.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// How long libFuzzer runs before its use of the processor is looked at again.
const TURN: Duration = Duration::from_secs(60);

/// Inputs that are kept of a target at most: the tests replay them all.
const KEPT_MAX: usize = 120;

/// Below the root: what is built with other flags than everything else, and what is found.
const OUT: &str = "target/fuzz";

/// Fuzzes every target.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    for target in &TARGETS {
        println!("{}", fuzz(&root, target, Duration::from_secs(60 * arguments.minutes))?);
        if arguments.keep {
            println!("{}", keep(&root, target)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Target {
    /// The inputs in the repository.
    fn kept(&self, root: &Path) -> PathBuf {
        root.join(self.tests).join(self.name).join("corpus")
    }

    /// The inputs found so far on this machine.
    fn found(&self, root: &Path) -> PathBuf {
        root.join(OUT).join(self.name)
    }

    /// Builds it, and gives its program.
    fn program(&self, root: &Path) -> Result<Command> {
        let host = host(root)?;
        let mut build = process::cargo(root);
        build.args(["build", "--profile", "fuzz", "--target", &host, "--target-dir", OUT]).env("RUSTFLAGS", FLAGS);
        process::run(build.args(["--package", self.package, "--example", self.name]))?;
        let file = format!("{}{}", self.name, std::env::consts::EXE_SUFFIX);
        let mut program = Command::new(root.join(OUT).join(host).join("fuzz/examples").join(file));
        program.args([
            "-max_len=1024",
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            "-use_value_profile=1",
        ]);
        Ok(program)
    }
}

/// Fuzzes one target for so much time of the processor, and gives the figure. A fault is an error that shows it.
pub(crate) fn fuzz(root: &Path, target: &Target, time: Duration) -> Result<String> {
    let (kept, found) = (target.kept(root), target.found(root));
    std::fs::create_dir_all(&found)?;
    let faults = found.with_extension("faults");
    std::fs::create_dir_all(&faults)?;
    let (mut spent, mut runs) = (Duration::ZERO, 0);
    while spent < time {
        let mut program = target.program(root)?;
        program.arg(format!("-max_total_time={}", TURN.min(time).as_secs()));
        program.arg(format!("-artifact_prefix={}/", faults.display()));
        program.args([&found, &kept]);
        let before = time_of_children();
        runs += executed(&said(&mut program)?);
        spent += time_of_children().zip(before).map_or(TURN, |(now, before)| now.saturating_sub(before));
    }
    Ok(format!("{}: {runs} inputs in {} s of the processor, no fault", target.name, spent.as_secs()))
}

/// Copies to the repository, up to [`KEPT_MAX`], the found inputs that reach code which no kept one does; short ones first.
fn keep(root: &Path, target: &Target) -> Result<String> {
    let (kept, found) = (target.kept(root), target.found(root));
    let merged = tempfile::tempdir()?;
    let before = files(&kept)?;
    for file in &before {
        std::fs::copy(kept.join(file), merged.path().join(file))?;
    }
    // Not how often code is reached, which tells more inputs apart than are worth keeping, but whether.
    let flags = ["-merge=1", "-use_counters=0", "-use_value_profile=0"];
    said(target.program(root)?.args(flags).args([merged.path(), found.as_path()]))?;
    let mut new = Vec::new();
    for file in files(merged.path())?.difference(&before) {
        new.push((std::fs::metadata(merged.path().join(file))?.len(), file.clone()));
    }
    new.sort_unstable();
    new.truncate(KEPT_MAX.saturating_sub(before.len()));
    for (_, file) in &new {
        std::fs::copy(merged.path().join(file), kept.join(file))?;
    }
    Ok(format!("{}: {} more inputs kept, {} before", target.name, new.len(), before.len()))
}

fn files(directory: &Path) -> Result<BTreeSet<OsString>> {
    std::fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// What libFuzzer says; it says all of it on standard error.
fn said(program: &mut Command) -> Result<String> {
    let output = program.output().with_context(|| format!("cannot start {}", program.get_program().display()))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("{} ended with {}:\n{said}", program.get_program().display(), output.status);
    }
    Ok(said)
}

/// The platform that this is built for; named to cargo, build scripts and macros are built without the flags.
fn host(root: &Path) -> Result<String> {
    let said = process::output(process::cargo(root).args(["--version", "--verbose"]))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("cargo does not say what platform it is for")
}

/// `stat::number_of_executed_units: 12345`
fn executed(said: &str) -> u64 {
    let line = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// The time of the processor that ended children, and theirs, have used; nothing where the system does not tell.
fn time_of_children() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets comes field 3; fields 16 and 17 are hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (hundredths(16)? + hundredths(17)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_inputs_is_read_from_what_libfuzzer_says() {
        assert_eq!(executed("Done\nstat::number_of_executed_units: 12345\nstat::peak_rss_mb: 51\n"), 12_345);
        assert_eq!(executed(""), 0);
    }

    #[test]
    fn the_kept_inputs_are_few_and_small() {
        for target in TARGETS {
            let files = std::fs::read_dir(target.kept(&workspace::root())).expect("inputs are kept");
            let sizes: Vec<u64> = files.map(|file| file.expect("a file").metadata().expect("its size").len()).collect();
            assert!((20..=KEPT_MAX).contains(&sizes.len()), "{}: {}", target.name, sizes.len());
            assert!(sizes.iter().sum::<u64>() < 500 << 10, "{}", target.name);
        }
    }
}
