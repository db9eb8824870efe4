//! events.csv, type by type, and what one row has to do with another.

use crate::{ANNA, BILAL, CARLA, events_of};
use traject_domain::fact::{Destination, FactKind};
use traject_domain::national_number::NationalNumber;
use traject_extract_csv::EventKind;

/// The fault of Anna's row of this `type,code,value,until`, which happened on 2023-03-10; empty when it has none.
fn fault(columns: &str) -> String {
    let outcome = events_of(&[&format!("V1,{ANNA},2023-03-10,2023-03-01,,{columns}")]);
    assert_eq!(outcome.accepted.len() + outcome.rejects.len(), 1);
    if let Some(event) = outcome.accepted.first() {
        let name = match &event.kind {
            EventKind::Fact(kind) => kind.name(),
            EventKind::NumberReplaced(_) => "number_replaced",
        };
        assert_eq!(columns.split(',').next(), Some(name));
    }
    outcome.faults().join("; ").trim_start_matches("2 ").to_owned()
}

fn assert_faults(expected: &str, rows: &[&str]) {
    for row in rows {
        assert_eq!(fault(row), expected, "{row}");
    }
}

fn assert_good(rows: &[&str]) {
    assert_faults("", rows);
}

#[test]
fn bare_types_need_nothing_more() {
    assert_good(&["certificate_received", "struck_off", "permit_lost", "became_belgian", "died"]);
}

#[test]
fn what_a_type_does_not_use_is_not_looked_at_but_a_last_day_is_a_date() {
    assert_good(&["died,nonsense,nonsense,", "heard,NOT_REGISTERED,nonsense,2023-03-10"]);
    assert_faults("BAD_DATE until", &["died,,,soon"]);
    assert_faults("PERIOD_REVERSED until", &["died,,,2023-03-09"]);
}

#[test]
fn a_type_is_a_name_of_the_format() {
    assert_faults("MISSING_VALUE type", &[",,,", ""]);
    assert_faults("UNKNOWN_CODE type", &["registerd,BON,nl,", "checked", "Died", "number replaced"]);
}

#[test]
fn types_about_a_breach_need_one() {
    for name in [
        "notice_delivered",
        "notice_withdrawn",
        "refusal_established",
        "transferred",
        "transfer_returned",
        "hearing_invited",
        "defence_received",
        "heard",
        "decided_no_fine",
        "fine_paid",
        "appeal_lodged",
        "fine_withdrawn",
    ] {
        assert_good(&[&format!("{name},NOT_REGISTERED"), &format!("{name},NOT_COMPLETED")]);
        assert_faults("MISSING_VALUE code", &[name]);
        assert_faults("UNKNOWN_CODE code", &[&format!("{name},LATE"), &format!("{name},not_registered")]);
    }
}

#[test]
fn types_about_an_organiser_need_one() {
    for name in
        ["waiting_list_joined", "registration_certificate_received", "completion_certificate_received", "completed"]
    {
        assert_good(&[&format!("{name},BON"), &format!("{name},BAPA_CONVIVIAL")]);
        assert_faults("MISSING_VALUE code", &[name]);
        assert_faults("UNKNOWN_CODE code", &[&format!("{name},BAPA_X")]);
    }
    for name in ["registered", "contract_signed"] {
        assert_good(&[&format!("{name},BAPA_VIA,nl"), &format!("{name},BON,fr")]);
        assert_faults("MISSING_VALUE code", &[&format!("{name},,fr")]);
        assert_faults("MISSING_VALUE value", &[&format!("{name},BON,")]);
        assert_faults("UNKNOWN_CODE value", &[&format!("{name},BON,en"), &format!("{name},BON,FR")]);
    }
}

#[test]
fn information_is_a_list_of_known_items_in_a_language_of_two_letters() {
    assert_good(&["information_given,,brochure", "information_given,ti,website;oral_nl;oral_fr;brochure"]);
    assert_faults("MISSING_VALUE value", &["information_given,ti,"]);
    assert_faults("UNKNOWN_CODE value", &["information_given,,brochure;", "information_given,,leaflet"]);
    assert_faults("UNKNOWN_CODE code", &["information_given,TI,brochure", "information_given,tig,"]);
}

