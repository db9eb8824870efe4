//! Physical lines, and records of comma-separated fields over them (RFC 4180).
//!
//! Reading is lenient as spreadsheets are: CRLF, LF or CR end a line, quotes within an unquoted field are text, and so is
//! what follows a closing quote. One leniency is not common: a quote that opens a field and does not close as a quoted
//! field over several lines does (before a comma or a line's end) is text as well. Otherwise one stray quote would take
//! the rows after it, up to the next quoted field, into its own row.

use crate::file::FileError;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Longer lines are no rows of this format.
const MAX_LINE: usize = 16 << 20;
/// A quoted field goes on over so many further lines and bytes at most.
const MAX_SPAN_LINES: usize = 100;
const MAX_SPAN_BYTES: usize = 1 << 20;

/// One physical line with its terminator.
#[derive(Debug)]
struct Line {
    /// From 1.
    number: u64,
    text: String,
}

impl Line {
    fn body(&self) -> &str {
        self.text.trim_end_matches(['\r', '\n'])
    }
}

/// The physical lines of a file, without its byte order mark.
struct Lines<R> {
    path: PathBuf,
    input: BufReader<R>,
    read: u64,
}

impl<R: Read> Lines<R> {
    fn new(path: &Path, input: R) -> Self {
        Self { path: path.to_owned(), input: BufReader::with_capacity(1 << 16, input), read: 0 }
    }

    fn next(&mut self) -> Result<Option<Line>, FileError> {
        let number = self.read + 1;
        let mut bytes = Vec::new();
        self.read_line(&mut bytes, number)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.read = number;
        let not_text = |_| FileError::NotUtf8 { path: self.path.clone(), line: number };
        let mut text = String::from_utf8(bytes).map_err(not_text)?;
        if number == 1 && text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok(Some(Line { number, text }))
    }

    /// Reads through the next terminator, or to the end.
    fn read_line(&mut self, bytes: &mut Vec<u8>, number: u64) -> Result<(), FileError> {
        loop {
            let available = self.fill()?;
            if available.is_empty() {
                return Ok(());
            }
            let end = available.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let take = end.map_or(available.len(), |end| end + 1);
            bytes.extend_from_slice(&available[..take]);
            self.input.consume(take);
            if bytes.len() > MAX_LINE {
                return Err(FileError::LineTooLong { path: self.path.clone(), line: number });
            }
            if end.is_some() {
                // The line feed of a CRLF may lie in the next block.
                if bytes.ends_with(b"\r") && self.fill()?.first() == Some(&b'\n') {
                    bytes.push(b'\n');
                    self.input.consume(1);
                }
                return Ok(());
            }
        }
    }

    fn fill(&mut self) -> Result<&[u8], FileError> {
        let path = &self.path;
        self.input.fill_buf().map_err(|source| FileError::Unreadable { path: path.clone(), source })
    }
}

/// One record: its fields as written, and where it starts.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The physical line on which it starts, from 1.
    pub(crate) line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// The field at this place, trimmed; a missing trailing field is empty.
    pub(crate) fn field(&self, place: usize) -> &str {
        let Some(&end) = self.ends.get(place) else { return "" };
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text[start..end].trim()
    }

    /// How many fields were written.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when every field is empty.
    pub(crate) fn is_blank(&self) -> bool {
        (0..self.len()).all(|place| self.field(place).is_empty())
    }

    fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// Where in a record a quote opened: the line within the record, and the byte within the line.
type Opening = (usize, usize);

#[derive(Debug, Clone, Copy)]
enum State {
    FieldStart,
    Plain,
    Quoted(Opening),
    QuoteClosed(Opening),
}

/// How far one line brought a record.
enum Step {
    Complete,
    /// Within the quoted field that opened there.
    Open(Opening),
    /// The quote there does not open a quoted field.
    Stray(Opening),
}

/// The records of a file, blank ones included.
pub(crate) struct Records<R> {
    lines: Lines<R>,
    /// Lines looked at in vain, to be read again.
    ahead: VecDeque<Line>,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(path: &Path, input: R) -> Self {
        Self { lines: Lines::new(path, input), ahead: VecDeque::new() }
    }

    /// Reads all that is left, and finds what makes the file unreadable.
    pub(crate) fn verify(mut self) -> Result<(), FileError> {
        while self.next_line()?.is_some() {}
        Ok(())
    }

