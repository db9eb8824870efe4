//! Resource names (AIP-122): `dossiers/{uuid}` and the like; a UUID, never a national number.

use traject_app::ids::{DeliveryId, DossierId, FactId, MailingId, PreferenceId, SavedFilterId, WorkItemId};
use uuid::Uuid;

/// The name of a dossier.
pub(crate) fn dossier(id: DossierId) -> String {
    format!("dossiers/{id}")
}

/// The name of a fact.
pub(crate) fn fact(dossier: DossierId, fact: FactId) -> String {
    format!("dossiers/{dossier}/facts/{fact}")
}

/// The name of a decision, whose id is that of its first fact.
pub(crate) fn decision(dossier: DossierId, fact: FactId) -> String {
    format!("dossiers/{dossier}/decisions/{fact}")
}

/// The name of a delivery.
pub(crate) fn delivery(id: DeliveryId) -> String {
    format!("deliveries/{id}")
}

/// The name of a work item.
pub(crate) fn work_item(id: WorkItemId) -> String {
    format!("workItems/{id}")
}

/// The name of a saved filter.
pub(crate) fn saved_filter(id: SavedFilterId) -> String {
    format!("savedFilters/{id}")
}

/// The name of a mailing.
pub(crate) fn mailing(id: MailingId) -> String {
    format!("mailings/{id}")
}

/// The name of an opt-out or a consent.
pub(crate) fn preference(id: PreferenceId) -> String {
    format!("preferences/{id}")
}

/// The name of an operation, whose id is that of what it does.
pub(crate) fn operation(id: Uuid) -> String {
    format!("operations/{id}")
}

/// The id of `collection/{uuid}`.
pub(crate) fn read(collection: &str, name: &str) -> Option<Uuid> {
    uuid(name.strip_prefix(collection)?.strip_prefix('/')?)
}

/// Dossier and fact of `dossiers/{uuid}/facts/{uuid}`.
pub(crate) fn read_fact(name: &str) -> Option<(DossierId, FactId)> {
    read_below(name, "/facts/")
}

/// Dossier and first fact of `dossiers/{uuid}/decisions/{uuid}`.
pub(crate) fn read_decision(name: &str) -> Option<(DossierId, FactId)> {
    read_below(name, "/decisions/")
}

fn read_below(name: &str, collection: &str) -> Option<(DossierId, FactId)> {
    let (dossier, fact) = name.strip_prefix("dossiers/")?.split_once(collection)?;
    Some((DossierId(uuid(dossier)?), FactId(uuid(fact)?)))
}

/// A UUID in its one usual form: hyphenated, lower or upper case.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}
