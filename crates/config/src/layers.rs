//! From sources to sections: reads the layers, checks each by itself, merges them, reads the sections.

use crate::error::{ConfigError, Place};
use crate::keys::Keys;
use crate::reference::schema;
use crate::sections::{Agency, Config};
use config::{File, FileFormat};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::PathBuf;

/// The defaults, as they lie in the repository.
pub(crate) const DEFAULT: &str = include_str!("../../../config/default.toml");

/// Before the section and between section and key.
const PREFIX: &str = "TRAJECT__";

/// A profile: the defaults of one kind of deployment.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name, such as `bon`.
    pub name: String,
    /// Its text, TOML.
    pub text: String,
}

/// What a configuration is made from, beside the embedded defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The profile, if the build has one.
    pub profile: Option<Profile>,
    /// The site file, named by `--config`.
    pub site_file: Option<PathBuf>,
    /// Environment variables; those that do not begin with `TRAJECT__` are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// `section.key=value`, each from a `--set` on the command line.
    pub overrides: Vec<String>,
}

impl Sources {
    /// The sources of this process: its environment, and what its command line names.
    #[must_use]
    pub fn of_process(site_file: Option<PathBuf>, overrides: Vec<String>) -> Self {
        Self { profile: None, site_file, environment: std::env::vars_os().collect(), overrides }
    }
}

/// Makes a configuration or says everything that is wrong with it. Reads the site file and the files that hold secrets;
/// opens no socket and no database.
///
/// # Errors
/// Every fault found: unreadable files and unknown keys of all layers; if there are none, one invalid value a section.
pub fn check(sources: &Sources) -> Result<Config, Vec<ConfigError>> {
    let layers = Layers::read(sources)?;
    let config = layers.sections()?;
    let mut errors = layers.invalid_sections(&config);
    if let Err(unreadable) = config.secrets() {
        errors.extend(unreadable);
    }
    if errors.is_empty() { Ok(config) } else { Err(errors) }
}

/// The layers, from the lowest to the highest.
struct Layers {
    keys: Keys,
    files: Vec<(Place, String, toml::Value)>,
    single: Vec<(Place, String, String)>,
}

