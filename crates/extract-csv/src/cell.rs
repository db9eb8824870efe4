//! One cell, and the readings of it that can fail.

use crate::reject::RejectCode;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::FactRef;
use traject_domain::law::{CodeList, Law};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::{PartialDate, parse_date};

/// What is wrong with a row: its first fault from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: RejectCode,
    pub(crate) column: &'static str,
}

/// The trimmed text of one column in one row.
#[derive(Clone, Copy)]
pub(crate) struct Cell<'a> {
    pub(crate) column: &'static str,
    pub(crate) text: &'a str,
}

impl<'a> Cell<'a> {
    pub(crate) fn fault(self, code: RejectCode) -> Fault {
        Fault { code, column: self.column }
    }

    /// The text; `MISSING_VALUE` when it is empty.
    pub(crate) fn required(self) -> Result<&'a str, Fault> {
        self.filled().ok_or(self.fault(RejectCode::MissingValue))
    }

    /// The text, if there is any.
    pub(crate) fn filled(self) -> Option<&'a str> {
        (!self.text.is_empty()).then_some(self.text)
    }

    /// Free text.
    pub(crate) fn free(self) -> Option<String> {
        self.filled().map(str::to_owned)
    }

    /// What `read` makes of the text; `None` when it is empty, a fault when `read` makes nothing of it.
    pub(crate) fn read<T>(self, code: RejectCode, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Fault> {
        self.filled().map(|text| read(text).ok_or(self.fault(code))).transpose()
    }

    /// As [`Cell::read`], and the cell may not be empty.
    pub(crate) fn read_required<T>(self, code: RejectCode, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        self.required().and_then(|text| read(text).ok_or(self.fault(code)))
    }

    pub(crate) fn reference(self) -> Result<FactRef, Fault> {
        self.required().map(FactRef::new)
    }

    pub(crate) fn number(self) -> Result<NationalNumber, Fault> {
        self.read_required(RejectCode::InszChecksum, |text| NationalNumber::parse(text).ok())
    }

    pub(crate) fn date(self) -> Result<Option<Date>, Fault> {
        self.read(RejectCode::BadDate, parse_date)
    }

    pub(crate) fn required_date(self) -> Result<Date, Fault> {
        self.read_required(RejectCode::BadDate, parse_date)
    }

    pub(crate) fn partial_date(self) -> Result<Option<PartialDate>, Fault> {
        self.read(RejectCode::BadDate, PartialDate::parse)
    }

    /// The last day of a period that began on `first`.
    pub(crate) fn last_day(self, first: Option<Date>) -> Result<Option<Date>, Fault> {
        let last = self.date()?;
        if last.zip(first).is_some_and(|(last, first)| last < first) {
            return Err(self.fault(RejectCode::PeriodReversed));
        }
        Ok(last)
    }

    pub(crate) fn municipality(self) -> Result<Municipality, Fault> {
        self.read_required(RejectCode::UnknownMunicipality, Municipality::parse)
    }

    /// A code of one of the law's lists, or empty.
    pub(crate) fn listed(self, law: &Law, list: CodeList) -> Result<Option<Code>, Fault> {
        self.coded(|code| law.has_code(list, code))
    }

    /// A code that the test knows, or empty.
    pub(crate) fn coded(self, known: impl FnOnce(&Code) -> bool) -> Result<Option<Code>, Fault> {
        self.read(RejectCode::UnknownCode, |text| Some(Code::new(text)).filter(known))
    }

    /// A code that the test knows.
    pub(crate) fn required_code(self, known: impl FnOnce(&Code) -> bool) -> Result<Code, Fault> {
        self.read_required(RejectCode::UnknownCode, |text| Some(Code::new(text)).filter(known))
    }

    /// A language by the shape of ISO 639-1, two lower-case letters, or empty.
    pub(crate) fn spoken_language(self) -> Result<Option<Code>, Fault> {
        self.coded(|code| code.as_str().len() == 2 && code.as_str().bytes().all(|byte| byte.is_ascii_lowercase()))
    }
}

/// The text of a nationality or a country, which may be written in lower case.
pub(crate) fn upper_case(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// A number without the punctuation that it may have.
pub(crate) fn bare_number(text: &str) -> String {
    text.replace(['.', '-', ' '], "")
}
