//! Lists that are kept under a name.

use crate::Api;
use crate::auth::Caller;
use crate::name;
use crate::page;
use crate::parse::{Fields, wire_time};
use prost::Message as _;
use tonic::Status;
use traject_app::AppError;
use traject_app::error::Cause;
use traject_app::ids::SavedFilterId;
use traject_app::work;
use traject_proto::traject::work::v1::{
    CreateSavedFilterRequest, ListSavedFiltersRequest, ListSavedFiltersResponse, ListWorkItemsRequest, SavedFilter,
};
use uuid::Uuid;

/// Characters of a title at the most.
const TITLE_MAX: usize = 200;

impl Api {
    /// What a request for a list asks for: what it says, or what its saved filter says.
    pub(super) async fn shown(
        &self,
        message: &ListWorkItemsRequest,
        caller: &Caller,
    ) -> Result<ListWorkItemsRequest, Status> {
        if message.saved_filter.is_empty() {
            return Ok(message.clone());
        }
        let (page_size, page_token) = (message.page_size, message.page_token.clone());
        let saved_filter = message.saved_filter.clone();
        if *message != (ListWorkItemsRequest { page_size, page_token, saved_filter, ..Default::default() }) {
            return Err(self.fault("saved_filter", "not together with what it says itself", caller));
        }
        let found = self.seen_filter("saved_filter", &message.saved_filter, caller).await?;
        ListWorkItemsRequest::decode(found.list.as_slice()).map_err(|error| self.unreadable(error, caller))
    }

    /// Keeps a list; the same request has one effect.
    pub(super) async fn save_filter(
        &self,
        message: &CreateSavedFilterRequest,
        caller: &Caller,
    ) -> Result<SavedFilter, Status> {
        let mut fields = Fields::default();
        let request = fields.request(message, &message.request_id, false, caller);
        let asked = message.saved_filter.clone().unwrap_or_default();
        let mut inner = Fields::default();
        let title = inner.required("title", &asked.title).map(str::to_owned);
        if title.as_ref().is_some_and(|title| title.chars().count() > TITLE_MAX) {
            inner.fault("title", "longer than 200 characters");
        }
        let list = self.kept_list(&mut inner, asked.list, caller);
        fields.inside("saved_filter", inner);
        let ((request, title), list) = fields.done(request.zip(title).zip(list), caller)?;
        let new = work::SavedFilter {
            id: SavedFilterId(request.id),
            agency: caller.actor.agency.clone(),
            creator: caller.actor.staff.clone(),
            is_shared: asked.shared,
            title,
            list: list.encode_to_vec(),
            created_at: self.desk.clock.now(),
        };
        let kept = self.desk.store.save_filter(&new).await.map_err(|error| self.read_status(error, caller))?;
        if kept != (work::SavedFilter { created_at: kept.created_at, ..new }) {
            return Err(self.status(&AppError::RequestReused, caller));
        }
        self.saved(kept, caller)
    }

    /// The list of a filter, which must be one that can be asked for.
    fn kept_list(
        &self,
        fields: &mut Fields,
        list: Option<ListWorkItemsRequest>,
        caller: &Caller,
    ) -> Option<ListWorkItemsRequest> {
        let Some(list) = list else {
            fields.fault("list", "required");
            return None;
        };
        let mut inner = Fields::default();
        for (field, is_set) in [
            ("page_size", list.page_size != 0),
            ("page_token", !list.page_token.is_empty()),
            ("saved_filter", !list.saved_filter.is_empty()),
        ] {
            if is_set {
                inner.fault(field, "not kept");
            }
        }
        let filter = self.work_filter(&mut inner, &list, caller);
        fields.inside("list", inner);
        filter.map(|_| list)
    }

    /// A page of what the caller sees.
    pub(super) async fn saved_filters(
        &self,
        message: &ListSavedFiltersRequest,
        caller: &Caller,
    ) -> Result<ListSavedFiltersResponse, Status> {
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let size = fields.done(size, caller)?;
        let list = ListSavedFiltersRequest::default();
        let place = self.page_key.open(&list, caller, &message.page_token)?;
        let after = place.and_then(|place| Uuid::from_slice(&place).ok()).map(SavedFilterId);
        let found = self.desk.store.saved_filters(&caller.actor, after, size + 1).await;
        let (filters, more) = page::cut(found.map_err(|error| self.read_status(error, caller))?, size);
        let last = filters.last().filter(|_| more);
        let next = last.map(|filter| self.page_key.seal(&list, caller, filter.id.0.as_bytes()));
        let saved_filters = filters.into_iter().map(|filter| self.saved(filter, caller)).collect::<Result<_, _>>()?;
        Ok(ListSavedFiltersResponse { saved_filters, next_page_token: next.unwrap_or_default() })
    }

    /// Forgets a filter that the caller sees.
    pub(super) async fn forget_filter(&self, name: &str, caller: &Caller) -> Result<(), Status> {
        let filter = self.seen_filter("name", name, caller).await?;
        self.desk.store.delete_filter(filter.id).await.map_err(|error| self.read_status(error, caller))
    }

    /// What the caller does not see is not there.
    async fn seen_filter(&self, field: &str, name: &str, caller: &Caller) -> Result<work::SavedFilter, Status> {
        let mut fields = Fields::default();
        let id = fields.id(field, "savedFilters", name).map(SavedFilterId);
        let id = fields.done(id, caller)?;
        let found = self.desk.store.saved_filter(id).await.map_err(|error| self.read_status(error, caller))?;
        let seen = found.filter(|filter| filter.is_seen_by(&caller.actor));
        seen.ok_or_else(|| self.status(&AppError::NotFound, caller))
    }

    fn saved(&self, filter: work::SavedFilter, caller: &Caller) -> Result<SavedFilter, Status> {
        let list = ListWorkItemsRequest::decode(filter.list.as_slice());
        Ok(SavedFilter {
            name: name::saved_filter(filter.id),
            title: filter.title,
            list: Some(list.map_err(|error| self.unreadable(error, caller))?),
            shared: filter.is_shared,
            creator: filter.creator,
            create_time: Some(wire_time(filter.created_at.as_microsecond())),
        })
    }

    fn unreadable(&self, error: impl Into<Cause>, caller: &Caller) -> Status {
        self.status(&AppError::Internal(error.into()), caller)
    }
}
