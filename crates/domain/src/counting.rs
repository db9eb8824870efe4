//! Counting time: months, suspensions, rolling, presumed delivery. Civil dates only, never hours.
//!
//! Reading: semantics.md 15–17, actors-and-data.md § 7.

use crate::Date;
use crate::calendar::{next_working_day, nth_working_day_after};
use crate::code::{Code, Term};
use crate::law::{CountingRegime, LeapDayBirthday, Length, MonthRule, SuspensionUnit};
use jiff::ToSpan;
use std::cmp::Ordering;

/// Adds days; the result saturates at the ends of the calendar.
pub fn add_days(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// Adds months by day number; a day that the month lacks becomes its last day.
pub fn add_months(day: Date, months: u16) -> Date {
    let total = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + i32::from(months);
    let first = |total: i32| Date::new(i16::try_from(total / 12).ok()?, i8::try_from(total % 12 + 1).ok()?, 1).ok();
    let Some(first) = first(total) else { return Date::MAX };
    Date::new(first.year(), first.month(), day.day().min(first.days_in_month())).unwrap_or(first)
}

/// Adds a length by day number, clamped.
pub fn add_length(day: Date, length: Length) -> Date {
    match length {
        Length::Years(years) => add_months(day, years * 12),
        Length::Months(months) => add_months(day, months),
        Length::Days(days) => add_days(day, i64::from(days)),
    }
}

/// The day on which a length since `start` is reached. Only 29 February needs the policy.
pub fn birthday(start: Date, length: Length, leap_day: LeapDayBirthday) -> Date {
    let reached = add_length(start, length);
    let clamped = matches!(length, Length::Years(_)) && reached.day() < start.day();
    if clamped && leap_day == LeapDayBirthday::FirstOfMarch { add_days(reached, 1) } else { reached }
}

/// How the day on which a length since `start` is reached (see [`birthday`]) compares with another day.
///
/// Years are compared by their parts: of the questions of the scope these are the most frequent.
pub fn reached_by(start: Date, length: Length, leap_day: LeapDayBirthday, day: Date) -> Ordering {
    let Length::Years(years) = length else { return birthday(start, length, leap_day).cmp(&day) };
    let year = i32::from(start.year()) + i32::from(years);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let reached = match (start.month(), start.day()) {
        (2, 29) if !is_leap && leap_day == LeapDayBirthday::FirstOfMarch => (year, 3, 1),
        (2, 29) if !is_leap => (year, 2, 28),
        (month, number) => (year, month, number),
    };
    reached.cmp(&(i32::from(day.year()), day.month(), day.day()))
}

/// Days between two days: `later - earlier`.
pub fn days_between(earlier: Date, later: Date) -> i64 {
    i64::from(earlier.until(later).map_or(0, |span| span.get_days()))
}

/// A closed range of days; both ends count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// First day.
    pub first: Date,
    /// Last day; a period that ends before it begins is empty.
    pub last: Date,
}

impl Period {
    /// True when the day lies in the period.
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    fn days(self) -> i64 {
        (days_between(self.first, self.last) + 1).max(0)
    }
}

/// Joins overlapping and adjoining periods; sorted, without empty ones.
pub fn union(periods: impl IntoIterator<Item = Period>) -> Vec<Period> {
    let mut sorted: Vec<Period> = periods.into_iter().filter(|period| period.first <= period.last).collect();
    sorted.sort_unstable();
    let mut joined: Vec<Period> = Vec::with_capacity(sorted.len());
    for period in sorted {
        match joined.last_mut() {
            Some(open) if period.first <= add_days(open.last, 1) => open.last = open.last.max(period.last),
            _ => joined.push(period),
        }
    }
    joined
}

