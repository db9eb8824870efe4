//! Runs one example: its import rows, the standing that follows, the act that is judged.

use crate::replay::City;
use anyhow::Context;
use std::path::PathBuf;
use tempfile::TempDir;
use traject_domain::Date;
use traject_domain::assess::{Clock, ClockEvent, Reasons, reasons};
use traject_domain::code::{Breach, Code, Term};
use traject_domain::fact::{Fact, FactKind, FactRef};
use traject_domain::guard::{Act, guard};
use traject_domain::history::{History, Moment};
use traject_domain::law::{Law, Provenance};
use traject_domain::money::Cents;
use traject_domain::persons;
use traject_domain::predicate::{Predicate, Trace, Truth};
use traject_domain::sanction::{Grounds, SanctionStep};
use traject_extract_csv::{FileKind, columns};
use traject_lawbook::{Example, ExampleAct, ExampleEvent};

/// The rule that is the range of the fine.
pub(crate) const FINE: &str = "fine";

/// A valid number, which belongs to the newcomer of every example.
const NUMBER: &str = "85.07.30-033.28";

/// One thing that came out otherwise.
pub(crate) struct Difference {
    /// The key of `expect`.
    pub(crate) what: &'static str,
    /// What the example says.
    pub(crate) expected: String,
    /// What follows.
    pub(crate) found: String,
}

/// What became of the rule of an example.
#[derive(Default)]
pub(crate) struct Decided<'l> {
    /// Whether it holds; absent: that stays open.
    pub(crate) holds: Option<bool>,
    /// Where the version that was applied comes from; absent: none was in force.
    pub(crate) by: Option<&'l Provenance>,
    /// The single tests of the rule, and whether each held.
    pub(crate) tests: Vec<(&'l Predicate, bool)>,
}

/// What came out of an example.
pub(crate) struct Ran<'l> {
    /// The rule.
    pub(crate) decided: Decided<'l>,
    /// What differs from what is expected.
    pub(crate) differences: Vec<Difference>,
}

/// Runs examples under one law.
pub(crate) struct Runner<'l> {
    law: &'l Law,
    /// Where import rows are written, one example after the other.
    dir: TempDir,
}

/// What is looked at to say what an example came to.
struct Case<'l, 'a> {
    law: &'l Law,
    example: &'a Example,
    history: Option<&'a History<'a>>,
    reasons: Option<Reasons<'l>>,
    /// The act, and the refusal where there is one.
    act: Option<(&'a FactKind, Option<String>)>,
}

impl<'l> Runner<'l> {
    /// # Errors
    /// When there is no place for temporary files.
    pub(crate) fn new(law: &'l Law) -> anyhow::Result<Self> {
        Ok(Self { law, dir: tempfile::tempdir().context("there is no place for temporary files")? })
    }

    /// Runs one example.
    ///
    /// # Errors
    /// When its rows cannot be written or read back.
    pub(crate) fn run(&self, example: &Example) -> anyhow::Result<Ran<'l>> {
        let mut city = self.city(example)?;
        if let Some(reject) = city.rejects.first() {
            let found = format!("{} in column {}, row {}", reject.code, reject.column, reject.line - 1);
            let expected = format!("rows that can be imported as {}", reject.file.name());
            let differences = vec![Difference { what: "rows", expected, found }];
            return Ok(Ran { decided: Decided::default(), differences });
        }
        let at = Moment { as_of: example.as_of, recorded_by: example.known_on };
        let act = example.act.as_ref().and_then(|act| Some((act, kind_of(act, &mut city.facts)?)));
        if let Some((act, FactKind::Fined(breach, _))) = &act {
            city.facts.extend(self.weighing(act, *breach, &city.facts));
        }
        let verdict = act.as_ref().map(|(act, kind)| (kind, self.judge(act, kind, &city.facts, at.recorded_by)));
        let histories = persons::histories(&city.facts, at);
        let history = histories.first();
        let reasons = history.and_then(|history| reasons(self.law, history));
        Ok(Case { law: self.law, example, history, reasons, act: verdict }.ran())
    }

