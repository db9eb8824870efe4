//! What counts: the facts of one person as they stood on a day and as known on a day (semantics.md 6, 28).

use crate::Date;
use crate::code::{Breach, Code, LegalLanguage};
use crate::counting::{Period, add_days, union};
use crate::extract::Extract;
use crate::fact::{AppealOutcome, Asked, Destination, Fact, FactKind, FactRef};
use crate::money::Cents;
use crate::municipality::Municipality;
use std::collections::HashSet;

/// The two clocks of a question: how things stood at the end of `as_of`, as known at the end of `recorded_by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Facts that occurred after this day do not count.
    pub as_of: Date,
    /// Facts and law that became known after this day do not count.
    pub recorded_by: Date,
}

impl Moment {
    /// The end of a day, as known at that end.
    pub fn end_of(day: Date) -> Self {
        Self { as_of: day, recorded_by: day }
    }

    fn sees(self, fact: &Fact) -> bool {
        fact.occurred_on <= self.as_of && fact.known_on <= self.recorded_by
    }
}

/// The facts that count at a moment: seen, and not named by a retraction that itself counts.
///
/// Retractions that name each other in a circle cancel out: none of them takes effect.
pub fn counting<'a>(facts: impl IntoIterator<Item = &'a Fact>, at: Moment) -> Vec<&'a Fact> {
    let seen: Vec<&Fact> = facts.into_iter().filter(|fact| at.sees(fact)).collect();
    let mut pending: Vec<(&FactRef, &FactRef)> = seen
        .iter()
        .filter_map(|fact| match &fact.kind {
            FactKind::Retracted(target) => Some((&fact.reference, target)),
            _ => None,
        })
        .collect();
    if pending.is_empty() {
        return seen;
    }
    let mut retracted: HashSet<&FactRef> = HashSet::new();
    // A retraction that no pending retraction names is settled: it takes effect unless it was itself retracted.
    while !pending.is_empty() {
        let named: HashSet<&FactRef> = pending.iter().map(|(_, target)| *target).collect();
        let (settled, rest): (Vec<_>, Vec<_>) = pending.iter().partition(|(own, _)| !named.contains(own));
        if settled.is_empty() {
            break;
        }
        for (own, target) in settled {
            if !retracted.contains(own) {
                retracted.insert(target);
            }
        }
        pending = rest;
    }
    seen.into_iter().filter(|fact| !retracted.contains(&fact.reference)).collect()
}

/// One check that counts.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// The day of the check.
    pub on: Date,
    /// Its id.
    pub id: &'a FactRef,
    /// What the register said.
    pub extract: &'a Extract,
}

/// One fine for a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fine {
    /// For which breach.
    pub breach: Breach,
    /// The day of the decision.
    pub on: Date,
    /// The amount.
    pub amount: Cents,
    /// True while neither withdrawn nor annulled.
    pub stands: bool,
}

/// A time during which terms stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop<'a> {
    /// From when to when.
    pub period: Period,
    /// The ground of the suspension; none: an absence.
    pub ground: Option<&'a Code>,
    /// The grant, or the fact of leaving.
    pub fact: &'a FactRef,
}

/// The counting facts of one person, in order of day and then of reference.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// The moment it was taken at.
    pub at: Moment,
    /// Checks, by day and id.
    pub checks: Vec<Check<'a>>,
    /// All other facts, by day and reference.
    pub events: Vec<&'a Fact>,
}

impl<'a> History<'a> {
    /// Takes what counts at a moment from the facts of one person, in any order.
    pub fn new(facts: impl IntoIterator<Item = &'a Fact>, at: Moment) -> Self {
        Self::of_counting(counting(facts, at), at)
    }

    /// Takes facts that are already known to count (see [`counting`]).
    pub fn of_counting(facts: Vec<&'a Fact>, at: Moment) -> Self {
        let mut facts = facts;
        facts.sort_unstable_by(|a, b| (a.occurred_on, &a.reference).cmp(&(b.occurred_on, &b.reference)));
        // What is told twice counts once.
        facts.dedup();
        let mut checks = Vec::new();
        let mut events = Vec::new();
        for fact in facts {
            match &fact.kind {
                FactKind::Checked(extract) => {
                    checks.push(Check { on: fact.occurred_on, id: &fact.reference, extract });
                }
                _ => events.push(fact),
            }
        }
        Self { at, checks, events }
    }

    /// The days of the events that a test accepts, in order.
    pub fn days<'s>(&'s self, test: impl Fn(&FactKind) -> bool + 's) -> impl Iterator<Item = Date> + 's {
        self.events.iter().filter(move |fact| test(&fact.kind)).map(|fact| fact.occurred_on)
    }

    /// The first day on which an event that a test accepts occurred.
    pub fn first(&self, test: impl Fn(&FactKind) -> bool) -> Option<Date> {
        self.days(test).next()
    }

    /// The first registration with an organiser.
    pub fn registered_on(&self) -> Option<Date> {
        self.first(|kind| matches!(kind, FactKind::Registered { .. }))
    }

    /// The first signed contract.
    pub fn contract_on(&self) -> Option<Date> {
        self.first(|kind| matches!(kind, FactKind::ContractSigned { .. }))
    }

