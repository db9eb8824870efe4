//! The evaluator of conditions: each form, each comparison, and each way of not knowing.

use jiff::civil::date;
use std::collections::BTreeSet;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::extract::Extract;
use traject_domain::law::{LeapDayBirthday, Length};
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::predicate::{CodeInput, Comparison, Field, Inputs, Predicate, SpanInput, Truth, Value};

/// What is known of somebody; of codes, all columns have the same one.
#[derive(Clone)]
struct Known {
    code: Option<Code>,
    birth: Option<PartialDate>,
    stay: Option<Date>,
    permit: (Option<Date>, Option<Date>),
    reference: Result<Date, Vec<Field>>,
    leap_day: LeapDayBirthday,
}

/// Nothing at all.
fn nothing() -> Known {
    let reference = Err(vec![Field::RegisteredOn]);
    let leap_day = LeapDayBirthday::FirstOfMarch;
    Known { code: None, birth: None, stay: None, permit: (None, None), reference, leap_day }
}

fn extract(known: &Known) -> Extract {
    let code = || known.code.clone();
    Extract {
        birth_date: None,
        nationality: code(),
        municipality: Municipality::all().next().expect("nineteen"),
        register: code().unwrap_or_else(|| Code::new("waiting")),
        registered_on: None,
        permit_kind: code(),
        permit_ground: code(),
        permit_valid_from: known.permit.0,
        permit_valid_until: known.permit.1,
        lawful_stay_since: known.stay,
        family_of: code(),
        family_tie: code(),
        long_term_resident_of: code(),
        letter_language: None,
        sex: None,
        contact_language: None,
    }
}

/// What a condition came to, with the value seen and the columns missing; with a trace and without, it is the same.
fn evaluate(predicate: &Predicate, known: &Known) -> (Truth, Option<Value>, Vec<Field>) {
    let extract = extract(known);
    let inputs = Inputs {
        extract: &extract,
        birth: known.birth,
        reference: known.reference.as_ref().copied().map_err(Vec::as_slice),
        leap_day: known.leap_day,
    };
    let trace = predicate.evaluate(&inputs);
    assert_eq!((trace.predicate, trace.truth), (predicate, predicate.truth(&inputs)));
    (trace.truth, trace.value, trace.missing.into_iter().collect())
}

fn truth(predicate: &Predicate, known: &Known) -> Truth {
    evaluate(predicate, known).0
}

fn one_of(input: CodeInput, codes: &[&str]) -> Predicate {
    Predicate::OneOf(input, codes.iter().copied().map(Code::new).collect())
}

/// A condition on the reference date that, on 1 January 2023, comes to this.
fn leaf(truth: Truth) -> Predicate {
    match truth {
        Truth::True => Predicate::ReferenceDateFrom(date(2023, 1, 1)),
        Truth::False => Predicate::ReferenceDateFrom(date(2023, 1, 2)),
        Truth::Unknown => one_of(CodeInput::Nationality, &["BE"]),
    }
}

const ALL: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

#[test]
fn conditions_are_joined_by_the_tables_of_kleene() {
    let known = Known { reference: Ok(date(2023, 1, 1)), ..nothing() };
    for (a, b) in ALL.into_iter().flat_map(|a| ALL.map(|b| (a, b))) {
        let parts = || vec![leaf(a), leaf(b)];
        for (joined, expected) in [(Predicate::All(parts()), a.min(b)), (Predicate::Any(parts()), a.max(b))] {
            let missing = if expected == Truth::Unknown { vec![Field::Nationality] } else { Vec::new() };
            assert_eq!(evaluate(&joined, &known), (expected, None, missing), "{joined:?}");
        }
    }
    assert_eq!(truth(&Predicate::All(Vec::new()), &known), Truth::True);
    assert_eq!(truth(&Predicate::Any(Vec::new()), &known), Truth::False);
    for (part, expected) in ALL.into_iter().zip([Truth::True, Truth::Unknown, Truth::False]) {
        let negated = Predicate::Not(Box::new(leaf(part)));
        let missing = if expected == Truth::Unknown { vec![Field::Nationality] } else { Vec::new() };
        assert_eq!(evaluate(&negated, &known), (expected, None, missing));
    }
}

