//! Whether the desk accepted and refused what the guard and the handbook say.

use crate::attempt::Attempt;
use crate::dice::Dice;
use crate::handbook;
use crate::record::Snapshot;
use traject_app::act::ActOrder;
use traject_app::desk::{agency_kind, facts_of};
use traject_app::error::Key;
use traject_app::model::{Dossier, WorkKind};
use traject_app::release::Release;
use traject_app::{AppError, Desk};
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::guard::{Act, Refusal, guard};
use traject_domain::law::Channel;
use uuid::Uuid;

/// Every fact that was recorded, judged again on the facts before it.
pub(crate) fn recorded(desk: &Desk, dice: &mut Dice, attempt: &Attempt, before: Option<&Dossier>, after: &Dossier) {
    let mut known = before.map(facts_of).unwrap_or_default();
    let channel = match attempt {
        Attempt::Act(order) => order.channel,
        _ => None,
    };
    let today = desk.clock.today();
    for new in &after.facts[known.len()..] {
        dice.shuffle(&mut known);
        let fact = &new.fact;
        let actor = agency_kind(&desk.law.law, &fact.agency).expect("only agencies that the law knows record facts");
        let verdict = judged(desk, &known, fact, channel);
        assert!(verdict.is_ok(), "recorded, and refused now: {fact:?} {verdict:?}");
        handbook::allows(&desk.law.law, &known, fact, actor, today);
        known.push(fact.clone());
    }
}

fn judged(desk: &Desk, known: &[Fact], fact: &Fact, channel: Option<Channel>) -> Result<(), Refusal> {
    let law = &desk.law.law;
    let actor = agency_kind(law, &fact.agency).expect("an agency that the law knows");
    let act = Act { kind: &fact.kind, actor, agency: &fact.agency, occurred_on: fact.occurred_on, channel };
    guard(law, known, &act, desk.clock.today())
}

/// What the guard says of an act, on facts in any order.
fn of_order(desk: &Desk, dice: &mut Dice, order: &ActOrder, dossier: &Dossier) -> Result<(), Refusal> {
    let mut known = facts_of(dossier);
    let number = dossier.numbers.first().map_or(NumberKey(Uuid::nil()), |(key, _)| *key);
    let fact = |place: usize, kind: &FactKind| Fact {
        reference: FactRef::new(&format!("~{place}")),
        number,
        occurred_on: order.occurred_on,
        known_on: desk.clock.today(),
        agency: order.actor.agency.clone(),
        kind: kind.clone(),
    };
    for (place, kind) in order.along.iter().chain([&order.kind]).enumerate() {
        dice.shuffle(&mut known);
        let fact = fact(place, kind);
        judged(desk, &known, &fact, order.channel)?;
        known.push(fact);
    }
    Ok(())
}

/// The dossier that a try names.
fn concerned<'a>(attempt: &Attempt, before: &'a Snapshot) -> Option<&'a Dossier> {
    match attempt {
        Attempt::Act(order) => before.dossier(order.dossier),
        _ => None,
    }
}

fn is_certificate(release: &Release, before: &Snapshot) -> bool {
    before.work.iter().any(|item| item.id == release.item && item.kind == WorkKind::Inform)
}

/// What was only validated is what the guard accepts.
pub(crate) fn validated(desk: &Desk, dice: &mut Dice, attempt: &Attempt, before: &Snapshot) {
    if let (Attempt::Act(order), Some(dossier)) = (attempt, concerned(attempt, before)) {
        assert_eq!(of_order(desk, dice, order, dossier), Ok(()));
    }
}

/// A refusal is one that the try allows, names its rule and its ground, and is that of the guard.
pub(crate) fn refused(desk: &Desk, dice: &mut Dice, attempt: &Attempt, error: &AppError, before: &Snapshot) {
    let dossier = concerned(attempt, before);
    match (error, attempt) {
        (AppError::Refused(refusal), _) => {
            assert!(!refusal.rule.is_empty() && !refusal.ground.is_empty(), "{refusal:?}");
            if let (Attempt::Act(order), Some(dossier)) = (attempt, dossier)
                && agency_kind(&desk.law.law, &order.actor.agency).is_some()
            {
                assert_eq!(of_order(desk, dice, order, dossier).as_ref(), Err(refusal));
            }
        }
        (AppError::NotFound, Attempt::Release(_) | Attempt::Correct(_))
        | (AppError::Taken(Key::Number), Attempt::Open(_))
        | (AppError::Taken(Key::Delivery) | AppError::ChannelClosed, Attempt::Deliver(_)) => {}
        (AppError::Taken(Key::Number), Attempt::Act(order)) if order.number.is_some() => {}
        // The certificate waits already, made when the person was checked.
        (AppError::Taken(Key::Delivery), Attempt::Release(release)) if is_certificate(release, before) => {}
        _ => panic!("{error:?} is no answer to {attempt:?}"),
    }
}
