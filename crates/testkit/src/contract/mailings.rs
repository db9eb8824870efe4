//! What every record of mailings promises, as tests over any of them.
//!
//! `mailing_suite!(make)` writes one test per promise; `make` is an async function that gives a [`MailingFixture`], or
//! `None` where the record cannot be kept here (and has said so loudly).
#![expect(missing_docs, reason = "the name of a test is the promise")]

use super::TODAY;
use crate::{FixedClock, SeededIds};
use jiff::{SignedDuration, Timestamp};
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use traject_app::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use traject_app::mailing::preference::PreferenceSource;
use traject_app::mailing::{
    AddressHash, Begun, Creation, MailLanguage, Mailing, MailingState, Mailings, Person, Preference, PreferenceFilter,
    PreferenceKind, Purpose, Reason, Recipient, Settled, Source, SourceKind, Subject, Text, Texts,
};
use traject_app::model::Request;
use traject_app::port::{Clock as _, Ids as _};
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;

/// An empty record of mailings with what its tests need.
pub struct MailingFixture {
    /// The record.
    pub mailings: Arc<dyn Mailings>,
    clock: FixedClock,
    ids: SeededIds,
    /// Dropped after the test: a directory, a database.
    _keep: Box<dyn Any + Send + Sync>,
}

/// What a test makes a mailing of.
struct Sketch {
    purpose: Purpose,
    /// The dossier of each recipient, if it has one.
    recipients: Vec<Option<DossierId>>,
}

