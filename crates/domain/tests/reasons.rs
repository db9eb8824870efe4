//! Reasons, clock ledgers, what is still needed, transition rules and the scale of fines.

use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use traject_domain::Date;
use traject_domain::assess;
use traject_domain::assess::{ClockEvent, Reasons, decide, needs, reasons};
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::{add_days, days_between};
use traject_domain::extract::Extract;
use traject_domain::fact::{Destination, Fact, FactKind, FactRef, NumberKey};
use traject_domain::guard::{Act, Refusal, RefusalCode, guard};
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, Law, Literacy};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::predicate::Field;
use traject_domain::sanction::{Grounds, SanctionStep};
use traject_domain::standing::{Outcome, Warning};
use traject_lawbook::LawText;
use uuid::Uuid;

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

static BY_MONTHS: LazyLock<Law> = LazyLock::new(|| law_with(&["suspensions.policies.unit=months"]));

fn law_with(values: &[&str]) -> Law {
    let mut text = LawText::embedded();
    text.set(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).expect("known keys");
    text.compile().expect("loads")
}

fn extract(on: Date) -> Extract {
    Extract {
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
        letter_language: Some(LegalLanguage::Fr),
        sex: None,
        contact_language: None,
    }
}

fn checked(extract: Extract) -> FactKind {
    FactKind::Checked(Box::new(extract))
}

fn facts(events: &[(Date, FactKind)]) -> Vec<Fact> {
    let fact = |(n, (day, kind)): (usize, &(Date, FactKind))| Fact {
        reference: FactRef::new(&format!("F{n:02}")),
        number: NumberKey(Uuid::from_u128(1)),
        occurred_on: *day,
        known_on: *day,
        agency: Code::new("21003"),
        kind: kind.clone(),
    };
    events.iter().enumerate().map(fact).collect()
}

fn reasons_at<'l>(law: &'l Law, events: &[(Date, FactKind)], day: Date) -> Reasons<'l> {
    let facts = facts(events);
    reasons(law, &History::new(&facts, Moment::end_of(day))).expect("a check counts")
}

fn registered(on: Date) -> (Date, FactKind) {
    (on, FactKind::Registered { organiser: Code::new("BON"), track: LegalLanguage::Nl })
}

#[test]
fn every_finding_names_the_fact_that_decided_and_where_the_rule_comes_from() {
    let start = date(2024, 2, 1);
    let granted = FactKind::ExemptionGranted { code: Code::new("E11"), until: None };
    let found = reasons_at(&LAW, &[(start, checked(extract(start))), (date(2024, 3, 1), granted)], date(2024, 6, 1));
    assert_eq!(found.standing.outcome, Outcome::Exempt(vec![Code::new("E11")]));
    assert!(found.conditions.iter().all(|finding| finding.source.as_str() == "F00"));
    let by_grant = found.exemptions.iter().find(|finding| finding.id.as_str() == "E11").expect("listed");
    assert_eq!(by_grant.source.as_str(), "F01");
    assert!(found.conditions.iter().all(|finding| !finding.provenance.sources.is_empty()));
}

