//! `google.longrunning.Operations`: a mailing that was started is an operation, and its id is the operation's.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::error::{Fault, invalid};
use crate::mailing::{counts, not_found, wire};
use crate::name;
use crate::page;
use crate::parse::Fields;
use prost_types::Any;
use std::time::Duration;
use tonic::{Code, Request, Response, Status};
use traject_app::ids::MailingId;
use traject_app::mailing::{Mailing, MailingError, MailingState};
use traject_proto::google::longrunning::operation::Result as Ended;
use traject_proto::google::longrunning::operations_server::Operations;
use traject_proto::google::longrunning::*;
use traject_proto::google::rpc;
use uuid::Uuid;

/// How long a call waits when it does not say, and at the most.
const WAIT: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(60));
/// How often a call that waits looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The states of mailings that were or may have been started.
const OPEN: &[MailingState] = &[MailingState::Running, MailingState::Paused];
const DONE: &[MailingState] = &[MailingState::Done, MailingState::Cancelled];
const ANY: &[MailingState] =
    &[MailingState::Running, MailingState::Paused, MailingState::Done, MailingState::Cancelled];

#[tonic::async_trait]
impl Operations for Api {
    async fn list_operations(
        &self,
        request: Request<ListOperationsRequest>,
    ) -> Result<Response<ListOperationsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let states = match message.filter.trim() {
            "" => Some(ANY),
            "done=true" => Some(DONE),
            "done=false" => Some(OPEN),
            _ => fields.take(Err(Fault::new("filter", "neither empty nor done=true nor done=false"))),
        };
        if !matches!(message.name.as_str(), "" | "operations") {
            fields.fault("name", "neither empty nor operations");
        }
        let (size, states) = fields.done(size.zip(states), &caller)?;
        let list = ListOperationsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = after.and_then(|place| Uuid::from_slice(&place).ok()).map(MailingId);
        let found = self.mailings.mailings.mailings(Some(&caller.actor.agency), states, after, size + 1).await;
        let (found, more) = page::cut(self.answered(found.map_err(MailingError::from), &caller)?, size);
        let next = found.last().filter(|_| more).map(|last| self.page_key.seal(&list, &caller, last.id.0.as_bytes()));
        let mut operations = Vec::with_capacity(found.len());
        // One that was cancelled before it started never was an operation.
        for mailing in found.iter().filter(|mailing| mailing.started_at.is_some()) {
            operations.push(self.operation(mailing, &caller).await?);
        }
        Ok(Response::new(ListOperationsResponse { operations, next_page_token: next.unwrap_or_default() }))
    }

    async fn get_operation(&self, request: Request<GetOperationRequest>) -> Result<Response<Operation>, Status> {
        let caller = caller(&request)?;
        let found = self.started(&request.get_ref().name, &caller).await?;
        Ok(Response::new(self.operation(&found, &caller).await?))
    }

    async fn delete_operation(&self, request: Request<DeleteOperationRequest>) -> Result<Response<()>, Status> {
        caller(&request)?;
        Err(Status::unimplemented("an operation is the record of what was done"))
    }

    async fn cancel_operation(&self, request: Request<CancelOperationRequest>) -> Result<Response<()>, Status> {
        let caller = caller(&request)?;
        let found = self.started(&request.get_ref().name, &caller).await?;
        self.answered(self.mailings.cancel(found.id, None, &caller.actor).await, &caller)?;
        Ok(Response::new(()))
    }

    async fn wait_operation(&self, request: Request<WaitOperationRequest>) -> Result<Response<Operation>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let (default, most) = WAIT;
        let asked = message.timeout.map(Duration::try_from).transpose();
        let asked = asked.map_err(|_| invalid(&[Fault::new("timeout", "negative")], caller.language))?;
        let ended = tokio::time::timeout(asked.unwrap_or(default).min(most), async {
            loop {
                let found = self.started(&message.name, &caller).await?;
                if found.state.is_final() {
                    return Ok::<_, Status>(found);
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        let found = match ended.await {
            Ok(found) => found?,
            Err(_) => self.started(&message.name, &caller).await?,
        };
        Ok(Response::new(self.operation(&found, &caller).await?))
    }
}

impl Api {
    /// The started mailing behind an operation.
    async fn started(&self, name: &str, caller: &Caller) -> Result<Mailing, Status> {
        let mut fields = Fields::default();
        let id = fields.id("name", "operations", name).map(MailingId);
        let id = fields.done(id, caller)?;
        let found = self.answered(self.mailings.mailing(id, &caller.actor).await, caller)?;
        match found.started_at {
            Some(_) => Ok(found),
            None => self.answered(Err(not_found()), caller),
        }
    }

    /// The operation of a mailing.
    pub(crate) async fn operation(&self, mailing: &Mailing, caller: &Caller) -> Result<Operation, Status> {
        let progress = self.mailings.mailings.progress(mailing.id).await.map_err(MailingError::from);
        let progress = self.answered(progress, caller)?;
        let packed = |any: Result<Any, prost::EncodeError>| any.map_err(|_| Status::internal("a message is too large"));
        let result = match mailing.state {
            MailingState::Done => Some(Ended::Response(packed(Any::from_msg(&wire(mailing, Some(&progress))))?)),
            MailingState::Cancelled => Some(Ended::Error(rpc::Status {
                code: Code::Cancelled.into(),
                message: "the mailing was cancelled".to_owned(),
                details: Vec::new(),
            })),
            _ => None,
        };
        Ok(Operation {
            name: name::operation(mailing.id.0),
            metadata: Some(packed(Any::from_msg(&counts(mailing, &progress)))?),
            done: mailing.state.is_final(),
            result,
        })
    }
}
