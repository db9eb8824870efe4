//! Tokens by which the names of the vault are found. Personal data: erased with the part that brought them.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "name_key")]
pub struct Model {
    /// A word of the name or what is left of it, or the birth date as YYYY-MM-DD.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: String,
    /// What it is of the name, by the number of a `Role`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: i16,
    /// Whose name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dossier: Uuid,
    /// The fact whose identifying part holds the name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("name_key(***)")
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
