//! What can be checked offline: the signed code on a certificate, the list of those withdrawn, and the proof of a delivery.
//!
//! May depend on the domain, data-encoding, jiff, pem, prost, ring, serde, serde_json, thiserror, unicode-normalization,
//! uuid and zip. Must never know the app, SQL, files or sockets, nor make time or randomness: both come in as arguments.
//!
//! Whoever checks has this crate, public keys and the thing itself; no deployment is asked. Everything signed begins with
//! the name of its own format, so that no signature can pass for one over something else.

mod attestation;
mod bundle;
mod chain;
mod key;
mod layout;
mod text;
mod verdict;
mod withdrawals;

pub use attestation::{Attestation, AttestationFault, Claim, PREFIX, normalised_name};
pub use bundle::{Checked, DOCUMENT_HTML, DOCUMENT_PDF, Event, ProofBundle, ProofFault, Statement};
pub use chain::{Chain, Head, Link, ProvenFact};
pub use key::{KeyFault, KeyId, SigningKey, VerifyingKey, private_key_pem};
pub use text::Sha256;
pub use verdict::{Question, Verdict, judge};
pub use withdrawals::{Withdrawal, WithdrawalFault, WithdrawalList};