#[test]
fn grants_have_a_code_of_the_law_and_a_period() {
    assert_good(&["exemption_granted,E13", "exemption_granted,E01,,2023-03-10", "suspension_granted,S04,,2023-03-10"]);
    assert_faults(
        "UNKNOWN_CODE code",
        &["exemption_granted,E14", "exemption_granted,S01", "suspension_granted,S05,,x"],
    );
    assert_faults("MISSING_VALUE code", &["exemption_granted", "suspension_granted,,,2023-04-01"]);
    assert_faults("MISSING_VALUE until", &["suspension_granted,S01"]);
    assert_faults("BAD_DATE until", &["suspension_granted,S01,,2023-04-31", "exemption_granted,E03,,2023-00-00"]);
    assert_faults(
        "PERIOD_REVERSED until",
        &["suspension_granted,S01,,2023-03-09", "exemption_granted,E03,,2023-03-09"],
    );
}

#[test]
fn letters_decisions_and_fines_have_their_values() {
    assert_good(&["notice_posted,NOT_COMPLETED", "notice_posted,NOT_COMPLETED,fr"]);
    assert_good(&["notice_returned,NOT_REGISTERED,unclaimed", "appeal_decided,NOT_REGISTERED,annulled"]);
    assert_faults("UNKNOWN_CODE value", &["notice_posted,NOT_COMPLETED,de", "notice_returned,NOT_REGISTERED,lost"]);
    assert_faults("MISSING_VALUE value", &["notice_returned,NOT_REGISTERED", "appeal_decided,NOT_REGISTERED"]);
    assert_good(&["fined,NOT_REGISTERED,10000", "fined,NOT_REGISTERED,250000", "fined,NOT_REGISTERED,0010000"]);
    assert_faults("MISSING_VALUE value", &["fined,NOT_REGISTERED"]);
    for amount in ["9999", "250001", "1e5", "+10000", "100.00", "-10000", "99999999999999999999999", "٢٠٠٠٠"] {
        assert_faults("BAD_AMOUNT value", &[&format!("fined,NOT_REGISTERED,{amount}")]);
    }
}

#[test]
fn a_destination_is_a_municipality_another_region_or_another_country() {
    assert_good(&["moved,,21004", "moved,,BE-VLG", "moved,,BE-WAL", "moved,,CD", "returned,,21019"]);
    assert_faults("UNKNOWN_MUNICIPALITY value", &["moved,,21099", "moved,,11002", "moved,,7", "returned,,21020"]);
    assert_faults("UNKNOWN_CODE value", &["moved,,BE", "moved,,fr", "moved,,XX", "moved,,EL", "moved,,BE-BRU"]);
    assert_faults("UNKNOWN_CODE value", &["returned,,BE-VLG", "returned,,FR", "returned,,Elsene"]);
    assert_faults("MISSING_VALUE value", &["moved", "returned"]);
    let kinds = events_of(&[
        &format!("V1,{ANNA},2023-03-10,2023-03-10,,moved,,21004"),
        &format!("V2,{ANNA},2023-03-10,2023-03-10,,moved,,BE-WAL"),
        &format!("V3,{ANNA},2023-03-10,2023-03-10,,moved,,CD"),
    ]);
    let of = |i: usize| match &kinds.accepted[i].kind {
        EventKind::Fact(FactKind::Moved(destination)) => destination.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(of(0), Destination::Brussels(municipality) if municipality.nis() == 21004));
    assert_eq!((of(1), of(2)), (Destination::OtherRegion("BE-WAL".into()), Destination::Abroad("CD".into())));
}

#[test]
fn both_days_are_needed_and_known_before_it_happened_is_no_fault() {
    assert_good(&["died"]);
    for (row, fault) in [
        ("V1,,,", "2 MISSING_VALUE insz"),
        (&format!("V1,{ANNA},,x,,"), "2 MISSING_VALUE occurred_on"),
        (&format!("V1,{ANNA},2023-13-01,,,"), "2 BAD_DATE occurred_on"),
        (&format!("V1,{ANNA},2023-01-01,,,"), "2 MISSING_VALUE recorded_on"),
        (&format!("V1,{ANNA},2023-01-01,1990-00-00,,"), "2 BAD_DATE recorded_on"),
        (&format!(",{ANNA},2023-01-01,2023-01-01,,died"), "2 MISSING_VALUE event_id"),
        ("V1,12345678901,x,,,", "2 INSZ_CHECKSUM insz"),
        (&format!("V1,{BILAL},x,,,"), "2 UNKNOWN_PERSON insz"),
    ] {
        assert_eq!(events_of(&[row]).faults(), [fault], "{row}");
    }
}

