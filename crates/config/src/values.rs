//! Values that carry their unit or hide themselves.

use bytesize::ByteSize;
use jiff::civil::Time;
use jiff::{SignedDuration, Span, ToSpan as _};
use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;
use url::Url;

/// A length of time with its unit, such as `20s`, `5m` or `1h 30m`; not negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Period(Duration);

impl Period {
    /// The length of time.
    #[must_use]
    pub fn get(self) -> Duration {
        self.0
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let problem = "expected a length of time with its unit, such as 20s or 5m";
        let length: SignedDuration = text.parse().map_err(|_| problem.to_owned())?;
        Duration::try_from(length).map(Self).map_err(|_| problem.to_owned())
    }
}

/// A size with its unit, such as `4 MiB` or `500 kB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct ByteCount(u64);

impl ByteCount {
    /// The size in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<String> for ByteCount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let problem = "expected a size with its unit, such as 4 MiB";
        if !text.ends_with(['B', 'b']) {
            return Err(problem.to_owned());
        }
        text.parse::<ByteSize>().map(|size| Self(size.as_u64())).map_err(|_| problem.to_owned())
    }
}

/// A time of day at which what was made that day leaves, `HH:MM`, or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct CutOff(Option<Time>);

impl CutOff {
    /// The time of day in Brussels; none: at once.
    #[must_use]
    pub fn get(self) -> Option<Time> {
        self.0
    }
}

impl TryFrom<String> for CutOff {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let is_short = text.len() == 5;
        let time = Time::strptime("%H:%M", &text).ok().filter(|_| is_short);
        time.map(|time| Self(Some(time))).ok_or_else(|| "expected a time of day such as 16:00, or none".to_owned())
    }
}

/// A length of calendar time in months or days, such as `P2M` or `P30D`; not negative.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Calendar(Span);

impl Calendar {
    /// The length, of which only months or days are set.
    #[must_use]
    pub fn get(self) -> Span {
        self.0
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
    }
}

impl Eq for Calendar {}

impl TryFrom<String> for Calendar {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let span = text.strip_prefix('P').and_then(|rest| rest.split_at_checked(rest.len().checked_sub(1)?));
        let span = span.and_then(|(number, unit)| {
            let number: u16 = number.parse().ok()?;
            match unit {
                "M" => Some(i64::from(number).months()),
                "D" => Some(i64::from(number).days()),
                _ => None,
            }
        });
        span.map(Self).ok_or_else(|| "expected a length such as P2M or P30D".to_owned())
    }
}

/// Something only its user may see: it prints as stars.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being printed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The address of a database: `sqlite:PATH` or `postgres://USER@HOST/NAME`. It prints without its password and without
/// what follows a question mark.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct DatabaseUrl(Url);

impl DatabaseUrl {
    /// Whether it names a file rather than a server.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.0.scheme() == "sqlite"
    }

    /// The address as it was given, with `password` put into it when there is one.
    #[must_use]
    pub fn with_password(&self, password: Option<&Secret>) -> Secret {
        let mut url = self.0.clone();
        if let Some(password) = password {
            // Refused only for an address without a host, which has no use for a password.
            let _ = url.set_password(Some(password.expose()));
        }
        Secret::new(url.as_str())
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // The text is left out of the message: it may hold a password.
        let problem = "expected sqlite:PATH or postgres://USER@HOST/NAME";
        let url = Url::parse(&text).map_err(|_| problem.to_owned())?;
        let is_file = url.scheme() == "sqlite" && (url.has_host() || !url.path().is_empty());
        let is_server = matches!(url.scheme(), "postgres" | "postgresql") && url.has_host();
        if is_file || is_server { Ok(Self(url)) } else { Err(problem.to_owned()) }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        if shown.password().is_some() {
            let _ = shown.set_password(Some("***"));
        }
        if shown.query().is_some() {
            shown.set_query(Some("***"));
        }
        f.write_str(shown.as_str())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
