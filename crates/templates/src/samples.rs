//! Sample letters: for previews of a template, tests and measurements. The persons, references and contact details are made
//! up.

use std::collections::BTreeSet;

use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::delivery::Document;
use traject_domain::law::Length;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;

use crate::context::{DeliveryReference, Envelope, Issuer, Letter, LetterLanguage, Offer, PerLanguage, Recipient};
use crate::mail::CopyMail;
use crate::slot::{self, Values};

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
        courtesy: None,
        plain: false,
        issuer: Issuer::Municipality(Municipality::from_nis(21009).expect("21009 is Ixelles")),
        issuer_email: "inburgering@gemeente.example".to_owned(),
        issuer_phone: Some("02 555 01 23".to_owned()),
        information_site: "www.bewelcome.example".to_owned(),
        recipient,
        dossier_reference: "01a21023-4923-72c2-8954-984e66e50222".to_owned(),
        delivery_reference: DeliveryReference::parse("01a21023-4945-71dd-85a5-a076f2f00073")
            .expect("a valid reference"),
        dated_on: date(2023, 3, 13),
        twin_url: None,
        attestation: None,
    }
}

/// A certificate that is not handed over yet.
pub fn certificate(envelope: Envelope) -> Letter {
    let mut values = enforcement();
    values
        .set(slot::REGISTER_TERM, Length::Months(6))
        .set(slot::COMPLETE_TERM, Length::Months(18))
        .set(slot::OFFERS, offers());
    Letter { document: Document::CertificateOfObligation, breach: None, envelope, values }
}

/// A certificate of which the day of receipt is known.
pub fn certificate_received(envelope: Envelope) -> Letter {
    let mut letter = certificate(envelope);
    letter.values.set(slot::CERTIFICATE_RECEIVED_ON, date(2023, 3, 1)).set(slot::REGISTER_DUE, date(2023, 9, 1));
    letter
}

/// A formal notice for missing registration.
pub fn notice_not_registered(envelope: Envelope) -> Letter {
    let mut values = enforcement();
    values
        .set(slot::CERTIFICATE_RECEIVED_ON, date(2022, 9, 1))
        .set(slot::REGISTER_DUE, date(2023, 3, 1))
        .set(slot::OFFERS, offers());
    Letter { document: Document::FormalNotice, breach: Some(Breach::NotRegistered), envelope, values }
}

/// A formal notice for missing completion.
pub fn notice_not_completed(envelope: Envelope) -> Letter {
    let mut values = enforcement();
    values.set(slot::REGISTERED_ON, date(2021, 8, 31)).set(slot::COMPLETE_DUE, date(2023, 2, 28));
    Letter { document: Document::FormalNotice, breach: Some(Breach::NotCompleted), envelope, values }
}

/// Every template in this language, once per variant of its texts, with a name for files and snapshots.
pub fn letters(language: LetterLanguage, recipient: &Recipient) -> Vec<(&'static str, Letter)> {
    let envelope = || envelope(language, recipient.clone());
    vec![
        ("certificate", certificate(envelope())),
        ("certificate-received", certificate_received(envelope())),
        ("notice-not-registered", notice_not_registered(envelope())),
        ("notice-not-completed", notice_not_completed(envelope())),
    ]
}

/// The mail that brings a copy of a notice of Ixelles for missing registration.
pub fn copy_mail(language: LetterLanguage) -> CopyMail {
    let Envelope { issuer, issuer_email, issuer_phone, delivery_reference, .. } = envelope(language, recipient());
    CopyMail {
        language,
        document: Document::FormalNotice,
        breach: Some(Breach::NotRegistered),
        letter_reference: delivery_reference,
        issuer,
        issuer_email,
        issuer_phone,
    }
}

/// What the law says about every breach.
fn enforcement() -> Values {
    let mut values = Values::new();
    values
        .set(slot::CURE_TERM, Length::Months(2))
        .set(slot::FINE_MIN, Cents(10_000))
        .set(slot::FINE_MAX, Cents(250_000))
        .set(slot::LEGAL_GROUND, legal_ground());
    values
}

fn legal_ground() -> PerLanguage {
    PerLanguage {
        nl: "Ordonnantie van 11 mei 2017; besluit van 19 juli 2018.".to_owned(),
        fr: "Ordonnance du 11 mai 2017 ; arrêté du 19 juillet 2018.".to_owned(),
    }
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
