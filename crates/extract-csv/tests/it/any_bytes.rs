//! Whatever the bytes are: no panic, and an account of every row.

use crate::{ANNA, BILAL, CARLA, EVENT, Outcome, REGISTRATION, events, registrations};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Cells that matter to one column or another, good and bad.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        3 => prop::sample::select(vec![
            ANNA, BILAL, CARLA, "85073003329", "V1", "V2", " V1 ", "2023-01-10", "2023-01-09", "1990-00-00", "21009",
            "21099", "foreigners", "A", "ma", "XX", "nl", "died", "retracted", "number_replaced", "moved", "fined",
            "NOT_REGISTERED", "10000", "suspension_granted", "S01", "registered", "BON", "BE", "information_given",
        ]).prop_map(str::to_owned),
        1 => "[a,\"\r\n é]{0,4}",
    ]
}

/// A table under this header, as a writer would write it.
fn table(header: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let columns = header.split(',').count();
    prop::collection::vec(prop::collection::vec(cell(), 1..=columns), 0..12).prop_map(move |rows| {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(header.split(',')).expect("in memory");
        for row in rows {
            writer.write_record(row).expect("in memory");
        }
        writer.into_inner().expect("in memory")
    })
}

/// Rows that are good but for what two rows have to do with each other. Ids contend, but not with those of replacements.
fn plausible_events() -> impl Strategy<Value = Vec<u8>> {
    let number = || prop::sample::select(vec![ANNA, BILAL, CARLA]);
    let id = prop::sample::select(vec!["V1", "V2", "V3"]);
    let kind = prop::sample::select(vec!["died,,", "retracted,,V3", "retracted,,R0", "retracted,,V9", "moved,,21004"]);
    prop::collection::vec((id, number(), kind, prop::option::of(number())), 0..14).prop_map(|rows| {
        let mut text = format!("{EVENT}\n");
        for (i, (id, number, kind, new)) in rows.into_iter().enumerate() {
            text.push_str(&match new {
                Some(new) => format!("R{i},{number},2023-01-01,2023-01-01,,number_replaced,,{new},\n"),
                None => format!("{id},{number},2023-01-01,2023-01-01,,{kind},\n"),
            });
        }
        text.into_bytes()
    })
}

/// How many rows have anything in them, as another reader counts them.
fn filled_rows(bytes: &[u8]) -> usize {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    reader.records().map(|row| row.expect("text")).filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).count()
}

fn account<T>(outcome: &Outcome<T>, lines: impl Iterator<Item = u64>, filled: usize) {
    let repeated = usize::try_from(outcome.repeated).expect("few");
    assert_eq!(outcome.accepted.len() + outcome.rejects.len() + repeated, filled);
    assert!(outcome.rejects.windows(2).all(|pair| pair[0].line < pair[1].line));
    let distinct: BTreeSet<u64> = lines.chain(outcome.rejects.iter().map(|reject| reject.line)).collect();
    assert_eq!(distinct.len(), outcome.accepted.len() + outcome.rejects.len());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop((registrations(&bytes), events(&bytes)));
    }

    #[test]
    fn any_rows_under_a_good_header_are_read(text in "[a-e0-9,;\"\r\n\\-]{0,200}") {
        let outcome = events(format!("{EVENT}\n{text}").as_bytes()).expect("readable");
        prop_assert_eq!(outcome.accepted.len(), 0);
        let outcome = registrations(format!("{REGISTRATION}\n{text}").as_bytes()).expect("readable");
        prop_assert_eq!(outcome.accepted.len(), 0);
    }

    #[test]
    fn every_row_of_events_is_accepted_repeated_or_rejected_once(bytes in prop_oneof![table(EVENT), plausible_events()]) {
        let outcome = events(&bytes).expect("readable");
        account(&outcome, outcome.accepted.iter().map(|event| event.line), filled_rows(&bytes));
        let ids: BTreeSet<&str> = outcome.accepted.iter().map(|event| event.event_id.as_str()).collect();
        prop_assert_eq!(ids.len(), outcome.accepted.len());
    }

    #[test]
    fn every_row_of_registrations_is_accepted_repeated_or_rejected_once(bytes in table(REGISTRATION)) {
        let outcome = registrations(&bytes).expect("readable");
        account(&outcome, outcome.accepted.iter().map(|row| row.line), filled_rows(&bytes));
    }

    #[test]
    fn an_event_under_an_unregistered_number_has_a_chain_of_accepted_replacements(bytes in plausible_events()) {
        use traject_extract_csv::EventKind::NumberReplaced;
        let outcome = events(&bytes).expect("readable");
        let anna = traject_domain::national_number::NationalNumber::parse(ANNA).expect("valid");
        let mut reached = BTreeSet::from([anna]);
        while outcome.accepted.iter().any(|event| match event.kind {
            NumberReplaced(new) => reached.contains(&event.number) && reached.insert(new),
            _ => false,
        }) {}
        prop_assert!(outcome.accepted.iter().all(|event| reached.contains(&event.number)));
    }
}
