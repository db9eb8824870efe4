//! From a standing to the row that lists read, and to what it proposes on the work list.

use crate::ids::WorkItemId;
use crate::model::{StandingRow, WorkChange, WorkKind};
use crate::port::Ids;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::counting::{DueDate, add_days};
use traject_domain::municipality::Municipality;
use traject_domain::standing::{BreachStanding, Enforcement, NextCode, Outcome, Standing};

/// The row of a standing; without a counting check the outcome is `unchecked`.
pub fn row(
    standing: Option<&Standing>,
    as_of: Date,
    law_hash: [u8; 32],
    municipality: Option<Municipality>,
) -> StandingRow {
    let obligation = standing.and_then(|standing| standing.obligation.as_ref());
    let due = |breach| obligation.and_then(|o| o.breach(breach).term.as_ref()).map(|term| term.due);
    let shown = obligation.map(|obligation| obligation.shown());
    let enforcement = shown.map_or(Enforcement::None, |breach| breach.state);
    let next = standing.and_then(|standing| standing.next);
    StandingRow {
        as_of,
        law_hash,
        subject: standing.map(|standing| standing.subject.clone()),
        outcome: Code::new(standing.map_or("unchecked", |standing| standing.outcome.word())),
        reasons: standing.map(|standing| standing.outcome.reasons().join(" ")).unwrap_or_default(),
        municipality,
        reference_date: standing.and_then(|standing| standing.reference_date),
        stage: obligation.map(|obligation| obligation.stage),
        closed_reason: obligation.and_then(|obligation| obligation.closing).map(|closing| closing.reason),
        enforcement,
        breach: shown.filter(|_| enforcement != Enforcement::None).map(|breach| breach.breach),
        register_due: due(Breach::NotRegistered),
        complete_due: due(Breach::NotCompleted),
        cure_due: shown.and_then(|breach| breach.cure.as_ref()).map(|cure| cure.due),
        next_code: next.map(|next| next.code),
        next_due: next.and_then(|next| next.due),
        review: standing.is_some_and(|standing| !standing.review.is_empty()),
        wake_on: None,
    }
}

/// Kinds of work that follow from a standing, and so are opened and closed by it.
const DERIVED: [WorkKind; 19] = [
    WorkKind::Inform,
    WorkKind::ReleaseNotice(Breach::NotRegistered),
    WorkKind::ReleaseNotice(Breach::NotCompleted),
    WorkKind::ReleaseTransfer(Breach::NotRegistered),
    WorkKind::ReleaseTransfer(Breach::NotCompleted),
    WorkKind::WithdrawNotice(Breach::NotRegistered),
    WorkKind::WithdrawNotice(Breach::NotCompleted),
    WorkKind::DecideRequest,
    WorkKind::ExemptionEnds,
    WorkKind::InviteToHearing(Breach::NotRegistered),
    WorkKind::InviteToHearing(Breach::NotCompleted),
    WorkKind::DecideFine(Breach::NotRegistered),
    WorkKind::DecideFine(Breach::NotCompleted),
    WorkKind::RemindPayment(Breach::NotRegistered),
    WorkKind::RemindPayment(Breach::NotCompleted),
    WorkKind::ReviewFine(Breach::NotRegistered),
    WorkKind::ReviewFine(Breach::NotCompleted),
    WorkKind::Undecided,
    WorkKind::Review,
];

/// What a standing asks of persons at the municipality and at the GGC, and since when.
pub fn asks(standing: &Standing) -> Vec<(WorkKind, Date)> {
    let as_of = standing.at.as_of;
    let mut asks = Vec::new();
    if let Some(next) = standing.next {
        let breach = next.breach.and_then(|b| standing.obligation.as_ref().map(|o| o.breach(b)));
        let since_due = |b: &BreachStanding| b.term.as_ref().map_or(as_of, |term| add_days(term.due, 1));
        match (next.code, breach) {
            (NextCode::Inform, _) => asks.push((WorkKind::Inform, standing.reference_date.unwrap_or(as_of))),
            (NextCode::Notice, Some(b)) => asks.push((WorkKind::ReleaseNotice(b.breach), since_due(b))),
            (NextCode::Transfer, Some(b)) => {
                asks.push((WorkKind::ReleaseTransfer(b.breach), b.refusal_on.unwrap_or(as_of)));
            }
            (NextCode::WithdrawNotice, Some(b)) => asks.push((WorkKind::WithdrawNotice(b.breach), as_of)),
            _ => {}
        }
    }
    if let Some(obligation) = &standing.obligation {
        asks.extend(obligation.breaches.iter().flat_map(|breach| at_the_ggc(breach, as_of)));
    }
    if let Some((_, since)) = standing.requests.first() {
        asks.push((WorkKind::DecideRequest, *since));
    }
    if standing.exemption_ends.is_some() {
        asks.push((WorkKind::ExemptionEnds, as_of));
    }
    if matches!(standing.outcome, Outcome::Undecided(_)) {
        asks.push((WorkKind::Undecided, as_of));
    }
    if !standing.review.is_empty() {
        asks.push((WorkKind::Review, as_of));
    }
    asks
}

/// What one breach asks of the GGC.
fn at_the_ggc(of: &BreachStanding, as_of: Date) -> Vec<(WorkKind, Date)> {
    let day_after = |term: &Option<DueDate>| term.as_ref().map_or(as_of, |term| add_days(term.due, 1));
    let mut asks = Vec::new();
    match of.state {
        Enforcement::Transferred => {
            asks.push((WorkKind::InviteToHearing(of.breach), of.transferred_on.unwrap_or(as_of)));
        }
        Enforcement::Invited if of.defence_ended => {
            asks.push((WorkKind::DecideFine(of.breach), day_after(&of.defence)))
        }
        Enforcement::Heard => asks.push((WorkKind::DecideFine(of.breach), as_of)),
        _ => {}
    }
    if of.payment_overdue && of.reminded_on.is_none() {
        asks.push((WorkKind::RemindPayment(of.breach), day_after(&of.payment)));
    }
    if of.undone && of.has_standing_fine() {
        asks.push((WorkKind::ReviewFine(of.breach), as_of));
    }
    asks
}

/// The changes of the work list that make it say what the standing asks.
pub fn work(standing: Option<&Standing>, held: bool, ids: &dyn Ids) -> Vec<WorkChange> {
    let asks = standing.map(asks).unwrap_or_default();
    DERIVED
        .iter()
        .map(|kind| match asks.iter().find(|(asked, _)| asked == kind) {
            Some((kind, due_since)) => {
                WorkChange::Open { id: WorkItemId(ids.next()), kind: *kind, due_since: *due_since, held }
            }
            None => WorkChange::Close(*kind),
        })
        .collect()
}
