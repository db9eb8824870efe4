//! The worked dates of the handbook, and what must hold for every start day of twenty years.

use jiff::civil::date;
use std::sync::LazyLock;
use traject_domain::Date;
use traject_domain::calendar::not_working;
use traject_domain::code::Term;
use traject_domain::counting::{
    Period, add_days, add_length, birthday, due_date, presumed_delivery, reached_by, term_end, union,
};
use traject_domain::law::{Law, LeapDayBirthday, Length, MonthRule, SuspensionUnit};

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

fn due(term: Term, start: Date, suspended: &[Period]) -> (Date, Date) {
    let end = due_date(
        &LAW.counting,
        SuspensionUnit::CalendarDays,
        term,
        start,
        LAW.length_on(term, start, start),
        suspended,
    );
    (end.raw, end.due)
}

#[test]
fn terms_end_where_the_handbook_says() {
    let register = |start| due(Term::Register, start, &[]);
    assert_eq!(register(date(2022, 6, 14)), (date(2022, 12, 14), date(2022, 12, 14)));
    assert_eq!(register(date(2022, 9, 5)), (date(2023, 3, 5), date(2023, 3, 6)), "Sunday rolls");
    assert_eq!(register(date(2022, 8, 31)), (date(2023, 2, 28), date(2023, 2, 28)), "a missing ordinal");
    assert_eq!(register(date(2023, 2, 28)), (date(2023, 8, 31), date(2023, 8, 31)), "the eve of the first");
    assert_eq!(register(date(2023, 11, 20)), (date(2024, 5, 20), date(2024, 5, 21)), "Whit Monday rolls");
    assert_eq!(term_end(date(2023, 2, 28), Length::Months(6), MonthRule::SameDayNumber), date(2023, 8, 28));
}

#[test]
fn overlapping_suspensions_count_once() {
    let suspended = union([
        Period { first: date(2023, 9, 4), last: date(2023, 11, 30) },
        Period { first: date(2023, 11, 15), last: date(2024, 2, 14) },
    ]);
    assert_eq!(due(Term::Complete, date(2023, 4, 17), &suspended), (date(2025, 3, 30), date(2025, 3, 31)));
}

#[test]
fn a_period_holds_its_first_and_its_last_day_and_what_lies_between() {
    let period = Period { first: date(2023, 9, 4), last: date(2023, 9, 6) };
    let days = [date(2023, 9, 3), date(2023, 9, 4), date(2023, 9, 5), date(2023, 9, 6), date(2023, 9, 7)];
    assert_eq!(days.map(|day| period.contains(day)), [false, true, true, true, false]);
    let reversed = Period { first: period.last, last: period.first };
    assert_eq!(days.map(|day| reversed.contains(day)), [false; 5]);
}

/// The one case in which a later start ends earlier: both terms end with a short month, and the later start has less of
/// the suspension after it.
#[test]
fn a_later_start_within_a_suspension_may_end_earlier() {
    let suspended = [Period { first: date(2023, 8, 29), last: date(2023, 11, 30) }];
    assert_eq!(due(Term::Complete, date(2023, 8, 28), &suspended).0, date(2025, 6, 2));
    assert_eq!(due(Term::Complete, date(2023, 8, 29), &suspended).0, date(2025, 6, 1));
    assert_eq!(due(Term::Complete, date(2023, 8, 31), &suspended).0, date(2025, 5, 30));
}

#[test]
fn a_letter_counts_as_delivered_on_the_third_working_day() {
    assert_eq!(presumed_delivery(&LAW.counting, date(2023, 1, 9)), date(2023, 1, 12));
    assert_eq!(presumed_delivery(&LAW.counting, date(2023, 12, 29)), date(2024, 1, 4), "over New Year");
    assert_eq!(presumed_delivery(&LAW.counting, date(2024, 5, 7)), date(2024, 5, 13), "over Ascension Day");
}

#[test]
fn every_due_date_of_twenty_years_is_a_working_day_and_never_early() {
    let mut start = date(2020, 1, 1);
    while start < date(2040, 1, 1) {
        for term in [Term::Register, Term::Complete, Term::Cure, Term::Transfer] {
            let (raw, due) = due(term, start, &[]);
            assert!(not_working(&LAW.counting, due).is_none(), "{start} {term}");
            let by_day_number = term_end(start, LAW.length_on(term, start, start), MonthRule::SameDayNumber);
            assert!(raw >= by_day_number, "doubt goes to the person: {start} {term}");
            assert!(due <= add_days(raw, 5), "{start} {term}");
        }
        start = add_days(start, 1);
    }
}

/// Birthdays by the calendar itself: the day of that number, or what the policy puts in place of a 29 February.
fn by_calendar(start: Date, years: i16, leap_day: LeapDayBirthday) -> Date {
    let year = start.year() + years;
    Date::new(year, start.month(), start.day()).unwrap_or_else(|_| match leap_day {
        LeapDayBirthday::FirstOfMarch => date(year, 3, 1),
        LeapDayBirthday::TwentyEighthOfFebruary => date(year, 2, 28),
    })
}

#[test]
fn a_birthday_is_reached_on_its_day_in_leap_years_and_in_others() {
    let leap_years = (1876..2024).step_by(4).filter_map(|year| Date::new(year, 2, 29).ok());
    let others = [date(1900, 2, 28), date(1999, 12, 31), date(2000, 1, 1), date(2001, 3, 1), date(1984, 2, 28)];
    for start in leap_years.chain(others) {
        for (years, leap_day) in (1..=130).flat_map(|years| {
            [LeapDayBirthday::FirstOfMarch, LeapDayBirthday::TwentyEighthOfFebruary].map(|policy| (years, policy))
        }) {
            let (length, expected) = (Length::Years(years), by_calendar(start, years.cast_signed(), leap_day));
            assert_eq!(birthday(start, length, leap_day), expected, "{start} and {years} years");
            for days in [-1, 0, 1] {
                let day = add_days(expected, days);
                assert_eq!(reached_by(start, length, leap_day, day), expected.cmp(&day), "{start}, {years}, {day}");
            }
        }
    }
}

#[test]
fn months_and_days_have_no_birthday() {
    let (eve, policy) = (date(2023, 11, 29), LeapDayBirthday::FirstOfMarch);
    assert_eq!(birthday(eve, Length::Months(15), policy), date(2025, 2, 28), "by day number");
    assert_eq!(birthday(eve, Length::Days(92), policy), date(2024, 2, 29));
    assert_eq!(add_length(date(2024, 2, 29), Length::Years(2)), date(2026, 2, 28));
    assert_eq!(reached_by(eve, Length::Months(15), policy, date(2025, 2, 28)), std::cmp::Ordering::Equal);
}
