//! Acts: one legal act on one dossier, guarded, recorded once, with the standing that follows.

use crate::desk::{ATTEMPTS, Assessed, Desk, agency_kind, current_number, facts_of};
use crate::error::{AppError, CommitError, Key};
use crate::ids::{DossierId, FactId, WorkItemId};
use crate::model::{
    Actor, Command, Committed, Dossier, DossierChange, Identity, LedgerFact, NewDelivery, NewFact, Request,
    StandingUpdate, WorkChange, WorkKind,
};
use crate::proposal;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{Fact, FactKind};
use traject_domain::guard::{Act, Refusal, RefusalCode, guard};
use traject_domain::history::{History, Moment};
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
    /// Facts that say more of it: judged and recorded before it, in the same command.
    pub along: Vec<FactKind>,
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

/// The correction of a wrong check.
#[derive(Debug, Clone)]
pub struct CheckCorrection {
    /// The caller's request id.
    pub request: Request,
    /// Who corrects: the municipality that checked.
    pub actor: Actor,
    /// Which dossier.
    pub dossier: DossierId,
    /// The version the caller saw; none: whatever it is now.
    pub expected_version: Option<u64>,
    /// The wrong check; none: the latest.
    pub check: Option<FactId>,
    /// The day the register really said so; none: the day of the wrong check.
    pub checked_on: Option<Date>,
    /// What the register really says.
    pub extract: Extract,
    /// Names and contact, where they change.
    pub identity: Option<Identity>,
    /// Show what would follow, without doing it (AIP-163).
    pub validate_only: bool,
}

/// A dossier for a walk-in.
#[derive(Debug, Clone)]
pub struct VoluntaryOpening {
    /// The caller's request id.
    pub request: Request,
    /// Who registers: an organiser.
    pub actor: Actor,
    /// The person's number.
    pub number: NationalNumber,
    /// Names and contact.
    pub identity: Identity,
    /// The organiser: the actor's agency.
    pub organiser: Code,
    /// Language of the track.
    pub track: LegalLanguage,
    /// The civil day of the registration.
    pub occurred_on: Date,
    /// Show what would follow, without doing it (AIP-163).
    pub validate_only: bool,
}

