//! The page behind the code on a letter, over HTTP.
//!
//! May depend on async-trait, axum, data-encoding, jiff, ring, thiserror, tokio, tracing and uuid.
//! Must never know rules of law, the database, the words of a letter, or who a letter is for: pages come through
//! [`Pages`].
//!
//! A letter carries a QR code with an address that [`PageCodes`] makes; [`router`] answers it with the letter's HTML twin
//! for as long as the code is valid. Whoever holds the letter may read the page, and nobody else can make its address. A
//! code that is wrong, of no letter, or out of date gets one and the same answer.

mod code;
mod serve;

pub use code::{BaseUrl, NotABaseUrl, PageCodes};
pub use serve::{Page, Pages, Settings, Unavailable, router, serve};
