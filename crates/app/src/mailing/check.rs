//! The one validator of recipients: for a file, a screen, a call, dossiers and partners alike.

use crate::ids::DossierId;
use crate::mailing::address;
use crate::mailing::model::{AddressHash, MailLanguage, Person, words};
use crate::mailing::text::Placeholder;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use traject_domain::code::Code;
use traject_domain::national_number::NationalNumber;

/// The columns of a file of recipients, in the order in which faults are looked for. The last may be absent.
pub const COLUMNS: [&str; 6] = ["name", "first_names", "last_name", "email", "language", "national_number"];

/// The most characters of a name.
const NAME_MAX: usize = 200;

words! {
    /// What is wrong with a value.
    FaultCode {
        /// It is empty and must not be: the address, or a name that a text uses.
        MissingValue = "MISSING_VALUE",
        /// No e-mail address.
        BadAddress = "BAD_ADDRESS",
        /// Not two letters of ISO 639-1.
        UnknownCode = "UNKNOWN_CODE",
        /// No national number.
        InszChecksum = "INSZ_CHECKSUM",
        /// Longer than 200 characters, or with a control character.
        BadText = "BAD_TEXT",
        /// The row has more or fewer values than the header: they may stand in wrong columns.
        RowLength = "ROW_LENGTH",
    }

    /// By what two rows are the same.
    Sameness {
        /// The same person: one dossier, one national number, or one partner. Never the name: two people may have one.
        Identity = "identity",
        /// The same address.
        Address = "address",
    }
}

/// A row as it was given. Personal data: `Debug` shows the line only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Line in the file, or place in the list, from 1.
    pub line: u64,
    /// The whole name; empty: given names and family name.
    pub name: String,
    /// Given names.
    pub first_names: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Language, ISO 639-1; empty: the mailing's default.
    pub language: String,
    /// National number, to find the person's dossier and to know a person who comes twice. Looked at here and kept nowhere.
    pub national_number: String,
    /// The dossier that the row comes from.
    pub dossier: Option<DossierId>,
    /// The partner that the row comes from.
    pub partner: Option<Code>,
    /// True when it has more or fewer values than the header of its file: nothing else is then said of it.
    pub is_ragged: bool,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row(line {}, ***)", self.line)
    }
}

/// A fault of one value. It names line and column, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Line of the row.
    pub line: u64,
    /// Column.
    pub column: &'static str,
    /// What is wrong.
    pub code: FaultCode,
}

/// A row that is left out because an earlier row is the same recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// Line of the row.
    pub line: u64,
    /// Line of the row that is kept.
    pub of_line: u64,
    /// By what they are the same; by identity, where they are by both.
    pub by: Sameness,
}

/// A row without a fault, the first of its person and of its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Line of the row.
    pub line: u64,
    /// Name and address.
    pub person: Person,
    /// Language asked for.
    pub language: Option<MailLanguage>,
    /// The person's dossier.
    pub dossier: Option<DossierId>,
    /// Unique among the accepted; it never follows from a national number.
    pub identity_key: String,
    /// Unique among the accepted.
    pub address: AddressHash,
}

/// What the validator says of rows. Every row is in one of the three, or had no address in its dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Those who will be written to, in the order of the rows.
    pub recipients: Vec<Accepted>,
    /// Every fault; a row may have several.
    pub faults: Vec<Fault>,
    /// Rows left out as the same recipient.
    pub duplicates: Vec<Duplicate>,
    /// Dossiers or partners of the query that have no address: there is nothing to mend in a row.
    pub without_address: u64,
}

/// Who a row is about, while rows are compared.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity {
    Dossier(DossierId),
    Number(NationalNumber),
    Partner(Code),
}

/// Reads rows one after the other.
#[derive(Default)]
pub struct Validator {
    needed: BTreeSet<Placeholder>,
    identities: HashMap<Identity, u64>,
    addresses: HashMap<AddressHash, u64>,
    checked: Checked,
}

/// Checks rows without looking anything up: as a screen and the command line do before anything is sent.
pub fn validate(rows: impl IntoIterator<Item = Row>, needed: BTreeSet<Placeholder>) -> Checked {
    let mut validator = Validator::new(needed);
    for row in rows {
        validator.take(&row, None);
    }
    validator.finish()
}

