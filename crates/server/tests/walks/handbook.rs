//! What the handbook forbids, said a second time and by days and facts alone: it stands beside the guard, not on it.

use jiff::ToSpan as _;
use traject_domain::Date;
use traject_domain::assess;
use traject_domain::code::Breach;
use traject_domain::fact::{Fact, FactKind};
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, Law};
use traject_domain::sanction::SanctionStep;

/// Fails when a fact was recorded that the handbook forbids, after these facts.
pub(crate) fn allows(law: &Law, before: &[Fact], fact: &Fact, actor: AgencyKind, today: Date) {
    assert!(fact.occurred_on <= today, "a day ahead: {fact:?}");
    assert_eq!(fact.known_on, today, "it is known today");
    let at = Moment { as_of: fact.occurred_on, recorded_by: today };
    let history = History::new(before, at);
    match &fact.kind {
        FactKind::Fined(breach, amount) => {
            assert!((10_000..=250_000).contains(&amount.0), "R-F1: {amount}");
            fine(&history, *breach);
        }
        FactKind::NoticePosted { breach, .. } => notice(law, &history, *breach, fact.occurred_on),
        FactKind::Transferred(breach) => transfer(&history, *breach, fact.occurred_on),
        FactKind::ContractSigned { .. } | FactKind::Completed { .. } => {
            assert!(history.registered_on().is_some(), "a registration comes first");
        }
        FactKind::SuspensionGranted { until, .. } => assert!(*until >= fact.occurred_on, "a period has an end"),
        _ => {}
    }
    assert_eq!(actor, owner(&fact.kind, actor), "R-F2, R-F3: {:?}", fact.kind);
}

/// No fine without transfer, invitation and weighed circumstances, nor while a request waits or after an end.
fn fine(history: &History<'_>, breach: Breach) {
    let last = |is: &dyn Fn(&FactKind) -> bool| history.events.iter().rposition(|fact| is(&fact.kind));
    let transfer = last(&|kind| *kind == FactKind::Transferred(breach)).expect("a fine follows a transfer");
    let since = &history.events[transfer..];
    let is_weighed = since.iter().any(|fact| match &fact.kind {
        FactKind::Sanction(of, SanctionStep::GroundsStated(grounds)) => {
            *of == breach && grounds.weighed.iter().any(|code| code.as_str() == "health")
        }
        _ => false,
    });
    assert!(is_weighed, "a fine follows a look at the circumstances");
    // Who was heard was invited, also where the record of the invitation was retracted after the hearing.
    let invited = history.first(|kind| match kind {
        FactKind::HearingInvited(of, _) | FactKind::Heard(of) => *of == breach,
        _ => false,
    });
    let kinds = || history.events.iter().map(|fact| fact.kind.name()).collect::<Vec<_>>();
    assert!(invited.is_some(), "R-F3: a fine follows an invitation: {:?}", kinds());
    assert!(history.pending().is_empty(), "R-X1: a request waits");
    assert!(!has_ended(history), "R-F8");
}

/// No notice on or before the due date of its term, nor after an end.
fn notice(law: &Law, history: &History<'_>, breach: Breach, on: Date) {
    let standing = assess(law, history).expect("a notice follows a check");
    let obligation = standing.obligation.as_ref().expect("a notice follows an obligation");
    let term = obligation.breach(breach).term.as_ref().expect("a notice follows a term");
    assert!(on > term.due, "{breach}: a notice on {on}, and the term ends on {}", term.due);
    assert!(!has_ended(history), "R-F8");
}

/// No transfer before two months after a notice.
fn transfer(history: &History<'_>, breach: Breach, on: Date) {
    let noticed = history.first(|kind| match kind {
        FactKind::NoticePosted { breach: of, .. } | FactKind::NoticeDelivered(of) => *of == breach,
        _ => false,
    });
    let noticed = noticed.expect("a transfer follows a notice");
    assert!(on >= noticed.saturating_add(2.months()), "D-CURE: noticed on {noticed}, transferred on {on}");
    assert!(!has_ended(history), "R-F8");
}

/// Died, without the right of residence, or Belgian.
fn has_ended(history: &History<'_>) -> bool {
    let ends = |kind: &FactKind| matches!(kind, FactKind::Died | FactKind::BecameBelgian);
    history.first(ends).is_some()
}

/// Which kind of agency does what; where several may, the one that did.
fn owner(kind: &FactKind, actor: AgencyKind) -> AgencyKind {
    match kind {
        FactKind::Registered { .. }
        | FactKind::ContractSigned { .. }
        | FactKind::Completed { .. }
        | FactKind::WaitingListJoined { .. }
        | FactKind::Programme { .. } => AgencyKind::Organiser,
        FactKind::Sanction(..)
        | FactKind::TransferReturned(_)
        | FactKind::HearingInvited(..)
        | FactKind::DefenceReceived(_)
        | FactKind::Heard(_)
        | FactKind::DecidedNoFine(_)
        | FactKind::Fined(..)
        | FactKind::FinePaid(_)
        | FactKind::AppealLodged(_)
        | FactKind::FineWithdrawn(_)
        | FactKind::AppealDecided(..) => AgencyKind::Ggc,
        FactKind::Retracted(_) | FactKind::Requested { .. } => actor,
        _ => AgencyKind::Municipality,
    }
}