#[test]
fn the_clock_ledger_tells_each_stop_with_its_effect() {
    let start = date(2023, 4, 17);
    let suspended = |until| FactKind::SuspensionGranted { code: Code::new("S01"), until };
    let events = [
        (start, checked(extract(start))),
        (start, FactKind::CertificateReceived),
        registered(start),
        (date(2023, 9, 4), suspended(date(2023, 11, 30))),
        (date(2023, 11, 15), suspended(date(2024, 2, 14))),
        (date(2024, 3, 1), FactKind::Moved(Destination::Abroad(Code::new("MA")))),
        (date(2024, 3, 11), FactKind::Returned(Municipality::from_nis(21003).expect("one of the nineteen"))),
    ];
    let found = reasons_at(&LAW, &events, date(2024, 6, 1));
    let clock = found.clocks.iter().find(|clock| clock.deadline.term == Term::Complete).expect("it runs");
    let lines: Vec<(String, &str, i64)> = clock
        .entries
        .iter()
        .map(|entry| {
            let event = match &entry.event {
                ClockEvent::Started => "started",
                ClockEvent::Stopped { ground: Some(_), .. } => "stopped",
                ClockEvent::Stopped { ground: None, .. } => "absent",
                ClockEvent::Extended { .. } => "extended",
                ClockEvent::Resumed => "resumed",
                ClockEvent::Met => "met",
            };
            (entry.on.to_string(), event, entry.days)
        })
        .collect();
    let expected = [
        ("2023-04-17", "started", 0),
        ("2023-09-04", "stopped", 88),
        ("2023-11-15", "extended", 76),
        ("2024-02-15", "resumed", 0),
        ("2024-03-01", "absent", 10),
        ("2024-03-11", "resumed", 0),
    ];
    assert_eq!(lines, expected.map(|(day, event, days)| (day.to_owned(), event, days)));
    assert_eq!(clock.original.raw, date(2024, 10, 17));
    assert_eq!(clock.due.raw, date(2025, 4, 9));
}

#[test]
fn what_is_needed_is_named_with_an_incomplete_birth_date_that_may_matter() {
    let day = date(2023, 5, 2);
    let open = Extract {
        birth_date: Some(PartialDate::Year(2005)),
        registered_on: None,
        lawful_stay_since: None,
        ..extract(day)
    };
    let known = facts(&[(day, checked(open.clone()))]);
    let history = History::new(&known, Moment::end_of(day));
    let expected = BTreeSet::from([Field::BirthDate, Field::LawfulStaySince, Field::RegisteredOn]);
    assert_eq!(needs(&LAW, &history), expected);
    let adult = Extract { birth_date: Some(PartialDate::Year(1990)), registered_on: Some(day), ..open };
    let known = facts(&[(day, checked(adult))]);
    let history = History::new(&known, Moment::end_of(day));
    assert_eq!(needs(&LAW, &history), BTreeSet::from([Field::LawfulStaySince]), "any day of 1990 is of age");
}

#[test]
fn an_eu_citizen_is_entitled_and_has_no_terms() {
    // Case C07.
    let on = date(2023, 2, 1);
    let portuguese = Extract { nationality: Some(Code::new("PT")), permit_kind: Some(Code::new("EU")), ..extract(on) };
    let events = [(on, checked(portuguese)), registered(date(2023, 4, 3))];
    let found = reasons_at(&LAW, &events, date(2025, 1, 1));
    assert_eq!(found.standing.outcome, Outcome::Exempt(vec![Code::new("E01")]));
    assert_eq!(found.standing.entitled, Some(Code::new("EXEMPT_RIGHTS_HOLDER")));
    assert!(found.standing.obligation.is_none() && found.clocks.is_empty() && found.standing.next.is_none());
}

#[test]
fn a_long_resident_is_a_foreign_person_under_regime_b_only() {
    for (on, entitled) in [(date(2023, 12, 31), None), (date(2024, 2, 1), Some(Code::new("FOREIGN_PERSON")))] {
        let settled = Extract { lawful_stay_since: Some(date(2015, 1, 1)), ..extract(on) };
        let found = reasons_at(&LAW, &[(on, checked(settled))], add_days(on, 60));
        assert_eq!(found.standing.entitled, entitled, "{on}");
    }
}

/// The level that somebody who is literate in another script has to reach.
fn target(law: &Law, registered_on: Date, known_on: Date) -> Option<String> {
    let check = date(2023, 10, 2);
    let known =
        facts(&[(check, checked(extract(check))), (check, FactKind::CertificateReceived), registered(registered_on)]);
    let at = Moment { as_of: known_on, recorded_by: known_on };
    let found = reasons(law, &History::new(&known, at))?;
    let target = found.targets.iter().find(|target| target.literacy == Literacy::OtherScript)?;
    Some(format!("{} {}", target.regime, target.target.level))
}

