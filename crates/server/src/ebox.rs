//! The electronic mailbox as a way out, and what its service tells of messages it has taken.

use crate::clock::brussels_day;
use crate::engine::Engine;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use traject_app::AppError;
use traject_app::channel::{Capabilities, ChannelAdapter, Departure, Outcome, Parcel};
use traject_app::deliveries::Told;
use traject_app::model::{Actor, Channel, Delivery, DeliveryMove, DeliveryReason, DeliveryState, WorkKind};
use traject_domain::code::Code;
use traject_ebox::{
    Attachment, DeliveryStatus, Ebox, EboxConfig, EboxErrorCode, EboxMessage, Language, PermanentCause,
    ProviderReference, RecipientNumber, SendOutcome, TemporaryCause,
};

/// The name in the stories of deliveries.
const ACTOR: &str = "ebox";

/// Deliveries read at a time.
const PAGE: usize = 64;

/// Asking ends once it has taken this long, so that the jobs beside it need not wait for every answer there is.
const ASKING_MAX: SignedDuration = SignedDuration::from_secs(15);

/// How long a service that is asked too much, and does not say for how long, is left alone.
const REST: SignedDuration = SignedDuration::from_mins(1);

/// Hands messages to an eBox. The key of a message is the id of its delivery, so that a repeat has no second effect.
pub struct EboxHouse(Arc<Ebox>);

impl EboxHouse {
    /// Messages through a service.
    pub const fn new(ebox: Arc<Ebox>) -> Self {
        Self(ebox)
    }
}

#[async_trait]
impl ChannelAdapter for EboxHouse {
    fn channels(&self) -> &[Channel] {
        &[Channel::Ebox]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { idempotent_key: true, delivery_proof: true, ..Capabilities::default() }
    }

    fn departure(&self, now: Timestamp) -> Departure {
        Departure { on: brussels_day(now), batch: None }
    }

    async fn send(&self, parcel: &Parcel, _now: Timestamp) -> Outcome {
        match message(parcel) {
            Ok(message) => outcome_of(self.0.send(&message).await),
            Err(reason) => Outcome::PermanentFailure { reason },
        }
    }
}

/// A parcel as a message, or why it can be none.
fn message(parcel: &Parcel) -> Result<EboxMessage, DeliveryReason> {
    let digits = parcel.to.number.map(|number| number.digits());
    let recipient = digits.and_then(|digits| RecipientNumber::parse(&digits).ok());
    let recipient = recipient.ok_or(DeliveryReason::NoConsent)?;
    let words = parcel.message.clone().ok_or(DeliveryReason::DocumentNotReady)?;
    let languages: Vec<Language> = words.language_tags.split(',').filter_map(language).collect();
    let first = languages.first().copied().ok_or(DeliveryReason::DocumentNotReady)?;
    // The subject of a text in two languages is in both, and no reader misses theirs.
    let subject: BTreeMap<_, _> = languages.into_iter().map(|language| (language, words.subject.clone())).collect();
    Ok(EboxMessage {
        idempotency_key: parcel.delivery.id.0,
        attempt: parcel.delivery.attempts.saturating_add(1),
        recipient,
        subject,
        text: words.text,
        html: words.html,
        language: first,
        attachments: vec![Attachment {
            name: format!("{}.pdf", parcel.document_of),
            content_type: "application/pdf".to_owned(),
            content: parcel.document.pdf.clone(),
        }],
        registered: parcel.registered,
    })
}

fn language(tag: &str) -> Option<Language> {
    [Language::Nl, Language::Fr, Language::De, Language::En].into_iter().find(|known| known.code() == tag.trim())
}

fn signed(wait: Duration) -> Option<SignedDuration> {
    SignedDuration::try_from(wait).ok()
}

/// What the service did, as every way out tells it.
fn outcome_of(outcome: SendOutcome) -> Outcome {
    match outcome {
        SendOutcome::Accepted { provider_reference } => {
            Outcome::Accepted { reference: Some(provider_reference.to_string()) }
        }
        // Nothing was handed over before, and something lies there under the key: a person has to look.
        SendOutcome::AlreadyAccepted { at_first_attempt: true, .. } => {
            Outcome::PermanentFailure { reason: DeliveryReason::ProviderRefused }
        }
        SendOutcome::AlreadyAccepted { provider_reference, .. } => {
            Outcome::Accepted { reference: provider_reference.map(|reference| reference.to_string()) }
        }
        SendOutcome::NotReachable { .. } => Outcome::PermanentFailure { reason: DeliveryReason::NoConsent },
        SendOutcome::TemporaryFailure { cause, retry_after } => {
            Outcome::TemporaryFailure { reason: temporary(cause), retry_after: retry_after.and_then(signed) }
        }
        SendOutcome::RateLimited { retry_after } => Outcome::TemporaryFailure {
            reason: DeliveryReason::ProviderBusy,
            retry_after: Some(retry_after.and_then(signed).unwrap_or(REST)),
        },
        SendOutcome::PermanentFailure { cause } => Outcome::PermanentFailure { reason: permanent(cause) },
        SendOutcome::InDoubt { .. } => Outcome::InDoubt,
    }
}

