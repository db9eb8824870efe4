//! Chance that follows from a seed.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};

/// Dice that fall the same again for the same seed.
pub(crate) struct Dice(Pcg32);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed))
    }

    /// A number below another, which is not 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, of_hundred: u32) -> bool {
        self.below(100) < of_hundred
    }

    /// A number of days within these.
    pub(crate) fn days(&mut self, from: i32, to: i32) -> i32 {
        from + i32::try_from(self.below(to.abs_diff(from) + 1)).expect("days of a few years")
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.place(from.len())].clone()
    }

    /// One of a list, or none of an empty one.
    pub(crate) fn any<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(self.pick(from)) }
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.place(last + 1));
        }
    }

    fn place(&mut self, length: usize) -> usize {
        let bound = u32::try_from(length).expect("a short list");
        usize::try_from(self.below(bound)).expect("a place in a list")
    }
}
