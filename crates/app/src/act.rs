//! Acts: one legal act on one dossier, guarded, recorded once, with the standing that follows.

use crate::desk::{ATTEMPTS, Assessed, Desk, agency_kind, current_number, facts_of};
use crate::error::{AppError, CommitError};
use crate::ids::{DossierId, WorkItemId};
use crate::model::{
    Actor, Command, Committed, Dossier, DossierChange, NewDelivery, NewFact, Request, StandingUpdate, WorkChange,
    WorkKind,
};
use crate::proposal;
use traject_domain::Date;
use traject_domain::fact::FactKind;
use traject_domain::guard::{Act, Refusal, RefusalCode, guard};
use traject_domain::law::Channel;
use traject_domain::national_number::NationalNumber;

/// One act on one dossier.
#[derive(Debug, Clone)]
pub struct ActOrder {
    /// The caller's request id.
    pub request: Request,
    /// Who acts.
    pub actor: Actor,
    /// On which dossier.
    pub dossier: DossierId,
    /// The version the caller saw; none: whatever it is now.
    pub expected_version: Option<u64>,
    /// The civil day it happened.
    pub occurred_on: Date,
    /// What.
    pub kind: FactKind,
    /// By which door evidence came.
    pub channel: Option<Channel>,
    /// A number that becomes a key of the dossier with the act.
    pub number: Option<(traject_domain::fact::NumberKey, NationalNumber)>,
    /// Judge and show what would follow, without doing it (AIP-163).
    pub validate_only: bool,
}

/// What an act led to.
#[derive(Debug, Clone)]
pub struct Done {
    /// The dossier.
    pub dossier: DossierId,
    /// Its version: after the act, or unchanged when it was only validated.
    pub version: u64,
    /// What was committed; none when it was only validated.
    pub committed: Option<Committed>,
    /// How it stood before.
    pub before: Assessed,
    /// How it stands with the act.
    pub after: Assessed,
}

impl Desk {
    /// Guards an act and records it, once per request id.
    ///
    /// # Errors
    /// [`AppError::Refused`] with rule and ground; [`AppError::Stale`] when the caller saw an older version;
    /// [`AppError::NotFound`]; what the store says.
    pub async fn act(&self, order: &ActOrder) -> Result<Done, AppError> {
        if let Some(committed) = self.store.committed(&order.request).await? {
            return self.done_before(order.dossier, committed).await;
        }
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(order.dossier).await?;
            match self.act_on(order, &dossier).await {
                Err(AppError::Stale) if order.expected_version.is_none() => {}
                result => return result,
            }
        }
        Err(AppError::Exhausted)
    }

    async fn act_on(&self, order: &ActOrder, dossier: &Dossier) -> Result<Done, AppError> {
        if order.expected_version.is_some_and(|version| version != dossier.version) {
            return Err(AppError::Stale);
        }
        let today = self.clock.today();
        self.judge(dossier, &order.actor, order.occurred_on, &order.kind, order.channel)?;
        let number = current_number(dossier).ok_or(AppError::NotFound)?;
        let fact = self.fact(number, &order.actor, order.occurred_on, order.kind.clone());
        let (before, after) = self.around(dossier, std::slice::from_ref(&fact), today);
        if order.validate_only {
            return Ok(Done { dossier: dossier.id, version: dossier.version, committed: None, before, after });
        }
        let numbers = order.number.into_iter().collect();
        let change = self.change(dossier, numbers, vec![fact], Vec::new(), &after);
        self.commit_one(order.request.clone(), change, before, after).await
    }

    /// Opens a work item that does not follow from the standing, such as a name that no font covers.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or what the store says.
    pub async fn ask(&self, dossier: DossierId, kind: WorkKind) -> Result<(), AppError> {
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(dossier).await?;
            let today = self.clock.today();
            let assessed = self.assess(&facts_of(&dossier), today);
            let mut change = self.change(&dossier, Vec::new(), Vec::new(), Vec::new(), &assessed);
            change.work.push(WorkChange::Open { id: WorkItemId(self.ids.next()), kind, due_since: today, held: false });
            let request = Request { caller: "desk".to_owned(), id: self.ids.next(), hash: [0; 32] };
            match self.store.commit(Command { request, changes: vec![change] }).await {
                Err(CommitError::Stale(_)) => {}
                result => return result.map(|_| ()).map_err(AppError::from),
            }
        }
        Err(AppError::Exhausted)
    }

    /// Judges an act against what is known of a dossier now.
    pub(crate) fn judge(
        &self,
        dossier: &Dossier,
        actor: &Actor,
        occurred_on: Date,
        kind: &FactKind,
        channel: Option<Channel>,
    ) -> Result<(), AppError> {
        if dossier.frozen {
            return Err(AppError::Frozen);
        }
        if dossier.version > 0 && dossier.standing.is_none() {
            return Err(AppError::NotAssessed);
        }
        let law = &self.law.law;
        let Some(actor_kind) = agency_kind(law, &actor.agency) else {
            let ground = law.policies_provenance.ground(None);
            return Err(Refusal { code: RefusalCode::WrongActor, rule: "actors § 1", ground }.into());
        };
        let act = Act { kind, actor: actor_kind, agency: &actor.agency, occurred_on, channel };
        guard(law, &facts_of(dossier), &act, self.clock.today())?;
        Ok(())
    }

    /// How a dossier stands before and with new facts.
    pub(crate) fn around(&self, dossier: &Dossier, new: &[NewFact], today: Date) -> (Assessed, Assessed) {
        let mut facts = facts_of(dossier);
        let before = self.assess(&facts, today);
        facts.extend(new.iter().map(|fact| fact.fact.clone()));
        let after = self.assess(&facts, today);
        (before, after)
    }

    /// The change that records new facts with the standing and the work that follow.
    pub(crate) fn change(
        &self,
        dossier: &Dossier,
        numbers: Vec<(traject_domain::fact::NumberKey, NationalNumber)>,
        facts: Vec<NewFact>,
        deliveries: Vec<NewDelivery>,
        after: &Assessed,
    ) -> DossierChange {
        DossierChange {
            dossier: dossier.id,
            expected_version: dossier.version,
            numbers,
            facts,
            standing: StandingUpdate::Assessed(Box::new(after.row.clone())),
            imported: false,
            deliveries,
            work: proposal::work(after.standing.as_ref(), dossier.held, self.ids.as_ref()),
        }
    }

    pub(crate) async fn commit_one(
        &self,
        request: Request,
        change: DossierChange,
        before: Assessed,
        after: Assessed,
    ) -> Result<Done, AppError> {
        let dossier = change.dossier;
        let committed = self.store.commit(Command { request, changes: vec![change] }).await?;
        if committed.repeated {
            return self.done_before(dossier, committed).await;
        }
        let version = committed.versions.iter().find(|(id, _)| *id == dossier).map_or(0, |(_, version)| *version);
        Ok(Done { dossier, version, committed: Some(committed), before, after })
    }

    /// The answer to a repeated request: what it did then, and how the dossier stands now.
    pub(crate) async fn done_before(&self, dossier: DossierId, committed: Committed) -> Result<Done, AppError> {
        let dossier = self.dossier(committed.versions.first().map_or(dossier, |(id, _)| *id)).await?;
        let today = self.clock.today();
        let mut earlier = dossier.clone();
        earlier.facts.retain(|fact| !committed.facts.contains(&fact.id));
        let before = self.assess(&facts_of(&earlier), today);
        let after = self.assess(&facts_of(&dossier), today);
        Ok(Done { dossier: dossier.id, version: dossier.version, committed: Some(committed), before, after })
    }
}
