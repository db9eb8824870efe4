//! Work that nobody does: how long the oldest due item of each kind has been waiting for a person.

use traject_app::Desk;
use traject_app::error::ReadError;
use traject_app::model::WorkKind;
use traject_domain::counting::days_between;

/// What waits longest of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// What is asked.
    pub kind: WorkKind,
    /// How many items are due.
    pub count: u64,
    /// Days since the oldest of them is.
    pub days: i64,
    /// Whether that is longer than it should be.
    pub is_stuck: bool,
}

/// Looks at what is due today and neither snoozed nor held; stuck after so many days.
///
/// # Errors
/// What the store says.
pub async fn look(desk: &Desk, stuck_after_days: u32) -> Result<Vec<Waiting>, ReadError> {
    let today = desk.clock.today();
    let longest = desk.store.longest_due(today).await?;
    let waiting = longest.into_iter().map(|due| {
        let days = days_between(due.since, today);
        Waiting { kind: due.kind, count: due.count, days, is_stuck: days > stuck_after_days.into() }
    });
    Ok(waiting.collect())
}

/// Tells the age of the oldest item of each kind, and warns of those that are stuck.
pub fn tell(waiting: &[Waiting]) {
    for Waiting { kind, count, days, is_stuck } in waiting {
        tracing::debug!(target: "traject::metrics", ?kind, count, age_days = days, "oldest due work");
        if *is_stuck {
            tracing::warn!(?kind, count, age_days = days, "work is stuck: the oldest item has been due for too long");
        }
    }
}
