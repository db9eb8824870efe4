//! Invented persons of whom the register knows everything: the same from the same seed, with many near every limit.

use anyhow::Context;
use jiff::civil::date;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use std::path::Path;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::counting::{add_days, add_months, days_between};
use traject_domain::extract::Extract;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::law::{CodeList, Law};
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

/// The day of every check.
pub(crate) const DAY: Date = date(2024, 12, 31);

/// The first day on which somebody is registered or permitted to stay: some are before the obligation.
const FIRST: Date = date(2021, 6, 1);

/// What the file says where there is no last day.
const UNLIMITED: Date = date(9999, 12, 31);

const SEED: u64 = 280;

/// What the register knows of one person; codes are those of the law.
pub(crate) struct Person<'l> {
    birth: Date,
    registered_on: Date,
    permit_from: Date,
    /// None: unlimited.
    permit_until: Option<Date>,
    stay_since: Date,
    /// By the columns of [`CODES`]; none: there is none.
    codes: [Option<&'l str>; CODES.len()],
}

/// The columns that hold a code: name, list, of a thousand how many have any code of the list, and what others have.
const CODES: [(&str, CodeList, u32, &[&str]); 7] = [
    ("nationality", CodeList::Countries, 700, &["MA", "TR", "IN", "CD", "SY", "XX", "BE"]),
    ("register", CodeList::Registers, 150, &["foreigners"]),
    ("permit_kind", CodeList::PermitKinds, 300, &["A", "B", "F", "M"]),
    ("permit_ground", CodeList::PermitGrounds, 300, &["family", "work", "protection"]),
    ("family_of", CodeList::FamilyOf, 250, &[]),
    ("family_tie", CodeList::FamilyTies, 400, &[]),
    ("eu_long_term_resident_of", CodeList::Countries, 50, &[]),
];

/// So many persons.
pub(crate) fn persons(law: &Law, count: usize) -> Vec<Person<'_>> {
    let mut draw = Draw(Pcg64::seed_from_u64(SEED));
    let lists = CODES.map(|(_, list, ..)| law.codes[&list].keys().map(Code::as_str).collect::<Vec<_>>());
    (0..count).map(|_| person(&mut draw, &lists)).collect()
}

fn person<'l>(draw: &mut Draw, lists: &[Vec<&'l str>; CODES.len()]) -> Person<'l> {
    let registered_on = draw.day(FIRST, DAY);
    let permit_from = draw.day(FIRST, DAY);
    let reference = registered_on.max(permit_from);
    let years = if draw.per_mille(500) { 18 } else { 65 };
    let birth = draw.day_or_near(date(1950, 1, 1), date(2010, 12, 31), add_years(reference, -years));
    let permit_until = draw.day_or_near(add_days(permit_from, 60), date(2030, 12, 31), add_months(permit_from, 3));
    let permit_until = if draw.per_mille(100) { None } else { Some(permit_until) };
    let stay_since = draw.day_or_near(add_years(reference, -4), reference, add_years(reference, -3));
    let mut list = 0;
    let codes = CODES.map(|(_, _, share, others)| {
        list += 1;
        let all: &[&'l str] = &lists[list - 1];
        if draw.per_mille(share) { draw.pick(all) } else { draw.pick(others) }
    });
    Person { birth, registered_on, permit_from, permit_until, stay_since, codes }
}

fn add_years(day: Date, years: i16) -> Date {
    // A 29 February that the year lacks: the day before will do for an invented person.
    Date::new(day.year() + years, day.month(), day.day()).unwrap_or_else(|_| add_years(add_days(day, -1), years))
}

/// The draws of one stream.
struct Draw(Pcg64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        usize::try_from((u64::from(self.0.next_u32()) * n as u64) >> 32).unwrap_or_default()
    }

    fn per_mille(&mut self, share: u32) -> bool {
        self.below(1000) < share as usize
    }

    fn pick<'l>(&mut self, items: &[&'l str]) -> Option<&'l str> {
        if items.is_empty() { None } else { Some(items[self.below(items.len())]) }
    }

    /// Both days included.
    fn day(&mut self, first: Date, last: Date) -> Date {
        let days = usize::try_from(days_between(first, last)).unwrap_or_default();
        add_days(first, self.below(days + 1) as i64)
    }

    /// A day of the range, or, for every fourth person, a limit of the law or its neighbour.
    fn day_or_near(&mut self, first: Date, last: Date, limit: Date) -> Date {
        if self.per_mille(250) { add_days(limit, self.below(3) as i64 - 1) } else { self.day(first, last) }
    }
}

