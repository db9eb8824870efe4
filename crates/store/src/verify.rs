//! Re-reading the whole record: every part, skeleton, link of the chain and index, the standings, and the decisions.

use crate::decisions::to_decision;
use crate::entity::{
    day_head, decision, delivery, delivery_document, dossier, fact_part, ledger, ledger_head, number, request,
};
use crate::error::Failure;
use crate::group::lists;
use crate::read;
use crate::store::SqlStore;
use crate::value::{to_i64, to_instant, to_u64};
use crate::wire;
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use std::collections::{HashMap, HashSet};
use traject_app::error::ReadError;
use traject_app::ids::DossierId;
use traject_app::model::{Decision, Dossier, StandingRow};
use traject_codec::{
    Decoded, GENESIS, Hash, PartClass, Place, chain_hash, check_parts, content_hash, decode, fact_hash,
};
use uuid::Uuid;

/// Rows read at once.
const PAGE: usize = 256;

/// What was re-read, and the first record that differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Facts whose skeleton, parts and link of the chain were compared.
    pub facts: u64,
    /// Facts kept that this version does not read.
    pub unreadable: u64,
    /// Parts that were erased.
    pub erased_parts: u64,
    /// Dossiers whose indexes were compared.
    pub dossiers: u64,
    /// Standings that were rebuilt and compared.
    pub standings: u64,
    /// Documents whose hash was compared.
    pub documents: u64,
    /// Decisions whose law, facts and position were looked up.
    pub decisions: u64,
    /// Decisions among them that were made again.
    pub replayed: u64,
    /// Position of the ledger's head.
    pub head: u64,
    /// The chain's hash there, as it was computed.
    pub chain_hash: [u8; 32],
    /// The first record that differs; none: the record is whole.
    pub difference: Option<Difference>,
}

/// A record that differs from what the rest of the record says of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table} {record}: {what}")]
pub struct Difference {
    /// Its table.
    pub table: &'static str,
    /// Its key: a position, an id or a day. Never personal data.
    pub record: String,
    /// What differs.
    pub what: &'static str,
}

/// What verification makes again from facts; `None`: not compared.
pub trait Rebuild: Sync {
    /// The standing of a dossier, as of the day and under the law that its row names.
    fn standing(&self, dossier: &Dossier) -> Option<StandingRow>;

    /// The digest of a decision on a dossier.
    fn digest(&self, dossier: &Dossier, decision: &Decision) -> Option<[u8; 32]>;
}

/// Why verification stopped.
enum Stop {
    Difference(Difference),
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

fn differs<T>(table: &'static str, record: impl ToString, what: &'static str) -> Result<T, Stop> {
    Err(Stop::Difference(Difference { table, record: record.to_string(), what }))
}

fn hold(holds: bool, table: &'static str, record: impl ToString, what: &'static str) -> Result<(), Stop> {
    if holds { Ok(()) } else { differs(table, record, what) }
}

/// What the ledger says of one dossier.
#[derive(Default)]
struct Seen {
    facts: u64,
    version: u64,
    /// True when a part that may have held numbers was erased or is not read.
    numbers_unknown: bool,
    /// True when a part was erased: what was decided on it cannot be made again.
    erased: bool,
    numbers: HashMap<Uuid, String>,
}

struct Verifier<'a> {
    tx: &'a DatabaseTransaction,
    report: VerifyReport,
    dossiers: HashMap<Uuid, Seen>,
    laws: HashSet<Vec<u8>>,
    chain: Hash,
}

/// Where a fact that a decision names stands in the ledger.
struct FactPlace {
    fact: Uuid,
    position: i64,
    /// Its dossier, and the version that its command gave that.
    command: (Uuid, i64),
}

