//! The stories of deliveries, an event a row.

use crate::value::Micros;
use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_event")]
pub struct Model {
    /// Of which delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery: Uuid,
    /// Its place in the story, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    /// When it was recorded.
    pub at: Micros,
    /// The state it led to.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// The day on which it happened, where that was told from outside.
    pub occurred_on: Option<Date>,
    /// By what the provider knows the delivery, where this event told it.
    pub provider_reference: Option<String>,
    /// Who recorded it.
    pub actor: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
