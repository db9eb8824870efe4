//! Who is one person: numbers are joined only by a replacement that counts at the moment (semantics.md 5).

use crate::fact::{Fact, FactKind, NumberKey};
use crate::history::{History, Moment, counting};
use std::collections::HashMap;

/// Splits the facts of a whole population into one history per person, as known at a moment.
///
/// Persons without a counting check are left out: events under a number that nobody has yet wait.
/// The order of the result is that of the person's first check id.
pub fn histories<'a>(facts: impl IntoIterator<Item = &'a Fact>, at: Moment) -> Vec<History<'a>> {
    let facts = counting(facts, at);
    let mut joined = Joined::default();
    for fact in &facts {
        if let FactKind::NumberReplaced(by) = fact.kind {
            joined.join(fact.number, by);
        }
    }
    let mut by_person: HashMap<NumberKey, Vec<&Fact>> = HashMap::new();
    for fact in facts {
        by_person.entry(joined.root(fact.number)).or_default().push(fact);
    }
    let mut histories: Vec<History<'_>> = by_person
        .into_values()
        .map(|facts| History::of_counting(facts, at))
        .filter(|history| !history.checks.is_empty())
        .collect();
    histories.sort_unstable_by(|a, b| a.checks[0].id.cmp(b.checks[0].id));
    histories
}

/// Sets of numbers that belong to one person.
#[derive(Default)]
struct Joined {
    parent: HashMap<NumberKey, NumberKey>,
}

impl Joined {
    fn root(&self, number: NumberKey) -> NumberKey {
        let mut number = number;
        while let Some(parent) = self.parent.get(&number) {
            number = *parent;
        }
        number
    }

    fn join(&mut self, a: NumberKey, b: NumberKey) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            // The smaller key leads, whatever the order of the replacements.
            self.parent.insert(a.max(b), a.min(b));
        }
    }
}
