//! The work area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code;
use crate::error;
use crate::name;
use crate::page;
use crate::parse::{Fields, etag, wire_date};
use crate::standing::date;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::act::Done;
use traject_app::ids::WorkItemId;
use traject_app::model::{self, WorkKind as Kind};
use traject_app::port::{self, WorkFilter, WorkUpdate};
use traject_app::release::Release;
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::counting::days_between;
use traject_proto::traject::r#type::v1::{Breach as WireBreach, ErrorReason};
use traject_proto::traject::work::v1::work_service_server::WorkService;
use traject_proto::traject::work::v1::*;
use uuid::Uuid;

/// Releases in one batch at the most.
const BATCH_MAX: usize = 500;

#[tonic::async_trait]
impl WorkService for Api {
    async fn list_work_items(
        &self,
        request: Request<ListWorkItemsRequest>,
    ) -> Result<Response<ListWorkItemsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.into_inner();
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let filter = self.work_filter(&mut fields, &message);
        let (filter, size) = fields.done(filter.zip(size), &caller)?;
        let list = ListWorkItemsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?.and_then(|place| from_place(&place));
        let found = self.desk.store.work(&filter, after, size + 1).await;
        let (items, more) = page::cut(found.map_err(|error| self.read_status(error, &caller))?, size);
        let next = items.last().filter(|_| more).map(|item| self.page_key.seal(&list, &caller, &place(item)));
        let work_items = items.iter().map(|item| work_item(item, filter.today)).collect();
        Ok(Response::new(ListWorkItemsResponse { work_items, next_page_token: next.unwrap_or_default() }))
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
        let message = request.get_ref();
        let update = WorkUpdate::Assign(Some(caller.actor.staff.clone()));
        self.change(Fields::default(), &message.name, &message.etag, Some(update), &caller).await
    }

    async fn assign_work_item(&self, request: Request<AssignWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let update = WorkUpdate::Assign(crate::parse::free(&message.assignee));
        self.change(Fields::default(), &message.name, &message.etag, Some(update), &caller).await
    }

    async fn note_work_item(&self, request: Request<NoteWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let update = fields.prose("note", &message.note).map(WorkUpdate::Note);
        self.change(fields, &message.name, &message.etag, update, &caller).await
    }

    async fn snooze_work_item(&self, request: Request<SnoozeWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let until = fields.required_date("until_date", message.until_date);
        if until.is_some_and(|until| until <= self.desk.clock.today()) {
            fields.fault("until_date", "not after today");
        }
        let reason = fields.prose("reason", &message.reason);
        let update = until.zip(reason).map(|(until, reason)| WorkUpdate::Snooze(until, reason));
        self.change(fields, &message.name, &message.etag, update, &caller).await
    }

    async fn resolve_work_item(&self, request: Request<ResolveWorkItemRequest>) -> Result<Response<WorkItem>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let id = fields.work_item("name", &message.name);
        let update = fields.prose("note", &message.note).map(WorkUpdate::Resolve);
        if let Some(id) = id {
            let item = self.desk.store.work_item(id).await.map_err(|error| self.read_status(error, &caller))?;
            // What follows from the standing is closed by the fact that settles it.
            if item.is_some_and(|item| item.kind != Kind::DecisionChanged) {
                return Err(self.status(&self.desk.not_to_be_resolved().into(), &caller));
            }
        }
        self.change(fields, &message.name, &message.etag, update, &caller).await
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
    fn work_filter(&self, fields: &mut Fields, message: &ListWorkItemsRequest) -> Option<WorkFilter> {
        let breach = fields.value::<WireBreach>("breach", message.breach);
        let kind = fields.plain::<WorkKind>("kind", message.kind);
        let municipality = fields.municipality("municipality", &message.municipality);
        let kind = match kind_of(kind?, breach) {
            Ok(kind) => kind,
            Err(problem) => {
                fields.fault("breach", problem);
                return None;
            }
        };
        let (assignee, today) = (crate::parse::free(&message.assignee), self.desk.clock.today());
        Some(WorkFilter { municipality, kind, assignee, held: message.held, today })
    }

    /// Changes an item by a person, under the etag that the caller saw.
    async fn change(
        &self,
        mut fields: Fields,
        name: &str,
        etag: &str,
        update: Option<WorkUpdate>,
        caller: &Caller,
    ) -> Result<Response<WorkItem>, Status> {
        let id = fields.work_item("name", name);
        let version = fields.required_etag(etag);
        let ((id, version), update) = fields.done(id.zip(version).zip(update), caller)?;
        let store = &self.desk.store;
        let changed = store.update_work(id, version, update).await.map_err(|error| self.read_status(error, caller))?;
        if let Some(item) = changed {
            return Ok(Response::new(work_item(&item, self.desk.clock.today())));
        }
        let there = store.work_item(id).await.map_err(|error| self.read_status(error, caller))?;
        let error = there.map_or(AppError::NotFound, |_| AppError::Stale);
        Err(self.status(&error, caller))
    }

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

/// The kind that wire and breach name together; `None` for any.
fn kind_of(kind: WorkKind, breach: Option<Breach>) -> Result<Option<Kind>, &'static str> {
    const NEEDED: &str = "this kind is about a breach: say which";
    let about = |make: fn(Breach) -> Kind| breach.map(make).map(Some).ok_or(NEEDED);
    let plain = |kind| if breach.is_none() { Ok(kind) } else { Err("this kind is not about a breach") };
    match kind {
        WorkKind::Unspecified => plain(None),
        WorkKind::Inform => plain(Some(Kind::Inform)),
        WorkKind::ReleaseNotice => about(Kind::ReleaseNotice),
        WorkKind::ReleaseTransfer => about(Kind::ReleaseTransfer),
        WorkKind::WithdrawNotice => about(Kind::WithdrawNotice),
        WorkKind::DecideRequest => plain(Some(Kind::DecideRequest)),
        WorkKind::InviteToHearing => about(Kind::InviteToHearing),
        WorkKind::DecideFine => about(Kind::DecideFine),
        WorkKind::RemindPayment => about(Kind::RemindPayment),
        WorkKind::ReviewFine => about(Kind::ReviewFine),
        WorkKind::Undecided => plain(Some(Kind::Undecided)),
        WorkKind::Review => plain(Some(Kind::Review)),
        WorkKind::UncoveredName => plain(Some(Kind::UncoveredName)),
        WorkKind::DeliveryInDoubt => plain(Some(Kind::DeliveryInDoubt)),
        WorkKind::DeliveryFailed => plain(Some(Kind::DeliveryFailed)),
        WorkKind::AddressCheck => plain(Some(Kind::AddressCheck)),
        WorkKind::DecisionChanged => plain(Some(Kind::DecisionChanged)),
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

/// Where a list goes on after an item: its day, then its id.
fn place(item: &model::WorkItem) -> Vec<u8> {
    [item.due_since.to_string().as_bytes(), item.id.0.as_bytes()].concat()
}

fn from_place(place: &[u8]) -> Option<(Date, WorkItemId)> {
    let (day, id) = place.split_at_checked(10)?;
    let day = traject_domain::partial_date::parse_date(std::str::from_utf8(day).ok()?)?;
    Some((day, WorkItemId(Uuid::from_slice(id).ok()?)))
}
