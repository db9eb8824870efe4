//! The gRPC front door: who calls, what is asked, which use case answers, and what an error says.
//!
//! May depend on the use cases, the domain, the wire types and the catalogue of messages. Must never know the store, an
//! adapter, SQL or the clock.
//!
//! A request is parsed once, here; from then on only typed values go inwards. Every call but the health check needs a
//! token. The n-th call of an area is a method of its service; the n-th act is a row of the table in `act`.

mod act;
mod auth;
mod check;
mod code;
mod decision;
mod delivery;
mod document;
mod dossier;
mod error;
mod explain;
mod extract;
mod file;
mod law;
mod mailing;
mod name;
mod office;
mod operations;
mod page;
mod parse;
mod reasons;
mod report;
mod sanction;
mod search;
mod services;
mod standing;
mod work;

pub use auth::{Caller, Tokens};
pub use error::DOMAIN;
pub use file::history;
pub use mailing::mass_mail;
pub use page::PageKey;
pub use reasons::{Reader, explanation};
pub use search::candidate;
pub use services::{SERVICES, routes};

use std::sync::Arc;
use traject_app::Desk;
use traject_app::mailing::MailingDesk;
use traject_app::port::{Documents, Reports};
use traject_templates::reasons::ReasonTexts;

/// What the services work with.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub desk: Desk,
    /// The use cases of mailings.
    pub mailings: MailingDesk,
    /// Figures and answers.
    pub reports: Arc<dyn Reports>,
    /// Previews and proofs.
    pub documents: Arc<dyn Documents>,
    /// The texts of reasons.
    pub reason_texts: Arc<ReasonTexts>,
    /// Signs page tokens.
    pub page_key: Arc<PageKey>,
}
