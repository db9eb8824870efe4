//! The law of a deployment, with the hash that decisions record, and the bytes it is read from again.

use anyhow::Context;
use sha2::{Digest, Sha256};
use std::path::Path;
use traject_app::AppError;
use traject_app::desk::KnownLaw;
use traject_app::port::{Laws, NotSettable};
use traject_domain::Date;
use traject_domain::law::Law;
use traject_lawbook::LawText;

/// The texts of the law that ships with the program, or with what a site's directory replaces and adds, and values set.
///
/// # Errors
/// When a file is unknown or unreadable, or a value cannot be set.
pub fn text(dir: Option<&Path>, values: &[String]) -> anyhow::Result<LawText> {
    let mut text = match dir {
        Some(dir) => LawText::of_dir(dir).context("the law cannot be loaded")?,
        None => LawText::embedded(),
    };
    if !values.is_empty() {
        text.compile().context("the law cannot be loaded")?;
        text.set(values)?;
    }
    Ok(text)
}

/// Reads texts into the law that use cases apply.
///
/// # Errors
/// When a file is faulty.
pub fn known(text: &LawText) -> anyhow::Result<KnownLaw> {
    let law = text.compile().context("the law cannot be loaded")?;
    let content = text.to_bytes();
    Ok(KnownLaw { law, hash: Sha256::digest(&content).into(), content })
}

/// Reads laws back from the content of a [`KnownLaw`].
#[derive(Debug, Clone, Copy, Default)]
pub struct StoredLaws;

impl Laws for StoredLaws {
    fn read(&self, content: &[u8]) -> Result<Law, AppError> {
        LawText::from_bytes(content).and_then(|text| text.compile()).map_err(|error| AppError::Internal(error.into()))
    }

    fn with(&self, content: &[u8], set: &[String]) -> Result<Law, NotSettable> {
        let mut text = LawText::from_bytes(content).map_err(|error| NotSettable(error.to_string()))?;
        text.set(set).map_err(|error| NotSettable(error.to_string()))?;
        text.compile().map_err(|error| NotSettable(error.to_string()))
    }

    fn values(&self, content: &[u8], on: Date, known_on: Date) -> Result<Vec<(String, String)>, AppError> {
        let view = LawText::from_bytes(content).and_then(|text| text.view(on, known_on));
        Ok(view.map_err(|error| AppError::Internal(error.into()))?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_read_again_from_its_content() {
        let plain = known(&LawText::embedded()).expect("the law ships with the program");
        assert_eq!(plain.hash, <[u8; 32]>::from(Sha256::digest(&plain.content)));
        assert_eq!(StoredLaws.read(&plain.content).expect("reads"), plain.law);
        let stands = text(None, &["letters.wrong_language=stands".to_owned()]).expect("a known key");
        let other = known(&stands).expect("loads");
        assert_eq!(StoredLaws.read(&other.content).expect("reads"), other.law);
        assert!(other.law != plain.law && other.hash != plain.hash);
    }
}
