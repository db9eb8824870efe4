//! `traject replay` against the answers of the independent program.

use crate::support::{fixture, run, traject};
use std::path::{Path, PathBuf};
use std::process::Output;

fn replay(city: &Path, as_of: &str, extra: &[String], out: &Path) -> Output {
    let mut command = traject();
    command.arg("replay");
    command.arg("--registrations").arg(city.join("registrations.csv"));
    command.arg("--events").arg(city.join("events.csv"));
    command.args(["--as-of", as_of]).args(extra).arg("--out").arg(out);
    run(&mut command)
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("a CSV file");
    reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect()).collect()
}

/// Rejects without their message, whose wording is ours.
fn without_message(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows.into_iter()
        .map(|mut row| {
            row.truncate(4);
            row
        })
        .collect()
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

fn matches(city: &Path, expected: &Path) -> usize {
    let name = expected.file_name().and_then(|name| name.to_str()).expect("a folder name");
    let mut parts = name.split('_');
    let as_of = parts.next().expect("an as-of day");
    let mut extra: Vec<String> =
        parts.next().map(|day| vec!["--recorded-by".to_owned(), day.to_owned()]).unwrap_or_default();
    if let Ok(policies) = std::fs::read_to_string(expected.join("policies.txt")) {
        extra.extend(policies.lines().flat_map(|line| ["--policy".to_owned(), line.trim().to_owned()]));
    }
    let out = tempfile::tempdir().expect("a temporary directory");
    let done = replay(city, as_of, &extra, out.path());
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
    let (ours, theirs) = (rows(&out.path().join("standings.csv")), rows(&expected.join("standings.csv")));
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their, "{name}");
    }
    assert_eq!(ours.len(), theirs.len(), "{name}");
    assert_eq!(json(&out.path().join("report.json")), json(&expected.join("report.json")), "{name}");
    let rejects = |dir: &Path| without_message(rows(&dir.join("rejects.csv")));
    assert_eq!(rejects(out.path()), rejects(expected), "{name}");
    ours.len()
}

fn folders(city: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(city.join("expected")).expect("expected answers");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    folders
}

#[test]
fn the_sample_city_stands_as_expected_at_every_moment_and_policy() {
    let city = fixture("city/sample");
    let folders = folders(&city);
    assert_eq!(folders.len(), 12);
    for folder in folders {
        assert!(matches(&city, &folder) > 200);
    }
}

#[test]
fn the_cases_of_the_handbook_stand_as_expected_at_every_moment_and_policy() {
    let city = fixture("city/cases");
    let folders = folders(&city);
    assert_eq!(folders.len(), 22);
    for folder in folders {
        assert!(matches(&city, &folder) > 4);
    }
}

#[test]
fn a_file_that_lacks_a_column_or_cannot_be_read_ends_with_two() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let city = fixture("city/cases");
    for name in ["registrations.csv", "events.csv"] {
        std::fs::copy(city.join(name), dir.path().join(name)).expect("copied");
    }
    let out = dir.path().join("out");
    std::fs::write(dir.path().join("events.csv"), "event_id,insz\nX,1\n").expect("written");
    let lacking = replay(dir.path(), "2023-05-15", &[], &out);
    assert_eq!(lacking.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&lacking.stderr).contains("FILE_MISSING_COLUMN"));
    std::fs::write(dir.path().join("events.csv"), b"event_id,\xff\n").expect("written");
    let garbled = replay(dir.path(), "2023-05-15", &[], &out);
    assert_eq!(garbled.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&garbled.stderr).contains("FILE_NOT_UTF8"));
    std::fs::remove_file(dir.path().join("events.csv")).expect("removed");
    let missing = replay(dir.path(), "2023-05-15", &[], &out);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("FILE_UNREADABLE"));
    assert!(!out.join("standings.csv").exists(), "nothing half done");
}

#[test]
fn messages_of_rejects_hold_no_number_of_a_person() {
    let city = fixture("city/sample");
    let out = tempfile::tempdir().expect("a temporary directory");
    assert!(replay(&city, "2023-05-15", &[], out.path()).status.success());
    let rejects = rows(&out.path().join("rejects.csv"));
    assert!(rejects.len() > 100);
    for row in &rejects[1..] {
        assert!(!row[4].is_empty() && row[4].bytes().filter(u8::is_ascii_digit).count() < 11, "{row:?}");
    }
}

#[test]
fn an_unknown_policy_says_which_there_are() {
    let out = tempfile::tempdir().expect("a temporary directory");
    let policy = ["--policy".to_owned(), "counting.moon=full".to_owned()];
    let done = replay(&fixture("city/cases"), "2023-05-15", &policy, out.path());
    assert_eq!(done.status.code(), Some(2));
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(text.contains("POLICY_UNKNOWN_KEY") && text.contains("counting.month_rule"), "{text}");
}
