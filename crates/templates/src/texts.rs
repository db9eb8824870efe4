//! The texts of documents and mails, embedded, checked against each other when read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::delivery::Document;

use crate::documents::common::CommonFile;
use crate::documents::structure::Known;
use crate::documents::{self, Template, Templates};
use crate::slot::Values;
use crate::text::Text;

pub use crate::documents::{TextError, TextFault};

/// Declares texts: their keys, and the placeholders each must hold. Every key becomes a method that takes one argument per
/// placeholder, so a letter that forgets a value does not compile.
macro_rules! texts {
    ($(#[$meta:meta])* $name:ident { $($key:ident $(($($placeholder:ident),+))?),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $($key: String),+ }

        impl $name {
            $($crate::texts::texts!(@method $key $($($placeholder)+)?);)+

            fn entries(&self) -> Vec<$crate::texts::Entry<'_>> {
                vec![$($crate::texts::Entry {
                    key: stringify!($key),
                    text: &self.$key,
                    placeholders: &[$($(stringify!($placeholder)),+)?],
                }),+]
            }
        }
    };
    (@method $key:ident) => {
        pub(crate) fn $key(&self) -> &str {
            &self.$key
        }
    };
    (@method $key:ident $($placeholder:ident)+) => {
        pub(crate) fn $key(&self, $($placeholder: impl Into<$crate::text::Text>),+) -> $crate::text::Text {
            $crate::texts::fill_runs(&self.$key, &[$((stringify!($placeholder), $placeholder.into())),+])
        }
    };
}

pub(crate) use texts;

texts! {
    /// The mails that bring a letter, or a copy of one.
    MailTexts {
        subject_municipality, subject_organiser, subject_ggc, copy_subject_municipality, copy_subject_organiser,
        copy_subject_ggc, greeting, sent(administration, title), attached, paper_counts, reference(reference), automatic,
    }
}

/// A file `mails/<language>.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailFile {
    version: u32,
    texts: MailTexts,
}

/// The texts of all documents and mails, read once and shared.
#[derive(Debug)]
pub struct Texts {
    pub(crate) templates: Templates,
    nl: MailTexts,
    fr: MailTexts,
}

pub(crate) struct Entry<'a> {
    pub(crate) key: &'static str,
    pub(crate) text: &'a str,
    pub(crate) placeholders: &'static [&'static str],
}

/// Names what is at fault in one file.
pub(crate) struct Checker<'f> {
    pub(crate) file: &'f str,
}

impl Checker<'_> {
    pub(crate) fn fault(&self, key: &str, fault: TextFault) -> TextError {
        TextError::Text { file: self.file.to_owned(), key: key.to_owned(), fault }
    }

    /// A text says something, and holds exactly the declared placeholders.
    pub(crate) fn text(&self, key: &str, text: &str, declared: &[&str]) -> Result<(), TextError> {
        // A space that does not break is a text: it parts thousands.
        if text.trim_ascii().is_empty() {
            return Err(self.fault(key, TextFault::Empty));
        }
        let held = placeholders(text);
        // A brace that opens no name would stand on the page as it is.
        let is_whole = text.matches(['{', '}']).count() == 2 * held.len();
        let held: BTreeSet<&str> = held.into_iter().collect();
        match is_whole && held == declared.iter().copied().collect() {
            true => Ok(()),
            false => Err(self.fault(key, TextFault::Placeholders)),
        }
    }

    pub(crate) fn entries(&self, entries: &[Entry<'_>]) -> Result<(), TextError> {
        entries.iter().try_for_each(|entry| self.text(entry.key, entry.text, entry.placeholders))
    }
}

impl Texts {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// [`TextError`] with file and key: a legal language is missing, a text is missing, unknown, empty or holds other
    /// placeholders than it must, a version differs, or a structure could show a slot that is not filled.
    pub fn load() -> Result<Self, TextError> {
        Self::read(&documents::embedded())
    }

