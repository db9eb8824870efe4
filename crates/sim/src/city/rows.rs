//! The two files of the import format, row by row.

use std::borrow::Cow;
use std::io::Write;
use traject_domain::Date;

/// Columns of registrations.csv.
pub(crate) const REGISTRATIONS: [&str; 28] = [
    "check_id",
    "insz",
    "last_name",
    "first_names",
    "birth_date",
    "sex",
    "nationality",
    "municipality_nis",
    "register",
    "registered_on",
    "permit_kind",
    "permit_ground",
    "permit_valid_from",
    "permit_valid_until",
    "lawful_stay_since",
    "family_of",
    "family_tie",
    "eu_long_term_resident_of",
    "language",
    "contact_language",
    "street",
    "house_number",
    "box",
    "postal_code",
    "city",
    "email",
    "phone",
    "checked_on",
];

/// Columns of events.csv.
pub(crate) const EVENTS: [&str; 9] =
    ["event_id", "insz", "occurred_on", "recorded_on", "agency", "type", "code", "value", "until"];

/// One row of registrations.csv: a check. Each field is the column of that name, as written; empty: unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the column of that name")]
pub struct Check {
    pub check_id: String,
    pub insz: String,
    pub last_name: String,
    pub first_names: String,
    pub birth_date: String,
    pub sex: &'static str,
    pub nationality: &'static str,
    pub municipality_nis: u16,
    pub register: &'static str,
    pub registered_on: Option<Date>,
    pub permit_kind: &'static str,
    pub permit_ground: &'static str,
    pub permit_valid_from: Option<Date>,
    pub permit_valid_until: Option<Date>,
    pub lawful_stay_since: Option<Date>,
    pub family_of: &'static str,
    pub family_tie: &'static str,
    pub eu_long_term_resident_of: &'static str,
    pub language: &'static str,
    pub contact_language: &'static str,
    pub street: &'static str,
    pub house_number: String,
    pub box_number: String,
    pub postal_code: &'static str,
    pub city: &'static str,
    pub email: String,
    pub phone: String,
    pub checked_on: Date,
}

/// One row of events.csv. Each field is the column of that name, as written; empty where it has nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the column of that name")]
pub struct Event {
    pub event_id: String,
    pub insz: String,
    pub occurred_on: Date,
    pub recorded_on: Date,
    pub agency: Cow<'static, str>,
    /// Column `type`.
    pub kind: Cow<'static, str>,
    pub code: Cow<'static, str>,
    pub value: Cow<'static, str>,
    pub until: Option<Date>,
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn day(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

impl Check {
    /// The fields in the order of the columns.
    pub(crate) fn fields(&self) -> [Cow<'_, str>; 28] {
        [
            text(&self.check_id),
            text(&self.insz),
            text(&self.last_name),
            text(&self.first_names),
            text(&self.birth_date),
            text(self.sex),
            text(self.nationality),
            self.municipality_nis.to_string().into(),
            text(self.register),
            day(self.registered_on).into(),
            text(self.permit_kind),
            text(self.permit_ground),
            day(self.permit_valid_from).into(),
            day(self.permit_valid_until).into(),
            day(self.lawful_stay_since).into(),
            text(self.family_of),
            text(self.family_tie),
            text(self.eu_long_term_resident_of),
            text(self.language),
            text(self.contact_language),
            text(self.street),
            text(&self.house_number),
            text(&self.box_number),
            text(self.postal_code),
            text(self.city),
            text(&self.email),
            text(&self.phone),
            self.checked_on.to_string().into(),
        ]
    }
}

impl Event {
    /// The fields in the order of the columns.
    pub(crate) fn fields(&self) -> [Cow<'_, str>; 9] {
        [
            text(&self.event_id),
            text(&self.insz),
            self.occurred_on.to_string().into(),
            self.recorded_on.to_string().into(),
            text(&self.agency),
            text(&self.kind),
            text(&self.code),
            text(&self.value),
            day(self.until).into(),
        ]
    }
}

/// Writes checks as registrations.csv, header first, one row at a time.
///
/// # Errors
/// When the writer fails.
pub fn write_registrations<'a>(to: impl Write, checks: impl IntoIterator<Item = &'a Check>) -> Result<(), csv::Error> {
    write(to, &REGISTRATIONS, checks.into_iter().map(Check::fields))
}

/// Writes events as events.csv, header first, one row at a time.
///
/// # Errors
/// When the writer fails.
pub fn write_events<'a>(to: impl Write, events: impl IntoIterator<Item = &'a Event>) -> Result<(), csv::Error> {
    write(to, &EVENTS, events.into_iter().map(Event::fields))
}

pub(crate) fn write<'a, const N: usize>(
    to: impl Write,
    columns: &[&str; N],
    rows: impl Iterator<Item = [Cow<'a, str>; N]>,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(columns)?;
    for fields in rows {
        writer.write_record(fields.iter().map(|field| field.as_bytes()))?;
    }
    writer.flush()?;
    Ok(())
}
