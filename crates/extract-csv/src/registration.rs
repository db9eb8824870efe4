//! registrations.csv: one row per check.

use crate::reject::RejectCode as R;
use crate::table::{Fields, Table, digest};
use crate::{FileError, FileKind, Reject, Row};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::FactRef;
use traject_domain::law::{CodeList, Law};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::{PartialDate, parse_date};

const COLUMNS: [&str; 28] = [
    "check_id",
    "insz",
    "last_name",
    "first_names",
    "birth_date",
    "sex",
    "nationality",
    "municipality_nis",
    "register",
    "registered_on",
    "permit_kind",
    "permit_ground",
    "permit_valid_from",
    "permit_valid_until",
    "lawful_stay_since",
    "family_of",
    "family_tie",
    "eu_long_term_resident_of",
    "language",
    "contact_language",
    "street",
    "house_number",
    "box",
    "postal_code",
    "city",
    "email",
    "phone",
    "checked_on",
];

/// Names and contact as the row has them; absent where empty. Personal data.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the column of that name")]
pub struct Contact {
    pub last_name: Option<String>,
    pub first_names: Option<String>,
    pub street: Option<String>,
    pub house_number: Option<String>,
    pub box_number: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(***)")
    }
}

/// One accepted check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Line on which the row starts.
    pub line: u64,
    /// The check's id.
    pub check_id: FactRef,
    /// The person's number on that day.
    pub number: NationalNumber,
    /// Names and contact.
    pub contact: Contact,
    /// What the law looks at.
    pub extract: Extract,
    /// The day of the check.
    pub checked_on: Date,
}

/// The numbers that accepted registrations have.
#[derive(Debug, Clone, Default)]
pub struct Numbers(pub(crate) HashSet<NationalNumber>);

impl Numbers {
    /// Numbers of persons already known, for files that follow up on an earlier import.
    pub fn known(numbers: impl IntoIterator<Item = NationalNumber>) -> Self {
        Self(numbers.into_iter().collect())
    }
}

/// Streams registrations.csv.
pub struct Registrations<'l> {
    table: Table,
    law: &'l Law,
    accepted: HashMap<u128, u128>,
    numbers: Numbers,
}

/// A fault of one row.
pub(crate) type Fault = (R, &'static str);

impl<'l> Registrations<'l> {
    /// Opens the file.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be read or lacks a column.
    pub fn open(path: &Path, law: &'l Law) -> Result<Self, FileError> {
        let table = Table::open(path, &COLUMNS)?;
        Ok(Self { table, law, accepted: HashMap::new(), numbers: Numbers::default() })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<Row<Registration>>, FileError> {
        while let Some(fields) = self.table.next()? {
            let reject = |(code, column)| {
                Row::Rejected(Reject { file: FileKind::Registrations, line: fields.line, code, column })
            };
            match self.read(&fields) {
                Ok(Some(registration)) => return Ok(Some(Row::Accepted(registration))),
                Ok(None) => {}
                Err(fault) => return Ok(Some(reject(fault))),
            }
        }
        Ok(None)
    }

    /// The numbers of the rows accepted so far.
    pub fn into_numbers(self) -> Numbers {
        self.numbers
    }

    /// Reads one row; `None` when an accepted row said the same.
    fn read(&mut self, fields: &Fields) -> Result<Option<Registration>, Fault> {
        let id = needed(fields.get(0), COLUMNS[0])?;
        let (key, content) = (digest(std::iter::once(id)), content(fields, COLUMNS.len(), &[6, 17]));
        match self.accepted.get(&key) {
            Some(earlier) if *earlier == content => return Ok(None),
            Some(_) => return Err((R::IdReused, COLUMNS[0])),
            None => {}
        }
        let registration = self.parse(fields, id)?;
        self.accepted.insert(key, content);
        self.numbers.0.insert(registration.number);
        Ok(Some(registration))
    }

    /// Parses the columns from left to right; the first fault counts.
    fn parse(&self, fields: &Fields, id: &str) -> Result<Registration, Fault> {
        let column = Columns { fields, law: self.law };
        let number = number(fields.get(1), COLUMNS[1])?;
        let birth_date = match fields.get(4) {
            "" => None,
            text => Some(PartialDate::parse(text).ok_or((R::BadDate, COLUMNS[4]))?),
        };
        let sex = column.code(5, CodeList::Sexes)?;
        let nationality = column.country(6, true)?;
        let municipality = needed(fields.get(7), COLUMNS[7])
            .and_then(|text| Municipality::parse(text).ok_or((R::UnknownMunicipality, COLUMNS[7])))?;
        needed(fields.get(8), COLUMNS[8])?;
        let register = column.code(8, CodeList::Registers)?.ok_or((R::MissingValue, COLUMNS[8]))?;
        let registered_on = column.date(9)?;
        let permit_kind = column.code(10, CodeList::PermitKinds)?;
        let permit_ground = column.code(11, CodeList::PermitGrounds)?;
        let permit_valid_from = column.date(12)?;
        let permit_valid_until = column.date(13)?;
        if matches!((permit_valid_from, permit_valid_until), (Some(from), Some(until)) if until < from) {
            return Err((R::PeriodReversed, COLUMNS[13]));
        }
        let lawful_stay_since = column.date(14)?;
        let family_of = column.code(15, CodeList::FamilyOf)?;
        let family_tie = column.code(16, CodeList::FamilyTies)?;
        let long_term_resident_of = column.country(17, false)?;
        let letter_language = language(fields.get(18), COLUMNS[18])?;
        let contact_language = spoken(fields.get(19), COLUMNS[19])?;
        needed(fields.get(27), COLUMNS[27])?;
        let checked_on = column.date(27)?.ok_or((R::MissingValue, COLUMNS[27]))?;
        let extract = Extract {
            birth_date,
            nationality,
            municipality,
            register,
            registered_on,
            permit_kind,
            permit_ground,
            permit_valid_from,
            permit_valid_until,
            lawful_stay_since,
            family_of,
            family_tie,
            long_term_resident_of,
            letter_language,
            sex,
            contact_language,
        };
        let contact = column.contact();
        Ok(Registration { line: fields.line, check_id: FactRef::new(id), number, contact, extract, checked_on })
    }
}

struct Columns<'a> {
    fields: &'a Fields,
    law: &'a Law,
}

impl Columns<'_> {
    fn date(&self, column: usize) -> Result<Option<Date>, Fault> {
        date(self.fields.get(column), COLUMNS[column])
    }

    fn code(&self, column: usize, list: CodeList) -> Result<Option<Code>, Fault> {
        match self.fields.get(column) {
            "" => Ok(None),
            text => {
                let code = Code::new(text);
                let known = self.law.has_code(list, &code);
                known.then_some(Some(code)).ok_or((R::UnknownCode, COLUMNS[column]))
            }
        }
    }

    fn country(&self, column: usize, or_none: bool) -> Result<Option<Code>, Fault> {
        match self.fields.get(column) {
            "" => Ok(None),
            text => country(self.law, text, or_none).map(Some).ok_or((R::UnknownCode, COLUMNS[column])),
        }
    }

    fn contact(&self) -> Contact {
        let text = |column: usize| Some(self.fields.get(column).to_owned()).filter(|text| !text.is_empty());
        Contact {
            last_name: text(2),
            first_names: text(3),
            street: text(20),
            house_number: text(21),
            box_number: text(22),
            postal_code: text(23),
            city: text(24),
            email: text(25),
            phone: text(26),
        }
    }
}

