//! Whatever bytes the two files hold: no panic, each row accepted or rejected with its line and code, and no reject holds
//! anything of its row.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::Law;
use traject_domain::national_number::NationalNumber;
use traject_extract_csv::{Events, FileError, FileKind, Numbers, Registrations, Reject, RejectCode, RejectWriter, Row};

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships is whole"));

const REGISTRATION: &str = "check_id,insz,last_name,first_names,birth_date,sex,nationality,municipality_nis,register,\
registered_on,permit_kind,permit_ground,permit_valid_from,permit_valid_until,lawful_stay_since,family_of,family_tie,\
eu_long_term_resident_of,language,contact_language,street,house_number,box,postal_code,city,email,phone,checked_on";

const EVENT: &str = "event_id,insz,occurred_on,recorded_on,agency,type,code,value,until";

/// A number with matching check digits, of nobody.
const ANNA: &str = "85.07.30-033.28";

/// What stands for a name wherever an input has the byte 1.
const NAME: &str = "Zwijgmaar-Nkurunziza";

/// An input as bytes of one of the files. The first byte chooses which, and whether a good header goes before the rest;
/// of the rest, a byte 1 becomes a name and a byte 2 a good number, which no fuzzer would find.
fn read(input: &[u8]) -> Option<(FileKind, Vec<u8>)> {
    let (choice, rest) = input.split_first()?;
    let (file, header) =
        if choice & 1 == 0 { (FileKind::Registrations, REGISTRATION) } else { (FileKind::Events, EVENT) };
    let mut bytes = if choice & 2 == 0 { format!("{header}\n").into_bytes() } else { Vec::new() };
    for byte in rest {
        match byte {
            1 => bytes.extend_from_slice(NAME.as_bytes()),
            2 => bytes.extend_from_slice(ANNA.as_bytes()),
            byte => bytes.push(*byte),
        }
    }
    Some((file, bytes))
}

/// What became of the rows of a file.
#[derive(Default)]
struct Rows {
    /// The lines of all rows, accepted and rejected.
    lines: Vec<u64>,
    accepted: usize,
    rejects: Vec<Reject>,
}

impl Rows {
    fn add<T>(&mut self, row: Row<T>, line: impl Fn(&T) -> u64) {
        match row {
            Row::Accepted(row) => {
                self.lines.push(line(&row));
                self.accepted += 1;
            }
            Row::Rejected(reject) => {
                self.lines.push(reject.line);
                self.rejects.push(reject);
            }
        }
    }
}

fn rows(file: FileKind, path: &Path) -> Result<Rows, FileError> {
    let mut rows = Rows::default();
    match file {
        FileKind::Registrations => {
            let mut reader = Registrations::open(path, &LAW)?;
            while let Some(row) = reader.next_row()? {
                rows.add(row, |registration| registration.line);
            }
        }
        FileKind::Events => {
            let anna = NationalNumber::parse(ANNA).expect("valid");
            let mut reader = Events::open(path, &LAW, Numbers::known([anna]))?;
            while let Some(row) = reader.next_row()? {
                rows.add(row, |event| event.line);
            }
        }
    }
    Ok(rows)
}

/// Reads the file that the input makes, and gives the answers that its rows had.
///
/// # Panics
/// When a row has no answer, more than one, or one that holds something of the row.
pub(crate) fn check(input: &[u8]) -> BTreeSet<&'static str> {
    let Some((file, bytes)) = read(input) else { return BTreeSet::new() };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("input.csv");
    std::fs::write(&path, &bytes).expect("a temporary directory can be written");
    let rows = match rows(file, &path) {
        Ok(rows) => rows,
        Err(error) => {
            assert!(is_silent(&error.to_string()) && is_silent(&format!("{error:?}")));
            return BTreeSet::from([error.code()]);
        }
    };
    has_one_answer_each(&bytes, &rows);
    let header = if file == FileKind::Events { EVENT } else { REGISTRATION };
    for reject in &rows.rejects {
        assert!(reject.file == file && header.split(',').any(|column| column == reject.column));
    }
    for language in [ReadingLanguage::Nl, ReadingLanguage::Fr, ReadingLanguage::En] {
        holds_nothing_of_a_row(&rows.rejects, language);
    }
    let accepted = (rows.accepted > 0).then_some("accepted");
    accepted.into_iter().chain(rows.rejects.iter().map(|reject| reject.code.code())).collect()
}

/// Each row has a line of its own, below the header.
fn has_one_answer_each(bytes: &[u8], rows: &Rows) {
    let distinct: BTreeSet<u64> = rows.lines.iter().copied().collect();
    assert_eq!(distinct.len(), rows.lines.len());
    let last = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    assert!(distinct.iter().all(|line| (2..=last as u64).contains(line)), "{distinct:?} of {last}");
}

/// Every cell of `rejects.csv` is one of a closed list, or a number.
fn holds_nothing_of_a_row(rejects: &[Reject], language: ReadingLanguage) {
    let mut writer = RejectWriter::in_language(Vec::new(), language).expect("in memory");
    for reject in rejects {
        writer.write(reject).expect("in memory");
    }
    let written = String::from_utf8(writer.finish().expect("in memory")).expect("text");
    assert!(is_silent(&written) && is_silent(&format!("{rejects:?}")));
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    for (row, reject) in reader.records().zip(rejects) {
        let row = row.expect("what was written is read");
        let code = RejectCode::ALL.iter().find(|code| code.code() == &row[2]).expect("a code");
        let message = Reject { code: *code, ..*reject }.message(language);
        let expected = [reject.file.name(), &reject.line.to_string(), code.code(), reject.column, message];
        assert_eq!(row.iter().collect::<Vec<_>>(), expected);
    }
}

/// Nothing of the name or the number, however the number is written.
fn is_silent(text: &str) -> bool {
    let digits = ANNA.replace(['.', '-'], "");
    ![NAME, ANNA, &digits].into_iter().any(|secret| text.contains(secret))
}
