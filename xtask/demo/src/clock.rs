//! A clock that the demonstration sets: noon in Brussels on a day of its choosing.

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use std::sync::Mutex;
use traject_app::port::Clock;
use traject_domain::Date;

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
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
