//! Documents as they were sent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_document")]
pub struct Model {
    /// Whose document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery: Uuid,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
