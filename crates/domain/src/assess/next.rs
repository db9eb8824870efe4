//! What is due next, and why a person should look (26, 27).

use crate::Date;
use crate::code::{Breach, Code};
use crate::counting::DueDate;
use crate::fact::FactKind;
use crate::history::History;
use crate::office::ProgrammeStep;
use crate::standing::{BreachStanding, ClosingReason, Enforcement, Next, NextCode, Obligation, Review, Stage};
use std::collections::BTreeSet;

/// The next thing due, and whether a notice waits because an organiser had no place.
pub(super) fn next(history: &History<'_>, obligation: &Obligation) -> (Option<Next>, bool) {
    if let Some(breach) = undone(obligation) {
        let code = if breach.has_standing_fine() { NextCode::ReviewFine } else { NextCode::WithdrawNotice };
        return (Some(Next { code, due: None, breach: Some(breach.breach) }), false);
    }
    match obligation.stage {
        Stage::Closed | Stage::Frozen => return (None, false),
        Stage::ToInform => return (Some(Next { code: NextCode::Inform, due: None, breach: None }), false),
        _ => {}
    }
    let shown = obligation.shown();
    let step = |code, due: Option<&DueDate>| {
        (Some(Next { code, due: due.map(|term| term.due), breach: Some(shown.breach) }), false)
    };
    match shown.state {
        Enforcement::Late if waits_for_a_place(history, shown) => (None, true),
        Enforcement::Late => step(NextCode::Notice, None),
        Enforcement::NoticePosted => (None, false),
        Enforcement::Noticed => step(NextCode::Cure, shown.cure.as_ref()),
        Enforcement::Refused => step(NextCode::Transfer, shown.transfer.as_ref()),
        Enforcement::Transferred => step(NextCode::Hearing, None),
        Enforcement::Invited | Enforcement::Heard => step(NextCode::Decision, None),
        Enforcement::NoFine
        | Enforcement::Fined
        | Enforcement::Paid
        | Enforcement::Appealed
        | Enforcement::Withdrawn
            if shown.met_on.is_none() =>
        {
            (None, false)
        }
        _ => (running_term(obligation), false),
    }
}

/// A breach whose ground is gone, NOT_COMPLETED first, for a person who is not closed or closed by exemption or
/// completion.
fn undone(obligation: &Obligation) -> Option<&BreachStanding> {
    let concerned = obligation
        .closing
        .is_none_or(|closing| matches!(closing.reason, ClosingReason::Exempted | ClosingReason::Completed));
    let [registration, completion] = &obligation.breaches;
    [completion, registration].into_iter().find(|breach| concerned && breach.undone)
}

/// A dated request by the due date that ended on a waiting list holds the notice (R-D2), until a place is offered.
fn waits_for_a_place(history: &History<'_>, shown: &BreachStanding) -> bool {
    let due: Option<Date> = shown.term.as_ref().map(|term| term.due);
    let joined = history.first(|kind| matches!(kind, FactKind::WaitingListJoined { .. }));
    let offered =
        history.days(|kind| matches!(kind, FactKind::Programme { step: ProgrammeStep::PlaceOffered, .. })).last();
    shown.breach == Breach::NotRegistered
        && shown.met_on.is_none()
        && joined.is_some_and(|joined| {
            due.is_some_and(|due| joined <= due) && offered.is_none_or(|offered| offered < joined)
        })
}

/// The first term that runs and is not met.
fn running_term(obligation: &Obligation) -> Option<Next> {
    let [registration, completion] = &obligation.breaches;
    [(registration, NextCode::Register), (completion, NextCode::Complete)].into_iter().find_map(|(breach, code)| {
        let term = breach.term.as_ref().filter(|_| breach.met_on.is_none())?;
        Some(Next { code, due: Some(term.due), breach: None })
    })
}

/// Why a person should look at a dossier of someone who is or was obliged.
pub(super) fn reviews(history: &History<'_>, obligation: &Obligation, waiting: bool) -> Vec<Review> {
    let organisers: BTreeSet<&Code> = history
        .events
        .iter()
        .filter_map(|fact| match &fact.kind {
            FactKind::Registered { organiser, .. } | FactKind::ContractSigned { organiser, .. } => Some(organiser),
            _ => None,
        })
        .collect();
    let fine_in_other_state = obligation.breaches.iter().any(|breach| {
        breach.has_standing_fine()
            && !matches!(breach.state, Enforcement::Fined | Enforcement::Paid | Enforcement::Appealed)
    });
    [
        (!history.absences().is_empty(), Review::AbsenceWithReturn),
        (organisers.len() > 1, Review::SeveralOrganisers),
        (history.contract_on().is_some() && history.registered_on().is_none(), Review::ContractWithoutRegistration),
        (waiting, Review::WaitingList),
        (undone(obligation).is_some_and(BreachStanding::has_standing_fine), Review::FineWithoutGround),
        (fine_in_other_state, Review::FineInOtherState),
    ]
    .into_iter()
    .filter_map(|(holds, review)| holds.then_some(review))
    .collect()
}
