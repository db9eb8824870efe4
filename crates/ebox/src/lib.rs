//! An eBox as a channel: one message to one person under an idempotency key, with a true outcome; who can be reached; and
//! what was delivered.
//!
//! May depend on base64, jiff, reqwest, rustls-native-certs, serde, serde_json, thiserror, tokio-rustls and uuid. Must
//! never know dossiers, the law, templates, the store or the clock, and never sends anything twice by itself: whether to
//! try again is the caller's decision. What a delivery by this channel means in law is a rule of the law, not of this
//! crate.
//!
//! Known of the real service: a message is sent with an `Idempotency-Key`, a repeat is answered 409 without comparing
//! content, the subject stands in each language, and only some institutions may send registered messages. Everything else
//! of the wire (paths, names of fields, codes) is an assumption, kept in one module (`wire`), and the twin in
//! `traject-sim` shares it.

mod client;
mod config;
mod error;
mod message;
mod outcome;
mod wire;

pub use client::{Capabilities, Consent, DeliveryStatus, Ebox, Refusal};
pub use config::{EboxConfig, EboxConfigError, EboxConfigErrorCode};
pub use error::{EboxError, EboxErrorCode};
pub use message::{
    Attachment, EboxMessage, Language, NotAProviderReference, NotARecipientNumber, ProviderReference, RecipientNumber,
};
pub use outcome::{Doubt, PermanentCause, SendOutcome, TemporaryCause, UnreachableCause};
