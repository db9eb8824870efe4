//! From a delivery to its document: in words, then as PDF with its HTML twin.

use crate::documents::{Account, NoDocument, Order, Source};
use std::collections::BTreeMap;
use std::sync::Arc;
use traject_app::Desk;
use traject_app::model::{Delivery, DeliveryReason, Dossier, Identity, RenderedDocument};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_letter_pdf::{LetterPdf, RenderError, Rendered};
use traject_proof::SigningKey;
use traject_templates::{ComposeError, ComposedLetter, Letter};
use traject_twin_http::PageCodes;

/// How an agency is reached about civic integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// E-mail address.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
}

/// What documents say about their sender, and what seals them.
#[derive(Debug, Clone, Default)]
pub struct Senders {
    /// The multilingual information site.
    pub information_site: String,
    /// Contacts, by the code of the agency.
    pub contacts: BTreeMap<Code, Contact>,
    /// Where fines are paid.
    pub account: Option<Account>,
    /// Signs the codes of certificates; none: they carry no code.
    pub key: Option<Arc<SigningKey>>,
    /// The addresses of pages; none: documents carry none.
    pub pages: Option<Arc<PageCodes>>,
}

/// Why a letter could not be made, where neither the person nor the address is at fault.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A fault of a text.
    #[error("a letter could not be put in words")]
    Compose(#[source] ComposeError),
    /// A fault of a template.
    #[error("a letter could not be rendered")]
    Render(#[source] RenderError),
}

impl LetterError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Compose(error) => error.code(),
            Self::Render(error) => error.code(),
        }
    }
}

/// Makes the documents of deliveries.
#[derive(Clone, Copy)]
pub struct Letters<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The press.
    pub press: &'a LetterPdf,
    /// What documents say about their sender, and what seals them.
    pub senders: &'a Senders,
}

impl Letters<'_> {
    /// Makes the document of a delivery, as its dossier stands now, with the day on which it will leave.
    ///
    /// # Errors
    /// [`LetterError`].
    pub fn make(
        &self,
        delivery: &Delivery,
        dossier: &Dossier,
        identity: &Identity,
        dated_on: Date,
    ) -> Result<Ground<RenderedDocument>, LetterError> {
        let letter = match self.letter(delivery, dossier, identity, dated_on) {
            Ok(letter) => letter,
            Err(NoDocument::NoSender) => return Ok(Ground::NoSender),
            Err(NoDocument::GroundGone) => return Ok(Ground::Gone),
        };
        if !self.press.missing(&letter).is_empty() {
            return Ok(Ground::NotReady(DeliveryReason::DocumentNotReady));
        }
        let composed = self.press.compose(&letter).map_err(LetterError::Compose)?;
        match self.press.print(&composed) {
            Ok(rendered) => Ok(Ground::Stands(Box::new(document(&composed, &rendered)))),
            Err(RenderError::Uncovered(_) | RenderError::TooLong { .. }) => {
                Ok(Ground::NotReady(DeliveryReason::UncoveredName))
            }
            Err(error) => Err(LetterError::Render(error)),
        }
    }

    fn letter(
        &self,
        delivery: &Delivery,
        dossier: &Dossier,
        identity: &Identity,
        dated_on: Date,
    ) -> Result<Letter, NoDocument> {
        let order = Order {
            step: delivery.key.step,
            step_version: delivery.key.step_version,
            reference: delivery.id.0,
            language: delivery.language,
            dated_on,
            courtesy: None,
            plain_page: false,
            translations: &self.press.translations(),
        };
        let day = dated_on.max(self.desk.clock.today());
        Source::new(self.desk, self.senders, dossier, identity, day).letter(&order)
    }
}

/// Whether a letter is still to be made.
pub enum Ground<T> {
    /// It is.
    Stands(Box<T>),
    /// Its sender has no address in the configuration yet.
    NoSender,
    /// What it was to say no longer holds.
    Gone,
    /// It cannot be made, for this reason.
    NotReady(DeliveryReason),
}

/// What is kept of a letter that was made.
fn document(composed: &ComposedLetter, rendered: &Rendered) -> RenderedDocument {
    let name = std::iter::once(composed.recipient_name.clone());
    RenderedDocument {
        pdf: rendered.pdf.clone(),
        html: Some(composed.html().into_bytes()),
        template: composed.template.to_owned(),
        template_version: composed.template_version.clone(),
        pages: u32::try_from(rendered.pages).unwrap_or(u32::MAX),
        dated_on: Some(composed.dated_on),
        courtesy: composed.courtesy.as_ref().map(|passage| Code::new(&passage.language)),
        address: name.chain(composed.recipient_address.iter().cloned()).collect(),
    }
}
