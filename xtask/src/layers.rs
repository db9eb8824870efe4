//! `cargo xtask layers`: who may know whom, and the house rules that no lint can carry.
//!
//! The table below is the rule. A new edge between rooms is a line here and an argument in the commit.

mod edges;
mod headers;
mod sources;

use crate::{process, workspace};
use anyhow::{Result, bail};
use cargo_metadata::{Metadata, Package};
use std::path::Path;
use std::process::ExitCode;

/// What one package may and must not know.
pub(crate) struct Row {
    /// The package.
    name: &'static str,
    /// The packages of this workspace it may depend on directly.
    may: May,
    /// Packages, of this workspace or not, that it must not reach, however many steps away.
    never: &'static [&'static str],
}

/// The packages of this workspace that a package may depend on.
pub(crate) enum May {
    /// These.
    Only(&'static [&'static str]),
    /// All but those of [`NEVER_SHIPPED`].
    EveryRoom,
}

use May::{EveryRoom, Only};

/// Packages for tests and demonstrations: a normal dependency of nothing but each other.
const NEVER_SHIPPED: &[&str] = &["traject-sim", "traject-testkit", "traject-tests"];

/// From the centre outwards. A package that does not exist yet has a row that says nothing.
const TABLE: &[Row] = &[
    Row {
        name: "traject-domain",
        may: Only(&[]),
        never: &[
            "async-trait",
            "csv",
            "futures-core",
            "getrandom",
            "prost",
            "rand",
            "sea-orm",
            "serde",
            "serde_core",
            "sqlx",
            "time",
            "tokio",
            "tonic",
            "tracing",
        ],
    },
    Row {
        name: "traject-lawbook",
        may: Only(&["traject-domain"]),
        never: &["prost", "sea-orm", "sqlx", "tokio", "tonic"],
    },
    Row {
        name: "traject-extract-csv",
        may: Only(&["traject-domain"]),
        never: &["prost", "sea-orm", "sqlx", "tokio", "tonic"],
    },
    Row {
        name: "traject-app",
        may: Only(&["traject-domain"]),
        never: &["csv", "lettre", "prost", "sea-orm", "sqlx", "time", "tonic", "typst"],
    },
    Row {
        name: "traject-report",
        may: Only(&["traject-app", "traject-domain"]),
        never: &["prost", "sea-orm", "sqlx", "tonic"],
    },
    Row { name: "traject-proto", may: Only(&[]), never: &["protox", "sea-orm", "serde", "sqlx"] },
    Row {
        name: "traject-codec",
        may: Only(&["traject-app", "traject-domain", "traject-proto"]),
        never: &["sea-orm", "sqlx", "traject-lawbook"],
    },
    Row {
        name: "traject-store",
        may: Only(&["traject-app", "traject-codec", "traject-domain"]),
        never: &["lettre", "tonic", "traject-api-grpc", "traject-lawbook", "typst"],
    },
    Row {
        name: "traject-api-grpc",
        may: Only(&["traject-app", "traject-domain", "traject-proto", "traject-templates"]),
        never: &[
            "lettre",
            "sea-orm",
            "sqlx",
            "traject-email-smtp",
            "traject-letter-pdf",
            "traject-registry-kbi",
            "traject-store",
            "typst",
        ],
    },
    Row {
        name: "traject-templates",
        may: Only(&["traject-domain"]),
        never: &["lettre", "sea-orm", "sqlx", "tokio", "tonic", "typst"],
    },
    Row {
        name: "traject-proof",
        may: Only(&["traject-domain"]),
        never: &["sea-orm", "sqlx", "tokio", "tonic", "traject-app", "typst"],
    },
    Row {
        name: "traject-letter-pdf",
        may: Only(&["traject-app", "traject-domain", "traject-templates"]),
        never: &["lettre", "sea-orm", "sqlx", "tonic", "traject-store"],
    },
    Row {
        name: "traject-email-smtp",
        may: Only(&["traject-app", "traject-domain", "traject-templates"]),
        never: &["sea-orm", "sqlx", "tonic", "traject-store", "typst"],
    },
    Row { name: "traject-twin-http", may: Only(&[]), never: &["lettre", "sea-orm", "sqlx", "tonic", "typst"] },
    Row {
        name: "traject-ebox",
        may: Only(&["traject-app", "traject-domain", "traject-templates"]),
        never: &["lettre", "sea-orm", "sqlx", "tonic", "traject-store", "typst"],
    },
    Row { name: "traject-config", may: Only(&[]), never: &["sea-orm", "sqlx", "tokio", "tonic"] },
    Row { name: "traject-server", may: EveryRoom, never: NEVER_SHIPPED },
    Row {
        name: "traject-sim",
        may: Only(&["traject-app", "traject-domain", "traject-extract-csv", "traject-proto", "traject-testkit"]),
        never: &["sea-orm", "sqlx"],
    },
    Row {
        name: "traject-testkit",
        may: Only(&["traject-app", "traject-codec", "traject-domain"]),
        never: &["sea-orm", "tonic"],
    },
    Row {
        name: "traject-tests",
        may: Only(&["traject-proof", "traject-proto", "traject-sim", "traject-testkit", "traject-twin-http"]),
        never: &[],
    },
    Row {
        name: "traject-demo",
        may: Only(&[
            "traject-app",
            "traject-config",
            "traject-domain",
            "traject-email-smtp",
            "traject-letter-pdf",
            "traject-report",
            "traject-server",
            "traject-sim",
        ]),
        never: &["traject-tests"],
    },
    Row {
        name: "traject-bench",
        may: Only(&[
            "traject-app",
            "traject-codec",
            "traject-domain",
            "traject-extract-csv",
            "traject-lawbook",
            "traject-letter-pdf",
            "traject-sim",
            "traject-store",
            "traject-templates",
            "traject-testkit",
        ]),
        never: &["traject-tests"],
    },
    Row { name: "xtask", may: Only(&[]), never: &["prost", "sea-orm", "serde_yaml", "tokio", "tonic"] },
    Row { name: "xtask-codegen", may: Only(&[]), never: &["sea-orm", "sqlx"] },
];

