//! Provisions in versions: `D-REGISTER` from the start, `D-REGISTER@2027-01-01` from that day on.

use crate::error::LawErrorCode as E;
use crate::files::{Items, Repeals, Text};
use crate::place::{Place, Result};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::dated::{Dated, Version};
use traject_domain::partial_date::parse_date;

/// Items of one file, and what it repeals.
pub(crate) struct Sheet<'a, T> {
    pub(crate) place: Place<'a>,
    pub(crate) items: &'a Items<T>,
    pub(crate) repeals: Option<&'a Repeals>,
}

/// An item that may be a version of another.
pub(crate) trait Amends {
    /// Day of publication, as written.
    fn known_from(&self) -> Option<&Text>;
}

/// Reads the items of a file and of its extension into versions by code.
pub(crate) fn dated<T: Amends, U>(
    sheets: &[Sheet<'_, T>],
    read: impl Fn(&Place<'_>, Code, &T) -> Result<U>,
) -> Result<BTreeMap<Code, Dated<U>>> {
    let mut versions: BTreeMap<Code, Vec<Version<U>>> = BTreeMap::new();
    for Sheet { place, items, repeals } in sheets {
        for (key, text) in *items {
            let (code, from) = split(place, key, text)?;
            let known_from = known_from(place, key, from, text, text.value.known_from())?;
            let value = Some(read(place, code.clone(), &text.value)?);
            add(place, &mut versions, code, text, Version { from, known_from, value })?;
        }
        for (key, text) in repeals.iter().filter_map(|repeals| repeals.as_ref()).flatten() {
            let (code, from) = split(place, key, text)?;
            place.provenance(&text.value.provenance)?;
            if from.is_none() || !versions.contains_key(&code) {
                let reason =
                    format!("{key:?} is not a code of this file with the day of its repeal, such as E09@2027-03-05");
                return Err(place.error(E::UnknownCode, text, reason));
            }
            let known_from = Some(place.day(&text.value.known_from)?);
            add(place, &mut versions, code, text, Version { from, known_from, value: None })?;
        }
    }
    Ok(versions.into_iter().map(|(code, versions)| (code, Dated::new(versions))).collect())
}

/// The code and the first day in force.
fn split<T>(place: &Place<'_>, key: &str, near: &Spanned<T>) -> Result<(Code, Option<Date>)> {
    let Some((code, day)) = key.split_once('@') else { return Ok((Code::new(key), None)) };
    match parse_date(day) {
        Some(from) => Ok((Code::new(code), Some(from))),
        None => {
            Err(place.error(E::BadValue, near, format!("what follows @ in {key:?} is not a day written YYYY-MM-DD")))
        }
    }
}

/// A version that amends another says when it was published: before, nobody could apply it.
fn known_from<T>(
    place: &Place<'_>,
    key: &str,
    from: Option<Date>,
    near: &Spanned<T>,
    text: Option<&Text>,
) -> Result<Option<Date>> {
    match (from, text) {
        (Some(_), None) => {
            Err(place.error(E::MissingKey, near, format!("{key} needs known_from, the day of publication")))
        }
        (_, text) => text.map(|day| place.day(day)).transpose(),
    }
}

fn add<T, U>(
    place: &Place<'_>,
    versions: &mut BTreeMap<Code, Vec<Version<U>>>,
    code: Code,
    near: &Spanned<T>,
    version: Version<U>,
) -> Result<()> {
    let known = versions.entry(code.clone()).or_default();
    if known.iter().any(|other| other.from == version.from) {
        return Err(place.error(E::Duplicate, near, format!("{code} has two versions from the same day")));
    }
    known.push(version);
    Ok(())
}

macro_rules! amends {
    ($($name:ident),+ $(,)?) => {$(
        impl Amends for crate::files::$name {
            fn known_from(&self) -> Option<&Text> {
                self.known_from.as_ref()
            }
        }
    )+};
}

amends!(
    ConditionText,
    ExemptionText,
    SuspensionText,
    DeadlineText,
    FineText,
    ComponentText,
    WaiverText,
    EntitlementText
);
