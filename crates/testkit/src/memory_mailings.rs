//! Mailings in memory: the same promises as a database except durability.

use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};
use traject_app::error::ReadError;
use traject_app::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use traject_app::mailing::preference::{Reached, barred};
use traject_app::mailing::{
    AddressHash, Begun, Creation, Mailing, MailingState, Mailings, Preference, PreferenceFilter, Progress, Reason,
    Recipient, Settled, Subject,
};
use traject_app::model::Request;
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;
use uuid::Uuid;

/// The record of mailings in memory.
#[derive(Default)]
pub struct MemoryMailings(Mutex<Record>);

#[derive(Default)]
struct Record {
    mailings: BTreeMap<MailingId, Mailing>,
    requests: HashMap<(String, Uuid), ([u8; 32], MailingId)>,
    recipients: BTreeMap<RecipientId, Recipient>,
    preferences: BTreeMap<PreferenceId, Preference>,
}

/// Two recipients of one mailing are the same.
#[derive(Debug, thiserror::Error)]
#[error("two recipients of a mailing have one person, address or line")]
struct SameRecipient;

impl MemoryMailings {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no test panics while it holds the record")
    }
}

fn waits(recipient: &Recipient) -> bool {
    matches!(recipient.state, DeliveryState::Created | DeliveryState::TemporaryFailure)
}

impl Record {
    /// The recipients of a mailing by line.
    fn of(&self, id: MailingId) -> Vec<&Recipient> {
        let mut of: Vec<_> = self.recipients.values().filter(|recipient| recipient.mailing == id).collect();
        of.sort_by_key(|recipient| recipient.line);
        of
    }

    fn about(&self, dossiers: &[DossierId], addresses: &[AddressHash]) -> Vec<Preference> {
        let concerned = |subject: &Subject| match subject {
            Subject::Dossier(dossier) => dossiers.contains(dossier),
            Subject::Address(address) => addresses.contains(address),
        };
        let kept = self.preferences.values().filter(|one| one.withdrawn_at.is_none() && concerned(&one.subject));
        kept.cloned().collect()
    }
}

#[async_trait]
impl Mailings for MemoryMailings {
    async fn create(
        &self,
        mailing: &Mailing,
        recipients: &[Recipient],
        request: &Request,
    ) -> Result<Creation, ReadError> {
        let mut record = self.record();
        let key = (request.caller.clone(), request.id);
        if let Some((hash, earlier)) = record.requests.get(&key) {
            let same = *hash == request.hash;
            return Ok(if same {
                Creation::Made(Box::new(record.mailings[earlier].clone()))
            } else {
                Creation::Reused
            });
        }
        let lines: BTreeSet<_> = recipients.iter().map(|recipient| recipient.line).collect();
        let people: BTreeSet<_> = recipients.iter().map(|recipient| &recipient.identity_key).collect();
        let addresses: BTreeSet<_> = recipients.iter().map(|recipient| recipient.address).collect();
        if [lines.len(), people.len(), addresses.len()].iter().any(|count| *count < recipients.len()) {
            return Err(ReadError::Corrupt(Box::new(SameRecipient)));
        }
        record.requests.insert(key, (request.hash, mailing.id));
        record.mailings.insert(mailing.id, mailing.clone());
        record.recipients.extend(recipients.iter().map(|recipient| (recipient.id, recipient.clone())));
        Ok(Creation::Made(Box::new(mailing.clone())))
    }

    async fn mailing(&self, id: MailingId) -> Result<Option<Mailing>, ReadError> {
        Ok(self.record().mailings.get(&id).cloned())
    }

    async fn mailings(
        &self,
        issuer: Option<&Code>,
        states: &[MailingState],
        after: Option<MailingId>,
        limit: usize,
    ) -> Result<Vec<Mailing>, ReadError> {
        let record = self.record();
        let of = record.mailings.values().filter(|one| {
            issuer.is_none_or(|issuer| one.issuer == *issuer)
                && states.contains(&one.state)
                && after.is_none_or(|after| one.id > after)
        });
        Ok(of.take(limit).cloned().collect())
    }

    async fn move_mailing(
        &self,
        id: MailingId,
        version: u64,
        to: MailingState,
        now: Timestamp,
    ) -> Result<Option<Mailing>, ReadError> {
        let mut record = self.record();
        let Some(mailing) = record.mailings.get_mut(&id).filter(|mailing| mailing.version == version) else {
            return Ok(None);
        };
        mailing.state = to;
        mailing.version += 1;
        if to == MailingState::Running {
            mailing.started_at.get_or_insert(now);
        }
        if to.is_final() {
            mailing.finished_at = Some(now);
        }
        let moved = mailing.clone();
        if to == MailingState::Cancelled {
            for recipient in record.recipients.values_mut().filter(|one| one.mailing == id && waits(one)) {
                recipient.state = DeliveryState::Cancelled;
                recipient.reason = Some(Reason::MailingCancelled);
                recipient.retry_at = None;
                recipient.changed_at = now;
            }
        }
        Ok(Some(moved))
    }

    async fn progress(&self, id: MailingId) -> Result<Progress, ReadError> {
        let mut progress = Progress::default();
        for recipient in self.record().of(id) {
            *progress.0.entry(recipient.state).or_default() += 1;
        }
        Ok(progress)
    }

