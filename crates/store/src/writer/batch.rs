//! One transaction for a batch: locks, refusals, rows, head.

use super::plan::{Head, Plan, Rows};
use super::{Answer, Context};
use crate::entity::{
    day_head, decision, delivery, delivery_event, dossier, fact_part, ledger, ledger_head, name_key, number, request,
    standing, work_item,
};
use crate::error::{Corrupt, Failure, is_taken};
use crate::group::{insert, lists};
use crate::predicate::is_open;
use crate::value::{to_i64, to_micros, to_time};
use crate::wire;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, Iterable as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use std::collections::BTreeMap;
use traject_app::error::{CommitError, Key};
use traject_app::ids::DossierId;
use traject_app::model::{Command, Request};
use uuid::Uuid;

/// Runs commands as one transaction, and answers each once it is durable.
///
/// Locks are taken in one order by every writer: dossier heads by id, then the ledger's head. The head is held until the
/// commit, so that positions are in commit order; READ COMMITTED then suffices.
pub(super) async fn run(context: &Context, commands: &[Command]) -> Result<Vec<Answer>, Failure> {
    let tx = context.db.begin_write().await?;
    let made = fill(&tx, context, commands).await;
    match made {
        Ok((answers, true)) => {
            tx.commit().await.map_err(Failure::Lost)?;
            Ok(answers)
        }
        Ok((answers, false)) => {
            tx.rollback().await?;
            Ok(answers)
        }
        Err(failure) => {
            // The first failure is the one to tell; a connection that cannot roll back is dropped by the pool.
            let _ = tx.rollback().await;
            Err(failure)
        }
    }
}

/// Does everything but the commit; false: there is nothing to commit.
async fn fill(
    tx: &impl ConnectionTrait,
    context: &Context,
    commands: &[Command],
) -> Result<(Vec<Answer>, bool), Failure> {
    let requests: Vec<&Request> = commands.iter().map(|command| &command.request).collect();
    let found = find_requests(tx, &requests).await?;
    let locked = lock_dossiers(tx, commands).await?;
    let head = lock_head(tx).await?;
    let today = context.clock.today();
    let ended_day = head.ended_day(to_time(today));
    let now = to_micros(context.clock.now());
    let mut plan = Plan { salts: &*context.salts, now, today, locked, head, rows: Rows::default() };
    let mut answers = Vec::with_capacity(commands.len());
    for (command, found) in commands.iter().zip(found) {
        answers.push(match found {
            Some(answer) => answer,
            None => plan.add(command)?,
        });
    }
    if plan.rows.requests.is_empty() {
        return Ok((answers, false));
    }
    let grew = !plan.rows.facts.is_empty();
    insert_rows(tx, plan.rows).await?;
    if grew {
        insert::<day_head::Entity>(tx, ended_day.into_iter().collect(), None).await?;
        update_head(tx, &plan.head).await?;
    }
    Ok((answers, true))
}

/// What request ids left behind, in their order.
pub(crate) async fn find_requests(
    tx: &impl ConnectionTrait,
    requests: &[&Request],
) -> Result<Vec<Option<Answer>>, Failure> {
    let ids: Vec<Uuid> = requests.iter().map(|request| request.id).collect();
    let mut found: BTreeMap<(Uuid, String), request::Model> = BTreeMap::new();
    for list in lists(&ids) {
        let rows = request::Entity::find().filter(request::Column::Id.is_in(list)).all(tx).await?;
        found.extend(rows.into_iter().map(|row| ((row.id, row.caller.clone()), row)));
    }
    let answer = |request: &&Request| match found.get(&(request.id, request.caller.clone())) {
        None => Ok(None),
        Some(row) if row.hash != request.hash => Ok(Some(Err(CommitError::RequestReused))),
        Some(row) => wire::from_bytes(&row.result).map(|committed| Some(Ok(committed))),
    };
    requests.iter().map(answer).collect()
}

/// Looks request ids up once the transaction whose COMMIT was lost has certainly ended: it held the ledger's head.
pub(super) async fn find_after_lost_commit(
    context: &Context,
    commands: &[Command],
) -> Result<Vec<Option<Answer>>, Failure> {
    let tx = context.db.begin_write().await?;
    lock_head(&tx).await?;
    let requests: Vec<&Request> = commands.iter().map(|command| &command.request).collect();
    let found = find_requests(&tx, &requests).await?;
    tx.rollback().await?;
    Ok(found)
}