#[test]
fn a_trace_holds_its_parts() {
    let known = Known { reference: Ok(date(2023, 1, 1)), ..nothing() };
    let condition = Predicate::Not(Box::new(Predicate::All(vec![leaf(Truth::True), leaf(Truth::False)])));
    let extract = extract(&known);
    let inputs = Inputs { extract: &extract, birth: None, reference: Ok(date(2023, 1, 1)), leap_day: known.leap_day };
    let trace = condition.evaluate(&inputs);
    let truths: Vec<Truth> = trace.parts[0].parts.iter().map(|part| part.truth).collect();
    assert_eq!(
        (trace.truth, trace.parts[0].truth, truths),
        (Truth::True, Truth::False, vec![Truth::True, Truth::False])
    );
    assert_eq!(trace.parts[0].parts[0].value, Some(Value::Day(date(2023, 1, 1))));
}

#[test]
fn an_empty_column_is_unknown_or_says_that_there_is_none() {
    use CodeInput::{FamilyOf, FamilyTie, LongTermResidentOf, Nationality, PermitGround, PermitKind};
    for (input, field) in
        [(Nationality, Field::Nationality), (PermitKind, Field::PermitKind), (PermitGround, Field::PermitGround)]
    {
        let found = evaluate(&one_of(input, &["x"]), &nothing());
        assert_eq!(found, (Truth::Unknown, Some(Value::Unknown), vec![field]));
    }
    for (input, field) in
        [(FamilyOf, Field::FamilyOf), (FamilyTie, Field::FamilyTie), (LongTermResidentOf, Field::LongTermResidentOf)]
    {
        let found = evaluate(&one_of(input, &["x"]), &nothing());
        assert_eq!(found, (Truth::False, Some(Value::None), vec![]));
        assert_eq!(input.field(), field);
    }
    let known = Known { code: Some(Code::new("x")), ..nothing() };
    for (codes, expected) in [(&["x", "y"][..], Truth::True), (&["y"], Truth::False)] {
        let found = evaluate(&one_of(Nationality, codes), &known);
        assert_eq!(found, (expected, Some(Value::Code(Code::new("x"))), vec![]));
    }
}

#[test]
fn a_reference_date_that_is_missing_names_its_columns() {
    let from = Predicate::ReferenceDateFrom(date(2022, 6, 1));
    for (day, expected) in [(date(2022, 5, 31), Truth::False), (date(2022, 6, 1), Truth::True)] {
        let known = Known { reference: Ok(day), ..nothing() };
        assert_eq!(evaluate(&from, &known), (expected, Some(Value::Day(day)), vec![]));
    }
    let unknown = |field| (Truth::Unknown, Some(Value::Unknown), field);
    assert_eq!(evaluate(&from, &nothing()), unknown(vec![Field::RegisteredOn]));
    let age = Predicate::Span(SpanInput::Age, Comparison::AtLeast, Length::Years(18));
    assert_eq!(evaluate(&age, &nothing()), unknown(vec![Field::BirthDate, Field::RegisteredOn]));
    let born = Known { birth: Some(PartialDate::Year(1990)), ..nothing() };
    assert_eq!(evaluate(&age, &born), unknown(vec![Field::RegisteredOn]));
    let stay = Predicate::Span(SpanInput::LawfulStay, Comparison::LessThan, Length::Years(3));
    let dated = Known { reference: Ok(date(2023, 1, 1)), ..nothing() };
    assert_eq!(evaluate(&stay, &dated), unknown(vec![Field::LawfulStaySince]));
}

