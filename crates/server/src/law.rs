//! The law of a deployment, with the hash that decisions record.

use anyhow::Context;
use sha2::{Digest, Sha256};
use std::path::Path;
use traject_app::desk::KnownLaw;
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
    Ok(KnownLaw { law, hash: Sha256::digest(text.to_bytes()).into() })
}