    /// An example of a fine is about its range and its steps: what the range wants weighed was weighed.
    fn weighing(&self, act: &ExampleAct, breach: Breach, facts: &[Fact]) -> Option<Fact> {
        let range = self.law.fines.on(act.event.on, act.event.known_on)?;
        let grounds = Grounds { reasons: Vec::new(), weighed: range.must_weigh.iter().cloned().collect() };
        let kind = FactKind::Sanction(breach, SanctionStep::GroundsStated(grounds));
        let reference = FactRef::new("weighing");
        Some(Fact {
            reference,
            occurred_on: act.event.on,
            known_on: act.event.known_on,
            kind,
            ..facts.first()?.clone()
        })
    }

    /// The refusal, if the act is refused.
    fn judge(&self, act: &ExampleAct, kind: &FactKind, facts: &[Fact], today: Date) -> Option<String> {
        let agency = Code::new(&act.event.agency);
        let act = Act { kind, actor: act.actor, agency: &agency, occurred_on: act.event.on, channel: act.channel };
        guard(self.law, facts, &act, today).err().map(|refusal| refusal.code.to_string())
    }

    /// The facts of an example, read as the import reads them; its act is the last.
    fn city(&self, example: &Example) -> anyhow::Result<City> {
        let checks = example.checks.iter().zip(1..).map(|(check, number): (_, u32)| {
            let cell = |column: &str| match column {
                "check_id" => format!("check-{number:03}"),
                "insz" => NUMBER.to_owned(),
                _ => check.get(column).cloned().unwrap_or_default(),
            };
            row(FileKind::Registrations, cell)
        });
        let acts = example.act.iter().filter(|act| amount(act).is_none()).map(|act| &act.event);
        let events = example.events.iter().chain(acts).map(|event| row(FileKind::Events, |column| cell(event, column)));
        let registrations = self.write(FileKind::Registrations, checks)?;
        let events = self.write(FileKind::Events, events)?;
        City::read(&registrations, &events, self.law)
    }

    fn write(&self, file: FileKind, rows: impl Iterator<Item = String>) -> anyhow::Result<PathBuf> {
        let path = self.dir.path().join(file.name());
        let text: String = [columns(file).join(",")].into_iter().chain(rows).map(|row| row + "\n").collect();
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }
}

/// A row of CSV, every cell quoted.
fn row(file: FileKind, cell: impl Fn(&str) -> String) -> String {
    let cells = columns(file).iter().map(|column| format!("\"{}\"", cell(column).replace('"', "\"\"")));
    cells.collect::<Vec<_>>().join(",")
}

fn cell(event: &ExampleEvent, column: &str) -> String {
    match column {
        "event_id" => event.id.clone(),
        "insz" => NUMBER.to_owned(),
        "occurred_on" => event.on.to_string(),
        "recorded_on" => event.known_on.to_string(),
        "agency" => event.agency.clone(),
        "type" => event.kind.clone(),
        "code" => event.code.clone(),
        "value" => event.value.clone(),
        "until" => event.until.clone(),
        _ => String::new(),
    }
}

/// A fine that is still to be judged: the import takes no amount outside every range, the guard says why not.
fn amount(act: &ExampleAct) -> Option<FactKind> {
    let breach = Breach::from_code(&act.event.code).filter(|_| act.event.kind == "fined")?;
    Some(FactKind::Fined(breach, Cents(act.event.value.parse().ok()?)))
}

/// Takes the act out of the facts: it is not done yet.
fn kind_of(act: &ExampleAct, facts: &mut Vec<Fact>) -> Option<FactKind> {
    amount(act).or_else(|| {
        let at = facts.iter().position(|fact| fact.reference.as_str() == act.event.id)?;
        Some(facts.remove(at).kind)
    })
}

