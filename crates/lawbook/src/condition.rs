//! Conditions as the files write them: one form per node.

use crate::error::LawErrorCode as E;
use crate::files::{TestText, Text};
use crate::place::{Place, Result};
use serde_saphyr::Spanned;
use traject_domain::code::{Code, CodeSet};
use traject_domain::law::CodeList;
use traject_domain::predicate::{CodeInput, Comparison, Predicate, SpanInput};

/// The value of the column nationality for a person of no or unknown nationality. It is no country.
const NO_NATIONALITY: &str = "XX";

/// Reads a condition.
pub(crate) fn condition(place: &Place<'_>, text: &Spanned<TestText>) -> Result<Predicate> {
    let node = &text.value;
    let parts = |parts: &[Spanned<TestText>]| {
        if parts.is_empty() {
            return Err(place.error(E::EmptyList, text, "all and any need at least one part"));
        }
        parts.iter().map(|part| condition(place, part)).collect::<Result<Vec<_>>>()
    };
    let compared = node.one_of.is_some() || comparisons(node).next().is_some();
    match (&node.all, &node.any, &node.not, &node.reference_date_from, &node.input) {
        (Some(all), None, None, None, None) if !compared => Ok(Predicate::All(parts(all)?)),
        (None, Some(any), None, None, None) if !compared => Ok(Predicate::Any(parts(any)?)),
        (None, None, Some(not), None, None) if !compared => Ok(Predicate::Not(Box::new(condition(place, not)?))),
        (None, None, None, Some(day), None) if !compared => Ok(Predicate::ReferenceDateFrom(place.day(day)?)),
        (None, None, None, None, Some(input)) => leaf(place, text, input),
        _ => {
            let reason = "a condition is one of: all, any, not, reference_date_from, or an input with one comparison";
            Err(place.error(E::BadValue, text, reason))
        }
    }
}

fn comparisons(node: &TestText) -> impl Iterator<Item = (Comparison, &Text)> {
    [
        (Comparison::AtLeast, node.at_least.as_ref()),
        (Comparison::LessThan, node.less_than.as_ref()),
        (Comparison::MoreThan, node.more_than.as_ref()),
    ]
    .into_iter()
    .filter_map(|(comparison, length)| Some((comparison, length?)))
}

fn leaf(place: &Place<'_>, text: &Spanned<TestText>, input: &Text) -> Result<Predicate> {
    let mut lengths = comparisons(&text.value);
    let compared = (&text.value.one_of, lengths.next(), lengths.next());
    match (CodeInput::from_code(&input.value), SpanInput::from_code(&input.value), compared) {
        (Some(input), None, (Some(codes), None, None)) => {
            let codes = place.filled(codes)?.iter().map(|code| member(place, input, code));
            Ok(Predicate::OneOf(input, codes.collect::<Result<CodeSet>>()?))
        }
        (None, Some(input), (None, Some((comparison, length)), None)) => {
            Ok(Predicate::Span(input, comparison, place.length(length)?))
        }
        (None, None, _) => Err(place.error(E::UnknownCode, input, format!("{:?} is not an input", input.value))),
        _ => {
            let reason = "an input with codes takes one_of; a length takes one of at_least, less_than, more_than";
            Err(place.error(E::BadValue, text, reason))
        }
    }
}

/// A code that the input can have: a misspelt one would never hold, and nobody would see it.
fn member(place: &Place<'_>, input: CodeInput, text: &Text) -> Result<Code> {
    let list = match input {
        CodeInput::Nationality | CodeInput::LongTermResidentOf => CodeList::Countries,
        CodeInput::Register => CodeList::Registers,
        CodeInput::PermitKind => CodeList::PermitKinds,
        CodeInput::PermitGround => CodeList::PermitGrounds,
        CodeInput::FamilyOf => CodeList::FamilyOf,
        CodeInput::FamilyTie => CodeList::FamilyTies,
    };
    let code = Code::new(&text.value);
    let listed = place.known.codes.get(&list).is_some_and(|codes| codes.contains_key(&code));
    if listed || (input == CodeInput::Nationality && code.as_str() == NO_NATIONALITY) {
        return Ok(code);
    }
    Err(place.error(E::UnknownCode, text, format!("{:?} is not a code of the input {input}", text.value)))
}
