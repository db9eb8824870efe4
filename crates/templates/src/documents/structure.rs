//! The structure of one document: which slots it has, which texts it shows in which order, and under which conditions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use traject_domain::code::Breach;
use traject_domain::delivery::Document;

use super::{TextError, TextFault};
use crate::composed::Pictogram;
use crate::slot::{self, Kind, Values};
use crate::texts::placeholders;

/// A file `document.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Structure {
    pub(crate) version: u32,
    /// Greatest number of pages of the legal text in one language.
    pub(crate) pages: usize,
    slots: Slots,
    pub(crate) pictogram: Pictogram,
    pub(crate) aid: Aid,
    pub(crate) title: Lines,
    pub(crate) subtitle: Lines,
    pub(crate) what: Lines,
    pub(crate) when: Lines,
    #[serde(rename = "where")]
    pub(crate) place: Lines,
    /// Replaces the shared line that everything is free of charge.
    #[serde(default)]
    pub(crate) price: Lines,
    pub(crate) body: Vec<Part>,
    #[serde(default)]
    pub(crate) ending: Vec<Ending>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slots {
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
    /// Required as well where the document is about this breach.
    #[serde(default)]
    not_registered: Vec<String>,
    #[serde(default)]
    not_completed: Vec<String>,
}

/// What the reading aid shows beside its picture and the title.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aid {
    /// The first whose slot is filled and whose conditions hold is the great date.
    day: Vec<Day>,
    /// Replaces what the letter itself says is to be done.
    #[serde(default)]
    pub(crate) what: Lines,
    /// What it needs beside the date: where to come, what to pay.
    #[serde(default)]
    rows: Vec<Row>,
}

/// A date or a length of time with what it stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Day {
    pub(crate) kind: DayKind,
    /// None for now.
    pub(crate) slot: Option<String>,
    #[serde(default, rename = "if")]
    conditions: Conditions,
}

/// How a person must take the great date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DayKind {
    /// At the latest on that day.
    By,
    /// On that day, no other.
    On,
    /// Up to that day and on it.
    Until,
    /// In that length of time.
    Within,
    /// Without delay, and without a date.
    Now,
}

impl DayKind {
    /// Whether a slot of this type, or none, goes with it.
    fn takes(self, slot: Option<Kind>) -> bool {
        match self {
            Self::By | Self::On | Self::Until => slot == Some(Kind::Date),
            Self::Within => slot == Some(Kind::Length),
            Self::Now => slot.is_none(),
        }
    }
}

impl Aid {
    /// The great date; none where the document has none.
    pub(crate) fn day(&self, known: Known) -> Option<&Day> {
        let is_filled =
            |day: &&Day| known.holds(&day.conditions) && day.slot.as_deref().is_none_or(|slot| known.fills(slot));
        self.day.iter().find(is_filled)
    }

    pub(crate) fn rows(&self, known: Known) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| known.holds(&row.conditions))
    }
}

/// The texts of one place. Those whose conditions hold stand one after the other.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    #[default]
    None,
    /// One text, always.
    Key(String),
    /// Several, each under its conditions.
    All(Vec<Line>),
}

/// A text by its key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    text: String,
    #[serde(default, rename = "if")]
    conditions: Conditions,
}

/// All of them must hold: the name of a slot says that it is filled, the code of a breach in lower case that the document
/// is about it; after an exclamation mark, the opposite.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Conditions(Vec<String>);

/// A part of the body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) kind: PartKind,
    /// `<key>_heading` is its heading and, unless `text` says otherwise, `<key>` its text.
    pub(crate) key: Option<String>,
    #[serde(default)]
    text: Lines,
    #[serde(default)]
    pub(crate) rows: Vec<Row>,
    #[serde(default, rename = "if")]
    conditions: Conditions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartKind {
    Section,
    Appeal,
    Table,
    Offers,
    LegalGround,
    /// The person and the organiser sign.
    Signatures,
}

