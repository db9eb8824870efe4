//! What holds for a file as a whole: columns, lines, encodings, and what makes it unreadable.

use crate::{ANNA, EVENT, REGISTRATION, events, failure, registration_with, registrations};
use std::path::Path;
use traject_extract_csv::{FileKind, verify};

#[test]
fn columns_are_found_by_name_in_any_order_among_foreign_ones() {
    let text = format!(
        "until,value,code,note,type,agency,recorded_on,occurred_on,insz,event_id,note\n,,,x,died,MUN,2023-01-02,2023-01-01,{ANNA},V1,y\n"
    );
    assert_eq!(events(text.as_bytes()).expect("readable").accepted.len(), 1);
}

#[test]
fn a_missing_column_is_named() {
    let text = REGISTRATION.replace(",box,", ",");
    let (code, message) = failure(registrations(text.as_bytes()));
    assert_eq!(code, "FILE_MISSING_COLUMN");
    assert!(message.ends_with("has no column box"), "{message}");
    assert_eq!(failure(events(b"")).0, "FILE_MISSING_COLUMN");
    assert_eq!(failure(events(b"\xef\xbb\xbf\r\n")).0, "FILE_MISSING_COLUMN");
}

#[test]
fn a_column_that_is_there_twice_is_an_error() {
    let (code, message) = failure(events(format!("{EVENT},insz\n").as_bytes()));
    assert_eq!(code, "FILE_DUPLICATE_COLUMN");
    assert!(message.ends_with("has the column insz twice"), "{message}");
}

#[test]
fn bytes_that_are_no_text_fail_the_file_before_its_first_row() {
    let mut bytes = format!("{REGISTRATION}\n{}\n\n", registration_with(&[])).into_bytes();
    bytes.extend_from_slice(b"K2,\xff\n");
    let (code, message) = failure(registrations(&bytes));
    assert_eq!(code, "FILE_NOT_UTF8");
    assert!(message.contains("line 4 of "), "{message}");
    assert_eq!(failure(events(b"\xff\xfee\0v\0")).0, "FILE_NOT_UTF8");
}

#[test]
fn a_file_that_is_not_there_cannot_be_read() {
    let error = verify(FileKind::Events, Path::new("nowhere/events.csv")).expect_err("not there");
    assert_eq!(error.code(), "FILE_UNREADABLE");
    assert_eq!(error.to_string(), "FILE_UNREADABLE: nowhere/events.csv cannot be read");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn lines_are_counted_from_the_header_over_blank_rows_and_quoted_newlines() {
    let bad = |id: &str| registration_with(&[("check_id", id), ("register", "moon")]);
    let quoted = registration_with(&[("check_id", "K0"), ("first_names", "\"Blessing\r\nHope\""), ("sex", "Q")]);
    let text = format!(
        "\u{feff}{REGISTRATION}\r\n\r\n{}\r\n,,,\r\n  \r\n{quoted}\r\n{}\n\n{}",
        bad("K1"),
        bad("K2"),
        bad("K3")
    );
    let outcome = registrations(text.as_bytes()).expect("readable");
    let lines: Vec<u64> = outcome.rejects.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, [3, 6, 8, 10]);
}

#[test]
fn missing_trailing_fields_are_empty_and_surplus_ones_are_not_looked_at() {
    let outcome = crate::events_of(&[
        &format!("V1,{ANNA},2023-01-01,2023-01-02,,died"),
        &format!("V2,{ANNA},2023-01-01,2023-01-02,,died,,,,surplus"),
        "V3",
    ]);
    assert_eq!(outcome.accepted.len(), 2);
    assert_eq!(outcome.faults(), ["4 MISSING_VALUE insz"]);
}

#[test]
fn a_broken_line_never_loses_the_good_ones_after_it() {
    let good = |n: u32| format!("V{n},{ANNA},2023-01-01,2023-01-02,\"a, b\",died,,,");
    let broken = ["\"V9,x", "V9,\"x,2023", "V9,x,\"\"\"", "\0\0,,\u{1},", ",,,,,,,,,,,,,\"", "\"\"\",", "V9,x,y\",z\""];
    for line in broken {
        let outcome = crate::events_of(&[&good(1), line, &good(2), &good(3)]);
        let lines: Vec<u64> = outcome.accepted.iter().map(|event| event.line).collect();
        assert_eq!(lines, [2, 4, 5], "{line}");
        assert_eq!(outcome.rejects.len(), 1, "{line}");
    }
}
