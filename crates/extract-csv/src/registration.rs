//! `registrations.csv`: the register extract, one row per check.

use crate::Row;
use crate::cell::{Cell, Fault, bare_number, upper_case};
use crate::contact::Contact;
use crate::file::{FileError, FileKind};
use crate::ids::{Fingerprint, Ids, Standing};
use crate::known::Numbers;
use crate::reject::{Reject, RejectCode};
use crate::table::{Columns, Table};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::FactRef;
use traject_domain::law::{CodeList, Law};
use traject_domain::national_number::NationalNumber;

const FILE: FileKind = FileKind::Registrations;

pub(crate) const COLUMNS: Columns<28> = &[
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

pub(crate) fn verify(path: &Path) -> Result<(), FileError> {
    Table::verify(path, COLUMNS)
}

/// One check: what a municipality read in its register on a day.
///
/// Personal data: `Debug` shows the line and the check only.
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// The check's id.
    pub check_id: FactRef,
    /// The number of the person.
    pub number: NationalNumber,
    /// Names and contact.
    pub contact: Contact,
    /// What the law looks at.
    pub extract: Extract,
    /// The day of the check, in Brussels; it is also the day on which it was known.
    pub checked_on: Date,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("line", &self.line)
            .field("check_id", &self.check_id)
            .finish_non_exhaustive()
    }
}

/// The rows of `registrations.csv`, in the order of the file.
pub struct Registrations<'a> {
    law: &'a Law,
    table: Table<28>,
    ids: Ids,
    numbers: Numbers,
    repeated: u64,
}

impl<'a> Registrations<'a> {
    /// Opens the file, after reading it through once: an error here comes before the first row.
    ///
    /// # Errors
    /// [`FileError`] when the file cannot be read at all or lacks a column.
    pub fn open(path: &Path, law: &'a Law) -> Result<Self, FileError> {
        verify(path)?;
        let table = Table::open(path, COLUMNS)?;
        Ok(Self { law, table, ids: Ids::default(), numbers: Numbers::default(), repeated: 0 })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// [`FileError`] when reading fails on the way.
    pub fn next_row(&mut self) -> Result<Option<Row<Registration>>, FileError> {
        while self.table.advance()? {
            match self.decide() {
                Ok(Some(registration)) => return Ok(Some(Row::Accepted(registration))),
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

    /// The numbers of the rows accepted so far: of all, once [`Registrations::next_row`] has given `None`.
    pub fn into_numbers(self) -> Numbers {
        self.numbers
    }

    /// The row at hand; nothing when it repeats an accepted one.
    fn decide(&mut self) -> Result<Option<Registration>, Fault> {
        let cells = self.table.cells();
        let id = Fingerprint::of(cells[0].required()?);
        let content = content(&cells);
        match self.ids.standing(id, content) {
            Standing::Same => return Ok(None),
            Standing::Taken => return Err(cells[0].fault(RejectCode::IdReused)),
            Standing::Free => {}
        }
        let registration = read(self.table.line(), &cells, self.law)?;
        self.ids.take(id, content);
        self.numbers.add(registration.number);
        Ok(Some(registration))
    }
}

/// The content by which two rows of one id are compared: the number's punctuation and the case of countries do not count.
fn content(cells: &[Cell<'_>; 28]) -> Fingerprint {
    Fingerprint::of_all(cells.iter().map(|cell| match cell.column {
        "insz" => Cow::Owned(bare_number(cell.text)),
        "nationality" | "eu_long_term_resident_of" => Cow::Owned(upper_case(cell.text)),
        _ => Cow::Borrowed(cell.text),
    }))
}

/// Reads the cells from left to right.
fn read(line: u64, cells: &[Cell<'_>; 28], law: &Law) -> Result<Registration, Fault> {
    let [id, insz, last_name, first_names, birth_date, sex, nationality, municipality, register, ..] = *cells;
    let [.., street, house_number, box_number, postal_code, city, email, phone, checked_on] = *cells;
    let check_id = id.reference()?;
    let number = insz.number()?;
    let birth_date = birth_date.partial_date()?;
    let sex = sex.listed(law, CodeList::Sexes)?;
    let nationality = country(nationality, |code| code == "XX", law)?;
    let municipality = municipality.municipality()?;
    let register = register.required_code(|code| law.has_code(CodeList::Registers, code))?;
    let [registered_on, kind, ground, from, until, stay, family_of, family_tie, long_term, language, spoken] =
        std::array::from_fn(|i| cells[9 + i]);
    let registered_on = registered_on.date()?;
    let permit_kind = kind.listed(law, CodeList::PermitKinds)?;
    let permit_ground = ground.listed(law, CodeList::PermitGrounds)?;
    let permit_valid_from = from.date()?;
    let extract = Extract {
        birth_date,
        nationality,
        municipality,
        register,
        registered_on,
        permit_kind,
        permit_ground,
        permit_valid_from,
        permit_valid_until: until.last_day(permit_valid_from)?,
        lawful_stay_since: stay.date()?,
        family_of: family_of.listed(law, CodeList::FamilyOf)?,
        family_tie: family_tie.listed(law, CodeList::FamilyTies)?,
        long_term_resident_of: country(long_term, |_| false, law)?,
        letter_language: language.read(RejectCode::UnknownCode, LegalLanguage::from_code)?,
        sex,
        contact_language: spoken.spoken_language()?,
    };
    let contact = Contact {
        last_name: last_name.free(),
        first_names: first_names.free(),
        street: street.free(),
        house_number: house_number.free(),
        box_number: box_number.free(),
        postal_code: postal_code.free(),
        city: city.free(),
        email: email.free(),
        phone: phone.free(),
    };
    let checked_on = checked_on.required_date()?;
    Ok(Registration { line, check_id, number, contact, extract, checked_on })
}

/// A country in either case, or one of the codes that `also` allows, or empty.
fn country(cell: Cell<'_>, also: impl Fn(&str) -> bool, law: &Law) -> Result<Option<Code>, Fault> {
    let text = upper_case(cell.text);
    Cell { text: &text, ..cell }.coded(|code| also(code.as_str()) || law.is_country(code))
}
