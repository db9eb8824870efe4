//! A decision is made again as it was made, whatever happened before and after it (I7), and says so when it is not.

use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use traject_app::act::ActOrder;
use traject_app::check::{HandOver, Visit};
use traject_app::decision::{Difference, Replay};
use traject_app::ids::{DossierId, FactId};
use traject_app::model::{Actor, Command, Decision, DossierChange, NewDecision, Request, WorkKind};
use traject_app::port::{Clock as _, Store as _};
use traject_app::reassess::{Cause, ChangedDecision, Reassessed};
use traject_app::work::WorkFilter;
use traject_app::{AppError, Desk};
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::FactKind;
use traject_domain::guard::RefusalCode;
use traject_lawbook::LawText;
use traject_server::ENGINE;
use traject_server::law::{StoredLaws, known, text};
use traject_testkit::contract::change;
use traject_testkit::facts::{clerk, extract, identity, municipality, national_number, new_fact, one_of_each_kind};
use traject_testkit::memory::MemoryStore;
use traject_testkit::{FixedClock, SeededIds};

const TODAY: Date = date(2022, 10, 3);

/// A desk over a store in memory.
struct House {
    desk: Desk,
    clock: Arc<FixedClock>,
}

impl House {
    async fn open() -> Self {
        let clock = Arc::new(FixedClock::on(TODAY));
        let store = Arc::new(MemoryStore::new(Arc::<FixedClock>::clone(&clock) as _));
        let law = Arc::new(known(&LawText::embedded()).expect("the law ships with the program"));
        store.put_law(law.hash, &law.content, clock.now()).await.expect("the law is kept");
        let desk = Desk {
            law,
            laws: Arc::new(StoredLaws),
            engine: ENGINE.into(),
            store,
            clock: Arc::<FixedClock>::clone(&clock) as _,
            ids: Arc::new(SeededIds::new(7)),
            sending: traject_app::letters::Sending::default(),
        };
        Self { desk, clock }
    }

    /// Another law comes into force here.
    async fn amend(&mut self, policy: &str) {
        let law = Arc::new(known(&text(None, &[policy.to_owned()]).expect("a known policy")).expect("loads"));
        self.desk.store.put_law(law.hash, &law.content, self.clock.now()).await.expect("the law is kept");
        self.desk.law = law;
    }

    fn request(&self) -> Request {
        Request { caller: "staff-1".into(), id: self.desk.ids.next(), hash: [0; 32] }
    }

    async fn visit(&self) -> DossierId {
        self.visit_on(TODAY).await
    }

    async fn visit_on(&self, day: Date) -> DossierId {
        self.desk.visit(&self.visit_of(day)).await.expect("she is obliged").dossier
    }

    /// A visit at which the certificate is handed over.
    fn visit_of(&self, day: Date) -> Visit {
        Visit {
            request: self.request(),
            actor: clerk(),
            number: national_number(1),
            identity: identity(),
            extract: Extract {
                registered_on: Some(day),
                lawful_stay_since: Some(day),
                permit_valid_until: None,
                ..extract(municipality(0))
            },
            checked_on: day,
            hand_over: HandOver { certificate_received: true, ..HandOver::default() },
            validate_only: false,
        }
    }

    /// Does an act by whoever may do it; false: nobody may.
    async fn act(&self, dossier: DossierId, occurred_on: Date, kind: &FactKind) -> bool {
        for agency in ["21001", "BON", "GGC"] {
            let actor = Actor { agency: Code::new(agency), ..clerk() };
            let (request, kind) = (self.request(), kind.clone());
            let order = ActOrder {
                request,
                actor,
                dossier,
                expected_version: None,
                occurred_on,
                kind,
                along: Vec::new(),
                channel: None,
                number: None,
                validate_only: false,
            };
            if self.desk.act(&order).await.is_ok() {
                return true;
            }
        }
        false
    }

    async fn decisions(&self, dossier: DossierId) -> Vec<Decision> {
        self.desk.store.decisions_of(&[dossier]).await.expect("reads")
    }

    /// The dossiers that have an open item of a kind.
    async fn asked(&self, kind: WorkKind) -> Vec<DossierId> {
        let today = self.clock.today();
        let filter = WorkFilter { kinds: vec![kind], ..WorkFilter::everything(today) };
        let items = self.desk.store.work(&filter, None, 100).await.expect("reads");
        items.into_iter().map(|item| item.dossier).collect()
    }

    async fn replay(&self, decision: &Decision) -> Replay {
        self.desk.replay_decision(decision.fact).await.expect("it is made again")
    }
}

/// One thing a person does: so many days later, about so many days before, one of the kinds or a retraction.
#[derive(Debug, Clone)]
struct Step {
    later: i32,
    before: i32,
    kind: Option<FactKind>,
    wrong: prop::sample::Index,
}

fn any_step() -> impl Strategy<Value = Step> {
    let kind = prop::option::weighted(0.85, prop::sample::select(one_of_each_kind()));
    (0..150_i32, 0..40_i32, kind, any::<prop::sample::Index>()).prop_map(|(later, before, kind, wrong)| Step {
        later,
        before,
        kind,
        wrong,
    })
}

