//! `events.csv`: what happened next.

use crate::Row;
use crate::cell::{Cell, Fault, bare_number};
use crate::file::{FileError, FileKind};
use crate::ids::{Fingerprint, Ids, Standing};
use crate::known::{Claim, Numbers, follow};
use crate::reject::{Reject, RejectCode};
use crate::table::{Columns, Table};
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::{AppealOutcome, Destination, FactKind, FactRef, InformationItem, ReturnReason};
use traject_domain::law::Law;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;

const FILE: FileKind = FileKind::Events;

pub(crate) const COLUMNS: Columns<9> =
    &["event_id", "insz", "occurred_on", "recorded_on", "agency", "type", "code", "value", "until"];

const NUMBER_REPLACED: &str = "number_replaced";
const RETRACTED: &str = "retracted";

pub(crate) fn verify(path: &Path) -> Result<(), FileError> {
    Table::verify(path, COLUMNS)
}

/// What an event reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A fact as the domain has it. Never a check, and never a replaced number.
    Fact(FactKind),
    /// From then on the person has this number too; its internal key is the caller's to give.
    NumberReplaced(NationalNumber),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// The event's id.
    pub event_id: FactRef,
    /// The number under which it was reported: registered, or reached from a registered one by replacements.
    pub number: NationalNumber,
    /// The day it happened, in Brussels.
    pub occurred_on: Date,
    /// The day it became known, in Brussels.
    pub recorded_on: Date,
    /// The reporting agency: free text, may be empty.
    pub agency: Code,
    /// What happened.
    pub kind: EventKind,
}

/// The numbers that replaced others according to the faultless rows of the file, old and new, whoever they belong to.
///
/// For a caller who makes one dossier per person and so must know before the first row which numbers will be joined.
///
/// # Errors
/// [`FileError`] when the file cannot be read at all or lacks a column.
pub fn replaced_numbers(path: &Path, law: &Law) -> Result<Vec<(NationalNumber, NationalNumber)>, FileError> {
    let claims = Overview::read(path)?.claims(path, law)?;
    Ok(claims.into_iter().filter_map(|claim| Some((claim.number, claim.replaced_by?))).collect())
}

/// Every valid number that some row of the file is reported under, each once.
///
/// For a caller who knows persons from earlier files and looks them up before the first row.
///
/// # Errors
/// [`FileError`] when the file cannot be read at all or lacks a column.
pub fn reported_numbers(path: &Path) -> Result<Vec<NationalNumber>, FileError> {
    let mut table = Table::open(path, COLUMNS)?;
    let mut numbers = HashSet::new();
    while table.advance()? {
        let [_, insz, ..] = table.cells();
        numbers.extend(insz.number().ok());
    }
    Ok(numbers.into_iter().collect())
}

/// Every id that a retraction of the file names, each once.
///
/// For a caller who holds events of earlier files and looks them up before the first row.
///
/// # Errors
/// [`FileError`] when the file cannot be read at all or lacks a column.
pub fn retracted_ids(path: &Path) -> Result<Vec<FactRef>, FileError> {
    let mut table = Table::open(path, COLUMNS)?;
    let mut ids = HashSet::new();
    while table.advance()? {
        let [_, _, _, _, _, kind, _, value, _] = table.cells();
        if kind.text == RETRACTED {
            ids.extend(value.filled().map(FactRef::new));
        }
    }
    Ok(ids.into_iter().collect())
}

/// The rows of `events.csv`, in the order of the file.
pub struct Events<'a> {
    law: &'a Law,
    table: Table<9>,
    ids: Ids,
    known: Numbers,
    /// Of the ids that retractions name, those that some row holds.
    held: HashSet<Fingerprint>,
    repeated: u64,
}

impl<'a> Events<'a> {
    /// Opens the file, after reading it through for its ids and replaced numbers: an error here comes before the first
    /// row. `registered` comes from [`crate::Registrations::into_numbers`].
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read at all or lacks a column.
    pub fn open(path: &Path, law: &'a Law, registered: Numbers) -> Result<Self, FileError> {
        let overview = Overview::read(path)?;
        let claims = overview.claims(path, law)?;
        let table = Table::open(path, COLUMNS)?;
        let known = follow(registered, &claims);
        Ok(Self { law, table, ids: Ids::default(), known, held: overview.held, repeated: 0 })
    }

