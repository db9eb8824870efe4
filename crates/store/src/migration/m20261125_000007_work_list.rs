//! Lists of work without a join: desk and municipality stand on each item. The story of every item, and saved filters.

use crate::entity::{saved_filter, work_item, work_item_event};
use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::sea_query::{
    ColumnDef, ConditionalStatement as _, Expr, ExprTrait as _, ForeignKey, Index, Table,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};
use work_item::Column;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000007_work_list"
    }
}

/// The lists that are walked in order: of a desk, of a desk in a municipality, of a person, and what is new.
const WALKED: [(&str, &[Column]); 4] = [
    ("work_item_desk", &[Column::Desk, Column::DueSince, Column::Id]),
    ("work_item_place", &[Column::Desk, Column::Municipality, Column::DueSince, Column::Id]),
    ("work_item_assignee", &[Column::Desk, Column::Assignee, Column::DueSince, Column::Id]),
    ("work_item_newest", &[Column::Desk, Column::OpenedOn, Column::Id]),
];

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        items(manager).await?;
        indexes(manager).await?;
        events(manager).await?;
        filters(manager).await
    }
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Every kind of before is work of a municipality.
    let columns = [
        ColumnDef::new(Column::Municipality).integer().null().to_owned(),
        ColumnDef::new(Column::Desk).text().not_null().default("municipality").to_owned(),
    ];
    // SQLite adds one column a statement.
    for column in columns {
        let mut alter = Table::alter();
        alter.table(work_item::Entity).add_column(column);
        manager.alter_table(alter).await?;
    }
    let sql = "UPDATE work_item SET municipality = \
               (SELECT s.municipality FROM standing s WHERE s.dossier = work_item.dossier)";
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}

async fn indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, columns) in WALKED {
        let mut index = Index::create();
        index.name(name).table(work_item::Entity);
        for column in columns {
            index.col(*column);
        }
        index.and_where(Expr::cust("\"is_open\" = TRUE"));
        if name == "work_item_assignee" {
            index.and_where(Expr::col(Column::Assignee).is_not_null());
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use work_item_event::Column as Event;
    let mut events = Table::create();
    events
        .table(work_item_event::Entity)
        .col(ColumnDef::new(Event::Item).uuid().not_null())
        .col(ColumnDef::new(Event::Seq).big_integer().not_null())
        .col(ColumnDef::new(Event::At).big_integer().not_null())
        .col(ColumnDef::new(Event::Action).text().not_null())
        .col(ColumnDef::new(Event::Actor).text().not_null())
        .col(ColumnDef::new(Event::Assignee).text().null())
        .col(ColumnDef::new(Event::SnoozedUntil).date().null())
        .col(ColumnDef::new(Event::Note).text().null())
        .primary_key(Index::create().col(Event::Item).col(Event::Seq))
        .check(Expr::col(Event::Seq).gt(0))
        .foreign_key(ForeignKey::create().from(work_item_event::Entity, Event::Item).to(work_item::Entity, Column::Id));
    manager.create_table(events).await
}

async fn filters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use saved_filter::Column as Filter;
    let mut filters = Table::create();
    filters
        .table(saved_filter::Entity)
        .col(ColumnDef::new(Filter::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(Filter::Agency).text().not_null())
        .col(ColumnDef::new(Filter::Creator).text().not_null())
        .col(ColumnDef::new(Filter::IsShared).boolean().not_null())
        .col(ColumnDef::new(Filter::Title).text().not_null())
        .col(ColumnDef::new(Filter::List).blob().not_null())
        .col(ColumnDef::new(Filter::CreatedAt).big_integer().not_null());
    manager.create_table(filters).await?;
    let mut seen = Index::create();
    seen.name("saved_filter_agency").table(saved_filter::Entity).col(Filter::Agency).col(Filter::Id);
    manager.create_index(seen).await
}
