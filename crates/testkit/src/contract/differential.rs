//! Random commands against two stores: every answer and every list must be the same.

use super::{Fixture, TODAY, change, standing};
use crate::facts;
use jiff::ToSpan as _;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::mem::discriminant;
use traject_app::error::CommitError;
use traject_app::ids::{DeliveryId, DossierId, FactId, WorkItemId};
use traject_app::model::{
    Channel, Command, Committed, DeliveryKey, DeliveryMove, DeliveryReason, DeliveryState, DossierChange, Identity,
    LegalStep, NewDelivery, RenderedDocument, Request, StandingRow, StandingUpdate, WorkChange, WorkKind,
};
use traject_app::port::{Clock as _, DossierFilter, Store};
use traject_app::search::NameQuery;
use traject_app::work::{Assigned, Snoozed, WorkFilter, WorkOrder, WorkStep, WorkUpdate};
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::{FactKind, FactRef, NumberKey};
use traject_domain::partial_date::PartialDate;
use traject_domain::standing::{Enforcement, NextCode, Stage};
use uuid::Uuid;

const DOSSIERS: usize = 6;
const KINDS: [WorkKind; 3] =
    [WorkKind::DecisionChanged, WorkKind::ReleaseNotice(Breach::NotRegistered), WorkKind::Review];
const STATES: [DeliveryState; 4] =
    [DeliveryState::Created, DeliveryState::Rendered, DeliveryState::Sending, DeliveryState::InDoubt];

/// One thing done to both stores.
#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Plan>),
    /// An earlier command again, with another hash if true.
    Again(Index, bool),
    UpdateWork(Vec<(Index, u64, WorkUpdate)>),
    Release(Option<usize>),
    Move(Index, Box<DeliveryMove>),
    Days(i8),
}

/// A change of one dossier, with small numbers in place of ids so that they collide.
#[derive(Debug, Clone)]
struct Plan {
    dossier: usize,
    wrong_version: bool,
    facts: Vec<(FactKind, u16, i8)>,
    /// What a check reports in place of the usual identity.
    identity: Option<Identity>,
    number: Option<(u64, u64)>,
    standing: Option<StandingRow>,
    imported: bool,
    delivery: Option<(LegalStep, u32)>,
    work: Vec<(usize, bool, i8, bool)>,
    /// A decision under this law; only the first is kept.
    law: Option<u8>,
}

fn day(offset: i8) -> Date {
    TODAY.saturating_add(i32::from(offset).days())
}

prop_compose! {
    fn any_standing()(
        town in option::of(0..3_usize),
        outcome in select(vec!["obliged", "exempt", "undecided"]),
        stage in option::of(select(Stage::ALL)),
        enforcement in select(Enforcement::ALL),
        next_code in option::of(select(NextCode::ALL)),
        wake in option::of(-5..20_i8),
        review in any::<bool>(),
        subject in option::of("[A-Z]{3}"),
    ) -> StandingRow {
        StandingRow {
            municipality: town.map(facts::municipality),
            outcome: Code::new(outcome),
            stage,
            enforcement,
            next_code,
            review,
            wake_on: wake.map(day),
            subject: subject.as_deref().map(FactRef::new),
            ..standing()
        }
    }
}

prop_compose! {
    fn any_named()(
        last_name in option::of(select(vec!["Amrani", "al-amrany", "Van den Berg", "Женя", "العمراني", "-"])),
        first_names in option::of("[aeiz ]{1,6}"),
    ) -> Identity {
        Identity { last_name: last_name.map(str::to_owned), first_names, ..Identity::default() }
    }
}

prop_compose! {
    fn any_plan()(
        dossier in 0..DOSSIERS,
        wrong_version in prop::bool::weighted(0.1),
        facts in vec((facts::any_kind(), 0..400_u16, -20..20_i8), 0..4),
        identity in option::of(any_named()),
        number in option::weighted(0.3, (0..8_u64, 0..8_u64)),
        standing in option::weighted(0.8, any_standing()),
        imported in any::<bool>(),
        delivery in option::weighted(
            0.3,
            (select(vec![LegalStep::CERTIFICATE, LegalStep::notice(Breach::NotCompleted)]), 0..3_u32),
        ),
        work in vec((0..KINDS.len(), any::<bool>(), -9..9_i8, any::<bool>()), 0..4),
        law in option::weighted(0.3, prop_oneof![9 => Just(0), 1 => Just(1)]),
    ) -> Plan {
        Plan { dossier, wrong_version, facts, identity, number, standing, imported, delivery, work, law }
    }
}

