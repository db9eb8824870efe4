//! The keys there are, read off the schema, so that each layer is checked by itself and a stray key has an address.

use serde_json::Value;
use std::collections::BTreeMap;

/// What may stand at a place of the configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// A value without keys of its own.
    Leaf,
    /// A table with these keys.
    Table(BTreeMap<String, Keys>),
    /// A list of what is inside.
    List(Box<Keys>),
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
        if table.is_empty() { Self::Leaf } else { Self::Table(table) }
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

    /// Whether a dotted key names a place here.
    pub(crate) fn has(&self, dotted: &str) -> bool {
        let mut at = self;
        dotted.split('.').all(|part| match at {
            Self::Table(keys) => keys.get(part).map(|inner| at = inner).is_some(),
            Self::Leaf | Self::List(_) => false,
        })
    }
}
