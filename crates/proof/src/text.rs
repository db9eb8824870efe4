//! Values as text: in JSON by their `Display` and `FromStr`, bytes as lower-case hexadecimal, instants in Brussels time.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ring::digest::{Context, SHA256};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt::{self, Display};
use std::str::FromStr;
use traject_domain::Date;

/// For `#[serde(with)]`: a value that is its text.
pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// The reverse of [`serialize`]. Only the text that [`serialize`] gives is read, so that a value has one.
pub(crate) fn deserialize<'de, T: Display + FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let value = text.parse::<T>().ok().filter(|value| value.to_string() == text);
    // The text itself is not repeated: it may be personal data.
    value.ok_or_else(|| D::Error::custom("a value is not of its form"))
}

/// For `#[serde(with)]`: bytes as lower-case hexadecimal.
pub(crate) mod hex {
    use data_encoding::HEXLOWER;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEXLOWER.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        HEXLOWER.decode(text.as_bytes()).map_err(|_| D::Error::custom("bytes are not lower-case hexadecimal"))
    }
}

/// A SHA-256; its text is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of these bytes, one after the other.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }
}

impl Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// A text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a SHA-256 as 64 lower-case hexadecimal digits")]
pub struct NoSha256;

impl FromStr for Sha256 {
    type Err = NoSha256;

    fn from_str(text: &str) -> Result<Self, NoSha256> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| NoSha256)?;
        bytes.try_into().map(Self).map_err(|_| NoSha256)
    }
}

impl serde::Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

fn brussels() -> TimeZone {
    TimeZone::get("Europe/Brussels").expect("the time-zone data are part of the program")
}

/// The civil day in Brussels.
pub(crate) fn brussels_day(at: Timestamp) -> Date {
    at.to_zoned_datetime(brussels()).date()
}

/// To the second, in Brussels time, with its distance from UTC.
pub(crate) fn brussels_time(at: Timestamp) -> String {
    at.to_zoned_datetime(brussels()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
}

/// A text for a terminal: what would move its cursor or change its colours is replaced.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}
