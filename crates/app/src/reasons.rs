//! Why a standing is what it is, as lines of text: what a decision is compared by when it is made again.
//!
//! The text is stable: every word in it is a code, a date or a number of the law and the facts, never the shape of a
//! type. A later program that writes it otherwise says so by its version.

use std::fmt::Display;
use traject_domain::Date;
use traject_domain::assess::{Clock, ClockEntry, ClockEvent, Finding, reasons};
use traject_domain::code::Code;
use traject_domain::counting::Step;
use traject_domain::history::History;
use traject_domain::law::{Law, Length};
use traject_domain::predicate::{Predicate, Trace, Truth, Value};
use traject_domain::standing::{BreachStanding, Notice, Obligation, Standing};

/// What stands between the subject of a line and what is said of it.
pub const IS: &str = " = ";

/// Standing, reasons and trace as lines `subject = value`, each subject once, each line ended; `None` while no check
/// counts.
///
/// What does not apply has no line. How the facts were known does not show, only what follows from them.
pub fn canonical(law: &Law, history: &History<'_>) -> Option<String> {
    let reasons = reasons(law, history)?;
    let standing = &reasons.standing;
    let mut lines = Lines::default();
    lines.outcome(standing);
    for finding in &reasons.conditions {
        lines.finding("condition", finding, standing);
    }
    for finding in &reasons.exemptions {
        lines.finding("exemption", finding, standing);
    }
    lines.list("needs", reasons.needs.iter().map(|field| field.code()));
    for target in &reasons.targets {
        let ground = target.target.provenance.ground(Some(target.regime));
        lines.put(&format!("language target {}", target.literacy), format!("{} by {ground}", target.target.level));
    }
    if let Some(obligation) = &standing.obligation {
        lines.obligation(standing, obligation);
    }
    for clock in &reasons.clocks {
        lines.clock(law, standing, clock);
    }
    lines.next(standing);
    Some(lines.0)
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, subject: &str, value: impl Display) {
        // A reference of an agency may hold anything; a line stays one line.
        let value = value.to_string().replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        self.0.extend([subject, IS, &value, "\n"]);
    }

    fn maybe(&mut self, subject: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.put(subject, value);
        }
    }

    fn flag(&mut self, subject: &str, holds: bool) {
        self.maybe(subject, holds.then_some("yes"));
    }

    fn list<'c>(&mut self, subject: &str, codes: impl Iterator<Item = &'c str>) {
        let codes: Vec<&str> = codes.collect();
        self.maybe(subject, (!codes.is_empty()).then(|| codes.join(" ")));
    }

    fn outcome(&mut self, standing: &Standing) {
        self.put("outcome", standing.outcome.word());
        self.list("reasons", standing.outcome.reasons().into_iter());
        self.maybe("regime", standing.regime.as_ref());
        self.maybe("reference date", standing.reference_date);
        self.put("base check", &standing.base);
        self.put("latest check", &standing.status);
        self.maybe("exempt from", standing.exempt_from);
        self.maybe("entitled as", standing.entitled.as_ref());
        self.maybe("letter language", standing.letter_language);
        self.maybe("registered on", standing.registered_on);
        self.maybe("contract on", standing.contract_on);
        let track = standing.track.as_ref();
        self.maybe("track", track.map(|(organiser, language)| format!("{organiser} {language}")));
    }

    fn finding(&mut self, what: &str, finding: &Finding<'_>, standing: &Standing) {
        let subject = format!("{what} {}", finding.id);
        let ground = finding.provenance.ground(standing.regime.as_ref());
        self.put(&subject, format!("{} by {ground} on {}", truth(finding.truth), finding.source));
        if let Some(trace) = &finding.trace {
            self.trace(&format!("{subject}, test 1"), trace);
        }
    }

    fn trace(&mut self, subject: &str, trace: &Trace<'_>) {
        let seen = trace.value.as_ref().map(|seen| format!(" for {}", value(seen))).unwrap_or_default();
        self.put(subject, format!("{} {}{seen}", test(trace.predicate), truth(trace.truth)));
        for (number, part) in (1..).zip(&trace.parts) {
            self.trace(&format!("{subject}.{number}"), part);
        }
    }

    fn obligation(&mut self, standing: &Standing, obligation: &Obligation) {
        self.put("stage", obligation.stage);
        self.maybe("closed", obligation.closing.map(|closing| format!("{} on {}", closing.reason, closing.on)));
        self.maybe("struck off on", obligation.frozen_on);
        self.maybe("certificate on", obligation.certificate_on);
        self.flag("suspended", obligation.suspended);
        for breach in &obligation.breaches {
            self.breach(breach);
        }
        self.put("fined", format!("{} cents", standing.fined.0));
    }

    fn breach(&mut self, breach: &BreachStanding) {
        let name = breach.breach.code();
        self.put(name, breach.state);
        self.maybe(&format!("{name}, met on"), breach.met_on);
        for (number, sent) in (1..).zip(&breach.notices) {
            let counts = if breach.current_notice == Some(number - 1) { ", counts" } else { "" };
            self.put(&format!("{name}, notice {number}"), format!("{}{counts}", notice(sent)));
        }
        self.maybe(&format!("{name}, refused on"), breach.refusal_on);
        self.flag(&format!("{name}, refusal established"), breach.established);
        self.maybe(&format!("{name}, transferred on"), breach.transferred_on);
        self.flag(&format!("{name}, ground gone"), breach.undone);
        for (number, fine) in (1..).zip(&breach.fines) {
            let stands = if fine.stands { "stands" } else { "gone" };
            self.put(&format!("{name}, fine {number}"), format!("{} cents on {}, {stands}", fine.amount.0, fine.on));
        }
    }

    fn clock(&mut self, law: &Law, standing: &Standing, clock: &Clock<'_>) {
        let due = &clock.due;
        let subject = format!("{}, {}", clock.breach, due.term);
        let regime = law.regime_on(standing.at.as_of, standing.at.recorded_by).map(|regime| &regime.id);
        let ground = clock.deadline.provenance.ground(regime);
        self.put(&subject, format!("due {}, without stops {}, by {ground}", due.due, clock.original.due));
        for (number, taken) in (1..).zip(&due.derivation) {
            self.put(&format!("{subject}, step {number}"), step(taken));
        }
        for (number, written) in (1..).zip(&clock.entries) {
            self.put(&format!("{subject}, clock {number}"), entry(written));
        }
    }

    fn next(&mut self, standing: &Standing) {
        let next = standing.next.map(|next| {
            let due = next.due.map(|due: Date| format!(" due {due}")).unwrap_or_default();
            let breach = next.breach.map(|breach| format!(" for {breach}")).unwrap_or_default();
            format!("{}{due}{breach}", next.code)
        });
        self.maybe("next", next);
        self.list("review", standing.review.iter().map(|review| review.code()));
        self.list("warnings", standing.warnings.iter().map(|warning| warning.code()));
    }
}