const fn temporary(cause: TemporaryCause) -> DeliveryReason {
    match cause {
        TemporaryCause::TokenUnreadable
        | TemporaryCause::NotConnected
        | TemporaryCause::Unauthorised
        | TemporaryCause::NotAnEbox => DeliveryReason::ProviderAway,
        // It may fail at this message alone; the others shall not wait for it.
        TemporaryCause::ServiceFailed => DeliveryReason::ProviderBusy,
    }
}

const fn permanent(cause: PermanentCause) -> DeliveryReason {
    match cause {
        PermanentCause::Incomplete => DeliveryReason::DocumentNotReady,
        PermanentCause::RegisteredUnavailable => DeliveryReason::ChannelOff,
        PermanentCause::TooLarge | PermanentCause::Refused => DeliveryReason::ProviderRefused,
    }
}

/// The service as the room for eBox takes it; `None` where the way is closed.
pub fn ebox_config(section: &traject_config::Ebox) -> Option<EboxConfig> {
    let timeout = section.timeout.get();
    Some(EboxConfig {
        base_url: section.base_url.clone()?,
        // The configuration is checked: whoever names a service names both.
        token_file: section.token_file.clone().unwrap_or_default(),
        ca_file: section.ca_file.clone(),
        timeout_s: timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0),
        sender_organisation: section.sender_organisation.clone().unwrap_or_default(),
        may_register: section.may_register,
    })
}

/// What a run learnt of messages that were taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Messages that lie in an eBox, by the word of the service.
    pub delivered: u64,
    /// Messages that their recipient refused: each is on the work list.
    pub refused: u64,
    /// Messages of which the service knows nothing, or nothing that can be read; they are asked about again.
    pub unknown: u64,
}