/// The national number of a row, where it has a valid one: for whoever looks up its dossier.
pub fn number(row: &Row) -> Option<NationalNumber> {
    NationalNumber::parse(row.national_number.trim()).ok()
}

impl Validator {
    /// A validator for texts that use these values: a row without one of them is faulty.
    pub fn new(needed: BTreeSet<Placeholder>) -> Self {
        Self { needed, ..Self::default() }
    }

    /// Counts a dossier or partner without an address.
    pub fn pass_over(&mut self) {
        self.checked.without_address += 1;
    }

    /// Takes the next row; `found` is the dossier of its national number.
    pub fn take(&mut self, row: &Row, found: Option<DossierId>) {
        if row.is_ragged {
            return self.fault(row.line, "row", FaultCode::RowLength);
        }
        let before = self.checked.faults.len();
        let person = self.person(row);
        let language = self.language(row);
        let number = self.number(row);
        if self.checked.faults.len() > before {
            return;
        }
        let dossier = row.dossier.or(found);
        let identity = match (dossier, &row.partner, number) {
            (Some(dossier), ..) => Some(Identity::Dossier(dossier)),
            (None, Some(partner), _) => Some(Identity::Partner(partner.clone())),
            (None, None, number) => number.map(Identity::Number),
        };
        let address = AddressHash::of(&address::normalised(&person.email));
        let by_identity = identity.as_ref().and_then(|identity| self.identities.get(identity));
        let by_address = self.addresses.get(&address);
        if let Some(of_line) = by_identity.or(by_address).copied() {
            let by = if by_identity.is_some() { Sameness::Identity } else { Sameness::Address };
            self.checked.duplicates.push(Duplicate { line: row.line, of_line, by });
            return;
        }
        let identity_key = match (dossier, &row.partner) {
            (Some(dossier), _) => format!("dossier:{dossier}"),
            (None, Some(partner)) => format!("partner:{}", partner.as_str()),
            (None, None) => format!("line:{}", row.line),
        };
        if let Some(identity) = identity {
            self.identities.insert(identity, row.line);
        }
        self.addresses.insert(address, row.line);
        self.checked.recipients.push(Accepted { line: row.line, person, language, dossier, identity_key, address });
    }

    /// What was found.
    pub fn finish(self) -> Checked {
        self.checked
    }

    fn fault(&mut self, line: u64, column: &'static str, code: FaultCode) {
        self.checked.faults.push(Fault { line, column, code });
    }

    fn person(&mut self, row: &Row) -> Person {
        let names = [("name", &row.name), ("first_names", &row.first_names), ("last_name", &row.last_name)];
        for (column, text) in names {
            if text.trim().chars().count() > NAME_MAX || text.trim().chars().any(char::is_control) {
                self.fault(row.line, column, FaultCode::BadText);
            }
        }
        let [full_name, first_names, last_name] = names.map(|(_, text)| text.trim().to_owned());
        let full_name = match full_name.is_empty() {
            true => [first_names.as_str(), last_name.as_str()].join(" ").trim().to_owned(),
            false => full_name,
        };
        let person = Person { full_name, first_names, last_name, email: row.email.trim().to_owned() };
        for needed in self.needed.clone() {
            if needed.value(&person).is_empty() {
                let column = match needed {
                    Placeholder::FullName => "name",
                    Placeholder::FirstNames => "first_names",
                    Placeholder::LastName => "last_name",
                };
                self.fault(row.line, column, FaultCode::MissingValue);
            }
        }
        if person.email.is_empty() {
            self.fault(row.line, "email", FaultCode::MissingValue);
        } else if address::parse(&person.email).is_none() {
            self.fault(row.line, "email", FaultCode::BadAddress);
        }
        person
    }

    fn language(&mut self, row: &Row) -> Option<MailLanguage> {
        let text = row.language.trim();
        let language = MailLanguage::parse(text);
        if language.is_none() && !text.is_empty() {
            self.fault(row.line, "language", FaultCode::UnknownCode);
        }
        language
    }

    fn number(&mut self, row: &Row) -> Option<NationalNumber> {
        let number = number(row);
        if number.is_none() && !row.national_number.trim().is_empty() {
            self.fault(row.line, "national_number", FaultCode::InszChecksum);
        }
        number
    }
}
