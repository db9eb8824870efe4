//! When to look again: the first later day on which the same facts give another standing.

use super::{EXEMPTION_NEAR_DAYS, assess};
use crate::Date;
use crate::counting::add_days;
use crate::fact::{Fact, FactKind};
use crate::history::{History, Moment};
use crate::law::Law;
use crate::standing::Standing;
use std::collections::BTreeSet;

/// The first day after `at` on which [`assess`] of the same facts differs, if there is one.
///
/// Both clocks move on together: a day passes for the world and for the agency. `None`: nothing will change by itself.
pub fn wake_on(law: &Law, facts: &[Fact], at: Moment) -> Option<Date> {
    let mut now = at;
    let mut standing = assess(law, &History::new(facts, now));
    let today = timeless(standing.clone());
    // Each turn looks at the days that the standing itself names; a changed name that does not yet differ goes on.
    for _ in 0..BOUND {
        let day = candidates(law, facts, standing.as_ref(), now).into_iter().next()?;
        now = Moment { as_of: day, recorded_by: day.max(at.recorded_by) };
        standing = assess(law, &History::new(facts, now));
        if timeless(standing.clone()) != today {
            return Some(day);
        }
    }
    None
}

/// More days than one dossier can name: facts, terms and holidays are each finite and passed once.
const BOUND: usize = 10_000;

/// The standing without the moment it was taken at.
fn timeless(standing: Option<Standing>) -> Option<Standing> {
    standing.map(|standing| Standing { at: Moment { as_of: Date::MIN, recorded_by: Date::MIN }, ..standing })
}

/// Days after the moment on which something may change.
fn candidates(law: &Law, facts: &[Fact], standing: Option<&Standing>, at: Moment) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    for fact in facts {
        days.extend([fact.occurred_on, fact.known_on]);
        match fact.kind {
            FactKind::SuspensionGranted { until, .. } => {
                days.insert(add_days(until, 1));
            }
            FactKind::ExemptionGranted { until: Some(until), .. } => {
                days.extend([add_days(until, -EXEMPTION_NEAR_DAYS), add_days(until, 1)]);
            }
            _ => {}
        }
    }
    days.extend(&law.turning_days);
    if let Some(obligation) = standing.and_then(|standing| standing.obligation.as_ref()) {
        for breach in &obligation.breaches {
            let terms = [&breach.term, &breach.cure, &breach.defence, &breach.payment];
            days.extend(terms.into_iter().flatten().map(|term| add_days(term.due, 1)));
            days.extend(breach.notices.iter().map(|notice| notice.delivered_on));
        }
    }
    let seen = at.as_of;
    days.split_off(&add_days(seen, 1))
}