    /// Reads documents from files by their path under `documents/`, such as `common/nl.yaml`: what a translator is working
    /// on, or the embedded [`Self::files`] with a change.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn read(files: &BTreeMap<String, &str>) -> Result<Self, TextError> {
        let nl: MailFile = mail("mails/nl.yaml", include_str!("../mails/nl.yaml"))?;
        let fr: MailFile = mail("mails/fr.yaml", &french_spacing(include_str!("../mails/fr.yaml")))?;
        if nl.version != fr.version {
            return Err(TextError::Version { file: "mails/fr.yaml".to_owned() });
        }
        Ok(Self { templates: Templates::read(files)?, nl: nl.texts, fr: fr.texts })
    }

    /// The embedded files of the documents, by their path under `documents/`.
    pub fn files() -> BTreeMap<String, &'static str> {
        documents::embedded()
    }

    /// The courtesy languages of a document: those other than the legal ones that have its texts. ISO 639-1 codes with what
    /// each language calls itself.
    pub fn courtesy_languages(&self, document: Document) -> impl Iterator<Item = (Code, &str)> {
        let texts = &self.templates.of(document).languages;
        let offered = self
            .templates
            .common
            .iter()
            .filter(move |(language, common)| common.courtesy.is_some() && texts.contains_key(*language));
        offered.map(|(language, common)| (Code::new(language), common.language.name.as_str()))
    }

    /// Every courtesy language that has shared texts.
    pub fn courtesies(&self) -> impl Iterator<Item = Code> {
        let languages = self.templates.common.iter().filter(|(_, common)| common.courtesy.is_some());
        languages.map(|(language, _)| Code::new(language))
    }

    /// The slots that a document cannot do without, by name.
    pub fn required(&self, document: Document, breach: Option<Breach>) -> impl Iterator<Item = &str> {
        self.templates.of(document).structure.required(breach)
    }

    /// The slots that a document shows when they are filled, by name.
    pub fn optional(&self, document: Document) -> impl Iterator<Item = &str> {
        self.templates.of(document).structure.optional()
    }

    /// The title of a document.
    pub fn title(&self, document: Document, breach: Option<Breach>, language: LegalLanguage) -> String {
        let Template { structure, languages } = self.templates.of(document);
        let keys = structure.title.keys(Known::of(&Values::new(), breach));
        let texts = languages.get(language.code());
        keys.into_iter().filter_map(|key| Some(texts?.text(key))).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn mails(&self, language: LegalLanguage) -> &MailTexts {
        match language {
            LegalLanguage::Nl => &self.nl,
            LegalLanguage::Fr => &self.fr,
        }
    }

    /// What the documents of a legal language share. [`Self::load`] refuses to go without.
    pub(crate) fn common(&self, language: LegalLanguage) -> &CommonFile {
        &self.templates.common[language.code()]
    }
}

fn mail(file: &str, yaml: &str) -> Result<MailFile, TextError> {
    let read: MailFile = parse(file, yaml)?;
    Checker { file }.entries(&read.texts.entries())?;
    Ok(read)
}

fn parse<T: DeserializeOwned>(file: &str, yaml: &str) -> Result<T, TextError> {
    serde_saphyr::from_str(yaml)
        .map_err(|source| TextError::Unreadable { file: file.to_owned(), source: Box::new(source) })
}

/// French sets a space before `?`, `:` and `;`, at which a line must not break. Keys have none before their colon.
pub(crate) fn french_spacing(yaml: &str) -> String {
    yaml.replace(" ?", "\u{a0}?").replace(" :", "\u{a0}:").replace(" ;", "\u{a0};")
}

/// The names in braces, in the order of the text.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    let name = |piece| match piece {
        Piece::Placeholder(name) => Some(name),
        Piece::Words(_) => None,
    };
    pieces(text).into_iter().filter_map(name).collect()
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    /// The name in braces.
    Placeholder(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        pieces.extend([Piece::Words(before), Piece::Placeholder(name)]);
        rest = tail;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// Puts values in place of the names in braces, in one pass: braces in a value stay as they are, and so does a name
/// without a value.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Placeholder(name) => match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => filled.push_str(value),
                None => filled.extend(["{", name, "}"]),
            },
        }
    }
    filled
}

/// As [`fill`], with values that may be runs of their own.
pub(crate) fn fill_runs(text: &str, values: &[(&str, Text)]) -> Text {
    fill_with(text, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
}

/// As [`fill_runs`], with values that are made when they are met.
pub(crate) fn fill_with(text: &str, value: impl Fn(&str) -> Option<Text>) -> Text {
    let mut filled = Text::default();
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Placeholder(name) => filled.append(value(name).unwrap_or_else(|| format!("{{{name}}}").into())),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    texts! {
        Sample { greeting(name), bye }
    }

    fn read(yaml: &str) -> Result<Sample, TextError> {
        let sample: Sample = parse("x", yaml)?;
        Checker { file: "x" }.entries(&sample.entries())?;
        Ok(sample)
    }

    #[test]
    fn every_embedded_file_is_complete() {
        Texts::load().expect("the embedded texts are complete");
    }

    #[test]
    fn a_missing_or_unknown_key_is_an_error() {
        for yaml in ["greeting: Hi {name}", "greeting: Hi {name}\nbye: Bye\nmore: More"] {
            assert!(matches!(read(yaml), Err(TextError::Unreadable { .. })));
        }
    }

    #[test]
    fn a_missing_stray_or_torn_placeholder_is_an_error() {
        for (yaml, wrong) in [
            ("greeting: Hi\nbye: Bye", "greeting"),
            ("greeting: Hi {name}\nbye: Bye {name}", "bye"),
            ("greeting: Hi {name}\nbye: ''", "bye"),
            ("greeting: Hi {name} {\nbye: Bye", "greeting"),
        ] {
            assert!(matches!(read(yaml), Err(TextError::Text { key, .. }) if key == wrong), "{yaml}");
        }
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        let sample = read("greeting: Hi {name}!\nbye: Bye").expect("a complete file");
        assert_eq!(sample.greeting("{name}").to_string(), "Hi {name}!");
        assert_eq!(sample.bye(), "Bye");
    }
}
