//! From a fact to its bytes.

use crate::step;
use crate::{Encoded, NoRandomness, Part, PartClass, Salts, commitment, fact_hash, wire};
use jiff::Unit;
use prost::Message as _;
use traject_app::model::{Identity, NewFact};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{Destination, FactKind, Hearing, NumberKey};
use traject_domain::national_number::NationalNumber;
use traject_domain::sanction::SanctionStep;

/// Codes that tell of a person's health: suspensions (law.md § 7) and the exemption on medical certificate (law.md § 6).
const MEDICAL_CODES: [&str; 3] = ["S02", "S03", "E10"];

/// The ground of stay that tells of a person's health.
const MEDICAL_GROUND: &str = "medical";

/// Makes the bytes of a fact. `numbers` are those that become keys of the dossier with it.
///
/// # Errors
/// [`NoRandomness`] when there is no salt to be had.
pub fn encode(
    new: &NewFact,
    numbers: &[(NumberKey, NationalNumber)],
    salts: &dyn Salts,
) -> Result<Encoded, NoRandomness> {
    let (plain, medical) = plain_and_medical(new);
    let identifying = identifying(new, numbers);
    let contents = [
        (PartClass::Plain, Some(plain.encode_to_vec())),
        (PartClass::Identifying, identifying.map(|part| part.encode_to_vec())),
        (PartClass::Medical, medical.map(|part| part.encode_to_vec())),
    ];
    let mut parts = Vec::with_capacity(contents.len());
    for (class, bytes) in contents {
        if let Some(bytes) = bytes {
            parts.push(Part { class, salt: salts.next()?, bytes });
        }
    }
    let skeleton = skeleton(new, &parts).encode_to_vec();
    Ok(Encoded { hash: fact_hash(&skeleton), skeleton, parts })
}

fn skeleton(new: &NewFact, parts: &[Part]) -> wire::Skeleton {
    let commit = |part: &Part| wire::Commitment {
        class: i32::from(part.class.number()),
        sha256: commitment(part.class, &part.salt, &part.bytes).to_vec(),
    };
    wire::Skeleton {
        fact_id: new.id.0.as_bytes().to_vec(),
        reference: new.fact.reference.as_str().to_owned(),
        kind: new.fact.kind.name().to_owned(),
        occurred_on: day_number(new.fact.occurred_on),
        known_on: day_number(new.fact.known_on),
        agency: text(&new.fact.agency),
        recorder: Some(wire::Recorder {
            staff: new.actor.staff.clone(),
            agency: text(&new.actor.agency),
            role: text(&new.actor.role),
        }),
        min_reader: min_reader(&new.fact.kind),
        commitments: parts.iter().map(commit).collect(),
    }
}

/// The first version of the format that can tell a kind whole.
fn min_reader(kind: &FactKind) -> u32 {
    match kind {
        FactKind::ExemptionRefused { .. }
        | FactKind::SuspensionRefused { .. }
        | FactKind::HearingInvited(_, Some(_)) => 2,
        FactKind::Requested { .. } | FactKind::Programme { .. } | FactKind::Sanction(..) => 3,
        _ => 1,
    }
}

/// Days since 1970-01-01.
pub(crate) fn day_number(date: Date) -> i32 {
    let span = jiff::civil::date(1970, 1, 1).until((Unit::Day, date)).expect("every span of days between dates exists");
    span.get_days()
}

fn text(code: &Code) -> String {
    code.as_str().to_owned()
}

fn identifying(new: &NewFact, numbers: &[(NumberKey, NationalNumber)]) -> Option<wire::Identifying> {
    let extract = match &new.fact.kind {
        FactKind::Checked(extract) => Some(extract),
        _ => None,
    };
    (extract.is_some() || new.identity.is_some() || !numbers.is_empty()).then(|| wire::Identifying {
        birth_date: extract.and_then(|extract| extract.birth_date).map(|date| date.to_string()),
        identity: new.identity.as_ref().map(identity),
        numbers: numbers
            .iter()
            .map(|(key, number)| wire::Number { number_key: key.0.as_bytes().to_vec(), digits: number.digits() })
            .collect(),
    })
}

fn identity(from: &Identity) -> wire::Identity {
    wire::Identity {
        last_name: from.last_name.clone(),
        first_names: from.first_names.clone(),
        street: from.street.clone(),
        house_number: from.house_number.clone(),
        box_number: from.box_number.clone(),
        postal_code: from.postal_code.clone(),
        city: from.city.clone(),
        email: from.email.clone(),
        phone: from.phone.clone(),
    }
}

/// The code for the plain part, or for the medical part when it tells of health.
fn by_class(code: &Code) -> (Option<String>, wire::Medical) {
    if MEDICAL_CODES.contains(&code.as_str()) {
        (None, wire::Medical { code: Some(text(code)), minutes: None })
    } else {
        (Some(text(code)), wire::Medical::default())
    }
}

