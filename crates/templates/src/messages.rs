//! The catalogue of messages a person reads, by stable code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use traject_domain::labels::ReadingLanguage;

use crate::texts::fill;

type Messages = BTreeMap<String, String>;

static DUTCH: LazyLock<Messages> = LazyLock::new(|| read(include_str!("../messages/nl.yaml")));
static FRENCH: LazyLock<Messages> = LazyLock::new(|| read(include_str!("../messages/fr.yaml")));
static ENGLISH: LazyLock<Messages> = LazyLock::new(|| read(include_str!("../messages/en.yaml")));

fn read(yaml: &str) -> Messages {
    serde_saphyr::from_str(yaml)
        .expect("the embedded catalogue is a map of texts: a test of this crate reads all three")
}

fn catalogue(language: ReadingLanguage) -> &'static Messages {
    match language {
        ReadingLanguage::Nl => &DUTCH,
        ReadingLanguage::Fr => &FRENCH,
        ReadingLanguage::En => &ENGLISH,
    }
}

/// The message of a code with its placeholders in braces; `None` for a code that is not in the catalogue.
pub fn message(code: &str, language: ReadingLanguage) -> Option<&'static str> {
    catalogue(language).get(code).map(String::as_str)
}

/// The message of a code with values in place of its placeholders. A placeholder without a value stays as it is.
pub fn message_with(code: &str, language: ReadingLanguage, values: &[(&str, &str)]) -> Option<String> {
    message(code, language).map(|text| fill(text, values))
}

/// Every code of the catalogue, in alphabetical order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ENGLISH.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::placeholders;

    #[test]
    fn the_three_languages_hold_the_same_codes_and_placeholders() {
        let keys = |language| catalogue(language).keys().collect::<Vec<_>>();
        assert_eq!(keys(ReadingLanguage::Nl), keys(ReadingLanguage::En));
        assert_eq!(keys(ReadingLanguage::Fr), keys(ReadingLanguage::En));
        for code in codes() {
            let held = |language| {
                let text = message(code, language).unwrap_or_default();
                assert!(!text.is_empty(), "{code} has no text");
                let mut names = placeholders(text);
                names.sort_unstable();
                names
            };
            assert_eq!(held(ReadingLanguage::Nl), held(ReadingLanguage::En), "{code}");
            assert_eq!(held(ReadingLanguage::Fr), held(ReadingLanguage::En), "{code}");
        }
    }

    #[test]
    fn a_message_is_found_by_code_and_filled() {
        let filled = message_with("ABOVE_MAXIMUM", ReadingLanguage::Nl, &[("maximum", "2.500 euro")]);
        assert_eq!(filled.as_deref(), Some("Het bedrag is te hoog. De wet laat ten hoogste 2.500 euro toe."));
        assert_eq!(message("NO_SUCH_CODE", ReadingLanguage::Fr), None);
    }
}