#[test]
fn a_retraction_may_name_any_row_of_the_file_even_a_later_or_a_rejected_one() {
    let retraction = |id: &str, of: &str| format!("{id},{ANNA},2023-01-01,2023-01-01,,retracted,,{of},");
    let rejected = format!("V2,{BILAL},2023-01-01,2023-01-01,,died");
    let outcome = events_of(&[
        &retraction("V1", "V2"),
        &rejected,
        &retraction("V3", "V9"),
        &retraction("V4", "V4"),
        &retraction("V5", ""),
    ]);
    assert_eq!(outcome.faults(), ["3 UNKNOWN_PERSON insz", "4 UNKNOWN_CODE value", "6 MISSING_VALUE value"]);
    assert_eq!(outcome.accepted.len(), 2);
}

fn replaced(id: &str, old: &str, new: &str) -> String {
    format!("{id},{old},2023-01-01,2023-01-01,,number_replaced,,{new},")
}

fn died(id: &str, number: &str) -> String {
    format!("{id},{number},2023-01-01,2023-01-01,,died")
}

#[test]
fn a_person_is_known_by_every_number_that_replaced_a_registered_one_wherever_the_row_stands() {
    let outcome = events_of(&[
        &died("V1", CARLA),
        &replaced("V2", BILAL, CARLA),
        &replaced("V3", ANNA, "94031201766"),
        &died("V4", BILAL),
    ]);
    assert_eq!(outcome.faults(), [""; 0]);
    let carla = NationalNumber::parse(CARLA).expect("valid");
    assert_eq!(outcome.accepted[1].kind, EventKind::NumberReplaced(carla));
}

#[test]
fn an_old_number_of_which_only_the_new_one_is_registered_is_not_known() {
    let outcome = events_of(&[&replaced("V1", BILAL, ANNA), &died("V2", BILAL), &died("V3", ANNA)]);
    assert_eq!(outcome.faults(), ["2 UNKNOWN_PERSON insz", "3 UNKNOWN_PERSON insz"]);
}

#[test]
fn a_rejected_replacement_makes_nobody_known() {
    let late = format!("V1,{ANNA},2023-01-01,x,,number_replaced,,{BILAL},");
    assert_eq!(events_of(&[&late, &died("V2", BILAL)]).faults(), ["2 BAD_DATE recorded_on", "3 UNKNOWN_PERSON insz"]);
    let outcome = events_of(&[&died("V1", ANNA), &replaced("V1", ANNA, BILAL), &died("V2", BILAL)]);
    assert_eq!(outcome.faults(), ["3 ID_REUSED event_id", "4 UNKNOWN_PERSON insz"]);
    let outcome = events_of(&[&died("V1", CARLA), &replaced("V1", ANNA, BILAL), &died("V2", BILAL)]);
    assert_eq!(outcome.faults(), ["2 UNKNOWN_PERSON insz"]);
}

#[test]
fn a_new_number_must_be_a_number() {
    assert_faults("INSZ_CHECKSUM value", &["number_replaced,,85073003329", "number_replaced,,x"]);
    assert_faults("MISSING_VALUE value", &["number_replaced"]);
}

#[test]
fn the_same_event_again_is_passed_over_and_another_under_its_id_is_rejected() {
    let other_agency = format!("V1,{ANNA},2023-01-01,2023-01-01,OTHER,died");
    let outcome = events_of(&[
        &died("V1", ANNA),
        &died(" V1", "85073003328"),
        &other_agency,
        &replaced("V2", ANNA, BILAL),
        &replaced("V2", ANNA, "94031201766"),
    ]);
    assert_eq!(outcome.faults(), ["4 ID_REUSED event_id"]);
    assert_eq!((outcome.accepted.len(), outcome.repeated), (2, 2));
}
