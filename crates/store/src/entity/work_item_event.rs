//! What persons did with work items, an event a row.

use crate::value::Micros;
use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_item_event")]
pub struct Model {
    /// Of which item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item: Uuid,
    /// The version of the item from then on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// What.
    pub action: String,
    /// Who.
    pub actor: String,
    /// Whose item it was from then on.
    pub assignee: Option<String>,
    /// Until when it was hidden from then on.
    pub snoozed_until: Option<Date>,
    /// What was noted with it.
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
