//! Dotted keys: every value of the law files has one, by which it is listed, set for a deployment, and asked about.
//!
//! `deadlines.terms.D-REGISTER.length` is the file deadlines.yaml and the path in it.

use crate::error::LawError;
use crate::policy::POLICIES;
use crate::text::LawText;
use serde_json::{Map, Value};

/// One value of the law, with what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The dotted key.
    pub key: String,
    /// The value, as it is set.
    pub value: String,
    /// What it says.
    pub meaning: &'static str,
    /// The values it takes, for an open choice; else empty.
    pub choices: &'static [&'static str],
}

/// Why a value cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not of the form `key=value`.
    #[error("POLICY_SYNTAX: write key=value, such as counting.month_rule=same_day_number")]
    Syntax,
    /// No such key.
    #[error("POLICY_UNKNOWN_KEY: {0} is not a key of the law; the open choices are {open}, and `traject law keys` lists every key", open = open())]
    UnknownKey(String),
    /// The law that would result cannot be loaded.
    #[error("POLICY_BAD_VALUE: {key} cannot be set to that{}: {}", choices(key), source.reason)]
    BadValue {
        /// Which key.
        key: String,
        /// Why not.
        source: LawError,
    },
}

fn open() -> String {
    POLICIES.iter().map(|policy| policy.key).collect::<Vec<_>>().join(", ")
}

fn choices(key: &str) -> String {
    let policy = POLICIES.iter().find(|policy| policy.key == key);
    policy.map(|policy| format!("; it takes {}", policy.choices.join(", "))).unwrap_or_default()
}

/// What the keys mean; `*` stands for a code, with its day where it is a version. The first that fits counts.
const MEANINGS: &[(&str, &str)] = &[
    ("*.provenance.sources", "the texts a value comes from, by their ids in sources.yaml"),
    ("*.provenance.confidence", "how sure the value is: verified, secondary or assumption"),
    ("*.articles.*", "the article as a letter or a reason cites it, per regime and language"),
    ("*.label.*", "the name that a reader sees, per language"),
    ("*.known_from", "the day a version was published: before it, nobody could apply it"),
    ("sources.version", "the version of the law files"),
    ("sources.sources.*", "a text that values come from: title, number in the Official Gazette, day of publication"),
    ("regimes.regimes.*.effective_from", "the first day of a body of rules"),
    ("regimes.regimes.*.effective_until", "the last day of a body of rules"),
    ("transition.rules.*.chosen_by", "the day whose law applies to this subject where a text changed"),
    ("countries.countries.*", "a country and its names"),
    ("codes.*", "a code that input is checked against, and its names"),
    ("records.*.papers", "the papers that show a column of the register extract"),
    ("records.*.quality", "how far what is recorded can be trusted: reliable or unreliable"),
    ("scope.conditions.*.when", "the test that must hold on the reference date"),
    (
        "scope.conditions.*.gives_reference_date",
        "whether a registration that fails the test cannot give the reference date",
    ),
    ("exemptions.exemptions.*.automatic", "the test on the latest check by which an exemption holds without evidence"),
    ("exemptions.exemptions.*.evidence", "the papers that show the ground of exemption"),
    ("suspensions.suspensions.*.length", "the longest single grant, from its first day"),
    ("suspensions.suspensions.*.length_with_extension", "the longest total, from the first day"),
    ("suspensions.suspensions.*.min_total", "the shortest total"),
    ("suspensions.suspensions.*.extension_for", "the sexes that may have the extension"),
    ("exemptions.exemptions.*.channels", "the doors by which the evidence may come in"),
    ("suspensions.suspensions.*.channels", "the doors by which the evidence may come in"),
    ("suspensions.suspensions.*.medical", "whether the evidence is medical: then never through an organiser"),
    ("deadlines.terms.*.length", "how long the term is"),
    ("deadlines.terms.*.actor", "who acts when the term lapses"),
    ("deadlines.terms.*.service_target", "whether the term is a target of service, not of law"),
    ("deadlines.breaches.*", "the name of a breach"),
    ("counting.roll_if", "the days of the weekend on which a last day rolls to the next working day"),
    (
        "counting.presumed_delivery_working_days",
        "the working day after posting on which a letter without receipt counts as delivered",
    ),
    ("counting.legal_holidays", "the holidays on which a last day rolls to the next working day"),
    ("counting.holidays.*", "when a holiday falls: a month and day, or days after Easter Sunday"),
    ("fines.ranges.*.min_euro", "the smallest fine, in whole euro"),
    ("fines.ranges.*.max_euro", "the largest fine, in whole euro"),
    ("fines.ranges.*.steps", "the scale of repeated fines; empty: the official enters an amount within the range"),
    ("fines.ranges.*.max_applies_to", "what the largest fine limits: per_fine, cumulative or unknown"),
    ("fines.ranges.*.hearing_required", "whether a fine needs an invitation to be heard first"),
    ("fines.ranges.*.must_weigh", "the circumstances that must have been weighed before a fine"),
    ("organisers.organisers.*.tracks", "the languages of the tracks that an organiser may offer, per regime"),
    ("organisers.organisers.*.letters", "the languages in which an organiser writes, per regime"),
    ("letters.languages.*", "the languages in which a municipality or the GGC writes"),
    ("letters.appeal_body.*", "where a decision can be appealed against, as the appeal notice names it"),
    ("channels.channels.*.legal_effect", "what a document that comes this way is worth: service or courtesy"),
    ("channels.channels.*.carries", "the documents that may travel this way; absent: every one"),
    ("channels.channels.*.needs", "what the way asks of the person: address, email, number_and_consent or presence"),
    ("channels.channels.*.addresses", "the states of an address to which paper is sent"),
    (
        "channels.channels.*.presumed_delivery_working_days",
        "the working day after posting on which a document counts as delivered, until the contrary is shown",
    ),
    ("channels.channels.*.registered", "whether the post registers it"),
    ("channels.channels.*.proof", "what shows that a document arrived: none, posting, signature or receipt"),
    ("channels.channels.*.refused_signature", "what a refused signature is worth: counts_as_received or not_received"),
    ("programme.components.*.hours", "hours of a component, by organiser"),
    ("programme.waivers.*", "the component that a waiver covers, and who decides on it"),
    ("programme.language_targets.*", "the language level to reach, by literacy and regime"),
    ("entitlements.entitlements.*.when", "the test by which a person who is not obliged may follow the programme"),
    ("*.regimes", "the bodies of rules that have the provision"),
];

