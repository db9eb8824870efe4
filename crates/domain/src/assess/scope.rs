//! Scope and exemptions: reference date, conditions, outcome (8–14).

use crate::Date;
use crate::code::Code;
use crate::extract::Extract;
use crate::fact::FactKind;
use crate::fact::FactRef;
use crate::history::{Check, History, Moment};
use crate::labels::Label;
use crate::law::{
    ChosenBy, Condition, EntitlementBasis, Exemption, ExemptionBasis, IncompleteBirthDate, Law, Provenance, RegimeId,
    TransitionSubject,
};
use crate::partial_date::PartialDate;
use crate::predicate::{Field, Inputs, Predicate, Trace, Truth};
use crate::standing::Outcome;
use std::collections::BTreeSet;

/// The result of the scope questions.
pub(super) struct Scope<'a> {
    /// The check that gives the reference date.
    pub(super) base: Check<'a>,
    /// The latest check.
    pub(super) status: Check<'a>,
    /// The reference date, or the columns missing for it.
    pub(super) reference: Result<Date, Vec<Field>>,
    /// The regime of the reference date; none before the obligation existed.
    pub(super) regime: Option<RegimeId>,
    /// What follows.
    pub(super) outcome: Outcome,
    /// First day of the exemption that holds, if one does.
    pub(super) exempt_from: Option<Date>,
    /// The group by which somebody who is not obliged may follow the programme.
    pub(super) entitled: Option<Code>,
    /// Whether each check, in order, is automatically exempt.
    automatic: Vec<bool>,
    /// Whether the base check is.
    base_automatic: bool,
}

/// What one condition or exemption came to, with the trace that led to it.
#[derive(Debug, Clone)]
pub struct Finding<'l> {
    /// Id of the condition, or code of the exemption.
    pub id: &'l Code,
    /// What it says.
    pub label: &'l Label,
    /// Where it comes from: article, source, confidence.
    pub provenance: &'l Provenance,
    /// What it came to.
    pub truth: Truth,
    /// How; absent for an exemption granted on evidence.
    pub trace: Option<Trace<'l>>,
    /// The fact whose values decided: a check, or the grant.
    pub source: FactRef,
}

/// Why an outcome is what it is.
#[derive(Debug, Clone)]
pub struct Explanation<'l> {
    /// Every condition of the scope, on the check that gives the reference date.
    pub conditions: Vec<Finding<'l>>,
    /// Every exemption, on the latest check or as granted.
    pub exemptions: Vec<Finding<'l>>,
    /// The birth date of the check that gives the reference date.
    pub birth: Option<PartialDate>,
}

/// The check and the day that fix the reference date (9).
struct Reference<'a> {
    base: Check<'a>,
    day: Result<Date, Vec<Field>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(law: &Law, history: &History<'a>) -> Option<Self> {
        let status = *history.checks.last()?;
        let Reference { base, day: reference } = reference(law, history, status);
        let outcome = outcome(law, history, &base, &reference, &status);
        // Only somebody who is obliged or exempt may ever have been obliged: for others nobody asks.
        let asked = matches!(outcome, Outcome::Obliged | Outcome::Exempt(_));
        let checks = history.checks.iter().filter(|_| asked);
        let automatic: Vec<bool> = checks.map(|check| automatic(law, history, check).next().is_some()).collect();
        let exempt_from = matches!(outcome, Outcome::Exempt(_)).then(|| exempt_from(law, history, &status, &automatic));
        Some(Self {
            base_automatic: automatic_at(history, &automatic, base.id),
            regime: regime(law, history, &reference),
            exempt_from: exempt_from.flatten(),
            entitled: entitled(law, history, &status, &outcome),
            base,
            status,
            reference,
            outcome,
            automatic,
        })
    }

    /// Exempt now.
    pub(super) fn is_exempt(&self) -> bool {
        matches!(self.outcome, Outcome::Exempt(_))
    }

    /// Obliged, or exempt after a certificate was received by someone who was not automatically exempt at base (12).
    pub(super) fn is_or_was_obliged(&self, history: &History<'_>) -> bool {
        match self.outcome {
            Outcome::Obliged => true,
            Outcome::Exempt(_) => {
                !self.base_automatic && history.first(|kind| *kind == FactKind::CertificateReceived).is_some()
            }
            _ => false,
        }
    }

    /// The certificate that starts D-REGISTER: the first, or, where a later check ended an automatic exemption,
    /// the first on or after that check (14).
    pub(super) fn certificate_on(&self, history: &History<'_>) -> Option<Date> {
        let ended = (1..self.automatic.len())
            .rev()
            .find(|i| self.automatic[i - 1] && !self.automatic[*i])
            .map(|i| history.checks[i].on);
        history.days(|kind| *kind == FactKind::CertificateReceived).find(|day| ended.is_none_or(|from| *day >= from))
    }

    /// An earlier check had an automatic exemption that the latest has not.
    pub(super) fn automatic_exemption_ended(&self) -> bool {
        match self.automatic.split_last() {
            Some((last, earlier)) => !last && earlier.iter().any(|exempt| *exempt),
            None => false,
        }
    }

    /// The birth date was incomplete, and taken as mid-year by policy.
    pub(super) fn mid_year(&self, law: &Law) -> bool {
        law.policies.incomplete_birth_date == IncompleteBirthDate::MidYear
            && self.reference.is_ok()
            && self.base.extract.birth_date.is_some_and(|birth| !birth.is_complete())
    }
}

