//! The check area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::explain::explanation;
use crate::extract::{extract, identity};
use crate::name;
use crate::parse::{Fields, etag};
use tonic::{Request, Response, Status};
use traject_app::act::Done;
use traject_app::check::{HandOver, Visit};
use traject_domain::Date;
use traject_domain::extract::Extract;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::history::{History, Moment};
use traject_proto::traject::check::v1::check_service_server::CheckService;
use traject_proto::traject::check::v1::{
    BatchCheckPersonsRequest, BatchCheckPersonsResponse, CheckPersonRequest, CheckPersonResponse, CounterVisitRequest,
    CounterVisitResponse, InformationItem,
};
use uuid::Uuid;

/// Extracts in one batch at the most.
const BATCH_MAX: usize = 1_000;

#[tonic::async_trait]
impl CheckService for Api {
    async fn check_person(
        &self,
        request: Request<CheckPersonRequest>,
    ) -> Result<Response<CheckPersonResponse>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let question = self.question(&mut fields, request.get_ref());
        let (extract, day) = fields.done(question, &caller)?;
        Ok(Response::new(self.judged(extract, day, &caller)))
    }

    async fn batch_check_persons(
        &self,
        request: Request<BatchCheckPersonsRequest>,
    ) -> Result<Response<BatchCheckPersonsResponse>, Status> {
        let caller = caller(&request)?;
        let requests = &request.get_ref().requests;
        if requests.is_empty() || requests.len() > BATCH_MAX {
            return Err(self.fault("requests", "1 to 1000 are needed", &caller));
        }
        let mut fields = Fields::default();
        let mut questions = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            let mut inner = Fields::default();
            questions.extend(self.question(&mut inner, request));
            fields.inside(&format!("requests[{index}]"), inner);
        }
        let questions = fields.done(Some(questions), &caller)?;
        let responses = questions.into_iter().map(|(extract, day)| self.judged(extract, day, &caller)).collect();
        Ok(Response::new(BatchCheckPersonsResponse { responses }))
    }

    async fn counter_visit(
        &self,
        request: Request<CounterVisitRequest>,
    ) -> Result<Response<CounterVisitResponse>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let visit = self.visit_of(&mut fields, request.get_ref(), &caller);
        let visit = fields.done(visit, &caller)?;
        let done = self.desk.visit(&visit).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(self.visited(&visit, &done, &caller)))
    }
}

impl Api {
    fn question(&self, fields: &mut Fields, request: &CheckPersonRequest) -> Option<(Extract, Date)> {
        let extract = extract(fields, "extract", request.extract.as_ref(), &self.desk.law.law);
        let day = fields.date("check_date", request.check_date).unwrap_or_else(|| self.desk.clock.today());
        Some((extract?, day))
    }

    /// What the law makes of an extract, as if it were the only check of a person.
    fn judged(&self, extract: Extract, day: Date, caller: &Caller) -> CheckPersonResponse {
        let fact = Fact {
            reference: FactRef::new("check"),
            number: NumberKey(Uuid::nil()),
            occurred_on: day,
            known_on: day,
            agency: caller.actor.agency.clone(),
            kind: FactKind::Checked(Box::new(extract)),
        };
        self.explained(std::slice::from_ref(&fact), Moment::end_of(day), caller).unwrap_or_default()
    }

    fn explained(&self, facts: &[Fact], at: Moment, caller: &Caller) -> Option<CheckPersonResponse> {
        let law = &self.desk.law.law;
        let history = History::new(facts, at);
        let standing = traject_domain::assess(law, &history)?;
        explanation(law, &history, &standing, caller)
    }

    fn visit_of(&self, fields: &mut Fields, message: &CounterVisitRequest, caller: &Caller) -> Option<Visit> {
        let request = fields.request(message, &message.request_id, message.validate_only, caller);
        let number = fields.national_number("national_number", &message.national_number);
        let extract = extract(fields, "extract", message.extract.as_ref(), &self.desk.law.law);
        let checked_on = fields.date("visit_date", message.visit_date).unwrap_or_else(|| self.desk.clock.today());
        let items = message.information.iter();
        let items = items.filter_map(|item| fields.required_value::<InformationItem>("information", *item)).collect();
        let spoken = fields.spoken_language("spoken_language", &message.spoken_language);
        Some(Visit {
            request: request?,
            actor: caller.actor.clone(),
            number: number?,
            identity: identity(message.identity.as_ref()),
            extract: extract?,
            checked_on,
            hand_over: HandOver { items, spoken, certificate_received: message.certificate_received },
            validate_only: message.validate_only,
        })
    }

    fn visited(&self, visit: &Visit, done: &Done, caller: &Caller) -> CounterVisitResponse {
        let letter = done.committed.as_ref().and_then(|committed| committed.deliveries.first());
        CounterVisitResponse {
            dossier: if done.version > 0 { name::dossier(done.dossier) } else { String::new() },
            etag: etag(done.version),
            standing: self.after(done),
            explanation: Some(self.judged(visit.extract.clone(), visit.checked_on, caller)),
            certificate_delivery: letter.map(|delivery| name::delivery(*delivery)).unwrap_or_default(),
        }
    }
}
