//! `traject replay`: standings, figures and rejects from the two import files, as of a day and as known on a day.

use crate::law_command;
use anyhow::Context;
use clap::Args;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use traject_domain::fact::{Fact, FactKind, NumberKey};
use traject_domain::history::Moment;
use traject_domain::law::Law;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::parse_date;
use traject_domain::standing::Standing;
use traject_domain::{Date, assess, persons};
use traject_extract_csv::{Event, EventKind, Events, Registration, Registrations, Reject, RejectWriter, Row};
use traject_report::{figures::Report, standings};
use uuid::Uuid;

/// Arguments of `traject replay`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The register extract: one row per check.
    #[arg(long, value_name = "FILE")]
    registrations: PathBuf,
    /// What happened next: one row per event.
    #[arg(long, value_name = "FILE")]
    events: PathBuf,
    /// How things stood at the end of this day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Date,
    /// As known at the end of this day; default: the as-of day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    recorded_by: Option<Date>,
    /// Directory for standings.csv, report.json and rejects.csv; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    law: law_command::Choice,
}

/// Reads a day of an argument.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "write an existing day as YYYY-MM-DD, from 1900 to 2100".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let law = arguments.law.load()?;
    let at = Moment { as_of: arguments.as_of, recorded_by: arguments.recorded_by.unwrap_or(arguments.as_of) };
    let city = City::read(&arguments.registrations, &arguments.events, &law)?;
    let mut report = Report::new(at);
    let mut table: Vec<Standing> = Vec::new();
    for history in persons::histories(&city.facts, at) {
        if let Some(standing) = assess(&law, &history) {
            report.add(&history, &standing);
            table.push(standing);
        }
    }
    write_all(&arguments.out, &table, &report, &city.rejects)
}

fn write_all(out: &Path, table: &[Standing], report: &Report, rejects: &[Reject]) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let create = |name: &str| {
        let path = out.join(name);
        File::create(&path).map(BufWriter::new).with_context(|| format!("{} cannot be written", path.display()))
    };
    let mut writer = create("standings.csv")?;
    standings::write(&mut writer, table)?;
    writer.flush()?;
    let mut writer = create("report.json")?;
    serde_json::to_writer_pretty(&mut writer, &report.to_json())?;
    writeln!(writer)?;
    writer.flush()?;
    let mut writer = RejectWriter::new(create("rejects.csv")?)?;
    for reject in rejects {
        writer.write(reject)?;
    }
    writer.finish()?.flush()?;
    Ok(())
}

/// The facts of the two files, and what was rejected.
pub(crate) struct City {
    pub(crate) facts: Vec<Fact>,
    pub(crate) rejects: Vec<Reject>,
    keys: HashMap<NationalNumber, NumberKey>,
}

impl City {
    pub(crate) fn read(registrations: &Path, events: &Path, law: &Law) -> anyhow::Result<Self> {
        let mut city = Self { facts: Vec::new(), rejects: Vec::new(), keys: HashMap::new() };
        let mut rows = Registrations::open(registrations, law)?;
        while let Some(row) = rows.next_row()? {
            match row {
                Row::Accepted(registration) => city.check(registration),
                Row::Rejected(reject) => city.rejects.push(reject),
            }
        }
        let mut rows = Events::open(events, law, rows.into_numbers())?;
        while let Some(row) = rows.next_row()? {
            match row {
                Row::Accepted(event) => city.event(event),
                Row::Rejected(reject) => city.rejects.push(reject),
            }
        }
        Ok(city)
    }

    /// The key of a number within this replay.
    fn key(&mut self, number: NationalNumber) -> NumberKey {
        let next = self.keys.len() as u128;
        *self.keys.entry(number).or_insert(NumberKey(Uuid::from_u128(next)))
    }

    fn check(&mut self, registration: Registration) {
        let number = self.key(registration.number);
        self.facts.push(Fact {
            reference: registration.check_id,
            number,
            occurred_on: registration.checked_on,
            known_on: registration.checked_on,
            agency: registration.extract.municipality.to_string().as_str().into(),
            kind: FactKind::Checked(Box::new(registration.extract)),
        });
    }

    fn event(&mut self, event: Event) {
        let number = self.key(event.number);
        let kind = match event.kind {
            EventKind::Fact(kind) => kind,
            EventKind::NumberReplaced(by) => FactKind::NumberReplaced(self.key(by)),
        };
        self.facts.push(Fact {
            reference: event.event_id,
            number,
            occurred_on: event.occurred_on,
            known_on: event.recorded_on,
            agency: event.agency,
            kind,
        });
    }
}
