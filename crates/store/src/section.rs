//! A section of the ledger as its rows stand: what a proof repeats so that the chain can be followed without the record.

use crate::entity::{day_head, ledger, ledger_head};
use crate::error::{Corrupt, Failure};
use crate::value::{to_hash, to_instant, to_u64};
use jiff::Timestamp;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use traject_app::ids::{DossierId, FactId};
use traject_codec::{GENESIS, Hash};

/// One entry of the ledger, without what its fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its position, from 1.
    pub position: u64,
    /// The fact's id.
    pub fact: FactId,
    /// The hashed bytes of the fact.
    pub skeleton: Vec<u8>,
    /// The fact's hash.
    pub hash: Hash,
    /// The chain's hash after it.
    pub chain_hash: Hash,
    /// When it was received, to the microsecond, UTC.
    pub received_at: Timestamp,
    /// The dossier it belongs to.
    pub dossier: DossierId,
    /// The dossier's version after the command that wrote it.
    pub dossier_version: u64,
}

/// The ledger from one fact to the head of the day of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerSection {
    /// The chain's hash before the first entry.
    pub before: Hash,
    /// Every entry, by position, without gaps.
    pub entries: Vec<LedgerEntry>,
}

/// The section that holds these facts; none when one of them is not in the ledger, or there are none.
pub(crate) async fn section(db: &impl ConnectionTrait, facts: &[FactId]) -> Result<Option<LedgerSection>, Failure> {
    let ids: Vec<_> = facts.iter().map(|fact| fact.0).collect();
    let found = ledger::Entity::find().filter(ledger::Column::FactId.is_in(ids)).order_by_asc(ledger::Column::Position);
    let found = found.all(db).await?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(None) };
    if found.len() != facts.len() {
        return Ok(None);
    }
    let head = head_of(db, last.position).await?;
    let before = match first.position {
        1 => GENESIS,
        position => {
            let row = ledger::Entity::find_by_id(position - 1).one(db).await?;
            to_hash(&row.ok_or(Corrupt("ledger position"))?.chain_hash)?
        }
    };
    let rows = ledger::Entity::find()
        .filter(ledger::Column::Position.between(first.position, head))
        .order_by_asc(ledger::Column::Position);
    let entries = rows.all(db).await?.into_iter().map(entry).collect::<Result<_, Failure>>()?;
    Ok(Some(LedgerSection { before, entries }))
}

/// The position of the head of the day of an entry; of the ledger, for an entry of the day that is not over.
async fn head_of(db: &impl ConnectionTrait, position: i64) -> Result<i64, Failure> {
    let day = day_head::Entity::find()
        .filter(day_head::Column::Position.gte(position))
        .order_by_asc(day_head::Column::Position)
        .one(db)
        .await?;
    match day {
        Some(day) => Ok(day.position),
        None => Ok(ledger_head::Entity::find_by_id(1).one(db).await?.ok_or(Corrupt("ledger head"))?.position),
    }
}

fn entry(row: ledger::Model) -> Result<LedgerEntry, Failure> {
    Ok(LedgerEntry {
        position: to_u64(row.position)?,
        fact: FactId(row.fact_id),
        hash: to_hash(&row.hash)?,
        chain_hash: to_hash(&row.chain_hash)?,
        skeleton: row.skeleton,
        received_at: to_instant(row.received_at)?,
        dossier: DossierId(row.dossier),
        dossier_version: to_u64(row.dossier_version)?,
    })
}
