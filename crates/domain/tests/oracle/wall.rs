//! A wall calendar, written out day by day, and counting on it by crossing off days.

use traject_domain::Date;
use traject_domain::counting::Period;
use traject_domain::law::{Length, MonthRule};

/// A place on the wall calendar: so many leaves after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At(pub(crate) u32);

impl At {
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    fn eve(self) -> Self {
        Self(self.0 - 1)
    }
}

/// One leaf of the calendar.
struct Leaf {
    year: i16,
    month: i8,
    day: i8,
    /// Monday is 1, Sunday is 7.
    weekday: u8,
    holiday: Option<&'static str>,
}

/// What rolls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rolls {
    pub(crate) saturday: bool,
    pub(crate) sunday: bool,
    pub(crate) holidays: bool,
}

impl Rolls {
    /// Every choice.
    pub(crate) const ALL: [Self; 8] = {
        let mut all = [Self { saturday: false, sunday: false, holidays: false }; 8];
        let mut i = 0;
        while i < 8 {
            all[i] = Self { saturday: i & 1 != 0, sunday: i & 2 != 0, holidays: i & 4 != 0 };
            i += 1;
        }
        all
    };
}

/// The legal holidays of Belgium that keep their day.
const FIXED: [(i8, i8, &str); 7] = [
    (1, 1, "new_year"),
    (5, 1, "1_may"),
    (7, 21, "21_july"),
    (8, 15, "15_august"),
    (11, 1, "1_november"),
    (11, 11, "11_november"),
    (12, 25, "25_december"),
];

/// Those that follow Easter Sunday, by the days between.
const MOVING: [(usize, &str); 3] = [(1, "easter_monday"), (39, "ascension"), (50, "whit_monday")];

/// The paschal full moon by golden number, from 1900 to 2199, as prayer books print it: month and day.
#[rustfmt::skip]
const FULL_MOONS: [(i8, i8); 19] = [
    (4, 14), (4, 3), (3, 23), (4, 11), (3, 31), (4, 18), (4, 8), (3, 28), (4, 16), (4, 5),
    (3, 25), (4, 13), (4, 2), (3, 22), (4, 10), (3, 30), (4, 17), (4, 7), (3, 27),
];

fn is_leap(year: i16) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn last_day(year: i16, month: i8) -> i8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The wall calendar of [`YEARS`].
pub(crate) struct Wall {
    leaves: Vec<Leaf>,
    /// The first of January of each year.
    new_years: Vec<At>,
}

/// The years that the table of full moons covers.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

impl Wall {
    pub(crate) fn new() -> Self {
        let mut wall = Self { leaves: Vec::new(), new_years: Vec::new() };
        // 1 January 1900 was a Monday.
        let mut weekday = 1;
        for year in YEARS {
            wall.new_years.push(wall.end());
            for month in 1..=12 {
                for day in 1..=last_day(year, month) {
                    let holiday = FIXED.iter().find(|fixed| (fixed.0, fixed.1) == (month, day)).map(|fixed| fixed.2);
                    wall.leaves.push(Leaf { year, month, day, weekday, holiday });
                    weekday = weekday % 7 + 1;
                }
            }
        }
        for year in YEARS {
            let easter = wall.easter(year);
            for (days, name) in MOVING {
                // Ascension Day on 1 May goes by the name that the law lists first.
                wall.leaves[easter.0 as usize + days].holiday.get_or_insert(name);
            }
        }
        wall
    }

    fn end(&self) -> At {
        At(u32::try_from(self.leaves.len()).expect("a few centuries"))
    }

    fn leaf(&self, at: At) -> &Leaf {
        &self.leaves[at.0 as usize]
    }

    /// Easter Sunday: the Sunday after the paschal full moon.
    pub(crate) fn easter(&self, year: i16) -> At {
        let (month, day) = FULL_MOONS[year as usize % 19];
        let mut at = self.at(year, month, day).next();
        while self.leaf(at).weekday != 7 {
            at = at.next();
        }
        at
    }

    /// Finds a day by leafing on from New Year.
    pub(crate) fn at(&self, year: i16, month: i8, day: i8) -> At {
        let mut at = self.new_years[usize::try_from(year - YEARS.start()).expect("a year on the wall")];
        while (self.leaf(at).month, self.leaf(at).day) != (month, day) {
            at = at.next();
        }
        at
    }

