//! Texts of mailings, one per language.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailing_text")]
pub struct Model {
    /// Of which mailing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mailing: Uuid,
    /// In which language.
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    /// The subject.
    pub subject: String,
    /// The body.
    pub body: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
