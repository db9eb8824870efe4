//! The composition of Traject: what the binary `traject` does, as functions that the demonstration and tests call too.
//!
//! May depend on every room. Must never hold a rule of the domain.

pub mod clock;
pub mod figures;
pub mod import;
pub mod jobs;
pub mod law;
pub mod letters;
pub mod log;
pub mod mail;
pub mod serve;
pub mod site;
