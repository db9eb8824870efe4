//! registrations.csv, column by column.

use crate::{BILAL, registration_with, registrations_of};
use traject_domain::Date;
use traject_domain::partial_date::PartialDate;

/// The fault of a row that is good but for these values; empty when it has none.
fn fault(changes: &[(&str, &str)]) -> String {
    let outcome = registrations_of(&[registration_with(changes)]);
    assert_eq!(outcome.accepted.len() + outcome.rejects.len(), 1);
    outcome.faults().join("; ").trim_start_matches("2 ").to_owned()
}

fn assert_fault(column: &str, code: &str, values: &[&str]) {
    for value in values {
        assert_eq!(fault(&[(column, value)]), format!("{code} {column}"), "{column}={value}");
    }
}

fn assert_good(column: &str, values: &[&str]) {
    for value in values {
        assert_eq!(fault(&[(column, value)]), "", "{column}={value}");
    }
}

#[test]
fn five_columns_must_be_filled() {
    for column in ["check_id", "insz", "municipality_nis", "register", "checked_on"] {
        assert_fault(column, "MISSING_VALUE", &["", "  "]);
    }
    assert_good("birth_date", &[""]);
    assert_good("nationality", &[""]);
}

#[test]
fn a_number_is_eleven_digits_with_matching_check_digits_in_any_punctuation() {
    assert_good("insz", &["85073003328", "85 07 30 033 28", " 85.07.30-033.28 "]);
    assert_fault("insz", "INSZ_CHECKSUM", &["85073003329", "8507300332", "850730033280", "85/07/30-033.28", "x"]);
}

#[test]
fn only_a_birth_date_may_be_incomplete() {
    assert_good("birth_date", &["1990-00-00", "1990-05-00", "2100-12-31", "1900-01-01"]);
    assert_fault(
        "birth_date",
        "BAD_DATE",
        &["1990-00-05", "1990-13-00", "1990", "01/02/1990", "1899-12-31", "2101-01-01"],
    );
    for column in ["registered_on", "permit_valid_from", "permit_valid_until", "lawful_stay_since", "checked_on"] {
        assert_fault(
            column,
            "BAD_DATE",
            &["1990-00-00", "1990-05-00", "2023-02-29", "2023-2-1", "20230201", "2023-02-01T00"],
        );
    }
}

#[test]
fn countries_are_iso_codes_in_either_case_and_xx_is_a_nationality_only() {
    assert_good("nationality", &["gr", "GR", "Ma", "XX", "xx", "BE"]);
    assert_fault("nationality", "UNKNOWN_CODE", &["EL", "UK", "MAR", "QQ", "M"]);
    assert_good("eu_long_term_resident_of", &["fr", "FR"]);
    assert_fault("eu_long_term_resident_of", "UNKNOWN_CODE", &["XX", "EL", "EU"]);
    let outcome = registrations_of(&[registration_with(&[("nationality", "gr")])]);
    assert_eq!(outcome.accepted[0].extract.nationality, Some("GR".into()));
}

#[test]
fn a_municipality_is_one_of_the_nineteen() {
    assert_good("municipality_nis", &["21001", "21019"]);
    assert_fault("municipality_nis", "UNKNOWN_MUNICIPALITY", &["21000", "21020", "11002", "1000", "Elsene", "021001"]);
}

#[test]
fn codes_are_those_of_the_law_as_written_there() {
    for (column, good, bad) in [
        ("sex", ["F", "X"], ["f", "V"]),
        ("register", ["waiting", "population"], ["Waiting", "other"]),
        ("permit_kind", ["AI", "SPECIAL"], ["a", "G"]),
        ("permit_ground", ["au_pair", "other"], ["au pair", "love"]),
        ("family_of", ["eu_citizen", "belgian"], ["EU_CITIZEN", "uk"]),
        ("family_tie", ["spouse", "ascendant_of_minor"], ["partner", "child"]),
        ("language", ["nl", "fr"], ["de", "NL"]),
        ("contact_language", ["ti", "zz"], ["TI", "tig"]),
    ] {
        assert_good(column, &good);
        assert_fault(column, "UNKNOWN_CODE", &bad);
    }
    assert_fault("contact_language", "UNKNOWN_CODE", &["é", "t", "n1"]);
}

#[test]
fn a_permit_may_last_one_day_and_not_less() {
    let permit = |from, until| fault(&[("permit_valid_from", from), ("permit_valid_until", until)]);
    assert_eq!(permit("2023-01-02", "2023-01-02"), "");
    assert_eq!(permit("2023-01-02", "2023-01-01"), "PERIOD_REVERSED permit_valid_until");
    assert_eq!(permit("", "1900-01-01"), "");
    assert_eq!(permit("2023-01-02", "2023-01-32"), "BAD_DATE permit_valid_until");
}

