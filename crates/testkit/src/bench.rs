//! Measuring a store: durable commands per second, by clients.

use crate::contract::{Fixture, TODAY, change};
use crate::facts;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use traject_app::ids::DossierId;
use traject_app::model::{Command, DossierChange, NewFact};
use traject_app::port::Ids as _;
use traject_domain::fact::{FactKind, NumberKey};

/// Commands that each newcomer of [`Bench::write`] brings.
pub const COMMANDS_PER_PERSON: u64 = 2;

/// What one run measured.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Clients that each waited for their answer before the next call.
    pub clients: usize,
    /// Calls answered.
    pub calls: u64,
    /// Time from the first call to the last answer.
    pub elapsed: Duration,
}

impl Rate {
    /// Calls per second.
    pub fn per_second(&self) -> f64 {
        self.calls as f64 / self.elapsed.as_secs_f64()
    }
}

/// A store under measurement: a fixture with a count of the newcomers it has seen, so that one run follows another.
pub struct Bench {
    fixture: Fixture,
    persons: AtomicU64,
}

impl Bench {
    /// A measurement of an empty store.
    pub fn new(fixture: Fixture) -> Self {
        Self { fixture, persons: AtomicU64::new(0) }
    }

    /// The store with what belongs to it.
    pub fn fixture(&self) -> &Fixture {
        &self.fixture
    }

    /// Every client checks a newcomer (a new dossier with number, identity, check and standing), then records the
    /// certificate on that dossier, and again, each time waiting for the answer; gives the rate of these commands.
    ///
    /// There are 900,000 national numbers for one store.
    ///
    /// # Panics
    /// When a command is refused.
    pub async fn write(self: &Arc<Self>, clients: usize, length: Duration) -> Rate {
        let mut tasks = JoinSet::new();
        let start = now();
        for _ in 0..clients {
            let bench = Arc::clone(self);
            tasks.spawn(async move {
                let mut calls = 0;
                while start.elapsed() < length {
                    for command in bench.next_person() {
                        bench.fixture.store.commit(command).await.expect("commits");
                        calls += 1;
                    }
                }
                calls
            });
        }
        let calls = tasks.join_all().await.into_iter().sum();
        Rate { clients, calls, elapsed: start.elapsed() }
    }

    fn next_person(&self) -> [Command; COMMANDS_PER_PERSON as usize] {
        let n = self.persons.fetch_add(1, Ordering::Relaxed);
        let dossier = self.fixture.dossier();
        let key = NumberKey(self.fixture.ids.next());
        let town = facts::municipality((n % 19) as usize);
        let mut check = self.change(dossier, 0, key, FactKind::Checked(Box::new(facts::extract(town))));
        check.numbers.push((key, facts::national_number(n)));
        let certificate = self.change(dossier, 1, key, FactKind::CertificateReceived);
        [self.fixture.command(vec![check]), self.fixture.command(vec![certificate])]
    }

    fn change(&self, dossier: DossierId, expected_version: u64, key: NumberKey, kind: FactKind) -> DossierChange {
        let id = self.fixture.ids.next();
        // A fact recorded here is its own reference, as in the desk.
        let fact: NewFact = facts::new_fact(id, &id.to_string(), key, TODAY, kind);
        DossierChange { facts: vec![fact], ..change(dossier, expected_version) }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is a measurement")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FixedClock;
    use crate::memory::MemoryStore;

    #[tokio::test]
    async fn one_run_follows_another_and_every_command_counts() {
        let clock = Arc::new(FixedClock::on(TODAY));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let bench = Arc::new(Bench::new(Fixture::new(store, clock, ())));
        let mut calls = 0;
        for clients in [1, 3] {
            let rate = bench.write(clients, Duration::from_millis(20)).await;
            assert!(rate.per_second() > 0.0);
            calls += rate.calls;
        }
        let head = bench.fixture().store.head().await.expect("the store answers");
        assert_eq!(head, calls);
    }
}
