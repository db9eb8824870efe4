//! What Traject does: use cases over ports.
//!
//! May depend on the domain, any_ascii, async-trait, email_address, jiff, sha2, strsim, thiserror, unicode-normalization
//! and uuid. Must never know SQL, protobuf, files or sockets: those stand behind the ports of this crate.

pub mod act;
pub mod address;
pub mod channel;
pub mod check;
pub mod decision;
pub mod deliveries;
pub mod desk;
pub mod error;
pub mod history;
pub mod ids;
pub mod import;
pub mod letters;
pub mod mailing;
pub mod model;
pub mod port;
pub mod proposal;
pub mod reasons;
pub mod reassess;
pub mod release;
pub mod reminders;
pub mod search;
pub mod sweep;
pub mod what_if;
pub mod work;

pub use desk::Desk;
pub use error::AppError;