    /// Events of earlier files, which a retraction may name as well.
    #[must_use]
    pub fn with_earlier<'r>(mut self, ids: impl IntoIterator<Item = &'r FactRef>) -> Self {
        self.held.extend(ids.into_iter().map(|id| Fingerprint::of(id.as_str())));
        self
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`FileError`] when reading fails on the way.
    pub fn next_row(&mut self) -> Result<Option<Row<Event>>, FileError> {
        while self.table.advance()? {
            match self.decide() {
                Ok(Some(event)) => return Ok(Some(Row::Accepted(event))),
                Ok(None) => self.repeated += 1,
                Err(fault) => return Ok(Some(Row::Rejected(Reject::new(FILE, self.table.line(), fault)))),
            }
        }
        Ok(None)
    }

    /// How many rows so far said what an accepted row before them said, under the same id.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// The row at hand; nothing when it repeats an accepted one.
    fn decide(&mut self) -> Result<Option<Event>, Fault> {
        let cells = self.table.cells();
        let [event_id, insz, ..] = cells;
        let id = Fingerprint::of(event_id.required()?);
        let content = content(&cells);
        match self.ids.standing(id, content) {
            Standing::Same => return Ok(None),
            Standing::Taken => return Err(event_id.fault(RejectCode::IdReused)),
            Standing::Free => {}
        }
        if !self.known.contains(insz.number()?) {
            return Err(insz.fault(RejectCode::UnknownPerson));
        }
        let event = read(self.table.line(), &cells, self.law, &self.held)?;
        self.ids.take(id, content);
        Ok(Some(event))
    }
}

/// What single rows cannot tell: a row may name, or be made known by, a row after it.
struct Overview {
    /// Of the ids that retractions name, those that some row holds, rejected or not.
    held: HashSet<Fingerprint>,
    /// The ids of replacements.
    replacements: HashSet<Fingerprint>,
}

impl Overview {
    fn read(path: &Path) -> Result<Self, FileError> {
        let mut table = Table::open(path, COLUMNS)?;
        let (mut ids, mut named, mut replacements) = (HashSet::new(), HashSet::new(), HashSet::new());
        while table.advance()? {
            let [event_id, _, _, _, _, kind, _, value, _] = table.cells();
            let Some(id) = event_id.filled().map(Fingerprint::of) else { continue };
            ids.insert(id);
            match kind.text {
                RETRACTED => {
                    named.insert(Fingerprint::of(value.text));
                }
                NUMBER_REPLACED => {
                    replacements.insert(id);
                }
                _ => {}
            }
        }
        named.retain(|id| ids.contains(id));
        Ok(Self { held: named, replacements })
    }

    /// The rows with the id of a replacement that have no fault of their own.
    fn claims(&self, path: &Path, law: &Law) -> Result<Vec<Claim>, FileError> {
        let mut claims = Vec::new();
        if self.replacements.is_empty() {
            return Ok(claims);
        }
        let mut table = Table::open(path, COLUMNS)?;
        while table.advance()? {
            let cells = table.cells();
            let id = Fingerprint::of(cells[0].text);
            if !self.replacements.contains(&id) {
                continue;
            }
            let Ok(event) = read(table.line(), &cells, law, &self.held) else { continue };
            let replaced_by = match event.kind {
                EventKind::NumberReplaced(new) => Some(new),
                EventKind::Fact(_) => None,
            };
            claims.push(Claim { id, number: event.number, replaced_by });
        }
        Ok(claims)
    }
}

