//! The store in memory: the same promises as a database except durability.
//!
//! It is written for its plainness: one lock, ordered maps, and every refusal decided before anything is changed.

use crate::memory_work::{self, is_awake};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use traject_app::error::{CommitError, Key, ReadError};
use traject_app::ids::{DeliveryId, DossierId, FactId, SavedFilterId, WorkItemId};
use traject_app::model::{
    Actor, Channel, Command, Committed, Decision, Delivery, DeliveryEvent, DeliveryKey, DeliveryMove, DeliveryQueue,
    DeliveryState, Dossier, DossierChange, DossierRow, Identity, LedgerFact, NewFact, RenderedDocument, Request,
    StandingRow, StandingUpdate, WorkChange, WorkItem, WorkKind,
};
use traject_app::port::{Backlog, Clock, DossierFilter, KnownNumber, Store};
use traject_app::search::{KnownName, NamedDossier, WANTED_MAX, tokens};
use traject_app::work::{LongestDue, SavedFilter, WorkAnswer, WorkCount, WorkEvent, WorkFilter, WorkStep};
use traject_codec::content_hash;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::{FactKind, FactRef, NumberKey};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

/// The record in memory.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    head: u64,
    dossiers: BTreeMap<DossierId, Held>,
    references: HashSet<FactRef>,
    fact_ids: HashSet<FactId>,
    numbers: BTreeMap<NationalNumber, (NumberKey, DossierId)>,
    keys: HashMap<NumberKey, NationalNumber>,
    requests: HashMap<(String, Uuid), ([u8; 32], Committed)>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    delivery_keys: HashSet<DeliveryKey>,
    documents: HashMap<DeliveryId, RenderedDocument>,
    events: HashMap<DeliveryId, Vec<DeliveryEvent>>,
    work: BTreeMap<WorkItemId, WorkItem>,
    /// The stories of items, also of those that are closed.
    work_events: BTreeMap<WorkItemId, Vec<WorkEvent>>,
    filters: BTreeMap<SavedFilterId, SavedFilter>,
    laws: BTreeMap<[u8; 32], Vec<u8>>,
    decisions: HashMap<FactId, Decision>,
}

/// A dossier as it is kept.
#[derive(Default)]
struct Held {
    version: u64,
    facts: Vec<(LedgerFact, Option<Identity>)>,
    held: bool,
    stale: bool,
    /// The last assessed standing, also when stale.
    standing: Option<StandingRow>,
}

impl Held {
    fn standing(&self) -> Option<&StandingRow> {
        self.standing.as_ref().filter(|_| !self.stale)
    }

    fn municipality(&self) -> Option<Municipality> {
        self.standing.as_ref()?.municipality
    }

    /// The facts with an identity, the latest first, each with the birth date it reports.
    fn identities(&self) -> Vec<(&Identity, Option<PartialDate>)> {
        let named = self.facts.iter().filter_map(|(fact, identity)| Some((fact, identity.as_ref()?)));
        let mut named: Vec<_> = named.collect();
        named.sort_by_key(|(fact, _)| std::cmp::Reverse((fact.fact.occurred_on, fact.fact.known_on, fact.position)));
        let birth = |fact: &LedgerFact| match &fact.fact.kind {
            FactKind::Checked(extract) => extract.birth_date,
            _ => None,
        };
        named.into_iter().map(|(fact, identity)| (identity, birth(fact))).collect()
    }

    /// What its distinct tokens among the wanted ones weigh.
    fn weight(&self, wanted: &HashSet<&str>) -> i64 {
        let all: HashSet<_> =
            self.identities().into_iter().flat_map(|(identity, birth)| tokens(identity, birth)).collect();
        all.iter().filter(|token| wanted.contains(token.text.as_str())).map(|token| token.role.weight()).sum()
    }

    /// Every name.
    fn names(&self) -> Vec<KnownName> {
        let named = self.identities().into_iter().filter(|(identity, _)| !tokens(identity, None).is_empty());
        named.map(|(identity, birth)| KnownName::of(identity, birth)).collect()
    }
}

impl MemoryStore {
    /// An empty record; the clock tells when facts are received.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, record: Mutex::default() }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().expect("no test panics while it holds the record")
    }
}

/// A decision under a law that was never put.
#[derive(Debug, thiserror::Error)]
#[error("the law of the decision is not in the store")]
struct UnknownLaw;