impl Layers {
    fn read(sources: &Sources) -> Result<Self, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let mut texts = vec![(Place::Default, DEFAULT.to_owned())];
        texts
            .extend(sources.profile.iter().map(|profile| (Place::Profile(profile.name.clone()), profile.text.clone())));
        if let Some(path) = &sources.site_file {
            match std::fs::read_to_string(path) {
                Ok(text) => texts.push((Place::File(path.clone()), text)),
                Err(source) => errors.push(ConfigError::FileUnreadable { path: path.clone(), key: None, source }),
            }
        }
        let mut layers = Self { keys: Keys::of_schema(&schema()), files: Vec::new(), single: Vec::new() };
        for (place, text) in texts {
            match parse(&text, &place) {
                Ok(value) => {
                    errors.extend(layers.keys.strangers(&value).into_iter().map(|key| unknown(key, &place)));
                    layers.files.push((place, text, value));
                }
                Err(error) => errors.push(error),
            }
        }
        layers.read_environment(sources, &mut errors);
        layers.read_overrides(sources, &mut errors);
        if errors.is_empty() { Ok(layers) } else { Err(errors) }
    }

    fn read_environment(&mut self, sources: &Sources, errors: &mut Vec<ConfigError>) {
        let mut variables: Vec<_> =
            sources.environment.iter().filter_map(|(name, value)| Some((name.to_str()?, value))).collect();
        variables.sort_unstable();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let (key, place) = (rest.to_lowercase().replace("__", "."), Place::Environment(name.to_owned()));
            match value.to_str() {
                _ if self.keys.at(&key).is_none() => errors.push(unknown(key, &place)),
                Some(value) => self.single.push((place, key, value.to_owned())),
                None => errors.push(invalid(key, place, "the value is not UTF-8")),
            }
        }
    }

    fn read_overrides(&mut self, sources: &Sources, errors: &mut Vec<ConfigError>) {
        for text in &sources.overrides {
            match text.split_once('=') {
                Some((key, _)) if self.keys.at(key).is_none() => errors.push(unknown(key.to_owned(), &Place::Flag)),
                Some((key, value)) => self.single.push((Place::Flag, key.to_owned(), value.to_owned())),
                None => errors.push(invalid(text.clone(), Place::Flag, "expected section.key=value")),
            }
        }
    }

    /// The sections from all layers together.
    fn sections(&self) -> Result<Config, Vec<ConfigError>> {
        let merged = self.merge().map_err(|error| vec![invalid("*".to_owned(), Place::Default, plain(&error))])?;
        let mut reader = Reader { layers: self, merged, errors: Vec::new() };
        let config = (
            reader.section("data_dir"),
            reader.section("server"),
            reader.section("database"),
            reader.section("law"),
            reader.section("tokens"),
            reader.section("mail"),
            reader.section("ebox"),
            reader.section("mailings"),
            reader.section("letters"),
            reader.section("pages"),
            reader.section("signing"),
            reader.section("payment"),
            reader.section("work"),
            reader.section("log"),
            reader.section("agencies"),
        );
        match config {
            (
                Some(data_dir),
                Some(server),
                Some(database),
                Some(law),
                Some(tokens),
                Some(mail),
                Some(ebox),
                Some(mailings),
                Some(letters),
                Some(pages),
                Some(signing),
                Some(payment),
                Some(work),
                Some(log),
                Some(agencies),
            ) if reader.errors.is_empty() => Ok(Config {
                data_dir,
                server,
                database,
                law,
                tokens,
                mail,
                ebox,
                mailings,
                letters,
                pages,
                signing,
                payment,
                work,
                log,
                agencies,
            }),
            _ => Err(reader.errors),
        }
    }

    fn merge(&self) -> Result<config::Config, config::ConfigError> {
        let mut builder = config::Config::builder();
        for (_, text, _) in &self.files {
            builder = builder.add_source(File::from_str(text, FileFormat::Toml));
        }
        for (_, key, value) in &self.single {
            let value = self.keys.at(key).unwrap_or(&self.keys).typed(value);
            builder = builder.set_override(key, value)?;
        }
        builder.build()
    }

    /// The highest layer that sets this key, a key below it or the table above it.
    pub(crate) fn place(&self, key: &str) -> Place {
        let single = self.single.iter().rev().find(|(_, set, _)| is_at_or_below(set, key) || is_at_or_below(key, set));
        if let Some((place, ..)) = single {
            return place.clone();
        }
        let sets = |value: &toml::Value| {
            let mut at = value;
            plain_key(key).split('.').all(|part| at.get(part).map(|inner| at = inner).is_some())
        };
        let file = self.files.iter().rev().find(|(.., value)| sets(value));
        let section = key.split(['.', '[']).next().unwrap_or(key);
        let file = file.or_else(|| self.files.iter().rev().find(|(.., value)| value.get(section).is_some()));
        file.map_or(Place::Default, |(place, ..)| place.clone())
    }

    /// Pages are reached through what stands before them, under an address that letters carry.
    fn invalid_pages(&self, config: &Config) -> Option<ConfigError> {
        let address = config.pages.listen?;
        if !address.ip().is_loopback() {
            return Some(ConfigError::ListenNotLoopback { address, place: self.place("pages.listen") });
        }
        let needed = |is_there: bool, key: &str| {
            (!is_there).then(|| invalid(key.to_owned(), self.place("pages.listen"), "needed with `pages.listen`"))
        };
        needed(config.pages.base_url.is_some(), "pages.base_url")
            .or_else(|| needed(config.signing.key_file.is_some(), "signing.key_file"))
    }

    /// A service is asked by somebody, who shows a token.
    fn invalid_ebox(&self, config: &Config) -> Option<ConfigError> {
        let ebox = &config.ebox;
        ebox.base_url.as_ref()?;
        let needed = |is_there: bool, key: &str| {
            (!is_there).then(|| invalid(key.to_owned(), self.place("ebox.base_url"), "needed with `ebox.base_url`"))
        };
        needed(ebox.token_file.is_some(), "ebox.token_file")
            .or_else(|| needed(ebox.sender_organisation.is_some(), "ebox.sender_organisation"))
    }

    /// Faults that no single type can hold.
    fn invalid_sections(&self, config: &Config) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        let address = config.server.listen;
        if !address.ip().is_loopback() {
            errors.push(ConfigError::ListenNotLoopback { address, place: self.place("server.listen") });
        }
        errors.extend(self.invalid_pages(config));
        errors.extend(self.invalid_ebox(config));
        if config.agencies.is_empty() {
            errors.push(invalid("agencies".to_owned(), self.place("agencies"), "no agency works here"));
        }
        let mut seen = BTreeSet::new();
        for (index, Agency { code, .. }) in config.agencies.iter().enumerate() {
            if code.is_empty() || !seen.insert(code) {
                let key = format!("agencies[{index}].code");
                errors.push(invalid(key, self.place("agencies"), "empty, or listed twice"));
            }
        }
        if config.database.password_file.is_some() && config.database.url.as_ref().is_none_or(|url| url.is_sqlite()) {
            let key = "database.password_file";
            errors.push(invalid(key.to_owned(), self.place(key), "an SQLite file takes no password"));
        }
        errors
    }
}

