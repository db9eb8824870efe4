//! The time from starting `traject` to its first answer, and its memory when idle.

use crate::child;
use crate::figures::Figures;
use crate::import::import_city;
use crate::machine::memory_mib;
use crate::measure::{Spread, millis, now};
use crate::{Plan, progress};
use anyhow::{Context, bail, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A server that says nothing for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Idle is what a server is after this long.
const IDLE_AFTER: Duration = Duration::from_secs(2);

/// Checks of the city in the existing database.
const CHECKS: usize = 2_000;

/// Measures `version`, then `serve` on a fresh and on an existing database.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    progress("start: version");
    let mut versions = Vec::new();
    for _ in 0..4 * plan.rounds {
        let begin = now();
        let output = child::traject()?.arg("version").output().context("the program cannot start")?;
        versions.push(millis(begin.elapsed()));
        ensure!(output.status.success(), "traject version ended with {}", output.status);
    }
    let version = Spread::of(versions);
    figures.spread("version_ms", &version, "traject version, from start to end");
    progress("start: an existing database is made");
    let existing = tempfile::Builder::new().prefix("start-").tempdir_in(&plan.out)?;
    import_city(existing.path(), CHECKS)?;
    let (mut on_fresh, mut on_existing) = (Starts::default(), Starts::default());
    for round in 1..=plan.rounds {
        progress(&format!("start: round {round} of {}", plan.rounds));
        let fresh = tempfile::Builder::new().prefix("start-").tempdir_in(&plan.out)?;
        on_fresh.add(&serve(fresh.path())?);
        on_existing.add(&serve(existing.path())?);
    }
    let fresh = on_fresh.describe("fresh", figures);
    let existing = on_existing.describe("existing", figures);
    figures.number("ratio_version", existing / version.median, "serve on the existing database by version");
    figures.number("ratio_fresh", fresh / existing, "serve on a fresh database by the existing one");
    Ok(())
}

/// One start of the server.
struct Start {
    ready: Duration,
    idle_mib: f64,
    stop: Duration,
}

#[derive(Default)]
struct Starts {
    ready_ms: Vec<f64>,
    idle_mib: Vec<f64>,
    stop_ms: Vec<f64>,
}

impl Starts {
    fn add(&mut self, start: &Start) {
        self.ready_ms.push(millis(start.ready));
        self.idle_mib.push(start.idle_mib);
        self.stop_ms.push(millis(start.stop));
    }

    /// Adds the figures, and gives the median time.
    fn describe(self, database: &str, figures: &mut Figures) -> f64 {
        let ready = Spread::of(self.ready_ms);
        figures.spread(&format!("{database}_ready_ms"), &ready, "traject serve, from start to its ready line");
        figures.spread(&format!("{database}_idle_mib"), &Spread::of(self.idle_mib), "resident 2 s after it");
        figures.spread(&format!("{database}_stop_ms"), &Spread::of(self.stop_ms), "from SIGTERM to the end");
        ready.median
    }
}

/// Starts a server on the database of a directory, waits for its ready line, leaves it idle, and ends it.
fn serve(directory: &Path) -> anyhow::Result<Start> {
    let mut command = child::traject()?;
    let data_dir = format!("data_dir={}", directory.join("data").display());
    command.args(["serve", "--set", "server.listen=127.0.0.1:0", "--set", "log.filter=warn", "--set", &data_dir]);
    let begin = now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the server cannot start")?;
    let started = wait(&mut child).map(|()| begin.elapsed());
    let start = started.and_then(|ready| {
        std::thread::sleep(IDLE_AFTER);
        let idle_mib = memory_mib(child.id(), "VmRSS").context("the server has ended")?;
        Ok(Start { ready, idle_mib, stop: stop(&mut child)? })
    });
    if start.is_err() {
        // It may have ended already, which is then the error to tell.
        let _ = child.kill();
        child.wait()?;
    }
    start
}

/// Waits for the ready line.
fn wait(child: &mut Child) -> anyhow::Result<()> {
    let stdout = child.stdout.take().context("standard output is piped")?;
    let (heard, line) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = BufReader::new(stdout).read_line(&mut text).map(|_| text);
        // Nobody listens any more when patience is at its end.
        let _ = heard.send(read);
    });
    let text = line.recv_timeout(PATIENCE).context("the server did not become ready")??;
    ensure!(text.starts_with("ready on http://"), "the server said {text:?} instead of its ready line");
    Ok(())
}

/// Tells it to end in an orderly way, and waits until it has.
fn stop(child: &mut Child) -> anyhow::Result<Duration> {
    let begin = now();
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().context("kill cannot start")?;
    ensure!(told.success(), "the server cannot be told to end");
    while begin.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "the server ended with {status}");
            return Ok(begin.elapsed());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bail!("the server does not end")
}