    /// Reads the next record; false at the end.
    pub(crate) fn read(&mut self, record: &mut Record) -> Result<bool, FileError> {
        let Some(first) = self.next_line()? else { return Ok(false) };
        let mut lines = vec![first];
        let mut strays: Vec<Opening> = Vec::new();
        while let Some(stray) = self.assemble(&mut lines, &strays, record)? {
            strays.push(stray);
            for line in lines.drain(1..).rev() {
                self.ahead.push_front(line);
            }
        }
        Ok(true)
    }

    /// Fills the record from the lines, drawing more while a quoted field is open; gives back a quote that is text.
    fn assemble(
        &mut self,
        lines: &mut Vec<Line>,
        strays: &[Opening],
        record: &mut Record,
    ) -> Result<Option<Opening>, FileError> {
        record.clear(lines[0].number);
        let mut state = State::FieldStart;
        let (mut index, mut further_bytes) = (0, 0);
        loop {
            match split(&lines[index], index, state, strays, record) {
                Step::Complete => return Ok(None),
                Step::Stray(opening) => return Ok(Some(opening)),
                Step::Open(opening) => {
                    state = State::Quoted(opening);
                    index += 1;
                    if index == lines.len() {
                        let next = if index > MAX_SPAN_LINES { None } else { self.next_line()? };
                        let Some(line) = next else { return Ok(Some(opening)) };
                        lines.push(line);
                    }
                    further_bytes += lines[index].text.len();
                    if further_bytes > MAX_SPAN_BYTES {
                        return Ok(Some(opening));
                    }
                }
            }
        }
    }

    fn next_line(&mut self) -> Result<Option<Line>, FileError> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }
}

