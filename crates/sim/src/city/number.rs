//! Identification numbers for invented people: valid under modulo 97, never the same twice (actors-and-data.md § 6).

use super::draw::Draw;
use std::collections::HashSet;
use traject_domain::partial_date::PartialDate;

/// Which kind of number; the month is raised by 0, 20 or 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberKind {
    /// Of the National Register.
    National = 0,
    /// BIS, sex unknown at issue.
    BisSexUnknown = 20,
    /// BIS, sex known.
    BisSexKnown = 40,
}

/// Men have odd serials, 001 to 997, and women even ones, 002 to 998.
const SERIALS: u32 = 499;

/// Gives out numbers and remembers them.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashSet<u64>);

impl Numbers {
    /// A fresh number of eleven digits.
    pub(crate) fn issue(&mut self, draw: &mut Draw, birth: PartialDate, sex: &str, kind: NumberKind) -> String {
        let even = match sex {
            "M" => 0,
            "F" => 1,
            _ => draw.below(2),
        };
        let (year, month, day) = parts(birth);
        let month = month + kind as u64;
        // As at the register itself, a day whose serials are used up goes on under the next day number.
        for day in day..100 {
            let first = draw.below(SERIALS);
            for step in 0..SERIALS {
                let serial = 2 * ((first + step) % SERIALS) + 1 + even;
                let body = ((year % 100 * 100 + month) * 100 + day) * 1000 + u64::from(serial);
                let number = body * 100 + check_digits(body, year);
                if self.0.insert(number) {
                    return format!("{number:011}");
                }
            }
        }
        unreachable!("no city of this crate has tens of thousands of people born on one day")
    }
}

/// Year, month and day; 0 where unknown.
fn parts(birth: PartialDate) -> (u64, u64, u64) {
    let (year, month, day) = match birth {
        PartialDate::Year(year) => (year, 0, 0),
        PartialDate::Month(year, month) => (year, month, 0),
        PartialDate::Day(date) => (date.year(), date.month(), date.day()),
    };
    (u64::from(year.unsigned_abs()), u64::from(month.unsigned_abs()), u64::from(day.unsigned_abs()))
}

/// 97 less the remainder; a 2 stands before the nine digits of those born from 2000.
fn check_digits(body: u64, year: u64) -> u64 {
    97 - (if year >= 2000 { 2_000_000_000 + body } else { body }) % 97
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_domain::national_number::NationalNumber;

    #[test]
    fn the_check_digits_are_those_of_the_handbooks_test_values() {
        for (body, year, check) in [
            (850730033, 1985, 28),
            (940312017, 1994, 66),
            (11105024, 2001, 50),
            (904214008, 1990, 10),
            (32601011, 2003, 39),
        ] {
            assert_eq!(check_digits(body, year), check);
        }
    }

    #[test]
    fn a_full_day_spills_over_and_stays_valid() {
        let (mut numbers, mut draw) = (Numbers::default(), Draw::new(1, 1));
        let birth = PartialDate::parse("2001-01-01").expect("a date");
        let issued: HashSet<String> =
            (0..1200).map(|_| numbers.issue(&mut draw, birth, "F", NumberKind::BisSexKnown)).collect();
        assert_eq!(issued.len(), 1200);
        assert!(issued.iter().all(|number| NationalNumber::parse(number).is_ok_and(NationalNumber::is_bis)));
    }
}
