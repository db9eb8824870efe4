//! The dossier area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code::{self, Wire as _};
use crate::error::{Fault, invalid};
use crate::name;
use crate::page;
use crate::parse::{Fields, etag, wire_date};
use crate::reasons::{self, Reader};
use crate::standing::date;
use std::collections::HashSet;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::error::ReadError;
use traject_app::ids::DossierId;
use traject_app::model::{self, LedgerFact};
use traject_app::port::DossierFilter;
use traject_domain::code::Code;
use traject_domain::fact::{FactKind, FactRef};
use traject_domain::history::{History, Moment};
use traject_proto::google::r#type::Date;
use traject_proto::traject::dossier::v1::dossier_service_server::DossierService;
use traject_proto::traject::dossier::v1::{
    self as wire, Dossier, DossierRow, ExplainDossierRequest, Explanation, Fact, GetDossierRequest,
    ListDossiersRequest, ListDossiersResponse, ListFactsRequest, ListFactsResponse, SearchDossiersRequest,
    SearchDossiersResponse,
};
use traject_proto::traject::r#type::v1::{Breach, ClosingReason, Enforcement, NextCode, Outcome, Stage};
use traject_templates::reasons::Audience;
use uuid::Uuid;

#[tonic::async_trait]
impl DossierService for Api {
    async fn get_dossier(&self, request: Request<GetDossierRequest>) -> Result<Response<Dossier>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let id = fields.dossier("name", &message.name);
        let at = self.moment(&mut fields, message.as_of_date, message.recorded_by_date);
        let id = fields.done(id, &caller)?;
        let dossier = self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(self.dossier(&dossier, at)))
    }

    async fn list_dossiers(
        &self,
        request: Request<ListDossiersRequest>,
    ) -> Result<Response<ListDossiersResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.into_inner();
        let (filter, list, after, size) = self.dossier_page(message, &caller)?;
        let found = self.desk.store.list(&filter, after, size + 1).await;
        let (rows, more) = page::cut(found.map_err(|error| self.read_status(error, &caller))?, size);
        let next = rows.last().filter(|_| more).map(|row| self.page_key.seal(&list, &caller, row.id.0.as_bytes()));
        let dossiers = rows.iter().map(row).collect();
        Ok(Response::new(ListDossiersResponse { dossiers, next_page_token: next.unwrap_or_default() }))
    }

    async fn search_dossiers(
        &self,
        request: Request<SearchDossiersRequest>,
    ) -> Result<Response<SearchDossiersResponse>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(self.search(request.get_ref(), &caller).await?))
    }

    async fn list_facts(&self, request: Request<ListFactsRequest>) -> Result<Response<ListFactsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.into_inner();
        let mut fields = Fields::default();
        let id = fields.dossier("parent", &message.parent);
        let size = fields.take(page::size(message.page_size));
        let (id, size) = fields.done(id.zip(size), &caller)?;
        let list = ListFactsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let place = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = place.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?))).unwrap_or(0);
        let dossier = self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        let retracted = retracted(&dossier);
        let later = dossier.facts.iter().filter(|fact| fact.position > after).take(size + 1);
        let (facts, more) = page::cut(later.collect(), size);
        let next = facts.last().filter(|_| more);
        let next = next.map(|fact| self.page_key.seal(&list, &caller, &fact.position.to_be_bytes()));
        let facts = facts.into_iter().map(|recorded| fact(id, recorded, &retracted)).collect();
        Ok(Response::new(ListFactsResponse { facts, next_page_token: next.unwrap_or_default() }))
    }

    async fn explain_dossier(&self, request: Request<ExplainDossierRequest>) -> Result<Response<Explanation>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let id = fields.dossier("name", &message.name);
        let at = self.moment(&mut fields, message.as_of_date, message.recorded_by_date);
        let audience = match fields.plain::<wire::Audience>("audience", message.audience) {
            Some(wire::Audience::Newcomer) => Audience::Newcomer,
            _ => Audience::Clerk,
        };
        let own = reasons::language_code(caller.language);
        let language = if message.language.is_empty() { own } else { &message.language };
        if !self.reason_texts.languages().any(|(code, _)| code == language) {
            fields.fault("language", "there are no texts in this language");
        }
        let id = fields.done(id, &caller)?;
        let dossier = self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(self.reasons(&dossier, at, Reader { audience, language })))
    }
}

/// The filter of a request, the request as its page tokens know it, where the page starts, and how long it is.
type Page = (DossierFilter, ListDossiersRequest, Option<DossierId>, usize);

