//! Deliveries; the key's columns are unique together.

use crate::value::Micros;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose dossier.
    pub dossier: Uuid,
    /// Which step of law.
    pub step: String,
    /// See `DeliveryKey`.
    pub step_version: i64,
    /// To whom.
    pub recipient: String,
    /// By which way.
    pub channel: String,
    /// Language of the document.
    pub language: Option<String>,
    /// Its state.
    pub state: String,
    /// Attempts so far.
    pub attempts: i32,
    /// When it last changed.
    pub changed_at: Micros,
    /// SHA-256 of the stored document.
    pub document_hash: Option<Vec<u8>>,
    /// Why it stands as it does.
    pub reason: Option<String>,
    /// By what the provider knows it.
    pub provider_reference: Option<String>,
    /// The print batch it lies in.
    pub batch: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
