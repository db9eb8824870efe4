//! The counters over a list.

use super::{count, wire_kind};
use crate::Api;
use crate::auth::Caller;
use crate::parse::Fields;
use tonic::Status;
use traject_app::work::{COUNTED_MAX, WorkAge, WorkCounts};
use traject_proto::traject::work::v1::{
    AgeCount, AssigneeCount, CountWorkItemsResponse, KindCount, ListWorkItemsRequest,
};

impl Api {
    /// Counts what a list shows.
    pub(super) async fn count_work(
        &self,
        list: ListWorkItemsRequest,
        caller: &Caller,
    ) -> Result<CountWorkItemsResponse, Status> {
        let list = ListWorkItemsRequest { page_size: 0, page_token: String::new(), ..list };
        let list = self.shown(&list, caller).await?;
        let mut fields = Fields::default();
        let mut inner = Fields::default();
        let filter = self.work_filter(&mut inner, &list, caller);
        fields.inside("list", inner);
        let filter = fields.done(filter, caller)?;
        let sorts = self.desk.store.count_work(&filter, COUNTED_MAX).await;
        let sorts = sorts.map_err(|error| self.read_status(error, caller))?;
        Ok(counts(&WorkCounts::of(&sorts, filter.snoozed)))
    }
}

fn counts(of: &WorkCounts) -> CountWorkItemsResponse {
    let by_kind = of.by_kind.iter().map(|(of, n)| {
        let (kind, breach) = wire_kind(*of);
        KindCount { kind, breach, count: count(*n) }
    });
    let by_assignee = of
        .by_assignee
        .iter()
        .map(|(assignee, n)| AssigneeCount { assignee: assignee.clone().unwrap_or_default(), count: count(*n) });
    let by_age = WorkAge::ALL.iter().map(|age| {
        let (days_min, days_max) = age.days();
        AgeCount { days_min, days_max, count: of.by_age.get(age).map_or(0, |n| count(*n)) }
    });
    CountWorkItemsResponse {
        total_count: count(of.total),
        capped: of.is_capped,
        by_kind: by_kind.collect(),
        by_assignee: by_assignee.collect(),
        by_age: by_age.collect(),
        overdue_count: count(of.overdue),
        snoozed_count: count(of.snoozed),
        held_count: count(of.held),
    }
}
