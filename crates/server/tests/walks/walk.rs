//! One walk: random steps over two years, with everything checked after each of them.

use crate::attempt::Attempt;
use crate::choice::register;
use crate::dice::Dice;
use crate::house::{House, Place};
use crate::judge;
use crate::record::{Snapshot, replay};
use crate::tally::Tally;
use jiff::ToSpan as _;
use jiff::civil::date;
use traject_app::AppError;
use traject_app::ids::DossierId;
use traject_app::model::{Committed, Decision};
use traject_domain::Date;
use traject_domain::extract::Extract;
use traject_domain::national_number::NationalNumber;
use traject_domain::standing::{Enforcement, Standing};
use traject_testkit::facts::national_number;

/// What must come of a try.
#[derive(Debug, Clone)]
pub(crate) enum Expected {
    /// What the guard says.
    Judged,
    /// The same again, and nothing new.
    Repeated(Committed),
    /// A refusal, since the request id stands for something else.
    Reused,
    /// A refusal, since the caller saw another version.
    Stale,
}

/// Somebody of whom a walk is.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) numbers: Vec<NationalNumber>,
    pub(crate) dossier: Option<DossierId>,
    pub(crate) extract: Extract,
    pub(crate) diligence: u32,
}

pub(crate) struct Walk {
    pub(crate) house: House,
    pub(crate) dice: Dice,
    pub(crate) people: Vec<Person>,
    /// What was accepted, to be tried again.
    pub(crate) done: Vec<(Attempt, Committed)>,
    pub(crate) now: Snapshot,
    pub(crate) standings: Vec<Option<Standing>>,
    tally: Tally,
}

/// Walks two years with the dice of a number.
pub(crate) async fn walk(number: u32, place: Place) -> Tally {
    let mut dice = Dice::of(u64::from(number));
    let start = date(2022, 6, 1).saturating_add(dice.days(0, 900).days());
    let end = start.saturating_add(2.years());
    let house = House::open(place, u64::from(number), start).await;
    let now = Snapshot::of(&house.desk).await;
    let people = (0..if dice.percent(25) { 2 } else { 1 }).map(|place| person(&mut dice, place, start)).collect();
    let (done, standings, tally) = (Vec::new(), Vec::new(), Tally { walks: 1, ..Tally::default() });
    let mut walk = Walk { house, dice, people, done, now, standings, tally };
    let mut reopen_on = Some(start.saturating_add(walk.dice.days(60, 700).days()));
    while walk.today() < end {
        for _ in 0..walk.dice.pick(&[1, 2, 3]) {
            walk.step().await;
        }
        if reopen_on.is_some_and(|day| day <= walk.today()) {
            reopen_on = None;
            walk.reopen().await;
        }
        walk.wake().await;
    }
    walk.finish().await
}

fn person(dice: &mut Dice, place: u64, start: Date) -> Person {
    let since = start.saturating_sub(dice.days(0, 60).days());
    let extract = register(dice, since);
    let diligence = dice.pick(&[1, 1, 3, 40]);
    Person { numbers: vec![national_number(place + 1)], dossier: None, extract, diligence }
}

impl Walk {
    pub(crate) fn today(&self) -> Date {
        self.house.desk.clock.today()
    }

    /// Tries one thing, and checks what came of it.
    async fn step(&mut self) {
        let (attempt, expected) = self.choose();
        let answer = attempt.perform(&self.house.desk).await;
        let before = std::mem::replace(&mut self.now, Snapshot::of(&self.house.desk).await);
        let left = self.house.desk.store.committed(attempt.request()).await;
        self.count(&attempt, &expected, answer.as_ref().err());
        match (expected, answer) {
            (Expected::Judged, Ok(_)) if !attempt.is_validated_only() => {
                let committed = left.expect("the store answers").expect("it was acknowledged");
                self.accepted(attempt, &before, committed).await;
            }
            (Expected::Repeated(first), Ok(done)) => {
                let again = left.expect("the store answers").expect("it was acknowledged");
                assert_eq!(Committed { repeated: true, ..first }, again, "I2");
                assert_eq!(done.and_then(|done| done.committed).unwrap_or_else(|| again.clone()), again, "I2");
                assert_eq!(self.now, before, "I2: nothing is added");
            }
            (Expected::Judged, answer) => {
                let (desk, dice) = (&self.house.desk, &mut self.dice);
                match answer {
                    Ok(_) => judge::validated(desk, dice, &attempt, &before),
                    Err(error) => judge::refused(desk, dice, &attempt, &error, &before),
                }
                assert_eq!(left.expect("the store answers"), None, "nothing was done");
                assert_eq!(self.now, before, "nothing was done: {attempt:?}");
            }
            (Expected::Reused, Err(AppError::RequestReused)) | (Expected::Stale, Err(AppError::Stale)) => {
                assert_eq!(self.now, before, "nothing was done");
            }
            (expected, answer) => panic!("{expected:?}, and {answer:?} to {attempt:?}"),
        }
        self.check();
    }

