//! The counter: a check, and what is handed over with it, in one visit.

use crate::act::Done;
use crate::desk::{ATTEMPTS, Desk, current_number, facts_of};
use crate::error::AppError;
use crate::ids::DossierId;
use crate::model::{Actor, Dossier, Identity, LegalStep, NewFact, Request};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::extract::Extract;
use traject_domain::fact::{FactKind, InformationItem, NumberKey};
use traject_domain::guard::{Refusal, RefusalCode};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::standing::Outcome;

/// What was handed over and explained at the counter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOver {
    /// Items of information given; empty: none recorded.
    pub items: Vec<InformationItem>,
    /// Language spoken, ISO 639-1.
    pub spoken: Option<Code>,
    /// The person received the certificate of obligation, and signed for it.
    pub certificate_received: bool,
}

/// One visit at the counter.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The caller's request id.
    pub request: Request,
    /// Who checks: a municipality.
    pub actor: Actor,
    /// The person's number.
    pub number: NationalNumber,
    /// Names and contact, as the register has them.
    pub identity: Identity,
    /// What the register says.
    pub extract: Extract,
    /// The day of the check.
    pub checked_on: Date,
    /// What was handed over.
    pub hand_over: HandOver,
    /// Show what would follow, without doing it (AIP-163).
    pub validate_only: bool,
}

impl Desk {
    /// Checks a person and records what was handed over, in one transaction, safe to repeat.
    ///
    /// What is handed over is judged as an act of its own on the day of the visit, such as a certificate, which is only for
    /// someone who is obliged: where it is refused, the visit is as a whole.
    /// For someone who is obliged and has no certificate yet, the certificate is prepared as a letter.
    ///
    /// # Errors
    /// [`AppError::Refused`], or what the store says.
    pub async fn visit(&self, visit: &Visit) -> Result<Done, AppError> {
        if let Some(committed) = self.store.committed(&visit.request).await? {
            let dossier = committed.versions.first().map(|(id, _)| *id).ok_or(AppError::NotFound)?;
            return self.done_before(dossier, committed).await;
        }
        for _ in 0..ATTEMPTS {
            let dossier = self.of_number(visit.number).await?;
            match self.visit_on(visit, &dossier).await {
                // Somebody else changed or made the dossier meanwhile: look again.
                Err(AppError::Stale | AppError::Taken(crate::error::Key::Number)) => {}
                result => return result,
            }
        }
        Err(AppError::Exhausted)
    }

    /// The dossier of a number, or an empty one that the command will make.
    pub(crate) async fn of_number(&self, number: NationalNumber) -> Result<Dossier, AppError> {
        match self.store.find_number(number).await? {
            Some(id) => self.dossier(id).await,
            None => Ok(Dossier {
                id: DossierId(self.ids.next()),
                version: 0,
                facts: Vec::new(),
                numbers: vec![(NumberKey(self.ids.next()), number)],
                held: false,
                frozen: false,
                standing: None,
            }),
        }
    }

    async fn visit_on(&self, visit: &Visit, dossier: &Dossier) -> Result<Done, AppError> {
        let checked = FactKind::Checked(Box::new(visit.extract.clone()));
        self.judge(dossier, &visit.actor, visit.checked_on, &checked, None)?;
        self.own_municipality(&visit.actor, visit.extract.municipality)?;
        let number = dossier
            .numbers
            .iter()
            .find(|(_, number)| *number == visit.number)
            .map(|(key, _)| *key)
            .or_else(|| current_number(dossier))
            .ok_or(AppError::NotFound)?;
        let facts = self.visit_facts(visit, number, checked);
        self.judge_handed_over(visit, dossier, &facts)?;
        let (before, after) = self.around(dossier, &facts, self.clock.today());
        let obliged = after.standing.as_ref().is_some_and(|standing| standing.outcome == Outcome::Obliged);
        if visit.validate_only {
            return Ok(Done::validated(dossier, before, after));
        }
        let had_certificate = dossier.facts.iter().any(|fact| fact.fact.kind == FactKind::CertificateReceived);
        let language = visit.extract.letter_language;
        let deliveries = if obliged && !had_certificate && self.store.deliveries_of(dossier.id).await?.is_empty() {
            let has_email = visit.identity.email.is_some();
            self.letter_and_copy(dossier.id, LegalStep::CERTIFICATE, 0, language, has_email)
        } else {
            Vec::new()
        };
        let numbers = if dossier.version == 0 { dossier.numbers.clone() } else { Vec::new() };
        let change = self.change(dossier, numbers, facts, deliveries, &after);
        self.commit_one(visit.request.clone(), change, before, after).await
    }

    /// Judges what was handed over on the day of the visit, each thing after the check and what came before it.
    fn judge_handed_over(&self, visit: &Visit, dossier: &Dossier, facts: &[NewFact]) -> Result<(), AppError> {
        let mut known = facts_of(dossier);
        for (place, new) in facts.iter().enumerate() {
            if place > 0 {
                self.judge_on(dossier, &known, &visit.actor, visit.checked_on, &new.fact.kind, None)?;
            }
            known.push(new.fact.clone());
        }
        Ok(())
    }

    fn visit_facts(&self, visit: &Visit, number: NumberKey, checked: FactKind) -> Vec<NewFact> {
        let hand_over = &visit.hand_over;
        let mut check = self.fact(number, &visit.actor, visit.checked_on, checked);
        check.identity = Some(visit.identity.clone());
        let mut facts = vec![check];
        let mut also = |kind| facts.push(self.fact(number, &visit.actor, visit.checked_on, kind));
        if !hand_over.items.is_empty() {
            let items = hand_over.items.clone();
            also(FactKind::InformationGiven { spoken: hand_over.spoken.clone(), items });
        }
        if hand_over.certificate_received {
            also(FactKind::CertificateReceived);
        }
        facts
    }

    /// A municipality acts for itself only.
    ///
    /// # Errors
    /// [`AppError::Refused`] for anybody else.
    pub fn own_municipality(&self, actor: &Actor, municipality: Municipality) -> Result<(), AppError> {
        if municipality.to_string() == actor.agency.as_str() {
            return Ok(());
        }
        let ground = self.law.law.policies_provenance.ground(None);
        Err(Refusal::new(RefusalCode::WrongActor, "actors § 1", ground).into())
    }
}
