//! The bytes are pinned by golden files, and are those of the `.proto` file.
//!
//! A golden file is never changed: a new one is added with a new `min_reader`. Each line is `name hex`.

use protox::prost_reflect::{DynamicMessage, MessageDescriptor};
use std::fmt::Write as _;
use std::path::Path;
use traject_codec::{Encoded, PartClass, encode};
use traject_domain::fact::NumberKey;
use traject_testkit::{SeededSalts, facts};
use uuid::Uuid;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

/// One fact of each kind, encoded; the first brings a number.
fn encoded() -> Vec<(String, Encoded)> {
    let kinds = facts::one_of_each_kind();
    let encode_one = |(i, kind): (usize, traject_domain::fact::FactKind)| {
        let number = NumberKey(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let name = format!("{i:02}-{}", kind.name());
        let day = jiff::civil::date(2022, 6, 1);
        let new = facts::new_fact(Uuid::from_u128(i as u128), &format!("F-{i:06}"), number, day, kind);
        let numbers = [(number, facts::national_number(7))];
        let numbers = if i == 0 { &numbers[..] } else { &[] };
        (name, encode(&new, numbers, &SeededSalts::new(i as u64)).expect("salts"))
    };
    kinds.into_iter().enumerate().map(encode_one).collect()
}

/// The reader that a skeleton asks for: field 8, before the commitments.
fn min_reader(fact: &Encoded) -> u8 {
    let at = fact.skeleton.windows(3).position(|window| window[0] == 0x40 && window[2] == 0x4a);
    fact.skeleton[at.expect("every skeleton has one") + 1]
}

#[test]
fn the_bytes_are_the_golden_ones() {
    for reader in [1, 2, 3] {
        let mut text = String::new();
        for (name, fact) in encoded().iter().filter(|(_, fact)| min_reader(fact) == reader) {
            writeln!(text, "{name}/skeleton {}", hex(&fact.skeleton)).expect("text");
            for part in &fact.parts {
                writeln!(text, "{name}/{:?} {} {}", part.class, hex(&part.salt), hex(&part.bytes)).expect("text");
            }
            writeln!(text, "{name}/hash {}", hex(&fact.hash)).expect("text");
        }
        is_golden(reader, &text);
    }
}

fn is_golden(reader: u8, text: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/reader-{reader}.txt"));
    if !golden.exists() {
        std::fs::write(&golden, text).expect("written");
        panic!("the golden file was missing and has been written: look at it and commit it");
    }
    let expected = std::fs::read_to_string(golden).expect("read");
    for (actual, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(actual, expected, "bytes of a reader changed: they are hashed and exchanged, add a reader instead");
    }
    assert_eq!(text.lines().count(), expected.lines().count());
}

#[test]
fn the_bytes_are_those_of_the_proto_file() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let files = protox::compile(["traject/ledger/v1/ledger.proto"], [include]).expect("compiles");
    let pool = protox::prost_reflect::DescriptorPool::from_file_descriptor_set(files).expect("a full set");
    let message = |name: &str| pool.get_message_by_name(&format!("traject.ledger.v1.{name}")).expect("defined");
    let same = |message: MessageDescriptor, bytes: &[u8]| {
        use protox::prost_reflect::prost::Message as _;
        let name = message.full_name().to_owned();
        let read = DynamicMessage::decode(message, bytes).expect("reads");
        assert!(!has_unknown(&read), "{name} has a field that the file does not name");
        assert_eq!(read.encode_to_vec(), bytes, "{name}");
    };
    for (_, fact) in encoded() {
        same(message("Skeleton"), &fact.skeleton);
        for part in &fact.parts {
            let name = match part.class {
                PartClass::Plain => "Plain",
                PartClass::Identifying => "Identifying",
                PartClass::Medical => "Medical",
            };
            same(message(name), &part.bytes);
        }
    }
}

fn has_unknown(message: &DynamicMessage) -> bool {
    let nested = |value: &protox::prost_reflect::Value| match value {
        protox::prost_reflect::Value::Message(message) => has_unknown(message),
        protox::prost_reflect::Value::List(values) => {
            values.iter().any(|value| value.as_message().is_some_and(has_unknown))
        }
        _ => false,
    };
    message.unknown_fields().next().is_some() || message.fields().any(|(_, value)| nested(value))
}
