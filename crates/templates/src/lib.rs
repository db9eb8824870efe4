//! The texts people read, per language: letters as typed contexts and composed passages, and messages by stable code.
//!
//! May depend on traject-domain, include_dir, serde, serde-saphyr and thiserror.
//! Must never know rules of law (terms, dates and legal grounds come in with the context), the clock, files outside
//! this crate, fonts or layout.
//!
//! A letter is a typed context ([`Letter`]); [`Texts::compose`] turns it into a [`ComposedLetter`], which a renderer
//! lays out and a mail can carry as [plain text](ComposedLetter::plain_text). A [`CopyMail`] becomes a [`ComposedMail`]
//! by [`Texts::compose_copy`]. The reasons of a standing become a page by [`reasons`]. The texts live in `letters/`,
//! `mails/`, `messages/` and `reasons/`, one file per language.

mod compose;
pub mod composed;
pub mod context;
mod mail;
mod mass_mail;
mod messages;
pub mod reasons;
pub mod samples;
mod texts;
pub mod wording;

pub use composed::ComposedLetter;
pub use context::{
    BreachFacts, CertificateOfObligation, DeliveryReference, Envelope, FineRange, FormalNotice, InvalidReference,
    Letter, LetterLanguage, Offer, PerLanguage, Recipient, Served,
};
pub use mail::{ComposedMail, CopiedLetter, CopyMail};
pub use mass_mail::{MassMail, compose_mass};
pub use messages::{codes, message, message_with};
pub use texts::{TextError, Texts};