impl MailingFixture {
    /// A fixture around a record; `keep` lives as long.
    pub fn new(mailings: Arc<dyn Mailings>, keep: impl Any + Send + Sync) -> Self {
        Self { mailings, clock: FixedClock::on(TODAY), ids: SeededIds::new(11), _keep: Box::new(keep) }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn later(&self, seconds: i64) -> Timestamp {
        self.now().checked_add(SignedDuration::from_secs(seconds)).expect("an instant of our time")
    }

    fn pass(&self, seconds: i64) {
        self.clock.set(self.later(seconds));
    }

    fn request(&self) -> Request {
        Request { caller: "staff-1".to_owned(), id: self.ids.next(), hash: [3; 32] }
    }

    fn draw(&self, sketch: &Sketch) -> (Mailing, Vec<Recipient>) {
        let id = MailingId(self.ids.next());
        let nl = MailLanguage::parse("nl").expect("a language");
        let text = Text { subject: "Dag {first_names}".to_owned(), body: "Beste {full_name}".to_owned() };
        let mailing = Mailing {
            id,
            name: "Summer".to_owned(),
            purpose: sketch.purpose,
            legal_basis: "a task in the public interest".to_owned(),
            issuer: Code::new("21004"),
            texts: Texts::new(nl, BTreeMap::from([(nl, text)])).expect("the default is there"),
            source: Source { kind: SourceKind::Dossiers, query: "municipality=21004".to_owned() },
            state: MailingState::Validated,
            version: 1,
            faults: 2,
            duplicates: 1,
            created_at: self.now(),
            created_by: "staff-1".to_owned(),
            started_at: None,
            finished_at: None,
            forgotten_at: None,
        };
        let recipients = (1..).zip(&sketch.recipients).map(|(line, dossier)| self.recipient(id, line, *dossier));
        (mailing, recipients.collect())
    }

    fn recipient(&self, mailing: MailingId, line: u64, dossier: Option<DossierId>) -> Recipient {
        Recipient {
            id: RecipientId(self.ids.next()),
            mailing,
            line,
            dossier,
            person: Some(Person {
                full_name: format!("Person {line}"),
                first_names: "Person".to_owned(),
                last_name: String::new(),
                email: format!("P{line}@example.org"),
            }),
            language: MailLanguage::parse("nl").filter(|_| line.is_multiple_of(2)),
            identity_key: format!("line:{line}"),
            address: address(line),
            state: DeliveryState::Created,
            reason: None,
            attempts: 0,
            retry_at: None,
            changed_at: self.now(),
        }
    }

    async fn make(&self, purpose: Purpose, recipients: &[Option<DossierId>]) -> (Mailing, Vec<Recipient>) {
        let (mailing, recipients) = self.draw(&Sketch { purpose, recipients: recipients.to_vec() });
        let made = self.mailings.create(&mailing, &recipients, &self.request()).await.expect("writes");
        assert_eq!(made, Creation::Made(Box::new(mailing.clone())));
        (mailing, recipients)
    }

    async fn run(&self, purpose: Purpose, recipients: &[Option<DossierId>]) -> (Mailing, Vec<Recipient>) {
        let (mailing, recipients) = self.make(purpose, recipients).await;
        (self.step(&mailing, MailingState::Running).await, recipients)
    }

    async fn step(&self, mailing: &Mailing, to: MailingState) -> Mailing {
        let moved = self.mailings.move_mailing(mailing.id, mailing.version, to, self.now()).await;
        moved.expect("writes").expect("nobody was faster")
    }

    async fn begin(&self, recipient: &Recipient) -> Begun {
        self.mailings.begin(recipient.id, self.now()).await.expect("writes")
    }

    async fn found(&self, recipient: &Recipient) -> Recipient {
        self.mailings.recipient(recipient.id).await.expect("reads").expect("it is there")
    }

    async fn settle(&self, recipient: &Recipient, state: DeliveryState, retry_at: Option<Timestamp>) -> bool {
        let reason = (state != DeliveryState::Accepted).then_some(Reason::PutOff);
        self.mailings.settle(recipient.id, Settled { state, reason, retry_at }, self.now()).await.expect("writes")
    }

    async fn count(&self, mailing: &Mailing, state: DeliveryState) -> u64 {
        self.mailings.progress(mailing.id).await.expect("reads").of(state)
    }

    fn preference(&self, subject: Subject, kind: PreferenceKind) -> Preference {
        Preference {
            id: PreferenceId(self.ids.next()),
            subject,
            kind,
            purpose: (kind == PreferenceKind::Consent).then_some(Purpose::Publicity),
            source: PreferenceSource::Desk,
            recorded_at: self.now(),
            recorded_by: "staff-1".to_owned(),
            withdrawn_at: None,
        }
    }

    async fn record(&self, subject: Subject, kind: PreferenceKind) -> Preference {
        self.mailings.record_preference(&self.preference(subject, kind)).await.expect("writes")
    }

    async fn withdraw(&self, preference: &Preference) -> Preference {
        let withdrawn = self.mailings.withdraw_preference(preference.id, self.now()).await;
        withdrawn.expect("writes").expect("it is there")
    }

    fn dossier(&self) -> DossierId {
        DossierId(self.ids.next())
    }
}

fn address(line: u64) -> AddressHash {
    AddressHash::of(&format!("p{line}@example.org"))
}

pub async fn a_mailing_is_made_once_however_often_it_is_asked_for(fixture: &MailingFixture) {
    let sketch = Sketch { purpose: Purpose::Information, recipients: vec![None; 130] };
    let (mailing, recipients) = fixture.draw(&sketch);
    let request = fixture.request();
    for _ in 0..2 {
        let made = fixture.mailings.create(&mailing, &recipients, &request).await.expect("writes");
        assert_eq!(made, Creation::Made(Box::new(mailing.clone())));
    }
    let (other, others) = fixture.draw(&sketch);
    let again = fixture.mailings.create(&other, &others, &request).await.expect("writes");
    assert_eq!(again, Creation::Made(Box::new(mailing.clone())), "the request has one effect");
    let reused = Request { hash: [4; 32], ..request };
    assert_eq!(fixture.mailings.create(&other, &others, &reused).await.expect("reads"), Creation::Reused);
    assert_eq!(fixture.mailings.mailing(other.id).await.expect("reads"), None);
    assert_eq!(fixture.mailings.mailing(mailing.id).await.expect("reads"), Some(mailing.clone()));
    let first = fixture.mailings.recipients(mailing.id, None, None, 100).await.expect("reads");
    let rest = fixture.mailings.recipients(mailing.id, None, Some(100), 100).await.expect("reads");
    assert_eq!([first, rest].concat(), recipients);
    assert_eq!(fixture.count(&mailing, DeliveryState::Created).await, 130);
}

pub async fn two_recipients_of_one_person_or_address_leave_nothing(fixture: &MailingFixture) {
    let sketch = Sketch { purpose: Purpose::Information, recipients: vec![None; 3] };
    type Spoil = fn(&mut Recipient);
    let spoils: [Spoil; 3] =
        [|last| last.identity_key = "line:1".to_owned(), |last| last.address = address(1), |last| last.line = 1];
    for spoil in spoils {
        let (mailing, mut recipients) = fixture.draw(&sketch);
        recipients.iter_mut().skip(2).for_each(spoil);
        fixture.mailings.create(&mailing, &recipients, &fixture.request()).await.expect_err("the same twice");
        assert_eq!(fixture.mailings.mailing(mailing.id).await.expect("reads"), None);
        assert_eq!(fixture.mailings.recipient(recipients[0].id).await.expect("reads"), None);
    }
    // The same people in two mailings are two matters.
    fixture.make(Purpose::Information, &[None, None]).await;
    fixture.make(Purpose::Information, &[None, None]).await;
}

pub async fn mailings_are_listed_by_agency_state_and_page(fixture: &MailingFixture) {
    let (first, _) = fixture.make(Purpose::Information, &[None]).await;
    let (second, _) = fixture.run(Purpose::Publicity, &[None]).await;
    let (third, _) = fixture.make(Purpose::Information, &[None]).await;
    let (agency, other) = (Code::new("21004"), Code::new("GGC"));
    let list = async |issuer, states: &[MailingState], after, limit| -> Vec<MailingId> {
        let found = fixture.mailings.mailings(issuer, states, after, limit).await.expect("reads");
        found.into_iter().map(|mailing| mailing.id).collect()
    };
    assert_eq!(list(Some(&agency), MailingState::ALL, None, 2).await, [first.id, second.id]);
    assert_eq!(list(None, MailingState::ALL, Some(second.id), 2).await, [third.id]);
    assert_eq!(list(None, &[MailingState::Running], None, 9).await, [second.id]);
    assert!(list(Some(&other), MailingState::ALL, None, 9).await.is_empty());
    assert!(list(None, &[], None, 9).await.is_empty());
}

pub async fn a_mailing_moves_under_its_version_and_its_steps_are_dated(fixture: &MailingFixture) {
    let (made, _) = fixture.make(Purpose::Information, &[None]).await;
    let started = fixture.now();
    let running = fixture.step(&made, MailingState::Running).await;
    assert_eq!((running.state, running.version, running.started_at), (MailingState::Running, 2, Some(started)));
    let stale = fixture.mailings.move_mailing(made.id, 1, MailingState::Paused, started).await.expect("reads");
    assert_eq!(stale, None);
    fixture.pass(60);
    let paused = fixture.step(&running, MailingState::Paused).await;
    let resumed = fixture.step(&paused, MailingState::Running).await;
    assert_eq!((resumed.started_at, resumed.finished_at), (Some(started), None));
    let done = fixture.step(&resumed, MailingState::Done).await;
    assert_eq!((done.version, done.finished_at), (5, Some(fixture.now())));
    assert_eq!(fixture.mailings.mailing(made.id).await.expect("reads"), Some(done));
    let unknown = MailingId(fixture.ids.next());
    assert_eq!(fixture.mailings.move_mailing(unknown, 1, MailingState::Done, started).await.expect("reads"), None);
}

pub async fn a_mail_begins_once_and_only_while_its_mailing_runs(fixture: &MailingFixture) {
    let (made, recipients) = fixture.make(Purpose::Information, &[None, None]).await;
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::NotRunning);
    let running = fixture.step(&made, MailingState::Running).await;
    let many = (0..8).map(|_| {
        let (mailings, id, now) = (Arc::clone(&fixture.mailings), recipients[0].id, fixture.now());
        tokio::spawn(async move { mailings.begin(id, now).await.expect("writes") })
    });
    let mut begun = Vec::new();
    for one in many.collect::<Vec<_>>() {
        begun.push(one.await.expect("it ends"));
    }
    assert_eq!(begun.iter().filter(|one| **one == Begun::Started).count(), 1, "{begun:?}");
    assert_eq!(begun.iter().filter(|one| **one == Begun::Taken).count(), 7, "{begun:?}");
    let found = fixture.found(&recipients[0]).await;
    assert_eq!((found.state, found.attempts), (DeliveryState::Sending, 1));
    assert!(fixture.settle(&recipients[0], DeliveryState::Accepted, None).await);
    assert!(!fixture.settle(&recipients[0], DeliveryState::PermanentFailure, None).await, "it is over");
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::Taken);
    fixture.step(&running, MailingState::Paused).await;
    assert_eq!(fixture.begin(&recipients[1]).await, Begun::NotRunning);
    assert_eq!(fixture.found(&recipients[1]).await, recipients[1]);
    let unknown = Recipient { id: RecipientId(fixture.ids.next()), ..recipients[0].clone() };
    assert_eq!(fixture.begin(&unknown).await, Begun::Taken);
}

