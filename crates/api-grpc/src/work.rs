//! The work area.

mod change;
mod count;
mod list;
mod saved;

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code;
use crate::error;
use crate::name;
use crate::parse::{Fields, etag, wire_date};
use crate::standing::date;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::act::Done;
use traject_app::model::{self, WorkKind as Kind};
use traject_app::port;
use traject_app::release::Release;
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::counting::days_between;
use traject_proto::traject::r#type::v1::{Breach as WireBreach, ErrorReason};
use traject_proto::traject::work::v1::update_work_item_request as update;
use traject_proto::traject::work::v1::work_service_server::WorkService;
use traject_proto::traject::work::v1::*;

/// Releases or updates in one batch at the most.
const BATCH_MAX: usize = 500;

#[tonic::async_trait]
impl WorkService for Api {
    async fn list_work_items(
        &self,
        request: Request<ListWorkItemsRequest>,
    ) -> Result<Response<ListWorkItemsResponse>, Status> {
        let caller = caller(&request)?;
        self.list_work(&request.into_inner(), &caller).await.map(Response::new)
    }

    async fn count_work_items(
        &self,
        request: Request<CountWorkItemsRequest>,
    ) -> Result<Response<CountWorkItemsResponse>, Status> {
        let caller = caller(&request)?;
        self.count_work(request.into_inner().list.unwrap_or_default(), &caller).await.map(Response::new)
    }

    async fn get_work_item(&self, request: Request<GetWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let id = fields.work_item("name", &request.get_ref().name);
        let id = fields.done(id, &caller)?;
        let item = self.desk.store.work_item(id).await.map_err(|error| self.read_status(error, &caller))?;
        let item = item.ok_or_else(|| self.status(&AppError::NotFound, &caller))?;
        Ok(Response::new(work_item(&item, self.desk.clock.today())))
    }

    async fn claim_work_item(&self, request: Request<ClaimWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let ClaimWorkItemRequest { name, etag } = request.into_inner();
        self.one(name, etag, update::Update::Claim(update::Claim {}), &caller).await
    }

    async fn assign_work_item(&self, request: Request<AssignWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let AssignWorkItemRequest { name, etag, assignee } = request.into_inner();
        let update = match assignee.trim().is_empty() {
            true => update::Update::GiveBack(update::GiveBack {}),
            false => update::Update::Assign(update::Assign { assignee }),
        };
        self.one(name, etag, update, &caller).await
    }

