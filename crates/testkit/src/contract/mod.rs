//! What every store promises, as tests over any of them.
//!
//! `store_suite!(make)` writes one test per promise; `make` is an async function that gives a [`Fixture`], or `None`
//! where the store cannot run here (and has said so loudly).

mod commit;
mod decisions;
mod differential;
mod lists;
pub mod mailings;
mod names;
mod work;

pub use commit::*;
pub use decisions::*;
pub use differential::differential;
pub use lists::*;
pub use names::*;
pub use work::*;

use crate::{FixedClock, SeededIds, facts};
use jiff::civil::date;
use std::any::Any;
use std::sync::Arc;
use traject_app::ids::{DeliveryId, DossierId, WorkItemId};
use traject_app::model::{
    Channel, Command, DeliveryKey, DossierChange, LegalStep, NewDecision, NewDelivery, NewFact, Request, StandingRow,
    StandingUpdate, WorkChange, WorkKind,
};
use traject_app::port::{Clock as _, Ids as _, Store};
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::fact::{FactKind, NumberKey};
use traject_domain::standing::{Enforcement, NextCode, Stage};
use uuid::Uuid;

/// The day on which a fixture's clock starts.
pub const TODAY: Date = date(2022, 9, 1);

/// An empty store with what its tests need.
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock that the store was given; it shows noon of [`TODAY`].
    pub clock: Arc<FixedClock>,
    /// Ids for facts, dossiers and requests.
    pub ids: SeededIds,
    /// Dropped after the test: a directory, a database.
    _keep: Box<dyn Any + Send + Sync>,
}

impl Fixture {
    /// A fixture around a store; `keep` lives as long.
    pub fn new(store: Arc<dyn Store>, clock: Arc<FixedClock>, keep: impl Any + Send + Sync) -> Self {
        Self { store, clock, ids: SeededIds::new(7), _keep: Box::new(keep) }
    }

    /// A new dossier id.
    pub fn dossier(&self) -> DossierId {
        DossierId(self.ids.next())
    }

    /// A new fact with a reference of its own.
    pub fn fact(&self, kind: FactKind) -> NewFact {
        let id = self.ids.next();
        facts::new_fact(id, &format!("F-{id}"), NumberKey(Uuid::from_u128(1)), TODAY, kind)
    }

    /// A command with one certificate for one dossier.
    pub fn certificate(&self, dossier: DossierId, expected_version: u64) -> Command {
        let mut change = change(dossier, expected_version);
        change.facts.push(self.fact(FactKind::CertificateReceived));
        self.command(vec![change])
    }

    /// A command with a request id of its own.
    pub fn command(&self, changes: Vec<DossierChange>) -> Command {
        let id = self.ids.next();
        let mut hash = [0; 32];
        hash[..16].copy_from_slice(id.as_bytes());
        Command { request: Request { caller: "staff-1".to_owned(), id, hash }, changes }
    }

    /// Keeps a law for [`decision`]s.
    pub async fn keep_law(&self, law: u8) {
        let now = self.clock.now();
        self.store.put_law([law; 32], &[law; 3], now).await.expect("writes");
    }

    /// A new work item.
    pub fn open(&self, kind: WorkKind, due_since: Date) -> WorkChange {
        WorkChange::Open { id: WorkItemId(self.ids.next()), kind, due_since, held: false }
    }

    /// A new letter for a dossier's person.
    pub fn letter(&self, dossier: DossierId, step: LegalStep) -> NewDelivery {
        let recipient = Code::new("person");
        let key = DeliveryKey { dossier, step, step_version: 1, recipient, channel: Channel::Letter };
        NewDelivery { id: DeliveryId(self.ids.next()), key, language: Some(LegalLanguage::Nl) }
    }
}

/// A change of a dossier that leaves a standing and nothing else.
pub fn change(dossier: DossierId, expected_version: u64) -> DossierChange {
    DossierChange {
        dossier,
        expected_version,
        numbers: Vec::new(),
        facts: Vec::new(),
        standing: StandingUpdate::Assessed(Box::new(standing())),
        imported: false,
        deliveries: Vec::new(),
        work: Vec::new(),
        decision: None,
    }
}

/// A decision of [`TODAY`] under a law.
pub fn decision(law: u8) -> NewDecision {
    NewDecision {
        as_of: TODAY,
        law_hash: [law; 32],
        engine: "traject 0".to_owned(),
        outcome: Code::new("obliged"),
        digest: [9; 32],
    }
}

/// A standing of somebody obliged in the first municipality, who wakes half a year later.
pub fn standing() -> StandingRow {
    StandingRow {
        as_of: TODAY,
        law_hash: [7; 32],
        subject: None,
        outcome: Code::new("obliged"),
        reasons: String::new(),
        municipality: Some(facts::municipality(0)),
        reference_date: Some(date(2022, 6, 1)),
        stage: Some(Stage::ToRegister),
        closed_reason: None,
        enforcement: Enforcement::None,
        breach: None,
        register_due: Some(date(2023, 3, 1)),
        complete_due: None,
        cure_due: None,
        next_code: Some(NextCode::Register),
        next_due: Some(date(2023, 3, 1)),
        review: false,
        wake_on: Some(date(2023, 3, 2)),
    }
}

/// One test per promise of a store.
#[macro_export]
macro_rules! store_suite {
    ($make:path) => {
        $crate::store_suite!(@tests $make:
            a_command_is_committed_once_however_often_it_is_sent
            a_request_id_with_other_content_is_refused
            a_stale_command_leaves_nothing
            a_new_dossier_must_not_exist
            positions_are_gapless_and_versions_count_commands_under_concurrency
            the_same_request_sent_twice_at_once_has_one_effect
            unique_keys_are_held_and_a_refused_command_leaves_nothing
            a_number_may_come_again_for_the_same_dossier_only
            one_command_may_change_several_dossiers_but_none_twice
            numbers_come_with_a_fact
            facts_come_back_as_they_went_in_by_position
            numbers_and_references_are_found_in_bulk
            the_identity_is_that_of_the_latest_check
            a_name_is_found_by_any_of_its_tokens_and_the_heaviest_come_first
            every_name_of_a_dossier_comes_with_it_the_present_one_first
            a_name_comes_with_its_birth_date_and_its_standing
            dossiers_are_listed_by_filter_and_page
            only_assessed_dossiers_wake
            an_import_holds_until_its_backlog_is_released
            work_opens_once_and_closes
            work_is_claimed_noted_and_snoozed_under_its_version
            a_batch_of_work_answers_each_step_and_is_undone
            a_work_item_tells_its_story
            work_follows_the_person_who_moves
            work_is_listed_by_every_column_in_either_order
            counters_count_what_the_work_list_shows
            the_longest_due_is_what_a_person_could_do_now
            filters_are_kept_for_a_person_or_an_agency
            the_backlog_counts_what_the_work_list_shows
            a_delivery_moves_from_a_state_once
            a_delivery_tells_its_story
            the_queue_counts_what_the_lists_show
            many_movers_move_a_delivery_once
            a_law_is_kept_once_under_its_hash
            a_decision_is_named_by_its_first_fact_and_placed_by_its_last
            a_decision_needs_a_fact_and_a_law_that_is_kept
            the_store_says_that_it_is_ready
        );
    };
    (@tests $make:path: $($name:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            if let Some(fixture) = $make().await {
                $crate::contract::$name(&fixture).await;
            }
        }
    )+};
}
