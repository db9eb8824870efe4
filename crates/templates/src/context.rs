//! What a letter is filled with. The caller takes dates, terms and legal grounds from the standing and the law.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::law::Length;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;

/// A letter to one newcomer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// Certificate of obligation (attest tot verplichting, attestation d'obligation).
    CertificateOfObligation(CertificateOfObligation),
    /// Formal notice after a lapse (aanmaning, mise en demeure).
    FormalNotice(FormalNotice),
}

impl Letter {
    /// What every letter carries.
    pub fn envelope(&self) -> &Envelope {
        match self {
            Self::CertificateOfObligation(letter) => &letter.envelope,
            Self::FormalNotice(letter) => &letter.envelope,
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

/// What every letter carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The language or languages of the act.
    pub language: LetterLanguage,
    /// The municipality that sends it.
    pub municipality: Municipality,
    /// Where the municipality receives certificates and questions.
    pub municipality_email: String,
    /// The municipality's number for questions, as it is to be printed.
    pub municipality_phone: Option<String>,
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
}

/// An organiser a newcomer may choose, with the tracks it offers on the day of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: PerLanguage,
    /// The languages of its tracks.
    pub tracks: BTreeSet<LegalLanguage>,
}

/// The amounts between which the law lets the GGC fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FineRange {
    /// The lowest amount.
    pub min: Cents,
    /// The highest amount.
    pub max: Cents,
}

/// The day an act was received, and the last day of the term that it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The day of receipt, or of presumed delivery.
    pub received_on: Date,
    /// The last day of the term.
    pub due: Date,
}

/// Certificate of obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateOfObligation {
    /// What every letter carries.
    pub envelope: Envelope,
    /// The legal ground, as the law's data cites it.
    pub legal_ground: PerLanguage,
    /// D-REGISTER: from receipt of the certificate to registration.
    pub register_term: Length,
    /// Receipt and last day to register, once the certificate was handed over. Unknown: the letter says from when the
    /// term runs and carries a receipt to sign.
    pub served: Option<Served>,
    /// D-COMPLETE: from registration to completion.
    pub complete_term: Length,
    /// D-CURE: from the formal notice to refusal.
    pub cure_term: Length,
    /// The fine that may follow a refusal.
    pub fine: FineRange,
    /// The organisers to choose from.
    pub offers: Vec<Offer>,
}

/// What was not done in time, with the dates that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreachFacts {
    /// No registration by the last day of D-REGISTER.
    NotRegistered {
        /// When the certificate of obligation was received.
        certificate_received_on: Date,
        /// The last day to register, suspensions and rolling included.
        register_by: Date,
        /// The organisers to choose from.
        offers: Vec<Offer>,
    },
    /// No completion by the last day of D-COMPLETE.
    NotCompleted {
        /// When the person registered with an organiser.
        registered_on: Date,
        /// The last day to complete, suspensions and rolling included.
        complete_by: Date,
    },
}

impl BreachFacts {
    /// Which breach it is.
    pub const fn breach(&self) -> Breach {
        match self {
            Self::NotRegistered { .. } => Breach::NotRegistered,
            Self::NotCompleted { .. } => Breach::NotCompleted,
        }
    }

    /// The due date that was missed.
    pub const fn missed(&self) -> Date {
        match self {
            Self::NotRegistered { register_by, .. } => *register_by,
            Self::NotCompleted { complete_by, .. } => *complete_by,
        }
    }
}

/// Formal notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormalNotice {
    /// What every letter carries.
    pub envelope: Envelope,
    /// The legal ground, as the law's data cites it.
    pub legal_ground: PerLanguage,
    /// The breach and its dates.
    pub breach: BreachFacts,
    /// D-CURE: from delivery of the notice to refusal.
    pub cure_term: Length,
    /// Delivery and last day to cure, when the notice is handed over at the desk.
    pub served: Option<Served>,
    /// The fine that may follow a refusal.
    pub fine: FineRange,
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
