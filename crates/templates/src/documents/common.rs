//! What all documents of one language share: labels, dates, amounts and lengths of time.

use std::collections::BTreeMap;

use serde::Deserialize;
use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::law::Length;
use traject_domain::money::Cents;

use super::{Status, TextError, TextFault};
use crate::reasons::Direction;
use crate::text::{Run, Text};
use crate::texts::{Checker, fill, fill_runs, placeholders, texts};

texts! {
    /// Labels and sentences that every document may show.
    Common {
        administration_municipality(municipality), administration_organiser(organiser), administration_ggc, issuer_ggc,
        date_label, dossier_label, delivery_label, qr_alt(reference), qr_twin_alt(reference), attestation_alt, person,
        what_label, when_label, where_label, price_label, price, contact_label, contact(email),
        contact_with_phone(phone, email), offers_heading, offers_intro, offer_nl, offer_fr, offer_at(organisers),
        language_nl, language_fr, information(site), legal_heading, closing, signature_date, signature,
        signature_person, plain_heading, plain_by, plain_within, plain_until, plain_now, plain_call, plain_scan, pictogram_register,
        pictogram_document, pictogram_calendar, pictogram_warning, pictogram_hearing, pictogram_payment, pictogram_done,
    }
}

/// A file `common/<language>.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommonFile {
    pub(crate) version: u32,
    /// Only for a courtesy language.
    pub(crate) status: Option<Status>,
    pub(crate) language: Language,
    months: Vec<String>,
    shapes: Shapes,
    lengths: BTreeMap<String, BTreeMap<String, String>>,
    /// Only for a courtesy language.
    pub(crate) courtesy: Option<Courtesy>,
    pub(crate) texts: Common,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// What the language calls itself.
    pub(crate) name: String,
    #[serde(deserialize_with = "direction")]
    pub(crate) direction: Direction,
    /// Its ten digits, where they are not 0 to 9.
    digits: Option<String>,
}

/// The mark of a translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Courtesy {
    /// That it is for information, and that the Dutch or French text counts.
    pub(crate) note: String,
    pub(crate) draft: Draft,
}

/// What a translation says of itself until a translator has read it: each statement by its key, so that no language can
/// leave one out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// That a computer made it.
    machine: String,
    /// That no translator has looked at it yet.
    unchecked: String,
    /// That it may hold mistakes.
    mistakes: String,
}

impl Draft {
    pub(crate) fn statements(&self) -> [(&'static str, &str); 3] {
        [("machine", &self.machine), ("unchecked", &self.unchecked), ("mistakes", &self.mistakes)]
    }
}

/// How dates, amounts and lists are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    date: String,
    first_day: String,
    amount: String,
    thousands: String,
    decimals: String,
    either: String,
    comma: String,
    colon: String,
}

fn direction<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Direction, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Written {
        Ltr,
        Rtl,
    }
    Written::deserialize(deserializer).map(|written| match written {
        Written::Ltr => Direction::LeftToRight,
        Written::Rtl => Direction::RightToLeft,
    })
}

const UNITS: [&str; 3] = ["year", "month", "day"];

impl CommonFile {
    pub(super) fn check(&self, file: &str, is_legal: bool) -> Result<(), TextError> {
        let checker = Checker { file };
        checker.entries(&self.texts.entries())?;
        let of = &self.shapes;
        for (key, text, declared) in [
            ("date", &of.date, &["day", "month", "year"][..]),
            ("first_day", &of.first_day, &[]),
            ("amount", &of.amount, &["number"]),
            ("thousands", &of.thousands, &[]),
            ("decimals", &of.decimals, &[]),
            ("either", &of.either, &["first", "last"]),
            ("comma", &of.comma, &[]),
            ("colon", &of.colon, &[]),
        ] {
            checker.text(&format!("shapes.{key}"), text, declared)?;
        }
        if self.months.len() != 12 {
            return Err(checker.fault("months", TextFault::Missing));
        }
        self.months.iter().try_for_each(|month| checker.text("months", month, &[]))?;
        if self.language.digits.as_ref().is_some_and(|digits| digits.chars().count() != 10) {
            return Err(checker.fault("language.digits", TextFault::Missing));
        }
        self.check_lengths(&checker)?;
        match (&self.courtesy, &self.status) {
            (None, None) if is_legal => Ok(()),
            (Some(courtesy), Some(_)) if !is_legal => {
                checker.text("courtesy.note", &courtesy.note, &[])?;
                let mut statements = courtesy.draft.statements().into_iter();
                statements.try_for_each(|(key, text)| checker.text(&format!("courtesy.draft.{key}"), text, &[]))
            }
            _ => Err(checker.fault("courtesy", if is_legal { TextFault::Unknown } else { TextFault::Missing })),
        }
    }

