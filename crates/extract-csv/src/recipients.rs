//! Files of recipients of a mailing: a header with the columns of the format in any order, then a row each.

use std::fmt;
use std::io::Read;

/// The columns; the last may be absent.
const COLUMNS: [&str; 6] = ["name", "first_names", "last_name", "email", "language", "national_number"];

/// A row as it stands in the file, unchecked. Personal data: `Debug` shows the line only.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientRow {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// The values in the order of the columns: whole name, given names, family name, address, language, national number.
    /// Absent ones are empty.
    pub values: [String; 6],
    /// True when the row has more or fewer values than the header: they may stand in wrong columns.
    pub is_ragged: bool,
}

impl fmt::Debug for RecipientRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientRow(line {}, ***)", self.line)
    }
}

/// The file cannot be used as a whole. It names columns of the format only: others may be data.
#[derive(Debug, thiserror::Error)]
pub enum RecipientsError {
    /// The header lacks a column.
    #[error("no column {0}")]
    MissingColumn(&'static str),
    /// The header has a column that is none of the format; its place, from 1.
    #[error("column {0} is not one of the format")]
    UnknownColumn(usize),
    /// The header has a column twice.
    #[error("the column {0} twice")]
    DuplicateColumn(&'static str),
    /// A line is not UTF-8.
    #[error("line {0} is not UTF-8")]
    NotUtf8(u64),
    /// It cannot be read.
    #[error("cannot be read")]
    Unreadable(#[source] csv::Error),
}

impl RecipientsError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingColumn(_) => "FILE_MISSING_COLUMN",
            Self::UnknownColumn(_) => "FILE_UNKNOWN_COLUMN",
            Self::DuplicateColumn(_) => "FILE_DUPLICATE_COLUMN",
            Self::NotUtf8(_) => "FILE_NOT_UTF8",
            Self::Unreadable(_) => "FILE_UNREADABLE",
        }
    }
}

/// The rows of a file, one at a time. Blank rows are passed over.
pub struct RecipientRows<R> {
    reader: csv::Reader<R>,
    /// Where each column stands in this file.
    places: [Option<usize>; 6],
    width: usize,
    record: csv::StringRecord,
}

impl<R: Read> RecipientRows<R> {
    /// Reads the header line; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// [`RecipientsError`].
    pub fn open(file: R) -> Result<Self, RecipientsError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
        let header = reader.headers().map_err(unreadable)?.clone();
        let mut places = [None; 6];
        for (place, name) in header.iter().enumerate() {
            let column = COLUMNS.iter().position(|column| *column == name);
            let column = column.ok_or(RecipientsError::UnknownColumn(place + 1))?;
            if places[column].replace(place).is_some() {
                return Err(RecipientsError::DuplicateColumn(COLUMNS[column]));
            }
        }
        let needed = COLUMNS.iter().zip(&places).take(COLUMNS.len() - 1);
        if let Some((column, _)) = needed.into_iter().find(|(_, place)| place.is_none()) {
            return Err(RecipientsError::MissingColumn(column));
        }
        Ok(Self { reader, places, width: header.len(), record: csv::StringRecord::new() })
    }

    fn row(&self) -> RecipientRow {
        let value = |place: &Option<usize>| place.and_then(|place| self.record.get(place)).unwrap_or_default();
        let mut values = self.places.iter().map(|place| value(place).to_owned());
        RecipientRow {
            line: self.record.position().map_or(0, csv::Position::line),
            values: std::array::from_fn(|_| values.next().unwrap_or_default()),
            is_ragged: self.record.len() != self.width,
        }
    }
}

impl<R: Read> Iterator for RecipientRows<R> {
    type Item = Result<RecipientRow, RecipientsError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.reader.read_record(&mut self.record) {
                Ok(false) => return None,
                Ok(true) if self.record.iter().all(str::is_empty) => {}
                Ok(true) => return Some(Ok(self.row())),
                Err(error) => return Some(Err(unreadable(error))),
            }
        }
    }
}

fn unreadable(error: csv::Error) -> RecipientsError {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => RecipientsError::NotUtf8(pos.as_ref().map_or(1, csv::Position::line)),
        _ => RecipientsError::Unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "email,name,first_names,last_name,language";

    fn rows(text: &[u8]) -> Result<Vec<RecipientRow>, RecipientsError> {
        RecipientRows::open(text)?.collect()
    }

    #[test]
    fn rows_come_under_their_columns_with_their_lines() {
        let text = format!("\u{feff}{HEADER},national_number\n a@b.be ,\"El\nAmrani, F.\",,,nl,1\n\n,,,,,\nc@d.be,X\n");
        let rows = rows(text.as_bytes()).expect("it reads");
        assert_eq!(rows[0].values, ["El\nAmrani, F.", "", "", "a@b.be", "nl", "1"].map(str::to_owned));
        assert_eq!((rows[0].line, rows[0].is_ragged), (2, false));
        assert_eq!((rows[1].line, rows[1].is_ragged, rows[1].values[0].as_str()), (6, true, "X"));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_file_with_other_columns_is_refused_whole() {
        let code = |text: &[u8]| rows(text).expect_err("it is refused").code();
        assert_eq!(code(b""), "FILE_MISSING_COLUMN");
        assert_eq!(code(b"email,name,first_names,last_name\n"), "FILE_MISSING_COLUMN");
        assert_eq!(code(format!("{HEADER},phone\n").as_bytes()), "FILE_UNKNOWN_COLUMN");
        assert_eq!(code(format!("{HEADER},email\n").as_bytes()), "FILE_DUPLICATE_COLUMN");
        let latin = [HEADER.as_bytes(), b"\na@b.be,Zo\xeb,,,nl\n"].concat();
        assert!(matches!(rows(&latin), Err(RecipientsError::NotUtf8(2))));
    }
}