impl SqlStore {
    /// Re-reads every byte at one moment: part commitments, skeleton hashes, the chain and its gapless positions, the
    /// heads of days and of the ledger, request results, dossier heads, numbers, documents, laws, decisions; and compares
    /// each standing that is not stale, and each decision, with what `rebuild` makes of its dossier.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read. A difference is part of the report, not an error.
    pub async fn verify(&self, rebuild: &dyn Rebuild) -> Result<VerifyReport, ReadError> {
        let tx = self.db.begin_read().await.map_err(Failure::from)?;
        let mut verifier = Verifier {
            tx: &tx,
            report: VerifyReport::default(),
            dossiers: HashMap::new(),
            laws: HashSet::new(),
            chain: GENESIS,
        };
        let result = verifier.run(rebuild).await;
        let mut report = verifier.report;
        report.chain_hash = verifier.chain;
        tx.commit().await.map_err(Failure::from)?;
        match result {
            Ok(()) => Ok(report),
            Err(Stop::Difference(difference)) => Ok(VerifyReport { difference: Some(difference), ..report }),
            Err(Stop::Failure(failure)) => Err(failure.into()),
        }
    }
}

impl Verifier<'_> {
    async fn run(&mut self, rebuild: &dyn Rebuild) -> Result<(), Stop> {
        self.facts().await?;
        self.requests().await?;
        self.dossier_heads().await?;
        self.numbers().await?;
        self.laws().await?;
        self.standings_and_decisions(rebuild).await?;
        self.all_decisions_were_seen().await?;
        self.documents().await
    }

    async fn facts(&mut self) -> Result<(), Stop> {
        let days = day_head::Entity::find().order_by_asc(day_head::Column::Position).all(self.tx).await?;
        let mut days = days.into_iter().peekable();
        loop {
            let after = to_i64(self.report.facts);
            let page = ledger::Entity::find()
                .filter(ledger::Column::Position.gt(after))
                .order_by_asc(ledger::Column::Position)
                .limit(PAGE as u64)
                .all(self.tx)
                .await?;
            let Some(last) = page.last() else { break };
            let parts = fact_part::Entity::find()
                .filter(fact_part::Column::Position.gt(after))
                .filter(fact_part::Column::Position.lte(last.position))
                .all(self.tx)
                .await?;
            let mut by_position: HashMap<i64, Vec<fact_part::Model>> = HashMap::new();
            for part in parts {
                by_position.entry(part.position).or_default().push(part);
            }
            for row in &page {
                self.fact(row, by_position.remove(&row.position).unwrap_or_default())?;
                if let Some(day) = days.next_if(|day| day.position == row.position) {
                    hold(
                        day.chain_hash == self.chain,
                        "day_head",
                        day.day,
                        "the chain had another hash at its position",
                    )?;
                }
            }
            if let Some(position) = by_position.keys().min() {
                return differs("fact_part", position, "no fact has its position");
            }
        }
        if let Some(day) = days.next() {
            return differs("day_head", day.day, "its position is out of order or beyond the ledger");
        }
        self.head().await
    }

    async fn head(&mut self) -> Result<(), Stop> {
        let Some(head) = ledger_head::Entity::find_by_id(1).one(self.tx).await? else {
            return differs("ledger_head", 1, "it is missing");
        };
        self.report.head = self.report.facts;
        hold(
            head.position == to_i64(self.report.facts),
            "ledger_head",
            1,
            "its position is not that of the last fact",
        )?;
        hold(head.chain_hash == self.chain, "ledger_head", 1, "its hash is not that of the chain")
    }

    fn fact(&mut self, row: &ledger::Model, stored: Vec<fact_part::Model>) -> Result<(), Stop> {
        let position = self.report.facts + 1;
        hold(row.position == to_i64(position), "ledger", position, "it is missing")?;
        hold(row.hash == fact_hash(&row.skeleton), "ledger", position, "its hash is not that of its skeleton")?;
        let (Ok(received_at), Ok(dossier_version)) = (to_instant(row.received_at), to_u64(row.dossier_version)) else {
            return differs("ledger", position, "its time or version does not read");
        };
        let place = Place { position, received_at, dossier: row.dossier, dossier_version };
        self.chain = chain_hash(&self.chain, &fact_hash(&row.skeleton), &place);
        hold(row.chain_hash == self.chain, "ledger", position, "its chain hash does not follow from the one before")?;
        let seen = self.dossiers.entry(row.dossier).or_default();
        seen.facts += 1;
        seen.version = seen.version.max(dossier_version);
        self.report.facts = position;
        self.parts(row, stored)
    }

    fn parts(&mut self, row: &ledger::Model, stored: Vec<fact_part::Model>) -> Result<(), Stop> {
        let erased: HashSet<i16> = stored.iter().filter(|part| part.bytes.is_none()).map(|part| part.class).collect();
        let Ok(mut parts) = read::parts_by_position(stored) else {
            return differs("fact_part", row.position, "its class or salt does not read");
        };
        let parts = parts.remove(&row.position).unwrap_or_default();
        let missing = match check_parts(&row.skeleton, &parts) {
            Ok(missing) => missing,
            Err(_) => return differs("fact_part", row.position, "it is not what the skeleton commits to"),
        };
        let missing: HashSet<i16> = missing.into_iter().map(|class| i16::from(class.number())).collect();
        hold(missing == erased, "fact_part", row.position, "it is missing, or erased without a commitment")?;
        self.report.erased_parts += erased.len() as u64;
        let seen = self.dossiers.entry(row.dossier).or_default();
        seen.erased |= !erased.is_empty();
        seen.numbers_unknown |= erased.contains(&i16::from(PartClass::Identifying.number()));
        match decode(&row.skeleton, &parts) {
            Err(_) => differs("ledger", row.position, "its bytes do not read"),
            Ok(Decoded::Unreadable(id, _)) => {
                self.report.unreadable += 1;
                seen.numbers_unknown = true;
                hold(id.0 == row.fact_id, "ledger", row.position, "its id is not that of its skeleton")
            }
            Ok(Decoded::Read(fact)) => {
                hold(fact.id.0 == row.fact_id, "ledger", row.position, "its id is not that of its skeleton")?;
                let same = fact.fact.reference.as_str() == row.reference;
                hold(same, "ledger", row.position, "its reference is not that of its skeleton")?;
                seen.numbers.extend(fact.numbers.iter().map(|(key, number)| (key.0, number.digits())));
                Ok(())
            }
        }
    }

    /// Each command left its dossiers' versions: the greatest is the dossier's.
    async fn requests(&mut self) -> Result<(), Stop> {
        let mut after: Option<(Uuid, String)> = None;
        loop {
            use request::Column;
            let mut find =
                request::Entity::find().order_by_asc(Column::Id).order_by_asc(Column::Caller).limit(PAGE as u64);
            if let Some((id, caller)) = &after {
                let same = Condition::all().add(Column::Id.eq(*id)).add(Column::Caller.gt(caller));
                find = find.filter(Condition::any().add(Column::Id.gt(*id)).add(same));
            }
            let page = find.all(self.tx).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.id, last.caller.clone()));
            for row in &page {
                let Ok(left) = wire::from_bytes(&row.result) else {
                    return differs("request", row.id, "its result does not read");
                };
                hold(left.position <= self.report.head, "request", row.id, "its position is beyond the ledger")?;
                for (dossier, version) in left.versions {
                    let seen = self.dossiers.entry(dossier.0).or_default();
                    seen.version = seen.version.max(version);
                }
            }
        }
    }

    async fn dossier_heads(&mut self) -> Result<(), Stop> {
        let mut after = None;
        loop {
            let page = read::heads(self.tx, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(DossierId(last.id));
            for head in &page {
                let Some(seen) = self.dossiers.get(&head.id) else {
                    return differs("dossier", head.id, "no command made it");
                };
                hold(
                    head.version == to_i64(seen.version),
                    "dossier",
                    head.id,
                    "its version is not its last command's",
                )?;
                hold(head.fact_count == to_i64(seen.facts), "dossier", head.id, "it has another number of facts")?;
                self.report.dossiers += 1;
            }
        }
        if self.report.dossiers == self.dossiers.len() as u64 {
            return Ok(());
        }
        for id in self.dossiers.keys() {
            let there = dossier::Entity::find_by_id(*id).one(self.tx).await?.is_some();
            hold(there, "dossier", id, "it is missing")?;
        }
        Ok(())
    }

    /// A number is in the identifying part of the fact that brought it, unless that was erased.
    async fn numbers(&mut self) -> Result<(), Stop> {
        let mut after: Option<Uuid> = None;
        loop {
            let mut find = number::Entity::find().order_by_asc(number::Column::NumberKey).limit(PAGE as u64);
            if let Some(after) = after {
                find = find.filter(number::Column::NumberKey.gt(after));
            }
            let page = find.all(self.tx).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.number_key);
            for row in &page {
                let Some(seen) = self.dossiers.get_mut(&row.dossier) else {
                    return differs("number", row.number_key, "its dossier is missing");
                };
                let same = match seen.numbers.remove(&row.number_key) {
                    Some(digits) => digits == row.digits,
                    None => seen.numbers_unknown,
                };
                hold(same, "number", row.number_key, "it is not the number that a fact of its dossier brought")?;
            }
        }
        for seen in self.dossiers.values().filter(|seen| !seen.numbers_unknown) {
            if let Some(key) = seen.numbers.keys().min() {
                return differs("number", key, "it is missing");
            }
        }
        Ok(())
    }

    async fn standings_and_decisions(&mut self, rebuild: &dyn Rebuild) -> Result<(), Stop> {
        let mut after = None;
        loop {
            let heads = read::heads(self.tx, after, PAGE).await?;
            let Some(last) = heads.last() else { return Ok(()) };
            after = Some(DossierId(last.id));
            let dossiers = match read::dossiers(self.tx, &heads).await {
                Ok(dossiers) => dossiers,
                Err(Failure::Corrupt(_)) => {
                    return differs("standing", self.unreadable(&heads).await?, "it does not read");
                }
                Err(failure) => return Err(failure.into()),
            };
            for dossier in &dossiers {
                let (Some(stored), Some(rebuilt)) = (&dossier.standing, rebuild.standing(dossier)) else { continue };
                hold(*stored == rebuilt, "standing", dossier.id, "it is not what its facts give")?;
                self.report.standings += 1;
            }
            self.decisions(&dossiers, rebuild).await?;
        }
    }

    /// The first dossier of a page that does not read.
    async fn unreadable(&self, heads: &[dossier::Model]) -> Result<Uuid, Stop> {
        for head in heads {
            if read::dossiers(self.tx, std::slice::from_ref(head)).await.is_err() {
                return Ok(head.id);
            }
        }
        Ok(Uuid::nil())
    }

    async fn documents(&mut self) -> Result<(), Stop> {
        let mut after: Option<Uuid> = None;
        loop {
            let mut find = delivery::Entity::find()
                .filter(delivery::Column::DocumentHash.is_not_null())
                .order_by_asc(delivery::Column::Id)
                .limit(1);
            if let Some(after) = after {
                find = find.filter(delivery::Column::Id.gt(after));
            }
            let Some(row) = find.one(self.tx).await? else { return Ok(()) };
            after = Some(row.id);
            let Some(document) = delivery_document::Entity::find_by_id(row.id).one(self.tx).await? else {
                return differs("delivery_document", row.id, "it is missing");
            };
            let same = row.document_hash.as_deref() == Some(content_hash(&document.bytes).as_slice());
            hold(same, "delivery_document", row.id, "its hash is not the one its delivery names")?;
            let page = document.html.as_deref().map(|html| content_hash(html).to_vec());
            hold(page == document.html_hash, "delivery_document", row.id, "the hash of its page is another")?;
            self.report.documents += 1;
        }
    }

    async fn laws(&mut self) -> Result<(), Stop> {
        for hash in crate::decisions::laws(self.tx).await? {
            let content = crate::decisions::law(self.tx, hash).await?.unwrap_or_default();
            hold(content_hash(&content) == hash, "law", hex(&hash), "its hash is not that of its content")?;
            self.laws.insert(hash.to_vec());
        }
        Ok(())
    }

    /// The decisions on some dossiers.
    async fn decisions(&mut self, dossiers: &[Dossier], rebuild: &dyn Rebuild) -> Result<(), Stop> {
        let ids: Vec<Uuid> = dossiers.iter().map(|dossier| dossier.id.0).collect();
        let mut rows = Vec::new();
        for list in lists(&ids) {
            rows.extend(decision::Entity::find().filter(decision::Column::Dossier.is_in(list)).all(self.tx).await?);
        }
        let places = self.places(&rows).await?;
        let by_fact: HashMap<Uuid, &FactPlace> = places.iter().map(|place| (place.fact, place)).collect();
        let by_position: HashMap<i64, &FactPlace> = places.iter().map(|place| (place.position, place)).collect();
        let dossiers: HashMap<Uuid, &Dossier> = dossiers.iter().map(|dossier| (dossier.id.0, dossier)).collect();
        for row in &rows {
            hold(self.laws.contains(&row.law_hash), "decision", row.fact, "its law is missing")?;
            let (first, last) = (by_fact.get(&row.fact), by_position.get(&row.position));
            let together = first.zip(last).is_some_and(|(first, last)| {
                first.command == last.command && first.command.0 == row.dossier && first.position <= last.position
            });
            hold(together, "decision", row.fact, "its facts are not those of one command on its dossier")?;
            let is_whole = |id: &Uuid| self.dossiers.get(id).is_some_and(|seen| !seen.erased);
            let dossier = dossiers.get(&row.dossier).filter(|dossier| !dossier.frozen && is_whole(&row.dossier));
            if let Some(dossier) = dossier {
                self.replay(row, dossier, rebuild)?;
            }
            self.report.decisions += 1;
        }
        Ok(())
    }

    /// Where the first and the last facts of decisions stand.
    async fn places(&self, rows: &[decision::Model]) -> Result<Vec<FactPlace>, Stop> {
        use ledger::Column::{Dossier, DossierVersion, FactId, Position};
        let facts: Vec<Uuid> = rows.iter().map(|row| row.fact).collect();
        let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
        let firsts = lists(&facts).map(|list| FactId.is_in(list));
        let named = firsts.chain(lists(&positions).map(|list| Position.is_in(list)));
        let mut places = Vec::new();
        for condition in named {
            let find = ledger::Entity::find().filter(condition).select_only();
            let find = find.columns([FactId, Position, Dossier, DossierVersion]).into_tuple();
            let found: Vec<(Uuid, i64, Uuid, i64)> = find.all(self.tx).await?;
            let place = |(fact, position, dossier, version)| FactPlace { fact, position, command: (dossier, version) };
            places.extend(found.into_iter().map(place));
        }
        Ok(places)
    }

    /// Made again, a decision comes to the same.
    fn replay(&mut self, row: &decision::Model, dossier: &Dossier, rebuild: &dyn Rebuild) -> Result<(), Stop> {
        let Ok(decision) = to_decision(row) else { return differs("decision", row.fact, "it does not read") };
        let first = dossier.facts.iter().find(|fact| fact.id == decision.fact);
        let same_kind = first.is_some_and(|fact| fact.fact.kind.name() == decision.kind.as_str());
        hold(same_kind, "decision", row.fact, "its kind is not that of its first fact")?;
        if let Some(digest) = rebuild.digest(dossier, &decision) {
            hold(digest == decision.digest, "decision", row.fact, "made again it does not come to the same")?;
            self.report.replayed += 1;
        }
        Ok(())
    }

    /// Every decision belonged to a dossier.
    async fn all_decisions_were_seen(&self) -> Result<(), Stop> {
        let there = decision::Entity::find().count(self.tx).await?;
        hold(there == self.report.decisions, "decision", there, "so many are there, and fewer belong to a dossier")
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
