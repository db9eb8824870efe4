//! The world outside Traject, simulated: a synthetic city in the import format, an SMTP server that keeps its mail, and an
//! eBox that keeps its messages.
//!
//! May depend on the domain's words (days, municipalities, languages), csv, jiff and rand_pcg for the city; on base64,
//! rcgen, tokio and tokio-rustls for the sink and the eBox, and for the latter on http-body-util, hyper, hyper-util,
//! serde, serde_json and uuid. Must never know the law's outcome, the store or the clock. What the city holds follows from
//! its seed; only the TLS keys come from the operating system's randomness.
//!
//! Ships in no profile. Every person, number and address in it is invented.

pub mod city;
pub mod ebox;
pub mod mail_sink;
