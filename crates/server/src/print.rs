//! The print folder as a way out: letters of a day lie in one folder, `<print folder>/<day>`, with a manifest, and the mail
//! house tells by `status.csv` in it what became of each.

use crate::clock::{brussels_day, brussels_time};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Time;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use traject_app::channel::{Capabilities, ChannelAdapter, Departure, Outcome, Parcel};
use traject_app::model::{Channel, Delivery, DeliveryReason};
use traject_domain::Date;
use traject_domain::calendar::{next_working_day, not_working};
use traject_domain::counting::add_days;
use traject_domain::law::CountingRegime;
use traject_domain::partial_date::parse_date;
use traject_letter_pdf::{PrintError, PrintFolder, PrintJob};
use traject_templates::{DeliveryReference, LetterLanguage};

/// When batches leave.
#[derive(Debug, Clone)]
pub enum Batches {
    /// A batch each working day, with the letters that were made before this time of day in Brussels.
    Daily(Time),
    /// Letters are printed as soon as they are made.
    AtOnce,
}

/// Puts letters into the print folder, a folder a day.
pub struct PrintHouse {
    directory: PathBuf,
    batches: Batches,
    counting: CountingRegime,
    /// The folder that was written last, which stays open: most letters of a run go into one.
    open: Mutex<Option<(String, PrintFolder)>>,
}

impl PrintHouse {
    /// Folders below a directory, by the working days of a counting regime.
    pub fn new(directory: PathBuf, batches: Batches, counting: CountingRegime) -> Self {
        Self { directory, batches, counting, open: Mutex::new(None) }
    }

    /// Where a batch lies.
    pub fn folder(&self, batch: &str) -> PathBuf {
        self.directory.join(batch)
    }

    /// Stores a letter in the folder of its batch.
    fn store(&self, parcel: &Parcel, batch: &str) -> Result<(), PrintError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_none_or(|(name, _)| name != batch) {
            *open = None;
            *open = Some((batch.to_owned(), PrintFolder::open(self.folder(batch))?));
        }
        let Some((_, folder)) = open.as_mut() else { return Ok(()) };
        let reference = DeliveryReference::parse(&parcel.delivery.id.to_string()).map_err(std::io::Error::other)?;
        let document = &parcel.document;
        folder.store(&PrintJob {
            delivery_reference: &reference,
            pdf: &document.pdf,
            pages: usize::try_from(document.pages).unwrap_or(usize::MAX),
            language: LetterLanguage::of(parcel.delivery.language),
            template: &document.template,
            template_version: &document.template_version,
            dated_on: document.dated_on.unwrap_or_else(|| brussels_day(parcel.delivery.changed_at)),
            courtesy: document.courtesy.as_ref().map(|language| language.as_str()),
            registered: parcel.registered,
            address: document.address.iter().map(String::as_str).collect(),
        })?;
        Ok(())
    }

    /// Closes every batch whose cut-off has passed. Of a daily batch nothing is left to send then.
    fn close_past(&self, now: Timestamp) -> Result<(), PrintError> {
        // Whoever prints may take folders away: what is not there is not closed.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open = None;
        if matches!(self.batches, Batches::AtOnce) {
            return Ok(());
        }
        for batch in batches_in(&self.directory)? {
            let folder = self.folder(&batch);
            if self.has_left(&batch, now) && !PrintFolder::was_closed(&folder)? {
                PrintFolder::open(folder)?.close()?;
            }
        }
        Ok(())
    }

    /// The batch that letters of a day go into: a further one where they are printed at once after the day's was closed.
    fn batch_of(&self, on: Date) -> String {
        let day = on.to_string();
        let is_free = |batch: &String| {
            matches!(self.batches, Batches::Daily(_)) || !PrintFolder::was_closed(&self.folder(batch)).unwrap_or(false)
        };
        let further = (2..1_000_u32).map(|n| format!("{day}-{n}"));
        std::iter::once(day.clone()).chain(further).find(is_free).unwrap_or(day)
    }

    /// Whether the cut-off of a batch has passed.
    fn has_left(&self, batch: &str, now: Timestamp) -> bool {
        let (Batches::Daily(cut_off), Some(day)) = (&self.batches, day_of(batch)) else { return true };
        let today = brussels_day(now);
        day < today || (day == today && brussels_time(now) >= *cut_off)
    }
}

/// The day of a batch: `2026-11-25`, or `2026-11-25-2` for the second of a day.
fn day_of(batch: &str) -> Option<Date> {
    let (day, rest) = batch.split_at_checked(10)?;
    let is_numbered = |rest: &str| rest.strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok());
    parse_date(day).filter(|_| rest.is_empty() || is_numbered(rest))
}

/// The batches in a directory, in order of their days.
pub fn batches_in(directory: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut batches = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() && day_of(&name).is_some() {
            batches.push(name);
        }
    }
    batches.sort_unstable();
    Ok(batches)
}

#[async_trait]
impl ChannelAdapter for PrintHouse {
    fn channels(&self) -> &[Channel] {
        &[Channel::Letter, Channel::RegisteredLetter]
    }

    fn capabilities(&self) -> Capabilities {
        let daily = matches!(self.batches, Batches::Daily(_));
        Capabilities {
            cancel_until_cut_off: daily,
            bulk: true,
            idempotent_key: true,
            delivery_proof: true,
            bounces: false,
        }
    }

    fn departure(&self, now: Timestamp) -> Departure {
        let today = brussels_day(now);
        let on: Date = match self.batches {
            Batches::AtOnce => today,
            Batches::Daily(cut_off) if not_working(&self.counting, today).is_none() && brussels_time(now) < cut_off => {
                today
            }
            Batches::Daily(_) => next_working_day(&self.counting, add_days(today, 1), |_, _| ()),
        };
        Departure { on, batch: Some(self.batch_of(on)) }
    }

    fn is_due(&self, delivery: &Delivery, now: Timestamp) -> bool {
        delivery.batch.as_deref().is_none_or(|batch| self.has_left(batch, now))
    }

    async fn send(&self, parcel: &Parcel, now: Timestamp) -> Outcome {
        let batch = parcel.delivery.batch.clone().unwrap_or_else(|| {
            parcel.document.dated_on.unwrap_or_else(|| brussels_day(parcel.delivery.changed_at)).to_string()
        });
        let is_late =
            matches!(self.batches, Batches::Daily(_)) && parse_date(&batch).is_some_and(|day| day < brussels_day(now));
        if is_late {
            return Outcome::Missed;
        }
        match self.store(parcel, &batch) {
            Ok(()) => Outcome::Printed { batch },
            Err(PrintError::Closed) => Outcome::Missed,
            // Letters are stored bytes: another letter under this reference is for a person to look at.
            Err(PrintError::OtherContent { .. }) => Outcome::PermanentFailure { reason: DeliveryReason::PrintFailed },
            Err(error) => {
                tracing::error!(%batch, error = %error, "the print folder cannot be written");
                Outcome::TemporaryFailure { reason: DeliveryReason::ProviderAway, retry_after: None }
            }
        }
    }

    async fn settled(&self, now: Timestamp) -> Result<(), String> {
        self.close_past(now).map_err(|error| error.to_string())
    }
}
