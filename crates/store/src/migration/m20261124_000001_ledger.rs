//! The record: ledger, parts, dossiers, numbers, heads, request ids.

use crate::entity::{day_head, dossier, fact_part, ledger, ledger_head, number, request};
use sea_orm::DbErr;
use sea_orm_migration::sea_query::{
    ColumnDef, ConditionalStatement as _, Expr, ExprTrait as _, ForeignKey, Index, Query, Table,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_000001_ledger"
    }
}

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dossiers(manager).await?;
        facts(manager).await?;
        heads(manager).await?;
        let mut requests = Table::create();
        requests
            .table(request::Entity)
            .col(ColumnDef::new(request::Column::Caller).text().not_null())
            .col(ColumnDef::new(request::Column::Id).uuid().not_null())
            .col(ColumnDef::new(request::Column::Hash).blob().not_null())
            .col(ColumnDef::new(request::Column::Result).blob().not_null())
            .primary_key(Index::create().col(request::Column::Id).col(request::Column::Caller));
        manager.create_table(requests).await
    }
}

async fn dossiers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut dossiers = Table::create();
    dossiers
        .table(dossier::Entity)
        .col(ColumnDef::new(dossier::Column::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(dossier::Column::Version).big_integer().not_null())
        .col(ColumnDef::new(dossier::Column::FactCount).big_integer().not_null())
        .col(ColumnDef::new(dossier::Column::Held).boolean().not_null())
        .col(ColumnDef::new(dossier::Column::StandingStale).boolean().not_null())
        .check(Expr::col(dossier::Column::Version).gt(0));
    manager.create_table(dossiers).await?;
    let mut stale = Index::create();
    stale
        .name("dossier_stale")
        .table(dossier::Entity)
        .col(dossier::Column::Id)
        .and_where(Expr::cust("\"standing_stale\" = TRUE"));
    manager.create_index(stale).await?;
    let mut numbers = Table::create();
    numbers
        .table(number::Entity)
        .col(ColumnDef::new(number::Column::NumberKey).uuid().not_null().primary_key())
        .col(ColumnDef::new(number::Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(number::Column::Digits).text().not_null().unique_key())
        .foreign_key(
            ForeignKey::create().from(number::Entity, number::Column::Dossier).to(dossier::Entity, dossier::Column::Id),
        );
    manager.create_table(numbers).await?;
    let mut by_dossier = Index::create();
    by_dossier.name("number_dossier").table(number::Entity).col(number::Column::Dossier);
    manager.create_index(by_dossier).await
}

async fn facts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut facts = Table::create();
    facts
        .table(ledger::Entity)
        .col(ColumnDef::new(ledger::Column::Position).big_integer().not_null().primary_key())
        .col(ColumnDef::new(ledger::Column::FactId).uuid().not_null().unique_key())
        .col(ColumnDef::new(ledger::Column::Reference).text().not_null().unique_key())
        .col(ColumnDef::new(ledger::Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(ledger::Column::DossierVersion).big_integer().not_null())
        .col(ColumnDef::new(ledger::Column::Skeleton).blob().not_null())
        .col(ColumnDef::new(ledger::Column::Hash).blob().not_null())
        .col(ColumnDef::new(ledger::Column::ChainHash).blob().not_null())
        .col(ColumnDef::new(ledger::Column::ReceivedAt).big_integer().not_null())
        .check(Expr::col(ledger::Column::Position).gt(0))
        .foreign_key(
            ForeignKey::create().from(ledger::Entity, ledger::Column::Dossier).to(dossier::Entity, dossier::Column::Id),
        );
    manager.create_table(facts).await?;
    let mut by_dossier = Index::create();
    by_dossier.name("ledger_dossier").table(ledger::Entity).col(ledger::Column::Dossier).col(ledger::Column::Position);
    manager.create_index(by_dossier).await?;
    let mut parts = Table::create();
    parts
        .table(fact_part::Entity)
        .col(ColumnDef::new(fact_part::Column::Position).big_integer().not_null())
        .col(ColumnDef::new(fact_part::Column::Class).small_integer().not_null())
        .col(ColumnDef::new(fact_part::Column::Salt).blob().null())
        .col(ColumnDef::new(fact_part::Column::Bytes).blob().null())
        .col(ColumnDef::new(fact_part::Column::ErasedOn).date().null())
        .primary_key(Index::create().col(fact_part::Column::Position).col(fact_part::Column::Class))
        .check(erased_or_there())
        .foreign_key(
            ForeignKey::create()
                .from(fact_part::Entity, fact_part::Column::Position)
                .to(ledger::Entity, ledger::Column::Position),
        );
    manager.create_table(parts).await
}

/// A part has its bytes and salt, or the day it was erased.
fn erased_or_there() -> Expr {
    let column = |column: fact_part::Column| Expr::col(column);
    let there = column(fact_part::Column::Bytes)
        .is_not_null()
        .and(column(fact_part::Column::Salt).is_not_null())
        .and(column(fact_part::Column::ErasedOn).is_null());
    let erased = column(fact_part::Column::Bytes)
        .is_null()
        .and(column(fact_part::Column::Salt).is_null())
        .and(column(fact_part::Column::ErasedOn).is_not_null());
    there.or(erased)
}

async fn heads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut head = Table::create();
    head.table(ledger_head::Entity)
        .col(ColumnDef::new(ledger_head::Column::Id).integer().not_null().primary_key())
        .col(ColumnDef::new(ledger_head::Column::Position).big_integer().not_null())
        .col(ColumnDef::new(ledger_head::Column::ChainHash).blob().not_null())
        .col(ColumnDef::new(ledger_head::Column::Day).date().null())
        .check(Expr::col(ledger_head::Column::Id).eq(1));
    manager.create_table(head).await?;
    let mut first = Query::insert();
    first
        .into_table(ledger_head::Entity)
        .columns([ledger_head::Column::Id, ledger_head::Column::Position, ledger_head::Column::ChainHash])
        .values_panic([1.into(), 0_i64.into(), traject_codec::GENESIS.to_vec().into()]);
    manager.execute(first).await?;
    let mut days = Table::create();
    days.table(day_head::Entity)
        .col(ColumnDef::new(day_head::Column::Day).date().not_null().primary_key())
        .col(ColumnDef::new(day_head::Column::Position).big_integer().not_null())
        .col(ColumnDef::new(day_head::Column::ChainHash).blob().not_null());
    manager.create_table(days).await
}
