//! From bytes to a fact, as far as its parts are there.

use crate::{MEDICAL_FAMILY, Part, PartClass, READER, step, wire};
use jiff::civil::Time;
use prost::Message as _;
use traject_app::ids::FactId;
use traject_app::model::{Actor, Identity};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{
    AppealOutcome, Asked, Destination, Fact, FactKind, FactRef, Hearing, InformationItem, NumberKey, ReturnReason,
};
use traject_domain::law::Channel;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

/// The bytes are not those of a fact.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not a message of the format.
    #[error("the {0} does not read")]
    Message(&'static str, #[source] prost::DecodeError),
    /// A field has a value that the format does not know, or a kind lacks one.
    #[error("the field {0} has no valid value")]
    Field(&'static str),
}

/// A fact that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFact {
    /// Its id.
    pub id: FactId,
    /// What is reported. Without its identifying part a check has no birth date; without its medical part a ground of
    /// health reads as [`MEDICAL_FAMILY`], a ground of stay as unknown.
    pub fact: Fact,
    /// Who recorded it.
    pub actor: Actor,
    /// Names and contact.
    pub identity: Option<Identity>,
    /// Numbers that became keys of the dossier with it.
    pub numbers: Vec<(NumberKey, NationalNumber)>,
}

/// Why a fact is kept and passed on, but not read: it freezes acts on its dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It asks for a later reader.
    NewerReader(u32),
    /// Its kind is not known here.
    UnknownKind,
    /// Its plain part was withheld or erased.
    Withheld,
}

/// What bytes decode to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// A fact.
    Read(Box<ReadFact>),
    /// A fact that this version, or this holder, does not read.
    Unreadable(FactId, Unreadable),
}

/// Reads a fact. Hashes are not compared here: [`crate::check_parts`] and the ledger's verification do that.
///
/// # Errors
/// [`DecodeError`] when the bytes are none that this version would have written.
pub fn decode(skeleton: &[u8], parts: &[Part]) -> Result<Decoded, DecodeError> {
    let skeleton = wire::Skeleton::decode(skeleton).map_err(|error| DecodeError::Message("skeleton", error))?;
    let id = FactId(uuid("fact_id", &skeleton.fact_id)?);
    if skeleton.min_reader > READER {
        return Ok(Decoded::Unreadable(id, Unreadable::NewerReader(skeleton.min_reader)));
    }
    let part = |class: PartClass| parts.iter().find(|part| part.class == class).map(|part| part.bytes.as_slice());
    let Some(plain) = part(PartClass::Plain) else {
        return Ok(Decoded::Unreadable(id, Unreadable::Withheld));
    };
    let plain = wire::Plain::decode(plain).map_err(|error| DecodeError::Message("plain part", error))?;
    let identifying = message::<wire::Identifying>("identifying part", part(PartClass::Identifying))?;
    let medical = message::<wire::Medical>("medical part", part(PartClass::Medical))?;
    let number = NumberKey(uuid("number_key", &plain.number_key)?);
    let Some(kind) = kind(&skeleton.kind, plain, identifying.as_ref(), medical)? else {
        return Ok(Decoded::Unreadable(id, Unreadable::UnknownKind));
    };
    let recorder = skeleton.recorder.unwrap_or_default();
    let (identity, numbers) = match identifying {
        Some(part) => (part.identity.map(identity), part.numbers.iter().map(bound).collect::<Result<_, _>>()?),
        None => (None, Vec::new()),
    };
    Ok(Decoded::Read(Box::new(ReadFact {
        id,
        fact: Fact {
            reference: FactRef::new(&skeleton.reference),
            number,
            occurred_on: day("occurred_on", skeleton.occurred_on)?,
            known_on: day("known_on", skeleton.known_on)?,
            agency: Code::new(&skeleton.agency),
            kind,
        },
        actor: Actor { staff: recorder.staff, agency: Code::new(&recorder.agency), role: Code::new(&recorder.role) },
        identity,
        numbers,
    })))
}

fn message<M: prost::Message + Default>(what: &'static str, bytes: Option<&[u8]>) -> Result<Option<M>, DecodeError> {
    bytes.map(M::decode).transpose().map_err(|error| DecodeError::Message(what, error))
}

fn uuid(field: &'static str, bytes: &[u8]) -> Result<Uuid, DecodeError> {
    Uuid::from_slice(bytes).map_err(|_| DecodeError::Field(field))
}

fn day(field: &'static str, days: i32) -> Result<Date, DecodeError> {
    let span = jiff::Span::new().try_days(days).map_err(|_| DecodeError::Field(field))?;
    jiff::civil::date(1970, 1, 1).checked_add(span).map_err(|_| DecodeError::Field(field))
}

