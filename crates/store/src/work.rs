//! The work list: reading and counting it, and what persons do with its items.
//!
//! A page is one query on one table: desk and municipality stand on each item, and the writer keeps them right.

use crate::connect::Db;
use crate::entity::{dossier, standing, work_item, work_item_event};
use crate::error::{Corrupt, Failure};
use crate::group::{insert, lists};
use crate::predicate::is_open;
use crate::read::rows;
use crate::row::{from_work_event, municipality, nis, to_work_event, to_work_item};
use crate::value::{WORK_KINDS, to_civil, to_i64, to_time, to_u64, work, work_code};
use jiff::{Timestamp, ToSpan as _};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select,
};
use std::collections::HashMap;
use traject_app::ids::WorkItemId;
use traject_app::model::WorkItem;
use traject_app::port::Backlog;
use traject_app::work::{
    Assigned, Days, LongestDue, Snoozed, WorkAge, WorkAnswer, WorkCount, WorkEvent, WorkFilter, WorkOrder, WorkStep,
};
use traject_domain::Date;
use traject_domain::municipality::Municipality;
use uuid::Uuid;

/// Not snoozed beyond a day.
fn awake(today: Date) -> Condition {
    Condition::any()
        .add(work_item::Column::SnoozedUntil.is_null())
        .add(work_item::Column::SnoozedUntil.lte(to_time(today)))
}

/// The codes of the kinds that a filter lets through; none where it lets through all.
fn kinds(filter: &WorkFilter) -> Option<Vec<&'static str>> {
    if filter.kinds.is_empty() && filter.breach.is_none() {
        return None;
    }
    let asked = if filter.kinds.is_empty() { WORK_KINDS } else { &filter.kinds };
    let about = |kind: &&_| filter.breach.is_none() || traject_app::model::WorkKind::breach(**kind) == filter.breach;
    Some(asked.iter().filter(about).map(|kind| work_code(*kind)).collect())
}

/// The days of a column.
fn within(column: work_item::Column, days: Days) -> Condition {
    let mut within = Condition::all();
    if let Some(from) = days.from {
        within = within.add(column.gte(to_time(from)));
    }
    if let Some(to) = days.to {
        within = within.add(column.lte(to_time(to)));
    }
    within
}

/// Open items under a filter, without its order and its setting for what is snoozed.
fn open_items(filter: &WorkFilter) -> Select<work_item::Entity> {
    use work_item::Column;
    let mut find = work_item::Entity::find().filter(is_open());
    if let Some(desk) = filter.desk {
        find = find.filter(Column::Desk.eq(desk.code()));
    }
    if let Some(municipality) = filter.municipality {
        find = find.filter(Column::Municipality.eq(nis(municipality)));
    }
    if let Some(kinds) = kinds(filter) {
        find = find.filter(Column::Kind.is_in(kinds));
    }
    match &filter.assigned {
        Some(Assigned::To(assignee)) => find = find.filter(Column::Assignee.eq(assignee)),
        Some(Assigned::ToNobody) => find = find.filter(Column::Assignee.is_null()),
        None => {}
    }
    if let Some(held) = filter.held {
        find = find.filter(Column::Held.eq(held));
    }
    find.filter(within(Column::DueSince, filter.due_since)).filter(within(Column::OpenedOn, filter.opened))
}

pub(crate) async fn work_items(
    db: &impl ConnectionTrait,
    filter: &WorkFilter,
    after: Option<(Date, WorkItemId)>,
    limit: usize,
) -> Result<Vec<WorkItem>, Failure> {
    use work_item::Column;
    let (column, order) = match filter.order {
        WorkOrder::LongestDue => (Column::DueSince, Order::Asc),
        WorkOrder::Newest => (Column::OpenedOn, Order::Desc),
    };
    let mut find = open_items(filter).order_by(column, order.clone()).order_by(Column::Id, order.clone());
    match filter.snoozed {
        Snoozed::Hidden => find = find.filter(awake(filter.today)),
        Snoozed::Only => find = find.filter(awake(filter.today).not()),
        Snoozed::Shown => {}
    }
    if let Some((day, id)) = after {
        let day = to_time(day);
        // The first condition alone bounds the walk through the index; the second leaves out what was shown of its day.
        let (bound, beyond, later) = match order {
            Order::Desc => (column.lte(day), column.lt(day), Column::Id.lt(id.0)),
            _ => (column.gte(day), column.gt(day), Column::Id.gt(id.0)),
        };
        find = find.filter(bound).filter(Condition::any().add(beyond).add(later));
    }
    find.limit(rows(limit)).all(db).await?.into_iter().map(to_work_item).collect()
}

