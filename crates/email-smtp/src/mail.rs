//! A mail before it is composed.

use jiff::Timestamp;
use std::fmt;

/// One mail to one recipient. Personal data: `Debug` shows the message id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Stays the same whenever this mail is sent again, so that a recipient's server may recognise it.
    pub message_id: MessageId,
    /// Which attempt at this mail it is, from 1; the header `X-Traject-Attempt`, by which a notification tells it.
    pub attempt: Option<u32>,
    /// When it was written; the header `Date`.
    pub written_at: Timestamp,
    /// The recipient's address, without a name.
    pub to: String,
    /// The subject, any script, no control characters; runs of spaces are sent as one.
    pub subject: String,
    /// The text, for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Languages of the text as in the header `Content-Language` (RFC 3282): `nl`, `fr`, or `nl, fr`.
    pub language: String,
    /// Files to go along.
    pub attachments: Vec<Attachment>,
    /// How to be written to no more: the header `List-Unsubscribe` (RFC 2369, 3.2), such as `<mailto:a@b.be?subject=x>`;
    /// ASCII without spaces.
    pub list_unsubscribe: Option<String>,
}

/// A file that goes along with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name the recipient sees; no control characters. Must not hold a national number.
    pub file_name: String,
    /// The media type, such as `application/pdf`.
    pub content_type: String,
    /// The content.
    pub content: Vec<u8>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({}, {} octets)", self.content_type, self.content.len())
    }
}

/// A message id, `left@right` without angle brackets (RFC 5322, 3.6.4), in ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

/// The text is not `left@right` of letters, digits and `.-_+=`, within 200 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a message id of the form left@right")]
pub struct NotAMessageId;

impl MessageId {
    /// Reads an id; angle brackets around it are taken off.
    ///
    /// # Errors
    /// [`NotAMessageId`].
    pub fn parse(text: &str) -> Result<Self, NotAMessageId> {
        let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        let plain =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+=".contains(&b));
        match inner.split_once('@') {
            Some((left, right)) if inner.len() <= 200 && plain(left) && plain(right) => Ok(Self(inner.to_owned())),
            _ => Err(NotAMessageId),
        }
    }

    /// The id without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
