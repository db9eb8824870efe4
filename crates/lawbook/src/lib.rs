//! The lawbook: reads the law files into [`traject_domain::law::Law`], or says with file, line and reason why not.
//!
//! May depend on the domain, jiff, serde and serde-saphyr. Must never know facts, SQL, sockets or the clock.

mod compile;
mod error;
mod files;
mod policy;

pub use error::{LawError, LawErrorCode};
pub use policy::{POLICIES, Policy, PolicyError, apply};

use files::Files;
use std::path::Path;
use traject_domain::law::Law;

/// The files of a law, by name; a directory must hold each of them and no other YAML file.
pub const FILES: [(&str, &str); 10] = [
    ("sources.yaml", include_str!("../../../config/law/sources.yaml")),
    ("regimes.yaml", include_str!("../../../config/law/regimes.yaml")),
    ("codes.yaml", include_str!("../../../config/law/codes.yaml")),
    ("scope.yaml", include_str!("../../../config/law/scope.yaml")),
    ("exemptions.yaml", include_str!("../../../config/law/exemptions.yaml")),
    ("suspensions.yaml", include_str!("../../../config/law/suspensions.yaml")),
    ("deadlines.yaml", include_str!("../../../config/law/deadlines.yaml")),
    ("counting.yaml", include_str!("../../../config/law/counting.yaml")),
    ("sanctions.yaml", include_str!("../../../config/law/sanctions.yaml")),
    ("organisers.yaml", include_str!("../../../config/law/organisers.yaml")),
];

/// The law that ships with the program.
///
/// # Errors
/// [`LawError`] when the files are faulty; the tests of this crate keep that from shipping.
pub fn embedded() -> Result<Law, LawError> {
    from_texts(|name| {
        FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned()).ok_or_else(|| missing(name))
    })
}

/// The law of a directory.
///
/// # Errors
/// [`LawError`] with file, line and reason when a file is missing, unknown or faulty.
pub fn load_dir(dir: &Path) -> Result<Law, LawError> {
    let unreadable = |name: &str, source| LawError { source: Some(source), ..missing(name) };
    let entries = std::fs::read_dir(dir).map_err(|source| unreadable(".", source))?;
    for entry in entries {
        let entry = entry.map_err(|source| unreadable(".", source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".yaml") && !FILES.iter().any(|(file, _)| *file == name) {
            return Err(LawError::new(LawErrorCode::UnknownKey, &name, 1, "is not a file of the law"));
        }
    }
    from_texts(|name| std::fs::read_to_string(dir.join(name)).map_err(|source| unreadable(name, source)))
}

fn from_texts(text: impl Fn(&'static str) -> Result<String, LawError>) -> Result<Law, LawError> {
    compile::law(&Files::read(text)?)
}

fn missing(name: &str) -> LawError {
    LawError::new(LawErrorCode::FileUnreadable, name, 1, "cannot be read")
}
