//! What became of a message.

use crate::message::ProviderReference;
use std::fmt;
use std::time::Duration;

/// What became of one attempt to send.
///
/// The service keeps at most one message per idempotency key, so that a repeat does no harm; an outcome says whether it
/// would do any good ([`SendOutcome::may_repeat`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The service has taken the message.
    Accepted {
        /// Its name for the message.
        provider_reference: ProviderReference,
    },
    /// 409: the service took a message under this key before.
    AlreadyAccepted {
        /// Its name for that message, where it said it.
        provider_reference: Option<ProviderReference>,
        /// True at attempt 1. The service compares no content: a message that this caller never handed over before lies
        /// there under its key (a restored database, a key used twice), and a person has to look.
        at_first_attempt: bool,
    },
    /// Not sent: this person has no eBox, or receives no messages of this kind in it. Another channel has to be taken.
    NotReachable {
        /// Why, as far as it is told.
        cause: UnreachableCause,
    },
    /// Not sent, and the same message may be sent later. The recipient is not at fault; at some causes an operator has
    /// to act first.
    TemporaryFailure {
        /// What failed.
        cause: TemporaryCause,
        /// How long the service asks to wait, where it does.
        retry_after: Option<Duration>,
    },
    /// 429: not sent, since too much was sent. It may be sent later.
    RateLimited {
        /// How long the service asks to wait, where it does.
        retry_after: Option<Duration>,
    },
    /// Not sent, and sending the same message again would fail again.
    PermanentFailure {
        /// What failed.
        cause: PermanentCause,
    },
    /// The message was handed over at least in part, and no answer tells whether the service kept it.
    InDoubt {
        /// How the answer failed to come.
        cause: Doubt,
        /// True: the key makes a repeat of the same message safe, and its answer ends the doubt. In doubt a message must
        /// not go out by another channel instead.
        repeat_is_safe: bool,
    },
}

impl SendOutcome {
    /// True where sending the same message again, under the same key, is safe and may give a better answer.
    pub const fn may_repeat(&self) -> bool {
        match self {
            Self::TemporaryFailure { .. } | Self::RateLimited { .. } => true,
            Self::InDoubt { repeat_is_safe, .. } => *repeat_is_safe,
            Self::Accepted { .. }
            | Self::AlreadyAccepted { .. }
            | Self::NotReachable { .. }
            | Self::PermanentFailure { .. } => false,
        }
    }

    /// The one spelling in logs and columns.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::AlreadyAccepted { .. } => "already_accepted",
            Self::NotReachable { .. } => "not_reachable",
            Self::TemporaryFailure { .. } => "temporary_failure",
            Self::RateLimited { .. } => "rate_limited",
            Self::PermanentFailure { .. } => "permanent_failure",
            Self::InDoubt { .. } => "in_doubt",
        }
    }
}

/// Why a person cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreachableCause {
    /// No eBox, or one that was closed.
    NoEbox,
    /// An eBox, but no consent to receive this there.
    NoConsent,
}

impl UnreachableCause {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoEbox => "no_ebox",
            Self::NoConsent => "no_consent",
        }
    }
}

/// What failed and may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemporaryCause {
    /// The file with the token cannot be read or is empty.
    TokenUnreadable,
    /// No connection, or no TLS with a certificate that is trusted.
    NotConnected,
    /// 401 or 403: the token is refused.
    Unauthorised,
    /// 404 or 405, which a service of this shape does not say to a message: the address is wrong, or something else
    /// answers there.
    NotAnEbox,
    /// 408, 425 or 5xx: the service says that it failed.
    ServiceFailed,
}

impl TemporaryCause {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TokenUnreadable => "token_unreadable",
            Self::NotConnected => "not_connected",
            Self::Unauthorised => "unauthorised",
            Self::NotAnEbox => "not_an_ebox",
            Self::ServiceFailed => "service_failed",
        }
    }
}

/// What failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermanentCause {
    /// The message lacks a subject in its language, a text, or a file's name or type; nothing was sent.
    Incomplete,
    /// A registered message, which this organisation may not send; nothing was sent.
    RegisteredUnavailable,
    /// 413: too large for the service.
    TooLarge,
    /// Another 4xx: the service refuses this message.
    Refused,
}

impl PermanentCause {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::RegisteredUnavailable => "registered_unavailable",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
        }
    }
}

/// How the answer failed to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The connection ended, or what came does not say what became of the message.
    NoUsableAnswer,
    /// Nothing came within the time allowed.
    TimedOut,
    /// 502 or 504: something in between lost the answer of the service.
    LostBehindGateway,
}

impl Doubt {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUsableAnswer => "no_usable_answer",
            Self::TimedOut => "timed_out",
            Self::LostBehindGateway => "lost_behind_gateway",
        }
    }
}

impl fmt::Display for SendOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wait = |f: &mut fmt::Formatter<'_>, retry_after: &Option<Duration>| {
            retry_after.map_or(Ok(()), |wait| write!(f, ", again after {} s", wait.as_secs()))
        };
        match self {
            Self::Accepted { provider_reference } => write!(f, "accepted as {provider_reference}"),
            Self::AlreadyAccepted { provider_reference, at_first_attempt } => {
                f.write_str("accepted before")?;
                provider_reference.as_ref().map_or(Ok(()), |reference| write!(f, " as {reference}"))?;
                f.write_str(if *at_first_attempt { ", though never handed over" } else { "" })
            }
            Self::NotReachable { cause } => write!(f, "not reachable, {}", cause.code()),
            Self::TemporaryFailure { cause, retry_after } => {
                write!(f, "temporary failure, {}", cause.code())?;
                wait(f, retry_after)
            }
            Self::RateLimited { retry_after } => {
                f.write_str("rate limited")?;
                wait(f, retry_after)
            }
            Self::PermanentFailure { cause } => write!(f, "permanent failure, {}", cause.code()),
            Self::InDoubt { cause, .. } => write!(f, "in doubt, {}", cause.code()),
        }
    }
}
