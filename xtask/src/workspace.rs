//! Where the repository is, what cargo knows of it, and the few environment variables a run depends on.

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::{Path, PathBuf};

/// The root of the repository: the directory above this package.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("xtask lies in the root of the repository").to_owned()
}

/// The members of the workspace with their declared dependencies; nothing is resolved or fetched.
pub(crate) fn metadata(root: &Path) -> Result<Metadata> {
    MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata failed")
}

/// An environment variable; empty counts as absent.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "xtask is no part of the product: CI and test servers are named here"
    )]
    let value = std::env::var(name).ok()?;
    (!value.is_empty()).then_some(value)
}

/// Whether this is a run of continuous integration, where nothing may be left out.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false" && value != "0")
}
