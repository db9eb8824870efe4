//! Measuring a store: durable commands per second, by clients.

use crate::contract::Fixture;
use crate::facts;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use traject_app::ids::DossierId;
use traject_app::model::{Command, DossierChange};
use traject_domain::fact::{FactKind, NumberKey};
use uuid::Uuid;

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

/// Every client in turn checks a newcomer (a new dossier with number, check and standing) and records the
/// certificate on that dossier; gives the rate of these calls. `run` tells runs on one store apart.
pub async fn write(fixture: &Fixture, run: u64, clients: usize, length: Duration) -> Rate {
    let calls = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    let start = now();
    for client in 0..clients {
        let (store, calls) = (Arc::clone(&fixture.store), Arc::clone(&calls));
        let mut commands = Commands { run, client: client as u64, made: 0 };
        tasks.spawn(async move {
            while start.elapsed() < length {
                for command in commands.next_person() {
                    store.commit(command).await.expect("commits");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    tasks.join_all().await;
    Rate { clients, calls: calls.load(Ordering::Relaxed), elapsed: start.elapsed() }
}

#[expect(clippy::disallowed_methods, reason = "this is a measurement")]
fn now() -> Instant {
    Instant::now()
}

/// The commands of one client; ids follow from run, client and count.
struct Commands {
    run: u64,
    client: u64,
    made: u64,
}

impl Commands {
    fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(u128::from(self.made) << 80 | u128::from(self.run) << 40 | u128::from(self.client))
    }

    fn next_person(&mut self) -> [Command; 2] {
        let dossier = DossierId(self.id());
        let key = NumberKey(self.id());
        let number = facts::national_number(self.run * 300_000 + self.client * 9_000 + self.made / 8 % 9_000);
        let mut check = crate::contract::change(dossier, 0);
        let id = self.id();
        let kind = FactKind::Checked(Box::new(facts::extract(facts::municipality(self.client as usize))));
        check.facts.push(facts::new_fact(id, &format!("C-{id}"), key, crate::contract::TODAY, kind));
        check.numbers.push((key, number));
        let mut certificate = crate::contract::change(dossier, 1);
        let id = self.id();
        let kind = FactKind::CertificateReceived;
        certificate.facts.push(facts::new_fact(id, &format!("R-{id}"), key, crate::contract::TODAY, kind));
        [self.command(check), self.command(certificate)]
    }

    fn command(&mut self, change: DossierChange) -> Command {
        let id = self.id();
        let request = traject_app::model::Request { caller: format!("client-{}", self.client), id, hash: [1; 32] };
        Command { request, changes: vec![change] }
    }
}