    /// Records what was accepted, and checks it.
    async fn accepted(&mut self, attempt: Attempt, before: &Snapshot, committed: Committed) {
        self.now.is_after(before, &committed);
        let [(id, _)] = committed.versions[..] else { panic!("one dossier at a time: {committed:?}") };
        let dossier = self.now.dossier(id).expect("it was acknowledged");
        judge::recorded(&self.house.desk, &mut self.dice, &attempt, before.dossier(id), dossier);
        let decided = self.decisions(&[id]).await;
        let newest = decided.iter().rev().find(|decision| Some(&decision.fact) == committed.facts.first());
        assert_eq!(newest.is_some(), !committed.facts.is_empty(), "what records facts is a decision");
        let earlier = self.dice.any(&decided);
        let again: Vec<Decision> = newest.cloned().into_iter().chain(earlier).collect();
        replay(&self.house.desk, &self.now, &again);
        let numbers: Vec<NationalNumber> = dossier.numbers.iter().map(|(_, number)| *number).collect();
        let own = self.people.iter_mut().find(|person| person.numbers.iter().any(|number| numbers.contains(number)));
        let person = own.expect("each dossier is of somebody");
        (person.dossier, person.numbers) = (Some(id), numbers);
        self.done.push((attempt, committed));
    }

    fn check(&mut self) {
        self.standings = self.now.holds(&self.house.desk, &mut self.dice);
        let breaches = self.standings.iter().flatten().filter_map(|standing| standing.obligation.as_ref());
        let states = breaches.flat_map(|obligation| obligation.breaches.iter().map(|breach| breach.state));
        self.tally.reached.extend(states.filter(|state| *state != Enforcement::None));
    }

    fn count(&mut self, attempt: &Attempt, expected: &Expected, error: Option<&AppError>) {
        let name = match expected {
            Expected::Judged if attempt.is_validated_only() => "(validated only)",
            Expected::Judged if attempt.day().is_some_and(|day| day < self.today()) => "(on an earlier day)",
            Expected::Judged => attempt.name(),
            Expected::Repeated(_) => "(repeated)",
            Expected::Reused => "(request id reused)",
            Expected::Stale => "(version not seen)",
        };
        let refused_by = error.map(|error| match error {
            AppError::Refused(refusal) => format!("{} {}", refusal.code, refusal.rule),
            error => error.code().to_owned(),
        });
        self.tally.count(name, refused_by);
    }

    /// Lets some days pass, and sweeps.
    async fn wake(&mut self) {
        let days = if self.dice.percent(8) { self.dice.days(20, 70) } else { self.dice.days(1, 18) };
        self.house.clock.set_day(self.today().saturating_add(days.days()));
        let swept = self.house.desk.sweep().await.expect("the sweep runs");
        assert_eq!(swept.skipped, 0, "nobody else is here");
        let before = std::mem::replace(&mut self.now, Snapshot::of(&self.house.desk).await);
        self.now.was_swept(&before);
        self.check();
    }

    /// I1: what was acknowledged is there when the record is opened again.
    async fn reopen(&mut self) {
        self.house.reopen().await;
        assert_eq!(Snapshot::of(&self.house.desk).await, self.now, "I1");
        for (attempt, first) in &self.done {
            let left = self.house.desk.store.committed(attempt.request()).await.expect("the store answers");
            assert_eq!(left, Some(Committed { repeated: true, ..first.clone() }), "I1");
        }
    }

    async fn decisions(&self, dossiers: &[DossierId]) -> Vec<Decision> {
        self.house.desk.store.decisions_of(dossiers).await.expect("the store answers")
    }

    /// I7 of every decision, one of them through the desk, and the whole record verified.
    async fn finish(mut self) -> Tally {
        let ids: Vec<DossierId> = self.now.dossiers.iter().map(|dossier| dossier.id).collect();
        let decided = self.decisions(&ids).await;
        replay(&self.house.desk, &self.now, &decided);
        if let Some(decision) = self.dice.any(&decided).filter(|_| self.dice.percent(10)) {
            assert!(self.house.desk.replay_decision(decision.fact).await.expect("it is made again").same);
        }
        self.house.close().await;
        self.tally
    }
}
