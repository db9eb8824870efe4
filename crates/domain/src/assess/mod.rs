//! `assess`: the law turns facts into a standing. Pure and total; the order of arrival does not matter.
//!
//! The reading of the handbook, point by point, is that of `semantics.md`; numbers in comments refer to it.

mod clock;
mod closing;
mod enforcement;
mod needs;
mod next;
mod programme;
mod readiness;
mod reasons;
mod scope;
mod wake;

pub use clock::{Clock, ClockEntry, ClockEvent};
pub use needs::needs;
pub use programme::{ProgrammeTarget, programme_targets};
pub use readiness::transfer_gaps;
pub(crate) use readiness::weighed;
pub use reasons::{Reasons, SourceFact, reasons};
pub use scope::{Explanation, Finding, decide, explain};
pub use wake::wake_on;

use crate::Date;
use crate::code::{Breach, Term};
use crate::counting::{DueDate, Period, add_days, due_date};
use crate::fact::FactKind;
use crate::history::History;
use crate::law::{ChosenBy, Law, Length, MetBy, TransitionSubject};
use crate::money::Cents;
use crate::standing::{Obligation, Outcome, Review, Stage, Standing, Warning};
use closing::Closings;
use scope::Scope;

/// Turns the facts of one person into a standing; `None` while no check counts.
pub fn assess(law: &Law, history: &History<'_>) -> Option<Standing> {
    let scope = Scope::new(law, history)?;
    let obligation = scope.is_or_was_obliged(history).then(|| oblige(law, history, &scope));
    let (next, waiting) = match &obligation {
        Some(obligation) => next::next(history, obligation),
        None => (None, false),
    };
    let review = reviews(law, history, &scope, obligation.as_ref(), waiting);
    let fines = obligation.iter().flat_map(|obligation| &obligation.breaches).flat_map(|breach| &breach.fines);
    let fined = fines.filter(|fine| fine.stands).map(|fine| fine.amount).sum::<Cents>();
    let warnings = warnings(law, history, fined);
    Some(Standing {
        subject: history.checks[0].id.clone(),
        at: history.at,
        regime: scope.regime.clone(),
        reference_date: scope.reference.as_ref().ok().copied(),
        base: scope.base.id.clone(),
        status: scope.status.id.clone(),
        exempt_from: scope.exempt_from.filter(|_| scope.is_exempt()),
        exemption_ends: scope.is_exempt().then(|| exemption_ends(history)).flatten(),
        letter_language: scope.status.extract.letter_language,
        entitled: scope.entitled,
        outcome: scope.outcome,
        obligation,
        registered_on: history.registered_on(),
        contract_on: history.contract_on(),
        track: history.track().map(|(organiser, track)| (organiser.clone(), track)),
        fined,
        next,
        requests: history.pending().into_iter().map(|(asked, since)| (asked.clone(), since)).collect(),
        review,
        warnings,
    })
}

/// How long before its last day the end of an exemption is near: time for the new check that it triggers (R-X3).
const EXEMPTION_NEAR_DAYS: i64 = 30;

/// The last day of the exemptions that run, where every one of them ends and the last one soon.
fn exemption_ends(history: &History<'_>) -> Option<Date> {
    let as_of = history.at.as_of;
    let running = history.events.iter().filter(|fact| fact.occurred_on <= as_of).filter_map(|fact| match fact.kind {
        FactKind::ExemptionGranted { until, .. } if until.is_none_or(|until| until >= as_of) => Some(until),
        _ => None,
    });
    let ends: Option<Vec<Date>> = running.collect();
    ends?.into_iter().max().filter(|last| add_days(*last, -EXEMPTION_NEAR_DAYS) <= as_of)
}

/// What a person should know before the next act, beside the reasons to look at the dossier.
fn warnings(law: &Law, history: &History<'_>, fined: Cents) -> Vec<Warning> {
    let range = law.fines.on(history.at.as_of, history.at.recorded_by);
    let passes = range.is_some_and(|range| fined > range.max);
    passes.then_some(Warning::FinesPassMaximum).into_iter().collect()
}