/// Runs the steps, and gives the dossier with the number of acts that were allowed.
async fn live(house: &House, steps: &[Step]) -> (DossierId, usize) {
    let dossier = house.visit().await;
    let mut done = 0;
    for step in steps {
        house.clock.set_day(house.clock.today().saturating_add(step.later.days()));
        let facts = house.desk.dossier(dossier).await.expect("it is there").facts;
        let retraction = || FactKind::Retracted(step.wrong.get(&facts).fact.reference.clone());
        let kind = step.kind.clone().unwrap_or_else(retraction);
        let occurred_on = house.clock.today().saturating_sub(step.before.days());
        done += usize::from(house.act(dossier, occurred_on, &kind).await);
    }
    (dossier, done)
}

fn explains(replay: &Replay) {
    let Replay { then, now, differences, .. } = replay;
    for view in [then, now] {
        let subjects: HashSet<&str> = view.lines.iter().map(|line| line.subject.as_str()).collect();
        assert_eq!(subjects.len(), view.lines.len(), "each subject stands once: {:?}", view.lines);
    }
    let is_line = |difference: &&Difference| matches!(difference, Difference::Line { .. });
    let differing = differences.iter().filter(is_line).count();
    assert_eq!(differing > 0, then.digest != now.digest);
    let causes = differences.len() - differing;
    // The same facts under the same law can differ only because a day of knowing lies between.
    assert!(differing == 0 || causes > 0 || then.at != now.at, "{differences:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_decision_comes_to_the_same_whatever_came_after(steps in vec(any_step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut house = House::open().await;
            let (dossier, done) = live(&house, &steps).await;
            let made = house.decisions(dossier).await;
            assert_eq!(made.len(), done + 1, "the visit and each act are a decision");
            for policy in [None, Some("counting.month_rule=same_day_number")] {
                if let Some(policy) = policy {
                    house.amend(policy).await;
                }
                for decision in &made {
                    let replay = house.replay(decision).await;
                    assert!(replay.same, "{policy:?} {decision:?}");
                    assert_eq!(replay.then.outcome, decision.outcome);
                    explains(&replay);
                }
            }
            let last = house.replay(&made[made.len() - 1]).await;
            assert!(!last.differences.iter().any(|difference| matches!(difference, Difference::LaterFact(_))));
        });
    }
}

#[tokio::test]
async fn a_decision_that_comes_to_something_else_says_so_and_by_which_program_it_was_made() {
    let house = House::open().await;
    let dossier = house.visit().await;
    let id = house.desk.ids.next();
    let number = house.desk.dossier(dossier).await.expect("it is there").numbers[0].0;
    let decision = NewDecision {
        as_of: TODAY,
        law_hash: house.desk.law.hash,
        engine: "traject 0.0.1".to_owned(),
        outcome: Code::new("exempt"),
        digest: [9; 32],
    };
    let fact = new_fact(id, &id.to_string(), number, TODAY, FactKind::PermitLost);
    let change = DossierChange { facts: vec![fact], decision: Some(decision), ..change(dossier, 1) };
    house.desk.store.commit(Command { request: house.request(), changes: vec![change] }).await.expect("commits");
    let replay = house.desk.replay_decision(FactId(id)).await.expect("it is made again");
    assert!(!replay.same);
    assert_eq!((replay.decision.outcome.as_str(), replay.then.outcome.as_str()), ("exempt", "obliged"));
    let engine = Difference::Engine { then: "traject 0.0.1".to_owned(), now: ENGINE.to_owned() };
    assert!(replay.differences.contains(&engine), "{:?}", replay.differences);
}

#[tokio::test]
async fn what_decides_nothing_leaves_no_decision() {
    let house = House::open().await;
    let dossier = house.visit().await;
    assert_eq!(house.decisions(dossier).await.len(), 1);
    let tomorrow = TODAY.saturating_add(1.day());
    assert!(!house.act(dossier, tomorrow, &FactKind::Died).await, "it lies ahead");
    house.clock.set_day(date(2024, 1, 8));
    let swept = house.desk.sweep().await.expect("sweeps");
    assert_eq!(swept.assessed, 1, "the term lapsed");
    assert_eq!(house.decisions(dossier).await.len(), 1);
}

/// What a reassessment says of each decision: kind, outcomes, proposal, causes.
fn told(done: &Reassessed) -> Vec<String> {
    let cause = |cause: &Cause| match cause {
        Cause::Published(day) => format!("published {day}"),
        Cause::Law(..) => "law".to_owned(),
        Cause::Fact(_) => "fact".to_owned(),
        Cause::Engine(..) => "engine".to_owned(),
    };
    let line = |changed: &ChangedDecision| {
        let causes: Vec<String> = changed.causes.iter().map(cause).collect();
        let (then, now) = &changed.outcomes;
        format!("{}: {then} -> {now}, {}, {}", changed.decision.kind, changed.proposal.code(), causes.join(" "))
    };
    done.changed.iter().map(line).collect()
}

