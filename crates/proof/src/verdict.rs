//! What may be said of a certificate, given its code, the keys, the list of those withdrawn, a name and a day.

use crate::attestation::Attestation;
use crate::key::{KeyId, Signed, VerifyingKey};
use crate::text::brussels_time;
use crate::withdrawals::{WithdrawalFault, WithdrawalList};
use std::fmt::{self, Display};
use traject_domain::Date;

/// What the checker has and asks.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The public keys that it trusts.
    pub keys: &'a [VerifyingKey],
    /// The list of withdrawn certificates, if it has one.
    pub withdrawals: Option<&'a WithdrawalList>,
    /// A list of more days than this is called old.
    pub list_max_days: u16,
    /// The full name of the holder, if that is to be compared.
    pub name: Option<&'a str>,
    /// The civil day in Brussels on which the certificate should count.
    pub as_of: Date,
}

/// What the certificate is worth on that day; the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was signed by a known key, counts, and is of the person that was named, if one was.
    Valid,
    /// None of the keys has the id that the code names: nothing in it is proven.
    KeyUnknown(KeyId),
    /// The signature does not fit: the code was misread, changed or made up.
    Signature,
    /// It is dated after the day that was asked about.
    NotIssued(Date),
    /// It was withdrawn, from this day on.
    Withdrawn(Date),
    /// It is another person's.
    NameDiffers,
}

impl Verdict {
    /// The stable code; `None`: valid.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Valid => None,
            Self::KeyUnknown(_) => Some("ATTESTATION_KEY_UNKNOWN"),
            Self::Signature => Some("ATTESTATION_SIGNATURE"),
            Self::NotIssued(_) => Some("ATTESTATION_NOT_ISSUED"),
            Self::Withdrawn(_) => Some("ATTESTATION_WITHDRAWN"),
            Self::NameDiffers => Some("ATTESTATION_NAME_DIFFERS"),
        }
    }

    /// True when the signature holds, so that what the code claims is what its issuer wrote.
    fn proves_the_claim(self) -> bool {
        !matches!(self, Self::KeyUnknown(_) | Self::Signature)
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => write!(f, "valid"),
            Self::KeyUnknown(key) => {
                write!(f, "signed with key {key}, which is not among those given")
            }
            Self::Signature => write!(f, "broken: the code was misread or changed, or is made up"),
            Self::NotIssued(on) => write!(f, "not issued before {on}"),
            Self::Withdrawn(on) => write!(f, "withdrawn on {on}"),
            Self::NameDiffers => {
                write!(f, "name differs: the certificate is another person's, or is spelled otherwise")
            }
        }
    }
}

/// Judges a certificate.
///
/// # Errors
/// [`WithdrawalFault::OtherIssuer`] when the list says nothing of a certificate like this.
pub fn judge(attestation: &Attestation, question: &Question<'_>) -> Result<Verdict, WithdrawalFault> {
    match attestation.signed(question.keys) {
        Signed::Holds => {}
        Signed::Broken => return Ok(Verdict::Signature),
        Signed::KeyUnknown => return Ok(Verdict::KeyUnknown(attestation.key())),
    }
    if question.withdrawals.is_some_and(|list| !list.covers(attestation)) {
        return Err(WithdrawalFault::OtherIssuer);
    }
    let claim = attestation.claim();
    if claim.issued_on > question.as_of {
        return Ok(Verdict::NotIssued(claim.issued_on));
    }
    Ok(match withdrawn_on(attestation, question) {
        Some(on) if on <= question.as_of => Verdict::Withdrawn(on),
        _ if question.name.is_some_and(|name| !attestation.matches_name(name)) => Verdict::NameDiffers,
        _ => Verdict::Valid,
    })
}

fn withdrawn_on(attestation: &Attestation, question: &Question<'_>) -> Option<Date> {
    question.withdrawals.and_then(|list| list.contains(attestation.claim().reference))
}

impl Question<'_> {
    /// The answer for a person: the verdict, then what it rests on. It repeats no name.
    pub fn answer(&self, attestation: &Attestation, verdict: Verdict) -> String {
        let mut text = match verdict.code() {
            None => format!("VALID on {}\n", self.as_of),
            Some(code) => format!("NOT VALID on {}: {verdict} ({code})\n", self.as_of),
        };
        if !verdict.proves_the_claim() {
            text.push_str("it claims, and does not prove:\n");
        }
        let claim = attestation.claim();
        text.push_str(&format!("document     {}\n", claim.document));
        text.push_str(&format!("issuer       {}\n", claim.issuer));
        text.push_str(&format!("issued on    {}\n", claim.issued_on));
        text.push_str(&format!("reference    {}\n", claim.reference));
        text.push_str(&format!("key          {}\n", attestation.key()));
        if verdict.proves_the_claim() {
            text.push_str(&format!("name         {}\n", self.name_line(attestation)));
            text.push_str(&format!("withdrawals  {}\n", self.withdrawals_line(attestation)));
        }
        text
    }

    fn name_line(&self, attestation: &Attestation) -> &'static str {
        match self.name {
            None => "not compared: none was given",
            Some(name) if attestation.matches_name(name) => "the one given",
            Some(_) => "not the one given",
        }
    }

    fn withdrawals_line(&self, attestation: &Attestation) -> String {
        let Some(list) = self.withdrawals else { return "not looked up: no list was given".to_owned() };
        let found = match withdrawn_on(attestation, self) {
            None => "not listed".to_owned(),
            Some(on) => format!("listed, from {on} on"),
        };
        let age = list.age_in_days(self.as_of);
        let old = match age {
            age if age > i64::from(self.list_max_days) => format!("; OLD, {age} days: obtain a newer one"),
            _ => String::new(),
        };
        format!("{found}, in the list of {}{old}", brussels_time(list.issued_at()))
    }
}
