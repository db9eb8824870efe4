//! The ledger: one row per fact, in commit order.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger")]
pub struct Model {
    /// Gapless from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The fact's id.
    pub fact_id: Uuid,
    /// The reporting agency's reference.
    pub reference: String,
    /// Whose fact it is.
    pub dossier: Uuid,
    /// The dossier's version after the command that wrote it.
    pub dossier_version: i64,
    /// The hashed bytes.
    pub skeleton: Vec<u8>,
    /// Hash of the skeleton.
    pub hash: Vec<u8>,
    /// Hash of the chain up to here.
    pub chain_hash: Vec<u8>,
    /// When it was received.
    pub received_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