/// R-T2: the order of 18 January 2024 was published on the 26th and is in force since the 1st.
#[tokio::test]
async fn what_was_decided_before_the_order_of_2024_was_published_is_to_be_issued_again() {
    let house = House::open().await;
    let (checked, registered) = (date(2024, 1, 10), date(2024, 1, 15));
    house.clock.set_day(checked);
    let dossier = house.visit_on(checked).await;
    house.clock.set_day(registered);
    let kind = FactKind::Registered { organiser: Code::new("BON"), track: LegalLanguage::Nl };
    assert!(house.act(dossier, registered, &kind).await);
    house.clock.set_day(date(2024, 1, 25));
    let eve = house.desk.reassess_decisions(true).await.expect("reads");
    assert_eq!((eve.dossiers, eve.decisions, eve.changed.len()), (1, 2, 0), "nobody could know");

    house.clock.set_day(date(2024, 1, 26));
    let dry = house.desk.reassess_decisions(true).await.expect("reads");
    assert_eq!(
        told(&dry),
        [
            "checked: obliged -> obliged, reissue, published 2024-01-26",
            "registered: obliged -> obliged, reissue, published 2024-01-26",
        ]
    );
    let line = |changed: &ChangedDecision, subject: &str| {
        let line = changed.lines.iter().find(|line| line.subject == subject).expect("it differs");
        (line.then.clone().unwrap_or_default(), line.now.clone().unwrap_or_default())
    };
    assert_eq!(line(&dry.changed[0], "regime"), ("A".to_owned(), "B".to_owned()));
    let (before, after) = line(&dry.changed[1], "language target other_script");
    assert!(before.starts_with("LIGHTER") && after.starts_with("A2_ORAL_AND_WRITTEN"), "{before} {after}");
    assert_eq!(dry.written, 0);
    assert!(house.asked(WorkKind::DecisionChanged).await.is_empty(), "a dry run asks for nothing");

    let done = house.desk.reassess_decisions(false).await.expect("writes");
    assert_eq!((told(&done), done.written), (told(&dry), 1));
    assert_eq!(house.asked(WorkKind::DecisionChanged).await, [dossier]);
    let again = house.desk.reassess_decisions(false).await.expect("writes");
    assert_eq!((again.written, house.asked(WorkKind::DecisionChanged).await.len()), (1, 1), "asked once");
}

#[tokio::test]
async fn another_law_withdraws_what_has_lost_its_ground() {
    let mut house = House::open().await;
    let dossier = house.visit().await;
    // Labour migration as temporary stay: a ground that nobody has yet.
    house.amend(r#"exemptions.exemptions.E06.automatic={"input":"permit_ground","one_of":["work","family"]}"#).await;
    let done = house.desk.reassess_decisions(false).await.expect("writes");
    assert_eq!(told(&done), ["checked: obliged -> exempt, withdraw, law"]);
    assert_eq!(house.asked(WorkKind::DecisionChanged).await, [dossier]);
}

#[tokio::test]
async fn a_fact_that_became_known_late_changes_what_was_decided_before() {
    let house = House::open().await;
    let dossier = house.visit().await;
    let late = TODAY.saturating_add(10.days());
    house.clock.set_day(late);
    let granted = FactKind::ExemptionGranted { code: Code::new("E11"), until: None };
    assert!(house.act(dossier, TODAY, &granted).await);
    let done = house.desk.reassess_decisions(true).await.expect("reads");
    assert!(told(&done).is_empty(), "an exempt dossier is closed: {:?}", told(&done));
    let wrong = FactKind::SuspensionGranted { code: Code::new("S01"), until: TODAY.saturating_add(30.days()) };
    let other = House::open().await;
    let dossier = other.visit().await;
    other.clock.set_day(late);
    assert!(other.act(dossier, TODAY, &wrong).await);
    let done = other.desk.reassess_decisions(true).await.expect("reads");
    assert_eq!(told(&done), ["checked: obliged -> obliged, reissue, fact"]);
}

/// R-S7: what a visit of an earlier day handed over is judged on that day, like the act by itself.
#[tokio::test]
async fn a_certificate_of_a_day_on_which_nobody_was_obliged_is_refused_with_its_visit() {
    let house = House::open().await;
    let dossier = house.visit().await;
    let day = |later: i32| TODAY.saturating_add(later.days());
    house.clock.set_day(day(40));
    let granted = FactKind::ExemptionGranted { code: Code::new("E11"), until: Some(day(20)) };
    assert!(house.act(dossier, day(1), &granted).await);
    assert!(!house.act(dossier, day(10), &FactKind::CertificateReceived).await, "she was exempt then");
    let visit = house.visit_of(day(10));
    match house.desk.visit(&visit).await {
        Err(AppError::Refused(refusal)) => assert_eq!((refusal.code, refusal.rule), (RefusalCode::WrongState, "R-S7")),
        answer => panic!("she was exempt on that day: {answer:?}"),
    }
    house.desk.visit(&house.visit_of(day(30))).await.expect("she was obliged again");
}