fn any_update() -> impl Strategy<Value = WorkUpdate> {
    prop_oneof![
        option::of("[ab]").prop_map(WorkUpdate::Assign),
        "[a-z]{0,5}".prop_map(WorkUpdate::Note),
        "[a-z]{0,5}".prop_map(WorkUpdate::Resolve),
        ("[ab]", "[a-z]{1,5}").prop_map(|(to, note)| WorkUpdate::HandOver(to, note)),
        (-9..9_i8, "[a-z]{1,5}").prop_map(|(until, why)| WorkUpdate::Snooze(day(until), why)),
        (option::of("[ab]"), option::of(-9..9_i8), option::of("[a-z]{1,5}")).prop_map(|(assignee, until, note)| {
            WorkUpdate::PutBack { assignee, snoozed_until: until.map(day), note }
        }),
    ]
}

prop_compose! {
    fn any_document()(
        pdf in vec(any::<u8>(), 0..9),
        html in option::of(vec(any::<u8>(), 0..9)),
        template in "[a-z]{0,3}",
        pages in 0..3_u32,
        dated_on in option::of((-9..9_i8).prop_map(day)),
        courtesy in option::of("[a-z]{2}"),
        address in vec("[a-z]{1,3}", 0..3),
    ) -> RenderedDocument {
        let courtesy = courtesy.as_deref().map(Code::new);
        RenderedDocument { pdf, html, template_version: template.clone(), template, pages, dated_on, courtesy, address }
    }
}

prop_compose! {
    fn any_move()(
        from in select(STATES.to_vec()),
        to in select(STATES.to_vec()),
        reason in option::of(select(DeliveryReason::ALL)),
        occurred_on in option::of((-9..9_i8).prop_map(day)),
        provider_reference in option::of("[a-z]{0,3}"),
        batch in option::of("[a-z]{0,3}"),
        document in option::of(any_document()),
        actor in "[a-z]{1,3}",
    ) -> DeliveryMove {
        // The step sets the time.
        let now = jiff::Timestamp::UNIX_EPOCH;
        DeliveryMove { from, to, reason, occurred_on, provider_reference, batch, document, actor, now }
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => vec(any_plan(), 1..3).prop_map(Step::Commit),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(which, other)| Step::Again(which, other)),
        2 => vec((any::<Index>(), 1..3_u64, any_update()), 1..4).prop_map(Step::UpdateWork),
        1 => option::of(0..3_usize).prop_map(Step::Release),
        3 => (any::<Index>(), any_move()).prop_map(|(which, by)| Step::Move(which, Box::new(by))),
        1 => (1..3_i8).prop_map(Step::Days),
    ]
}

/// Turns plans into commands, with ids that follow from their order.
#[derive(Default)]
struct Run {
    made: u128,
    day: i8,
    commands: Vec<Command>,
    items: Vec<WorkItemId>,
    deliveries: Vec<DeliveryId>,
    references: Vec<FactRef>,
}

