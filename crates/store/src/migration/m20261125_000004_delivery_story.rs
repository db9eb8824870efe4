//! The story of every delivery, why it stands as it does, and what the manifest says of its document.

use crate::entity::{delivery, delivery_document, delivery_event};
use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::sea_query::{ColumnDef, Expr, ExprTrait as _, ForeignKey, Index, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000004_delivery_story"
    }
}

/// Steps were named before documents had codes of their own.
const RENAMED: [(&str, &str); 3] = [
    ("certificate", "certificate_of_obligation"),
    ("notice/NOT_REGISTERED", "formal_notice/NOT_REGISTERED"),
    ("notice/NOT_COMPLETED", "formal_notice/NOT_COMPLETED"),
];

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        deliveries(manager).await?;
        documents(manager).await?;
        events(manager).await
    }
}

async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use delivery::Column;
    // SQLite adds one column a statement.
    for column in [Column::Reason, Column::ProviderReference, Column::Batch] {
        let mut alter = Table::alter();
        alter.table(delivery::Entity).add_column(ColumnDef::new(column).text().null());
        manager.alter_table(alter).await?;
    }
    let mut by_dossier = Index::create();
    by_dossier.name("delivery_dossier").table(delivery::Entity).col(Column::Dossier).col(Column::Id);
    manager.create_index(by_dossier).await?;
    for (old, new) in RENAMED {
        let sql = format!("UPDATE delivery SET step = '{new}' WHERE step = '{old}'");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

async fn documents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use delivery_document::Column;
    let text = |column| ColumnDef::new(column).text().not_null().default("").to_owned();
    let columns = [
        ColumnDef::new(Column::Html).blob().null().to_owned(),
        ColumnDef::new(Column::HtmlHash).blob().null().to_owned(),
        text(Column::Template),
        text(Column::TemplateVersion),
        ColumnDef::new(Column::Pages).integer().not_null().default(0).to_owned(),
        ColumnDef::new(Column::DatedOn).date().null().to_owned(),
        ColumnDef::new(Column::Courtesy).text().null().to_owned(),
        text(Column::Address),
    ];
    for column in columns {
        let mut alter = Table::alter();
        alter.table(delivery_document::Entity).add_column(column);
        manager.alter_table(alter).await?;
    }
    Ok(())
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use delivery_event::Column;
    let mut events = Table::create();
    events
        .table(delivery_event::Entity)
        .col(ColumnDef::new(Column::Delivery).uuid().not_null())
        .col(ColumnDef::new(Column::Seq).integer().not_null())
        .col(ColumnDef::new(Column::At).big_integer().not_null())
        .col(ColumnDef::new(Column::State).text().not_null())
        .col(ColumnDef::new(Column::Reason).text().null())
        .col(ColumnDef::new(Column::OccurredOn).date().null())
        .col(ColumnDef::new(Column::ProviderReference).text().null())
        .col(ColumnDef::new(Column::Actor).text().not_null())
        .primary_key(Index::create().col(Column::Delivery).col(Column::Seq))
        .check(Expr::col(Column::Seq).gt(0))
        .foreign_key(
            ForeignKey::create()
                .from(delivery_event::Entity, Column::Delivery)
                .to(delivery::Entity, delivery::Column::Id),
        );
    manager.create_table(events).await?;
    // What is told of deliveries of before begins with where they stand.
    let sql = "INSERT INTO delivery_event (delivery, seq, at, state, actor) \
               SELECT id, 1, changed_at, state, 'migration' FROM delivery";
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}
