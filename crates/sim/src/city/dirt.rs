//! Faulty rows, as exports have them: each with the one code that a reader of the format must give it.

use super::rows::{EVENTS, REGISTRATIONS};
use std::borrow::Cow;

/// A row of a file, and the code it must be rejected with; absent: a good row.
pub(crate) type Line<'a, const N: usize> = ([Cow<'a, str>; N], Option<&'static str>);

type Fault = (&'static str, &'static str, &'static str);

/// Column, what is written there, and the code.
const REGISTRATION_FAULTS: [Fault; 8] = [
    ("insz", "85073003329", "INSZ_CHECKSUM"),
    ("birth_date", "1990-02-30", "BAD_DATE"),
    ("nationality", "EL", "UNKNOWN_CODE"),
    ("municipality_nis", "21020", "UNKNOWN_MUNICIPALITY"),
    ("register", "", "MISSING_VALUE"),
    ("permit_valid_until", "1999-12-31", "PERIOD_REVERSED"),
    ("checked_on", "15/05/2023", "BAD_DATE"),
    ("check_id", "", "MISSING_VALUE"),
];

const EVENT_FAULTS: [Fault; 8] = [
    ("insz", "85.07.30-033.28", "UNKNOWN_PERSON"),
    ("recorded_on", "", "MISSING_VALUE"),
    ("type", "registerd", "UNKNOWN_CODE"),
    ("occurred_on", "2023-13-01", "BAD_DATE"),
    ("insz", "12345678901", "INSZ_CHECKSUM"),
    ("event_id", "", "MISSING_VALUE"),
    ("type", "", "MISSING_VALUE"),
    ("agency", "another agency", "ID_REUSED"),
];

/// The good rows with a faulty copy after every `one_in`-th; none when 0.
fn soil<'a, const N: usize>(
    rows: impl Iterator<Item = [Cow<'a, str>; N]>,
    columns: &'static [&'static str; N],
    faults: &'static [Fault],
    one_in: usize,
) -> impl Iterator<Item = Line<'a, N>> {
    rows.enumerate().flat_map(move |(index, row)| {
        let number = index + 1;
        let faulty = (one_in > 0 && number % one_in == 0).then(|| {
            let (column, text, code) = faults[(number / one_in - 1) % faults.len()];
            let mut copy = row.clone();
            // A copy has an id of its own, unless that is its fault.
            if code != "ID_REUSED" {
                copy[0] = Cow::Owned(format!("D{number:06}"));
            }
            for (field, name) in copy.iter_mut().zip(columns) {
                if *name == column {
                    *field = Cow::Borrowed(text);
                }
            }
            (copy, Some(code))
        });
        std::iter::once((row, None)).chain(faulty)
    })
}

/// Lines of registrations.csv after the header.
pub(crate) fn registrations<'a>(
    rows: impl Iterator<Item = [Cow<'a, str>; 28]>,
    one_in: usize,
) -> impl Iterator<Item = Line<'a, 28>> {
    soil(rows, &REGISTRATIONS, &REGISTRATION_FAULTS, one_in)
}

/// Lines of events.csv after the header.
pub(crate) fn events<'a>(
    rows: impl Iterator<Item = [Cow<'a, str>; 9]>,
    one_in: usize,
) -> impl Iterator<Item = Line<'a, 9>> {
    soil(rows, &EVENTS, &EVENT_FAULTS, one_in)
}
