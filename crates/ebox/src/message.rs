//! A message before it is sent.

use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// One message to one person. Personal data: `Debug` shows the key and the attempt only.
#[derive(Clone, PartialEq, Eq)]
pub struct EboxMessage {
    /// The delivery's id. The same whenever this message is sent again, and never used for another: the service tells
    /// repeats by it alone and compares no content.
    pub idempotency_key: Uuid,
    /// How often this message was handed over, this time included: from 1.
    pub attempt: u32,
    /// Whose eBox.
    pub recipient: RecipientNumber,
    /// The subject in each language it is written in, at least in [`EboxMessage::language`]. Must not hold a national
    /// number.
    pub subject: BTreeMap<Language, String>,
    /// The text, for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// The language of the text; of a bilingual text, the one that comes first.
    pub language: Language,
    /// Files to go along, in order.
    pub attachments: Vec<Attachment>,
    /// As a registered message, where the organisation may send those.
    pub registered: bool,
}

/// A file that goes along with a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name the recipient sees. Must not hold a national number.
    pub name: String,
    /// The media type, such as `application/pdf`.
    pub content_type: String,
    /// The content.
    pub content: Vec<u8>,
}

impl fmt::Debug for EboxMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EboxMessage")
            .field("idempotency_key", &self.idempotency_key)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({}, {} octets)", self.content_type, self.content.len())
    }
}

impl EboxMessage {
    /// True where the message can be sent at all: an attempt, a subject in its language and in no language an empty one,
    /// a text, and a name and a type for every file.
    pub(crate) fn is_complete(&self) -> bool {
        let filled = |text: &str| !text.trim().is_empty();
        self.attempt > 0
            && self.subject.contains_key(&self.language)
            && self.subject.values().all(|subject| filled(subject))
            && filled(&self.text)
            && self.attachments.iter().all(|file| filled(&file.name) && filled(&file.content_type))
    }
}

/// The languages of an eBox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
            Self::En => "en",
        }
    }
}

/// The national number of a recipient, eleven digits, opaque: what it says about a person is nobody's business here.
///
/// Personal data: `Debug` never shows it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientNumber(String);

/// The text is not eleven digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not eleven digits")]
pub struct NotARecipientNumber;

impl RecipientNumber {
    /// Reads eleven digits without punctuation.
    ///
    /// # Errors
    /// [`NotARecipientNumber`].
    pub fn parse(digits: &str) -> Result<Self, NotARecipientNumber> {
        if digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(NotARecipientNumber)
        }
    }

    /// The digits, for the wire.
    pub(crate) fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecipientNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecipientNumber(***)")
    }
}

/// The service's name for a message it has taken: the proof to ask by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderReference(String);

/// The text is no reference: 1 to 100 letters, digits and `-_.:`, of which the first is a letter or a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a reference of an eBox message")]
pub struct NotAProviderReference;

impl ProviderReference {
    /// Reads a reference. It goes into a path and into logs, so that its signs are few.
    ///
    /// # Errors
    /// [`NotAProviderReference`].
    pub fn parse(text: &str) -> Result<Self, NotAProviderReference> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && text.len() <= 100 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAProviderReference)
        }
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
