//! Opt-outs and consents; of those not withdrawn, a subject has one of a kind.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_preference")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// About this dossier, or
    pub dossier: Option<Uuid>,
    /// about this address: exactly one of the two.
    pub address_hash: Option<Vec<u8>>,
    /// What was said.
    pub kind: String,
    /// What a consent is for.
    pub purpose: Option<String>,
    /// How it was said.
    pub source: String,
    /// Since when it counts.
    pub recorded_at: Micros,
    /// Who recorded it.
    pub recorded_by: String,
    /// From when it does not count any more.
    pub withdrawn_at: Option<Micros>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