fn oblige(law: &Law, history: &History<'_>, scope: &Scope<'_>) -> Obligation {
    let closings = Closings::new(history, scope);
    let certificate_on = scope.certificate_on(history);
    let suspended = history.suspended();
    let reference = scope.reference.as_ref().ok().copied();
    let terms = Terms { law, history, reference, suspended: &suspended };
    let breaches = Breach::ALL.iter().map(|breach| {
        let start = match breach {
            Breach::NotRegistered => certificate_on,
            Breach::NotCompleted => history.registered_on(),
        };
        let term = start.map(|start| terms.due(breach.term(), start));
        enforcement::of_breach(&terms, history, scope, &closings, *breach, term)
    });
    let mut breaches: Vec<_> = breaches.collect();
    let completion = breaches.remove(1);
    let registration = breaches.remove(0);
    Obligation {
        stage: stage(history, &closings, certificate_on),
        closing: closings.first(),
        closing_but_completion: closings.but_completion(),
        frozen_on: closings.frozen_on,
        certificate_on,
        suspended: history.suspensions().any(|stop| stop.period.contains(history.at.as_of)),
        breaches: [registration, completion],
    }
}

fn stage(history: &History<'_>, closings: &Closings, certificate_on: Option<Date>) -> Stage {
    if closings.first().is_some() {
        Stage::Closed
    } else if closings.frozen_on.is_some() {
        Stage::Frozen
    } else if history.contract_on().is_some() {
        Stage::InProgramme
    } else if history.registered_on().is_some() {
        Stage::Registered
    } else if certificate_on.is_some() {
        Stage::ToRegister
    } else {
        Stage::ToInform
    }
}

/// The day a breach's term was met, by policy `deadlines.met_by` (18).
fn met_on(law: &Law, history: &History<'_>, breach: Breach) -> Option<Date> {
    let by_receipt = law.policies.met_by == MetBy::CertificateReceived;
    history.first(|kind| match (breach, kind) {
        (Breach::NotRegistered, FactKind::Registered { .. }) | (Breach::NotCompleted, FactKind::Completed { .. }) => {
            !by_receipt
        }
        (Breach::NotRegistered, FactKind::RegistrationCertificateReceived { .. })
        | (Breach::NotCompleted, FactKind::CompletionCertificateReceived { .. }) => by_receipt,
        _ => false,
    })
}

/// Computes due dates under one law with one set of suspended periods.
struct Terms<'l, 'a> {
    law: &'l Law,
    history: &'a History<'a>,
    reference: Option<Date>,
    suspended: &'a [Period],
}

impl Terms<'_, '_> {
    fn due(&self, term: Term, start: Date) -> DueDate {
        let suspended = if self.law.policies.suspends.contains(&term) { self.suspended } else { &[] };
        self.due_with(term, start, suspended)
    }

    fn due_with(&self, term: Term, start: Date, suspended: &[Period]) -> DueDate {
        let unit = self.law.policies.suspension_unit;
        due_date(&self.law.counting, unit, term, start, self.length(term, start), suspended)
    }

    fn length(&self, term: Term, start: Date) -> Length {
        self.law.length_on(term, self.day(start), self.history.at.recorded_by)
    }

    /// The day whose law says how long a term is that starts on a day (R-T3).
    fn day(&self, start: Date) -> Date {
        match self.law.chosen_by(TransitionSubject::RunningTerms) {
            ChosenBy::ReferenceDate => self.reference.unwrap_or(start),
            ChosenBy::AsOf => self.history.at.as_of,
            _ => start,
        }
    }
}

/// Why a person should look at the dossier (27).
fn reviews(
    law: &Law,
    history: &History<'_>,
    scope: &Scope<'_>,
    obligation: Option<&Obligation>,
    waiting: bool,
) -> Vec<Review> {
    let mut reviews = Vec::new();
    if scope.mid_year(law) {
        reviews.push(Review::MidYearBirthDate);
    }
    if scope.outcome == Outcome::Obliged && scope.automatic_exemption_ended() {
        reviews.push(Review::ExemptionEnded);
    }
    if let Some(obligation) = obligation {
        reviews.extend(next::reviews(history, obligation, waiting));
    }
    reviews.sort_unstable();
    reviews
}
