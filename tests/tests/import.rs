//! `traject import` and what stands on it, on SQLite and on PostgreSQL: the same files twice, broken off, and verified.

use crate::kills::kills;
use crate::support::{Deployment, fixture, run, traject};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

impl Deployment {
    fn import(&self, city: &Path) -> Command {
        let mut command = self.command("import");
        command.arg("--registrations").arg(city.join("registrations.csv"));
        command.arg("--events").arg(city.join("events.csv"));
        command.arg("--rejects").arg(self.dir.path().join("rejects.csv"));
        command
    }

    /// The figures from the ledger at the moment of an expected folder.
    fn figures(&self, as_of: &str, recorded_by: &str) -> serde_json::Value {
        let out = self.dir.path().join("answer");
        let mut command = self.command("answer");
        command.args(["--as-of", as_of, "--recorded-by", recorded_by, "--out"]).arg(&out);
        self.output(&mut command);
        json(&out.join("report.json"))
    }

    fn stands_as_expected(&self, city: &str) {
        for (folder, as_of, recorded_by) in [
            ("2022-10-21", "2022-10-21", "2022-10-21"),
            ("2023-05-15", "2023-05-15", "2023-05-15"),
            ("2023-05-15_2023-06-30", "2023-05-15", "2023-06-30"),
            ("2025-06-30", "2025-06-30", "2025-06-30"),
        ] {
            let expected = json(&fixture(city).join("expected").join(folder).join("report.json"));
            assert_eq!(self.figures(as_of, recorded_by), expected, "{folder}");
        }
        assert!(self.output(&mut self.command("verify")).contains("facts"));
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

fn twice_is_once(deployment: &Deployment) {
    let city = fixture("city/sample");
    let first = deployment.output(&mut deployment.import(&city));
    assert!(first.contains(" 0 known before"), "{first}");
    let rejects = std::fs::read(deployment.dir.path().join("rejects.csv")).expect("rejects");
    let again = deployment.output(&mut deployment.import(&city));
    assert!(again.contains(" 0 recorded,") && again.contains(" 0 new dossiers"), "{again}");
    assert_eq!(std::fs::read(deployment.dir.path().join("rejects.csv")).expect("rejects"), rejects);
    deployment.stands_as_expected("city/sample");
}

#[test]
fn the_same_files_twice_change_nothing_on_sqlite() {
    twice_is_once(&Deployment::on_sqlite());
}

#[test]
fn the_same_files_twice_change_nothing_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        twice_is_once(&deployment);
    }
}

/// Ends the process without a word, as a power cut would.
fn kill(mut child: Child) {
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().expect("a child can be waited for");
}

fn survives_kills(deployment: &Deployment, kills: u32) {
    let city = fixture("city/sample");
    for n in 0..kills {
        let child = deployment.import(&city).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(40 + 45 * u64::from(n % 20)));
        kill(child);
    }
    deployment.output(&mut deployment.import(&city));
    deployment.stands_as_expected("city/sample");
}

#[test]
fn an_import_killed_again_and_again_ends_in_the_same_state_on_sqlite() {
    survives_kills(&Deployment::on_sqlite(), kills());
}

#[test]
fn an_import_killed_again_and_again_ends_in_the_same_state_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        survives_kills(&deployment, kills());
    }
}

#[test]
fn a_dry_run_records_nothing() {
    let deployment = Deployment::on_sqlite();
    let city = fixture("city/cases");
    let text = deployment.output(deployment.import(&city).arg("--dry-run"));
    assert!(text.contains("would be recorded"), "{text}");
    assert!(deployment.output(&mut deployment.command("verify")).starts_with("0 facts"));
}

#[test]
fn a_row_that_contradicts_the_ledger_is_rejected() {
    let deployment = Deployment::on_sqlite();
    let city = fixture("city/cases");
    deployment.output(&mut deployment.import(&city));
    let text = std::fs::read_to_string(city.join("events.csv")).expect("events");
    let changed = text.replacen("C01-002,90040300379,2022-10-03", "C01-002,90040300379,2022-10-04", 1);
    assert_ne!(text, changed);
    let events = deployment.dir.path().join("events.csv");
    std::fs::write(&events, changed).expect("written");
    let mut command = deployment.command("import");
    command.arg("--events").arg(&events).arg("--rejects").arg(deployment.dir.path().join("rejects.csv"));
    let text = deployment.output(&mut command);
    assert!(text.contains(" 0 recorded,") && text.contains(" 1 rejected"), "{text}");
    let rejects = std::fs::read_to_string(deployment.dir.path().join("rejects.csv")).expect("rejects");
    assert!(rejects.contains("events.csv,3,ID_REUSED,event_id,"), "{rejects}");
}

#[test]
fn letters_wait_for_their_senders_address() {
    let deployment = Deployment::on_sqlite();
    deployment.output(&mut deployment.import(&fixture("city/cases")));
    let text = deployment.output(&mut deployment.command("letters"));
    assert!(text.starts_with("0 letters printed"), "{text}");
    let doctor = deployment.output(&mut deployment.command("doctor"));
    assert!(doctor.contains("no e-mail address for 21001"), "{doctor}");
}

#[test]
fn a_broken_configuration_is_refused_with_a_code() {
    let mut command = traject();
    command.args(["config", "check", "--set", "database.colour=red"]);
    let done = run(&mut command);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("CONFIG_UNKNOWN_KEY"));
}
