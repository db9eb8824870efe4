//! Mailings: whom they may reach, for any preferences at all; and what the one validator says of rows.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use traject_app::ids::{DossierId, PreferenceId};
use traject_app::mailing::check::{Duplicate, Sameness, validate};
use traject_app::mailing::preference::{PreferenceSource, Reached, barred};
use traject_app::mailing::{
    AddressHash, Fault, FaultCode, MailLanguage, Person, Placeholder, Preference, PreferenceKind, Purpose, Reason, Row,
    Subject, Text, Texts, Validator,
};
use uuid::Uuid;

/// A valid national number.
const NUMBER: &str = "90050100151";

fn dossier(n: u8) -> DossierId {
    DossierId(Uuid::from_u128(n.into()))
}

fn address(n: u8) -> AddressHash {
    AddressHash([n; 32])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("an instant of our time")
}

/// Few dossiers, addresses and seconds, so that preferences often meet.
fn any_preference() -> impl Strategy<Value = Preference> {
    let subject = prop_oneof![
        (0..3u8).prop_map(|n| Subject::Dossier(dossier(n))),
        (0..3u8).prop_map(|n| Subject::Address(address(n))),
    ];
    let kind = prop::sample::select(PreferenceKind::ALL);
    let purpose = prop_oneof![4 => Just(Purpose::Publicity), 1 => Just(Purpose::Information)];
    let source = prop::sample::select(PreferenceSource::ALL);
    (subject, kind, purpose, source, 0..10i64, prop::option::of(0..10i64)).prop_map(
        |(subject, kind, purpose, source, recorded, lasted)| Preference {
            id: PreferenceId(Uuid::nil()),
            subject,
            kind,
            purpose: (kind == PreferenceKind::Consent).then_some(purpose),
            source,
            recorded_at: at(recorded),
            recorded_by: "staff-1".to_owned(),
            withdrawn_at: lasted.map(|lasted| at(recorded + lasted)),
        },
    )
}

fn any_reached() -> impl Strategy<Value = Reached> {
    (prop::option::of(0..3u8), 0..3u8).prop_map(|(of, to)| Reached { dossier: of.map(dossier), address: address(to) })
}

/// By walking the seconds: whether one of these preferences about a subject holds in the last of them.
fn stands(preferences: &[Preference], subject: Subject, kind: PreferenceKind, now: i64) -> bool {
    let about = preferences.iter().filter(|one| one.subject == subject && one.kind == kind);
    let mut about = about.filter(|one| one.purpose != Some(Purpose::Information));
    about.any(|one| {
        let mut holds = false;
        for second in 0..=now {
            holds |= at(second) == one.recorded_at;
            holds &= one.withdrawn_at != Some(at(second));
        }
        holds
    })
}

proptest! {
    #[test]
    fn publicity_over_dossiers_reaches_exactly_those_with_a_consent_and_no_opt_out(
        preferences in prop::collection::vec(any_preference(), 0..12),
        reached in any_reached(),
        now in 0..20i64,
    ) {
        let told = |subject, kind| stands(&preferences, subject, kind, now);
        let opted_out = told(Subject::Address(reached.address), PreferenceKind::OptOut)
            || reached.dossier.is_some_and(|of| told(Subject::Dossier(of), PreferenceKind::OptOut));
        let consented = reached.dossier.is_none_or(|of| told(Subject::Dossier(of), PreferenceKind::Consent));
        let expected = if opted_out { Some(Reason::OptedOut) } else { (!consented).then_some(Reason::NoConsent) };
        prop_assert_eq!(barred(Purpose::Publicity, &reached, &preferences, at(now)), expected);
        let informed = barred(Purpose::Information, &reached, &preferences, at(now));
        prop_assert_eq!(informed, opted_out.then_some(Reason::OptedOut));
    }

    #[test]
    fn a_withdrawal_counts_from_its_very_moment(
        preferences in prop::collection::vec(any_preference(), 0..12),
        reached in any_reached(),
        now in 0..20i64,
    ) {
        let mut withdrawn = preferences;
        for one in withdrawn.iter_mut().filter(|one| one.kind == PreferenceKind::Consent) {
            one.withdrawn_at = Some(one.withdrawn_at.map_or(at(now), |end| end.min(at(now))));
        }
        let outcome = barred(Purpose::Publicity, &reached, &withdrawn, at(now));
        prop_assert!(reached.dossier.is_none() || outcome.is_some());
    }

    /// Every row is somewhere, nobody is written to twice, and the order of rows alone decides which is kept.
    #[test]
    fn each_row_is_accepted_faulty_or_a_duplicate(rows in prop::collection::vec(any_row(), 0..30)) {
        let rows: Vec<Row> = (1..).zip(rows).map(|(line, row)| Row { line, ..row }).collect();
        let checked = validate(rows.clone(), BTreeSet::new());
        let accepted: BTreeSet<u64> = checked.recipients.iter().map(|one| one.line).collect();
        let faulty: BTreeSet<u64> = checked.faults.iter().map(|one| one.line).collect();
        let doubles: BTreeSet<u64> = checked.duplicates.iter().map(|one| one.line).collect();
        prop_assert_eq!(accepted.len() + faulty.len() + doubles.len(), rows.len());
        let union: BTreeSet<u64> = accepted.iter().chain(&faulty).chain(&doubles).copied().collect();
        prop_assert_eq!(union.len(), rows.len());
        let addresses: BTreeSet<_> = checked.recipients.iter().map(|one| one.address).collect();
        let people: BTreeSet<_> = checked.recipients.iter().map(|one| &one.identity_key).collect();
        prop_assert_eq!((addresses.len(), people.len()), (accepted.len(), accepted.len()));
        for double in &checked.duplicates {
            prop_assert!(double.of_line < double.line && accepted.contains(&double.of_line));
        }
        for one in &checked.recipients {
            prop_assert!(!one.identity_key.contains(NUMBER));
        }
        let shown = format!("{checked:?}{rows:?}");
        prop_assert!(!shown.contains("example.org") && !shown.contains(NUMBER));
    }
}