    async fn hand_over_work_item(
        &self,
        request: Request<HandOverWorkItemRequest>,
    ) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let HandOverWorkItemRequest { name, etag, assignee, note } = request.into_inner();
        self.one(name, etag, update::Update::HandOver(update::HandOver { assignee, note }), &caller).await
    }

    async fn note_work_item(&self, request: Request<NoteWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let NoteWorkItemRequest { name, etag, note } = request.into_inner();
        self.one(name, etag, update::Update::Note(update::Note { note }), &caller).await
    }

    async fn snooze_work_item(&self, request: Request<SnoozeWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let SnoozeWorkItemRequest { name, etag, until_date, reason } = request.into_inner();
        self.one(name, etag, update::Update::Snooze(update::Snooze { until_date, reason }), &caller).await
    }

    async fn resolve_work_item(&self, request: Request<ResolveWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let ResolveWorkItemRequest { name, etag, note } = request.into_inner();
        self.one(name, etag, update::Update::Resolve(update::Resolve { note }), &caller).await
    }

    async fn batch_update_work_items(
        &self,
        request: Request<BatchUpdateWorkItemsRequest>,
    ) -> Result<Response<BatchUpdateWorkItemsResponse>, Status> {
        let caller = caller(&request)?;
        self.update_batch(&request.get_ref().requests, &caller).await.map(Response::new)
    }

    async fn list_work_item_events(
        &self,
        request: Request<ListWorkItemEventsRequest>,
    ) -> Result<Response<ListWorkItemEventsResponse>, Status> {
        let caller = caller(&request)?;
        self.list_story(&request.into_inner(), &caller).await.map(Response::new)
    }

    async fn create_saved_filter(
        &self,
        request: Request<CreateSavedFilterRequest>,
    ) -> Result<Response<SavedFilter>, Status> {
        let caller = caller(&request)?;
        self.save_filter(&request.into_inner(), &caller).await.map(Response::new)
    }

    async fn list_saved_filters(
        &self,
        request: Request<ListSavedFiltersRequest>,
    ) -> Result<Response<ListSavedFiltersResponse>, Status> {
        let caller = caller(&request)?;
        self.saved_filters(&request.into_inner(), &caller).await.map(Response::new)
    }

    async fn delete_saved_filter(&self, request: Request<DeleteSavedFilterRequest>) -> Result<Response<()>, Status> {
        let caller = caller(&request)?;
        self.forget_filter(&request.get_ref().name, &caller).await.map(Response::new)
    }

    async fn release_work_item(
        &self,
        request: Request<ReleaseWorkItemRequest>,
    ) -> Result<Response<ReleaseResult>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let release = release(&mut fields, message, &caller);
        let release = fields.done(release, &caller)?;
        let done = self.desk.release(&release).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(self.released(message.name.clone(), &done)))
    }

    async fn batch_release_work_items(
        &self,
        request: Request<BatchReleaseWorkItemsRequest>,
    ) -> Result<Response<BatchReleaseWorkItemsResponse>, Status> {
        let caller = caller(&request)?;
        let requests = &request.get_ref().requests;
        if requests.is_empty() || requests.len() > BATCH_MAX {
            return Err(self.fault("requests", "1 to 500 are needed", &caller));
        }
        let mut fields = Fields::default();
        let mut releases = Vec::with_capacity(requests.len());
        for (index, message) in requests.iter().enumerate() {
            let mut inner = Fields::default();
            releases.extend(release(&mut inner, message, &caller));
            fields.inside(&format!("requests[{index}]"), inner);
        }
        let releases = fields.done(Some(releases), &caller)?;
        let mut results = Vec::with_capacity(releases.len());
        for release in releases {
            let name = name::work_item(release.item);
            results.push(match self.desk.release(&release).await {
                Ok(done) => self.released(name, &done),
                // The store is away or full: the rest would fare no better, and may be asked for again.
                Err(error @ (AppError::Unavailable(_) | AppError::Exhausted | AppError::Internal(_))) => {
                    return Err(self.status(&error, &caller));
                }
                Err(error) => {
                    let error_reason = error::reason(error.code()).into();
                    ReleaseResult { name, error_reason, ..Default::default() }
                }
            });
        }
        Ok(Response::new(BatchReleaseWorkItemsResponse { results }))
    }

    async fn release_backlog(
        &self,
        request: Request<ReleaseBacklogRequest>,
    ) -> Result<Response<ReleaseBacklogResponse>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let municipality = fields.required_municipality("municipality", &request.get_ref().municipality);
        let municipality = fields.done(municipality, &caller)?;
        // What another municipality imported is its own to release.
        self.desk.own_municipality(&caller.actor, municipality).map_err(|error| self.status(&error, &caller))?;
        let released = self.desk.store.release_backlog(Some(municipality)).await;
        let released = released.map_err(|error| self.read_status(error, &caller))?;
        Ok(Response::new(ReleaseBacklogResponse { released_count: count(released) }))
    }

    async fn list_backlogs(
        &self,
        request: Request<ListBacklogsRequest>,
    ) -> Result<Response<ListBacklogsResponse>, Status> {
        let caller = caller(&request)?;
        let today = self.desk.clock.today();
        let found = self.desk.store.backlog(today).await.map_err(|error| self.read_status(error, &caller))?;
        let backlogs = found.iter().map(|of| backlog(of, today)).collect();
        Ok(Response::new(ListBacklogsResponse { backlogs }))
    }
}

impl Api {
    fn released(&self, name: String, done: &Done) -> ReleaseResult {
        let facts = done.committed.iter().flat_map(|committed| &committed.facts);
        ReleaseResult {
            name,
            dossier: name::dossier(done.dossier),
            etag: etag(done.version),
            facts: facts.map(|fact| name::fact(done.dossier, *fact)).collect(),
            standing: self.after(done),
            error_reason: ErrorReason::Unspecified.into(),
        }
    }
}

fn release(fields: &mut Fields, message: &ReleaseWorkItemRequest, caller: &Caller) -> Option<Release> {
    let item = fields.work_item("name", &message.name);
    let request = fields.request(message, &message.request_id, false, caller);
    Some(Release { request: request?, actor: caller.actor.clone(), item: item? })
}

