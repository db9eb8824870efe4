//! The clock ledger of a term: what started it, each stop with its effect, and when it was met.

use super::Terms;
use crate::Date;
use crate::code::{Breach, Code, Term};
use crate::counting::{DueDate, Period, add_days, days_between, union};
use crate::fact::{FactKind, FactRef};
use crate::history::{History, Stop};
use crate::law::Deadline;
use crate::sanction::SanctionStep;
use crate::standing::{BreachStanding, Enforcement};

/// What happened to a term's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockEvent {
    /// It started; this day is not counted.
    Started,
    /// It stopped for a suspension, or for an absence where no ground is named.
    Stopped {
        /// Code of the suspension.
        ground: Option<Code>,
        /// Last day of the stop.
        until: Date,
    },
    /// A stop that was running, or had just ended, was extended.
    Extended {
        /// Code of the suspension.
        ground: Option<Code>,
        /// Last day of the stop.
        until: Date,
    },
    /// It ran again.
    Resumed,
    /// The term was met.
    Met,
}

/// One line of the clock ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockEntry {
    /// The day.
    pub on: Date,
    /// What happened.
    pub event: ClockEvent,
    /// By how many days it moved the end of the term, before rolling to a working day.
    pub days: i64,
    /// The fact behind it; none where the law itself sets the day.
    pub fact: Option<FactRef>,
}

/// One term with the whole account of its time. `original` and `due` stand side by side; the days of the entries add up
/// to the difference between their ends before rolling.
#[derive(Debug, Clone)]
pub struct Clock<'l> {
    /// The breach it belongs to.
    pub breach: Breach,
    /// The term as the law has it for this person.
    pub deadline: &'l Deadline,
    /// The end without any stop.
    pub original: DueDate,
    /// The end that counts.
    pub due: DueDate,
    /// What happened, by day.
    pub entries: Vec<ClockEntry>,
}

/// The account of one running term.
pub(super) fn clock<'l>(
    terms: &Terms<'l, '_>,
    history: &History<'_>,
    standing: &BreachStanding,
    due: &DueDate,
) -> Option<Clock<'l>> {
    let breach = standing.breach;
    let deadline = terms.law.deadline_on(due.term, terms.day(due.start), history.at.recorded_by)?;
    let stops = if terms.law.policies.suspends.contains(&due.term) { history.stops() } else { Vec::new() };
    let entry = |on, event, fact| ClockEntry { on, event, days: 0, fact };
    let mut entries = vec![entry(due.start, ClockEvent::Started, started_by(history, breach, due.term, due.start))];
    entries.extend(stop_entries(terms, due, &stops));
    entries.extend(met_by(history, standing, due).map(|(on, fact)| entry(on, ClockEvent::Met, fact)));
    entries.sort_by_key(|entry| entry.on);
    Some(Clock { breach, deadline, original: terms.due_with(due.term, due.start, &[]), due: due.clone(), entries })
}

