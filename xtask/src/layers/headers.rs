//! What every package says of itself: the metadata in its manifest, the `//!` lines, the lints it inherits.

use super::Findings;
use super::edges::normal_dependencies;
use anyhow::{Context, Result};
use cargo_metadata::{Package, TargetKind};
use std::collections::BTreeSet;

/// Checks one member of the workspace.
pub(super) fn check(package: &Package, findings: &mut Findings) -> Result<()> {
    let name = package.name.as_str();
    check_metadata(package, findings);
    let manifest = read(package.manifest_path.as_str())?;
    if !inherits_lints(&manifest) {
        findings.fault(format!("{name}: Cargo.toml lacks `workspace = true` under `[lints]`"));
    }
    for target in package.targets.iter().filter(|target| is_front(&target.kind)) {
        if !read(target.src_path.as_str())?.starts_with("//! ") {
            findings.fault(format!("{name}: {} does not open with `//!` lines", target.src_path));
        }
    }
    Ok(())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}

fn is_front(kinds: &[TargetKind]) -> bool {
    kinds.iter().any(|kind| matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::ProcMacro))
}

fn check_metadata(package: &Package, findings: &mut Findings) {
    let name = package.name.as_str();
    let header = &package.metadata["traject"];
    for key in ["job", "never"] {
        if header[key].as_str().is_none_or(|text| text.trim().is_empty()) {
            findings.fault(format!("{name}: [package.metadata.traject] lacks `{key}`"));
        }
    }
    let Some(list) = header["may-depend-on"].as_array() else {
        findings.fault(format!("{name}: [package.metadata.traject] lacks the list `may-depend-on`"));
        return;
    };
    let declared: BTreeSet<&str> = list.iter().filter_map(|entry| entry.as_str()).collect();
    let real = normal_dependencies(package);
    for missing in real.difference(&declared) {
        findings.fault(format!("{name} depends on {missing}, which its `may-depend-on` does not list"));
    }
    for idle in declared.difference(&real) {
        findings.fault(format!("{name} lists {idle} in `may-depend-on` and does not depend on it"));
    }
}

/// Whether the section `[lints]` says `workspace = true`.
fn inherits_lints(manifest: &str) -> bool {
    let section = manifest.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    section.take_while(|line| !line.starts_with('[')).any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = include_str!("../../tests/fixtures/metadata.json");

    fn faults(package: &str, json: &str) -> Vec<String> {
        let metadata = cargo_metadata::MetadataCommand::parse(json).expect("the fixture is cargo metadata");
        let mut findings = Findings::default();
        check_metadata(super::super::package(&metadata, package).expect("the fixture has it"), &mut findings);
        findings.faults
    }

    #[test]
    fn a_header_that_tells_the_truth_passes() {
        assert_eq!(faults("traject-store", METADATA), Vec::<String>::new());
    }

    #[test]
    fn a_dependency_that_the_header_hides_is_a_fault() {
        let json = METADATA
            .replace(r#""may-depend-on": ["traject-app", "sea-orm"]"#, r#""may-depend-on": ["traject-app", "csv"]"#);
        assert_eq!(
            faults("traject-store", &json),
            [
                "traject-store depends on sea-orm, which its `may-depend-on` does not list",
                "traject-store lists csv in `may-depend-on` and does not depend on it",
            ]
        );
    }

    #[test]
    fn a_package_without_a_header_is_a_fault() {
        assert_eq!(faults("traject-server", METADATA).len(), 3);
    }

    #[test]
    fn lints_are_inherited_only_under_their_own_heading() {
        assert!(inherits_lints("[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n"));
        assert!(!inherits_lints(
            "[dependencies.x]\nworkspace = true\n\n[lints]\n\n[dev-dependencies.y]\nworkspace = true\n"
        ));
    }
}
