//! The delivery area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code::{self, Wire as _};
use crate::name;
use crate::page;
use crate::parse::{Fields, wire_date, wire_time};
use jiff::Timestamp;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::deliveries::{DeliveryOrder, Told, scanned};
use traject_app::error::Key;
use traject_app::ids::DeliveryId;
use traject_app::model::{self, Channel, DeliveryState as State, LegalStep};
use traject_domain::fact::ReturnReason;
use traject_proto::traject::delivery::v1::delivery_service_server::DeliveryService;
use traject_proto::traject::delivery::v1::*;
use traject_proto::traject::r#type::v1::{Breach, Language};
use uuid::Uuid;

/// The media type of every document that is made today.
const PDF: &str = "application/pdf";

#[tonic::async_trait]
impl DeliveryService for Api {
    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let state = fields.plain::<DeliveryState>("state", message.state).and_then(|state| state.read().copied());
        let has_parent = !message.parent.is_empty();
        if has_parent == state.is_some() {
            fields.fault("parent", "exactly one of parent and state is needed");
        }
        let dossier = if has_parent { fields.dossier("parent", &message.parent) } else { None };
        let size = fields.done(size, &caller)?;
        let list = ListDeliveriesRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?.and_then(|place| from_place(&place));
        let store = &self.desk.store;
        let found = match (dossier, state) {
            (Some(dossier), _) => store.deliveries_of(dossier).await,
            (None, Some(state)) => store.deliveries(None, state, after, size + 1).await,
            (None, None) => Ok(Vec::new()),
        };
        let found = found.map_err(|error| self.read_status(error, &caller))?;
        let (found, more) = if has_parent { (found, false) } else { page::cut(found, size) };
        let next = found.last().filter(|_| more).map(|last| self.page_key.seal(&list, &caller, &place(last)));
        let deliveries = found.iter().map(delivery).collect();
        Ok(Response::new(ListDeliveriesResponse { deliveries, next_page_token: next.unwrap_or_default() }))
    }

    async fn get_delivery(&self, request: Request<GetDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        Ok(Response::new(delivery(&found)))
    }

    async fn get_delivery_document(
        &self,
        request: Request<GetDeliveryDocumentRequest>,
    ) -> Result<Response<DeliveryDocument>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        let content = self.desk.store.document(found.id).await.map_err(|error| self.read_status(error, &caller))?;
        let content = content.ok_or_else(|| self.status(&AppError::NotFound, &caller))?.pdf;
        let (name, content_type) = (name::delivery(found.id), PDF.to_owned());
        Ok(Response::new(DeliveryDocument { name, content_type, content }))
    }

    async fn create_delivery(&self, request: Request<CreateDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let order = order(&mut fields, message, &caller);
        let order = fields.done(order, &caller)?;
        let made = self.desk.create_delivery(&order).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(delivery(&made)))
    }

    async fn list_delivery_events(
        &self,
        request: Request<ListDeliveryEventsRequest>,
    ) -> Result<Response<ListDeliveryEventsResponse>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let id = fields.delivery("parent", &request.get_ref().parent);
        let id = fields.done(id, &caller)?;
        let found = self.found(id, &caller).await?;
        let story = self.desk.store.delivery_events(found.id).await;
        let story = story.map_err(|error| self.read_status(error, &caller))?;
        Ok(Response::new(ListDeliveryEventsResponse { events: story.iter().map(event).collect() }))
    }

    async fn get_delivery_queue(
        &self,
        request: Request<GetDeliveryQueueRequest>,
    ) -> Result<Response<DeliveryQueue>, Status> {
        let caller = caller(&request)?;
        let queue = self.desk.store.delivery_queue().await.map_err(|error| self.read_status(error, &caller))?;
        let now = self.desk.clock.now();
        let row = |of: &model::DeliveryQueue| DeliveryQueueRow {
            channel: DeliveryChannel::of(&of.channel),
            state: DeliveryState::of(&of.state),
            delivery_count: i64::try_from(of.count).unwrap_or(i64::MAX),
            oldest_time: Some(wire_time(of.oldest.as_microsecond())),
            oldest_age_seconds: now.duration_since(of.oldest).as_secs().max(0),
        };
        Ok(Response::new(DeliveryQueue { rows: queue.iter().map(row).collect() }))
    }

    async fn resend_delivery(&self, request: Request<ResendDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        let sent = self.desk.resend(found.id, &caller.actor).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(delivery(&sent)))
    }

    async fn record_returns(
        &self,
        request: Request<RecordReturnsRequest>,
    ) -> Result<Response<RecordReturnsResponse>, Status> {
        let caller = caller(&request)?;
        let returns = &request.get_ref().returns;
        let mut fields = Fields::default();
        let size = batch(&mut fields, "returns", returns.len());
        let mut read = Vec::new();
        for (at, item) in returns.iter().enumerate() {
            let mut inner = Fields::default();
            let reason = inner.required_value::<DeliveryReason>("reason", item.reason).and_then(|reason| {
                let reason = ReturnReason::from_code(reason.code());
                if reason.is_none() {
                    inner.fault("reason", "a letter comes back UNCLAIMED or from an UNKNOWN_ADDRESS");
                }
                reason
            });
            let on = item.returned_date.and_then(|date| inner.date("returned_date", Some(date)));
            fields.inside(&format!("returns[{at}]"), inner);
            read.extend(reason.map(|reason| (item.code.as_str(), reason, on)));
        }
        fields.done(size, &caller)?;
        let mut items = Vec::with_capacity(read.len());
        for (code, reason, on) in read {
            let told = told(code, on, "", &caller);
            let recorded = match &told {
                Some(told) => self.desk.record_return(told, reason).await,
                None => Err(AppError::NotFound),
            };
            items.push(self.item(code, recorded, &caller));
        }
        Ok(Response::new(RecordReturnsResponse { items }))
    }

    async fn record_delivery_proofs(
        &self,
        request: Request<RecordDeliveryProofsRequest>,
    ) -> Result<Response<RecordDeliveryProofsResponse>, Status> {
        let caller = caller(&request)?;
        let proofs = &request.get_ref().proofs;
        let mut fields = Fields::default();
        let size = batch(&mut fields, "proofs", proofs.len());
        let mut read = Vec::new();
        for (at, item) in proofs.iter().enumerate() {
            let mut inner = Fields::default();
            let on = inner.required_date("delivered_date", item.delivered_date);
            fields.inside(&format!("proofs[{at}]"), inner);
            read.push((item, on));
        }
        fields.done(size, &caller)?;
        let mut items = Vec::with_capacity(read.len());
        for (item, on) in read {
            let told = told(&item.code, on, &item.provider_reference, &caller);
            let recorded = match &told {
                Some(told) => self.desk.record_proof(told).await,
                None => Err(AppError::NotFound),
            };
            items.push(self.item(&item.code, recorded, &caller));
        }
        Ok(Response::new(RecordDeliveryProofsResponse { items }))
    }

    async fn record_hand_over(&self, request: Request<RecordHandOverRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let (id, on) = (
            fields.delivery("name", &message.name),
            message.handed_over_date.and_then(|date| fields.date("handed_over_date", Some(date))),
        );
        let id = fields.done(id, &caller)?;
        let told = Told { delivery: id, actor: caller.actor.clone(), on, provider_reference: None };
        let recorded = self.desk.record_hand_over(&told, message.signed).await;
        Ok(Response::new(delivery(&recorded.map_err(|error| self.status(&error, &caller))?)))
    }

    async fn record_posting(&self, request: Request<RecordPostingRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let (id, on) = (
            fields.delivery("name", &message.name),
            message.posted_date.and_then(|date| fields.date("posted_date", Some(date))),
        );
        let id = fields.done(id, &caller)?;
        let provider_reference = crate::parse::free(&message.provider_reference);
        let told = Told { delivery: id, actor: caller.actor.clone(), on, provider_reference };
        let recorded = self.desk.record_posting(&told).await;
        Ok(Response::new(delivery(&recorded.map_err(|error| self.status(&error, &caller))?)))
    }

    async fn resolve_delivery(&self, request: Request<ResolveDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let (doubt, failed): (&[State], &[State]) = (&[State::InDoubt], &[State::InDoubt, State::PermanentFailure]);
        let to = match fields.plain::<Resolution>("resolution", message.resolution) {
            Some(Resolution::Sent) => Some((doubt, State::Accepted)),
            Some(Resolution::NotSent) => Some((failed, State::Created)),
            Some(Resolution::GivenUp) => Some((doubt, State::PermanentFailure)),
            Some(Resolution::Unspecified) => {
                fields.fault("resolution", crate::parse::REQUIRED);
                None
            }
            None => None,
        };
        let (from, to) = fields.done(to, &caller)?;
        let found = self.named(&message.name, &caller).await?;
        let resolved = self.move_to(&found, from, to, &caller).await?;
        let asked = match found.key.channel {
            Channel::Letter | Channel::RegisteredLetter | Channel::Desk => model::WorkKind::UncoveredName,
            Channel::Email | Channel::Ebox => model::WorkKind::DeliveryInDoubt,
        };
        for kind in [asked, model::WorkKind::DeliveryFailed] {
            let closed = self.desk.answered(found.key.dossier, kind).await;
            closed.map_err(|error| self.status(&error, &caller))?;
        }
        Ok(resolved)
    }

    async fn cancel_delivery(&self, request: Request<CancelDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        let stopped = self.desk.cancel(found.id, &caller.actor).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(delivery(&stopped)))
    }
}

