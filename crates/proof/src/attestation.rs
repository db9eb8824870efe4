//! The signed code on a certificate: short enough for a QR code in alphanumeric mode, and whole without any register.
//!
//! The bytes, in this order; numbers are big-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | version of the format, 1 |
//! | 1 + 1 to 32 | length and code of the document, lower-case letters, digits and `_` |
//! | 1 + 1 to 16 | length and code of the issuing agency, letters, digits, `-`, `_` and `.` |
//! | 2 | day of issue, in days since 1970-01-01 |
//! | 16 | reference of the delivery, a UUID |
//! | 8 | to whom: the first bytes of SHA-256(`traject-attestation`, reference, normalised full name) |
//! | 4 | id of the key |
//! | 64 | Ed25519 signature over `traject.attestation.v1`, a zero byte, and all bytes before |
//!
//! The document is named by its code and not by a number, so that a new document needs no register that every checker
//! would have to have. The text is [`PREFIX`] and the bytes in base 32 (RFC 4648) without padding.

use crate::key::{KeyId, Purpose, SIGNATURE, Signed, SigningKey, VerifyingKey, signed};
use crate::text::Sha256;
use data_encoding::BASE32_NOPAD;
use traject_domain::Date;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

/// What every code begins with.
pub const PREFIX: &str = "TRAJECT1:";

const VERSION: u8 = 1;
const EPOCH: Date = Date::constant(1970, 1, 1);
/// Longest code of a document, in bytes.
const DOCUMENT: usize = 32;
/// Longest code of an agency, in bytes.
const ISSUER: usize = 16;
/// Longest text that is looked at, in bytes; a code has fewer than 260 characters.
const LONGEST: usize = 4096;

/// What a code says of a certificate, apart from whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Stable code of the document, 1 to 32 lower-case letters, digits and `_`, such as `certificate_of_obligation`.
    pub document: String,
    /// Code of the agency that issued it, 1 to 16 ASCII letters, digits, `-`, `_` and `.`.
    pub issuer: String,
    /// Civil day in Brussels on which it was issued, from 1970-01-01 to 2149-06-06.
    pub issued_on: Date,
    /// Reference of its delivery, as it stands on the paper.
    pub reference: Uuid,
}

/// Why a code cannot be made, or does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationFault {
    /// The text is no code of a certificate, or only a part of one.
    #[error("not the code of a certificate: give all of it, from {PREFIX} on")]
    Unreadable,
    /// The code is of a later format.
    #[error("the code has a format that this version does not know: use a newer version of the program")]
    Format,
    /// A value that the format has no room for.
    #[error("{0} has no room in the code of a certificate")]
    Field(&'static str),
}

impl AttestationFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "ATTESTATION_UNREADABLE",
            Self::Format => "ATTESTATION_FORMAT",
            Self::Field(_) => "ATTESTATION_FIELD",
        }
    }
}

/// A code that was read; what it claims is proven only once its signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    claim: Claim,
    person: [u8; 8],
    key: KeyId,
    /// Everything that the signature covers.
    body: Vec<u8>,
    signature: [u8; SIGNATURE],
}

impl Attestation {
    /// The text of the code for the certificate of this person. The name is bound, not contained.
    ///
    /// # Errors
    /// [`AttestationFault::Field`] when a value of the claim is not in its range.
    pub fn sign(key: &SigningKey, claim: &Claim, full_name: &str) -> Result<String, AttestationFault> {
        let document = claim.document.as_bytes();
        let issuer = claim.issuer.as_bytes();
        if !fits(document, DOCUMENT, of_document) {
            return Err(AttestationFault::Field("the document's code"));
        }
        if !fits(issuer, ISSUER, of_issuer) {
            return Err(AttestationFault::Field("the issuer's code"));
        }
        let days = claim.issued_on.duration_since(EPOCH).as_hours() / 24;
        let days = u16::try_from(days).map_err(|_| AttestationFault::Field("the day of issue"))?;
        let mut bytes = vec![VERSION];
        for text in [document, issuer] {
            // At most 32, by the checks above.
            bytes.push(text.len() as u8);
            bytes.extend_from_slice(text);
        }
        bytes.extend_from_slice(&days.to_be_bytes());
        bytes.extend_from_slice(claim.reference.as_bytes());
        bytes.extend_from_slice(&binding(claim.reference, full_name));
        bytes.extend_from_slice(&key.id().0);
        let signature = key.sign(Purpose::Attestation, &bytes);
        bytes.extend_from_slice(&signature);
        Ok(format!("{PREFIX}{}", BASE32_NOPAD.encode(&bytes)))
    }

