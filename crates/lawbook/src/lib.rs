//! The lawbook: reads the law files into [`traject_domain::law::Law`], or says with file, line and reason why not.
//!
//! May depend on the domain, serde, serde-saphyr and thiserror. Must never know facts, SQL, sockets or the clock.
//!
//! Each file is one subject, and a dotted key such as `scope.policies.leap_day_birthday` is a file's name and the path
//! in it: the same key sets the choice with [`apply`].

mod compile;
mod condition;
mod error;
mod files;
mod place;
mod policy;
mod words;

pub use error::{LawError, LawErrorCode};
pub use policy::{POLICIES, Policy, PolicyError, apply};

use files::Files;
use std::path::Path;
use traject_domain::law::Law;

macro_rules! embed {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../../config/law/", $name)))),+] };
}

/// The files of the law that ships with the program, by name. A directory must hold a file of each name, and no other
/// YAML file.
pub const FILES: [(&str, &str); 12] = embed![
    "sources.yaml",
    "regimes.yaml",
    "countries.yaml",
    "codes.yaml",
    "scope.yaml",
    "exemptions.yaml",
    "suspensions.yaml",
    "deadlines.yaml",
    "counting.yaml",
    "letters.yaml",
    "fines.yaml",
    "organisers.yaml",
];

/// The law that ships with the program.
///
/// # Errors
/// [`LawError`] when the files are faulty; the tests of this crate keep that from shipping.
pub fn embedded() -> Result<Law, LawError> {
    from_texts(|name| {
        let file = FILES.iter().find(|(file, _)| *file == name);
        file.map(|(_, text)| (*text).to_owned()).ok_or_else(|| unreadable(name, None))
    })
}

/// The law of a directory.
///
/// # Errors
/// [`LawError`] with file, line and reason when a file is missing, unknown or faulty.
pub fn load_dir(dir: &Path) -> Result<Law, LawError> {
    let entries = std::fs::read_dir(dir).map_err(|source| unreadable(".", Some(source)))?;
    for entry in entries {
        let path = entry.map_err(|source| unreadable(".", Some(source)))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if is_yaml && !FILES.iter().any(|(file, _)| *file == name) {
            return Err(LawError::new(LawErrorCode::UnknownFile, &name, 1, "is not a file of the law"));
        }
    }
    from_texts(|name| std::fs::read_to_string(dir.join(name)).map_err(|source| unreadable(name, Some(source))))
}

fn from_texts(text: impl Fn(&'static str) -> Result<String, LawError>) -> Result<Law, LawError> {
    compile::law(&Files::read(text)?)
}

fn unreadable(name: &str, source: Option<std::io::Error>) -> LawError {
    LawError { source, ..LawError::new(LawErrorCode::FileUnreadable, name, 1, "cannot be read") }
}