async fn lock_dossiers(
    tx: &impl ConnectionTrait,
    commands: &[Command],
) -> Result<BTreeMap<Uuid, dossier::Model>, DbErr> {
    let changes = commands.iter().flat_map(|command| &command.changes);
    let mut ids: Vec<Uuid> =
        changes.filter(|change| change.expected_version > 0).map(|change| change.dossier.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut locked = BTreeMap::new();
    for list in lists(&ids) {
        let rows = dossier::Entity::find()
            .filter(dossier::Column::Id.is_in(list))
            .order_by_asc(dossier::Column::Id)
            .lock_exclusive()
            .all(tx)
            .await?;
        locked.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(locked)
}

async fn lock_head(tx: &impl ConnectionTrait) -> Result<Head, Failure> {
    let row = ledger_head::Entity::find_by_id(1).lock_exclusive().one(tx).await?;
    Head::read(&row.ok_or(Corrupt("ledger head"))?)
}

async fn update_head(tx: &impl ConnectionTrait, head: &Head) -> Result<(), DbErr> {
    ledger_head::Entity::update_many()
        .col_expr(ledger_head::Column::Position, Expr::value(to_i64(head.position)))
        .col_expr(ledger_head::Column::ChainHash, Expr::value(head.chain.to_vec()))
        .col_expr(ledger_head::Column::Day, Expr::value(head.day))
        .filter(ledger_head::Column::Id.eq(1))
        .exec(tx)
        .await?;
    Ok(())
}

/// Names the key when a row is there already.
fn taken(key: Key) -> impl FnOnce(DbErr) -> Failure {
    move |error| if is_taken(&error) { Failure::Taken(key) } else { Failure::Db(error) }
}

async fn insert_rows(tx: &impl ConnectionTrait, rows: Rows) -> Result<(), Failure> {
    let first_new = rows.new_dossiers.first().map(|row| DossierId(row.id));
    insert::<dossier::Entity>(tx, rows.new_dossiers, None).await.map_err(|error| match first_new {
        Some(dossier) if is_taken(&error) => Failure::Exists(dossier),
        _ => Failure::Db(error),
    })?;
    let mut update = OnConflict::column(dossier::Column::Id);
    update.update_columns(dossier::Column::iter().filter(|column| !matches!(column, dossier::Column::Id)));
    insert::<dossier::Entity>(tx, rows.dossiers, Some(&update)).await?;
    insert::<ledger::Entity>(tx, rows.facts, None).await.map_err(taken(Key::Fact))?;
    insert::<fact_part::Entity>(tx, rows.parts, None).await?;
    insert_numbers(tx, rows.numbers).await?;
    insert::<name_key::Entity>(tx, rows.names, None).await?;
    let mut update = OnConflict::column(standing::Column::Dossier);
    update.update_columns(standing::Column::iter().filter(|column| !matches!(column, standing::Column::Dossier)));
    insert::<standing::Entity>(tx, rows.standings, Some(&update)).await?;
    insert::<delivery::Entity>(tx, rows.deliveries, None).await.map_err(taken(Key::Delivery))?;
    insert::<delivery_event::Entity>(tx, rows.events, None).await?;
    for (kind, dossiers) in rows.closes {
        close_items(tx, kind, &dossiers).await?;
    }
    let mut once = OnConflict::columns([work_item::Column::Dossier, work_item::Column::Kind]);
    once.target_and_where(is_open()).do_nothing();
    insert::<work_item::Entity>(tx, rows.opens, Some(&once)).await.map_err(taken(Key::WorkItem))?;
    move_items(tx, &rows.moved).await?;
    insert::<decision::Entity>(tx, rows.decisions, None).await?;
    insert::<request::Entity>(tx, rows.requests, None).await?;
    Ok(())
}

/// A number that the same dossier has under the same key is no news; one of another dossier is taken.
async fn insert_numbers(tx: &impl ConnectionTrait, rows: Vec<number::Model>) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut skip = OnConflict::new();
    skip.do_nothing();
    let wanted = rows.len() as u64;
    if insert::<number::Entity>(tx, rows.clone(), Some(&skip)).await? == wanted {
        return Ok(());
    }
    let keys: Vec<Uuid> = rows.iter().map(|row| row.number_key).collect();
    let mut stored = Vec::new();
    for list in lists(&keys) {
        stored.extend(number::Entity::find().filter(number::Column::NumberKey.is_in(list)).all(tx).await?);
    }
    if rows.iter().all(|row| stored.contains(row)) { Ok(()) } else { Err(Failure::Taken(Key::Number)) }
}

async fn close_items(tx: &impl ConnectionTrait, kind: &str, dossiers: &[Uuid]) -> Result<(), DbErr> {
    for list in lists(dossiers) {
        work_item::Entity::update_many()
            .col_expr(work_item::Column::IsOpen, Expr::value(false))
            .col_expr(work_item::Column::Version, Expr::col(work_item::Column::Version).add(1))
            .filter(is_open())
            .filter(work_item::Column::Kind.eq(kind))
            .filter(work_item::Column::Dossier.is_in(list))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Gives the open items of dossiers the municipality of the standing, where they have another.
async fn move_items(tx: &impl ConnectionTrait, dossiers: &[Uuid]) -> Result<(), DbErr> {
    const OWED_BY: &str = "(SELECT \"s\".\"municipality\" FROM \"standing\" AS \"s\" WHERE \"s\".\"dossier\" = \"work_item\".\"dossier\")";
    for list in lists(dossiers) {
        work_item::Entity::update_many()
            .col_expr(work_item::Column::Municipality, Expr::cust(OWED_BY))
            .filter(is_open())
            .filter(work_item::Column::Dossier.is_in(list))
            .filter(Expr::cust(format!("\"work_item\".\"municipality\" IS DISTINCT FROM {OWED_BY}")))
            .exec(tx)
            .await?;
    }
    Ok(())
}
