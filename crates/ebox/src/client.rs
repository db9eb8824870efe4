//! The conversation with the service: one request, one answer.

use crate::config::{EboxConfig, EboxConfigError, Service};
use crate::error::{EboxError, EboxErrorCode};
use crate::message::{EboxMessage, ProviderReference, RecipientNumber};
use crate::outcome::{Doubt, PermanentCause, SendOutcome, TemporaryCause, UnreachableCause};
use crate::wire;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;

/// Octets of an answer that are read; whatever is longer is none.
const ANSWER_LENGTH_MAX: usize = 64 * 1024;
/// A wait that is longer than this is taken for this: no slip of the service shall stop letters for good.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends messages to one eBox service and asks it questions. Cheap to share; connections are kept.
pub struct Ebox(Service);

/// What this organisation may do with the service. What follows from it in law is no matter of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Registered messages.
    pub registered: bool,
    /// A message whose outcome is in doubt may be sent again.
    pub idempotent: bool,
    /// The service says when a message was received and read.
    pub delivery_status: bool,
}

/// Whether a person receives messages of this organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// An eBox, and consent.
    Reachable,
    /// No eBox, or no consent; may change any day.
    NotReachable,
}

/// What is known of a message that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// When it came to lie in the eBox.
    pub received_at: Timestamp,
    /// When it was first opened, where it was and the service tells.
    pub read_at: Option<Timestamp>,
    /// That the recipient refused it.
    pub refused: Option<Refusal>,
}

/// A message that its recipient refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Timestamp,
    /// The service's code, at most 100 capitals and underscores; `unknown` for anything else.
    pub code: String,
}

impl fmt::Debug for Ebox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ebox({})", self.0.place())
    }
}

/// An answer, whatever it says.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    /// Empty where it did not come whole.
    body: Vec<u8>,
}

impl Answer {
    fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    fn reference(&self) -> Option<ProviderReference> {
        ProviderReference::parse(&self.read::<wire::Taken>()?.message_id?).ok()
    }
}

/// Why there is no answer.
enum Unanswered {
    TokenUnreadable,
    /// Nothing was handed over.
    NotConnected,
    Lost(Doubt),
}

impl Ebox {
    /// Checks the section and reads its files; connects to nothing.
    ///
    /// # Errors
    /// [`EboxConfigError`] with the key that cannot be used.
    pub fn new(config: EboxConfig) -> Result<Self, EboxConfigError> {
        Service::new(config).map(Self)
    }

    /// What this organisation may do with the service.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities { registered: self.0.may_register, idempotent: true, delivery_status: true }
    }

    /// Sends a message once, and says what became of it. Must run within a Tokio runtime.
    ///
    /// Whoever records a sending must do so before the call: a call that is dropped or dies is in doubt, as
    /// [`SendOutcome::InDoubt`] is, and ended in the same way: by sending the same message again.
    pub async fn send(&self, message: &EboxMessage) -> SendOutcome {
        let refused = |cause| SendOutcome::PermanentFailure { cause };
        if message.registered && !self.0.may_register {
            return refused(PermanentCause::RegisteredUnavailable);
        }
        let body = wire::message(message, &self.0.sender_organisation).ok().filter(|_| message.is_complete());
        let Some(body) = body else { return refused(PermanentCause::Incomplete) };
        let request = self
            .0
            .client
            .post(self.0.url(&[wire::MESSAGES]))
            .header(CONTENT_TYPE, "application/json")
            .header(wire::IDEMPOTENCY_KEY, message.idempotency_key.to_string())
            .body(body);
        let failed = |cause| SendOutcome::TemporaryFailure { cause, retry_after: None };
        match self.ask(request).await {
            Ok(answer) => outcome(&answer, message.attempt == 1),
            Err(Unanswered::TokenUnreadable) => failed(TemporaryCause::TokenUnreadable),
            Err(Unanswered::NotConnected) => failed(TemporaryCause::NotConnected),
            Err(Unanswered::Lost(cause)) => in_doubt(cause),
        }
    }

    /// Asks whether a person receives messages here. The answer holds for now: [`Ebox::send`] may find it changed.
    ///
    /// # Errors
    /// [`EboxError`] when the service does not say.
    pub async fn consent(&self, recipient: &RecipientNumber) -> Result<Consent, EboxError> {
        let question = wire::question(recipient).map_err(|_| EboxErrorCode::UnusableAnswer)?;
        let request = self.0.client.post(self.0.url(&[wire::CONSENTS])).header(CONTENT_TYPE, "application/json");
        let answer: wire::Reachable = self.question(request.body(question)).await?;
        Ok(if answer.reachable { Consent::Reachable } else { Consent::NotReachable })
    }

    /// Asks what is known of a message that was taken.
    ///
    /// # Errors
    /// [`EboxError`] when the service does not say; [`EboxErrorCode::NotFound`] when it does not know the message.
    pub async fn status(&self, reference: &ProviderReference) -> Result<DeliveryStatus, EboxError> {
        let url = self.0.url(&[wire::MESSAGES, reference.as_str()]);
        let answer: wire::Status = self.question(self.0.client.get(url)).await?;
        let instant = |text: &str| text.parse::<Timestamp>().map_err(|_| EboxErrorCode::UnusableAnswer);
        let refused =
            answer.refused.map(|refused| Ok(Refusal { at: instant(&refused.at)?, code: plain(refused.code) }));
        Ok(DeliveryStatus {
            received_at: instant(&answer.received_at)?,
            read_at: answer.read_at.as_deref().map(instant).transpose()?,
            refused: refused.transpose().map_err(|code: EboxErrorCode| code)?,
        })
    }

    async fn question<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, EboxError> {
        let answer = match self.ask(request).await {
            Ok(answer) => answer,
            Err(Unanswered::TokenUnreadable) => return Err(EboxErrorCode::TokenUnreadable.into()),
            Err(Unanswered::NotConnected | Unanswered::Lost(_)) => return Err(EboxErrorCode::NoAnswer.into()),
        };
        let code = match answer.status {
            StatusCode::OK => return answer.read().ok_or(EboxErrorCode::UnusableAnswer.into()),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => EboxErrorCode::Unauthorised,
            StatusCode::TOO_MANY_REQUESTS => EboxErrorCode::RateLimited,
            StatusCode::NOT_FOUND => EboxErrorCode::NotFound,
            status if says_it_failed(status) => EboxErrorCode::ServiceFailed,
            _ => EboxErrorCode::UnusableAnswer,
        };
        Err(EboxError { code, retry_after: answer.retry_after })
    }

    /// Asks with the token of this moment.
    async fn ask(&self, request: RequestBuilder) -> Result<Answer, Unanswered> {
        let authorization = self.0.authorization().ok_or(Unanswered::TokenUnreadable)?;
        let response = request.header(AUTHORIZATION, authorization).send().await.map_err(|error| {
            // Only of a connection that never stood is it certain that nothing was handed over.
            if error.is_connect() || error.is_builder() {
                Unanswered::NotConnected
            } else if error.is_timeout() {
                Unanswered::Lost(Doubt::TimedOut)
            } else {
                Unanswered::Lost(Doubt::NoUsableAnswer)
            }
        })?;
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        Ok(Answer { status, retry_after, body: body(response).await.unwrap_or_default() })
    }
}

