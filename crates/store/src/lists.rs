//! The deliveries and the head: reading them, and changing deliveries outside the ledger.

use crate::connect::Db;
use crate::entity::{delivery, delivery_document, delivery_event, ledger_head};
use crate::error::{Failure, Nature, nature};
use crate::read::rows;
use crate::row::{from_document, from_move, to_delivery, to_document, to_event};
use crate::value::{Micros, channel, state as delivery_state, to_instant, to_u64};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, Iterable as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use std::future::Future;
use traject_app::ids::{DeliveryId, DossierId};
use traject_app::model::{
    Channel, Delivery, DeliveryEvent, DeliveryMove, DeliveryQueue, DeliveryReason, DeliveryState, RenderedDocument,
};
use traject_codec::content_hash;

/// How often a small change that lost a race is tried.
const TRIES: u32 = 4;

/// Runs a change again when it lost a race.
pub(crate) async fn retried<T, F>(change: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut tries = 1;
    loop {
        match change().await {
            Err(Failure::Db(error)) if nature(&error) == Nature::Again && tries < TRIES => tries += 1,
            result => return result,
        }
    }
}

async fn all(db: &impl ConnectionTrait, find: Select<delivery::Entity>) -> Result<Vec<Delivery>, Failure> {
    find.all(db).await?.iter().map(to_delivery).collect()
}

pub(crate) async fn deliveries(
    db: &impl ConnectionTrait,
    channel: Option<Channel>,
    state: DeliveryState,
    after: Option<(Timestamp, DeliveryId)>,
    limit: usize,
) -> Result<Vec<Delivery>, Failure> {
    let mut find = delivery::Entity::find()
        .filter(delivery::Column::State.eq(state.code()))
        .order_by_asc(delivery::Column::ChangedAt)
        .order_by_asc(delivery::Column::Id)
        .limit(rows(limit));
    if let Some(channel) = channel {
        find = find.filter(delivery::Column::Channel.eq(channel.code()));
    }
    if let Some((changed_at, id)) = after {
        let at = Micros::from(changed_at).0;
        let later = delivery::Column::ChangedAt.gt(at);
        find = find.filter(later.or(delivery::Column::ChangedAt.eq(at).and(delivery::Column::Id.gt(id.0))));
    }
    all(db, find).await
}

pub(crate) async fn deliveries_of(db: &impl ConnectionTrait, id: DossierId) -> Result<Vec<Delivery>, Failure> {
    let find = delivery::Entity::find().filter(delivery::Column::Dossier.eq(id.0));
    all(db, find.order_by_asc(delivery::Column::Id)).await
}

pub(crate) async fn delivery_one(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<Delivery>, Failure> {
    delivery::Entity::find_by_id(id.0).one(db).await?.as_ref().map(to_delivery).transpose()
}

/// Moves a delivery, once: the state it leaves is part of the condition. The row is locked by its change, so that the next
/// event of its story has one place.
pub(crate) async fn move_delivery(db: &Db, id: DeliveryId, by: &DeliveryMove) -> Result<bool, Failure> {
    use delivery::Column;
    let tx = db.begin_write().await?;
    let attempt = i32::from(by.to == DeliveryState::Sending && by.from != by.to);
    let mut change = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(by.to.code()))
        .col_expr(Column::ChangedAt, Expr::value(Micros::from(by.now).0))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(attempt))
        .col_expr(Column::Reason, Expr::value(by.reason.map(DeliveryReason::code)))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.eq(by.from.code()));
    for (column, told) in [(Column::ProviderReference, &by.provider_reference), (Column::Batch, &by.batch)] {
        if let Some(told) = told {
            change = change.col_expr(column, Expr::value(told.clone()));
        }
    }
    if let Some(document) = &by.document {
        change = change.col_expr(Column::DocumentHash, Expr::value(content_hash(&document.pdf).to_vec()));
    }
    if change.exec(&tx).await?.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    if let Some(document) = &by.document {
        keep_document(&tx, id, document).await?;
    }
    let told = delivery_event::Entity::find().filter(delivery_event::Column::Delivery.eq(id.0)).count(&tx).await?;
    let seq = i32::try_from(told + 1).map_err(|_| crate::error::Corrupt("event"))?;
    crate::group::insert::<delivery_event::Entity>(&tx, vec![from_move(id, seq, by)], None).await?;
    tx.commit().await?;
    Ok(true)
}

async fn keep_document(tx: &impl ConnectionTrait, id: DeliveryId, document: &RenderedDocument) -> Result<(), Failure> {
    use delivery_document::Column;
    let mut replace = OnConflict::column(Column::Delivery);
    replace.update_columns(Column::iter().filter(|column| !matches!(column, Column::Delivery)));
    let row = from_document(id, document);
    crate::group::insert::<delivery_document::Entity>(tx, vec![row], Some(&replace)).await?;
    Ok(())
}

pub(crate) async fn document(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<RenderedDocument>, Failure> {
    let found = delivery_document::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.map(to_document).transpose()?)
}

pub(crate) async fn delivery_events(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Vec<DeliveryEvent>, Failure> {
    use delivery_event::Column;
    let find = delivery_event::Entity::find().filter(Column::Delivery.eq(id.0)).order_by_asc(Column::Seq);
    Ok(find.all(db).await?.iter().map(to_event).collect::<Result<_, _>>()?)
}

/// Counts per way and state, in that order.
pub(crate) async fn delivery_queue(db: &impl ConnectionTrait) -> Result<Vec<DeliveryQueue>, Failure> {
    use delivery::Column;
    let found: Vec<(String, String, i64, i64)> = delivery::Entity::find()
        .select_only()
        .column(Column::Channel)
        .column(Column::State)
        .column_as(Column::Id.count(), "deliveries")
        .column_as(Column::ChangedAt.min(), "oldest")
        .group_by(Column::Channel)
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut queue = Vec::with_capacity(found.len());
    for (by, state, count, oldest) in found {
        queue.push(DeliveryQueue {
            channel: channel(&by)?,
            state: delivery_state(&state)?,
            count: to_u64(count)?,
            oldest: to_instant(Micros(oldest))?,
        });
    }
    queue.sort_by_key(|of| (of.channel, of.state));
    Ok(queue)
}

/// The position of the ledger's head.
pub(crate) async fn head(db: &impl ConnectionTrait) -> Result<u64, Failure> {
    let row = ledger_head::Entity::find_by_id(1).one(db).await?;
    Ok(to_u64(row.ok_or(crate::error::Corrupt("ledger head"))?.position)?)
}
