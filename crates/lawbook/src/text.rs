//! The law as text: the files by name, those that a site replaces or adds, and changes by dotted key.

use crate::compile;
use crate::error::{LawError, LawErrorCode};
use crate::files::Files;
use std::collections::BTreeMap;
use std::path::Path;
use traject_domain::law::Law;

macro_rules! embed {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../../config/law/", $name)))),+] };
}

/// The files of the law that ships with the program, by name.
pub const FILES: [(&str, &str); 17] = embed![
    "sources.yaml",
    "regimes.yaml",
    "transition.yaml",
    "countries.yaml",
    "codes.yaml",
    "records.yaml",
    "scope.yaml",
    "exemptions.yaml",
    "suspensions.yaml",
    "deadlines.yaml",
    "counting.yaml",
    "letters.yaml",
    "channels.yaml",
    "fines.yaml",
    "organisers.yaml",
    "programme.yaml",
    "entitlements.yaml",
];

/// The files to which a site may add without replacing them: `exemptions.extend.yaml` beside `exemptions.yaml`.
pub const EXTENSIONS: [&str; 9] = [
    "sources.extend.yaml",
    "scope.extend.yaml",
    "exemptions.extend.yaml",
    "suspensions.extend.yaml",
    "deadlines.extend.yaml",
    "fines.extend.yaml",
    "organisers.extend.yaml",
    "programme.extend.yaml",
    "entitlements.extend.yaml",
];

/// The texts of a law, by file name. Two laws with the same texts are the same law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawText {
    files: BTreeMap<String, String>,
}

impl LawText {
    /// The law that ships with the program.
    pub fn embedded() -> Self {
        Self { files: FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect() }
    }

    /// The law of a directory: a file that stands there replaces the shipped one of its name, or extends it when it is
    /// one of [`EXTENSIONS`]; the others are those that ship with the program.
    ///
    /// # Errors
    /// [`LawErrorCode::FileUnreadable`]; [`LawErrorCode::UnknownFile`] for a YAML file that nothing would read.
    pub fn of_dir(dir: &Path) -> Result<Self, LawError> {
        let mut law = Self::embedded();
        for entry in std::fs::read_dir(dir).map_err(|source| unreadable(".", source))? {
            let path = entry.map_err(|source| unreadable(".", source))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                law.set_file(&name, std::fs::read_to_string(&path).map_err(|source| unreadable(&name, source))?)?;
            }
        }
        Ok(law)
    }

    /// Puts a text in place of a file's, or adds an extension.
    ///
    /// # Errors
    /// [`LawErrorCode::UnknownFile`] when no file of the law has this name.
    pub fn set_file(&mut self, name: &str, text: String) -> Result<(), LawError> {
        if FILES.iter().any(|(file, _)| *file == name) || EXTENSIONS.contains(&name) {
            self.files.insert(name.to_owned(), text);
            return Ok(());
        }
        Err(LawError::new(LawErrorCode::UnknownFile, name, 1, "is not a file of the law"))
    }

    /// The text of a file, or of an extension that the site has.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// The names of its files, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Reads the texts into a law.
    ///
    /// # Errors
    /// [`LawError`] with file, line and reason.
    pub fn compile(&self) -> Result<Law, LawError> {
        compile::law(&Files::read(self)?)
    }

    /// The texts as bytes, from which [`LawText::from_bytes`] makes the same law; their hash is the law's identity.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, text) in &self.files {
            for part in [name, text] {
                bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                bytes.extend_from_slice(part.as_bytes());
            }
        }
        bytes
    }

    /// Reads [`LawText::to_bytes`] back.
    ///
    /// # Errors
    /// [`LawErrorCode::Syntax`] when the bytes were not made by it; [`LawErrorCode::UnknownFile`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LawError> {
        let damaged = || LawError::new(LawErrorCode::Syntax, "stored law", 1, "is damaged");
        let mut law = Self { files: BTreeMap::new() };
        let mut rest = bytes;
        while !rest.is_empty() {
            let name = part(&mut rest).ok_or_else(damaged)?;
            let text = part(&mut rest).ok_or_else(damaged)?;
            law.set_file(&name, text)?;
        }
        Ok(law)
    }
}

fn part(rest: &mut &[u8]) -> Option<String> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (text, after) = after.split_at_checked(length)?;
    *rest = after;
    String::from_utf8(text.to_vec()).ok()
}

fn unreadable(name: &str, source: std::io::Error) -> LawError {
    LawError { source: Some(source), ..LawError::new(LawErrorCode::FileUnreadable, name, 1, "cannot be read") }
}
