//! Verification names a decision that was changed, and an older database comes up to this schema.

mod common;

use common::{open_sqlite, sqlite_url};
use sea_orm::{ConnectionTrait as _, Database};
use std::path::Path;
use std::sync::Arc;
use traject_app::ids::DossierId;
use traject_app::model::{Decision, Dossier, DossierChange, StandingRow};
use traject_app::port::{Clock as _, Store as _};
use traject_codec::content_hash;
use traject_domain::fact::FactKind;
use traject_store::{Difference, Rebuild, VerifyReport};
use traject_testkit::FixedClock;
use traject_testkit::contract::{Fixture, TODAY, change, decision};

/// Makes nothing again but the digest that every decision of the tests has.
struct Nine;

impl Rebuild for Nine {
    fn standing(&self, _: &Dossier) -> Option<StandingRow> {
        None
    }

    fn digest(&self, dossier: &Dossier, decision: &Decision) -> Option<[u8; 32]> {
        let facts = dossier.facts.iter().filter(|fact| fact.position <= decision.position);
        (facts.count() > 0).then_some([9; 32])
    }
}

const LAW: &[u8] = b"a law";

/// A record with two dossiers: two facts that are one decision, one fact that is another, and one that is none.
async fn fill(directory: &Path) {
    let store = Arc::new(open_sqlite(directory).await.expect("opens"));
    let clock = Arc::new(FixedClock::on(TODAY));
    store.put_law(content_hash(LAW), LAW, clock.now()).await.expect("writes");
    let fixture = Fixture::new(Arc::<traject_store::SqlStore>::clone(&store) as _, clock, ());
    let decided = |dossier: DossierId, version, kinds: &[FactKind]| DossierChange {
        facts: kinds.iter().map(|kind| fixture.fact(kind.clone())).collect(),
        decision: Some(traject_app::model::NewDecision { law_hash: content_hash(LAW), ..decision(1) }),
        ..change(dossier, version)
    };
    let (one, other) = (fixture.dossier(), fixture.dossier());
    let first = decided(one, 0, &[FactKind::StruckOff, FactKind::CertificateReceived]);
    let second = decided(other, 0, &[FactKind::PermitLost]);
    for changes in [vec![first], vec![second]] {
        store.commit(fixture.command(changes)).await.expect("commits");
    }
    store.commit(fixture.certificate(one, 1)).await.expect("commits");
    drop(fixture);
    Arc::into_inner(store).expect("nobody else has it").close().await.expect("closes");
}

async fn verified(directory: &Path) -> VerifyReport {
    let store = open_sqlite(directory).await.expect("opens");
    let report = store.verify(&Nine).await.expect("reads");
    store.close().await.expect("closes");
    report
}

/// Changes the database past the store.
async fn tamper(directory: &Path, sql: &str) {
    let db = Database::connect(sqlite_url(directory)).await.expect("opens");
    db.execute_unprepared(&format!("PRAGMA foreign_keys = OFF; {sql}")).await.expect("runs");
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_whole_record_has_its_decisions_made_again() {
    let directory = tempfile::tempdir().expect("a directory");
    fill(directory.path()).await;
    let report = verified(directory.path()).await;
    assert_eq!((report.facts, report.decisions, report.replayed, report.difference), (4, 2, 2, None));
}

#[tokio::test]
async fn a_decision_that_was_changed_is_named() {
    let wrong = [
        ("UPDATE decision SET digest = zeroblob(32)", "made again it does not come to the same"),
        ("UPDATE decision SET kind = 'died'", "its kind is not that of its first fact"),
        (
            "UPDATE decision SET position = 4 WHERE position = 2",
            "its facts are not those of one command on its dossier",
        ),
        (
            "UPDATE decision SET dossier = (SELECT min(id) FROM dossier)",
            "its facts are not those of one command on its dossier",
        ),
        ("UPDATE decision SET law_hash = zeroblob(32)", "its law is missing"),
        ("UPDATE decision SET digest = x'00'", "it does not read"),
        (
            "UPDATE decision SET dossier = zeroblob(16) WHERE position = 3",
            "so many are there, and fewer belong to a dossier",
        ),
        ("UPDATE law SET content = x'00'", "its hash is not that of its content"),
        ("DELETE FROM law", "its law is missing"),
    ];
    for (sql, what) in wrong {
        let directory = tempfile::tempdir().expect("a directory");
        fill(directory.path()).await;
        tamper(directory.path(), sql).await;
        let found = verified(directory.path()).await.difference;
        assert!(found.as_ref().is_some_and(|found: &Difference| found.what == what), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn an_erased_part_leaves_the_decision_without_a_judge() {
    let directory = tempfile::tempdir().expect("a directory");
    fill(directory.path()).await;
    let erase = "UPDATE fact_part SET salt = NULL, bytes = NULL, erased_on = '2022-09-01' WHERE position = 3";
    tamper(directory.path(), erase).await;
    let report = verified(directory.path()).await;
    assert_eq!((report.decisions, report.replayed, report.difference), (2, 1, None));
}

/// A database of the schema before decisions: opened here it has room for them, and what it held is whole.
#[tokio::test]
async fn a_database_without_decisions_gets_room_for_them() {
    let directory = tempfile::tempdir().expect("a directory");
    fill(directory.path()).await;
    let older = "DROP TABLE decision; DROP TABLE law; DELETE FROM seaql_migrations WHERE version LIKE '%_decisions'";
    tamper(directory.path(), older).await;
    let report = verified(directory.path()).await;
    assert_eq!((report.facts, report.decisions, report.difference), (4, 0, None));
}
