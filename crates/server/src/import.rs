//! Import: the two files of the import format into the ledger, in batches, safe to repeat and to break off.

use anyhow::Context;
use std::collections::HashMap;
use std::path::Path;
use traject_app::Desk;
use traject_app::import::{BATCH, ImportRow, RowKind, SamePerson};
use traject_app::model::{Actor, Identity};
use traject_domain::code::Code;
use traject_domain::fact::{FactKind, FactRef};
use traject_extract_csv::{
    Contact, Event, EventKind, Events, FileKind, Numbers, Registration, Registrations, Reject, RejectCode, Row,
};

/// The two files.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// The register extract; none: only events follow, about persons known here.
    pub registrations: Option<&'a Path>,
    /// What happened next; none: only checks.
    pub events: Option<&'a Path>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read, without empty and repeated ones.
    pub rows: u64,
    /// Facts recorded, or that would be in a dry run.
    pub recorded: u64,
    /// Facts that were in the ledger already.
    pub known: u64,
    /// Dossiers made.
    pub dossiers: u64,
    /// Dossiers assessed.
    pub assessed: u64,
    /// Rejected rows, by file and line.
    pub rejects: Vec<Reject>,
}

/// Heard after each batch: rows so far.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

/// Reads the files and records their good rows; what is faulty comes back as rejects.
///
/// With `dry_run` nothing is written. The same files again change nothing; broken off and run again they lead to the
/// same state, since each fact has its own reference.
///
/// # Errors
/// When a file cannot be read, or the store fails; batches recorded until then stay.
pub async fn import(
    desk: &Desk,
    files: Files<'_>,
    actor: &Actor,
    dry_run: bool,
    progress: Progress<'_>,
) -> anyhow::Result<Summary> {
    for (kind, path) in [(FileKind::Registrations, files.registrations), (FileKind::Events, files.events)] {
        if let Some(path) = path {
            traject_extract_csv::verify(kind, path)?;
        }
    }
    let law = &desk.law.law;
    let same = match files.events {
        Some(path) => SamePerson::new(&traject_extract_csv::replaced_numbers(path, law)?),
        None => SamePerson::default(),
    };
    let (batch, lines, summary) = Default::default();
    let mut run = Run { desk, actor, same, dry_run, batch, lines, summary, progress };
    let mut numbers = known_numbers(desk, files.events).await?;
    if let Some(path) = files.registrations {
        let mut rows = Registrations::open(path, law)?;
        while let Some(row) = rows.next_row()? {
            match row {
                Row::Accepted(registration) => {
                    run.row(FileKind::Registrations, registration.line, check(registration)).await?
                }
                Row::Rejected(reject) => run.reject(reject),
            }
        }
        run.flush().await?;
        numbers = numbers.with(rows.into_numbers());
    }
    if let Some(path) = files.events {
        let named = traject_extract_csv::retracted_ids(path)?;
        let earlier = desk.store.known_references(&named).await?;
        let mut rows = Events::open(path, law, numbers)?.with_earlier(&earlier);
        while let Some(row) = rows.next_row()? {
            match row {
                Row::Accepted(event) => run.row(FileKind::Events, event.line, happened(event)).await?,
                Row::Rejected(reject) => run.reject(reject),
            }
        }
        run.flush().await?;
    }
    let mut summary = run.summary;
    summary.rejects.sort_by_key(|reject| (reject.file, reject.line));
    if !dry_run {
        summary.assessed = desk.settle().await.context("the imported dossiers could not be assessed")?.assessed;
    }
    Ok(summary)
}

/// The numbers of a file of events that a dossier here has.
async fn known_numbers(desk: &Desk, events: Option<&Path>) -> anyhow::Result<Numbers> {
    let Some(path) = events else { return Ok(Numbers::default()) };
    let reported = traject_extract_csv::reported_numbers(path)?;
    let mut known = Vec::new();
    for page in reported.chunks(BATCH) {
        known.extend(desk.store.numbers(page).await?.into_iter().map(|known| known.number));
    }
    Ok(Numbers::known(known))
}

struct Run<'a> {
    desk: &'a Desk,
    actor: &'a Actor,
    same: SamePerson,
    dry_run: bool,
    batch: Vec<ImportRow>,
    /// File and line of each row of the batch, by reference.
    lines: HashMap<FactRef, (FileKind, u64)>,
    summary: Summary,
    progress: Progress<'a>,
}

impl Run<'_> {
    async fn row(&mut self, file: FileKind, line: u64, row: ImportRow) -> anyhow::Result<()> {
        self.lines.insert(row.reference.clone(), (file, line));
        self.batch.push(row);
        if self.batch.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    fn reject(&mut self, reject: Reject) {
        self.summary.rows += 1;
        self.summary.rejects.push(reject);
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        let lines = std::mem::take(&mut self.lines);
        let imported = if self.dry_run {
            self.desk.preview(&batch).await?
        } else {
            self.desk.import(&batch, &self.same, self.actor).await.context("a batch could not be recorded")?
        };
        self.summary.rows += batch.len() as u64;
        self.summary.recorded += imported.recorded;
        self.summary.known += imported.known;
        self.summary.dossiers += imported.dossiers;
        for reference in &imported.contradicted {
            if let Some((file, line)) = lines.get(reference) {
                let column = match file {
                    FileKind::Registrations => "check_id",
                    FileKind::Events => "event_id",
                };
                self.summary.rejects.push(Reject { file: *file, line: *line, code: RejectCode::IdReused, column });
            }
        }
        (self.progress)(self.summary.rows);
        Ok(())
    }
}

fn check(registration: Registration) -> ImportRow {
    ImportRow {
        reference: registration.check_id,
        number: registration.number,
        occurred_on: registration.checked_on,
        known_on: registration.checked_on,
        agency: Code::new(&registration.extract.municipality.to_string()),
        kind: RowKind::Fact(FactKind::Checked(Box::new(registration.extract))),
        identity: Some(identity(registration.contact)),
    }
}

fn happened(event: Event) -> ImportRow {
    ImportRow {
        reference: event.event_id,
        number: event.number,
        occurred_on: event.occurred_on,
        known_on: event.recorded_on,
        agency: event.agency,
        kind: match event.kind {
            EventKind::Fact(kind) => RowKind::Fact(kind),
            EventKind::NumberReplaced(by) => RowKind::NumberReplaced(by),
        },
        identity: None,
    }
}

fn identity(contact: Contact) -> Identity {
    Identity {
        last_name: contact.last_name,
        first_names: contact.first_names,
        street: contact.street,
        house_number: contact.house_number,
        box_number: contact.box_number,
        postal_code: contact.postal_code,
        city: contact.city,
        email: contact.email,
        phone: contact.phone,
    }
}
