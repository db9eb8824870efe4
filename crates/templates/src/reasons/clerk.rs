//! The clerk's page: the outcome, every condition with what was seen, and what is still needed.

use super::page::{Lines, Page};
use super::procedure;
use super::speaker::{Speaker, leaves};
use super::words::Group;
use traject_domain::Date;
use traject_domain::assess::Finding;
use traject_domain::partial_date::PartialDate;
use traject_domain::predicate::{CodeInput, Predicate, SpanInput, Trace, Truth, Value};
use traject_domain::standing::Outcome;

/// Writes the page.
pub(super) fn page(speaker: &Speaker<'_>) -> Page {
    let (file, t) = (speaker.file, &speaker.file.clerk);
    let mut page = Page::new(&file.code, file.direction, &t.title());
    page.add(&t.outcome_heading(), outcome(speaker));
    page.add(&t.conditions_heading(), conditions(speaker));
    page.add(&t.exemptions_heading(), exemptions(speaker));
    page.add(&t.needs_heading(), needs(speaker));
    page.add(&t.progress_heading(), procedure::progress(speaker));
    page.add(&t.next_heading(), procedure::next(speaker));
    page.add(&t.terms_heading(), procedure::terms(speaker));
    page.add(&t.enforcement_heading(), procedure::enforcement(speaker));
    page.add(&t.targets_heading(), procedure::targets(speaker));
    page.add(&t.review_heading(), procedure::reviews(speaker));
    page
}

fn outcome(speaker: &Speaker<'_>) -> Lines {
    let (t, standing) = (&speaker.file.clerk, &speaker.reasons.standing);
    let mut lines = Lines::default();
    lines.add(0, speaker.word(Group::Outcome, standing.outcome.word()));
    for reason in outcome_reasons(speaker) {
        lines.add(1, &reason);
    }
    if let Some(from) = standing.exempt_from {
        lines.add(1, &t.exempt_from(&speaker.date(from)));
    }
    if let Some(entitled) = standing.entitled.as_ref().and_then(|code| speaker.entitlement(code)) {
        lines.add(0, &t.entitled(entitled));
    }
    let at = standing.at;
    lines.add(0, &t.moment(&speaker.date(at.as_of), &speaker.date(at.recorded_by)));
    match standing.reference_date {
        Some(day) => lines.add(0, &t.reference_date(&speaker.date(day))),
        None => lines.add(0, &t.no_reference_date()),
    }
    match standing.regime.as_ref().and_then(|id| Some((speaker.regime(id)?, id))) {
        Some((label, id)) => lines.add(0, &t.regime(label, id.as_str())),
        None => lines.add(0, &t.no_regime()),
    }
    if let Some(language) = standing.letter_language {
        lines.add(0, &t.letter_language(speaker.language(language)));
    }
    lines.add(0, &t.law_version(&speaker.law.version));
    if let Some(note) = &speaker.file.note {
        lines.add(0, note);
    }
    lines
}

fn outcome_reasons(speaker: &Speaker<'_>) -> Vec<String> {
    let t = &speaker.file.clerk;
    let condition = |code| speaker.reasons.conditions.iter().find(|finding| finding.id == code);
    match &speaker.reasons.standing.outcome {
        Outcome::Obliged => Vec::new(),
        Outcome::Exempt(codes) => {
            codes.iter().map(|code| t.exempt_by(&speaker.exemption(code), code.as_str())).collect()
        }
        Outcome::NotInScope(codes) => {
            let label = |code| condition(code).map_or("", |finding| speaker.condition(finding));
            codes.iter().map(|code| t.fails(label(code), code.as_str())).collect()
        }
        Outcome::Undecided(fields) => fields.iter().map(|field| t.needed(speaker.field(*field))).collect(),
    }
}

fn conditions(speaker: &Speaker<'_>) -> Lines {
    let mut lines = Lines::default();
    for finding in &speaker.reasons.conditions {
        add_finding(speaker, finding, speaker.condition(finding), &mut lines);
    }
    lines
}

