//! From a delivery to a letter in the print folder: contexts from the standing, rendering, printing.

use crate::clock::brussels_day;
use std::collections::BTreeMap;
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::model::{Channel, Delivery, DeliveryState, Document, Dossier, Identity, WorkKind};
use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage, Term};
use traject_domain::history::{History, Moment};
use traject_domain::law::{Law, Length, RegimeId};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::standing::Standing;
use traject_letter_pdf::{LetterPdf, PrintFolder, PrintJob, RenderError, Rendered};
use traject_templates::{
    ComposeError, DeliveryReference, Envelope, Issuer, Letter, LetterLanguage, Offer, PerLanguage, Recipient, Values,
    slot,
};

/// How a municipality is reached about civic integration.
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
    /// Contacts per municipality.
    pub contacts: BTreeMap<Municipality, Contact>,
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
            self.step(delivery, DeliveryState::Created, DeliveryState::Rendered, Some(&rendered.pdf)).await?;
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
            Some(pdf) => Rendered { pdf, ..rendered },
            None => rendered,
        })
    }

    async fn step(
        &self,
        delivery: &Delivery,
        from: DeliveryState,
        to: DeliveryState,
        document: Option<&[u8]>,
    ) -> Result<(), LetterError> {
        let now = self.desk.clock.now();
        let store = &self.desk.store;
        store.move_delivery(delivery.id, from, to, document, now).await.map_err(AppError::from)?;
        Ok(())
    }

    /// The letter of a delivery, as its dossier stands now.
    fn letter(&self, delivery: &Delivery, dossier: &Dossier, identity: &Identity, dated_on: Date) -> Ground {
        let law = &self.desk.law.law;
        let at = Moment::end_of(dated_on.max(self.desk.clock.today()));
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        let standing = traject_domain::assess(law, &history);
        let (Some(standing), Some(municipality)) = (standing, history.municipality_on(dated_on)) else {
            return Ground::Gone;
        };
        let Some(contact) = self.senders.contacts.get(&municipality) else { return Ground::NoSender };
        let Ok(delivery_reference) = DeliveryReference::parse(&delivery.id.to_string()) else { return Ground::Gone };
        let envelope = Envelope {
            language: LetterLanguage::of(delivery.language),
            courtesy: None,
            plain: false,
            issuer: Issuer::Municipality(municipality),
            issuer_email: contact.email.clone(),
            issuer_phone: contact.phone.clone(),
            information_site: self.senders.information_site.clone(),
            recipient: recipient(identity),
            dossier_reference: dossier.id.to_string(),
            delivery_reference,
            dated_on,
            twin_url: None,
            attestation: None,
        };
        let context = Context { law, standing: &standing, dated_on, known_on: at.recorded_by };
        let (document, breach) = (delivery.key.step.document(), delivery.key.step.breach());
        let values = match (document, breach) {
            (Document::CertificateOfObligation, _) => context.certificate(),
            (Document::FormalNotice, Some(breach)) => context.notice(breach),
            _ => None,
        };
        let letter = values.map(|values| Letter { document, breach, envelope, values });
        letter.map_or(Ground::Gone, |letter| Ground::Stands(Box::new(letter)))
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

/// What a letter takes from the law and the standing.
struct Context<'a> {
    law: &'a Law,
    standing: &'a Standing,
    dated_on: Date,
    known_on: Date,
}

