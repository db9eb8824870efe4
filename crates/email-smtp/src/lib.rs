//! The mail port over SMTP: one mail to one recipient, with a true outcome, and the notifications that come back.
//!
//! May depend on lettre, mail-parser, tokio and serde. Must never know dossiers, the law, templates, the store or the
//! clock, and never sends anything twice: whether to try again is the caller's decision.
