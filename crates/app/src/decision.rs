//! Decisions: what was decided at a desk here, and what follows when it is decided again.
//!
//! A decision keeps no copy of what it was made on. It names the law by its hash, the facts by a position of the ledger,
//! and the day; replay takes these and must come to the same text (see [`canonical`](crate::reasons::canonical)).

use crate::desk::{Desk, KnownLaw};
use crate::error::{AppError, Cause};
use crate::ids::FactId;
use crate::model::{Decision, Dossier, LedgerFact, NewDecision, NewFact};
use crate::reasons::{IS, canonical};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use traject_domain::Date;
use traject_domain::assess;
use traject_domain::code::Code;
use traject_domain::fact::{Fact, FactKind, FactRef};
use traject_domain::history::{History, Moment, counting};

/// What the law makes of facts at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The moment.
    pub at: Moment,
    /// Hash of the law.
    pub law_hash: [u8; 32],
    /// The version that the law states.
    pub law_version: String,
    /// How many facts there were, whether they count at the moment or not.
    pub facts: usize,
    /// `obliged`, `exempt`, `not_in_scope`, `undecided`; `unchecked` without a check.
    pub outcome: Code,
    /// Codes that say why, sorted.
    pub reasons: Vec<String>,
    /// Standing, reasons and trace, line by line.
    pub lines: Vec<Line>,
    /// SHA-256 of the lines.
    pub digest: [u8; 32],
}

/// One line of standing, reasons or trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about; once in a view.
    pub subject: String,
    /// What is said of it.
    pub value: String,
}

/// Why today's view differs from the decision, or where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A fact that was not known when it was decided.
    LaterFact(LaterFact),
    /// Another law is in force: version and hash, then and now.
    Law {
        /// Under which it was decided.
        then: (String, [u8; 32]),
        /// In force.
        now: (String, [u8; 32]),
    },
    /// Another version of the program.
    Engine {
        /// Which decided.
        then: String,
        /// Which answers.
        now: String,
    },
    /// A line that is another, gone or new.
    Line {
        /// What it is about.
        subject: String,
        /// As replayed; none: there was no such line.
        then: Option<String>,
        /// As seen today; none: there is no such line.
        now: Option<String>,
    },
}

/// A fact that was not known when it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterFact {
    /// Its id.
    pub id: FactId,
    /// Its place in the ledger.
    pub position: u64,
    /// What happened.
    pub kind: &'static str,
    /// When.
    pub occurred_on: Date,
    /// When the reporting agency knew.
    pub known_on: Date,
    /// The fact that it retracts.
    pub retracts: Option<FactId>,
    /// True when it counts on the day of the decision: it had happened by then, and nothing retracts it.
    pub counts: bool,
}

/// A decision made again, with what would be said of its day today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The decision.
    pub decision: Decision,
    /// Made again: the law, the facts and the day of the decision.
    pub then: View,
    /// The law in force and every fact known now, about the same day.
    pub now: View,
    /// True when it came to the same outcome, reasons and trace.
    pub same: bool,
    /// Why and where today's view differs: facts first, then law and program, then lines.
    pub differences: Vec<Difference>,
}

#[derive(Debug, thiserror::Error)]
#[error("the law of a decision is not in the store")]
struct LawMissing;

impl Desk {
    /// Makes a decision again as it was made, and beside it what would be said of its day today.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Frozen`] when the dossier holds a fact that this program cannot read; what the
    /// store says.
    pub async fn replay_decision(&self, id: FactId) -> Result<Replay, AppError> {
        let decision = self.store.decision(id).await?.ok_or(AppError::NotFound)?;
        let dossier = self.dossier(decision.dossier).await?;
        if dossier.frozen {
            return Err(AppError::Frozen);
        }
        let then = self.under(decision.law_hash).await?.made_again(&dossier, &decision);
        let now = self.as_seen_now(&dossier, &decision);
        let same = then.digest == decision.digest;
        let differences = self.differences(&dossier, &decision, &then, &now);
        Ok(Replay { decision, then, now, same, differences })
    }

    /// This desk under a law that the store holds.
    ///
    /// # Errors
    /// [`AppError::Internal`] when it is not there or does not read; what the store says.
    pub async fn under(&self, law_hash: [u8; 32]) -> Result<Self, AppError> {
        let missing = || AppError::Internal(Box::new(LawMissing) as Cause);
        let content = self.store.law(law_hash).await?.ok_or_else(missing)?;
        let law = Arc::new(KnownLaw { law: self.laws.read(&content)?, hash: law_hash, content });
        Ok(Self { law, ..self.clone() })
    }

    /// A decision from the facts it was made on, under the law of this desk.
    pub fn made_again(&self, dossier: &Dossier, decision: &Decision) -> View {
        let known = dossier.facts.iter().filter(|fact| fact.position <= decision.position);
        self.view(known.map(|fact| &fact.fact), Moment::end_of(decision.as_of))
    }

