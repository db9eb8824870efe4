//! Ed25519 keys, as PEM files that other programs read too: PKCS#8 (RFC 8410) for the private key, and
//! SubjectPublicKeyInfo for the public one.

use crate::text::Sha256;
use data_encoding::HEXLOWER;
use pem::{EncodeConfig, LineEnding, Pem};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fmt::{self, Display};
use std::str::FromStr;

/// What stands before the 32 bytes of the seed in PKCS#8, version 1, for Ed25519.
const PKCS8_V1: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// What stands before the 32 bytes of the key in SubjectPublicKeyInfo for Ed25519.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// Bytes of a signature.
pub(crate) const SIGNATURE: usize = 64;

/// What a signature is made for. It is signed with the bytes, so that a signature serves no other purpose.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Attestation,
    Withdrawals,
    Proof,
}

impl Purpose {
    fn message(self, bytes: &[u8]) -> Vec<u8> {
        let name: &[u8] = match self {
            Self::Attestation => b"traject.attestation.v1\0",
            Self::Withdrawals => b"traject.withdrawals.v1\0",
            Self::Proof => b"traject.proof.v1\0",
        };
        [name, bytes].concat()
    }
}

/// Which key: the first four bytes of the SHA-256 of the public key; its text is eight lower-case hexadecimal digits. It
/// helps to find a key and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 4]);

impl KeyId {
    fn of(public: &[u8]) -> Self {
        let [a, b, c, d, ..] = Sha256::of(&[public]).0;
        Self([a, b, c, d])
    }
}

impl Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = KeyFault;

    fn from_str(text: &str) -> Result<Self, KeyFault> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| KeyFault::Id)?;
        bytes.try_into().map(Self).map_err(|_| KeyFault::Id)
    }
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// No PEM of a private Ed25519 key.
    #[error("not the PEM of a private Ed25519 key: give the file that `traject key new` wrote")]
    Private,
    /// No PEM of a public Ed25519 key.
    #[error("not the PEM of a public Ed25519 key: give the file that ends with .pub")]
    Public,
    /// No id of a key.
    #[error("write the id of a key as eight lower-case hexadecimal digits")]
    Id,
}

impl KeyFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Private | Self::Public => "KEY_UNREADABLE",
            Self::Id => "KEY_ID_INVALID",
        }
    }
}

/// The PEM of the private key that grows from 32 random bytes. Whoever has it signs as its owner.
pub fn private_key_pem(seed: &[u8; 32]) -> String {
    to_pem(PRIVATE, &PKCS8_V1, seed)
}

fn to_pem(tag: &str, head: &[u8], key: &[u8; 32]) -> String {
    pem::encode_config(&Pem::new(tag, [head, key].concat()), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

/// A private key. `Debug` shows its id only.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    id: KeyId,
}

impl SigningKey {
    /// A secret of 32 octets for another purpose than signing, such as `traject.page.v1`. Ed25519 gives one signature for one
    /// message (RFC 8032), and this one is never shown: its hash is as secret as the key, and tells nothing of it.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let signature = self.pair.sign(&[b"traject.secret.v1\0", purpose.as_bytes()].concat());
        crate::text::Sha256::of(&[signature.as_ref()]).0
    }

    /// Reads PKCS#8 in PEM, of version 1 or 2.
    ///
    /// # Errors
    /// [`KeyFault::Private`] when the text is no such key.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let pem = pem::parse(text).map_err(|_| KeyFault::Private)?;
        if pem.tag() != PRIVATE {
            return Err(KeyFault::Private);
        }
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pem.contents()).map_err(|_| KeyFault::Private)?;
        let id = KeyId::of(pair.public_key().as_ref());
        Ok(Self { pair, id })
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The public key that checks what this one signs.
    pub fn verifying_key(&self) -> VerifyingKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        VerifyingKey(key)
    }

    pub(crate) fn sign(&self, purpose: Purpose, bytes: &[u8]) -> [u8; SIGNATURE] {
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(self.pair.sign(&purpose.message(bytes)).as_ref());
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.id).finish()
    }
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Reads SubjectPublicKeyInfo in PEM.
    ///
    /// # Errors
    /// [`KeyFault::Public`] when the text is no such key.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let pem = pem::parse(text).map_err(|_| KeyFault::Public)?;
        let key = pem.contents().strip_prefix(&SPKI).filter(|_| pem.tag() == PUBLIC).ok_or(KeyFault::Public)?;
        key.try_into().map(Self).map_err(|_| KeyFault::Public)
    }

    /// The reverse of [`Self::from_pem`].
    pub fn to_pem(&self) -> String {
        to_pem(PUBLIC, &SPKI, &self.0)
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.0)
    }

    fn verifies(&self, purpose: Purpose, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(&purpose.message(bytes), signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey").field(&self.id()).finish()
    }
}

/// What became of a signature under the keys at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Holds,
    Broken,
    /// None of the keys has the id that is named.
    KeyUnknown,
}

pub(crate) fn signed(keys: &[VerifyingKey], id: KeyId, purpose: Purpose, bytes: &[u8], signature: &[u8]) -> Signed {
    // An id is short: two keys may share one.
    let mut named = keys.iter().filter(|key| key.id() == id).peekable();
    if named.peek().is_none() {
        return Signed::KeyUnknown;
    }
    if named.any(|key| key.verifies(purpose, bytes, signature)) { Signed::Holds } else { Signed::Broken }
}
