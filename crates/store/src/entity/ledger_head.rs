//! The head of the ledger: one row, held from the first lock to the commit.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Position of the last fact; 0 when empty.
    pub position: i64,
    /// Hash of the chain up to there.
    pub chain_hash: Vec<u8>,
    /// Brussels day of the last fact.
    pub day: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