    /// What would be said of the day of a decision today: the law of this desk and every fact known now.
    pub(crate) fn as_seen_now(&self, dossier: &Dossier, decision: &Decision) -> View {
        let at = Moment { as_of: decision.as_of, recorded_by: self.clock.today().max(decision.as_of) };
        self.view(dossier.facts.iter().map(|fact| &fact.fact), at)
    }

    /// The decision that comes with new facts of a dossier; none without facts.
    pub(crate) fn decided(&self, dossier: &Dossier, new: &[NewFact], as_of: Date) -> Option<NewDecision> {
        if new.is_empty() {
            return None;
        }
        let facts = dossier.facts.iter().map(|fact| &fact.fact).chain(new.iter().map(|new| &new.fact));
        let view = self.view(facts, Moment::end_of(as_of));
        let (law_hash, engine) = (self.law.hash, self.engine.to_string());
        Some(NewDecision { as_of, law_hash, engine, outcome: view.outcome, digest: view.digest })
    }

    fn view<'f>(&self, facts: impl Iterator<Item = &'f Fact>, at: Moment) -> View {
        let facts: Vec<&Fact> = facts.collect();
        let law = &self.law.law;
        let history = History::new(facts.iter().copied(), at);
        let outcome = assess(law, &history).map(|standing| standing.outcome);
        let word = outcome.as_ref().map_or("unchecked", |outcome| outcome.word());
        let reasons = outcome.iter().flat_map(|outcome| outcome.reasons()).map(str::to_owned).collect();
        let text = canonical(law, &history).unwrap_or_else(|| format!("outcome{IS}{word}\n"));
        View {
            at,
            law_hash: self.law.hash,
            law_version: law.version.clone(),
            facts: facts.len(),
            outcome: Code::new(word),
            reasons,
            lines: text.lines().map(line).collect(),
            digest: Sha256::digest(&text).into(),
        }
    }

    /// Why and where two views of a decision differ.
    pub(crate) fn differences(
        &self,
        dossier: &Dossier,
        decision: &Decision,
        then: &View,
        now: &View,
    ) -> Vec<Difference> {
        let mut differences: Vec<Difference> =
            later(dossier, decision, now.at).into_iter().map(Difference::LaterFact).collect();
        if then.law_hash != now.law_hash {
            let law = |view: &View| (view.law_version.clone(), view.law_hash);
            differences.push(Difference::Law { then: law(then), now: law(now) });
        }
        if decision.engine != *self.engine {
            differences.push(Difference::Engine { then: decision.engine.clone(), now: self.engine.to_string() });
        }
        differences.extend(changed(&then.lines, &now.lines));
        differences
    }
}

fn line(text: &str) -> Line {
    let (subject, value) = text.split_once(IS).unwrap_or((text, ""));
    Line { subject: subject.to_owned(), value: value.to_owned() }
}

/// Facts that came after the decision, or that an agency knew only after its day, by position.
fn later(dossier: &Dossier, decision: &Decision, now: Moment) -> Vec<LaterFact> {
    let counting: Vec<&FactRef> =
        counting(dossier.facts.iter().map(|fact| &fact.fact), now).into_iter().map(|fact| &fact.reference).collect();
    let id_of = |reference: &FactRef| dossier.facts.iter().find(|fact| fact.fact.reference == *reference);
    let is_later = |fact: &&LedgerFact| fact.position > decision.position || fact.fact.known_on > decision.as_of;
    let later = |fact: &LedgerFact| LaterFact {
        id: fact.id,
        position: fact.position,
        kind: fact.fact.kind.name(),
        occurred_on: fact.fact.occurred_on,
        known_on: fact.fact.known_on,
        retracts: match &fact.fact.kind {
            FactKind::Retracted(wrong) => id_of(wrong).map(|fact| fact.id),
            _ => None,
        },
        counts: counting.contains(&&fact.fact.reference),
    };
    dossier.facts.iter().filter(is_later).map(later).collect()
}

/// Lines that differ: in the order of the older view, then those that are new.
fn changed(then: &[Line], now: &[Line]) -> Vec<Difference> {
    fn values(lines: &[Line]) -> HashMap<&str, &str> {
        lines.iter().map(|line| (line.subject.as_str(), line.value.as_str())).collect()
    }
    let (before, after) = (values(then), values(now));
    let new = now.iter().filter(|line| !before.contains_key(line.subject.as_str()));
    let subjects = then.iter().chain(new).map(|line| line.subject.as_str());
    let difference = |subject: &str| {
        let (then, now) = (before.get(subject).copied(), after.get(subject).copied());
        let (then, now) = (then.map(str::to_owned), now.map(str::to_owned));
        (then != now).then(|| Difference::Line { subject: subject.to_owned(), then, now })
    };
    subjects.filter_map(difference).collect()
}
