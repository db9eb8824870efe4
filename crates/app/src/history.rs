//! The history of a dossier as a person reads it: what was recorded, by whom, when it became known, and what it changed;
//! and what changed by itself, as days went by.

use crate::model::LedgerFact;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::assess::wake_on;
use traject_domain::code::{Breach, Term};
use traject_domain::fact::Fact;
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::standing::{Enforcement, Standing};

/// What of a standing a person follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Changed {
    /// Obliged, exempt, out of scope, or undecided: the word.
    Outcome,
    /// How far the person has come: the code of a stage.
    Stage,
    /// The end of the dossier: the code of its reason.
    Closing,
    /// The last day of a term.
    Due(Breach, Term),
    /// How far enforcement of a breach has come: the code of its state.
    Enforcement(Breach),
    /// The sum of the fines that stand, in euro cents.
    Fined,
}

/// One change of a standing; an absent side: there was none, or there is none any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub of: Changed,
    /// What it was: a code, a word, a date as YYYY-MM-DD, or a number.
    pub from: Option<String>,
    /// What it became.
    pub to: Option<String>,
}

/// One entry of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry<'d> {
    /// The civil day in Brussels on which it became known, or on which the days that had gone by changed something.
    pub on: Date,
    /// What one person recorded in one go; empty: time went by.
    pub facts: Vec<&'d LedgerFact>,
    /// What that changed.
    pub changes: Vec<Change>,
}

type Followed = BTreeMap<Changed, String>;

/// The history of a dossier up to the end of a day, in the order in which it became known.
pub fn history<'d>(law: &Law, facts: &'d [LedgerFact], today: Date) -> Vec<HistoryEntry<'d>> {
    let mut ordered: Vec<&LedgerFact> = facts.iter().filter(|fact| fact.fact.known_on <= today).collect();
    ordered.sort_by_key(|fact| (fact.fact.known_on, fact.position));
    let together = |one: &&LedgerFact, other: &&LedgerFact| {
        one.fact.known_on == other.fact.known_on && one.received_at == other.received_at && one.actor == other.actor
    };
    let mut told = Telling { law, seen: Vec::new(), day: None, stands: Followed::new(), entries: Vec::new() };
    for group in ordered.chunk_by(together) {
        told.recorded(group);
    }
    told.pass_to(today);
    told.entries
}

/// A history as far as it is told.
struct Telling<'l, 'd> {
    law: &'l Law,
    seen: Vec<Fact>,
    /// The day that was told last.
    day: Option<Date>,
    /// How the dossier stood at its end.
    stands: Followed,
    entries: Vec<HistoryEntry<'d>>,
}

impl<'d> Telling<'_, 'd> {
    fn recorded(&mut self, group: &[&'d LedgerFact]) {
        let Some(on) = group.first().map(|fact| fact.fact.known_on) else { return };
        self.pass_to(on);
        self.seen.extend(group.iter().map(|fact| fact.fact.clone()));
        let changes = self.stand(on);
        self.entries.push(HistoryEntry { on, facts: group.to_vec(), changes });
    }

    /// Lets the days go by up to one, and tells what that changed.
    fn pass_to(&mut self, end: Date) {
        while let Some(day) = self.day {
            let next = wake_on(self.law, &self.seen, Moment::end_of(day)).filter(|next| *next <= end);
            let Some(next) = next else { break };
            let changes = self.stand(next);
            if !changes.is_empty() {
                self.entries.push(HistoryEntry { on: next, facts: Vec::new(), changes });
            }
        }
    }

    /// Moves on to the end of a day, and gives what is different there.
    fn stand(&mut self, day: Date) -> Vec<Change> {
        let history = History::new(&self.seen, Moment::end_of(day));
        let stands = traject_domain::assess(self.law, &history).map(|standing| followed(&standing)).unwrap_or_default();
        let before = std::mem::replace(&mut self.stands, stands);
        self.day = Some(day);
        changes(&before, &self.stands)
    }
}

fn changes(before: &Followed, after: &Followed) -> Vec<Change> {
    let mut all: Vec<Changed> = before.keys().chain(after.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let change = |of| Change { of, from: before.get(&of).cloned(), to: after.get(&of).cloned() };
    all.into_iter().map(change).filter(|change| change.from != change.to).collect()
}

/// What a person follows, by its name; what does not apply is left out.
fn followed(standing: &Standing) -> Followed {
    let mut followed = Followed::from([(Changed::Outcome, standing.outcome.word().to_owned())]);
    let Some(obligation) = &standing.obligation else { return followed };
    followed.insert(Changed::Stage, obligation.stage.to_string());
    followed.extend(obligation.closing.map(|closing| (Changed::Closing, closing.reason.to_string())));
    for of in &obligation.breaches {
        followed.extend(of.terms().map(|term| (Changed::Due(of.breach, term.term), term.due.to_string())));
        if of.state != Enforcement::None {
            followed.insert(Changed::Enforcement(of.breach), of.state.to_string());
        }
    }
    if standing.fined.0 > 0 {
        followed.insert(Changed::Fined, standing.fined.0.to_string());
    }
    followed
}
