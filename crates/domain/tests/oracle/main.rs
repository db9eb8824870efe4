//! The counting of the domain against an oracle that crosses off days on a wall calendar, one by one.
//!
//! The oracle is written from semantics.md 15, 16 and 22 alone and shares no code with what it judges: it has its own
//! leap years, its own Easter and its own holidays, and knows no arithmetic with dates but "the next day".

mod cases;
mod wall;

use cases::{Case, RULES, cases};
use jiff::civil::date;
use std::sync::LazyLock;
use traject_domain::Date;
use traject_domain::calendar::{easter_sunday, not_working};
use traject_domain::code::Term;
use traject_domain::counting::{DueDate, Step, due_date, presumed_delivery, union};
use traject_domain::law::{CountingRegime, Law, Length, MonthRule, SuspensionUnit};
use wall::{Rolls, Wall};

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));
static WALL: LazyLock<Wall> = LazyLock::new(Wall::new);

/// How many countings are compared: 100,000, or as many as `cargo xtask soak` says.
#[expect(clippy::disallowed_methods, reason = "the long count is told to the test by its environment")]
fn countings() -> u64 {
    std::env::var("TRAJECT_SOAK_COUNTINGS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000)
}

/// The counting of the law that ships, with other choices.
fn counting(month_rule: MonthRule, rolls: Rolls) -> CountingRegime {
    let holidays = if rolls.holidays { LAW.counting.holidays.clone() } else { Vec::new() };
    let Rolls { saturday: roll_saturday, sunday: roll_sunday, .. } = rolls;
    CountingRegime { month_rule, roll_saturday, roll_sunday, holidays, ..LAW.counting.clone() }
}

/// The counting of every case, made once.
static COUNTINGS: LazyLock<Vec<CountingRegime>> =
    LazyLock::new(|| RULES.iter().flat_map(|rule| Rolls::ALL.map(|rolls| counting(*rule, rolls))).collect());

/// What a due date says, in the words of the oracle.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// The end before suspensions.
    base: Date,
    /// Days that the suspensions added.
    added: i64,
    /// The end before rolling.
    raw: Date,
    /// The days passed over because nobody works on them.
    skipped: Vec<Date>,
    /// The last day in time.
    due: Date,
}

fn answer_of_the_domain(case: &Case) -> Answer {
    let counting = &COUNTINGS[case.rule * Rolls::ALL.len() + case.rolls];
    let suspended = union(case.suspended.iter().copied().map(|(first, last)| WALL.period(first, last)));
    let start = WALL.date(case.start);
    let end = due_date(counting, case.unit, Term::Complete, start, case.length, &suspended);
    assert_eq!((end.start, end.derivation.first()), (start, Some(&Step::Start(start))));
    told(&end)
}

/// What the derivation tells, line by line; the last line is the due date itself.
fn told(end: &DueDate) -> Answer {
    let mut answer = Answer { base: end.start, added: 0, raw: end.raw, skipped: Vec::new(), due: end.due };
    for step in &end.derivation {
        match step {
            Step::Start(_) => {}
            Step::Counted(_, base) => answer.base = *base,
            Step::Suspended { days, .. } => answer.added += days,
            Step::Raw(raw) => assert_eq!(*raw, end.raw),
            Step::NotWorking(day, _) => answer.skipped.push(*day),
            Step::Due(due) => assert_eq!(*due, end.due),
        }
    }
    answer
}

fn answer_of_the_oracle(case: &Case) -> Answer {
    let wall = &*WALL;
    let base = wall.end_of_term(case.start, case.length, RULES[case.rule]);
    let raw = match case.unit {
        SuspensionUnit::CalendarDays => wall.extended_by_days(case.start, base, &case.suspended),
        SuspensionUnit::Months => wall.extended_by_months(case.start, base, &case.suspended),
    };
    let mut due = raw;
    let mut skipped = Vec::new();
    while !wall.is_working_day(due, Rolls::ALL[case.rolls]) {
        skipped.push(wall.date(due));
        due = due.next();
    }
    let added = (base.0..raw.0).count();
    Answer {
        base: wall.date(base),
        added: i64::try_from(added).expect("few"),
        raw: wall.date(raw),
        skipped,
        due: wall.date(due),
    }
}

#[test]
fn every_due_date_is_the_one_that_crossing_off_days_gives() {
    let mut compared = 0;
    for case in cases(&WALL, countings()) {
        assert_eq!(answer_of_the_domain(&case), answer_of_the_oracle(&case), "{}", case.shown(&WALL));
        compared += 1;
    }
    assert_eq!(compared, countings());
}

#[test]
fn every_presumed_delivery_is_the_one_that_crossing_off_days_gives() {
    for rolls in Rolls::ALL {
        let mut counting = counting(MonthRule::EveOfOrdinal, rolls);
        for n in 0..=4 {
            counting.presumed_delivery_working_days = n;
            for posted in WALL.starts() {
                let delivered = (0..n).fold(posted, |at, _| WALL.next_working_day(at, rolls));
                let found = presumed_delivery(&counting, WALL.date(posted));
                assert_eq!(found, WALL.date(delivered), "{n} working days after {}, {rolls:?}", WALL.date(posted));
            }
        }
    }
}

#[test]
fn the_calendar_of_the_domain_is_the_one_on_the_wall() {
    let rolls = Rolls { saturday: true, sunday: true, holidays: true };
    let counting = &LAW.counting;
    for day in WALL.starts() {
        let why = not_working(counting, WALL.date(day));
        assert_eq!(why.is_none(), WALL.is_working_day(day, rolls), "{}", WALL.date(day));
        let named = why.as_ref().map(|code| code.as_str());
        assert_eq!(
            named.filter(|name| !["saturday", "sunday"].contains(name)),
            WALL.holiday(day),
            "{}",
            WALL.date(day)
        );
    }
}

#[test]
fn easter_falls_on_the_sunday_after_the_full_moon_of_the_tables() {
    for year in 1900..=2199 {
        assert_eq!(easter_sunday(year), WALL.date(WALL.easter(year)), "{year}");
    }
}

#[test]
fn the_oracle_knows_the_worked_dates_of_the_handbook() {
    let rolls = Rolls { saturday: true, sunday: true, holidays: true };
    let due = |y, m, d, months| {
        let start = WALL.at(y, m, d);
        let end = WALL.end_of_term(start, Length::Months(months), LAW.counting.month_rule);
        WALL.date(if WALL.is_working_day(end, rolls) { end } else { WALL.next_working_day(end, rolls) })
    };
    assert_eq!(due(2022, 9, 5, 6), date(2023, 3, 6), "Sunday rolls");
    assert_eq!(due(2022, 8, 31, 6), date(2023, 2, 28), "a missing ordinal");
    assert_eq!(due(2023, 2, 28, 6), date(2023, 8, 31), "the eve of the first");
    assert_eq!(due(2023, 11, 20, 6), date(2024, 5, 21), "Whit Monday rolls");
}
