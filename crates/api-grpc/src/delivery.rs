//! The delivery area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code::{self, Wire as _};
use crate::name;
use crate::page;
use crate::parse::{Fields, wire_time};
use jiff::Timestamp;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::error::Key;
use traject_app::ids::DeliveryId;
use traject_app::model::{self, Channel, DeliveryState as State};
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

    async fn record_posting(&self, request: Request<RecordPostingRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        self.move_to(&found, &[State::Printed], State::Posted, &caller).await
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
        let closed = self.desk.answered(found.key.dossier, asked).await;
        closed.map_err(|error| self.status(&error, &caller))?;
        Ok(resolved)
    }

    async fn cancel_delivery(&self, request: Request<CancelDeliveryRequest>) -> Result<Response<Delivery>, Status> {
        let caller = caller(&request)?;
        let found = self.named(&request.get_ref().name, &caller).await?;
        let may = [State::Created, State::Rendered, State::Queued, State::TemporaryFailure];
        self.move_to(&found, &may, State::Cancelled, &caller).await
    }
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

fn delivery(from: &model::Delivery) -> Delivery {
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
