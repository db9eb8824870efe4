//! From a typed context to the words of a letter.

use std::iter::once;

use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::Length;

use crate::composed::{Block, ComposedLetter, Labelled, Passage, Receipt};
use crate::context::{
    BreachFacts, CertificateOfObligation, Envelope, FineRange, FormalNotice, Letter, Offer, PerLanguage,
};
use crate::texts::{Common, LanguageTexts, TextFile, Texts};
use crate::wording::{euros, of_municipality, reading, written_out};

impl Texts {
    /// The words of a letter, in each of its languages.
    pub fn compose(&self, letter: &Letter) -> ComposedLetter {
        let envelope = letter.envelope();
        let passages: Vec<Passage> = envelope
            .language
            .passages()
            .iter()
            .map(|language| Words { texts: self.of(*language), language: *language, envelope }.passage(letter))
            .collect();
        let titles: Vec<&str> = passages.iter().map(|passage| passage.title.as_str()).collect();
        // Both languages carry the same versions: `Texts::load` refuses anything else.
        let texts = self.of(LegalLanguage::Nl);
        let (template, version) = match letter {
            Letter::CertificateOfObligation(_) => ("certificate_of_obligation", texts.certificate.version()),
            Letter::FormalNotice(_) => ("formal_notice", texts.notice.version()),
        };
        ComposedLetter {
            template,
            template_version: format!("{version}.{}", texts.common.version()),
            language: envelope.language,
            title: titles.join(" / "),
            dated_on: envelope.dated_on,
            delivery_reference: envelope.delivery_reference.clone(),
            recipient_name: envelope.recipient.full_name.clone(),
            recipient_address: envelope.recipient.address.clone(),
            passages,
        }
    }
}

/// The texts of one language and the envelope they are about.
struct Words<'a> {
    texts: &'a LanguageTexts,
    language: LegalLanguage,
    envelope: &'a Envelope,
}

/// The parts in which letters differ.
struct Content {
    title: String,
    subtitle: String,
    what: String,
    when: String,
    at: String,
    body: Vec<Block>,
    closing: Option<String>,
    receipt: Option<Receipt>,
}