impl Api {
    fn dossier_page(&self, message: ListDossiersRequest, caller: &Caller) -> Result<Page, Status> {
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let outcome = fields.plain::<Outcome>("outcome", message.outcome);
        let filter = DossierFilter {
            municipality: fields.municipality("municipality", &message.municipality),
            outcome: outcome.and_then(code::outcome_word).map(Code::new),
            stage: fields.value::<Stage>("stage", message.stage),
            enforcement: fields.value::<Enforcement>("enforcement", message.enforcement),
            next_code: fields.value::<NextCode>("next_code", message.next_code),
        };
        let (filter, size) = fields.done(Some(filter).zip(size), caller)?;
        let list = ListDossiersRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let place = self.page_key.open(&list, caller, &message.page_token)?;
        let after = place.and_then(|bytes| Uuid::from_slice(&bytes).ok()).map(DossierId);
        Ok((filter, list, after, size))
    }

    /// The moment a request asks about: today, and as known then, where it says nothing else.
    fn moment(&self, fields: &mut Fields, as_of: Option<Date>, recorded_by: Option<Date>) -> Moment {
        let as_of = fields.date("as_of_date", as_of).unwrap_or_else(|| self.desk.clock.today());
        Moment { as_of, recorded_by: fields.date("recorded_by_date", recorded_by).unwrap_or(as_of) }
    }

    /// Why a dossier stands as it does. The reader's language is one that there are texts in.
    fn reasons(&self, dossier: &model::Dossier, at: Moment, reader: Reader<'_>) -> Explanation {
        let law = &self.desk.law.law;
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        let told = traject_domain::assess::reasons(law, &history).and_then(|told| {
            // The language was looked up with the other fields of the request.
            reasons::explanation(law, &self.reason_texts, dossier.id, &told, reader).ok()
        });
        told.unwrap_or_else(|| reasons::nothing(law, dossier.id))
    }

    /// A dossier at a moment.
    pub(crate) fn dossier(&self, dossier: &model::Dossier, at: Moment) -> Dossier {
        Dossier {
            name: name::dossier(dossier.id),
            etag: etag(dossier.version),
            standing: self.standing_of(dossier, at),
            held: dossier.held,
            frozen: dossier.frozen,
            stale: dossier.standing.is_none(),
        }
    }

    /// The status of a failed read.
    pub(crate) fn read_status(&self, error: ReadError, caller: &Caller) -> Status {
        self.status(&AppError::from(error), caller)
    }

    /// A fault of one field.
    pub(crate) fn fault(&self, field: &'static str, problem: &'static str, caller: &Caller) -> Status {
        invalid(&[Fault::new(field, problem)], caller.language)
    }
}

fn row(row: &model::DossierRow) -> DossierRow {
    let (name, etag) = (name::dossier(row.id), etag(row.version));
    let Some(standing) = &row.standing else { return DossierRow { name, etag, stale: true, ..Default::default() } };
    DossierRow {
        name,
        etag,
        stale: false,
        outcome: code::outcome_of(standing.outcome.as_str()),
        reasons: standing.reasons.split_whitespace().map(str::to_owned).collect(),
        municipality: standing.municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        reference_date: date(standing.reference_date),
        stage: code::optional::<Stage>(standing.stage.as_ref()),
        closing_reason: code::optional::<ClosingReason>(standing.closed_reason.as_ref()),
        enforcement: Enforcement::of(&standing.enforcement),
        breach: code::optional::<Breach>(standing.breach.as_ref()),
        register_due_date: date(standing.register_due),
        complete_due_date: date(standing.complete_due),
        cure_due_date: date(standing.cure_due),
        next_code: code::optional::<NextCode>(standing.next_code.as_ref()),
        next_due_date: date(standing.next_due),
        review: standing.review,
    }
}

/// References that a later fact retracts.
pub(crate) fn retracted(dossier: &model::Dossier) -> HashSet<&FactRef> {
    let named = |fact: &'_ LedgerFact| match &fact.fact.kind {
        FactKind::Retracted(target) => Some(target.clone()),
        _ => None,
    };
    let targets: HashSet<FactRef> = dossier.facts.iter().filter_map(named).collect();
    dossier.facts.iter().map(|fact| &fact.fact.reference).filter(|reference| targets.contains(*reference)).collect()
}

pub(crate) fn fact(dossier: DossierId, recorded: &LedgerFact, retracted: &HashSet<&FactRef>) -> Fact {
    let columns = recorded.fact.kind.columns();
    let micros = recorded.received_at.as_microsecond();
    Fact {
        name: name::fact(dossier, recorded.id),
        reference: recorded.fact.reference.to_string(),
        kind: recorded.fact.kind.name().to_owned(),
        occurred_date: Some(wire_date(recorded.fact.occurred_on)),
        known_date: Some(wire_date(recorded.fact.known_on)),
        agency: recorded.fact.agency.to_string(),
        staff: recorded.actor.staff.clone(),
        position: i64::try_from(recorded.position).unwrap_or(i64::MAX),
        receive_time: Some(crate::parse::wire_time(micros)),
        code: columns.code,
        value: columns.value,
        until_date: date(columns.until),
        retracted: retracted.contains(&recorded.fact.reference),
    }
}
