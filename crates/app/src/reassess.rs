//! Reassessment: which decisions on open dossiers would be made otherwise today, why, and what is proposed.

use crate::decision::{Difference, View};
use crate::desk::Desk;
use crate::error::AppError;
use crate::ids::{DossierId, FactId, WorkItemId};
use crate::model::{Command, Decision, Dossier, Request, WorkChange, WorkKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::RangeInclusive;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::counting::add_days;
use traject_domain::history::Moment;
use traject_domain::law::Law;
use traject_domain::standing::Stage;

/// How many dossiers are read at a time.
const PAGE: usize = 256;

/// What a person is asked to do about a decision that would be another today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proposal {
    /// What was issued has lost its ground.
    Withdraw,
    /// What was issued states another ground, level or day than it would now, or is still to be issued.
    Reissue,
    /// A person looks: what follows is not for the law alone to say.
    Look,
}

impl Proposal {
    /// The word used in lists.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Reissue => "reissue",
            Self::Look => "look",
        }
    }
}

/// Why a decision would be another today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A text was published after the decision, with effect on its day (R-T2).
    Published(Date),
    /// The law files are others: version then and now.
    Law(String, String),
    /// A fact became known, or was retracted, after it.
    Fact(FactId),
    /// Another version of the program.
    Engine(String, String),
}

/// One line of the standing, its reasons or its trace that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLine {
    /// What it is about.
    pub subject: String,
    /// Then; none: there was no such line.
    pub then: Option<String>,
    /// Now; none: there is no such line.
    pub now: Option<String>,
}

/// A decision that would be another today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDecision {
    /// The decision.
    pub decision: Decision,
    /// What it came to, and what it would come to.
    pub outcomes: (Code, Code),
    /// Why.
    pub causes: Vec<Cause>,
    /// What is proposed.
    pub proposal: Proposal,
    /// The lines that differ.
    pub lines: Vec<ChangedLine>,
}

/// What a reassessment found, and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reassessed {
    /// Open dossiers looked at.
    pub dossiers: u64,
    /// Decisions on them.
    pub decisions: u64,
    /// Those that would be others today, by dossier and place.
    pub changed: Vec<ChangedDecision>,
    /// Dossiers written: assessed under the law in force, with a work item where a decision changes; 0 in a dry run.
    pub written: u64,
    /// Dossiers that changed at that moment and are left for another run.
    pub skipped: u64,
}

impl Desk {
    /// Walks the open dossiers under the law now known. Unless it is a dry run, each is assessed again, and a decision
    /// that would be another today becomes a work item; nothing is withdrawn or issued without a person.
    ///
    /// # Errors
    /// What the store says; [`AppError::Internal`] when the law of a decision does not read.
    pub async fn reassess_decisions(&self, dry_run: bool) -> Result<Reassessed, AppError> {
        let mut done = Reassessed::default();
        let mut laws = HashMap::new();
        let mut after = None;
        loop {
            let page = self.store.scan(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(done) };
            after = Some(last.id);
            let open: Vec<&Dossier> = page.iter().filter(|dossier| is_open(dossier)).collect();
            let ids: Vec<DossierId> = open.iter().map(|dossier| dossier.id).collect();
            let mut decisions = self.store.decisions_of(&ids).await?.into_iter().peekable();
            for dossier in open {
                done.dossiers += 1;
                let found = done.changed.len();
                while let Some(decision) = decisions.next_if(|decision| decision.dossier == dossier.id) {
                    done.decisions += 1;
                    done.changed.extend(self.changed(dossier, decision, &mut laws).await?);
                }
                if !dry_run {
                    self.write_reassessed(dossier, done.changed.len() > found, &mut done).await?;
                }
            }
        }
    }

