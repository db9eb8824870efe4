//! Who is obliged, exempt, out of scope or undecided, on which check, and what an exemption leaves of an obligation.

use jiff::civil::date;
use std::sync::LazyLock;
use traject_domain::assess::{Explanation, explain};
use traject_domain::code::Code;
use traject_domain::extract::Extract;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::history::{History, Moment};
use traject_domain::law::{IncompleteBirthDate, Law};
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::predicate::{Field, Truth};
use traject_domain::standing::{Outcome, Review, Standing};
use traject_domain::{Date, assess};
use uuid::Uuid;

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

fn fact(reference: &str, on: Date, kind: FactKind) -> Fact {
    Fact {
        reference: FactRef::new(reference),
        number: NumberKey(Uuid::from_u128(1)),
        occurred_on: on,
        known_on: on,
        agency: Code::new("21003"),
        kind,
    }
}

/// A check of somebody who is obliged from that day on, but for a change.
fn check(reference: &str, on: Date, change: impl FnOnce(&mut Extract)) -> Fact {
    let mut extract = Extract {
        birth_date: Some(PartialDate::Day(date(1990, 4, 3))),
        nationality: Some(Code::new("MA")),
        municipality: Municipality::from_nis(21003).expect("one of the nineteen"),
        register: Code::new("foreigners"),
        registered_on: Some(on),
        permit_kind: Some(Code::new("A")),
        permit_ground: Some(Code::new("family")),
        permit_valid_from: Some(on),
        permit_valid_until: None,
        lawful_stay_since: Some(on),
        family_of: None,
        family_tie: None,
        long_term_resident_of: None,
        letter_language: None,
        sex: None,
        contact_language: None,
    };
    change(&mut extract);
    fact(reference, on, FactKind::Checked(Box::new(extract)))
}

fn study(extract: &mut Extract) {
    extract.permit_ground = Some(Code::new("study"));
}

fn nothing(_: &mut Extract) {}

fn granted(reference: &str, on: Date, until: Option<Date>) -> Fact {
    fact(reference, on, FactKind::ExemptionGranted { code: Code::new("E11"), until })
}

fn certificate(reference: &str, on: Date) -> Fact {
    fact(reference, on, FactKind::CertificateReceived)
}

fn standing_under(law: &Law, facts: &[Fact], on: Date) -> Standing {
    assess(law, &History::new(facts, Moment::end_of(on))).expect("a check counts")
}

/// How things stand on 1 May 2024.
fn standing(facts: &[Fact]) -> Standing {
    standing_under(&LAW, facts, date(2024, 5, 1))
}

fn codes(codes: &[&str]) -> Vec<Code> {
    codes.iter().copied().map(Code::new).collect()
}

fn certificate_on(facts: &[Fact]) -> Option<Date> {
    standing(facts).obligation.expect("is or was obliged").certificate_on
}

const CHECKED: Date = date(2024, 2, 1);

#[test]
fn the_earliest_reference_date_is_that_of_the_first_check_that_gives_it() {
    let later = check("K2", date(2024, 3, 1), |extract| extract.registered_on = Some(date(2023, 12, 1)));
    let found = standing(&[check("K1", CHECKED, nothing), later]);
    assert_eq!(found.reference_date, Some(CHECKED), "the permit came after the registration");
    assert_eq!((found.base.as_str(), found.status.as_str(), found.subject.as_str()), ("K1", "K2", "K1"));
    let earlier = check("K2", date(2024, 3, 1), |extract| {
        (extract.registered_on, extract.permit_valid_from) = (Some(date(2023, 12, 1)), Some(date(2023, 12, 5)));
    });
    let found = standing(&[check("K1", CHECKED, nothing), earlier]);
    assert_eq!((found.base.as_str(), found.reference_date), ("K2", Some(date(2023, 12, 5))));
    assert_eq!(found.regime, Some(Code::new("A")));
    assert_eq!(standing(&[check("K1", CHECKED, nothing)]).regime, Some(Code::new("B")));
}

#[test]
fn a_short_permit_gives_no_reference_date() {
    let short =
        |reference| check(reference, date(2024, 1, 1), |extract| extract.permit_valid_until = Some(date(2024, 4, 1)));
    let found = standing(&[short("K0"), check("K1", CHECKED, nothing)]);
    assert_eq!((found.base.as_str(), found.outcome), ("K1", Outcome::Obliged));
    let found = standing(&[check("K1", CHECKED, |extract| extract.register = Code::new("waiting")), short("K0")]);
    assert_eq!((found.base.as_str(), found.outcome), ("K1", Outcome::NotInScope(codes(&["R-S5"]))));
    assert_eq!((found.reference_date, found.regime), (None, None));
}

