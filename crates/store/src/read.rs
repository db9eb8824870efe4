//! Reading dossiers: heads, facts, numbers, standings.

use crate::entity::{dossier, fact_part, ledger, number, standing};
use crate::error::{Corrupt, Failure};
use crate::group::lists;
use crate::predicate::is_stale;
use crate::row::{nis, to_standing};
use crate::value::{to_instant, to_time, to_u64};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    RelationDef,
};
use std::collections::{HashMap, HashSet};
use traject_app::ids::{DossierId, FactId};
use traject_app::model::{Dossier, DossierRow, Identity, LedgerFact};
use traject_app::port::{DossierFilter, KnownNumber};
use traject_codec::{Decoded, Part, PartClass, ReadFact, Salt, decode};
use traject_domain::Date;
use traject_domain::fact::{FactRef, NumberKey};
use traject_domain::national_number::NationalNumber;
use uuid::Uuid;

/// A limit of rows as SQL takes it.
pub(crate) fn rows(limit: usize) -> u64 {
    limit as u64
}

/// Heads after one, by id.
pub(crate) async fn heads(
    tx: &impl ConnectionTrait,
    after: Option<DossierId>,
    limit: usize,
) -> Result<Vec<dossier::Model>, Failure> {
    let mut find = dossier::Entity::find().order_by_asc(dossier::Column::Id).limit(rows(limit));
    if let Some(after) = after {
        find = find.filter(dossier::Column::Id.gt(after.0));
    }
    Ok(find.all(tx).await?)
}

/// Dossiers with everything, in the order of their heads.
pub(crate) async fn dossiers(tx: &impl ConnectionTrait, heads: &[dossier::Model]) -> Result<Vec<Dossier>, Failure> {
    let ids: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
    let mut standings = standings(tx, &ids).await?;
    let mut numbers = numbers(tx, &ids).await?;
    let mut facts = facts(tx, &ids).await?;
    let dossier = |head: &dossier::Model| {
        let facts = facts.remove(&head.id).unwrap_or_default();
        let standing = standings.remove(&head.id).filter(|_| !head.standing_stale);
        Ok(Dossier {
            id: DossierId(head.id),
            version: to_u64(head.version)?,
            frozen: facts.unreadable,
            facts: facts.facts,
            numbers: numbers.remove(&head.id).unwrap_or_default(),
            held: head.held,
            standing: standing.as_ref().map(to_standing).transpose()?,
        })
    };
    heads.iter().map(dossier).collect()
}

/// Dossiers with their standings, in the order of their heads.
pub(crate) async fn rows_of(tx: &impl ConnectionTrait, heads: &[dossier::Model]) -> Result<Vec<DossierRow>, Failure> {
    let ids: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
    let mut standings = standings(tx, &ids).await?;
    let row = |head: &dossier::Model| {
        let standing = standings.remove(&head.id).filter(|_| !head.standing_stale);
        Ok(DossierRow {
            id: DossierId(head.id),
            version: to_u64(head.version)?,
            standing: standing.as_ref().map(to_standing).transpose()?,
        })
    };
    heads.iter().map(row).collect()
}

/// Heads that a filter lets through; a stale standing passes only when nothing is asked.
pub(crate) async fn filtered_heads(
    tx: &impl ConnectionTrait,
    filter: &DossierFilter,
    after: Option<DossierId>,
    limit: usize,
) -> Result<Vec<dossier::Model>, Failure> {
    use standing::Column;
    if *filter == DossierFilter::default() {
        return heads(tx, after, limit).await;
    }
    let mut find = standing::Entity::find()
        .select_only()
        .column(Column::Dossier)
        .filter(Column::Dossier.not_in_subquery(stale_ids()))
        .order_by_asc(Column::Dossier)
        .limit(rows(limit));
    if let Some(after) = after {
        find = find.filter(Column::Dossier.gt(after.0));
    }
    if let Some(municipality) = filter.municipality {
        find = find.filter(Column::Municipality.eq(nis(municipality)));
    }
    let codes = [
        (Column::Outcome, filter.outcome.as_ref().map(|outcome| outcome.as_str())),
        (Column::Stage, filter.stage.map(|stage| stage.code())),
        (Column::Enforcement, filter.enforcement.map(|state| state.code())),
        (Column::NextCode, filter.next_code.map(|next| next.code())),
    ];
    for (column, code) in codes {
        if let Some(code) = code {
            find = find.filter(column.eq(code));
        }
    }
    let ids: Vec<Uuid> = find.into_tuple().all(tx).await?;
    heads_of(tx, &ids).await
}