impl Record {
    /// Why a command is refused; nothing is changed before this has passed.
    fn may(&self, command: &Command) -> Result<(), CommitError> {
        command.check()?;
        for change in &command.changes {
            let version = self.dossiers.get(&change.dossier).map_or(0, |dossier| dossier.version);
            if version != change.expected_version {
                return Err(CommitError::Stale(change.dossier));
            }
        }
        self.keys_are_free(command).map_err(CommitError::Taken)?;
        let mut decisions = command.changes.iter().filter_map(|change| change.decision.as_ref());
        match decisions.all(|decision| self.laws.contains_key(&decision.law_hash)) {
            true => Ok(()),
            false => Err(CommitError::Internal(Box::new(UnknownLaw))),
        }
    }

    fn keys_are_free(&self, command: &Command) -> Result<(), Key> {
        let (mut references, mut ids) = (HashSet::new(), HashSet::new());
        for new in command.changes.iter().flat_map(|change| &change.facts) {
            let taken = self.references.contains(&new.fact.reference) || self.fact_ids.contains(&new.id);
            if taken || !references.insert(&new.fact.reference) || !ids.insert(new.id) {
                return Err(Key::Fact);
            }
        }
        let (mut numbers, mut keys) = (self.numbers_of(command), self.keys_of(command));
        for change in &command.changes {
            for (key, number) in &change.numbers {
                let had = *numbers.entry(*number).or_insert((*key, change.dossier));
                let named = *keys.entry(*key).or_insert(*number);
                if had != (*key, change.dossier) || named != *number {
                    return Err(Key::Number);
                }
            }
        }
        let (mut delivery_keys, mut delivery_ids) = (HashSet::new(), HashSet::new());
        for new in command.changes.iter().flat_map(|change| &change.deliveries) {
            let taken = self.delivery_keys.contains(&new.key) || self.deliveries.contains_key(&new.id);
            if taken || !delivery_keys.insert(&new.key) || !delivery_ids.insert(new.id) {
                return Err(Key::Delivery);
            }
        }
        Ok(())
    }

    /// What is known of the numbers that a command names.
    fn numbers_of(&self, command: &Command) -> HashMap<NationalNumber, (NumberKey, DossierId)> {
        let named = command.changes.iter().flat_map(|change| &change.numbers);
        named.filter_map(|(_, number)| Some((*number, *self.numbers.get(number)?))).collect()
    }

    /// What is known of the number keys that a command names.
    fn keys_of(&self, command: &Command) -> HashMap<NumberKey, NationalNumber> {
        let named = command.changes.iter().flat_map(|change| &change.numbers);
        named.filter_map(|(key, _)| Some((*key, *self.keys.get(key)?))).collect()
    }

    fn apply(&mut self, command: &Command, now: Timestamp, today: Date) -> Committed {
        let mut committed = Committed::nothing();
        for change in &command.changes {
            committed.add(change, self.change(change, &command.request.caller, now, today));
        }
        committed.position = self.head;
        let key = (command.request.caller.clone(), command.request.id);
        let repeated = Committed { repeated: true, ..committed.clone() };
        self.requests.insert(key, (command.request.hash, repeated));
        committed
    }

    fn change(&mut self, change: &DossierChange, caller: &str, now: Timestamp, today: Date) -> u64 {
        for fact in &change.facts {
            self.fact(change.dossier, fact, now);
        }
        self.decide(change);
        for (key, number) in &change.numbers {
            self.numbers.insert(*number, (*key, change.dossier));
            self.keys.insert(*key, *number);
        }
        let dossier = self.dossiers.entry(change.dossier).or_default();
        dossier.version += 1;
        if change.imported || !change.facts.is_empty() {
            dossier.held = change.imported;
        }
        dossier.stale = change.standing == StandingUpdate::Stale;
        if let StandingUpdate::Assessed(row) = &change.standing {
            dossier.standing = Some((**row).clone());
        }
        let version = dossier.version;
        for new in &change.deliveries {
            let delivery = Delivery {
                id: new.id,
                key: new.key.clone(),
                language: new.language,
                state: DeliveryState::Created,
                attempts: 0,
                changed_at: now,
                document: None,
                reason: None,
                provider_reference: None,
                batch: None,
            };
            let created = DeliveryMove::new(DeliveryState::Created, DeliveryState::Created, caller, now);
            self.tell(new.id, &created);
            self.delivery_keys.insert(new.key.clone());
            self.deliveries.insert(new.id, delivery);
        }
        for work in &change.work {
            self.work(change.dossier, work, today);
        }
        version
    }

