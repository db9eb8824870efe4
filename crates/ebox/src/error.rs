//! A question that was not answered.

use std::time::Duration;

/// The closed list of reasons why a question was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EboxErrorCode {
    /// The file with the token cannot be read or is empty.
    TokenUnreadable,
    /// No connection, no trusted certificate, or no whole answer within the time allowed.
    NoAnswer,
    /// 401 or 403: the token is refused.
    Unauthorised,
    /// 429.
    RateLimited,
    /// 404: the service does not know the message, or is not an eBox.
    NotFound,
    /// 408, 425 or 5xx: the service says that it failed.
    ServiceFailed,
    /// An answer that says nothing.
    UnusableAnswer,
}

impl EboxErrorCode {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TokenUnreadable => "EBOX_TOKEN_UNREADABLE",
            Self::NoAnswer => "EBOX_NO_ANSWER",
            Self::Unauthorised => "EBOX_UNAUTHORISED",
            Self::RateLimited => "EBOX_RATE_LIMITED",
            Self::NotFound => "EBOX_NOT_FOUND",
            Self::ServiceFailed => "EBOX_SERVICE_FAILED",
            Self::UnusableAnswer => "EBOX_UNUSABLE_ANSWER",
        }
    }
}

/// A question to the service that was not answered. Asking changes nothing there: any may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}: the eBox gave no answer", code = self.code.code())]
pub struct EboxError {
    /// Why.
    pub code: EboxErrorCode,
    /// How long the service asks to wait, where it does.
    pub retry_after: Option<Duration>,
}

impl From<EboxErrorCode> for EboxError {
    fn from(code: EboxErrorCode) -> Self {
        Self { code, retry_after: None }
    }
}
