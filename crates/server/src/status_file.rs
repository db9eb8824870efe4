//! What the mail house tells of a batch: `status.csv` in its folder, read once and filed away.

use crate::print::batches_in;
use anyhow::Context;
use std::path::Path;
use traject_app::deliveries::{Told, scanned};
use traject_app::error::AppError;
use traject_app::model::{Actor, Delivery, DeliveryMove, DeliveryReason, DeliveryState, WorkKind};
use traject_app::{Desk, deliveries::is_paper};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::ReturnReason;
use traject_domain::history::{History, Moment};
use traject_domain::partial_date::parse_date;

/// What the mail house writes.
const STATUS: &str = "status.csv";
/// The rows that nothing could be made of, with why.
const REJECTS: &str = "status-rejects.csv";
const HEADER: [&str; 5] = ["delivery_reference", "status", "at", "posting_reference", "reason"];
/// The mail house's name in the stories of deliveries.
const ACTOR: &str = "mail-house";

/// What a run read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Read {
    /// Rows that were recorded, or were known.
    pub recorded: u64,
    /// Rows that nothing could be made of.
    pub rejected: u64,
}

/// A row: what became of a letter, and on which day.
struct Row {
    told: Told,
    status: Status,
}

enum Status {
    Printed,
    Posted,
    Delivered,
    Returned(ReturnReason),
    Failed,
}

/// Reads the status file of every batch that has one. The file is renamed when all its rows are dealt with: a file that was
/// read in part before a crash is read again, and what it told before changes nothing.
///
/// # Errors
/// When a folder or the store cannot be used; what was recorded until then stays.
pub async fn read(desk: &Desk, print_folder: &Path) -> anyhow::Result<Read> {
    let mut read = Read::default();
    for batch in batches_in(print_folder)? {
        let folder = print_folder.join(&batch);
        let path = folder.join(STATUS);
        if path.try_exists()? {
            read_one(desk, &folder, &path, &mut read).await.with_context(|| format!("the status file of {batch}"))?;
        }
    }
    Ok(read)
}

async fn read_one(desk: &Desk, folder: &Path, path: &Path, read: &mut Read) -> anyhow::Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(path)?;
    let mut rejects = csv::Writer::from_writer(Vec::new());
    rejects.write_record(HEADER.iter().chain(&["problem"]))?;
    let header = csv::StringRecord::from_byte_record_lossy(reader.byte_headers()?.clone());
    let is_known = header.iter().map(|name| name.trim_start_matches('\u{feff}')).eq(HEADER);
    let mut rejected = 0;
    for record in reader.byte_records() {
        // A row in another encoding is a row that is not understood, not a file that is read for ever.
        let record = csv::StringRecord::from_byte_record_lossy(record?);
        let dealt = if is_known { deal(desk, &record).await } else { Err(Problem::Rejected("OTHER_COLUMNS")) };
        match dealt {
            Ok(()) => read.recorded += 1,
            Err(Problem::Rejected(code)) => {
                rejected += 1;
                let cells = (0..HEADER.len()).map(|at| record.get(at).unwrap_or_default());
                rejects.write_record(cells.chain([code]))?;
            }
            Err(Problem::Away(error)) => return Err(crate::coded(error.code(), error)),
        }
    }
    if rejected > 0 {
        tracing::warn!(rejected, file = REJECTS, "rows of a status file could not be recorded");
        std::fs::write(folder.join(REJECTS), rejects.into_inner()?)?;
    }
    read.rejected += rejected;
    std::fs::rename(path, done_name(folder)?).context("it cannot be renamed")
}

/// `status-1.csv` and on: a mail house tells of a batch more than once.
fn done_name(folder: &Path) -> std::io::Result<std::path::PathBuf> {
    for n in 1.. {
        let path = folder.join(format!("status-{n}.csv"));
        if !path.try_exists()? {
            return Ok(path);
        }
    }
    Err(std::io::Error::other("there is no end of numbers"))
}

