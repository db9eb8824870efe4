//! From a mail to the octets that are sent: the same mail gives the same octets.

use crate::mail::{Attachment, Mail};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Disposition, Mailbox, MultiPart, MultiPartBuilder, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, SystemTime};

/// Names the attempt.
pub(crate) const ATTEMPT: &str = "X-Traject-Attempt";

/// The mail has something that no message can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsendable;

/// Runs of spaces as one: white space that is folded between encoded words does not come back (RFC 2047 § 6.2).
fn single_spaced(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Composes a message: text, or text and HTML as alternatives, and the attachments after them.
pub(crate) fn compose(mail: &Mail, from: &Mailbox) -> Result<Message, Unsendable> {
    let to: Address = mail.to.parse().map_err(|_| Unsendable)?;
    let one_line = |text: &str| !text.chars().any(char::is_control);
    let language_tags = mail.language.bytes().all(|b| b.is_ascii_alphanumeric() || b"-, ".contains(&b));
    let is_link = |text: &String| text.bytes().all(|b| b.is_ascii_graphic());
    if !one_line(&mail.subject)
        || !language_tags
        || mail.language.is_empty()
        || !mail.list_unsubscribe.iter().all(is_link)
    {
        return Err(Unsendable);
    }
    // The header counts whole seconds from 1970; earlier instants are no day on which this program wrote.
    let seconds = u64::try_from(mail.written_at.as_second()).map_err(|_| Unsendable)?;
    let written_at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let attempt = mail.attempt.map(|attempt| raw(ATTEMPT, &attempt.to_string()));
    let builder = attempt.into_iter().fold(Message::builder(), lettre::message::MessageBuilder::raw_header);
    let builder = builder
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(single_spaced(&mail.subject))
        .message_id(Some(format!("<{}>", mail.message_id)))
        .date(written_at)
        .raw_header(raw("Content-Language", &mail.language))
        // Keeps holiday replies away, and tells that nobody wrote this by hand (RFC 3834).
        .raw_header(raw("Auto-Submitted", "auto-generated"));
    let builder = match &mail.list_unsubscribe {
        Some(link) => builder.raw_header(raw("List-Unsubscribe", link)),
        None => builder,
    };
    let text = SinglePart::plain(mail.text.clone());
    let html = mail.html.clone().map(SinglePart::html);
    let bare = mail.attachments.is_empty();
    let message = match html {
        None if bare => builder.singlepart(text),
        Some(html) if bare => builder.multipart(alternatives(mail, text, html)),
        None => builder.multipart(with_attachments(mail, multipart(mail, "mixed").singlepart(text))?),
        Some(html) => {
            let alternatives = alternatives(mail, text, html);
            builder.multipart(with_attachments(mail, multipart(mail, "mixed").multipart(alternatives))?)
        }
    };
    message.map_err(|_| Unsendable)
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A multipart whose boundary follows from the message id; `=_` occurs in no quoted-printable or base64 text.
fn multipart(mail: &Mail, kind: &str) -> MultiPartBuilder {
    let id: String = mail.message_id.as_str().chars().filter(char::is_ascii_alphanumeric).take(50).collect();
    let builder = if kind == "mixed" { MultiPart::mixed() } else { MultiPart::alternative() };
    builder.boundary(format!("=_{kind}_{id}"))
}

fn alternatives(mail: &Mail, text: SinglePart, html: SinglePart) -> MultiPart {
    multipart(mail, "alternative").singlepart(text).singlepart(html)
}

fn with_attachments(mail: &Mail, body: MultiPart) -> Result<MultiPart, Unsendable> {
    mail.attachments.iter().try_fold(body, |body, attachment| Ok(body.singlepart(attached(attachment)?)))
}

fn attached(attachment: &Attachment) -> Result<SinglePart, Unsendable> {
    if attachment.file_name.chars().any(char::is_control) {
        return Err(Unsendable);
    }
    let content_type = ContentType::parse(&attachment.content_type).map_err(|_| Unsendable)?;
    Ok(Disposition::new(attachment.file_name.clone()).body(attachment.content.clone(), content_type))
}