    fn fact(&mut self, dossier: DossierId, new: &NewFact, now: Timestamp) {
        self.references.insert(new.fact.reference.clone());
        self.fact_ids.insert(new.id);
        self.head += 1;
        let fact = LedgerFact {
            id: new.id,
            position: self.head,
            received_at: now,
            fact: new.fact.clone(),
            actor: new.actor.clone(),
        };
        self.dossiers.entry(dossier).or_default().facts.push((fact, new.identity.clone()));
    }

    /// Adds an event to a delivery's story.
    fn tell(&mut self, delivery: DeliveryId, by: &DeliveryMove) {
        let story = self.events.entry(delivery).or_default();
        let seq = u32::try_from(story.len() + 1).unwrap_or(u32::MAX);
        story.push(DeliveryEvent {
            delivery,
            seq,
            at: by.now,
            state: by.to,
            reason: by.reason,
            occurred_on: by.occurred_on,
            provider_reference: by.provider_reference.clone(),
            actor: by.actor.clone(),
        });
    }

    fn decide(&mut self, change: &DossierChange) {
        let (Some(first), Some(new)) = (change.facts.first(), &change.decision) else { return };
        let decision = Decision {
            fact: first.id,
            dossier: change.dossier,
            kind: Code::new(first.fact.kind.name()),
            position: self.head,
            as_of: new.as_of,
            law_hash: new.law_hash,
            engine: new.engine.clone(),
            outcome: new.outcome.clone(),
            digest: new.digest,
        };
        self.decisions.insert(first.id, decision);
    }

    fn work(&mut self, dossier: DossierId, change: &WorkChange, today: Date) {
        let open = |record: &Self, kind: WorkKind| {
            record.work.values().find(|item| item.dossier == dossier && item.kind == kind).map(|item| item.id)
        };
        match change {
            WorkChange::Close(kind) => {
                if let Some(id) = open(self, *kind) {
                    self.work.remove(&id);
                }
            }
            WorkChange::Open { id, kind, due_since, held } => {
                if open(self, *kind).is_none() {
                    let item = WorkItem {
                        id: *id,
                        dossier,
                        municipality: None,
                        kind: *kind,
                        due_since: *due_since,
                        opened_on: today,
                        held: *held,
                        assignee: None,
                        snoozed_until: None,
                        note: None,
                        version: 1,
                    };
                    self.work.insert(*id, item);
                }
            }
        }
    }

    fn step(&mut self, step: &WorkStep, actor: &str, now: Timestamp) -> WorkAnswer {
        let item = self.work.get(&step.item).map(|item| self.owed(item));
        let answer = step.answer(item.as_ref());
        if let WorkAnswer::Done(done) = &answer {
            self.work_events.entry(step.item).or_default().push(step.event(&done.after, actor, now));
            match step.update.closes() {
                true => self.work.remove(&step.item),
                false => self.work.insert(step.item, done.after.clone()),
            };
        }
        answer
    }

    fn dossier(&self, id: DossierId) -> Option<Dossier> {
        let held = self.dossiers.get(&id)?;
        let mut numbers: Vec<_> = self
            .numbers
            .iter()
            .filter(|(_, (_, dossier))| *dossier == id)
            .map(|(number, (key, _))| (*key, *number))
            .collect();
        numbers.sort_unstable();
        Some(Dossier {
            id,
            version: held.version,
            facts: held.facts.iter().map(|(fact, _)| fact.clone()).collect(),
            numbers,
            held: held.held,
            frozen: false,
            standing: held.standing().cloned(),
        })
    }

    /// Dossiers after one.
    fn after(&self, after: Option<DossierId>) -> impl Iterator<Item = (&DossierId, &Held)> {
        self.dossiers.iter().filter(move |(id, _)| after.is_none_or(|after| **id > after))
    }

    /// An item with the municipality that owes it now.
    fn owed(&self, item: &WorkItem) -> WorkItem {
        let municipality = self.dossiers.get(&item.dossier).and_then(Held::municipality);
        WorkItem { municipality, ..item.clone() }
    }
}

