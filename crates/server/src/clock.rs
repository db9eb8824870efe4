//! The one place that reads the system's clock and makes ids.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use traject_app::port::{Clock, Ids};
use traject_domain::Date;
use uuid::Uuid;

/// Brussels: where every legal date is a civil date.
const BRUSSELS: &str = "Europe/Brussels";

/// The civil day in Brussels at an instant.
///
/// # Panics
/// Never: the time-zone data are part of the program.
pub fn brussels_day(now: Timestamp) -> Date {
    in_brussels(now).date()
}

/// The time of day in Brussels at an instant.
///
/// # Panics
/// Never: the time-zone data are part of the program.
pub fn brussels_time(now: Timestamp) -> Time {
    in_brussels(now).time()
}

fn in_brussels(now: Timestamp) -> DateTime {
    TimeZone::get(BRUSSELS).expect("the bundled time-zone data hold Brussels").to_datetime(now)
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // To the microsecond, as it is stored.
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    fn today(&self) -> Date {
        brussels_day(self.now())
    }
}

/// UUIDv7 from the system's clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the source of ids that everything else is given")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