fn stale_ids() -> sea_orm::sea_query::SelectStatement {
    Query::select().column(dossier::Column::Id).from(dossier::Entity).and_where(is_stale()).to_owned()
}

/// Dossiers that wake on or before a day.
pub(crate) async fn waking(
    tx: &impl ConnectionTrait,
    today: Date,
    after: Option<DossierId>,
    limit: usize,
) -> Result<Vec<DossierId>, Failure> {
    use standing::Column;
    let mut find = standing::Entity::find()
        .select_only()
        .column(Column::Dossier)
        .filter(Column::WakeOn.lte(to_time(today)))
        .filter(Column::Dossier.not_in_subquery(stale_ids()))
        .order_by_asc(Column::Dossier)
        .limit(rows(limit));
    if let Some(after) = after {
        find = find.filter(Column::Dossier.gt(after.0));
    }
    let ids: Vec<Uuid> = find.into_tuple().all(tx).await?;
    Ok(ids.into_iter().map(DossierId).collect())
}

/// Dossiers whose standing is stale.
pub(crate) async fn stale(
    tx: &impl ConnectionTrait,
    after: Option<DossierId>,
    limit: usize,
) -> Result<Vec<DossierId>, Failure> {
    let mut find = dossier::Entity::find().filter(is_stale()).order_by_asc(dossier::Column::Id).limit(rows(limit));
    if let Some(after) = after {
        find = find.filter(dossier::Column::Id.gt(after.0));
    }
    Ok(find.all(tx).await?.into_iter().map(|row| DossierId(row.id)).collect())
}

/// Of these numbers, those that a dossier has, in their order.
pub(crate) async fn known_numbers(
    tx: &impl ConnectionTrait,
    wanted: &[NationalNumber],
) -> Result<Vec<KnownNumber>, Failure> {
    let digits: Vec<String> = wanted.iter().map(|number| number.digits()).collect();
    let mut found: HashMap<String, (Uuid, Uuid, i64)> = HashMap::new();
    let to_its_dossier = || -> RelationDef {
        number::Entity::belongs_to(dossier::Entity).from(number::Column::Dossier).to(dossier::Column::Id).into()
    };
    for list in lists(&digits) {
        let rows: Vec<(String, Uuid, Uuid, i64)> = number::Entity::find()
            .select_only()
            .columns([number::Column::Digits, number::Column::NumberKey, number::Column::Dossier])
            .column(dossier::Column::Version)
            .join(JoinType::InnerJoin, to_its_dossier())
            .filter(number::Column::Digits.is_in(list))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows.into_iter().map(|(digits, key, dossier, version)| (digits, (key, dossier, version))));
    }
    let known = |(number, digits): (&NationalNumber, &String)| {
        let (key, dossier, version) = found.get(digits)?;
        Some(to_u64(*version).map(|version| KnownNumber {
            number: *number,
            key: NumberKey(*key),
            dossier: DossierId(*dossier),
            version,
        }))
    };
    Ok(wanted.iter().zip(&digits).filter_map(known).collect::<Result<_, _>>()?)
}

/// Of these references, those that a fact of the ledger has.
pub(crate) async fn known_references(
    tx: &impl ConnectionTrait,
    wanted: &[FactRef],
) -> Result<HashSet<FactRef>, Failure> {
    let wanted: Vec<&str> = wanted.iter().map(FactRef::as_str).collect();
    let mut found = HashSet::new();
    for list in lists(&wanted) {
        let rows: Vec<String> = ledger::Entity::find()
            .select_only()
            .column(ledger::Column::Reference)
            .filter(ledger::Column::Reference.is_in(list))
            .into_tuple()
            .all(tx)
            .await?;
        found.extend(rows.iter().map(|reference| FactRef::new(reference)));
    }
    Ok(found)
}

