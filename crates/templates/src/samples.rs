//! Sample letters: for previews of a template, tests and measurements. The persons, references and contact details are made
//! up.

use std::collections::BTreeSet;

use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::delivery::{Document, LegalStep};
use traject_domain::labels::Label;
use traject_domain::law::{AgencyKind, Length};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;

use crate::context::{DeliveryReference, Envelope, Issuer, Letter, LetterLanguage, Offer, PerLanguage, Recipient};
use crate::mail::CopyMail;
use crate::slot::{self, Values};
use crate::texts::Texts;

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
        issuer: Issuer::Municipality(ixelles()),
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

/// Which slots of a sample are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Those that the document cannot do without.
    Least,
    /// All that it knows.
    Full,
    /// All, with the longest plausible contents, names and address included.
    Longest,
}

/// A sample of a step of law, with a name for files and snapshots: `formal_notice-not_registered-full`.
pub fn letter(
    texts: &Texts,
    step: LegalStep,
    filling: Filling,
    language: LetterLanguage,
    recipient: &Recipient,
) -> (String, Letter) {
    let (document, breach) = (step.document(), step.breach());
    let mut values = Values::new();
    let optional = texts.optional(document).filter(|_| filling != Filling::Least);
    for name in texts.required(document, breach).chain(optional) {
        fill(&mut values, name);
    }
    if document == Document::CertificateOfObligation && filling != Filling::Least {
        values.set(slot::CERTIFICATE_RECEIVED_ON, date(2023, 3, 1)).set(slot::REGISTER_DUE, date(2023, 9, 1));
    }
    let mut envelope = Envelope {
        issuer: match document.issuer() {
            AgencyKind::Municipality => Issuer::Municipality(ixelles()),
            AgencyKind::Organiser => Issuer::Organiser(same("BAPA Convivial")),
            AgencyKind::Ggc => Issuer::Ggc,
        },
        dated_on: dated_on(document),
        ..envelope(language, recipient.clone())
    };
    if filling == Filling::Longest {
        lengthen(&mut envelope, &mut values);
    }
    let breach_code = breach.map(|breach| format!("-{}", breach.code().to_lowercase())).unwrap_or_default();
    let name = format!("{}{breach_code}-{}", document.code(), filling.code());
    (name, Letter { document, breach, envelope, values })
}

impl Filling {
    /// Each, from the least.
    pub const ALL: [Self; 3] = [Self::Least, Self::Full, Self::Longest];

    /// As names of samples write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Least => "least",
            Self::Full => "full",
            Self::Longest => "longest",
        }
    }
}

/// Every step of law in this language, with as few values as it can have and with all of them.
pub fn letters(texts: &Texts, language: LetterLanguage, recipient: &Recipient) -> Vec<(String, Letter)> {
    let fillings = [Filling::Least, Filling::Full];
    LegalStep::all()
        .flat_map(|step| fillings.map(|filling| letter(texts, step, filling, language, recipient)))
        .collect()
}

/// Every step of law with the longest plausible contents.
pub fn longest(texts: &Texts, language: LetterLanguage) -> Vec<(String, Letter)> {
    let full_name =
        "Bartholomeüs-Wolfgang Maximiliaan-Alexander Desire Van Den Broeck-Vandenbroucke de Schoutheete de Ter";
    let line = "Boulevard du Neuvième de Ligne et de la Deuxième Armée britannique 1234 bte 0123";
    let recipient = Recipient { full_name: full_name.to_owned(), address: vec![line.to_owned(); 5] };
    LegalStep::all().map(|step| letter(texts, step, Filling::Longest, language, &recipient)).collect()
}

fn ixelles() -> Municipality {
    Municipality::from_nis(21009).expect("21009 is Ixelles")
}

fn same(text: &str) -> PerLanguage {
    PerLanguage { nl: text.to_owned(), fr: text.to_owned() }
}

/// What a law file says in its three languages.
fn label(nl: &str, fr: &str, en: &str) -> Label {
    Label { nl: nl.to_owned(), fr: fr.to_owned(), en: en.to_owned() }
}

fn both(nl: &str, fr: &str) -> PerLanguage {
    PerLanguage { nl: nl.to_owned(), fr: fr.to_owned() }
}

/// The day on which a document of one made-up story is dated.
fn dated_on(document: Document) -> Date {
    match document {
        Document::RefusalAndTransfer => date(2023, 6, 1),
        Document::HearingInvitation => date(2023, 6, 5),
        Document::FineDecision | Document::NoFineDecision => date(2023, 7, 20),
        Document::FineWithdrawal => date(2023, 8, 1),
        Document::PaymentReminder => date(2023, 10, 2),
        Document::NoticeWithdrawal => date(2023, 4, 3),
        Document::DueDateReminder => date(2022, 12, 28),
        _ => date(2023, 3, 13),
    }
}

