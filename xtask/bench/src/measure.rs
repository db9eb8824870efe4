//! Time, rates and medians.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The present moment: this is the one program of the house that may ask.
#[expect(clippy::disallowed_methods, reason = "this is where things are measured")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The median, the lowest and the highest of several runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Of at least one value; of none it is not a number.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |i: usize| values.get(i).copied().unwrap_or(f64::NAN);
        let half = values.len() / 2;
        let median =
            if values.len().is_multiple_of(2) { f64::midpoint(at(half.wrapping_sub(1)), at(half)) } else { at(half) };
        Self { median, low: at(0), high: at(values.len().wrapping_sub(1)) }
    }
}

/// The runs of several kinds that took turns.
#[derive(Debug, Default)]
pub(crate) struct Turns(BTreeMap<String, Vec<f64>>);

impl Turns {
    /// Adds a run of a kind.
    pub(crate) fn add(&mut self, kind: &str, value: f64) {
        self.0.entry(kind.to_owned()).or_default().push(value);
    }

    /// The runs of a kind.
    pub(crate) fn spread(&self, kind: &str) -> Spread {
        Spread::of(self.0.get(kind).cloned().unwrap_or_default())
    }

    /// One kind by another, turn by turn, so that what slows the whole machine down for a while cancels out.
    pub(crate) fn ratio(&self, kind: &str, by: &str) -> Spread {
        let runs = |kind| self.0.get(kind).map_or(&[][..], Vec::as_slice);
        Spread::of(runs(kind).iter().zip(runs(by)).map(|(a, b)| a / b).collect())
    }
}

/// Does things over and over on this thread, for about so long; gives how many a second. `pass` says how many it did.
pub(crate) fn rate(length: Duration, mut pass: impl FnMut() -> usize) -> f64 {
    let start = now();
    let mut done = 0;
    while start.elapsed() < length {
        done += pass();
    }
    done as f64 / start.elapsed().as_secs_f64()
}

/// Milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_run_counts() {
        assert_eq!(Spread::of(vec![9.0, 1.0, 4.0]), Spread { median: 4.0, low: 1.0, high: 9.0 });
        assert_eq!(Spread::of(vec![4.0, 1.0]), Spread { median: 2.5, low: 1.0, high: 4.0 });
        assert!(Spread::of(Vec::new()).median.is_nan());
    }

    #[test]
    fn ratios_compare_runs_of_the_same_turn() {
        let mut turns = Turns::default();
        for (a, b) in [(10.0, 5.0), (2.0, 1.0), (30.0, 15.0)] {
            turns.add("a", a);
            turns.add("b", b);
        }
        assert_eq!(turns.ratio("a", "b"), Spread { median: 2.0, low: 2.0, high: 2.0 });
    }
}
