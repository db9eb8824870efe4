//! Records under the columns of a format, whatever their order in the file.

use crate::cell::Cell;
use crate::file::FileError;
use crate::record::{Record, Records};
use std::fs::File;
use std::path::Path;

/// The columns of a file's format, in the order in which faults are looked for.
pub(crate) type Columns<const N: usize> = &'static [&'static str; N];

/// A file opened at its first row. Blank rows are skipped.
pub(crate) struct Table<const N: usize> {
    columns: Columns<N>,
    /// Where each column stands in this file.
    places: [usize; N],
    records: Records<File>,
    record: Record,
}

fn open(path: &Path) -> Result<Records<File>, FileError> {
    let file = File::open(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    Ok(Records::new(path, file))
}

impl<const N: usize> Table<N> {
    /// Opens the file and reads its header line.
    pub(crate) fn open(path: &Path, columns: Columns<N>) -> Result<Self, FileError> {
        let mut records = open(path)?;
        let mut record = Record::default();
        while record.is_blank() && records.read(&mut record)? {}
        let mut places = [0; N];
        for (place, &column) in places.iter_mut().zip(columns) {
            let mut found = (0..record.len()).filter(|&i| record.field(i) == column);
            *place = found.next().ok_or_else(|| FileError::MissingColumn { path: path.to_owned(), column })?;
            if found.next().is_some() {
                return Err(FileError::DuplicateColumn { path: path.to_owned(), column });
            }
        }
        Ok(Self { columns, places, records, record })
    }

    /// Reads the rows through, and finds what makes the file unreadable as a whole.
    pub(crate) fn verify(path: &Path, columns: Columns<N>) -> Result<(), FileError> {
        Self::open(path, columns)?.records.verify()
    }

    /// Goes to the next row that is not blank; false at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, FileError> {
        while self.records.read(&mut self.record)? {
            if !self.record.is_blank() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The physical line on which the row starts, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.record.line
    }

    /// The row's cells in the order of the columns.
    pub(crate) fn cells(&self) -> [Cell<'_>; N] {
        std::array::from_fn(|i| Cell { column: self.columns[i], text: self.record.field(self.places[i]) })
    }
}
