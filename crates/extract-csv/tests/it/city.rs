//! The sample city and the handbook's cases: every reject that an independent program expects, and no other.

use crate::{name, read_events, read_registrations};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder(city: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/city")).join(city)
}

/// The one text that all expected rejects of a city have: they do not depend on the day.
fn expected(city: &str) -> String {
    let folders = std::fs::read_dir(folder(city).join("expected")).expect("expected answers");
    let texts: BTreeSet<String> = folders
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path().join("rejects.csv")).expect("rejects"))
        .collect();
    assert_eq!(texts.len(), 1, "{city}");
    texts.into_iter().next().expect("one text")
}

fn assert_rejects(city: &str, accepted: (usize, usize), repeated: (u64, u64)) {
    let (checks, numbers) = read_registrations(&folder(city).join("registrations.csv")).expect("readable");
    let events = read_events(&folder(city).join("events.csv"), numbers).expect("readable");
    let mut found = "file,line,code,column,message\n".to_owned();
    for reject in checks.rejects.iter().chain(&events.rejects) {
        found.push_str(&format!("{},{},{},{},\n", name(reject.file), reject.line, reject.code, reject.column));
    }
    pretty_equal(&found, &expected(city));
    assert_eq!((checks.accepted.len(), events.accepted.len()), accepted);
    assert_eq!((checks.repeated, events.repeated), repeated);
}

/// Names the first line that differs.
fn pretty_equal(found: &str, expected: &str) {
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn the_sample_city_has_the_expected_rejects_and_no_other() {
    assert_rejects("sample", (1384, 4801), (7, 8));
}

#[test]
fn the_handbooks_cases_have_no_reject() {
    assert_rejects("cases", (36, 74), (0, 0));
}
