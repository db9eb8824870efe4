//! events.csv: what happened next.

use crate::registration::{Fault, Numbers, content, country, date, language, needed, number, spoken};
use crate::reject::RejectCode as R;
use crate::table::{Fields, Table, digest};
use crate::{FileError, FileKind, Reject, Row};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::{AppealOutcome, Destination, FactKind, FactRef, InformationItem, ReturnReason};
use traject_domain::law::{CodeList, Law};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;

const COLUMNS: [&str; 9] =
    ["event_id", "insz", "occurred_on", "recorded_on", "agency", "type", "code", "value", "until"];
const CODE: &str = COLUMNS[6];
const VALUE: &str = COLUMNS[7];
const UNTIL: &str = COLUMNS[8];

/// What happened: a fact as the domain has it, or a replaced number, whose key only the vault knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// Anything but a replaced number.
    Fact(FactKind),
    /// The person has this number from then on.
    NumberReplaced(NationalNumber),
}

/// One accepted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Line on which the row starts.
    pub line: u64,
    /// The event's id.
    pub event_id: FactRef,
    /// The number it is reported under.
    pub number: NationalNumber,
    /// When it happened.
    pub occurred_on: Date,
    /// When it became known.
    pub recorded_on: Date,
    /// The reporting agency, free text.
    pub agency: Code,
    /// What happened.
    pub kind: EventKind,
}

/// Streams events.csv, after one pass that gathers its ids and replaced numbers.
pub struct Events<'l> {
    table: Table,
    law: &'l Law,
    held: HashSet<u128>,
    known: HashSet<NationalNumber>,
    accepted: HashMap<u128, u128>,
}

impl<'l> Events<'l> {
    /// Opens the file and reads it once for its ids and replaced numbers.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be read or lacks a column.
    pub fn open(path: &Path, law: &'l Law, numbers: Numbers) -> Result<Self, FileError> {
        let mut held = HashSet::new();
        let mut replaced = Vec::new();
        let mut first_pass = Table::open(path, &COLUMNS)?;
        while let Some(fields) = first_pass.next()? {
            held.insert(digest(std::iter::once(fields.get(0))));
            if fields.get(5) == "number_replaced" {
                if let Ok(Event { number, kind: EventKind::NumberReplaced(by), .. }) = parse(law, &fields, &held) {
                    replaced.push((number, by));
                }
            }
        }
        held.remove(&digest(std::iter::once("")));
        let known = reachable(numbers.0, replaced);
        Ok(Self { table: Table::open(path, &COLUMNS)?, law, held, known, accepted: HashMap::new() })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<Row<Event>>, FileError> {
        while let Some(fields) = self.table.next()? {
            match self.read(&fields) {
                Ok(Some(event)) => return Ok(Some(Row::Accepted(event))),
                Ok(None) => {}
                Err((code, column)) => {
                    let reject = Reject { file: FileKind::Events, line: fields.line, code, column };
                    return Ok(Some(Row::Rejected(reject)));
                }
            }
        }
        Ok(None)
    }

    /// Reads one row; `None` when an accepted row said the same.
    fn read(&mut self, fields: &Fields) -> Result<Option<Event>, Fault> {
        let id = needed(fields.get(0), COLUMNS[0])?;
        let (key, content) = (digest(std::iter::once(id)), content(fields, COLUMNS.len(), &[]));
        match self.accepted.get(&key) {
            Some(earlier) if *earlier == content => return Ok(None),
            Some(_) => return Err((R::IdReused, COLUMNS[0])),
            None => {}
        }
        let person = number(fields.get(1), COLUMNS[1])?;
        if !self.known.contains(&person) {
            return Err((R::UnknownPerson, COLUMNS[1]));
        }
        let event = parse(self.law, fields, &self.held)?;
        self.accepted.insert(key, content);
        Ok(Some(event))
    }
}

/// Registered numbers, and those that replaced one of them, along chains from old to new.
fn reachable(
    registered: HashSet<NationalNumber>,
    replaced: Vec<(NationalNumber, NationalNumber)>,
) -> HashSet<NationalNumber> {
    let mut known = registered;
    let mut rest = replaced;
    loop {
        let (reached, waiting): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(old, _)| known.contains(old));
        if reached.is_empty() {
            return known;
        }
        known.extend(reached.into_iter().map(|(_, new)| new));
        rest = waiting;
    }
}

