//! The desk: the law, the store, the clock and the ids together, and what every use case does with them.

use crate::error::AppError;
use crate::ids::{DossierId, FactId};
use crate::letters::Sending;
use crate::model::{Actor, Dossier, LedgerFact, NewFact, StandingRow};
use crate::port::{Clock, Ids, Laws, Store};
use crate::proposal;
use std::sync::Arc;
use traject_domain::Date;
use traject_domain::assess::wake_on;
use traject_domain::code::Code;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::guard::{Refusal, RefusalCode};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::standing::Standing;
use traject_domain::{assess, law::AgencyKind};

/// A law with the hash of its content, which decisions record.
#[derive(Debug, Clone)]
pub struct KnownLaw {
    /// The law.
    pub law: Law,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
    /// What the same law is read from again (see [`Laws`]): its files and policies.
    pub content: Vec<u8>,
}

/// Everything a use case needs.
#[derive(Clone)]
pub struct Desk {
    /// The law in force here.
    pub law: Arc<KnownLaw>,
    /// Reads the laws that earlier decisions were made under.
    pub laws: Arc<dyn Laws>,
    /// The program and its version, which decisions record, such as `traject 0.1.0`.
    pub engine: Arc<str>,
    /// The record.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// What is sent from here.
    pub sending: Sending,
}

/// How often a decision is made again when the dossier changed under it, before the caller hears of it.
pub(crate) const ATTEMPTS: usize = 5;

/// A standing and the row that lists read.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// The standing; none while no check counts.
    pub standing: Option<Standing>,
    /// The row.
    pub row: StandingRow,
}

impl Desk {
    /// Loads a dossier.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or what the store says.
    pub async fn dossier(&self, id: DossierId) -> Result<Dossier, AppError> {
        self.store.dossier(id).await?.ok_or(AppError::NotFound)
    }

    /// The standing of a dossier at a moment.
    pub fn standing(&self, dossier: &Dossier, at: Moment) -> Option<Standing> {
        assess(&self.law.law, &History::new(dossier.facts.iter().map(|fact| &fact.fact), at))
    }

    /// Assesses facts at the end of a day, with the day they wake.
    pub fn assess(&self, facts: &[Fact], today: Date) -> Assessed {
        assessed(&self.law, facts, today)
    }

    /// Why a work item that follows from the standing is not closed by hand.
    pub fn not_to_be_resolved(&self) -> Refusal {
        let ground = self.law.law.policies_provenance.ground(None);
        Refusal::new(RefusalCode::WrongState, "work list", ground)
    }

    /// A fact recorded here and now: its reference is its id.
    pub(crate) fn fact(&self, number: NumberKey, actor: &Actor, occurred_on: Date, kind: FactKind) -> NewFact {
        let id = FactId(self.ids.next());
        let fact = Fact {
            reference: FactRef::new(&id.to_string()),
            number,
            occurred_on,
            known_on: self.clock.today(),
            agency: actor.agency.clone(),
            kind,
        };
        NewFact { id, fact, actor: actor.clone(), identity: None }
    }
}

/// Assesses facts at the end of a day under a law, with the day they wake.
pub fn assessed(law: &KnownLaw, facts: &[Fact], today: Date) -> Assessed {
    let at = Moment::end_of(today);
    let history = History::new(facts, at);
    let standing = assess(&law.law, &history);
    let municipality = history.municipality_on(today);
    let mut row = proposal::row(standing.as_ref(), today, law.hash, municipality);
    row.wake_on = wake_on(&law.law, facts, at);
    Assessed { standing, row }
}

/// The facts of a dossier alone.
pub fn facts_of(dossier: &Dossier) -> Vec<Fact> {
    dossier.facts.iter().map(|LedgerFact { fact, .. }| fact.clone()).collect()
}

/// The number that new facts are reported under: the latest one that replaced another, else the first.
pub(crate) fn current_number(dossier: &Dossier) -> Option<NumberKey> {
    let replaced = dossier.facts.iter().rev().find_map(|fact| match fact.fact.kind {
        FactKind::NumberReplaced(by) => Some(by),
        _ => None,
    });
    replaced.or_else(|| dossier.numbers.first().map(|(key, _)| *key))
}

/// Which kind of agency a code stands for: `GGC`, a municipality's NIS code, or an organiser.
pub fn agency_kind(law: &Law, agency: &Code) -> Option<AgencyKind> {
    if agency.as_str() == "GGC" {
        Some(AgencyKind::Ggc)
    } else if traject_domain::municipality::Municipality::parse(agency.as_str()).is_some() {
        Some(AgencyKind::Municipality)
    } else {
        law.organiser(agency).map(|_| AgencyKind::Organiser)
    }
}
