//! Decisions: one row for each command made at a desk that recorded facts on a dossier.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    /// Its first fact.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fact: Uuid,
    /// On which dossier.
    pub dossier: Uuid,
    /// What its first fact says happened.
    pub kind: String,
    /// Position of its last fact.
    pub position: i64,
    /// The day it was made for and on.
    pub as_of: Date,
    /// The law it was made under.
    pub law_hash: Vec<u8>,
    /// The program that made it, with its version.
    pub engine: String,
    /// What followed.
    pub outcome: String,
    /// SHA-256 of standing, reasons and trace.
    pub digest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
