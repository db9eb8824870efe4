//! Documents as they were sent.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_document")]
pub struct Model {
    /// Whose document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery: Uuid,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// The same as a page.
    pub html: Option<Vec<u8>>,
    /// SHA-256 of the page.
    pub html_hash: Option<Vec<u8>>,
    /// The template's name; empty for a document of before it was kept.
    pub template: String,
    /// Version of its texts; as above.
    pub template_version: String,
    /// Pages; 0 as above.
    pub pages: i32,
    /// The date that it bears; none as above.
    pub dated_on: Option<Date>,
    /// Language of the translation that goes along.
    pub courtesy: Option<String>,
    /// The lines of the address that it bears.
    pub address: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
