//! The index by which names are found. What fills it stands in `crate::names`.

use crate::entity::{fact_part, ledger, name_index, name_key};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr};
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait as _, ForeignKey, Iden as _, Index, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};
use traject_codec::PartClass;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000006_names"
    }
}

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        keys(manager).await?;
        let mut rules = Table::create();
        rules
            .table(name_index::Entity)
            .col(ColumnDef::new(name_index::Column::Id).integer().not_null().primary_key())
            .col(ColumnDef::new(name_index::Column::Rules).integer().not_null())
            .check(Expr::col(name_index::Column::Id).eq(1));
        manager.create_table(rules).await?;
        erased_with_its_part(manager).await
    }
}

async fn keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use name_key::{Column, Entity};
    let mut keys = Table::create();
    keys.table(Entity)
        .col(ColumnDef::new(Column::Token).text().not_null())
        .col(ColumnDef::new(Column::Role).small_integer().not_null())
        .col(ColumnDef::new(Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(Column::Position).big_integer().not_null())
        .primary_key(Index::create().col(Column::Token).col(Column::Role).col(Column::Dossier).col(Column::Position))
        .foreign_key(ForeignKey::create().from(Entity, Column::Position).to(ledger::Entity, ledger::Column::Position));
    manager.create_table(keys).await?;
    let mut by_dossier = Index::create();
    by_dossier.name("name_key_dossier").table(Entity).col(Column::Dossier).col(Column::Position);
    manager.create_index(by_dossier).await?;
    let mut by_position = Index::create();
    by_position.name("name_key_position").table(Entity).col(Column::Position);
    manager.create_index(by_position).await
}

/// Whoever erases an identifying part erases what it is found by: a rule of the database, so that none can forget it.
async fn erased_with_its_part(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let class = PartClass::Identifying.number();
    let part = fact_part::Entity.unquoted();
    let keys = name_key::Entity.unquoted();
    let delete = format!("DELETE FROM {keys} WHERE position = NEW.position;");
    let when = format!("WHEN (NEW.class = {class} AND NEW.bytes IS NULL)");
    let db = manager.get_connection();
    if db.get_database_backend() == DbBackend::Postgres {
        let function = format!(
            "CREATE FUNCTION name_key_erase() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN {delete} RETURN NULL; END $$"
        );
        db.execute_unprepared(&function).await?;
        let trigger = format!(
            "CREATE TRIGGER name_key_erased AFTER UPDATE ON {part} FOR EACH ROW {when} EXECUTE FUNCTION name_key_erase()"
        );
        db.execute_unprepared(&trigger).await?;
    } else {
        let trigger =
            format!("CREATE TRIGGER name_key_erased AFTER UPDATE ON {part} FOR EACH ROW {when} BEGIN {delete} END");
        db.execute_unprepared(&trigger).await?;
    }
    Ok(())
}
