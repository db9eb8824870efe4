//! The assumed shape of the service: paths, fields, codes. The published documentation of the real one decides; what it
//! says differently is changed here and in the twin.

use crate::message::{EboxMessage, RecipientNumber};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// `POST` a message; `GET` one by its reference.
pub(crate) const MESSAGES: &str = "messages";
/// `POST` whether a person can be reached: a national number in a path would end up in logs.
pub(crate) const CONSENTS: &str = "consents";
/// RFC draft-ietf-httpapi-idempotency-key-header.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The code of a problem where the person has no eBox.
pub(crate) const NO_EBOX: &str = "RECIPIENT_HAS_NO_EBOX";
/// The code of a problem where the person receives no such messages.
pub(crate) const NO_CONSENT: &str = "RECIPIENT_HAS_NOT_CONSENTED";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    sender: &'a str,
    recipient: &'a str,
    subject: Vec<Subject<'a>>,
    language: &'static str,
    body: Body<'a>,
    attachments: Vec<File<'a>>,
    registered: bool,
}

#[derive(Serialize)]
struct Subject<'a> {
    language: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    name: &'a str,
    content_type: &'a str,
    /// Base64.
    content: String,
}

/// A message as JSON. Equal messages give equal octets, whatever the attempt.
pub(crate) fn message(message: &EboxMessage, sender: &str) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Message {
        sender,
        recipient: message.recipient.digits(),
        subject: message.subject.iter().map(|(language, text)| Subject { language: language.code(), text }).collect(),
        language: message.language.code(),
        body: Body { text: &message.text, html: message.html.as_deref() },
        attachments: message
            .attachments
            .iter()
            .map(|file| File {
                name: &file.name,
                content_type: &file.content_type,
                content: STANDARD.encode(&file.content),
            })
            .collect(),
        registered: message.registered,
    })
}

#[derive(Serialize)]
struct Question<'a> {
    recipient: &'a str,
}

/// The question whether a person can be reached.
pub(crate) fn question(recipient: &RecipientNumber) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Question { recipient: recipient.digits() })
}

/// The answer to a message, at 2xx and at 409.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Taken {
    pub(crate) message_id: Option<String>,
}

/// The answer to the question of consent.
#[derive(Deserialize)]
pub(crate) struct Reachable {
    pub(crate) reachable: bool,
}

/// What is known of a message; instants as in RFC 3339.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) received_at: String,
    #[serde(default)]
    pub(crate) read_at: Option<String>,
    #[serde(default)]
    pub(crate) refused: Option<RefusedAt>,
}

/// When a message was refused, and why.
#[derive(Deserialize)]
pub(crate) struct RefusedAt {
    pub(crate) at: String,
    pub(crate) code: String,
}

/// A refusal (RFC 9457), of which only the code is read: its words might hold personal data.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) code: Option<String>,
}
