//! Draws from a seeded stream. The arithmetic stands here so that a seed keeps its city when a library changes how it
//! samples.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A stream of draws; the same seed and stream number give the same draws on every machine.
pub(crate) struct Draw(Pcg64);

impl Draw {
    /// The stream with this number under this seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        // The golden ratio spreads neighbouring streams over the seeds; seed_from_u64 scrambles the rest.
        Self(Pcg64::seed_from_u64(seed.rotate_left(32) ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0. The bias is below `n` in 2^32.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(n);
        u32::try_from(product >> 32).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A number of days from `low` to `high`, both included.
    pub(crate) fn days(&mut self, low: u32, high: u32) -> i64 {
        i64::from(self.between(low, high))
    }

    /// True in so many cases of a thousand.
    pub(crate) fn per_mille(&mut self, share: u32) -> bool {
        self.below(1000) < share
    }

    /// True in so many cases of a hundred.
    pub(crate) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// One of the items, all equally likely. The lists are constants of this crate and never empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let index = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        items[usize::try_from(index).unwrap_or_default()]
    }

    /// One of the items, each as likely as its weight. The lists are constants of this crate and never empty.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(T, u32)]) -> T {
        let mut left = self.below(items.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        items[0].0
    }
}
