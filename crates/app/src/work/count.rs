//! The counters over a list.

use super::Snoozed;
use crate::model::WorkKind;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::counting::days_between;

/// For how many days an item has been due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkAge {
    /// 0 to 7.
    Week,
    /// 8 to 30.
    Month,
    /// 31 to 90.
    Quarter,
    /// More than 90.
    Longer,
}

impl WorkAge {
    /// Every age, the youngest first.
    pub const ALL: &'static [Self] = &[Self::Week, Self::Month, Self::Quarter, Self::Longer];

    /// The fewest and the most days; no most: no matter how many.
    pub const fn days(self) -> (i32, Option<i32>) {
        match self {
            Self::Week => (0, Some(7)),
            Self::Month => (8, Some(30)),
            Self::Quarter => (31, Some(90)),
            Self::Longer => (91, None),
        }
    }

    /// The age of what is due since a day.
    pub fn of(due_since: Date, today: Date) -> Self {
        let days = days_between(due_since, today);
        let fits = |age: &Self| age.days().1.is_none_or(|most| days <= most.into());
        Self::ALL.iter().copied().find(fits).unwrap_or(Self::Longer)
    }
}

/// How many items there are of one sort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkCount {
    /// What they ask.
    pub kind: WorkKind,
    /// Who works on them.
    pub assignee: Option<String>,
    /// How long they have been due.
    pub age: WorkAge,
    /// Due since before today.
    pub is_overdue: bool,
    /// Snoozed.
    pub is_snoozed: bool,
    /// Held.
    pub is_held: bool,
    /// How many.
    pub count: u64,
}

/// The most items that counters look at.
pub const COUNTED_MAX: usize = 100_000;

/// The counters over a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCounts {
    /// Items that the list shows; so are all counts below but one.
    pub total: u64,
    /// By kind.
    pub by_kind: BTreeMap<WorkKind, u64>,
    /// By person.
    pub by_assignee: BTreeMap<Option<String>, u64>,
    /// By age.
    pub by_age: BTreeMap<WorkAge, u64>,
    /// Due since before today.
    pub overdue: u64,
    /// Held.
    pub held: u64,
    /// Snoozed, whether the list shows them or not.
    pub snoozed: u64,
    /// True when counting ended at [`COUNTED_MAX`].
    pub is_capped: bool,
}

impl WorkCounts {
    /// Adds up sorts for a list that shows what is snoozed, or not.
    pub fn of(sorts: &[WorkCount], snoozed: Snoozed) -> Self {
        let mut counts = Self::default();
        for sort in sorts {
            counts.snoozed += if sort.is_snoozed { sort.count } else { 0 };
            let is_shown = match snoozed {
                Snoozed::Hidden => !sort.is_snoozed,
                Snoozed::Shown => true,
                Snoozed::Only => sort.is_snoozed,
            };
            if is_shown {
                counts.add(sort);
            }
        }
        let looked_at: u64 = sorts.iter().map(|sort| sort.count).sum();
        counts.is_capped = looked_at >= COUNTED_MAX as u64;
        counts
    }

    fn add(&mut self, sort: &WorkCount) {
        self.total += sort.count;
        *self.by_kind.entry(sort.kind).or_default() += sort.count;
        *self.by_assignee.entry(sort.assignee.clone()).or_default() += sort.count;
        *self.by_age.entry(sort.age).or_default() += sort.count;
        self.overdue += if sort.is_overdue { sort.count } else { 0 };
        self.held += if sort.is_held { sort.count } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    #[test]
    fn ages_meet_without_a_gap() {
        let today = date(2023, 6, 1);
        let of = |days: i32| WorkAge::of(today.saturating_sub(days.days()), today);
        let ages = [-1, 0, 7, 8, 30, 31, 90, 91, 400].map(of);
        use WorkAge::{Longer, Month, Quarter, Week};
        assert_eq!(ages, [Week, Week, Week, Month, Month, Quarter, Quarter, Longer, Longer]);
        for pair in WorkAge::ALL.windows(2) {
            assert_eq!(pair[0].days().1.map(|most| most + 1), Some(pair[1].days().0));
        }
    }

    #[test]
    fn what_is_hidden_counts_as_snoozed_only() {
        let sort = |is_snoozed, count| WorkCount {
            kind: WorkKind::Review,
            assignee: None,
            age: WorkAge::Week,
            is_overdue: true,
            is_snoozed,
            is_held: false,
            count,
        };
        let sorts = [sort(false, 3), sort(true, 2)];
        let counts = |snoozed| {
            let counts = WorkCounts::of(&sorts, snoozed);
            (counts.total, counts.overdue, counts.snoozed)
        };
        assert_eq!([Snoozed::Hidden, Snoozed::Shown, Snoozed::Only].map(counts), [(3, 3, 2), (5, 5, 2), (2, 2, 2)]);
    }
}