/// Exemptions that hold or may hold, and how many others there are.
fn exemptions(speaker: &Speaker<'_>) -> Lines {
    let mut lines = Lines::default();
    let (others, shown): (Vec<_>, Vec<_>) =
        speaker.reasons.exemptions.iter().partition(|finding| finding.truth == Truth::False);
    for finding in shown {
        add_finding(speaker, finding, &speaker.exemption(finding.id), &mut lines);
        let evidence = speaker.evidence(finding.id);
        if !evidence.is_empty() {
            lines.add(1, &speaker.file.clerk.evidence(&evidence));
        }
    }
    if !others.is_empty() {
        lines.add(0, &speaker.file.clerk.others(&others.len().to_string()));
    }
    lines
}

/// A condition or an exemption: what it came to, the values seen, the fact they come from, and the ground.
fn add_finding(speaker: &Speaker<'_>, finding: &Finding<'_>, label: &str, lines: &mut Lines) {
    let t = &speaker.file.clerk;
    lines.add(0, &t.finding(label, finding.id.as_str(), speaker.truth(finding.truth)));
    for leaf in finding.trace.iter().flat_map(leaves) {
        lines.add(1, &value(speaker, leaf));
        // An incomplete birth date is seen, and yet not enough.
        if let (Truth::Unknown, Some(Value::Span(..))) = (leaf.truth, &leaf.value) {
            lines.add(1, &t.lacking(&speaker.fields(leaf.missing.iter().copied())));
        }
    }
    lines.add(1, &t.source(&speaker.fact(&finding.source)));
    lines.add(1, &speaker.ground_line(finding.provenance, speaker.of_outcome()));
}

/// What a test saw, in words.
fn value(speaker: &Speaker<'_>, leaf: &Trace<'_>) -> String {
    let t = &speaker.file.clerk;
    match (leaf.predicate, &leaf.value) {
        (Predicate::OneOf(input, _), seen) => code(speaker, *input, seen.as_ref()),
        (Predicate::Span(input, ..), Some(Value::Span(from, until))) => span(speaker, *input, *from, *until),
        // A permit without a last day is long enough, whenever it began.
        (Predicate::Span(SpanInput::PermitLength, ..), _) if leaf.truth != Truth::Unknown => {
            t.value_permit_without_end()
        }
        (_, Some(Value::Day(day))) => t.value_reference(&speaker.date(*day)),
        _ if leaf.missing.is_empty() => t.value_no_reference(),
        _ => t.lacking(&speaker.fields(leaf.missing.iter().copied())),
    }
}

fn code(speaker: &Speaker<'_>, input: CodeInput, seen: Option<&Value>) -> String {
    let (t, field) = (&speaker.file.clerk, speaker.field(input.field()));
    match seen {
        Some(Value::Code(code)) => t.value_code(field, &speaker.value(input, code)),
        Some(Value::None) => t.value_none(field),
        _ => t.value_unknown(field),
    }
}

fn span(speaker: &Speaker<'_>, input: SpanInput, from: PartialDate, until: Option<Date>) -> String {
    let (t, start) = (&speaker.file.clerk, speaker.partial(from));
    match (input, until) {
        (SpanInput::Age, Some(until)) if from.is_complete() => t.value_born(&start, &speaker.date(until)),
        (SpanInput::Age, Some(until)) => t.value_born_in(&start, &speaker.date(until)),
        (SpanInput::LawfulStay, Some(until)) => t.value_stay(&start, &speaker.date(until)),
        (_, Some(until)) => t.value_permit(&start, &speaker.date(until)),
        (_, None) => t.value_permit_unlimited(&start),
    }
}

fn needs(speaker: &Speaker<'_>) -> Lines {
    let t = &speaker.file.clerk;
    let mut lines = Lines::default();
    if !speaker.reasons.needs.is_empty() {
        lines.add(0, &t.needs_intro());
    }
    for field in &speaker.reasons.needs {
        lines.add(1, &t.need(speaker.field(*field), &speaker.papers(*field)));
    }
    lines
}