/// The kinds that wire and breach name together: of a kind that is about a breach, those of every breach unless one is
/// named.
fn kinds_of(kind: WorkKind, breach: Option<Breach>) -> Result<Vec<Kind>, &'static str> {
    let about = |make: fn(Breach) -> Kind| {
        Ok(Breach::ALL.iter().filter(|one| breach.is_none_or(|breach| breach == **one)).map(|one| make(*one)).collect())
    };
    let plain = |kind| if breach.is_none() { Ok(vec![kind]) } else { Err("this kind is not about a breach") };
    match kind {
        WorkKind::Unspecified => Err("required"),
        WorkKind::Inform => plain(Kind::Inform),
        WorkKind::ReleaseNotice => about(Kind::ReleaseNotice),
        WorkKind::ReleaseTransfer => about(Kind::ReleaseTransfer),
        WorkKind::WithdrawNotice => about(Kind::WithdrawNotice),
        WorkKind::DecideRequest => plain(Kind::DecideRequest),
        WorkKind::ExemptionEnds => plain(Kind::ExemptionEnds),
        WorkKind::InviteToHearing => about(Kind::InviteToHearing),
        WorkKind::DecideFine => about(Kind::DecideFine),
        WorkKind::RemindPayment => about(Kind::RemindPayment),
        WorkKind::ReviewFine => about(Kind::ReviewFine),
        WorkKind::Undecided => plain(Kind::Undecided),
        WorkKind::Review => plain(Kind::Review),
        WorkKind::UncoveredName => plain(Kind::UncoveredName),
        WorkKind::DeliveryInDoubt => plain(Kind::DeliveryInDoubt),
        WorkKind::DeliveryFailed => plain(Kind::DeliveryFailed),
        WorkKind::AddressCheck => plain(Kind::AddressCheck),
        WorkKind::DecisionChanged => plain(Kind::DecisionChanged),
    }
}

/// The kind on the wire, and the breach it is about.
fn wire_kind(kind: Kind) -> (i32, i32) {
    let (kind, breach) = match kind {
        Kind::Inform => (WorkKind::Inform, None),
        Kind::ReleaseNotice(breach) => (WorkKind::ReleaseNotice, Some(breach)),
        Kind::ReleaseTransfer(breach) => (WorkKind::ReleaseTransfer, Some(breach)),
        Kind::WithdrawNotice(breach) => (WorkKind::WithdrawNotice, Some(breach)),
        Kind::DecideRequest => (WorkKind::DecideRequest, None),
        Kind::ExemptionEnds => (WorkKind::ExemptionEnds, None),
        Kind::InviteToHearing(breach) => (WorkKind::InviteToHearing, Some(breach)),
        Kind::DecideFine(breach) => (WorkKind::DecideFine, Some(breach)),
        Kind::RemindPayment(breach) => (WorkKind::RemindPayment, Some(breach)),
        Kind::ReviewFine(breach) => (WorkKind::ReviewFine, Some(breach)),
        Kind::Undecided => (WorkKind::Undecided, None),
        Kind::Review => (WorkKind::Review, None),
        Kind::UncoveredName => (WorkKind::UncoveredName, None),
        Kind::DeliveryInDoubt => (WorkKind::DeliveryInDoubt, None),
        Kind::DeliveryFailed => (WorkKind::DeliveryFailed, None),
        Kind::AddressCheck => (WorkKind::AddressCheck, None),
        Kind::DecisionChanged => (WorkKind::DecisionChanged, None),
    };
    (kind.into(), code::optional::<WireBreach>(breach.as_ref()))
}

fn work_item(item: &model::WorkItem, today: Date) -> WorkItem {
    let (kind, breach) = wire_kind(item.kind);
    WorkItem {
        name: name::work_item(item.id),
        etag: etag(item.version),
        dossier: name::dossier(item.dossier),
        municipality: item.municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        kind,
        breach,
        due_since_date: Some(wire_date(item.due_since)),
        days_overdue: days(item.due_since, today),
        held: item.held,
        assignee: item.assignee.clone().unwrap_or_default(),
        snoozed_until_date: date(item.snoozed_until),
        note: item.note.clone().unwrap_or_default(),
        opened_date: Some(wire_date(item.opened_on)),
        age_days: days(item.opened_on, today),
        desk: code::optional::<WorkDesk>(Some(&item.kind.desk())),
    }
}

fn backlog(of: &port::Backlog, today: Date) -> Backlog {
    let (kind, breach) = wire_kind(of.kind);
    Backlog {
        municipality: of.municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        kind,
        breach,
        open_count: count(of.open),
        held_count: count(of.held),
        oldest_date: Some(wire_date(of.oldest)),
        oldest_days: days(of.oldest, today),
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Days from one day to another; 0 when it lies ahead.
fn days(since: Date, today: Date) -> i32 {
    i32::try_from(days_between(since, today).max(0)).unwrap_or(i32::MAX)
}
