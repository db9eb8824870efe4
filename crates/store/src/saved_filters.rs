//! Lists of work that are kept under a name.

use crate::connect::Db;
use crate::entity::saved_filter::{self, Column};
use crate::error::{Corrupt, Failure};
use crate::group::insert;
use crate::read::rows;
use crate::value::{Micros, to_instant};
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use traject_app::ids::SavedFilterId;
use traject_app::model::Actor;
use traject_app::work::SavedFilter;
use traject_domain::code::Code;

pub(crate) async fn save(db: &Db, filter: &SavedFilter) -> Result<SavedFilter, Failure> {
    let row = saved_filter::Model {
        id: filter.id.0,
        agency: filter.agency.as_str().to_owned(),
        creator: filter.creator.clone(),
        is_shared: filter.is_shared,
        title: filter.title.clone(),
        list: filter.list.clone(),
        created_at: Micros::from(filter.created_at),
    };
    let mut once = OnConflict::column(Column::Id);
    once.do_nothing();
    let tx = db.begin_write().await?;
    insert::<saved_filter::Entity>(&tx, vec![row], Some(&once)).await?;
    let kept = one(&tx, filter.id).await?;
    tx.commit().await?;
    Ok(kept.ok_or(Corrupt("saved filter"))?)
}

pub(crate) async fn one(db: &impl ConnectionTrait, id: SavedFilterId) -> Result<Option<SavedFilter>, Failure> {
    saved_filter::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Those that a person sees.
pub(crate) async fn seen(
    db: &impl ConnectionTrait,
    actor: &Actor,
    after: Option<SavedFilterId>,
    limit: usize,
) -> Result<Vec<SavedFilter>, Failure> {
    let mut find = saved_filter::Entity::find()
        .filter(Column::Agency.eq(actor.agency.as_str()))
        .filter(Column::IsShared.eq(true).or(Column::Creator.eq(actor.staff.as_str())))
        .order_by_asc(Column::Id)
        .limit(rows(limit));
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after.0));
    }
    find.all(db).await?.into_iter().map(from_row).collect()
}

pub(crate) async fn delete(db: &Db, id: SavedFilterId) -> Result<(), Failure> {
    let tx = db.begin_write().await?;
    saved_filter::Entity::delete_by_id(id.0).exec(&tx).await?;
    Ok(tx.commit().await?)
}

fn from_row(row: saved_filter::Model) -> Result<SavedFilter, Failure> {
    Ok(SavedFilter {
        id: SavedFilterId(row.id),
        agency: Code::new(&row.agency),
        creator: row.creator,
        is_shared: row.is_shared,
        title: row.title,
        list: row.list,
        created_at: to_instant(row.created_at)?,
    })
}