fn passes(filter: &DossierFilter, standing: Option<&StandingRow>) -> bool {
    if *filter == DossierFilter::default() {
        return true;
    }
    standing.is_some_and(|row| {
        filter.municipality.is_none_or(|municipality| row.municipality == Some(municipality))
            && filter.outcome.as_ref().is_none_or(|outcome| row.outcome == *outcome)
            && filter.stage.is_none_or(|stage| row.stage == Some(stage))
            && filter.enforcement.is_none_or(|state| row.enforcement == state)
            && filter.next_code.is_none_or(|next| row.next_code == Some(next))
    })
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, command: Command) -> Result<Committed, CommitError> {
        if let Some(committed) = self.committed(&command.request).await? {
            return Ok(committed);
        }
        let (now, today) = (self.clock.now(), self.clock.today());
        let mut record = self.record();
        // Two callers may have come here with one request id.
        if let Some((hash, committed)) = record.requests.get(&(command.request.caller.clone(), command.request.id)) {
            return if *hash == command.request.hash { Ok(committed.clone()) } else { Err(CommitError::RequestReused) };
        }
        record.may(&command)?;
        Ok(record.apply(&command, now, today))
    }

    async fn committed(&self, request: &Request) -> Result<Option<Committed>, CommitError> {
        match self.record().requests.get(&(request.caller.clone(), request.id)) {
            None => Ok(None),
            Some((hash, committed)) if *hash == request.hash => Ok(Some(committed.clone())),
            Some(_) => Err(CommitError::RequestReused),
        }
    }

    async fn dossier(&self, id: DossierId) -> Result<Option<Dossier>, ReadError> {
        Ok(self.record().dossier(id))
    }

    async fn dossiers(&self, ids: &[DossierId]) -> Result<Vec<Dossier>, ReadError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let record = self.record();
        Ok(ids.into_iter().filter_map(|id| record.dossier(id)).collect())
    }

    async fn known_references(&self, references: &[FactRef]) -> Result<HashSet<FactRef>, ReadError> {
        let record = self.record();
        Ok(references.iter().filter(|reference| record.references.contains(*reference)).cloned().collect())
    }

    async fn find_number(&self, number: NationalNumber) -> Result<Option<DossierId>, ReadError> {
        Ok(self.record().numbers.get(&number).map(|(_, dossier)| *dossier))
    }

    async fn numbers(&self, numbers: &[NationalNumber]) -> Result<Vec<KnownNumber>, ReadError> {
        let record = self.record();
        let known = |number: &NationalNumber| {
            let (key, dossier) = *record.numbers.get(number)?;
            let version = record.dossiers.get(&dossier)?.version;
            Some(KnownNumber { number: *number, key, dossier, version })
        };
        Ok(numbers.iter().filter_map(known).collect())
    }

    async fn identity(&self, id: DossierId) -> Result<Option<Identity>, ReadError> {
        let record = self.record();
        let latest = record.dossiers.get(&id).and_then(|dossier| dossier.identities().into_iter().next());
        Ok(latest.map(|(identity, _)| identity.clone()))
    }

    async fn named(&self, wanted: &[String], limit: usize) -> Result<Vec<NamedDossier>, ReadError> {
        let wanted: HashSet<&str> = wanted.iter().take(WANTED_MAX).map(String::as_str).collect();
        let record = self.record();
        let weighed = record.dossiers.iter().map(|(id, held)| (held.weight(&wanted), *id, held));
        let mut found: Vec<_> = weighed.filter(|(weight, ..)| *weight > 0).collect();
        found.sort_by_key(|(weight, id, _)| (std::cmp::Reverse(*weight), *id));
        let named = |(_, id, held): (i64, DossierId, &Held)| NamedDossier {
            row: DossierRow { id, version: held.version, standing: held.standing().cloned() },
            names: held.names(),
        };
        Ok(found.into_iter().take(limit).map(named).collect())
    }

    async fn list(
        &self,
        filter: &DossierFilter,
        after: Option<DossierId>,
        limit: usize,
    ) -> Result<Vec<DossierRow>, ReadError> {
        let record = self.record();
        let listed = record.after(after).filter(|(_, dossier)| passes(filter, dossier.standing())).take(limit);
        let row = |(id, dossier): (&DossierId, &Held)| DossierRow {
            id: *id,
            version: dossier.version,
            standing: dossier.standing().cloned(),
        };
        Ok(listed.map(row).collect())
    }

    async fn scan(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<Dossier>, ReadError> {
        let record = self.record();
        Ok(record.after(after).take(limit).filter_map(|(id, _)| record.dossier(*id)).collect())
    }

    async fn waking(&self, today: Date, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError> {
        let record = self.record();
        let wakes = |dossier: &Held| dossier.standing().and_then(|row| row.wake_on).is_some_and(|day| day <= today);
        Ok(record.after(after).filter(|(_, dossier)| wakes(dossier)).map(|(id, _)| *id).take(limit).collect())
    }

    async fn stale(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError> {
        let record = self.record();
        Ok(record.after(after).filter(|(_, dossier)| dossier.stale).map(|(id, _)| *id).take(limit).collect())
    }

    async fn work(
        &self,
        filter: &WorkFilter,
        after: Option<(Date, WorkItemId)>,
        limit: usize,
    ) -> Result<Vec<WorkItem>, ReadError> {
        let record = self.record();
        let items = record.work.values().map(|item| record.owed(item)).collect();
        Ok(memory_work::page(items, filter, after, limit))
    }

    async fn work_item(&self, id: WorkItemId) -> Result<Option<WorkItem>, ReadError> {
        let record = self.record();
        Ok(record.work.get(&id).map(|item| record.owed(item)))
    }

    async fn update_work(&self, steps: &[WorkStep], actor: &str, now: Timestamp) -> Result<Vec<WorkAnswer>, ReadError> {
        let mut record = self.record();
        Ok(steps.iter().map(|step| record.step(step, actor, now)).collect())
    }

    async fn work_events(&self, id: WorkItemId, after: u64, limit: usize) -> Result<Vec<WorkEvent>, ReadError> {
        let record = self.record();
        let story = record.work_events.get(&id).map_or(&[][..], Vec::as_slice);
        Ok(story.iter().filter(|event| event.seq > after).take(limit).cloned().collect())
    }

    async fn count_work(&self, filter: &WorkFilter, limit: usize) -> Result<Vec<WorkCount>, ReadError> {
        let record = self.record();
        let items: Vec<_> = record.work.values().map(|item| record.owed(item)).collect();
        Ok(memory_work::count(&items, filter, limit))
    }

    async fn longest_due(&self, today: Date) -> Result<Vec<LongestDue>, ReadError> {
        Ok(memory_work::longest_due(self.record().work.values(), today))
    }

    async fn save_filter(&self, filter: &SavedFilter) -> Result<SavedFilter, ReadError> {
        Ok(self.record().filters.entry(filter.id).or_insert_with(|| filter.clone()).clone())
    }

    async fn saved_filters(
        &self,
        actor: &Actor,
        after: Option<SavedFilterId>,
        limit: usize,
    ) -> Result<Vec<SavedFilter>, ReadError> {
        let record = self.record();
        let seen = record.filters.values().filter(|filter| filter.is_seen_by(actor));
        Ok(seen.filter(|filter| after.is_none_or(|after| filter.id > after)).take(limit).cloned().collect())
    }

    async fn saved_filter(&self, id: SavedFilterId) -> Result<Option<SavedFilter>, ReadError> {
        Ok(self.record().filters.get(&id).cloned())
    }

    async fn delete_filter(&self, id: SavedFilterId) -> Result<(), ReadError> {
        self.record().filters.remove(&id);
        Ok(())
    }

    async fn release_backlog(&self, municipality: Option<Municipality>) -> Result<u64, ReadError> {
        let mut record = self.record();
        let meant = |dossier: &Held| municipality.is_none_or(|wanted| dossier.municipality() == Some(wanted));
        let ids: HashSet<DossierId> =
            record.dossiers.iter().filter(|(_, dossier)| meant(dossier)).map(|(id, _)| *id).collect();
        for dossier in record.dossiers.values_mut().filter(|dossier| meant(dossier)) {
            dossier.held = false;
        }
        let mut released = 0;
        for item in record.work.values_mut().filter(|item| item.held && ids.contains(&item.dossier)) {
            (item.held, item.version) = (false, item.version + 1);
            released += 1;
        }
        Ok(released)
    }

    async fn backlog(&self, today: Date) -> Result<Vec<Backlog>, ReadError> {
        let record = self.record();
        let mut backlog: BTreeMap<(Option<Municipality>, WorkKind), Backlog> = BTreeMap::new();
        for item in record.work.values().map(|item| record.owed(item)).filter(|item| is_awake(item, today)) {
            let (municipality, kind, oldest) = (item.municipality, item.kind, item.due_since);
            let empty = Backlog { municipality, kind, open: 0, held: 0, oldest };
            let of = backlog.entry((municipality, kind)).or_insert(empty);
            of.open += 1;
            of.held += u64::from(item.held);
            of.oldest = of.oldest.min(oldest);
        }
        Ok(backlog.into_values().collect())
    }

    async fn deliveries(
        &self,
        channel: Option<Channel>,
        state: DeliveryState,
        after: Option<(Timestamp, DeliveryId)>,
        limit: usize,
    ) -> Result<Vec<Delivery>, ReadError> {
        let asked = |delivery: &&Delivery| {
            delivery.state == state
                && channel.is_none_or(|channel| channel == delivery.key.channel)
                && after.is_none_or(|after| (delivery.changed_at, delivery.id) > after)
        };
        let mut found: Vec<_> = self.record().deliveries.values().filter(asked).cloned().collect();
        found.sort_by_key(|delivery| (delivery.changed_at, delivery.id));
        found.truncate(limit);
        Ok(found)
    }

    async fn deliveries_of(&self, id: DossierId) -> Result<Vec<Delivery>, ReadError> {
        Ok(self.record().deliveries.values().filter(|delivery| delivery.key.dossier == id).cloned().collect())
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, ReadError> {
        Ok(self.record().deliveries.get(&id).cloned())
    }

    async fn move_delivery(&self, id: DeliveryId, by: &DeliveryMove) -> Result<bool, ReadError> {
        let mut record = self.record();
        let Some(delivery) = record.deliveries.get_mut(&id).filter(|delivery| delivery.state == by.from) else {
            return Ok(false);
        };
        delivery.state = by.to;
        delivery.changed_at = by.now;
        delivery.attempts += u32::from(by.to == DeliveryState::Sending && by.from != by.to);
        delivery.reason = by.reason;
        delivery.provider_reference = by.provider_reference.clone().or(delivery.provider_reference.take());
        delivery.batch = by.batch.clone().or(delivery.batch.take());
        if let Some(document) = &by.document {
            delivery.document = Some(content_hash(&document.pdf));
            record.documents.insert(id, document.clone());
        }
        record.tell(id, by);
        Ok(true)
    }

    async fn delivery_events(&self, id: DeliveryId) -> Result<Vec<DeliveryEvent>, ReadError> {
        Ok(self.record().events.get(&id).cloned().unwrap_or_default())
    }

    async fn delivery_queue(&self) -> Result<Vec<DeliveryQueue>, ReadError> {
        let mut queue: BTreeMap<(Channel, DeliveryState), DeliveryQueue> = BTreeMap::new();
        for Delivery { key, state, changed_at, .. } in self.record().deliveries.values() {
            let (channel, state, oldest) = (key.channel, *state, *changed_at);
            let of = queue.entry((channel, state)).or_insert(DeliveryQueue { channel, state, count: 0, oldest });
            of.count += 1;
            of.oldest = of.oldest.min(oldest);
        }
        Ok(queue.into_values().collect())
    }

    async fn document(&self, id: DeliveryId) -> Result<Option<RenderedDocument>, ReadError> {
        Ok(self.record().documents.get(&id).cloned())
    }

    async fn put_law(&self, hash: [u8; 32], content: &[u8], _: Timestamp) -> Result<(), ReadError> {
        self.record().laws.entry(hash).or_insert_with(|| content.to_vec());
        Ok(())
    }

    async fn law(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.record().laws.get(&hash).cloned())
    }

    async fn laws(&self) -> Result<Vec<[u8; 32]>, ReadError> {
        Ok(self.record().laws.keys().copied().collect())
    }

    async fn decision(&self, fact: FactId) -> Result<Option<Decision>, ReadError> {
        Ok(self.record().decisions.get(&fact).cloned())
    }

    async fn decisions_of(&self, ids: &[DossierId]) -> Result<Vec<Decision>, ReadError> {
        let mut found: Vec<Decision> =
            self.record().decisions.values().filter(|decision| ids.contains(&decision.dossier)).cloned().collect();
        found.sort_by_key(|decision| (decision.dossier, decision.position));
        Ok(found)
    }

    async fn head(&self) -> Result<u64, ReadError> {
        Ok(self.record().head)
    }

    async fn ready(&self) -> Result<(), ReadError> {
        Ok(())
    }
}