impl Done {
    /// What would follow from an act that was only validated.
    pub(crate) fn validated(dossier: &Dossier, before: Assessed, after: Assessed) -> Self {
        Self { dossier: dossier.id, version: dossier.version, committed: None, before, after }
    }
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
        let number = current_number(dossier).ok_or(AppError::NotFound)?;
        let mut facts = Vec::with_capacity(order.along.len() + 1);
        for along in &order.along {
            self.judge_after(dossier, &facts, order, along)?;
            facts.push(self.fact(number, &order.actor, order.occurred_on, along.clone()));
        }
        self.judge_after(dossier, &facts, order, &order.kind)?;
        let (kind, deliveries) =
            self.with_letters(dossier, &order.actor, order.kind.clone(), order.occurred_on).await?;
        facts.push(self.fact(number, &order.actor, order.occurred_on, kind));
        let (before, after) = self.around(dossier, &facts, today);
        if order.validate_only {
            return Ok(Done::validated(dossier, before, after));
        }
        let numbers = order.number.into_iter().collect();
        let change = self.change(dossier, numbers, facts, deliveries, &after);
        self.commit_one(order.request.clone(), change, before, after).await
    }

    /// Corrects a check: the wrong one is retracted, and a new one takes its place, in one transaction.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such check; else as [`Desk::act`].
    pub async fn correct_check(&self, correction: &CheckCorrection) -> Result<Done, AppError> {
        if let Some(committed) = self.store.committed(&correction.request).await? {
            return self.done_before(correction.dossier, committed).await;
        }
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(correction.dossier).await?;
            match self.correct_on(correction, &dossier).await {
                Err(AppError::Stale) if correction.expected_version.is_none() => {}
                result => return result,
            }
        }
        Err(AppError::Exhausted)
    }

    async fn correct_on(&self, correction: &CheckCorrection, dossier: &Dossier) -> Result<Done, AppError> {
        if correction.expected_version.is_some_and(|version| version != dossier.version) {
            return Err(AppError::Stale);
        }
        let today = self.clock.today();
        let wrong = self.wrong_check(correction.check, dossier).ok_or(AppError::NotFound)?;
        let checked_on = correction.checked_on.unwrap_or(wrong.fact.occurred_on);
        let retracted = FactKind::Retracted(wrong.fact.reference.clone());
        let checked = FactKind::Checked(Box::new(correction.extract.clone()));
        self.judge(dossier, &correction.actor, today, &retracted, None)?;
        self.judge(dossier, &correction.actor, checked_on, &checked, None)?;
        self.own_municipality(&correction.actor, correction.extract.municipality)?;
        let number = wrong.fact.number;
        let retraction = self.fact(number, &correction.actor, today, retracted);
        let mut check = self.fact(number, &correction.actor, checked_on, checked);
        check.identity = correction.identity.clone();
        let facts = vec![retraction, check];
        let (before, after) = self.around(dossier, &facts, today);
        if correction.validate_only {
            return Ok(Done::validated(dossier, before, after));
        }
        let change = self.change(dossier, Vec::new(), facts, Vec::new(), &after);
        self.commit_one(correction.request.clone(), change, before, after).await
    }

    /// The check to correct: the named one, or the latest that counts today.
    fn wrong_check<'d>(&self, named: Option<FactId>, dossier: &'d Dossier) -> Option<&'d LedgerFact> {
        let checks = || dossier.facts.iter().filter(|fact| matches!(fact.fact.kind, FactKind::Checked(_)));
        match named {
            Some(id) => checks().find(|fact| fact.id == id),
            None => {
                let at = Moment::end_of(self.clock.today());
                let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
                let latest = history.checks.last()?.id.clone();
                checks().find(|fact| fact.fact.reference == latest)
            }
        }
    }

    /// Opens a dossier for a person who was never checked, with the registration that brought it about.
    ///
    /// # Errors
    /// [`AppError::Taken`] when the person has a dossier; else as [`Desk::act`].
    pub async fn open_voluntary(&self, opening: &VoluntaryOpening) -> Result<Done, AppError> {
        if let Some(committed) = self.store.committed(&opening.request).await? {
            let dossier = committed.versions.first().map(|(id, _)| *id).ok_or(AppError::NotFound)?;
            return self.done_before(dossier, committed).await;
        }
        let dossier = self.of_number(opening.number).await?;
        if dossier.version > 0 {
            return Err(AppError::Taken(Key::Number));
        }
        let kind = FactKind::Registered { organiser: opening.organiser.clone(), track: opening.track };
        self.judge(&dossier, &opening.actor, opening.occurred_on, &kind, None)?;
        let number = current_number(&dossier).ok_or(AppError::NotFound)?;
        let mut fact = self.fact(number, &opening.actor, opening.occurred_on, kind);
        fact.identity = Some(opening.identity.clone());
        let facts = vec![fact];
        let (before, after) = self.around(&dossier, &facts, self.clock.today());
        if opening.validate_only {
            return Ok(Done::validated(&dossier, before, after));
        }
        let change = self.change(&dossier, dossier.numbers.clone(), facts, Vec::new(), &after);
        self.commit_one(opening.request.clone(), change, before, after).await
    }

    /// Opens a work item that does not follow from the standing, such as a name that no font covers.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or what the store says.
    pub async fn ask(&self, dossier: DossierId, kind: WorkKind) -> Result<(), AppError> {
        let (id, due_since) = (WorkItemId(self.ids.next()), self.clock.today());
        self.change_work(dossier, WorkChange::Open { id, kind, due_since, held: false }).await
    }

    /// Closes a work item that does not follow from the standing, once a person has seen to it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or what the store says.
    pub async fn answered(&self, dossier: DossierId, kind: WorkKind) -> Result<(), AppError> {
        self.change_work(dossier, WorkChange::Close(kind)).await
    }

    async fn change_work(&self, dossier: DossierId, work: WorkChange) -> Result<(), AppError> {
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(dossier).await?;
            let assessed = self.assess(&facts_of(&dossier), self.clock.today());
            let mut change = self.change(&dossier, Vec::new(), Vec::new(), Vec::new(), &assessed);
            change.work.push(work.clone());
            let request = Request { caller: "desk".to_owned(), id: self.ids.next(), hash: [0; 32] };
            match self.store.commit(Command { request, changes: vec![change] }).await {
                Err(CommitError::Stale(_)) => {}
                result => return result.map(|_| ()).map_err(AppError::from),
            }
        }
        Err(AppError::Exhausted)
    }

    /// Judges an act against what is known of a dossier now, and what was recorded before it in the same command.
    fn judge_after(
        &self,
        dossier: &Dossier,
        before: &[NewFact],
        order: &ActOrder,
        kind: &FactKind,
    ) -> Result<(), AppError> {
        let mut facts = facts_of(dossier);
        facts.extend(before.iter().map(|new| new.fact.clone()));
        self.judge_on(dossier, &facts, &order.actor, order.occurred_on, kind, order.channel)
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
        self.judge_on(dossier, &facts_of(dossier), actor, occurred_on, kind, channel)
    }

    /// Judges an act on a dossier against facts, which are more than it holds where others come first in the same command.
    pub(crate) fn judge_on(
        &self,
        dossier: &Dossier,
        facts: &[Fact],
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
            return Err(Refusal::new(RefusalCode::WrongActor, "actors § 1", ground).into());
        };
        let act = Act { kind, actor: actor_kind, agency: &actor.agency, occurred_on, channel };
        guard(law, facts, &act, self.clock.today())?;
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

    /// The change that records new facts with the decision they are, and the standing and the work that follow.
    pub(crate) fn change(
        &self,
        dossier: &Dossier,
        numbers: Vec<(traject_domain::fact::NumberKey, NationalNumber)>,
        facts: Vec<NewFact>,
        deliveries: Vec<NewDelivery>,
        after: &Assessed,
    ) -> DossierChange {
        let decision = self.decided(dossier, &facts, after.row.as_of);
        DossierChange {
            decision,
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
