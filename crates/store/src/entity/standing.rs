//! The latest standing of each dossier that has one.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "standing")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dossier: Uuid,
    /// See `StandingRow`, for this and the columns below.
    pub as_of: Date,
    pub law_hash: Vec<u8>,
    pub subject: Option<String>,
    pub outcome: String,
    pub reasons: String,
    pub municipality: Option<i32>,
    pub reference_date: Option<Date>,
    pub stage: Option<String>,
    pub closed_reason: Option<String>,
    pub enforcement: String,
    pub breach: Option<String>,
    pub register_due: Option<Date>,
    pub complete_due: Option<Date>,
    pub cure_due: Option<Date>,
    pub next_code: Option<String>,
    pub next_due: Option<Date>,
    pub review: bool,
    pub wake_on: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