    /// The decision, if it would be another today.
    async fn changed(
        &self,
        dossier: &Dossier,
        decision: Decision,
        laws: &mut HashMap<[u8; 32], Desk>,
    ) -> Result<Option<ChangedDecision>, AppError> {
        let desk = match laws.entry(decision.law_hash) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.under(decision.law_hash).await?),
        };
        let then = desk.made_again(dossier, &decision);
        let now = self.as_seen_now(dossier, &decision);
        let differences = self.differences(dossier, &decision, &then, &now);
        let lines: Vec<ChangedLine> = differences.iter().filter_map(changed_line).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        let causes = causes(&self.law.law, &differences, (then.at, now.at));
        let proposal = propose(&decision, &then, &now);
        let outcomes = (then.outcome, now.outcome);
        Ok(Some(ChangedDecision { decision, outcomes, causes, proposal, lines }))
    }

    async fn write_reassessed(&self, dossier: &Dossier, changed: bool, done: &mut Reassessed) -> Result<(), AppError> {
        let today = self.clock.today();
        let mut change = self.reassessed(dossier, today);
        if changed {
            let id = WorkItemId(self.ids.next());
            change.work.push(WorkChange::Open { id, kind: WorkKind::DecisionChanged, due_since: today, held: false });
        }
        let request = Request { caller: "reassess".to_owned(), id: self.ids.next(), hash: [0; 32] };
        match self.store.commit(Command { request, changes: vec![change] }).await {
            Ok(_) => done.written += 1,
            Err(crate::error::CommitError::Stale(_)) => done.skipped += 1,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Not closed; a dossier that this program cannot read whole is for a newer one.
fn is_open(dossier: &Dossier) -> bool {
    let closed = dossier.standing.as_ref().is_some_and(|row| row.stage == Some(Stage::Closed));
    !closed && !dossier.frozen
}

fn changed_line(difference: &Difference) -> Option<ChangedLine> {
    match difference {
        Difference::Line { subject, then, now } => {
            Some(ChangedLine { subject: subject.clone(), then: then.clone(), now: now.clone() })
        }
        _ => None,
    }
}

fn causes(law: &Law, differences: &[Difference], (then, now): (Moment, Moment)) -> Vec<Cause> {
    let mut causes: Vec<Cause> = published(law, then.recorded_by, now.recorded_by).map(Cause::Published).collect();
    causes.extend(differences.iter().filter_map(|difference| match difference {
        Difference::LaterFact(fact) if fact.counts || fact.retracts.is_some() => Some(Cause::Fact(fact.id)),
        Difference::Law { then, now } => Some(Cause::Law(then.0.clone(), now.0.clone())),
        Difference::Engine { then, now } => Some(Cause::Engine(then.clone(), now.clone())),
        _ => None,
    }));
    causes
}

/// The days of publication between the day of a decision and today.
fn published(law: &Law, then: Date, now: Date) -> impl Iterator<Item = Date> {
    let between: RangeInclusive<Date> = add_days(then, 1)..=now;
    let regimes = law.regimes.iter().filter_map(|regime| regime.known_from);
    let mut days: Vec<Date> = regimes.chain(law.publications()).filter(|day| between.contains(day)).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter()
}

/// What a person is asked to do. What the GGC decided, and what rests on evidence, is for a person in any case.
fn propose(decision: &Decision, then: &View, now: &View) -> Proposal {
    let obliged = |view: &View| view.outcome.as_str() == "obliged";
    match decision.kind.as_str() {
        "checked" | "certificate_received" => match (obliged(then), obliged(now)) {
            (true, false) => Proposal::Withdraw,
            (_, true) => Proposal::Reissue,
            (false, false) => Proposal::Look,
        },
        "notice_posted" if !obliged(now) || lost_ground(now) => Proposal::Withdraw,
        "notice_posted" | "registered" | "contract_signed" => Proposal::Reissue,
        _ => Proposal::Look,
    }
}

/// A notice that was sent is void, or has no ground.
fn lost_ground(view: &View) -> bool {
    view.lines.iter().any(|line| {
        line.subject.ends_with("ground gone") || (line.subject.contains(", notice ") && line.value.contains("void"))
    })
}