pub(crate) fn some<T>(field: &'static str, value: Option<T>) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Field(field))
}

fn bound(number: &wire::Number) -> Result<(NumberKey, NationalNumber), DecodeError> {
    let digits = NationalNumber::parse(&number.digits).map_err(|_| DecodeError::Field("digits"))?;
    Ok((NumberKey(uuid("number_key", &number.number_key)?), digits))
}

fn identity(from: wire::Identity) -> Identity {
    Identity {
        last_name: from.last_name,
        first_names: from.first_names,
        street: from.street,
        house_number: from.house_number,
        box_number: from.box_number,
        postal_code: from.postal_code,
        city: from.city,
        email: from.email,
        phone: from.phone,
    }
}

/// The kind with its details; `None` for a kind that is not known here.
fn kind(
    name: &str,
    plain: wire::Plain,
    identifying: Option<&wire::Identifying>,
    medical: Option<wire::Medical>,
) -> Result<Option<FactKind>, DecodeError> {
    let until = || plain.until.map(|days| day("until", days)).transpose();
    let (medical_code, minutes) = medical.map(|part| (part.code, part.minutes)).unwrap_or_default();
    let ground = || Code::new(plain.code.as_deref().or(medical_code.as_deref()).unwrap_or(MEDICAL_FAMILY));
    let reason = || some("result", plain.result.as_deref()).map(Code::new);
    let organiser = || some("organiser", plain.organiser.as_deref()).map(Code::new);
    Ok(Some(match name {
        "checked" => {
            let from = some("extract", plain.extract)?;
            FactKind::Checked(Box::new(extract(from, identifying, medical_code.as_deref())?))
        }
        "information_given" => FactKind::InformationGiven {
            spoken: plain.spoken.as_deref().map(Code::new),
            items: plain
                .items
                .iter()
                .map(|item| some("items", InformationItem::from_code(item)))
                .collect::<Result<_, _>>()?,
        },
        "certificate_received" => FactKind::CertificateReceived,
        "exemption_granted" => FactKind::ExemptionGranted { code: ground(), until: until()? },
        "suspension_granted" => FactKind::SuspensionGranted { code: ground(), until: some("until", until()?)? },
        "exemption_refused" => FactKind::ExemptionRefused { code: ground(), reason: reason()? },
        "suspension_refused" => FactKind::SuspensionRefused { code: ground(), reason: reason()? },
        "exemption_requested" => requested(Asked::Exemption(ground()), &plain)?,
        "suspension_requested" => requested(Asked::Suspension(ground()), &plain)?,
        "waiting_list_joined" => FactKind::WaitingListJoined { organiser: organiser()? },
        "registration_certificate_received" => FactKind::RegistrationCertificateReceived { organiser: organiser()? },
        "completion_certificate_received" => FactKind::CompletionCertificateReceived { organiser: organiser()? },
        "registered" => FactKind::Registered { organiser: organiser()?, track: some("language", language(&plain)?)? },
        "contract_signed" => {
            FactKind::ContractSigned { organiser: organiser()?, track: some("language", language(&plain)?)? }
        }
        "completed" => FactKind::Completed { organiser: organiser()? },
        "moved" => FactKind::Moved(destination(&plain)?),
        "returned" => FactKind::Returned(some("municipality", municipality(plain.municipality)?)?),
        "struck_off" => FactKind::StruckOff,
        "permit_lost" => FactKind::PermitLost,
        "became_belgian" => FactKind::BecameBelgian,
        "died" => FactKind::Died,
        "number_replaced" => {
            let by = some("replaced_by", plain.replaced_by.as_deref())?;
            FactKind::NumberReplaced(NumberKey(uuid("replaced_by", by)?))
        }
        "retracted" => FactKind::Retracted(FactRef::new(some("retracts", plain.retracts.as_deref())?)),
        other => {
            if let Some(step) = step::read_programme(other, plain.programme.as_ref())? {
                return Ok(Some(FactKind::Programme { organiser: organiser()?, step }));
            }
            let breach = || some("breach", plain.breach.as_deref().and_then(Breach::from_code));
            if let Some(step) = step::read_sanction(other, &plain, minutes)? {
                return Ok(Some(FactKind::Sanction(breach()?, step)));
            }
            return about_a_breach(other, &plain);
        }
    }))
}

fn requested(asked: Asked, plain: &wire::Plain) -> Result<FactKind, DecodeError> {
    let channel = some("channel", plain.channel.as_deref().and_then(Channel::from_code))?;
    Ok(FactKind::Requested { asked, channel })
}

