//! The law laboratory: what another law would make of the dossiers. Nothing is written.

use crate::desk::{Desk, facts_of};
use crate::error::AppError;
use crate::ids::DossierId;
use crate::model::Dossier;
use crate::proposal;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::assess;
use traject_domain::assess::wake_on;
use traject_domain::code::Code;
use traject_domain::counting::{add_days, birthday};
use traject_domain::fact::Fact;
use traject_domain::history::{History, Moment};
use traject_domain::law::{Law, LeapDayBirthday, Length};
use traject_domain::standing::{Enforcement, NextCode, Standing};

/// How many dossiers are read at a time.
const PAGE: usize = 500;

/// What is asked: the standings at the end of a day under two laws, and the weeks that follow it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The law in force.
    pub before: &'a Law,
    /// The other law.
    pub after: &'a Law,
    /// The day, in Brussels.
    pub as_of: Date,
    /// How many weeks ahead; 0: none.
    pub weeks: u32,
}

/// What a standing comes to, in the words of lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// `obliged`, `exempt`, `not_in_scope`, `undecided`; `unchecked` without a check.
    pub outcome: Code,
    /// Space-joined codes that say why.
    pub reasons: String,
    /// How far enforcement of the shown breach has come.
    pub enforcement: Enforcement,
    /// The next thing due.
    pub next: Option<NextCode>,
    /// By when.
    pub due: Option<Date>,
}

/// A dossier that another law would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub dossier: DossierId,
    /// Its groups: municipality, age band, sex, nationality.
    pub groups: [Group; 4],
    /// As it stands.
    pub before: Short,
    /// As it would stand.
    pub after: Short,
}

/// By what dossiers are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// NIS code of the municipality the person belongs to.
    Municipality,
    /// Age at the reference date: `under_18`, `18-24` to `55-64`, `65_and_over`.
    AgeBand,
    /// `F`, `M`, `X`.
    Sex,
    /// ISO 3166-1 alpha-2.
    Nationality,
}

impl Dimension {
    /// Its name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::AgeBand => "age_band",
            Self::Sex => "sex",
            Self::Nationality => "nationality",
        }
    }
}

/// One value of a dimension; `unknown` where it is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// By what.
    pub dimension: Dimension,
    /// Which value.
    pub value: Code,
}

/// How many dossiers of a group there are, and how many another law changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Assessed.
    pub assessed: u64,
    /// With another outcome.
    pub outcome_changed: u64,
    /// With another outcome, enforcement state, next step or due date.
    pub changed: u64,
}

impl Count {
    fn add(&mut self, changed: bool, outcome_changed: bool) {
        self.assessed += 1;
        self.outcome_changed += u64::from(outcome_changed);
        self.changed += u64::from(changed);
    }
}

/// What falls due in one week, if nothing more is reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Formal notices to release.
    pub notices: u64,
    /// Letters: certificates of obligation and formal notices.
    pub letters: u64,
}

/// One week ahead under both laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its first day; the first week begins on the day that is looked at and holds what is due already.
    pub first: Date,
    /// Under the law in force.
    pub before: Load,
    /// Under the other law.
    pub after: Load,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// All dossiers.
    pub total: Count,
    /// Outcomes that change: from which to which, and how many.
    pub outcomes: BTreeMap<(Code, Code), u64>,
    /// By group.
    pub groups: BTreeMap<Group, Count>,
    /// Week by week.
    pub weeks: Vec<Week>,
    /// The dossiers that change, by id.
    pub changed: Vec<Changed>,
}

impl Findings {
    fn new(question: &Question<'_>) -> Self {
        let week = |n: u32| Week {
            first: add_days(question.as_of, i64::from(n) * 7),
            before: Load::default(),
            after: Load::default(),
        };
        Self {
            total: Count::default(),
            outcomes: BTreeMap::new(),
            groups: BTreeMap::new(),
            weeks: (0..question.weeks).map(week).collect(),
            changed: Vec::new(),
        }
    }