/// The body, where it comes whole and is not longer than an answer of the service may be.
async fn body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > ANSWER_LENGTH_MAX {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// Seconds to wait. A date is not read: that would take a clock, and one that agrees with the service's.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

fn in_doubt(cause: Doubt) -> SendOutcome {
    SendOutcome::InDoubt { cause, repeat_is_safe: true }
}

fn says_it_failed(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::TOO_EARLY
}

/// What an answer to a message means.
fn outcome(answer: &Answer, at_first_attempt: bool) -> SendOutcome {
    let retry_after = answer.retry_after;
    let temporary = |cause| SendOutcome::TemporaryFailure { cause, retry_after };
    let permanent = |cause| SendOutcome::PermanentFailure { cause };
    match answer.status {
        // Taken, but without a reference nothing can be proved; a repeat is answered with it.
        status if status.is_success() => answer.reference().map_or(in_doubt(Doubt::NoUsableAnswer), |reference| {
            SendOutcome::Accepted { provider_reference: reference }
        }),
        StatusCode::CONFLICT => {
            SendOutcome::AlreadyAccepted { provider_reference: answer.reference(), at_first_attempt }
        }
        StatusCode::TOO_MANY_REQUESTS => SendOutcome::RateLimited { retry_after },
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => in_doubt(Doubt::LostBehindGateway),
        status if says_it_failed(status) => temporary(TemporaryCause::ServiceFailed),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => temporary(TemporaryCause::Unauthorised),
        StatusCode::PAYLOAD_TOO_LARGE => permanent(PermanentCause::TooLarge),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => temporary(TemporaryCause::NotAnEbox),
        status if status.is_client_error() => unreachable_cause(answer)
            .map_or(permanent(PermanentCause::Refused), |cause| SendOutcome::NotReachable { cause }),
        // A redirection, for one: it does not say what became of the message.
        _ => in_doubt(Doubt::NoUsableAnswer),
    }
}

fn unreachable_cause(answer: &Answer) -> Option<UnreachableCause> {
    match answer.read::<wire::Problem>()?.code?.as_str() {
        wire::NO_EBOX => Some(UnreachableCause::NoEbox),
        wire::NO_CONSENT => Some(UnreachableCause::NoConsent),
        _ => None,
    }
}

/// A code of the service that may stand in logs and columns.
fn plain(code: String) -> String {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    let short = (1..=100).contains(&code.len());
    if short && code.bytes().all(is_plain) { code } else { "unknown".to_owned() }
}
