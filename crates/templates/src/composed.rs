//! A letter in words: everything that is printed, in reading order, before any layout.

use std::fmt;

use serde::{Serialize, Serializer};
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::delivery::Document;

use crate::context::{DeliveryReference, LetterLanguage};
use crate::reasons::Direction;
use crate::text::Text;

/// A letter in words. It holds personal data, so its debug output shows the template and the reference only.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ComposedLetter {
    /// The template's name, also its folder: `certificate_of_obligation` and so on.
    pub template: &'static str,
    /// The version of the template and of the shared texts: `2.2`.
    pub template_version: String,
    /// Which document.
    #[serde(skip)]
    pub document: Document,
    /// The breach it is about.
    #[serde(skip)]
    pub breach: Option<Breach>,
    /// The language or languages of its passages.
    #[serde(serialize_with = "code")]
    pub language: LetterLanguage,
    /// The document's title: the passages' titles, joined by a slash.
    pub title: String,
    /// The civil date on the letter; serialised as ISO 8601.
    #[serde(serialize_with = "iso")]
    pub dated_on: Date,
    /// The reference of this delivery.
    pub delivery_reference: DeliveryReference,
    /// The recipient's full name.
    pub recipient_name: String,
    /// The recipient's address lines.
    pub recipient_address: Vec<String>,
    /// One passage per legal language, each complete in itself.
    pub passages: Vec<Passage>,
    /// The translation for information.
    pub courtesy: Option<Passage>,
    /// The reading aid.
    pub plain: Option<PlainPage>,
    /// Address of the HTML twin, for the QR code; none: the code holds the delivery reference.
    pub twin_url: Option<String>,
    /// The signed short code of a certificate, for a QR code of its own.
    pub attestation: Option<String>,
    /// Greatest number of pages that the legal text may take in one language.
    #[serde(skip)]
    pub pages_max: usize,
}

impl fmt::Debug for ComposedLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComposedLetter")
            .field("template", &self.template)
            .field("delivery_reference", &self.delivery_reference)
            .finish_non_exhaustive()
    }
}

/// The whole letter in one language.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// ISO 639-1 code of the language.
    pub language: String,
    /// In which direction it is read.
    #[serde(serialize_with = "direction")]
    pub direction: Direction,
    /// What stands between a label and its text in running text.
    #[serde(skip)]
    pub colon: String,
    /// That this is a translation for information; empty for a legal text.
    pub note: String,
    /// The issuer's name in this language.
    pub issuer: Text,
    /// The issuing administration, as it signs.
    pub administration: Text,
    /// Date, dossier and delivery reference.
    pub references: Vec<Labelled>,
    /// What the QR code is, for those who hear the letter.
    pub qr_alt: String,
    /// What the QR code of the attestation is.
    pub attestation_alt: String,
    /// The title.
    pub title: String,
    /// The title's second line.
    pub subtitle: Text,
    /// Introduces the recipient's name.
    pub person_label: String,
    /// The first block: what, by when, where, price, questions.
    pub summary: Vec<Labelled>,
    /// The body, in reading order.
    pub body: Vec<Block>,
    /// Closing phrase, for a letter that is sent.
    pub closing: Option<String>,
    /// The receipt to be signed, if the letter is handed over.
    pub receipt: Option<Receipt>,
}

/// A label and its text.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Labelled {
    /// Short label.
    pub label: String,
    /// The text.
    pub text: Text,
}

/// A part of the body.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A heading with one paragraph.
    Section {
        /// The heading.
        heading: String,
        /// The paragraph.
        text: Text,
    },
    /// How to appeal: a heading with one paragraph, set apart.
    Appeal {
        /// The heading.
        heading: String,
        /// The paragraph.
        text: Text,
    },
    /// The legal ground: a heading with one paragraph.
    LegalGround {
        /// The heading.
        heading: String,
        /// The citation.
        text: Text,
    },
    /// Labelled values under a heading, such as the data of a payment.
    Table {
        /// The heading.
        heading: String,
        /// The values.
        rows: Vec<Labelled>,
    },
    /// The tracks side by side, with equal space.
    Offers {
        /// The heading.
        heading: String,
        /// What holds for all of them.
        intro: String,
        /// One offer per track.
        offers: Vec<Labelled>,
        /// Where addresses and explanations are.
        information: Text,
    },
    /// Places for signatures, one per party.
    Signatures {
        /// The heading.
        heading: String,
        /// What is declared.
        text: Text,
        /// Who signs.
        parties: Vec<Text>,
        /// Label of the date.
        date_label: String,
    },
}

