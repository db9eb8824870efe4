//! `cargo xtask mutants`: changes the counting, the scope, the conditions and the guard in every small way that
//! cargo-mutants knows, and counts how many changes the tests of the domain notice.

use crate::{process, workspace};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};

/// How to run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Changes that are tried at a time; each has its own copy of the sources and its own build.
    #[arg(long, default_value_t = 2)]
    jobs: u32,
    /// Only the changes whose name this regular expression finds, such as `Period::contains`.
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
}

/// What is changed.
const FILES: [&str; 5] = [
    "crates/domain/src/assess/scope.rs",
    "crates/domain/src/calendar.rs",
    "crates/domain/src/counting.rs",
    "crates/domain/src/guard.rs",
    "crates/domain/src/predicate.rs",
];

/// Of a hundred changes that build, how many the tests must notice.
const ENOUGH: f64 = 85.0;

/// The changes that nobody notices, each with its reason.
const SURVIVORS: &str = "crates/domain/mutants-survivors.md";

/// Fewer cases than in a test: nearly every change is noticed by the first of them.
const CASES: [(&str, &str); 2] = [("TRAJECT_SOAK_CASES", "32"), ("TRAJECT_SOAK_COUNTINGS", "4000")];

/// Runs it and judges the result.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    println!("{}", check(&root, arguments.jobs, arguments.only.as_deref())?);
    Ok(ExitCode::SUCCESS)
}

/// Gives the figure; too few changes noticed, or one that survives and is not listed, is an error.
pub(crate) fn check(root: &Path, jobs: u32, only: Option<&str>) -> Result<String> {
    let is_installed =
        process::cargo(root).args(["mutants", "--version"]).output().is_ok_and(|out| out.status.success());
    if !is_installed {
        bail!("cargo-mutants is missing: cargo install --locked cargo-mutants");
    }
    let into = root.join("target/mutants");
    std::fs::create_dir_all(&into)?;
    let status = mutants(root, &into, jobs, only).status().context("cannot start cargo mutants")?;
    // 2: some change was not noticed; 3: some change made the tests run on and on.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        bail!("cargo mutants ended with {status}");
    }
    let outcome = Outcome::read(&into.join("mutants.out"))?;
    let listed = std::fs::read_to_string(root.join(SURVIVORS)).with_context(|| format!("cannot read {SURVIVORS}"))?;
    outcome.judge(&listed)?;
    Ok(outcome.figure())
}

fn mutants(root: &Path, into: &Path, jobs: u32, only: Option<&str>) -> Command {
    let mut command = process::cargo(root);
    command.args(["mutants", "--package", "traject-domain", "--jobs", &jobs.to_string(), "--timeout", "60"]);
    command.args(["--cargo-test-arg=--tests", "--output"]).arg(into);
    command.args(FILES.iter().flat_map(|file| ["--file", file]));
    command.args(only.into_iter().flat_map(|name| ["--re", name]));
    // Less to build: that takes longer than the tests.
    command.args(
        ["debug=0", "package.traject-domain.opt-level=0"].map(|it| format!("--cargo-arg=--config=profile.dev.{it}")),
    );
    command.envs(CASES);
    command
}

/// What became of the changes, one line each, as cargo-mutants writes them.
#[derive(Debug, Default)]
struct Outcome {
    caught: Vec<String>,
    timeout: Vec<String>,
    missed: Vec<String>,
    unviable: usize,
}

impl Outcome {
    fn read(directory: &Path) -> Result<Self> {
        let lines = |file: &str| -> Result<Vec<String>> {
            let text = std::fs::read_to_string(directory.join(file)).with_context(|| format!("cannot read {file}"))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: lines("caught.txt")?,
            timeout: lines("timeout.txt")?,
            missed: lines("missed.txt")?,
            unviable: lines("unviable.txt")?.len(),
        })
    }

    fn noticed(&self) -> usize {
        self.caught.len() + self.timeout.len()
    }

    fn viable(&self) -> usize {
        self.noticed() + self.missed.len()
    }

    /// Of a hundred.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    fn percent(&self) -> f64 {
        100.0 * self.noticed() as f64 / self.viable().max(1) as f64
    }

    fn figure(&self) -> String {
        format!(
            "{} changes that build: {} caught, {} run on, {} missed ({:.1} % noticed); {} more do not build",
            self.viable(),
            self.caught.len(),
            self.timeout.len(),
            self.missed.len(),
            self.percent(),
            self.unviable
        )
    }

    /// Compares the survivors with the list.
    fn judge(&self, listed: &str) -> Result<()> {
        let listed: BTreeSet<&str> = listed.lines().filter_map(listed_name).collect();
        let missed: BTreeSet<String> = self.missed.iter().map(|line| name(line)).collect();
        let caught: BTreeSet<String> = self.caught.iter().map(|line| name(line)).collect();
        for gone in listed.iter().filter(|name| caught.contains(**name) && !missed.contains(**name)) {
            eprintln!("{SURVIVORS} lists what is noticed now: {gone}");
        }
        let new: Vec<&str> = missed.iter().map(String::as_str).filter(|name| !listed.contains(name)).collect();
        if self.percent() < ENOUGH {
            bail!("{}; it takes {ENOUGH} %\n  {}", self.figure(), self.missed.join("\n  "));
        }
        if !new.is_empty() {
            bail!("{}; not in {SURVIVORS}, with a reason:\n  {}", self.figure(), new.join("\n  "));
        }
        Ok(())
    }
}

/// A change without its line and column, which move: `file: what`.
fn name(line: &str) -> String {
    match line.split_once(": ") {
        Some((place, what)) => format!("{}: {what}", place.split(':').next().unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// ``- `file: what`: reason``
fn listed_name(line: &str) -> Option<&str> {
    let (name, reason) = line.strip_prefix("- `")?.rsplit_once("`: ")?;
    (!reason.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(caught: usize, missed: &[&str]) -> Outcome {
        let missed = missed.iter().map(|line| (*line).to_owned()).collect();
        Outcome { caught: vec![String::new(); caught], missed, ..Outcome::default() }
    }

    const MISSED: &str = "crates/domain/src/counting.rs:179:45: replace > with >= in extend_by_months";

    #[test]
    fn a_survivor_is_listed_by_what_it_changes_and_not_by_its_line() {
        let listed = "- `crates/domain/src/counting.rs: replace > with >= in extend_by_months`: the same date\n";
        assert!(outcome(9, &[MISSED]).judge(listed).is_ok());
        assert!(outcome(9, &[MISSED]).judge(&listed.replace("the same date", "")).is_err(), "without a reason");
        assert!(outcome(9, &[MISSED]).judge("").is_err());
        assert!(outcome(9, &[]).judge(listed).is_ok(), "noticed now");
    }

    #[test]
    fn too_few_changes_noticed_is_an_error_whatever_is_listed() {
        let listed = "- `crates/domain/src/counting.rs: replace > with >= in extend_by_months`: the same date\n";
        let few = outcome(5, &[MISSED]);
        assert_eq!(
            few.figure(),
            "6 changes that build: 5 caught, 0 run on, 1 missed (83.3 % noticed); 0 more do not build"
        );
        assert!(few.judge(listed).is_err());
    }
}
