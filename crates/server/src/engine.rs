//! The delivery engine: one loop for every way out. A delivery is made, waits, leaves through the adapter of its way, and
//! never ends in silence: what cannot be sent has a reason and a work item.
//!
//! A sending is recorded before it begins. Whoever drops a run leaves at most one delivery a way in `Sending`, which
//! [`Engine::recover`] settles before the next first run.

use crate::letters::{Ground, LetterError, Letters};
use crate::limit::Limit;
use crate::mail::{self, MailError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Mutex;
use traject_app::address;
use traject_app::channel::{Addressee, Capabilities, ChannelAdapter, Departure, Outcome, Parcel};
use traject_app::deliveries::is_paper;
use traject_app::desk::Desk;
use traject_app::error::AppError;
use traject_app::model::{
    AddressState, Channel, Delivery, DeliveryKey, DeliveryMove, DeliveryReason, DeliveryState, Dossier, Identity,
    WorkKind,
};
use traject_domain::code::Code;
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, ChannelNeed, LegalEffect, WrongLanguage};

/// Why a run ended early. What was done until then stays.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store, or a dossier in it.
    #[error(transparent)]
    App(#[from] AppError),
    /// A letter could not be made.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// A mail could not be written.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What left could not be settled with its provider.
    #[error("what was sent by {0} could not be settled: {1}")]
    Unsettled(Channel, String),
}

impl EngineError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::App(error) => error.code(),
            Self::Letter(error) => error.code(),
            Self::Mail(error) => error.code(),
            Self::Unsettled(..) => "DELIVERY_UNSETTLED",
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Deliveries that a provider took over.
    pub accepted: u64,
    /// Letters in the print folder.
    pub printed: u64,
    /// Deliveries that were not taken, and are tried again later.
    pub postponed: u64,
    /// Deliveries that are given up, or were refused before they left: each has a reason and a work item.
    pub failed: u64,
    /// Deliveries of which nobody here knows whether they were taken: each is on the work list.
    pub in_doubt: u64,
    /// Deliveries whose ground is gone.
    pub cancelled: u64,
    /// Deliveries that were looked at and wait: for their letter, their sender, their batch or their next attempt.
    pub waiting: u64,
}

/// Deliveries read at a time.
const PAGE: usize = 64;

/// Attempts after which a delivery that is never refused for good is given up all the same.
const ATTEMPTS_MAX: u32 = 12;

/// A run by one way ends once it has spent this long on sending, so that the jobs beside it, and a server that stops, need
/// not wait for all that there is to send.
const SENDING_MAX: SignedDuration = SignedDuration::from_secs(15);

/// The engine's name in the stories of deliveries.
const ACTOR: &str = "engine";

/// Makes and sends what waits.
pub struct Engine<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// Makes documents.
    pub letters: Letters<'a>,
    /// Writes what goes along with a mail.
    pub words: mail::Words<'a>,
    /// The ways out that are open.
    pub adapters: &'a [Box<dyn ChannelAdapter>],
    /// How much may be sent, by way; a way that is not named has no limit.
    pub limits: &'a Mutex<BTreeMap<Channel, Limit>>,
}

/// A run by one way as far as it has come.
struct Run<'a> {
    adapter: &'a dyn ChannelAdapter,
    channel: Channel,
    sent: Sent,
    spent: SignedDuration,
    /// Nothing more is to be sent in this run, and something may be left.
    is_over: bool,
}

/// Whether a delivery can go its way.
enum Ready<T> {
    /// It can.
    Now(T),
    /// Not yet.
    NotYet,
    /// What it was to say no longer holds.
    Gone(DeliveryReason),
    /// It is refused.
    Refused(DeliveryReason),
}

