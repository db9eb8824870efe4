//! The work list and the deliveries: reading them, and changing them outside the ledger.

use crate::connect::Db;
use crate::entity::{delivery, delivery_document, delivery_event, dossier, ledger_head, standing, work_item};
use crate::error::{Failure, Nature, nature};
use crate::predicate::is_open;
use crate::read::rows;
use crate::row::{from_document, from_move, municipality, nis, to_delivery, to_document, to_event, to_work_item};
use crate::value::{
    Micros, channel, state as delivery_state, to_civil, to_i64, to_instant, to_time, to_u64, work, work_code,
};
use jiff::Timestamp;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Func, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Iterable as _, JoinType, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationDef, Select, SelectTwo,
};
use std::future::Future;
use traject_app::ids::{DeliveryId, DossierId, WorkItemId};
use traject_app::model::{
    Channel, Delivery, DeliveryEvent, DeliveryMove, DeliveryQueue, DeliveryReason, DeliveryState, RenderedDocument,
    WorkItem,
};
use traject_app::port::{Backlog, WorkFilter, WorkUpdate};
use traject_codec::content_hash;
use traject_domain::Date;
use traject_domain::municipality::Municipality;

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

fn to_its_standing() -> RelationDef {
    work_item::Entity::belongs_to(standing::Entity)
        .from(work_item::Column::Dossier)
        .to(standing::Column::Dossier)
        .into()
}

/// Open items with the standing that tells whose they are.
fn open_items() -> SelectTwo<work_item::Entity, standing::Entity> {
    work_item::Entity::find()
        .join(JoinType::LeftJoin, to_its_standing())
        .filter(is_open())
        .select_also(standing::Entity)
}

fn item((row, standing): (work_item::Model, Option<standing::Model>)) -> Result<WorkItem, Failure> {
    to_work_item(row, standing.and_then(|standing| standing.municipality))
}

/// Not snoozed beyond a day.
fn awake(today: Date) -> Condition {
    Condition::any()
        .add(work_item::Column::SnoozedUntil.is_null())
        .add(work_item::Column::SnoozedUntil.lte(to_time(today)))
}

pub(crate) async fn work_items(
    db: &impl ConnectionTrait,
    filter: &WorkFilter,
    after: Option<(Date, WorkItemId)>,
    limit: usize,
) -> Result<Vec<WorkItem>, Failure> {
    use work_item::Column;
    let mut find = open_items()
        .filter(awake(filter.today))
        .order_by_asc(Column::DueSince)
        .order_by_asc(Column::Id)
        .limit(rows(limit));
    if let Some(municipality) = filter.municipality {
        find = find.filter(standing::Column::Municipality.eq(nis(municipality)));
    }
    if let Some(kind) = filter.kind {
        find = find.filter(Column::Kind.eq(work_code(kind)));
    }
    if let Some(assignee) = &filter.assignee {
        find = find.filter(Column::Assignee.eq(assignee));
    }
    if let Some(held) = filter.held {
        find = find.filter(Column::Held.eq(held));
    }
    if let Some((due_since, id)) = after {
        let due_since = to_time(due_since);
        let same_day = Condition::all().add(Column::DueSince.eq(due_since)).add(Column::Id.gt(id.0));
        find = find.filter(Condition::any().add(Column::DueSince.gt(due_since)).add(same_day));
    }
    find.all(db).await?.into_iter().map(item).collect()
}

pub(crate) async fn work_one(db: &impl ConnectionTrait, id: WorkItemId) -> Result<Option<WorkItem>, Failure> {
    let found = open_items().filter(work_item::Column::Id.eq(id.0)).one(db).await?;
    found.map(item).transpose()
}