/// What a check found.
#[derive(Default)]
struct Findings {
    /// Each breaks a rule.
    faults: Vec<String>,
    /// Each is worth a look, and breaks nothing.
    warnings: Vec<String>,
}

impl Findings {
    fn fault(&mut self, message: impl Into<String>) {
        self.faults.push(message.into());
    }

    fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }
}

/// No choices to make.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Checks this repository.
pub(crate) fn run(_: &Arguments) -> Result<ExitCode> {
    check_and_print(&workspace::root())?;
    Ok(ExitCode::SUCCESS)
}

/// Checks the repository at `root`, prints warnings, and fails with the list of faults.
pub(crate) fn check_and_print(root: &Path) -> Result<()> {
    let findings = check(root)?;
    for warning in &findings.warnings {
        eprintln!("warning: {warning}");
    }
    if findings.faults.is_empty() {
        return Ok(());
    }
    bail!("{} house rules broken:\n  {}", findings.faults.len(), findings.faults.join("\n  "))
}

fn check(root: &Path) -> Result<Findings> {
    let metadata = workspace::metadata(root)?;
    let mut findings = Findings::default();
    edges::check_declared(&metadata, TABLE, &mut findings);
    check_reached(root, &metadata, &mut findings)?;
    for package in metadata.workspace_packages() {
        headers::check(package, &mut findings)?;
    }
    sources::check(root, &mut findings)?;
    Ok(findings)
}

/// Asks cargo what each package reaches with the features that it turns on itself: in the graph of the whole workspace
/// one room's features would be held against another.
fn check_reached(root: &Path, metadata: &Metadata, findings: &mut Findings) -> Result<()> {
    for row in TABLE.iter().filter(|row| !row.never.is_empty() && package(metadata, row.name).is_some()) {
        let mut tree = process::cargo(root);
        tree.args(["tree", "--package", row.name, "--all-features", "--edges", "normal"]);
        let tree = process::output(tree.args(["--prefix", "none", "--format", "{p}"]))?;
        edges::check_reached(row, &tree, findings);
    }
    Ok(())
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> Option<&'a Package> {
    metadata.packages.iter().find(|package| package.name.as_str() == name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_keeps_its_own_rules() {
        let findings = super::check(&crate::workspace::root()).expect("cargo answers");
        assert!(findings.faults.is_empty(), "{}", findings.faults.join("\n"));
    }
}
