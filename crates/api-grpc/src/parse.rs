//! Parsing requests: every fault of a request is found before it is refused.

use crate::auth::Caller;
use crate::code::Wire;
use crate::error::{Fault, invalid};
use crate::name;
use prost::Name;
use ring::digest::{Context, SHA256};
use std::borrow::Cow;
use tonic::Status;
use traject_app::ids::{DeliveryId, DossierId, FactId, WorkItemId};
use traject_app::model::Request;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::law::{CodeList, Law};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::{PartialDate, YEARS};
use traject_proto::google::r#type as google;
use uuid::Uuid;

/// The problem of a field that is empty and must not be.
pub(crate) const REQUIRED: &str = "required";
const UNKNOWN: &str = "not a value of this enumeration";
/// Characters of a note or a reason at the most.
const TEXT_MAX: usize = 2_000;

/// The fields of one request, read one after the other; faults are collected.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<Fault>);

impl Fields {
    /// Remembers what is wrong with a field.
    pub(crate) fn fault(&mut self, field: impl Into<String>, problem: impl Into<Cow<'static, str>>) {
        self.0.push(Fault::new(field, problem));
    }

    /// Takes over the faults of a message inside this one.
    pub(crate) fn inside(&mut self, outer: &str, inner: Self) {
        self.0.extend(inner.0.into_iter().map(|fault| fault.inside(outer)));
    }

    /// The value, or the fault in its place.
    pub(crate) fn take<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault)).ok()
    }

    /// What was read, when no fault was found.
    ///
    /// # Errors
    /// INVALID_ARGUMENT with every fault. A value that is absent all the same is a fault nobody recorded.
    pub(crate) fn done<T>(self, value: Option<T>, caller: &Caller) -> Result<T, Status> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(invalid(&self.0, caller.language)),
        }
    }

    fn read<T>(&mut self, field: &str, problem: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.fault(field, problem);
        }
        value
    }

    /// A text that must not be empty.
    pub(crate) fn required<'t>(&mut self, field: &str, text: &'t str) -> Option<&'t str> {
        self.read(field, REQUIRED, Some(text.trim()).filter(|text| !text.is_empty()))
    }

    /// A required text of a person: at most 2,000 characters.
    pub(crate) fn prose(&mut self, field: &str, text: &str) -> Option<String> {
        let text = self.required(field, text)?;
        self.read(field, "longer than 2000 characters", Some(text).filter(|text| text.chars().count() <= TEXT_MAX))
            .map(str::to_owned)
    }

    /// A required resource name `collection/{uuid}`.
    pub(crate) fn id(&mut self, field: &str, collection: &str, text: &str) -> Option<Uuid> {
        let text = self.required(field, text)?;
        self.read(field, "not a resource name of this collection with a UUID", name::read(collection, text))
    }

    /// A required name of a dossier.
    pub(crate) fn dossier(&mut self, field: &str, text: &str) -> Option<DossierId> {
        self.id(field, "dossiers", text).map(DossierId)
    }

    /// A required name of a decision: its dossier and its first fact.
    pub(crate) fn decision(&mut self, field: &str, text: &str) -> Option<(DossierId, FactId)> {
        let text = self.required(field, text)?;
        self.read(field, "not a name dossiers/{uuid}/decisions/{uuid}", name::read_decision(text))
    }

    /// A required name of a work item.
    pub(crate) fn work_item(&mut self, field: &str, text: &str) -> Option<WorkItemId> {
        self.id(field, "workItems", text).map(WorkItemId)
    }

    /// A required name of a delivery.
    pub(crate) fn delivery(&mut self, field: &str, text: &str) -> Option<DeliveryId> {
        self.id(field, "deliveries", text).map(DeliveryId)
    }

    /// A date, if one is given.
    pub(crate) fn date(&mut self, field: &str, date: Option<google::Date>) -> Option<Date> {
        match self.partial_date(field, date)? {
            PartialDate::Day(day) => Some(day),
            _ => self.read(field, "month and day are required", None),
        }
    }

    /// A required date.
    pub(crate) fn required_date(&mut self, field: &str, date: Option<google::Date>) -> Option<Date> {
        self.read(field, REQUIRED, date).and_then(|date| self.date(field, Some(date)))
    }

    /// A date of which month and day may be 0, if one is given.
    pub(crate) fn partial_date(&mut self, field: &str, date: Option<google::Date>) -> Option<PartialDate> {
        let date = date?;
        self.read(field, "no such day, or a year outside 1900 to 2100", partial(date))
    }

    /// A value of an enumeration, if one is given.
    pub(crate) fn value<W: Wire + TryFrom<i32>>(&mut self, field: &str, number: i32) -> Option<W::Domain>
    where
        W::Domain: Copy,
    {
        match number {
            0 => None,
            _ => self.read(field, UNKNOWN, W::try_from(number).ok().and_then(Wire::read).copied()),
        }
    }

    /// A required value of an enumeration.
    pub(crate) fn required_value<W: Wire + TryFrom<i32>>(&mut self, field: &str, number: i32) -> Option<W::Domain>
    where
        W::Domain: Copy,
    {
        match number {
            0 => self.read(field, REQUIRED, None),
            _ => self.value::<W>(field, number),
        }
    }

    /// A value of an enumeration that has no counterpart in the domain.
    pub(crate) fn plain<W: TryFrom<i32>>(&mut self, field: &str, number: i32) -> Option<W> {
        self.read(field, UNKNOWN, W::try_from(number).ok())
    }

    /// A code of one of the law's lists, if one is given.
    pub(crate) fn listed(&mut self, field: &str, law: &Law, list: CodeList, text: &str) -> Option<Code> {
        self.coded(field, text, |code| law.has_code(list, code))
    }

    /// A code that a test knows, if one is given.
    pub(crate) fn coded(&mut self, field: &str, text: &str, known: impl FnOnce(&Code) -> bool) -> Option<Code> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        self.read(field, "not a code of the law's list", Some(Code::new(text)).filter(known))
    }

    /// A required code that a test knows.
    pub(crate) fn required_code(&mut self, field: &str, text: &str, known: impl FnOnce(&Code) -> bool) -> Option<Code> {
        self.required(field, text)?;
        self.coded(field, text, known)
    }

    /// A language of contact by the shape of ISO 639-1, if one is given.
    pub(crate) fn spoken_language(&mut self, field: &str, text: &str) -> Option<Code> {
        let is_code = |code: &Code| code.as_str().len() == 2 && code.as_str().bytes().all(|b| b.is_ascii_lowercase());
        self.coded(field, text, is_code)
    }

    /// A municipality by its NIS code, if one is given.
    pub(crate) fn municipality(&mut self, field: &str, text: &str) -> Option<Municipality> {
        if text.is_empty() {
            return None;
        }
        self.read(field, "not the NIS code of one of the nineteen municipalities", Municipality::parse(text))
    }

    /// A required municipality.
    pub(crate) fn required_municipality(&mut self, field: &str, text: &str) -> Option<Municipality> {
        self.required(field, text)?;
        self.municipality(field, text)
    }

    /// A required national number.
    pub(crate) fn national_number(&mut self, field: &str, text: &str) -> Option<NationalNumber> {
        let text = self.required(field, text)?;
        self.read(field, "not eleven digits with matching check digits", NationalNumber::parse(text).ok())
    }

    /// A required organiser of the law.
    pub(crate) fn organiser(&mut self, field: &str, text: &str, law: &Law) -> Option<Code> {
        self.required_code(field, text, |code| law.organiser(code).is_some())
    }

    /// An etag, if one is given: the version the caller saw.
    pub(crate) fn etag(&mut self, text: &str) -> Option<u64> {
        if text.is_empty() {
            return None;
        }
        self.read("etag", "not an etag of this server", text.parse().ok())
    }

    /// A required etag.
    pub(crate) fn required_etag(&mut self, text: &str) -> Option<u64> {
        self.required("etag", text)?;
        self.etag(text)
    }

    /// The request id with the content it stands for; where nothing is to be done, an id is not needed.
    pub(crate) fn request(
        &mut self,
        message: &impl Name,
        id: &str,
        validate_only: bool,
        caller: &Caller,
    ) -> Option<Request> {
        if validate_only && id.is_empty() {
            return Some(request(message, Uuid::nil(), caller));
        }
        let id = self.required("request_id", id)?;
        let id = self.read("request_id", "not a UUID", name::uuid(id).filter(|id| !id.is_nil()))?;
        Some(request(message, id, caller))
    }
}

