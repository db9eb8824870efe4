//! What lies in files of its own, so that a configuration can be shown to anybody.

use crate::error::{ConfigError, Place};
use crate::layers::line_of;
use crate::sections::{Config, Mail};
use crate::values::Secret;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// The least length of a static token, in characters.
const TOKEN_LENGTH_MIN: usize = 16;

/// The secrets that the files of a configuration hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The whole address of the database, with its password.
    pub database_url: Secret,
    /// Password at the mail server.
    pub mail_password: Option<Secret>,
    /// Who may call. Empty: nobody.
    pub tokens: Vec<StaticToken>,
}

/// A token that stands for one person in one role at one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticToken {
    /// What the caller sends.
    pub token: Secret,
    /// Pseudonym of the person or program.
    pub staff: String,
    /// The agency it acts for: one of this deployment.
    pub agency: String,
    /// Its role there, such as `clerk`.
    pub role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenFile {
    tokens: Vec<TokenRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRow {
    token: String,
    staff: String,
    agency: String,
    role: String,
}

impl Config {
    /// Reads the files that hold secrets.
    ///
    /// # Errors
    /// Every file that cannot be read, and every token that is not valid.
    pub fn secrets(&self) -> Result<Secrets, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let mut line = |file: Option<&Path>, key: &str| {
            let text = read(file?, key).map_err(|error| errors.push(error)).ok()?;
            Some(Secret::new(text.trim_end_matches(['\r', '\n'])))
        };
        let database_password = line(self.database.password_file.as_deref(), "database.password_file");
        let mail_password = match &self.mail {
            Mail::None => None,
            Mail::EmailSmtp(smtp) => line(smtp.password_file.as_deref(), "mail.password_file"),
        };
        let tokens = self.read_tokens().unwrap_or_else(|more| {
            errors.extend(more);
            Vec::new()
        });
        let database_url = match &self.database.url {
            Some(url) => url.with_password(database_password.as_ref()),
            None => Secret::new(format!("sqlite:{}", in_url(&self.data_dir.join("traject.db")))),
        };
        if errors.is_empty() { Ok(Secrets { database_url, mail_password, tokens }) } else { Err(errors) }
    }

    fn read_tokens(&self) -> Result<Vec<StaticToken>, Vec<ConfigError>> {
        let Some(path) = &self.tokens.file else { return Ok(Vec::new()) };
        let text = read(path, "tokens.file").map_err(|error| vec![error])?;
        let rows = toml::from_str::<TokenFile>(&text).map_err(|error| {
            // What the parser says may repeat a token, so only the line is told.
            let line = line_of(&text, error.span());
            let problem = format!("line {line} does not fit `[[tokens]]` with `token`, `staff`, `agency` and `role`");
            vec![fault(path, "tokens".to_owned(), &problem)]
        })?;
        let (mut errors, mut seen) = (Vec::new(), BTreeSet::new());
        for (index, row) in rows.tokens.iter().enumerate() {
            let mut check = |holds: bool, key: &str, problem: &str| {
                if !holds {
                    errors.push(fault(path, format!("tokens[{index}].{key}"), problem));
                }
            };
            check(row.token.chars().count() >= TOKEN_LENGTH_MIN, "token", "shorter than 16 characters");
            check(seen.insert(row.token.as_str()), "token", "listed twice");
            check(!row.staff.is_empty(), "staff", "empty");
            check(!row.role.is_empty(), "role", "empty");
            let works_here = self.agencies.iter().any(|agency| agency.code == row.agency);
            check(works_here, "agency", "no agency of this deployment");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let token = |row: TokenRow| StaticToken {
            token: Secret::new(row.token),
            staff: row.staff,
            agency: row.agency,
            role: row.role,
        };
        Ok(rows.tokens.into_iter().map(token).collect())
    }
}

fn read(path: &Path, key: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::FileUnreadable {
        path: path.to_owned(),
        key: Some(key.to_owned()),
        source,
    })
}

fn fault(path: &Path, key: String, problem: &str) -> ConfigError {
    ConfigError::InvalidValue { key, place: Place::File(path.to_owned()), problem: problem.to_owned() }
}

/// A path with the three characters escaped that would end it in an address.
fn in_url(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}
