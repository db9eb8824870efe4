//! Promises about laws and decisions.

use super::{Fixture, TODAY, change, decision};
use traject_app::error::CommitError;
use traject_app::ids::{DossierId, FactId};
use traject_app::model::{Decision, DossierChange};
use traject_app::port::{Clock as _, Ids as _};
use traject_domain::code::Code;
use traject_domain::fact::FactKind;

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_law_is_kept_once_under_its_hash(fixture: &Fixture) {
    let store = &fixture.store;
    let now = fixture.clock.now();
    assert_eq!(store.law([1; 32]).await.expect("reads"), None);
    for (hash, content) in [(2, &b"second"[..]), (1, b"first"), (1, b"first")] {
        store.put_law([hash; 32], content, now).await.expect("writes");
    }
    assert_eq!(store.law([1; 32]).await.expect("reads").as_deref(), Some(&b"first"[..]));
    assert_eq!(store.laws().await.expect("reads"), [[1; 32], [2; 32]]);
}

/// A change with facts of these kinds that are one decision.
fn decided(fixture: &Fixture, dossier: DossierId, version: u64, kinds: &[FactKind]) -> DossierChange {
    let facts = kinds.iter().map(|kind| fixture.fact(kind.clone())).collect();
    DossierChange { facts, decision: Some(decision(1)), ..change(dossier, version) }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_decision_is_named_by_its_first_fact_and_placed_by_its_last(fixture: &Fixture) {
    fixture.keep_law(1).await;
    let (dossier, other) = (fixture.dossier(), fixture.dossier());
    let first = decided(fixture, dossier, 0, &[FactKind::StruckOff, FactKind::CertificateReceived]);
    let beside = decided(fixture, other, 0, &[FactKind::PermitLost]);
    let second = decided(fixture, dossier, 1, &[FactKind::Died]);
    let names: Vec<FactId> = [&first, &beside, &second].map(|change| change.facts[0].id).to_vec();
    let both = fixture.command(vec![first, beside]);
    fixture.store.commit(both.clone()).await.expect("commits");
    assert!(fixture.store.commit(both).await.expect("repeats").repeated);
    fixture.store.commit(fixture.command(vec![second])).await.expect("commits");
    fixture.store.commit(fixture.certificate(dossier, 2)).await.expect("commits, and decides nothing");
    let expected = |fact: FactId, dossier, kind: &str, position| Decision {
        fact,
        dossier,
        kind: Code::new(kind),
        position,
        as_of: TODAY,
        law_hash: [1; 32],
        engine: decision(1).engine,
        outcome: Code::new("obliged"),
        digest: [9; 32],
    };
    let of_dossier = [expected(names[0], dossier, "struck_off", 2), expected(names[2], dossier, "died", 4)];
    assert_eq!(fixture.store.decisions_of(&[dossier]).await.expect("reads"), of_dossier);
    let beside = Some(expected(names[1], other, "permit_lost", 3));
    assert_eq!(fixture.store.decision(names[1]).await.expect("reads"), beside);
    assert_eq!(fixture.store.decision(FactId(fixture.ids.next())).await.expect("reads"), None);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_decision_needs_a_fact_and_a_law_that_is_kept(fixture: &Fixture) {
    let dossier = fixture.dossier();
    let without_law = decided(fixture, dossier, 0, &[FactKind::Died]);
    let without_fact = DossierChange { decision: Some(decision(1)), ..change(dossier, 0) };
    for wrong in [without_law.clone(), without_fact] {
        let refused = fixture.store.commit(fixture.command(vec![wrong])).await;
        assert!(matches!(refused, Err(CommitError::Internal(_))), "{refused:?}");
        assert_eq!(fixture.store.dossier(dossier).await.expect("reads"), None);
    }
    fixture.keep_law(1).await;
    fixture.store.commit(fixture.command(vec![without_law])).await.expect("its law is kept now");
}