#[test]
fn what_is_missing_for_the_reference_date_is_named() {
    let without = |change: fn(&mut Extract)| standing(&[check("K1", CHECKED, change)]);
    let both = without(|extract| (extract.registered_on, extract.permit_valid_from) = (None, None));
    assert_eq!(both.outcome, Outcome::Undecided(vec![Field::PermitValidFrom, Field::RegisteredOn]));
    let one = without(|extract| extract.registered_on = None);
    assert_eq!(one.outcome, Outcome::Undecided(vec![Field::RegisteredOn]));
    let other = without(|extract| (extract.lawful_stay_since, extract.nationality) = (None, None));
    assert_eq!(other.outcome, Outcome::Undecided(vec![Field::LawfulStaySince, Field::Nationality]));
    assert_eq!((both.obligation, other.obligation), (None, None));
}

#[test]
fn a_definite_failure_decides_before_an_exemption_and_an_exemption_before_what_is_missing() {
    let belgian = check("K1", CHECKED, |extract| {
        study(extract);
        (extract.nationality, extract.lawful_stay_since) = (Some(Code::new("BE")), None);
    });
    assert_eq!(standing(std::slice::from_ref(&belgian)).outcome, Outcome::NotInScope(codes(&["R-S1"])));
    let unknown = check("K1", CHECKED, |extract| {
        study(extract);
        extract.lawful_stay_since = None;
    });
    let found = standing(&[unknown, granted("X", CHECKED, None)]);
    assert_eq!(found.outcome, Outcome::Exempt(codes(&["E06", "E11"])));
    let old = check("K1", date(2022, 5, 31), |extract| extract.birth_date = Some(PartialDate::Year(1950)));
    let found = standing(&[old]);
    assert_eq!(found.outcome, Outcome::NotInScope(codes(&["R-S3b", "R-T1"])));
    assert_eq!((found.reference_date, found.regime), (Some(date(2022, 5, 31)), None));
}

#[test]
fn an_exemption_leaves_an_obligation_to_those_who_had_one() {
    let has_obligation = |facts: &[Fact]| standing(facts).obligation.is_some();
    let plain = || check("K1", CHECKED, nothing);
    let certified = || certificate("C1", date(2024, 2, 2));
    let grant = || granted("X", date(2024, 3, 1), None);
    assert!(has_obligation(&[plain()]), "obliged, with or without a certificate");
    assert!(!has_obligation(&[plain(), grant()]));
    assert!(has_obligation(&[plain(), grant(), certified()]));
    assert!(has_obligation(&[plain(), certified(), check("K2", date(2024, 3, 1), study)]));
    assert!(!has_obligation(&[check("K1", CHECKED, study), certified()]), "exempt from the first");
    assert!(!has_obligation(&[check("K1", CHECKED, study), certified(), grant()]));
    let undecided = check("K1", CHECKED, |extract| extract.lawful_stay_since = None);
    assert!(!has_obligation(&[undecided, certified()]));
}

#[test]
fn an_exemption_holds_from_its_first_day_through_its_last() {
    let exempt_from = |facts: &[Fact]| standing(facts).exempt_from;
    let plain = || check("K1", CHECKED, nothing);
    let grant = |until| granted("X", date(2024, 3, 1), until);
    assert_eq!(exempt_from(&[plain()]), None);
    assert_eq!(exempt_from(&[plain(), grant(None)]), Some(date(2024, 3, 1)));
    assert_eq!(exempt_from(&[plain(), grant(Some(date(2024, 5, 1)))]), Some(date(2024, 3, 1)), "the last day");
    assert_eq!(exempt_from(&[plain(), grant(Some(date(2024, 4, 30)))]), None, "the day after");
    let automatic = check("K2", date(2024, 4, 1), study);
    assert_eq!(exempt_from(&[plain(), automatic.clone()]), Some(date(2024, 4, 1)));
    assert_eq!(exempt_from(&[plain(), automatic.clone(), grant(None)]), Some(date(2024, 3, 1)), "the first of both");
    assert_eq!(exempt_from(&[automatic, check("K3", date(2024, 4, 2), nothing)]), None, "no longer");
}

#[test]
fn the_first_certificate_counts_or_the_first_after_an_automatic_exemption_ended() {
    let [first, second, third] = [date(2024, 2, 2), date(2024, 3, 1), date(2024, 4, 1)];
    let certificates = || [certificate("C1", first), certificate("C2", second), certificate("C3", third)];
    let with = |checks: &[Fact]| certificate_on(&[checks, &certificates()].concat());
    let plain = |reference, on| check(reference, on, nothing);
    assert_eq!(with(&[plain("K1", CHECKED), plain("K2", second)]), Some(first));
    assert_eq!(with(&[check("K1", CHECKED, study), plain("K2", second)]), Some(second), "on that day");
    assert_eq!(with(&[check("K1", CHECKED, study), plain("K2", second.tomorrow().expect("a day"))]), Some(third));
    let twice = [
        check("K1", CHECKED, study),
        plain("K2", first),
        check("K3", second, study),
        plain("K4", date(2024, 3, 20)),
        plain("K5", date(2024, 4, 20)),
    ];
    assert_eq!(with(&twice), Some(third), "the last exemption that ended");
    assert_eq!(certificate_on(&[check("K1", CHECKED, study), plain("K2", second), certificate("C1", first)]), None);
}