#[test]
fn the_first_fault_from_left_to_right_counts() {
    let mut faults = vec![("checked_on", ""), ("language", "de"), ("permit_valid_from", "x"), ("register", "x")];
    faults.extend([("municipality_nis", "x"), ("sex", "x"), ("birth_date", "x"), ("insz", "x"), ("check_id", "")]);
    for left in 0..faults.len() {
        assert!(fault(&faults[..=left]).ends_with(faults[left].0));
    }
}

#[test]
fn the_same_content_again_is_passed_over_whatever_its_punctuation() {
    let again = registration_with(&[("check_id", " K1 "), ("insz", "85073003328"), ("nationality", "ma")]);
    let outcome = registrations_of(&[registration_with(&[]), again]);
    assert_eq!((outcome.accepted.len(), outcome.rejects.len(), outcome.repeated), (1, 0, 1));
}

#[test]
fn an_id_is_reused_with_any_other_content_even_faulty() {
    for change in [("last_name", "naam"), ("phone", "1"), ("insz", BILAL), ("insz", ""), ("checked_on", "x")] {
        let outcome = registrations_of(&[registration_with(&[]), registration_with(&[change])]);
        assert_eq!(outcome.faults(), ["3 ID_REUSED check_id"], "{change:?}");
    }
    let moved = registration_with(&[("last_name", ""), ("first_names", "Naam")]);
    assert_eq!(registrations_of(&[registration_with(&[]), moved]).faults(), ["3 ID_REUSED check_id"]);
}

#[test]
fn a_rejected_row_does_not_take_its_id() {
    let faulty = registration_with(&[("register", "")]);
    let outcome = registrations_of(&[faulty.clone(), registration_with(&[]), faulty]);
    assert_eq!(outcome.faults(), ["2 MISSING_VALUE register", "4 ID_REUSED check_id"]);
    assert_eq!(outcome.accepted.len(), 1);
}

#[test]
fn every_column_comes_to_its_place() {
    let values = [
        ("first_names", "王 \"小\""),
        ("birth_date", "1985-07-00"),
        ("sex", "X"),
        ("registered_on", "2022-01-01"),
        ("permit_kind", "A"),
        ("permit_ground", "work"),
        ("permit_valid_from", "2022-01-02"),
        ("permit_valid_until", "2022-01-03"),
        ("lawful_stay_since", "2022-01-04"),
        ("family_of", "belgian"),
        ("family_tie", "spouse"),
        ("eu_long_term_resident_of", "es"),
        ("language", "nl"),
        ("contact_language", "ar"),
        ("street", "Straat"),
        ("house_number", "1a"),
        ("box", "b2"),
        ("postal_code", "1000"),
        ("city", "Brussel"),
        ("email", "a@example.org"),
        ("phone", "+32"),
    ];
    let row = registrations_of(&[registration_with(&values)]).accepted.remove(0);
    let day = |day: i8| Some(Date::constant(2022, 1, day));
    assert_eq!((row.line, row.check_id.as_str(), row.checked_on), (2, "K1", Date::constant(2023, 1, 10)));
    assert_eq!(row.number.digits(), "85073003328");
    let extract = &row.extract;
    assert_eq!(extract.birth_date, Some(PartialDate::Month(1985, 7)));
    assert_eq!([extract.registered_on, extract.permit_valid_from], [day(1), day(2)]);
    assert_eq!([extract.permit_valid_until, extract.lawful_stay_since], [day(3), day(4)]);
    let codes = [&extract.sex, &extract.permit_kind, &extract.permit_ground, &extract.family_of, &extract.family_tie];
    assert_eq!(codes.map(|code| code.as_ref().expect("filled").as_str()), ["X", "A", "work", "belgian", "spouse"]);
    assert_eq!(extract.long_term_resident_of, Some("ES".into()));
    assert_eq!(extract.letter_language.map(|language| language.code()), Some("nl"));
    assert_eq!(extract.contact_language, Some("ar".into()));
    assert_eq!((extract.municipality.nis(), extract.register.as_str()), (21009, "foreigners"));
    let contact = row.contact;
    assert_eq!([contact.last_name, contact.first_names].map(Option::unwrap), ["Naam", "王 \"小\""]);
    let address = [contact.street, contact.house_number, contact.box_number, contact.postal_code, contact.city];
    assert_eq!(address.map(Option::unwrap), ["Straat", "1a", "b2", "1000", "Brussel"]);
    assert_eq!([contact.email, contact.phone].map(Option::unwrap), ["a@example.org", "+32"]);
}

#[test]
fn nothing_of_a_person_is_printed_for_debugging() {
    let outcome = registrations_of(&[registration_with(&[("street", "Geheimstraat")])]);
    let printed = format!("{outcome:?}");
    for secret in ["Naam", "Geheim", "85073003328", "1985", "85.07"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