fn about_a_breach(name: &str, plain: &wire::Plain) -> Result<Option<FactKind>, DecodeError> {
    let breach = || some("breach", plain.breach.as_deref().and_then(Breach::from_code));
    let result = plain.result.as_deref();
    Ok(Some(match name {
        "notice_posted" => FactKind::NoticePosted { breach: breach()?, language: language(plain)? },
        "notice_delivered" => FactKind::NoticeDelivered(breach()?),
        "notice_returned" => {
            FactKind::NoticeReturned(breach()?, some("result", result.and_then(ReturnReason::from_code))?)
        }
        "notice_withdrawn" => FactKind::NoticeWithdrawn(breach()?),
        "refusal_established" => FactKind::RefusalEstablished(breach()?),
        "transferred" => FactKind::Transferred(breach()?),
        "transfer_returned" => FactKind::TransferReturned(breach()?),
        "hearing_invited" => FactKind::HearingInvited(breach()?, plain.hearing.as_ref().map(hearing).transpose()?),
        "defence_received" => FactKind::DefenceReceived(breach()?),
        "heard" => FactKind::Heard(breach()?),
        "decided_no_fine" => FactKind::DecidedNoFine(breach()?),
        "fined" => FactKind::Fined(breach()?, Cents(some("cents", plain.cents)?)),
        "fine_paid" => FactKind::FinePaid(breach()?),
        "appeal_lodged" => FactKind::AppealLodged(breach()?),
        "fine_withdrawn" => FactKind::FineWithdrawn(breach()?),
        "appeal_decided" => {
            FactKind::AppealDecided(breach()?, some("result", result.and_then(AppealOutcome::from_code))?)
        }
        _ => return Ok(None),
    }))
}

fn hearing(from: &wire::Hearing) -> Result<Box<Hearing>, DecodeError> {
    let minutes = i8::try_from(from.minute_of_day / 60).ok().zip(i8::try_from(from.minute_of_day % 60).ok());
    Ok(Box::new(Hearing {
        on: day("hearing", from.on)?,
        at: some("hearing", minutes.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok()))?,
        place: from.place.clone(),
        interpreter: from.interpreter.as_deref().map(Code::new),
    }))
}

fn language(plain: &wire::Plain) -> Result<Option<LegalLanguage>, DecodeError> {
    let read = |code: &str| some("language", LegalLanguage::from_code(code));
    plain.language.as_deref().map(read).transpose()
}

fn municipality(nis: Option<u32>) -> Result<Option<Municipality>, DecodeError> {
    let read = |nis: u32| some("municipality", u16::try_from(nis).ok().and_then(Municipality::from_nis));
    nis.map(read).transpose()
}

fn destination(plain: &wire::Plain) -> Result<Destination, DecodeError> {
    match (municipality(plain.municipality)?, &plain.region, &plain.country) {
        (Some(municipality), None, None) => Ok(Destination::Brussels(municipality)),
        (None, Some(region), None) => Ok(Destination::OtherRegion(Code::new(region))),
        (None, None, Some(country)) => Ok(Destination::Abroad(Code::new(country))),
        _ => Err(DecodeError::Field("destination")),
    }
}

fn extract(
    from: wire::Extract,
    identifying: Option<&wire::Identifying>,
    medical_ground: Option<&str>,
) -> Result<Extract, DecodeError> {
    let code = |text: Option<String>| text.as_deref().map(Code::new);
    let date = |field, days: Option<i32>| days.map(|days| day(field, days)).transpose();
    let birth_date = identifying.and_then(|part| part.birth_date.as_deref());
    let letter_language = from.letter_language.as_deref();
    Ok(Extract {
        birth_date: birth_date.map(|text| some("birth_date", PartialDate::parse(text))).transpose()?,
        nationality: code(from.nationality),
        municipality: some("municipality", municipality(Some(from.municipality))?)?,
        register: Code::new(&from.register),
        registered_on: date("registered_on", from.registered_on)?,
        permit_kind: code(from.permit_kind),
        permit_ground: from.permit_ground.as_deref().or(medical_ground).map(Code::new),
        permit_valid_from: date("permit_valid_from", from.permit_valid_from)?,
        permit_valid_until: date("permit_valid_until", from.permit_valid_until)?,
        lawful_stay_since: date("lawful_stay_since", from.lawful_stay_since)?,
        family_of: code(from.family_of),
        family_tie: code(from.family_tie),
        long_term_resident_of: code(from.long_term_resident_of),
        letter_language: letter_language
            .map(|code| some("letter_language", LegalLanguage::from_code(code)))
            .transpose()?,
        sex: code(from.sex),
        contact_language: code(from.contact_language),
    })
}