/// A row of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// A slot.
    pub(crate) value: String,
    #[serde(default, rename = "if")]
    conditions: Conditions,
}

/// What stands under the body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    pub(crate) kind: EndingKind,
    #[serde(default, rename = "if")]
    conditions: Conditions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EndingKind {
    /// Closing phrase and signature of the administration.
    Closing,
    /// A receipt for the person to sign: keys `receipt_heading` and `receipt`.
    Receipt,
}

/// Which slots are filled, and which breach it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known(u64);

const BREACH_BIT: usize = 60;

const fn breach_bit(breach: Breach) -> u64 {
    match breach {
        Breach::NotRegistered => 1 << BREACH_BIT,
        Breach::NotCompleted => 1 << (BREACH_BIT + 1),
    }
}

/// The bit of a slot, or of a breach by its code in lower case.
fn bit(name: &str) -> Option<u64> {
    let of_breach = |breach: &&Breach| breach.code().eq_ignore_ascii_case(name);
    match Breach::ALL.iter().find(of_breach) {
        Some(breach) => Some(breach_bit(*breach)),
        None => slot::find(name).map(|(index, ..)| 1 << index),
    }
}

impl Known {
    pub(crate) fn of(values: &Values, breach: Option<Breach>) -> Self {
        let filled = values.names().into_iter().filter_map(bit).fold(0, |all, bit| all | bit);
        Self(filled | breach.map_or(0, breach_bit))
    }

    fn fills(self, slot: &str) -> bool {
        bit(slot).is_some_and(|bit| self.0 & bit != 0)
    }

    fn holds(self, conditions: &Conditions) -> bool {
        conditions.0.iter().all(|condition| match condition.strip_prefix('!') {
            Some(name) => bit(name).is_some_and(|bit| self.0 & bit == 0),
            None => bit(condition).is_some_and(|bit| self.0 & bit != 0),
        })
    }
}

impl Lines {
    /// The keys of the texts whose conditions hold.
    pub(crate) fn keys(&self, known: Known) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Key(key) => vec![key],
            Self::All(lines) => {
                lines.iter().filter(|line| known.holds(&line.conditions)).map(|line| line.text.as_str()).collect()
            }
        }
    }

    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    fn all(&self) -> (Vec<&str>, Vec<&Conditions>) {
        match self {
            Self::None => (Vec::new(), Vec::new()),
            Self::Key(key) => (vec![key], Vec::new()),
            Self::All(lines) => lines.iter().map(|line| (line.text.as_str(), &line.conditions)).unzip(),
        }
    }
}

impl Part {
    pub(crate) fn heading(&self) -> Option<String> {
        self.key.as_ref().map(|key| format!("{key}_heading"))
    }

    /// The keys of its texts.
    pub(crate) fn text_keys(&self, known: Known) -> Vec<&str> {
        match (&self.text, &self.key) {
            (Lines::None, Some(key)) if self.has_text() => vec![key],
            (lines, _) => lines.keys(known),
        }
    }

    const fn has_text(&self) -> bool {
        matches!(self.kind, PartKind::Section | PartKind::Appeal | PartKind::Signatures)
    }
}

impl Structure {
    pub(crate) fn parts(&self, known: Known) -> impl Iterator<Item = &Part> {
        self.body.iter().filter(move |part| known.holds(&part.conditions))
    }

    pub(crate) fn ends_with(&self, kind: EndingKind, known: Known) -> bool {
        self.ending.iter().any(|ending| ending.kind == kind && known.holds(&ending.conditions))
    }

    pub(crate) fn rows(part: &Part, known: Known) -> impl Iterator<Item = &Row> {
        part.rows.iter().filter(move |row| known.holds(&row.conditions))
    }