/// A value of one made-up story for a slot.
fn fill(values: &mut Values, name: &str) {
    macro_rules! fill {
        ($($slot:ident: $value:expr),+ $(,)?) => {
            $(if name == slot::$slot.name() { values.set(slot::$slot, $value); })+
        };
    }
    fill! {
        REGISTER_TERM: Length::Months(6), COMPLETE_TERM: Length::Months(18), CURE_TERM: Length::Months(2),
        FINE_TERM: Length::Days(60), APPEAL_TERM: Length::Days(60), DEFENCE_TERM: Length::Days(30),
        DAYS_LEFT: Length::Days(63),
        CERTIFICATE_RECEIVED_ON: date(2022, 9, 1), REGISTER_DUE: date(2023, 3, 1), REGISTERED_ON: date(2021, 8, 31),
        COMPLETE_DUE: date(2023, 2, 28), NOTICE_POSTED_ON: date(2023, 3, 13), NOTICE_DELIVERED_ON: date(2023, 3, 16),
        CURE_DUE: date(2023, 5, 16), NOTICE_WITHDRAWN_ON: date(2023, 4, 3), REFUSAL_ON: date(2023, 5, 17),
        TRANSFERRED_ON: date(2023, 6, 1), DEFENCE_DUE: date(2023, 6, 30), HEARING_ON: date(2023, 7, 3),
        FINE_DECIDED_ON: date(2023, 7, 20), EARLIER_FINE_ON: date(2022, 10, 4), FINE_DUE: date(2023, 9, 20),
        FINE_WITHDRAWN_ON: date(2023, 8, 1), APPEAL_DUE: date(2023, 9, 19), REQUESTED_ON: date(2023, 2, 20),
        FROM: date(2023, 3, 1), UNTIL: date(2023, 8, 31), EXTENSION_UNTIL: date(2024, 3, 1),
        CONTRACT_ON: date(2023, 3, 27), COMPLETED_ON: date(2023, 3, 10),
        FINE_MIN: Cents(10_000), FINE_MAX: Cents(250_000), FINE_AMOUNT: Cents(50_000),
        HEARING_TIME: "14:00".to_owned(), HEARING_PLACE: "Voorbeeldlaan 71, 1000 Brussel".to_owned(),
        PAYMENT_REFERENCE: "+++090/9337/55493+++".to_owned(), PAYMENT_ACCOUNT: "BE71 0961 2345 6769".to_owned(),
        PAYMENT_PAYEE: both("GGC, Boetes", "COCOM, Amendes"), LEVEL: "A2".to_owned(),
        CITIZENSHIP_HOURS: 50, LANGUAGE_HOURS: 240, INTERPRETER_LANGUAGE: label("Tigrinya", "tigrigna", "Tigrinya"),
        GROUND: label("geboorte van een kind", "naissance d’un enfant", "birth of a child"),
        REASON: label(
            "U gaf de gevraagde bewijzen niet.",
            "Vous n’avez pas donné les preuves demandées.",
            "You did not give the proof that was asked for.",
        ),
        APPEAL_BODY: label(
            "de afdeling Bestuursrechtspraak van de Raad van State",
            "la section du contentieux administratif du Conseil d’État",
            "the Administrative Litigation Section of the Council of State",
        ),
        ORGANISER: same("BAPA Convivial"), TRACK: LegalLanguage::Fr, OFFERS: offers(), OFFERS_FIRST: LegalLanguage::Fr,
        LEGAL_GROUND: legal_ground(),
    }
}

/// Puts the longest plausible contents where a value may be long.
fn lengthen(envelope: &mut Envelope, values: &mut Values) {
    if matches!(envelope.issuer, Issuer::Municipality(_)) {
        envelope.issuer = Issuer::Municipality(Municipality::from_nis(21014).expect("21014 is Saint-Josse-ten-Noode"));
    }
    envelope.issuer_email = "parcours.inburgering.accueil@saint-josse-sint-joost.brussels.example".to_owned();
    let ground = label(
        "Ordonnantie van 11 mei 2017 betreffende het inburgeringstraject voor nieuwkomers (art. ?); uitvoeringsbesluit van \
         19 juli 2018, met de latere wijzigingen",
        "Ordonnance du 11 mai 2017 concernant le parcours d’accueil des primo-arrivants (art. ?) ; arrêté d’exécution du \
         19 juillet 2018, avec ses modifications ultérieures",
        "Ordinance of 11 May 2017 on the integration programme for newcomers (art. ?); implementing order of 19 July 2018, \
         with later amendments",
    );
    let reason = label(
        "U gaf de gevraagde bewijzen niet. Wij vroegen u twee keer om een medisch attest volgens het officiële model. Het \
         attest dat u gaf, is niet ondertekend en noemt geen begin en geen einde van de ziekte.",
        "Vous n’avez pas donné les preuves demandées. Nous vous avons demandé deux fois un certificat médical selon le \
         modèle officiel. Le certificat que vous avez donné n’est pas signé et n’indique ni début ni fin de la maladie.",
        "You did not give the proof that was asked for. We asked you twice for a medical certificate in the official form. \
         The certificate that you gave is not signed and names no beginning and no end of the illness.",
    );
    for name in values.names() {
        match name {
            "legal_ground" => values.set(slot::LEGAL_GROUND, ground.clone()),
            "reason" => values.set(slot::REASON, reason.clone()),
            "ground" => values.set(
                slot::GROUND,
                label(
                    "uurrooster van het traject botst met een job of een andere opleiding",
                    "horaire du parcours incompatible avec un emploi ou une autre formation",
                    "timetable of the programme clashes with a job or another training",
                ),
            ),
            "hearing_place" => values.set(
                slot::HEARING_PLACE,
                "Dienst Inburgering, Louizalaan / avenue Louise 183, 3e verdieping / étage, zaal 3.14, 1050 Elsene"
                    .to_owned(),
            ),
            "fine_amount" => values.set(slot::FINE_AMOUNT, Cents(249_999)),
            "payment_payee" => values.set(
                slot::PAYMENT_PAYEE,
                both(
                    "Gemeenschappelijke Gemeenschapscommissie, dienst Boetes",
                    "Commission communautaire commune, service Amendes",
                ),
            ),
            "from" => values.set(slot::FROM, date(2023, 9, 30)),
            "until" => values.set(slot::UNTIL, date(2024, 9, 30)),
            _ => values,
        };
    }
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

fn legal_ground() -> Label {
    label(
        "Ordonnantie van 11 mei 2017; besluit van 19 juli 2018.",
        "Ordonnance du 11 mai 2017 ; arrêté du 19 juillet 2018.",
        "Ordinance of 11 May 2017; order of 19 July 2018.",
    )
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