/// The outcome with its reason codes alone: what [`assess`](super::assess()) comes to, for a population. `None` while no
/// check counts.
pub fn decide(law: &Law, history: &History<'_>) -> Option<Outcome> {
    let status = *history.checks.last()?;
    let Reference { base, day } = reference(law, history, status);
    Some(outcome(law, history, &base, &day, &status))
}

/// Why the outcome is what it is, condition by condition; `None` while no check counts.
pub fn explain<'l>(law: &'l Law, history: &History<'_>) -> Option<Explanation<'l>> {
    let status = *history.checks.last()?;
    let Reference { base, day } = reference(law, history, status);
    let conditions = conditions(law, history, &base, &day);
    let granted = granted(law, history);
    let in_force = || law.exemptions_on(status.on, history.at.recorded_by);
    // A grant stands by itself, also where its ground was repealed since.
    let repealed = granted
        .iter()
        .filter(|grant| !in_force().any(|exemption| exemption.code == *grant.code))
        .filter_map(|grant| law.exemption(grant.code));
    let exemptions: Vec<Finding<'l>> =
        in_force().chain(repealed).map(|exemption| exempting(law, exemption, &status, &granted)).collect();
    Some(Explanation { conditions, exemptions, birth: base.extract.birth_date })
}

/// What one exemption came to, on the latest check or as granted.
fn exempting<'l>(law: &Law, exemption: &'l Exemption, status: &Check<'_>, granted: &[Grant<'_>]) -> Finding<'l> {
    let trace = test(exemption).map(|test| test.evaluate(&inputs(law, status.extract, &NO_REFERENCE)));
    let grant = granted.iter().find(|grant| *grant.code == exemption.code);
    let truth = match (&trace, grant) {
        (_, Some(_)) => Truth::True,
        (Some(trace), None) => trace.truth,
        (None, None) => Truth::False,
    };
    Finding {
        id: &exemption.code,
        label: &exemption.label,
        provenance: &exemption.provenance,
        truth,
        trace,
        source: grant.map_or(status.id, |grant| grant.fact).clone(),
    }
}

/// Of the checks on which the registration conditions do not definitely fail, the one with the earliest reference
/// date; without a date, the first of them; without any, the latest check, whose failures then say why (9).
fn reference<'a>(law: &Law, history: &History<'a>, status: Check<'a>) -> Reference<'a> {
    let date_of = |check: &Check<'_>| Some(check.extract.registered_on?.max(check.extract.permit_valid_from?));
    let can_give = |check: &Check<'_>| {
        let inputs = inputs(law, check.extract, &NO_REFERENCE);
        law.conditions_on(scope_day(law, history, date_of(check), check), history.at.recorded_by)
            .filter(|condition| condition.gives_reference_date)
            .all(|condition| condition.test.truth(&inputs) != Truth::False)
    };
    let rows: Vec<Check<'a>> = history.checks.iter().copied().filter(can_give).collect();
    let dated = rows.iter().filter_map(|check| Some((date_of(check)?, *check)));
    // The first of equal days is the earliest check: rows are in order, and `min_by_key` keeps the first.
    if let Some((day, base)) = dated.min_by_key(|(day, _)| *day) {
        return Reference { base, day: Ok(day) };
    }
    match rows.first() {
        Some(base) => {
            let missing = [
                (Field::RegisteredOn, base.extract.registered_on),
                (Field::PermitValidFrom, base.extract.permit_valid_from),
            ];
            let missing = missing.into_iter().filter(|(_, day)| day.is_none()).map(|(field, _)| field).collect();
            Reference { base: *base, day: Err(missing) }
        }
        None => Reference { base: status, day: Err(Vec::new()) },
    }
}