impl LawText {
    /// Every value of the law with its key, by file and in the order of the file.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        for name in self.names() {
            if let (Some(stem), Some(tree)) = (stem(name), self.tree(name)) {
                leaves(stem, &tree, &mut keys);
            }
        }
        keys
    }

    /// Sets values, each written `key=value`, all at once. A key of a version that is not there yet,
    /// such as `fines.ranges.fine@2027-01-01.max_euro`, makes that version from the one in force before it, published on
    /// its first day.
    ///
    /// # Errors
    /// [`KeyError`] when a key is not known, or the law that results cannot be loaded; the texts are then unchanged.
    pub fn set(&mut self, assignments: &[String]) -> Result<(), KeyError> {
        let mut changed = self.clone();
        for assignment in assignments {
            changed.put(assignment)?;
        }
        if let Err(source) = changed.compile() {
            return Err(self.culprit(assignments, source));
        }
        *self = changed;
        Ok(())
    }

    /// Which of several assignments is the one that the law cannot be loaded with.
    fn culprit(&self, assignments: &[String], source: LawError) -> KeyError {
        let mut changed = self.clone();
        for assignment in assignments {
            let key = assignment.split('=').next().unwrap_or_default().trim();
            if let Err(error) = changed.put(assignment) {
                return error;
            }
            if let Err(source) = changed.compile() {
                return KeyError::BadValue { key: key.to_owned(), source };
            }
        }
        KeyError::BadValue { key: assignments.join(" "), source }
    }

    fn put(&mut self, assignment: &str) -> Result<(), KeyError> {
        let (key, value) = assignment.split_once('=').ok_or(KeyError::Syntax)?;
        let (key, value) = (key.trim(), value.trim());
        let unknown = || KeyError::UnknownKey(key.to_owned());
        let (stem, path) = key.split_once('.').ok_or_else(unknown)?;
        let name = format!("{stem}.yaml");
        let mut tree = self.tree(&name).ok_or_else(unknown)?;
        let path: Vec<&str> = path.split('.').collect();
        set_at(&mut tree, &path, value).ok_or_else(unknown)?;
        self.set_file(&name, format!("{tree:#}\n")).map_err(|_| unknown())
    }

    /// A file as a tree of values; JSON is YAML, so a changed tree is a file again.
    pub(crate) fn tree(&self, name: &str) -> Option<Value> {
        serde_saphyr::from_str(self.file(name)?).ok()
    }
}

