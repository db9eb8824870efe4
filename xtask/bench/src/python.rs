//! Programs in Python that Traject is measured beside: what they need is installed once, and they answer in turn.
//!
//! They stand in `tests/bench`; what they need is installed below `target`.

use crate::progress;
use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// From the root of the repository, where `cargo xtask` starts this program.
const PACKAGE: &str = "tests/bench";

/// A Python with what a list of requirements asks for, made once; and made anew when that list changes.
pub(crate) fn install(out: &Path, name: &str, requirements: &str) -> anyhow::Result<PathBuf> {
    let directory = out.join(name);
    let python = directory.join("bin").join("python");
    let wanted = Path::new(PACKAGE).join(requirements);
    let (installed, asked) = (directory.join("requirements.txt"), std::fs::read(&wanted)?);
    if std::fs::read(&installed).is_ok_and(|found| found == asked) {
        return Ok(python);
    }
    progress(&format!("{name} is installed"));
    finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&directory))?;
    finish(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted))?;
    std::fs::write(installed, asked)?;
    Ok(python)
}

fn finish(command: &mut Command) -> anyhow::Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?} cannot start"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {}", output.status, said.trim());
    Ok(())
}

/// The other program: a word in, a line of JSON out. It ends with its input.
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    words: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts a script of `tests/bench` with the arguments that are added to it.
    pub(crate) fn start(
        name: &'static str,
        python: &Path,
        script: &str,
        add: impl FnOnce(&mut Command),
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(python);
        command.arg("-B").arg(Path::new(PACKAGE).join(script));
        add(&mut command);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = BufReader::new(child.stdout.take().context("standard output is piped")?).lines();
        let words = child.stdin.take();
        Ok(Self { name, child, words, answers })
    }

    /// Waits for the answer to a word.
    pub(crate) fn ask(&mut self, word: &str) -> anyhow::Result<Value> {
        let words = self.words.as_mut().context("standard input is piped")?;
        writeln!(words, "{word}").with_context(|| format!("{} has ended", self.name))?;
        let Some(line) = self.answers.next() else { bail!("{} ended instead of an answer to {word:?}", self.name) };
        Ok(serde_json::from_str(&line?)?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.words = None;
        // How it ends says nothing any more: every answer was read.
        let _ = self.child.wait();
    }
}

/// A word of an answer.
pub(crate) fn word(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or("unknown").to_owned()
}

/// A number of an answer.
pub(crate) fn number(answer: &Value, name: &str) -> anyhow::Result<f64> {
    answer[name].as_f64().with_context(|| format!("there is no {name} in {answer}"))
}