#[test]
fn a_length_is_compared_with_the_day_on_which_it_is_reached() {
    use Truth::{False, True};
    let since = date(2005, 5, 10);
    let eve_day_after = [date(2023, 5, 9), date(2023, 5, 10), date(2023, 5, 11)];
    for (comparison, expected) in [
        (Comparison::AtLeast, [False, True, True]),
        (Comparison::LessThan, [True, False, False]),
        (Comparison::MoreThan, [False, False, True]),
    ] {
        for (to, expected) in eve_day_after.into_iter().zip(expected) {
            let dated = Known { reference: Ok(to), ..nothing() };
            let span = |input| Predicate::Span(input, comparison, Length::Years(18));
            let value = Some(Value::Span(PartialDate::Day(since), Some(to)));
            for (input, known) in [
                (SpanInput::Age, Known { birth: Some(PartialDate::Day(since)), ..dated.clone() }),
                (SpanInput::LawfulStay, Known { stay: Some(since), ..dated }),
                (SpanInput::PermitLength, Known { permit: (Some(since), Some(to)), ..nothing() }),
            ] {
                assert_eq!(
                    evaluate(&span(input), &known),
                    (expected, value.clone(), vec![]),
                    "{input} {comparison} {to}"
                );
            }
        }
    }
}

#[test]
fn a_permit_without_an_end_is_longer_than_anything() {
    let first = date(2023, 1, 1);
    for (comparison, expected) in
        [(Comparison::AtLeast, Truth::True), (Comparison::MoreThan, Truth::True), (Comparison::LessThan, Truth::False)]
    {
        let length = Predicate::Span(SpanInput::PermitLength, comparison, Length::Months(3));
        assert_eq!(evaluate(&length, &nothing()), (expected, Some(Value::Unknown), vec![]));
        let known = Known { permit: (Some(first), None), ..nothing() };
        assert_eq!(evaluate(&length, &known), (expected, Some(Value::Span(PartialDate::Day(first), None)), vec![]));
    }
}

#[test]
fn a_permit_without_a_first_day_is_unknown_whatever_the_reference_date() {
    let known = Known { permit: (None, Some(date(2023, 1, 1))), ..nothing() };
    let length = Predicate::Span(SpanInput::PermitLength, Comparison::MoreThan, Length::Months(3));
    assert_eq!(evaluate(&length, &known), (Truth::Unknown, Some(Value::Unknown), vec![Field::PermitValidFrom]));
}

#[test]
fn a_leap_day_has_its_birthday_by_policy_and_its_stay_on_the_first_of_march() {
    let born = date(2004, 2, 29);
    let on = |input, leap_day, day| {
        let birth = Some(PartialDate::Day(born));
        let known = Known { birth, stay: Some(born), reference: Ok(day), leap_day, ..nothing() };
        truth(&Predicate::Span(input, Comparison::AtLeast, Length::Years(18)), &known)
    };
    let (february, march) = (date(2022, 2, 28), date(2022, 3, 1));
    let (early, late) = (LeapDayBirthday::TwentyEighthOfFebruary, LeapDayBirthday::FirstOfMarch);
    assert_eq!(on(SpanInput::Age, late, february), Truth::False);
    assert_eq!(on(SpanInput::Age, late, march), Truth::True);
    assert_eq!(on(SpanInput::Age, early, february), Truth::True);
    assert_eq!(on(SpanInput::LawfulStay, early, february), Truth::False);
    assert_eq!(on(SpanInput::LawfulStay, early, march), Truth::True);
}

#[test]
fn an_incomplete_birth_date_decides_when_every_day_of_it_gives_the_same_answer() {
    let age = Predicate::Span(SpanInput::Age, Comparison::AtLeast, Length::Years(18));
    let birth = PartialDate::Year(2004);
    for (day, expected, missing) in [
        (date(2021, 12, 31), Truth::False, vec![]),
        (date(2022, 1, 1), Truth::Unknown, vec![Field::BirthDate]),
        (date(2022, 12, 30), Truth::Unknown, vec![Field::BirthDate]),
        (date(2022, 12, 31), Truth::True, vec![]),
    ] {
        let known = Known { birth: Some(birth), reference: Ok(day), ..nothing() };
        assert_eq!(evaluate(&age, &known), (expected, Some(Value::Span(birth, Some(day))), missing), "{day}");
    }
}

#[test]
fn every_input_is_read_from_its_own_column() {
    let fields: BTreeSet<Field> = CodeInput::ALL.iter().map(|input| input.field()).collect();
    assert_eq!(fields.len(), CodeInput::ALL.len());
    assert!(CodeInput::ALL.iter().all(|input| input.field().code() == input.code()));
}
