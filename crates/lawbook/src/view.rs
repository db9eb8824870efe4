//! The law as it stood on a day and as one could know it on another, and what differs between two views.

use crate::error::{LawError, LawErrorCode};
use crate::key::leaves;
use crate::text::LawText;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::partial_date::parse_date;

/// The values of a law at one moment, by dotted key without the days of versions.
pub type View = BTreeMap<String, String>;

/// One value that differs between two views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The dotted key.
    pub key: String,
    /// What the first has; absent: nothing.
    pub before: Option<String>,
    /// What the second has; absent: nothing.
    pub after: Option<String>,
}

impl LawText {
    /// The values in force on a day, as known on another.
    ///
    /// # Errors
    /// [`LawError`] when the law cannot be loaded.
    pub fn view(&self, on: Date, known_on: Date) -> Result<View, LawError> {
        self.compile()?;
        let mut keys = Vec::new();
        for (stem, tree) in self.merged()? {
            let Value::Object(mut file) = tree else { continue };
            let repeals = file.remove("repeals").unwrap_or_default();
            for (name, section) in &mut file {
                in_force(section, &repeals, on, known_on);
                leaves(&format!("{stem}.{name}"), section, &mut keys);
            }
        }
        Ok(keys.into_iter().map(|key| (key.key, key.value)).collect())
    }

    /// Each file by its stem, with what a site adds to it.
    fn merged(&self) -> Result<BTreeMap<String, Value>, LawError> {
        let mut merged: BTreeMap<String, Value> = BTreeMap::new();
        let (extensions, files): (Vec<&str>, Vec<&str>) = self.names().partition(|name| name.ends_with(".extend.yaml"));
        for name in files.into_iter().chain(extensions) {
            let tree = self.tree(name).ok_or_else(|| LawError::new(LawErrorCode::Syntax, name, 1, "is not YAML"))?;
            let stem = name.split('.').next().unwrap_or_default().to_owned();
            merge(merged.entry(stem).or_insert_with(|| Value::Object(Map::new())), tree);
        }
        Ok(merged)
    }
}

/// What differs between two views, by key.
pub fn differences(before: &View, after: &View) -> Vec<Difference> {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let difference = |key: &String| {
        let (before, after) = (before.get(key), after.get(key));
        (before != after).then(|| Difference { key: key.clone(), before: before.cloned(), after: after.cloned() })
    };
    keys.into_iter().filter_map(difference).collect()
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// Leaves of each provision the version in force, under its code alone.
fn in_force(section: &mut Value, repeals: &Value, on: Date, known_on: Date) {
    let Value::Object(items) = section else { return };
    let applies = |from: Option<Date>, item: &Value| {
        let known = day(item, "known_from");
        from.is_none_or(|from| from <= on) && known.is_none_or(|known| known <= known_on)
    };
    let mut kept: BTreeMap<String, (Option<Date>, Value)> = BTreeMap::new();
    for (key, item) in std::mem::take(items) {
        let (code, from) = split(&key, &item);
        let later = kept.get(&code).is_none_or(|(kept, _)| *kept <= from);
        if applies(from, &item) && later {
            kept.insert(code, (from, item));
        }
    }
    for (key, repeal) in repeals.as_object().into_iter().flatten() {
        let (code, from) = split(key, repeal);
        if applies(from, repeal) && kept.get(&code).is_some_and(|(kept, _)| *kept < from) {
            kept.remove(&code);
        }
    }
    items.extend(kept.into_iter().map(|(code, (_, item))| (code, item)));
}

/// The code of a provision and its first day; a body of rules states its first day itself.
fn split(key: &str, item: &Value) -> (String, Option<Date>) {
    match key.split_once('@') {
        Some((code, from)) => (code.to_owned(), parse_date(from)),
        None => (key.to_owned(), day(item, "effective_from")),
    }
}

fn day(item: &Value, name: &str) -> Option<Date> {
    item.get(name)?.as_str().and_then(parse_date)
}
