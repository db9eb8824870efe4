//! From a delivery to a letter in the print folder: contexts from the standing, rendering, printing.

use crate::clock::brussels_day;
use crate::documents::{Account, NoDocument, Order, Source};
use std::collections::BTreeMap;
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::model::{
    Channel, Delivery, DeliveryMove, DeliveryState, Dossier, Identity, RenderedDocument, WorkKind,
};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_letter_pdf::{LetterPdf, PrintFolder, PrintJob, RenderError, Rendered};
use traject_templates::{ComposeError, ComposedLetter, Letter};

/// How an agency is reached about civic integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// E-mail address.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
}

/// What letters say about their sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Senders {
    /// The multilingual information site.
    pub information_site: String,
    /// Contacts, by the code of the agency.
    pub contacts: BTreeMap<Code, Contact>,
    /// Where fines are paid.
    pub account: Option<Account>,
}

/// Why letters could not be made. Letters made before stay made.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The store, or a dossier in it.
    #[error(transparent)]
    App(#[from] AppError),
    /// The print folder.
    #[error("the print folder cannot be used")]
    Print(#[from] traject_letter_pdf::PrintError),
    /// A letter that lacks a value or a language.
    #[error("a letter could not be put in words")]
    Compose(#[from] ComposeError),
    /// A fault of a template.
    #[error("a letter could not be rendered")]
    Render(#[source] RenderError),
}

/// What a run made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Letters in the print folder.
    pub printed: u64,
    /// Deliveries cancelled because their ground was gone.
    pub cancelled: u64,
    /// Letters that wait for their sender's address in the configuration.
    pub waiting: u64,
    /// Letters that a person has to make, because the fonts do not cover a name.
    pub uncovered: u64,
}

/// Deliveries read at a time.
const PAGE: usize = 64;

/// Makes letters of waiting deliveries.
pub struct Letters<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The press.
    pub press: &'a LetterPdf,
    /// Where letters go.
    pub folder: &'a mut PrintFolder,
    /// What letters say about their sender.
    pub senders: &'a Senders,
}

impl Letters<'_> {
    /// Makes every waiting letter. A letter that was rendered before a crash is printed from its stored bytes.
    ///
    /// # Errors
    /// [`LetterError`]; a delivery whose making failed stays as it was.
    pub async fn run(&mut self) -> Result<Made, LetterError> {
        let mut made = Made::default();
        for state in [DeliveryState::Rendered, DeliveryState::Created] {
            let mut after = None;
            loop {
                let page = self.desk.store.deliveries(Some(Channel::Letter), state, after, PAGE).await;
                let page = page.map_err(AppError::from)?;
                for delivery in &page {
                    made.waiting += u64::from(!self.make(delivery, &mut made).await?);
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => after = Some((last.changed_at, last.id)),
                    _ => break,
                }
            }
        }
        Ok(made)
    }

    /// Makes one letter; false when its sender has no address yet.
    async fn make(&mut self, delivery: &Delivery, made: &mut Made) -> Result<bool, LetterError> {
        let is_rendered = delivery.state == DeliveryState::Rendered;
        let dated_on = if is_rendered { brussels_day(delivery.changed_at) } else { self.desk.clock.today() };
        let dossier = self.desk.dossier(delivery.key.dossier).await?;
        let identity = self.desk.store.identity(dossier.id).await.map_err(AppError::from)?.unwrap_or_default();
        let letter = match self.letter(delivery, &dossier, &identity, dated_on) {
            Ground::Stands(letter) => letter,
            Ground::NoSender => return Ok(false),
            Ground::Gone => {
                self.step(delivery, delivery.state, DeliveryState::Cancelled, None).await?;
                made.cancelled += 1;
                return Ok(true);
            }
        };
        let composed = self.press.compose(&letter)?;
        let rendered = match self.press.print(&composed) {
            // What was rendered once is what is sent, even where the dossier has changed since.
            Ok(rendered) if is_rendered => self.stored(delivery, rendered).await?,
            Ok(rendered) => rendered,
            Err(RenderError::Uncovered(_) | RenderError::TooLong { .. }) => {
                self.desk.ask(dossier.id, WorkKind::UncoveredName).await?;
                self.step(delivery, delivery.state, DeliveryState::PermanentFailure, None).await?;
                made.uncovered += 1;
                return Ok(true);
            }
            Err(error) => return Err(LetterError::Render(error)),
        };
        if !is_rendered {
            let document = document(&composed, &rendered);
            self.step(delivery, DeliveryState::Created, DeliveryState::Rendered, Some(document)).await?;
        }
        self.folder.store(&PrintJob::new(&composed, &rendered))?;
        self.step(delivery, DeliveryState::Rendered, DeliveryState::Printed, None).await?;
        made.printed += 1;
        Ok(true)
    }

    /// The letter with the bytes that were rendered before.
    async fn stored(&self, delivery: &Delivery, rendered: Rendered) -> Result<Rendered, LetterError> {
        let pdf = self.desk.store.document(delivery.id).await.map_err(AppError::from)?;
        Ok(match pdf {
            Some(document) => Rendered { pdf: document.pdf, ..rendered },
            None => rendered,
        })
    }

    async fn step(
        &self,
        delivery: &Delivery,
        from: DeliveryState,
        to: DeliveryState,
        document: Option<RenderedDocument>,
    ) -> Result<(), LetterError> {
        let by = DeliveryMove { document, ..DeliveryMove::new(from, to, "letters", self.desk.clock.now()) };
        self.desk.store.move_delivery(delivery.id, &by).await.map_err(AppError::from)?;
        Ok(())
    }

    /// The letter of a delivery, as its dossier stands now.
    fn letter(&self, delivery: &Delivery, dossier: &Dossier, identity: &Identity, dated_on: Date) -> Ground {
        let order = Order {
            step: delivery.key.step,
            step_version: delivery.key.step_version,
            reference: delivery.id.0,
            language: delivery.language,
            dated_on,
            courtesy: None,
            plain_page: false,
            translations: &self.press.translations(),
            twin_url: None,
        };
        let day = dated_on.max(self.desk.clock.today());
        match Source::new(self.desk, self.senders, dossier, identity, day).letter(&order) {
            Ok(letter) => Ground::Stands(Box::new(letter)),
            Err(NoDocument::NoSender) => Ground::NoSender,
            Err(NoDocument::GroundGone) => Ground::Gone,
        }
    }
}

/// Whether a letter is still to be made.
enum Ground {
    /// It is.
    Stands(Box<Letter>),
    /// Its sender has no address in the configuration yet.
    NoSender,
    /// What it was to say no longer holds.
    Gone,
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
