//! The list of withdrawn certificates: a JSON file that its issuer signs and hands to whoever checks.

use crate::attestation::Attestation;
use crate::key::{KeyId, Purpose, SIGNATURE, Signed, SigningKey, VerifyingKey, signed};
use crate::text::{self, brussels_day};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use traject_domain::Date;
use uuid::Uuid;

const FORMAT: &str = "traject.withdrawals.v1";

/// One withdrawn certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Reference of its delivery.
    #[serde(with = "text")]
    pub reference: Uuid,
    /// Civil day in Brussels from which it does not count.
    #[serde(with = "text")]
    pub withdrawn_on: Date,
}

/// What is signed: compact JSON of these fields in this order, entries by reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    #[serde(with = "text")]
    issued_at: Timestamp,
    issuer: String,
    #[serde(with = "text")]
    key: KeyId,
    entries: Vec<Withdrawal>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Content,
    #[serde(with = "text::hex")]
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct AnyFile {
    list: AnyContent,
}

#[derive(Deserialize)]
struct AnyContent {
    format: String,
}

/// Why a list cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawalFault {
    /// The text is no list.
    #[error("not a list of withdrawn certificates")]
    Unreadable,
    /// The list is of a later format.
    #[error("the list of withdrawn certificates has a format that this version does not know: use a newer program")]
    Format,
    /// None of the keys has the id that the list names.
    #[error("the list of withdrawn certificates is signed with key {0}: give its public key with --key")]
    KeyUnknown(KeyId),
    /// The signature does not fit the content: somebody changed the list.
    #[error("the list of withdrawn certificates is not as its issuer signed it: obtain it anew")]
    Signature,
    /// It says nothing of this certificate: neither its issuer nor its key is that of the certificate.
    #[error("the list of withdrawn certificates is of another issuer than the certificate: obtain that issuer's list")]
    OtherIssuer,
}

impl WithdrawalFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "WITHDRAWALS_UNREADABLE",
            Self::Format => "WITHDRAWALS_FORMAT",
            Self::KeyUnknown(_) => "WITHDRAWALS_KEY_UNKNOWN",
            Self::Signature => "WITHDRAWALS_SIGNATURE",
            Self::OtherIssuer => "WITHDRAWALS_OTHER_ISSUER",
        }
    }
}

/// A list whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalList(Content);

impl WithdrawalList {
    /// The file of a new list. The order of the entries does not matter; of two for one reference the earlier day counts.
    /// The issuer is the code of the agency, as the certificates name it.
    ///
    /// # Errors
    /// [`serde_json::Error`] when the file cannot be written, which no list brings about.
    pub fn sign(
        key: &SigningKey,
        issuer: &str,
        issued_at: Timestamp,
        entries: &[Withdrawal],
    ) -> Result<String, serde_json::Error> {
        let mut entries = entries.to_vec();
        entries.sort_by_key(|entry| (entry.reference, entry.withdrawn_on));
        entries.dedup_by_key(|entry| entry.reference);
        let list = Content { format: FORMAT.to_owned(), issued_at, issuer: issuer.to_owned(), key: key.id(), entries };
        let signature = key.sign(Purpose::Withdrawals, &serde_json::to_vec(&list)?).to_vec();
        Ok(format!("{:#}\n", serde_json::to_value(File { list, signature })?))
    }

    /// Reads a list and checks its signature. White space between its parts does not count.
    ///
    /// # Errors
    /// [`WithdrawalFault`], except [`WithdrawalFault::OtherIssuer`].
    pub fn read(file: &str, keys: &[VerifyingKey]) -> Result<Self, WithdrawalFault> {
        let any: AnyFile = serde_json::from_str(file).map_err(|_| WithdrawalFault::Unreadable)?;
        if any.list.format != FORMAT {
            return Err(WithdrawalFault::Format);
        }
        let File { list, signature } = serde_json::from_str(file).map_err(|_| WithdrawalFault::Unreadable)?;
        if signature.len() != SIGNATURE {
            return Err(WithdrawalFault::Unreadable);
        }
        let bytes = serde_json::to_vec(&list).map_err(|_| WithdrawalFault::Unreadable)?;
        match signed(keys, list.key, Purpose::Withdrawals, &bytes, &signature) {
            Signed::Holds => Ok(Self(list)),
            Signed::Broken => Err(WithdrawalFault::Signature),
            Signed::KeyUnknown => Err(WithdrawalFault::KeyUnknown(list.key)),
        }
    }

    /// When it was issued.
    pub fn issued_at(&self) -> Timestamp {
        self.0.issued_at
    }

    /// Code of the agency that issued it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The key that signed it.
    pub fn key(&self) -> KeyId {
        self.0.key
    }

    /// The entries.
    pub fn entries(&self) -> &[Withdrawal] {
        &self.0.entries
    }

    /// The day from which the certificate with this reference does not count, if it was withdrawn.
    pub fn contains(&self, reference: Uuid) -> Option<Date> {
        let found = self.0.entries.iter().filter(|entry| entry.reference == reference);
        found.map(|entry| entry.withdrawn_on).min()
    }

    /// True when the list speaks of certificates like this one: it has the same issuer, or the same key, as where one
    /// deployment issues for several agencies.
    pub fn covers(&self, attestation: &Attestation) -> bool {
        self.0.issuer == attestation.claim().issuer || self.0.key == attestation.key()
    }

    /// Whole days, in Brussels, from its issue to a day; negative when it was issued later.
    pub fn age_in_days(&self, on: Date) -> i64 {
        on.duration_since(brussels_day(self.0.issued_at)).as_hours() / 24
    }
}
