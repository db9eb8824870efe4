//! Migrations: forward only, each in one transaction, and refused when the schema is newer than this binary.

mod m20261124_000001_ledger;
mod m20261124_000002_read_models;
mod m20261125_000003_decisions;
mod m20261125_000004_delivery_story;
mod m20261125_000005_mailing;
mod m20261125_000006_names;
mod m20261125_000007_work_list;

use crate::error::OpenError;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Taken on PostgreSQL while migrating, so that two nodes that start together do not both migrate ("traject" in ASCII).
const ADVISORY_LOCK: i64 = 0x74_7261_6a65_6374;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_ledger::Migration),
            Box::new(m20261124_000002_read_models::Migration),
            Box::new(m20261125_000003_decisions::Migration),
            Box::new(m20261125_000004_delivery_story::Migration),
            Box::new(m20261125_000005_mailing::Migration),
            Box::new(m20261125_000006_names::Migration),
            Box::new(m20261125_000007_work_list::Migration),
        ]
    }
}

/// Brings the schema up to this binary's. `db` is one connection and nothing else uses it meanwhile.
pub(crate) async fn migrate(db: &DatabaseConnection) -> Result<(), OpenError> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    if postgres {
        // Released when the connection closes.
        db.execute_unprepared(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})")).await?;
    }
    Migrator::install(db).await?;
    let known = Migrator::get_migration_files();
    let applied = Migrator::get_migration_models(db).await?;
    if let Some(newer) = applied.iter().find(|applied| known.iter().all(|known| known.name() != applied.version)) {
        return Err(OpenError::SchemaNewer(newer.version.clone()));
    }
    Migrator::up(db, None).await?;
    Ok(crate::names::bring_up(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnectOptions, Database, Statement};

    #[tokio::test]
    async fn deliveries_of_before_keep_their_meaning_and_begin_their_story() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let db = Database::connect(options).await.expect("a database in memory");
        Migrator::up(&db, Some(3)).await.expect("the schema of before");
        let steps = ["certificate", "notice/NOT_REGISTERED", "notice/NOT_COMPLETED"];
        let run = async |sql: String| db.execute_unprepared(&sql).await.expect("a row");
        run("INSERT INTO dossier VALUES (x'01', 1, 0, FALSE, FALSE)".to_owned()).await;
        for (n, step) in (1..).zip(steps) {
            run(format!(
                "INSERT INTO delivery VALUES (x'0{n}', x'01', '{step}', 0, 'person', 'letter', NULL, 'printed', 1, 7, NULL)"
            ))
            .await;
        }
        migrate(&db).await.expect("the schema of today");
        let sql = "SELECT step, at, e.state FROM delivery d JOIN delivery_event e ON e.delivery = d.id AND seq = 1 ORDER BY d.id";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("rows");
        let read = |row: &sea_orm::QueryResult| {
            let step: String = row.try_get("", "step").expect("a step");
            let at: i64 = row.try_get("", "at").expect("an instant");
            crate::value::step(&step).expect("a step of today");
            (step, at)
        };
        assert_eq!(
            rows.iter().map(read).collect::<Vec<_>>(),
            [
                ("certificate_of_obligation".to_owned(), 7),
                ("formal_notice/NOT_REGISTERED".to_owned(), 7),
                ("formal_notice/NOT_COMPLETED".to_owned(), 7),
            ]
        );
    }

    #[tokio::test]
    async fn items_of_before_belong_to_a_desk_and_to_the_municipality_of_the_standing() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let db = Database::connect(options).await.expect("a database in memory");
        Migrator::up(&db, Some(5)).await.expect("the schema of before");
        let columns = "dossier, as_of, law_hash, outcome, reasons, enforcement, municipality, review";
        for sql in [
            "INSERT INTO dossier VALUES (x'01', 1, 0, FALSE, FALSE), (x'02', 1, 0, FALSE, FALSE)".to_owned(),
            format!(
                "INSERT INTO standing ({columns}) VALUES (x'01', '2023-01-01', x'00', 'obliged', '', 'none', 21004, FALSE)"
            ),
            "INSERT INTO work_item VALUES \
             (x'11', x'01', 'inform', '2023-01-01', '2023-01-01', FALSE, NULL, NULL, NULL, 1, TRUE), \
             (x'12', x'02', 'review', '2023-01-01', '2023-01-01', FALSE, NULL, NULL, NULL, 1, TRUE)"
                .to_owned(),
        ] {
            db.execute_unprepared(&sql).await.expect("rows");
        }
        migrate(&db).await.expect("the schema of today");
        let sql = "SELECT municipality, desk FROM work_item ORDER BY id";
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("rows");
        let read = |row: &sea_orm::QueryResult| {
            let municipality: Option<i32> = row.try_get("", "municipality").expect("a municipality");
            (municipality, row.try_get::<String>("", "desk").expect("a desk"))
        };
        let desk = "municipality".to_owned();
        assert_eq!(rows.iter().map(read).collect::<Vec<_>>(), [(Some(21_004), desk.clone()), (None, desk)]);
    }
}
