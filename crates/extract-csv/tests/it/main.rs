//! The reader as its callers see it, under the law that ships.

mod any_bytes;
mod city;
mod events;
mod files;
mod registrations;
mod rejects;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;
use traject_domain::law::Law;
use traject_extract_csv::{Event, Events, FileError, FileKind, Numbers, Registration, Registrations, Reject, Row};

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships is whole"));

/// Numbers with matching check digits, of nobody.
const ANNA: &str = "85.07.30-033.28";
const BILAL: &str = "94.03.12-017.66";
const CARLA: &str = "01.11.05-024.50";

/// The columns of registrations.csv, in the order in which faults are looked for.
const REGISTRATION: &str = "check_id,insz,last_name,first_names,birth_date,sex,nationality,municipality_nis,register,\
registered_on,permit_kind,permit_ground,permit_valid_from,permit_valid_until,lawful_stay_since,family_of,family_tie,\
eu_long_term_resident_of,language,contact_language,street,house_number,box,postal_code,city,email,phone,checked_on";

/// The columns of events.csv.
const EVENT: &str = "event_id,insz,occurred_on,recorded_on,agency,type,code,value,until";

/// What a reader said of a whole file.
#[derive(Debug, PartialEq)]
struct Outcome<T> {
    accepted: Vec<T>,
    rejects: Vec<Reject>,
    repeated: u64,
}

impl<T> Outcome<T> {
    /// `line CODE column` of each reject.
    fn faults(&self) -> Vec<String> {
        self.rejects.iter().map(|reject| format!("{} {} {}", reject.line, reject.code, reject.column)).collect()
    }
}

fn collect<T>(mut next: impl FnMut() -> Result<Option<Row<T>>, FileError>) -> Result<(Vec<T>, Vec<Reject>), FileError> {
    let (mut accepted, mut rejects) = (Vec::new(), Vec::new());
    while let Some(row) = next()? {
        match row {
            Row::Accepted(row) => accepted.push(row),
            Row::Rejected(reject) => rejects.push(reject),
        }
    }
    Ok((accepted, rejects))
}

fn read_registrations(path: &Path) -> Result<(Outcome<Registration>, Numbers), FileError> {
    let mut reader = Registrations::open(path, &LAW)?;
    let (accepted, rejects) = collect(|| reader.next_row())?;
    Ok((Outcome { accepted, rejects, repeated: reader.repeated() }, reader.into_numbers()))
}

fn read_events(path: &Path, numbers: Numbers) -> Result<Outcome<Event>, FileError> {
    let mut reader = Events::open(path, &LAW, numbers)?;
    let (accepted, rejects) = collect(|| reader.next_row())?;
    Ok(Outcome { accepted, rejects, repeated: reader.repeated() })
}

/// A file with these bytes, for as long as the directory lives.
fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory for a test");
    let path = directory.path().join("input.csv");
    std::fs::write(&path, bytes).expect("a file for a test");
    (directory, path)
}

fn registrations(bytes: &[u8]) -> Result<Outcome<Registration>, FileError> {
    let (_directory, path) = file(bytes);
    read_registrations(&path).map(|(outcome, _)| outcome)
}

/// Events of a city where Anna is the only one registered.
fn events(bytes: &[u8]) -> Result<Outcome<Event>, FileError> {
    let (_directory, path) = file(bytes);
    let anna = traject_domain::national_number::NationalNumber::parse(ANNA).expect("valid");
    read_events(&path, Numbers::known([anna]))
}

/// A file of events with these rows, the first on line 2.
fn events_of(rows: &[&str]) -> Outcome<Event> {
    events(format!("{EVENT}\n{}\n", rows.join("\n")).as_bytes()).expect("readable")
}

/// The error's code and what it prints.
fn failure<T: std::fmt::Debug>(result: Result<T, FileError>) -> (&'static str, String) {
    let error = result.expect_err("unreadable");
    (error.code(), error.to_string())
}

/// A row of registrations.csv without a fault, with some columns set otherwise.
fn registration_with(changes: &[(&str, &str)]) -> String {
    let good = |column: &str| match column {
        "check_id" => "K1",
        "insz" => ANNA,
        "last_name" => "Naam",
        "birth_date" => "1985-07-30",
        "nationality" => "MA",
        "municipality_nis" => "21009",
        "register" => "foreigners",
        "checked_on" => "2023-01-10",
        _ => "",
    };
    let value = |column: &str| changes.iter().find(|change| change.0 == column).map_or(good(column), |change| change.1);
    REGISTRATION.split(',').map(value).collect::<Vec<_>>().join(",")
}

fn registrations_of(rows: &[String]) -> Outcome<Registration> {
    registrations(format!("{REGISTRATION}\n{}\n", rows.join("\n")).as_bytes()).expect("readable")
}

/// The name under which rejects call a file.
fn name(file: FileKind) -> &'static str {
    file.name()
}
