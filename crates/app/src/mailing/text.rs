//! Subject and body of a mailing, per language, with placeholders from a closed list.

use crate::mailing::model::{MailLanguage, Person, words};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What a text may name, in braces.
    Placeholder {
        /// The whole name of the recipient.
        FullName = "full_name",
        /// Given names.
        FirstNames = "first_names",
        /// Family name.
        LastName = "last_name",
    }

    /// What is wrong with a text.
    TextFault {
        /// It is empty.
        Missing = "required",
        /// It is too long.
        TooLong = "longer than 200 characters in a subject, or 20000 in a body",
        /// A line break or another control character where none may be.
        ControlCharacter = "holds a control character",
        /// A brace that opens no known placeholder, or one that was never opened.
        UnknownPlaceholder = "a brace that is no {full_name}, {first_names} or {last_name}; write {{ or }} for a brace",
    }
}

/// The most characters of a subject.
const SUBJECT_MAX: usize = 200;
/// The most characters of a body.
const BODY_MAX: usize = 20_000;

/// Subject and body in one language. Paragraphs of the body are set apart by an empty line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject, on one line.
    pub subject: String,
    /// The body.
    pub body: String,
}

/// The texts of a mailing. A recipient whose language has none gets the default one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    default: MailLanguage,
    by_language: BTreeMap<MailLanguage, Text>,
}

/// A part of a text.
enum Part<'t> {
    Plain(&'t str),
    Value(Placeholder),
}

/// Cuts a text at its placeholders. `{{` and `}}` are braces.
fn parts(text: &str) -> Result<Vec<Part<'_>>, TextFault> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        parts.push(Part::Plain(before));
        if after.starts_with("{{") || after.starts_with("}}") {
            parts.push(Part::Plain(&after[..1]));
            rest = &after[2..];
            continue;
        }
        let named = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, tail) = named.ok_or(TextFault::UnknownPlaceholder)?;
        parts.push(Part::Value(Placeholder::from_code(name).ok_or(TextFault::UnknownPlaceholder)?));
        rest = tail;
    }
    parts.push(Part::Plain(rest));
    Ok(parts)
}

fn checked(text: &str, most: usize, may_break: bool) -> Result<(), TextFault> {
    if text.trim().is_empty() {
        return Err(TextFault::Missing);
    }
    if text.chars().count() > most {
        return Err(TextFault::TooLong);
    }
    if text.chars().any(|c| c.is_control() && !(may_break && c == '\n')) {
        return Err(TextFault::ControlCharacter);
    }
    parts(text).map(|_| ())
}

impl Text {
    /// What is wrong with the text, by field.
    pub fn faults(&self) -> Vec<(&'static str, TextFault)> {
        let subject = checked(&self.subject, SUBJECT_MAX, false).err().map(|fault| ("subject", fault));
        let body = checked(&self.body, BODY_MAX, true).err().map(|fault| ("body", fault));
        subject.into_iter().chain(body).collect()
    }

    /// The text with a recipient's values in it. Braces in a value stay as they are.
    pub fn filled(&self, person: &Person) -> Self {
        Self { subject: filled(&self.subject, person), body: filled(&self.body, person) }
    }
}

fn filled(text: &str, person: &Person) -> String {
    // A text with a fault never becomes part of a mailing.
    let parts = parts(text).unwrap_or_else(|_| vec![Part::Plain(text)]);
    parts.into_iter().map(|part| part.written_for(person)).collect()
}

impl<'t> Part<'t> {
    fn written_for(self, person: &'t Person) -> &'t str {
        match self {
            Self::Plain(text) => text,
            Self::Value(name) => name.value(person),
        }
    }
}

impl Placeholder {
    /// The recipient's value.
    pub fn value(self, person: &Person) -> &str {
        match self {
            Self::FullName => &person.full_name,
            Self::FirstNames => &person.first_names,
            Self::LastName => &person.last_name,
        }
    }
}

impl Texts {
    /// The texts of a mailing; `None` without one in the default language.
    pub fn new(default: MailLanguage, by_language: BTreeMap<MailLanguage, Text>) -> Option<Self> {
        by_language.contains_key(&default).then_some(Self { default, by_language })
    }

    /// The default language.
    pub const fn default_language(&self) -> MailLanguage {
        self.default
    }

    /// Every language with its text, in the order of the languages.
    pub fn iter(&self) -> impl Iterator<Item = (MailLanguage, &Text)> {
        self.by_language.iter().map(|(language, text)| (*language, text))
    }

    /// The language in which a recipient is written to.
    pub fn language_for(&self, asked: Option<MailLanguage>) -> MailLanguage {
        asked.filter(|language| self.by_language.contains_key(language)).unwrap_or(self.default)
    }

    /// The text for a recipient, with its language and the recipient's values.
    pub fn for_recipient(&self, asked: Option<MailLanguage>, person: &Person) -> (MailLanguage, Text) {
        let language = self.language_for(asked);
        // The default is there, or there would be no texts.
        let empty = Text { subject: String::new(), body: String::new() };
        (language, self.by_language.get(&language).unwrap_or(&empty).filled(person))
    }

    /// What any of the texts names: a recipient without it would be written to with a gap.
    pub fn placeholders(&self) -> BTreeSet<Placeholder> {
        let texts = self.by_language.values().flat_map(|text| [&text.subject, &text.body]);
        let parts = texts.flat_map(|text| parts(text).unwrap_or_default());
        let named = parts.filter_map(|part| match part {
            Part::Value(name) => Some(name),
            Part::Plain(_) => None,
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person { full_name: "Fatima {x} El Amrani".to_owned(), first_names: "Fatima".to_owned(), ..Person::default() }
    }

    #[test]
    fn values_stand_where_they_are_named_and_braces_in_them_stay() {
        let text = Text { subject: "{first_names}: {{hello}}".to_owned(), body: "Dear {full_name},\n\nHi".to_owned() };
        assert_eq!(text.faults(), []);
        let filled = text.filled(&person());
        assert_eq!(
            (filled.subject.as_str(), filled.body.as_str()),
            ("Fatima: {hello}", "Dear Fatima {x} El Amrani,\n\nHi")
        );
    }

    #[test]
    fn a_text_with_a_fault_says_which() {
        let fault = |subject: &str, body: &str| Text { subject: subject.to_owned(), body: body.to_owned() }.faults();
        assert_eq!(fault("", "\n"), [("subject", TextFault::Missing), ("body", TextFault::Missing)]);
        for wrong in ["{name}", "{full_name", "a } b", "{ full_name }", "{}", "{{{"] {
            assert_eq!(fault("s", wrong), [("body", TextFault::UnknownPlaceholder)], "{wrong}");
        }
        assert_eq!(
            fault("a\nb", "a\tb"),
            [("subject", TextFault::ControlCharacter), ("body", TextFault::ControlCharacter)]
        );
        assert_eq!(fault(&"s".repeat(201), "b"), [("subject", TextFault::TooLong)]);
    }
}
