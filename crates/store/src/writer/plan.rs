//! What a batch will write: rows with their versions, positions and hashes.

use crate::decisions;
use crate::entity::{
    day_head, decision, delivery, delivery_event, dossier, fact_part, ledger, ledger_head, name_key, number, request,
    standing, work_item,
};
use crate::error::Failure;
use crate::names;
use crate::row;
use crate::value::{Micros, to_hash, to_i64, to_time, to_u64, work_code};
use crate::wire;
use jiff::Timestamp;
use std::collections::BTreeMap;
use traject_app::error::CommitError;
use traject_app::ids::{DossierId, WorkItemId};
use traject_app::model::{Command, Committed, DossierChange, NewFact, StandingUpdate, WorkChange, WorkKind};
use traject_codec::{Hash, Place, Salts, chain_hash, encode};
use traject_domain::Date;
use traject_domain::fact::NumberKey;
use traject_domain::national_number::NationalNumber;
use uuid::Uuid;

/// The rows of a batch.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) facts: Vec<ledger::Model>,
    pub(super) parts: Vec<fact_part::Model>,
    pub(super) new_dossiers: Vec<dossier::Model>,
    pub(super) dossiers: Vec<dossier::Model>,
    pub(super) numbers: Vec<number::Model>,
    pub(super) names: Vec<name_key::Model>,
    pub(super) standings: Vec<standing::Model>,
    pub(super) deliveries: Vec<delivery::Model>,
    pub(super) events: Vec<delivery_event::Model>,
    /// Open items to close, by kind.
    pub(super) closes: BTreeMap<&'static str, Vec<Uuid>>,
    pub(super) opens: Vec<work_item::Model>,
    /// Dossiers whose open items may belong to another municipality than before.
    pub(super) moved: Vec<Uuid>,
    pub(super) decisions: Vec<decision::Model>,
    pub(super) requests: Vec<request::Model>,
}

/// The ledger's end while a batch is made.
pub(super) struct Head {
    pub(super) position: u64,
    pub(super) chain: Hash,
    pub(super) day: Option<time::Date>,
}

impl Head {
    pub(super) fn read(row: &ledger_head::Model) -> Result<Self, Failure> {
        Ok(Self { position: to_u64(row.position)?, chain: to_hash(&row.chain_hash)?, day: row.day })
    }

    /// The head of the day that a first fact of a later day ends.
    pub(super) fn ended_day(&self, today: time::Date) -> Option<day_head::Model> {
        self.day.filter(|day| *day < today).map(|day| day_head::Model {
            day,
            position: to_i64(self.position),
            chain_hash: self.chain.to_vec(),
        })
    }
}

/// Makes the rows of a batch, command by command.
pub(super) struct Plan<'a> {
    pub(super) salts: &'a dyn Salts,
    pub(super) now: Timestamp,
    pub(super) today: Date,
    pub(super) locked: BTreeMap<Uuid, dossier::Model>,
    pub(super) head: Head,
    pub(super) rows: Rows,
}

