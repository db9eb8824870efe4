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
use crate::predicate::{CodeInput, Field, Inputs, Predicate, Trace, Truth};
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
        let Reference { base, day } = reference(law, history, status);
        let conditions = conditions(law, history, &base, &day);
        let regime = regime(law, history, &day);
        let automatic: Vec<bool> =
            history.checks.iter().map(|check| automatic(law, history, check).next().is_some()).collect();
        let base_automatic = automatic_at(history, &automatic, base.id);
        let granted = granted(law, history);
        let exempt_codes = exempt_codes(law, history, &status, &granted);
        let status_automatic = automatic.last().copied().unwrap_or(false);
        let exempt_from = granted.iter().map(|grant| grant.from).chain(status_automatic.then_some(status.on)).min();
        let outcome = outcome(&conditions, exempt_codes);
        let entitled = entitled(law, history, &status, &outcome);
        Some(Self { base, status, reference: day, regime, outcome, exempt_from, entitled, automatic, base_automatic })
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

/// Why the outcome is what it is, condition by condition; `None` while no check counts.
pub fn explain<'l>(law: &'l Law, history: &History<'_>) -> Option<Explanation<'l>> {
    let status = *history.checks.last()?;
    let Reference { base, day } = reference(law, history, status);
    let granted = granted(law, history);
    let in_force: Vec<&Exemption> = law.exemptions_on(status.on, history.at.recorded_by).collect();
    // A grant stands by itself, also where its ground was repealed since.
    let repealed = granted
        .iter()
        .filter(|grant| !in_force.iter().any(|exemption| exemption.code == *grant.code))
        .filter_map(|grant| law.exemption(grant.code));
    let exemptions = in_force
        .iter()
        .copied()
        .chain(repealed)
        .map(|exemption| {
            let trace = test(exemption).map(|test| evaluate(law, test, status.extract, &Err(Vec::new())));
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
        })
        .collect();
    let birth = base.extract.birth_date;
    Some(Explanation { conditions: conditions(law, history, &base, &day), exemptions, birth })
}

/// Of the checks on which the registration conditions do not definitely fail, the one with the earliest reference
/// date; without a date, the first of them; without any, the latest check, whose failures then say why (9).
fn reference<'a>(law: &Law, history: &History<'a>, status: Check<'a>) -> Reference<'a> {
    let date_of = |check: &Check<'_>| Some(check.extract.registered_on?.max(check.extract.permit_valid_from?));
    let can_give = |check: &Check<'_>| {
        law.conditions_on(scope_day(law, history, date_of(check), check), history.at.recorded_by)
            .filter(|condition| condition.gives_reference_date)
            .all(|condition| evaluate(law, &condition.test, check.extract, &Err(Vec::new())).truth != Truth::False)
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
    law.conditions_on(day, history.at.recorded_by)
        .map(|condition: &Condition| {
            let trace = evaluate(law, &condition.test, base.extract, reference);
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
fn outcome(conditions: &[Finding<'_>], exempt_codes: BTreeSet<Code>) -> Outcome {
    let failed: BTreeSet<Code> =
        conditions.iter().filter(|finding| finding.truth == Truth::False).map(|finding| finding.id.clone()).collect();
    if !failed.is_empty() {
        return Outcome::NotInScope(failed.into_iter().collect());
    }
    if !exempt_codes.is_empty() {
        return Outcome::Exempt(exempt_codes.into_iter().collect());
    }
    if conditions.iter().all(|finding| finding.truth == Truth::True) {
        return Outcome::Obliged;
    }
    let missing: BTreeSet<Field> = conditions
        .iter()
        .filter_map(|finding| finding.trace.as_ref())
        .flat_map(|trace| trace.missing.clone())
        .collect();
    let mut missing: Vec<Field> = missing.into_iter().collect();
    missing.sort_unstable_by_key(|field| field.code());
    Outcome::Undecided(missing)
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
            EntitlementBasis::Test(test) => evaluate(law, test, status.extract, &Ok(status.on)).truth == Truth::True,
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
fn automatic<'l>(law: &'l Law, history: &History<'_>, check: &Check<'_>) -> impl Iterator<Item = &'l Code> {
    let extract = check.extract;
    law.exemptions_on(check.on, history.at.recorded_by).filter_map(move |exemption| {
        let trace = evaluate(law, test(exemption)?, extract, &Err(Vec::new()));
        (trace.truth == Truth::True).then_some(&exemption.code)
    })
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

fn exempt_codes(law: &Law, history: &History<'_>, status: &Check<'_>, granted: &[Grant<'_>]) -> BTreeSet<Code> {
    automatic(law, history, status).cloned().chain(granted.iter().map(|grant| grant.code.clone())).collect()
}

/// Evaluates one condition on one extract.
fn evaluate<'l>(
    law: &Law,
    predicate: &'l Predicate,
    extract: &Extract,
    reference: &Result<Date, Vec<Field>>,
) -> Trace<'l> {
    let code = |input: CodeInput| match input {
        CodeInput::Nationality => extract.nationality.as_ref(),
        CodeInput::Register => Some(&extract.register),
        CodeInput::PermitKind => extract.permit_kind.as_ref(),
        CodeInput::PermitGround => extract.permit_ground.as_ref(),
        CodeInput::FamilyOf => extract.family_of.as_ref(),
        CodeInput::FamilyTie => extract.family_tie.as_ref(),
        CodeInput::LongTermResidentOf => extract.long_term_resident_of.as_ref(),
    };
    predicate.evaluate(&Inputs {
        codes: &code,
        birth: birth(law, extract),
        stay_since: extract.lawful_stay_since,
        permit_from: extract.permit_valid_from,
        permit_until: extract.permit_valid_until,
        reference: reference.as_ref().copied().map_err(Vec::as_slice),
        leap_day: law.policies.leap_day_birthday,
    })
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
