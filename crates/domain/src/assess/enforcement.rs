//! Enforcement of one breach: notices, the additional term, refusal, transfer, decision (20–24).

use super::closing::Closings;
use super::scope::Scope;
use super::{Terms, met_on};
use crate::Date;
use crate::code::{Breach, LegalLanguage, Term};
use crate::counting::{DueDate, add_days, presumed_delivery};
use crate::fact::{FactKind, ReturnReason};
use crate::history::{Fine, History};
use crate::law::WrongLanguage;
use crate::money::Cents;
use crate::sanction::SanctionStep;
use crate::standing::{BreachStanding, Enforcement, Notice, VoidReason};

/// A posting or a delivery by hand, before it is judged.
struct Sent {
    on: Date,
    by_hand: bool,
    language: Option<LegalLanguage>,
    delivered_on: Option<Date>,
    unknown_address_on: Option<Date>,
    withdrawn: bool,
}

impl Sent {
    fn posted(on: Date, language: Option<LegalLanguage>) -> Self {
        Self { on, by_hand: false, language, delivered_on: None, unknown_address_on: None, withdrawn: false }
    }

    fn by_hand(on: Date) -> Self {
        Self { by_hand: true, delivered_on: Some(on), ..Self::posted(on, None) }
    }
}

pub(super) fn of_breach(
    terms: &Terms<'_, '_>,
    history: &History<'_>,
    scope: &Scope<'_>,
    closings: &Closings,
    breach: Breach,
    term: Option<DueDate>,
) -> BreachStanding {
    let due = term.as_ref().map(|term| term.due);
    let notices: Vec<Notice> =
        sent(history, breach).into_iter().map(|sent| judge(terms, scope, closings, due, &sent)).collect();
    let fines = history.fines(breach);
    let mut standing = BreachStanding {
        breach,
        met_on: met_on(terms.law, history, breach),
        state: Enforcement::None,
        current_notice: current(&notices, &fines),
        notices,
        cure: None,
        refusal_on: None,
        transferred_on: None,
        transfer: None,
        defence: None,
        payment: None,
        appeal: None,
        defence_ended: false,
        paid: Cents(0),
        reminded_on: None,
        payment_overdue: false,
        execution_suspended: false,
        established: history.first(|kind| *kind == FactKind::RefusalEstablished(breach)).is_some(),
        undone: false,
        fines,
        term,
    };
    if let Some(due) = due {
        match standing.current_notice {
            Some(index) => after_notice(terms, history, closings, due, index, &mut standing),
            None => standing.state = without_notice(history, scope, closings, due, &standing),
        }
    }
    standing.undone = is_undone(scope, &standing);
    at_the_ggc(terms, history, &mut standing);
    standing
}

/// The terms of the defence, of payment and of appeal. No other day of their start is reported than that of the
/// invitation and of the fine.
fn at_the_ggc(terms: &Terms<'_, '_>, history: &History<'_>, standing: &mut BreachStanding) {
    let breach = standing.breach;
    let invited = history.days(move |kind| matches!(kind, FactKind::HearingInvited(of, _) if *of == breach)).last();
    standing.defence = invited.map(|invited| terms.due(Term::Defence, invited));
    standing.defence_ended = standing.defence.as_ref().is_some_and(|term| term.due < history.at.as_of);
    if let Some(fine) = standing.fines.iter().rfind(|fine| fine.stands).copied() {
        standing.payment = Some(terms.due(Term::Pay, fine.on));
        standing.appeal = Some(terms.due(Term::Appeal, fine.on));
        payment(history, fine, standing);
    }
}

