//! What the demonstration has in place of the system: a clock that it sets, noon in Brussels on a day of its choosing, and
//! ids that follow from its seed, so that the same seed gives the same demonstration.

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use std::sync::{Mutex, PoisonError};
use traject_app::port::{Clock, Ids};
use traject_domain::Date;
use uuid::{Builder, Uuid};

/// The simulated clock.
pub(crate) struct SimulatedClock(Mutex<Date>);

impl SimulatedClock {
    /// Stands at noon of a day.
    pub(crate) fn at(day: Date) -> Self {
        Self(Mutex::new(day))
    }

    /// Moves to noon of another day.
    pub(crate) fn set(&self, day: Date) {
        if let Ok(mut today) = self.0.lock() {
            *today = day;
        }
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let noon = self.today().to_datetime(time(12, 0, 0, 0));
        let zone = TimeZone::get("Europe/Brussels").expect("the bundled time-zone data hold Brussels");
        zone.to_timestamp(noon).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn today(&self) -> Date {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ids in the form of UUIDv7 that follow from a seed.
pub(crate) struct SeededIds(Mutex<(u64, Pcg32)>);

impl SeededIds {
    /// Ids of a seed, their times counted up from the first day of the obligation.
    pub(crate) fn new(seed: u64) -> Self {
        let first_day_millis = 1_654_034_400_000;
        Self(Mutex::new((first_day_millis, Pcg32::seed_from_u64(seed))))
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut random = [0; 10];
        state.1.fill_bytes(&mut random);
        state.0 += 1;
        Builder::from_unix_timestamp_millis(state.0, &random).into_uuid()
    }
}