pub async fn cancelling_cancels_what_waits_and_nothing_begins_after(fixture: &MailingFixture) {
    let (running, recipients) = fixture.run(Purpose::Information, &[None; 5]).await;
    for recipient in [&recipients[0], &recipients[1], &recipients[2], &recipients[4]] {
        assert_eq!(fixture.begin(recipient).await, Begun::Started);
    }
    fixture.settle(&recipients[0], DeliveryState::Accepted, None).await;
    fixture.settle(&recipients[1], DeliveryState::TemporaryFailure, Some(fixture.now())).await;
    fixture.step(&running, MailingState::Cancelled).await;
    for (recipient, expected) in recipients.iter().zip([
        DeliveryState::Accepted,
        DeliveryState::Cancelled,
        DeliveryState::Sending,
        DeliveryState::Cancelled,
        DeliveryState::Sending,
    ]) {
        assert_eq!(fixture.found(recipient).await.state, expected);
    }
    let cancelled = fixture.found(&recipients[1]).await;
    assert_eq!((cancelled.reason, cancelled.retry_at), (Some(Reason::MailingCancelled), None));
    assert_eq!(fixture.begin(&recipients[3]).await, Begun::NotRunning);
    assert!(fixture.settle(&recipients[2], DeliveryState::Accepted, None).await, "what was under way ends");
    assert!(fixture.settle(&recipients[4], DeliveryState::TemporaryFailure, Some(fixture.now())).await);
    let stopped = fixture.found(&recipients[4]).await;
    assert_eq!((stopped.state, stopped.reason), (DeliveryState::Cancelled, Some(Reason::MailingCancelled)));
    assert_eq!(fixture.mailings.progress(running.id).await.expect("reads").open(), 0);
    assert_eq!(fixture.mailings.due(running.id, fixture.now()).await.expect("reads"), None);
}

