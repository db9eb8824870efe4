//! The texts people read, per language: documents as data and their composed passages, and messages by stable code.
//!
//! May depend on traject-domain, include_dir, maud, serde, serde-saphyr and thiserror.
//! Must never know rules of law (terms, dates and legal grounds come in as values of slots), the clock, files outside
//! this crate, fonts or layout.
//!
//! A letter is a document with values for its typed [`slot`]s ([`Letter`]); [`Texts::compose`] turns it into a
//! [`ComposedLetter`], which a renderer lays out, a browser shows as its [HTML twin](ComposedLetter::html) and a mail can
//! carry as [plain text](ComposedLetter::plain_text). A [`CopyMail`] becomes a [`ComposedMail`] by
//! [`Texts::compose_copy`]. The reasons of a standing become a page by [`reasons`]. The texts live in `documents/`,
//! `mails/`, `messages/` and `reasons/`, one file per language; `documents/README.md` says how to add one.

mod compose;
pub mod composed;
pub mod context;
mod documents;
mod mail;
mod mass_mail;
mod messages;
pub mod proofs;
pub mod reasons;
pub mod samples;
pub mod slot;
pub mod text;
mod texts;
mod twin;
pub mod wording;

pub use compose::ComposeError;
/// The page that answers a code which is wrong or out of date, in Dutch, French and English.
pub const PAGE_NOT_FOUND: &str = include_str!("../pages/not_found.html");

pub use composed::ComposedLetter;
pub use context::{
    DeliveryReference, Envelope, InvalidReference, Issuer, Letter, LetterLanguage, Offer, PerLanguage, Recipient,
};
pub use mail::{ComposedMail, CopyMail};
pub use mass_mail::{MassMail, compose_mass};
pub use messages::{codes, message, message_with};
pub use slot::{Slot, Values};
pub use texts::{TextError, TextFault, Texts};
