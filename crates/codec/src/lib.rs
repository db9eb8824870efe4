//! Facts to ledger bytes and back: a hashed skeleton, salted parts, and the chain over both.
//!
//! May depend on the app's model, the domain, jiff, prost, ring, thiserror and uuid.
//! Must never know SQL, files or sockets, nor make time, ids or randomness: salts come in through [`Salts`].
//!
//! The format is `proto/traject/ledger/v1/ledger.proto`; `docs/adr/0002-the-fact.md` says why it is so.

mod decode;
mod encode;
mod hash;
mod step;
mod wire;

pub use decode::{DecodeError, Decoded, ReadFact, Unreadable, decode};
pub use encode::encode;
pub use hash::{GENESIS, Hash, Place, chain_hash, commitment, content_hash, fact_hash};

use prost::Message as _;

/// The version of the format this crate reads; a skeleton with a greater `min_reader` is kept, not read.
pub const READER: u32 = 3;

/// What a code of health reads as where its part was withheld or erased (questions.md V9 counts them as one family).
pub const MEDICAL_FAMILY: &str = "MEDICAL";

/// Sixteen random bytes that keep a commitment from being guessed.
pub type Salt = [u8; 16];

/// The source of salts.
pub trait Salts: Send + Sync {
    /// A new salt.
    ///
    /// # Errors
    /// [`NoRandomness`] when the system has none to give.
    fn next(&self) -> Result<Salt, NoRandomness>;
}

/// The system's source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed")]
pub struct NoRandomness;

/// Salts from the system's source of randomness.
#[derive(Debug)]
pub struct SystemSalts(ring::rand::SystemRandom);

impl Default for SystemSalts {
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Salts for SystemSalts {
    fn next(&self) -> Result<Salt, NoRandomness> {
        let mut salt = Salt::default();
        ring::rand::SecureRandom::fill(&self.0, &mut salt).map_err(|_| NoRandomness)?;
        Ok(salt)
    }
}

/// What may be handed on separately, or erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartClass {
    /// What the law looks at.
    Plain,
    /// Who the person is.
    Identifying,
    /// What tells of a person's health.
    Medical,
}

impl PartClass {
    /// Its number in the format, 1 to 3.
    pub const fn number(self) -> u8 {
        match self {
            Self::Plain => 1,
            Self::Identifying => 2,
            Self::Medical => 3,
        }
    }

    /// The class with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Plain),
            2 => Some(Self::Identifying),
            3 => Some(Self::Medical),
            _ => None,
        }
    }
}

/// A part as it is stored and handed on.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its class; a fact has at most one part of each.
    pub class: PartClass,
    /// Its salt.
    pub salt: Salt,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part({:?}, ***)", self.class)
    }
}

/// A fact as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The hashed bytes.
    pub skeleton: Vec<u8>,
    /// Its parts, by class.
    pub parts: Vec<Part>,
    /// [`fact_hash`] of the skeleton.
    pub hash: Hash,
}

/// A part does not belong to the skeleton.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartMismatch {
    /// The skeleton does not read.
    #[error("the skeleton does not read")]
    Skeleton,
    /// The part of this class has other bytes or another salt than the skeleton commits to.
    #[error("the {0:?} part is not the one the skeleton commits to")]
    Changed(PartClass),
    /// The skeleton commits to no part of this class.
    #[error("the skeleton commits to no {0:?} part")]
    Foreign(PartClass),
}

/// Compares parts with a skeleton's commitments, and gives the classes of the parts that are not there.
///
/// # Errors
/// [`PartMismatch`] for the first part that the skeleton does not commit to.
pub fn check_parts(skeleton: &[u8], parts: &[Part]) -> Result<Vec<PartClass>, PartMismatch> {
    let skeleton = wire::Skeleton::decode(skeleton).map_err(|_| PartMismatch::Skeleton)?;
    let committed =
        |class: PartClass| skeleton.commitments.iter().find(|commitment| commitment.class == i32::from(class.number()));
    for part in parts {
        let commitment = committed(part.class).ok_or(PartMismatch::Foreign(part.class))?;
        if commitment.sha256 != self::commitment(part.class, &part.salt, &part.bytes) {
            return Err(PartMismatch::Changed(part.class));
        }
    }
    let there = |class: &PartClass| parts.iter().any(|part| part.class == *class);
    let all = [PartClass::Plain, PartClass::Identifying, PartClass::Medical];
    Ok(all.into_iter().filter(|class| committed(*class).is_some() && !there(class)).collect())
}
