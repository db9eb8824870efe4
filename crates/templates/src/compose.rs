//! From a letter's values to its words.

use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::delivery::LegalStep;
use traject_domain::labels::Label;
use traject_domain::law::Length;

use crate::composed::{Block, ComposedLetter, Labelled, Passage, Pictogram, PlainPage, PlainPassage, Receipt};
use crate::context::{Envelope, Issuer, Letter, Offer, PerLanguage};
use crate::documents::common::CommonFile;
use crate::documents::structure::{Day, DayKind, EndingKind, Known, Lines, Part, PartKind, Structure};
use crate::documents::{DocumentTexts, Status, Template};
use crate::reasons::Direction;
use crate::slot::{self, Value};
use crate::text::{Run, Text};
use crate::texts::{Texts, fill_with};
use crate::wording::of_municipality;

/// ISO 639-1 code of the third language of the law files.
const ENGLISH: &str = "en";

/// Why a letter cannot be put in words. No variant holds a value of the letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A slot that the document cannot do without is not filled.
    #[error("the slot {slot} of the document is not filled")]
    Missing {
        /// Its name.
        slot: String,
    },
    /// The document has no texts in this courtesy language.
    #[error("the document has no texts in the language {language}")]
    NoLanguage {
        /// The language that was asked for.
        language: String,
    },
    /// The breach is missing, or given for a document that is about neither.
    #[error("the document is about a breach and none is given, or the other way round")]
    Breach,
}

impl ComposeError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "LETTER_VALUE_MISSING",
            Self::NoLanguage { .. } => "LETTER_LANGUAGE_MISSING",
            Self::Breach => "LETTER_BREACH_WRONG",
        }
    }
}

impl Texts {
    /// The words of a letter: a passage in each of its legal languages, then the translation and the reading aid where the
    /// envelope asks for them.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose(&self, letter: &Letter) -> Result<ComposedLetter, ComposeError> {
        let Letter { document, breach, envelope, values } = letter;
        LegalStep::new(*document, *breach).ok_or(ComposeError::Breach)?;
        let template = self.templates.of(*document);
        let structure = &template.structure;
        if let Some(slot) = structure.required(*breach).find(|slot| values.by_name(slot).is_none()) {
            return Err(ComposeError::Missing { slot: slot.to_owned() });
        }
        let writer = |language: &str, legal| {
            self.writer(template, letter, language, legal)
                .ok_or_else(|| ComposeError::NoLanguage { language: language.to_owned() })
        };
        let legal = envelope.language.passages().iter().map(|language| writer(language.code(), Some(*language)));
        let legal = legal.collect::<Result<Vec<Writer<'_>>, _>>()?;
        let courtesy = envelope.courtesy.as_ref().map(|language| writer(language.as_str(), None)).transpose()?;
        let passages: Vec<Passage> = legal.iter().map(Writer::passage).collect();
        let titles: Vec<&str> = passages.iter().map(|passage| passage.title.as_str()).collect();
        let version = self.common(LegalLanguage::Nl).version;
        Ok(ComposedLetter {
            template: document.code(),
            template_version: format!("{}.{version}", structure.version),
            document: *document,
            breach: *breach,
            language: envelope.language,
            title: titles.join(" / "),
            dated_on: envelope.dated_on,
            delivery_reference: envelope.delivery_reference.clone(),
            recipient_name: envelope.recipient.full_name.clone(),
            recipient_address: envelope.recipient.address.clone(),
            plain: envelope.plain.then(|| plain(&legal, courtesy.as_ref(), letter, structure.pictogram)),
            courtesy: courtesy.map(|writer| writer.passage()),
            passages,
            twin_url: envelope.twin_url.clone(),
            attestation: envelope.attestation.clone(),
            pages_max: structure.pages,
        })
    }

    /// None where the document has no texts in the language, or the language is not of the asked kind.
    fn writer<'a>(
        &'a self,
        template: &'a Template,
        letter: &'a Letter,
        language: &str,
        legal: Option<LegalLanguage>,
    ) -> Option<Writer<'a>> {
        let (language, common) = self.templates.common.get_key_value(language)?;
        let texts = template.languages.get(language)?;
        let known = Known::of(&letter.values, letter.breach);
        let is_of_kind = common.courtesy.is_some() != legal.is_some();
        is_of_kind.then_some(Writer { language, legal, common, texts, structure: &template.structure, letter, known })
    }
}

