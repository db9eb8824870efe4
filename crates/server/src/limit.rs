//! How much may be sent in a minute: a bucket that fills evenly. Time comes in as an argument.

use jiff::Timestamp;
use std::num::NonZeroU32;

/// Microseconds of a minute.
const MINUTE: i128 = 60_000_000;

/// A limit of one way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    per_minute: Option<NonZeroU32>,
    /// What may be sent now, in parts of a sending of a microsecond's share each; at most a minute's worth.
    parts: i128,
    since: Option<Timestamp>,
    paused_until: Option<Timestamp>,
}

impl Limit {
    /// At most so many in a minute; the first minute begins full.
    pub const fn per_minute(count: NonZeroU32) -> Self {
        Self { per_minute: Some(count), parts: 0, since: None, paused_until: None }
    }

    /// As many as there are, until the provider asks for a pause.
    pub const fn unlimited() -> Self {
        Self { per_minute: None, parts: 0, since: None, paused_until: None }
    }

    /// Sends nothing before an instant.
    pub fn pause(&mut self, until: Timestamp) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// Whether nothing may be sent at an instant.
    pub fn is_paused(&self, now: Timestamp) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }

    /// Takes one sending at an instant; false when none is left. A clock that goes back gives nothing.
    pub fn take(&mut self, now: Timestamp) -> bool {
        if self.is_paused(now) {
            return false;
        }
        let Some(count) = self.per_minute else { return true };
        let count = i128::from(count.get());
        let passed = match self.since {
            Some(since) => i128::from(now.as_microsecond().saturating_sub(since.as_microsecond()).max(0)),
            None => MINUTE,
        };
        self.parts = (self.parts + passed * count).min(MINUTE * count);
        self.since = self.since.max(Some(now));
        let may = self.parts >= MINUTE;
        if may {
            self.parts -= MINUTE;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).expect("an instant")
    }

    proptest! {
        #[test]
        fn no_more_leaves_than_a_full_bucket_and_what_fills_it(
            count in 1..200_u32,
            steps in proptest::collection::vec(-5..40_i64, 1..300),
        ) {
            let mut limit = Limit::per_minute(NonZeroU32::new(count).expect("from 1"));
            // The bucket is full when it is asked for the first time, whenever that is.
            let first = steps[0];
            let (mut now, mut latest, mut taken) = (0, first, 0_i64);
            for step in steps {
                now += step;
                latest = latest.max(now);
                taken += i64::from(limit.take(at(now)));
                prop_assert!(taken * 60 <= i64::from(count) * (60 + latest - first));
            }
        }
    }

    #[test]
    fn a_minute_gives_its_number_and_a_pause_gives_nothing() {
        let mut limit = Limit::per_minute(NonZeroU32::new(3).expect("from 1"));
        let taken = |limit: &mut Limit, second| (0..10).filter(|_| limit.take(at(second))).count();
        assert_eq!(taken(&mut limit, 0), 3);
        assert_eq!(taken(&mut limit, 19), 0);
        assert_eq!(taken(&mut limit, 20), 1);
        assert_eq!(taken(&mut limit, 600), 3);
        limit.pause(at(700));
        assert_eq!((taken(&mut limit, 699), taken(&mut limit, 700)), (0, 3));
        assert!(Limit::unlimited().take(at(0)));
    }
}
