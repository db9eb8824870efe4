//! Adding up what the test binaries report.

use std::fmt;

/// What a run of `cargo test` said, over all its binaries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, and binaries that ended without a result.
    pub(crate) failed: u64,
    /// Tests marked `#[ignore]`.
    pub(crate) ignored: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Summary {
    /// Adds up the result lines on standard output. Each binary that cargo announced on standard error and that left no
    /// result line (it crashed or was killed) counts as one failure, and so does a run that failed for another reason.
    pub(crate) fn of_run(stdout: &str, stderr: &str, succeeded: bool) -> Self {
        let mut results = 0;
        let mut sum = Self::default();
        for result in stdout.lines().filter_map(parse_result) {
            results += 1;
            sum.passed += result.passed;
            sum.failed += result.failed;
            sum.ignored += result.ignored;
        }
        let announced: u64 = stderr.lines().map(|line| u64::from(announces(line))).sum();
        sum.failed += announced.saturating_sub(results);
        if !succeeded && sum.failed == 0 {
            sum.failed = 1;
        }
        sum
    }
}

/// `     Running unittests src/lib.rs (target/debug/deps/…)` or `   Doc-tests traject_domain`.
fn announces(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Doc-tests ") || (line.starts_with("Running ") && line.ends_with(')'))
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s`
fn parse_result(line: &str) -> Option<Summary> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |name: &str| {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(name))?;
        part.trim().parse().ok()
    };
    Some(Summary { passed: count("passed")?, failed: count("failed")?, ignored: count("ignored")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: &str = "\nrunning 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b stdout ----\n\
        says: test result: ok. 9 passed; 9 failed; 9 ignored; 0 measured; 0 filtered out\n\n\
        test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.10s\n\
        \nrunning 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1s\n";
    const TWO: &str =
        "   Compiling x v0.1.0 (y)\n     Running unittests src/lib.rs (target/debug/deps/x-1)\n   Doc-tests x\n";

    #[test]
    fn results_of_all_binaries_are_added_up() {
        let sum = Summary::of_run(OUT, TWO, false);
        assert_eq!(sum, Summary { passed: 4, failed: 1, ignored: 1 });
        assert_eq!(sum.to_string(), "4 passed, 1 failed");
    }

    #[test]
    fn a_binary_that_dies_without_a_result_is_a_failure() {
        let stderr = format!("{TWO}     Running tests/crash.rs (target/debug/deps/crash-2)\n");
        assert_eq!(Summary::of_run(OUT, &stderr, false).failed, 2);
    }

    #[test]
    fn a_run_that_fails_before_any_test_is_a_failure() {
        assert_eq!(
            Summary::of_run("", "error: could not compile", false),
            Summary { passed: 0, failed: 1, ignored: 0 }
        );
    }

    #[test]
    fn a_run_without_tests_that_succeeds_has_no_failure() {
        assert_eq!(Summary::of_run("", "", true), Summary::default());
    }
}