/// `scope` of `scope.yaml`; none for an extension, whose values are set in its own file.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(".yaml").filter(|stem| !stem.contains('.'))
}

pub(crate) fn leaves(path: &str, value: &Value, keys: &mut Vec<Key>) {
    match value {
        // A test is one value: its parts mean nothing alone.
        Value::Object(map) if !path.ends_with(".when") && !path.ends_with(".automatic") => {
            for (name, value) in map {
                leaves(&format!("{path}.{name}"), value, keys);
            }
        }
        Value::Null => {}
        _ => {
            let policy = POLICIES.iter().find(|policy| policy.key == path);
            let (meaning, choices) = policy.map_or((meaning(path), &[][..]), |policy| (policy.meaning, policy.choices));
            keys.push(Key { key: path.to_owned(), value: spelled(value), meaning, choices });
        }
    }
}

fn meaning(path: &str) -> &'static str {
    MEANINGS.iter().find(|(pattern, _)| fits(pattern, path)).map(|(_, meaning)| *meaning).unwrap_or_default()
}

/// Whether a key fits a pattern, in which `*` stands for any text. A pattern also fits what lies below it.
fn fits(pattern: &str, path: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return path == pattern || path.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('.'));
    };
    let Some(rest) = path.strip_prefix(before) else { return false };
    after.is_empty() || rest.char_indices().any(|(at, _)| fits(after, &rest[at..]))
}

/// A value as it is written after `=`: a list of words with commas, anything else in its shortest YAML form.
fn spelled(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// Sets the value at a path; `None` when there is no such place.
fn set_at(tree: &mut Value, path: &[&str], value: &str) -> Option<()> {
    let (name, rest) = path.split_first()?;
    let map = tree.as_object_mut()?;
    if rest.is_empty() {
        let read = read(map.get(*name)?, value)?;
        map.insert((*name).to_owned(), read);
        return Some(());
    }
    if !map.contains_key(*name) {
        let made = version(map, name)?;
        map.insert((*name).to_owned(), made);
    }
    set_at(map.get_mut(*name)?, rest, value)
}

/// A new version of a provision: what was in force on the eve, published on its first day.
fn version(map: &Map<String, Value>, name: &str) -> Option<Value> {
    let (code, day) = name.split_once('@')?;
    let earlier = |key: &&String| {
        let (other, from) = key.split_once('@').unwrap_or((key, ""));
        other == code && from < day
    };
    let mut made = map.get(map.keys().filter(earlier).max()?)?.clone();
    made.as_object_mut()?.insert("known_from".to_owned(), Value::String(day.to_owned()));
    Some(made)
}

/// Reads what is written after `=` into the kind of value that stands there.
fn read(old: &Value, text: &str) -> Option<Value> {
    match old {
        Value::Array(_) if text.is_empty() => Some(Value::Array(Vec::new())),
        Value::Array(_) if !text.starts_with('[') => {
            Some(Value::Array(text.split(',').map(|item| Value::String(item.trim().to_owned())).collect()))
        }
        Value::String(_) => Some(Value::String(text.to_owned())),
        // A text that is no value of that kind is kept: loading the law says what is wrong with it.
        _ => Some(serde_saphyr::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
    }
}
