//! Rows of mailings, recipients and preferences to the model and back.

use crate::entity::{mail_preference, mailing, mailing_recipient, mailing_text};
use crate::error::Corrupt;
use crate::value::{Micros, state, to_hash, to_i64, to_instant, to_u64};
use jiff::Timestamp;
use traject_app::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use traject_app::mailing::preference::PreferenceSource;
use traject_app::mailing::{
    AddressHash, MailLanguage, Mailing, MailingState, Person, Preference, PreferenceKind, Purpose, Reason, Recipient,
    Source, SourceKind, Subject, Text, Texts,
};
use traject_app::model::Request;
use traject_domain::code::Code;

fn word<T>(what: &'static str, text: &str, read: fn(&str) -> Option<T>) -> Result<T, Corrupt> {
    read(text).ok_or(Corrupt(what))
}

fn instant(column: Option<Micros>) -> Result<Option<Timestamp>, Corrupt> {
    column.map(to_instant).transpose()
}

/// A purpose from its column.
pub(crate) fn purpose(text: &str) -> Result<Purpose, Corrupt> {
    word("purpose", text, Purpose::from_code)
}

fn language(text: &str) -> Result<MailLanguage, Corrupt> {
    word("language", text, MailLanguage::parse)
}

/// A new mailing as a row.
pub(crate) fn from_mailing(from: &Mailing, request: &Request) -> mailing::Model {
    mailing::Model {
        id: from.id.0,
        name: from.name.clone(),
        purpose: from.purpose.to_string(),
        legal_basis: from.legal_basis.clone(),
        issuer: from.issuer.as_str().to_owned(),
        default_language: from.texts.default_language().to_string(),
        source: from.source.kind.to_string(),
        query: from.source.query.clone(),
        state: from.state.to_string(),
        version: to_i64(from.version),
        faults: to_i64(from.faults),
        duplicates: to_i64(from.duplicates),
        created_at: Micros::from(from.created_at),
        created_by: from.created_by.clone(),
        started_at: from.started_at.map(Micros::from),
        finished_at: from.finished_at.map(Micros::from),
        forgotten_at: from.forgotten_at.map(Micros::from),
        caller: request.caller.clone(),
        request: request.id,
        request_hash: request.hash.to_vec(),
    }
}

/// A mailing from its row and its texts.
pub(crate) fn to_mailing(row: &mailing::Model, texts: Vec<mailing_text::Model>) -> Result<Mailing, Corrupt> {
    let by_language = texts
        .into_iter()
        .map(|text| Ok((language(&text.language)?, Text { subject: text.subject, body: text.body })))
        .collect::<Result<_, Corrupt>>()?;
    Ok(Mailing {
        id: MailingId(row.id),
        name: row.name.clone(),
        purpose: purpose(&row.purpose)?,
        legal_basis: row.legal_basis.clone(),
        issuer: Code::new(&row.issuer),
        texts: Texts::new(language(&row.default_language)?, by_language).ok_or(Corrupt("text of a mailing"))?,
        source: Source {
            kind: word("source of a mailing", &row.source, SourceKind::from_code)?,
            query: row.query.clone(),
        },
        state: word("mailing state", &row.state, MailingState::from_code)?,
        version: to_u64(row.version)?,
        faults: to_u64(row.faults)?,
        duplicates: to_u64(row.duplicates)?,
        created_at: to_instant(row.created_at)?,
        created_by: row.created_by.clone(),
        started_at: instant(row.started_at)?,
        finished_at: instant(row.finished_at)?,
        forgotten_at: instant(row.forgotten_at)?,
    })
}

/// A new recipient as a row.
pub(crate) fn from_recipient(from: &Recipient) -> mailing_recipient::Model {
    let person = |part: fn(&Person) -> &String| from.person.as_ref().map(|person| part(person).clone());
    mailing_recipient::Model {
        id: from.id.0,
        mailing: from.mailing.0,
        line: to_i64(from.line),
        dossier: from.dossier.map(|dossier| dossier.0),
        full_name: person(|person| &person.full_name),
        first_names: person(|person| &person.first_names),
        last_name: person(|person| &person.last_name),
        email: person(|person| &person.email),
        language: from.language.map(|language| language.to_string()),
        identity_key: from.identity_key.clone(),
        address_hash: from.address.0.to_vec(),
        state: from.state.to_string(),
        reason: from.reason.map(|reason| reason.to_string()),
        attempts: i32::try_from(from.attempts).unwrap_or(i32::MAX),
        retry_at: from.retry_at.map(Micros::from),
        changed_at: Micros::from(from.changed_at),
    }
}

/// A recipient from its row.
pub(crate) fn to_recipient(row: &mailing_recipient::Model) -> Result<Recipient, Corrupt> {
    let text = |column: &Option<String>| column.clone().unwrap_or_default();
    let person = row.email.clone().map(|email| Person {
        full_name: text(&row.full_name),
        first_names: text(&row.first_names),
        last_name: text(&row.last_name),
        email,
    });
    Ok(Recipient {
        id: RecipientId(row.id),
        mailing: MailingId(row.mailing),
        line: to_u64(row.line)?,
        dossier: row.dossier.map(DossierId),
        person,
        language: row.language.as_deref().map(language).transpose()?,
        identity_key: row.identity_key.clone(),
        address: AddressHash(to_hash(&row.address_hash)?),
        state: state(&row.state)?,
        reason: row.reason.as_deref().map(|text| word("reason", text, Reason::from_code)).transpose()?,
        attempts: u32::try_from(row.attempts).map_err(|_| Corrupt("attempts"))?,
        retry_at: instant(row.retry_at)?,
        changed_at: to_instant(row.changed_at)?,
    })
}

/// A new preference as a row.
pub(crate) fn from_preference(from: &Preference) -> mail_preference::Model {
    let (dossier, address_hash) = match from.subject {
        Subject::Dossier(dossier) => (Some(dossier.0), None),
        Subject::Address(address) => (None, Some(address.0.to_vec())),
    };
    mail_preference::Model {
        id: from.id.0,
        dossier,
        address_hash,
        kind: from.kind.to_string(),
        purpose: from.purpose.map(|purpose| purpose.to_string()),
        source: from.source.to_string(),
        recorded_at: Micros::from(from.recorded_at),
        recorded_by: from.recorded_by.clone(),
        withdrawn_at: from.withdrawn_at.map(Micros::from),
    }
}

/// A preference from its row.
pub(crate) fn to_preference(row: &mail_preference::Model) -> Result<Preference, Corrupt> {
    let subject = match (row.dossier, &row.address_hash) {
        (Some(dossier), None) => Subject::Dossier(DossierId(dossier)),
        (None, Some(hash)) => Subject::Address(AddressHash(to_hash(hash)?)),
        _ => return Err(Corrupt("subject of a preference")),
    };
    Ok(Preference {
        id: PreferenceId(row.id),
        subject,
        kind: word("kind of a preference", &row.kind, PreferenceKind::from_code)?,
        purpose: row.purpose.as_deref().map(purpose).transpose()?,
        source: word("source of a preference", &row.source, PreferenceSource::from_code)?,
        recorded_at: to_instant(row.recorded_at)?,
        recorded_by: row.recorded_by.clone(),
        withdrawn_at: instant(row.withdrawn_at)?,
    })
}
