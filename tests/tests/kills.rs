//! A server killed under load: what it acknowledged is there, and nothing is there twice.

use crate::procedure::visit;
use crate::support::{BON, BRUSSELS, Client, Deployment, number_of, request_id};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinSet;
use traject_proto::traject::act::v1::{ActResponse, RegisterRequest, SignContractRequest};
use traject_proto::traject::check::v1::{CounterVisitRequest, CounterVisitResponse};
use traject_proto::traject::dossier::v1::ListFactsRequest;
use traject_proto::traject::r#type::v1::Language;

/// Clients at a time.
const CLIENTS: u32 = 8;

/// How often the server is killed: 20 times, or as often as `cargo xtask soak` says.
#[expect(clippy::disallowed_methods, reason = "the long count is told to the test by its environment")]
pub(crate) fn kills() -> u32 {
    std::env::var("TRAJECT_SOAK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

/// One call that a client makes, the same however often it is made.
#[derive(Debug, Clone)]
enum Call {
    Visit(Box<CounterVisitRequest>),
    Register(RegisterRequest),
    Sign(SignContractRequest),
}

/// What a call's answer says it did.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    dossier: String,
    facts: Vec<String>,
}

impl From<CounterVisitResponse> for Answer {
    fn from(from: CounterVisitResponse) -> Self {
        Self { dossier: from.dossier, facts: Vec::new() }
    }
}

impl From<ActResponse> for Answer {
    fn from(from: ActResponse) -> Self {
        Self { dossier: from.dossier, facts: from.facts }
    }
}

impl Call {
    async fn make(&self, clerk: &Client, office: &Client) -> Result<Answer, tonic::Status> {
        match self {
            Self::Visit(visit) => Ok(clerk.check().counter_visit((**visit).clone()).await?.into_inner().into()),
            Self::Register(act) => Ok(office.act().register(act.clone()).await?.into_inner().into()),
            Self::Sign(act) => Ok(office.act().sign_contract(act.clone()).await?.into_inner().into()),
        }
    }

    /// Facts it makes.
    fn weight(&self) -> usize {
        match self {
            Self::Visit(_) => 3,
            Self::Register(_) | Self::Sign(_) => 1,
        }
    }
}

/// One client's life: a person after the other through three calls; what broke off is made again after the kill.
struct Caller {
    number: u32,
    made: u32,
    dossier: String,
    /// Made before the kill, without an answer.
    open: Option<Call>,
    acknowledged: Vec<(Call, Answer)>,
}

impl Caller {
    fn next(&mut self) -> Call {
        if let Some(open) = self.open.take() {
            return open;
        }
        let serial = self.made / 3;
        let id = request_id(u128::from(self.number) << 32 | u128::from(self.made));
        self.made += 1;
        let head = (self.dossier.clone(), id);
        match (self.made - 1) % 3 {
            0 => {
                // A birth date for each client, and a serial number for each person.
                let birth = 900_100 + u64::from(self.number + serial / 990 * CLIENTS) % 28 + 1;
                let national_number = number_of(birth, serial % 990 + 1);
                Call::Visit(Box::new(CounterVisitRequest { national_number, request_id: head.1, ..visit(1, 1) }))
            }
            1 => Call::Register(RegisterRequest {
                name: head.0,
                request_id: head.1,
                organiser: "BON".to_owned(),
                track_language: Language::Nl.into(),
                ..RegisterRequest::default()
            }),
            _ => Call::Sign(SignContractRequest {
                name: head.0,
                request_id: head.1,
                organiser: "BON".to_owned(),
                track_language: Language::Nl.into(),
                ..SignContractRequest::default()
            }),
        }
    }

    /// Calls until the server is gone.
    async fn work(mut self, clerk: Client, office: Client) -> Self {
        loop {
            let call = self.next();
            match call.make(&clerk, &office).await {
                Ok(answer) => {
                    self.dossier.clone_from(&answer.dossier);
                    self.acknowledged.push((call, answer));
                }
                Err(status) => {
                    // Only the kill may break a call off; a refusal would be a fault of the server.
                    assert!(is_gone(&status), "{status:?}");
                    self.open = Some(call);
                    return self;
                }
            }
        }
    }
}

fn is_gone(status: &tonic::Status) -> bool {
    matches!(
        status.code(),
        tonic::Code::Unavailable | tonic::Code::Unknown | tonic::Code::Cancelled | tonic::Code::Internal
    ) && tonic_types::StatusExt::get_details_error_info(status).is_none()
}

async fn survives(deployment: &Deployment) {
    let mut random = Pcg32::seed_from_u64(u64::from(kills()));
    let fresh = |number| Caller { number, made: 0, dossier: String::new(), open: None, acknowledged: Vec::new() };
    let mut callers: Vec<Caller> = (0..CLIENTS).map(fresh).collect();
    for _ in 0..kills() {
        let server = deployment.serve();
        let (clerk, office) = (server.client(BRUSSELS).await, server.client(BON).await);
        let mut running = JoinSet::new();
        for caller in callers.drain(..) {
            running.spawn(caller.work(clerk.clone(), office.clone()));
        }
        tokio::time::sleep(Duration::from_millis(50 + u64::from(random.next_u32() % 250))).await;
        server.kill();
        callers = running.join_all().await;
    }
    let server = deployment.serve();
    let (clerk, office) = (server.client(BRUSSELS).await, server.client(BON).await);
    let mut expected: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for caller in &callers {
        let open = caller.open.iter().map(|call| (call.clone(), None));
        let done = caller.acknowledged.iter().map(|(call, answer)| (call.clone(), Some(answer)));
        for (call, before) in done.chain(open) {
            // The same request again: the same effect, once.
            let again = call.make(&clerk, &office).await.expect("it is answered");
            assert!(before.is_none_or(|before| *before == again), "{before:?} {again:?}");
            let (count, facts) = expected.entry(again.dossier.clone()).or_default();
            *count += call.weight();
            facts.extend(again.facts);
        }
    }
    assert!(callers.iter().all(|caller| !caller.acknowledged.is_empty()), "the server never came to answer");
    for (dossier, (count, facts)) in &expected {
        let list = ListFactsRequest { parent: dossier.clone(), page_size: 1_000, ..ListFactsRequest::default() };
        let found = clerk.dossier().list_facts(list).await.expect("a list").into_inner().facts;
        assert_eq!(found.len(), *count, "{dossier}");
        assert!(facts.iter().all(|fact| found.iter().any(|found| found.name == *fact)));
    }
    assert!(server.stop().success());
    let total: usize = expected.values().map(|(count, _)| count).sum();
    let verified = deployment.output(&mut deployment.command("verify"));
    assert!(verified.starts_with(&format!("{total} facts, {} dossiers", expected.len())), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_under_load_loses_and_doubles_nothing_on_sqlite() {
    survives(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_under_load_loses_and_doubles_nothing_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        survives(&deployment).await;
    }
}
