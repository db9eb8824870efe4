//! The words that a name is found by: what the store keeps for each name, and what a search asks it for.

use super::fold::{Word, words};
use crate::model::Identity;
use std::collections::BTreeSet;
use std::fmt;
use traject_domain::partial_date::PartialDate;

/// The version of the rules by which tokens are made. A store whose index was made by others makes it again.
///
/// It goes up with every change of the folding, and of the library that transliterates.
pub const RULES: i32 = 1;

/// Tokens of one search at the most.
pub const WANTED_MAX: usize = 256;

/// Words that are written together somewhere, and apart elsewhere, at the most.
pub(super) const JOINED_MAX: usize = 3;

/// A consonant skeleton of so many letters can lose one and still say something.
const SKELETON_MIN: usize = 4;

/// A word of so many letters is kept by its halves instead of by every letter that it may lack.
const HALVED_FROM: usize = 8;

/// What a token is of a name. The order is that of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A word of the family name, or words of it written together.
    Family,
    /// A word of the given names, or words of them written together.
    Given,
    /// The consonants of a word.
    Sound,
    /// What is left of a word, or of its consonants, when one letter of it is wrong.
    Near,
    /// The birth date, `YYYY-MM-DD` with 00 for what is unknown.
    Birth,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Family, Self::Given, Self::Sound, Self::Near, Self::Birth];

    /// Its number in a column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Family => 1,
            Self::Given => 2,
            Self::Sound => 3,
            Self::Near => 4,
            Self::Birth => 5,
        }
    }

    /// What each token found in this role adds to a dossier's place among those that are compared at all: a family name
    /// outweighs a given name, which many share.
    pub const fn weight(self) -> i64 {
        match self {
            Self::Family => 12,
            Self::Given | Self::Birth => 8,
            Self::Sound => 2,
            Self::Near => 1,
        }
    }
}

/// A token by which a name is found. Personal data: kept and erased with the identity, never logged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// What it is of the name.
    pub role: Role,
    /// Lower-case ASCII letters and digits, half a word with a star for the rest, or a date.
    pub text: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?}, ***)", self.role)
    }
}

/// The tokens that a name is kept under; none where the identity holds no name.
pub fn tokens(identity: &Identity, birth_date: Option<PartialDate>) -> BTreeSet<Token> {
    let family = words(identity.last_name.as_deref().unwrap_or_default());
    let given = words(identity.first_names.as_deref().unwrap_or_default());
    let mut found = BTreeSet::new();
    for (role, words) in [(Role::Family, &family), (Role::Given, &given)] {
        // A person of one name has it wherever the register put it.
        let carries_typos = role == Role::Family || family.is_empty();
        for span in spans(words) {
            let word = Word::joined(span);
            if carries_typos && (span.len() == 1 || word.abjad) {
                found.extend(nearest(&word).into_iter().map(|text| Token { role: Role::Near, text }));
            }
            found.extend((word.sound.len() > 1).then_some(Token { role: Role::Sound, text: word.sound }));
            found.insert(Token { role, text: word.plain });
        }
    }
    if !found.is_empty() {
        found.extend(birth_date.map(|date| Token { role: Role::Birth, text: date.to_string() }));
    }
    found
}

/// The texts that a search asks for, the most telling first, at most [`WANTED_MAX`].
pub(super) fn wanted(words: &[Word], birth_date: Option<PartialDate>) -> Vec<String> {
    let all: Vec<Word> = spans(words).map(Word::joined).collect();
    let whole = all.iter().map(|word| word.plain.clone());
    let sounds = all.iter().map(|word| word.sound.clone()).filter(|sound| sound.len() > 1);
    let near = words.iter().flat_map(nearest_wanted);
    let mut seen = BTreeSet::new();
    birth_date
        .map(|date| date.to_string())
        .into_iter()
        .chain(whole)
        .chain(sounds)
        .chain(near)
        .filter(|text| seen.insert(text.clone()))
        .take(WANTED_MAX)
        .collect()
}

/// Words one by one, and up to three neighbours together.
pub(super) fn spans(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    (1..=JOINED_MAX).flat_map(|length| words.windows(length))
}

/// What a word is found by when a letter of it is wrong: two words that are one edit apart share one of these texts.
fn nearest(word: &Word) -> Vec<String> {
    let by_letters = match word.ascii.len() {
        HALVED_FROM.. => halves(&word.ascii, word.ascii.len()),
        _ => without_one(&word.ascii).into_iter().chain([word.ascii.clone()]).collect(),
    };
    let by_sound = if word.abjad { without_one_sound(word) } else { Vec::new() };
    by_letters.into_iter().chain(by_sound).collect()
}

/// The texts of [`nearest`] of every word that is one edit from this one.
fn nearest_wanted(word: &Word) -> impl Iterator<Item = String> {
    let text = &word.ascii;
    let short = if text.len() <= HALVED_FROM { without_one(text) } else { Vec::new() };
    let around = (text.len().saturating_sub(1)..=text.len() + 1).filter(|length| *length >= HALVED_FROM);
    let long: Vec<String> = around.flat_map(|length| halves(text, length)).collect();
    std::iter::once(text.clone()).chain(short).chain(long).chain(without_one_sound(word))
}

/// How a word of some letters begins and ends, as this text would have it. One letter in the middle belongs to neither,
/// so that two letters that changed places leave one of both whole.
fn halves(text: &str, length: usize) -> Vec<String> {
    let first = length / 2;
    let last = length - first - 1;
    vec![format!("{}*", &text[..first]), format!("*{}", &text[text.len() - last..])]
}

/// The consonants that remain without one; nothing of a word that has few.
fn without_one_sound(word: &Word) -> Vec<String> {
    if word.sound.len() >= SKELETON_MIN { without_one(&word.sound) } else { Vec::new() }
}

/// The texts that lack one letter, where two are left.
fn without_one(text: &str) -> Vec<String> {
    if text.len() < 3 {
        return Vec::new();
    }
    (0..text.len()).map(|at| [&text[..at], &text[at + 1..]].concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(family: &str, given: &str) -> Identity {
        Identity { last_name: Some(family.to_owned()), first_names: Some(given.to_owned()), ..Identity::default() }
    }

    #[test]
    fn one_edit_anywhere_in_a_family_name_is_found() {
        for name in ["Perez", "Diallo", "Amrani", "Mkrtchyan", "Shcherbakova", "Okonkwo", "Li"] {
            let kept: BTreeSet<String> =
                tokens(&identity(name, ""), None).into_iter().map(|token| token.text).collect();
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            for at in (0..letters.len()).filter(|_| letters.len() > 2) {
                let with = |middle: &[char]| [&letters[..at], middle, &letters[at + 1..]].concat();
                let mut swapped = letters.clone();
                swapped.swap(at, (at + 1).min(letters.len() - 1));
                for typed in [with(&[]), with(&['b']), with(&[letters[at], 'k']), swapped] {
                    let typed: String = typed.into_iter().collect();
                    let asked = wanted(&words(&typed), None);
                    assert!(asked.iter().any(|text| kept.contains(text)), "{name} as {typed}");
                }
            }
        }
    }

    #[test]
    fn an_identity_without_names_is_found_by_nothing() {
        assert!(tokens(&Identity::default(), Some(PartialDate::Year(1990))).is_empty());
        assert!(!format!("{:?}", tokens(&identity("Amrani", "Nadia"), None)).contains("mrn"));
    }
}