/// What was paid of a fine that stands, and whether it may be asked for.
fn payment(history: &History<'_>, fine: Fine, standing: &mut BreachStanding) {
    let mut is_settled = false;
    for fact in history.events.iter().filter(|fact| fact.occurred_on >= fine.on) {
        match &fact.kind {
            FactKind::FinePaid(b) if *b == fine.breach => standing.paid = fine.amount,
            FactKind::AppealDecided(b, _) if *b == fine.breach => standing.execution_suspended = false,
            FactKind::Sanction(b, step) if *b == fine.breach => match step {
                SanctionStep::PaymentReceived(amount) => {
                    standing.paid = Cents(standing.paid.0.saturating_add(amount.0))
                }
                SanctionStep::PaymentReminded => standing.reminded_on = Some(fact.occurred_on),
                SanctionStep::ExecutionSuspended => standing.execution_suspended = true,
                SanctionStep::RecoveryHandedOver | SanctionStep::FineWrittenOff { .. } => is_settled = true,
                _ => {}
            },
            _ => {}
        }
    }
    let is_paid = standing.paid >= fine.amount;
    if is_paid && standing.state == Enforcement::Fined {
        standing.state = Enforcement::Paid;
    }
    let has_ended = standing.payment.as_ref().is_some_and(|term| term.due < history.at.as_of);
    standing.payment_overdue = has_ended && !is_paid && !is_settled && !standing.execution_suspended;
}

/// Pairs postings with their deliveries, returns and withdrawals: each belongs to the last posting up to its day (21).
fn sent(history: &History<'_>, breach: Breach) -> Vec<Sent> {
    let mut postings: Vec<Sent> = Vec::new();
    for fact in &history.events {
        if let FactKind::NoticePosted { breach: b, language } = fact.kind
            && b == breach
        {
            postings.push(Sent::posted(fact.occurred_on, language));
        }
    }
    let unknown = FactKind::NoticeReturned(breach, ReturnReason::UnknownAddress);
    for day in history.days(move |kind| *kind == unknown) {
        if let Some(posting) = last_up_to(&mut postings, day) {
            posting.unknown_address_on.get_or_insert(day);
        }
    }
    let mut by_hand = Vec::new();
    for day in history.days(move |kind| *kind == FactKind::NoticeDelivered(breach)) {
        match last_up_to(&mut postings, day) {
            Some(posting) if posting.unknown_address_on.is_none_or(|returned| day < returned) => {
                posting.delivered_on.get_or_insert(day);
            }
            _ => by_hand.push(Sent::by_hand(day)),
        }
    }
    let mut all = postings;
    all.extend(by_hand);
    all.sort_by_key(|sent| (sent.on, sent.by_hand));
    for day in history.days(move |kind| *kind == FactKind::NoticeWithdrawn(breach)) {
        if let Some(notice) = last_up_to(&mut all, day) {
            notice.withdrawn = true;
        }
    }
    all
}

fn last_up_to(sent: &mut [Sent], day: Date) -> Option<&mut Sent> {
    sent.iter_mut().rev().find(|sent| sent.on <= day)
}

fn judge(terms: &Terms<'_, '_>, scope: &Scope<'_>, closings: &Closings, due: Option<Date>, sent: &Sent) -> Notice {
    let language = scope.status.extract.letter_language;
    let wrong_language = terms.law.policies.wrong_language == WrongLanguage::Void
        && matches!((sent.language, language), (Some(used), Some(right)) if used != right);
    let void = if due.is_none_or(|due| sent.on <= due) {
        Some(VoidReason::TooEarly)
    } else if due.is_some_and(|due| closings.no_longer_concerned_by(due)) {
        Some(VoidReason::NoLongerConcerned)
    } else if wrong_language {
        Some(VoidReason::WrongLanguage)
    } else if sent.unknown_address_on.is_some() && sent.delivered_on.is_none() {
        Some(VoidReason::Undeliverable)
    } else {
        None
    };
    Notice {
        posted_on: sent.on,
        by_hand: sent.by_hand,
        delivered_on: sent.delivered_on.unwrap_or_else(|| presumed_delivery(&terms.law.counting, sent.on)),
        presumed: sent.delivered_on.is_none(),
        void,
        withdrawn: sent.withdrawn,
    }
}

/// The first valid notice; a further one only after a fine that came on or after that delivery (22).
fn current(notices: &[Notice], fines: &[Fine]) -> Option<usize> {
    let mut current: Option<usize> = None;
    for (index, notice) in notices.iter().enumerate().filter(|(_, notice)| notice.is_valid()) {
        let counts = current.is_none_or(|held| {
            fines.iter().any(|fine| fine.on >= notices[held].delivered_on && fine.on < notice.posted_on)
        });
        if counts {
            current = Some(index);
        }
    }
    current
}