impl Plan<'_> {
    /// Adds a command, or says why it is refused; a refused command leaves nothing.
    pub(super) fn add(&mut self, command: &Command) -> Result<Result<Committed, CommitError>, Failure> {
        if let Err(refused) = self.may_add(command) {
            return Ok(Err(refused));
        }
        let mut committed = Committed::nothing();
        for change in &command.changes {
            let version = self.add_change(change, &command.request.caller)?;
            committed.add(change, version);
        }
        committed.position = self.head.position;
        self.rows.requests.push(request::Model {
            caller: command.request.caller.clone(),
            id: command.request.id,
            hash: command.request.hash.to_vec(),
            result: wire::to_bytes(&committed),
        });
        Ok(Ok(committed))
    }

    fn may_add(&self, command: &Command) -> Result<(), CommitError> {
        command.check()?;
        for change in &command.changes {
            let version = self.locked.get(&change.dossier.0).map_or(0, |row| row.version);
            if to_i64(change.expected_version) != version {
                return Err(CommitError::Stale(change.dossier));
            }
        }
        Ok(())
    }

    fn add_change(&mut self, change: &DossierChange, caller: &str) -> Result<u64, Failure> {
        let version = change.expected_version + 1;
        self.add_dossier(change, version);
        for (i, fact) in change.facts.iter().enumerate() {
            let numbers = if i == 0 { change.numbers.as_slice() } else { &[] };
            self.add_fact(change.dossier, version, fact, numbers)?;
        }
        self.rows.decisions.extend(decisions::from_change(change, self.head.position));
        self.rows.numbers.extend(change.numbers.iter().map(|(key, number)| number::Model {
            number_key: key.0,
            dossier: change.dossier.0,
            digits: number.digits(),
        }));
        if let StandingUpdate::Assessed(standing) = &change.standing {
            self.rows.standings.push(row::from_standing(change.dossier, standing));
        }
        let now = self.now;
        self.rows.deliveries.extend(change.deliveries.iter().map(|new| row::from_delivery(new, now)));
        self.rows.events.extend(change.deliveries.iter().map(|new| row::from_creation(new, caller, now)));
        self.add_work(change);
        Ok(version)
    }

    fn add_dossier(&mut self, change: &DossierChange, version: u64) {
        let before = self.locked.get(&change.dossier.0);
        let touched = change.imported || !change.facts.is_empty();
        let row = dossier::Model {
            id: change.dossier.0,
            version: to_i64(version),
            fact_count: before.map_or(0, |row| row.fact_count) + to_i64(change.facts.len() as u64),
            held: if touched { change.imported } else { before.is_some_and(|row| row.held) },
            standing_stale: change.standing == StandingUpdate::Stale,
        };
        if before.is_some() { self.rows.dossiers.push(row) } else { self.rows.new_dossiers.push(row) }
    }

    fn add_fact(
        &mut self,
        dossier: DossierId,
        dossier_version: u64,
        new: &NewFact,
        numbers: &[(NumberKey, NationalNumber)],
    ) -> Result<(), Failure> {
        let encoded = encode(new, numbers, self.salts)?;
        let position = self.head.position + 1;
        let place = Place { position, received_at: self.now, dossier: dossier.0, dossier_version };
        let chain = chain_hash(&self.head.chain, &encoded.hash, &place);
        self.rows.facts.push(ledger::Model {
            position: to_i64(position),
            fact_id: new.id.0,
            reference: new.fact.reference.as_str().to_owned(),
            dossier: dossier.0,
            dossier_version: to_i64(dossier_version),
            skeleton: encoded.skeleton,
            hash: encoded.hash.to_vec(),
            chain_hash: chain.to_vec(),
            received_at: Micros::from(self.now),
        });
        self.rows.parts.extend(encoded.parts.into_iter().map(|part| fact_part::Model {
            position: to_i64(position),
            class: i16::from(part.class.number()),
            salt: Some(part.salt.to_vec()),
            bytes: Some(part.bytes),
            erased_on: None,
        }));
        self.rows.names.extend(names::rows(dossier, position, new));
        self.head = Head { position, chain, day: Some(to_time(self.today)) };
        Ok(())
    }

    /// The net effect of a change's work, kind by kind: what was open is closed by any `Close`, and the first `Open`
    /// after the last `Close` opens.
    fn add_work(&mut self, change: &DossierChange) {
        type Net = (bool, Option<(WorkItemId, WorkKind, Date, bool)>);
        let mut net: BTreeMap<&'static str, Net> = BTreeMap::new();
        for work in &change.work {
            match work {
                WorkChange::Close(kind) => *net.entry(work_code(*kind)).or_default() = (true, None),
                WorkChange::Open { id, kind, due_since, held } => {
                    let entry = net.entry(work_code(*kind)).or_default();
                    entry.1.get_or_insert((*id, *kind, *due_since, *held));
                }
            }
        }
        let owed_by = match &change.standing {
            StandingUpdate::Assessed(standing) => standing.municipality,
            StandingUpdate::Stale => None,
        };
        // A new dossier has no items of before, and a stale one opens its items for the municipality of its last standing.
        let is_assessed = matches!(change.standing, StandingUpdate::Assessed(_));
        if change.expected_version > 0 && (is_assessed || net.values().any(|(_, open)| open.is_some())) {
            self.rows.moved.push(change.dossier.0);
        }
        for (kind, (close, open)) in net {
            if close {
                self.rows.closes.entry(kind).or_default().push(change.dossier.0);
            }
            let open = open.map(|item| row::from_new_item(change.dossier, owed_by, item, self.today));
            self.rows.opens.extend(open);
        }
    }
}
