//! What is read beside the record: standings, deliveries with their documents, the work list.

use crate::entity::{delivery, delivery_document, dossier, standing, work_item};
use sea_orm::DbErr;
use sea_orm_migration::sea_query::{
    ColumnDef, ConditionalStatement as _, Expr, ExprTrait as _, ForeignKey, Index, Table,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_000002_read_models"
    }
}

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        standings(manager).await?;
        deliveries(manager).await?;
        work(manager).await
    }
}

async fn standings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use standing::Column;
    let mut standings = Table::create();
    standings.table(standing::Entity).col(ColumnDef::new(Column::Dossier).uuid().not_null().primary_key());
    standings
        .col(ColumnDef::new(Column::AsOf).date().not_null())
        .col(ColumnDef::new(Column::LawHash).blob().not_null());
    for column in [Column::Outcome, Column::Reasons, Column::Enforcement] {
        standings.col(ColumnDef::new(column).text().not_null());
    }
    for column in [Column::Subject, Column::Stage, Column::ClosedReason, Column::Breach, Column::NextCode] {
        standings.col(ColumnDef::new(column).text().null());
    }
    for column in [
        Column::ReferenceDate,
        Column::RegisterDue,
        Column::CompleteDue,
        Column::CureDue,
        Column::NextDue,
        Column::WakeOn,
    ] {
        standings.col(ColumnDef::new(column).date().null());
    }
    standings
        .col(ColumnDef::new(Column::Municipality).integer().null())
        .col(ColumnDef::new(Column::Review).boolean().not_null())
        .foreign_key(
            ForeignKey::create().from(standing::Entity, Column::Dossier).to(dossier::Entity, dossier::Column::Id),
        );
    manager.create_table(standings).await?;
    let mut wakes = Index::create();
    wakes
        .name("standing_wakes")
        .table(standing::Entity)
        .col(Column::WakeOn)
        .and_where(Expr::col(Column::WakeOn).is_not_null());
    manager.create_index(wakes).await?;
    let mut places = Index::create();
    places.name("standing_municipality").table(standing::Entity).col(Column::Municipality).col(Column::Dossier);
    manager.create_index(places).await
}

async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use delivery::Column;
    let mut deliveries = Table::create();
    deliveries
        .table(delivery::Entity)
        .col(ColumnDef::new(Column::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(Column::Step).text().not_null())
        .col(ColumnDef::new(Column::StepVersion).big_integer().not_null())
        .col(ColumnDef::new(Column::Recipient).text().not_null())
        .col(ColumnDef::new(Column::Channel).text().not_null())
        .col(ColumnDef::new(Column::Language).text().null())
        .col(ColumnDef::new(Column::State).text().not_null())
        .col(ColumnDef::new(Column::Attempts).integer().not_null())
        .col(ColumnDef::new(Column::ChangedAt).big_integer().not_null())
        .col(ColumnDef::new(Column::DocumentHash).blob().null())
        .check(Expr::col(Column::Attempts).gte(0))
        .foreign_key(
            ForeignKey::create().from(delivery::Entity, Column::Dossier).to(dossier::Entity, dossier::Column::Id),
        );
    manager.create_table(deliveries).await?;
    let mut key = Index::create();
    key.name("delivery_key").table(delivery::Entity).unique();
    for column in [Column::Dossier, Column::Step, Column::StepVersion, Column::Recipient, Column::Channel] {
        key.col(column);
    }
    manager.create_index(key).await?;
    let mut waiting = Index::create();
    waiting.name("delivery_state").table(delivery::Entity).col(Column::State).col(Column::ChangedAt).col(Column::Id);
    manager.create_index(waiting).await?;
    let mut documents = Table::create();
    documents
        .table(delivery_document::Entity)
        .col(ColumnDef::new(delivery_document::Column::Delivery).uuid().not_null().primary_key())
        .col(ColumnDef::new(delivery_document::Column::Bytes).blob().not_null())
        .foreign_key(
            ForeignKey::create()
                .from(delivery_document::Entity, delivery_document::Column::Delivery)
                .to(delivery::Entity, Column::Id),
        );
    manager.create_table(documents).await
}

async fn work(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use work_item::Column;
    let mut items = Table::create();
    items
        .table(work_item::Entity)
        .col(ColumnDef::new(Column::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(Column::Dossier).uuid().not_null())
        .col(ColumnDef::new(Column::Kind).text().not_null())
        .col(ColumnDef::new(Column::DueSince).date().not_null())
        .col(ColumnDef::new(Column::OpenedOn).date().not_null())
        .col(ColumnDef::new(Column::Held).boolean().not_null())
        .col(ColumnDef::new(Column::Assignee).text().null())
        .col(ColumnDef::new(Column::SnoozedUntil).date().null())
        .col(ColumnDef::new(Column::Note).text().null())
        .col(ColumnDef::new(Column::Version).big_integer().not_null())
        .col(ColumnDef::new(Column::IsOpen).boolean().not_null())
        .foreign_key(
            ForeignKey::create().from(work_item::Entity, Column::Dossier).to(dossier::Entity, dossier::Column::Id),
        );
    manager.create_table(items).await?;
    let mut once = Index::create();
    once.name("work_item_once")
        .table(work_item::Entity)
        .unique()
        .col(Column::Dossier)
        .col(Column::Kind)
        .and_where(Expr::cust("\"is_open\" = TRUE"));
    manager.create_index(once).await?;
    let mut oldest = Index::create();
    oldest
        .name("work_item_oldest")
        .table(work_item::Entity)
        .col(Column::DueSince)
        .col(Column::Id)
        .and_where(Expr::cust("\"is_open\" = TRUE"));
    manager.create_index(oldest).await
}