pub(crate) async fn work_one(db: &impl ConnectionTrait, id: WorkItemId) -> Result<Option<WorkItem>, Failure> {
    let found = work_item::Entity::find_by_id(id.0).filter(is_open()).one(db).await?;
    found.map(to_work_item).transpose()
}

/// Takes steps in the order of items, so that two persons never wait for each other.
pub(crate) async fn update_work(
    db: &Db,
    steps: &[WorkStep],
    actor: &str,
    now: Timestamp,
) -> Result<Vec<WorkAnswer>, Failure> {
    let tx = db.begin_write().await?;
    let mut items = locked(&tx, steps).await?;
    let (mut answers, mut events) = (Vec::with_capacity(steps.len()), Vec::new());
    for step in steps {
        let answer = step.answer(items.get(&step.item));
        if let WorkAnswer::Done(done) = &answer {
            events.push(from_work_event(&step.event(&done.after, actor, now)));
            write(&tx, &done.after, step.update.closes()).await?;
            match step.update.closes() {
                true => items.remove(&step.item),
                false => items.insert(step.item, done.after.clone()),
            };
        }
        answers.push(answer);
    }
    if events.is_empty() {
        tx.rollback().await?;
    } else {
        insert::<work_item_event::Entity>(&tx, events, None).await?;
        tx.commit().await?;
    }
    Ok(answers)
}

