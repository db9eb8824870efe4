//! What is still needed before the outcome can be decided.

use super::scope::explain;
use crate::history::History;
use crate::law::{IncompleteBirthDate, Law};
use crate::predicate::{Field, Predicate, SpanInput, Trace, Truth};
use std::collections::BTreeSet;

/// The smallest set of columns with which the outcome is decided, whatever they turn out to say; empty when it is
/// decided already, or while no check counts.
///
/// Every condition must hold, so each that is open needs all that it depends on: with one of these columns missing there
/// are values of the others that leave the outcome open. That a reference date of which one part is known cannot lie
/// before that part is not used.
pub fn needs(law: &Law, history: &History<'_>) -> BTreeSet<Field> {
    let Some(found) = explain(law, history) else { return BTreeSet::new() };
    let decided = found.conditions.iter().any(|finding| finding.truth == Truth::False)
        || found.exemptions.iter().any(|finding| finding.truth == Truth::True);
    if decided {
        return BTreeSet::new();
    }
    let birth_may_matter = law.policies.incomplete_birth_date == IncompleteBirthDate::AskWhenItMatters
        && found.birth.is_some_and(|birth| !birth.is_complete());
    let traces = found.conditions.iter().filter_map(|finding| finding.trace.as_ref());
    traces.flat_map(|trace| open(trace, birth_may_matter)).collect()
}

/// What the open tests of a condition depend on. An incomplete birth date may matter once there is a reference date.
fn open(trace: &Trace<'_>, birth_may_matter: bool) -> BTreeSet<Field> {
    if trace.truth != Truth::Unknown {
        return BTreeSet::new();
    }
    let mut needed = trace.missing.clone();
    needed.extend(trace.parts.iter().flat_map(|part| open(part, birth_may_matter)));
    if birth_may_matter && matches!(trace.predicate, Predicate::Span(SpanInput::Age, ..)) {
        needed.insert(Field::BirthDate);
    }
    needed
}
