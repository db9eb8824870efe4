//! The ways by which documents travel, and what each is worth in law.

use super::Provenance;
use crate::delivery::{AddressState, Document};
use crate::labels::Label;
use std::collections::BTreeSet;

/// What a document that came by a way is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegalEffect {
    /// It is the act: its arrival counts.
    Service,
    /// A copy for information: its arrival counts for nothing.
    Courtesy,
}

/// What a way asks of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChannelNeed {
    /// An address for paper.
    Address,
    /// An e-mail address.
    Email,
    /// A number, and the person's consent to be written to there.
    NumberAndConsent,
    /// To be there in person.
    Presence,
}

/// What shows that a document arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryProof {
    /// Nothing.
    None,
    /// That it was posted.
    Posting,
    /// The person's signature.
    Signature,
    /// A receipt of the provider.
    Receipt,
}

/// What a refused signature at the desk is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedSignature {
    /// The document counts as received.
    CountsAsReceived,
    /// It does not.
    NotReceived,
}

/// One way by which documents travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRule {
    /// Its name for a reader.
    pub label: Label,
    /// What a document that came by it is worth.
    pub legal_effect: LegalEffect,
    /// The documents that may travel by it; empty: every one.
    pub carries: BTreeSet<Document>,
    /// What it asks of the person.
    pub needs: ChannelNeed,
    /// The states of an address to which it may be sent; empty for a way that needs none.
    pub addresses: BTreeSet<AddressState>,
    /// A document sent by it counts as delivered on this working day after posting, until the contrary is shown; none:
    /// nothing is presumed.
    pub presumed_delivery_working_days: Option<u8>,
    /// Whether the post registers it.
    pub registered: bool,
    /// What shows that it arrived.
    pub proof: DeliveryProof,
    /// What a refused signature is worth; for a way that asks for one.
    pub refused_signature: Option<RefusedSignature>,
    /// Where that comes from.
    pub provenance: Provenance,
}

impl ChannelRule {
    /// Whether a document may travel by it.
    pub fn carries(&self, document: Document) -> bool {
        self.carries.is_empty() || self.carries.contains(&document)
    }
}