/// The most items of one batch.
const ITEMS_MAX: usize = 1_000;

fn batch(fields: &mut Fields, field: &'static str, length: usize) -> Option<()> {
    if (1..=ITEMS_MAX).contains(&length) {
        return Some(());
    }
    fields.fault(field, "from 1 to 1,000 items are needed");
    None
}

fn order(fields: &mut Fields, message: &CreateDeliveryRequest, caller: &Caller) -> Option<DeliveryOrder> {
    let dossier = fields.dossier("parent", &message.parent);
    let document = fields.required_value::<Document>("document", message.document);
    let breach = fields.value::<Breach>("breach", message.breach);
    let channel = fields.required_value::<DeliveryChannel>("channel", message.channel);
    let request = fields.request(message, &message.request_id, false, caller);
    let step = document.and_then(|document| {
        let step = LegalStep::new(document, breach);
        if step.is_none() {
            fields.fault("breach", "a breach is given for a document that is about one, and for no other");
        }
        step
    });
    let actor = caller.actor.clone();
    Some(DeliveryOrder { request: request?, actor, dossier: dossier?, step: step?, channel: channel? })
}

/// What is told of the delivery that a code names; `None` for a code that names none.
fn told(code: &str, on: Option<traject_domain::Date>, reference: &str, caller: &Caller) -> Option<Told> {
    let provider_reference = crate::parse::free(reference);
    Some(Told { delivery: scanned(code)?, actor: caller.actor.clone(), on, provider_reference })
}

