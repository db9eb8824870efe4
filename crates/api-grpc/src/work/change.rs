//! What persons do with items, one by one and many at once, and the story of it.

use super::{BATCH_MAX, work_item};
use crate::Api;
use crate::auth::Caller;
use crate::code;
use crate::error;
use crate::name;
use crate::page;
use crate::parse::{Fields, etag, free, wire_time};
use crate::standing::date;
use tonic::{Response, Status};
use traject_app::AppError;
use traject_app::work::{WorkAnswer, WorkDone, WorkEvent, WorkStep, WorkUpdate};
use traject_proto::traject::r#type::v1::ErrorReason;
use traject_proto::traject::work::v1::update_work_item_request::{self as update, Update};
use traject_proto::traject::work::v1::{
    BatchUpdateWorkItemsResponse, ListWorkItemEventsRequest, ListWorkItemEventsResponse, UpdateWorkItemRequest,
    UpdateWorkItemResult, WorkAction, WorkItem, WorkItemEvent,
};

impl Api {
    /// Changes one item under the etag that the caller saw.
    pub(super) async fn one(
        &self,
        name: String,
        etag: String,
        update: Update,
        caller: &Caller,
    ) -> Result<Response<WorkItem>, Status> {
        let mut fields = Fields::default();
        let step = self.step(&mut fields, &UpdateWorkItemRequest { name, etag, update: Some(update) }, caller);
        let step = fields.done(step, caller)?;
        match self.steps(&[step], caller).await?.pop() {
            Some(Ok(done)) => Ok(Response::new(work_item(&done.after, self.desk.clock.today()))),
            Some(Err(error)) => Err(self.status(&error, caller)),
            None => Err(self.status(&AppError::NotFound, caller)),
        }
    }

    /// Changes many items, each with a result of its own.
    pub(super) async fn update_batch(
        &self,
        requests: &[UpdateWorkItemRequest],
        caller: &Caller,
    ) -> Result<BatchUpdateWorkItemsResponse, Status> {
        if requests.is_empty() || requests.len() > BATCH_MAX {
            return Err(self.fault("requests", "1 to 500 are needed", caller));
        }
        let mut fields = Fields::default();
        let mut steps = Vec::with_capacity(requests.len());
        for (index, message) in requests.iter().enumerate() {
            let mut inner = Fields::default();
            steps.extend(self.step(&mut inner, message, caller));
            fields.inside(&format!("requests[{index}]"), inner);
        }
        let steps = fields.done(Some(steps), caller)?;
        let answers = self.steps(&steps, caller).await?;
        let results = steps.iter().zip(answers).map(|(step, answer)| self.result(step, answer)).collect();
        Ok(BatchUpdateWorkItemsResponse { results })
    }