/// A request of a caller; its hash covers which call it is and all that was asked.
fn request<M: Name>(message: &M, id: Uuid, caller: &Caller) -> Request {
    let mut content = Context::new(&SHA256);
    content.update(M::full_name().as_bytes());
    content.update(&message.encode_to_vec());
    let mut hash = [0; 32];
    hash.copy_from_slice(content.finish().as_ref());
    Request { caller: caller.key(), id, hash }
}

fn partial(date: google::Date) -> Option<PartialDate> {
    let year = i16::try_from(date.year).ok().filter(|year| YEARS.contains(year))?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    match (month, day) {
        (0, 0) => Some(PartialDate::Year(year)),
        (1..=12, 0) => Some(PartialDate::Month(year, month)),
        _ => Date::new(year, month, day).ok().map(PartialDate::Day),
    }
}

/// A civil date on the wire.
pub(crate) fn wire_date(date: Date) -> google::Date {
    google::Date { year: date.year().into(), month: date.month().into(), day: date.day().into() }
}

/// An instant on the wire, from microseconds since 1970.
pub(crate) fn wire_time(micros: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// An etag on the wire.
pub(crate) fn etag(version: u64) -> String {
    version.to_string()
}

/// A text that may be absent; empty: absent.
pub(crate) fn free(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_may_be_incomplete_only_where_a_birth_date_is_meant() {
        let date = |year, month, day| Some(google::Date { year, month, day });
        let mut fields = Fields::default();
        assert_eq!(fields.partial_date("d", date(1990, 0, 0)), Some(PartialDate::Year(1990)));
        assert_eq!(fields.partial_date("d", date(1990, 5, 0)), Some(PartialDate::Month(1990, 5)));
        assert_eq!(fields.date("d", date(2024, 2, 29)), Some(jiff::civil::date(2024, 2, 29)));
        assert_eq!(fields.date("d", None), None);
        assert!(fields.0.is_empty());
        for wrong in [date(1990, 0, 0), date(2023, 2, 29), date(1899, 1, 1), date(2023, 13, 1), date(2023, -1, 1)] {
            let mut fields = Fields::default();
            assert_eq!(fields.date("d", wrong), None);
            assert_eq!(fields.0.len(), 1);
        }
        let mut fields = Fields::default();
        assert_eq!(fields.partial_date("d", date(1990, 0, 5)), None);
        assert_eq!(fields.required_date("e", None), None);
        assert_eq!(fields.0.iter().map(Fault::field).collect::<Vec<_>>(), ["d", "e"]);
    }
}