#[test]
fn an_automatic_exemption_that_ended_is_for_a_person_to_look_at() {
    let ended = |checks: &[Fact]| standing(checks).review.contains(&Review::ExemptionEnded);
    let (plain, exempt) = (|n| check("K5", date(2024, 3, n), nothing), |n| check("K6", date(2024, 3, n), study));
    assert!(ended(&[exempt(1), plain(2)]));
    assert!(!ended(&[plain(1), exempt(2)]));
    assert!(!ended(&[plain(1)]));
    assert!(!ended(&[exempt(1), check("K7", date(2024, 3, 2), study)]));
    assert!(!ended(&[plain(1), check("K7", date(2024, 3, 2), nothing)]));
    assert!(!ended(&[exempt(1), plain(2), granted("X", date(2024, 3, 3), None)]), "exempt on another ground");
}

#[test]
fn mid_year_completes_a_birth_date_and_says_so() {
    let mut law = LAW.clone();
    law.policies.incomplete_birth_date = IncompleteBirthDate::MidYear;
    let under = |law: &Law, birth, on| {
        let found = standing_under(law, &[check("K1", on, |extract| extract.birth_date = Some(birth))], on);
        (found.outcome, found.review.contains(&Review::MidYearBirthDate))
    };
    let minor = || Outcome::NotInScope(codes(&["R-S3a"]));
    let (year, month) = (PartialDate::Year(2005), PartialDate::Month(2005, 3));
    assert_eq!(under(&law, year, date(2023, 6, 30)), (minor(), true));
    assert_eq!(under(&law, year, date(2023, 7, 1)), (Outcome::Obliged, true));
    assert_eq!(under(&law, month, date(2023, 3, 14)), (minor(), true));
    assert_eq!(under(&law, month, date(2023, 3, 15)), (Outcome::Obliged, true));
    assert_eq!(under(&law, PartialDate::Day(date(2005, 3, 20)), date(2023, 3, 19)), (minor(), false));
    assert_eq!(under(&LAW, year, date(2023, 7, 1)), (Outcome::Undecided(vec![Field::BirthDate]), false));
    let undated = |extract: &mut Extract| (extract.registered_on, extract.birth_date) = (None, Some(year));
    let found = standing_under(&law, &[check("K1", CHECKED, undated)], CHECKED);
    assert!(!found.review.contains(&Review::MidYearBirthDate), "without a reference date there is no age");
}

#[test]
fn an_explanation_lists_every_condition_and_every_exemption() {
    let of = |facts: &[Fact]| explain(&LAW, &History::new(facts, Moment::end_of(date(2024, 5, 1)))).expect("a check");
    let holds = |explanation: &Explanation<'_>| -> Vec<Code> {
        let held = explanation.exemptions.iter().filter(|finding| finding.truth == Truth::True);
        held.map(|finding| finding.id.clone()).collect()
    };
    let plain = of(&[check("K1", CHECKED, nothing)]);
    assert_eq!((plain.conditions.len(), plain.exemptions.len()), (LAW.scope.len(), LAW.exemptions.len()));
    assert!(plain.conditions.iter().all(|finding| finding.truth == Truth::True && finding.trace.is_some()));
    assert!(plain.exemptions.iter().all(|finding| finding.truth == Truth::False), "nothing is known to exempt");
    let traced: Vec<bool> = plain.exemptions.iter().map(|finding| finding.trace.is_some()).collect();
    assert_eq!(traced.iter().filter(|is_automatic| **is_automatic).count(), 9, "E01 to E09 are read in the register");
    let exempt = of(&[check("K1", CHECKED, study), granted("X", date(2024, 3, 1), None)]);
    assert_eq!(holds(&exempt), codes(&["E06", "E11"]));
    let first = date(2024, 3, 1);
    let grant = fact("X", first, FactKind::ExemptionGranted { code: Code::new("E01"), until: None });
    assert_eq!(holds(&of(&[check("K1", CHECKED, nothing), grant])), codes(&["E01"]), "an automatic one may be granted");
    assert!(explain(&LAW, &History::new(&[granted("X", first, None)], Moment::end_of(first))).is_none());
}
