//! The three hashes of the ledger. Each begins with its own name, so that none can pass for another.

use crate::{PartClass, Salt};
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

/// The chain before the first fact.
pub const GENESIS: Hash = [0; 32];

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// SHA-256 of any bytes: a stored document, a request.
pub fn content_hash(bytes: &[u8]) -> Hash {
    sha256(&[bytes])
}

/// Hash of a fact: of its skeleton's bytes.
pub fn fact_hash(skeleton: &[u8]) -> Hash {
    sha256(&[b"traject.fact.v1\0", skeleton])
}

/// What a skeleton commits to for one part.
pub fn commitment(class: PartClass, salt: &Salt, bytes: &[u8]) -> Hash {
    sha256(&[b"traject.part.v1\0", &[class.number()], salt, bytes])
}

/// Where a fact lies in this deployment's ledger: everything of its row that the skeleton does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Gapless from 1.
    pub position: u64,
    /// When it was received, to the microsecond, UTC.
    pub received_at: Timestamp,
    /// The dossier it belongs to.
    pub dossier: Uuid,
    /// The dossier's version after the command that wrote it.
    pub dossier_version: u64,
}

/// The chain's hash at a place, from the hash before it and the fact's hash.
pub fn chain_hash(before: &Hash, fact: &Hash, place: &Place) -> Hash {
    sha256(&[
        b"traject.chain.v1\0",
        before,
        fact,
        &place.position.to_be_bytes(),
        &place.received_at.as_microsecond().to_be_bytes(),
        place.dossier.as_bytes(),
        &place.dossier_version.to_be_bytes(),
    ])
}
