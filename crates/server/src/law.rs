//! The law of a deployment, with the hash that decisions record.

use anyhow::Context;
use sha2::{Digest, Sha256};
use std::path::Path;
use traject_app::desk::KnownLaw;
use traject_lawbook::{FILES, apply};

/// Loads the law of a directory, or the one that ships with the program, and sets policies.
///
/// # Errors
/// When a file is missing or faulty, or a policy is not known.
pub fn known(dir: Option<&Path>, policies: &[String]) -> anyhow::Result<KnownLaw> {
    let law = match dir {
        Some(dir) => traject_lawbook::load_dir(dir),
        None => traject_lawbook::embedded(),
    };
    let mut law = law.context("the law cannot be loaded")?;
    let mut hash = Sha256::new();
    for (name, embedded) in FILES {
        hash.update(name.as_bytes());
        match dir {
            Some(dir) => hash.update(std::fs::read(dir.join(name))?),
            None => hash.update(embedded.as_bytes()),
        }
    }
    for policy in policies {
        apply(&mut law, policy)?;
        hash.update(policy.as_bytes());
    }
    Ok(KnownLaw { law, hash: hash.finalize().into() })
}
