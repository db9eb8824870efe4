//! Provisions dated twice: from when they are in force, and from when one could know them (law.md R-T2).

use crate::Date;

/// One version of a provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<T> {
    /// First day in force; absent: from the start.
    pub from: Option<Date>,
    /// Day of publication; absent: known from the start.
    pub known_from: Option<Date>,
    /// What it says; absent: from this day on the provision is repealed.
    pub value: Option<T>,
}

/// The versions of one provision. A later one ends the earlier one, so there are no gaps and no overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T>(Vec<Version<T>>);

impl<T> Dated<T> {
    /// Takes the versions in any order.
    pub fn new(mut versions: Vec<Version<T>>) -> Self {
        versions.sort_by_key(|version| version.from);
        Self(versions)
    }

    /// What is in force on a day, as known on another; `None` before the first version and after a repeal.
    pub fn on(&self, day: Date, known_on: Date) -> Option<&T> {
        let applies = |version: &&Version<T>| {
            version.from.is_none_or(|from| from <= day) && version.known_from.is_none_or(|known| known <= known_on)
        };
        self.0.iter().rev().find(applies)?.value.as_ref()
    }

    /// What was in force on a day, as it is known by all that was published.
    pub fn in_force(&self, day: Date) -> Option<&T> {
        self.on(day, Date::MAX)
    }

    /// The last version that says something: for its name, and to know that a code exists or existed.
    pub fn latest(&self) -> Option<&T> {
        self.0.iter().rev().find_map(|version| version.value.as_ref())
    }

    /// Every version, by first day in force.
    pub fn versions(&self) -> &[Version<T>] {
        &self.0
    }

    /// The days on which a version was published.
    pub fn publications(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.iter().filter_map(|version| version.known_from)
    }

    /// The days on which a version begins or becomes known.
    pub fn turning_days(&self) -> impl Iterator<Item = Date> + '_ {
        self.0.iter().flat_map(|version| [version.from, version.known_from]).flatten()
    }
}

impl<T> From<T> for Dated<T> {
    fn from(value: T) -> Self {
        Self(vec![Version { from: None, known_from: None, value: Some(value) }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_version_applies_once_it_is_in_force_and_known() {
        let term = Dated::new(vec![
            Version { from: Some(date(2026, 1, 1)), known_from: Some(date(2026, 1, 20)), value: None },
            Version { from: Some(date(2024, 1, 1)), known_from: Some(date(2024, 1, 26)), value: Some("new") },
            Version { from: None, known_from: None, value: Some("old") },
        ]);
        let known_later = date(2030, 1, 1);
        assert_eq!(term.on(date(2023, 12, 31), known_later), Some(&"old"));
        assert_eq!(term.on(date(2024, 1, 1), date(2024, 1, 25)), Some(&"old"), "not published yet");
        assert_eq!(term.on(date(2024, 1, 1), date(2024, 1, 26)), Some(&"new"));
        assert_eq!(term.on(date(2026, 1, 1), known_later), None, "repealed");
        assert_eq!(term.on(date(2026, 1, 1), date(2026, 1, 19)), Some(&"new"), "the repeal is not known yet");
        assert_eq!(term.latest(), Some(&"new"));
        assert_eq!(term.turning_days().count(), 4);
    }
}
