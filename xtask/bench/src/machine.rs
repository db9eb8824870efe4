//! What the figures were taken on.

use crate::figures::Figures;

/// Adds profile, commit, cores, memory, load and processor; what the system does not tell is left out.
pub(crate) fn describe(figures: &mut Figures, commit: Option<&str>) {
    figures.text("profile", if cfg!(debug_assertions) { "dev" } else { "release" });
    if let Some(commit) = commit {
        figures.text("commit", commit);
    }
    figures.number("cores", cores() as f64, "");
    if let Some(kib) = field("/proc/meminfo", "MemTotal").and_then(|text| kib(&text)) {
        figures.number("memory_mib", (kib / 1024.0).round(), "of the machine");
    }
    if let Some(load) = load() {
        figures.number(
            "load_at_start",
            load,
            "programs that wanted a core in the last minute; near 0 is a quiet machine",
        );
    }
    if let Some(cpu) = field("/proc/cpuinfo", "model name") {
        figures.text("cpu", &cpu);
    }
}

/// The load average of one minute.
fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// Processors this program may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// MiB of a process by the name of a line in `/proc/PID/status`, such as `VmHWM`; `None` once it has ended.
pub(crate) fn memory_mib(pid: u32, line: &str) -> Option<f64> {
    kib(&field(&format!("/proc/{pid}/status"), line)?).map(|kib| kib / 1024.0)
}

/// Processor time of this thread, which another busy program does not lengthen; `None` where the system does not tell.
pub(crate) fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9)
}

/// Processor time of all threads of this process, those that have ended included, in its own code and in the system's.
pub(crate) fn process_seconds() -> Option<(f64, f64)> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; the times are the 12th and 13th after it (proc_pid_stat(5)).
    let mut times = text.rsplit_once(')')?.1.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((times.next()?.ok()? / TICKS_PER_SECOND, times.next()?.ok()? / TICKS_PER_SECOND))
}

/// The unit of times in `/proc` is the same on every architecture.
const TICKS_PER_SECOND: f64 = 100.0;

fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// The number of `12345 kB`.
fn kib(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}
