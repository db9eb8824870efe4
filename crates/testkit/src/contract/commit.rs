//! Promises about commands, facts, numbers and identities.

use super::{Fixture, change};
use crate::facts;
use jiff::civil::date;
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use traject_app::error::{CommitError, Key};
use traject_app::ids::DossierId;
use traject_app::model::{Committed, DossierChange, LegalStep};
use traject_domain::fact::{FactKind, FactRef, NumberKey};
use uuid::Uuid;

async fn nothing_is_there(fixture: &Fixture, dossier: DossierId) {
    assert_eq!(fixture.store.dossier(dossier).await.expect("reads"), None);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_command_is_committed_once_however_often_it_is_sent(fixture: &Fixture) {
    let dossier = fixture.dossier();
    let command = fixture.certificate(dossier, 0);
    let store = &fixture.store;
    assert_eq!(store.committed(&command.request).await.expect("reads"), None);
    let first = store.commit(command.clone()).await.expect("commits");
    let id = command.changes[0].facts[0].id;
    let expected = Committed { position: 1, versions: vec![(dossier, 1)], facts: vec![id], ..Committed::nothing() };
    assert_eq!(first, expected);
    let again = Committed { repeated: true, ..first };
    assert_eq!(store.commit(command.clone()).await.expect("repeats"), again);
    assert_eq!(store.committed(&command.request).await.expect("reads"), Some(again));
    assert_eq!(store.head().await.expect("reads"), 1);
    let other_caller = traject_app::model::Request { caller: "staff-2".to_owned(), ..command.request };
    assert_eq!(store.committed(&other_caller).await.expect("reads"), None);
    let without_facts = store.commit(fixture.command(vec![change(dossier, 1)])).await.expect("commits");
    assert_eq!((without_facts.position, without_facts.versions), (1, vec![(dossier, 2)]));
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_request_id_with_other_content_is_refused(fixture: &Fixture) {
    let mut command = fixture.certificate(fixture.dossier(), 0);
    fixture.store.commit(command.clone()).await.expect("commits");
    command.request.hash[0] ^= 1;
    let refused = fixture.store.commit(command.clone()).await;
    assert!(matches!(refused, Err(CommitError::RequestReused)), "{refused:?}");
    let refused = fixture.store.committed(&command.request).await;
    assert!(matches!(refused, Err(CommitError::RequestReused)), "{refused:?}");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_stale_command_leaves_nothing(fixture: &Fixture) {
    let (dossier, other) = (fixture.dossier(), fixture.dossier());
    fixture.store.commit(fixture.certificate(dossier, 0)).await.expect("commits");
    for expected in [2, 7] {
        let mut new = change(other, 0);
        new.facts.push(fixture.fact(FactKind::StruckOff));
        let command = fixture.command(vec![new, change(dossier, expected)]);
        let refused = fixture.store.commit(command.clone()).await;
        assert!(matches!(refused, Err(CommitError::Stale(id)) if id == dossier), "{refused:?}");
        assert_eq!(fixture.store.committed(&command.request).await.expect("reads"), None);
    }
    let missing = fixture.dossier();
    let refused = fixture.store.commit(fixture.certificate(missing, 1)).await;
    assert!(matches!(refused, Err(CommitError::Stale(id)) if id == missing), "{refused:?}");
    nothing_is_there(fixture, other).await;
    assert_eq!(fixture.store.head().await.expect("reads"), 1);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_new_dossier_must_not_exist(fixture: &Fixture) {
    let dossier = fixture.dossier();
    fixture.store.commit(fixture.certificate(dossier, 0)).await.expect("commits");
    let refused = fixture.store.commit(fixture.certificate(dossier, 0)).await;
    assert!(matches!(refused, Err(CommitError::Stale(id)) if id == dossier), "{refused:?}");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn positions_are_gapless_and_versions_count_commands_under_concurrency(fixture: &Fixture) {
    const TASKS: usize = 64;
    const EACH: usize = 5;
    let dossiers: Vec<DossierId> = (0..8).map(|_| fixture.dossier()).collect();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&fixture.store);
        let dossier = dossiers[task % dossiers.len()];
        let mut commands: Vec<_> = (0..EACH).map(|_| fixture.certificate(dossier, 0)).collect();
        tasks.spawn(async move {
            let mut positions = Vec::new();
            while let Some(mut command) = commands.pop() {
                loop {
                    let version = store.dossier(dossier).await.expect("reads").map_or(0, |dossier| dossier.version);
                    command.changes[0].expected_version = version;
                    match store.commit(command.clone()).await {
                        Ok(committed) => break positions.push((committed.position, committed.versions[0].1)),
                        Err(CommitError::Stale(_)) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
            (dossier, positions)
        });
    }
    let (mut positions, mut versions) = (Vec::new(), Vec::new());
    for (dossier, done) in tasks.join_all().await {
        positions.extend(done.iter().map(|(position, _)| *position));
        versions.extend(done.iter().map(|(_, version)| (dossier, *version)));
    }
    positions.sort_unstable();
    let total = (TASKS * EACH) as u64;
    assert_eq!(positions, (1..=total).collect::<Vec<_>>());
    assert_eq!(versions.iter().collect::<HashSet<_>>().len(), versions.len(), "a version was given twice");
    for dossier in dossiers {
        let stored = fixture.store.dossier(dossier).await.expect("reads").expect("there");
        assert_eq!((stored.version, stored.facts.len() as u64), (total / 8, total / 8));
        assert!(stored.facts.is_sorted_by(|a, b| a.position < b.position));
    }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_same_request_sent_twice_at_once_has_one_effect(fixture: &Fixture) {
    let dossier = fixture.dossier();
    let command = fixture.certificate(dossier, 0);
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (store, command) = (Arc::clone(&fixture.store), command.clone());
        tasks.spawn(async move { store.commit(command).await.expect("commits or repeats") });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|committed| !committed.repeated).count(), 1);
    assert!(done.iter().all(|committed| committed.position == 1 && committed.versions == [(dossier, 1)]));
    assert_eq!(fixture.store.head().await.expect("reads"), 1);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn unique_keys_are_held_and_a_refused_command_leaves_nothing(fixture: &Fixture) {
    let (first, second) = (fixture.dossier(), fixture.dossier());
    let mut taken = change(first, 0);
    taken.facts.push(fixture.fact(FactKind::CertificateReceived));
    taken.numbers.push((NumberKey(Uuid::from_u128(1)), facts::national_number(1)));
    taken.deliveries.push(fixture.letter(first, LegalStep::CERTIFICATE));
    fixture.store.commit(fixture.command(vec![taken.clone()])).await.expect("commits");
    let refuse = async |expected: Key, spoil: &dyn Fn(&mut DossierChange)| {
        let mut change = change(second, 0);
        change.facts.push(fixture.fact(FactKind::CertificateReceived));
        spoil(&mut change);
        let command = fixture.command(vec![change]);
        let refused = fixture.store.commit(command.clone()).await;
        assert!(matches!(refused, Err(CommitError::Taken(key)) if key == expected), "{expected:?}: {refused:?}");
        assert_eq!(fixture.store.committed(&command.request).await.expect("reads"), None);
        nothing_is_there(fixture, second).await;
    };
    refuse(Key::Fact, &|change| change.facts[0].fact.reference = taken.facts[0].fact.reference.clone()).await;
    refuse(Key::Fact, &|change| change.facts[0].id = taken.facts[0].id).await;
    refuse(Key::Number, &|change| {
        change.numbers.push((NumberKey(Uuid::from_u128(2)), facts::national_number(1)));
    })
    .await;
    refuse(Key::Number, &|change| {
        change.numbers.push((NumberKey(Uuid::from_u128(1)), facts::national_number(2)));
    })
    .await;
    refuse(Key::Delivery, &|change| change.deliveries.push(taken.deliveries[0].clone())).await;
    assert_eq!(fixture.store.head().await.expect("reads"), 1);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_number_may_come_again_for_the_same_dossier_only(fixture: &Fixture) {
    let dossier = fixture.dossier();
    let number = (NumberKey(Uuid::from_u128(1)), facts::national_number(1));
    for version in 0..2 {
        let mut again = change(dossier, version);
        again.facts.push(fixture.fact(FactKind::CertificateReceived));
        again.numbers.push(number);
        fixture.store.commit(fixture.command(vec![again])).await.expect("commits");
    }
    assert_eq!(fixture.store.find_number(number.1).await.expect("reads"), Some(dossier));
    assert_eq!(fixture.store.dossier(dossier).await.expect("reads").expect("there").numbers, vec![number]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn one_command_may_change_several_dossiers_but_none_twice(fixture: &Fixture) {
    let dossiers: Vec<DossierId> = (0..3).map(|_| fixture.dossier()).collect();
    let with_fact = |dossier: &DossierId| {
        let mut change = change(*dossier, 0);
        change.facts = vec![fixture.fact(FactKind::CertificateReceived), fixture.fact(FactKind::StruckOff)];
        change
    };
    let command = fixture.command(dossiers.iter().map(with_fact).collect());
    let committed = fixture.store.commit(command.clone()).await.expect("commits");
    assert_eq!(committed.versions, dossiers.iter().map(|dossier| (*dossier, 1)).collect::<Vec<_>>());
    let ids: Vec<_> = command.changes.iter().flat_map(|change| &change.facts).map(|fact| fact.id).collect();
    assert_eq!((committed.position, committed.facts), (6, ids));
    let twice = fixture.command(vec![change(dossiers[0], 1), change(dossiers[0], 1)]);
    let refused = fixture.store.commit(twice).await;
    assert!(matches!(refused, Err(CommitError::Internal(_))), "{refused:?}");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn numbers_come_with_a_fact(fixture: &Fixture) {
    let mut bare = change(fixture.dossier(), 0);
    bare.numbers.push((NumberKey(Uuid::from_u128(1)), facts::national_number(1)));
    let refused = fixture.store.commit(fixture.command(vec![bare])).await;
    assert!(matches!(refused, Err(CommitError::Internal(_))), "{refused:?}");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn facts_come_back_as_they_went_in_by_position(fixture: &Fixture) {
    let (dossier, other) = (fixture.dossier(), fixture.dossier());
    let facts: Vec<_> = facts::one_of_each_kind().into_iter().map(|kind| fixture.fact(kind)).collect();
    for (version, fact) in facts.iter().enumerate() {
        let mut change = change(dossier, version as u64);
        change.facts.push(fact.clone());
        fixture.store.commit(fixture.command(vec![change])).await.expect("commits");
    }
    fixture.store.commit(fixture.certificate(other, 0)).await.expect("commits");
    let stored = fixture.store.dossier(dossier).await.expect("reads").expect("there");
    assert!(!stored.frozen);
    let now = traject_app::port::Clock::now(&*fixture.clock);
    for (i, (stored, new)) in stored.facts.iter().zip(&facts).enumerate() {
        assert_eq!((stored.id, &stored.fact, &stored.actor), (new.id, &new.fact, &new.actor));
        assert_eq!((stored.position, stored.received_at), (i as u64 + 1, now));
    }
    assert_eq!(stored.facts.len(), facts.len());
    assert_eq!(fixture.store.scan(None, 1).await.expect("reads"), vec![stored.clone()]);
    assert_eq!(fixture.store.scan(Some(dossier), 9).await.expect("reads")[0].id, other);
    let missing = fixture.dossier();
    let asked = [other, missing, dossier, other];
    let found = fixture.store.dossiers(&asked).await.expect("reads");
    assert_eq!(found.iter().map(|dossier| dossier.id).collect::<Vec<_>>(), vec![dossier, other]);
    assert_eq!(found[0], stored);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn numbers_and_references_are_found_in_bulk(fixture: &Fixture) {
    const COUNT: u64 = 300;
    let mut changes = Vec::new();
    for n in 0..COUNT {
        let mut change = change(fixture.dossier(), 0);
        change.facts.push(fixture.fact(FactKind::CertificateReceived));
        change.numbers.push((NumberKey(Uuid::from_u128(u128::from(n) + 1)), facts::national_number(n)));
        changes.push(change);
    }
    fixture.store.commit(fixture.command(changes.clone())).await.expect("commits");
    // Every other number is unknown.
    let asked: Vec<_> = (0..2 * COUNT).rev().step_by(2).map(facts::national_number).collect();
    let known = fixture.store.numbers(&asked).await.expect("reads");
    let expected: Vec<_> = (0..COUNT).rev().filter(|n| n % 2 == 1).collect();
    assert_eq!(known.len(), expected.len());
    for (known, n) in known.iter().zip(expected) {
        let change = &changes[usize::try_from(n).expect("small")];
        assert_eq!((known.number, known.key), (facts::national_number(n), change.numbers[0].0));
        assert_eq!((known.dossier, known.version), (change.dossier, 1));
    }
    let mut references: Vec<FactRef> =
        changes.iter().map(|change| change.facts[0].fact.reference.clone()).take(200).collect();
    let expected: HashSet<FactRef> = references.iter().cloned().collect();
    references.extend((0..200).map(|n| FactRef::new(&format!("unknown-{n}"))));
    assert_eq!(fixture.store.known_references(&references).await.expect("reads"), expected);
    assert_eq!(fixture.store.numbers(&[]).await.expect("reads"), vec![]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_identity_is_that_of_the_latest_check(fixture: &Fixture) {
    let dossier = fixture.dossier();
    let check = |day, name: Option<&str>| {
        let mut fact = fixture.fact(FactKind::Checked(Box::new(facts::extract(facts::municipality(1)))));
        fact.fact.occurred_on = day;
        fact.identity = name.map(|name| {
            let mut identity = facts::identity();
            identity.last_name = Some(name.to_owned());
            identity
        });
        fact
    };
    let checks = [
        check(date(2022, 7, 1), Some("second")),
        // Arrives later, but is older; the last has no names at all.
        check(date(2022, 6, 1), Some("first")),
        check(date(2022, 8, 1), None),
    ];
    assert_eq!(fixture.store.identity(dossier).await.expect("reads"), None);
    for (version, fact) in checks.into_iter().enumerate() {
        let mut change = change(dossier, version as u64);
        change.facts.push(fact);
        fixture.store.commit(fixture.command(vec![change])).await.expect("commits");
    }
    let identity = fixture.store.identity(dossier).await.expect("reads").expect("known");
    assert_eq!(identity.last_name.as_deref(), Some("second"));
}
