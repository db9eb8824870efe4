//! Rows to the model and back.

use crate::entity::{delivery, delivery_document, delivery_event, standing, work_item, work_item_event};
use crate::error::{Corrupt, Failure};
use crate::value::{self, Micros, to_civil, to_hash, to_i64, to_time, to_u64};
use jiff::Timestamp;
use traject_app::ids::{DeliveryId, DossierId, WorkItemId};
use traject_app::model::{
    Delivery, DeliveryEvent, DeliveryKey, DeliveryMove, DeliveryReason, DeliveryState, NewDelivery, RenderedDocument,
    StandingRow, WorkItem, WorkKind,
};
use traject_app::work::{WorkAction, WorkEvent};
use traject_codec::content_hash;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::FactRef;
use traject_domain::municipality::Municipality;
use traject_domain::standing::{ClosingReason, Enforcement, NextCode, Stage};

fn date(column: Option<time::Date>) -> Result<Option<Date>, Corrupt> {
    column.map(to_civil).transpose()
}

fn code<T>(what: &'static str, column: Option<&str>, read: fn(&str) -> Option<T>) -> Result<Option<T>, Corrupt> {
    column.map(|text| read(text).ok_or(Corrupt(what))).transpose()
}

/// A municipality as a column.
pub(crate) fn nis(municipality: Municipality) -> i32 {
    i32::from(municipality.nis())
}

/// A municipality from a column.
pub(crate) fn municipality(column: Option<i32>) -> Result<Option<Municipality>, Corrupt> {
    let read = |nis| u16::try_from(nis).ok().and_then(Municipality::from_nis).ok_or(Corrupt("municipality"));
    column.map(read).transpose()
}

/// A standing as a row.
pub(crate) fn from_standing(dossier: DossierId, row: &StandingRow) -> standing::Model {
    let day = |date: Option<Date>| date.map(to_time);
    standing::Model {
        dossier: dossier.0,
        as_of: to_time(row.as_of),
        law_hash: row.law_hash.to_vec(),
        subject: row.subject.as_ref().map(|subject| subject.as_str().to_owned()),
        outcome: row.outcome.as_str().to_owned(),
        reasons: row.reasons.clone(),
        municipality: row.municipality.map(nis),
        reference_date: day(row.reference_date),
        stage: row.stage.map(|stage| stage.code().to_owned()),
        closed_reason: row.closed_reason.map(|reason| reason.code().to_owned()),
        enforcement: row.enforcement.code().to_owned(),
        breach: row.breach.map(|breach| breach.code().to_owned()),
        register_due: day(row.register_due),
        complete_due: day(row.complete_due),
        cure_due: day(row.cure_due),
        next_code: row.next_code.map(|next| next.code().to_owned()),
        next_due: day(row.next_due),
        review: row.review,
        wake_on: day(row.wake_on),
    }
}

/// A standing from its row.
pub(crate) fn to_standing(row: &standing::Model) -> Result<StandingRow, Corrupt> {
    Ok(StandingRow {
        as_of: to_civil(row.as_of)?,
        law_hash: to_hash(&row.law_hash)?,
        subject: row.subject.as_deref().map(FactRef::new),
        outcome: Code::new(&row.outcome),
        reasons: row.reasons.clone(),
        municipality: municipality(row.municipality)?,
        reference_date: date(row.reference_date)?,
        stage: code("stage", row.stage.as_deref(), Stage::from_code)?,
        closed_reason: code("closing reason", row.closed_reason.as_deref(), ClosingReason::from_code)?,
        enforcement: Enforcement::from_code(&row.enforcement).ok_or(Corrupt("enforcement"))?,
        breach: code("breach", row.breach.as_deref(), Breach::from_code)?,
        register_due: date(row.register_due)?,
        complete_due: date(row.complete_due)?,
        cure_due: date(row.cure_due)?,
        next_code: code("next step", row.next_code.as_deref(), NextCode::from_code)?,
        next_due: date(row.next_due)?,
        review: row.review,
        wake_on: date(row.wake_on)?,
    })
}

/// A new delivery as a row.
pub(crate) fn from_delivery(new: &NewDelivery, now: Timestamp) -> delivery::Model {
    delivery::Model {
        id: new.id.0,
        dossier: new.key.dossier.0,
        step: value::step_code(new.key.step),
        step_version: i64::from(new.key.step_version),
        recipient: new.key.recipient.as_str().to_owned(),
        channel: new.key.channel.to_string(),
        language: new.language.map(|language| language.code().to_owned()),
        state: DeliveryState::Created.to_string(),
        attempts: 0,
        changed_at: Micros::from(now),
        document_hash: None,
        reason: None,
        provider_reference: None,
        batch: None,
    }
}

/// The first event of a new delivery as a row.
pub(crate) fn from_creation(new: &NewDelivery, actor: &str, now: Timestamp) -> delivery_event::Model {
    let by = DeliveryMove::new(DeliveryState::Created, DeliveryState::Created, actor, now);
    from_move(new.id, 1, &by)
}

/// The event of a move as a row.
pub(crate) fn from_move(id: DeliveryId, seq: i32, by: &DeliveryMove) -> delivery_event::Model {
    delivery_event::Model {
        delivery: id.0,
        seq,
        at: Micros::from(by.now),
        state: by.to.to_string(),
        reason: by.reason.map(|reason| reason.to_string()),
        occurred_on: by.occurred_on.map(to_time),
        provider_reference: by.provider_reference.clone(),
        actor: by.actor.clone(),
    }
}

