//! The port by which documents leave: one adapter per way.

use crate::ids::DeliveryId;
use crate::model::{Channel, Delivery, DeliveryReason, RenderedDocument};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use traject_domain::Date;
use traject_domain::national_number::NationalNumber;

/// What an adapter can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// A delivery can be cancelled until the cut-off of its batch.
    pub cancel_until_cut_off: bool,
    /// Deliveries leave together, in batches.
    pub bulk: bool,
    /// Sending the same delivery again has no second effect: what was cut off may be sent again.
    pub idempotent_key: bool,
    /// The provider tells that a delivery arrived.
    pub delivery_proof: bool,
    /// The provider tells that a delivery did not arrive.
    pub bounces: bool,
}

/// How a delivery made now will leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The civil day on which it leaves, which its document bears.
    pub on: Date,
    /// The batch it leaves with, for a way that has them.
    pub batch: Option<String>,
}

/// Words that go along with a document sent electronically.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject, without personal data.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Languages of the text, such as `nl` or `nl, fr`.
    pub language_tags: String,
}

/// To whom a delivery goes, as far as its way needs it. Personal data: `Debug` shows none of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// The e-mail address.
    pub email: Option<String>,
    /// The national number, for a provider that knows persons by it.
    pub number: Option<NationalNumber>,
}

/// One delivery, ready to leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The delivery, with the number of attempts before this one; its id is the key by which a provider tells a repeat.
    pub delivery: Delivery,
    /// Of which delivery the document is: another one, for a copy of a letter.
    pub document_of: DeliveryId,
    /// What is sent.
    pub document: RenderedDocument,
    /// Whether the post registers it.
    pub registered: bool,
    /// To whom.
    pub to: Addressee,
    /// What is said beside it, for a way that has room for it.
    pub message: Option<Message>,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({} by {})", self.delivery.id, self.delivery.key.channel)
    }
}

/// What became of one attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has taken it over.
    Accepted {
        /// By what it knows the delivery.
        reference: Option<String>,
    },
    /// It lies in a print batch that is on its way.
    Printed {
        /// Which.
        batch: String,
    },
    /// Not sent; it may be sent later.
    TemporaryFailure {
        /// Why.
        reason: DeliveryReason,
        /// How long the provider asks to be left alone: nothing else is sent to it meanwhile.
        retry_after: Option<SignedDuration>,
    },
    /// Not sent, and sending it again would fail again.
    PermanentFailure {
        /// Why.
        reason: DeliveryReason,
    },
    /// It may have been taken over or not, and nobody here can know. With [`Capabilities::idempotent_key`] it is sent again;
    /// without, a person has to find out.
    InDoubt,
    /// Not tried: nothing is to be sent by this way before an instant. It counts as no attempt.
    Deferred {
        /// When to come back.
        until: Timestamp,
    },
    /// Its batch left without it: it is made again, with the day on which it can leave.
    Missed,
}

/// One way out.
#[async_trait]
pub trait ChannelAdapter: Send + Sync {
    /// The ways it serves, which may be more than one where they share a provider.
    fn channels(&self) -> &[Channel];

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// How a delivery that is made at an instant will leave.
    fn departure(&self, now: Timestamp) -> Departure;

    /// Whether a delivery that waits may leave at an instant, as far as its batch says.
    fn is_due(&self, _delivery: &Delivery, _now: Timestamp) -> bool {
        true
    }

    /// Sends one delivery at an instant. Whoever drops this future does not know whether it was sent.
    async fn send(&self, parcel: &Parcel, now: Timestamp) -> Outcome;

    /// Hears that everything which was due by one of its ways has been sent, so that batches of which nothing is left to
    /// send can be closed.
    ///
    /// # Errors
    /// A text for the log; the next run tries again.
    async fn settled(&self, _now: Timestamp) -> Result<(), String> {
        Ok(())
    }
}
