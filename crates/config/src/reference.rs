//! The schema and the reference, both from the doc comments of the sections.

use crate::layers::DEFAULT;
use crate::sections::Config;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::fmt::Write;

/// JSON Schema (2020-12) of a configuration file, without references. A file may leave out what the defaults have, so
/// nothing is required on the way to a section.
#[must_use]
pub fn schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<Config>().to_value();
    drop_required(&mut schema);
    schema
}

/// A file is one layer of several: what it leaves out may stand in another. Lists are whole, so their items keep what
/// they require, and so do the alternatives of a tagged section, whose tag tells them apart.
fn drop_required(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("required");
    for (_, property) in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        drop_required(property);
    }
}

/// The keys with their meaning and default, as Markdown.
#[must_use]
pub fn reference() -> String {
    let schema = schema();
    let defaults: toml::Value = toml::from_str(DEFAULT).unwrap_or_else(|_| toml::Value::Table(toml::Table::new()));
    let mut out = String::from(PREAMBLE);
    let mut plain = String::new();
    for (name, section) in properties(&schema) {
        let keys = rows(section, name, defaults.get(name));
        if keys.is_empty() {
            plain.push_str(&row(name, section, defaults.get(name)));
        } else {
            let list = if section.get("items").is_some() { " (a list: `[[agencies]]`)" } else { "" };
            let _ = write!(out, "\n## `{name}`{list}\n\n{}\n\n{HEAD}{keys}", described(section));
        }
    }
    let _ = write!(out, "\n## Outside any section\n\n{HEAD}{plain}");
    out
}

const PREAMBLE: &str = "# Configuration\n\nGenerated: `cargo run -p traject-config --example reference -- --markdown`; the meanings are the doc \
    comments of `crates/config`.\n\nLayers, the later over the earlier: the embedded `config/default.toml`, the profile, \
    the site file (`--config`), the environment (`TRAJECT__SECTION__KEY`), the command line (`--set section.key=value`). \
    A key that does not exist is an error, in every layer. Secrets are files.\n";

const HEAD: &str = "| key | default | meaning |\n|---|---|---|\n";

/// One row a key, the keys of alternatives included.
fn rows(section: &Value, name: &str, defaults: Option<&toml::Value>) -> String {
    let section = section.get("items").unwrap_or(section);
    let mut out = String::new();
    for (key, property) in properties(section) {
        out.push_str(&row(&format!("{name}.{key}"), property, defaults.and_then(|table| table.get(key))));
    }
    for alternative in section.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if properties(alternative).next().is_none() {
            continue;
        }
        for (key, property) in properties(alternative) {
            match property.get("const").and_then(Value::as_str) {
                Some(kind) => {
                    let chosen = defaults.and_then(|table| table.get(key)).and_then(toml::Value::as_str) == Some(kind);
                    let default = if chosen { "default" } else { "" };
                    let _ = writeln!(out, "| `{name}.{key} = \"{kind}\"` | {default} | {} |", described(alternative));
                }
                None => out.push_str(&row(&format!("{name}.{key}"), property, None)),
            }
        }
    }
    out
}

fn row(key: &str, property: &Value, default: Option<&toml::Value>) -> String {
    let default = match default {
        Some(value) => format!("`{value}`"),
        None => property.get("default").map_or_else(String::new, |value| format!("`{value}`")),
    };
    format!("| `{key}` | {default} | {}{} |\n", described(property), choices(property))
}

/// The values to choose from, for a key that has a closed list of them.
fn choices(property: &Value) -> String {
    let alternatives = property.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let named =
        alternatives.filter_map(|alternative| Some((alternative.get("const")?.as_str()?, described(alternative))));
    let lines: Vec<String> =
        named.map(|(value, meaning)| format!("`{value}`: {}", meaning.trim_end_matches('.'))).collect();
    if lines.is_empty() { String::new() } else { format!(" {}.", lines.join("; ")) }
}

/// Properties in the order of the fields; the tag of an alternative first.
fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let all = || schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let is_tag = |(_, property): &(&String, &Value)| property.get("const").is_some();
    all().filter(is_tag).chain(all().filter(move |pair| !is_tag(pair)))
}

fn described(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