/// Parses the columns from left to right, whoever the person is; the first fault counts.
fn parse(law: &Law, fields: &Fields, held: &HashSet<u128>) -> Result<Event, Fault> {
    let id = needed(fields.get(0), COLUMNS[0])?;
    let number = number(fields.get(1), COLUMNS[1])?;
    let day = |column: usize| {
        needed(fields.get(column), COLUMNS[column])?;
        date(fields.get(column), COLUMNS[column])?.ok_or((R::MissingValue, COLUMNS[column]))
    };
    let occurred_on = day(2)?;
    let recorded_on = day(3)?;
    let name = needed(fields.get(5), COLUMNS[5])?;
    let cells = Cells { law, held, code: fields.get(6), value: fields.get(7), until: fields.get(8), occurred_on };
    let kind = cells.kind(name)?;
    let agency = Code::new(fields.get(4));
    Ok(Event { line: fields.line, event_id: FactRef::new(id), number, occurred_on, recorded_on, agency, kind })
}

/// The last three columns, whose meaning depends on the type.
struct Cells<'a> {
    law: &'a Law,
    held: &'a HashSet<u128>,
    code: &'a str,
    value: &'a str,
    until: &'a str,
    occurred_on: Date,
}

impl Cells<'_> {
    fn kind(&self, name: &str) -> Result<EventKind, Fault> {
        let kind = match name {
            "information_given" => {
                FactKind::InformationGiven { spoken: spoken(self.code, CODE)?, items: self.items()? }
            }
            "certificate_received" => FactKind::CertificateReceived,
            "exemption_granted" => {
                let code = self.listed(|law, code| law.exemption(code).is_some())?;
                FactKind::ExemptionGranted { code, until: self.until()? }
            }
            "suspension_granted" => {
                let code = self.listed(|law, code| law.suspension(code).is_some())?;
                needed(self.until, UNTIL)?;
                FactKind::SuspensionGranted { code, until: self.until()?.ok_or((R::MissingValue, UNTIL))? }
            }
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
            "returned" => FactKind::Returned(self.municipality()?),
            "struck_off" => FactKind::StruckOff,
            "permit_lost" => FactKind::PermitLost,
            "became_belgian" => FactKind::BecameBelgian,
            "died" => FactKind::Died,
            "number_replaced" => {
                let by = number(self.value, VALUE)?;
                self.until()?;
                return Ok(EventKind::NumberReplaced(by));
            }
            "retracted" => FactKind::Retracted(self.held_id()?),
            _ => self.about_a_breach(name)?,
        };
        self.until()?;
        Ok(EventKind::Fact(kind))
    }

    fn about_a_breach(&self, name: &str) -> Result<FactKind, Fault> {
        let make: fn(&Self, Breach) -> Result<FactKind, Fault> = match name {
            "notice_posted" => {
                |cells, breach| Ok(FactKind::NoticePosted { breach, language: language(cells.value, VALUE)? })
            }
            "notice_delivered" => |_, breach| Ok(FactKind::NoticeDelivered(breach)),
            "notice_returned" => |cells, breach| {
                let reason = cells.choice(ReturnReason::from_code)?;
                Ok(FactKind::NoticeReturned(breach, reason))
            },
            "notice_withdrawn" => |_, breach| Ok(FactKind::NoticeWithdrawn(breach)),
            "refusal_established" => |_, breach| Ok(FactKind::RefusalEstablished(breach)),
            "transferred" => |_, breach| Ok(FactKind::Transferred(breach)),
            "transfer_returned" => |_, breach| Ok(FactKind::TransferReturned(breach)),
            "hearing_invited" => |_, breach| Ok(FactKind::HearingInvited(breach)),
            "defence_received" => |_, breach| Ok(FactKind::DefenceReceived(breach)),
            "heard" => |_, breach| Ok(FactKind::Heard(breach)),
            "decided_no_fine" => |_, breach| Ok(FactKind::DecidedNoFine(breach)),
            "fined" => |cells, breach| Ok(FactKind::Fined(breach, cells.amount()?)),
            "fine_paid" => |_, breach| Ok(FactKind::FinePaid(breach)),
            "appeal_lodged" => |_, breach| Ok(FactKind::AppealLodged(breach)),
            "fine_withdrawn" => |_, breach| Ok(FactKind::FineWithdrawn(breach)),
            "appeal_decided" => |cells, breach| {
                let outcome = cells.choice(AppealOutcome::from_code)?;
                Ok(FactKind::AppealDecided(breach, outcome))
            },
            _ => return Err((R::UnknownCode, COLUMNS[5])),
        };
        let breach = Breach::from_code(needed(self.code, CODE)?).ok_or((R::UnknownCode, CODE))?;
        make(self, breach)
    }

    /// A code that the law knows.
    fn listed(&self, known: impl Fn(&Law, &Code) -> bool) -> Result<Code, Fault> {
        let code = Code::new(needed(self.code, CODE)?);
        if known(self.law, &code) { Ok(code) } else { Err((R::UnknownCode, CODE)) }
    }

    fn organiser(&self) -> Result<Code, Fault> {
        self.listed(|law, code| law.organiser(code).is_some())
    }

    /// One of a closed set of values.
    fn choice<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        read(needed(self.value, VALUE)?).ok_or((R::UnknownCode, VALUE))
    }

    fn track(&self) -> Result<LegalLanguage, Fault> {
        self.choice(LegalLanguage::from_code)
    }

    fn items(&self) -> Result<Vec<InformationItem>, Fault> {
        self.choice(|text| text.split(';').map(|item| InformationItem::from_code(item.trim())).collect())
    }

    fn until(&self) -> Result<Option<Date>, Fault> {
        let until = date(self.until, UNTIL)?;
        if until.is_some_and(|until| until < self.occurred_on) { Err((R::PeriodReversed, UNTIL)) } else { Ok(until) }
    }

    fn amount(&self) -> Result<Cents, Fault> {
        let text = needed(self.value, VALUE)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let range = &self.law.fines;
        text.parse()
            .ok()
            .map(Cents)
            .filter(|amount| digits && (range.min..=range.max).contains(amount))
            .ok_or((R::BadAmount, VALUE))
    }

    fn municipality(&self) -> Result<Municipality, Fault> {
        let text = needed(self.value, VALUE)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let code = if digits { R::UnknownMunicipality } else { R::UnknownCode };
        Municipality::parse(text).ok_or((code, VALUE))
    }

    fn destination(&self) -> Result<Destination, Fault> {
        let text = needed(self.value, VALUE)?;
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return self.municipality().map(Destination::Brussels);
        }
        let code = Code::new(text);
        if self.law.has_code(CodeList::OtherRegions, &code) {
            return Ok(Destination::OtherRegion(code));
        }
        let abroad = country(self.law, text, false).filter(|country| *country == code && text != "BE");
        abroad.map(Destination::Abroad).ok_or((R::UnknownCode, VALUE))
    }

    fn held_id(&self) -> Result<FactRef, Fault> {
        let id = needed(self.value, VALUE)?;
        let held = self.held.contains(&digest(std::iter::once(id)));
        held.then(|| FactRef::new(id)).ok_or((R::UnknownCode, VALUE))
    }
}
