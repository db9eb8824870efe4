//! How a dossier ends, and when it is frozen (18).

use super::scope::Scope;
use crate::Date;
use crate::fact::{Destination, FactKind};
use crate::history::History;
use crate::standing::{Closing, ClosingReason};

/// Every way in which this dossier ended, the earliest of each.
pub(super) struct Closings {
    all: Vec<Closing>,
    /// Struck off the register without a later return.
    pub(super) frozen_on: Option<Date>,
}

impl Closings {
    pub(super) fn new(history: &History<'_>, scope: &Scope<'_>) -> Self {
        let first = |reason, on: Option<Date>| on.map(|on| Closing { on, reason });
        let left = history
            .first_not_undone_by_return(|kind| {
                matches!(kind, FactKind::Moved(Destination::OtherRegion(_) | Destination::Abroad(_)))
            })
            .map(|fact| match &fact.kind {
                FactKind::Moved(Destination::OtherRegion(_)) => (ClosingReason::LeftRegion, fact.occurred_on),
                _ => (ClosingReason::LeftCountry, fact.occurred_on),
            });
        let exempt_from = if scope.is_exempt() { scope.exempt_from } else { None };
        let mut all: Vec<Closing> = [
            first(ClosingReason::Completed, history.first(|kind| matches!(kind, FactKind::Completed { .. }))),
            first(ClosingReason::Deceased, history.first(|kind| *kind == FactKind::Died)),
            first(ClosingReason::PermitLost, history.first(|kind| *kind == FactKind::PermitLost)),
            first(ClosingReason::BecameBelgian, history.first(|kind| *kind == FactKind::BecameBelgian)),
            left.map(|(reason, on)| Closing { on, reason }),
            first(ClosingReason::Exempted, exempt_from),
        ]
        .into_iter()
        .flatten()
        .collect();
        all.sort_unstable();
        let frozen_on =
            history.first_not_undone_by_return(|kind| *kind == FactKind::StruckOff).map(|fact| fact.occurred_on);
        Self { all, frozen_on }
    }

    /// The end that counts: the earliest, in the order of reasons on one day.
    pub(super) fn first(&self) -> Option<Closing> {
        self.all.first().copied()
    }

    /// The earliest end other than by completion.
    pub(super) fn but_completion(&self) -> Option<Closing> {
        self.all.iter().copied().find(|closing| closing.reason != ClosingReason::Completed)
    }

    /// Closed otherwise than by completion, or frozen, by a day.
    pub(super) fn stopped_by(&self, day: Date) -> bool {
        self.but_completion().is_some_and(|closing| closing.on <= day) || self.frozen_by(day)
    }

    /// Died, left, lost the permit, became Belgian, or was struck off by a day: a notice then concerns nobody (21).
    pub(super) fn no_longer_concerned_by(&self, day: Date) -> bool {
        let gone = self.all.iter().any(|closing| {
            closing.on <= day && !matches!(closing.reason, ClosingReason::Completed | ClosingReason::Exempted)
        });
        gone || self.frozen_by(day)
    }

    fn frozen_by(&self, day: Date) -> bool {
        self.frozen_on.is_some_and(|on| on <= day)
    }
}
