//! `cargo xtask test`: format, layers, lints, then every test with one call of cargo.

use crate::summary::Summary;
use crate::{layers, postgres, process, workspace};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// The packages of `--fast`.
const FAST: [&str; 3] = ["traject-domain", "traject-lawbook", "traject-store"];

/// What to test.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Domain, lawbook, the store on SQLite, and the layers: under two minutes.
    #[arg(long)]
    fast: bool,
    /// A PostgreSQL in which databases may be created. Default: TRAJECT_TEST_POSTGRES, else a server on this machine,
    /// else a throw-away cluster.
    #[arg(long, value_name = "URL", conflicts_with = "fast")]
    postgres: Option<String>,
}

/// Runs every step, also after one has failed, and closes with `N passed, N failed` alone on the last line.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    let mut steps = Steps::default();
    steps.run("format", || process::run(process::cargo(&root).args(["fmt", "--all", "--check"])));
    steps.run("layers", || layers::check_and_print(&root));
    let missing = if arguments.fast {
        steps.tests(fast_command(&root)?)?;
        false
    } else {
        steps.run("lints", || process::run(process::cargo(&root).args(CLIPPY)));
        full_tests(&mut steps, &root, arguments.postgres.clone())?
    };
    Ok(steps.close(missing))
}

const CLIPPY: [&str; 7] = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];

/// Runs all tests of the workspace; true when the tests on PostgreSQL were left out.
fn full_tests(steps: &mut Steps, root: &Path, named: Option<String>) -> Result<bool> {
    let server = postgres::provide(named)?;
    let mut command = process::cargo(root);
    command.args(["test", "--workspace", "--no-fail-fast"]);
    match &server {
        Some(server) => {
            announce(&format!("PostgreSQL: {}", server.origin()));
            command.env(postgres::VARIABLE, server.url());
        }
        None => {
            command.args(["--", "--skip", "postgres"]);
        }
    }
    steps.tests(command)?;
    Ok(server.is_none())
}

/// Tests on PostgreSQL carry that word in their name.
fn fast_command(root: &Path) -> Result<Command> {
    let metadata = workspace::metadata(root)?;
    let mut command = process::cargo(root);
    command.args(["test", "--no-fail-fast"]);
    for package in metadata.workspace_packages() {
        if FAST.contains(&package.name.as_str()) {
            command.args(["--package", package.name.as_str()]);
        }
    }
    command.args(["--", "--skip", "postgres"]);
    Ok(command)
}

/// What happened so far.
#[derive(Default)]
struct Steps {
    summary: Summary,
    failures: Vec<String>,
}

impl Steps {
    /// A step that is no test: its failure counts as one.
    fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        announce(name);
        if let Err(error) = step() {
            eprintln!("{error:#}");
            self.failures.push(name.to_owned());
        }
    }

    fn tests(&mut self, mut command: Command) -> Result<()> {
        announce("tests");
        let summary = run_tests(&mut command)?;
        if summary.failed > 0 {
            self.failures.push("tests".to_owned());
        }
        if summary.ignored > 0 {
            self.failures.push(format!("{} ignored tests: delete them or make them run", summary.ignored));
        }
        self.summary = summary;
        Ok(())
    }

    fn close(mut self, postgres_missing: bool) -> ExitCode {
        if postgres_missing {
            eprintln!(
                "\n!!! POSTGRESQL IS MISSING: NOTHING WAS TESTED ON IT. Install its server, or set TRAJECT_TEST_POSTGRES !!!"
            );
            if workspace::is_ci() {
                self.failures.push("PostgreSQL is missing".to_owned());
            }
        }
        // A failed step that is no test must not hide behind `0 failed`.
        let other = self.failures.iter().filter(|name| *name != "tests").count() as u64;
        self.summary.failed += other;
        for failure in &self.failures {
            eprintln!("failed: {failure}");
        }
        println!("{}", self.summary);
        if self.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn announce(step: &str) {
    eprintln!("--- {step}");
}

/// Runs cargo, shows what it says while it says it, and adds up the results.
fn run_tests(command: &mut Command) -> Result<Summary> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot start cargo")?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        bail!("the streams of cargo are not piped");
    };
    let errors = std::thread::spawn(move || pass_on(stderr, std::io::stderr()));
    let out = pass_on(stdout, std::io::stdout())?;
    let errors = errors.join().map_err(|_| anyhow::anyhow!("the reader of standard error panicked"))??;
    let status = child.wait()?;
    Ok(Summary::of_run(&out, &errors, status.success()))
}

/// Copies line by line and keeps a copy.
fn pass_on(from: impl Read, mut to: impl Write) -> Result<String> {
    let mut all = String::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        all.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(all)
}