/// Late, withdrawn or nothing (20, 21).
fn without_notice(
    history: &History<'_>,
    scope: &Scope<'_>,
    closings: &Closings,
    due: Date,
    standing: &BreachStanding,
) -> Enforcement {
    let withdrawn = standing.notices.iter().any(|notice| notice.withdrawn && notice.void.is_none());
    if withdrawn && (standing.met_in_time() || scope.is_exempt()) {
        Enforcement::Withdrawn
    } else if history.at.as_of > due && standing.met_on.is_none() && !closings.stopped_by(due) {
        Enforcement::Late
    } else {
        Enforcement::None
    }
}

/// From a valid notice on (22–24).
fn after_notice(
    terms: &Terms<'_, '_>,
    history: &History<'_>,
    closings: &Closings,
    due: Date,
    index: usize,
    standing: &mut BreachStanding,
) {
    let as_of = history.at.as_of;
    let delivered_on = standing.notices[index].delivered_on;
    let is_delivered = delivered_on <= as_of;
    if is_delivered {
        standing.cure = Some(terms.due(Term::Cure, delivered_on));
    }
    let cure_due = standing.cure.as_ref().map(|cure| cure.due);
    let met_late = standing.met_on.filter(|met| *met > due);
    let cured = met_late.is_some_and(|met| met < delivered_on || cure_due.is_some_and(|cure| met <= cure));
    standing.state = if cured {
        Enforcement::Cured
    } else if !is_delivered {
        Enforcement::NoticePosted
    } else {
        Enforcement::Noticed
    };
    let lapsed = cure_due.filter(|cure| as_of > *cure && !closings.stopped_by(*cure));
    if let Some(cure_due) = lapsed
        && !cured
        && !standing.met_in_time()
    {
        refuse(terms, history, add_days(cure_due, 1), standing);
    }
    // A fine may have been given without a transfer that counts; once all are gone the breach is withdrawn.
    if !standing.fines.is_empty() && !standing.has_standing_fine() {
        standing.state = Enforcement::Withdrawn;
    }
}

/// Refusal, and what the GGC made of it (23).
fn refuse(terms: &Terms<'_, '_>, history: &History<'_>, refusal_on: Date, standing: &mut BreachStanding) {
    let breach = standing.breach;
    standing.state = Enforcement::Refused;
    standing.refusal_on = Some(refusal_on);
    standing.transfer = Some(terms.due(Term::Transfer, refusal_on));
    let last_return = history.days(move |kind| *kind == FactKind::TransferReturned(breach)).last();
    standing.transferred_on = history
        .days(move |kind| *kind == FactKind::Transferred(breach))
        .find(|day| *day >= refusal_on && last_return.is_none_or(|returned| *day > returned));
    let Some(transferred_on) = standing.transferred_on else { return };
    standing.state = history
        .events
        .iter()
        .filter(|fact| fact.occurred_on >= transferred_on)
        .filter_map(|fact| ladder(&fact.kind, breach))
        .max()
        .unwrap_or(Enforcement::Transferred);
}

/// The rung of the ladder that an act of the GGC reaches.
fn ladder(kind: &FactKind, breach: Breach) -> Option<Enforcement> {
    let (b, state) = match kind {
        FactKind::HearingInvited(b, _) => (*b, Enforcement::Invited),
        FactKind::Heard(b) => (*b, Enforcement::Heard),
        FactKind::DecidedNoFine(b) => (*b, Enforcement::NoFine),
        FactKind::Fined(b, _) => (*b, Enforcement::Fined),
        FactKind::FinePaid(b) => (*b, Enforcement::Paid),
        FactKind::AppealLodged(b) => (*b, Enforcement::Appealed),
        _ => return None,
    };
    (b == breach).then_some(state)
}

/// Facts took away the ground of what was done (24).
fn is_undone(scope: &Scope<'_>, standing: &BreachStanding) -> bool {
    if standing.current_notice.is_none() {
        return standing.has_standing_fine();
    }
    let settled = matches!(standing.state, Enforcement::Cured | Enforcement::NoFine | Enforcement::Withdrawn);
    !settled && (standing.met_in_time() || scope.is_exempt())
}
