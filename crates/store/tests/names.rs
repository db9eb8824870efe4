//! The index of names: erased with what it was made of, and made again when it is missing or was made by other rules.

mod common;

use common::{open_sqlite, options, postgres_url, sqlite_url};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use std::sync::Arc;
use traject_app::port::Store as _;
use traject_app::search::NameQuery;
use traject_domain::fact::FactKind;
use traject_store::{SqlStore, open};
use traject_testkit::FixedClock;
use traject_testkit::contract::{Fixture, TODAY, change};
use traject_testkit::facts::{extract, municipality};

/// Records one check with the usual identity, twice on one dossier.
async fn fill(store: SqlStore) -> SqlStore {
    let store = Arc::new(store);
    let clock = Arc::new(FixedClock::on(TODAY));
    let fixture = Fixture::new(Arc::<SqlStore>::clone(&store) as _, clock, ());
    let dossier = fixture.dossier();
    for version in 0..2 {
        let mut change = change(dossier, version);
        change.facts.push(fixture.fact(FactKind::Checked(Box::new(extract(municipality(1))))));
        store.commit(fixture.command(vec![change])).await.expect("commits");
    }
    drop(fixture);
    Arc::into_inner(store).expect("nobody else has it")
}

async fn found(store: &SqlStore) -> Vec<usize> {
    let wanted = NameQuery::new("amrani", None).expect("a name").wanted();
    store.named(&wanted, 9).await.expect("reads").iter().map(|named| named.names.len()).collect()
}

async fn reopened(url: &str) -> SqlStore {
    open(url, options(Arc::new(FixedClock::on(TODAY)))).await.expect("opens")
}

async fn keys(db: &DatabaseConnection) -> i64 {
    let count = Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) AS keys FROM name_key");
    db.query_one_raw(count).await.expect("reads").expect("a row").try_get("", "keys").expect("a count")
}

async fn erased_with_its_part(url: &str) {
    let store = fill(reopened(url).await).await;
    assert_eq!(found(&store).await, [2]);
    store.close().await.expect("closes");
    let db = Database::connect(url).await.expect("opens");
    let both = keys(&db).await;
    for (position, left, names) in [(1, both / 2, vec![1]), (2, 0, vec![])] {
        let erase = format!(
            "UPDATE fact_part SET salt = NULL, bytes = NULL, erased_on = '2022-09-01' \
             WHERE class = 2 AND position = {position}"
        );
        db.execute_unprepared(&erase).await.expect("runs");
        assert_eq!(keys(&db).await, left);
        let store = reopened(url).await;
        assert_eq!(found(&store).await, names);
        store.close().await.expect("closes");
    }
    db.close().await.expect("closes");
}

#[tokio::test]
async fn a_name_is_erased_with_its_part_on_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    erased_with_its_part(&sqlite_url(directory.path())).await;
}

#[tokio::test]
async fn a_name_is_erased_with_its_part_on_postgres() {
    if let Some(url) = postgres_url() {
        erased_with_its_part(&url).await;
    }
}

#[tokio::test]
async fn names_of_before_are_indexed_at_opening_and_again_under_other_rules() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = sqlite_url(directory.path());
    fill(open_sqlite(directory.path()).await.expect("opens")).await.close().await.expect("closes");
    let missing = "DROP TABLE name_key; DROP TABLE name_index; DROP TRIGGER name_key_erased; \
                   DELETE FROM seaql_migrations WHERE version LIKE '%_names'";
    let other_rules = "UPDATE name_key SET token = token || 'x'; UPDATE name_index SET rules = 0";
    for spoil in [missing, other_rules] {
        let db = Database::connect(&url).await.expect("opens");
        let before = keys(&db).await;
        db.execute_unprepared(spoil).await.expect("runs");
        let store = reopened(&url).await;
        assert_eq!((found(&store).await, keys(&db).await), (vec![2], before), "{spoil}");
        store.close().await.expect("closes");
        db.close().await.expect("closes");
    }
}
