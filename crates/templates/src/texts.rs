//! The texts of letters and mails: one file per language and template, embedded, checked against each other when read.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use traject_domain::code::LegalLanguage;

/// Declares a file of texts: its keys, and the placeholders each text must hold. Every key becomes a method that
/// takes one argument per placeholder, so a letter that forgets a value does not compile.
macro_rules! texts {
    ($(#[$meta:meta])* $name:ident { $($key:ident $(($($placeholder:ident),+))?),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { version: u32, $($key: String),+ }

        impl $name {
            $(pub(crate) fn $key(&self $($(, $placeholder: &str)+)?) -> String {
                fill(&self.$key, &[$($((stringify!($placeholder), $placeholder)),+)?])
            })+
        }

        impl TextFile for $name {
            fn version(&self) -> u32 {
                self.version
            }

            fn entries(&self) -> Vec<Entry<'_>> {
                vec![$(Entry {
                    key: stringify!($key),
                    text: &self.$key,
                    placeholders: &[$($(stringify!($placeholder)),+)?],
                }),+]
            }
        }
    };
}

texts! {
    /// What every letter shares.
    Common {
        administration(municipality), date_label, dossier_label, delivery_label, qr_alt(reference), person,
        what_label, when_label, where_label, price_label, price, contact_label, contact(email),
        contact_with_phone(phone, email), offers_heading, offers_intro, offer_nl, offer_fr, offer_at(organisers), either,
        information(site), legal_heading, closing, length_year, length_years(count), length_month, length_months(count),
        length_day, length_days(count),
    }
}

texts! {
    /// Certificate of obligation.
    Certificate {
        title, subtitle, what, when(term), when_received(register_by, received_on, term), organiser_choice, why_heading, why,
        next_heading, next(complete_term), unable_heading, unable, otherwise_heading,
        otherwise(cure_term, fine_min, fine_max), receipt_heading, receipt, receipt_date, receipt_signature,
    }
}

texts! {
    /// Formal notice, for either breach.
    Notice {
        registration_title, registration_subtitle, completion_title, completion_subtitle, registration_what,
        completion_what, when(cure_term), when_delivered(cure_by, delivered_on, cure_term), registration_where,
        completion_where, why_heading, registration_why(certificate_received_on, register_by),
        completion_why(registered_on, complete_by), done_heading, registration_done, completion_done, reason_heading,
        reason(due_date), otherwise_heading, otherwise(fine_min, fine_max),
    }
}

texts! {
    /// The mail that brings a copy of a letter.
    CopyTexts {
        subject, greeting, sent(municipality, title), attached, paper_counts, reference(reference), automatic,
    }
}

/// A text file that cannot be used. These are faults of the release, found by its tests.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// Not readable: a key is missing or unknown, or it is not YAML.
    #[error("the text file {file} is not readable")]
    Unreadable {
        /// Path inside this crate.
        file: String,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A text is empty, or does not hold exactly the placeholders its key declares.
    #[error("the text {key} in {file} is empty or holds other placeholders than its key declares")]
    Placeholders {
        /// Path inside this crate.
        file: String,
        /// The key.
        key: &'static str,
    },
    /// The Dutch and the French file carry different versions.
    #[error("the Dutch and the French texts of {template} carry different versions")]
    Versions {
        /// The template's folder inside this crate.
        template: &'static str,
    },
}

/// The texts of all letters and mails in both languages, read once and shared.
#[derive(Debug)]
pub struct Texts {
    nl: LanguageTexts,
    fr: LanguageTexts,
}

/// The texts of all letters and mails in one language.
#[derive(Debug)]
pub(crate) struct LanguageTexts {
    pub(crate) common: Common,
    pub(crate) certificate: Certificate,
    pub(crate) notice: Notice,
    pub(crate) copy: CopyTexts,
}

pub(crate) trait TextFile: DeserializeOwned {
    fn version(&self) -> u32;
    fn entries(&self) -> Vec<Entry<'_>>;
}

pub(crate) struct Entry<'a> {
    key: &'static str,
    text: &'a str,
    placeholders: &'static [&'static str],
}

/// Embeds the Dutch and the French file of a template.
macro_rules! both {
    ($template:literal) => {
        pair(
            $template,
            [include_str!(concat!("../", $template, "/nl.yaml")), include_str!(concat!("../", $template, "/fr.yaml"))],
        )
    };
}

