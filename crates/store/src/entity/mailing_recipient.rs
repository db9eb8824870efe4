//! Recipients of mailings; within one, line, person and address are unique each.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailing_recipient")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which mailing.
    pub mailing: Uuid,
    /// Its line.
    pub line: i64,
    /// The person's dossier.
    pub dossier: Option<Uuid>,
    /// Whole name, until it is removed.
    pub full_name: Option<String>,
    /// Given names, until they are removed.
    pub first_names: Option<String>,
    /// Family name, until it is removed.
    pub last_name: Option<String>,
    /// Address, until it is removed.
    pub email: Option<String>,
    /// Language asked for.
    pub language: Option<String>,
    /// Who it is.
    pub identity_key: String,
    /// SHA-256 of the address.
    pub address_hash: Vec<u8>,
    /// Its state.
    pub state: String,
    /// Why it was not reached.
    pub reason: Option<String>,
    /// Attempts so far.
    pub attempts: i32,
    /// When it is tried again.
    pub retry_at: Option<Micros>,
    /// When it last changed.
    pub changed_at: Micros,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
