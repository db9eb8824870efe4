//! Decisions, and the laws they were made under.

use crate::connect::Db;
use crate::entity::{decision, law};
use crate::error::{Corrupt, Failure};
use crate::group::insert;
use crate::value::{Micros, to_civil, to_hash, to_i64, to_time, to_u64};
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use traject_app::ids::{DossierId, FactId};
use traject_app::model::{Decision, DossierChange};
use traject_domain::code::Code;

/// Keeps a law; one that is there stays as it is.
pub(crate) async fn put_law(db: &Db, hash: [u8; 32], content: &[u8], now: Timestamp) -> Result<(), Failure> {
    if law(&db.reader, hash).await?.is_some() {
        return Ok(());
    }
    let tx = db.begin_write().await?;
    let mut skip = OnConflict::column(law::Column::Hash);
    skip.do_nothing();
    let row = law::Model { hash: hash.to_vec(), content: content.to_vec(), stored_at: Micros::from(now) };
    insert::<law::Entity>(&tx, vec![row], Some(&skip)).await?;
    Ok(tx.commit().await?)
}

pub(crate) async fn law(db: &impl ConnectionTrait, hash: [u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
    Ok(law::Entity::find_by_id(hash.to_vec()).one(db).await?.map(|row| row.content))
}

pub(crate) async fn laws(db: &impl ConnectionTrait) -> Result<Vec<[u8; 32]>, Failure> {
    let find = law::Entity::find().select_only().column(law::Column::Hash).order_by_asc(law::Column::Hash);
    let hashes: Vec<Vec<u8>> = find.into_tuple().all(db).await?;
    Ok(hashes.iter().map(|hash| to_hash(hash)).collect::<Result<_, _>>()?)
}

pub(crate) async fn decision(db: &impl ConnectionTrait, fact: FactId) -> Result<Option<Decision>, Failure> {
    Ok(decision::Entity::find_by_id(fact.0).one(db).await?.as_ref().map(to_decision).transpose()?)
}

pub(crate) async fn decisions_of(db: &impl ConnectionTrait, ids: &[DossierId]) -> Result<Vec<Decision>, Failure> {
    let find = decision::Entity::find().filter(decision::Column::Dossier.is_in(ids.iter().map(|id| id.0)));
    let ordered = find.order_by_asc(decision::Column::Dossier).order_by_asc(decision::Column::Position);
    let rows = ordered.all(db).await?;
    Ok(rows.iter().map(to_decision).collect::<Result<_, _>>()?)
}

/// The decision of a change, whose last fact has this position.
pub(crate) fn from_change(change: &DossierChange, position: u64) -> Option<decision::Model> {
    let (first, new) = (change.facts.first()?, change.decision.as_ref()?);
    Some(decision::Model {
        fact: first.id.0,
        dossier: change.dossier.0,
        kind: first.fact.kind.name().to_owned(),
        position: to_i64(position),
        as_of: to_time(new.as_of),
        law_hash: new.law_hash.to_vec(),
        engine: new.engine.clone(),
        outcome: new.outcome.as_str().to_owned(),
        digest: new.digest.to_vec(),
    })
}

/// A decision from its row.
pub(crate) fn to_decision(row: &decision::Model) -> Result<Decision, Corrupt> {
    Ok(Decision {
        fact: FactId(row.fact),
        dossier: DossierId(row.dossier),
        kind: Code::new(&row.kind),
        position: to_u64(row.position)?,
        as_of: to_civil(row.as_of)?,
        law_hash: to_hash(&row.law_hash)?,
        engine: row.engine.clone(),
        outcome: Code::new(&row.outcome),
        digest: to_hash(&row.digest)?,
    })
}
