//! Edges between packages: those declared in the manifests, and those that cargo resolves.

use super::{Findings, May, NEVER_SHIPPED, Row};
use cargo_metadata::{DependencyKind, Metadata, Package};
use std::collections::BTreeSet;

/// Compares the normal dependencies of each member, optional ones included, with the table.
pub(super) fn check_declared(metadata: &Metadata, table: &[Row], findings: &mut Findings) {
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members.iter().map(|package| package.name.as_str()).collect();
    for package in &members {
        let name = package.name.as_str();
        let Some(row) = table.iter().find(|row| row.name == name) else {
            findings.fault(format!("{name} has no row in xtask/src/layers.rs: say there whom it may know"));
            continue;
        };
        let direct = normal_dependencies(package);
        for edge in direct.iter().filter(|edge| names.contains(*edge) && !allows(row, edge)) {
            findings.fault(format!("{name} depends on {edge}, which xtask/src/layers.rs does not allow"));
        }
        for reached in reachable(name, &members) {
            if row.never.contains(&reached) {
                findings.fault(format!("{name} reaches {reached}, which it must never know"));
            }
        }
    }
}

/// Compares what cargo says a package reaches (`cargo tree --prefix none --format {p}`) with its row. Members of the
/// workspace are left to [`check_declared`].
pub(super) fn check_reached(row: &Row, tree: &str, findings: &mut Findings) {
    let reached: BTreeSet<&str> = tree.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    for name in row.never.iter().filter(|name| !name.starts_with("traject-") && reached.contains(*name)) {
        findings.fault(format!("{} reaches {name}, which it must never know", row.name));
    }
}

/// The names of the normal dependencies, optional ones included.
pub(super) fn normal_dependencies(package: &Package) -> BTreeSet<&str> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

fn allows(row: &Row, edge: &str) -> bool {
    match row.may {
        May::Only(list) => list.contains(&edge),
        May::EveryRoom => !NEVER_SHIPPED.contains(&edge) && !edge.starts_with("xtask"),
    }
}

/// Everything that lies one or more declared edges away from `start`; steps go through members only.
fn reachable<'a>(start: &str, members: &[&'a Package]) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start.to_owned()];
    while let Some(name) = open.pop() {
        let Some(package) = members.iter().find(|package| package.name.as_str() == name) else { continue };
        for dependency in normal_dependencies(package) {
            if seen.insert(dependency) {
                open.push(dependency.to_owned());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::May::{EveryRoom, Only};

    const METADATA: &str = include_str!("../../tests/fixtures/metadata.json");

    fn faults(table: &[Row]) -> Vec<String> {
        let metadata = cargo_metadata::MetadataCommand::parse(METADATA).expect("the fixture is cargo metadata");
        let mut findings = Findings::default();
        check_declared(&metadata, table, &mut findings);
        findings.faults
    }

    /// The fixture: server -> store -> app, app -> domain, and store -> sea-orm; app has testkit for its tests.
    fn table(app_may: &'static [&'static str], app_never: &'static [&'static str]) -> [Row; 5] {
        [
            Row { name: "traject-domain", may: Only(&[]), never: &["tokio"] },
            Row { name: "traject-app", may: Only(app_may), never: app_never },
            Row { name: "traject-store", may: Only(&["traject-app"]), never: &["tonic"] },
            Row { name: "traject-server", may: EveryRoom, never: NEVER_SHIPPED },
            Row { name: "traject-testkit", may: Only(&["traject-domain"]), never: &[] },
        ]
    }

    #[test]
    fn a_house_in_order_has_no_faults() {
        assert_eq!(faults(&table(&["traject-domain"], &["sea-orm"])), Vec::<String>::new());
    }

    #[test]
    fn an_edge_that_the_table_lacks_is_a_fault() {
        let expected = "traject-app depends on traject-domain, which xtask/src/layers.rs does not allow";
        assert_eq!(faults(&table(&[], &[])), [expected]);
    }

    #[test]
    fn a_forbidden_package_is_found_behind_other_members() {
        let mut table = table(&["traject-domain"], &[]);
        table[3].never = &["sea-orm"];
        assert_eq!(faults(&table), ["traject-server reaches sea-orm, which it must never know"]);
    }

    #[test]
    fn a_package_without_a_row_is_a_fault() {
        let found = faults(&table(&["traject-domain"], &[])[1..]);
        assert_eq!(found, ["traject-domain has no row in xtask/src/layers.rs: say there whom it may know"]);
    }

    #[test]
    fn what_ships_in_no_profile_may_serve_tests_only() {
        let shipped = METADATA
            .replace(r#""name": "traject-testkit", "kind": "dev""#, r#""name": "traject-testkit", "kind": null"#);
        assert_ne!(shipped, METADATA);
        let metadata = cargo_metadata::MetadataCommand::parse(shipped).expect("still cargo metadata");
        let mut findings = Findings::default();
        check_declared(&metadata, &table(&["traject-domain"], &[]), &mut findings);
        assert_eq!(
            findings.faults,
            [
                "traject-app depends on traject-testkit, which xtask/src/layers.rs does not allow",
                "traject-server reaches traject-testkit, which it must never know",
            ]
        );
    }

    #[test]
    fn a_forbidden_package_is_found_in_what_cargo_resolves() {
        let tree = "traject-domain v0.1.0 (/x)\njiff v1.0.1\ntokio v1.54.0\njiff v1.0.1 (*)\n";
        let mut findings = Findings::default();
        check_reached(&table(&[], &[])[0], tree, &mut findings);
        assert_eq!(findings.faults, ["traject-domain reaches tokio, which it must never know"]);
    }
}