fn plain(legal: &[Writer<'_>], courtesy: Option<&Writer<'_>>, letter: &Letter, pictogram: Pictogram) -> PlainPage {
    let writers = courtesy.map_or(legal, std::slice::from_ref);
    PlainPage {
        passages: writers.iter().map(Writer::plain).collect(),
        pictogram,
        phone: letter.envelope.issuer_phone.clone(),
    }
}

/// One language of one letter.
struct Writer<'a> {
    /// ISO 639-1.
    language: &'a str,
    /// None for a translation.
    legal: Option<LegalLanguage>,
    common: &'a CommonFile,
    texts: &'a DocumentTexts,
    structure: &'a Structure,
    letter: &'a Letter,
    known: Known,
}

impl Writer<'_> {
    fn envelope(&self) -> &Envelope {
        &self.letter.envelope
    }

    fn passage(&self) -> Passage {
        let (common, envelope) = (&self.common.texts, self.envelope());
        let reference = envelope.delivery_reference.as_str();
        let structure = self.structure;
        Passage {
            language: self.language.to_owned(),
            direction: self.common.language.direction,
            colon: self.common.colon().to_owned(),
            note: self.note(),
            issuer: self.issuer(),
            administration: self.administration(),
            references: vec![
                labelled(common.date_label(), self.date(envelope.dated_on)),
                labelled(common.dossier_label(), self.neutral(&envelope.dossier_reference)),
                labelled(common.delivery_label(), self.neutral(reference)),
            ],
            qr_alt: match envelope.twin_url {
                Some(_) => common.qr_twin_alt(reference).to_string(),
                None => common.qr_alt(reference).to_string(),
            },
            attestation_alt: common.attestation_alt().to_owned(),
            title: self.lines(&structure.title).to_string(),
            subtitle: self.lines(&structure.subtitle),
            person_label: common.person().to_owned(),
            summary: vec![
                labelled(common.what_label(), self.lines(&structure.what)),
                labelled(common.when_label(), self.lines(&structure.when)),
                labelled(common.where_label(), self.lines(&structure.place)),
                labelled(common.price_label(), self.price()),
                labelled(common.contact_label(), self.contact()),
            ],
            body: structure.parts(self.known).map(|part| self.part(part)).collect(),
            closing: self.ends_with(EndingKind::Closing).then(|| common.closing().to_owned()),
            receipt: self.ends_with(EndingKind::Receipt).then(|| Receipt {
                heading: self.texts.text("receipt_heading").to_owned(),
                text: self.text("receipt"),
                date_label: common.signature_date().to_owned(),
                signature_label: common.signature().to_owned(),
            }),
        }
    }

    fn plain(&self) -> PlainPassage {
        let common = &self.common.texts;
        let aid = &self.structure.aid;
        let what = if aid.what.is_none() { &self.structure.what } else { &aid.what };
        PlainPassage {
            language: self.language.to_owned(),
            direction: self.common.language.direction,
            note: self.note(),
            heading: common.plain_heading().to_owned(),
            title: self.lines(&self.structure.title).to_string(),
            what: self.lines(what),
            day: aid.day(self.known).map(|day| self.day(day)),
            rows: aid
                .rows(self.known)
                .map(|row| labelled(self.texts.text(&row.label), self.slot(&row.value)))
                .collect(),
            pictogram_alt: self.pictogram_alt().to_owned(),
            call: common.plain_call().to_owned(),
            scan: common.plain_scan().to_owned(),
        }
    }

    fn day(&self, day: &Day) -> Labelled {
        let common = &self.common.texts;
        let label = match day.kind {
            DayKind::By => common.plain_by(),
            DayKind::On | DayKind::Now => common.when_label(),
            DayKind::Until => common.plain_until(),
            DayKind::Within => common.plain_within(),
        };
        labelled(label, day.slot.as_deref().map_or_else(|| common.plain_now().into(), |slot| self.slot(slot)))
    }

    fn pictogram_alt(&self) -> &str {
        let common = &self.common.texts;
        match self.structure.pictogram {
            Pictogram::Register => common.pictogram_register(),
            Pictogram::Document => common.pictogram_document(),
            Pictogram::Calendar => common.pictogram_calendar(),
            Pictogram::Warning => common.pictogram_warning(),
            Pictogram::Hearing => common.pictogram_hearing(),
            Pictogram::Payment => common.pictogram_payment(),
            Pictogram::Done => common.pictogram_done(),
        }
    }

    /// The mark of a translation.
    fn note(&self) -> String {
        let Some(courtesy) = &self.common.courtesy else { return String::new() };
        match [self.common.status, self.texts.status].contains(&Some(Status::Draft)) {
            true => [("note", courtesy.note.as_str())]
                .into_iter()
                .chain(courtesy.draft.statements())
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
                .join(" "),
            false => courtesy.note.clone(),
        }
    }

    /// A translation carries nothing to sign and no signature: the act does.
    fn ends_with(&self, kind: EndingKind) -> bool {
        self.legal.is_some() && self.structure.ends_with(kind, self.known)
    }

    fn part(&self, part: &Part) -> Block {
        let heading = part.heading().map(|key| self.texts.text(&key).to_owned()).unwrap_or_default();
        let text = || self.joined(&part.text_keys(self.known));
        let common = &self.common.texts;
        match part.kind {
            PartKind::Section => Block::Section { heading, text: text() },
            PartKind::Appeal => Block::Appeal { heading, text: text() },
            PartKind::LegalGround => {
                Block::LegalGround { heading: common.legal_heading().to_owned(), text: self.slot("legal_ground") }
            }
            PartKind::Table => Block::Table {
                heading,
                rows: Structure::rows(part, self.known)
                    .map(|row| labelled(self.texts.text(&row.label), self.slot(&row.value)))
                    .collect(),
            },
            PartKind::Offers => self.offers(),
            PartKind::Signatures => Block::Signatures {
                heading,
                text: text(),
                parties: vec![common.signature_person().into(), self.administration()],
                date_label: common.signature_date().to_owned(),
            },
        }
    }

    /// The tracks with the organisers that offer them. Without a lot, the passage's own language comes first, so that in a
    /// bilingual letter each track stands first once.
    fn offers(&self) -> Block {
        let common = &self.common.texts;
        let values = &self.letter.values;
        let none = Vec::new();
        let offers = values.get(slot::OFFERS).unwrap_or(&none);
        let first = values.get(slot::OFFERS_FIRST).copied().unwrap_or_else(|| self.nearest());
        let other = LegalLanguage::ALL.iter().copied().filter(|language| *language != first);
        let tracks = [first].into_iter().chain(other).map(|track| {
            let label = match track {
                LegalLanguage::Nl => common.offer_nl(),
                LegalLanguage::Fr => common.offer_fr(),
            };
            (label, self.organisers(offers, track))
        });
        Block::Offers {
            heading: common.offers_heading().to_owned(),
            intro: common.offers_intro().to_owned(),
            offers: tracks
                .filter(|(_, names)| !names.is_empty())
                .map(|(label, names)| labelled(label, common.offer_at(self.common.either(&names))))
                .collect(),
            information: common.information(self.neutral(&self.envelope().information_site)),
        }
    }

    fn organisers(&self, offers: &[Offer], track: LegalLanguage) -> Vec<Text> {
        offers
            .iter()
            .filter(|offer| offer.tracks.contains(&track))
            .map(|offer| self.per_language(&offer.name))
            .collect()
    }

    fn contact(&self) -> Text {
        let (common, envelope) = (&self.common.texts, self.envelope());
        let email = self.neutral(&envelope.issuer_email);
        match &envelope.issuer_phone {
            Some(phone) => common.contact_with_phone(self.neutral(phone), email),
            None => common.contact(email),
        }
    }

    fn price(&self) -> Text {
        match &self.structure.price {
            Lines::None => self.common.texts.price().into(),
            lines => self.lines(lines),
        }
    }

    /// The issuer by its name alone.
    fn issuer(&self) -> Text {
        match &self.envelope().issuer {
            Issuer::Municipality(municipality) => {
                let name = |language| municipality.name(language).to_owned();
                self.per_language(&PerLanguage { nl: name(LegalLanguage::Nl), fr: name(LegalLanguage::Fr) })
            }
            Issuer::Organiser(name) => self.per_language(name),
            Issuer::Ggc => self.common.texts.issuer_ggc().into(),
        }
    }

    /// The issuer as it signs.
    fn administration(&self) -> Text {
        let common = &self.common.texts;
        match &self.envelope().issuer {
            Issuer::Municipality(municipality) => common.administration_municipality(match self.legal {
                Some(language) => of_municipality(*municipality, language).into(),
                None => self.issuer(),
            }),
            Issuer::Organiser(_) => common.administration_organiser(self.issuer()),
            Issuer::Ggc => common.administration_ggc().into(),
        }
    }

    fn lines(&self, lines: &Lines) -> Text {
        self.joined(&lines.keys(self.known))
    }

    fn joined(&self, keys: &[&str]) -> Text {
        let mut joined = Text::default();
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                joined.push_str(" ");
            }
            joined.append(self.text(key));
        }
        joined
    }

    fn text(&self, key: &str) -> Text {
        fill_with(self.texts.text(key), |name| Some(self.slot(name)))
    }

    /// The words of a slot's value. Reading the structure guarantees that it is filled.
    fn slot(&self, name: &str) -> Text {
        self.letter.values.by_name(name).map(|value| self.value(value)).unwrap_or_default()
    }

    fn value(&self, value: &Value) -> Text {
        match value {
            Value::Date(date) => self.date(*date),
            Value::Length(length) => self.length(*length).into(),
            Value::Amount(amount) => self.common.amount(*amount).into(),
            Value::PerLanguage(text) => self.per_language(text),
            Value::Label(label) => self.label(label),
            Value::Plain(text) => self.neutral(text),
            Value::Count(count) => self.common.digits(count.to_string()).into(),
            Value::Language(language) => self.common.language(*language).into(),
            // Offers are a part of the body and stand in no text.
            Value::Offers(_) => Text::default(),
        }
    }

    fn date(&self, date: Date) -> Text {
        self.common.date(date).into()
    }

    fn length(&self, length: Length) -> String {
        self.common.length(length)
    }

    /// The legal language that is the passage's own, or for a translation the first of the letter.
    fn nearest(&self) -> LegalLanguage {
        let first = self.envelope().language.passages().first().copied();
        self.legal.or(first).unwrap_or(LegalLanguage::Nl)
    }

    /// A text in a legal language; in a translation it is marked as such.
    fn per_language(&self, text: &PerLanguage) -> Text {
        let language = self.nearest();
        self.marked(text.text(language), language.code())
    }

    /// A text of the law; in a translation in English, which more readers know.
    fn label(&self, label: &Label) -> Text {
        match self.legal {
            Some(LegalLanguage::Nl) => label.nl.as_str().into(),
            Some(LegalLanguage::Fr) => label.fr.as_str().into(),
            None => self.marked(&label.en, ENGLISH),
        }
    }

    /// Words with their language, where it is not the passage's.
    fn marked(&self, words: &str, language: &str) -> Text {
        if language == self.language {
            return words.into();
        }
        let language = Some(language.to_owned());
        Run { text: words.to_owned(), language, direction: self.isolation(), date: None }.into()
    }

    /// A reference, a number or an address: of no language, and read from left to right.
    fn neutral(&self, text: &str) -> Text {
        Run { text: text.to_owned(), direction: self.isolation(), ..Run::default() }.into()
    }

    /// The direction to mark on words that are read from left to right.
    fn isolation(&self) -> Option<Direction> {
        (self.common.language.direction == Direction::RightToLeft).then_some(Direction::LeftToRight)
    }
}

fn labelled(label: &str, text: impl Into<Text>) -> Labelled {
    Labelled { label: label.to_owned(), text: text.into() }
}
