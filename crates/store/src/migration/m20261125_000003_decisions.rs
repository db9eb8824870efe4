//! Decisions, and the laws they were made under.

use crate::entity::{decision, dossier, law, ledger};
use sea_orm::DbErr;
use sea_orm_migration::sea_query::{ColumnDef, ForeignKey, Index, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000003_decisions"
    }
}

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        laws(manager).await?;
        decisions(manager).await
    }
}

async fn laws(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut laws = Table::create();
    laws.table(law::Entity)
        .col(ColumnDef::new(law::Column::Hash).blob().not_null().primary_key())
        .col(ColumnDef::new(law::Column::Content).blob().not_null())
        .col(ColumnDef::new(law::Column::StoredAt).big_integer().not_null());
    manager.create_table(laws).await
}

async fn decisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use decision::{Column, Entity};
    let mut decisions = Table::create();
    decisions
        .table(Entity)
        .col(ColumnDef::new(Column::Fact).uuid().not_null().primary_key())
        .col(ColumnDef::new(Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(Column::Kind).text().not_null())
        .col(ColumnDef::new(Column::Position).big_integer().not_null().unique_key())
        .col(ColumnDef::new(Column::AsOf).date().not_null())
        .col(ColumnDef::new(Column::LawHash).blob().not_null())
        .col(ColumnDef::new(Column::Engine).text().not_null())
        .col(ColumnDef::new(Column::Outcome).text().not_null())
        .col(ColumnDef::new(Column::Digest).blob().not_null())
        .foreign_key(ForeignKey::create().from(Entity, Column::Fact).to(ledger::Entity, ledger::Column::FactId))
        .foreign_key(ForeignKey::create().from(Entity, Column::Position).to(ledger::Entity, ledger::Column::Position))
        .foreign_key(ForeignKey::create().from(Entity, Column::Dossier).to(dossier::Entity, dossier::Column::Id))
        .foreign_key(ForeignKey::create().from(Entity, Column::LawHash).to(law::Entity, law::Column::Hash));
    manager.create_table(decisions).await?;
    let mut by_dossier = Index::create();
    by_dossier.name("decision_dossier").table(Entity).col(Column::Dossier).col(Column::Position);
    manager.create_index(by_dossier).await
}