    /// A page of the story of an item.
    pub(super) async fn list_story(
        &self,
        message: &ListWorkItemEventsRequest,
        caller: &Caller,
    ) -> Result<ListWorkItemEventsResponse, Status> {
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let id = fields.work_item("parent", &message.parent);
        let (id, size) = fields.done(id.zip(size), caller)?;
        let list = ListWorkItemEventsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let place = self.page_key.open(&list, caller, &message.page_token)?;
        let after = place.and_then(|place| place.try_into().ok()).map_or(0, u64::from_be_bytes);
        let found = self.desk.store.work_events(id, after, size + 1).await;
        let found = found.map_err(|error| self.read_status(error, caller))?;
        if found.is_empty() {
            // Nobody did anything with it yet, or there is no such item.
            let item = self.desk.store.work_item(id).await.map_err(|error| self.read_status(error, caller))?;
            item.ok_or_else(|| self.status(&AppError::NotFound, caller))?;
        }
        let (events, more) = page::cut(found, size);
        let last = events.last().filter(|_| more);
        let next = last.map(|event| self.page_key.seal(&list, caller, &event.seq.to_be_bytes()));
        Ok(ListWorkItemEventsResponse {
            events: events.iter().map(event).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }

    async fn steps(&self, steps: &[WorkStep], caller: &Caller) -> Result<Vec<Result<Box<WorkDone>, AppError>>, Status> {
        let now = self.desk.clock.now();
        let answers = self.desk.store.update_work(steps, &caller.actor.staff, now).await;
        let answers = answers.map_err(|error| self.read_status(error, caller))?;
        let result = |answer| match answer {
            WorkAnswer::Done(done) => Ok(done),
            WorkAnswer::NotFound => Err(AppError::NotFound),
            WorkAnswer::Stale => Err(AppError::Stale),
            WorkAnswer::Unfit => Err(self.desk.not_to_be_resolved().into()),
        };
        Ok(answers.into_iter().map(result).collect())
    }

    fn step(&self, fields: &mut Fields, message: &UpdateWorkItemRequest, caller: &Caller) -> Option<WorkStep> {
        let item = fields.work_item("name", &message.name);
        let expected_version = fields.required_etag(&message.etag);
        let update = match &message.update {
            Some(update) => self.update(fields, update, caller),
            None => {
                fields.fault("update", "required");
                None
            }
        };
        Some(WorkStep { item: item?, expected_version: expected_version?, update: update? })
    }

    fn update(&self, fields: &mut Fields, update: &Update, caller: &Caller) -> Option<WorkUpdate> {
        match update {
            Update::Claim(_) => Some(WorkUpdate::Assign(Some(caller.actor.staff.clone()))),
            Update::GiveBack(_) => Some(WorkUpdate::Assign(None)),
            Update::Assign(to) => {
                fields.required("assignee", &to.assignee).map(|to| WorkUpdate::Assign(Some(to.to_owned())))
            }
            Update::HandOver(over) => {
                let to = fields.required("assignee", &over.assignee).map(str::to_owned);
                let note = fields.prose("note", &over.note);
                to.zip(note).map(|(to, note)| WorkUpdate::HandOver(to, note))
            }
            Update::Snooze(snooze) => {
                let until = fields.required_date("until_date", snooze.until_date);
                if until.is_some_and(|until| until <= self.desk.clock.today()) {
                    fields.fault("until_date", "not after today");
                }
                let reason = fields.prose("reason", &snooze.reason);
                until.zip(reason).map(|(until, reason)| WorkUpdate::Snooze(until, reason))
            }
            Update::Note(note) => fields.prose("note", &note.note).map(WorkUpdate::Note),
            Update::Resolve(resolve) => fields.prose("note", &resolve.note).map(WorkUpdate::Resolve),
            Update::PutBack(back) => {
                let note = match free(&back.note) {
                    None => None,
                    Some(note) => Some(fields.prose("note", &note)?),
                };
                let snoozed_until = fields.date("snoozed_until_date", back.snoozed_until_date);
                Some(WorkUpdate::PutBack { assignee: free(&back.assignee), snoozed_until, note })
            }
        }
    }

    fn result(&self, step: &WorkStep, answer: Result<Box<WorkDone>, AppError>) -> UpdateWorkItemResult {
        let name = name::work_item(step.item);
        match answer {
            Ok(done) => UpdateWorkItemResult {
                name,
                work_item: Some(work_item(&done.after, self.desk.clock.today())),
                undo: (!step.update.closes()).then(|| undo(&done)),
                error_reason: ErrorReason::Unspecified.into(),
            },
            Err(error) => {
                let error_reason = error::reason(error.code()).into();
                UpdateWorkItemResult { name, error_reason, ..Default::default() }
            }
        }
    }
}

/// What puts an item back as it was before a change.
fn undo(done: &WorkDone) -> UpdateWorkItemRequest {
    let back = update::PutBack {
        assignee: done.before.assignee.clone().unwrap_or_default(),
        snoozed_until_date: date(done.before.snoozed_until),
        note: done.before.note.clone().unwrap_or_default(),
    };
    UpdateWorkItemRequest {
        name: name::work_item(done.after.id),
        etag: etag(done.after.version),
        update: Some(Update::PutBack(back)),
    }
}

fn event(of: &WorkEvent) -> WorkItemEvent {
    WorkItemEvent {
        sequence: i64::try_from(of.seq).unwrap_or(i64::MAX),
        record_time: Some(wire_time(of.at.as_microsecond())),
        action: code::optional::<WorkAction>(Some(&of.action)),
        actor: of.actor.clone(),
        assignee: of.assignee.clone().unwrap_or_default(),
        snoozed_until_date: date(of.snoozed_until),
        note: of.note.clone().unwrap_or_default(),
    }
}