/// A rule that has no tests of its own to look at.
fn by(holds: Option<bool>, by: Option<&Provenance>) -> Decided<'_> {
    Decided { holds, by, tests: Vec::new() }
}

fn known(truth: Truth) -> Option<bool> {
    (truth != Truth::Unknown).then_some(truth == Truth::True)
}

/// The leaves of a trace that came to something.
fn tests<'l>(trace: &Trace<'l>) -> Vec<(&'l Predicate, bool)> {
    if trace.parts.is_empty() {
        return known(trace.truth).map(|held| (trace.predicate, held)).into_iter().collect();
    }
    trace.parts.iter().flat_map(tests).collect()
}

impl<'l> Case<'l, '_> {
    fn ran(&self) -> Ran<'l> {
        let decided = self.decided();
        let mut differences = Vec::new();
        let mut compare = |what, expected: &str, found: String| {
            if expected != found {
                differences.push(Difference { what, expected: expected.to_owned(), found });
            }
        };
        let holds = self.example.holds.or_else(|| self.takes_acts().then(|| self.expects_allowed()).flatten());
        let expected = holds.map_or_else(|| "true or false to be said".to_owned(), |holds| holds.to_string());
        let found = decided.as_ref().map_or_else(
            || format!("no rule {}", self.example.rule),
            |decided: &Decided<'_>| {
                decided.holds.map_or_else(|| "that it stays open".to_owned(), |holds| holds.to_string())
            },
        );
        compare("holds", &expected, found);
        for (what, expected) in &self.example.expected {
            compare(what, expected, self.found(what));
        }
        Ran { decided: decided.unwrap_or_default(), differences }
    }

    /// Rules that an act is judged by, rather than the standing: then the verdict decides.
    fn takes_acts(&self) -> bool {
        let rule = Code::new(&self.example.rule);
        match self.act {
            Some((FactKind::SuspensionGranted { code, .. } | FactKind::ExemptionGranted { code, .. }, _)) => {
                *code == rule
            }
            Some((FactKind::Fined(..), _)) => rule.as_str() == FINE,
            _ => false,
        }
    }

    fn expects_allowed(&self) -> Option<bool> {
        let (_, expected) = self.example.expected.iter().find(|(what, _)| *what == "act")?;
        Some(expected == "allowed")
    }

    /// The day of the act that decides.
    fn judged_on(&self) -> Option<Date> {
        self.example.act.as_ref().filter(|_| self.takes_acts()).map(|act| act.event.on)
    }

    /// Whether the rule holds, and which version of it was applied; `None` when the law has no such rule.
    fn decided(&self) -> Option<Decided<'l>> {
        let rule = Code::new(&self.example.rule);
        if rule.as_str() == FINE {
            let range = self.judged_on().and_then(|day| self.law.fines.on(day, self.example.known_on));
            return Some(by(self.allowed(), range.map(|range| &range.provenance)));
        }
        if let Some(term) = Term::from_code(rule.as_str()) {
            return Some(self.term(term));
        }
        if self.law.scope.contains_key(&rule) {
            return Some(self.finding(&rule));
        }
        self.exemption(&rule).or_else(|| self.suspension(&rule)).or_else(|| self.entitlement(&rule))
    }

    /// An act is decided by the version of its day; where there is none, it is the code's last version that lacks it.
    fn exemption(&self, rule: &Code) -> Option<Decided<'l>> {
        let exemption = self.law.exemptions.get(rule)?;
        let Some(day) = self.judged_on() else { return Some(self.finding(rule)) };
        let version = exemption.on(day, self.example.known_on).or_else(|| exemption.latest());
        Some(by(self.allowed(), version.map(|version| &version.provenance)))
    }

    fn suspension(&self, rule: &Code) -> Option<Decided<'l>> {
        let suspension = self.law.suspensions.get(rule)?;
        let (day, holds) = match self.judged_on() {
            Some(day) => (day, self.allowed()),
            None => (self.example.as_of, Some(self.is_suspended_by(rule))),
        };
        Some(by(holds, suspension.on(day, self.example.known_on).map(|version| &version.provenance)))
    }

    fn entitlement(&self, rule: &Code) -> Option<Decided<'l>> {
        let entitlement = self.law.entitlements.get(rule)?;
        let checked_on = self.history.and_then(|history| history.checks.last()).map(|check| check.on);
        let version = checked_on.and_then(|day| entitlement.on(day, self.example.known_on));
        let holds = self.reasons.as_ref().map(|reasons| reasons.standing.entitled.as_ref() == Some(rule));
        Some(by(holds, version.map(|version| &version.provenance)))
    }

    fn allowed(&self) -> Option<bool> {
        self.act.as_ref().filter(|_| self.takes_acts()).map(|(_, refused)| refused.is_none())
    }

    /// A condition or an exemption as the standing has it; one that is not in force does not hold.
    fn finding(&self, rule: &Code) -> Decided<'l> {
        let Some(reasons) = &self.reasons else { return Decided::default() };
        match reasons.conditions.iter().chain(&reasons.exemptions).find(|finding| finding.id == rule) {
            Some(finding) => {
                let tests = finding.trace.as_ref().map(tests).unwrap_or_default();
                Decided { tests, ..by(known(finding.truth), Some(finding.provenance)) }
            }
            None => by(Some(false), None),
        }
    }

    fn is_suspended_by(&self, rule: &Code) -> bool {
        let stops = self.history.map(History::stops).unwrap_or_default();
        stops.iter().any(|stop| stop.ground == Some(rule) && stop.period.contains(self.example.as_of))
    }

    /// A term holds while it was, or can still be, met by its last day; one that does not run stays open.
    fn term(&self, term: Term) -> Decided<'l> {
        let Some(clock) = self.clock(term) else { return Decided::default() };
        let met = clock.entries.iter().find(|entry| entry.event == ClockEvent::Met).map(|entry| entry.on);
        let day = met.unwrap_or(self.example.as_of);
        by(Some(day <= clock.due.due), Some(&clock.deadline.provenance))
    }

    /// The latest of the terms of a kind: that of the breach which a standing shows.
    fn clock(&self, term: Term) -> Option<&Clock<'l>> {
        self.reasons.as_ref()?.clocks.iter().rfind(|clock| clock.deadline.term == term)
    }

    /// What follows, by the keys of `expect`; `none` where nothing does.
    fn found(&self, what: &str) -> String {
        let none = || "none".to_owned();
        if what == "act" {
            let Some((_, refused)) = &self.act else { return none() };
            return refused.as_ref().map_or_else(|| "allowed".to_owned(), |code| format!("refused {code}"));
        }
        let Some(Reasons { standing, .. }) = &self.reasons else { return none() };
        let obligation = standing.obligation.as_ref();
        let found = match what {
            "outcome" => Some(standing.outcome.word().to_owned()),
            "reasons" => Some(standing.outcome.reasons().join(" ")),
            "reference_date" => standing.reference_date.map(|day| day.to_string()),
            "due" => {
                let term = Term::from_code(&self.example.rule);
                term.and_then(|term| self.clock(term)).map(|clock| clock.due.due.to_string())
            }
            "next" => standing.next.map(|next| next.code.to_string()),
            "stage" => obligation.map(|obligation| obligation.stage.to_string()),
            "closed" => obligation.and_then(|obligation| obligation.closing).map(|closing| closing.reason.to_string()),
            "enforcement" => obligation.map(|obligation| obligation.shown().state.to_string()),
            "suspended" => Some(obligation.is_some_and(|obligation| obligation.suspended).to_string()),
            "entitled" => standing.entitled.as_ref().map(Code::to_string),
            _ => None,
        };
        found.unwrap_or_else(none)
    }
}
