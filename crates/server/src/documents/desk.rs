//! Documents before they are sent, and what proves them after, for those who ask over the wire.

use super::proofs::{self, Transfer};
use super::{NoDocument, Order, Source};
use crate::letters::Senders;
use async_trait::async_trait;
use std::sync::Arc;
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::ids::{DeliveryId, DossierId};
use traject_app::model::{Delivery, Dossier, LegalStep};
use traject_app::port::{Documents, MadeDocument, PreviewOrder};
use traject_domain::code::Breach;
use traject_domain::standing::Standing;
use traject_letter_pdf::{LetterPdf, RenderError};
use traject_proof::ProofBundle;
use traject_store::SqlStore;
use traject_templates::{ComposeError, Letter};
use uuid::Uuid;

/// The documents of a desk.
pub struct DeskDocuments {
    /// Whose dossiers and law.
    pub desk: Desk,
    /// The record, for the ledger that a proof repeats.
    pub store: Arc<SqlStore>,
    /// The renderer that prints.
    pub press: Arc<LetterPdf>,
    /// What documents say about their issuer, and what seals them.
    pub senders: Senders,
}

#[async_trait]
impl Documents for DeskDocuments {
    async fn preview(&self, order: &PreviewOrder) -> Result<MadeDocument, AppError> {
        let dossier = self.desk.dossier(order.dossier).await?;
        let delivery = match order.delivery {
            Some(id) => Some(self.delivery(id, &dossier, order.step).await?),
            None => None,
        };
        let letter = self.draft(order, &dossier, delivery.as_ref()).await?;
        let press = Arc::clone(&self.press);
        // Laying out takes milliseconds in which other calls must not wait.
        let make = move || made(&press, &letter);
        tokio::task::spawn_blocking(make).await.map_err(|error| AppError::Internal(error.into()))?
    }

    async fn proof(&self, delivery: DeliveryId) -> Result<Vec<u8>, AppError> {
        let key = self.senders.key.as_ref().ok_or(AppError::NotConfigured("signing.key_file"))?;
        let delivery = self.desk.store.delivery(delivery).await?.ok_or(AppError::NotFound)?;
        let document = self.desk.store.document(delivery.id).await?.ok_or(AppError::NotFound)?;
        let dossier = self.desk.dossier(delivery.key.dossier).await?;
        let events = self.desk.store.delivery_events(delivery.id).await?;
        let facts = proofs::facts_of(&delivery, &dossier);
        let section = self.store.section(&facts).await?;
        let law = &self.desk.law.law;
        let statement = proofs::statement(law, &delivery, &document, &dossier, &events, section, self.desk.clock.now());
        ProofBundle::write(key, statement, &document.pdf, document.html.as_deref())
            .map_err(|fault| AppError::Internal(fault.into()))
    }

    async fn transfer_proofs(&self, dossier: DossierId, breach: Breach) -> Result<(Vec<u8>, [u8; 32]), AppError> {
        let dossier = self.desk.dossier(dossier).await?;
        let today = self.desk.clock.today();
        let standing = self.desk.standing(&dossier, traject_domain::history::Moment::end_of(today));
        let transferred = |standing: &Standing| {
            standing.obligation.as_ref().is_some_and(|of| of.breach(breach).transferred_on.is_some())
        };
        let standing = standing.filter(transferred).ok_or(AppError::NotFound)?;
        let mut deliveries = Vec::new();
        for delivery in self.desk.store.deliveries_of(dossier.id).await? {
            let events = self.desk.store.delivery_events(delivery.id).await?;
            let document = self.desk.store.document(delivery.id).await?;
            deliveries.push((delivery, events, document));
        }
        let law = &self.desk.law.law;
        let transfer = Transfer { law, dossier: &dossier, standing: &standing, breach, deliveries: &deliveries, today };
        let document = transfer.document();
        let press = Arc::clone(&self.press);
        let make = move || press.render_proofs(&document).map_err(unrendered);
        let rendered = tokio::task::spawn_blocking(make).await.map_err(|error| AppError::Internal(error.into()))??;
        Ok((rendered.pdf, rendered.sha256))
    }
}

impl DeskDocuments {
    /// A delivery of the dossier that carries this document.
    async fn delivery(&self, id: DeliveryId, dossier: &Dossier, step: LegalStep) -> Result<Delivery, AppError> {
        let found = self.desk.store.delivery(id).await?;
        found.filter(|found| found.key.dossier == dossier.id && found.key.step == step).ok_or(AppError::NotFound)
    }

    /// The letter as it would be made today; complete, or [`AppError::MissingValues`].
    async fn draft(
        &self,
        order: &PreviewOrder,
        dossier: &Dossier,
        delivery: Option<&Delivery>,
    ) -> Result<Letter, AppError> {
        let identity = self.desk.store.identity(dossier.id).await?.unwrap_or_default();
        let today = self.desk.clock.today();
        let source = Source::new(&self.desk, &self.senders, dossier, &identity, today);
        let translations = self.press.translations();
        let told = |fact: &&traject_app::model::LedgerFact| LegalStep::told_by(&fact.fact.kind) == Some(order.step);
        let latest = dossier.facts.iter().filter(told).count().saturating_sub(1);
        let reference = delivery.map_or(Uuid::nil(), |delivery| delivery.id.0);
        let order = Order {
            step: order.step,
            step_version: delivery
                .map_or(u32::try_from(latest).unwrap_or(u32::MAX), |delivery| delivery.key.step_version),
            reference,
            language: delivery.map_or_else(|| source.language(order.step), |delivery| delivery.language),
            dated_on: today,
            courtesy: order.courtesy.as_ref(),
            plain_page: order.plain_page,
            translations: &translations,
        };
        let letter = source.draft(&order).map_err(|reason| match reason {
            NoDocument::NoSender => AppError::NotConfigured("agencies.email"),
            NoDocument::GroundGone => AppError::MissingValues(vec!["standing".to_owned()]),
        })?;
        let missing = self.press.missing(&letter);
        if missing.is_empty() { Ok(letter) } else { Err(AppError::MissingValues(missing)) }
    }
}

fn made(press: &LetterPdf, letter: &Letter) -> Result<MadeDocument, AppError> {
    let composed = press.compose(letter).map_err(uncomposed)?;
    let rendered = press.print(&composed).map_err(unrendered)?;
    Ok(MadeDocument {
        html: composed.html(),
        text: composed.plain_text(),
        template_version: composed.template_version.clone(),
        pages: rendered.pages,
        sha256: rendered.sha256,
        pdf: rendered.pdf,
    })
}

fn uncomposed(error: ComposeError) -> AppError {
    match error {
        ComposeError::Missing { slot } => AppError::MissingValues(vec![slot]),
        other => AppError::Internal(other.into()),
    }
}

fn unrendered(error: RenderError) -> AppError {
    match error {
        // The name or the address, which a person has to write in another way.
        RenderError::Uncovered(_) | RenderError::TooLong { .. } => {
            AppError::MissingValues(vec!["recipient".to_owned()])
        }
        other => AppError::Internal(other.into()),
    }
}
