//! Lists of work that are kept under a name.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_filter")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In which agency.
    pub agency: String,
    /// Who made it.
    pub creator: String,
    /// Seen by everybody of the agency.
    pub is_shared: bool,
    /// What persons call it.
    pub title: String,
    /// The request for the list, in the bytes of the wire.
    pub list: Vec<u8>,
    /// When it was made.
    pub created_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
