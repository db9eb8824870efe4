//! Which rules of a law the examples decide, version by version.

use super::run::Decided;
use std::collections::BTreeMap;
use traject_domain::dated::Dated;
use traject_domain::law::{Law, Provenance};
use traject_lawbook::ExampleKind;

/// The examples of one version of a rule.
pub(crate) struct Covered<'l> {
    /// The code, with the first day in force where the version has one: `D-REGISTER@2027-01-01`.
    pub(crate) key: String,
    /// Where the version comes from: what tells versions apart.
    provenance: &'l Provenance,
    examples: BTreeMap<ExampleKind, u32>,
    /// An example saw it hold.
    pub(crate) held: bool,
    /// An example saw it not hold.
    pub(crate) failed: bool,
}

impl Covered<'_> {
    /// How many examples of a kind passed.
    pub(crate) fn examples(&self, kind: ExampleKind) -> u32 {
        self.examples.get(&kind).copied().unwrap_or(0)
    }

    /// What no example ever decides.
    pub(crate) fn undecided(&self) -> Vec<&'static str> {
        let sides = [(self.held, "never seen to hold"), (self.failed, "never seen to fail")];
        sides.into_iter().filter_map(|(seen, words)| (!seen).then_some(words)).collect()
    }

    /// The kinds of example that it lacks.
    pub(crate) fn lacking(&self) -> Vec<&'static str> {
        ExampleKind::ALL.iter().filter(|kind| self.examples(**kind) == 0).map(|kind| kind.code()).collect()
    }

    /// Decided both ways, by an example of each kind.
    pub(crate) fn is_complete(&self) -> bool {
        self.undecided().is_empty() && self.lacking().is_empty()
    }
}

/// Every version of every condition, exemption, suspension, term and entitlement, and of the fine.
pub(crate) struct Coverage<'l>(Vec<Covered<'l>>);

impl<'l> Coverage<'l> {
    /// Nothing covered yet.
    pub(crate) fn of(law: &'l Law) -> Self {
        let mut coverage = Self(Vec::new());
        law.scope.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |c| &c.provenance));
        law.exemptions.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |e| &e.provenance));
        law.suspensions.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |s| &s.provenance));
        law.deadlines.iter().for_each(|(term, item)| coverage.add(term.code(), item, |d| &d.provenance));
        law.entitlements.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |e| &e.provenance));
        coverage.add(super::run::FINE, &law.fines, |range| &range.provenance);
        coverage
    }

    fn add<T>(&mut self, code: &str, item: &'l Dated<T>, provenance: impl Fn(&'l T) -> &'l Provenance) {
        self.0.extend(item.versions().iter().filter_map(|version| {
            let key = version.from.map_or_else(|| code.to_owned(), |from| format!("{code}@{from}"));
            let provenance = provenance(version.value.as_ref()?);
            Some(Covered { key, provenance, examples: BTreeMap::new(), held: false, failed: false })
        }));
    }

    /// Counts an example that passed for the version that decided it.
    pub(crate) fn count(&mut self, kind: ExampleKind, decided: &Decided<'_>) {
        let Some(provenance) = decided.by else { return };
        if let Some(row) = self.0.iter_mut().find(|row| std::ptr::eq(row.provenance, provenance)) {
            *row.examples.entry(kind).or_insert(0) += 1;
            row.held |= decided.holds == Some(true);
            row.failed |= decided.holds == Some(false);
        }
    }

    /// In the order of the law.
    pub(crate) fn rows(&self) -> &[Covered<'l>] {
        &self.0
    }
}