impl Run {
    fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made << 40)
    }

    async fn command(&mut self, plans: &[Plan], store: &dyn Store) -> Command {
        let mut changes = Vec::new();
        for plan in plans {
            let dossier = DossierId(Uuid::from_u128(plan.dossier as u128 + 1));
            let version = store.dossier(dossier).await.expect("reads").map_or(0, |dossier| dossier.version);
            changes.push(self.change(plan, dossier, version + u64::from(plan.wrong_version)));
        }
        let id = self.id();
        Command { request: Request { caller: "sweep".to_owned(), id, hash: [3; 32] }, changes }
    }

    fn change(&mut self, plan: &Plan, dossier: DossierId, expected_version: u64) -> DossierChange {
        let mut change = change(dossier, expected_version);
        for (kind, reference, occurred) in &plan.facts {
            let reference = format!("R-{reference}");
            self.references.push(FactRef::new(&reference));
            let number = NumberKey(Uuid::from_u128(plan.dossier as u128));
            let id = self.id();
            let mut fact = facts::new_fact(id, &reference, number, day(*occurred), kind.clone());
            fact.id = FactId(id);
            fact.identity = fact.identity.map(|usual| plan.identity.clone().unwrap_or(usual));
            change.facts.push(fact);
        }
        let number = plan.number.map(|(key, number)| (key + 1, number));
        change.numbers.extend(
            number.map(|(key, number)| (NumberKey(Uuid::from_u128(u128::from(key))), facts::national_number(number))),
        );
        change.decision = plan.law.map(super::decision);
        change.imported = plan.imported;
        change.standing = match &plan.standing {
            Some(row) => StandingUpdate::Assessed(Box::new(row.clone())),
            None => StandingUpdate::Stale,
        };
        if let Some((step, step_version)) = plan.delivery {
            let id = DeliveryId(self.id());
            self.deliveries.push(id);
            let recipient = Code::new("person");
            let channel = if step_version % 2 == 0 { Channel::Email } else { Channel::Letter };
            let key = DeliveryKey { dossier, step, step_version, recipient, channel };
            change.deliveries.push(NewDelivery { id, key, language: None });
        }
        for (kind, open, due, held) in &plan.work {
            let kind = KINDS[*kind];
            let id = WorkItemId(self.id());
            self.items.push(id);
            let due_since = day(*due);
            change.work.push(if *open {
                WorkChange::Open { id, kind, due_since, held: *held }
            } else {
                WorkChange::Close(kind)
            });
        }
        change
    }

    async fn step(&mut self, step: &Step, stores: [&Fixture; 2]) {
        match step {
            Step::Commit(plans) => {
                let command = self.command(plans, &*stores[0].store).await;
                same_answer(&command, stores).await;
                self.commands.push(command);
            }
            Step::Again(which, other) if !self.commands.is_empty() => {
                let mut command = which.get(&self.commands).clone();
                command.request.hash[0] ^= u8::from(*other);
                same_answer(&command, stores).await;
            }
            Step::UpdateWork(steps) if !self.items.is_empty() => {
                let step = |(which, expected_version, update): &(Index, u64, WorkUpdate)| WorkStep {
                    item: *which.get(&self.items),
                    expected_version: *expected_version,
                    update: update.clone(),
                };
                let (steps, now) = (steps.iter().map(step).collect::<Vec<_>>(), stores[0].clock.now());
                let update = |of: usize| stores[of].store.update_work(&steps, "a", now);
                let (a, b) = (update(0).await.expect("writes"), update(1).await.expect("writes"));
                assert_eq!(a, b);
            }
            Step::Release(town) => {
                let release = |of: usize| stores[of].store.release_backlog(town.map(facts::municipality));
                let (a, b) = (release(0).await.expect("writes"), release(1).await.expect("writes"));
                assert_eq!(a, b);
            }
            Step::Move(which, by) if !self.deliveries.is_empty() => {
                let id = *which.get(&self.deliveries);
                let by = DeliveryMove { now: stores[0].clock.now(), ..(**by).clone() };
                let go = |of: usize| stores[of].store.move_delivery(id, &by);
                let (a, b) = (go(0).await.expect("writes"), go(1).await.expect("writes"));
                assert_eq!(a, b);
            }
            Step::Days(days) => {
                self.day = self.day.saturating_add(*days);
                for fixture in stores {
                    fixture.clock.set_day(day(self.day));
                }
            }
            _ => {}
        }
    }
}

/// Commits to both; which of several taken keys or stale dossiers is named may differ, everything else may not.
async fn same_answer(command: &Command, stores: [&Fixture; 2]) {
    let answers: [Result<Committed, CommitError>; 2] =
        [stores[0].store.commit(command.clone()).await, stores[1].store.commit(command.clone()).await];
    match &answers {
        [Ok(a), Ok(b)] => assert_eq!(a, b),
        [Err(CommitError::Stale(a)), Err(CommitError::Stale(b))] => {
            let changed = |id: &DossierId| command.changes.iter().any(|change| change.dossier == *id);
            assert!(changed(a) && changed(b), "{answers:?}");
        }
        [Err(a), Err(b)] => assert_eq!(discriminant(a), discriminant(b), "{answers:?}"),
        _ => panic!("{answers:?}"),
    }
}

macro_rules! same {
    ($stores:expr, $method:ident($($argument:expr),*)) => {
        assert_eq!(
            $stores[0].store.$method($($argument),*).await.expect("reads"),
            $stores[1].store.$method($($argument),*).await.expect("reads"),
            stringify!($method)
        )
    };
}