impl Texts {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// [`TextError`] when a language lacks a key, a text has other placeholders than declared, or versions differ.
    pub fn load() -> Result<Self, TextError> {
        let [common_nl, common_fr] = both!("letters/common")?;
        let [certificate_nl, certificate_fr] = both!("letters/certificate_of_obligation")?;
        let [notice_nl, notice_fr] = both!("letters/formal_notice")?;
        let [copy_nl, copy_fr] = both!("mails/copy")?;
        Ok(Self {
            nl: LanguageTexts { common: common_nl, certificate: certificate_nl, notice: notice_nl, copy: copy_nl },
            fr: LanguageTexts { common: common_fr, certificate: certificate_fr, notice: notice_fr, copy: copy_fr },
        })
    }

    pub(crate) fn of(&self, language: LegalLanguage) -> &LanguageTexts {
        match language {
            LegalLanguage::Nl => &self.nl,
            LegalLanguage::Fr => &self.fr,
        }
    }
}

fn pair<T: TextFile>(template: &'static str, [nl, fr]: [&str; 2]) -> Result<[T; 2], TextError> {
    let nl: T = read(&format!("{template}/nl.yaml"), nl)?;
    let fr: T = read(&format!("{template}/fr.yaml"), &french_spacing(fr))?;
    if nl.version() == fr.version() { Ok([nl, fr]) } else { Err(TextError::Versions { template }) }
}

/// French sets a space before `?`, `:` and `;`, at which a line must not break. Keys have none before their colon.
pub(crate) fn french_spacing(yaml: &str) -> String {
    yaml.replace(" ?", "\u{a0}?").replace(" :", "\u{a0}:").replace(" ;", "\u{a0};")
}

fn read<T: TextFile>(file: &str, yaml: &str) -> Result<T, TextError> {
    let texts: T = serde_saphyr::from_str(yaml)
        .map_err(|source| TextError::Unreadable { file: file.to_owned(), source: Box::new(source) })?;
    for entry in texts.entries() {
        let mut held = placeholders(entry.text);
        let mut declared = entry.placeholders.to_vec();
        held.sort_unstable();
        held.dedup();
        declared.sort_unstable();
        if entry.text.is_empty() || held != declared {
            return Err(TextError::Placeholders { file: file.to_owned(), key: entry.key });
        }
    }
    Ok(texts)
}

/// The names in braces, in the order of the text.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(name, _)| name).collect()
}

/// Puts values in place of the names in braces, in one pass: braces in a value stay as they are.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after
            .split_once('}')
            .and_then(|(name, tail)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, tail)));
        match value {
            Some((value, tail)) => {
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    texts! {
        Sample { greeting(name), bye }
    }

    #[test]
    fn every_embedded_file_is_complete_in_both_languages_with_one_version() {
        Texts::load().expect("the embedded texts are complete");
    }

    #[test]
    fn a_missing_or_unknown_key_is_an_error() {
        for yaml in ["version: 1\ngreeting: Hi {name}", "version: 1\ngreeting: Hi {name}\nbye: Bye\nmore: More"] {
            assert!(matches!(read::<Sample>("x", yaml), Err(TextError::Unreadable { .. })));
        }
    }

    #[test]
    fn a_missing_or_stray_placeholder_is_an_error() {
        for (yaml, wrong) in [
            ("version: 1\ngreeting: Hi\nbye: Bye", "greeting"),
            ("version: 1\ngreeting: Hi {name}\nbye: Bye {name}", "bye"),
            ("version: 1\ngreeting: Hi {name}\nbye: ''", "bye"),
        ] {
            assert!(matches!(read::<Sample>("x", yaml), Err(TextError::Placeholders { key, .. }) if key == wrong));
        }
    }

    #[test]
    fn different_versions_are_an_error() {
        let file = |version| format!("version: {version}\ngreeting: Hi {{name}}\nbye: Bye");
        let (first, second) = (file(1), file(2));
        assert!(matches!(pair::<Sample>("t", [&first, &second]), Err(TextError::Versions { template: "t" })));
        assert_eq!(pair::<Sample>("t", [&first, &first]).expect("same version")[0].bye(), "Bye");
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        let sample: Sample = read("x", "version: 1\ngreeting: Hi {name}!\nbye: Bye").expect("a complete file");
        assert_eq!(sample.greeting("{name}"), "Hi {name}!");
    }
}
