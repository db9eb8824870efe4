//! What must hold of `assess` for any facts at all.

mod facts;

use facts::{another, event, facts, facts_of_the_registered, start};
use proptest::prelude::*;
use std::sync::LazyLock;
use traject_domain::assess::wake_on;
use traject_domain::code::{Breach, Code};
use traject_domain::counting::{DueDate, Step, add_days};
use traject_domain::fact::{Fact, FactKind};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::standing::{BreachStanding, Enforcement, NextCode, Outcome, Standing, Turn};
use traject_domain::{Date, assess};

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

/// How many cases each property is tried on: 256, or as many as `cargo xtask soak` says.
#[expect(clippy::disallowed_methods, reason = "the long count is told to the test by its environment")]
fn cases() -> u32 {
    std::env::var("TRAJECT_SOAK_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

/// Any day on which something may still happen.
fn days() -> std::ops::Range<i64> {
    0..1500
}

fn moments() -> impl Strategy<Value = Moment> {
    (days(), -60i64..60).prop_map(|(day, known)| {
        let as_of = add_days(start(), day);
        Moment { as_of, recorded_by: add_days(as_of, known) }
    })
}

fn with(facts: &[Fact], fact: &Fact) -> Vec<Fact> {
    facts.iter().chain([fact]).cloned().collect()
}

fn standing(facts: &[Fact], at: Moment) -> Option<Standing> {
    assess(&LAW, &History::new(facts, at))
}

fn same_but_moment(a: &Option<Standing>, b: &Option<Standing>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Standing { at: b.at, ..a.clone() } == *b,
        (None, None) => true,
        _ => false,
    }
}

/// What an exemption may do to somebody whose outcome was this.
fn may_become(without: &Outcome, with: &Outcome) -> bool {
    match (without, with) {
        (Outcome::Exempt(before), Outcome::Exempt(now)) => before.iter().all(|code| now.contains(code)),
        (Outcome::Obliged | Outcome::Undecided(_), Outcome::Exempt(_)) => true,
        _ => without == with,
    }
}

/// Enforcement of a breach goes no further than it did: no step is added, none comes earlier, and none that was there
/// is dated otherwise.
fn is_no_further(with: &BreachStanding, without: &BreachStanding) -> bool {
    let is_new = |with: Option<Date>, without| with.is_some() && with != without;
    (with.state <= without.state || with.state == Enforcement::Withdrawn)
        && (&with.term, &with.cure) == (&without.term, &without.cure)
        && !is_new(with.refusal_on, without.refusal_on)
        && !is_new(with.transferred_on, without.transferred_on)
}

/// The end of a term before suspensions.
fn counted(term: &DueDate) -> Option<Date> {
    term.derivation.iter().find_map(|step| match step {
        Step::Counted(_, day) => Some(*day),
        _ => None,
    })
}

/// A day that there is now was there before, and is no earlier now.
fn is_not_brought_forward(now: Option<Date>, before: Option<Date>) -> bool {
    now.is_none_or(|now| before.is_some_and(|before| before <= now))
}

fn completion(facts: &[Fact], at: Moment) -> Option<BreachStanding> {
    Some(standing(facts, at)?.obligation?.breach(Breach::NotCompleted).clone())
}

/// Every registration with an organiser so many days later.
fn registered_later(facts: &[Fact], days: i64) -> Vec<Fact> {
    let later = |fact: &Fact| match fact.kind {
        FactKind::Registered { .. } => Fact {
            occurred_on: add_days(fact.occurred_on, days),
            known_on: add_days(fact.known_on, days),
            ..fact.clone()
        },
        _ => fact.clone(),
    };
    facts.iter().map(later).collect()
}

/// Whether some day after the first registration, up to and with so many days later, is suspended.
fn waits_in_a_suspension(facts: &[Fact], at: Moment, days: i64) -> bool {
    let history = History::new(facts, at);
    let Some(first) = history.registered_on() else { return false };
    history.suspended().iter().any(|period| period.last > first && period.first <= add_days(first, days))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_order_of_arrival_does_not_matter(facts in facts(), day in 0i64..1500, turn in 0usize..13) {
        let at = Moment::end_of(add_days(start(), day));
        let mut other = facts.clone();
        other.reverse();
        let turn = turn % other.len();
        other.rotate_left(turn);
        prop_assert_eq!(standing(&facts, at), standing(&other, at));
    }

    #[test]
    fn a_fact_told_twice_counts_once(facts in facts(), at in moments(), of in any::<prop::sample::Index>()) {
        let again = of.get(&facts).clone();
        prop_assert_eq!(standing(&facts, at), standing(&with(&facts, &again), at));
    }

    #[test]
    fn what_was_not_known_does_not_count(facts in facts(), day in 0i64..1500, back in 0i64..60) {
        let as_of = add_days(start(), day);
        let at = Moment { as_of, recorded_by: add_days(as_of, -back) };
        let known: Vec<Fact> = facts.iter().filter(|fact| fact.known_on <= at.recorded_by).cloned().collect();
        prop_assert_eq!(standing(&facts, at), standing(&known, at));
    }

    #[test]
    fn nothing_changes_before_it_wakes(facts in facts(), day in 0i64..1300) {
        let at = Moment::end_of(add_days(start(), day));
        let today = standing(&facts, at);
        let horizon = add_days(at.as_of, 900);
        let mut first = add_days(at.as_of, 1);
        while first <= horizon && same_but_moment(&today, &standing(&facts, Moment::end_of(first))) {
            first = add_days(first, 1);
        }
        let expected = (first <= horizon).then_some(first);
        prop_assert_eq!(wake_on(&LAW, &facts, at).filter(|day| *day <= horizon), expected);
    }

    #[test]
    fn a_refusal_follows_a_delivered_notice_and_a_lapsed_cure(facts in facts(), day in 0i64..1500) {
        let at = Moment::end_of(add_days(start(), day));
        let Some(obligation) = standing(&facts, at).and_then(|standing| standing.obligation) else { return Ok(()) };
        for breach in &obligation.breaches {
            if let Some(refusal) = breach.refusal_on {
                let cure = breach.cure.as_ref().expect("a refusal has a cure term");
                prop_assert!(refusal == add_days(cure.due, 1) && refusal <= at.as_of);
                prop_assert!(!breach.met_in_time());
                prop_assert!(breach.transferred_on.is_none_or(|day| day >= refusal));
            }
            if breach.state == Enforcement::Late {
                prop_assert!(breach.term.as_ref().is_some_and(|term| term.due < at.as_of));
            }
            if let Some(term) = &breach.term {
                prop_assert!(term.raw > term.start && term.due >= term.raw);
                prop_assert!(!term.derivation.is_empty());
            }
        }
    }

    /// Of the standing with one more exemption against that without. An exemption may also decide what was open: terms
    /// and enforcement are then compared with nothing, but the newcomer still owes no more.
    #[test]
    fn an_exemption_never_adds_a_duty(
        facts in facts(), at in moments(), on in prop_oneof![0i64..500, days()], until in proptest::option::of(0i64..900),
    ) {
        let until = until.map(|days| add_days(start(), on + days));
        let grant = another("X", on, 0, FactKind::ExemptionGranted { code: Code::new("E11"), until });
        let Some(without) = standing(&facts, at) else { return Ok(()) };
        let with = standing(&with(&facts, &grant), at).expect("a check counts as before");
        let holds = grant.known_on <= at.recorded_by && grant.occurred_on <= at.as_of;
        if !holds || until.is_some_and(|last| last < at.as_of) {
            prop_assert_eq!(with, without);
            return Ok(());
        }
        prop_assert!(may_become(&without.outcome, &with.outcome));
        prop_assert!(with.next.is_none_or(|next| next.code.turn() != Turn::Newcomer), "{:?}", with.next);
        let undoes = with.next.is_some_and(|next| matches!(next.code, NextCode::WithdrawNotice | NextCode::ReviewFine));
        prop_assert!(undoes || with.next.is_none() || with.next == without.next);
        let (Some(now), false) = (with.obligation, matches!(without.outcome, Outcome::Undecided(_))) else { return Ok(()) };
        let before = without.obligation.expect("an exemption puts nobody under terms");
        prop_assert!(with.fined == without.fined);
        for (now, before) in now.breaches.iter().zip(&before.breaches) {
            prop_assert!(is_no_further(now, before), "{:?} became {:?}", before, now);
        }
    }

    /// But for a registration within a suspension: where the month of the end is short, both terms count to its last day,
    /// and the later registration has one suspended day less after it (semantics.md 15, 16). Nor where a fine lies between
    /// two notices: which of them counts then depends on whether the first was too early (22).
    #[test]
    fn a_later_registration_never_brings_a_date_forward(
        facts in facts_of_the_registered(), at in moments(), days in prop_oneof![1i64..8, 1i64..200],
    ) {
        let facts: Vec<Fact> =
            facts.into_iter().filter(|fact| !matches!(fact.kind, FactKind::Fined(Breach::NotCompleted, _))).collect();
        let Some(before) = completion(&facts, at) else { return Ok(()) };
        let now = completion(&registered_later(&facts, days), at).expect("obliged as before");
        let days_of = |term: &Option<DueDate>| term.as_ref().map(|term| (counted(term), term.raw, term.due));
        let (now_due, due) = (days_of(&now.term), days_of(&before.term));
        prop_assert!(is_not_brought_forward(now_due.and_then(|due| due.0), due.and_then(|due| due.0)));
        if !waits_in_a_suspension(&facts, at, days) {
            prop_assert!(is_not_brought_forward(now_due.map(|due| due.1), due.map(|due| due.1)));
            prop_assert!(is_not_brought_forward(now_due.map(|due| due.2), due.map(|due| due.2)));
            let cure_due = |breach: &BreachStanding| breach.cure.as_ref().map(|cure| cure.due);
            prop_assert!(is_not_brought_forward(cure_due(&now), cure_due(&before)));
            prop_assert!(is_not_brought_forward(now.refusal_on, before.refusal_on));
        }
    }

    #[test]
    fn a_retraction_equals_never_having_been_told(
        facts in facts(), at in moments(), of in any::<prop::sample::Index>(), day in 0i64..800, lag in 0i64..100,
    ) {
        let target = of.get(&facts).reference.clone();
        let retraction = another("Z", day, lag, FactKind::Retracted(target.clone()));
        let is_known = retraction.occurred_on <= at.as_of && retraction.known_on <= at.recorded_by;
        let never: Vec<Fact> = facts.iter().filter(|fact| !is_known || fact.reference != target).cloned().collect();
        prop_assert_eq!(standing(&with(&facts, &retraction), at), standing(&never, at));
    }

    #[test]
    fn what_becomes_known_later_changes_no_earlier_answer(
        facts in facts(), at in moments(), later in proptest::collection::vec(event(), 1..6), turn in 0usize..18,
    ) {
        let mut all = facts.clone();
        for (n, (kind, day, lag)) in later.into_iter().enumerate() {
            let fact = another(&format!("L{n}"), day, lag, kind);
            all.push(Fact { known_on: fact.known_on.max(add_days(at.recorded_by, 1 + lag)), ..fact });
        }
        let turn = turn % all.len();
        all.rotate_left(turn);
        prop_assert_eq!(standing(&facts, at), standing(&all, at));
    }
}
