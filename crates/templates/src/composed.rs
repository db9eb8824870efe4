//! A letter in words: everything that is printed, in reading order, before any layout.

use std::fmt;

use serde::{Serialize, Serializer};
use traject_domain::Date;

use crate::context::{DeliveryReference, LetterLanguage};

/// A letter in words. It holds personal data, so its debug output shows the template and the reference only.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ComposedLetter {
    /// The template's name, also its folder: `certificate_of_obligation` or `formal_notice`.
    pub template: &'static str,
    /// The version of the template's texts and of the shared texts: `1.1`.
    pub template_version: String,
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
    /// One passage per language, each complete in itself.
    pub passages: Vec<Passage>,
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
    pub language: &'static str,
    /// The municipality's name in this language.
    pub municipality: String,
    /// The sending administration, as it signs.
    pub administration: String,
    /// Date, dossier and delivery reference.
    pub references: Vec<Labelled>,
    /// What the QR code is, for those who hear the letter.
    pub qr_alt: String,
    /// The title.
    pub title: String,
    /// The title's second line.
    pub subtitle: String,
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
    pub text: String,
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
        text: String,
    },
    /// The tracks side by side, with equal space.
    Offers {
        /// The heading.
        heading: String,
        /// What holds for all of them.
        intro: String,
        /// One offer per track; the track in the passage's own language comes first.
        offers: Vec<Labelled>,
        /// Where addresses and explanations are.
        information: String,
    },
}

/// A receipt with a place for date and signature.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The heading.
    pub heading: String,
    /// What is declared.
    pub text: String,
    /// Label of the date.
    pub date_label: String,
    /// Label of the signature.
    pub signature_label: String,
}

impl ComposedLetter {
    /// The words of the letter as plain text, one passage after the other: the body of a mail, and what tests compare.
    pub fn plain_text(&self) -> String {
        let passages: Vec<String> =
            self.passages.iter().map(|passage| passage.plain_text(&self.recipient_name)).collect();
        passages.join("\n\n----\n\n")
    }
}

impl Passage {
    fn plain_text(&self, recipient_name: &str) -> String {
        let mut lines = vec![self.administration.clone()];
        let line = |labelled: &Labelled| labelled.line(self.language);
        lines.extend(self.references.iter().map(line));
        lines.extend([String::new(), self.title.clone(), self.subtitle.clone(), String::new()]);
        lines.extend([format!("{} {recipient_name}", self.person_label), String::new()]);
        lines.extend(self.summary.iter().map(line));
        for block in &self.body {
            lines.push(String::new());
            match block {
                Block::Section { heading, text } => lines.extend([heading.clone(), text.clone()]),
                Block::Offers { heading, intro, offers, information } => {
                    lines.extend([heading.clone(), intro.clone()]);
                    lines.extend(offers.iter().map(line));
                    lines.push(information.clone());
                }
            }
        }
        if let Some(closing) = &self.closing {
            lines.extend([String::new(), closing.clone(), self.administration.clone()]);
        }
        lines.join("\n")
    }
}

impl Labelled {
    fn line(&self, language: &str) -> String {
        let colon = match language {
            _ if self.label.ends_with('?') => "",
            "fr" => "\u{a0}:",
            _ => ":",
        };
        format!("{}{colon} {}", self.label, self.text)
    }
}

fn code<S: Serializer>(language: &LetterLanguage, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.code())
}

fn iso<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
