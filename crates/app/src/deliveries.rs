//! Deliveries: made on request, stopped, sent once more; and what is told of them from outside, each as a move with its event
//! and, where the law asks for one, as a fact.
//!
//! A fact is committed before the move, under a request id that follows from the delivery and from what is told: told again
//! after a crash in between, the fact is there already and the move follows.

use crate::act::Done;
use crate::desk::{ATTEMPTS, Desk, agency_kind, current_number};
use crate::error::{AppError, Key};
use crate::ids::{DeliveryId, DossierId, FactId};
use crate::letters::{certificate_version, told};
use crate::model::{
    Actor, Channel, Delivery, DeliveryMove, DeliveryReason, DeliveryState, Document, Dossier, LegalStep, Request,
    WorkKind,
};
use jiff::Timestamp;
use traject_domain::Date;
use traject_domain::calendar::nth_working_day_after;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::{FactKind, ReturnReason};
use traject_domain::guard::{Refusal, RefusalCode};
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, ChannelRule, LegalEffect, RefusedSignature};
use uuid::Uuid;

/// A document on request.
#[derive(Debug, Clone)]
pub struct DeliveryOrder {
    /// The caller's request id.
    pub request: Request,
    /// Who asks for it: the agency that issues the document.
    pub actor: Actor,
    /// On which dossier.
    pub dossier: DossierId,
    /// Which document, and for which breach.
    pub step: LegalStep,
    /// By which way.
    pub channel: Channel,
}

/// News of a delivery from outside, with who tells it and on which day it happened.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// Who tells it.
    pub actor: Actor,
    /// The civil day on which it happened; none: today.
    pub on: Option<Date>,
    /// By what the provider knows the delivery.
    pub provider_reference: Option<String>,
}

/// What is told, for the request ids of facts.
#[derive(Debug, Clone, Copy)]
enum News {
    Received,
    Returned,
    Retracted,
}

impl Desk {
    /// Makes a document on request, once per request id and per delivery key.
    ///
    /// # Errors
    /// [`AppError::ChannelClosed`] when the way is not open here or does not carry the document; [`AppError::Refused`] when
    /// the caller does not issue it, or the act that it tells of has not happened; [`AppError::Taken`] when it was made
    /// before; what the store says.
    pub async fn create_delivery(&self, order: &DeliveryOrder) -> Result<Delivery, AppError> {
        if let Some(committed) = self.store.committed(&order.request).await? {
            let id = committed.deliveries.first().ok_or(AppError::NotFound)?;
            return self.delivery(*id).await;
        }
        for _ in 0..ATTEMPTS {
            match self.create_on(order).await {
                Err(AppError::Stale) => {}
                result => return result,
            }
        }
        Err(AppError::Exhausted)
    }

    async fn create_on(&self, order: &DeliveryOrder) -> Result<Delivery, AppError> {
        let document = order.step.document();
        let is_open = self.sending.channels.contains(&order.channel) && self.sending.documents.contains(&document);
        if !is_open || self.rule(order.channel).is_none_or(|rule| !rule.carries(document)) {
            return Err(AppError::ChannelClosed);
        }
        let dossier = self.dossier(order.dossier).await?;
        self.issues(&order.actor, document, &dossier)?;
        let version = self.version(&dossier, order.step).await?;
        let language = self.language_of(&order.actor.agency, self.letter_language(&dossier));
        let delivery = self.new_delivery(dossier.id, order.step, version, order.channel, language);
        let (before, after) = self.around(&dossier, &[], self.clock.today());
        let id = delivery.id;
        let change = self.change(&dossier, Vec::new(), Vec::new(), vec![delivery], &after);
        let done = self.commit_one(order.request.clone(), change, before, after).await?;
        let made = done.committed.and_then(|committed| committed.deliveries.first().copied());
        self.delivery(made.unwrap_or(id)).await
    }

    /// The step version of a document on request: that of the act it tells of.
    async fn version(&self, dossier: &Dossier, step: LegalStep) -> Result<u32, AppError> {
        match step.document() {
            Document::CertificateOfObligation => Ok(certificate_version(&self.store.deliveries_of(dossier.id).await?)),
            Document::InformationSheet | Document::DueDateReminder => Ok(0),
            _ => told(dossier, step).checked_sub(1).ok_or_else(|| self.refusal(RefusalCode::MissingStep).into()),
        }
    }