pub(crate) async fn update_work(
    db: &Db,
    id: WorkItemId,
    expected_version: u64,
    update: &WorkUpdate,
) -> Result<Option<WorkItem>, Failure> {
    use work_item::Column;
    let tx = db.begin_write().await?;
    // A closed item is on no list any more: it is read before.
    let before = work_one(&tx, id).await?;
    let change = work_item::Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(is_open())
        .filter(Column::Id.eq(id.0))
        .filter(Column::Version.eq(to_i64(expected_version)));
    let change = match update {
        WorkUpdate::Assign(assignee) => change.col_expr(Column::Assignee, Expr::value(assignee.clone())),
        WorkUpdate::Note(note) => change.col_expr(Column::Note, Expr::value(note.clone())),
        WorkUpdate::Snooze(until, reason) => change
            .col_expr(Column::SnoozedUntil, Expr::value(to_time(*until)))
            .col_expr(Column::Note, Expr::value(reason.clone())),
        WorkUpdate::Resolve(done) => {
            change.col_expr(Column::IsOpen, Expr::value(false)).col_expr(Column::Note, Expr::value(done.clone()))
        }
    };
    if change.exec(&tx).await?.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    let item = match update {
        WorkUpdate::Resolve(done) => {
            before.map(|item| WorkItem { note: Some(done.clone()), version: item.version + 1, ..item })
        }
        _ => work_one(&tx, id).await?,
    };
    tx.commit().await?;
    Ok(item)
}

/// Releases items and dossiers, and gives how many items.
pub(crate) async fn release_backlog(db: &Db, of: Option<Municipality>) -> Result<u64, Failure> {
    let tx = db.begin_write().await?;
    let belonging = |municipality: Municipality| -> SelectStatement {
        Query::select()
            .column(standing::Column::Dossier)
            .from(standing::Entity)
            .and_where(standing::Column::Municipality.eq(nis(municipality)))
            .to_owned()
    };
    let mut held = dossier::Entity::find().filter(dossier::Column::Held.eq(true));
    let mut items = work_item::Entity::update_many()
        .col_expr(work_item::Column::Held, Expr::value(false))
        .col_expr(work_item::Column::Version, Expr::col(work_item::Column::Version).add(1))
        .filter(is_open())
        .filter(work_item::Column::Held.eq(true));
    let mut dossiers = dossier::Entity::update_many()
        .col_expr(dossier::Column::Held, Expr::value(false))
        .filter(dossier::Column::Held.eq(true));
    if let Some(of) = of {
        held = held.filter(dossier::Column::Id.in_subquery(belonging(of)));
        items = items.filter(work_item::Column::Dossier.in_subquery(belonging(of)));
        dossiers = dossiers.filter(dossier::Column::Id.in_subquery(belonging(of)));
    }
    if db.is_postgres() {
        // The writer's order of locks: dossier heads by id.
        held.order_by_asc(dossier::Column::Id).lock_exclusive().all(&tx).await?;
    }
    let released = items.exec(&tx).await?.rows_affected;
    dossiers.exec(&tx).await?;
    tx.commit().await?;
    Ok(released)
}

/// Open items per municipality and kind, in that order; an unknown municipality first.
pub(crate) async fn backlog(db: &impl ConnectionTrait, today: Date) -> Result<Vec<Backlog>, Failure> {
    use work_item::Column;
    let one_if_held = CaseStatement::new().case(Expr::col(Column::Held), 1).finally(0);
    let found: Vec<(Option<i32>, String, i64, i64, time::Date)> = work_item::Entity::find()
        .select_only()
        .column(standing::Column::Municipality)
        .column(Column::Kind)
        .column_as(Column::Id.count(), "open")
        .column_as(Expr::from(Func::sum(Expr::expr(one_if_held))), "held_items")
        .column_as(Column::DueSince.min(), "oldest")
        .join(JoinType::LeftJoin, to_its_standing())
        .filter(is_open())
        .filter(awake(today))
        .group_by(standing::Column::Municipality)
        .group_by(Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let mut backlog = Vec::with_capacity(found.len());
    for (owed_by, kind, open, held, oldest) in found {
        backlog.push(Backlog {
            municipality: municipality(owed_by)?,
            kind: work(&kind)?,
            open: to_u64(open)?,
            held: to_u64(held)?,
            oldest: to_civil(oldest)?,
        });
    }
    backlog.sort_by_key(|of| (of.municipality, of.kind));
    Ok(backlog)
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