    fn check_lengths(&self, checker: &Checker<'_>) -> Result<(), TextError> {
        if let Some(unit) = self.lengths.keys().find(|unit| !UNITS.contains(&unit.as_str())) {
            return Err(checker.fault(&format!("lengths.{unit}"), TextFault::Unknown));
        }
        for unit in UNITS {
            let key = format!("lengths.{unit}");
            let texts = self.lengths.get(unit).ok_or_else(|| checker.fault(&key, TextFault::Missing))?;
            if !texts.contains_key("other") {
                return Err(checker.fault(&key, TextFault::Missing));
            }
            for (count, text) in texts {
                // A single count may be a word of its own: one, or the dual.
                let is_word = placeholders(text).is_empty() && count != "other";
                checker.text(&key, text, if is_word { &[] } else { &["count"] })?;
            }
        }
        Ok(())
    }

    pub(crate) fn colon(&self) -> &str {
        &self.shapes.colon
    }

    /// A number in the digits of the language.
    pub(crate) fn digits(&self, text: String) -> String {
        let Some(digits) = &self.language.digits else { return text };
        let own = |c: char| c.to_digit(10).and_then(|digit| digits.chars().nth(digit as usize)).unwrap_or(c);
        text.chars().map(own).collect()
    }

    /// The date written out, without a space at which a line may break.
    pub(crate) fn date(&self, date: Date) -> Run {
        let month = usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1;
        let day = if date.day() == 1 { self.shapes.first_day.clone() } else { date.day().to_string() };
        let (day, year) = (self.digits(day), self.digits(date.year().to_string()));
        let month = self.months.get(month).map_or("", String::as_str);
        let text = fill(&self.shapes.date, &[("day", &day), ("month", month), ("year", &year)]);
        let text = text.replace(' ', "\u{a0}");
        Run { text, date: Some(date), ..Run::default() }
    }

    /// An amount with its currency; cents only when there are any.
    pub(crate) fn amount(&self, amount: Cents) -> String {
        let digits = (amount.0 / 100).to_string();
        let mut number = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                number.push_str(&self.shapes.thousands);
            }
            number.push(digit);
        }
        match amount.0 % 100 {
            0 => {}
            cents => number.extend([self.shapes.decimals.as_str(), &format!("{cents:02}")]),
        }
        fill(&self.shapes.amount, &[("number", &self.digits(number))])
    }

    /// A length in words, by the text of its exact count, of a range of counts, or of any other.
    pub(crate) fn length(&self, length: Length) -> String {
        let (unit, count): (_, i64) = match length {
            Length::Years(years) => ("year", years.into()),
            Length::Months(months) => ("month", months.into()),
            Length::Days(days) => ("day", days.into()),
        };
        let texts = self.lengths.get(unit);
        let covers = |key: &str| match key.split_once('-') {
            Some((first, last)) => {
                first.parse().is_ok_and(|first: i64| first <= count)
                    && last.parse().is_ok_and(|last: i64| count <= last)
            }
            None => key.parse() == Ok(count),
        };
        let found = texts.and_then(|texts| texts.iter().find(|(key, _)| covers(key)).map(|(_, text)| text));
        let text = found.or_else(|| texts?.get("other")).map_or("", String::as_str);
        fill(text, &[("count", &self.digits(count.to_string()))])
    }

    /// Names as a choice: `A, B or C`.
    pub(crate) fn either(&self, names: &[Text]) -> Text {
        let Some((last, first)) = names.split_last() else { return Text::default() };
        let mut joined = Text::default();
        for (index, name) in first.iter().enumerate() {
            if index > 0 {
                joined.push_str(&self.shapes.comma);
            }
            joined.append(name.clone());
        }
        if first.is_empty() {
            return last.clone();
        }
        fill_runs(&self.shapes.either, &[("first", joined), ("last", last.clone())])
    }

    /// What a legal language is called.
    pub(crate) fn language(&self, language: LegalLanguage) -> &str {
        match language {
            LegalLanguage::Nl => self.texts.language_nl(),
            LegalLanguage::Fr => self.texts.language_fr(),
        }
    }
}