impl Engine<'_> {
    /// Makes and sends what is due by a way, and by the others that share its adapter, each delivery once. A way that is not
    /// open leaves everything as it is.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn run(&self, channel: Channel) -> Result<Sent, EngineError> {
        let Some(adapter) = self.adapter(channel) else { return Ok(Sent::default()) };
        let (mut sent, mut is_over) = (Sent::default(), false);
        for channel in adapter.channels().iter().copied() {
            let is_paused = self.is_paused(channel);
            let mut run = Run { adapter, channel, sent, spent: SignedDuration::ZERO, is_over: is_paused };
            self.run_one(&mut run).await?;
            sent = run.sent;
            is_over |= run.is_over;
        }
        if !is_over {
            let settled = adapter.settled(self.desk.clock.now()).await;
            settled.map_err(|error| EngineError::Unsettled(channel, error))?;
        }
        Ok(sent)
    }

    async fn run_one(&self, run: &mut Run<'_>) -> Result<(), EngineError> {
        use DeliveryState::{Created, Queued, Rendered, TemporaryFailure};
        for state in [TemporaryFailure, Queued, Rendered, Created] {
            let mut after = None;
            // What is over sends nothing; documents are made all the same.
            while !run.is_over || matches!(state, Rendered | Created) {
                let page = self.desk.store.deliveries(Some(run.channel), state, after, PAGE).await;
                let page = page.map_err(AppError::from)?;
                for delivery in &page {
                    self.advance(delivery.clone(), run).await?;
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => after = Some((last.changed_at, last.id)),
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// Settles what an earlier program left in `Sending`: it is sent again where a repeat has no second effect, and in doubt,
    /// for a person, where it may have one. Gives how many are in doubt. To be called before the first run, and by one program
    /// at a time: what another program is sending at that moment is taken for its leavings as well.
    ///
    /// # Errors
    /// [`EngineError`]; what was settled until then stays so.
    pub async fn recover(&self) -> Result<u64, EngineError> {
        let mut found = 0;
        for channel in Channel::ALL.iter().copied() {
            let capabilities = self.adapter(channel).map(ChannelAdapter::capabilities).unwrap_or_default();
            loop {
                let state = DeliveryState::Sending;
                let page = self.desk.store.deliveries(Some(channel), state, None, PAGE).await;
                let page = page.map_err(AppError::from)?;
                if page.is_empty() {
                    break;
                }
                for delivery in page {
                    found += u64::from(self.doubt(&delivery, capabilities, DeliveryReason::Interrupted).await?);
                }
            }
        }
        Ok(found)
    }

    fn adapter(&self, channel: Channel) -> Option<&dyn ChannelAdapter> {
        self.adapters.iter().find(|adapter| adapter.channels().contains(&channel)).map(AsRef::as_ref)
    }

    /// Takes a delivery as far as it can go now.
    async fn advance(&self, mut delivery: Delivery, run: &mut Run<'_>) -> Result<(), EngineError> {
        loop {
            let moved = match delivery.state {
                DeliveryState::Created => self.prepare(&delivery, run).await?,
                DeliveryState::Rendered => self.step(&delivery, DeliveryState::Queued, None).await?,
                DeliveryState::Queued | DeliveryState::TemporaryFailure => self.send(&delivery, run).await?,
                _ => return Ok(()),
            };
            // Once it has failed it rests; once it is made again it goes on in the next run.
            let goes_on = matches!(delivery.state, DeliveryState::Created | DeliveryState::Rendered);
            if !moved || !goes_on {
                return Ok(());
            }
            delivery = self.desk.delivery(delivery.id).await?;
        }
    }

    /// Makes the document of a new delivery, after looking whether it may go at all.
    async fn prepare(&self, delivery: &Delivery, run: &mut Run<'_>) -> Result<bool, EngineError> {
        if self.is_copy(delivery) {
            return match self.letter_of(delivery).await? {
                Ready::Now(_) => self.step(delivery, DeliveryState::Queued, None).await,
                other => self.stop(delivery, other, run).await,
            };
        }
        let dossier = self.desk.dossier(delivery.key.dossier).await?;
        let identity = self.desk.store.identity(dossier.id).await.map_err(AppError::from)?.unwrap_or_default();
        if let Some(reason) = self.refused(delivery, &dossier, &identity).await? {
            return self.stop(delivery, Ready::<()>::Refused(reason), run).await;
        }
        let departure = run.adapter.departure(self.desk.clock.now());
        match self.letters.make(delivery, &dossier, &identity, departure.on)? {
            Ground::Stands(document) => {
                let Departure { batch, .. } = departure;
                let by = DeliveryMove {
                    document: Some(*document),
                    batch,
                    ..self.by(delivery, DeliveryState::Rendered, delivery.reason)
                };
                Ok(self.desk.store.move_delivery(delivery.id, &by).await.map_err(AppError::from)?)
            }
            Ground::NoSender => self.stop(delivery, Ready::<()>::NotYet, run).await,
            Ground::Gone => self.stop(delivery, Ready::<()>::Gone(DeliveryReason::GroundGone), run).await,
            Ground::NotReady(reason) => self.stop(delivery, Ready::<()>::Refused(reason), run).await,
        }
    }

    /// Why a delivery may not be sent; `None` when it may.
    async fn refused(
        &self,
        delivery: &Delivery,
        dossier: &Dossier,
        identity: &Identity,
    ) -> Result<Option<DeliveryReason>, EngineError> {
        let Some(rule) = self.desk.rule(delivery.key.channel) else { return Ok(Some(DeliveryReason::NotCarried)) };
        if !rule.carries(delivery.key.step.document()) {
            return Ok(Some(DeliveryReason::NotCarried));
        }
        if self.is_in_wrong_language(delivery, dossier) {
            return Ok(Some(DeliveryReason::WrongLanguage));
        }
        Ok(match rule.needs {
            ChannelNeed::Address => {
                let state = self.address(delivery, dossier, identity).await?;
                DeliveryReason::of_address(state).filter(|_| !rule.addresses.contains(&state))
            }
            ChannelNeed::Email => email(identity).is_none().then_some(DeliveryReason::NoEmailAddress),
            ChannelNeed::NumberAndConsent => dossier.numbers.is_empty().then_some(DeliveryReason::NoConsent),
            ChannelNeed::Presence => None,
        })
    }

    /// Whether the document would be in a language that is not the person's, or not the agency's: as the law stands here, it
    /// would be void.
    fn is_in_wrong_language(&self, delivery: &Delivery, dossier: &Dossier) -> bool {
        let law = &self.desk.law.law;
        let (Some(language), WrongLanguage::Void) = (delivery.language, law.policies.wrong_language) else {
            return false;
        };
        let Some(agency) = self.issuer(delivery, dossier) else { return false };
        let today = self.desk.clock.today();
        let own = law.letter_languages(&agency, today, today);
        let person = self.desk.letter_language(dossier).filter(|person| own.contains(person));
        !own.contains(&language) || person.is_some_and(|person| person != language)
    }

    /// The agency that issues a document.
    pub(crate) fn issuer(&self, delivery: &Delivery, dossier: &Dossier) -> Option<Code> {
        let at = Moment::end_of(self.desk.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        match delivery.key.step.document().issuer() {
            AgencyKind::Ggc => Some(Code::new("GGC")),
            AgencyKind::Municipality => history.municipality_on(at.as_of).map(|of| Code::new(&of.to_string())),
            AgencyKind::Organiser => history.track().map(|(organiser, _)| organiser.clone()),
        }
    }

    /// What is known of the address, with the letters that came back from it.
    async fn address(
        &self,
        delivery: &Delivery,
        dossier: &Dossier,
        identity: &Identity,
    ) -> Result<AddressState, EngineError> {
        let store = &self.desk.store;
        let mut came_back_from = Vec::new();
        for earlier in store.deliveries_of(dossier.id).await.map_err(AppError::from)? {
            let unknown = earlier.state == DeliveryState::Returned
                && earlier.reason == Some(DeliveryReason::UnknownAddress)
                && earlier.id != delivery.id;
            if unknown && is_paper(earlier.key.channel) {
                let document = store.document(earlier.id).await.map_err(AppError::from)?;
                came_back_from
                    .extend(document.map(|document| document.address.into_iter().skip(1).collect::<Vec<_>>()));
            }
        }
        let at = Moment::end_of(self.desk.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        Ok(address::state(identity, &history, &came_back_from))
    }

    /// Whether a delivery is a copy for information of a letter that goes on paper.
    fn is_copy(&self, delivery: &Delivery) -> bool {
        let rule = self.desk.rule(delivery.key.channel);
        rule.is_some_and(|rule| rule.legal_effect == LegalEffect::Courtesy && rule.needs == ChannelNeed::Email)
    }

    /// The letter that a copy is of, once it cannot be stopped any more.
    async fn letter_of(&self, copy: &Delivery) -> Result<Ready<Delivery>, EngineError> {
        let on_paper = DeliveryKey { channel: Channel::Letter, ..copy.key.clone() };
        let deliveries = self.desk.store.deliveries_of(copy.key.dossier).await.map_err(AppError::from)?;
        let letter = deliveries.into_iter().find(|found| found.key == on_paper);
        Ok(match letter {
            Some(letter) if letter.state.has_left() => Ready::Now(letter),
            None => Ready::Gone(DeliveryReason::LetterGone),
            Some(letter) => match letter.state {
                DeliveryState::Cancelled | DeliveryState::PermanentFailure => Ready::Gone(DeliveryReason::LetterGone),
                // It may still be stopped, and then there is nothing that this would be a copy of.
                _ => Ready::NotYet,
            },
        })
    }

    /// Sends one delivery if it is due.
    async fn send(&self, delivery: &Delivery, run: &mut Run<'_>) -> Result<bool, EngineError> {
        if run.is_over {
            return Ok(false);
        }
        let now = self.desk.clock.now();
        if !has_rested(delivery, now) || !run.adapter.is_due(delivery, now) {
            run.sent.waiting += 1;
            return Ok(false);
        }
        let parcel = match self.parcel(delivery).await? {
            Ready::Now(parcel) => parcel,
            Ready::NotYet => return self.stop(delivery, Ready::<()>::NotYet, run).await,
            Ready::Gone(reason) => return self.stop(delivery, Ready::<()>::Gone(reason), run).await,
            Ready::Refused(reason) => return self.stop(delivery, Ready::<()>::Refused(reason), run).await,
        };
        if !self.may_send(run.channel, now) {
            run.is_over = true;
            run.sent.waiting += 1;
            return Ok(false);
        }
        if !self.step(delivery, DeliveryState::Sending, None).await? {
            // Somebody else took it.
            return Ok(false);
        }
        let outcome = run.adapter.send(&parcel, now).await;
        run.spent += self.desk.clock.now().duration_since(now);
        run.is_over |= run.spent >= SENDING_MAX || says_of_the_provider(&outcome);
        let sending = Delivery { state: DeliveryState::Sending, ..delivery.clone() };
        self.settle(&sending, outcome, run).await
    }

    /// Records what became of a sending.
    async fn settle(&self, sending: &Delivery, outcome: Outcome, run: &mut Run<'_>) -> Result<bool, EngineError> {
        if !matches!(outcome, Outcome::Accepted { .. } | Outcome::Printed { .. }) {
            tracing::warn!(delivery = %sending.id, channel = %run.channel, ?outcome, "a delivery did not go out");
        }
        let outcome = match outcome {
            // A repeat has no second effect: it rests, and is sent again.
            Outcome::InDoubt if run.adapter.capabilities().idempotent_key => {
                Outcome::TemporaryFailure { reason: DeliveryReason::NoAnswer, retry_after: None }
            }
            outcome => outcome,
        };
        let by = |to, reason| self.by(sending, to, reason);
        let (by, count) = match outcome {
            Outcome::Accepted { reference } => {
                let by = DeliveryMove { provider_reference: reference, ..by(DeliveryState::Accepted, None) };
                (by, &mut run.sent.accepted)
            }
            Outcome::Printed { batch } => {
                let by = DeliveryMove { batch: Some(batch), ..by(DeliveryState::Printed, None) };
                (by, &mut run.sent.printed)
            }
            Outcome::TemporaryFailure { reason, retry_after } => {
                self.pause(run.channel, retry_after);
                if is_last(sending.attempts) {
                    self.ask(sending, DeliveryReason::AttemptsUsedUp).await?;
                    let by = by(DeliveryState::PermanentFailure, Some(DeliveryReason::AttemptsUsedUp));
                    (by, &mut run.sent.failed)
                } else {
                    (by(DeliveryState::TemporaryFailure, Some(reason)), &mut run.sent.postponed)
                }
            }
            Outcome::PermanentFailure { reason } => {
                self.ask(sending, reason).await?;
                (by(DeliveryState::PermanentFailure, Some(reason)), &mut run.sent.failed)
            }
            Outcome::InDoubt => {
                let in_doubt = self.doubt(sending, run.adapter.capabilities(), DeliveryReason::NoAnswer).await?;
                run.sent.in_doubt += u64::from(in_doubt);
                return Ok(true);
            }
            Outcome::Deferred { until } => {
                self.pause(run.channel, Some(until.duration_since(self.desk.clock.now())));
                (by(DeliveryState::Queued, None), &mut run.sent.waiting)
            }
            Outcome::Missed => {
                // What is made again now leaves in a later run, so that no run can go round in circles.
                run.is_over = true;
                (by(DeliveryState::Created, None), &mut run.sent.waiting)
            }
        };
        let moved = self.desk.store.move_delivery(sending.id, &by).await.map_err(AppError::from)?;
        *count += u64::from(moved);
        Ok(moved)
    }

    /// Everything that an adapter needs to send a delivery.
    async fn parcel(&self, delivery: &Delivery) -> Result<Ready<Parcel>, EngineError> {
        let store = &self.desk.store;
        let letter = match self.is_copy(delivery) {
            false => delivery.clone(),
            true => match self.letter_of(delivery).await? {
                Ready::Now(letter) => letter,
                Ready::NotYet => return Ok(Ready::NotYet),
                Ready::Gone(reason) => return Ok(Ready::Gone(reason)),
                Ready::Refused(reason) => return Ok(Ready::Refused(reason)),
            },
        };
        let Some(document) = store.document(letter.id).await.map_err(AppError::from)? else {
            return Ok(Ready::NotYet);
        };
        let mut to = Addressee::default();
        let mut message = None;
        if !is_paper(delivery.key.channel) {
            let dossier = self.desk.dossier(delivery.key.dossier).await?;
            let identity = store.identity(dossier.id).await.map_err(AppError::from)?.unwrap_or_default();
            to = Addressee { email: email(&identity), number: dossier.numbers.last().map(|(_, number)| *number) };
            if delivery.key.channel == Channel::Email && to.email.is_none() {
                return Ok(Ready::Gone(DeliveryReason::NoEmailAddress));
            }
            if matches!(delivery.key.channel, Channel::Email | Channel::Ebox) {
                match self.words.of(&dossier, &letter)? {
                    mail::Written::Words(words) => message = Some(words),
                    mail::Written::NoSender => return Ok(Ready::NotYet),
                    mail::Written::Nothing => return Ok(Ready::Gone(DeliveryReason::GroundGone)),
                }
            }
        }
        let registered = self.desk.rule(delivery.key.channel).is_some_and(|rule| rule.registered);
        Ok(Ready::Now(Parcel { delivery: delivery.clone(), document_of: letter.id, document, registered, to, message }))
    }

    /// Records why a delivery does not go on; false, since it does not.
    async fn stop<T>(&self, delivery: &Delivery, why: Ready<T>, run: &mut Run<'_>) -> Result<bool, EngineError> {
        match why {
            Ready::Now(_) | Ready::NotYet => run.sent.waiting += 1,
            Ready::Gone(reason) => {
                let moved = self.step(delivery, DeliveryState::Cancelled, Some(reason)).await?;
                run.sent.cancelled += u64::from(moved);
            }
            Ready::Refused(reason) => {
                self.ask(delivery, reason).await?;
                let moved = self.step(delivery, DeliveryState::PermanentFailure, Some(reason)).await?;
                run.sent.failed += u64::from(moved);
            }
        }
        Ok(false)
    }

    /// Asks a person to look at what cannot be sent: before the failure is recorded, since a crash in between is recovered
    /// into one item, and the other way round into none.
    async fn ask(&self, delivery: &Delivery, reason: DeliveryReason) -> Result<(), EngineError> {
        Ok(self.desk.ask(delivery.key.dossier, asks_for(reason)).await?)
    }

    /// Settles a sending of which nobody knows the end; true when a person has to find out.
    async fn doubt(
        &self,
        sending: &Delivery,
        capabilities: Capabilities,
        reason: DeliveryReason,
    ) -> Result<bool, EngineError> {
        if capabilities.idempotent_key {
            self.step(sending, DeliveryState::Queued, Some(reason)).await?;
            return Ok(false);
        }
        self.desk.ask(sending.key.dossier, WorkKind::DeliveryInDoubt).await?;
        self.step(sending, DeliveryState::InDoubt, Some(reason)).await
    }

    /// False when the delivery was no longer as it was found.
    async fn step(
        &self,
        delivery: &Delivery,
        to: DeliveryState,
        reason: Option<DeliveryReason>,
    ) -> Result<bool, EngineError> {
        let moved = self.desk.store.move_delivery(delivery.id, &self.by(delivery, to, reason)).await;
        Ok(moved.map_err(AppError::from)?)
    }

    fn by(&self, delivery: &Delivery, to: DeliveryState, reason: Option<DeliveryReason>) -> DeliveryMove {
        DeliveryMove { reason, ..DeliveryMove::new(delivery.state, to, ACTOR, self.desk.clock.now()) }
    }

    pub(crate) fn is_paused(&self, channel: Channel) -> bool {
        let now = self.desk.clock.now();
        self.limit(channel, |limit| limit.is_paused(now)).unwrap_or(false)
    }

    fn may_send(&self, channel: Channel, now: Timestamp) -> bool {
        self.limit(channel, |limit| limit.take(now)).unwrap_or(true)
    }

    pub(crate) fn pause(&self, channel: Channel, length: Option<SignedDuration>) {
        if let Some(until) = length.and_then(|length| self.desk.clock.now().checked_add(length).ok()) {
            let mut limits = self.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            limits.entry(channel).or_insert_with(Limit::unlimited).pause(until);
        }
    }

    fn limit<T>(&self, channel: Channel, ask: impl FnOnce(&mut Limit) -> T) -> Option<T> {
        let mut limits = self.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        limits.get_mut(&channel).map(ask)
    }
}

fn email(identity: &Identity) -> Option<String> {
    identity.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned)
}

/// What a person is asked for a reason.
const fn asks_for(reason: DeliveryReason) -> WorkKind {
    match reason {
        DeliveryReason::UncoveredName => WorkKind::UncoveredName,
        DeliveryReason::AddressIncomplete
        | DeliveryReason::AddressStruckOff
        | DeliveryReason::AddressReference
        | DeliveryReason::AddressReturned
        | DeliveryReason::UnknownAddress => WorkKind::AddressCheck,
        _ => WorkKind::DeliveryFailed,
    }
}

/// Whether an outcome says something of the provider and nothing of the delivery: the next one would fare no better. One
/// delivery without an answer is one question to a person; a hundred of them help nobody.
const fn says_of_the_provider(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::TemporaryFailure { reason: DeliveryReason::ProviderAway, .. }
            | Outcome::TemporaryFailure { retry_after: Some(_), .. }
            | Outcome::InDoubt
            | Outcome::Deferred { .. }
    )
}

/// Whether the attempt after so many is the last of its round; a delivery that is sent once more begins another.
const fn is_last(attempts_before: u32) -> bool {
    (attempts_before + 1).is_multiple_of(ATTEMPTS_MAX)
}

fn has_rested(delivery: &Delivery, now: Timestamp) -> bool {
    let has_failed = delivery.state == DeliveryState::TemporaryFailure;
    !has_failed || now.duration_since(delivery.changed_at) >= wait_after(delivery.attempts)
}

/// How long a delivery rests after so many attempts, from 1.
pub(crate) const fn wait_after(attempts: u32) -> SignedDuration {
    match attempts % ATTEMPTS_MAX {
        0 | 1 => SignedDuration::from_mins(1),
        2 => SignedDuration::from_mins(5),
        3 => SignedDuration::from_mins(30),
        4 => SignedDuration::from_hours(2),
        _ => SignedDuration::from_hours(6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_app::ids::{DeliveryId, DossierId};
    use traject_app::model::LegalStep;
    use uuid::Uuid;

    #[test]
    fn waits_grow_and_a_new_delivery_has_none() {
        let at = |seconds| Timestamp::from_second(seconds).expect("an instant");
        let mut delivery = Delivery {
            id: DeliveryId(Uuid::nil()),
            key: DeliveryKey {
                dossier: DossierId(Uuid::nil()),
                step: LegalStep::CERTIFICATE,
                step_version: 0,
                recipient: Code::new("person"),
                channel: Channel::Email,
            },
            language: None,
            state: DeliveryState::Queued,
            attempts: 0,
            changed_at: at(0),
            document: None,
            reason: None,
            provider_reference: None,
            batch: None,
        };
        assert!(has_rested(&delivery, at(0)));
        delivery.state = DeliveryState::TemporaryFailure;
        let waits = [(1, 60), (2, 300), (3, 1_800), (4, 7_200), (5, 21_600), (11, 21_600), (13, 60)];
        for (attempts, seconds) in waits {
            delivery.attempts = attempts;
            assert!(!has_rested(&delivery, at(seconds - 1)) && has_rested(&delivery, at(seconds)), "{attempts}");
        }
        assert_eq!((0..24).filter(|attempts| is_last(*attempts)).collect::<Vec<_>>(), [11, 23]);
    }
}
