//! A letter before it is words: which document, to whom, from whom, in which languages, with which values. The caller takes
//! dates, terms and legal grounds from the standing and the law.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::delivery::Document;
use traject_domain::law::AgencyKind;
use traject_domain::municipality::Municipality;

use crate::slot::Values;

/// A letter to one newcomer: which document, and what it is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which document.
    pub document: Document,
    /// The breach it is about, for a document that is about one.
    pub breach: Option<Breach>,
    /// What every letter carries.
    pub envelope: Envelope,
    /// The values of its slots.
    pub values: Values,
}

/// Who issues a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issuer {
    /// A municipality.
    Municipality(Municipality),
    /// A reception office, by its name.
    Organiser(PerLanguage),
    /// The Joint Community Commission (GGC, COCOM).
    Ggc,
}

impl Issuer {
    /// What kind of agency it is.
    pub const fn kind(&self) -> AgencyKind {
        match self {
            Self::Municipality(_) => AgencyKind::Municipality,
            Self::Organiser(_) => AgencyKind::Organiser,
            Self::Ggc => AgencyKind::Ggc,
        }
    }
}

/// The language or languages of an act (actors-and-data.md § 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterLanguage {
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// Dutch and French with equal weight, for a person whose language is unknown.
    Bilingual,
}

impl LetterLanguage {
    /// The language of a letter to a person whose letter language is this, or is unknown.
    pub const fn of(letter_language: Option<LegalLanguage>) -> Self {
        match letter_language {
            Some(LegalLanguage::Nl) => Self::Nl,
            Some(LegalLanguage::Fr) => Self::Fr,
            None => Self::Bilingual,
        }
    }

    /// The passages the letter holds, in order.
    pub const fn passages(self) -> &'static [LegalLanguage] {
        match self {
            Self::Nl => &[LegalLanguage::Nl],
            Self::Fr => &[LegalLanguage::Fr],
            Self::Bilingual => &[LegalLanguage::Nl, LegalLanguage::Fr],
        }
    }

    /// `nl`, `fr` or `nl-fr`, as manifests write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::Bilingual => "nl-fr",
        }
    }
}

/// A text that exists in both official languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerLanguage {
    /// Dutch.
    pub nl: String,
    /// French.
    pub fr: String,
}

impl PerLanguage {
    /// The text in one language.
    pub fn text(&self, language: LegalLanguage) -> &str {
        match language {
            LegalLanguage::Nl => &self.nl,
            LegalLanguage::Fr => &self.fr,
        }
    }
}

/// The own reference of one delivery: 1 to 64 ASCII letters, digits and hyphens. It names a file and is printed as QR,
/// so it must not hold a national number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct DeliveryReference(String);

/// A delivery reference of another shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delivery reference has 1 to 64 ASCII letters, digits and hyphens")]
pub struct InvalidReference;

impl DeliveryReference {
    /// The greatest number of characters.
    pub const LENGTH_MAX: usize = 64;

    /// Reads a reference.
    ///
    /// # Errors
    /// [`InvalidReference`] for an empty or too long text, or another character than a letter, a digit or a hyphen.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(InvalidReference) }
    }

    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeliveryReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// To whom a letter goes. Debug output hides the values: they are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The full name as registered, in its own script.
    pub full_name: String,
    /// Address lines from street to postal code and town; at most five.
    pub address: Vec<String>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").finish_non_exhaustive()
    }
}

/// What every letter carries. Debug output leaves out where the recipient lives and the twin's address.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The legal language or languages of the act.
    pub language: LetterLanguage,
    /// The language of a translation for information, one of [`crate::Texts::courtesy_languages`].
    pub courtesy: Option<Code>,
    /// Whether a page with few words in great letters is added, for a person who reads little or whose language has no
    /// translation.
    pub plain: bool,
    /// Who issues it.
    pub issuer: Issuer,
    /// Where the issuer receives papers and questions.
    pub issuer_email: String,
    /// The issuer's number for questions, as it is to be printed.
    pub issuer_phone: Option<String>,
    /// Address of the Bewelcome site, as it is to be printed (no scheme).
    pub information_site: String,
    /// The newcomer.
    pub recipient: Recipient,
    /// The dossier, by a reference that is not a national number.
    pub dossier_reference: String,
    /// This delivery; unique per attempt.
    pub delivery_reference: DeliveryReference,
    /// The civil date on the letter (Europe/Brussels).
    pub dated_on: Date,
    /// Where the HTML twin can be read, with its short-lived code; the QR code leads there. None: the QR code holds the
    /// delivery reference.
    pub twin_url: Option<String>,
    /// The signed short code of a certificate, in characters of a QR code's alphanumeric mode.
    pub attestation: Option<String>,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("language", &self.language)
            .field("courtesy", &self.courtesy)
            .field("issuer", &self.issuer)
            .field("delivery_reference", &self.delivery_reference)
            .field("dated_on", &self.dated_on)
            .finish_non_exhaustive()
    }
}

/// An organiser a newcomer may choose, with the tracks it offers on the day of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: PerLanguage,
    /// The languages of its tracks.
    pub tracks: BTreeSet<LegalLanguage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_reference_can_never_leave_its_folder() {
        for bad in ["", "..", "a/b", "a b", "a.pdf", "é", &"a".repeat(65)] {
            assert_eq!(DeliveryReference::parse(bad), Err(InvalidReference), "{bad}");
        }
        assert_eq!(
            DeliveryReference::parse("D-2023-000017-1").map(|r| r.to_string()),
            Ok("D-2023-000017-1".to_owned())
        );
    }

    #[test]
    fn debug_output_of_a_recipient_holds_no_name() {
        let recipient = Recipient { full_name: "Amina".to_owned(), address: vec!["Kerkstraat 1".to_owned()] };
        assert_eq!(format!("{recipient:?}"), "Recipient { .. }");
    }
}