/// The heads of these dossiers, by id; ids that are not there are left out.
pub(crate) async fn heads_of(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<dossier::Model>, Failure> {
    let mut found = Vec::with_capacity(ids.len());
    for list in lists(ids) {
        found.extend(dossier::Entity::find().filter(dossier::Column::Id.is_in(list)).all(tx).await?);
    }
    found.sort_unstable_by_key(|head| head.id);
    found.dedup_by_key(|head| head.id);
    Ok(found)
}

/// Names and contact from the latest check that has them: by day, then by the day it was known, then by position.
pub(crate) async fn identity(tx: &impl ConnectionTrait, id: DossierId) -> Result<Option<Identity>, Failure> {
    let read = read_facts(tx, &[id.0]).await?;
    let latest = read
        .into_iter()
        .filter_map(|(row, decoded)| match decoded {
            Decoded::Read(fact) if fact.identity.is_some() => Some((row.position, fact)),
            _ => None,
        })
        .max_by_key(|(position, fact)| (fact.fact.occurred_on, fact.fact.known_on, *position));
    Ok(latest.and_then(|(_, fact)| fact.identity))
}

async fn standings(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, standing::Model>, Failure> {
    let mut found = HashMap::new();
    for list in lists(ids) {
        let rows = standing::Entity::find().filter(standing::Column::Dossier.is_in(list)).all(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.dossier, row)));
    }
    Ok(found)
}

type Numbers = Vec<(NumberKey, NationalNumber)>;

async fn numbers(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Numbers>, Failure> {
    let mut found: HashMap<Uuid, Numbers> = HashMap::new();
    for list in lists(ids) {
        let find = number::Entity::find().filter(number::Column::Dossier.is_in(list));
        for row in find.order_by_asc(number::Column::NumberKey).all(tx).await? {
            let digits = NationalNumber::parse(&row.digits).map_err(|_| Corrupt("number"))?;
            found.entry(row.dossier).or_default().push((NumberKey(row.number_key), digits));
        }
    }
    Ok(found)
}

/// The facts of one dossier.
#[derive(Default)]
struct Facts {
    facts: Vec<LedgerFact>,
    unreadable: bool,
}

async fn facts(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Facts>, Failure> {
    let mut found: HashMap<Uuid, Facts> = HashMap::new();
    for (row, decoded) in read_facts(tx, ids).await? {
        let of = found.entry(row.dossier).or_default();
        match decoded {
            Decoded::Read(fact) => of.facts.push(ledger_fact(&row, *fact)?),
            Decoded::Unreadable(..) => of.unreadable = true,
        }
    }
    Ok(found)
}

fn ledger_fact(row: &ledger::Model, read: ReadFact) -> Result<LedgerFact, Failure> {
    Ok(LedgerFact {
        id: FactId(row.fact_id),
        position: to_u64(row.position)?,
        received_at: to_instant(row.received_at)?,
        fact: read.fact,
        actor: read.actor,
    })
}

/// The facts of dossiers, by position.
async fn read_facts(tx: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<(ledger::Model, Decoded)>, Failure> {
    let mut found = Vec::new();
    for list in lists(ids) {
        let of_these = ledger::Column::Dossier.is_in(list);
        let positions = Query::select()
            .column(ledger::Column::Position)
            .from(ledger::Entity)
            .and_where(of_these.clone())
            .to_owned();
        let mut parts = parts_by_position(
            fact_part::Entity::find()
                .filter(fact_part::Column::Position.in_subquery(positions))
                .order_by_asc(fact_part::Column::Position)
                .order_by_asc(fact_part::Column::Class)
                .all(tx)
                .await?,
        )?;
        let find = ledger::Entity::find().filter(of_these).order_by_asc(ledger::Column::Position);
        for row in find.all(tx).await? {
            let parts = parts.remove(&row.position).unwrap_or_default();
            let decoded = decode(&row.skeleton, &parts)?;
            found.push((row, decoded));
        }
    }
    found.sort_by_key(|(row, _)| row.position);
    Ok(found)
}

/// Parts that were not erased.
pub(crate) fn parts_by_position(rows: Vec<fact_part::Model>) -> Result<HashMap<i64, Vec<Part>>, Corrupt> {
    let mut parts: HashMap<i64, Vec<Part>> = HashMap::new();
    for row in rows {
        if let (Some(salt), Some(bytes)) = (row.salt, row.bytes) {
            let class = u8::try_from(row.class).ok().and_then(PartClass::from_number).ok_or(Corrupt("part class"))?;
            let salt = Salt::try_from(salt).map_err(|_| Corrupt("salt"))?;
            parts.entry(row.position).or_default().push(Part { class, salt, bytes });
        }
    }
    Ok(parts)
}