    async fn recipients(
        &self,
        id: MailingId,
        state: Option<DeliveryState>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Recipient>, ReadError> {
        let record = self.record();
        let of = record
            .of(id)
            .into_iter()
            .filter(|one| state.is_none_or(|state| one.state == state) && after.is_none_or(|after| one.line > after));
        Ok(of.take(limit).cloned().collect())
    }

    async fn recipient(&self, id: RecipientId) -> Result<Option<Recipient>, ReadError> {
        Ok(self.record().recipients.get(&id).cloned())
    }

    async fn due(&self, id: MailingId, now: Timestamp) -> Result<Option<Recipient>, ReadError> {
        let record = self.record();
        let of = record.of(id);
        let again = of.iter().filter(|one| one.state == DeliveryState::TemporaryFailure);
        let again = again.filter(|one| one.retry_at.is_some_and(|at| at <= now)).min_by_key(|one| one.retry_at);
        let first = || of.iter().find(|one| one.state == DeliveryState::Created);
        Ok(again.or_else(first).map(|one| (*one).clone()))
    }

    async fn begin(&self, id: RecipientId, now: Timestamp) -> Result<Begun, ReadError> {
        let mut record = self.record();
        let Some(found) = record.recipients.get(&id).cloned() else { return Ok(Begun::Taken) };
        let mailing = record.mailings[&found.mailing].clone();
        if mailing.state != MailingState::Running {
            return Ok(Begun::NotRunning);
        }
        if !waits(&found) {
            return Ok(Begun::Taken);
        }
        let dossiers: Vec<_> = found.dossier.into_iter().collect();
        let preferences = record.about(&dossiers, &[found.address]);
        let reached = Reached { dossier: found.dossier, address: found.address };
        let why = match found.person {
            None => Some(Reason::Forgotten),
            Some(_) => barred(mailing.purpose, &reached, &preferences, now),
        };
        let recipient = record.recipients.get_mut(&id).expect("it was found");
        recipient.state = if why.is_some() { DeliveryState::Cancelled } else { DeliveryState::Sending };
        recipient.attempts += u32::from(why.is_none());
        (recipient.reason, recipient.retry_at, recipient.changed_at) = (why, None, now);
        Ok(why.map_or(Begun::Started, Begun::Barred))
    }

    async fn settle(&self, id: RecipientId, settled: Settled, now: Timestamp) -> Result<bool, ReadError> {
        let mut record = self.record();
        let cancelled = |record: &Record, of: &Recipient| record.mailings[&of.mailing].state == MailingState::Cancelled;
        let is_cancelled = record.recipients.get(&id).is_some_and(|of| cancelled(&record, of));
        let settled = match settled.state {
            DeliveryState::TemporaryFailure if is_cancelled => {
                Settled { state: DeliveryState::Cancelled, reason: Some(Reason::MailingCancelled), retry_at: None }
            }
            _ => settled,
        };
        let sending = record.recipients.get_mut(&id).filter(|one| one.state == DeliveryState::Sending);
        let Some(recipient) = sending else { return Ok(false) };
        let Settled { state, reason, retry_at } = settled;
        (recipient.state, recipient.reason, recipient.retry_at, recipient.changed_at) = (state, reason, retry_at, now);
        Ok(true)
    }

    async fn interrupted(&self, now: Timestamp) -> Result<u64, ReadError> {
        let mut record = self.record();
        let mut count = 0;
        for recipient in record.recipients.values_mut().filter(|one| one.state == DeliveryState::Sending) {
            recipient.state = DeliveryState::InDoubt;
            recipient.reason = Some(Reason::Interrupted);
            recipient.changed_at = now;
            count += 1;
        }
        Ok(count)
    }

    async fn record_preference(&self, new: &Preference) -> Result<Preference, ReadError> {
        let mut record = self.record();
        let same = |one: &&Preference| one.subject == new.subject && one.kind == new.kind && one.withdrawn_at.is_none();
        if let Some(earlier) = record.preferences.values().find(same) {
            return Ok(earlier.clone());
        }
        record.preferences.insert(new.id, new.clone());
        Ok(new.clone())
    }

    async fn withdraw_preference(&self, id: PreferenceId, now: Timestamp) -> Result<Option<Preference>, ReadError> {
        let mut record = self.record();
        let Some(preference) = record.preferences.get_mut(&id) else { return Ok(None) };
        preference.withdrawn_at.get_or_insert(now);
        Ok(Some(preference.clone()))
    }

    async fn preferences(
        &self,
        filter: &PreferenceFilter,
        after: Option<PreferenceId>,
        limit: usize,
    ) -> Result<Vec<Preference>, ReadError> {
        let record = self.record();
        let of = record.preferences.values().filter(|one| {
            filter.subject.is_none_or(|subject| one.subject == subject) && after.is_none_or(|after| one.id > after)
        });
        Ok(of.take(limit).cloned().collect())
    }

    async fn preferences_about(
        &self,
        dossiers: &[DossierId],
        addresses: &[AddressHash],
    ) -> Result<Vec<Preference>, ReadError> {
        Ok(self.record().about(dossiers, addresses))
    }

    async fn forget(&self, over_before: Timestamp, now: Timestamp) -> Result<u64, ReadError> {
        let mut record = self.record();
        let over = record
            .mailings
            .values_mut()
            .filter(|one| one.forgotten_at.is_none() && one.finished_at.is_some_and(|finished| finished < over_before));
        let over: Vec<MailingId> = over.map(|one| (one.forgotten_at = Some(now), one.id).1).collect();
        for recipient in record.recipients.values_mut().filter(|one| over.contains(&one.mailing)) {
            recipient.person = None;
        }
        Ok(u64::try_from(over.len()).unwrap_or(u64::MAX))
    }
}