/// A receipt with a place for date and signature.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The heading.
    pub heading: String,
    /// What is declared.
    pub text: Text,
    /// Label of the date.
    pub date_label: String,
    /// Label of the signature.
    pub signature_label: String,
}

/// What a letter shows to those who read little: one page with few words in great letters.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PlainPage {
    /// The same few words in each language of the letter, or in the courtesy language alone.
    pub passages: Vec<PlainPassage>,
    /// What the picture shows.
    pub pictogram: Pictogram,
    /// The telephone number for questions.
    pub phone: Option<String>,
}

/// The few words in one language.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PlainPassage {
    /// ISO 639-1 code of the language.
    pub language: String,
    /// In which direction it is read.
    #[serde(serialize_with = "direction")]
    pub direction: Direction,
    /// That this is a translation for information; empty for a legal language.
    pub note: String,
    /// What the page is.
    pub heading: String,
    /// The letter's title.
    pub title: String,
    /// What to do.
    pub what: Text,
    /// The great date or length of time, with what it stands for; none where there is no day to keep.
    pub day: Option<Labelled>,
    /// What else must be at hand: where to come, or what to pay and how.
    pub rows: Vec<Labelled>,
    /// What the picture shows, for those who hear the letter.
    pub pictogram_alt: String,
    /// Introduces the telephone number.
    pub call: String,
    /// What is behind the QR code.
    pub scan: String,
}

/// A picture of a reading aid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pictogram {
    /// Go to an office and register.
    Register,
    /// Read and keep a paper.
    Document,
    /// Do something by a day.
    Calendar,
    /// Bring or send papers now.
    Warning,
    /// Come and talk.
    Hearing,
    /// Pay.
    Payment,
    /// All is well: nothing to do.
    Done,
}

impl ComposedLetter {
    /// The words of the letter as plain text, one passage after the other, the translation last: the body of a mail, and
    /// what tests compare.
    pub fn plain_text(&self) -> String {
        let passages = self.passages.iter().chain(&self.courtesy);
        let passages: Vec<String> = passages.map(|passage| passage.plain_text(&self.recipient_name)).collect();
        passages.join("\n\n----\n\n")
    }
}

impl Passage {
    fn plain_text(&self, recipient_name: &str) -> String {
        let mut lines = Vec::new();
        if !self.note.is_empty() {
            lines.extend([self.note.clone(), String::new()]);
        }
        lines.push(self.administration.isolated());
        let line = |labelled: &Labelled| labelled.line(&self.colon);
        lines.extend(self.references.iter().map(line));
        lines.extend([String::new(), self.title.clone(), self.subtitle.isolated(), String::new()]);
        lines.extend([format!("{} {recipient_name}", self.person_label), String::new()]);
        lines.extend(self.summary.iter().map(line));
        for block in &self.body {
            lines.push(String::new());
            lines.extend(block.lines(&self.colon));
        }
        if let Some(closing) = &self.closing {
            lines.extend([String::new(), closing.clone(), self.administration.isolated()]);
        }
        lines.join("\n")
    }
}

impl Block {
    fn lines(&self, colon: &str) -> Vec<String> {
        let line = |labelled: &Labelled| labelled.line(colon);
        match self {
            Self::Section { heading, text } | Self::Appeal { heading, text } | Self::LegalGround { heading, text } => {
                vec![heading.clone(), text.isolated()]
            }
            Self::Table { heading, rows } => [heading.clone()].into_iter().chain(rows.iter().map(line)).collect(),
            Self::Offers { heading, intro, offers, information } => {
                let mut lines = vec![heading.clone(), intro.clone()];
                lines.extend(offers.iter().map(line));
                lines.push(information.isolated());
                lines
            }
            Self::Signatures { heading, text, parties, .. } => {
                let mut lines = vec![heading.clone(), text.isolated()];
                lines.extend(parties.iter().map(Text::isolated));
                lines
            }
        }
    }
}

impl Labelled {
    fn line(&self, colon: &str) -> String {
        let colon = if self.label.ends_with(['?', '؟']) { "" } else { colon };
        format!("{}{colon} {}", self.label, self.text.isolated())
    }
}

fn code<S: Serializer>(language: &LetterLanguage, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.code())
}

fn direction<S: Serializer>(direction: &Direction, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(direction.code())
}

fn iso<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
