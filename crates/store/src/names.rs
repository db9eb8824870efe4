//! The index of names: written with the fact that brings a name, erased with its identifying part, and asked for
//! candidates.

use crate::entity::{fact_part, ledger, name_index, name_key};
use crate::error::Failure;
use crate::group::{insert, lists};
use crate::read;
use crate::value::to_i64;
use sea_orm::sea_query::{Alias, Expr, Order};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, TransactionTrait as _,
};
use std::cmp::Reverse;
use std::collections::HashMap;
use traject_app::ids::DossierId;
use traject_app::model::{Identity, NewFact};
use traject_app::search::{KnownName, NamedDossier, RULES, Role, WANTED_MAX, tokens};
use traject_codec::{DecodeError, Decoded, PartClass, decode};
use traject_domain::Date;
use traject_domain::fact::{Fact, FactKind};
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

/// Facts that are read at once while the index is made again.
const BATCH: u64 = 256;

/// The rows of a new fact; none when it brings no name.
pub(crate) fn rows(dossier: DossierId, position: u64, new: &NewFact) -> Vec<name_key::Model> {
    new.identity.as_ref().map_or_else(Vec::new, |identity| keys(dossier.0, to_i64(position), &new.fact, identity))
}

fn keys(dossier: Uuid, position: i64, fact: &Fact, identity: &Identity) -> Vec<name_key::Model> {
    let all = tokens(identity, birth_date(fact)).into_iter();
    all.map(|token| name_key::Model { token: token.text, role: token.role.number(), dossier, position }).collect()
}

fn birth_date(fact: &Fact) -> Option<PartialDate> {
    match &fact.kind {
        FactKind::Checked(extract) => extract.birth_date,
        _ => None,
    }
}

/// Dossiers with one of these tokens at least, and every name of each, by what their tokens weigh and by id.
pub(crate) async fn named(
    tx: &impl ConnectionTrait,
    wanted: &[String],
    limit: usize,
) -> Result<Vec<NamedDossier>, Failure> {
    let ids = heaviest(tx, &wanted[..wanted.len().min(WANTED_MAX)], limit).await?;
    let mut names = names(tx, &ids).await?;
    let mut rows: HashMap<Uuid, _> = HashMap::new();
    for row in read::rows_of(tx, &read::heads_of(tx, &ids).await?).await? {
        rows.insert(row.id.0, row);
    }
    let named = |id: &Uuid| Some(NamedDossier { row: rows.remove(id)?, names: names.remove(id)? });
    Ok(ids.iter().filter_map(named).collect())
}

/// The dossiers whose distinct tokens among the wanted ones weigh most.
async fn heaviest(tx: &impl ConnectionTrait, wanted: &[String], limit: usize) -> Result<Vec<Uuid>, Failure> {
    use name_key::Column;
    // One list at the most: a port's caller asks for no more than its values.
    let Some(list) = lists(wanted).next() else { return Ok(Vec::new()) };
    let weighs =
        |role: Role| format!("{} * COUNT(DISTINCT CASE WHEN role = {} THEN token END)", role.weight(), role.number());
    let weight = Role::ALL.map(weighs).join(" + ");
    let found = name_key::Entity::find()
        .select_only()
        .column(Column::Dossier)
        .column_as(Expr::cust(weight), "weight")
        .filter(Column::Token.is_in(list))
        .group_by(Column::Dossier)
        .order_by(Expr::col(Alias::new("weight")), Order::Desc)
        .order_by_asc(Column::Dossier)
        .limit(read::rows(limit));
    let rows: Vec<(Uuid, i64)> = found.into_tuple().all(tx).await?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// A name with what tells which is later.
type Dated = (Reverse<(Date, Date, i64)>, KnownName);

/// Every name of dossiers, the latest check first.
async fn names(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<KnownName>>, Failure> {
    let mut positions: Vec<i64> = Vec::new();
    for list in lists(ids) {
        let find = name_key::Entity::find().select_only().column(name_key::Column::Position).distinct();
        let found = find.filter(name_key::Column::Dossier.is_in(list)).into_tuple();
        positions.extend(found.all(tx).await?.into_iter().map(|position: i64| position));
    }
    let mut found: HashMap<Uuid, Vec<Dated>> = HashMap::new();
    for (row, read) in facts_at(tx, &positions).await? {
        if let Decoded::Read(read) = read?
            && let Some(identity) = &read.identity
        {
            let order = Reverse((read.fact.occurred_on, read.fact.known_on, row.position));
            let name = KnownName::of(identity, birth_date(&read.fact));
            found.entry(row.dossier).or_default().push((order, name));
        }
    }
    let latest_first = |(id, mut names): (Uuid, Vec<Dated>)| {
        names.sort_by_key(|(order, _)| *order);
        (id, names.into_iter().map(|(_, name)| name).collect())
    };
    Ok(found.into_iter().map(latest_first).collect())
}

/// A fact of the ledger, read.
type Found = (ledger::Model, Result<Decoded, DecodeError>);

/// The facts at some positions.
async fn facts_at(tx: &impl ConnectionTrait, positions: &[i64]) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::with_capacity(positions.len());
    for list in lists(positions) {
        let parts = fact_part::Entity::find()
            .filter(fact_part::Column::Position.is_in(list.clone()))
            .order_by_asc(fact_part::Column::Position)
            .order_by_asc(fact_part::Column::Class);
        let mut parts = read::parts_by_position(parts.all(tx).await?)?;
        for row in ledger::Entity::find().filter(ledger::Column::Position.is_in(list)).all(tx).await? {
            let parts = parts.remove(&row.position).unwrap_or_default();
            let read = decode(&row.skeleton, &parts);
            found.push((row, read));
        }
    }
    Ok(found)
}

/// Makes the index again when it was made by other rules, or never.
///
/// This is no migration: those stay as they are once they have run somewhere, and the rules follow the program.
pub(crate) async fn bring_up(db: &DatabaseConnection) -> Result<(), Failure> {
    let made = name_index::Entity::find_by_id(1).one(db).await?;
    if made.is_some_and(|made| made.rules == RULES) {
        return Ok(());
    }
    let tx = db.begin().await?;
    name_key::Entity::delete_many().exec(&tx).await?;
    name_index::Entity::delete_many().exec(&tx).await?;
    let mut after = 0;
    while let Some(last) = index_batch(&tx, after).await? {
        after = last;
    }
    insert::<name_index::Entity>(&tx, vec![name_index::Model { id: 1, rules: RULES }], None).await?;
    Ok(tx.commit().await?)
}

/// Indexes the names behind the next identifying parts after a position, and gives the last position that was read.
async fn index_batch(tx: &impl ConnectionTrait, after: i64) -> Result<Option<i64>, Failure> {
    use fact_part::Column;
    let parts = fact_part::Entity::find()
        .select_only()
        .column(Column::Position)
        .filter(Column::Position.gt(after))
        .filter(Column::Class.eq(i16::from(PartClass::Identifying.number())))
        .filter(Column::Bytes.is_not_null())
        .order_by_asc(Column::Position)
        .limit(BATCH);
    let positions: Vec<i64> = parts.into_tuple().all(tx).await?;
    let mut keys_of_batch = Vec::new();
    for (row, read) in facts_at(tx, &positions).await? {
        // A fact that does not read is for `verify` to name, which needs the database open.
        if let Ok(Decoded::Read(read)) = read
            && let Some(identity) = &read.identity
        {
            keys_of_batch.extend(keys(row.dossier, row.position, &read.fact, identity));
        }
    }
    insert::<name_key::Entity>(tx, keys_of_batch, None).await?;
    Ok(positions.last().copied())
}
