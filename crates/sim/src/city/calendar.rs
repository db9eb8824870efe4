//! When municipal counters see newcomers: working days, more each month, most in September and October.

use super::draw::Draw;
use traject_domain::Date;
use traject_domain::calendar::easter_sunday;
use traject_domain::counting::add_days;

/// The open days of a period, with the weight of all days up to and including each.
pub(crate) struct Counter(Vec<(Date, u32)>);

impl Counter {
    /// `None` when no day of the period is open.
    pub(crate) fn open(from: Date, until: Date) -> Option<Self> {
        let length = days_between(from, until);
        let mut total = 0;
        let days: Vec<(Date, u32)> = (0..=length)
            .map(|n| (n, add_days(from, n)))
            .filter(|(_, day)| is_open(*day))
            .map(|(n, day)| {
                // From 100 on the first day to 400 on the last, half as much again in autumn.
                let growth = 100 + 300 * n / length.max(1);
                let season = if matches!(day.month(), 9 | 10) { 3 } else { 2 };
                total += u32::try_from(growth * season / 2).unwrap_or_default();
                (day, total)
            })
            .collect();
        (!days.is_empty()).then_some(Self(days))
    }

    /// A day on which somebody comes.
    pub(crate) fn day(&self, draw: &mut Draw) -> Date {
        let total = self.0.last().map_or(0, |(_, total)| *total);
        let place = draw.below(total);
        self.0[self.0.partition_point(|(_, up_to)| *up_to <= place)].0
    }
}

/// Days from one date to a later one; negative when it is earlier.
fn days_between(from: Date, until: Date) -> i64 {
    (until - from).get_days().into()
}

/// Monday to Friday, but for the ten legal holidays (actors-and-data.md § 7).
fn is_open(day: Date) -> bool {
    let easter = easter_sunday(day.year());
    let weekday = day.weekday().to_monday_one_offset() <= 5;
    let fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)];
    let movable = [1, 39, 50];
    weekday
        && !fixed.contains(&(day.month(), day.day()))
        && !movable.into_iter().any(|offset| add_days(easter, offset) == day)
}
