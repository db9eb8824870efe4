//! What the bytes of a fact promise.

use proptest::prelude::*;
use traject_app::model::NewFact;
use traject_codec::{
    Decoded, MEDICAL_FAMILY, PartClass, PartMismatch, ReadFact, Unreadable, check_parts, decode, encode, fact_hash,
};
use traject_domain::code::Breach;
use traject_domain::fact::{FactKind, NumberKey};
use traject_testkit::{SeededSalts, facts};
use uuid::Uuid;

fn read(decoded: Decoded) -> ReadFact {
    match decoded {
        Decoded::Read(fact) => *fact,
        Decoded::Unreadable(id, why) => panic!("{id} does not read: {why:?}"),
    }
}

fn fact(kind: FactKind) -> NewFact {
    facts::new_fact(Uuid::from_u128(1), "C-000001", NumberKey(Uuid::from_u128(2)), jiff::civil::date(2022, 6, 1), kind)
}

proptest! {
    #[test]
    fn every_fact_comes_back_as_it_went_in(new in facts::any_new_fact(), n in 0..900_000_u64) {
        let numbers = vec![(new.fact.number, facts::national_number(n))];
        let encoded = encode(&new, &numbers, &SeededSalts::new(n)).expect("salts");
        let back = read(decode(&encoded.skeleton, &encoded.parts).expect("reads"));
        prop_assert_eq!(back.id, new.id);
        prop_assert_eq!(back.fact, new.fact);
        prop_assert_eq!(back.actor, new.actor);
        prop_assert_eq!(back.identity, new.identity);
        prop_assert_eq!(back.numbers, numbers);
        prop_assert_eq!(check_parts(&encoded.skeleton, &encoded.parts), Ok(Vec::new()));
    }

    #[test]
    fn one_flipped_bit_of_a_part_or_its_salt_is_noticed(new in facts::any_new_fact(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut encoded = encode(&new, &[], &SeededSalts::new(1)).expect("salts");
        let part = at.index(encoded.parts.len());
        let part = &mut encoded.parts[part];
        let place = at.index(16 + part.bytes.len());
        match place.checked_sub(16) {
            None => part.salt[place] ^= 1 << bit,
            Some(place) => part.bytes[place] ^= 1 << bit,
        }
        let class = part.class;
        prop_assert_eq!(check_parts(&encoded.skeleton, &encoded.parts), Err(PartMismatch::Changed(class)));
    }

    #[test]
    fn bytes_of_any_kind_never_panic(skeleton in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&skeleton, &[]);
    }
}

#[test]
fn a_withheld_or_erased_part_leaves_the_hash_and_the_rest_as_they_were() {
    let mut encoded = encode(&fact(facts::one_of_each_kind().remove(1)), &[], &SeededSalts::new(1)).expect("salts");
    encoded.parts.retain(|part| part.class == PartClass::Plain);
    let missing = check_parts(&encoded.skeleton, &encoded.parts);
    assert_eq!(missing, Ok(vec![PartClass::Identifying, PartClass::Medical]));
    assert_eq!(fact_hash(&encoded.skeleton), encoded.hash);
    let back = read(decode(&encoded.skeleton, &encoded.parts).expect("reads"));
    let FactKind::Checked(extract) = back.fact.kind else { panic!("not a check") };
    assert_eq!((extract.birth_date, extract.permit_ground, back.identity), (None, None, None));
}

#[test]
fn without_its_medical_part_a_suspension_says_no_more_than_that_it_is_one() {
    let skeleton_of = |code: &str| {
        let kind = FactKind::SuspensionGranted { code: code.into(), until: jiff::civil::date(2023, 1, 31) };
        let mut encoded = encode(&fact(kind), &[], &SeededSalts::new(1)).expect("salts");
        assert!(encoded.parts.iter().any(|part| part.class == PartClass::Medical), "{code}");
        encoded.parts.retain(|part| part.class == PartClass::Plain);
        (encoded.skeleton, encoded.parts)
    };
    let (illness, parts) = skeleton_of("S02");
    let (timetable, _) = skeleton_of("S01");
    assert_eq!(illness.len(), timetable.len());
    assert!(!illness.windows(3).any(|window| window == b"S02"));
    let FactKind::SuspensionGranted { code, .. } = read(decode(&illness, &parts).expect("reads")).fact.kind else {
        panic!("not a suspension")
    };
    assert_eq!(code.as_str(), MEDICAL_FAMILY);
}

#[test]
fn no_name_number_or_birth_date_is_in_the_skeleton_or_the_plain_part() {
    let new = fact(facts::one_of_each_kind().remove(0));
    let number = facts::national_number(12);
    let encoded = encode(&new, &[(new.fact.number, number)], &SeededSalts::new(1)).expect("salts");
    let plain = encoded.parts.iter().find(|part| part.class == PartClass::Plain).expect("plain part");
    for bytes in [&encoded.skeleton, &plain.bytes] {
        for secret in ["El Amrani", "example.org", "1990-05", &number.digits()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}

#[test]
fn a_kind_or_a_reader_of_the_future_and_a_withheld_plain_part_are_kept_and_reported() {
    let encoded = encode(&fact(FactKind::CertificateReceived), &[], &SeededSalts::new(1)).expect("salts");
    let reported = |skeleton: &[u8], parts| match decode(skeleton, parts).expect("reads") {
        Decoded::Unreadable(id, why) => (id.0.as_u128(), why),
        Decoded::Read(_) => panic!("read"),
    };
    let replace = |from: &[u8], to: &[u8]| {
        let at = encoded.skeleton.windows(from.len()).position(|window| window == from).expect("there");
        let mut skeleton = encoded.skeleton.clone();
        skeleton[at..at + from.len()].copy_from_slice(to);
        skeleton
    };
    let kind = replace(b"certificate_received", b"certificate_enlarged");
    assert_eq!(reported(&kind, &encoded.parts), (1, Unreadable::UnknownKind));
    // Field 8, min_reader.
    let newer = replace(&[0x40, 1, 0x4a], &[0x40, 4, 0x4a]);
    assert_eq!(reported(&newer, &encoded.parts), (1, Unreadable::NewerReader(4)));
    assert_eq!(reported(&encoded.skeleton, &[]), (1, Unreadable::Withheld));
}

#[test]
fn only_what_an_older_reader_could_not_tell_asks_for_a_newer_one() {
    let invited = |hearing| FactKind::HearingInvited(Breach::NotRegistered, hearing);
    let asks = |kind| {
        let encoded = encode(&fact(kind), &[], &SeededSalts::new(1)).expect("salts");
        let at = encoded.skeleton.windows(3).position(|window| window[0] == 0x40 && window[2] == 0x4a).expect("there");
        encoded.skeleton[at + 1]
    };
    assert_eq!(asks(invited(None)), 1);
    let hearing = facts::one_of_each_kind().into_iter().find_map(|kind| match kind {
        FactKind::HearingInvited(_, hearing) => hearing,
        _ => None,
    });
    assert_eq!(asks(invited(hearing)), 2);
    assert_eq!(asks(FactKind::ExemptionRefused { code: "E13".into(), reason: "evidence_missing".into() }), 2);
}