#[test]
fn the_language_target_follows_the_day_of_registration() {
    let later = date(2024, 6, 1);
    assert_eq!(target(&LAW, date(2023, 12, 31), later).as_deref(), Some("A LIGHTER"));
    assert_eq!(target(&LAW, date(2024, 1, 1), later).as_deref(), Some("B A2_ORAL_AND_WRITTEN"));
    assert_eq!(target(&LAW, date(2024, 1, 10), date(2024, 1, 25)).as_deref(), Some("A LIGHTER"), "not published yet");
    let by_reference = law_with(&["transition.rules.language_target.chosen_by=reference_date"]);
    assert_eq!(target(&by_reference, date(2024, 1, 10), later).as_deref(), Some("A LIGHTER"));
}

#[test]
fn a_running_term_keeps_its_length_unless_the_transition_rule_says_otherwise() {
    let (start, later) = (date(2026, 12, 1), date(2027, 2, 1));
    let events = [(start, checked(extract(start))), (start, FactKind::CertificateReceived)];
    let due = |law: &Law| reasons_at(law, &events, later).clocks.first().map(|clock| clock.due.raw);
    let shorter = "deadlines.terms.D-REGISTER@2027-01-01.length=P4M";
    assert_eq!(due(&law_with(&[shorter])), Some(date(2027, 6, 1)), "the length of the day it started");
    let at_once = law_with(&[shorter, "transition.rules.running_terms.chosen_by=as_of"]);
    assert_eq!(due(&at_once), Some(date(2027, 4, 1)));
}

const OLDER: &str = r#"
conditions:
  R-S3a@2024-01-01:
    known_from: 2023-12-01
    label: {nl: "is 40 jaar of ouder", fr: "a 40 ans ou plus", en: "is 40 or over"}
    when: {input: age_on_reference_date, at_least: P40Y}
    provenance: {sources: [OWN], confidence: assumption}
"#;

const REPEALED: &str = r#"
exemptions: {}
repeals:
  E11@2024-06-01: {known_from: 2024-05-01, provenance: {sources: [OWN], confidence: assumption}}
"#;

fn law_extended(file: &str, text: &str, values: &[&str]) -> Law {
    let mut law = LawText::embedded();
    law.set_file(file, text.to_owned()).expect("a file of the law");
    law.set(&values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).expect("known keys");
    law.compile().expect("loads")
}

#[test]
fn the_scope_is_that_of_the_reference_date_unless_the_transition_rule_says_otherwise() {
    let on = date(2023, 10, 2);
    let events = [(on, checked(extract(on)))];
    let standing = |values: &[&str]| {
        let found = reasons_at(&law_extended("scope.extend.yaml", OLDER, values), &events, date(2024, 3, 1)).standing;
        (found.outcome, found.regime.map(|regime| regime.to_string()))
    };
    assert_eq!(standing(&[]), (Outcome::Obliged, Some("A".to_owned())));
    let by_day = standing(&["transition.rules.scope_of_obligation.chosen_by=as_of"]);
    assert_eq!(by_day, (Outcome::NotInScope(vec![Code::new("R-S3a")]), Some("B".to_owned())));
}

#[test]
fn a_granted_exemption_outlives_its_ground_unless_the_transition_rule_says_otherwise() {
    let on = date(2024, 2, 1);
    let granted = FactKind::ExemptionGranted { code: Code::new("E11"), until: None };
    let again = date(2024, 7, 1);
    let events = [(on, checked(extract(on))), (on, granted), (again, checked(extract(on)))];
    let outcome = |values: &[&str], day| {
        let law = law_extended("exemptions.extend.yaml", REPEALED, values);
        let found = reasons_at(&law, &events, day);
        let told: Vec<&Code> = found.exemptions.iter().filter(|f| f.id.as_str() == "E11").map(|f| f.id).collect();
        (found.standing.outcome.word(), told.len())
    };
    let (before, after) = (date(2024, 5, 31), date(2024, 6, 1));
    assert_eq!((outcome(&[], before), outcome(&[], after)), (("exempt", 1), ("exempt", 1)), "told once");
    assert_eq!(outcome(&[], again), ("exempt", 1), "told by its grant where the latest check has no such ground");
    let as_of = ["transition.rules.granted_exemptions.chosen_by=as_of"];
    assert_eq!((outcome(&as_of, before).0, outcome(&as_of, after).0), ("exempt", "obliged"));
}

