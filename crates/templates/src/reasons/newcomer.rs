//! The newcomer's page: what, by when, where, and only then why. No codes, and no medical ground by its name.

use super::page::{Lines, Page};
use super::speaker::{Speaker, leaves};
use super::words::Group;
use std::borrow::Cow;
use std::collections::BTreeSet;
use traject_domain::Date;
use traject_domain::assess::{Clock, ClockEvent, Finding};
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::Step;
use traject_domain::law::{Confidence, Length};
use traject_domain::predicate::{Comparison, Predicate, SpanInput, Trace, Truth, Value};
use traject_domain::standing::{BreachStanding, Enforcement, NextCode, Obligation, Outcome, Stage};

/// The paper by which the law marks a ground as medical.
const MEDICAL: &str = "medical_certificate_model";

/// Writes the page.
pub(super) fn page(speaker: &Speaker<'_>) -> Page {
    let (file, t) = (speaker.file, &speaker.file.newcomer);
    let mut page = Page::new(&file.code, file.direction, &t.title());
    let matter = Matter::of(speaker);
    page.add(&t.short_heading(), in_short(speaker, &matter));
    page.add(&t.needs_heading(), needs(speaker));
    page.add(&t.why_heading(), why(speaker, &matter));
    page.add(&t.how_heading(), how(speaker, &matter));
    page.add(&t.then_heading(), then(speaker, &matter));
    page.add(&t.legal_heading(), legal(speaker, &matter));
    page
}

