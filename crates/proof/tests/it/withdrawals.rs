//! The list of withdrawn certificates.

use crate::{day, instant, key};
use proptest::prelude::*;
use traject_proof::{Withdrawal, WithdrawalFault, WithdrawalList};
use uuid::Uuid;

fn entry(reference: u128, withdrawn_on: &str) -> Withdrawal {
    Withdrawal { reference: Uuid::from_u128(reference), withdrawn_on: day(withdrawn_on) }
}

fn file() -> String {
    let entries = [entry(7, "2026-02-01"), entry(3, "2026-01-15")];
    WithdrawalList::sign(&key(1), "21004", instant("2026-03-10T23:30:00.5Z"), &entries).expect("a file")
}

fn read(file: &str) -> Result<WithdrawalList, WithdrawalFault> {
    WithdrawalList::read(file, &[key(1).verifying_key()])
}

prop_compose! {
    fn any_entry()(reference in 0..20_u128, days in 0..1000_i64) -> Withdrawal {
        let withdrawn_on = day("2026-01-01").checked_add(jiff::Span::new().days(days)).expect("a day");
        Withdrawal { reference: Uuid::from_u128(reference), withdrawn_on }
    }
}

proptest! {
    #[test]
    fn a_list_says_of_each_certificate_the_earliest_day(entries in prop::collection::vec(any_entry(), 0..20), issuer in ".{0,10}") {
        let file = WithdrawalList::sign(&key(1), &issuer, instant("2026-03-10T12:00:00Z"), &entries).expect("a file");
        let list = read(&file).expect("it verifies");
        prop_assert_eq!(list.issuer(), &issuer);
        for reference in (0..21).map(Uuid::from_u128) {
            let days = entries.iter().filter(|entry| entry.reference == reference).map(|entry| entry.withdrawn_on);
            prop_assert_eq!(list.contains(reference), days.min());
        }
        let mut backwards = entries;
        backwards.reverse();
        let again = WithdrawalList::sign(&key(1), &issuer, instant("2026-03-10T12:00:00Z"), &backwards).expect("a file");
        prop_assert_eq!(again, file);
    }

    #[test]
    fn every_other_byte_is_noticed(at in any::<prop::sample::Index>(), byte in 0..=127_u8) {
        let file = file();
        let at = at.index(file.len());
        prop_assert!(is_noticed(&file, at, byte), "byte {at} as {byte}");
    }

    #[test]
    fn any_text_is_refused(text in ".{0,200}") {
        prop_assert!(read(&text).is_err());
    }
}

/// With this byte in that place the list is refused, or only white space was changed for other white space.
fn is_noticed(file: &str, at: usize, byte: u8) -> bool {
    let mut changed = file.as_bytes().to_vec();
    let before = std::mem::replace(&mut changed[at], byte);
    let changed = String::from_utf8(changed).expect("ASCII");
    read(&changed).is_err() || before == byte || (before.is_ascii_whitespace() && byte.is_ascii_whitespace())
}

#[test]
fn every_flipped_bit_is_noticed() {
    let file = file();
    for at in 0..file.len() {
        for bit in 0..7 {
            assert!(is_noticed(&file, at, file.as_bytes()[at] ^ (1 << bit)), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_list_is_shown_as_it_is_handed_on() {
    insta::assert_snapshot!(file());
}

#[test]
fn what_is_wrong_has_a_code() {
    let unknown = WithdrawalList::read(&file(), &[key(2).verifying_key()]).expect_err("another key");
    assert_eq!((unknown.code(), unknown), ("WITHDRAWALS_KEY_UNKNOWN", WithdrawalFault::KeyUnknown(key(1).id())));
    let changed = read(&file().replace("2026-02-01", "2026-02-02")).expect_err("changed");
    assert_eq!(changed.code(), "WITHDRAWALS_SIGNATURE");
    let later = read(&file().replace("withdrawals.v1", "withdrawals.v2")).expect_err("later");
    assert_eq!(later.code(), "WITHDRAWALS_FORMAT");
    let more = read(&file().replace("\"issuer\"", "\"more\": 1, \"issuer\"")).expect_err("more");
    assert_eq!(more.code(), "WITHDRAWALS_UNREADABLE");
}

/// 23:30 UTC is the next day in Brussels.
#[test]
fn age_is_counted_in_days_of_brussels() {
    let list = read(&file()).expect("it verifies");
    let ages = ["2026-03-10", "2026-03-11", "2026-04-11"].map(|on| list.age_in_days(day(on)));
    assert_eq!(ages, [-1, 0, 31]);
}