/// The content by which two rows of one id are compared: the punctuation of numbers does not count.
fn content(cells: &[Cell<'_>; 9]) -> Fingerprint {
    let [_, _, _, _, _, kind, ..] = cells;
    Fingerprint::of_all(cells.iter().map(|cell| match cell.column {
        "insz" => Cow::Owned(bare_number(cell.text)),
        "value" if kind.text == NUMBER_REPLACED => Cow::Owned(bare_number(cell.text)),
        _ => Cow::Borrowed(cell.text),
    }))
}

/// Reads the cells from left to right.
fn read(line: u64, cells: &[Cell<'_>; 9], law: &Law, held: &HashSet<Fingerprint>) -> Result<Event, Fault> {
    let [event_id, insz, occurred_on, recorded_on, agency, kind, code, value, until] = *cells;
    let event_id = event_id.reference()?;
    let number = insz.number()?;
    let occurred_on = occurred_on.required_date()?;
    let recorded_on = recorded_on.required_date()?;
    let report = Report { kind, code, value, until, occurred_on, law, held };
    let kind = report.read()?;
    // Where the kind has no last day the column is a date all the same.
    until.last_day(Some(occurred_on))?;
    Ok(Event { line, event_id, number, occurred_on, recorded_on, agency: Code::new(agency.text), kind })
}

/// The part of a row that its type gives a meaning.
struct Report<'a> {
    kind: Cell<'a>,
    code: Cell<'a>,
    value: Cell<'a>,
    until: Cell<'a>,
    occurred_on: Date,
    law: &'a Law,
    held: &'a HashSet<Fingerprint>,
}

impl Report<'_> {
    fn read(&self) -> Result<EventKind, Fault> {
        let name = self.kind.required()?;
        if name == NUMBER_REPLACED {
            return self.value.number().map(EventKind::NumberReplaced);
        }
        self.fact(name).map(EventKind::Fact)
    }

    fn fact(&self, name: &str) -> Result<FactKind, Fault> {
        Ok(match name {
            "information_given" => {
                FactKind::InformationGiven { spoken: self.code.spoken_language()?, items: self.items()? }
            }
            "certificate_received" => FactKind::CertificateReceived,
            "exemption_granted" => FactKind::ExemptionGranted {
                code: self.code.required_code(|code| self.law.exemption(code).is_some())?,
                until: self.last_day()?,
            },
            "suspension_granted" => FactKind::SuspensionGranted {
                code: self.code.required_code(|code| self.law.suspension(code).is_some())?,
                until: self.last_day()?.ok_or(self.until.fault(RejectCode::MissingValue))?,
            },
            "waiting_list_joined" => FactKind::WaitingListJoined { organiser: self.organiser()? },
            "registration_certificate_received" => {
                FactKind::RegistrationCertificateReceived { organiser: self.organiser()? }
            }
            "completion_certificate_received" => {
                FactKind::CompletionCertificateReceived { organiser: self.organiser()? }
            }
            "registered" => FactKind::Registered { organiser: self.organiser()?, track: self.track()? },
            "contract_signed" => FactKind::ContractSigned { organiser: self.organiser()?, track: self.track()? },
            "completed" => FactKind::Completed { organiser: self.organiser()? },
            "moved" => FactKind::Moved(self.destination()?),
            "returned" => FactKind::Returned(self.brussels()?),
            "struck_off" => FactKind::StruckOff,
            "permit_lost" => FactKind::PermitLost,
            "became_belgian" => FactKind::BecameBelgian,
            "died" => FactKind::Died,
            RETRACTED => FactKind::Retracted(self.retracted()?),
            _ => return self.enforcement(name),
        })
    }

    /// The kinds whose code is a breach.
    fn enforcement(&self, name: &str) -> Result<FactKind, Fault> {
        Ok(match name {
            "notice_posted" => FactKind::NoticePosted {
                breach: self.breach()?,
                language: self.value.read(RejectCode::UnknownCode, LegalLanguage::from_code)?,
            },
            "notice_delivered" => FactKind::NoticeDelivered(self.breach()?),
            "notice_returned" => FactKind::NoticeReturned(self.breach()?, self.one_of(ReturnReason::from_code)?),
            "notice_withdrawn" => FactKind::NoticeWithdrawn(self.breach()?),
            "refusal_established" => FactKind::RefusalEstablished(self.breach()?),
            "transferred" => FactKind::Transferred(self.breach()?),
            "transfer_returned" => FactKind::TransferReturned(self.breach()?),
            "hearing_invited" => FactKind::HearingInvited(self.breach()?, None),
            "defence_received" => FactKind::DefenceReceived(self.breach()?),
            "heard" => FactKind::Heard(self.breach()?),
            "decided_no_fine" => FactKind::DecidedNoFine(self.breach()?),
            "fined" => FactKind::Fined(self.breach()?, self.amount()?),
            "fine_paid" => FactKind::FinePaid(self.breach()?),
            "appeal_lodged" => FactKind::AppealLodged(self.breach()?),
            "fine_withdrawn" => FactKind::FineWithdrawn(self.breach()?),
            "appeal_decided" => FactKind::AppealDecided(self.breach()?, self.one_of(AppealOutcome::from_code)?),
            _ => return Err(self.kind.fault(RejectCode::UnknownCode)),
        })
    }

    fn organiser(&self) -> Result<Code, Fault> {
        self.code.required_code(|code| self.law.organiser(code).is_some())
    }

    fn breach(&self) -> Result<Breach, Fault> {
        self.code.read_required(RejectCode::UnknownCode, Breach::from_code)
    }

    fn track(&self) -> Result<LegalLanguage, Fault> {
        self.one_of(LegalLanguage::from_code)
    }

    /// A value of a closed list.
    fn one_of<T>(&self, from_code: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        self.value.read_required(RejectCode::UnknownCode, from_code)
    }

    fn items(&self) -> Result<Vec<InformationItem>, Fault> {
        self.one_of(|text| text.split(';').map(|item| InformationItem::from_code(item.trim())).collect())
    }

    fn amount(&self) -> Result<Cents, Fault> {
        let (min, max) = self.law.fine_extent();
        self.value.read_required(RejectCode::BadAmount, |text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok().map(Cents)).flatten().filter(|amount| (min..=max).contains(amount))
        })
    }

    /// Digits are a NIS code: one of the nineteen, or no municipality that is known here.
    fn nis(&self) -> Result<Option<Municipality>, Fault> {
        let text = self.value.required()?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) { self.value.municipality().map(Some) } else { Ok(None) }
    }

    fn brussels(&self) -> Result<Municipality, Fault> {
        self.nis()?.ok_or(self.value.fault(RejectCode::UnknownCode))
    }

    fn destination(&self) -> Result<Destination, Fault> {
        if self.nis()?.is_none() && self.law.destination(self.value.text).is_none() {
            return Err(self.value.fault(RejectCode::UnknownCode));
        }
        self.one_of(|text| self.law.destination(text))
    }

    /// An event id that some row of the file holds, be that row rejected.
    fn retracted(&self) -> Result<FactRef, Fault> {
        self.one_of(|text| self.held.contains(&Fingerprint::of(text)).then(|| FactRef::new(text)))
    }

    fn last_day(&self) -> Result<Option<Date>, Fault> {
        self.until.last_day(Some(self.occurred_on))
    }
}
