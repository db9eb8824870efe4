//! What a name is worth as the answer to a search.

use super::fold::Word;
use super::index::JOINED_MAX;
use super::likeness::{Kind, Likeness, likeness};
use super::{MatchReason, NameQuery};
use std::cmp::Reverse;
use std::ops::Range;
use traject_domain::partial_date::PartialDate;

/// What the family name weighs against the given names: many share those.
const FAMILY: f64 = 0.65;
/// How much of a compound family name one whole word of it stands for, at least.
const ONE_OF_FAMILY: f64 = 0.6;
/// A family name's words of fewer letters, such as `van` or `ben`, stand for nothing alone.
const TELLING: usize = 4;
/// What a former name is worth beside the present one.
const FORMER: f64 = 0.9;
/// What the name weighs where a birth date is asked for.
const NAME_BESIDE_BIRTH: f64 = 0.75;

/// The name of somebody, as words.
pub(super) struct Name {
    pub(super) family: Vec<Word>,
    pub(super) given: Vec<Word>,
    pub(super) former: bool,
}

/// What was found out about one name.
pub(super) struct Scored {
    /// 0 to 100.
    pub(super) score: f64,
    pub(super) reasons: Vec<MatchReason>,
}

/// Words of the search that are words of the name.
struct Pair {
    asked: Range<usize>,
    has: Range<usize>,
    is_family: bool,
    like: Likeness,
}

/// Compares a name and the birth dates known with it; none when no word of the name is like one that was asked for.
pub(super) fn score(query: &NameQuery, name: &Name, births: &[PartialDate]) -> Option<Scored> {
    let pairs = matched(&query.words, name);
    let family: Vec<&Pair> = pairs.iter().filter(|pair| pair.is_family).collect();
    let given: Vec<&Pair> = pairs.iter().filter(|pair| !pair.is_family).collect();
    let covered = letters(&query.words, pairs.iter().map(|pair| &pair.asked)) / total(&query.words);
    let of_family = family_worth(&name.family, &family);
    let of_given = given.iter().map(|pair| pair.like.worth).fold(0.0, f64::max);
    let worth = match (name.family.is_empty(), name.given.is_empty()) {
        (true, _) => of_given,
        (_, true) => of_family,
        _ => FAMILY * of_family + (1.0 - FAMILY) * of_given,
    };
    let former = if name.former { FORMER } else { 1.0 };
    let by_name = 100.0 * covered * worth * former;
    if by_name < 10.0 {
        return None;
    }
    let mut reasons = Vec::new();
    reasons.extend(family.iter().map(|pair| pair.like.kind).max().map(family_reason));
    reasons.extend(given.iter().map(|pair| pair.like.kind).min().map(given_reason));
    reasons.extend(name.former.then_some(MatchReason::FormerName));
    let (score, birth) = with_birth(by_name, query.birth_date, births);
    reasons.extend(birth);
    Some(Scored { score, reasons })
}

fn total(words: &[Word]) -> f64 {
    letters(words, std::iter::once(&(0..words.len())))
}

/// Letters of the words in some ranges.
#[expect(clippy::cast_precision_loss, reason = "names have few letters")]
fn letters<'r>(words: &[Word], ranges: impl Iterator<Item = &'r Range<usize>>) -> f64 {
    ranges.map(|range| words[range.clone()].iter().map(Word::letters).sum::<usize>()).sum::<usize>() as f64
}

/// How much of the family name was asked for. Who has two surnames is known by either.
fn family_worth(family: &[Word], pairs: &[&Pair]) -> f64 {
    if pairs.is_empty() {
        return 0.0;
    }
    let longest = family.iter().map(Word::letters).max().unwrap_or_default();
    let telling = |pair: &&&Pair| {
        let letters = family[pair.has.clone()].iter().map(Word::letters).max().unwrap_or_default();
        letters >= TELLING || letters == longest
    };
    let best = pairs.iter().filter(telling).map(|pair| pair.like.worth).fold(0.0, f64::max);
    let whole: f64 = pairs.iter().map(|pair| pair.like.worth * letters(family, std::iter::once(&pair.has))).sum();
    let whole = whole / total(family);
    whole + (1.0 - whole) * ONE_OF_FAMILY * best * f64::from(u8::from(whole < best))
}

