//! Laws that decisions were made under, by the hash of their content.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "law")]
pub struct Model {
    /// SHA-256 of the content.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// What the law is read from again.
    pub content: Vec<u8>,
    /// When it first came here.
    pub stored_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
