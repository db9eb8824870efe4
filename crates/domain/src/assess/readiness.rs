//! Whether a transferred dossier is ready for the GGC: what it lacks before anybody is heard or fined (law.md § 7).

use crate::code::{Breach, Code};
use crate::counting::Period;
use crate::fact::FactKind;
use crate::history::History;
use crate::law::Law;
use crate::sanction::{SanctionStep, TransferGap};
use crate::standing::{BreachStanding, Notice, Standing};
use std::collections::BTreeSet;

/// What a transfer lacks, in the order of the list; empty: nothing. Asked of a dossier that was not transferred it says what
/// the transfer would lack.
pub fn transfer_gaps(law: &Law, history: &History<'_>, standing: &Standing, breach: Breach) -> Vec<TransferGap> {
    let Some(of) = standing.obligation.as_ref().map(|obligation| obligation.breach(breach)) else {
        return vec![TransferGap::NoticeNotServed];
    };
    let served = of.current_notice.and_then(|index| of.notices.get(index));
    let served = served.filter(|notice| notice.delivered_on <= history.at.as_of);
    let range = law.fines.on(history.at.as_of, history.at.recorded_by);
    let to_weigh = range.map(|range| range.must_weigh.iter().collect()).unwrap_or_default();
    let holds = [
        (served.is_none(), TransferGap::NoticeNotServed),
        (served.is_some() && in_a_language_not_known(history, standing, breach), TransferGap::NoticeLanguage),
        (served.is_some_and(|notice| notice.presumed), TransferGap::DeliveryPresumed),
        (served.is_some() && of.refusal_on.is_none(), TransferGap::CureRunning),
        (waited_in_time(history, of), TransferGap::WaitingList),
        (served.is_some_and(|notice| was_suspended(history, of, notice)), TransferGap::Suspension),
        (!standing.requests.is_empty(), TransferGap::RequestUndecided),
        (!weighed(history, breach).is_superset(&to_weigh), TransferGap::CircumstancesNotWeighed),
        (!of.established, TransferGap::RefusalNotEstablished),
    ];
    holds.into_iter().filter_map(|(holds, gap)| holds.then_some(gap)).collect()
}

/// The circumstances that the GGC weighed since the transfer.
pub(crate) fn weighed<'a>(history: &History<'a>, breach: Breach) -> BTreeSet<&'a Code> {
    let mut weighed = BTreeSet::new();
    for fact in &history.events {
        match &fact.kind {
            FactKind::Transferred(of) if *of == breach => weighed.clear(),
            FactKind::Sanction(of, SanctionStep::GroundsStated(grounds)) if *of == breach => {
                weighed.extend(&grounds.weighed);
            }
            _ => {}
        }
    }
    weighed
}

/// A notice in one language to a person whose language nobody recorded.
fn in_a_language_not_known(history: &History<'_>, standing: &Standing, breach: Breach) -> bool {
    let in_one =
        |kind: &FactKind| matches!(kind, FactKind::NoticePosted { breach: of, language: Some(_) } if *of == breach);
    standing.letter_language.is_none() && history.first(in_one).is_some()
}

/// A place was asked for before the term ended, and there was none.
fn waited_in_time(history: &History<'_>, of: &BreachStanding) -> bool {
    let joined = history.first(|kind| matches!(kind, FactKind::WaitingListJoined { .. }));
    let due = of.term.as_ref().map(|term| term.due);
    of.breach == Breach::NotRegistered && joined.zip(due).is_some_and(|(joined, due)| joined <= due)
}

fn was_suspended(history: &History<'_>, of: &BreachStanding, notice: &Notice) -> bool {
    let first = of.term.as_ref().map_or(notice.delivered_on, |term| term.start);
    let last = of.cure.as_ref().map_or(notice.delivered_on, |cure| cure.due);
    history.suspensions().any(|stop| {
        let Period { first: from, last: until } = stop.period;
        from <= last && until >= first
    })
}
