//! The program `traject` as a child of this one, and what it took.

use crate::machine::memory_mib;
use crate::measure::now;
use anyhow::{Context, ensure};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How often a child's memory is read. The peak is kept by the system, so only growth in the last moment is missed.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The program that was built together with this one.
pub(crate) fn traject() -> anyhow::Result<Command> {
    let own = std::env::current_exe()?;
    let path: PathBuf = own.with_file_name(format!("traject{}", std::env::consts::EXE_SUFFIX));
    ensure!(path.is_file(), "{} is missing: cargo xtask bench builds it", path.display());
    Ok(Command::new(path))
}

/// What a child left.
pub(crate) struct Ended {
    /// Standard output.
    pub(crate) said: String,
    pub(crate) elapsed: Duration,
    /// The most memory it ever had resident.
    pub(crate) peak_mib: f64,
}

/// Runs to the end; `look` hears of the time so far and the peak until then.
pub(crate) fn run(command: &mut Command, mut look: impl FnMut(Duration, f64)) -> anyhow::Result<Ended> {
    let start = now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the program cannot start")?;
    let mut peak_mib: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if let Some(mib) = memory_mib(child.id(), "VmHWM") {
            peak_mib = peak_mib.max(mib);
        }
        look(start.elapsed(), peak_mib);
        std::thread::sleep(LOOK_EVERY);
    };
    let elapsed = start.elapsed();
    // It says little, which the pipe holds until it has ended.
    let mut said = String::new();
    child.stdout.take().context("standard output is piped")?.read_to_string(&mut said)?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Ended { said, elapsed, peak_mib })
}
