//! The reasons of a standing as a page: one for the clerk, one for the newcomer, in every language that has a file.
//!
//! A file in `reasons/` is a language: nothing else names it. Each holds the sentences, the words for closed codes, the
//! calendar and the lengths of time. What the law calls its own codes comes from the law in Dutch, French and English;
//! any other language is a courtesy, and brings these names in a section of its own.

mod clerk;
mod file;
mod newcomer;
mod page;
mod procedure;
mod speaker;
mod words;

pub use file::{ReasonTextError, TextFault};
pub use page::{Direction, Line, Page, Section};
pub use words::Group;

use file::LanguageFile;
use include_dir::{Dir, include_dir};
use speaker::Speaker;
use std::collections::BTreeMap;
use traject_domain::assess::Reasons;
use traject_domain::law::Law;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/reasons");

/// For whom a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The clerk: everything, with codes, sources and grounds.
    Clerk,
    /// The newcomer: what to do by when, and what decided, in plain language.
    Newcomer,
}

/// There are no texts in the language that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no texts in this language; there are texts in {known}")]
pub struct UnknownLanguage {
    /// The languages that have texts, separated by spaces.
    pub known: String,
}

/// The texts of reasons in every language that has a file, read once and shared.
#[derive(Debug)]
pub struct ReasonTexts(BTreeMap<String, LanguageFile>);

impl ReasonTexts {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// [`ReasonTextError`] with file and key when a text is missing, unknown, empty, or holds other placeholders than
    /// its key declares.
    pub fn load() -> Result<Self, ReasonTextError> {
        let files = FILES.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "yaml"));
        Self::read(files.map(|file| {
            let name = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, file.contents_utf8().unwrap_or_default())
        }))
    }

    /// Reads texts by language.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn read<'t>(texts: impl IntoIterator<Item = (String, &'t str)>) -> Result<Self, ReasonTextError> {
        let read = texts.into_iter().map(|(language, yaml)| {
            let file = LanguageFile::read(&language, yaml)?;
            Ok((language, file))
        });
        Ok(Self(read.collect::<Result<_, _>>()?))
    }

    /// The languages that have texts, by code, with what they call themselves.
    pub fn languages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, file)| (code.as_str(), file.name.as_str()))
    }

    /// What the courtesy languages do not call by a name of their own, though they must; the English name stands in.
    pub fn unnamed(&self, law: &Law) -> Vec<ReasonTextError> {
        self.0.values().flat_map(|file| file.unnamed(law)).collect()
    }

    /// The word for a closed code, or for a source of the law, in a language.
    pub fn word(&self, language: &str, group: Group, code: &str) -> Option<&str> {
        self.0.get(language)?.words.get(group.code())?.get(code).map(String::as_str)
    }

    /// The page of a standing's reasons.
    ///
    /// # Errors
    /// [`UnknownLanguage`] when no file speaks it.
    pub fn page(
        &self,
        law: &Law,
        reasons: &Reasons<'_>,
        audience: Audience,
        language: &str,
    ) -> Result<Page, UnknownLanguage> {
        let Some(file) = self.0.get(language) else {
            let known = self.0.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
            return Err(UnknownLanguage { known });
        };
        let speaker = Speaker { file, law, reasons };
        Ok(match audience {
            Audience::Clerk => clerk::page(&speaker),
            Audience::Newcomer => newcomer::page(&speaker),
        })
    }
}
