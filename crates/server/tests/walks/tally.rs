//! What walks came to, in figures.

use std::collections::{BTreeMap, BTreeSet};
use traject_domain::standing::Enforcement;

/// How often something was accepted and refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) accepted: u32,
    pub(crate) refused: u32,
}

/// Figures of one walk or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) walks: u32,
    /// Tries by what was tried; a repetition of a request is one of its own.
    pub(crate) tries: BTreeMap<&'static str, Count>,
    /// Refusals by code and rule, or by the code of another error.
    pub(crate) refusals: BTreeMap<String, u32>,
    /// States that enforcement of a breach came to.
    pub(crate) reached: BTreeSet<Enforcement>,
}

impl Tally {
    pub(crate) fn count(&mut self, name: &'static str, refused_by: Option<String>) {
        let count = self.tries.entry(name).or_default();
        match refused_by {
            None => count.accepted += 1,
            Some(rule) => {
                count.refused += 1;
                *self.refusals.entry(rule).or_default() += 1;
            }
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.walks += other.walks;
        for (name, count) in other.tries {
            let sum = self.tries.entry(name).or_default();
            sum.accepted += count.accepted;
            sum.refused += count.refused;
        }
        for (rule, count) in other.refusals {
            *self.refusals.entry(rule).or_default() += count;
        }
        self.reached.extend(other.reached);
    }

    /// All tries together.
    pub(crate) fn sum(&self) -> Count {
        self.tries.values().fold(Count::default(), |sum, count| Count {
            accepted: sum.accepted + count.accepted,
            refused: sum.refused + count.refused,
        })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Count { accepted, refused } = self.sum();
        writeln!(f, "{} walks, {accepted} acts accepted, {refused} refused", self.walks)?;
        for (name, count) in &self.tries {
            writeln!(f, "  {name}: {} accepted, {} refused", count.accepted, count.refused)?;
        }
        for (rule, count) in &self.refusals {
            writeln!(f, "  refused by {rule}: {count}")?;
        }
        let reached: Vec<&str> = self.reached.iter().map(|state| state.code()).collect();
        write!(f, "  states reached: {}", reached.join(" "))
    }
}
