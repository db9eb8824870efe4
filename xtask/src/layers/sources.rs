//! House rules over the text of the files: where features may be asked for, how long a file may be, and that no file
//! names a place on somebody's machine.

use super::Findings;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The places where `cfg(feature = …)` may stand: adapters, and the list of services.
const FEATURE_PLACES: [&str; 2] = ["crates/server/src/adapters.rs", "crates/api-grpc/src/services.rs"];

/// Lines of a source file above which it is time to part it.
const LINES_MAX: usize = 700;

/// Directories that hold no source: what cargo, git and the commands write.
const SKIPPED: [&str; 3] = ["target", ".git", "out"];

/// Folders of a machine. In two pieces, so that this file does not find itself.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/"), concat!("/", "tmp/rooms")];

/// Reads every text file below `root`.
pub(super) fn check(root: &Path, findings: &mut Findings) -> Result<()> {
    for path in files(root)? {
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // What is no UTF-8 is a picture, a font or a descriptor.
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let place = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            check_text(&place, text, findings);
        }
    }
    Ok(())
}

fn check_text(place: &str, text: &str, findings: &mut Findings) {
    let is_room = place.starts_with("crates/") && place.ends_with(".rs") && !FEATURE_PLACES.contains(&place);
    for (number, line) in (1..).zip(text.lines()) {
        if names_a_machine(line) {
            findings.fault(format!("{place}:{number} names a place on one machine"));
        }
        if is_room && asks_for_a_feature(line) {
            findings
                .fault(format!("{place}:{number} asks for a feature; that is for {}", FEATURE_PLACES.join(" and ")));
        }
    }
    let lines = text.lines().count();
    if place.ends_with(".rs") && !place.contains("/gen/") && lines > LINES_MAX {
        findings.warn(format!("{place} has {lines} lines, more than {LINES_MAX}"));
    }
}

fn asks_for_a_feature(line: &str) -> bool {
    let code = line.trim_start();
    !code.starts_with("//") && code.contains("cfg") && code.contains("feature = ")
}

/// Whether an absolute path into a machine's folders stands in the line; `https://host/home/` is none.
fn names_a_machine(line: &str) -> bool {
    MACHINE_PATHS.iter().any(|path| {
        line.match_indices(path).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric() && !"._-}$*/".contains(c))
        })
    })
}

fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = std::fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                open.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(place: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check_text(place, text, &mut findings);
        findings.faults
    }

    #[test]
    fn a_feature_may_be_asked_for_in_two_places_only() {
        let line = "#[cfg(feature = \"letter-pdf\")]\n";
        assert_eq!(faults("crates/server/src/adapters.rs", line), Vec::<String>::new());
        assert_eq!(faults("crates/app/src/lib.rs", line).len(), 1);
        assert_eq!(faults("crates/app/src/lib.rs", "#[cfg(test)]\n// cfg(feature = \"x\")\n"), Vec::<String>::new());
    }

    #[test]
    fn a_path_of_one_machine_is_a_fault_and_an_address_is_not() {
        let path = concat!("reads /", "home/someone/x");
        assert_eq!(faults("README.md", path), ["README.md:1 names a place on one machine"]);
        assert_eq!(
            faults("README.md", concat!("see https://example.org/", "home/x and frame/", "work/")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_long_file_is_a_warning_unless_it_is_generated() {
        let mut findings = Findings::default();
        let text = "\n".repeat(LINES_MAX + 1);
        check_text("crates/app/src/model.rs", &text, &mut findings);
        check_text("crates/proto/src/gen/traject.check.v1.rs", &text, &mut findings);
        assert_eq!(findings.warnings, ["crates/app/src/model.rs has 701 lines, more than 700"]);
        assert!(findings.faults.is_empty());
    }
}