impl Context<'_> {
    fn certificate(&self) -> Option<Values> {
        let obligation = self.standing.obligation.as_ref()?;
        if obligation.closing.is_some() {
            return None;
        }
        let term = obligation.breach(Breach::NotRegistered).term.as_ref();
        let mut values = self.enforcement(Term::Register);
        values
            .set(slot::REGISTER_TERM, self.length(Term::Register))
            .set(slot::COMPLETE_TERM, self.length(Term::Complete))
            .set(slot::OFFERS, self.offers())
            .set_some(slot::CERTIFICATE_RECEIVED_ON, term.map(|term| term.start))
            .set_some(slot::REGISTER_DUE, term.map(|term| term.due));
        Some(values)
    }

    /// A notice whose posting was withdrawn or retracted meanwhile is not sent.
    fn notice(&self, breach: Breach) -> Option<Values> {
        let standing = self.standing.obligation.as_ref()?.breach(breach);
        let notice = standing.notices.last().filter(|notice| notice.is_valid())?;
        let term = standing.term.as_ref()?;
        let mut values = self.enforcement(Term::Cure);
        match breach {
            Breach::NotRegistered => values
                .set(slot::CERTIFICATE_RECEIVED_ON, term.start)
                .set(slot::REGISTER_DUE, term.due)
                .set(slot::OFFERS, self.offers()),
            Breach::NotCompleted => values.set(slot::REGISTERED_ON, term.start).set(slot::COMPLETE_DUE, term.due),
        };
        let served = standing.cure.as_ref().filter(|_| !notice.presumed);
        values
            .set_some(slot::NOTICE_DELIVERED_ON, served.map(|cure| cure.start))
            .set_some(slot::CURE_DUE, served.map(|cure| cure.due));
        Some(values)
    }

    /// What follows a breach, and the legal ground of a term.
    fn enforcement(&self, term: Term) -> Values {
        let (fine_min, fine_max) = self.fine();
        let mut values = Values::new();
        values
            .set(slot::CURE_TERM, self.length(Term::Cure))
            .set(slot::FINE_MIN, fine_min)
            .set(slot::FINE_MAX, fine_max)
            .set(slot::LEGAL_GROUND, self.ground(term));
        values
    }

    /// The regime in force on the day of the letter, with the article of the term where one was seen.
    fn ground(&self, term: Term) -> PerLanguage {
        let regime = self.law.regime_on(self.dated_on, self.known_on);
        let id: Option<&RegimeId> = regime.map(|regime| &regime.id);
        let deadline = self.law.deadline_on(term, self.dated_on, self.known_on);
        let article = deadline.and_then(|d| id.and_then(|id| d.provenance.articles.get(id)));
        let text = |language: LegalLanguage| {
            let of = |label: &traject_domain::labels::Label| match language {
                LegalLanguage::Nl => label.nl.clone(),
                LegalLanguage::Fr => label.fr.clone(),
            };
            let name = regime.map(|regime| of(&regime.label)).unwrap_or_default();
            match article {
                Some(article) => format!("{name} ({})", of(article)),
                None => name,
            }
        };
        PerLanguage { nl: text(LegalLanguage::Nl), fr: text(LegalLanguage::Fr) }
    }

    /// The length of a term that starts on the day of the letter.
    fn length(&self, term: Term) -> Length {
        self.law.length_on(term, self.dated_on, self.known_on)
    }

    fn fine(&self) -> (Cents, Cents) {
        let range = self.law.fines.on(self.dated_on, self.known_on);
        range.map_or_else(|| self.law.fine_extent(), |range| (range.min, range.max))
    }

    fn offers(&self) -> Vec<Offer> {
        let regime = self.law.regime_on(self.dated_on, self.known_on).map(|regime| &regime.id);
        self.law
            .organisers
            .iter()
            .map(|organiser| Offer {
                name: PerLanguage { nl: organiser.label.nl.clone(), fr: organiser.label.fr.clone() },
                tracks: regime.and_then(|id| organiser.tracks.get(id)).cloned().unwrap_or_default(),
            })
            .collect()
    }
}

fn recipient(identity: &Identity) -> Recipient {
    let join = |parts: &[&Option<String>], between: &str| {
        parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(between)
    };
    let full_name = join(&[&identity.first_names, &identity.last_name], " ");
    let street = join(&[&identity.street, &identity.house_number], " ");
    let street = identity.box_number.as_ref().map_or(street.clone(), |number| format!("{street} / {number}"));
    let city = join(&[&identity.postal_code, &identity.city], " ");
    let address = [street, city].into_iter().filter(|line| !line.is_empty()).collect();
    Recipient { full_name, address }
}
