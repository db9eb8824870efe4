//! Documents as data: a folder of `documents/` holds the structure of one, and a file for each language.
//!
//! Dutch and French are the legal languages and every document has both; any other file of a language is a translation for
//! information, offered as soon as it is there. Nothing but the files names a courtesy language.

pub(crate) mod common;
pub(crate) mod structure;

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use traject_domain::code::LegalLanguage;
use traject_domain::delivery::Document;

use crate::texts::{Checker, french_spacing, placeholders};
use common::CommonFile;
use structure::Structure;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/documents");

/// A file of texts that cannot be used. A fault of the release, found by its tests.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// It is not there: a structure, or a language that an issuer must write.
    #[error("the text file {file} is missing")]
    NoFile {
        /// Path inside this crate.
        file: String,
    },
    /// Not readable: it is not YAML, or a section is missing or unknown.
    #[error("the text file {file} is not readable")]
    Unreadable {
        /// Path inside this crate.
        file: String,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// One text or name is at fault.
    #[error("{key} in {file} {fault}")]
    Text {
        /// Path inside this crate.
        file: String,
        /// The key.
        key: String,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// A translation carries another version than its structure, or the Dutch and the French file differ.
    #[error("the text file {file} carries another version than the texts it belongs to")]
    Version {
        /// Path inside this crate.
        file: String,
    },
}

/// What is wrong with one text or name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// Nothing asks for it.
    #[error("is not asked for")]
    Unknown,
    /// It says nothing.
    #[error("is empty")]
    Empty,
    /// It holds other placeholders than its key declares, or than the Dutch text.
    #[error("holds other placeholders than it must")]
    Placeholders,
    /// There is no slot of that name, or the document does not declare it.
    #[error("is no slot of this document")]
    UnknownSlot,
    /// The slot has another type than its place asks for.
    #[error("is a slot of another type than its place asks for")]
    SlotType,
    /// There is a combination of filled slots with which it shows a slot that is not filled.
    #[error("may show a slot that is not filled")]
    MayBeUnfilled,
    /// There is a combination of filled slots with which it shows nothing.
    #[error("may show nothing")]
    MayBeEmpty,
}

/// Whether a translator has looked at a courtesy text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Reviewed,
    Draft,
}

/// A file `<document>/<language>.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentTexts {
    version: u32,
    /// Only for a courtesy language.
    pub(crate) status: Option<Status>,
    texts: BTreeMap<String, String>,
}

impl DocumentTexts {
    pub(crate) fn text(&self, key: &str) -> &str {
        self.texts.get(key).map_or("", String::as_str)
    }
}

/// One document: its structure, and its texts by language.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) structure: Structure,
    pub(crate) languages: BTreeMap<String, DocumentTexts>,
}

/// Every document, and what they share in each language.
#[derive(Debug)]
pub(crate) struct Templates {
    pub(crate) common: BTreeMap<String, CommonFile>,
    documents: BTreeMap<Document, Template>,
}

/// Texts by path inside `documents/`: the embedded ones, or those of a test.
pub(crate) type Files<'t> = BTreeMap<String, &'t str>;

/// The embedded files.
pub(crate) fn embedded() -> Files<'static> {
    let folders = FILES.dirs().flat_map(Dir::files);
    let texts = folders.filter(|file| file.path().extension().is_some_and(|extension| extension == "yaml"));
    texts
        .map(|file| {
            let path: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
            (path.join("/"), file.contents_utf8().unwrap_or_default())
        })
        .collect()
}

fn is_legal(language: &str) -> bool {
    LegalLanguage::ALL.iter().any(|legal| legal.code() == language)
}

fn parse<T: DeserializeOwned>(file: &str, yaml: &str) -> Result<T, TextError> {
    serde_saphyr::from_str(yaml)
        .map_err(|source| TextError::Unreadable { file: file.to_owned(), source: Box::new(source) })
}

/// Reads the files of every language in a folder; the legal ones must be there.
fn languages<T: DeserializeOwned>(files: &Files<'_>, folder: &str) -> Result<BTreeMap<String, T>, TextError> {
    let mut read = BTreeMap::new();
    for (path, yaml) in files {
        let Some(name) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let Some(language) = name.strip_suffix(".yaml").filter(|language| *language != "document") else { continue };
        let path = format!("documents/{path}");
        let file = if language == "fr" { parse(&path, &french_spacing(yaml)) } else { parse(&path, yaml) };
        read.insert(language.to_owned(), file?);
    }
    match LegalLanguage::ALL.iter().find(|legal| !read.contains_key(legal.code())) {
        Some(legal) => Err(TextError::NoFile { file: format!("documents/{folder}/{}.yaml", legal.code()) }),
        None => Ok(read),
    }
}

impl Templates {
    pub(crate) fn read(files: &Files<'_>) -> Result<Self, TextError> {
        let common: BTreeMap<String, CommonFile> = languages(files, "common")?;
        let version = common.values().next().map(|file| file.version);
        for (language, file) in &common {
            let path = format!("documents/common/{language}.yaml");
            file.check(&path, is_legal(language))?;
            if Some(file.version) != version {
                return Err(TextError::Version { file: path });
            }
        }
        let known = |path: &&String| {
            let folder = path.split('/').next().unwrap_or_default();
            folder == "common" || Document::ALL.iter().any(|document| document.code() == folder)
        };
        if let Some(stray) = files.keys().find(|path| !known(path)) {
            return Err(TextError::Text {
                file: format!("documents/{stray}"),
                key: "documents".to_owned(),
                fault: TextFault::Unknown,
            });
        }
        let documents = Document::ALL.iter().map(|document| Ok((*document, Template::read(files, *document)?)));
        Ok(Self { common, documents: documents.collect::<Result<_, TextError>>()? })
    }
}

