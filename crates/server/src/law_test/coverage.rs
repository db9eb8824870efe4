//! Which rules of a law the examples decide, version by version, and within a rule which of its tests.

use super::run::Decided;
use std::collections::BTreeMap;
use traject_app::reasons;
use traject_domain::dated::Dated;
use traject_domain::law::{ExemptionBasis, Law, Provenance};
use traject_domain::predicate::Predicate;
use traject_lawbook::ExampleKind;

/// Which way something was decided by examples.
#[derive(Default)]
pub(crate) struct Seen {
    /// An example saw it hold.
    pub(crate) held: bool,
    /// An example saw it not hold.
    pub(crate) failed: bool,
}

impl Seen {
    fn count(&mut self, holds: Option<bool>) {
        self.held |= holds == Some(true);
        self.failed |= holds == Some(false);
    }

    /// What no example ever decides; `None` when both ways were seen.
    fn never(&self) -> Option<&'static str> {
        match (self.held, self.failed) {
            (true, true) => None,
            (true, false) => Some("never seen to fail"),
            (false, true) => Some("never seen to hold"),
            (false, false) => Some("never seen to hold, never seen to fail"),
        }
    }
}

/// The examples of one version of a rule.
pub(crate) struct Covered<'l> {
    /// The code, with the first day in force where the version has one: `D-REGISTER@2027-01-01`.
    pub(crate) key: String,
    /// Where the version comes from: what tells versions apart.
    provenance: &'l Provenance,
    examples: BTreeMap<ExampleKind, u32>,
    /// The rule as a whole.
    pub(crate) seen: Seen,
    /// Each single test, of a rule that joins more than one.
    tests: Vec<(&'l Predicate, Seen)>,
}

impl Covered<'_> {
    /// How many examples of a kind passed.
    pub(crate) fn examples(&self, kind: ExampleKind) -> u32 {
        self.examples.get(&kind).copied().unwrap_or(0)
    }

    /// The single tests in the words of the law files.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (String, &Seen)> {
        self.tests.iter().map(|(test, seen)| (reasons::test(test), seen))
    }

    /// What no example ever decides, a line each. Of a rule never decided its tests are not told.
    pub(crate) fn undecided(&self) -> Vec<String> {
        match self.seen.never() {
            Some(never) => vec![format!("{}: {never}", self.key)],
            None => {
                let tests = self.tests().filter_map(|(test, seen)| Some((test, seen.never()?)));
                tests.map(|(test, never)| format!("{}, {test}: {never}", self.key)).collect()
            }
        }
    }

    /// The kinds of example that it lacks, on one line.
    pub(crate) fn lacking(&self) -> Vec<String> {
        let lacking = ExampleKind::ALL.iter().filter(|kind| self.examples(**kind) == 0).map(|kind| kind.code());
        let lacking: Vec<&str> = lacking.collect();
        if lacking.is_empty() { Vec::new() } else { vec![format!("{}: {}", self.key, lacking.join(", "))] }
    }

    /// Decided both ways, with all its tests, by an example of each kind.
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
        law.scope.iter().for_each(|(code, item)| {
            coverage.add(code.as_str(), item, |condition| (&condition.provenance, Some(&condition.test)));
        });
        law.exemptions.iter().for_each(|(code, item)| {
            coverage.add(code.as_str(), item, |exemption| match &exemption.basis {
                ExemptionBasis::Automatic(test) => (&exemption.provenance, Some(test)),
                ExemptionBasis::OnEvidence => (&exemption.provenance, None),
            });
        });
        law.suspensions.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |s| (&s.provenance, None)));
        law.deadlines.iter().for_each(|(term, item)| coverage.add(term.code(), item, |d| (&d.provenance, None)));
        // What an entitlement's test came to is not told by a standing: it is covered as a whole.
        law.entitlements.iter().for_each(|(code, item)| coverage.add(code.as_str(), item, |e| (&e.provenance, None)));
        coverage.add(super::run::FINE, &law.fines, |range| (&range.provenance, None));
        coverage
    }

    fn add<T>(
        &mut self,
        code: &str,
        item: &'l Dated<T>,
        read: impl Fn(&'l T) -> (&'l Provenance, Option<&'l Predicate>),
    ) {
        self.0.extend(item.versions().iter().filter_map(|version| {
            let key = version.from.map_or_else(|| code.to_owned(), |from| format!("{code}@{from}"));
            let (provenance, test) = read(version.value.as_ref()?);
            let leaves = test.map(leaves).filter(|leaves| leaves.len() > 1).unwrap_or_default();
            let tests = leaves.into_iter().map(|leaf| (leaf, Seen::default())).collect();
            Some(Covered { key, provenance, examples: BTreeMap::new(), seen: Seen::default(), tests })
        }));
    }

    /// Counts an example that passed for the version that decided it.
    pub(crate) fn count(&mut self, kind: ExampleKind, decided: &Decided<'_>) {
        let Some(provenance) = decided.by else { return };
        let Some(row) = self.0.iter_mut().find(|row| std::ptr::eq(row.provenance, provenance)) else { return };
        *row.examples.entry(kind).or_insert(0) += 1;
        row.seen.count(decided.holds);
        for (test, held) in &decided.tests {
            let of_row = row.tests.iter_mut().filter(|(own, _)| std::ptr::eq(*own, *test));
            of_row.for_each(|(_, seen)| seen.count(Some(*held)));
        }
    }

    /// In the order of the law.
    pub(crate) fn rows(&self) -> &[Covered<'l>] {
        &self.0
    }
}

/// The single tests that a condition joins.
fn leaves(test: &Predicate) -> Vec<&Predicate> {
    match test {
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().flat_map(leaves).collect(),
        Predicate::Not(part) => leaves(part),
        leaf => vec![leaf],
    }
}
