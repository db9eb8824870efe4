//! Birth dates as registers hold them: the month or the day may be unknown.

use crate::Date;
use std::fmt;

/// A date of which the day, or the month and the day, may be unknown; the year is always known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    /// Only the year: `1990-00-00`.
    Year(i16),
    /// Year and month: `1990-05-00`.
    Month(i16, i8),
    /// A full date.
    Day(Date),
}

/// First and last year that files and calls may name.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Reads `YYYY-MM-DD`, strictly: ten characters, an existing day, a year within [`YEARS`].
pub fn parse_date(text: &str) -> Option<Date> {
    match PartialDate::parse(text)? {
        PartialDate::Day(date) => Some(date),
        _ => None,
    }
}

impl PartialDate {
    /// Reads `YYYY-MM-DD` where unknown parts are `00`; a month of `00` needs a day of `00`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return None;
        }
        let year: i16 = text[0..4].parse().ok()?;
        let month: i8 = text[5..7].parse().ok()?;
        let day: i8 = text[8..10].parse().ok()?;
        if !YEARS.contains(&year) {
            return None;
        }
        match (month, day) {
            (0, 0) => Some(Self::Year(year)),
            (1..=12, 0) => Some(Self::Month(year, month)),
            _ => Date::new(year, month, day).ok().map(Self::Day),
        }
    }

    /// The earliest day it can be.
    pub fn earliest(self) -> Date {
        match self {
            Self::Year(year) => jiff::civil::date(year, 1, 1),
            Self::Month(year, month) => jiff::civil::date(year, month, 1),
            Self::Day(date) => date,
        }
    }

    /// The latest day it can be.
    pub fn latest(self) -> Date {
        match self {
            Self::Year(year) => jiff::civil::date(year, 12, 31),
            Self::Month(year, month) => jiff::civil::date(year, month, 1).last_of_month(),
            Self::Day(date) => date,
        }
    }

    /// True when day and month are known.
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Day(_))
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}-00-00"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}-00"),
            Self::Day(date) => write!(f, "{date}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_zero_needs_a_day_of_zero() {
        assert_eq!(PartialDate::parse("1990-00-12"), None);
        assert_eq!(PartialDate::parse("1990-00-00"), Some(PartialDate::Year(1990)));
        assert_eq!(PartialDate::parse("1990-02-00"), Some(PartialDate::Month(1990, 2)));
    }

    #[test]
    fn impossible_and_far_days_are_refused() {
        for text in ["2023-02-29", "1899-12-31", "2101-01-01", "2023-2-01", "20230201", "+023-01-01", ""] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_range_of_an_incomplete_date_is_the_month_or_the_year() {
        let month = PartialDate::Month(2024, 2);
        assert_eq!(month.latest(), jiff::civil::date(2024, 2, 29));
        assert_eq!(month.to_string(), "2024-02-00");
    }
}
