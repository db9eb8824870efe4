//! Keys as files.

use crate::key;
use traject_proof::{KeyFault, KeyId, SigningKey, VerifyingKey, private_key_pem};

/// RFC 8410, 10.1 and 10.3: a public and a private key as other programs write them.
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";

#[test]
fn the_keys_of_rfc_8410_read_and_belong_together() {
    let (private, public) =
        (SigningKey::from_pem(PRIVATE).expect("reads"), VerifyingKey::from_pem(PUBLIC).expect("reads"));
    assert_eq!(private.verifying_key(), public);
    assert_eq!(public.to_pem(), PUBLIC);
    assert_eq!(private.id(), public.id());
}

#[test]
fn a_seed_is_written_as_rfc_8410_writes_it() {
    let seed = [
        0xd4, 0xee, 0x72, 0xdb, 0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8, 0xf1, 0xf7, 0x69, 0xf8, 0xad, 0x3a, 0xfe,
        0x7c, 0x28, 0xcb, 0xf1, 0xd4, 0xfb, 0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42,
    ];
    assert_eq!(private_key_pem(&seed), PRIVATE);
}

#[test]
fn a_public_key_is_no_private_one_nor_the_reverse() {
    assert_eq!(SigningKey::from_pem(PUBLIC).expect_err("public"), KeyFault::Private);
    assert_eq!(VerifyingKey::from_pem(PRIVATE).expect_err("private"), KeyFault::Public);
    assert_eq!(VerifyingKey::from_pem("").expect_err("nothing").code(), "KEY_UNREADABLE");
    let renamed = PRIVATE.replace("PRIVATE", "PUBLIC");
    assert_eq!(VerifyingKey::from_pem(&renamed).expect_err("renamed"), KeyFault::Public);
}

#[test]
fn an_id_is_its_text_and_debug_shows_no_more() {
    let id = key(1).id();
    assert_eq!(id.to_string().parse::<KeyId>(), Ok(id));
    assert_eq!(id.to_string().len(), 8);
    for wrong in ["", "1234567", "123456789", "ABCDEF01", "zzzzzzzz"] {
        assert_eq!(wrong.parse::<KeyId>().expect_err(wrong).code(), "KEY_ID_INVALID");
    }
    assert_eq!(format!("{:?}", key(1)), format!("SigningKey({id})"));
}
