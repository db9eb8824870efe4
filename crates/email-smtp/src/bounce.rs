//! Delivery status notifications (RFC 3464): what comes back to the sender's address.

use crate::compose::ATTEMPT;
use crate::mail::MessageId;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// What a notification says of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The mail it is about, as the returned headers name it.
    pub original_message_id: MessageId,
    /// Which attempt at that mail it was, where the returned headers tell.
    pub original_attempt: Option<u32>,
    /// Enhanced status code, such as `5.1.1` (RFC 3463).
    pub status: String,
    /// What the reporting server did.
    pub action: BounceAction,
    /// True when the server gave up for a reason that lasts: action failed, status 5. With action failed and status 4 it
    /// gave up too, but the same mail may succeed another day.
    pub permanent: bool,
}

/// What the reporting server did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceAction {
    /// Gave up; it will not deliver.
    Failed,
    /// Still trying; the mail must not be sent again meanwhile.
    Delayed,
}

/// Reads a notification of failure or delay; `None` for any other mail, for good news, and where the original mail
/// cannot be told.
pub fn parse_bounce(raw: &[u8]) -> Option<Bounce> {
    let message = MessageParser::default().parse(raw)?;
    let report = message.content_type()?;
    let is_report = report.ctype().eq_ignore_ascii_case("multipart")
        && report.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
        && report.attribute("report-type").is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return None;
    }
    let status = message.parts.iter().find(|part| is(part, "delivery-status") || is(part, "global-delivery-status"))?;
    let (action, status) = worst(&String::from_utf8_lossy(status.contents()))?;
    let (original_message_id, original_attempt) = message.parts.iter().find_map(original)?;
    let permanent = action == BounceAction::Failed && status.starts_with('5');
    Some(Bounce { original_message_id, original_attempt, status, action, permanent })
}

/// True for a part `message/SUBTYPE`.
fn is(part: &MessagePart<'_>, subtype: &str) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case("message")
            && content.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// Action and status of the recipient that fared worst: failed before delayed. Each mail has one recipient, but a server
/// may report on those it forwarded to.
fn worst(status: &str) -> Option<(BounceAction, String)> {
    let status = status.replace("\r\n", "\n");
    let groups = status.split("\n\n").filter_map(|group| {
        let action = match field(group, "Action")?.to_ascii_lowercase().as_str() {
            "failed" => BounceAction::Failed,
            "delayed" => BounceAction::Delayed,
            _ => return None,
        };
        // A comment may follow the code: `5.1.1 (bad destination mailbox address)`.
        let code = field(group, "Status")?.split_whitespace().next()?;
        is_status(code).then(|| (action, code.to_owned()))
    });
    groups.min_by_key(|(action, _)| *action == BounceAction::Delayed)
}

/// The value of a field that stands on one line, as Action and Status do.
fn field<'a>(group: &'a str, name: &str) -> Option<&'a str> {
    group.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// `class.subject.detail` with class 4 or 5.
fn is_status(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && matches!(parts[0], "4" | "5") && parts.iter().all(number)
}

/// The id, and the attempt where it is told, in the returned message, or in its headers alone.
fn original(part: &MessagePart<'_>) -> Option<(MessageId, Option<u32>)> {
    let told = |message: &Message<'_>| {
        let id = message.message_id().and_then(|id| MessageId::parse(id).ok())?;
        let attempt =
            message.header(ATTEMPT).and_then(|value| value.as_text()).and_then(|text| text.trim().parse().ok());
        Some((id, attempt))
    };
    match &part.body {
        PartType::Message(message) => told(message),
        _ if is_headers(part) => MessageParser::default().parse_headers(part.contents()).as_ref().and_then(told),
        _ => None,
    }
}

/// True for `text/rfc822-headers` (RFC 6522) and `message/global-headers` (RFC 6533).
fn is_headers(part: &MessagePart<'_>) -> bool {
    let text = part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case("text")
            && content.subtype().is_some_and(|found| found.eq_ignore_ascii_case("rfc822-headers"))
    });
    text || is(part, "global-headers")
}
