//! Why a standing is what it is: everything that a clerk, a judge or the newcomer may ask about it.

use super::clock::{Clock, clock};
use super::needs::needs;
use super::programme::{ProgrammeTarget, programme_targets};
use super::scope::{Finding, explain};
use super::{Terms, assess};
use crate::Date;
use crate::fact::FactRef;
use crate::history::History;
use crate::law::Law;
use crate::predicate::Field;
use crate::standing::Standing;
use std::collections::{BTreeMap, BTreeSet};

/// What a reader wants to know of a fact that a reason points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFact {
    /// Its [`crate::fact::FactKind::name`].
    pub kind: &'static str,
    /// The day it happened.
    pub on: Date,
}

/// A standing with the reasons for it. Pages, calls and the record of a decision are all made from this.
#[derive(Debug, Clone)]
pub struct Reasons<'l> {
    /// What follows.
    pub standing: Standing,
    /// Every condition of the scope, on the check that gives the reference date.
    pub conditions: Vec<Finding<'l>>,
    /// Every exemption, on the latest check or as granted.
    pub exemptions: Vec<Finding<'l>>,
    /// The columns with which an undecided outcome would be decided; empty when it is decided.
    pub needs: BTreeSet<Field>,
    /// Every term that runs or ran, with the account of its time, NOT_REGISTERED first.
    pub clocks: Vec<Clock<'l>>,
    /// The language level to reach, by literacy, for a person who has registered.
    pub targets: Vec<ProgrammeTarget<'l>>,
    /// The facts that count, by reference: the findings and the clocks point at them.
    pub facts: BTreeMap<FactRef, SourceFact>,
}

/// The reasons for the standing at a moment; `None` while no check counts.
pub fn reasons<'l>(law: &'l Law, history: &History<'_>) -> Option<Reasons<'l>> {
    let standing = assess(law, history)?;
    let found = explain(law, history)?;
    let suspended = history.suspended();
    let terms = Terms { law, history, reference: standing.reference_date, suspended: &suspended };
    let breaches = standing.obligation.iter().flat_map(|obligation| &obligation.breaches);
    let clocks = breaches
        .flat_map(|breach| breach.terms().filter_map(|due| clock(&terms, history, breach, due)).collect::<Vec<_>>())
        .collect();
    let targets = programme_targets(law, history, standing.reference_date);
    Some(Reasons {
        conditions: found.conditions,
        exemptions: found.exemptions,
        needs: needs(law, history),
        clocks,
        targets,
        facts: facts(history),
        standing,
    })
}

fn facts(history: &History<'_>) -> BTreeMap<FactRef, SourceFact> {
    // A history keeps checks apart from the other facts, without their kind: it is always this one.
    let checks = history.checks.iter().map(|check| (check.id.clone(), SourceFact { kind: "checked", on: check.on }));
    let events = history.events.iter().map(|fact| {
        let source = SourceFact { kind: fact.kind.name(), on: fact.occurred_on };
        (fact.reference.clone(), source)
    });
    checks.chain(events).collect()
}
