//! From a text of a mailing to the words of a mail: plain text, and the same as HTML, with who sends it and how to be
//! written to no more.

use crate::mail::ComposedMail;
use crate::messages::message_with;
use maud::{DOCTYPE, html};
use traject_domain::labels::ReadingLanguage;

/// One mail of a mailing, with the recipient's values in it.
#[derive(Clone, PartialEq, Eq)]
pub struct MassMail<'a> {
    /// Its language, ISO 639-1.
    pub language: &'a str,
    /// The subject, on one line.
    pub subject: &'a str,
    /// Paragraphs with an empty line between them.
    pub body: &'a str,
    /// The agency that sends it.
    pub sender: &'a str,
    /// Where to write to be written to no more.
    pub opt_out_address: &'a str,
    /// The code that says who writes.
    pub opt_out_code: &'a str,
}

/// The words of a mail of a mailing. The lines about sender and opting out are in the mail's language where the catalogue
/// has it, else in English.
pub fn compose_mass(mail: &MassMail<'_>) -> ComposedMail {
    let (spoken, tag) = match mail.language {
        "nl" => (ReadingLanguage::Nl, "nl"),
        "fr" => (ReadingLanguage::Fr, "fr"),
        _ => (ReadingLanguage::En, "en"),
    };
    let values = [("sender", mail.sender), ("address", mail.opt_out_address), ("code", mail.opt_out_code)];
    // A test reads it in every language.
    let footer = message_with("MAILING_FOOTER", spoken, &values).unwrap_or_default();
    let paragraphs = mail.body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let paragraphs: Vec<&str> = paragraphs.collect();
    // Texts of mailings are in any language: the direction follows the first letter.
    let page = html! {
        (DOCTYPE)
        html lang=(mail.language) {
            head {
                meta charset="utf-8";
                title { (mail.subject) }
            }
            body {
                div lang=(mail.language) dir="auto" {
                    @for paragraph in &paragraphs {
                        p {
                            @for (index, line) in paragraph.lines().enumerate() {
                                @if index > 0 { br; }
                                (line)
                            }
                        }
                    }
                }
                hr;
                p lang=(tag) { (footer) }
            }
        }
    };
    ComposedMail {
        subject: mail.subject.to_owned(),
        text: format!("{}\n\n-- \n{footer}\n", paragraphs.join("\n\n")),
        html: page.into_string(),
        language_tags: mail.language.to_owned(),
    }
}
