//! The law area.

use crate::Api;
use crate::auth::caller;
use crate::code;
use crate::name;
use crate::parse::{Fields, REQUIRED, wire_date};
use crate::standing::date;
use tonic::{Request, Response, Status};
use traject_app::reassess::{self, Reassessed};
use traject_app::what_if::{self, Findings, Question};
use traject_proto::traject::law::v1 as wire;
use traject_proto::traject::law::v1::law_service_server::LawService;
use traject_proto::traject::law::v1::*;

/// Values that one question may set.
const SET_MAX: usize = 100;
/// Weeks that one question may look ahead.
const WEEKS_MAX: u32 = 104;
/// Items of a list when the caller does not say, and at the most.
const LISTED: (usize, usize) = (50, 1_000);

#[tonic::async_trait]
impl LawService for Api {
    async fn get_law(&self, request: Request<GetLawRequest>) -> Result<Response<Law>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let on = fields.date("on_date", message.on_date);
        if message.on_date.is_none() {
            fields.fault("on_date", REQUIRED);
        }
        let known_on = fields.date("known_on_date", message.known_on_date).or(on);
        let (on, known_on) = fields.done(on.zip(known_on), &caller)?;
        let law = &self.desk.law;
        let values = self.desk.laws.values(&law.content, on, known_on).map_err(|error| self.status(&error, &caller))?;
        let asked = values.into_iter().filter(|(key, _)| key.starts_with(&message.key_prefix));
        Ok(Response::new(Law {
            version: law.law.version.clone(),
            hash: crate::decision::hex(&law.hash),
            values: asked.map(|(key, value)| Value { key, value }).collect(),
        }))
    }

    async fn what_if(&self, request: Request<WhatIfRequest>) -> Result<Response<WhatIfResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        match message.set.len() {
            0 => fields.fault("set", REQUIRED),
            1..=SET_MAX => {}
            _ => fields.fault("set", "more than 100 values"),
        }
        let weeks = u32::try_from(message.week_count).ok().filter(|weeks| *weeks <= WEEKS_MAX);
        if weeks.is_none() {
            fields.fault("week_count", "not a number of weeks from 0 to 104");
        }
        let as_of = match message.as_of_date {
            Some(_) => fields.date("as_of_date", message.as_of_date),
            None => Some(self.desk.clock.today()),
        };
        let other = self.desk.laws.with(&self.desk.law.content, &message.set);
        let other = other.map_err(|refused| fields.fault("set", refused.0)).ok();
        let ((weeks, as_of), other) = fields.done(weeks.zip(as_of).zip(other), &caller)?;
        let question = Question { before: &self.desk.law.law, after: &other, as_of, weeks };
        let findings = self.desk.what_if(question).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(answered(&findings, listed(message.dossier_count_max))))
    }

    async fn reassess_decisions(
        &self,
        request: Request<ReassessDecisionsRequest>,
    ) -> Result<Response<ReassessDecisionsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let done = self.desk.reassess_decisions(message.validate_only).await;
        let done = done.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(reassessed(&done, listed(message.decision_count_max))))
    }
}

/// How many items a list may have.
fn listed(asked: i32) -> usize {
    match usize::try_from(asked) {
        Ok(0) | Err(_) => LISTED.0,
        Ok(asked) => asked.min(LISTED.1),
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn answered(findings: &Findings, most: usize) -> WhatIfResponse {
    let outcomes = findings.outcomes.iter().map(|((before, after), dossiers)| OutcomeChange {
        before: code::outcome_of(before.as_str()),
        after: code::outcome_of(after.as_str()),
        dossier_count: number(*dossiers),
    });
    let groups = findings.groups.iter().map(|(group, counted)| GroupCount {
        dimension: group.dimension.code().to_owned(),
        value: group.value.to_string(),
        count: Some(count(counted)),
    });
    let weeks = findings.weeks.iter().map(|week| Week {
        first_date: Some(wire_date(week.first)),
        before: Some(load(week.before)),
        after: Some(load(week.after)),
    });
    let dossiers = findings.changed.iter().take(most).map(|changed| ChangedDossier {
        dossier: name::dossier(changed.dossier),
        before: Some(short(&changed.before)),
        after: Some(short(&changed.after)),
    });
    WhatIfResponse {
        total: Some(count(&findings.total)),
        outcomes: outcomes.collect(),
        groups: groups.collect(),
        weeks: weeks.collect(),
        dossiers: dossiers.collect(),
    }
}

fn count(of: &what_if::Count) -> Count {
    Count {
        assessed_count: number(of.assessed),
        changed_count: number(of.changed),
        outcome_changed_count: number(of.outcome_changed),
    }
}

fn load(of: what_if::Load) -> Load {
    Load { notice_count: number(of.notices), letter_count: number(of.letters) }
}

fn short(of: &what_if::Short) -> ShortStanding {
    ShortStanding {
        outcome: code::outcome_of(of.outcome.as_str()),
        reasons: of.reasons.clone(),
        enforcement: of.enforcement.to_string(),
        next: of.next.map(|next| next.to_string()).unwrap_or_default(),
        due_date: date(of.due),
    }
}

fn reassessed(done: &Reassessed, most: usize) -> ReassessDecisionsResponse {
    ReassessDecisionsResponse {
        dossier_count: number(done.dossiers),
        decision_count: number(done.decisions),
        changed_count: number(done.changed.len() as u64),
        decisions: done.changed.iter().take(most).map(changed).collect(),
        assessed_count: number(done.written),
        skipped_count: number(done.skipped),
    }
}

fn changed(from: &reassess::ChangedDecision) -> wire::ChangedDecision {
    let decision = &from.decision;
    let proposal = match from.proposal {
        reassess::Proposal::Withdraw => Proposal::Withdraw,
        reassess::Proposal::Reissue => Proposal::Reissue,
        reassess::Proposal::Look => Proposal::Look,
    };
    let lines = from.lines.iter().map(|line| LineChange {
        subject: line.subject.clone(),
        then: line.then.clone().unwrap_or_default(),
        now: line.now.clone().unwrap_or_default(),
    });
    wire::ChangedDecision {
        name: name::decision(decision.dossier, decision.fact),
        kind: decision.kind.to_string(),
        as_of_date: Some(wire_date(decision.as_of)),
        then: code::outcome_of(from.outcomes.0.as_str()),
        now: code::outcome_of(from.outcomes.1.as_str()),
        proposal: proposal.into(),
        causes: from.causes.iter().map(|of| cause(of, decision.dossier)).collect(),
        lines: lines.collect(),
    }
}

fn cause(of: &reassess::Cause, dossier: traject_app::ids::DossierId) -> Cause {
    use wire::cause::Cause as Kind;
    let kind = match of {
        reassess::Cause::Published(day) => Kind::PublishedDate(wire_date(*day)),
        reassess::Cause::Law(then, now) => Kind::LawVersion(format!("{then} -> {now}")),
        reassess::Cause::Fact(fact) => Kind::Fact(name::fact(dossier, *fact)),
        reassess::Cause::Engine(then, now) => Kind::Engine(format!("{then} -> {now}")),
    };
    Cause { cause: Some(kind) }
}
