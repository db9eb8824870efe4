//! The world outside Traject, simulated: a synthetic city in the import format, and an SMTP server that keeps its mail.
//!
//! May depend on the domain's words (days, municipalities, languages), csv, jiff and rand_pcg for the city; on base64,
//! rcgen, tokio and tokio-rustls for the sink. Must never know the law's outcome, the store or the clock. What the city
//! holds follows from its seed; only the sink's TLS key comes from the operating system's randomness.
//!
//! Ships in no profile. Every person, number and address in it is invented.

pub mod city;
pub mod mail_sink;
