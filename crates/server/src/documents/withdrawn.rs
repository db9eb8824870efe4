//! Certificates that count no more.

use super::{NoDocument, Order, Source};
use crate::clock::brussels_day;
use crate::letters::Senders;
use std::collections::BTreeSet;
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::model::{Delivery, DeliveryState, Dossier, Identity};
use traject_domain::code::Code;
use traject_proof::Withdrawal;

/// Dossiers read at a time.
const PAGE: usize = 256;

/// The certificates of an agency that were made here and count no more, with the day: of the latest fact that the record
/// received on the dossier, where what they attest no longer holds; of the return, where they came back.
///
/// # Errors
/// What the store says.
pub async fn withdrawn(desk: &Desk, senders: &Senders, issuer: &Code) -> Result<Vec<Withdrawal>, AppError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = desk.store.scan(after, PAGE).await?;
        after = page.last().map(|dossier| dossier.id);
        for dossier in &page {
            for delivery in desk.store.deliveries_of(dossier.id).await? {
                let was_made = delivery.key.step.document().is_certificate() && delivery.document.is_some();
                if was_made {
                    found.extend(withdrawal(desk, senders, issuer, dossier, &delivery));
                }
            }
        }
        if page.len() < PAGE {
            return Ok(found);
        }
    }
}

fn withdrawal(
    desk: &Desk,
    senders: &Senders,
    issuer: &Code,
    dossier: &Dossier,
    delivery: &Delivery,
) -> Option<Withdrawal> {
    let nobody = Identity::default();
    let today = desk.clock.today();
    let source = Source::new(desk, senders, dossier, &nobody, today);
    let order = Order {
        step: delivery.key.step,
        step_version: delivery.key.step_version,
        reference: delivery.id.0,
        language: delivery.language,
        dated_on: today,
        courtesy: None,
        plain_page: false,
        translations: &BTreeSet::new(),
    };
    if source.agency(&order).as_ref() != Some(issuer) {
        return None;
    }
    let came_back = matches!(delivery.state, DeliveryState::Returned | DeliveryState::Cancelled);
    let is_gone = source.letter(&order).is_err_and(|reason| reason == NoDocument::GroundGone);
    let day = match (came_back, is_gone) {
        (true, _) => brussels_day(delivery.changed_at),
        (false, true) => dossier.facts.last().map_or(today, |fact| brussels_day(fact.received_at)),
        (false, false) => return None,
    };
    Some(Withdrawal { reference: delivery.id.0, withdrawn_on: day })
}
