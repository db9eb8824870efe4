//! The world outside Traject, simulated: a synthetic city in the import format, and an SMTP server that keeps its mail.
//!
//! May depend on the domain's words (days, municipalities, languages), csv, rand_pcg and tokio. Must never know the law's
//! outcome, the store, the clock or the operating system's randomness: what the city holds follows from its seed.
//!
//! Ships in no profile. Every person, number and address in it is invented.

pub mod city;
pub mod mail_sink;
