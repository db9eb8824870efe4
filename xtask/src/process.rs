//! Starting other programs.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The cargo that started this program.
pub(crate) fn cargo(root: &Path) -> Command {
    let cargo = workspace::variable("CARGO").map_or_else(|| OsString::from("cargo"), OsString::from);
    let mut command = Command::new(cargo);
    command.current_dir(root);
    // What cargo told this program of its own package. Handed on, it makes build scripts run again each time that cargo is
    // called in another way, and half the house is built anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Builds the whole workspace, as the tests do, so that all share one build, and gives one of its programs.
pub(crate) fn built(root: &Path, program: &str, is_release: bool) -> Result<Command> {
    run(cargo(root).args(["build", "--workspace"]).args(is_release.then_some("--release")))?;
    let directory = root.join("target").join(if is_release { "release" } else { "debug" });
    let mut command = Command::new(directory.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)));
    command.current_dir(root);
    Ok(command)
}

/// Runs to the end with the streams of this program; an exit status other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs to the end and returns standard output; an exit status other than 0 is an error that shows standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}: {}", shown(command), output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed something else than UTF-8", shown(command)))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