fn any_row() -> impl Strategy<Value = Row> {
    let email =
        prop::sample::select(vec!["a@example.org", "A@Example.org ", "b@example.org", "c@example.org", "d", ""]);
    let language = prop::sample::select(vec!["", "nl", "FR", "dutch"]);
    let number = prop::sample::select(vec!["", "", NUMBER, "90.05.01-001.51", "90050100152"]);
    (email, language, number).prop_map(|(email, language, national_number)| Row {
        email: email.to_owned(),
        language: language.to_owned(),
        national_number: national_number.to_owned(),
        ..Row::default()
    })
}

fn row(line: u64, name: &str, email: &str) -> Row {
    Row { line, name: name.to_owned(), email: email.to_owned(), ..Row::default() }
}

#[test]
fn a_consent_holds_until_just_before_its_withdrawal() {
    let consent = Preference {
        id: PreferenceId(Uuid::nil()),
        subject: Subject::Dossier(dossier(9)),
        kind: PreferenceKind::Consent,
        purpose: Some(Purpose::Publicity),
        source: PreferenceSource::Link,
        recorded_at: at(0),
        recorded_by: "staff-1".to_owned(),
        withdrawn_at: Some(at(10)),
    };
    let reached = Reached { dossier: Some(dossier(9)), address: address(9) };
    let asked = |now| barred(Purpose::Publicity, &reached, std::slice::from_ref(&consent), now);
    let moment = SignedDuration::from_micros(1);
    assert_eq!(asked(at(0).checked_sub(moment).expect("an instant")), Some(Reason::NoConsent));
    assert_eq!(asked(at(0)), None);
    assert_eq!(asked(at(10).checked_sub(moment).expect("an instant")), None);
    assert_eq!(asked(at(10)), Some(Reason::NoConsent));
}

#[test]
fn faults_name_line_column_and_code() {
    let rows = [
        Row { language: "dutch".to_owned(), ..row(2, "A\nB", "a@") },
        Row { national_number: "123".to_owned(), ..row(3, "", "") },
        row(4, "C", "c@example.org"),
    ];
    let checked = validate(rows, BTreeSet::from([Placeholder::FullName]));
    let fault = |line, column, code| Fault { line, column, code };
    let expected = [
        fault(2, "name", FaultCode::BadText),
        fault(2, "email", FaultCode::BadAddress),
        fault(2, "language", FaultCode::UnknownCode),
        fault(3, "name", FaultCode::MissingValue),
        fault(3, "email", FaultCode::MissingValue),
        fault(3, "national_number", FaultCode::InszChecksum),
    ];
    assert_eq!(checked.faults, expected);
    assert_eq!(checked.recipients.iter().map(|one| one.line).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_person_comes_once_by_dossier_by_number_and_by_address_but_never_by_name() {
    let numbered = |line, email: &str| Row { national_number: NUMBER.to_owned(), ..row(line, "Ali", email) };
    let mut validator = Validator::new(BTreeSet::new());
    validator.take(&numbered(2, "a@example.org"), None);
    validator.take(&numbered(3, "b@example.org"), None);
    validator.take(&Row { dossier: Some(dossier(1)), ..row(4, "Ali", "c@example.org") }, None);
    // Another number of the same dossier.
    validator.take(&numbered(5, "d@example.org"), Some(dossier(1)));
    validator.take(&row(6, "Ali", "C@EXAMPLE.org"), None);
    validator.take(&row(7, "Ali", "e@example.org"), None);
    let checked = validator.finish();
    let double = |line, of_line, by| Duplicate { line, of_line, by };
    let expected =
        [double(3, 2, Sameness::Identity), double(5, 4, Sameness::Identity), double(6, 4, Sameness::Address)];
    assert_eq!(checked.duplicates, expected);
    let keys: Vec<String> = checked.recipients.iter().map(|one| one.identity_key.clone()).collect();
    assert_eq!(keys, ["line:2".to_owned(), format!("dossier:{}", dossier(1)), "line:7".to_owned()]);
}

#[test]
fn a_recipient_is_written_to_in_the_own_language_or_the_default_one() {
    let language = |text| MailLanguage::parse(text).expect("a language");
    let text = |subject: &str| Text { subject: subject.to_owned(), body: "{first_names}".to_owned() };
    let by_language = BTreeMap::from([(language("nl"), text("Dag")), (language("fr"), text("Bonjour"))]);
    assert_eq!(Texts::new(language("en"), by_language.clone()), None);
    let texts = Texts::new(language("nl"), by_language).expect("the default is there");
    for (asked, expected) in [(Some("fr"), "Bonjour"), (Some("ar"), "Dag"), (None, "Dag")] {
        assert_eq!(texts.for_recipient(asked.map(language), &Person::default()).1.subject, expected);
    }
    assert_eq!(texts.placeholders(), BTreeSet::from([Placeholder::FirstNames]));
}