/// Reads sections one by one, so that each can report its fault.
struct Reader<'a> {
    layers: &'a Layers,
    merged: config::Config,
    errors: Vec<ConfigError>,
}

impl Reader<'_> {
    fn section<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value: config::Value = self.merged.get(name).map_err(|error| self.fault(name, &error)).ok()?;
        serde_path_to_error::deserialize(value)
            .map_err(|error| {
                let path = error.path().to_string();
                let key = if path == "." { name.to_owned() } else { format!("{name}.{path}") };
                self.fault(&key.replace(".[", "["), error.inner());
            })
            .ok()
    }

    fn fault(&mut self, key: &str, error: &config::ConfigError) {
        let problem = match self.layers.keys.at(key) {
            Some(Keys::Leaf(leaf)) if !leaf.choices.is_empty() => {
                format!("expected one of {}", leaf.choices.join(", "))
            }
            _ => plain(error),
        };
        self.errors.push(invalid(key.to_owned(), self.layers.place(key), problem));
    }
}

fn parse(text: &str, place: &Place) -> Result<toml::Value, ConfigError> {
    toml::from_str::<toml::Table>(text).map(toml::Value::Table).map_err(|error| {
        let line = line_of(text, error.span());
        ConfigError::NotToml { place: place.clone(), line, problem: error.message().to_owned() }
    })
}

/// The line, from 1, on which a span starts.
pub(crate) fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start.min(text.len()));
    text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// What the library says, without the names it has for sources and keys: those are said by the error around it.
fn plain(error: &config::ConfigError) -> String {
    match error {
        config::ConfigError::At { error, .. } => plain(error),
        config::ConfigError::Type { unexpected, expected, .. } => format!("found {unexpected}, expected {expected}"),
        config::ConfigError::NotFound(key) => format!("`{key}` is missing"),
        other => other.to_string(),
    }
}

fn unknown(key: String, place: &Place) -> ConfigError {
    ConfigError::UnknownKey { key, place: place.clone() }
}

fn invalid(key: String, place: Place, problem: impl Into<String>) -> ConfigError {
    ConfigError::InvalidValue { key, place, problem: problem.into() }
}

/// The key up to its first list.
fn plain_key(key: &str) -> &str {
    key.split('[').next().unwrap_or(key)
}

/// Whether `key` is `above` or lies in its table.
fn is_at_or_below(key: &str, above: &str) -> bool {
    key.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