fn heard() -> Vec<(Date, FactKind)> {
    let breach = Breach::NotRegistered;
    vec![
        (date(2022, 6, 14), checked(extract(date(2022, 6, 14)))),
        (date(2022, 6, 14), FactKind::CertificateReceived),
        (date(2023, 1, 9), FactKind::NoticePosted { breach, language: None }),
        (date(2023, 3, 27), FactKind::Transferred(breach)),
        (date(2023, 5, 2), FactKind::HearingInvited(breach, None)),
        (date(2023, 5, 30), FactKind::Sanction(breach, SanctionStep::GroundsStated(weighed()))),
    ]
}

fn weighed() -> Grounds {
    Grounds { reasons: Vec::new(), weighed: vec![Code::new("health")] }
}

fn fine(law: &Law, events: &[(Date, FactKind)], euro: u64, on: Date) -> Result<(), Refusal> {
    let kind = FactKind::Fined(Breach::NotRegistered, Cents(euro * 100));
    let act = Act { kind: &kind, actor: AgencyKind::Ggc, agency: &Code::new("GGC"), occurred_on: on, channel: None };
    guard(law, &facts(events), &act, on)
}

#[test]
fn a_fine_keeps_within_the_milder_range_of_breach_and_decision() {
    let day = date(2023, 6, 20);
    let dearer = law_with(&["fines.ranges.fine@2023-06-01.max_euro=5000"]);
    let refused = fine(&dearer, &heard(), 3_000, day).expect_err("the breach came before the dearer range");
    assert_eq!((refused.code, refused.amounts), (RefusalCode::AboveMaximum, Some((Cents(10_000), Cents(250_000)))));
    let by_act =
        law_with(&["fines.ranges.fine@2023-06-01.max_euro=5000", "transition.rules.fine_amount.chosen_by=date_of_act"]);
    assert_eq!(fine(&by_act, &heard(), 3_000, day), Ok(()));
}

#[test]
fn a_scale_of_fines_bounds_the_repeated_one() {
    let steps = "fines.ranges.fine.steps=[{from_fine: 1, min_euro: 100, max_euro: 250}, {from_fine: 2, min_euro: 500, max_euro: 1000}]";
    let law = law_with(&[steps]);
    let day = date(2023, 6, 20);
    assert_eq!(fine(&law, &heard(), 250, day), Ok(()));
    assert_eq!(fine(&law, &heard(), 251, day).expect_err("first step").code, RefusalCode::AboveMaximum);
    let other = FactKind::Fined(Breach::NotCompleted, Cents(10_000));
    let mut again = heard();
    again.push((date(2023, 6, 1), other));
    let refused = fine(&law, &again, 250, day).expect_err("the second fine");
    assert_eq!((refused.code, refused.amounts), (RefusalCode::BelowMinimum, Some((Cents(50_000), Cents(100_000)))));
}