/// Pairs words, the most alike first, each once. Words may be written together on one side.
fn matched(asked: &[Word], name: &Name) -> Vec<Pair> {
    let mut all = Vec::new();
    for (words, is_family) in [(&name.family, true), (&name.given, false)] {
        for (has, own) in joined(words) {
            for (range, typed) in joined(asked) {
                if (has.len() == 1 || range.len() == 1)
                    && let Some(like) = likeness(&typed, &own)
                {
                    all.push(Pair { asked: range, has: has.clone(), is_family, like });
                }
            }
        }
    }
    all.sort_by(|a, b| {
        b.like.worth.total_cmp(&a.like.worth).then_with(|| {
            let order = |pair: &Pair| (Reverse(pair.asked.len() + pair.has.len()), !pair.is_family, pair.asked.start);
            order(a).cmp(&order(b))
        })
    });
    let mut chosen: Vec<Pair> = Vec::new();
    for pair in all {
        let meets = |other: &Pair| {
            overlap(&other.asked, &pair.asked) || (other.is_family == pair.is_family && overlap(&other.has, &pair.has))
        };
        if !chosen.iter().any(meets) {
            chosen.push(pair);
        }
    }
    chosen
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn joined(words: &[Word]) -> Vec<(Range<usize>, Word)> {
    let spans = (1..=JOINED_MAX).flat_map(|length| (0..words.len()).map(move |start| start..start + length));
    let within = spans.filter(|range| range.end <= words.len());
    within.map(|range| (range.clone(), Word::joined(&words[range]))).collect()
}

const fn family_reason(kind: Kind) -> MatchReason {
    match kind {
        Kind::Exact => MatchReason::FamilyNameExact,
        Kind::Spelling => MatchReason::FamilyNameSpelling,
        Kind::Typo => MatchReason::FamilyNameTypo,
    }
}

const fn given_reason(kind: Kind) -> MatchReason {
    match kind {
        Kind::Exact => MatchReason::GivenNameExact,
        Kind::Spelling => MatchReason::GivenNameSpelling,
        Kind::Typo => MatchReason::GivenNameTypo,
    }
}

/// The score with what the birth date says, by the date that says most.
fn with_birth(by_name: f64, asked: Option<PartialDate>, births: &[PartialDate]) -> (f64, Option<MatchReason>) {
    let Some(asked) = asked else { return (by_name, None) };
    let name = NAME_BESIDE_BIRTH * by_name;
    let says = births.iter().map(|birth| birth_reason(asked, *birth)).min();
    match says {
        None => (name + 8.0, None),
        Some(MatchReason::BirthDateExact) => (name + 25.0, says),
        Some(MatchReason::BirthDateCompatible) => (name + 15.0, says),
        Some(MatchReason::BirthDateNear) => (name + 10.0, says),
        Some(_) => (0.8 * name, says),
    }
}

fn birth_reason(asked: PartialDate, birth: PartialDate) -> MatchReason {
    if asked == birth {
        MatchReason::BirthDateExact
    } else if !(asked.is_complete() && birth.is_complete()) {
        let can_be_one = asked.earliest() <= birth.latest() && birth.earliest() <= asked.latest();
        if can_be_one { MatchReason::BirthDateCompatible } else { MatchReason::BirthDateDiffers }
    } else if is_near(asked, birth) {
        MatchReason::BirthDateNear
    } else {
        MatchReason::BirthDateDiffers
    }
}

/// Two of year, month and day are the same, or day and month changed places.
fn is_near(asked: PartialDate, birth: PartialDate) -> bool {
    let (a, b) = (asked.earliest(), birth.earliest());
    let same = [a.year() == b.year(), a.month() == b.month(), a.day() == b.day()];
    let swapped = same[0] && a.month() == b.day() && a.day() == b.month();
    swapped || same.iter().filter(|same| **same).count() == 2
}