/// Asks what became of the messages that were taken, each once, and records it as proof. A service that does not answer is
/// asked again in the next run.
///
/// # Errors
/// What the store says; what was recorded until then stays.
pub async fn ask(engine: &Engine<'_>, ebox: &Ebox) -> Result<Asked, AppError> {
    let (desk, mut asked, mut after) = (engine.desk, Asked::default(), None);
    let began = desk.clock.now();
    if engine.is_paused(Channel::Ebox) {
        return Ok(asked);
    }
    loop {
        let page = desk.store.deliveries(Some(Channel::Ebox), DeliveryState::Accepted, after, PAGE).await?;
        for delivery in &page {
            let is_late = desk.clock.now().duration_since(began) >= ASKING_MAX;
            if is_late || !ask_one(engine, ebox, delivery, &mut asked).await? {
                return Ok(asked);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some((last.changed_at, last.id)),
            _ => return Ok(asked),
        }
    }
}

/// False when the service gives no answers now.
async fn ask_one(engine: &Engine<'_>, ebox: &Ebox, of: &Delivery, asked: &mut Asked) -> Result<bool, AppError> {
    let reference = of.provider_reference.as_deref().and_then(|text| ProviderReference::parse(text).ok());
    let Some(reference) = reference else {
        asked.unknown += 1;
        return Ok(true);
    };
    match ebox.status(&reference).await {
        Ok(DeliveryStatus { refused: Some(_), .. }) => asked.refused += u64::from(refused(engine, of).await?),
        Ok(status) => asked.delivered += u64::from(delivered(engine, of, status.received_at).await?),
        Err(error) => {
            tracing::warn!(delivery = %of.id, code = error.code.code(), "the eBox does not say what became of a message");
            let wait = error.retry_after.and_then(signed);
            let is_busy = error.code == EboxErrorCode::RateLimited;
            engine.pause(Channel::Ebox, wait.or(is_busy.then_some(REST)));
            let is_of_the_message = matches!(error.code, EboxErrorCode::NotFound | EboxErrorCode::UnusableAnswer);
            asked.unknown += u64::from(is_of_the_message);
            return Ok(is_of_the_message);
        }
    }
    Ok(true)
}

/// Records that a message came to lie in an eBox. What that is worth is a rule of the law.
async fn delivered(engine: &Engine<'_>, of: &Delivery, at: Timestamp) -> Result<bool, AppError> {
    let desk = engine.desk;
    let dossier = desk.dossier(of.key.dossier).await?;
    let Some(agency) = engine.issuer(of, &dossier) else { return Ok(false) };
    let told = Told {
        delivery: of.id,
        actor: Actor { staff: ACTOR.to_owned(), agency, role: Code::new("program") },
        // The service's clock may be ahead of ours, and nothing arrives tomorrow.
        on: Some(brussels_day(at).min(desk.clock.today())),
        provider_reference: of.provider_reference.clone(),
    };
    match desk.record_proof(&told).await {
        Ok(_) => Ok(true),
        // Somebody else recorded what became of it meanwhile.
        Err(AppError::Taken(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Records that the recipient refused a message, and asks a person to look: before it is recorded, since a crash in between
/// is recovered into one item.
async fn refused(engine: &Engine<'_>, of: &Delivery) -> Result<bool, AppError> {
    let desk = engine.desk;
    desk.ask(of.key.dossier, WorkKind::DeliveryFailed).await?;
    let by = DeliveryMove::new(of.state, DeliveryState::Returned, ACTOR, desk.clock.now());
    Ok(desk.store.move_delivery(of.id, &by.because(DeliveryReason::MailboxRefused)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_ebox::{Doubt, UnreachableCause};

    #[test]
    fn a_failure_of_the_service_is_told_from_one_of_the_message() {
        use PermanentCause::{Incomplete, Refused, RegisteredUnavailable, TooLarge};
        use TemporaryCause::{NotAnEbox, NotConnected, ServiceFailed, TokenUnreadable, Unauthorised};
        let (away, busy) = (DeliveryReason::ProviderAway, DeliveryReason::ProviderBusy);
        let temporary = [
            (TokenUnreadable, away),
            (NotConnected, away),
            (Unauthorised, away),
            (NotAnEbox, away),
            (ServiceFailed, busy),
        ];
        for (cause, reason) in temporary {
            let outcome = outcome_of(SendOutcome::TemporaryFailure { cause, retry_after: None });
            assert_eq!(outcome, Outcome::TemporaryFailure { reason, retry_after: None }, "{cause:?}");
        }
        let permanent = [
            (Incomplete, DeliveryReason::DocumentNotReady),
            (RegisteredUnavailable, DeliveryReason::ChannelOff),
            (TooLarge, DeliveryReason::ProviderRefused),
            (Refused, DeliveryReason::ProviderRefused),
        ];
        for (cause, reason) in permanent {
            let outcome = outcome_of(SendOutcome::PermanentFailure { cause });
            assert_eq!(outcome, Outcome::PermanentFailure { reason }, "{cause:?}");
        }
        for cause in [UnreachableCause::NoEbox, UnreachableCause::NoConsent] {
            let reason = DeliveryReason::NoConsent;
            assert_eq!(outcome_of(SendOutcome::NotReachable { cause }), Outcome::PermanentFailure { reason });
        }
        for (retry_after, rests) in [(None, REST), (Some(Duration::from_secs(7)), SignedDuration::from_secs(7))] {
            let expected = Outcome::TemporaryFailure { reason: busy, retry_after: Some(rests) };
            assert_eq!(outcome_of(SendOutcome::RateLimited { retry_after }), expected);
        }
        let doubt = SendOutcome::InDoubt { cause: Doubt::TimedOut, repeat_is_safe: true };
        assert_eq!(outcome_of(doubt), Outcome::InDoubt);
    }

    #[test]
    fn a_section_becomes_the_service_it_describes_and_none_closes_the_way() {
        let config = |overrides: &[&str]| {
            let overrides = overrides.iter().map(|text| format!("ebox.{text}")).collect();
            let sources = traject_config::Sources { overrides, ..traject_config::Sources::default() };
            ebox_config(&traject_config::check(&sources).expect("a valid configuration").ebox)
        };
        assert_eq!(config(&[]), None);
        let named = ["base_url=https://ebox.example/v1", "token_file=token", "sender_organisation=21009"];
        let more = ["ca_file=own.pem", "timeout=1500ms", "may_register=true"];
        let expected = EboxConfig {
            base_url: "https://ebox.example/v1".to_owned(),
            token_file: "token".into(),
            ca_file: Some("own.pem".into()),
            timeout_s: 2,
            sender_organisation: "21009".to_owned(),
            may_register: true,
        };
        assert_eq!(config(&[named, more].concat()), Some(expected));
    }
}
