//! CSV rows by column name, with the physical line on which each starts.

use crate::FileError;
use csv::ByteRecord;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A file of rows with known columns.
pub(crate) struct Table {
    path: PathBuf,
    reader: csv::Reader<File>,
    lines: Lines,
    /// For each known column, in their order, its place in the file.
    places: Vec<usize>,
    record: ByteRecord,
}

/// One row: fields trimmed, in the order of the known columns, missing trailing ones empty.
pub(crate) struct Fields {
    pub(crate) line: u64,
    values: Vec<String>,
}

impl Fields {
    pub(crate) fn get(&self, column: usize) -> &str {
        self.values.get(column).map_or("", String::as_str)
    }
}

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

impl Table {
    /// Opens a file and finds its columns by name.
    pub(crate) fn open(path: &Path, columns: &[&'static str]) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(after_bom(path).map_err(unreadable)?);
        let lines = Lines::new(after_bom(path).map_err(unreadable)?);
        let mut table = Self { path: path.to_owned(), reader, lines, places: Vec::new(), record: ByteRecord::new() };
        let header = table.record()?;
        let header: Vec<String> = header.map(|(_, fields)| fields).unwrap_or_default();
        for column in columns {
            let mut found = header.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
            match (found.next(), found.next()) {
                (Some(place), None) => table.places.push(place),
                _ => return Err(FileError::Column { path: path.to_owned(), column }),
            }
        }
        Ok(table)
    }

    /// The next row that has anything in it.
    pub(crate) fn next(&mut self) -> Result<Option<Fields>, FileError> {
        while let Some((line, mut fields)) = self.record()? {
            if fields.iter().all(String::is_empty) {
                continue;
            }
            let values = self
                .places
                .iter()
                .map(|place| fields.get_mut(*place).map(std::mem::take).unwrap_or_default())
                .collect();
            return Ok(Some(Fields { line, values }));
        }
        Ok(None)
    }

    /// The next record with its line, trimmed.
    fn record(&mut self) -> Result<Option<(u64, Vec<String>)>, FileError> {
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| self.unreadable(error.into()))?;
        if !more {
            return Ok(None);
        }
        let byte = self.record.position().map_or(0, csv::Position::byte);
        let line = self.lines.at(byte).map_err(|source| self.unreadable(source))?;
        let fields: Result<Vec<String>, _> =
            self.record.iter().map(|field| std::str::from_utf8(field).map(|text| text.trim().to_owned())).collect();
        match fields {
            Ok(fields) => Ok(Some((line, fields))),
            Err(_) => Err(FileError::NotUtf8 { path: self.path.clone(), line }),
        }
    }

    fn unreadable(&self, source: std::io::Error) -> FileError {
        FileError::Unreadable { path: self.path.clone(), source }
    }
}

/// Opens a file behind its byte order mark, if it has one.
fn after_bom(path: &Path) -> std::io::Result<File> {
    let mut file = File::open(path)?;
    let mut start = Vec::with_capacity(BOM.len());
    file.by_ref().take(BOM.len() as u64).read_to_end(&mut start)?;
    if start != BOM {
        file.seek(SeekFrom::Start(0))?;
    }
    Ok(file)
}

/// Counts physical lines beside the CSV reader, whose own count depends on when it consumes a line end.
struct Lines {
    reader: BufReader<File>,
    byte: u64,
    line: u64,
}

impl Lines {
    fn new(file: File) -> Self {
        Self { reader: BufReader::with_capacity(1 << 16, file), byte: 0, line: 1 }
    }

    /// The line of the first byte at or after an offset that is not a line end. Offsets never go back.
    fn at(&mut self, byte: u64) -> std::io::Result<u64> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(self.line);
            }
            let mut used = 0;
            let mut found = false;
            for b in buffer {
                if self.byte + used as u64 >= byte && !matches!(b, b'\r' | b'\n') {
                    found = true;
                    break;
                }
                self.line += u64::from(*b == b'\n');
                used += 1;
            }
            self.reader.consume(used);
            self.byte += used as u64;
            if found {
                return Ok(self.line);
            }
        }
    }
}

/// A hash that stands for content: 128 bits, so that a file's rows do not collide by chance.
pub(crate) fn digest<'a>(parts: impl Iterator<Item = &'a str> + Clone) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        parts.clone().for_each(|part| part.hash(&mut hasher));
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
