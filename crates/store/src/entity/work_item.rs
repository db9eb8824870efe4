//! The work list; closed items stay.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose dossier.
    pub dossier: Uuid,
    /// What it asks.
    pub kind: String,
    /// Since when it is due.
    pub due_since: Date,
    /// When it came on the list.
    pub opened_on: Date,
    /// Held until the imported backlog is released.
    pub held: bool,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Hidden until this day.
    pub snoozed_until: Option<Date>,
    /// Latest note.
    pub note: Option<String>,
    /// For the etag.
    pub version: i64,
    /// Not closed.
    pub is_open: bool,
    /// The municipality that owes it: while it is open, that of the standing.
    pub municipality: Option<i32>,
    /// Whose work it is.
    pub desk: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