/// An event from its row.
pub(crate) fn to_event(row: &delivery_event::Model) -> Result<DeliveryEvent, Corrupt> {
    Ok(DeliveryEvent {
        delivery: DeliveryId(row.delivery),
        seq: u32::try_from(row.seq).map_err(|_| Corrupt("event"))?,
        at: value::to_instant(row.at)?,
        state: value::state(&row.state)?,
        reason: code("delivery reason", row.reason.as_deref(), DeliveryReason::from_code)?,
        occurred_on: date(row.occurred_on)?,
        provider_reference: row.provider_reference.clone(),
        actor: row.actor.clone(),
    })
}

/// A document as a row.
pub(crate) fn from_document(id: DeliveryId, document: &RenderedDocument) -> delivery_document::Model {
    delivery_document::Model {
        delivery: id.0,
        bytes: document.pdf.clone(),
        html: document.html.clone(),
        html_hash: document.html.as_deref().map(|html| content_hash(html).to_vec()),
        template: document.template.clone(),
        template_version: document.template_version.clone(),
        pages: i32::try_from(document.pages).unwrap_or(i32::MAX),
        dated_on: document.dated_on.map(to_time),
        courtesy: document.courtesy.as_ref().map(|language| language.as_str().to_owned()),
        address: document.address.join("\n"),
    }
}

/// A document from its row.
pub(crate) fn to_document(row: delivery_document::Model) -> Result<RenderedDocument, Corrupt> {
    Ok(RenderedDocument {
        pdf: row.bytes,
        html: row.html,
        template: row.template,
        template_version: row.template_version,
        pages: u32::try_from(row.pages).map_err(|_| Corrupt("pages"))?,
        dated_on: date(row.dated_on)?,
        courtesy: row.courtesy.as_deref().map(Code::new),
        address: row.address.lines().map(str::to_owned).collect(),
    })
}

/// A delivery from its row.
pub(crate) fn to_delivery(row: &delivery::Model) -> Result<Delivery, Failure> {
    Ok(Delivery {
        id: DeliveryId(row.id),
        key: DeliveryKey {
            dossier: DossierId(row.dossier),
            step: value::step(&row.step)?,
            step_version: u32::try_from(row.step_version).map_err(|_| Corrupt("step version"))?,
            recipient: Code::new(&row.recipient),
            channel: value::channel(&row.channel)?,
        },
        language: code("language", row.language.as_deref(), LegalLanguage::from_code)?,
        state: value::state(&row.state)?,
        attempts: u32::try_from(row.attempts).map_err(|_| Corrupt("attempts"))?,
        changed_at: value::to_instant(row.changed_at)?,
        document: row.document_hash.as_deref().map(to_hash).transpose()?,
        reason: code("delivery reason", row.reason.as_deref(), DeliveryReason::from_code)?,
        provider_reference: row.provider_reference.clone(),
        batch: row.batch.clone(),
    })
}

/// A work item from its row.
pub(crate) fn to_work_item(row: work_item::Model) -> Result<WorkItem, Failure> {
    Ok(WorkItem {
        id: WorkItemId(row.id),
        dossier: DossierId(row.dossier),
        municipality: municipality(row.municipality)?,
        kind: value::work(&row.kind)?,
        due_since: to_civil(row.due_since)?,
        opened_on: to_civil(row.opened_on)?,
        held: row.held,
        assignee: row.assignee,
        snoozed_until: date(row.snoozed_until)?,
        note: row.note,
        version: to_u64(row.version)?,
    })
}

/// A new, open work item as a row.
pub(crate) fn from_new_item(
    dossier: DossierId,
    owed_by: Option<Municipality>,
    (id, kind, due_since, held): (WorkItemId, WorkKind, Date, bool),
    today: Date,
) -> work_item::Model {
    work_item::Model {
        id: id.0,
        dossier: dossier.0,
        kind: value::work_code(kind).to_owned(),
        due_since: to_time(due_since),
        opened_on: to_time(today),
        held,
        assignee: None,
        snoozed_until: None,
        note: None,
        version: to_i64(1),
        is_open: true,
        municipality: owed_by.map(nis),
        desk: kind.desk().code().to_owned(),
    }
}

/// What a person did with a work item, as a row.
pub(crate) fn from_work_event(event: &WorkEvent) -> work_item_event::Model {
    work_item_event::Model {
        item: event.item.0,
        seq: to_i64(event.seq),
        at: Micros::from(event.at),
        action: event.action.code().to_owned(),
        actor: event.actor.clone(),
        assignee: event.assignee.clone(),
        snoozed_until: event.snoozed_until.map(to_time),
        note: event.note.clone(),
    }
}

/// What a person did with a work item, from its row.
pub(crate) fn to_work_event(row: &work_item_event::Model) -> Result<WorkEvent, Failure> {
    Ok(WorkEvent {
        item: WorkItemId(row.item),
        seq: to_u64(row.seq)?,
        at: value::to_instant(row.at)?,
        action: WorkAction::from_code(&row.action).ok_or(Corrupt("work action"))?,
        actor: row.actor.clone(),
        assignee: row.assignee.clone(),
        snoozed_until: date(row.snoozed_until)?,
        note: row.note.clone(),
    })
}
