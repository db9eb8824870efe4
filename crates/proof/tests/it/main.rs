//! What a checker may rely on: what was signed passes, what was changed does not, and is told apart by its code.

mod attestation;
mod bundle;
mod key;
mod withdrawals;

use jiff::Timestamp;
use traject_domain::Date;
use traject_proof::{Claim, SigningKey, private_key_pem};
use uuid::Uuid;

/// The key that grows from a number.
fn key(number: u8) -> SigningKey {
    SigningKey::from_pem(&private_key_pem(&[number; 32])).expect("a key")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn claim() -> Claim {
    Claim {
        document: "certificate_of_obligation".to_owned(),
        issuer: "21004".to_owned(),
        issued_on: day("2026-03-02"),
        reference: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
    }
}
