//! Promises about lists: dossiers, waking, what imports hold, deliveries.

use super::{Fixture, TODAY, change, standing};
use crate::facts;
use jiff::ToSpan as _;
use jiff::civil::date;
use std::sync::Arc;
use tokio::task::JoinSet;
use traject_app::ids::{DeliveryId, DossierId};
use traject_app::model::{
    DeliveryMove, DeliveryReason, DeliveryState, DossierChange, LegalStep, RenderedDocument, StandingRow,
    StandingUpdate, WorkChange, WorkItem, WorkKind,
};
use traject_app::port::{Clock as _, DossierFilter, Ids as _};
use traject_app::work::WorkFilter;
use traject_codec::content_hash;
use traject_domain::code::Code;
use traject_domain::standing::{Enforcement, Stage};

/// Everything that is open and not snoozed on [`TODAY`].
pub(super) async fn all_work(fixture: &Fixture) -> Vec<WorkItem> {
    fixture.store.work(&WorkFilter::everything(TODAY), None, 100).await.expect("reads")
}

pub(super) async fn commit(fixture: &Fixture, change: DossierChange) {
    fixture.store.commit(fixture.command(vec![change])).await.expect("commits");
}

/// A new dossier with a standing.
pub(super) async fn dossier(fixture: &Fixture, row: StandingRow) -> DossierId {
    let id = fixture.dossier();
    commit(fixture, DossierChange { standing: StandingUpdate::Assessed(Box::new(row)), ..change(id, 0) }).await;
    id
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn dossiers_are_listed_by_filter_and_page(fixture: &Fixture) {
    let mut ids = Vec::new();
    for n in 0..12 {
        let mut row = standing();
        row.municipality = Some(facts::municipality(n % 3));
        row.outcome = Code::new(if n % 2 == 0 { "obliged" } else { "exempt" });
        row.stage = (n % 4 != 0).then_some(Stage::Registered);
        row.enforcement = if n == 5 { Enforcement::Late } else { Enforcement::None };
        ids.push(dossier(fixture, row).await);
    }
    let stale = DossierChange { standing: StandingUpdate::Stale, ..change(ids[6], 1) };
    commit(fixture, stale).await;
    let list = async |filter: DossierFilter, after, limit| {
        let rows = fixture.store.list(&filter, after, limit).await.expect("reads");
        let place = |id| ids.iter().position(|known| *known == id).expect("known");
        rows.iter().map(|row| (place(row.id), row.version, row.standing.is_some())).collect::<Vec<_>>()
    };
    let all = DossierFilter::default;
    assert_eq!(list(all(), None, 3).await, vec![(0, 1, true), (1, 1, true), (2, 1, true)]);
    assert_eq!(list(all(), Some(ids[5]), 2).await, vec![(6, 2, false), (7, 1, true)]);
    let of_first = DossierFilter { municipality: Some(facts::municipality(0)), ..all() };
    assert_eq!(list(of_first.clone(), None, 9).await, vec![(0, 1, true), (3, 1, true), (9, 1, true)]);
    assert_eq!(list(of_first, Some(ids[0]), 1).await, vec![(3, 1, true)]);
    let late = DossierFilter { enforcement: Some(Enforcement::Late), ..all() };
    assert_eq!(list(late, None, 9).await, vec![(5, 1, true)]);
    let exempt = DossierFilter { outcome: Some(Code::new("exempt")), stage: Some(Stage::Registered), ..all() };
    assert_eq!(list(exempt, Some(ids[7]), 9).await, vec![(9, 1, true), (11, 1, true)]);
    assert_eq!(list(DossierFilter { stage: Some(Stage::Frozen), ..all() }, None, 9).await, vec![]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn only_assessed_dossiers_wake(fixture: &Fixture) {
    let mut ids = Vec::new();
    for wake_on in [Some(date(2023, 1, 1)), Some(date(2023, 1, 2)), None, Some(date(2023, 1, 1))] {
        ids.push(dossier(fixture, StandingRow { wake_on, ..standing() }).await);
    }
    let store = &fixture.store;
    assert_eq!(store.waking(date(2022, 12, 31), None, 9).await.expect("reads"), vec![]);
    assert_eq!(store.waking(date(2023, 1, 1), None, 9).await.expect("reads"), vec![ids[0], ids[3]]);
    assert_eq!(store.waking(date(2023, 1, 2), None, 2).await.expect("reads"), vec![ids[0], ids[1]]);
    assert_eq!(store.waking(date(2023, 1, 2), Some(ids[1]), 9).await.expect("reads"), vec![ids[3]]);
    assert_eq!(store.stale(None, 9).await.expect("reads"), vec![]);
    for id in [ids[0], ids[2]] {
        commit(fixture, DossierChange { standing: StandingUpdate::Stale, ..change(id, 1) }).await;
    }
    assert_eq!(store.waking(date(2023, 1, 1), None, 9).await.expect("reads"), vec![ids[3]]);
    assert_eq!(store.stale(None, 9).await.expect("reads"), vec![ids[0], ids[2]]);
    assert_eq!(store.stale(Some(ids[0]), 9).await.expect("reads"), vec![ids[2]]);
    commit(fixture, change(ids[0], 2)).await;
    assert_eq!(store.stale(None, 1).await.expect("reads"), vec![ids[2]]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn an_import_holds_until_its_backlog_is_released(fixture: &Fixture) {
    let mut ids = Vec::new();
    for n in 0..3 {
        let id = fixture.dossier();
        let row = StandingRow { municipality: Some(facts::municipality(n % 2)), ..standing() };
        let mut change = change(id, 0);
        change.imported = true;
        change.standing = StandingUpdate::Assessed(Box::new(row));
        let WorkChange::Open { id: item, kind, due_since, .. } = fixture.open(WorkKind::Inform, TODAY) else {
            unreachable!("an item is opened")
        };
        change.work.push(WorkChange::Open { id: item, kind, due_since, held: true });
        commit(fixture, change).await;
        ids.push(id);
    }
    let held = async || {
        let dossiers = fixture.store.dossiers(&ids).await.expect("reads");
        let items = all_work(fixture).await;
        let by_dossier = |id: DossierId| items.iter().find(|item| item.dossier == id).expect("open").held;
        dossiers.iter().map(|dossier| (dossier.held, by_dossier(dossier.id))).collect::<Vec<_>>()
    };
    assert_eq!(held().await, vec![(true, true); 3]);
    // An assessment by itself releases nothing.
    commit(fixture, change(ids[0], 1)).await;
    assert_eq!(held().await, vec![(true, true); 3]);
    assert_eq!(fixture.store.release_backlog(Some(facts::municipality(1))).await.expect("releases"), 1);
    assert_eq!(held().await, vec![(true, true), (false, false), (true, true)]);
    let mut at_the_desk = change(ids[0], 2);
    at_the_desk.facts.push(fixture.fact(traject_domain::fact::FactKind::CertificateReceived));
    commit(fixture, at_the_desk).await;
    assert_eq!(held().await, vec![(false, true), (false, false), (true, true)]);
    assert_eq!(fixture.store.release_backlog(None).await.expect("releases"), 2);
    assert_eq!(held().await, vec![(false, false); 3]);
}

/// A dossier with a letter to be made.
async fn letter(fixture: &Fixture) -> (DossierId, DeliveryId) {
    let id = fixture.dossier();
    let letter = fixture.letter(id, LegalStep::CERTIFICATE);
    let delivery = letter.id;
    commit(fixture, DossierChange { deliveries: vec![letter], ..change(id, 0) }).await;
    (id, delivery)
}

/// A document with a page, as the press makes it.
fn rendered(pdf: &[u8]) -> RenderedDocument {
    RenderedDocument {
        pdf: pdf.to_vec(),
        html: Some(b"<p>letter</p>".to_vec()),
        template: "formal_notice".to_owned(),
        template_version: "3".to_owned(),
        pages: 2,
        dated_on: Some(TODAY),
        courtesy: Some(Code::new("ti")),
        address: vec!["Émilie Ö.".to_owned(), "Nieuwstraat 1".to_owned()],
    }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_delivery_moves_from_a_state_once(fixture: &Fixture) {
    use DeliveryState::{Created, Queued, Rendered, Sending, TemporaryFailure};
    let (dossier, id) = letter(fixture).await;
    let (_, other) = letter(fixture).await;
    let store = &fixture.store;
    let now = fixture.clock.now();
    let step = async |from, to, document: Option<RenderedDocument>| {
        let by = DeliveryMove { document, ..DeliveryMove::new(from, to, "engine", now) };
        store.move_delivery(id, &by).await.expect("writes")
    };
    assert_eq!(store.document(id).await.expect("reads"), None);
    assert!(step(Created, Rendered, Some(rendered(b"letter"))).await);
    assert!(!step(Created, Rendered, Some(rendered(b"another"))).await);
    for (from, to) in [(Rendered, Queued), (Queued, Sending), (Sending, TemporaryFailure), (TemporaryFailure, Sending)]
    {
        assert!(step(from, to, None).await, "{from:?} to {to:?}");
    }
    let delivery = store.delivery(id).await.expect("reads").expect("there");
    assert_eq!((delivery.state, delivery.attempts, delivery.changed_at), (Sending, 2, now));
    assert_eq!(delivery.document, Some(content_hash(b"letter")));
    assert_eq!(store.document(id).await.expect("reads"), Some(rendered(b"letter")));
    assert_eq!(store.deliveries(None, Sending, None, 9).await.expect("reads"), vec![delivery.clone()]);
    assert_eq!(store.deliveries_of(dossier).await.expect("reads"), vec![delivery]);
    let created = store.deliveries(None, Created, None, 9).await.expect("reads");
    assert_eq!(created.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), vec![other]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_delivery_tells_its_story(fixture: &Fixture) {
    use DeliveryState::{Created, Posted, Printed, Returned};
    let (_, id) = letter(fixture).await;
    let store = &fixture.store;
    let later = fixture.clock.now() + 5.minutes();
    let posted = DeliveryMove {
        occurred_on: Some(date(2022, 8, 31)),
        provider_reference: Some("RR-1".to_owned()),
        ..DeliveryMove::new(Printed, Posted, "mail-house", later)
    };
    let moves = [
        DeliveryMove { batch: Some("2022-09-01".to_owned()), ..DeliveryMove::new(Created, Printed, "engine", later) },
        posted.clone(),
        // News that changes no state.
        DeliveryMove::new(Posted, Posted, "mail-house", later).because(DeliveryReason::Delayed),
        DeliveryMove::new(Posted, Returned, "staff-2", later).because(DeliveryReason::UnknownAddress),
    ];
    for by in &moves {
        assert!(store.move_delivery(id, by).await.expect("writes"), "{by:?}");
        assert!(!store.move_delivery(id, &DeliveryMove { from: Created, ..posted.clone() }).await.expect("writes"));
    }
    let delivery = store.delivery(id).await.expect("reads").expect("there");
    assert_eq!((delivery.state, delivery.reason), (Returned, Some(DeliveryReason::UnknownAddress)));
    assert_eq!(delivery.provider_reference.as_deref(), Some("RR-1"));
    assert_eq!(delivery.batch.as_deref(), Some("2022-09-01"));
    let story = store.delivery_events(id).await.expect("reads");
    assert_eq!(story.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((story[0].state, story[0].actor.as_str(), story[0].at), (Created, "staff-1", fixture.clock.now()));
    for (event, by) in story[1..].iter().zip(&moves) {
        assert_eq!((event.state, event.reason, event.at), (by.to, by.reason, by.now));
        assert_eq!((event.occurred_on, &event.actor), (by.occurred_on, &by.actor));
        assert_eq!((event.delivery, &event.provider_reference), (id, &by.provider_reference));
    }
    assert_eq!(store.delivery_events(DeliveryId(fixture.ids.next())).await.expect("reads"), vec![]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_queue_counts_what_the_lists_show(fixture: &Fixture) {
    let store = &fixture.store;
    assert_eq!(store.delivery_queue().await.expect("reads"), vec![]);
    let mut letters = Vec::new();
    for minute in 0..3 {
        fixture.clock.set(fixture.clock.now() + jiff::SignedDuration::from_mins(minute));
        letters.push(letter(fixture).await.1);
    }
    let now = fixture.clock.now();
    let by = DeliveryMove::new(DeliveryState::Created, DeliveryState::Printed, "engine", now);
    assert!(store.move_delivery(letters[0], &by).await.expect("writes"));
    let queue = store.delivery_queue().await.expect("reads");
    assert_eq!(
        queue.iter().map(|of| (of.state, of.count)).collect::<Vec<_>>(),
        [(DeliveryState::Created, 2), (DeliveryState::Printed, 1)]
    );
    for of in queue {
        let listed = store.deliveries(Some(of.channel), of.state, None, 9).await.expect("reads");
        assert_eq!((listed.len() as u64, listed[0].changed_at), (of.count, of.oldest));
    }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn many_movers_move_a_delivery_once(fixture: &Fixture) {
    let (_, id) = letter(fixture).await;
    let now = fixture.clock.now();
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(&fixture.store);
        let by = DeliveryMove::new(DeliveryState::Created, DeliveryState::Sending, "engine", now);
        tasks.spawn(async move { store.move_delivery(id, &by).await.expect("writes") });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|moved| *moved).count(), 1);
    assert_eq!(fixture.store.delivery(id).await.expect("reads").expect("there").attempts, 1);
    assert_eq!(fixture.store.delivery_events(id).await.expect("reads").len(), 2);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_store_says_that_it_is_ready(fixture: &Fixture) {
    fixture.store.ready().await.expect("ready");
    assert_eq!(fixture.store.head().await.expect("reads"), 0);
}
