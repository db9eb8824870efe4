//! The mail port over SMTP: one mail to one recipient, with a true outcome, and the notifications that come back.
//!
//! May depend on jiff, lettre, mail-parser, serde, thiserror and tokio. Must never know dossiers, the law, templates, the
//! store or the clock, and never sends anything twice: whether to try again is the caller's decision.

mod bounce;
mod compose;
mod config;
mod mail;
mod mailer;
mod outcome;

pub use bounce::{Bounce, BounceAction, parse_bounce};
pub use config::{SmtpConfig, SmtpConfigError, SmtpConfigErrorCode, TlsMode};
pub use mail::{Attachment, Mail, MessageId, NotAMessageId};
pub use mailer::SmtpMailer;
pub use outcome::{Doubt, SendOutcome, Step};