/// The day whose definition of the scope applies (R-T3); the day of the check stands in while there is no reference date.
fn scope_day(law: &Law, history: &History<'_>, reference: Option<Date>, check: &Check<'_>) -> Date {
    match law.chosen_by(TransitionSubject::ScopeOfObligation) {
        ChosenBy::AsOf => history.at.as_of,
        _ => reference.unwrap_or(check.on),
    }
}

fn conditions<'l>(
    law: &'l Law,
    history: &History<'_>,
    base: &Check<'_>,
    reference: &Result<Date, Vec<Field>>,
) -> Vec<Finding<'l>> {
    let day = scope_day(law, history, reference.as_ref().ok().copied(), base);
    let inputs = inputs(law, base.extract, reference);
    law.conditions_on(day, history.at.recorded_by)
        .map(|condition: &Condition| {
            let trace = condition.test.evaluate(&inputs);
            Finding {
                id: &condition.id,
                label: &condition.label,
                provenance: &condition.provenance,
                truth: trace.truth,
                trace: Some(trace),
                source: base.id.clone(),
            }
        })
        .collect()
}

/// Kleene: every definite failure decides; else every exemption that holds; else what is missing (10).
fn outcome(
    law: &Law,
    history: &History<'_>,
    base: &Check<'_>,
    reference: &Result<Date, Vec<Field>>,
    status: &Check<'_>,
) -> Outcome {
    let day = scope_day(law, history, reference.as_ref().ok().copied(), base);
    let inputs = inputs(law, base.extract, reference);
    let (mut failed, mut open) = (Vec::new(), false);
    for condition in law.conditions_on(day, history.at.recorded_by) {
        match condition.test.truth(&inputs) {
            Truth::False => failed.push(condition.id.clone()),
            Truth::Unknown => open = true,
            Truth::True => {}
        }
    }
    if !failed.is_empty() {
        return Outcome::NotInScope(failed);
    }
    let exempt = exempt_codes(law, history, status);
    if !exempt.is_empty() {
        return Outcome::Exempt(exempt);
    }
    if open { Outcome::Undecided(missing(law, history, base, reference)) } else { Outcome::Obliged }
}

/// The columns that the open conditions miss, sorted by code.
fn missing(law: &Law, history: &History<'_>, base: &Check<'_>, reference: &Result<Date, Vec<Field>>) -> Vec<Field> {
    let findings = conditions(law, history, base, reference);
    let missing = findings.iter().filter_map(|finding| finding.trace.as_ref()).flat_map(|trace| trace.missing.clone());
    let missing: BTreeSet<Field> = missing.collect();
    let mut missing: Vec<Field> = missing.into_iter().collect();
    missing.sort_unstable_by_key(|field| field.code());
    missing
}

/// The regime that decides on the scope, as known; none before the obligation existed (13).
fn regime(law: &Law, history: &History<'_>, reference: &Result<Date, Vec<Field>>) -> Option<RegimeId> {
    let reference = *reference.as_ref().ok()?;
    let day = match law.chosen_by(TransitionSubject::ScopeOfObligation) {
        ChosenBy::AsOf => history.at.as_of,
        _ => reference,
    };
    law.regime_on(day, history.at.recorded_by).map(|regime| regime.id.clone())
}

/// The group by which somebody who is not obliged may follow the programme, on the day of the latest check.
fn entitled(law: &Law, history: &History<'_>, status: &Check<'_>, outcome: &Outcome) -> Option<Code> {
    if matches!(outcome, Outcome::Obliged | Outcome::Undecided(_)) {
        return None;
    }
    let regime = &law.regime_on(status.on, history.at.recorded_by)?.id;
    law.entitlements
        .values()
        .filter_map(|entitlement| entitlement.on(status.on, history.at.recorded_by))
        .filter(|entitlement| entitlement.regimes.contains(regime))
        .find(|entitlement| match &entitlement.basis {
            EntitlementBasis::WhileExempt => matches!(outcome, Outcome::Exempt(_)),
            EntitlementBasis::Test(test) => test.truth(&inputs(law, status.extract, &Ok(status.on))) == Truth::True,
        })
        .map(|entitlement| entitlement.code.clone())
}

