//! That facts belong to the ledger's chain, up to a head, without the content of any other fact
//! (`docs/adr/0002-the-fact.md`). The hashes are those of the ledger; a test holds the two together.
//!
//! Every entry's hash covers the one before, so a proof has one link for each entry from the first of its facts to the
//! head. A link says of another fact its hash, its dossier's id and version, and when it was received: nothing of its
//! content. It is best made up to the head of the day of the last fact, which the ledger keeps: the nearer the head, the
//! fewer the links.

use crate::bundle::ProofFault;
use crate::text::{self, Sha256};
use jiff::{Span, Timestamp};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use traject_domain::Date;
use uuid::Uuid;

/// The chain before the first fact of a ledger.
const GENESIS: Sha256 = Sha256([0; 32]);
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A fact that a proof rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenFact {
    /// Its id.
    #[serde(with = "text")]
    pub fact: Uuid,
    /// Its kind, as in the import format, such as `notice_posted`.
    pub kind: String,
    /// The civil day in Brussels on which it happened.
    #[serde(with = "text")]
    pub occurred_on: Date,
    /// Its position in the ledger, from 1.
    pub position: u64,
    /// The chain's hash before it.
    pub chain_before: Sha256,
    /// The chain's hash after it.
    pub chain_hash: Sha256,
    /// Its skeleton, byte for byte: what every holder of the fact has. Id, kind and day stand in it.
    #[serde(with = "text::hex")]
    pub skeleton: Vec<u8>,
}

/// One entry of the ledger, as far as the chain covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its position in the ledger, from 1.
    pub position: u64,
    /// The hash of its fact.
    pub fact_hash: Sha256,
    /// When it was received, to the microsecond, UTC.
    #[serde(with = "text")]
    pub received_at: Timestamp,
    /// The dossier it belongs to.
    #[serde(with = "text")]
    pub dossier: Uuid,
    /// The dossier's version after the command that wrote it.
    pub dossier_version: u64,
}

/// The end of the ledger at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The position of its last fact.
    pub position: u64,
    /// The chain's hash there.
    pub hash: Sha256,
}

/// Facts, and the links from the first of them to the head, both by position. Without facts there are no links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The facts that the proof rests on.
    pub facts: Vec<ProvenFact>,
    /// One for each entry from the first of the facts to the head.
    pub links: Vec<Link>,
    /// The head that they lead to.
    pub head: Head,
}

/// The fields of a skeleton (`proto/traject/ledger/v1/ledger.proto`) that a proof repeats.
#[derive(Clone, PartialEq, prost::Message)]
struct Skeleton {
    #[prost(bytes = "vec", tag = "1")]
    fact_id: Vec<u8>,
    #[prost(string, tag = "3")]
    kind: String,
    #[prost(sint32, tag = "4")]
    occurred_on: i32,
}

impl ProvenFact {
    fn is_its_skeleton(&self) -> bool {
        let Ok(skeleton) = Skeleton::decode(self.skeleton.as_slice()) else { return false };
        let day = Span::new().try_days(skeleton.occurred_on).and_then(|days| EPOCH.checked_add(days));
        skeleton.fact_id == self.fact.as_bytes()
            && skeleton.kind == self.kind
            && day.is_ok_and(|day| day == self.occurred_on)
    }
}

impl Link {
    fn chain_hash(&self, before: &Sha256) -> Sha256 {
        Sha256::of(&[
            b"traject.chain.v1\0",
            &before.0,
            &self.fact_hash.0,
            &self.position.to_be_bytes(),
            &self.received_at.as_microsecond().to_be_bytes(),
            self.dossier.as_bytes(),
            &self.dossier_version.to_be_bytes(),
        ])
    }
}

impl Chain {
    /// Follows the links from the first fact to the head, and finds every fact, of this dossier, on the way.
    pub(crate) fn check(&self, dossier: Uuid) -> Result<(), ProofFault> {
        let Some(first) = self.facts.first() else {
            return if self.links.is_empty() { Ok(()) } else { Err(ProofFault::ChainBroken(self.head.position)) };
        };
        if first.position == 0 || (first.position == 1) != (first.chain_before == GENESIS) {
            return Err(ProofFault::ChainBroken(first.position));
        }
        let mut facts = self.facts.iter().peekable();
        let mut hash = first.chain_before;
        let mut position = first.position - 1;
        for link in &self.links {
            position += 1;
            if link.position != position {
                return Err(ProofFault::ChainBroken(position));
            }
            let before = hash;
            hash = link.chain_hash(&before);
            if let Some(fact) = facts.next_if(|fact| fact.position == position) {
                belongs(fact, link, dossier)?;
                if (fact.chain_before, fact.chain_hash) != (before, hash) {
                    return Err(ProofFault::ChainBroken(position));
                }
            }
        }
        // What is left has a position out of order or beyond the head.
        if let Some(fact) = facts.next() {
            return Err(ProofFault::ChainBroken(fact.position));
        }
        if self.head == (Head { position, hash }) { Ok(()) } else { Err(ProofFault::ChainBroken(self.head.position)) }
    }
}

/// The fact is the one whose hash the link has, and is a fact of the dossier.
fn belongs(fact: &ProvenFact, link: &Link, dossier: Uuid) -> Result<(), ProofFault> {
    let hash = Sha256::of(&[b"traject.fact.v1\0", &fact.skeleton]);
    if hash == link.fact_hash && link.dossier == dossier && fact.is_its_skeleton() {
        Ok(())
    } else {
        Err(ProofFault::FactDiffers(fact.position))
    }
}
