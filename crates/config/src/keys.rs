//! The keys there are, read off the schema, so that each layer is checked by itself and a stray key has an address.

use config::ValueKind;
use serde_json::Value;
use std::collections::BTreeMap;

/// What may stand at a place of the configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// A value without keys of its own.
    Leaf(Leaf),
    /// A table with these keys.
    Table(BTreeMap<String, Keys>),
    /// A list of what is inside.
    List(Box<Keys>),
}

/// What the schema says of a single value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Its JSON type, where there is only one beside `null`.
    kind: Option<String>,
    /// The texts to choose from; empty where any will do.
    pub(crate) choices: Vec<String>,
}

impl Leaf {
    fn of_schema(schema: &Value) -> Self {
        let kind = schema.get("type").and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str()));
        let alternatives = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        let choices = alternatives.filter_map(|one| Some(one.get("const")?.as_str()?.to_owned())).collect();
        Self { kind: kind.map(str::to_owned), choices }
    }

    /// A value that came as text, in its own type where the text fits it.
    fn typed(&self, text: &str) -> ValueKind {
        let typed = match self.kind.as_deref() {
            Some("integer") => text.parse().ok().map(ValueKind::I64),
            Some("boolean") => text.parse().ok().map(ValueKind::Boolean),
            _ => None,
        };
        typed.unwrap_or_else(|| ValueKind::String(text.to_owned()))
    }
}

impl Keys {
    /// Reads a schema without references; of alternatives, the keys of all.
    pub(crate) fn of_schema(schema: &Value) -> Self {
        if let Some(items) = schema.get("items") {
            return Self::List(Box::new(Self::of_schema(items)));
        }
        let mut table = BTreeMap::new();
        for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            table.insert(key.clone(), Self::of_schema(inner));
        }
        for name in ["oneOf", "anyOf", "allOf"] {
            for alternative in schema.get(name).and_then(Value::as_array).into_iter().flatten() {
                if let Self::Table(more) = Self::of_schema(alternative) {
                    table.extend(more);
                }
            }
        }
        if table.is_empty() { Self::Leaf(Leaf::of_schema(schema)) } else { Self::Table(table) }
    }

    /// The dotted keys of `value` that have no place here.
    pub(crate) fn strangers(&self, value: &toml::Value) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_strangers(value, "", &mut found);
        found
    }

    fn collect_strangers(&self, value: &toml::Value, at: &str, found: &mut Vec<String>) {
        match (self, value) {
            (Self::Table(keys), toml::Value::Table(table)) => {
                for (key, inner) in table {
                    let dotted = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    match keys.get(key) {
                        Some(known) => known.collect_strangers(inner, &dotted, found),
                        None => found.push(dotted),
                    }
                }
            }
            (Self::List(keys), toml::Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    keys.collect_strangers(item, &format!("{at}[{index}]"), found);
                }
            }
            // A value of another shape is refused when it is read into its section.
            _ => {}
        }
    }

    /// The place that a dotted key names; indices of lists are passed over.
    pub(crate) fn at(&self, dotted: &str) -> Option<&Self> {
        dotted.split('.').try_fold(self, |at, part| {
            let (name, is_item) = part.split_once('[').map_or((part, false), |(name, _)| (name, true));
            let Self::Table(keys) = at else { return None };
            match keys.get(name)? {
                Self::List(inner) if is_item => Some(inner.as_ref()),
                inner => Some(inner),
            }
        })
    }

    /// A value that came as text, as the place it is for takes it.
    pub(crate) fn typed(&self, text: &str) -> ValueKind {
        match self {
            Self::Leaf(leaf) => leaf.typed(text),
            Self::Table(_) | Self::List(_) => ValueKind::String(text.to_owned()),
        }
    }
}
