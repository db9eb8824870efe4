//! Which numbers belong to a registered person.

use crate::ids::Fingerprint;
use std::collections::{HashMap, HashSet};
use traject_domain::national_number::NationalNumber;

/// Numbers that accepted registrations have.
#[derive(Debug, Clone, Default)]
pub struct Numbers(HashSet<NationalNumber>);

impl Numbers {
    /// Numbers of persons known from elsewhere, such as an earlier import.
    pub fn known(numbers: impl IntoIterator<Item = NationalNumber>) -> Self {
        Self(numbers.into_iter().collect())
    }

    /// True when the number is one of them.
    pub fn contains(&self, number: NationalNumber) -> bool {
        self.0.contains(&number)
    }

    /// These numbers and those.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    pub(crate) fn add(&mut self, number: NationalNumber) -> bool {
        self.0.insert(number)
    }
}

/// A row that would be accepted if its number is known and its id is free; `id` is one that a replacement has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) id: Fingerprint,
    pub(crate) number: NationalNumber,
    /// The new number, when the row is a replacement.
    pub(crate) replaced_by: Option<NationalNumber>,
}

/// Adds the numbers that replacements lead to from a known number, old to new, as often as needed.
///
/// `claims` in the order of the file: of the rows that share an id the first whose number is known has it. (Where
/// replacements contend for one id and one makes the other's number known, a number once known stays known.)
pub(crate) fn follow(mut known: Numbers, claims: &[Claim]) -> Numbers {
    let mut by_id: HashMap<Fingerprint, Vec<&Claim>> = HashMap::new();
    let mut ids_under: HashMap<NationalNumber, Vec<Fingerprint>> = HashMap::new();
    for claim in claims {
        by_id.entry(claim.id).or_default().push(claim);
        ids_under.entry(claim.number).or_default().push(claim.id);
    }
    let mut waiting: Vec<Fingerprint> = claims.iter().map(|claim| claim.id).rev().collect();
    while let Some(id) = waiting.pop() {
        let holder = by_id.get(&id).and_then(|rows| rows.iter().find(|claim| known.contains(claim.number)));
        let Some(new) = holder.and_then(|claim| claim.replaced_by) else { continue };
        if known.add(new) {
            waiting.extend(ids_under.get(&new).into_iter().flatten());
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any different valid numbers, by their place.
    fn number(n: u64) -> NationalNumber {
        let body = 850_730_000 + n;
        NationalNumber::parse(&format!("{body:09}{:02}", 97 - body % 97)).expect("made to be valid")
    }

    fn replacement(id: &str, old: u64, new: u64) -> Claim {
        Claim { id: Fingerprint::of(id), number: number(old), replaced_by: Some(number(new)) }
    }

    fn known(claims: &[Claim]) -> Vec<u64> {
        let known = follow(Numbers::known([number(0)]), claims);
        (0..9).filter(|n| known.contains(number(*n))).collect()
    }

    #[test]
    fn a_chain_is_followed_whatever_the_order_of_its_rows() {
        assert_eq!(known(&[replacement("c", 2, 3), replacement("b", 1, 2), replacement("a", 0, 1)]), [0, 1, 2, 3]);
    }

    #[test]
    fn an_old_number_is_not_known_by_its_new_one() {
        assert_eq!(known(&[replacement("a", 1, 0), replacement("b", 2, 1)]), [0]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(known(&[replacement("a", 0, 1), replacement("b", 1, 0), replacement("c", 1, 1)]), [0, 1]);
    }

    #[test]
    fn a_replacement_whose_id_an_earlier_row_has_leads_nowhere() {
        let other = Claim { id: Fingerprint::of("a"), number: number(0), replaced_by: None };
        assert_eq!(known(&[other, replacement("a", 0, 1)]), [0]);
        let of_nobody = Claim { number: number(5), ..other };
        assert_eq!(known(&[of_nobody, replacement("a", 0, 1)]), [0, 1]);
    }
}
