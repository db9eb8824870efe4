//! The vault of parts: identifying and medical bytes live here and nowhere else.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fact_part")]
pub struct Model {
    /// Whose part.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Its class, 1 to 3.
    #[sea_orm(primary_key, auto_increment = false)]
    pub class: i16,
    /// Its salt; none once erased.
    pub salt: Option<Vec<u8>>,
    /// Its bytes; none once erased.
    pub bytes: Option<Vec<u8>>,
    /// The day it was erased.
    pub erased_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