fn test(exemption: &Exemption) -> Option<&Predicate> {
    match &exemption.basis {
        ExemptionBasis::Automatic(test) => Some(test),
        ExemptionBasis::OnEvidence => None,
    }
}

/// Exemptions that the register itself shows, by the law of the day of the check. One that depends on an unknown value
/// is not shown (10, 11).
fn automatic<'l>(law: &'l Law, history: &History<'_>, check: &Check<'l>) -> impl Iterator<Item = &'l Code> {
    let (on, known_on) = (check.on, history.at.recorded_by);
    let inputs = inputs(law, check.extract, &NO_REFERENCE);
    let holds = move |exemption: &&Exemption| test(exemption).is_some_and(|test| test.truth(&inputs) == Truth::True);
    law.exemptions
        .values()
        .filter_map(move |exemption| exemption.on(on, known_on))
        .filter(holds)
        .filter(move |exemption| law.is_of_regime(exemption, on, known_on))
        .map(|exemption| &exemption.code)
}

/// First day of the exemption that holds.
fn exempt_from(law: &Law, history: &History<'_>, status: &Check<'_>, automatic: &[bool]) -> Option<Date> {
    let granted = granted(law, history);
    let by_register = automatic.last().copied().unwrap_or(false).then_some(status.on);
    granted.iter().map(|grant| grant.from).chain(by_register).min()
}

fn automatic_at(history: &History<'_>, automatic: &[bool], id: &FactRef) -> bool {
    history.checks.iter().zip(automatic).any(|(check, exempt)| check.id == id && *exempt)
}

/// An exemption granted on evidence.
struct Grant<'a> {
    code: &'a Code,
    /// First day.
    from: Date,
    fact: &'a FactRef,
}

/// Exemptions granted on evidence that hold on the as-of day. Whether one outlives its ground, R-T3 says.
fn granted<'a>(law: &Law, history: &History<'a>) -> Vec<Grant<'a>> {
    let Moment { as_of, recorded_by } = history.at;
    let survives = |code: &Code| match law.chosen_by(TransitionSubject::GrantedExemptions) {
        ChosenBy::AsOf => law.exemptions.get(code).is_none_or(|exemption| exemption.on(as_of, recorded_by).is_some()),
        _ => true,
    };
    history
        .events
        .iter()
        .filter_map(|fact| match &fact.kind {
            FactKind::ExemptionGranted { code, until } if until.is_none_or(|last| last >= as_of) => {
                Some(Grant { code, from: fact.occurred_on, fact: &fact.reference })
            }
            _ => None,
        })
        .filter(|grant| survives(grant.code))
        .collect()
}

/// The codes of the exemptions that hold, sorted.
fn exempt_codes(law: &Law, history: &History<'_>, status: &Check<'_>) -> Vec<Code> {
    let mut codes: Vec<Code> = automatic(law, history, status).cloned().collect();
    codes.extend(granted(law, history).iter().map(|grant| grant.code.clone()));
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What a condition sees of a registration before there is a reference date.
static NO_REFERENCE: Result<Date, Vec<Field>> = Err(Vec::new());

/// An extract as conditions see it.
fn inputs<'a>(law: &Law, extract: &'a Extract, reference: &'a Result<Date, Vec<Field>>) -> Inputs<'a> {
    Inputs {
        extract,
        birth: birth(law, extract),
        reference: reference.as_ref().copied().map_err(Vec::as_slice),
        leap_day: law.policies.leap_day_birthday,
    }
}

/// The birth date, completed by policy `mid_year` where it is incomplete.
fn birth(law: &Law, extract: &Extract) -> Option<PartialDate> {
    let birth = extract.birth_date?;
    if law.policies.incomplete_birth_date == IncompleteBirthDate::AskWhenItMatters {
        return Some(birth);
    }
    Some(match birth {
        PartialDate::Year(year) => PartialDate::Day(jiff::civil::date(year, 7, 1)),
        PartialDate::Month(year, month) => PartialDate::Day(jiff::civil::date(year, month, 15)),
        PartialDate::Day(_) => birth,
    })
}
