//! The vault of numbers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number")]
pub struct Model {
    /// The key that stands for it in facts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number_key: Uuid,
    /// Whose number.
    pub dossier: Uuid,
    /// Eleven digits.
    pub digits: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
