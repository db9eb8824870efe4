//! Migrations: forward only, each in one transaction, and refused when the schema is newer than this binary.

mod m20261124_000001_ledger;
mod m20261124_000002_read_models;
mod m20261125_000003_decisions;
mod m20261125_000004_delivery_story;
mod m20261125_000005_mailing;

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
    Ok(())
}