impl Words<'_> {
    fn passage(&self, letter: &Letter) -> Passage {
        let common = &self.texts.common;
        let content = match letter {
            Letter::CertificateOfObligation(letter) => self.certificate(letter),
            Letter::FormalNotice(letter) => self.notice(letter),
        };
        Passage {
            language: self.language.code(),
            municipality: self.envelope.municipality.name(self.language).to_owned(),
            administration: common.administration(&of_municipality(self.envelope.municipality, self.language)),
            references: vec![
                labelled(common.date_label(), self.date(self.envelope.dated_on)),
                labelled(common.dossier_label(), self.envelope.dossier_reference.clone()),
                labelled(common.delivery_label(), self.envelope.delivery_reference.to_string()),
            ],
            qr_alt: common.qr_alt(self.envelope.delivery_reference.as_str()),
            title: content.title,
            subtitle: content.subtitle,
            person_label: common.person(),
            summary: vec![
                labelled(common.what_label(), content.what),
                labelled(common.when_label(), content.when),
                labelled(common.where_label(), content.at),
                labelled(common.price_label(), common.price()),
                labelled(common.contact_label(), self.contact()),
            ],
            body: content.body,
            closing: content.closing,
            receipt: content.receipt,
        }
    }

    fn certificate(&self, letter: &CertificateOfObligation) -> Content {
        let texts = &self.texts.certificate;
        let term = self.length(letter.register_term);
        let when = match letter.served {
            Some(served) => texts.when_received(&self.date(served.due), &self.date(served.received_on), &term),
            None => texts.when(&term),
        };
        let (fine_min, fine_max) = self.fine(letter.fine);
        let otherwise = texts.otherwise(&self.length(letter.cure_term), &fine_min, &fine_max);
        let receipt = letter.served.is_none().then(|| Receipt {
            heading: texts.receipt_heading(),
            text: texts.receipt(),
            date_label: texts.receipt_date(),
            signature_label: texts.receipt_signature(),
        });
        Content {
            title: texts.title(),
            subtitle: texts.subtitle(),
            what: texts.what(),
            when,
            at: texts.organiser_choice(),
            body: vec![
                self.offers(&letter.offers),
                section(texts.why_heading(), texts.why()),
                section(texts.next_heading(), texts.next(&self.length(letter.complete_term))),
                section(texts.unable_heading(), texts.unable()),
                section(texts.otherwise_heading(), otherwise),
                self.legal_ground(&letter.legal_ground),
            ],
            closing: None,
            receipt,
        }
    }

    fn notice(&self, letter: &FormalNotice) -> Content {
        let texts = &self.texts.notice;
        let term = self.length(letter.cure_term);
        let when = match letter.served {
            Some(served) => texts.when_delivered(&self.date(served.due), &self.date(served.received_on), &term),
            None => texts.when(&term),
        };
        let (fine_min, fine_max) = self.fine(letter.fine);
        let shared = [
            section(texts.reason_heading(), texts.reason(&self.date(letter.breach.missed()))),
            section(texts.otherwise_heading(), texts.otherwise(&fine_min, &fine_max)),
            self.legal_ground(&letter.legal_ground),
        ];
        match &letter.breach {
            BreachFacts::NotRegistered { certificate_received_on, register_by, offers } => {
                let why = texts.registration_why(&self.date(*certificate_received_on), &self.date(*register_by));
                let own = [
                    section(texts.why_heading(), why),
                    self.offers(offers),
                    section(texts.done_heading(), texts.registration_done()),
                ];
                Content {
                    title: texts.registration_title(),
                    subtitle: texts.registration_subtitle(),
                    what: texts.registration_what(),
                    when,
                    at: texts.registration_where(),
                    body: own.into_iter().chain(shared).collect(),
                    closing: Some(self.texts.common.closing()),
                    receipt: None,
                }
            }
            BreachFacts::NotCompleted { registered_on, complete_by } => {
                let why = texts.completion_why(&self.date(*registered_on), &self.date(*complete_by));
                let own = [section(texts.why_heading(), why), section(texts.done_heading(), texts.completion_done())];
                Content {
                    title: texts.completion_title(),
                    subtitle: texts.completion_subtitle(),
                    what: texts.completion_what(),
                    when,
                    at: texts.completion_where(),
                    body: own.into_iter().chain(shared).collect(),
                    closing: Some(self.texts.common.closing()),
                    receipt: None,
                }
            }
        }
    }

    /// The tracks with the organisers that offer them. The passage's own language comes first, so that in a bilingual
    /// letter each track stands first once.
    fn offers(&self, offers: &[Offer]) -> Block {
        let common = &self.texts.common;
        let other = LegalLanguage::ALL.iter().filter(|language| **language != self.language);
        let tracks = once(&self.language).chain(other).map(|track| {
            let label = match track {
                LegalLanguage::Nl => common.offer_nl(),
                LegalLanguage::Fr => common.offer_fr(),
            };
            let names: Vec<&str> = offers
                .iter()
                .filter(|offer| offer.tracks.contains(track))
                .map(|offer| offer.name.text(self.language))
                .collect();
            (label, names)
        });
        Block::Offers {
            heading: common.offers_heading(),
            intro: common.offers_intro(),
            offers: tracks
                .filter(|(_, names)| !names.is_empty())
                .map(|(label, names)| labelled(label, common.offer_at(&either(&names, common))))
                .collect(),
            information: common.information(&self.envelope.information_site),
        }
    }

    fn legal_ground(&self, ground: &PerLanguage) -> Block {
        section(self.texts.common.legal_heading(), ground.text(self.language).to_owned())
    }

    fn contact(&self) -> String {
        let email = &self.envelope.municipality_email;
        match &self.envelope.municipality_phone {
            Some(phone) => self.texts.common.contact_with_phone(phone, email),
            None => self.texts.common.contact(email),
        }
    }

    fn reading(&self) -> ReadingLanguage {
        reading(self.language)
    }

    fn date(&self, date: Date) -> String {
        written_out(date, self.reading())
    }

    fn fine(&self, fine: FineRange) -> (String, String) {
        (euros(fine.min, self.reading()), euros(fine.max, self.reading()))
    }

    fn length(&self, length: Length) -> String {
        let common = &self.texts.common;
        match length {
            Length::Years(1) => common.length_year(),
            Length::Years(count) => common.length_years(&count.to_string()),
            Length::Months(1) => common.length_month(),
            Length::Months(count) => common.length_months(&count.to_string()),
            Length::Days(1) => common.length_day(),
            Length::Days(count) => common.length_days(&count.to_string()),
        }
    }
}

/// Names as a choice: `A, B of C`.
fn either(names: &[&str], common: &Common) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => {
            format!("{} {} {last}", first.join(", "), common.either())
        }
        _ => names.concat(),
    }
}

fn labelled(label: String, text: String) -> Labelled {
    Labelled { label, text }
}

fn section(heading: String, text: String) -> Block {
    Block::Section { heading, text }
}
