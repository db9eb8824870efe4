//! Mailings with their texts and recipients, and what people said about being written to.

use crate::entity::{mail_preference, mailing, mailing_recipient, mailing_text};
use sea_orm::DbErr;
use sea_orm_migration::sea_query::{
    ColumnDef, ConditionalStatement as _, Expr, ExprTrait as _, ForeignKey, ForeignKeyCreateStatement, Iden, Index,
    IndexCreateStatement, IntoTableRef, Table,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000005_mailing"
    }
}

#[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the signatures must agree")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mailings(manager).await?;
        texts(manager).await?;
        recipients(manager).await?;
        preferences(manager).await
    }
}

async fn mailings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use mailing::{Column, Entity};
    let mut mailings = Table::create();
    mailings.table(Entity).col(ColumnDef::new(Column::Id).uuid().not_null().primary_key());
    for column in [
        Column::Name,
        Column::Purpose,
        Column::LegalBasis,
        Column::Issuer,
        Column::DefaultLanguage,
        Column::Source,
        Column::Query,
        Column::State,
        Column::CreatedBy,
        Column::Caller,
    ] {
        mailings.col(ColumnDef::new(column).text().not_null());
    }
    for column in [Column::Version, Column::Faults, Column::Duplicates, Column::CreatedAt] {
        mailings.col(ColumnDef::new(column).big_integer().not_null());
    }
    for column in [Column::StartedAt, Column::FinishedAt, Column::ForgottenAt] {
        mailings.col(ColumnDef::new(column).big_integer().null());
    }
    mailings
        .col(ColumnDef::new(Column::Request).uuid().not_null())
        .col(ColumnDef::new(Column::RequestHash).blob().not_null());
    manager.create_table(mailings).await?;
    let mut by_state = Index::create();
    by_state.name("mailing_state").table(Entity).col(Column::State).col(Column::Id);
    manager.create_index(by_state).await?;
    manager.create_index(unique("mailing_request", Entity, &[Column::Caller, Column::Request])).await
}

fn unique<C: Iden + Copy + 'static>(name: &str, table: impl IntoTableRef, columns: &[C]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    index
}

fn of_mailing(table: impl IntoTableRef, column: impl Iden + 'static) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(mailing::Entity, mailing::Column::Id).to_owned()
}

async fn texts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use mailing_text::{Column, Entity};
    let mut texts = Table::create();
    texts
        .table(Entity)
        .col(ColumnDef::new(Column::Mailing).uuid().not_null())
        .col(ColumnDef::new(Column::Language).text().not_null())
        .col(ColumnDef::new(Column::Subject).text().not_null())
        .col(ColumnDef::new(Column::Body).text().not_null())
        .primary_key(Index::create().col(Column::Mailing).col(Column::Language))
        .foreign_key(&mut of_mailing(Entity, Column::Mailing));
    manager.create_table(texts).await
}

async fn recipients(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use mailing_recipient::{Column, Entity};
    let mut recipients = Table::create();
    recipients
        .table(Entity)
        .col(ColumnDef::new(Column::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(Column::Mailing).uuid().not_null())
        .col(ColumnDef::new(Column::Line).big_integer().not_null())
        .col(ColumnDef::new(Column::Dossier).uuid().null());
    for column in
        [Column::FullName, Column::FirstNames, Column::LastName, Column::Email, Column::Language, Column::Reason]
    {
        recipients.col(ColumnDef::new(column).text().null());
    }
    recipients
        .col(ColumnDef::new(Column::IdentityKey).text().not_null())
        .col(ColumnDef::new(Column::AddressHash).blob().not_null())
        .col(ColumnDef::new(Column::State).text().not_null())
        .col(ColumnDef::new(Column::Attempts).integer().not_null())
        .col(ColumnDef::new(Column::RetryAt).big_integer().null())
        .col(ColumnDef::new(Column::ChangedAt).big_integer().not_null())
        .foreign_key(&mut of_mailing(Entity, Column::Mailing));
    manager.create_table(recipients).await?;
    for (name, column) in [
        ("mailing_recipient_line", Column::Line),
        ("mailing_recipient_identity", Column::IdentityKey),
        ("mailing_recipient_address", Column::AddressHash),
    ] {
        manager.create_index(unique(name, Entity, &[Column::Mailing, column])).await?;
    }
    let mut by_state = Index::create();
    by_state.name("mailing_recipient_state").table(Entity).col(Column::Mailing).col(Column::State).col(Column::Line);
    manager.create_index(by_state).await
}

async fn preferences(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use mail_preference::{Column, Entity};
    let mut preferences = Table::create();
    preferences
        .table(Entity)
        .col(ColumnDef::new(Column::Id).uuid().not_null().primary_key())
        .col(ColumnDef::new(Column::Dossier).uuid().null())
        .col(ColumnDef::new(Column::AddressHash).blob().null())
        .col(ColumnDef::new(Column::Kind).text().not_null())
        .col(ColumnDef::new(Column::Purpose).text().null())
        .col(ColumnDef::new(Column::Source).text().not_null())
        .col(ColumnDef::new(Column::RecordedAt).big_integer().not_null())
        .col(ColumnDef::new(Column::RecordedBy).text().not_null())
        .col(ColumnDef::new(Column::WithdrawnAt).big_integer().null());
    manager.create_table(preferences).await?;
    for (name, column) in
        [("mail_preference_dossier", Column::Dossier), ("mail_preference_address", Column::AddressHash)]
    {
        // Nulls are never equal: each of the two holds for the subjects of its own kind.
        let mut in_force = unique(name, Entity, &[column, Column::Kind]);
        in_force.and_where(Expr::col(Column::WithdrawnAt).is_null());
        manager.create_index(in_force).await?;
    }
    Ok(())
}
