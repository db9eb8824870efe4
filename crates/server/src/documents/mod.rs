//! From a dossier to a document: who issues it, in which languages, and what it is filled with.

mod desk;
mod proofs;
mod values;
mod withdrawn;

pub use desk::DeskDocuments;
pub use values::Account;
pub use withdrawn::withdrawn;

use crate::letters::Senders;
use std::collections::BTreeSet;
use traject_app::Desk;
use traject_app::model::{Dossier, Identity, LedgerFact, LegalStep};
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::delivery::Document;
use traject_domain::fact::FactKind;
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, Law};
use traject_domain::municipality::Municipality;
use traject_domain::standing::{Notice, Standing};
use traject_proof::{Attestation, Claim};
use traject_templates::{DeliveryReference, Envelope, Issuer, Letter, LetterLanguage, PerLanguage, Recipient};
use uuid::Uuid;
use values::Case;

/// A document to be put in words.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// Which document.
    pub step: LegalStep,
    /// How many documents of this step came before it.
    pub step_version: u32,
    /// Its delivery, which names it.
    pub reference: Uuid,
    /// Its language; none: in every language in which its issuer writes, side by side.
    pub language: Option<LegalLanguage>,
    /// The civil day on it.
    pub dated_on: Date,
    /// A translation for information, ISO 639-1; none: by the person's contact language.
    pub courtesy: Option<&'a Code>,
    /// Also the page for a person who does not read.
    pub plain_page: bool,
    /// The languages for which there are translations.
    pub translations: &'a BTreeSet<Code>,
}

/// Why a document cannot be put in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDocument {
    /// What it was to say no longer holds.
    GroundGone,
    /// Its issuer has no address in the configuration yet.
    NoSender,
}

/// A dossier as documents are made from it.
pub struct Source<'a> {
    law: &'a Law,
    dossier: &'a Dossier,
    identity: &'a Identity,
    senders: &'a Senders,
    at: Moment,
    history: History<'a>,
    standing: Option<Standing>,
}

impl<'a> Source<'a> {
    /// How a dossier stands at the end of a day.
    pub fn new(desk: &'a Desk, senders: &'a Senders, dossier: &'a Dossier, identity: &'a Identity, day: Date) -> Self {
        let at = Moment::end_of(day);
        let law = &desk.law.law;
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        let standing = traject_domain::assess(law, &history);
        Self { law, dossier, identity, senders, at, history, standing }
    }

    /// The letter of an order.
    ///
    /// # Errors
    /// [`NoDocument`].
    pub fn letter(&self, order: &Order<'_>) -> Result<Letter, NoDocument> {
        let standing = self.standing.as_ref().ok_or(NoDocument::GroundGone)?;
        if self.holds(standing, order, self.act(order)?) { self.draft(order) } else { Err(NoDocument::GroundGone) }
    }

    /// The letter of an order, whether or not there is still something to tell; values may be missing.
    ///
    /// # Errors
    /// [`NoDocument`].
    pub fn draft(&self, order: &Order<'_>) -> Result<Letter, NoDocument> {
        let standing = self.standing.as_ref().ok_or(NoDocument::GroundGone)?;
        let act = self.act(order)?;
        let (agency, issuer) = self.issuer(order, act).ok_or(NoDocument::GroundGone)?;
        let contact = self.senders.contacts.get(&agency).ok_or(NoDocument::NoSender)?;
        let (courtesy, plain) = self.aids(order);
        let reference = DeliveryReference::parse(&order.reference.to_string()).map_err(|_| NoDocument::GroundGone)?;
        let case = Case {
            law: self.law,
            dossier: self.dossier,
            standing,
            step: order.step,
            act,
            dated_on: order.dated_on,
            known_on: self.at.recorded_by,
            account: self.senders.account.as_ref(),
            first_track: (order.step.document() == Document::InformationSheet).then(|| lot(order.reference)),
        };
        Ok(Letter {
            document: order.step.document(),
            breach: order.step.breach(),
            values: case.values(),
            envelope: Envelope {
                language: LetterLanguage::of(order.language),
                courtesy,
                plain,
                issuer,
                issuer_email: contact.email.clone(),
                issuer_phone: contact.phone.clone(),
                information_site: self.senders.information_site.clone(),
                recipient: self.recipient(),
                dossier_reference: self.dossier.id.to_string(),
                delivery_reference: reference,
                dated_on: order.dated_on,
                twin_url: self.page(order),
                attestation: self.attestation(&agency, order),
            },
        })
    }

    /// The language in which the issuer of a document writes to the person; none: in every language in which it writes.
    pub fn language(&self, step: LegalStep) -> Option<LegalLanguage> {
        let person = self.standing.as_ref().and_then(|standing| standing.letter_language);
        let day = self.at.as_of;
        let agency = match step.document().issuer() {
            AgencyKind::Ggc => Code::new("GGC"),
            AgencyKind::Municipality => Code::new(&self.history.municipality_on(day)?.to_string()),
            AgencyKind::Organiser => self.standing.as_ref()?.track.as_ref()?.0.clone(),
        };
        self.law.letter_language(&agency, person, day, self.at.recorded_by)
    }

    /// The agency that issued a document, whether or not what it says still holds.
    pub(crate) fn agency(&self, order: &Order<'_>) -> Option<Code> {
        let told = |fact: &&LedgerFact| LegalStep::told_by(&fact.fact.kind) == Some(order.step);
        let turn = usize::try_from(order.step_version).ok()?;
        let act = self.dossier.facts.iter().filter(told).nth(turn);
        self.issuer(order, act).map(|(agency, _)| agency)
    }

