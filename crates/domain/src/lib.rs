//! The centre of Traject: facts, the law, and the standing that follows from them, as pure values.
//!
//! May depend on std, jiff (civil dates, bundled zones), smol_str (codes in place), thiserror and uuid.
//! Must never know async, I/O, serialisation, the clock or randomness: days and ids come in as arguments.
//!
//! Read in this order: [`fact`] (what is reported), [`law`] (what the texts say), [`assess`](assess()) (what follows),
//! [`guard`](guard()) (what may be done today).

pub mod assess;
pub mod calendar;
pub mod code;
pub mod counting;
pub mod dated;
pub mod delivery;
pub mod extract;
pub mod fact;
pub mod guard;
pub mod history;
pub mod labels;
pub mod law;
pub mod money;
pub mod municipality;
pub mod national_number;
pub mod office;
pub mod partial_date;
pub mod payment;
pub mod persons;
pub mod predicate;
pub mod sanction;
pub mod standing;

pub use assess::assess;
pub use guard::guard;
pub use jiff::civil::Date;