    fn add(&mut self, question: &Question<'_>, dossier: &Dossier) {
        let facts = facts_of(dossier);
        let at = Moment::end_of(question.as_of);
        let history = History::new(&facts, at);
        let (before, after) = (assess(question.before, &history), assess(question.after, &history));
        let groups = groups(&history, before.as_ref());
        let (short, other) = (short(before.as_ref()), short(after.as_ref()));
        let (changed, outcome_changed) = (short != other, short.outcome != other.outcome);
        self.total.add(changed, outcome_changed);
        for group in &groups {
            self.groups.entry(group.clone()).or_default().add(changed, outcome_changed);
        }
        forecast(question.before, &facts, before, at, &mut self.weeks, |week| &mut week.before);
        forecast(question.after, &facts, after, at, &mut self.weeks, |week| &mut week.after);
        if outcome_changed {
            *self.outcomes.entry((short.outcome.clone(), other.outcome.clone())).or_default() += 1;
        }
        if changed {
            self.changed.push(Changed { dossier: dossier.id, groups, before: short, after: other });
        }
    }
}

impl Desk {
    /// What another law would make of every dossier. Nothing is written.
    ///
    /// # Errors
    /// What the store says.
    pub async fn what_if(&self, question: Question<'_>) -> Result<Findings, AppError> {
        let mut findings = Findings::new(&question);
        let mut after = None;
        loop {
            let page = self.store.scan(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(findings) };
            after = Some(last.id);
            for dossier in &page {
                findings.add(&question, dossier);
            }
        }
    }
}

/// What a standing comes to.
pub(crate) fn short(standing: Option<&Standing>) -> Short {
    let at = standing.map_or(Date::MIN, |standing| standing.at.as_of);
    let row = proposal::row(standing, at, [0; 32], None);
    Short {
        outcome: row.outcome,
        reasons: row.reasons,
        enforcement: row.enforcement,
        next: row.next_code,
        due: row.next_due,
    }
}

fn groups(history: &History<'_>, standing: Option<&Standing>) -> [Group; 4] {
    let status = history.checks.last().map(|check| check.extract);
    let unknown = || Code::new("unknown");
    let municipality = history.municipality_on(history.at.as_of);
    let group = |dimension, value: Option<Code>| Group { dimension, value: value.unwrap_or_else(unknown) };
    [
        group(Dimension::Municipality, municipality.map(|municipality| Code::new(&municipality.to_string()))),
        group(Dimension::AgeBand, standing.and_then(|standing| age_band(history, standing))),
        group(Dimension::Sex, status.and_then(|extract| extract.sex.clone())),
        group(Dimension::Nationality, status.and_then(|extract| extract.nationality.clone())),
    ]
}

/// The age at the reference date, in the bands of the published figures. An incomplete birth date counts from its first
/// possible day.
fn age_band(history: &History<'_>, standing: &Standing) -> Option<Code> {
    let base = history.checks.iter().find(|check| *check.id == standing.base)?;
    let (birth, on) = (base.extract.birth_date?.earliest(), standing.reference_date?);
    let reached = |years: u16| birthday(birth, Length::Years(years), LeapDayBirthday::FirstOfMarch) <= on;
    let bands = [(65, "65_and_over"), (55, "55-64"), (45, "45-54"), (35, "35-44"), (25, "25-34"), (18, "18-24")];
    let band = bands.into_iter().find(|(years, _)| reached(*years)).map_or("under_18", |(_, band)| band);
    Some(Code::new(band))
}

/// Counts what a dossier brings in the weeks ahead: each time its next step becomes a notice or the handing over of a
/// certificate.
fn forecast(
    law: &Law,
    facts: &[Fact],
    standing: Option<Standing>,
    at: Moment,
    weeks: &mut [Week],
    side: impl Fn(&mut Week) -> &mut Load,
) {
    let Some(first) = weeks.first().map(|week| week.first) else { return };
    let (mut now, mut standing, mut before) = (at, standing, None);
    loop {
        let next = standing.as_ref().and_then(|standing| standing.next).map(|next| next.code);
        let days = traject_domain::counting::days_between(first, now.as_of);
        let Some(week) = usize::try_from(days / 7).ok().and_then(|week| weeks.get_mut(week)) else { return };
        if next != before {
            let load = side(week);
            load.notices += u64::from(next == Some(NextCode::Notice));
            load.letters += u64::from(matches!(next, Some(NextCode::Notice | NextCode::Inform)));
        }
        before = next;
        let Some(wakes) = wake_on(law, facts, now) else { return };
        now = Moment::end_of(wakes);
        standing = assess(law, &History::new(facts, now));
    }
}
