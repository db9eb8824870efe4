//! Heads of dossiers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dossier")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// How many commands changed it.
    pub version: i64,
    /// How many facts it has.
    pub fact_count: i64,
    /// Last changed by an import whose backlog nobody released.
    pub held: bool,
    /// Facts came that no standing accounts for yet.
    pub standing_stale: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