/// One line of a derivation: what was done to the date, and what came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The term starts; this day is not counted.
    Start(Date),
    /// The length was counted from the start.
    Counted(Length, Date),
    /// A span of suspended days was added.
    Suspended {
        /// The part of the union that counted.
        period: Period,
        /// Days it added.
        days: i64,
    },
    /// The end before rolling.
    Raw(Date),
    /// The day is not a working day, by this rule: `saturday`, `sunday` or a holiday's code.
    NotWorking(Date, Code),
    /// The last day in time.
    Due(Date),
}

/// A computed end of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDate {
    /// Which term.
    pub term: Term,
    /// The day that started it.
    pub start: Date,
    /// End before rolling, suspensions added.
    pub raw: Date,
    /// Last day in time.
    pub due: Date,
    /// How it came about, line by line.
    pub derivation: Vec<Step>,
}

/// The end of a term before suspensions and rolling.
pub fn term_end(start: Date, length: Length, rule: MonthRule) -> Date {
    let months = match length {
        Length::Days(days) => return add_days(start, i64::from(days)),
        Length::Months(months) => months,
        Length::Years(years) => years * 12,
    };
    match rule {
        MonthRule::SameDayNumber => add_months(start, months),
        MonthRule::EveOfOrdinal => {
            let first_counted = add_days(start, 1);
            let ordinal = add_months(first_counted, months);
            // A clamped ordinal does not exist in that month: the month's last day ends the term.
            if ordinal.day() < first_counted.day() { ordinal } else { add_days(ordinal, -1) }
        }
    }
}

/// Computes the last day of a term.
///
/// `suspended` is the union of suspended periods, sorted (see [`union`]); pass none for a term that is not extended.
pub fn due_date(
    counting: &CountingRegime,
    unit: SuspensionUnit,
    term: Term,
    start: Date,
    length: Length,
    suspended: &[Period],
) -> DueDate {
    let base = term_end(start, length, counting.month_rule);
    let mut derivation = vec![Step::Start(start), Step::Counted(length, base)];
    let raw = match unit {
        SuspensionUnit::CalendarDays => extend_by_days(start, base, suspended, &mut derivation),
        SuspensionUnit::Months => extend_by_months(start, base, suspended, &mut derivation),
    };
    derivation.push(Step::Raw(raw));
    let due = next_working_day(counting, raw, |day, why| derivation.push(Step::NotWorking(day, why)));
    derivation.push(Step::Due(due));
    DueDate { term, start, raw, due, derivation }
}

/// Adds the suspended days after the start and up to the end as extended so far, until nothing changes.
fn extend_by_days(start: Date, base: Date, suspended: &[Period], derivation: &mut Vec<Step>) -> Date {
    let first = add_days(start, 1);
    let within = |end: Date| {
        suspended
            .iter()
            .map(move |period| Period { first: period.first.max(first), last: period.last.min(end) })
            .filter(|period| period.first <= period.last)
    };
    let mut end = base;
    loop {
        let extended = add_days(base, within(end).map(Period::days).sum());
        if extended == end {
            break;
        }
        end = extended;
    }
    derivation.extend(within(end).map(|period| Step::Suspended { period, days: period.days() }));
    end
}

/// Adds each span once: whole months by day number, then the remaining days.
fn extend_by_months(start: Date, base: Date, suspended: &[Period], derivation: &mut Vec<Step>) -> Date {
    let mut end = base;
    for span in suspended {
        if span.last <= start || span.first > end {
            continue;
        }
        let period = Period { first: span.first.max(add_days(start, 1)), last: span.last };
        let after = add_days(period.last, 1);
        let mut months = 0;
        while add_months(period.first, months + 1) <= after {
            months += 1;
        }
        let rest = days_between(add_months(period.first, months), after);
        let extended = add_days(add_months(end, months), rest);
        derivation.push(Step::Suspended { period, days: days_between(end, extended) });
        end = extended;
    }
    end
}

/// The working day on which a posted letter counts as delivered when nothing else is known.
pub fn presumed_delivery(counting: &CountingRegime, posted: Date) -> Date {
    nth_working_day_after(counting, posted, counting.presumed_delivery_working_days)
}