impl Templates {
    /// The texts of a document. Reading refuses to go without one.
    pub(crate) fn of(&self, document: Document) -> &Template {
        &self.documents[&document]
    }
}

impl Template {
    fn read(files: &Files<'_>, document: Document) -> Result<Self, TextError> {
        let folder = document.code();
        let path = format!("{folder}/document.yaml");
        let yaml = files.get(&path).ok_or_else(|| TextError::NoFile { file: format!("documents/{path}") })?;
        let structure: Structure = parse(&format!("documents/{path}"), yaml)?;
        let template = Self { structure, languages: languages(files, folder)? };
        template.check(document)?;
        Ok(template)
    }

    /// Every language has the keys that the structure asks for and no other, each with the placeholders of the Dutch text.
    fn check(&self, document: Document) -> Result<(), TextError> {
        let keys = self.structure.keys();
        let of = |text: &str| placeholders(text).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let dutch = &self.languages[LegalLanguage::Nl.code()];
        for (language, texts) in &self.languages {
            let path = format!("documents/{}/{language}.yaml", document.code());
            let checker = Checker { file: &path };
            if let Some(stray) = texts.texts.keys().find(|key| !keys.contains(*key)) {
                return Err(checker.fault(stray, TextFault::Unknown));
            }
            for key in &keys {
                let text = texts.texts.get(key).ok_or_else(|| checker.fault(key, TextFault::Missing))?;
                let declared = of(dutch.text(key));
                checker.text(key, text, &declared.iter().map(String::as_str).collect::<Vec<_>>())?;
            }
            if texts.version != self.structure.version {
                return Err(TextError::Version { file: path });
            }
            if texts.status.is_none() != is_legal(language) {
                return Err(checker.fault("status", TextFault::Missing));
            }
        }
        self.structure.check(document, &dutch.texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What reading says when one file is changed, or taken away.
    fn with(path: &str, change: impl Fn(&str) -> Option<String>) -> TextError {
        let mut files = embedded();
        let changed = change(files.remove(path).expect("an embedded file"));
        if let Some(text) = &changed {
            files.insert(path.to_owned(), text);
        }
        Templates::read(&files).expect_err("a fault")
    }

    fn replaced(path: &str, from: &str, to: &str) -> TextError {
        with(path, |text| {
            assert!(text.contains(from), "{from} is not in {path}");
            Some(text.replace(from, to))
        })
    }

    #[test]
    fn a_document_without_a_legal_language_or_a_structure_is_refused() {
        for path in ["fine_decision/fr.yaml", "fine_decision/nl.yaml", "common/fr.yaml", "contract/document.yaml"] {
            let fault = with(path, |_| None);
            assert!(matches!(&fault, TextError::NoFile { file } if *file == format!("documents/{path}")), "{fault}");
        }
    }

    #[test]
    fn a_missing_unknown_or_unequal_text_is_refused_by_its_key() {
        let fr = "notice_withdrawal/fr.yaml";
        for (path, from, to, key, fault) in [
            (fr, "  when: ", "  whenever: ", "whenever", TextFault::Unknown),
            (fr, "  where: ", "  # where: ", "where", TextFault::Missing),
            (fr, "du {notice_withdrawn_on}", "de demain", "when", TextFault::Placeholders),
            (fr, "'{reason}'", "' '", "reason", TextFault::Empty),
        ] {
            match replaced(path, from, to) {
                TextError::Text { key: found, fault: what, .. } => assert_eq!((found.as_str(), what), (key, fault)),
                other => panic!("{other}"),
            }
        }
        assert!(matches!(replaced(fr, "version: 2", "version: 3"), TextError::Version { .. }));
    }

    #[test]
    fn a_structure_that_could_show_a_gap_is_refused() {
        let path = "notice_withdrawal/document.yaml";
        for (from, to, fault) in [
            ("{text: reason, if: [reason]}", "{text: reason}", TextFault::MayBeUnfilled),
            ("when: when", "when: [{text: when, if: [reason]}]", TextFault::MayBeEmpty),
            ("if: [reason]", "if: [weather]", TextFault::UnknownSlot),
            ("optional: [reason]", "optional: [reason, weather]", TextFault::UnknownSlot),
        ] {
            let found = replaced(path, from, to);
            assert!(matches!(&found, TextError::Text { fault: what, .. } if *what == fault), "{to}: {found}");
        }
    }

    #[test]
    fn a_reading_aid_whose_date_does_not_suit_its_label_is_refused() {
        let path = "fine_decision/document.yaml";
        for (from, to, fault) in [
            ("kind: by, slot: fine_due", "kind: by, slot: fine_term", TextFault::SlotType),
            ("kind: by, slot: fine_due", "kind: within, slot: fine_due", TextFault::SlotType),
            ("kind: by, slot: fine_due", "kind: now, slot: fine_due", TextFault::SlotType),
            ("kind: by, slot: fine_due", "kind: by", TextFault::SlotType),
            ("kind: by, slot: fine_due", "kind: by, slot: hearing_time", TextFault::UnknownSlot),
            ("kind: by, slot: fine_due", "kind: by, slot: fine_due, if: [weather]", TextFault::UnknownSlot),
            ("value: payment_payee, if: [payment_payee]", "value: payment_payee", TextFault::MayBeUnfilled),
        ] {
            let found = replaced(path, from, to);
            assert!(matches!(&found, TextError::Text { fault: what, .. } if *what == fault), "{to}: {found}");
        }
        let without = with(path, |text| Some(text.replace("aid:", "# aid:")));
        assert!(matches!(without, TextError::Unreadable { .. }), "{without}");
    }
}