#[test]
fn fines_that_pass_the_maximum_are_a_warning_and_with_a_cumulative_maximum_a_refusal() {
    let mut events = heard();
    events.push((date(2023, 6, 1), FactKind::Fined(Breach::NotRegistered, Cents(200_000))));
    let standing = |events: &[(Date, FactKind)]| reasons_at(&LAW, events, date(2023, 7, 1)).standing;
    assert!(standing(&events).warnings.is_empty());
    let mut twice = events.clone();
    twice.push((date(2023, 6, 2), FactKind::Fined(Breach::NotCompleted, Cents(100_000))));
    assert_eq!(standing(&twice).warnings, [Warning::FinesPassMaximum]);
    let cumulative = law_with(&["fines.ranges.fine.max_applies_to=cumulative"]);
    let mut other = heard();
    other.push((date(2023, 6, 1), FactKind::Fined(Breach::NotCompleted, Cents(200_000))));
    let refused = fine(&cumulative, &other, 600, date(2023, 6, 20)).expect_err("beyond the sum");
    assert_eq!((refused.rule, refused.amounts), ("R-F4", Some((Cents(10_000), Cents(50_000)))));
    assert_eq!(fine(&cumulative, &other, 500, date(2023, 6, 20)), Ok(()), "up to the sum");
    assert_eq!(fine(&LAW, &other, 600, date(2023, 6, 20)), Ok(()), "each fine by itself");
}