/// Appends the fields of one line to the record.
fn split(line: &Line, index: usize, mut state: State, strays: &[Opening], record: &mut Record) -> Step {
    let body = line.body();
    let mut place = 0;
    loop {
        let rest = &body[place..];
        match state {
            State::FieldStart if rest.starts_with('"') && !strays.contains(&(index, place)) => {
                state = State::Quoted((index, place));
                place += 1;
            }
            State::FieldStart => state = State::Plain,
            State::Plain => {
                let length = rest.find(',').unwrap_or(rest.len());
                record.text.push_str(&rest[..length]);
                record.end_field();
                if length == rest.len() {
                    return Step::Complete;
                }
                place += length + 1;
                state = State::FieldStart;
            }
            State::Quoted(opening) => {
                let Some(length) = rest.find('"') else {
                    record.text.push_str(&line.text[place..]);
                    return Step::Open(opening);
                };
                record.text.push_str(&rest[..length]);
                place += length + 1;
                if body[place..].starts_with('"') {
                    record.text.push('"');
                    place += 1;
                } else {
                    state = State::QuoteClosed(opening);
                }
            }
            State::QuoteClosed(opening) => {
                let at_an_end = rest.is_empty() || rest.starts_with(',');
                if !at_an_end && opening.0 < index {
                    return Step::Stray(opening);
                }
                state = State::Plain;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = Vec<(u64, Vec<String>)>;

    fn rows(bytes: &[u8]) -> Rows {
        let mut records = Records::new(Path::new("file"), bytes);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while records.read(&mut record).expect("readable") {
            let fields = (0..record.len()).map(|place| record.field(place).to_owned()).collect();
            rows.push((record.line, fields));
        }
        rows
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn a_record_starts_on_its_own_line_after_blank_lines_and_quoted_newlines() {
        let text = b"a,b\r\n\r\n\n\"x\r\ny\",1\r\n\n\n\"p\n\nq\",2\nlast,3";
        let starts: Vec<u64> = rows(text).into_iter().filter(|(_, fields)| fields.len() > 1).map(|row| row.0).collect();
        assert_eq!(starts, [1, 4, 8, 11]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_field_quoted_or_not() {
        assert_eq!(rows("\u{feff}a,b".as_bytes()), [row(1, &["a", "b"])]);
        assert_eq!(rows("\u{feff}\"a\",b".as_bytes()), [row(1, &["a", "b"])]);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        assert_eq!(rows(b"a\rb\r\nc"), [row(1, &["a"]), row(2, &["b"]), row(3, &["c"])]);
    }

    #[test]
    fn quotes_are_read_as_spreadsheets_read_them() {
        assert_eq!(
            rows(b"\"a,\"\"b\"\"\",De \"Rode\",\"\",\"x\"y\"z"),
            [row(1, &["a,\"b\"", "De \"Rode\"", "", "xy\"z"])]
        );
    }

    #[test]
    fn a_stray_quote_keeps_to_its_own_line() {
        let to_the_end = b"1,\"x,a\n2,y,b\n3,z,c\n";
        assert_eq!(rows(to_the_end), [row(1, &["1", "\"x", "a"]), row(2, &["2", "y", "b"]), row(3, &["3", "z", "c"])]);
        let to_a_quoted_field = b"1,\"x,a\n2,y,b\n3,\"z, z\",c\n4,\"w\nw\",d\n";
        assert_eq!(
            rows(to_a_quoted_field),
            [
                row(1, &["1", "\"x", "a"]),
                row(2, &["2", "y", "b"]),
                row(3, &["3", "z, z", "c"]),
                row(4, &["4", "w\nw", "d"]),
            ]
        );
        let after_a_good_field = b"1,\"k\nk\",\"x,\"\"\n2,y,b\n";
        assert_eq!(rows(after_a_good_field), [row(1, &["1", "k\nk", "\"x", ""]), row(3, &["2", "y", "b"])]);
    }

    #[test]
    fn a_quoted_field_without_end_does_not_hold_the_file_in_memory() {
        let mut text = "1,\"x\n".to_owned();
        text.push_str(&"2,y\n".repeat(5_000));
        let mut records = Records::new(Path::new("file"), text.as_bytes());
        assert!(records.read(&mut Record::default()).expect("readable"));
        assert!(records.ahead.len() <= MAX_SPAN_LINES);
        assert_eq!(rows(text.as_bytes()).len(), 5_001);
    }

    #[test]
    fn an_endless_line_and_foreign_bytes_are_errors_with_their_line() {
        let long = [b"a\n".to_vec(), vec![b'x'; MAX_LINE + 1]].concat();
        let error = Records::new(Path::new("file"), &long[..]).verify().expect_err("too long");
        assert!(matches!(error, FileError::LineTooLong { line: 2, .. }));
        let error = Records::new(Path::new("file"), &b"a\n\"b\nc\xff\",d\n"[..]).verify().expect_err("not UTF-8");
        assert!(matches!(error, FileError::NotUtf8 { line: 3, .. }));
    }

    /// Gives its bytes one at a time, so that every boundary falls between two reads.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            into[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    proptest! {
        #[test]
        fn what_a_writer_quotes_is_read_back_with_its_line(
            table in prop::collection::vec(prop::collection::vec("[a\",\r\n é]{0,6}", 2..5), 0..8)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for fields in &table {
                writer.write_record(fields).expect("in memory");
            }
            let bytes = writer.into_inner().expect("in memory");
            let text = std::str::from_utf8(&bytes).expect("text");
            let read = rows(&bytes);
            let fields: Vec<Vec<String>> = read.iter().map(|row| row.1.clone()).collect();
            let trimmed: Vec<Vec<String>> =
                table.iter().map(|row| row.iter().map(|field| field.trim().to_owned()).collect()).collect();
            prop_assert_eq!(fields, trimmed);
            let ends = text.replace("\r\n", "\n").replace('\r', "\n").matches('\n').count() as u64;
            prop_assert!(read.iter().all(|row| (1..=ends.max(1)).contains(&row.0)));
            prop_assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }

        #[test]
        fn the_size_of_reads_changes_nothing(text in "[a\",\r\n\u{feff}é]{0,40}") {
            let mut records = Records::new(Path::new("file"), Drip(text.as_bytes()));
            let (mut record, mut dripped) = (Record::default(), Vec::new());
            while records.read(&mut record).expect("readable") {
                dripped.push((record.line, (0..record.len()).map(|i| record.field(i).to_owned()).collect::<Vec<_>>()));
            }
            prop_assert_eq!(dripped, rows(text.as_bytes()));
        }

        #[test]
        fn no_line_is_lost(text in "[a\",\r\n]{0,60}") {
            let letters = |text: &str| text.matches('a').count();
            let kept: usize = rows(text.as_bytes()).iter().flat_map(|row| &row.1).map(|field| letters(field)).sum();
            prop_assert_eq!(kept, letters(&text));
        }
    }
}