pub async fn an_opt_out_of_dossier_or_address_stops_a_mail_as_it_begins(fixture: &MailingFixture) {
    let dossier = fixture.dossier();
    let (running, recipients) = fixture.run(Purpose::Information, &[Some(dossier), None, None]).await;
    fixture.record(Subject::Dossier(dossier), PreferenceKind::OptOut).await;
    let by_address = fixture.record(Subject::Address(address(2)), PreferenceKind::OptOut).await;
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::Barred(Reason::OptedOut));
    let found = fixture.found(&recipients[0]).await;
    let expected = (DeliveryState::Cancelled, Some(Reason::OptedOut), 0);
    assert_eq!((found.state, found.reason, found.attempts), expected);
    fixture.pass(1);
    fixture.withdraw(&by_address).await;
    assert_eq!(fixture.begin(&recipients[1]).await, Begun::Started, "a withdrawn opt-out stops nothing");
    assert_eq!(fixture.begin(&recipients[2]).await, Begun::Started);
    assert_eq!(fixture.count(&running, DeliveryState::Sending).await, 2);
}

pub async fn publicity_begins_for_a_dossier_only_under_a_consent(fixture: &MailingFixture) {
    let [first, second, third] = [fixture.dossier(), fixture.dossier(), fixture.dossier()];
    let (_, recipients) = fixture.run(Purpose::Publicity, &[Some(first), Some(second), Some(third), None]).await;
    fixture.record(Subject::Dossier(first), PreferenceKind::Consent).await;
    let withdrawn = fixture.record(Subject::Dossier(second), PreferenceKind::Consent).await;
    fixture.record(Subject::Address(address(3)), PreferenceKind::Consent).await;
    fixture.withdraw(&withdrawn).await;
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::Started);
    assert_eq!(fixture.begin(&recipients[1]).await, Begun::Barred(Reason::NoConsent), "withdrawn at this moment");
    assert_eq!(fixture.begin(&recipients[2]).await, Begun::Barred(Reason::NoConsent), "who shares a box said nothing");
    assert_eq!(fixture.begin(&recipients[3]).await, Begun::Started, "who is in no dossier is no former participant");
}

