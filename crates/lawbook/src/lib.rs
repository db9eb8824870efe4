//! The lawbook: reads the law files into [`traject_domain::law::Law`], or says with file, line and reason why not.
//!
//! May depend on the domain, serde, serde_json, serde-saphyr and thiserror. Must never know facts, SQL, sockets or the clock.
//!
//! Each file is one subject, and a dotted key such as `scope.policies.leap_day_birthday` is a file's name and the path
//! in it: the same key sets a value with [`LawText::set`]. A provision may stand in several versions, by code and first
//! day in force: `D-REGISTER@2027-01-01`. The examples beside the rules are read into [`Example`]s, whose rows are text:
//! what they mean, whoever runs them finds out.

mod channel;
mod compile;
mod condition;
mod dated;
mod error;
mod example;
mod files;
mod fine;
mod key;
mod place;
mod policy;
mod programme;
mod record;
mod scenario;
mod text;
mod view;
mod words;

pub use error::{LawError, LawErrorCode};
pub use example::{Columns, Example, ExampleAct, ExampleEvent, ExampleKind, Expected, examples};
pub use key::{Key, KeyError};
pub use policy::{POLICIES, Policy};
pub use scenario::Scenario;
pub use text::{EXTENSIONS, FILES, LawText};
pub use view::{Difference, View, differences};

use std::path::Path;
use traject_domain::law::Law;

/// The law that ships with the program.
///
/// # Errors
/// [`LawError`] when the files are faulty; the tests of this crate keep that from shipping.
pub fn embedded() -> Result<Law, LawError> {
    LawText::embedded().compile()
}

/// The law of a directory (see [`LawText::of_dir`]).
///
/// # Errors
/// [`LawError`] with file, line and reason when a file is unknown or faulty.
pub fn load_dir(dir: &Path) -> Result<Law, LawError> {
    LawText::of_dir(dir)?.compile()
}
