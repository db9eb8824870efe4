//! What the record of a walk shows, and what must hold of it at any moment.

use crate::dice::Dice;
use std::collections::BTreeSet;
use traject_app::Desk;
use traject_app::desk::facts_of;
use traject_app::ids::DossierId;
use traject_app::model::{Committed, Decision, Delivery, DeliveryState, Dossier, StandingRow, WorkItem};
use traject_app::proposal::asks;
use traject_app::work::WorkFilter;
use traject_domain::standing::Standing;

/// More than a walk has of anything.
const ALL: usize = 1_000;

/// The record at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) dossiers: Vec<Dossier>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) work: Vec<WorkItem>,
    head: u64,
}

impl Snapshot {
    pub(crate) async fn of(desk: &Desk) -> Self {
        let store = &desk.store;
        let dossiers = store.scan(None, ALL).await.expect("the store answers");
        let mut deliveries = Vec::new();
        for dossier in &dossiers {
            deliveries.extend(store.deliveries_of(dossier.id).await.expect("the store answers"));
        }
        let today = desk.clock.today();
        let work = store.work(&WorkFilter::everything(today), None, ALL).await.expect("the store answers");
        let head = store.head().await.expect("the store answers");
        Self { dossiers, deliveries, work, head }
    }

    pub(crate) fn dossier(&self, id: DossierId) -> Option<&Dossier> {
        self.dossiers.iter().find(|dossier| dossier.id == id)
    }

    /// I1, I2: the record is that of before and what was acknowledged, and nothing else.
    pub(crate) fn is_after(&self, before: &Self, committed: &Committed) {
        let mut facts = Vec::new();
        for dossier in &self.dossiers {
            let earlier = before.dossier(dossier.id);
            let known = earlier.map_or(0, |earlier| earlier.facts.len());
            assert_eq!(earlier.map_or(&[][..], |earlier| &earlier.facts), &dossier.facts[..known], "facts stay");
            facts.extend(dossier.facts[known..].iter().map(|fact| fact.id));
            let version = committed.versions.iter().find(|(id, _)| *id == dossier.id).map(|(_, version)| *version);
            assert_eq!(dossier.version, version.or(earlier.map(|earlier| earlier.version)).unwrap_or_default());
            assert!(version.is_some() || Some(dossier) == earlier, "only what the command names changes");
        }
        assert_eq!((facts, before.dossiers.len() <= self.dossiers.len()), (committed.facts.clone(), true));
        assert_eq!(self.head, before.head + committed.facts.len() as u64);
        let is_new = |delivery: &&Delivery| !before.deliveries.contains(delivery);
        let made: BTreeSet<_> = self.deliveries.iter().filter(is_new).map(|delivery| delivery.id).collect();
        assert_eq!(made, committed.deliveries.iter().copied().collect::<BTreeSet<_>>());
        assert_eq!(self.deliveries.len(), before.deliveries.len() + made.len(), "deliveries stay");
    }

    /// A sweep records no fact and sends nothing.
    pub(crate) fn was_swept(&self, before: &Self) {
        let facts = |of: &Self| of.dossiers.iter().map(|dossier| (dossier.id, facts_of(dossier))).collect::<Vec<_>>();
        assert_eq!((facts(self), &self.deliveries, self.head), (facts(before), &before.deliveries, before.head));
    }

    /// Checks what holds at any moment, and gives how each dossier stands today.
    pub(crate) fn holds(&self, desk: &Desk, dice: &mut Dice) -> Vec<Option<Standing>> {
        self.delivers_once();
        let stand = |dossier: &Dossier| {
            let standing = stands(desk, dice, dossier);
            let items = self.work.iter().filter(|item| item.dossier == dossier.id).map(|item| item.kind);
            let asked = standing.iter().flat_map(asks).map(|(kind, _)| kind);
            assert_eq!(items.collect::<BTreeSet<_>>(), asked.collect(), "the work list asks what the standing asks");
            standing
        };
        self.dossiers.iter().map(stand).collect()
    }

    /// I3, I5: each key is there once; and nobody sends here, so that nothing has left.
    fn delivers_once(&self) {
        let keys: BTreeSet<_> = self.deliveries.iter().map(|delivery| &delivery.key).collect();
        assert_eq!(keys.len(), self.deliveries.len(), "a step fires once: {:?}", self.deliveries);
        let waits = |delivery: &Delivery| delivery.state == DeliveryState::Created && delivery.attempts == 0;
        assert!(self.deliveries.iter().all(waits), "nothing was sent");
    }
}

/// I4: the row of a dossier is what follows from its facts, in whatever order they come, on its day and still today.
fn stands(desk: &Desk, dice: &mut Dice, dossier: &Dossier) -> Option<Standing> {
    let mut facts = facts_of(dossier);
    dice.shuffle(&mut facts);
    let today = desk.assess(&facts, desk.clock.today());
    let row = dossier.standing.as_ref().expect("nothing was imported");
    if row.as_of == today.row.as_of {
        assert_eq!(*row, today.row);
    } else {
        assert_eq!(*row, desk.assess(&facts, row.as_of).row, "as of its day");
        let (as_of, wake_on) = (row.as_of, row.wake_on);
        assert_eq!(*row, StandingRow { as_of, wake_on, ..today.row }, "the sweep missed no day");
    }
    today.standing
}

/// I7: decisions come to the same outcome and digest again.
pub(crate) fn replay(desk: &Desk, record: &Snapshot, decisions: &[Decision]) {
    for decision in decisions {
        let dossier = record.dossier(decision.dossier).expect("a decision is on a dossier");
        assert_eq!(decision.law_hash, desk.law.hash);
        let view = desk.made_again(dossier, decision);
        assert_eq!((&view.outcome, view.digest), (&decision.outcome, decision.digest), "{decision:?}");
    }
}