pub async fn a_mail_that_was_put_off_is_due_when_its_time_comes(fixture: &MailingFixture) {
    let (running, recipients) = fixture.run(Purpose::Information, &[None; 3]).await;
    let due = async || fixture.mailings.due(running.id, fixture.now()).await.expect("reads").map(|one| one.line);
    assert_eq!(due().await, Some(1));
    fixture.begin(&recipients[0]).await;
    assert!(fixture.settle(&recipients[0], DeliveryState::TemporaryFailure, Some(fixture.later(60))).await);
    assert_eq!(due().await, Some(2));
    fixture.pass(60);
    assert_eq!(due().await, Some(1), "it comes before those that were never tried");
    let found = fixture.found(&recipients[0]).await;
    assert_eq!((found.reason, found.retry_at), (Some(Reason::PutOff), Some(fixture.now())));
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::Started);
    assert_eq!(fixture.found(&recipients[0]).await.attempts, 2);
    fixture.settle(&recipients[0], DeliveryState::TemporaryFailure, Some(fixture.later(60))).await;
    for recipient in &recipients[1..] {
        fixture.begin(recipient).await;
        fixture.settle(recipient, DeliveryState::Accepted, None).await;
    }
    assert_eq!(due().await, None);
    assert_eq!(fixture.mailings.progress(running.id).await.expect("reads").open(), 1);
}

pub async fn what_was_being_sent_is_in_doubt_after_an_interruption(fixture: &MailingFixture) {
    let (running, recipients) = fixture.run(Purpose::Information, &[None; 2]).await;
    fixture.begin(&recipients[0]).await;
    assert_eq!(fixture.mailings.interrupted(fixture.now()).await.expect("writes"), 1);
    assert_eq!(fixture.mailings.interrupted(fixture.now()).await.expect("writes"), 0);
    let found = fixture.found(&recipients[0]).await;
    assert_eq!((found.state, found.reason), (DeliveryState::InDoubt, Some(Reason::Interrupted)));
    assert_eq!(fixture.begin(&recipients[0]).await, Begun::Taken, "it is not sent again in the dark");
    let progress = fixture.mailings.progress(running.id).await.expect("reads");
    assert_eq!((progress.total(), progress.open(), progress.of(DeliveryState::InDoubt)), (2, 1, 1));
}

pub async fn a_preference_is_recorded_once_until_it_is_withdrawn(fixture: &MailingFixture) {
    let (dossier, box_of) = (Subject::Dossier(fixture.dossier()), Subject::Address(address(1)));
    for subject in [dossier, box_of] {
        let first = fixture.record(subject, PreferenceKind::OptOut).await;
        assert_eq!(fixture.record(subject, PreferenceKind::OptOut).await, first);
        assert_ne!(fixture.record(subject, PreferenceKind::Consent).await, first);
        fixture.pass(5);
        let withdrawn = fixture.withdraw(&first).await;
        assert_eq!(withdrawn.withdrawn_at, Some(fixture.now()));
        fixture.pass(5);
        assert_eq!(fixture.withdraw(&first).await, withdrawn, "it stays withdrawn when it was");
        let second = fixture.record(subject, PreferenceKind::OptOut).await;
        assert_ne!(second.id, first.id);
        let filter = PreferenceFilter { subject: Some(subject) };
        let listed = fixture.mailings.preferences(&filter, None, 9).await.expect("reads");
        assert_eq!((listed.len(), &listed[0], &listed[2]), (3, &withdrawn, &second));
        let after = fixture.mailings.preferences(&filter, Some(first.id), 1).await.expect("reads");
        assert_eq!(after, listed[1..2]);
    }
    let unknown = PreferenceId(fixture.ids.next());
    assert_eq!(fixture.mailings.withdraw_preference(unknown, fixture.now()).await.expect("reads"), None);
    let all = fixture.mailings.preferences(&PreferenceFilter::default(), None, 9).await.expect("reads");
    assert_eq!(all.len(), 6);
}