enum Problem {
    /// Nothing can be made of the row; why, as a stable code.
    Rejected(&'static str),
    /// The store is away: the whole file is read again.
    Away(AppError),
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        use traject_app::error::Kind;
        match error.kind() {
            Kind::Unavailable | Kind::Exhausted | Kind::Internal => Self::Away(error),
            _ => Self::Rejected(error.code()),
        }
    }
}

async fn deal(desk: &Desk, record: &csv::StringRecord) -> Result<(), Problem> {
    let cell = |at| record.get(at).unwrap_or_default();
    let id = scanned(cell(0)).ok_or(Problem::Rejected("NO_REFERENCE"))?;
    let on = day(cell(2)).ok_or(Problem::Rejected("NO_DATE"))?;
    let status = match (cell(1), ReturnReason::from_code(cell(4))) {
        ("printed", _) => Status::Printed,
        ("posted", _) => Status::Posted,
        ("delivered", _) => Status::Delivered,
        ("returned", Some(reason)) => Status::Returned(reason),
        ("returned", None) => return Err(Problem::Rejected("UNKNOWN_REASON")),
        ("failed", _) => Status::Failed,
        _ => return Err(Problem::Rejected("UNKNOWN_STATUS")),
    };
    let found = desk.delivery(id).await?;
    if !is_paper(found.key.channel) {
        return Err(Problem::Rejected("NOT_FOUND"));
    }
    let agency = sender(desk, &found).await?.ok_or(Problem::Rejected("NOT_FOUND"))?;
    let provider_reference = Some(cell(3).to_owned()).filter(|reference| !reference.is_empty());
    let actor = Actor { staff: ACTOR.to_owned(), agency, role: Code::new("program") };
    let row = Row { told: Told { delivery: id, actor, on: Some(on), provider_reference }, status };
    record_row(desk, &found, &row).await
}

async fn record_row(desk: &Desk, found: &Delivery, row: &Row) -> Result<(), Problem> {
    match row.status {
        Status::Printed if found.state == DeliveryState::Printed || found.state.has_left() => {}
        Status::Printed => return Err(Problem::Rejected("ALREADY_DONE")),
        Status::Posted => {
            desk.record_posting(&row.told).await?;
        }
        Status::Delivered => {
            desk.record_proof(&row.told).await?;
        }
        Status::Returned(reason) => {
            desk.record_return(&row.told, reason).await?;
        }
        Status::Failed => failed(desk, found, row).await?,
    }
    Ok(())
}

/// The mail house could not print it: a person looks, and it can be sent once more.
async fn failed(desk: &Desk, found: &Delivery, row: &Row) -> Result<(), Problem> {
    let is_told = (found.state, found.reason) == (DeliveryState::PermanentFailure, Some(DeliveryReason::PrintFailed));
    if is_told {
        return Ok(());
    }
    if found.state != DeliveryState::Printed {
        return Err(Problem::Rejected("ALREADY_DONE"));
    }
    desk.ask(found.key.dossier, WorkKind::DeliveryFailed).await?;
    let by = DeliveryMove {
        occurred_on: row.told.on,
        ..DeliveryMove::new(found.state, DeliveryState::PermanentFailure, ACTOR, desk.clock.now())
            .because(DeliveryReason::PrintFailed)
    };
    desk.store.move_delivery(found.id, &by).await.map_err(AppError::from)?;
    Ok(())
}

/// The municipality in whose name a letter went: the one that the person belonged to when it was made.
async fn sender(desk: &Desk, found: &Delivery) -> Result<Option<Code>, AppError> {
    let dossier = desk.dossier(found.key.dossier).await?;
    let at = Moment::end_of(desk.clock.today());
    let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
    let document = desk.store.document(found.id).await?;
    let made_on = document.and_then(|document| document.dated_on).unwrap_or(at.as_of);
    Ok(history.municipality_on(made_on).map(|municipality| Code::new(&municipality.to_string())))
}

/// The day of a date, or of a date and time as ISO 8601 writes it.
fn day(text: &str) -> Option<Date> {
    parse_date(text.get(..10)?).filter(|_| text.len() == 10 || text[10..].starts_with(['T', ' ']))
}