/// Compares everything that can be read.
async fn same_reads(run: &Run, filter: &DossierFilter, stores: [&Fixture; 2]) {
    same!(stores, head());
    same!(stores, scan(None, 100));
    same!(stores, known_references(&run.references));
    let numbers: Vec<_> = (0..10).map(facts::national_number).collect();
    same!(stores, numbers(&numbers));
    for name in ["Amrani Zoe", "El Amrany", "Женя", "Berg 1990", "a e i"] {
        let wanted = NameQuery::new(name, Some(PartialDate::Month(1990, 5))).expect("a name").wanted();
        same!(stores, named(&wanted, 100));
        same!(stores, named(&wanted, 2));
    }
    let mut after = None;
    for n in 0..DOSSIERS {
        let id = DossierId(Uuid::from_u128(n as u128 + 1));
        same!(stores, identity(id));
        same!(stores, deliveries_of(id));
        same!(stores, decisions_of(&[id]));
        same!(stores, list(filter, after, 2));
        same!(stores, waking(day(run.day), after, 2));
        same!(stores, stale(after, 2));
        after = Some(id);
    }
    for state in STATES {
        same!(stores, deliveries(None, state, None, 3));
        same!(stores, deliveries(Some(Channel::Letter), state, None, 3));
        let first = stores[0].store.deliveries(None, state, None, 1).await.expect("reads");
        let after = first.first().map(|delivery| (delivery.changed_at, delivery.id));
        same!(stores, deliveries(None, state, after, 3));
    }
    for id in &run.deliveries {
        same!(stores, document(*id));
        same!(stores, delivery_events(*id));
    }
    same!(stores, delivery_queue());
    let today = day(run.day);
    same!(stores, backlog(today));
    same!(stores, longest_due(today));
    for id in &run.items {
        same!(stores, work_events(*id, 1, 3));
    }
    let all = WorkFilter::everything(today);
    let filters = [
        all.clone(),
        WorkFilter { municipality: filter.municipality, ..all.clone() },
        WorkFilter { kinds: KINDS[1..].to_vec(), held: Some(true), order: WorkOrder::Newest, ..all.clone() },
        WorkFilter { assigned: Some(Assigned::ToNobody), snoozed: Snoozed::Shown, ..all.clone() },
        WorkFilter { assigned: Some(Assigned::To("a".to_owned())), held: Some(false), ..all },
    ];
    for filter in filters {
        same!(stores, count_work(&filter, 100));
        same!(stores, work(&filter, None, 100));
        same!(stores, work(&filter, Some((day(0), WorkItemId(Uuid::from_u128(9 << 40)))), 3));
    }
}

fn any_filter() -> impl Strategy<Value = DossierFilter> {
    (
        option::of(0..3_usize),
        option::of(select(vec!["obliged", "exempt"])),
        option::weighted(0.2, select(Stage::ALL)),
        option::weighted(0.2, select(Enforcement::ALL)),
    )
        .prop_map(|(town, outcome, stage, enforcement)| DossierFilter {
            municipality: town.map(facts::municipality),
            outcome: outcome.map(Code::new),
            stage,
            enforcement,
            next_code: None,
        })
}

/// The number of cases that `cargo xtask soak` asks for.
#[expect(clippy::disallowed_methods, reason = "the long count is told to the test by its environment")]
fn soak_cases() -> Option<u32> {
    std::env::var("TRAJECT_SOAK_CASES").ok()?.parse().ok()
}

/// Runs random commands against pairs of empty stores, made by `make` for each case.
///
/// # Panics
/// When two answers or two lists differ.
pub fn differential<F>(cases: u32, make: impl Fn() -> F)
where
    F: Future<Output = Option<[Fixture; 2]>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let cases = soak_cases().unwrap_or(cases);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in vec(any_step(), 1..24), filter in any_filter())| {
        runtime.block_on(async {
            let Some([a, b]) = make().await else { return };
            for fixture in [&a, &b] {
                fixture.keep_law(0).await;
            }
            let mut run = Run::default();
            for step in &steps {
                run.step(step, [&a, &b]).await;
            }
            same_reads(&run, &filter, [&a, &b]).await;
        });
    });
}
