//! What a request id left behind, as bytes of its row.

use crate::error::{Corrupt, Failure};
use prost::Message as _;
use traject_app::ids::{DeliveryId, DossierId, FactId};
use traject_app::model::Committed;
use uuid::Uuid;

#[derive(Clone, PartialEq, prost::Message)]
struct Left {
    #[prost(uint64, tag = "1")]
    position: u64,
    #[prost(message, repeated, tag = "2")]
    versions: Vec<Version>,
    #[prost(bytes = "vec", repeated, tag = "3")]
    facts: Vec<Vec<u8>>,
    #[prost(bytes = "vec", repeated, tag = "4")]
    deliveries: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Version {
    #[prost(bytes = "vec", tag = "1")]
    dossier: Vec<u8>,
    #[prost(uint64, tag = "2")]
    version: u64,
}

/// A result as bytes.
pub(crate) fn to_bytes(committed: &Committed) -> Vec<u8> {
    let version =
        |(dossier, version): &(DossierId, u64)| Version { dossier: dossier.0.as_bytes().to_vec(), version: *version };
    Left {
        position: committed.position,
        versions: committed.versions.iter().map(version).collect(),
        facts: committed.facts.iter().map(|fact| fact.0.as_bytes().to_vec()).collect(),
        deliveries: committed.deliveries.iter().map(|delivery| delivery.0.as_bytes().to_vec()).collect(),
    }
    .encode_to_vec()
}

/// A repeated result from its bytes.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Committed, Failure> {
    let uuid = |bytes: &[u8]| Uuid::from_slice(bytes).map_err(|_| Corrupt("id"));
    let left = Left::decode(bytes)?;
    let version = |of: &Version| Ok((DossierId(uuid(&of.dossier)?), of.version));
    Ok(Committed {
        repeated: true,
        position: left.position,
        versions: left.versions.iter().map(version).collect::<Result<_, Corrupt>>()?,
        facts: left.facts.iter().map(|id| Ok(FactId(uuid(id)?))).collect::<Result<_, Corrupt>>()?,
        deliveries: left.deliveries.iter().map(|id| Ok(DeliveryId(uuid(id)?))).collect::<Result<_, Corrupt>>()?,
    })
}
