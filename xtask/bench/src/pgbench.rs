//! PostgreSQL's own benchmark with the statements that the store sends for one command, on the same schema.

use crate::machine::cores;
use anyhow::{Context, ensure};
use std::cell::Cell;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::NamedTempFile;
use traject_testkit::bench::COMMANDS_PER_PERSON;
use traject_testkit::postgres::Server;

/// What a newcomer brings: a check on a new dossier, then the certificate, a transaction each.
const SCRIPT: &str = include_str!("person.pgbench.sql");

/// What the script fills its rows with, measured on rows of the store, in bytes.
const SIZES: [(&str, &str); 4] = [
    ("skeleton", "SELECT round(avg(octet_length(skeleton))) FROM ledger"),
    ("plain", "SELECT round(avg(octet_length(bytes))) FROM fact_part WHERE class = 1"),
    ("identifying", "SELECT round(avg(octet_length(bytes))) FROM fact_part WHERE class = 2"),
    ("result", "SELECT round(avg(octet_length(result))) FROM request"),
];

/// pgbench on one database.
pub(crate) struct PgBench {
    url: String,
    script: NamedTempFile,
    /// `name=value` of each size.
    sizes: Vec<String>,
    /// Runs so far: ids follow from it.
    runs: Cell<u64>,
}

impl PgBench {
    /// For an empty database with the schema of the store; `written` is one that the store has written to.
    pub(crate) fn new(server: &Server, url: &str, written: &str) -> anyhow::Result<Self> {
        let mut script = NamedTempFile::new()?;
        script.write_all(SCRIPT.as_bytes())?;
        let mut sizes = Vec::new();
        for (name, question) in SIZES {
            let size = server.psql(written, question)?;
            ensure!(!size.trim().is_empty(), "the store has written no {name}");
            sizes.push(format!("{name}={}", size.trim()));
        }
        Ok(Self { url: url.to_owned(), script, sizes, runs: Cell::new(0) })
    }

    /// Its database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Commands per second.
    pub(crate) fn run(&self, clients: usize, length: Duration) -> anyhow::Result<f64> {
        self.runs.set(self.runs.get() + 1);
        let mut command = Command::new("pgbench");
        command.args(["--no-vacuum", "--protocol=prepared", &format!("--client={clients}")]);
        command.args([format!("--jobs={}", clients.min(cores())), format!("--time={}", length.as_secs().max(1))]);
        for definition in self.sizes.iter().chain(&[format!("run={}", self.runs.get()), "n=0".to_owned()]) {
            command.args(["--define", definition]);
        }
        let output = command.arg("--file").arg(self.script.path()).arg(&self.url).stdin(Stdio::null()).output();
        let output = output.context("pgbench cannot start; it comes with PostgreSQL")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench ended with {}: {errors}", output.status);
        ensure!(said.contains("number of failed transactions: 0 "), "transactions of pgbench failed: {said}{errors}");
        let persons = persons_per_second(&said).with_context(|| format!("pgbench gave no rate: {said}"))?;
        Ok(persons * COMMANDS_PER_PERSON as f64)
    }
}

/// The number of `tps = 123.4 (without initial connection time)`.
fn persons_per_second(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("tps = "))?.split(' ').next()?.parse().ok()
}
