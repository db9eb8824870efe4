//! A file of texts: read, and checked key by key.

use super::page::Direction;
use super::words::Group;
use crate::texts::{fill, placeholders};
use serde::Deserialize;
use std::collections::BTreeMap;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::{Law, Length};

type Map = BTreeMap<String, String>;

/// A file of texts that cannot be used. A fault of the release, found by its tests.
#[derive(Debug, thiserror::Error)]
pub enum ReasonTextError {
    /// Not YAML, or a section is missing or unknown.
    #[error("the text file reasons/{language}.yaml is not readable")]
    Unreadable {
        /// The language of the file.
        language: String,
        /// What the reader says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// One text is at fault.
    #[error("the text {key} in reasons/{language}.yaml {fault}")]
    Text {
        /// The language of the file.
        language: String,
        /// Section and key.
        key: String,
        /// What is wrong with it.
        fault: TextFault,
    },
}

/// What is wrong with one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// Nothing asks for it.
    #[error("is not asked for")]
    Unknown,
    /// It says nothing.
    #[error("is empty")]
    Empty,
    /// It holds other placeholders than its key declares.
    #[error("holds other placeholders than its key declares")]
    Placeholders,
}

/// Declares a section of sentences: its keys, and the placeholders each must hold. Every key becomes a method with one
/// argument for each placeholder, so a page that forgets a value does not compile.
macro_rules! sentences {
    ($(#[$meta:meta])* $name:ident = $section:literal {
        $($key:ident $(($($placeholder:ident),+))?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub(super) struct $name { $($key: String),+ }

        impl $name {
            $(pub(super) fn $key(&self $($(, $placeholder: &str)+)?) -> String {
                fill(&self.$key, &[$($((stringify!($placeholder), $placeholder)),+)?])
            })+

            fn take(file: &Checked<'_>, mut texts: Map) -> Result<Self, ReasonTextError> {
                let section = Self {
                    $($key: file.take($section, &mut texts, stringify!($key), &[$($(stringify!($placeholder)),+)?])?),+
                };
                file.nothing_left($section, &texts)?;
                Ok(section)
            }
        }
    };
}

sentences! {
    /// Dates, amounts and lists.
    Shapes = "shapes" {
        date(day, month, year), month_of_year(month, year), first_day, amount(number), thousands, decimals,
        either(first, last), comma, series,
    }
}

sentences! {
    /// The clerk's page.
    ClerkTexts = "clerk" {
        title, outcome_heading, moment(as_of, recorded_by), exempt_by(label, code), fails(label, code), needed(field),
        exempt_from(date), regime(label, code), no_regime, reference_date(date), no_reference_date,
        letter_language(language), entitled(label), law_version(version),
        conditions_heading, finding(label, code, truth), source(fact), fact(kind, date, reference), unreliable,
        ground(ground, confidence), assumed(assumption), lacking(fields),
        value_code(field, value), value_none(field), value_unknown(field), value_born(birth, reference),
        value_born_in(birth, reference), value_stay(since, reference), value_permit(from, until),
        value_permit_unlimited(from), value_permit_without_end, value_reference(reference), value_no_reference,
        exemptions_heading, evidence(papers), others(count), needs_heading, needs_intro, need(field, papers),
        progress_heading, stage(stage), closed(reason, date), frozen(date), certificate(date), registered(date),
        contract(date), track(organiser, language), suspended,
        terms_heading, term(label, code, breach), no_terms, side_by_side(original, due), service_target,
        derivation_heading, step_start(date), step_counted(length, date), step_suspended(first, last, days),
        step_raw(date), step_not_working(date, reason), step_due(date), counting_by(ground),
        suspending_by(ground),
        ledger_heading, entry_started(date), entry_stopped(date, until, ground, effect),
        entry_extended(date, until, ground, effect), entry_resumed(date), entry_met(date), absence,
        effect(days), no_effect, with_source(entry, fact),
        enforcement_heading, breach(label, state), met(date), notice_posted(posted, delivered),
        notice_presumed(posted, delivered), notice_by_hand(date), notice_void(reason), notice_withdrawn,
        refusal(date), established, transferred(date), fine(amount, date), fine_gone(amount, date), undone,
        targets_heading, target(literacy, level), targets_note,
        next_heading, next(step), next_by(step, date), turn(turn), no_next, review_heading,
    }
}

sentences! {
    /// The newcomer's page.
    NewcomerTexts = "newcomer" {
        title, short_heading, what(what), when(when), where_(place), price, by(date), no_date,
        place_choose(offices), place_organiser(office), place_any_organiser, place_municipality, place_ggc,
        frozen, fine(amount), defence(date), still_due, free_to_follow, not_obliged, not_yet_known,
        why_heading, why_obliged, why_exempt, why_not, why_open, why_reference(date), medical, absence,
        you_code(field, value), you_none(field), age_from(length), age_below(length), age_above(length),
        age_up_to(length), stay_from(length), stay_below(length), stay_above(length), stay_up_to(length),
        permit_from(length), permit_below(length), permit_above(length), permit_up_to(length),
        reference_from(date), reference_before(date),
        needs_heading, needs_intro, need(field, papers),
        how_heading, how_length(length, date), how_stop(first, last, ground, days), how_raw(date), how_free_day(date, reason),
        how_due(date), how_original(date),
        then_heading, then_register(length), then_complete(length), then_suspension, then_late(length), then_proof,
        then_refused(min, max), then_heard(min, max), then_appeal(date), then_level, then_undecided, then_change,
        legal_heading, legal_regime(label), legal_ground(grounds), legal_assumption, legal_version(version),
    }
}

/// One language.
#[derive(Debug)]
pub(super) struct LanguageFile {
    /// Its code.
    pub(super) code: String,
    /// What it calls itself.
    pub(super) name: String,
    pub(super) direction: Direction,
    /// That a page is a translation for information; none for the languages in which the law has force.
    pub(super) note: Option<String>,
    /// The language of the law's own names; none for a courtesy.
    pub(super) reading: Option<ReadingLanguage>,
    pub(super) months: Vec<String>,
    pub(super) shapes: Shapes,
    /// By unit, then by count: `1`, `3-10`, `other`.
    lengths: BTreeMap<String, Map>,
    pub(super) clerk: ClerkTexts,
    pub(super) newcomer: NewcomerTexts,
    /// By group, then by code.
    pub(super) words: BTreeMap<String, Map>,
    /// The law's own names, by part of the law, then by code; for a courtesy.
    pub(super) law: BTreeMap<String, Map>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    language: RawLanguage,
    months: Vec<String>,
    shapes: Map,
    lengths: BTreeMap<String, Map>,
    clerk: Map,
    newcomer: Map,
    words: BTreeMap<String, Map>,
    #[serde(default)]
    law: BTreeMap<String, Map>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLanguage {
    name: String,
    direction: RawDirection,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawDirection {
    Ltr,
    Rtl,
}

/// The parts of the law that a courtesy language calls by names of its own.
pub(super) const LAW_PARTS: [&str; 20] = [
    "conditions",
    "exemptions",
    "suspensions",
    "terms",
    "breaches",
    "holidays",
    "fields",
    "papers",
    "facts",
    "entitlements",
    "levels",
    "regimes",
    "organisers",
    "countries",
    "registers",
    "permit_kinds",
    "permit_grounds",
    "family_of",
    "family_ties",
    "articles",
];

/// Names what is at fault in one file.
struct Checked<'f> {
    language: &'f str,
}

impl Checked<'_> {
    fn fault(&self, section: &str, key: &str, fault: TextFault) -> ReasonTextError {
        ReasonTextError::Text { language: self.language.to_owned(), key: format!("{section}.{key}"), fault }
    }

    fn text(&self, section: &str, key: &str, text: &str, declared: &[&str]) -> Result<(), ReasonTextError> {
        // A space that does not break is a text: it parts thousands.
        if text.trim_ascii().is_empty() {
            return Err(self.fault(section, key, TextFault::Empty));
        }
        let mut held = placeholders(text);
        let mut declared = declared.to_vec();
        held.sort_unstable();
        held.dedup();
        declared.sort_unstable();
        let braces = text.matches(['{', '}']).count();
        // A brace that opens no name would stand on the page as it is.
        match held == declared && braces == 2 * placeholders(text).len() {
            true => Ok(()),
            false => Err(self.fault(section, key, TextFault::Placeholders)),
        }
    }

    /// Takes a text out of a section.
    fn take(&self, section: &str, texts: &mut Map, key: &str, declared: &[&str]) -> Result<String, ReasonTextError> {
        let text = texts.remove(key).ok_or_else(|| self.fault(section, key, TextFault::Missing))?;
        self.text(section, key, &text, declared)?;
        Ok(text)
    }

    fn nothing_left(&self, section: &str, texts: &Map) -> Result<(), ReasonTextError> {
        texts.keys().next().map_or(Ok(()), |key| Err(self.fault(section, key, TextFault::Unknown)))
    }

    /// Every group has a word for each of its codes, and no other.
    fn words(&self, words: &BTreeMap<String, Map>) -> Result<(), ReasonTextError> {
        for group in Group::ALL {
            let (section, of) = (format!("words.{}", group.code()), group.words());
            let mut texts = words.get(group.code()).cloned().unwrap_or_default();
            for code in of.codes {
                self.take(&section, &mut texts, code, of.placeholders)?;
            }
            if !group.is_of_the_law() {
                self.nothing_left(&section, &texts)?;
            }
        }
        let known = |name: &str| Group::ALL.iter().any(|group| group.code() == name);
        let stray = words.keys().find(|name| !known(name));
        stray.map_or(Ok(()), |name| Err(self.fault("words", name, TextFault::Unknown)))
    }

    fn lengths(&self, lengths: &BTreeMap<String, Map>) -> Result<(), ReasonTextError> {
        for unit in ["year", "month", "day"] {
            let section = format!("lengths.{unit}");
            let texts = lengths.get(unit).ok_or_else(|| self.fault("lengths", unit, TextFault::Missing))?;
            if !texts.contains_key("other") {
                return Err(self.fault(&section, "other", TextFault::Missing));
            }
            for (count, text) in texts {
                // A single count may be a word of its own: one, or the dual.
                let declared: &[&str] =
                    if placeholders(text).is_empty() && count != "other" { &[] } else { &["count"] };
                self.text(&section, count, text, declared)?;
            }
        }
        Ok(())
    }

    fn law(&self, law: &BTreeMap<String, Map>, is_courtesy: bool) -> Result<(), ReasonTextError> {
        for (part, names) in law {
            if !is_courtesy || !LAW_PARTS.contains(&part.as_str()) {
                return Err(self.fault("law", part, TextFault::Unknown));
            }
            for (code, name) in names {
                self.text(&format!("law.{part}"), code, name, &[])?;
            }
        }
        Ok(())
    }

    /// A language in which the law has force needs no note; every other needs one.
    fn note(&self, note: Option<&str>) -> Result<(), ReasonTextError> {
        match (matches!(self.language, "nl" | "fr"), note) {
            (true, None) => Ok(()),
            (true, Some(_)) => Err(self.fault("language", "note", TextFault::Unknown)),
            (false, Some(note)) => self.text("language", "note", note, &[]),
            (false, None) => Err(self.fault("language", "note", TextFault::Missing)),
        }
    }

    fn months(&self, months: &[String]) -> Result<(), ReasonTextError> {
        match months.len() {
            12 => months.iter().try_for_each(|month| self.text("months", month, month, &[])),
            0..12 => Err(self.fault("months", &(months.len() + 1).to_string(), TextFault::Missing)),
            _ => Err(self.fault("months", "13", TextFault::Unknown)),
        }
    }
}

const fn reading(language: &str) -> Option<ReadingLanguage> {
    match language.as_bytes() {
        b"nl" => Some(ReadingLanguage::Nl),
        b"fr" => Some(ReadingLanguage::Fr),
        b"en" => Some(ReadingLanguage::En),
        _ => None,
    }
}

impl LanguageFile {
    pub(super) fn read(language: &str, yaml: &str) -> Result<Self, ReasonTextError> {
        let raw: Raw = serde_saphyr::from_str(yaml).map_err(|source| ReasonTextError::Unreadable {
            language: language.to_owned(),
            source: Box::new(source),
        })?;
        let (file, reading) = (Checked { language }, reading(language));
        file.note(raw.language.note.as_deref())?;
        file.months(&raw.months)?;
        file.lengths(&raw.lengths)?;
        file.words(&raw.words)?;
        file.law(&raw.law, reading.is_none())?;
        Ok(Self {
            code: language.to_owned(),
            name: raw.language.name,
            direction: match raw.language.direction {
                RawDirection::Ltr => Direction::LeftToRight,
                RawDirection::Rtl => Direction::RightToLeft,
            },
            note: raw.language.note,
            reading,
            months: raw.months,
            shapes: Shapes::take(&file, raw.shapes)?,
            lengths: raw.lengths,
            clerk: ClerkTexts::take(&file, raw.clerk)?,
            newcomer: NewcomerTexts::take(&file, raw.newcomer)?,
            words: raw.words,
            law: raw.law,
        })
    }

    /// A length in words, by the text of its exact count, of a range of counts, or of any other.
    pub(super) fn length(&self, length: Length) -> String {
        let (unit, count) = match length {
            Length::Years(years) => ("year", years.into()),
            Length::Months(months) => ("month", months.into()),
            Length::Days(days) => ("day", i64::from(days)),
        };
        self.counted(unit, count)
    }

    /// A number of days in words.
    pub(super) fn days(&self, days: i64) -> String {
        self.counted("day", days)
    }

    fn counted(&self, unit: &str, count: i64) -> String {
        let texts = self.lengths.get(unit);
        let covers = |key: &str| match key.split_once('-') {
            Some((first, last)) => {
                first.parse().is_ok_and(|first: i64| first <= count)
                    && last.parse().is_ok_and(|last: i64| count <= last)
            }
            None => key.parse() == Ok(count),
        };
        let found = texts.and_then(|texts| texts.iter().find(|(key, _)| covers(key)).map(|(_, text)| text));
        let text = found.or_else(|| texts?.get("other"));
        text.map_or_else(String::new, |text| fill(text, &[("count", &count.to_string())]))
    }

    /// The names of the law that a courtesy must have and lacks.
    pub(super) fn unnamed(&self, law: &Law) -> Vec<ReasonTextError> {
        if self.reading.is_some() {
            return Vec::new();
        }
        let named = |part: &str, code: &str| self.law.get(part).is_some_and(|names| names.contains_key(code));
        let required = required(law).into_iter().filter(|(part, code)| !named(part, code));
        let file = Checked { language: &self.code };
        required.map(|(part, code)| file.fault(&format!("law.{part}"), &code, TextFault::Missing)).collect()
    }
}

/// The names that a courtesy language must have. Countries, kinds of permit and the like are values: their English names
/// are understood in a list, and stand in.
fn required(law: &Law) -> Vec<(&'static str, String)> {
    fn all<'c>(part: &'static str, codes: impl IntoIterator<Item = &'c str>) -> Vec<(&'static str, String)> {
        codes.into_iter().map(|code| (part, code.to_owned())).collect()
    }
    let papers = law.codes.get(&traject_domain::law::CodeList::Papers);
    let levels = law.language_targets.values().flat_map(BTreeMap::values);
    [
        all("conditions", law.scope.keys().map(|code| code.as_str())),
        all("exemptions", law.exemptions.keys().map(|code| code.as_str())),
        all("suspensions", law.suspensions.keys().map(|code| code.as_str())),
        all("terms", law.deadlines.keys().map(|term| term.code())),
        all("breaches", law.breaches.keys().map(|breach| breach.code())),
        all("holidays", law.counting.holidays.iter().map(|holiday| holiday.code.as_str())),
        all("fields", law.fields.keys().map(|field| field.code())),
        all("papers", papers.into_iter().flat_map(BTreeMap::keys).map(|code| code.as_str())),
        all("facts", law.facts.keys().map(|code| code.as_str())),
        all("entitlements", law.entitlements.keys().map(|code| code.as_str())),
        all("levels", levels.map(|target| target.level.as_str())),
        all("regimes", law.regimes.iter().map(|regime| regime.id.as_str())),
    ]
    .concat()
}