    pub(crate) fn date(&self, at: At) -> Date {
        let leaf = self.leaf(at);
        jiff::civil::date(leaf.year, leaf.month, leaf.day)
    }

    pub(crate) fn period(&self, first: At, last: At) -> Period {
        Period { first: self.date(first), last: self.date(last) }
    }

    /// The first days of the terms that are compared: 2022 to 2042.
    pub(crate) fn starts(&self) -> impl ExactSizeIterator<Item = At> + use<> {
        (self.at(2022, 1, 1).0..self.at(2043, 1, 1).0).map(At)
    }

    pub(crate) fn holiday(&self, at: At) -> Option<&'static str> {
        self.leaf(at).holiday
    }

    pub(crate) fn is_working_day(&self, at: At, rolls: Rolls) -> bool {
        let leaf = self.leaf(at);
        !(rolls.saturday && leaf.weekday == 6
            || rolls.sunday && leaf.weekday == 7
            || rolls.holidays && leaf.holiday.is_some())
    }

    pub(crate) fn next_working_day(&self, at: At, rolls: Rolls) -> At {
        let mut at = at.next();
        while !self.is_working_day(at, rolls) {
            at = at.next();
        }
        at
    }

    /// The same day number so many months on; where the month lacks it, nothing, with the month's last day.
    fn same_number(&self, from: At, months: u16) -> Result<At, At> {
        let number = self.leaf(from).day;
        let mut at = from;
        for _ in 0..months {
            // Leaf on to the first of the next month.
            at = at.next();
            while self.leaf(at).day != 1 {
                at = at.next();
            }
        }
        loop {
            if self.leaf(at).day == number {
                return Ok(at);
            }
            if self.leaf(at.next()).day == 1 {
                return Err(at);
            }
            at = at.next();
        }
    }

    fn same_number_or_last(&self, from: At, months: u16) -> At {
        self.same_number(from, months).unwrap_or_else(|last| last)
    }

    /// 15: the end of a term, the start not counted.
    pub(crate) fn end_of_term(&self, start: At, length: Length, rule: MonthRule) -> At {
        let months = match length {
            Length::Days(days) => return (0..days).fold(start, |at, _| at.next()),
            Length::Months(months) => months,
            Length::Years(years) => (0..years).map(|_| 12).sum(),
        };
        match rule {
            MonthRule::SameDayNumber => self.same_number_or_last(start, months),
            MonthRule::EveOfOrdinal => self.same_number(start.next(), months).map_or_else(|last| last, At::eve),
        }
    }

    /// 16 in days: on a suspended day the clock stands still.
    pub(crate) fn extended_by_days(&self, start: At, base: At, suspended: &[(At, At)]) -> At {
        let mut left = base.0 - start.0;
        let mut at = start;
        while left > 0 {
            at = at.next();
            if !is_suspended(at, suspended) {
                left -= 1;
            }
        }
        at
    }

    /// 16 in months: each span once, its whole months and then its remaining days.
    pub(crate) fn extended_by_months(&self, start: At, base: At, suspended: &[(At, At)]) -> At {
        let mut end = base;
        for (first, last) in spans(suspended) {
            let adds = last > start && first <= end;
            let mut at = first.max(start.next());
            if !adds {
                continue;
            }
            let (span, after) = (at, last.next());
            let mut months = 0;
            while self.same_number_or_last(span, months + 1) <= after {
                months += 1;
                at = self.same_number_or_last(span, months);
            }
            end = self.same_number_or_last(end, months);
            while at < after {
                (at, end) = (at.next(), end.next());
            }
        }
        end
    }
}

fn is_suspended(at: At, suspended: &[(At, At)]) -> bool {
    suspended.iter().any(|(first, last)| *first <= at && at <= *last)
}

/// The runs of suspended days, found by looking at every day.
fn spans(suspended: &[(At, At)]) -> Vec<(At, At)> {
    let first = suspended.iter().map(|period| period.0).min();
    let last = suspended.iter().map(|period| period.1).max();
    let mut spans: Vec<(At, At)> = Vec::new();
    let (Some(mut at), Some(last)) = (first, last) else { return spans };
    while at <= last {
        if is_suspended(at, suspended) {
            match spans.last_mut() {
                Some(span) if span.1.next() == at => span.1 = at,
                _ => spans.push((at, at)),
            }
        }
        at = at.next();
    }
    spans
}