    /// The slots that must be filled.
    pub(crate) fn required(&self, breach: Option<Breach>) -> impl Iterator<Item = &str> {
        let own = match breach {
            Some(Breach::NotRegistered) => self.slots.not_registered.as_slice(),
            Some(Breach::NotCompleted) => self.slots.not_completed.as_slice(),
            None => &[],
        };
        self.slots.required.iter().chain(own).map(String::as_str)
    }

    pub(crate) fn optional(&self) -> impl Iterator<Item = &str> {
        self.slots.optional.iter().map(String::as_str)
    }

    /// Every key of a text that it may show.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for lines in self.places().chain([&self.price, &self.aid.what]).chain(self.body.iter().map(|part| &part.text)) {
            keys.extend(lines.all().0.into_iter().map(str::to_owned));
        }
        for part in &self.body {
            keys.extend(part.heading());
            keys.extend(part.key.clone().filter(|_| part.has_text() && part.text.is_none()));
            keys.extend(part.rows.iter().map(|row| row.label.clone()));
        }
        keys.extend(self.aid.rows.iter().map(|row| row.label.clone()));
        if self.ending.iter().any(|ending| ending.kind == EndingKind::Receipt) {
            keys.extend(["receipt_heading", "receipt"].map(str::to_owned));
        }
        keys
    }

    /// The places of the first block, none of which may be empty.
    fn places(&self) -> impl Iterator<Item = &Lines> {
        [&self.title, &self.subtitle, &self.what, &self.when, &self.place].into_iter()
    }

    fn conditions(&self) -> impl Iterator<Item = &Conditions> {
        let lines = self.places().chain([&self.price, &self.aid.what]).chain(self.body.iter().map(|part| &part.text));
        let parts =
            self.body.iter().flat_map(|part| part.rows.iter().map(|row| &row.conditions).chain([&part.conditions]));
        let aid = self.aid.day.iter().map(|day| &day.conditions).chain(self.aid.rows.iter().map(|row| &row.conditions));
        lines
            .flat_map(|lines| lines.all().1)
            .chain(parts)
            .chain(aid)
            .chain(self.ending.iter().map(|ending| &ending.conditions))
    }

    /// Checks that every name is known, and that whatever optional slots are filled, nothing is empty and nothing shows a
    /// slot that is not filled.
    pub(super) fn check(&self, document: Document, texts: &BTreeMap<String, String>) -> Result<(), TextError> {
        let fault = |key: &str, fault| {
            Err(TextError::Text {
                file: format!("documents/{}/document.yaml", document.code()),
                key: key.to_owned(),
                fault,
            })
        };
        self.check_names().or_else(|(name, what)| fault(&name, what))?;
        let breaches: Vec<Option<Breach>> = match document.concerns_breach() {
            true => Breach::ALL.iter().copied().map(Some).collect(),
            false => vec![None],
        };
        let held: BTreeMap<&str, Vec<&str>> =
            texts.iter().map(|(key, text)| (key.as_str(), placeholders(text))).collect();
        for breach in breaches {
            for known in self.states(breach) {
                self.check_in(known, &held).or_else(|(key, what)| fault(&key, what))?;
            }
        }
        Ok(())
    }

    /// Every slot that is named is declared, and the reading aid takes each for what it is.
    fn check_names(&self) -> Result<(), (String, TextFault)> {
        let Slots { required, optional, not_registered, not_completed } = &self.slots;
        let slots: Vec<&String> = [required, optional, not_registered, not_completed].into_iter().flatten().collect();
        let rows = self.body.iter().flat_map(|part| &part.rows).chain(&self.aid.rows);
        let days = self.aid.day.iter().filter_map(|day| day.slot.as_ref());
        let mut named = slots.iter().copied().chain(days).chain(rows.map(|row| &row.value));
        if let Some(name) = named.find(|name| slot::find(name).is_none() || !slots.contains(name)) {
            return Err((name.clone(), TextFault::UnknownSlot));
        }
        for condition in self.conditions().flat_map(|conditions| &conditions.0) {
            let name = condition.strip_prefix('!').unwrap_or(condition);
            let is_breach = Breach::ALL.iter().any(|breach| breach.code().eq_ignore_ascii_case(name));
            if !is_breach && !slots.iter().any(|slot| *slot == name) {
                return Err((name.to_owned(), TextFault::UnknownSlot));
            }
        }
        let kind = |day: &Day| day.slot.as_deref().and_then(slot::find).map(|(.., kind)| kind);
        match self.aid.day.iter().find(|day| !day.kind.takes(kind(day))) {
            Some(day) => Err((day.slot.clone().unwrap_or_else(|| "aid".to_owned()), TextFault::SlotType)),
            None => Ok(()),
        }
    }

    /// Every combination of filled optional slots.
    fn states(&self, breach: Option<Breach>) -> impl Iterator<Item = Known> {
        let fixed = self.required(breach).filter_map(bit).fold(breach.map_or(0, breach_bit), |all, bit| all | bit);
        let optional: Vec<u64> = self.optional().filter_map(bit).collect();
        (0..1_u64 << optional.len()).map(move |choice| {
            let chosen = optional.iter().enumerate().filter(|(index, _)| choice & (1 << index) != 0);
            Known(chosen.fold(fixed, |all, (_, bit)| all | bit))
        })
    }

    /// One state: nothing empty, and no text that asks for what is not there.
    fn check_in(&self, known: Known, held: &BTreeMap<&str, Vec<&str>>) -> Result<(), (String, TextFault)> {
        let filled = |key: &str| {
            let names = held.get(key).map(Vec::as_slice).unwrap_or_default();
            let lacks = names.iter().any(|name| bit(name).is_none_or(|bit| known.0 & bit == 0));
            if lacks { Err((key.to_owned(), TextFault::MayBeUnfilled)) } else { Ok(()) }
        };
        let names = ["title", "subtitle", "what", "when", "where"];
        for (name, lines) in names.into_iter().zip(self.places()) {
            let keys = lines.keys(known);
            if keys.is_empty() {
                return Err((name.to_owned(), TextFault::MayBeEmpty));
            }
            // The title also names the document where its values are not at hand: in the mail with a copy.
            if name == "title" && keys.iter().any(|key| held.get(key).is_some_and(|names| !names.is_empty())) {
                return Err((name.to_owned(), TextFault::Placeholders));
            }
            keys.into_iter().try_for_each(filled)?;
        }
        let unplaced = self.price.keys(known).into_iter().chain(self.aid.what.keys(known));
        unplaced.into_iter().try_for_each(filled)?;
        if let Some(row) = self.aid.rows(known).find(|row| !known.fills(&row.value)) {
            return Err((row.label.clone(), TextFault::MayBeUnfilled));
        }
        if !self.aid.what.is_none() && self.aid.what.keys(known).is_empty() {
            return Err(("aid".to_owned(), TextFault::MayBeEmpty));
        }
        for part in self.parts(known) {
            let name = part.key.as_deref().unwrap_or("body");
            part.text_keys(known).into_iter().try_for_each(filled)?;
            if let Some(row) = Self::rows(part, known).find(|row| bit(&row.value).is_none_or(|bit| known.0 & bit == 0))
            {
                return Err((row.label.clone(), TextFault::MayBeUnfilled));
            }
            let is_empty = match part.kind {
                PartKind::Section | PartKind::Appeal | PartKind::Signatures => {
                    part.key.is_none() || part.text_keys(known).is_empty()
                }
                PartKind::Table => part.key.is_none() || Self::rows(part, known).next().is_none(),
                PartKind::Offers => bit("offers").is_none_or(|bit| known.0 & bit == 0),
                PartKind::LegalGround => bit("legal_ground").is_none_or(|bit| known.0 & bit == 0),
            };
            if is_empty {
                return Err((name.to_owned(), TextFault::MayBeEmpty));
            }
        }
        Ok(())
    }
}
