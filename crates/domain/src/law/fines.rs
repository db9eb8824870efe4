//! The administrative fine (law.md § 7).

use super::Provenance;
use crate::code::Code;
use crate::money::Cents;
use std::collections::BTreeSet;

/// What the largest amount limits; no text that was read says it (law.md R-F4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxAppliesTo {
    /// Each fine; a sum beyond it is a warning.
    PerFine,
    /// The sum of a person's fines that stand.
    Cumulative,
    /// Not known: as for each fine, with the warning.
    Unknown,
}

/// One step of the scale of fines (law.md R-F4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FineStep {
    /// From the how manieth fine on; 1 is the first.
    pub from_fine: u32,
    /// Smallest amount.
    pub min: Cents,
    /// Largest amount.
    pub max: Cents,
}

/// The range of a fine (law.md R-F1) and its steps (R-F4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FineRange {
    /// Smallest amount.
    pub min: Cents,
    /// Largest amount.
    pub max: Cents,
    /// Steps by repetition, by their number; empty: the official enters an amount within the range.
    pub steps: Vec<FineStep>,
    /// What the largest amount limits.
    pub max_applies_to: MaxAppliesTo,
    /// Whether a fine needs a hearing invitation first.
    pub hearing_required: bool,
    /// What must have been weighed before a fine, of [`super::CodeList::Circumstances`].
    pub must_weigh: BTreeSet<Code>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl FineRange {
    /// The smallest and the largest amount of a person's n-th fine, 1 for the first.
    pub fn for_fine(&self, n: u32) -> (Cents, Cents) {
        let step = self.steps.iter().rev().find(|step| step.from_fine <= n);
        step.map_or((self.min, self.max), |step| (step.min, step.max))
    }
}
