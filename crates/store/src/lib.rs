//! The record of Traject on SQLite and PostgreSQL: ledger, vault, standings, decisions, deliveries, request ids,
//! work list.
//!
//! May depend on the app's ports, the codec, the domain, sea-orm and what it stands on.
//! Must never know tonic, the law or letters; no type of sea-orm or of the crate `time` leaves it.
//!
//! One implementation serves both databases. [`open`] migrates and connects; [`SqlStore`] is the port;
//! [`SqlStore::verify`] re-reads every byte of the record.

mod connect;
mod decisions;
mod entity;
mod error;
mod group;
mod lists;
mod mailing_row;
mod mailings;
mod migration;
mod names;
mod predicate;
mod read;
mod row;
mod saved_filters;
mod section;
mod store;
mod value;
mod verify;
mod wire;
mod work;
mod writer;

pub use error::OpenError;
pub use section::{LedgerEntry, LedgerSection};
pub use store::{Options, SqlStore, open};
pub use verify::{Difference, Rebuild, VerifyReport};
