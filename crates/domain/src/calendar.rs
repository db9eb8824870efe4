//! Working days: weekends and legal holidays, as the counting regime lists them.

use crate::Date;
use crate::code::Code;
use crate::counting::add_days;
use crate::law::{CountingRegime, HolidayRule};
use jiff::civil::{Weekday, date};

/// Easter Sunday of a year in the Gregorian calendar (the anonymous computus, Meeus/Jones/Butcher).
pub fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    // The computus gives month 3 or 4 and a day within it.
    date(year, i8::try_from(n / 31).unwrap_or(4), i8::try_from(n % 31 + 1).unwrap_or(1))
}

/// Why a day is not a working day: `saturday`, `sunday` or a holiday's code; `None` for a working day.
pub fn not_working(counting: &CountingRegime, day: Date) -> Option<Code> {
    let holiday = counting.holidays.iter().find(|holiday| match holiday.rule {
        HolidayRule::Fixed { month, day: number } => day.month() == month && day.day() == number,
        HolidayRule::Easter { offset } => add_days(easter_sunday(day.year()), i64::from(offset)) == day,
    });
    if let Some(holiday) = holiday {
        return Some(holiday.code.clone());
    }
    match day.weekday() {
        Weekday::Saturday if counting.roll_saturday => Some(Code::new("saturday")),
        Weekday::Sunday if counting.roll_sunday => Some(Code::new("sunday")),
        _ => None,
    }
}

/// The day itself if it is a working day, else the next one; `skipped` hears of each day passed over and why.
pub fn next_working_day(counting: &CountingRegime, day: Date, mut skipped: impl FnMut(Date, Code)) -> Date {
    let mut day = day;
    while let Some(why) = not_working(counting, day) {
        skipped(day, why);
        day = add_days(day, 1);
    }
    day
}

/// The n-th working day after a day, which is not counted.
pub fn nth_working_day_after(counting: &CountingRegime, day: Date, n: u8) -> Date {
    (0..n).fold(day, |day, _| next_working_day(counting, add_days(day, 1), |_, _| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_almanacs_say() {
        for (year, month, day) in
            [(1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2022, 4, 17), (2023, 4, 9), (2024, 3, 31), (2038, 4, 25)]
        {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }
}