    /// Reads a code as it was scanned or typed: white space and hyphens are passed over, and case does not matter.
    ///
    /// # Errors
    /// [`AttestationFault::Unreadable`] or [`AttestationFault::Format`].
    pub fn read(text: &str) -> Result<Self, AttestationFault> {
        if text.len() > LONGEST {
            return Err(AttestationFault::Unreadable);
        }
        let kept = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let plain: String = kept.map(|letter| letter.to_ascii_uppercase()).collect();
        let code = plain.strip_prefix(PREFIX).ok_or(AttestationFault::Unreadable)?;
        let bytes = BASE32_NOPAD.decode(code.as_bytes()).map_err(|_| AttestationFault::Unreadable)?;
        if bytes.first().is_some_and(|version| *version > VERSION) {
            return Err(AttestationFault::Format);
        }
        Self::of(&bytes).ok_or(AttestationFault::Unreadable)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>()?;
        let mut rest = body;
        let [VERSION] = take::<1>(&mut rest)? else { return None };
        let document = code(&mut rest, DOCUMENT, of_document)?;
        let issuer = code(&mut rest, ISSUER, of_issuer)?;
        let days = jiff::Span::new().days(u16::from_be_bytes(take(&mut rest)?));
        let issued_on = EPOCH.checked_add(days).ok()?;
        let reference = Uuid::from_bytes(take(&mut rest)?);
        let person = take(&mut rest)?;
        let key = KeyId(take(&mut rest)?);
        let claim = Claim { document, issuer, issued_on, reference };
        rest.is_empty().then(|| Self { claim, person, key, body: body.to_vec(), signature: *signature })
    }

    /// What it claims.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The key that it names.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// True when one of the keys signed it. Several keys are given so that certificates outlive the change of a key.
    pub fn verify(&self, keys: &[VerifyingKey]) -> bool {
        self.signed(keys) == Signed::Holds
    }

    pub(crate) fn signed(&self, keys: &[VerifyingKey]) -> Signed {
        signed(keys, self.key, Purpose::Attestation, &self.body, &self.signature)
    }

    /// True when it was made for a person of this name, compared as [`normalised_name`] leaves it. Another name passes by
    /// chance once in 2^64.
    pub fn matches_name(&self, full_name: &str) -> bool {
        self.person == binding(self.claim.reference, full_name)
    }
}

/// A name in lower case, in Unicode's form NFC, its parts set apart by one space. Accents and the order of names count.
pub fn normalised_name(full_name: &str) -> String {
    let words: Vec<&str> = full_name.split_whitespace().collect();
    // Twice: the lower case of a composed letter may be in parts.
    words.join(" ").nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn binding(reference: Uuid, full_name: &str) -> [u8; 8] {
    let name = normalised_name(full_name);
    let [a, b, c, d, e, f, g, h, ..] = Sha256::of(&[b"traject-attestation", reference.as_bytes(), name.as_bytes()]).0;
    [a, b, c, d, e, f, g, h]
}

fn of_document(letter: &u8) -> bool {
    matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_')
}

fn of_issuer(letter: &u8) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_' | b'.')
}

fn fits(text: &[u8], longest: usize, allowed: fn(&u8) -> bool) -> bool {
    (1..=longest).contains(&text.len()) && text.iter().all(allowed)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

fn code(rest: &mut &[u8], longest: usize, allowed: fn(&u8) -> bool) -> Option<String> {
    let [length] = take::<1>(rest)?;
    let (text, after) = rest.split_at_checked(usize::from(length))?;
    *rest = after;
    if !fits(text, longest, allowed) {
        return None;
    }
    String::from_utf8(text.to_vec()).ok()
}