/// Each stop in the time of the term; the effect of one is what the end moves by when it joins those before it.
fn stop_entries(terms: &Terms<'_, '_>, due: &DueDate, stops: &[Stop<'_>]) -> Vec<ClockEntry> {
    let in_term = |period: &Period| period.last > due.start && period.first <= due.raw;
    let mut entries = Vec::new();
    let mut joined: Vec<Period> = Vec::new();
    let mut end = terms.due_with(due.term, due.start, &[]).raw;
    for stop in stops.iter().filter(|stop| in_term(&stop.period)) {
        let extends = joined.last().is_some_and(|open| add_days(open.last, 1) >= stop.period.first);
        joined = union(joined.into_iter().chain([stop.period]));
        let moved = terms.due_with(due.term, due.start, &joined).raw;
        let (ground, until) = (stop.ground.cloned(), stop.period.last);
        let event =
            if extends { ClockEvent::Extended { ground, until } } else { ClockEvent::Stopped { ground, until } };
        let (days, fact) = (days_between(end, moved), Some(stop.fact.clone()));
        entries.push(ClockEntry { on: stop.period.first, event, days, fact });
        end = moved;
    }
    let resumed = joined.iter().map(|period| add_days(period.last, 1));
    entries.extend(resumed.map(|on| ClockEntry { on, event: ClockEvent::Resumed, days: 0, fact: None }));
    entries
}

/// The fact that started a term; none for a term that the law starts by itself, such as D-TRANSFER.
fn started_by(history: &History<'_>, breach: Breach, term: Term, start: Date) -> Option<FactRef> {
    let starts = |kind: &FactKind| match (term, kind) {
        (Term::Register, FactKind::CertificateReceived) | (Term::Complete, FactKind::Registered { .. }) => true,
        (Term::Cure, FactKind::NoticeDelivered(of)) | (Term::Defence, FactKind::HearingInvited(of, _)) => *of == breach,
        (Term::Pay | Term::Appeal, FactKind::Fined(of, _)) => *of == breach,
        _ => false,
    };
    fact_on(history, start, starts).or_else(|| presumed(history, breach, term, start))
}

/// The posting from which delivery was presumed.
fn presumed(history: &History<'_>, breach: Breach, term: Term, start: Date) -> Option<FactRef> {
    let posted = |kind: &FactKind| matches!(kind, FactKind::NoticePosted { breach: of, .. } if *of == breach);
    let last = history.events.iter().rfind(|fact| fact.occurred_on <= start && posted(&fact.kind));
    last.filter(|_| term == Term::Cure).map(|fact| fact.reference.clone())
}

/// The day a term was met and the fact that met it; the transfer, the defence, payment and the appeal meet theirs.
fn met_by(history: &History<'_>, standing: &BreachStanding, due: &DueDate) -> Option<(Date, Option<FactRef>)> {
    let breach = standing.breach;
    let from_start = |test: &dyn Fn(&FactKind) -> bool| {
        let found = history.events.iter().find(|fact| fact.occurred_on >= due.start && test(&fact.kind))?;
        Some((found.occurred_on, Some(found.reference.clone())))
    };
    match due.term {
        Term::Register | Term::Complete => standing.met_on.map(|on| (on, meeting(history, breach, on))),
        Term::Cure => {
            let cured = standing.met_on.filter(|_| standing.state == Enforcement::Cured);
            cured.map(|on| (on, meeting(history, breach, on)))
        }
        Term::Transfer => {
            let on = standing.transferred_on?;
            Some((on, fact_on(history, on, |kind| *kind == FactKind::Transferred(breach))))
        }
        Term::Defence => {
            from_start(&|kind| *kind == FactKind::DefenceReceived(breach) || *kind == FactKind::Heard(breach))
        }
        Term::Pay => paid_by(history, standing, due.start),
        Term::Appeal => from_start(&|kind| *kind == FactKind::AppealLodged(breach)),
    }
}

/// The payment with which a fine was paid in full.
fn paid_by(history: &History<'_>, standing: &BreachStanding, fined_on: Date) -> Option<(Date, Option<FactRef>)> {
    let fine = standing.fines.iter().rfind(|fine| fine.stands)?;
    let mut paid = 0;
    let last = history.events.iter().filter(|fact| fact.occurred_on >= fined_on).find(|fact| {
        match &fact.kind {
            FactKind::FinePaid(of) if *of == standing.breach => paid = fine.amount.0,
            FactKind::Sanction(of, SanctionStep::PaymentReceived(part)) if *of == standing.breach => paid += part.0,
            _ => return false,
        }
        paid >= fine.amount.0
    })?;
    Some((last.occurred_on, Some(last.reference.clone())))
}

/// The fact that met D-REGISTER or D-COMPLETE on a day.
fn meeting(history: &History<'_>, breach: Breach, on: Date) -> Option<FactRef> {
    fact_on(history, on, |kind| match breach {
        Breach::NotRegistered => {
            matches!(kind, FactKind::Registered { .. } | FactKind::RegistrationCertificateReceived { .. })
        }
        Breach::NotCompleted => {
            matches!(kind, FactKind::Completed { .. } | FactKind::CompletionCertificateReceived { .. })
        }
    })
}

fn fact_on(history: &History<'_>, day: Date, test: impl Fn(&FactKind) -> bool) -> Option<FactRef> {
    let found = history.events.iter().find(|fact| fact.occurred_on == day && test(&fact.kind));
    found.map(|fact| fact.reference.clone())
}
