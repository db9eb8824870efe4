//! Why an outcome is what it is: every condition and exemption with what it came to, its ground, and its trace.

use crate::auth::Caller;
use crate::code;
use crate::standing::date;
use traject_app::reasons::{test, value};
use traject_domain::assess::{Finding, explain};
use traject_domain::history::History;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::{Law, RegimeId};
use traject_domain::predicate::{Trace, Truth};
use traject_domain::standing::Standing;
use traject_proto::traject::check::v1 as wire;

/// The outcome with its reasons; `None` while no check counts.
pub(crate) fn explanation(
    law: &Law,
    history: &History<'_>,
    standing: &Standing,
    caller: &Caller,
) -> Option<wire::CheckPersonResponse> {
    let found = explain(law, history)?;
    let regime = standing.regime.as_ref();
    // One extract was judged, that of the request: it has no reference.
    let finding =
        |found: &Finding<'_>| wire::Finding { source_fact: String::new(), ..finding(found, regime, caller.language) };
    Some(wire::CheckPersonResponse {
        outcome: code::outcome(&standing.outcome),
        reasons: standing.outcome.reasons().into_iter().map(str::to_owned).collect(),
        regime: regime.map(ToString::to_string).unwrap_or_default(),
        reference_date: date(standing.reference_date),
        conditions: found.conditions.iter().map(finding).collect(),
        exemptions: found.exemptions.iter().map(finding).collect(),
        law_version: law.version.clone(),
    })
}

/// What one condition or exemption came to, under the regime of the outcome.
pub(crate) fn finding(found: &Finding<'_>, regime: Option<&RegimeId>, language: ReadingLanguage) -> wire::Finding {
    wire::Finding {
        code: found.id.to_string(),
        label: found.label.text(language).to_owned(),
        truth: truth(found.truth),
        ground: found.provenance.ground(regime),
        confidence: found.provenance.confidence.word().to_owned(),
        missing: missing(found),
        trace: found.trace.as_ref().map(trace).unwrap_or_default(),
        source_fact: found.source.to_string(),
        sources: found.provenance.sources.iter().map(ToString::to_string).collect(),
    }
}

fn truth(truth: Truth) -> i32 {
    let wire = match truth {
        Truth::True => wire::Truth::True,
        Truth::False => wire::Truth::False,
        Truth::Unknown => wire::Truth::Unknown,
    };
    wire.into()
}

fn missing(finding: &Finding<'_>) -> Vec<String> {
    finding.trace.iter().flat_map(|trace| &trace.missing).map(ToString::to_string).collect()
}

/// The tests of a condition, from the top downwards.
fn trace(from: &Trace<'_>) -> Vec<wire::TraceLine> {
    fn lines(from: &Trace<'_>, depth: i32, into: &mut Vec<wire::TraceLine>) {
        let value = from.value.as_ref().map(value).unwrap_or_default();
        into.push(wire::TraceLine { depth, test: test(from.predicate), truth: truth(from.truth), value });
        for part in &from.parts {
            lines(part, depth + 1, into);
        }
    }
    let mut all = Vec::new();
    lines(from, 0, &mut all);
    all
}
