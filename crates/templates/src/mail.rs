//! From a typed context to the words of a mail: plain text, and the same as HTML.

use std::fmt;

use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::municipality::Municipality;

use crate::context::{DeliveryReference, LetterLanguage};
use crate::texts::{LanguageTexts, Texts};
use crate::wording::of_municipality;

/// The letters that a mail may bring a copy of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopiedLetter {
    /// Certificate of obligation.
    Certificate,
    /// Formal notice for a breach.
    Notice(Breach),
}

/// The mail that brings a copy of a letter, for information: the letter on paper is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyMail {
    /// The language or languages of the letter, and so of the mail.
    pub language: LetterLanguage,
    /// Which letter.
    pub letter: CopiedLetter,
    /// The delivery reference of the letter on paper.
    pub letter_reference: DeliveryReference,
    /// The municipality that sends the letter.
    pub municipality: Municipality,
    /// Where the municipality receives questions.
    pub municipality_email: String,
    /// The municipality's number for questions, as it is to be shown.
    pub municipality_phone: Option<String>,
}

/// A mail in words. Its debug output leaves the words out: they tell of one person's letter.
#[derive(Clone, PartialEq, Eq)]
pub struct ComposedMail {
    /// The subject, on one line. It says that a letter is on its way and nothing of the person or of the letter: it
    /// shows on locked screens.
    pub subject: String,
    /// The text, for readers without HTML.
    pub text: String,
    /// The same as HTML, without anything to fetch.
    pub html: String,
    /// Languages as in the header `Content-Language` (RFC 3282): `nl`, `fr` or `nl, fr`.
    pub language_tags: String,
}

impl fmt::Debug for ComposedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComposedMail").field("language_tags", &self.language_tags).finish_non_exhaustive()
    }
}

impl Texts {
    /// The words of the mail that brings a copy of a letter, in each language of the letter.
    pub fn compose_copy(&self, mail: &CopyMail) -> ComposedMail {
        let languages = mail.language.passages();
        let passages: Vec<Passage> =
            languages.iter().map(|language| Passage::new(self.of(*language), *language, mail)).collect();
        let joined =
            |part: fn(&Passage) -> String, between: &str| passages.iter().map(part).collect::<Vec<_>>().join(between);
        let subject = joined(|passage| passage.subject.clone(), " / ");
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body>\n{}\n</body>\n</html>\n",
            languages.first().map_or("", |language| language.code()),
            escaped(&subject),
            joined(Passage::html, "\n<hr>\n"),
        );
        ComposedMail {
            subject,
            text: joined(Passage::text, "\n\n----\n\n"),
            html,
            language_tags: joined(|passage| passage.language.to_owned(), ", "),
        }
    }
}

/// The whole mail in one language.
struct Passage {
    language: &'static str,
    subject: String,
    paragraphs: Vec<Paragraph>,
}

/// Lines that belong together.
struct Paragraph {
    lines: Vec<String>,
    /// What must not be overlooked.
    is_strong: bool,
}

impl Passage {
    fn new(texts: &LanguageTexts, language: LegalLanguage, mail: &CopyMail) -> Self {
        let (common, copy) = (&texts.common, &texts.copy);
        let title = match mail.letter {
            CopiedLetter::Certificate => texts.certificate.title(),
            CopiedLetter::Notice(Breach::NotRegistered) => texts.notice.registration_title(),
            CopiedLetter::Notice(Breach::NotCompleted) => texts.notice.completion_title(),
        };
        let sender = of_municipality(mail.municipality, language);
        let contact = match &mail.municipality_phone {
            Some(phone) => common.contact_with_phone(phone, &mail.municipality_email),
            None => common.contact(&mail.municipality_email),
        };
        let paragraph = |lines: Vec<String>| Paragraph { lines, is_strong: false };
        Self {
            language: language.code(),
            subject: copy.subject(),
            paragraphs: vec![
                paragraph(vec![copy.greeting()]),
                paragraph(vec![copy.sent(&sender, &title), copy.attached()]),
                Paragraph { lines: vec![copy.paper_counts()], is_strong: true },
                paragraph(vec![
                    format!("{} {contact}", common.contact_label()),
                    copy.reference(mail.letter_reference.as_str()),
                ]),
                paragraph(vec![copy.automatic()]),
                paragraph(vec![common.closing(), common.administration(&sender)]),
            ],
        }
    }

    fn text(&self) -> String {
        self.paragraphs.iter().map(|paragraph| paragraph.lines.join("\n")).collect::<Vec<_>>().join("\n\n")
    }

    fn html(&self) -> String {
        let paragraphs: String = self.paragraphs.iter().map(Paragraph::html).collect();
        format!("<div lang=\"{}\">\n{paragraphs}</div>", self.language)
    }
}

impl Paragraph {
    fn html(&self) -> String {
        let lines = self.lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>\n");
        if self.is_strong { format!("<p><strong>{lines}</strong></p>\n") } else { format!("<p>{lines}</p>\n") }
    }
}

/// A text as HTML shows it, between tags as well as in a quoted attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_text_becomes_markup() {
        assert_eq!(escaped("<b> & \"l’eau\" d'Ixelles"), "&lt;b&gt; &amp; &quot;l’eau&quot; d&#39;Ixelles");
    }
}