impl Person<'_> {
    /// The check, as the register of the first municipality reports it; `i` makes its reference and number.
    pub(crate) fn fact(&self, i: usize) -> Fact {
        let [nationality, register, permit_kind, permit_ground, family_of, family_tie, long_term_resident_of] =
            self.codes.map(|code| code.map(Code::new));
        let municipality = Municipality::all().next().expect("there are nineteen");
        let extract = Extract {
            birth_date: Some(PartialDate::Day(self.birth)),
            nationality,
            municipality,
            register: register.expect("everybody has a register"),
            registered_on: Some(self.registered_on),
            permit_kind,
            permit_ground,
            permit_valid_from: Some(self.permit_from),
            permit_valid_until: self.permit_until,
            lawful_stay_since: Some(self.stay_since),
            family_of,
            family_tie,
            long_term_resident_of,
            letter_language: None,
            sex: None,
            contact_language: None,
        };
        Fact {
            reference: FactRef::new(&format!("C{i}")),
            number: NumberKey(Uuid::from_u128(i as u128)),
            occurred_on: DAY,
            known_on: DAY,
            agency: Code::new(&municipality.to_string()),
            kind: FactKind::Checked(Box::new(extract)),
        }
    }
}

/// A column of days: its name, and the day of a person.
type Days = (&'static str, fn(&Person<'_>) -> Date);

const DAYS: [Days; 5] = [
    ("birth_date", |person| person.birth),
    ("registered_on", |person| person.registered_on),
    ("permit_valid_from", |person| person.permit_from),
    ("permit_valid_until", |person| person.permit_until.unwrap_or(UNLIMITED)),
    ("lawful_stay_since", |person| person.stay_since),
];

/// Writes `COLUMN.npy` for every column, as NumPy reads it.
pub(crate) fn write(persons: &[Person<'_>], directory: &Path) -> anyhow::Result<()> {
    let epoch = date(1970, 1, 1);
    for (name, day) in DAYS {
        let days = persons.iter().flat_map(|person| days_between(epoch, day(person)).to_le_bytes());
        write_column(&directory.join(format!("{name}.npy")), "<M8[D]", persons.len(), days.collect())?;
    }
    for (i, (name, ..)) in CODES.iter().enumerate() {
        let text = |person: &Person<'_>| person.codes[i].unwrap_or("none").to_owned();
        let width = persons.iter().map(|person| text(person).len()).max().unwrap_or(1);
        let codes = persons.iter().flat_map(|person| {
            let mut bytes = text(person).into_bytes();
            bytes.resize(width, 0);
            bytes
        });
        write_column(&directory.join(format!("{name}.npy")), &format!("|S{width}"), persons.len(), codes.collect())?;
    }
    Ok(())
}

/// One array in NumPy's format, version 1.0: magic, length of the header, header padded to 64 bytes, values.
fn write_column(path: &Path, kind: &str, count: usize, values: Vec<u8>) -> anyhow::Result<()> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({count},), }}");
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(padded)?.to_le_bytes());
    bytes.extend(format!("{header:<width$}\n", width = padded - 1).into_bytes());
    bytes.extend(values);
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_persons_come_again() {
        let law = traject_lawbook::embedded().expect("the law ships with the program");
        let facts = || persons(&law, 100).iter().enumerate().map(|(i, person)| person.fact(i)).collect::<Vec<_>>();
        assert_eq!(facts(), facts());
    }

    #[test]
    fn values_begin_where_numpy_expects_them() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("nationality.npy");
        write_column(&path, "|S2", 2, b"MATR".to_vec()).expect("is written");
        let bytes = std::fs::read(path).expect("is there");
        let (header, values) = bytes.split_at(128);
        assert_eq!((u16::from_le_bytes([header[8], header[9]]), header[127], values), (118, b'\n', &b"MATR"[..]));
    }
}
