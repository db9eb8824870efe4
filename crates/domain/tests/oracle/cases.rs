//! Which countings are compared: a sample, spread evenly and without repetition, of every start day under every rule,
//! length and set of suspensions.

use crate::wall::{At, Rolls, Wall};
use traject_domain::law::{Length, MonthRule, SuspensionUnit};

/// One counting.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) start: At,
    /// A place in [`RULES`].
    pub(crate) rule: usize,
    /// A place in [`Rolls::ALL`].
    pub(crate) rolls: usize,
    pub(crate) unit: SuspensionUnit,
    pub(crate) length: Length,
    /// In no order; they may overlap, adjoin or be empty.
    pub(crate) suspended: Vec<(At, At)>,
}

/// Both month rules.
pub(crate) const RULES: [MonthRule; 2] = [MonthRule::EveOfOrdinal, MonthRule::SameDayNumber];
const UNITS: [SuspensionUnit; 2] = [SuspensionUnit::CalendarDays, SuspensionUnit::Months];

use Length::{Days, Months, Years};

/// Those of the law, and lengths about a week, a month, a February and a year.
#[rustfmt::skip]
const LENGTHS: [Length; 30] = [
    Days(1), Days(2), Days(5), Days(7), Days(14), Days(27), Days(28), Days(29), Days(30), Days(31),
    Days(60), Days(90), Days(180), Days(365), Days(366),
    Months(1), Months(2), Months(3), Months(4), Months(5), Months(6), Months(7), Months(9), Months(11), Months(12),
    Months(13), Months(18), Months(24), Years(1), Years(3),
];

/// From where a period is placed.
#[derive(Debug, Clone, Copy)]
enum Anchor {
    Start,
    End,
}

use Anchor::{End, Start};

/// A period: its first day by the distance from the start or the end of the term, and how many days it has.
type Placed = (Anchor, i64, i64);

/// Suspensions as they may lie about a term.
const SHAPES: [&[Placed]; 20] = [
    &[],
    &[(Start, -40, 20)],
    &[(Start, -20, 20)],
    &[(Start, -20, 21)],
    &[(Start, -20, 22)],
    &[(Start, 0, 10)],
    &[(Start, 1, 1)],
    &[(Start, 3, 31)],
    &[(End, 0, 1)],
    &[(End, 0, 59)],
    &[(End, 1, 30)],
    &[(End, -10, 92)],
    &[(End, -3, 5), (End, 3, 5), (End, 9, 30)],
    &[(End, -3, 5), (End, 2, 5), (End, 40, 30)],
    &[(Start, 10, 30), (Start, 25, 60)],
    &[(Start, 40, 20), (Start, 10, 30)],
    &[(Start, 40, 20), (Start, 10, 29)],
    &[(Start, 5, 200), (Start, 50, 10), (End, -1, 3)],
    &[(Start, 20, 0), (Start, 30, -5)],
    &[(Start, -10, 700)],
];

/// Beside the shapes, so many sets that no one thought of.
const RANDOM_SETS: u64 = 20;

/// A sample of so many.
pub(crate) fn cases(wall: &Wall, count: u64) -> impl Iterator<Item = Case> {
    let sets = SHAPES.len() as u64 + RANDOM_SETS;
    let all = [wall.starts().len() as u64, 2, 2, Rolls::ALL.len() as u64, LENGTHS.len() as u64, sets];
    let total = all.iter().product::<u64>();
    assert!(count <= total, "there are {total} countings");
    // A step that has no divisor in common with the total passes each once before it comes back to any.
    (0..count).map(move |n| case(wall, n * STEP % total, all))
}

/// A prime near the golden section of a large number, so that a short run is spread as evenly as a long one.
const STEP: u64 = 618_033_989;

fn case(wall: &Wall, index: u64, all: [u64; 6]) -> Case {
    let mut rest = index;
    let [start, rule, unit, rolls, length, set] = all.map(|size| {
        let digit = rest % size;
        rest /= size;
        usize::try_from(digit).expect("small")
    });
    let start = wall.starts().nth(start).expect("one of the starts");
    let length = LENGTHS[length];
    let end = wall.end_of_term(start, length, RULES[rule]);
    let place = |placed: &Placed| match placed {
        (Start, from, days) => moved(start, *from, *days),
        (End, from, days) => moved(end, *from, *days),
    };
    let suspended = match SHAPES.get(set) {
        Some(shape) => shape.iter().map(place).collect(),
        None => random_set(start, index),
    };
    Case { start, rule, rolls, unit: UNITS[unit], length, suspended }
}

/// Up to five periods about a start, the same for the same index.
fn random_set(start: At, index: u64) -> Vec<(At, At)> {
    let mut state = index;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % bound).expect("small")
    };
    (0..=below(5)).map(|_| moved(start, below(900) - 60, below(160))).collect()
}

/// The period of so many days that begins at this distance.
fn moved(at: At, from: i64, days: i64) -> (At, At) {
    let place = |distance: i64| At(u32::try_from(i64::from(at.0) + distance).expect("on the wall"));
    (place(from), place(from + days - 1))
}

impl Case {
    pub(crate) fn shown(&self, wall: &Wall) -> String {
        let suspended: Vec<String> =
            self.suspended.iter().map(|(first, last)| format!("{}..{}", wall.date(*first), wall.date(*last))).collect();
        let (start, rule, rolls) = (wall.date(self.start), RULES[self.rule], Rolls::ALL[self.rolls]);
        let Self { length, unit, .. } = self;
        format!("{length:?} from {start} by {rule:?}, {unit:?}, {rolls:?}, suspended {suspended:?}")
    }
}