    /// Organiser and track language of the latest registration or contract; a contract wins on the same day.
    pub fn track(&self) -> Option<(&'a Code, LegalLanguage)> {
        self.events
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Registered { organiser, track } => Some((fact.occurred_on, 0, organiser, *track)),
                FactKind::ContractSigned { organiser, track } => Some((fact.occurred_on, 1, organiser, *track)),
                _ => None,
            })
            .max_by_key(|(day, rank, ..)| (*day, *rank))
            .map(|(_, _, organiser, track)| (organiser, track))
    }

    /// Fines for a breach, each with whether it still stands.
    ///
    /// A withdrawal or an annulment hits all fines of the breach up to its day (semantics.md 23).
    pub fn fines(&self, breach: Breach) -> Vec<Fine> {
        let cancelled = self
            .days(move |kind| match kind {
                FactKind::FineWithdrawn(b) | FactKind::AppealDecided(b, AppealOutcome::Annulled) => *b == breach,
                _ => false,
            })
            .last();
        self.events
            .iter()
            .filter_map(|fact| match fact.kind {
                FactKind::Fined(b, amount) if b == breach => {
                    let on = fact.occurred_on;
                    Some(Fine { breach, on, amount, stands: cancelled.is_none_or(|day| day < on) })
                }
                _ => None,
            })
            .collect()
    }

    /// What was asked for and is not decided, with the day it was asked, in the order of asking. A decision on a ground
    /// answers every request for it that was known by then.
    pub fn pending(&self) -> Vec<(&'a Asked, Date)> {
        let decided: Vec<(Asked, Date)> =
            self.events.iter().filter_map(|fact| Some((Asked::answered_by(&fact.kind)?, fact.known_on))).collect();
        let is_answered =
            |asked: &Asked, known: Date| decided.iter().any(|(answered, on)| answered == asked && *on >= known);
        self.events
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Requested { asked, .. } if !is_answered(asked, fact.known_on) => {
                    Some((asked, fact.occurred_on))
                }
                _ => None,
            })
            .collect()
    }

    /// The days a person came back to the Region or to the register.
    fn last_return(&self) -> Option<Date> {
        self.days(|kind| matches!(kind, FactKind::Returned(_))).last()
    }

    /// The first event accepted by a test that no return on a later day undoes.
    pub fn first_not_undone_by_return(&self, test: impl Fn(&FactKind) -> bool) -> Option<&'a Fact> {
        let last_return = self.last_return();
        self.events
            .iter()
            .find(|fact| test(&fact.kind) && last_return.is_none_or(|day| day <= fact.occurred_on))
            .copied()
    }

    /// Absences that ended: from the day of leaving the Region or of being struck off to the eve of the return (R-D4).
    pub fn absences(&self) -> Vec<Stop<'a>> {
        let mut absences = Vec::new();
        let mut left: Option<&'a Fact> = None;
        for fact in &self.events {
            match &fact.kind {
                FactKind::Moved(Destination::OtherRegion(_) | Destination::Abroad(_)) | FactKind::StruckOff => {
                    left = left.or(Some(fact));
                }
                FactKind::Returned(_) => {
                    if let Some(leaving) = left.filter(|leaving| leaving.occurred_on < fact.occurred_on) {
                        let period = Period { first: leaving.occurred_on, last: add_days(fact.occurred_on, -1) };
                        absences.push(Stop { period, ground: None, fact: &leaving.reference });
                        left = None;
                    }
                }
                _ => {}
            }
        }
        absences
    }

    /// Granted suspensions.
    pub fn suspensions(&self) -> impl Iterator<Item = Stop<'a>> + '_ {
        self.events.iter().filter_map(|fact| match &fact.kind {
            FactKind::SuspensionGranted { code, until } => {
                let period = Period { first: fact.occurred_on, last: *until };
                Some(Stop { period, ground: Some(code), fact: &fact.reference })
            }
            _ => None,
        })
    }

    /// Suspensions and absences, by first day and fact.
    pub fn stops(&self) -> Vec<Stop<'a>> {
        let mut stops: Vec<Stop<'a>> = self.suspensions().chain(self.absences()).collect();
        stops.retain(|stop| stop.period.first <= stop.period.last);
        stops.sort_by(|a, b| (a.period.first, a.fact).cmp(&(b.period.first, b.fact)));
        stops
    }

    /// The union of suspensions and absences.
    pub fn suspended(&self) -> Vec<Period> {
        union(self.suspensions().chain(self.absences()).map(|stop| stop.period))
    }

    /// The municipality a person belongs to on a day: the latest check, move or return within Brussels up to that
    /// day; on one day checks come first, then events by reference; before the first check, that of the first check.
    pub fn municipality_on(&self, day: Date) -> Option<Municipality> {
        let checks = self.checks.iter().map(|check| (check.on, 0, check.extract.municipality));
        let moves = self.events.iter().filter_map(|fact| match &fact.kind {
            FactKind::Moved(Destination::Brussels(to)) | FactKind::Returned(to) => Some((fact.occurred_on, 1, *to)),
            _ => None,
        });
        checks
            .chain(moves)
            .filter(|(on, ..)| *on <= day)
            .max_by_key(|(on, rank, _)| (*on, *rank))
            .map(|(.., municipality)| municipality)
            .or_else(|| self.checks.first().map(|check| check.extract.municipality))
    }
}