/// A hash of the row as it reads: trimmed, the number without punctuation, country codes in capitals.
pub(crate) fn content(fields: &Fields, columns: usize, countries: &[usize]) -> u128 {
    let normal: Vec<String> = (0..columns)
        .map(|column| match column {
            1 => fields.get(1).chars().filter(|c| !matches!(c, '.' | '-' | ' ')).collect(),
            _ if countries.contains(&column) => fields.get(column).to_uppercase(),
            _ => fields.get(column).to_owned(),
        })
        .collect();
    digest(normal.iter().map(String::as_str))
}

/// The text, which must not be empty.
pub(crate) fn needed<'a>(text: &'a str, column: &'static str) -> Result<&'a str, Fault> {
    if text.is_empty() { Err((R::MissingValue, column)) } else { Ok(text) }
}

/// A number, which must be there.
pub(crate) fn number(text: &str, column: &'static str) -> Result<NationalNumber, Fault> {
    NationalNumber::parse(needed(text, column)?).map_err(|_| (R::InszChecksum, column))
}

/// A day, or nothing.
pub(crate) fn date(text: &str, column: &'static str) -> Result<Option<Date>, Fault> {
    match text {
        "" => Ok(None),
        text => parse_date(text).map(Some).ok_or((R::BadDate, column)),
    }
}

/// `nl`, `fr`, or nothing.
pub(crate) fn language(text: &str, column: &'static str) -> Result<Option<LegalLanguage>, Fault> {
    match text {
        "" => Ok(None),
        text => LegalLanguage::from_code(text).map(Some).ok_or((R::UnknownCode, column)),
    }
}

/// A language of two lower-case letters (ISO 639-1), or nothing.
pub(crate) fn spoken(text: &str, column: &'static str) -> Result<Option<Code>, Fault> {
    match text.as_bytes() {
        [] => Ok(None),
        [a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase() => Ok(Some(Code::new(text))),
        _ => Err((R::UnknownCode, column)),
    }
}

/// An ISO 3166-1 country in either case; `XX`, of no or unknown nationality, where allowed.
pub(crate) fn country(law: &Law, text: &str, or_none: bool) -> Option<Code> {
    let code = Code::new(&text.to_uppercase());
    let known = law.has_code(CodeList::Countries, &code) || (or_none && code.as_str() == "XX");
    known.then_some(code)
}