/// The open items of steps, locked in the order of their ids.
async fn locked(tx: &impl ConnectionTrait, steps: &[WorkStep]) -> Result<HashMap<WorkItemId, WorkItem>, Failure> {
    let mut ids: Vec<Uuid> = steps.iter().map(|step| step.item.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut items = HashMap::new();
    for list in lists(&ids) {
        let find = work_item::Entity::find().filter(is_open()).filter(work_item::Column::Id.is_in(list));
        for row in find.order_by_asc(work_item::Column::Id).lock_exclusive().all(tx).await? {
            items.insert(WorkItemId(row.id), to_work_item(row)?);
        }
    }
    Ok(items)
}

async fn write(tx: &impl ConnectionTrait, item: &WorkItem, closes: bool) -> Result<(), Failure> {
    use work_item::Column;
    work_item::Entity::update_many()
        .col_expr(Column::Assignee, Expr::value(item.assignee.clone()))
        .col_expr(Column::SnoozedUntil, Expr::value(item.snoozed_until.map(to_time)))
        .col_expr(Column::Note, Expr::value(item.note.clone()))
        .col_expr(Column::Version, Expr::value(to_i64(item.version)))
        .col_expr(Column::IsOpen, Expr::value(!closes))
        .filter(Column::Id.eq(item.id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The story of an item after an event.
pub(crate) async fn work_events(
    db: &impl ConnectionTrait,
    id: WorkItemId,
    after: u64,
    limit: usize,
) -> Result<Vec<WorkEvent>, Failure> {
    use work_item_event::Column;
    let find = work_item_event::Entity::find()
        .filter(Column::Item.eq(id.0))
        .filter(Column::Seq.gt(to_i64(after)))
        .order_by_asc(Column::Seq)
        .limit(rows(limit));
    find.all(db).await?.iter().map(to_work_event).collect()
}

/// One where a condition holds, else zero.
fn flag(condition: Condition) -> CaseStatement {
    CaseStatement::new().case(condition, 1).finally(0)
}

/// The place of an item's age among all of them.
fn age(today: Date) -> CaseStatement {
    let mut age = CaseStatement::new();
    for (n, of) in (0_i32..).zip(WorkAge::ALL) {
        if let Some(most) = of.days().1 {
            let first = to_time(today.saturating_sub(most.days()));
            age = age.case(Condition::all().add(work_item::Column::DueSince.gte(first)), n);
        }
    }
    age.finally(WorkAge::ALL.len() as i32 - 1)
}

/// How many of at most so many items are of each sort.
pub(crate) async fn count_work(
    db: &impl ConnectionTrait,
    filter: &WorkFilter,
    limit: usize,
) -> Result<Vec<WorkCount>, Failure> {
    use work_item::Column;
    let overdue = Condition::all().add(Column::DueSince.lt(to_time(filter.today)));
    let sorts = ["kind", "assignee", "age", "overdue", "snoozed", "held"].map(Alias::new);
    let looked_at = open_items(filter)
        .select_only()
        .column(Column::Kind)
        .column(Column::Assignee)
        .column_as(Expr::expr(age(filter.today)), "age")
        .column_as(Expr::expr(flag(overdue)), "overdue")
        .column_as(Expr::expr(flag(awake(filter.today).not())), "snoozed")
        .column(Column::Held)
        .limit(rows(limit))
        .into_query();
    let count: SelectStatement = Query::select()
        .columns(sorts.clone())
        .expr_as(Func::count(Expr::col(Alias::new("kind"))), Alias::new("items"))
        .from_subquery(looked_at, Alias::new("looked_at"))
        .group_by_columns(sorts)
        .to_owned();
    let mut counts = Vec::new();
    for row in db.query_all(&count).await? {
        let (kind, of): (String, i32) = (row.try_get("", "kind")?, row.try_get("", "age")?);
        let of = usize::try_from(of).ok().and_then(|n| WorkAge::ALL.get(n).copied()).ok_or(Corrupt("age"))?;
        counts.push(WorkCount {
            kind: work(&kind)?,
            assignee: row.try_get("", "assignee")?,
            age: of,
            is_overdue: row.try_get::<i32>("", "overdue")? == 1,
            is_snoozed: row.try_get::<i32>("", "snoozed")? == 1,
            is_held: row.try_get("", "held")?,
            count: to_u64(row.try_get("", "items")?)?,
        });
    }
    counts.sort();
    Ok(counts)
}

/// What has been due longest, by kind, of what a person could do now.
pub(crate) async fn longest_due(db: &impl ConnectionTrait, today: Date) -> Result<Vec<LongestDue>, Failure> {
    use work_item::Column;
    let found: Vec<(String, i64, time::Date)> = work_item::Entity::find()
        .select_only()
        .column(Column::Kind)
        .column_as(Column::Id.count(), "due")
        .column_as(Column::DueSince.min(), "since")
        .filter(is_open())
        .filter(awake(today))
        .filter(Column::Held.eq(false))
        .filter(Column::DueSince.lte(to_time(today)))
        .group_by(Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(kind, count, since): (String, i64, time::Date)| {
        Ok::<_, Failure>(LongestDue { kind: work(&kind)?, count: to_u64(count)?, since: to_civil(since)? })
    };
    let mut longest = found.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    longest.sort();
    Ok(longest)
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
        .column(Column::Municipality)
        .column(Column::Kind)
        .column_as(Column::Id.count(), "open")
        .column_as(Expr::from(Func::sum(Expr::expr(one_if_held))), "held_items")
        .column_as(Column::DueSince.min(), "oldest")
        .filter(is_open())
        .filter(awake(today))
        .group_by(Column::Municipality)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::migrate;
    use jiff::civil::date;
    use sea_orm::{ConnectOptions, Database};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use traject_app::model::{WorkDesk, WorkKind};

    #[tokio::test]
    async fn a_page_and_the_counters_are_one_query_each() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let mut db = Database::connect(options).await.expect("a database in memory");
        migrate(&db).await.expect("the schema");
        let queries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&queries);
        db.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let today = date(2023, 6, 1);
        let all = WorkFilter::everything(today);
        let filtered = WorkFilter {
            desk: Some(WorkDesk::Municipality),
            municipality: Municipality::from_nis(21_004),
            kinds: vec![WorkKind::Inform, WorkKind::Review],
            assigned: Some(Assigned::ToNobody),
            held: Some(false),
            opened: Days { from: Some(today), to: Some(today) },
            snoozed: Snoozed::Only,
            order: WorkOrder::Newest,
            ..all.clone()
        };
        for filter in [all, filtered] {
            queries.store(0, Ordering::Relaxed);
            work_items(&db, &filter, Some((today, WorkItemId(Uuid::nil()))), 50).await.expect("a page");
            assert_eq!(queries.load(Ordering::Relaxed), 1);
            count_work(&db, &filter, 100).await.expect("counts");
            assert_eq!(queries.load(Ordering::Relaxed), 2);
        }
    }
}
