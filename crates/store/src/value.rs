//! Values as columns: instants as integer microseconds, civil dates as dates, closed sets as codes.

use crate::error::Corrupt;
use jiff::Timestamp;
use sea_orm::DeriveValueType;
use traject_app::model::{Channel, DeliveryState, Document, LegalStep, WorkKind};
use traject_domain::Date;
use traject_domain::code::Breach;

/// Microseconds since 1970-01-01T00:00Z.
///
/// Never a date-time column: SQLite keeps those as text whose order is not that of time, PostgreSQL drops nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveValueType)]
pub struct Micros(pub i64);

impl From<Timestamp> for Micros {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// An instant from a column.
pub(crate) fn to_instant(at: Micros) -> Result<Timestamp, Corrupt> {
    Timestamp::from_microsecond(at.0).map_err(|_| Corrupt("instant"))
}

/// An instant as it will be read back.
pub(crate) fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).expect("fewer digits of a timestamp are a timestamp")
}

/// A civil date as the driver's type.
pub(crate) fn to_time(date: Date) -> time::Date {
    let month = u8::try_from(date.month()).ok().and_then(|month| time::Month::try_from(month).ok());
    let month = month.expect("months are 1 to 12");
    let day = u8::try_from(date.day()).expect("days are 1 to 31");
    time::Date::from_calendar_date(i32::from(date.year()), month, day).expect("both count years from -9999 to 9999")
}

/// The driver's date as a civil date.
pub(crate) fn to_civil(date: time::Date) -> Result<Date, Corrupt> {
    let year = i16::try_from(date.year()).map_err(|_| Corrupt("date"))?;
    let month = i8::try_from(u8::from(date.month())).map_err(|_| Corrupt("date"))?;
    let day = i8::try_from(date.day()).map_err(|_| Corrupt("date"))?;
    Date::new(year, month, day).map_err(|_| Corrupt("date"))
}

/// A count or position as a column.
pub(crate) fn to_i64(number: u64) -> i64 {
    i64::try_from(number).expect("counts and positions stay below 2^63")
}

/// A count or position from a column.
pub(crate) fn to_u64(number: i64) -> Result<u64, Corrupt> {
    u64::try_from(number).map_err(|_| Corrupt("count"))
}

/// A hash from a column.
pub(crate) fn to_hash(bytes: &[u8]) -> Result<[u8; 32], Corrupt> {
    bytes.try_into().map_err(|_| Corrupt("hash"))
}

/// A closed set with one code per value, both ways.
macro_rules! column_codes {
    ($type:ty, $to:ident, $from:ident, $all:ident, $what:literal, { $($value:pat => $text:literal => $expr:expr),+ $(,)? }) => {
        /// Every value.
        pub(crate) const $all: &[$type] = &[$($expr),+];

        pub(crate) const fn $to(value: $type) -> &'static str {
            match value { $($value => $text),+ }
        }

        pub(crate) fn $from(text: &str) -> Result<$type, Corrupt> {
            match text { $($text => Ok($expr),)+ _ => Err(Corrupt($what)) }
        }
    };
}

use Breach::{NotCompleted, NotRegistered};

/// A step as its column holds it: the document's code, with the breach behind a slash where it is about one.
pub(crate) fn step_code(step: LegalStep) -> String {
    let document = step.document();
    step.breach().map_or_else(|| document.to_string(), |breach| format!("{document}/{breach}"))
}

pub(crate) fn step(text: &str) -> Result<LegalStep, Corrupt> {
    let (document, breach) = match text.split_once('/') {
        Some((document, breach)) => (document, Some(Breach::from_code(breach).ok_or(Corrupt("step"))?)),
        None => (text, None),
    };
    let document = Document::from_code(document).ok_or(Corrupt("step"))?;
    LegalStep::new(document, breach).ok_or(Corrupt("step"))
}

pub(crate) fn channel(text: &str) -> Result<Channel, Corrupt> {
    Channel::from_code(text).ok_or(Corrupt("channel"))
}

pub(crate) fn state(text: &str) -> Result<DeliveryState, Corrupt> {
    DeliveryState::from_code(text).ok_or(Corrupt("delivery state"))
}

column_codes!(WorkKind, work_code, work, WORK_KINDS, "work kind", {
    WorkKind::Inform => "inform" => WorkKind::Inform,
    WorkKind::ReleaseNotice(NotRegistered) => "release-notice/NOT_REGISTERED" => WorkKind::ReleaseNotice(NotRegistered),
    WorkKind::ReleaseNotice(NotCompleted) => "release-notice/NOT_COMPLETED" => WorkKind::ReleaseNotice(NotCompleted),
    WorkKind::ReleaseTransfer(NotRegistered) => "release-transfer/NOT_REGISTERED" => WorkKind::ReleaseTransfer(NotRegistered),
    WorkKind::ReleaseTransfer(NotCompleted) => "release-transfer/NOT_COMPLETED" => WorkKind::ReleaseTransfer(NotCompleted),
    WorkKind::WithdrawNotice(NotRegistered) => "withdraw-notice/NOT_REGISTERED" => WorkKind::WithdrawNotice(NotRegistered),
    WorkKind::WithdrawNotice(NotCompleted) => "withdraw-notice/NOT_COMPLETED" => WorkKind::WithdrawNotice(NotCompleted),
    WorkKind::ExemptionEnds => "exemption-ends" => WorkKind::ExemptionEnds,
    WorkKind::DecideRequest => "decide-request" => WorkKind::DecideRequest,
    WorkKind::InviteToHearing(NotRegistered) => "invite-to-hearing/NOT_REGISTERED" => WorkKind::InviteToHearing(NotRegistered),
    WorkKind::InviteToHearing(NotCompleted) => "invite-to-hearing/NOT_COMPLETED" => WorkKind::InviteToHearing(NotCompleted),
    WorkKind::DecideFine(NotRegistered) => "decide-fine/NOT_REGISTERED" => WorkKind::DecideFine(NotRegistered),
    WorkKind::DecideFine(NotCompleted) => "decide-fine/NOT_COMPLETED" => WorkKind::DecideFine(NotCompleted),
    WorkKind::RemindPayment(NotRegistered) => "remind-payment/NOT_REGISTERED" => WorkKind::RemindPayment(NotRegistered),
    WorkKind::RemindPayment(NotCompleted) => "remind-payment/NOT_COMPLETED" => WorkKind::RemindPayment(NotCompleted),
    WorkKind::ReviewFine(NotRegistered) => "review-fine/NOT_REGISTERED" => WorkKind::ReviewFine(NotRegistered),
    WorkKind::ReviewFine(NotCompleted) => "review-fine/NOT_COMPLETED" => WorkKind::ReviewFine(NotCompleted),
    WorkKind::Undecided => "undecided" => WorkKind::Undecided,
    WorkKind::Review => "review" => WorkKind::Review,
    WorkKind::UncoveredName => "uncovered-name" => WorkKind::UncoveredName,
    WorkKind::DeliveryInDoubt => "delivery-in-doubt" => WorkKind::DeliveryInDoubt,
    WorkKind::DeliveryFailed => "delivery-failed" => WorkKind::DeliveryFailed,
    WorkKind::AddressCheck => "address-check" => WorkKind::AddressCheck,
    WorkKind::DecisionChanged => "decision-changed" => WorkKind::DecisionChanged,
});
