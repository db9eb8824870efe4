//! The words of a mail: plain text, and the same as HTML.

use std::fmt;

use maud::{DOCTYPE, Markup, html};
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::delivery::Document;
use traject_domain::law::AgencyKind;

use crate::composed::ComposedLetter;
use crate::context::{DeliveryReference, Issuer, LetterLanguage};
use crate::documents::common::CommonFile;
use crate::text::Text;
use crate::texts::{MailTexts, Texts};
use crate::wording::of_municipality;

/// The mail that brings a copy of a letter, for information: the letter on paper is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyMail {
    /// The language or languages of the letter, and so of the mail.
    pub language: LetterLanguage,
    /// Which letter.
    pub document: Document,
    /// The breach it is about, if it is about one.
    pub breach: Option<Breach>,
    /// The delivery reference of the letter on paper.
    pub letter_reference: DeliveryReference,
    /// Who issues the letter.
    pub issuer: Issuer,
    /// Where the issuer receives questions.
    pub issuer_email: String,
    /// The issuer's number for questions, as it is to be shown.
    pub issuer_phone: Option<String>,
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
        let passages: Vec<Passage> = languages.iter().map(|language| Passage::new(self, *language, mail)).collect();
        let subject = joined(&passages, |passage| passage.subject.clone(), " / ");
        let page = html! {
            (DOCTYPE)
            html lang=(languages.first().map_or("", |language| language.code())) {
                head { meta charset="utf-8"; title { (subject) } }
                body {
                    @for (index, passage) in passages.iter().enumerate() {
                        @if index > 0 { hr; }
                        (passage.html())
                    }
                }
            }
        };
        ComposedMail {
            subject,
            text: joined(&passages, Passage::text, "\n\n----\n\n"),
            html: page.into_string(),
            language_tags: joined(&passages, |passage| passage.language.to_owned(), ", "),
        }
    }

    /// A letter as a mail of its own: the whole letter in text and in HTML, a translation included.
    pub fn compose_mail(&self, letter: &ComposedLetter, issuer: AgencyKind) -> ComposedMail {
        let languages = letter.language.passages();
        let subjects: Vec<&str> = languages.iter().map(|language| subject(self.mails(*language), issuer)).collect();
        let tags = languages.iter().map(|language| language.code());
        let tags = tags.chain(letter.courtesy.as_ref().map(|passage| passage.language.as_str()));
        ComposedMail {
            subject: subjects.join(" / "),
            text: letter.plain_text(),
            html: letter.html(),
            language_tags: tags.collect::<Vec<_>>().join(", "),
        }
    }
}

fn joined(passages: &[Passage], part: fn(&Passage) -> String, between: &str) -> String {
    passages.iter().map(part).collect::<Vec<_>>().join(between)
}

fn subject(texts: &MailTexts, issuer: AgencyKind) -> &str {
    match issuer {
        AgencyKind::Municipality => texts.subject_municipality(),
        AgencyKind::Organiser => texts.subject_organiser(),
        AgencyKind::Ggc => texts.subject_ggc(),
    }
}

fn copy_subject(texts: &MailTexts, issuer: AgencyKind) -> &str {
    match issuer {
        AgencyKind::Municipality => texts.copy_subject_municipality(),
        AgencyKind::Organiser => texts.copy_subject_organiser(),
        AgencyKind::Ggc => texts.copy_subject_ggc(),
    }
}

fn administration(common: &CommonFile, issuer: &Issuer, language: LegalLanguage) -> String {
    let texts = &common.texts;
    let administration: Text = match issuer {
        Issuer::Municipality(municipality) => {
            texts.administration_municipality(of_municipality(*municipality, language))
        }
        Issuer::Organiser(name) => texts.administration_organiser(name.text(language)),
        Issuer::Ggc => texts.administration_ggc().into(),
    };
    administration.to_string()
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
    fn new(texts: &Texts, language: LegalLanguage, mail: &CopyMail) -> Self {
        let (common, copy) = (texts.common(language), texts.mails(language));
        let title = texts.title(mail.document, mail.breach, language);
        let sender = administration(common, &mail.issuer, language);
        let contact = match &mail.issuer_phone {
            Some(phone) => common.texts.contact_with_phone(phone.as_str(), mail.issuer_email.as_str()),
            None => common.texts.contact(mail.issuer_email.as_str()),
        };
        let paragraph = |lines: Vec<String>| Paragraph { lines, is_strong: false };
        Self {
            language: language.code(),
            subject: copy_subject(copy, mail.issuer.kind()).to_owned(),
            paragraphs: vec![
                paragraph(vec![copy.greeting().to_owned()]),
                paragraph(vec![copy.sent(sender.as_str(), title).to_string(), copy.attached().to_owned()]),
                Paragraph { lines: vec![copy.paper_counts().to_owned()], is_strong: true },
                paragraph(vec![
                    format!("{} {contact}", common.texts.contact_label()),
                    copy.reference(mail.letter_reference.as_str()).to_string(),
                ]),
                paragraph(vec![copy.automatic().to_owned()]),
                paragraph(vec![common.texts.closing().to_owned(), sender]),
            ],
        }
    }

    fn text(&self) -> String {
        self.paragraphs.iter().map(|paragraph| paragraph.lines.join("\n")).collect::<Vec<_>>().join("\n\n")
    }

    fn html(&self) -> Markup {
        html! { div lang=(self.language) { @for paragraph in &self.paragraphs { (paragraph.html()) } } }
    }
}

impl Paragraph {
    fn html(&self) -> Markup {
        let lines = html! {
            @for (index, line) in self.lines.iter().enumerate() {
                @if index > 0 { br; }
                (line)
            }
        };
        html! { p { @if self.is_strong { strong { (lines) } } @else { (lines) } } }
    }
}
