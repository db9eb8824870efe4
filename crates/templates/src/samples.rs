//! Sample contexts: for previews of a template, tests and measurements. The persons, references and contact details
//! are made up.

use std::collections::BTreeSet;

use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::law::Length;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;

use crate::context::{
    BreachFacts, CertificateOfObligation, DeliveryReference, Envelope, FineRange, FormalNotice, Letter, LetterLanguage,
    Offer, PerLanguage, Recipient, Served,
};
use crate::mail::{CopiedLetter, CopyMail};

/// A recipient in Ixelles with a Latin name.
pub fn recipient() -> Recipient {
    named("Gül Şahin-Öztürk")
}

/// A recipient in Ixelles with this name.
pub fn named(full_name: &str) -> Recipient {
    Recipient {
        full_name: full_name.to_owned(),
        address: vec!["Elsensesteenweg 168 bus 12".to_owned(), "1050 Elsene".to_owned()],
    }
}

/// An envelope of Ixelles, dated 13 March 2023.
pub fn envelope(language: LetterLanguage, recipient: Recipient) -> Envelope {
    Envelope {
        language,
        municipality: Municipality::from_nis(21009).expect("21009 is Ixelles"),
        municipality_email: "inburgering@gemeente.example".to_owned(),
        municipality_phone: Some("02 555 01 23".to_owned()),
        information_site: "www.bewelcome.example".to_owned(),
        recipient,
        dossier_reference: "01a21023-4923-72c2-8954-984e66e50222".to_owned(),
        delivery_reference: DeliveryReference::parse("01a21023-4945-71dd-85a5-a076f2f00073")
            .expect("a valid reference"),
        dated_on: date(2023, 3, 13),
    }
}

/// A certificate that is not handed over yet.
pub fn certificate(envelope: Envelope) -> CertificateOfObligation {
    CertificateOfObligation {
        envelope,
        legal_ground: legal_ground(),
        register_term: Length::Months(6),
        served: None,
        complete_term: Length::Months(18),
        cure_term: Length::Months(2),
        fine: fine(),
        offers: offers(),
    }
}

/// A certificate of which the day of receipt is known.
pub fn certificate_received(envelope: Envelope) -> CertificateOfObligation {
    let served = Served { received_on: date(2023, 3, 1), due: date(2023, 9, 1) };
    CertificateOfObligation { served: Some(served), ..certificate(envelope) }
}

/// A formal notice for missing registration.
pub fn notice_not_registered(envelope: Envelope) -> FormalNotice {
    notice(
        envelope,
        BreachFacts::NotRegistered {
            certificate_received_on: date(2022, 9, 1),
            register_by: date(2023, 3, 1),
            offers: offers(),
        },
    )
}

/// A formal notice for missing completion.
pub fn notice_not_completed(envelope: Envelope) -> FormalNotice {
    notice(envelope, BreachFacts::NotCompleted { registered_on: date(2021, 8, 31), complete_by: date(2023, 2, 28) })
}

/// Every template in this language, once per variant of its texts, with a name for files and snapshots.
pub fn letters(language: LetterLanguage, recipient: &Recipient) -> Vec<(&'static str, Letter)> {
    let envelope = || envelope(language, recipient.clone());
    vec![
        ("certificate", Letter::CertificateOfObligation(certificate(envelope()))),
        ("certificate-received", Letter::CertificateOfObligation(certificate_received(envelope()))),
        ("notice-not-registered", Letter::FormalNotice(notice_not_registered(envelope()))),
        ("notice-not-completed", Letter::FormalNotice(notice_not_completed(envelope()))),
    ]
}

/// The mail that brings a copy of a notice of Ixelles for missing registration.
pub fn copy_mail(language: LetterLanguage) -> CopyMail {
    let Envelope { municipality, municipality_email, municipality_phone, delivery_reference, .. } =
        envelope(language, recipient());
    CopyMail {
        language,
        letter: CopiedLetter::Notice(Breach::NotRegistered),
        letter_reference: delivery_reference,
        municipality,
        municipality_email,
        municipality_phone,
    }
}

fn notice(envelope: Envelope, breach: BreachFacts) -> FormalNotice {
    FormalNotice {
        envelope,
        legal_ground: legal_ground(),
        breach,
        cure_term: Length::Months(2),
        served: None,
        fine: fine(),
    }
}

fn legal_ground() -> PerLanguage {
    PerLanguage {
        nl: "Ordonnantie van 11 mei 2017; besluit van 19 juli 2018.".to_owned(),
        fr: "Ordonnance du 11 mai 2017 ; arrêté du 19 juillet 2018.".to_owned(),
    }
}

fn fine() -> FineRange {
    FineRange { min: Cents(10_000), max: Cents(250_000) }
}

fn offers() -> Vec<Offer> {
    let offer = |name: &str, track| Offer {
        name: PerLanguage { nl: name.to_owned(), fr: name.to_owned() },
        tracks: BTreeSet::from([track]),
    };
    vec![
        offer("Bon", LegalLanguage::Nl),
        offer("BAPA BXL", LegalLanguage::Fr),
        offer("BAPA VIA", LegalLanguage::Fr),
        offer("BAPA Convivial", LegalLanguage::Fr),
    ]
}

fn date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a valid date of the samples")
}