pub async fn preferences_are_found_for_many_at_once(fixture: &MailingFixture) {
    let dossiers: Vec<DossierId> = (0..300).map(|_| fixture.dossier()).collect();
    let addresses: Vec<AddressHash> = (0..300).map(address).collect();
    let first = fixture.record(Subject::Dossier(dossiers[299]), PreferenceKind::Consent).await;
    let second = fixture.record(Subject::Address(addresses[280]), PreferenceKind::OptOut).await;
    fixture.record(Subject::Dossier(fixture.dossier()), PreferenceKind::Consent).await;
    let gone = fixture.record(Subject::Dossier(dossiers[1]), PreferenceKind::OptOut).await;
    fixture.withdraw(&gone).await;
    let found = fixture.mailings.preferences_about(&dossiers, &addresses).await.expect("reads");
    assert_eq!(found, [first, second]);
    assert!(fixture.mailings.preferences_about(&[], &[]).await.expect("reads").is_empty());
}

pub async fn who_was_written_to_is_forgotten_later_but_counted(fixture: &MailingFixture) {
    let (running, recipients) = fixture.run(Purpose::Information, &[None; 2]).await;
    fixture.begin(&recipients[0]).await;
    fixture.settle(&recipients[0], DeliveryState::Accepted, None).await;
    assert_eq!(fixture.mailings.forget(fixture.later(1), fixture.now()).await.expect("writes"), 0, "it runs");
    let done = fixture.step(&running, MailingState::Cancelled).await;
    let finished = done.finished_at.expect("it is over");
    assert_eq!(fixture.mailings.forget(finished, fixture.now()).await.expect("writes"), 0, "not yet");
    fixture.pass(60);
    assert_eq!(fixture.mailings.forget(fixture.now(), fixture.now()).await.expect("writes"), 1);
    assert_eq!(fixture.mailings.forget(fixture.now(), fixture.now()).await.expect("writes"), 0, "once");
    let found = fixture.found(&recipients[0]).await;
    let kept = Recipient {
        person: None,
        state: DeliveryState::Accepted,
        attempts: 1,
        changed_at: found.changed_at,
        ..recipients[0].clone()
    };
    assert_eq!(found, kept, "the hash of the address stays");
    assert_eq!(fixture.count(&done, DeliveryState::Accepted).await, 1);
    let forgotten = fixture.mailings.mailing(done.id).await.expect("reads").expect("it is there");
    assert_eq!(forgotten.forgotten_at, Some(fixture.now()));
}

/// One test per promise of a record of mailings.
#[macro_export]
macro_rules! mailing_suite {
    ($make:path) => {
        $crate::mailing_suite!(@tests $make:
            a_mailing_is_made_once_however_often_it_is_asked_for
            two_recipients_of_one_person_or_address_leave_nothing
            mailings_are_listed_by_agency_state_and_page
            a_mailing_moves_under_its_version_and_its_steps_are_dated
            a_mail_begins_once_and_only_while_its_mailing_runs
            cancelling_cancels_what_waits_and_nothing_begins_after
            an_opt_out_of_dossier_or_address_stops_a_mail_as_it_begins
            publicity_begins_for_a_dossier_only_under_a_consent
            a_mail_that_was_put_off_is_due_when_its_time_comes
            what_was_being_sent_is_in_doubt_after_an_interruption
            a_preference_is_recorded_once_until_it_is_withdrawn
            preferences_are_found_for_many_at_once
            who_was_written_to_is_forgotten_later_but_counted
        );
    };
    (@tests $make:path: $($name:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            if let Some(fixture) = $make().await {
                $crate::contract::mailings::$name(&fixture).await;
            }
        }
    )+};
}