/// A truth value in words.
pub const fn truth(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}

/// A test in the words of the law files.
pub fn test(predicate: &Predicate) -> String {
    match predicate {
        Predicate::All(_) => "all".to_owned(),
        Predicate::Any(_) => "any".to_owned(),
        Predicate::Not(_) => "not".to_owned(),
        Predicate::OneOf(input, codes) => {
            let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
            format!("{input} one_of {}", codes.join(" "))
        }
        Predicate::Span(input, comparison, span) => format!("{input} {comparison} {}", length(*span)),
        Predicate::ReferenceDateFrom(day) => format!("reference_date from {day}"),
    }
}

/// The value that a test saw, in words.
pub fn value(value: &Value) -> String {
    match value {
        Value::Code(code) => code.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Span(from, Some(until)) => format!("{from} to {until}"),
        Value::Span(from, None) => format!("{from}, unlimited"),
        Value::None => "none".to_owned(),
        Value::Unknown => "unknown".to_owned(),
    }
}

/// A length as ISO 8601 writes it.
pub fn length(length: Length) -> String {
    match length {
        Length::Years(years) => format!("P{years}Y"),
        Length::Months(months) => format!("P{months}M"),
        Length::Days(days) => format!("P{days}D"),
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Start(day) => format!("starts {day}"),
        Step::Counted(span, end) => format!("{} counted to {end}", length(*span)),
        Step::Suspended { period, days } => format!("suspended {} to {}, {days} days", period.first, period.last),
        Step::Raw(day) => format!("ends {day}"),
        Step::NotWorking(day, reason) => format!("{day} is no working day: {reason}"),
        Step::Due(day) => format!("due {day}"),
    }
}

fn entry(entry: &ClockEntry) -> String {
    let stop = |what: &str, ground: &Option<Code>, until: &Date| {
        let ground = ground.as_ref().map_or("absence", Code::as_str);
        format!("{what} for {ground} until {until}")
    };
    let event = match &entry.event {
        ClockEvent::Started => "started".to_owned(),
        ClockEvent::Stopped { ground, until } => stop("stopped", ground, until),
        ClockEvent::Extended { ground, until } => stop("extended", ground, until),
        ClockEvent::Resumed => "resumed".to_owned(),
        ClockEvent::Met => "met".to_owned(),
    };
    let fact = entry.fact.as_ref().map(|fact| format!(" by {fact}")).unwrap_or_default();
    format!("{} {event}, {} days{fact}", entry.on, entry.days)
}

fn notice(notice: &Notice) -> String {
    let how = if notice.by_hand { "by hand" } else { "posted" };
    let presumed = if notice.presumed { " presumed" } else { "" };
    let void = notice.void.map(|reason| format!(", void {reason}")).unwrap_or_default();
    let withdrawn = if notice.withdrawn { ", withdrawn" } else { "" };
    format!("{how} {}, delivered {}{presumed}{void}{withdrawn}", notice.posted_on, notice.delivered_on)
}
