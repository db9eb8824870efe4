//! How alike two words of names are.

use super::fold::Word;
use strsim::{jaro_winkler, osa_distance};

/// In which way two words are one. The order is that of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The same letters, whatever the script, accents or case.
    Exact,
    /// The same sound, spelt differently.
    Spelling,
    /// A letter or two apart.
    Typo,
}

/// How alike two words are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    /// Above 0 and at most 1.
    pub(super) worth: f64,
    pub(super) kind: Kind,
}

/// Words of so many letters may be one edit apart.
const ONE_EDIT_FROM: usize = 4;
/// Words of so many letters may be two edits apart.
const TWO_EDITS_FROM: usize = 8;
/// With the same consonants, words whose vowels are less alike than this are two names.
const VOWELS_ALIKE: f64 = 0.77;

/// How alike two words are; none when they are two names.
pub(super) fn likeness(a: &Word, b: &Word) -> Option<Likeness> {
    let of = |worth, kind| Some(Likeness { worth, kind });
    if a.ascii == b.ascii {
        return of(1.0, Kind::Exact);
    }
    if a.plain == b.plain {
        return of(0.95, Kind::Spelling);
    }
    if a.abjad != b.abjad {
        return without_vowels(a, b);
    }
    let letters = a.letters().min(b.letters());
    let same_sound = a.sound == b.sound && a.sound.len() > 1;
    let apart = || osa_distance(&a.plain, &b.plain).min(osa_distance(&a.ascii, &b.ascii));
    let edits = if letters < ONE_EDIT_FROM { usize::MAX } else { apart() };
    let alike = if same_sound { jaro_winkler(&a.plain, &b.plain) } else { 0.0 };
    if alike >= VOWELS_ALIKE {
        of(0.55 + 0.4 * alike, Kind::Spelling)
    } else if edits == 1 {
        of(0.85, Kind::Typo)
    } else if edits == 2 && letters >= TWO_EDITS_FROM {
        of(0.75, Kind::Typo)
    } else {
        None
    }
}

/// One of the words has no short vowels: the consonants decide.
fn without_vowels(a: &Word, b: &Word) -> Option<Likeness> {
    let letters = a.sound.len().min(b.sound.len());
    match (osa_distance(&a.sound, &b.sound), letters) {
        (0, 3..) => Some(Likeness { worth: 0.9, kind: Kind::Spelling }),
        (0, 2) => Some(Likeness { worth: 0.8, kind: Kind::Spelling }),
        (1, 4..) => Some(Likeness { worth: 0.7, kind: Kind::Typo }),
        _ => None,
    }
}