fn plain_and_medical(new: &NewFact) -> (wire::Plain, Option<wire::Medical>) {
    let mut plain = wire::Plain { number_key: new.fact.number.0.as_bytes().to_vec(), ..Default::default() };
    let mut medical = None;
    match &new.fact.kind {
        FactKind::Checked(from) => {
            let tells = from.permit_ground.as_ref().is_some_and(|ground| ground.as_str() == MEDICAL_GROUND);
            plain.extract = Some(extract(from, tells));
            medical = Some(wire::Medical { code: tells.then(|| MEDICAL_GROUND.to_owned()), minutes: None });
        }
        FactKind::ExemptionGranted { code, until } => {
            let (code, part) = by_class(code);
            (plain.code, plain.until, medical) = (code, until.map(day_number), Some(part));
        }
        FactKind::SuspensionGranted { code, until } => {
            let (code, part) = by_class(code);
            (plain.code, plain.until, medical) = (code, Some(day_number(*until)), Some(part));
        }
        FactKind::ExemptionRefused { code, reason } | FactKind::SuspensionRefused { code, reason } => {
            let (code, part) = by_class(code);
            (plain.code, plain.result, medical) = (code, Some(text(reason)), Some(part));
        }
        FactKind::Requested { asked, channel } => {
            let (code, part) = by_class(asked.code());
            (plain.code, plain.channel, medical) = (code, Some(channel.code().to_owned()), Some(part));
        }
        FactKind::Sanction(breach, SanctionStep::MinutesTaken(minutes)) => {
            plain.breach = Some(breach.code().to_owned());
            medical = Some(wire::Medical { code: None, minutes: Some(minutes.to_string()) });
        }
        kind => details(kind, &mut plain),
    }
    (plain, medical)
}

fn extract(from: &Extract, ground_is_medical: bool) -> wire::Extract {
    let code = |code: &Option<Code>| code.as_ref().map(text);
    wire::Extract {
        municipality: u32::from(from.municipality.nis()),
        register: text(&from.register),
        nationality: code(&from.nationality),
        registered_on: from.registered_on.map(day_number),
        permit_kind: code(&from.permit_kind),
        permit_ground: if ground_is_medical { None } else { code(&from.permit_ground) },
        permit_valid_from: from.permit_valid_from.map(day_number),
        permit_valid_until: from.permit_valid_until.map(day_number),
        lawful_stay_since: from.lawful_stay_since.map(day_number),
        family_of: code(&from.family_of),
        family_tie: code(&from.family_tie),
        long_term_resident_of: code(&from.long_term_resident_of),
        letter_language: from.letter_language.map(|language| language.code().to_owned()),
        sex: code(&from.sex),
        contact_language: code(&from.contact_language),
    }
}

fn hearing(from: &Hearing) -> wire::Hearing {
    wire::Hearing {
        on: day_number(from.on),
        minute_of_day: u32::from(from.at.hour().unsigned_abs()) * 60 + u32::from(from.at.minute().unsigned_abs()),
        place: from.place.clone(),
        interpreter: from.interpreter.as_ref().map(text),
    }
}

/// The details of a kind that is not about grounds of health.
fn details(kind: &FactKind, plain: &mut wire::Plain) {
    let language = |language: &LegalLanguage| Some(language.code().to_owned());
    let mut about = |breach: &Breach| plain.breach = Some(breach.code().to_owned());
    match kind {
        FactKind::Checked(_)
        | FactKind::ExemptionGranted { .. }
        | FactKind::SuspensionGranted { .. }
        | FactKind::ExemptionRefused { .. }
        | FactKind::SuspensionRefused { .. }
        | FactKind::Requested { .. } => {}
        FactKind::CertificateReceived
        | FactKind::StruckOff
        | FactKind::PermitLost
        | FactKind::BecameBelgian
        | FactKind::Died => {}
        FactKind::InformationGiven { spoken, items } => {
            plain.spoken = spoken.as_ref().map(text);
            plain.items = items.iter().map(|item| item.code().to_owned()).collect();
        }
        FactKind::Programme { organiser, step } => {
            (plain.organiser, plain.programme) = (Some(text(organiser)), step::programme(step));
        }
        FactKind::Sanction(breach, at_the_ggc) => {
            about(breach);
            step::sanction(at_the_ggc, plain);
        }
        FactKind::WaitingListJoined { organiser }
        | FactKind::RegistrationCertificateReceived { organiser }
        | FactKind::CompletionCertificateReceived { organiser }
        | FactKind::Completed { organiser } => plain.organiser = Some(text(organiser)),
        FactKind::Registered { organiser, track } | FactKind::ContractSigned { organiser, track } => {
            (plain.organiser, plain.language) = (Some(text(organiser)), language(track));
        }
        FactKind::NoticePosted { breach, language: letter } => {
            about(breach);
            plain.language = letter.as_ref().and_then(language);
        }
        FactKind::NoticeReturned(breach, reason) => {
            about(breach);
            plain.result = Some(reason.code().to_owned());
        }
        FactKind::AppealDecided(breach, outcome) => {
            about(breach);
            plain.result = Some(outcome.code().to_owned());
        }
        FactKind::HearingInvited(breach, planned) => {
            about(breach);
            plain.hearing = planned.as_ref().map(|planned| hearing(planned));
        }
        FactKind::Fined(breach, cents) => {
            about(breach);
            plain.cents = Some(cents.0);
        }
        FactKind::NoticeDelivered(breach)
        | FactKind::NoticeWithdrawn(breach)
        | FactKind::RefusalEstablished(breach)
        | FactKind::Transferred(breach)
        | FactKind::TransferReturned(breach)
        | FactKind::DefenceReceived(breach)
        | FactKind::Heard(breach)
        | FactKind::DecidedNoFine(breach)
        | FactKind::FinePaid(breach)
        | FactKind::AppealLodged(breach)
        | FactKind::FineWithdrawn(breach) => about(breach),
        FactKind::Moved(Destination::Brussels(to)) | FactKind::Returned(to) => {
            plain.municipality = Some(u32::from(to.nis()));
        }
        FactKind::Moved(Destination::OtherRegion(region)) => plain.region = Some(text(region)),
        FactKind::Moved(Destination::Abroad(country)) => plain.country = Some(text(country)),
        FactKind::NumberReplaced(by) => plain.replaced_by = Some(by.0.as_bytes().to_vec()),
        FactKind::Retracted(reference) => plain.retracts = Some(reference.as_str().to_owned()),
    }
}
