//! What became of a mail.

use std::fmt;

/// What became of one attempt to send.
///
/// The line is drawn where SMTP draws it (RFC 5321, 4.2.5 and 6.1): responsibility passes with the positive reply to the
/// end of the message. Before the first octet of the message nothing can have been delivered, so whatever goes wrong
/// there is a failure. From then on only a reply decides; without one, nobody on this side can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// The server answered 2xx to the end of the message: it has taken responsibility.
    Accepted,
    /// Not sent, and the same mail may be sent later.
    ///
    /// 4xx at any step; no connection, no TLS, no reply before the message; and 5xx where the server refuses this client
    /// (greeting, TLS, authentication, sender) and not the mail: an operator has to act, the recipient is not at fault.
    TemporaryFailure {
        /// The reply code, where the server gave one.
        code: Option<u16>,
        /// Where it stopped.
        step: Step,
    },
    /// Not sent, and sending the same mail again would fail again: 5xx to the recipient or the message, or a mail that
    /// cannot be composed.
    PermanentFailure {
        /// The reply code, where the server gave one.
        code: Option<u16>,
        /// Where it stopped.
        step: Step,
    },
    /// The message was handed over at least in part, and no reply tells whether the server kept it. Never sent again
    /// without a person's decision.
    InDoubt {
        /// How the reply failed to come.
        cause: Doubt,
    },
}

/// The steps of sending, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Making the message.
    Compose,
    /// Name, connection, greeting, EHLO, and TLS where it is implicit.
    Connect,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Authenticate,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, before the message.
    Data,
    /// The message and the reply to its end.
    Message,
}

impl Step {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Connect => "connect",
            Self::StartTls => "starttls",
            Self::Authenticate => "authenticate",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Data => "data",
            Self::Message => "message",
        }
    }

    /// True where a 5xx reply is about this recipient or this message.
    pub(crate) fn concerns_the_mail(self) -> bool {
        self >= Self::Recipient
    }
}

/// How the reply to the end of the message failed to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The connection ended, or what came is no SMTP reply.
    NoUsableReply,
    /// Nothing came within the time allowed.
    TimedOut,
}

impl Doubt {
    /// The one spelling in logs and columns.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUsableReply => "no_usable_reply",
            Self::TimedOut => "timed_out",
        }
    }
}

impl fmt::Display for SendOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = |f: &mut fmt::Formatter<'_>, how: &str, code: &Option<u16>, step: &Step| {
            write!(f, "{how} failure at {}", step.code())?;
            code.map_or(Ok(()), |code| write!(f, ", reply {code}"))
        };
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::TemporaryFailure { code, step } => failed(f, "temporary", code, step),
            Self::PermanentFailure { code, step } => failed(f, "permanent", code, step),
            Self::InDoubt { cause } => write!(f, "in doubt, {}", cause.code()),
        }
    }
}
