//! The decision area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code;
use crate::name;
use crate::page;
use crate::parse::{Fields, wire_date};
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::decision::{Difference, LaterFact, Replay, View};
use traject_app::ids::{DossierId, FactId};
use traject_app::model;
use traject_proto::traject::decision::v1 as wire;
use traject_proto::traject::decision::v1::decision_service_server::DecisionService;
use traject_proto::traject::decision::v1::{
    Decision, GetDecisionRequest, ListDecisionsRequest, ListDecisionsResponse, ReplayDecisionRequest,
    ReplayDecisionResponse,
};

#[tonic::async_trait]
impl DecisionService for Api {
    async fn get_decision(&self, request: Request<GetDecisionRequest>) -> Result<Response<Decision>, Status> {
        let caller = caller(&request)?;
        let found = self.named_decision(&request.get_ref().name, &caller).await?;
        Ok(Response::new(decision(&found)))
    }

    async fn list_decisions(
        &self,
        request: Request<ListDecisionsRequest>,
    ) -> Result<Response<ListDecisionsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.dossier("parent", &message.parent);
        let size = fields.take(page::size(message.page_size));
        let (id, size) = fields.done(id.zip(size), &caller)?;
        let list = ListDecisionsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let place = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = place.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?))).unwrap_or(0);
        // Hidden and absent look the same, and neither looks like a dossier without decisions.
        self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        let found = self.desk.store.decisions_of(&[id]).await.map_err(|error| self.read_status(error, &caller))?;
        let later = found.into_iter().filter(|decision| decision.position > after).take(size + 1);
        let (found, more) = page::cut(later.collect(), size);
        let next = found.last().filter(|_| more);
        let next = next.map(|last| self.page_key.seal(&list, &caller, &last.position.to_be_bytes()));
        let decisions = found.iter().map(decision).collect();
        Ok(Response::new(ListDecisionsResponse { decisions, next_page_token: next.unwrap_or_default() }))
    }

    async fn replay_decision(
        &self,
        request: Request<ReplayDecisionRequest>,
    ) -> Result<Response<ReplayDecisionResponse>, Status> {
        let caller = caller(&request)?;
        let found = self.named_decision(&request.get_ref().name, &caller).await?;
        let replay = self.desk.replay_decision(found.fact).await;
        Ok(Response::new(replayed(&replay.map_err(|error| self.status(&error, &caller))?)))
    }
}

impl Api {
    /// The decision of a name; its dossier is part of the name.
    async fn named_decision(&self, name: &str, caller: &Caller) -> Result<model::Decision, Status> {
        let mut fields = Fields::default();
        let named = fields.decision("name", name);
        let (dossier, id) = fields.done(named, caller)?;
        let found = self.desk.store.decision(id).await.map_err(|error| self.read_status(error, caller))?;
        let found = found.filter(|decision| decision.dossier == dossier);
        found.ok_or_else(|| self.status(&AppError::NotFound, caller))
    }
}

pub(crate) fn decision(from: &model::Decision) -> Decision {
    Decision {
        name: name::decision(from.dossier, from.fact),
        fact: name::fact(from.dossier, from.fact),
        kind: from.kind.to_string(),
        as_of_date: Some(wire_date(from.as_of)),
        position: position(from.position),
        law_hash: hex(&from.law_hash),
        engine: from.engine.clone(),
        outcome: code::outcome_of(from.outcome.as_str()),
        digest: hex(&from.digest),
    }
}

fn replayed(replay: &Replay) -> ReplayDecisionResponse {
    let mut response = ReplayDecisionResponse {
        decision: Some(decision(&replay.decision)),
        then: Some(view(&replay.then)),
        now: Some(view(&replay.now)),
        same: replay.same,
        ..ReplayDecisionResponse::default()
    };
    let dossier = replay.decision.dossier;
    let change = |subject: &str, then: Option<String>, now: Option<String>| wire::Change {
        subject: subject.to_owned(),
        then,
        now,
    };
    let law = |(version, hash): &(String, [u8; 32])| Some(format!("{version} ({})", hex(hash)));
    for difference in &replay.differences {
        match difference {
            Difference::LaterFact(fact) => response.later_facts.push(later_fact(dossier, fact)),
            Difference::Law { then, now } => response.law = Some(change("law", law(then), law(now))),
            Difference::Engine { then, now } => {
                response.engine = Some(change("engine", Some(then.clone()), Some(now.clone())));
            }
            Difference::Line { subject, then, now } => {
                response.lines.push(change(subject, then.clone(), now.clone()));
            }
        }
    }
    response
}

fn view(from: &View) -> wire::View {
    let line =
        |line: &traject_app::decision::Line| wire::Line { subject: line.subject.clone(), value: line.value.clone() };
    wire::View {
        as_of_date: Some(wire_date(from.at.as_of)),
        recorded_by_date: Some(wire_date(from.at.recorded_by)),
        law_hash: hex(&from.law_hash),
        law_version: from.law_version.clone(),
        fact_count: i32::try_from(from.facts).unwrap_or(i32::MAX),
        outcome: code::outcome_of(from.outcome.as_str()),
        reasons: from.reasons.clone(),
        lines: from.lines.iter().map(line).collect(),
        digest: hex(&from.digest),
    }
}

fn later_fact(dossier: DossierId, from: &LaterFact) -> wire::LaterFact {
    let name = |fact: FactId| name::fact(dossier, fact);
    wire::LaterFact {
        name: name(from.id),
        kind: from.kind.to_owned(),
        occurred_date: Some(wire_date(from.occurred_on)),
        known_date: Some(wire_date(from.known_on)),
        position: position(from.position),
        retracts: from.retracts.map(name).unwrap_or_default(),
        counts: from.counts,
    }
}

fn position(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
