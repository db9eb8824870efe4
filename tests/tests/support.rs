//! The binary under test, and the fixtures.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The `traject` binary that the workspace build made beside this test.
pub(crate) fn traject() -> Command {
    let test = std::env::current_exe().expect("a test knows its own path");
    let dir = test.ancestors().nth(2).expect("target/<profile>/deps/<test>");
    let binary = dir.join(format!("traject{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.is_file(), "build the workspace first: cargo xtask test does");
    Command::new(binary)
}

/// Runs to the end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("the binary starts")
}

/// A file or folder under tests/fixtures.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}
