//! Mailings; caller and request id are unique together.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailing")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// On which ground.
    pub legal_basis: String,
    /// Whose it is.
    pub issuer: String,
    /// Language of those whose own has no text.
    pub default_language: String,
    /// Where its recipients came from.
    pub source: String,
    /// The query they came from.
    pub query: String,
    /// Its state.
    pub state: String,
    /// Its version.
    pub version: i64,
    /// Faults of rows.
    pub faults: i64,
    /// Rows left out as the same recipient.
    pub duplicates: i64,
    /// When it was made.
    pub created_at: Micros,
    /// Who made it.
    pub created_by: String,
    /// When it first ran.
    pub started_at: Option<Micros>,
    /// When it was over.
    pub finished_at: Option<Micros>,
    /// When its recipients were forgotten.
    pub forgotten_at: Option<Micros>,
    /// Who asked for it.
    pub caller: String,
    /// By which request.
    pub request: Uuid,
    /// With which content.
    pub request_hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