impl Api {
    async fn named(&self, name: &str, caller: &Caller) -> Result<model::Delivery, Status> {
        let mut fields = Fields::default();
        let id = fields.delivery("name", name);
        let id = fields.done(id, caller)?;
        self.found(id, caller).await
    }

    async fn found(&self, id: DeliveryId, caller: &Caller) -> Result<model::Delivery, Status> {
        let found = self.desk.store.delivery(id).await.map_err(|error| self.read_status(error, caller))?;
        found.ok_or_else(|| self.status(&AppError::NotFound, caller))
    }

    /// What became of one item of a batch.
    fn item(&self, code: &str, recorded: Result<model::Delivery, AppError>, caller: &Caller) -> RecordedItem {
        let empty = RecordedItem { code: code.to_owned(), ..RecordedItem::default() };
        match recorded {
            Ok(found) => RecordedItem { delivery: Some(delivery(&found)), ..empty },
            Err(error) => RecordedItem {
                error_code: error.code().to_owned(),
                error_message: self.status(&error, caller).message().to_owned(),
                ..empty
            },
        }
    }

    /// Moves a delivery out of one of these states. What is there already stays: the same call again is no error.
    async fn move_to(
        &self,
        found: &model::Delivery,
        from: &[State],
        to: State,
        caller: &Caller,
    ) -> Result<Response<Delivery>, Status> {
        if found.state != to {
            let by = model::DeliveryMove::new(found.state, to, &caller.actor.staff, self.desk.clock.now());
            let moved = if from.contains(&found.state) {
                self.desk.store.move_delivery(found.id, &by).await
            } else {
                Ok(false)
            };
            if !moved.map_err(|error| self.read_status(error, caller))? {
                return Err(self.status(&AppError::Taken(Key::Delivery), caller));
            }
        }
        Ok(Response::new(delivery(&self.found(found.id, caller).await?)))
    }
}

/// Where a list goes on after a delivery: when it changed, in microseconds, then its id.
fn place(delivery: &model::Delivery) -> Vec<u8> {
    [delivery.changed_at.as_microsecond().to_be_bytes().as_slice(), delivery.id.0.as_bytes()].concat()
}

fn from_place(place: &[u8]) -> Option<(Timestamp, DeliveryId)> {
    let (micros, id) = place.split_at_checked(8)?;
    let at = Timestamp::from_microsecond(i64::from_be_bytes(micros.try_into().ok()?)).ok()?;
    Some((at, DeliveryId(Uuid::from_slice(id).ok()?)))
}

pub(crate) fn delivery(from: &model::Delivery) -> Delivery {
    let step = from.key.step;
    Delivery {
        name: name::delivery(from.id),
        dossier: name::dossier(from.key.dossier),
        document: Document::of(&step.document()),
        breach: code::optional::<Breach>(step.breach().as_ref()),
        step_version: i32::try_from(from.key.step_version).unwrap_or(i32::MAX),
        recipient: from.key.recipient.to_string(),
        channel: DeliveryChannel::of(&from.key.channel),
        language: code::optional::<Language>(from.language.as_ref()),
        state: DeliveryState::of(&from.state),
        attempt_count: i32::try_from(from.attempts).unwrap_or(i32::MAX),
        update_time: Some(wire_time(from.changed_at.as_microsecond())),
        document_sha256: from.document.map(|hash| hash.to_vec()).unwrap_or_default(),
        reason: code::optional::<DeliveryReason>(from.reason.as_ref()),
        provider_reference: from.provider_reference.clone().unwrap_or_default(),
        batch: from.batch.clone().unwrap_or_default(),
    }
}

fn event(from: &model::DeliveryEvent) -> DeliveryEvent {
    DeliveryEvent {
        sequence: i32::try_from(from.seq).unwrap_or(i32::MAX),
        record_time: Some(wire_time(from.at.as_microsecond())),
        state: DeliveryState::of(&from.state),
        reason: code::optional::<DeliveryReason>(from.reason.as_ref()),
        occurred_date: from.occurred_on.map(wire_date),
        provider_reference: from.provider_reference.clone().unwrap_or_default(),
        actor: from.actor.clone(),
    }
}
