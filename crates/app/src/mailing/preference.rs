//! Opt-outs and consents, and the one rule of whom a mailing may reach.

use crate::ids::{DossierId, PreferenceId};
use crate::mailing::model::{AddressHash, Purpose, Reason, words};
use jiff::Timestamp;

words! {
    /// What a person said.
    PreferenceKind {
        /// No mail that is not an act of law, whatever its purpose.
        OptOut = "opt-out",
        /// Publicity is welcome.
        Consent = "consent",
    }

    /// How the person said it.
    PreferenceSource {
        /// At the desk.
        Desk = "desk",
        /// By the link or the address in a mail.
        Link = "link",
        /// In a letter.
        Letter = "letter",
        /// In an e-mail.
        Email = "email",
        /// By telephone.
        Phone = "phone",
        /// On a form.
        Form = "form",
    }
}

/// Whom a preference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The person of a dossier, under whatever address.
    Dossier(DossierId),
    /// Whoever reads an address.
    Address(AddressHash),
}

/// A recorded opt-out or consent. Withdrawn, it stays in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Its id.
    pub id: PreferenceId,
    /// Whom it is about.
    pub subject: Subject,
    /// What was said.
    pub kind: PreferenceKind,
    /// What a consent is for. None for an opt-out, which is for everything.
    pub purpose: Option<Purpose>,
    /// How it was said.
    pub source: PreferenceSource,
    /// Since when it counts.
    pub recorded_at: Timestamp,
    /// Who recorded it: a staff pseudonym.
    pub recorded_by: String,
    /// From when it does not count any more.
    pub withdrawn_at: Option<Timestamp>,
}

impl Preference {
    /// Whether it counts at a moment: from when it was recorded until just before it was withdrawn.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.recorded_at <= at && self.withdrawn_at.is_none_or(|withdrawn| at < withdrawn)
    }

    fn concerns(&self, recipient: &Reached) -> bool {
        match self.subject {
            Subject::Dossier(dossier) => recipient.dossier == Some(dossier),
            Subject::Address(address) => recipient.address == address,
        }
    }
}

/// A recipient as the rule sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The dossier of the person: one that comes from a dossier, or whose row was found to have one.
    pub dossier: Option<DossierId>,
    /// The address that is written to.
    pub address: AddressHash,
}

/// Why a recipient may not be reached by a mailing of this purpose at a moment; `None`: it may.
///
/// An opt-out in force, of the dossier or of the address, stops every mailing. Publicity reaches somebody who has a
/// dossier only with a consent to it in force. That consent is the person's own, so it is one about the dossier: a box
/// may be shared, and who shares it has not spoken for the others. Preferences about anybody else are passed over.
pub fn barred(purpose: Purpose, recipient: &Reached, preferences: &[Preference], at: Timestamp) -> Option<Reason> {
    let mut counting = preferences.iter().filter(|one| one.concerns(recipient) && one.is_in_force(at));
    if counting.clone().any(|one| one.kind == PreferenceKind::OptOut) {
        return Some(Reason::OptedOut);
    }
    let is_consent = |one: &Preference| {
        one.kind == PreferenceKind::Consent
            && one.purpose == Some(purpose)
            && matches!(one.subject, Subject::Dossier(_))
    };
    let needs_consent = purpose == Purpose::Publicity && recipient.dossier.is_some();
    (needs_consent && !counting.any(is_consent)).then_some(Reason::NoConsent)
}