    /// Only who issues a document may ask for it; of the municipalities, the one that the person belongs to.
    fn issues(&self, actor: &Actor, document: Document, dossier: &Dossier) -> Result<(), AppError> {
        let kind = agency_kind(&self.law.law, &actor.agency);
        let own = match document.issuer() {
            AgencyKind::Municipality => self.municipality(dossier).is_some_and(|of| of == actor.agency),
            AgencyKind::Organiser | AgencyKind::Ggc => true,
        };
        match kind == Some(document.issuer()) && own {
            true => Ok(()),
            false => Err(self.refusal(RefusalCode::WrongActor).into()),
        }
    }

    /// Only agencies of the kind that issues a document tell what became of it.
    fn may_tell(&self, actor: &Actor, delivery: &Delivery) -> Result<(), AppError> {
        match agency_kind(&self.law.law, &actor.agency) == Some(delivery.key.step.document().issuer()) {
            true => Ok(()),
            false => Err(self.refusal(RefusalCode::WrongActor).into()),
        }
    }

    /// The code of the municipality that a person belongs to today.
    fn municipality(&self, dossier: &Dossier) -> Option<Code> {
        let at = Moment::end_of(self.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        history.municipality_on(at.as_of).map(|municipality| Code::new(&municipality.to_string()))
    }

    fn refusal(&self, code: RefusalCode) -> Refusal {
        Refusal::new(code, "actors § 1", self.law.law.policies_provenance.ground(None))
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or what the store says.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Delivery, AppError> {
        self.store.delivery(id).await?.ok_or(AppError::NotFound)
    }

    /// What a way is worth.
    pub fn rule(&self, channel: Channel) -> Option<&ChannelRule> {
        self.law.law.channels.get(&channel)
    }

    /// Stops a delivery that has not left. What is stopped already stays so.
    ///
    /// # Errors
    /// [`AppError::Taken`] when it has left; [`AppError::Refused`] when the caller may not; [`AppError::NotFound`]; what the
    /// store says.
    pub async fn cancel(&self, id: DeliveryId, actor: &Actor) -> Result<Delivery, AppError> {
        let found = self.delivery(id).await?;
        self.may_tell(actor, &found)?;
        if found.state != DeliveryState::Cancelled {
            if !found.state.is_waiting() {
                return Err(AppError::Taken(Key::Delivery));
            }
            let by = self.by(&found, DeliveryState::Cancelled, &actor.staff).because(DeliveryReason::Stopped);
            self.moved(id, &by).await?;
        }
        self.delivery(id).await
    }

    /// Sends once more what failed for good: it is made again from what is known now, under the same key and id.
    ///
    /// # Errors
    /// [`AppError::Taken`] when it did not fail for good; [`AppError::Refused`] when the caller may not;
    /// [`AppError::NotFound`]; what the store says.
    pub async fn resend(&self, id: DeliveryId, actor: &Actor) -> Result<Delivery, AppError> {
        let found = self.delivery(id).await?;
        self.may_tell(actor, &found)?;
        if found.state != DeliveryState::PermanentFailure {
            return Err(AppError::Taken(Key::Delivery));
        }
        let by = self.by(&found, DeliveryState::Created, &actor.staff).because(DeliveryReason::Resent);
        self.moved(id, &by).await?;
        for kind in [WorkKind::DeliveryFailed, WorkKind::UncoveredName] {
            self.answered(found.key.dossier, kind).await?;
        }
        self.delivery(id).await
    }

    /// A printed letter went to the post. Told again, nothing changes.
    ///
    /// # Errors
    /// [`AppError::Refused`] for a day ahead, and when the caller may not tell it; [`AppError::Taken`] when it was not
    /// printed; [`AppError::NotFound`]; what the store says.
    pub async fn record_posting(&self, told: &Told) -> Result<Delivery, AppError> {
        let on = self.not_ahead(told.on)?;
        let found = self.delivery(told.delivery).await?;
        self.may_tell(&told.actor, &found)?;
        match found.state {
            DeliveryState::Printed => {}
            DeliveryState::Posted | DeliveryState::Delivered | DeliveryState::Returned => return Ok(found),
            _ => return Err(AppError::Taken(Key::Delivery)),
        }
        let by = DeliveryMove {
            occurred_on: Some(on),
            provider_reference: told.provider_reference.clone(),
            ..self.by(&found, DeliveryState::Posted, &told.actor.staff)
        };
        self.moved(found.id, &by).await?;
        self.delivery(found.id).await
    }

    /// A letter came back. A formal notice that came back is a fact of its dossier; a certificate by registered post that was
    /// not collected counts as received on the day it is presumed to have arrived, and one sent to where the person is not
    /// known does not, also where that was presumed before. An unknown address is to be checked by a person.
    ///
    /// # Errors
    /// [`AppError::Taken`] when it has not left on paper, or its arrival is proven; [`AppError::Refused`] for a day ahead, and
    /// when the caller may not tell it; [`AppError::NotFound`]; what the store says.
    pub async fn record_return(&self, told: &Told, reason: ReturnReason) -> Result<Delivery, AppError> {
        let on = self.not_ahead(told.on)?;
        let found = self.delivery(told.delivery).await?;
        self.may_tell(&told.actor, &found)?;
        let why = match reason {
            ReturnReason::Unclaimed => DeliveryReason::Unclaimed,
            ReturnReason::UnknownAddress => DeliveryReason::UnknownAddress,
        };
        if (found.state, found.reason) == (DeliveryState::Returned, Some(why)) {
            return Ok(found);
        }
        let presumed = found.state == DeliveryState::Delivered && found.reason == Some(DeliveryReason::Presumed);
        let is_out = matches!(found.state, DeliveryState::Printed | DeliveryState::Posted) || presumed;
        if !is_paper(found.key.channel) || !is_out {
            return Err(AppError::Taken(Key::Delivery));
        }
        match (found.key.step.document(), reason) {
            (Document::FormalNotice, _) => {
                let kind = found.key.step.breach().map(|breach| FactKind::NoticeReturned(breach, reason));
                self.fact_of_delivery(&found, &told.actor, News::Returned, on, kind).await?;
            }
            (Document::CertificateOfObligation, ReturnReason::Unclaimed) => {
                if let Some(presumed) = self.presumed_on(&found).await? {
                    let (on, kind) = (presumed.min(on), Some(FactKind::CertificateReceived));
                    self.fact_of_delivery(&found, &told.actor, News::Received, on, kind).await?;
                }
            }
            (Document::CertificateOfObligation, ReturnReason::UnknownAddress) => {
                self.retract_receipt(&found, &told.actor, None).await?;
            }
            _ => {}
        }
        if reason == ReturnReason::UnknownAddress {
            self.ask(found.key.dossier, WorkKind::AddressCheck).await?;
        }
        let by = DeliveryMove {
            occurred_on: Some(on),
            provider_reference: told.provider_reference.clone(),
            ..self.by(&found, DeliveryState::Returned, &told.actor.staff).because(why)
        };
        self.moved(found.id, &by).await?;
        self.delivery(found.id).await
    }

    /// A receipt or a signature shows on which day a delivery arrived; it beats what was presumed.
    ///
    /// # Errors
    /// As [`Desk::record_return`].
    pub async fn record_proof(&self, told: &Told) -> Result<Delivery, AppError> {
        let on = self.not_ahead(told.on)?;
        let found = self.delivery(told.delivery).await?;
        self.may_tell(&told.actor, &found)?;
        let (state, reason) = (found.state, found.reason);
        let is_out = matches!(state, DeliveryState::Printed | DeliveryState::Posted | DeliveryState::Accepted)
            || (state == DeliveryState::Delivered && reason == Some(DeliveryReason::Presumed));
        if state == DeliveryState::Delivered && reason == Some(DeliveryReason::Proven) {
            return Ok(found);
        }
        if !is_out {
            return Err(AppError::Taken(Key::Delivery));
        }
        self.arrived(&found, &told.actor, on).await?;
        let by = DeliveryMove {
            occurred_on: Some(on),
            provider_reference: told.provider_reference.clone(),
            ..self.by(&found, DeliveryState::Delivered, &told.actor.staff).because(DeliveryReason::Proven)
        };
        self.moved(found.id, &by).await?;
        self.delivery(found.id).await
    }

    /// A document was handed over at the desk and signed for, or offered there and refused.
    ///
    /// # Errors
    /// As [`Desk::record_return`]; [`AppError::Taken`] too when it is no delivery for the desk, or is not made yet.
    pub async fn record_hand_over(&self, told: &Told, signed: bool) -> Result<Delivery, AppError> {
        let on = self.not_ahead(told.on)?;
        let found = self.delivery(told.delivery).await?;
        self.may_tell(&told.actor, &found)?;
        let counts = self.rule(found.key.channel).and_then(|rule| rule.refused_signature);
        let (to, why) = match (signed, counts) {
            (true, _) => (DeliveryState::Delivered, DeliveryReason::Signed),
            (false, Some(RefusedSignature::CountsAsReceived)) => {
                (DeliveryState::Delivered, DeliveryReason::SignatureRefused)
            }
            (false, _) => (DeliveryState::PermanentFailure, DeliveryReason::SignatureRefused),
        };
        if (found.state, found.reason) == (to, Some(why)) {
            return Ok(found);
        }
        let is_made = matches!(found.state, DeliveryState::Rendered | DeliveryState::Queued);
        if found.key.channel != Channel::Desk || !is_made {
            return Err(AppError::Taken(Key::Delivery));
        }
        if to == DeliveryState::Delivered {
            self.arrived(&found, &told.actor, on).await?;
        }
        let by = DeliveryMove { occurred_on: Some(on), ..self.by(&found, to, &told.actor.staff).because(why) };
        self.moved(found.id, &by).await?;
        self.delivery(found.id).await
    }

    /// Holds to have arrived what was posted by a way whose law presumes it, once the day has passed and nothing came back.
    /// Gives how many.
    ///
    /// # Errors
    /// What the store says; what was held until then stays so.
    pub async fn presume(&self) -> Result<u64, AppError> {
        let mut held = 0;
        for (channel, rule) in &self.law.law.channels {
            if rule.presumed_delivery_working_days.is_none() {
                continue;
            }
            let mut after: Option<(Timestamp, DeliveryId)> = None;
            loop {
                let page = self.store.deliveries(Some(*channel), DeliveryState::Posted, after, PAGE).await?;
                for delivery in &page {
                    held += u64::from(self.presume_one(delivery).await?);
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => after = Some((last.changed_at, last.id)),
                    _ => break,
                }
            }
        }
        Ok(held)
    }

    async fn presume_one(&self, delivery: &Delivery) -> Result<bool, AppError> {
        let Some(on) = self.presumed_on(delivery).await? else { return Ok(false) };
        if self.clock.today() <= on {
            return Ok(false);
        }
        if delivery.key.step == LegalStep::CERTIFICATE {
            let dossier = self.dossier(delivery.key.dossier).await?;
            if let Some(agency) = self.municipality(&dossier) {
                let actor = Actor { staff: "presumption".to_owned(), agency, role: Code::new("program") };
                let kind = Some(FactKind::CertificateReceived);
                self.fact_of_delivery(delivery, &actor, News::Received, on, kind).await?;
            }
        }
        let by = DeliveryMove {
            occurred_on: Some(on),
            ..self.by(delivery, DeliveryState::Delivered, "presumption").because(DeliveryReason::Presumed)
        };
        Ok(self.store.move_delivery(delivery.id, &by).await?)
    }

    /// The day on which the law presumes a posted delivery to have arrived; `None` where it presumes nothing, or nobody told
    /// that it was posted.
    async fn presumed_on(&self, delivery: &Delivery) -> Result<Option<Date>, AppError> {
        let rule = self.rule(delivery.key.channel);
        let Some(days) = rule.and_then(|rule| rule.presumed_delivery_working_days) else { return Ok(None) };
        let story = self.store.delivery_events(delivery.id).await?;
        let posted = story.iter().rev().find(|event| event.state == DeliveryState::Posted);
        let posted_on = posted.and_then(|event| event.occurred_on);
        Ok(posted_on.map(|on| nth_working_day_after(&self.law.law.counting, on, days)))
    }

    /// The fact that a document arrived, where its arrival is one: of a certificate of obligation and of a formal notice, by a
    /// way that serves. A day that was presumed gives way to the one that is shown.
    async fn arrived(&self, delivery: &Delivery, actor: &Actor, on: Date) -> Result<(), AppError> {
        let serves = self.rule(delivery.key.channel).is_some_and(|rule| rule.legal_effect == LegalEffect::Service);
        if !serves {
            return Ok(());
        }
        let step = delivery.key.step;
        match (step.document(), step.breach()) {
            (Document::CertificateOfObligation, _) => {
                if !self.retract_receipt(delivery, actor, Some(on)).await? {
                    let kind = Some(FactKind::CertificateReceived);
                    self.fact_of_delivery(delivery, actor, News::Received, on, kind).await?;
                }
                Ok(())
            }
            (Document::FormalNotice, Some(breach)) => {
                let kind = self.awaits_notice(delivery, breach).await?.then_some(FactKind::NoticeDelivered(breach));
                self.fact_of_delivery(delivery, actor, News::Received, on, kind).await
            }
            _ => Ok(()),
        }
    }

    /// Whether the notice of a delivery is the latest of its breach: the arrival of an earlier one is no fact any more.
    async fn awaits_notice(&self, delivery: &Delivery, breach: Breach) -> Result<bool, AppError> {
        let dossier = self.dossier(delivery.key.dossier).await?;
        Ok(told(&dossier, LegalStep::notice(breach)) == delivery.key.step_version + 1)
    }

    /// Records a fact that follows from news of a delivery. Where the dossier has moved on and the fact no longer fits, the
    /// news stays news of the delivery alone; a caller who may not tell it is refused.
    async fn fact_of_delivery(
        &self,
        delivery: &Delivery,
        actor: &Actor,
        news: News,
        on: Date,
        kind: Option<FactKind>,
    ) -> Result<(), AppError> {
        let Some(kind) = kind else { return Ok(()) };
        let request = request(delivery.id, news, Some(on));
        if self.store.committed(&request).await?.is_some() {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(delivery.key.dossier).await?;
            match self.judge(&dossier, actor, on, &kind, None) {
                Ok(()) => {}
                Err(AppError::Refused(refusal)) if refusal.code != RefusalCode::WrongActor => return Ok(()),
                Err(error) => return Err(error),
            }
            match self.record(&dossier, actor, &request, vec![(on, kind.clone())]).await {
                Err(AppError::Stale) => {}
                result => return result.map(|_| ()),
            }
        }
        Err(AppError::Exhausted)
    }

    /// Takes back the receipt that was recorded of this delivery, and records another day in its place where one is shown.
    /// False when there is none to take back, or it is of that same day.
    async fn retract_receipt(&self, delivery: &Delivery, actor: &Actor, shown: Option<Date>) -> Result<bool, AppError> {
        for _ in 0..ATTEMPTS {
            let dossier = self.dossier(delivery.key.dossier).await?;
            let Some(receipt) = self.receipt_of(delivery, &dossier).await? else { return Ok(false) };
            if Some(receipt.on) == shown {
                return Ok(true);
            }
            let retraction = FactKind::Retracted(receipt.reference);
            // What the program presumed is the word of the municipality for which it did so.
            let actor = Actor { agency: receipt.agency, ..actor.clone() };
            self.judge(&dossier, &actor, self.clock.today(), &retraction, None)?;
            let mut facts = vec![(self.clock.today(), retraction)];
            facts.extend(shown.map(|on| (on, FactKind::CertificateReceived)));
            let request = request(delivery.id, News::Retracted, shown);
            match self.record(&dossier, &actor, &request, facts).await {
                Err(AppError::Stale) => {}
                result => return result.map(|_| true),
            }
        }
        Err(AppError::Exhausted)
    }

    /// The receipt that counts today and was presumed of this delivery.
    async fn receipt_of(&self, delivery: &Delivery, dossier: &Dossier) -> Result<Option<Receipt>, AppError> {
        let at = Moment::end_of(self.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        for fact in history.events.iter().filter(|fact| fact.kind == FactKind::CertificateReceived) {
            let request = request(delivery.id, News::Received, Some(fact.occurred_on));
            let Some(committed) = self.store.committed(&request).await? else { continue };
            let is_it = |id: &FactId| fact.reference.as_str() == id.to_string();
            if committed.facts.iter().any(is_it) {
                let (reference, agency) = (fact.reference.clone(), fact.agency.clone());
                return Ok(Some(Receipt { on: fact.occurred_on, reference, agency }));
            }
        }
        Ok(None)
    }

    async fn record(
        &self,
        dossier: &Dossier,
        actor: &Actor,
        request: &Request,
        facts: Vec<(Date, FactKind)>,
    ) -> Result<Done, AppError> {
        let number = current_number(dossier).ok_or(AppError::NotFound)?;
        let facts: Vec<_> = facts.into_iter().map(|(on, kind)| self.fact(number, actor, on, kind)).collect();
        let (before, after) = self.around(dossier, &facts, self.clock.today());
        let change = self.change(dossier, Vec::new(), facts, Vec::new(), &after);
        self.commit_one(request.clone(), change, before, after).await
    }

    /// A move of a delivery as it was found.
    fn by(&self, found: &Delivery, to: DeliveryState, staff: &str) -> DeliveryMove {
        DeliveryMove::new(found.state, to, staff, self.clock.now())
    }

    /// Moves, or says that somebody else did meanwhile.
    async fn moved(&self, id: DeliveryId, by: &DeliveryMove) -> Result<(), AppError> {
        if self.store.move_delivery(id, by).await? { Ok(()) } else { Err(AppError::Taken(Key::Delivery)) }
    }

    fn not_ahead(&self, on: Option<Date>) -> Result<Date, AppError> {
        let today = self.clock.today();
        match on {
            Some(on) if on > today => Err(self.refusal(RefusalCode::FutureDate).into()),
            on => Ok(on.unwrap_or(today)),
        }
    }
}

/// A receipt as it was recorded.
struct Receipt {
    on: Date,
    reference: traject_domain::fact::FactRef,
    agency: Code,
}

/// Deliveries read at a time.
const PAGE: usize = 64;

/// Whether a way goes on paper through the post.
pub const fn is_paper(channel: Channel) -> bool {
    matches!(channel, Channel::Letter | Channel::RegisteredLetter)
}

/// The request id of a fact that follows from news of a delivery: the same news, the same id.
fn request(delivery: DeliveryId, news: News, on: Option<Date>) -> Request {
    let day = on.map_or(0, |on| {
        u128::from(on.year().unsigned_abs()) * 10_000
            + u128::from(on.month().unsigned_abs()) * 100
            + u128::from(on.day().unsigned_abs())
    });
    let id = Uuid::from_u128(delivery.0.as_u128() ^ ((news as u128 + 1) << 96) ^ (day << 32));
    Request { caller: "deliveries".to_owned(), id, hash: [0; 32] }
}

/// Reads the code on a letter as it was scanned: a delivery's id with or without hyphens, spaces, or what stands before it,
/// such as `traject:` or `deliveries/`.
pub fn scanned(code: &str) -> Option<DeliveryId> {
    let own = code.trim().rsplit([':', '/']).next().unwrap_or_default();
    let digits: String = own.chars().filter(|character| !matches!(character, '-' | ' ')).collect();
    let is_whole = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| Uuid::parse_str(&digits).ok()).flatten().map(DeliveryId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_is_read_as_scanners_give_it() {
        let id = Uuid::from_u128(0x0192_3ab4_cdef_7123_8456_789a_bcde_f012);
        for code in [
            id.to_string(),
            id.simple().to_string(),
            format!("traject:{id}"),
            format!("TRAJECT:{}\r\n", id.simple().to_string().to_uppercase()),
            format!("deliveries/{id}"),
            format!("  {}", id.to_string().replace('-', " ")),
        ] {
            assert_eq!(scanned(&code), Some(DeliveryId(id)), "{code:?}");
        }
        for code in ["", "traject:", "12345678", "zz923ab4cdef71238456789abcdef012", &format!("{id}0")] {
            assert_eq!(scanned(code), None, "{code:?}");
        }
    }

    #[test]
    fn other_news_of_a_delivery_is_another_request() {
        let id = DeliveryId(Uuid::from_u128(7));
        let days = [None, Some(jiff::civil::date(2023, 1, 31)), Some(jiff::civil::date(2023, 2, 1))];
        let news = [News::Received, News::Returned, News::Retracted];
        let ids: HashSet<Uuid> = news.iter().flat_map(|news| days.map(|day| request(id, *news, day).id)).collect();
        assert_eq!(ids.len(), 9);
    }
}
