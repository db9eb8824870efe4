//! The answers: figures as of a day and as known on a day, counted straight from `assess` over facts.
//!
//! May depend on the domain, csv and serde_json. Must never know SQL, sockets or the clock.

pub mod answer;
pub mod figures;
pub mod standings;