/// What the page is about for this person.
enum Matter<'s> {
    /// It depends on what is missing.
    Undecided,
    /// Nothing is due.
    Free,
    /// The dossier of somebody who is or was obliged is closed or frozen.
    Ended(&'s Obligation),
    /// The municipality still hands over the certificate.
    Inform,
    /// To register.
    Register,
    /// To complete.
    Complete,
    /// A breach that the person can still meet.
    Cure(&'s BreachStanding),
    /// A notice is withdrawn, or a fine reviewed.
    Undone(NextCode),
    /// The dossier goes to the GGC, or lies there.
    Ggc(NextCode, &'s BreachStanding),
    /// A fine is to be paid.
    Pay(&'s BreachStanding),
    /// Nothing is due next.
    Quiet(&'s BreachStanding),
}

impl<'s> Matter<'s> {
    fn of(speaker: &Speaker<'s>) -> Self {
        let standing = &speaker.reasons.standing;
        let Some(obligation) = &standing.obligation else {
            let undecided = matches!(standing.outcome, Outcome::Undecided(_));
            return if undecided { Self::Undecided } else { Self::Free };
        };
        let shown = obligation.shown();
        match standing.next.map(|next| next.code) {
            Some(code @ (NextCode::WithdrawNotice | NextCode::ReviewFine)) => Self::Undone(code),
            _ if matches!(obligation.stage, Stage::Closed | Stage::Frozen) => Self::Ended(obligation),
            Some(NextCode::Inform) => Self::Inform,
            Some(NextCode::Register) => Self::Register,
            Some(NextCode::Complete) => Self::Complete,
            Some(NextCode::Notice | NextCode::Cure) => Self::Cure(shown),
            Some(code @ (NextCode::Transfer | NextCode::Hearing | NextCode::Decision)) => Self::Ggc(code, shown),
            None => match shown.state {
                Enforcement::NoticePosted => Self::Cure(shown),
                Enforcement::Fined => Self::Pay(shown),
                _ => Self::Quiet(shown),
            },
        }
    }

    /// The term that the page explains.
    fn term(&self) -> Option<(Breach, Term)> {
        Some(match self {
            Self::Register => (Breach::NotRegistered, Term::Register),
            Self::Complete => (Breach::NotCompleted, Term::Complete),
            Self::Cure(breach) if breach.cure.is_some() => (breach.breach, Term::Cure),
            Self::Cure(breach) => (breach.breach, breach.breach.term()),
            Self::Ggc(NextCode::Decision, breach) => (breach.breach, Term::Defence),
            Self::Pay(breach) => (breach.breach, Term::Pay),
            _ => return None,
        })
    }

    fn clock<'r>(&self, speaker: &Speaker<'r>) -> Option<&'r Clock<'r>> {
        let (breach, term) = self.term()?;
        speaker.reasons.clocks.iter().find(|clock| clock.breach == breach && clock.deadline.term == term)
    }
}

fn in_short(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Lines {
    let t = &speaker.file.newcomer;
    let mut lines = Lines::default();
    for what in what(speaker, matter) {
        lines.add(0, &what);
    }
    if let Some(when) = when(speaker, matter) {
        lines.add(0, &t.when(&when));
    }
    if let Some(place) = place(speaker, matter) {
        lines.add(0, &t.where_(&place));
    }
    let to_follow = match matter {
        Matter::Inform | Matter::Register | Matter::Complete | Matter::Cure(_) => true,
        _ => speaker.reasons.standing.entitled.is_some(),
    };
    if to_follow {
        lines.add(0, &t.price());
    }
    lines
}

/// What to do, or what happens.
fn what(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Vec<String> {
    let t = &speaker.file.newcomer;
    let next = |code: NextCode| speaker.word(Group::YouNext, code.code()).to_owned();
    let state = |breach: &BreachStanding| speaker.word(Group::YouState, breach.state.code()).to_owned();
    match matter {
        Matter::Undecided => vec![t.what(&t.not_yet_known())],
        Matter::Free => {
            let may = speaker.reasons.standing.entitled.is_some().then(|| t.free_to_follow());
            [Some(t.what(&t.not_obliged())), may].into_iter().flatten().collect()
        }
        Matter::Ended(obligation) => vec![t.what(&ended(speaker, obligation))],
        Matter::Inform => vec![t.what(&next(NextCode::Inform))],
        Matter::Register => vec![t.what(&next(NextCode::Register))],
        Matter::Complete => vec![t.what(&next(NextCode::Complete))],
        Matter::Cure(breach) => {
            let now = t.what(speaker.word(Group::YouNow, breach.breach.code()));
            vec![now, speaker.reasons.standing.next.map_or_else(|| state(breach), |due| next(due.code))]
        }
        Matter::Undone(code) | Matter::Ggc(code, _) => vec![t.what(&next(*code))],
        Matter::Pay(breach) => {
            let amount = breach.fines.iter().rfind(|fine| fine.stands).map(|fine| speaker.euros(fine.amount));
            vec![t.what(&t.fine(&amount.unwrap_or_default())), t.still_due()]
        }
        Matter::Quiet(breach) => {
            let text = speaker.word(Group::YouState, breach.state.code());
            let fallback = speaker.word(Group::YouState, Enforcement::None.code());
            vec![t.what(if text.is_empty() { fallback } else { text })]
        }
    }
}

fn ended(speaker: &Speaker<'_>, obligation: &Obligation) -> String {
    match obligation.closing {
        Some(closing) => speaker.word(Group::YouClosed, closing.reason.code()).to_owned(),
        None => speaker.file.newcomer.frozen(),
    }
}

fn when(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Option<String> {
    let t = &speaker.file.newcomer;
    let by = |date: Date| t.by(&speaker.date(date));
    let standing = &speaker.reasons.standing;
    match matter {
        Matter::Register | Matter::Complete => Some(standing.next?.due.map_or_else(|| t.no_date(), by)),
        Matter::Cure(breach) => breach.cure.as_ref().map(|cure| by(cure.due)),
        Matter::Pay(breach) => breach.payment.as_ref().map(|payment| by(payment.due)),
        Matter::Ggc(NextCode::Decision, breach) => {
            breach.defence.as_ref().map(|defence| t.defence(&speaker.date(defence.due)))
        }
        Matter::Inform => Some(t.no_date()),
        _ => None,
    }
}

fn place(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Option<String> {
    let (t, standing) = (&speaker.file.newcomer, &speaker.reasons.standing);
    match matter {
        Matter::Register => Some(offices(speaker)),
        Matter::Cure(breach) if breach.breach == Breach::NotRegistered => Some(offices(speaker)),
        Matter::Complete | Matter::Cure(_) => Some(match &standing.track {
            Some((organiser, _)) => t.place_organiser(&speaker.organiser(organiser)),
            None => t.place_any_organiser(),
        }),
        Matter::Inform | Matter::Undecided | Matter::Undone(NextCode::WithdrawNotice) => Some(t.place_municipality()),
        Matter::Ended(obligation) if obligation.closing.is_none() => Some(t.place_municipality()),
        Matter::Free if standing.entitled.is_some() => Some(offices(speaker)),
        Matter::Ggc(NextCode::Hearing | NextCode::Decision, _) | Matter::Pay(_) | Matter::Undone(_) => {
            Some(t.place_ggc())
        }
        _ => None,
    }
}

/// The reception offices that offer a track under the regime of the moment.
fn offices(speaker: &Speaker<'_>) -> String {
    let offers = |tracks: &BTreeSet<LegalLanguage>| !tracks.is_empty();
    let regime = speaker.of_moment();
    let open = speaker.law.organisers.iter().filter(|of| regime.and_then(|id| of.tracks.get(id)).is_some_and(offers));
    let names: Vec<Cow<'_, str>> = open.map(|organiser| speaker.organiser(&organiser.code)).collect();
    speaker.file.newcomer.place_choose(&speaker.either(&names))
}

fn needs(speaker: &Speaker<'_>) -> Lines {
    let t = &speaker.file.newcomer;
    let mut lines = Lines::default();
    if !speaker.reasons.needs.is_empty() {
        lines.add(0, &t.needs_intro());
    }
    for field in &speaker.reasons.needs {
        lines.add(1, &t.need(speaker.field(*field), &speaker.papers(*field)));
    }
    lines
}

/// Only what decided. A dossier that has ended says why by itself.
fn why(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Lines {
    let (t, reasons) = (&speaker.file.newcomer, speaker.reasons);
    let mut lines = Lines::default();
    match &reasons.standing.outcome {
        Outcome::Obliged if matches!(matter, Matter::Ended(_)) => {}
        Outcome::Obliged => {
            add_reference(speaker, &mut lines);
            lines.add(0, &t.why_obliged());
            tests(speaker, reasons.conditions.iter(), &mut lines);
        }
        Outcome::NotInScope(_) => {
            add_reference(speaker, &mut lines);
            lines.add(0, &t.why_not());
            tests(speaker, reasons.conditions.iter().filter(|finding| finding.truth == Truth::False), &mut lines);
        }
        Outcome::Exempt(codes) => {
            lines.add(0, &t.why_exempt());
            for code in codes {
                lines.add(1, &ground(speaker, code));
            }
        }
        Outcome::Undecided(_) => lines.add(0, &t.why_open()),
    }
    lines
}

/// The day on which everything is measured.
fn add_reference(speaker: &Speaker<'_>, lines: &mut Lines) {
    if let Some(day) = speaker.reasons.standing.reference_date {
        lines.add(0, &speaker.file.newcomer.why_reference(&speaker.date(day)));
    }
}

/// The ground of an exemption; a medical one is not spelled out.
fn ground(speaker: &Speaker<'_>, code: &Code) -> String {
    let medical = speaker.law.exemption(code).is_some_and(|exemption| exemption.evidence.contains(&Code::new(MEDICAL)));
    if medical { speaker.file.newcomer.medical() } else { speaker.exemption(code).into_owned() }
}

fn tests<'f>(speaker: &Speaker<'_>, findings: impl Iterator<Item = &'f Finding<'f>>, lines: &mut Lines) {
    for leaf in findings.filter_map(|finding| finding.trace.as_ref()).flat_map(leaves) {
        if let Some(text) = test(speaker, leaf) {
            lines.add(1, &text);
        }
    }
}

/// What a test found, said to the person.
fn test(speaker: &Speaker<'_>, leaf: &Trace<'_>) -> Option<String> {
    let t = &speaker.file.newcomer;
    match (leaf.predicate, &leaf.value) {
        (Predicate::OneOf(input, _), Some(Value::Code(code))) => {
            Some(t.you_code(speaker.field(input.field()), &speaker.value(*input, code)))
        }
        (Predicate::OneOf(input, _), Some(Value::None)) => Some(t.you_none(speaker.field(input.field()))),
        (Predicate::Span(input, comparison, length), _) => {
            Some(span(speaker, *input, Relation::of(*comparison, leaf.truth)?, *length))
        }
        (Predicate::ReferenceDateFrom(day), _) => match leaf.truth {
            Truth::True => Some(t.reference_from(&speaker.date(*day))),
            Truth::False => Some(t.reference_before(&speaker.date(*day))),
            Truth::Unknown => None,
        },
        _ => None,
    }
}

/// How a length of time turned out to lie to the one in the law.
enum Relation {
    From,
    Below,
    Above,
    UpTo,
}

impl Relation {
    fn of(comparison: Comparison, truth: Truth) -> Option<Self> {
        Some(match (comparison, truth) {
            (_, Truth::Unknown) => return None,
            (Comparison::AtLeast, Truth::True) | (Comparison::LessThan, Truth::False) => Self::From,
            (Comparison::AtLeast, Truth::False) | (Comparison::LessThan, Truth::True) => Self::Below,
            (Comparison::MoreThan, Truth::True) => Self::Above,
            (Comparison::MoreThan, Truth::False) => Self::UpTo,
        })
    }
}

fn span(speaker: &Speaker<'_>, input: SpanInput, relation: Relation, length: Length) -> String {
    let (t, length) = (&speaker.file.newcomer, speaker.length(length));
    match (input, relation) {
        (SpanInput::Age, Relation::From) => t.age_from(&length),
        (SpanInput::Age, Relation::Below) => t.age_below(&length),
        (SpanInput::Age, Relation::Above) => t.age_above(&length),
        (SpanInput::Age, Relation::UpTo) => t.age_up_to(&length),
        (SpanInput::LawfulStay, Relation::From) => t.stay_from(&length),
        (SpanInput::LawfulStay, Relation::Below) => t.stay_below(&length),
        (SpanInput::LawfulStay, Relation::Above) => t.stay_above(&length),
        (SpanInput::LawfulStay, Relation::UpTo) => t.stay_up_to(&length),
        (SpanInput::PermitLength, Relation::From) => t.permit_from(&length),
        (SpanInput::PermitLength, Relation::Below) => t.permit_below(&length),
        (SpanInput::PermitLength, Relation::Above) => t.permit_above(&length),
        (SpanInput::PermitLength, Relation::UpTo) => t.permit_up_to(&length),
    }
}

/// How the last day was counted.
fn how(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Lines {
    let t = &speaker.file.newcomer;
    let mut lines = Lines::default();
    let Some(clock) = matter.clock(speaker) else { return lines };
    let started = speaker.word(Group::YouStart, clock.deadline.term.code());
    lines.add(0, &crate::texts::fill(started, &[("date", &speaker.date(clock.due.start))]));
    for step in &clock.due.derivation {
        match step {
            Step::Counted(length, end) => {
                lines.add(0, &t.how_length(&speaker.length(*length), &speaker.date(*end)));
                stops(speaker, clock, &mut lines);
            }
            Step::NotWorking(day, reason) => {
                lines.add(0, &t.how_free_day(&speaker.date(*day), speaker.free_day(reason)));
            }
            Step::Due(day) => lines.add(0, &t.how_due(&speaker.date(*day))),
            Step::Raw(day) if clock.due.raw != clock.original.raw => lines.add(0, &t.how_raw(&speaker.date(*day))),
            Step::Start(_) | Step::Suspended { .. } | Step::Raw(_) => {}
        }
    }
    if clock.original.due != clock.due.due {
        lines.add(0, &t.how_original(&speaker.date(clock.original.due)));
    }
    lines
}

/// Each time that the term stood still, with what it brought.
fn stops(speaker: &Speaker<'_>, clock: &Clock<'_>, lines: &mut Lines) {
    let t = &speaker.file.newcomer;
    for entry in &clock.entries {
        let (ClockEvent::Stopped { ground, until } | ClockEvent::Extended { ground, until }) = &entry.event else {
            continue;
        };
        let why = ground.as_ref().map_or_else(|| t.absence(), |code| suspension(speaker, code));
        let (first, last) = (speaker.date(entry.on), speaker.date(*until));
        lines.add(1, &t.how_stop(&first, &last, &why, &speaker.file.days(entry.days)));
    }
}

/// The ground of a suspension; a medical one is not spelled out.
fn suspension(speaker: &Speaker<'_>, code: &Code) -> String {
    let medical = speaker.law.suspension(code).is_some_and(|suspension| suspension.medical);
    if medical { speaker.file.newcomer.medical() } else { speaker.suspension(code).into_owned() }
}

fn then(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Lines {
    let t = &speaker.file.newcomer;
    let at = speaker.reasons.standing.at;
    let length = |term| speaker.length(speaker.law.length_on(term, at.as_of, at.recorded_by));
    let said = match matter {
        Matter::Undecided => vec![t.then_undecided()],
        Matter::Free => vec![t.then_change()],
        Matter::Inform => vec![t.then_register(&length(Term::Register)), t.then_complete(&length(Term::Complete))],
        Matter::Register => {
            vec![t.then_complete(&length(Term::Complete)), t.then_suspension(), t.then_late(&length(Term::Cure))]
        }
        Matter::Complete => vec![t.then_level(), t.then_suspension(), t.then_late(&length(Term::Cure))],
        Matter::Cure(_) => fine_range(speaker, |min, max| vec![t.then_proof(), t.then_refused(min, max)]),
        Matter::Ggc(..) => fine_range(speaker, |min, max| vec![t.then_heard(min, max)]),
        Matter::Pay(breach) => breach.appeal.iter().map(|appeal| t.then_appeal(&speaker.date(appeal.due))).collect(),
        Matter::Quiet(breach) if is_still_due(breach) => vec![t.still_due()],
        Matter::Ended(_) | Matter::Undone(_) | Matter::Quiet(_) => Vec::new(),
    };
    let mut lines = Lines::default();
    for line in &said {
        lines.add(0, line);
    }
    lines
}

/// The obligation survives what the GGC decided (R-F5).
fn is_still_due(breach: &BreachStanding) -> bool {
    let decided = [Enforcement::NoFine, Enforcement::Paid, Enforcement::Appealed, Enforcement::Withdrawn];
    breach.met_on.is_none() && decided.contains(&breach.state)
}

/// What is said of the smallest and the largest fine, in words; nothing while the law has no range.
fn fine_range(speaker: &Speaker<'_>, say: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let at = speaker.reasons.standing.at;
    let range = speaker.law.fines.on(at.as_of, at.recorded_by);
    range.map_or_else(Vec::new, |range| say(&speaker.euros(range.min), &speaker.euros(range.max)))
}

/// The legal grounds of what decided and of the term, each once.
fn legal(speaker: &Speaker<'_>, matter: &Matter<'_>) -> Lines {
    let t = &speaker.file.newcomer;
    let mut lines = Lines::default();
    if let Some(label) = speaker.of_outcome().and_then(|id| speaker.regime(id)) {
        lines.add(0, &t.legal_regime(label));
    }
    let findings = deciding(speaker).map(|finding| (finding.provenance, speaker.of_outcome()));
    let term = matter.clock(speaker).map(|clock| (&clock.deadline.provenance, speaker.of_moment()));
    let (mut grounds, mut assumed) = (Vec::new(), false);
    for (provenance, regime) in findings.chain(term) {
        let ground = speaker.ground(provenance, regime);
        assumed |= provenance.confidence == Confidence::Assumption;
        if provenance.confidence != Confidence::Assumption && !grounds.contains(&ground) {
            grounds.push(ground);
        }
    }
    if !grounds.is_empty() {
        lines.add(0, &t.legal_ground(&grounds.join(&speaker.file.shapes.series())));
    }
    if assumed {
        lines.add(0, &t.legal_assumption());
    }
    lines.add(0, &t.legal_version(&speaker.law.version));
    if let Some(note) = &speaker.file.note {
        lines.add(0, note);
    }
    lines
}

/// The findings that decided the outcome.
fn deciding<'r>(speaker: &Speaker<'r>) -> impl Iterator<Item = &'r Finding<'r>> {
    let (reasons, truth) = match speaker.reasons.standing.outcome {
        Outcome::Exempt(_) => (&speaker.reasons.exemptions, Truth::True),
        Outcome::NotInScope(_) => (&speaker.reasons.conditions, Truth::False),
        Outcome::Obliged => (&speaker.reasons.conditions, Truth::True),
        Outcome::Undecided(_) => (&speaker.reasons.conditions, Truth::Unknown),
    };
    reasons.iter().filter(move |finding| finding.truth == truth)
}