    /// The fact that the document tells of: of those that call for it, the one in its turn. None for a document that no
    /// single fact calls for.
    fn act(&self, order: &Order<'_>) -> Result<Option<&'a LedgerFact>, NoDocument> {
        let calls = |fact: &&LedgerFact| LegalStep::told_by(&fact.fact.kind) == Some(order.step);
        let turn = usize::try_from(order.step_version).map_err(|_| NoDocument::GroundGone)?;
        let Some(act) = self.dossier.facts.iter().filter(calls).nth(turn) else { return Ok(None) };
        // One that was retracted meanwhile is told to nobody.
        let counts = self.history.events.iter().any(|fact| fact.reference == act.fact.reference);
        if counts { Ok(Some(act)) } else { Err(NoDocument::GroundGone) }
    }

    /// Whether there is still something to tell.
    fn holds(&self, standing: &Standing, order: &Order<'_>, act: Option<&LedgerFact>) -> bool {
        let obligation = standing.obligation.as_ref();
        let breach = order.step.breach().and_then(|breach| Some(obligation?.breach(breach)));
        match order.step.document() {
            Document::CertificateOfObligation => obligation.is_some_and(|of| of.closing.is_none()),
            Document::InformationSheet => true,
            Document::FormalNotice => {
                let posted = act.map(|act| act.fact.occurred_on);
                let own = |notice: &&Notice| !notice.by_hand && Some(notice.posted_on) == posted;
                breach.and_then(|of| of.notices.iter().find(own)).is_some_and(Notice::is_valid)
            }
            Document::DueDateReminder => {
                let runs = breach.is_some_and(|of| of.met_on.is_none() && of.term.is_some());
                runs && obligation.is_some_and(|of| of.closing.is_none())
            }
            Document::PaymentReminder => breach.is_some_and(|of| of.has_standing_fine()),
            _ => act.is_some(),
        }
    }

    fn recipient(&self) -> Recipient {
        let names = [&self.identity.first_names, &self.identity.last_name];
        let full_name = names.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(" ");
        Recipient { full_name, address: traject_app::address::lines(self.identity) }
    }

    /// Where the document's page can be read; none for a preview without a delivery.
    fn page(&self, order: &Order<'_>) -> Option<String> {
        let pages = self.senders.pages.as_ref().filter(|_| !order.reference.is_nil())?;
        Some(pages.address(order.reference))
    }

    /// The signed code of a certificate.
    fn attestation(&self, agency: &Code, order: &Order<'_>) -> Option<String> {
        let document = order.step.document();
        let key = self.senders.key.as_ref().filter(|_| document.is_certificate() && !order.reference.is_nil())?;
        let claim = Claim {
            document: document.to_string(),
            issuer: agency.to_string(),
            issued_on: order.dated_on,
            reference: order.reference,
        };
        // What does not fit a code, such as a date before 1970, has none.
        Attestation::sign(key, &claim, &self.recipient().full_name).ok()
    }

    /// The agency that issues the document, and how it is named.
    fn issuer(&self, order: &Order<'_>, act: Option<&LedgerFact>) -> Option<(Code, Issuer)> {
        match order.step.document().issuer() {
            AgencyKind::Ggc => Some((Code::new("GGC"), Issuer::Ggc)),
            AgencyKind::Municipality => {
                let municipality = self.municipality(order.dated_on, act)?;
                Some((Code::new(&municipality.to_string()), Issuer::Municipality(municipality)))
            }
            AgencyKind::Organiser => {
                let organiser = match act.map(|act| &act.fact.kind) {
                    Some(
                        FactKind::Registered { organiser, .. }
                        | FactKind::ContractSigned { organiser, .. }
                        | FactKind::Completed { organiser }
                        | FactKind::Programme { organiser, .. },
                    ) => organiser,
                    _ => &self.standing.as_ref()?.track.as_ref()?.0,
                };
                let label = &self.law.organiser(organiser)?.label;
                let name = PerLanguage { nl: label.nl.clone(), fr: label.fr.clone() };
                Some((organiser.clone(), Issuer::Organiser(name)))
            }
        }
    }

    /// The municipality that acted, else the one of residence.
    fn municipality(&self, day: Date, act: Option<&LedgerFact>) -> Option<Municipality> {
        let acted = act.and_then(|act| Municipality::parse(act.fact.agency.as_str()));
        acted.or_else(|| self.history.municipality_on(day))
    }

    /// The translation, and whether the person needs the page for those who do not read: in a language that is neither
    /// Dutch nor French and for which there is no translation.
    fn aids(&self, order: &Order<'_>) -> (Option<Code>, bool) {
        let contact = self.history.checks.last().and_then(|check| check.extract.contact_language.as_ref());
        let wanted = order.courtesy.or(contact).filter(|code| LegalLanguage::from_code(code.as_str()).is_none());
        match wanted {
            Some(language) if order.translations.contains(language) => (Some(language.clone()), order.plain_page),
            Some(_) => (None, true),
            None => (None, order.plain_page),
        }
    }
}

/// Which track stands first on an information sheet: by lot, and the lot is the delivery's own id, of which the random part
/// decides. Whoever has the sheet can see that it was not chosen.
fn lot(delivery: Uuid) -> LegalLanguage {
    let odd = delivery.as_bytes()[15] % 2 == 1;
    if odd { LegalLanguage::Nl } else { LegalLanguage::Fr }
}