#[test]
fn the_terms_at_the_ggc_run_from_the_invitation_and_the_fine() {
    let breach = Breach::NotRegistered;
    let mut events = heard();
    events.push((date(2023, 6, 20), FactKind::Fined(breach, Cents(15_000))));
    events.push((date(2023, 7, 3), FactKind::FinePaid(breach)));
    let found = reasons_at(&LAW, &events, date(2023, 8, 1));
    let of = |term| found.clocks.iter().find(|clock| clock.deadline.term == term).expect("it runs");
    assert_eq!(of(Term::Defence).due.due, date(2023, 6, 1));
    assert_eq!(of(Term::Pay).due.due, date(2023, 8, 21), "19 August is a Saturday");
    assert_eq!(of(Term::Appeal).due.start, date(2023, 6, 20));
    let met = of(Term::Pay).entries.iter().find(|entry| entry.event == ClockEvent::Met).expect("paid");
    assert_eq!(met.on, date(2023, 7, 3));
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(value: T) -> impl Strategy<Value = Option<T>> {
    prop_oneof![Just(None), Just(Some(value))]
}

prop_compose! {
    /// An extract of which any column that the scope asks for may be missing.
    fn partial()(
        birth in prop_oneof![Just(None), (1960i16..2010).prop_map(|year| Some(PartialDate::Year(year))),
            (1935i16..2010, 1i8..=12).prop_map(|(year, month)| Some(PartialDate::Day(date(year, month, 9))))],
        nationality in maybe(Code::new("MA")),
        registered_on in maybe(date(2023, 3, 1)),
        permit_valid_from in maybe(date(2023, 2, 1)),
        lawful_stay_since in maybe(date(2021, 6, 1)),
    ) -> Extract {
        let birth_date = birth;
        Extract { birth_date, nationality, registered_on, permit_valid_from, lawful_stay_since, ..extract(date(2023, 3, 1)) }
    }
}

prop_compose! {
    /// Any answers to what may be asked.
    fn answers()(
        birth in (1935i16..2012, 1i8..=12, 1i8..=28),
        belgian in any::<bool>(),
        days in proptest::collection::vec(-2_500i64..2_500, 3),
    ) -> Extract {
        let day = |n: usize| Some(add_days(date(2023, 3, 1), days[n]));
        Extract {
            birth_date: Some(PartialDate::Day(date(birth.0, birth.1, birth.2))),
            nationality: Some(Code::new(if belgian { "BE" } else { "SN" })),
            registered_on: day(0),
            permit_valid_from: day(1),
            lawful_stay_since: day(2),
            ..extract(date(2023, 3, 1))
        }
    }
}

/// The extract with the answers to some of its columns. A year that was known stays.
fn answered(known: &Extract, answers: &Extract, asked: &BTreeSet<Field>) -> Extract {
    let mut whole = known.clone();
    for field in asked {
        match (field, known.birth_date) {
            (Field::BirthDate, Some(PartialDate::Year(year))) => {
                whole.birth_date = Some(PartialDate::Day(date(year, 7, 14)));
            }
            (Field::BirthDate, _) => whole.birth_date = answers.birth_date,
            (Field::Nationality, _) => whole.nationality = answers.nationality.clone(),
            (Field::RegisteredOn, _) => whole.registered_on = answers.registered_on,
            (Field::PermitValidFrom, _) => whole.permit_valid_from = answers.permit_valid_from,
            (Field::LawfulStaySince, _) => whole.lawful_stay_since = answers.lawful_stay_since,
            _ => {}
        }
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn with_what_is_needed_the_outcome_is_decided_whatever_it_says(known in partial(), answers in answers()) {
        let day = date(2030, 1, 1);
        let before = facts(&[(day, checked(known.clone()))]);
        let asked = needs(&LAW, &History::new(&before, Moment::end_of(day)));
        let after = facts(&[(day, checked(answered(&known, &answers, &asked)))]);
        let history = History::new(&after, Moment::end_of(day));
        let outcome = reasons(&LAW, &history).expect("a check counts").standing.outcome;
        prop_assert!(!matches!(outcome, Outcome::Undecided(_)), "{outcome:?} after {asked:?}");
        prop_assert!(needs(&LAW, &history).is_empty());
    }

    #[test]
    fn what_is_decided_for_a_population_is_what_the_standing_says(known in partial(), granted in any::<bool>()) {
        let day = date(2030, 1, 1);
        let exempt = FactKind::ExemptionGranted { code: Code::new("E11"), until: None };
        let events = [(day, checked(known)), (day, exempt)];
        let facts = facts(&events[..1 + usize::from(granted)]);
        let history = History::new(&facts, Moment::end_of(day));
        prop_assert_eq!(decide(&LAW, &history), assess(&LAW, &history).map(|standing| standing.outcome));
    }

    #[test]
    fn without_one_of_them_it_may_stay_open(known in partial(), left_out in 0usize..5) {
        let day = date(2090, 1, 1);
        let before = facts(&[(day, checked(known.clone()))]);
        let mut asked = needs(&LAW, &History::new(&before, Moment::end_of(day)));
        let Some(missing) = asked.iter().copied().nth(left_out) else { return Ok(()) };
        asked.remove(&missing);
        // Answers under which everything else holds; a year alone leaves it open in the year of one of the two birthdays.
        let turning = match known.birth_date {
            Some(PartialDate::Year(year)) => date(if year + 18 > 2023 { year + 18 } else { year + 65 }, 7, 14),
            _ => date(2023, 3, 1),
        };
        let favourable = Extract {
            registered_on: Some(turning),
            permit_valid_from: Some(turning),
            lawful_stay_since: Some(turning),
            ..extract(turning)
        };
        let after = facts(&[(day, checked(answered(&known, &favourable, &asked)))]);
        let outcome = reasons(&LAW, &History::new(&after, Moment::end_of(day))).expect("a check counts").standing.outcome;
        let decided_by_what_was_known = matches!(outcome, Outcome::NotInScope(_));
        prop_assert!(matches!(outcome, Outcome::Undecided(_)) || decided_by_what_was_known, "{outcome:?} without {missing}");
    }

    #[test]
    fn the_effects_of_the_stops_add_up(
        stops in proptest::collection::vec((0i64..700, 0i64..200), 0..6),
        months in any::<bool>(),
    ) {
        let start = date(2023, 4, 17);
        let mut events = vec![(start, checked(extract(start))), (start, FactKind::CertificateReceived), registered(start)];
        events.extend(stops.iter().map(|(first, length)| {
            let on = add_days(start, *first);
            (on, FactKind::SuspensionGranted { code: Code::new("S01"), until: add_days(on, *length) })
        }));
        for clock in reasons_at(if months { &BY_MONTHS } else { &LAW }, &events, date(2025, 12, 1)).clocks {
            let sum: i64 = clock.entries.iter().map(|entry| entry.days).sum();
            prop_assert_eq!(days_between(clock.original.raw, clock.due.raw), sum, "{}", clock.deadline.term);
        }
    }
}
