//! The proof of a delivery, over facts and a chain as the ledger makes them.

use crate::{day, instant, key};
use proptest::prelude::*;
use std::io::{Cursor, Read as _, Write as _};
use traject_codec::{GENESIS, Place, chain_hash, encode};
use traject_domain::fact::NumberKey;
use traject_proof::{Chain, Event, Head, Link, ProofBundle, ProofFault, ProvenFact, Sha256, Statement};
use traject_testkit::{SeededSalts, facts};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const DOSSIER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00d0);
const PDF: &[u8] = b"%PDF-1.7 a formal notice";
const HTML: &[u8] = b"<!DOCTYPE html><title>a formal notice</title>";

/// A ledger of so many facts, one of each kind in turn, and the chain of those at these positions up to its end.
fn chain(length: u64, positions: &[u64]) -> Chain {
    let mut hash = GENESIS;
    let (mut proven, mut links) = (Vec::new(), Vec::new());
    for (position, kind) in (1..=length).zip(facts::one_of_each_kind().into_iter().cycle()) {
        let id = Uuid::from_u128(u128::from(position));
        let kind_name = kind.name().to_owned();
        let new = facts::new_fact(id, "N-1", NumberKey(Uuid::from_u128(2)), day("2026-03-02"), kind);
        let encoded = encode(&new, &[], &SeededSalts::new(position)).expect("salts");
        let ours = positions.contains(&position);
        let dossier = if ours { DOSSIER } else { Uuid::from_u128(0xffff + u128::from(position)) };
        let received_at = instant("2026-03-02T09:00:00.000001Z");
        let place = Place { position, received_at, dossier, dossier_version: position };
        let before = std::mem::take(&mut hash);
        hash = chain_hash(&before, &encoded.hash, &place);
        if ours {
            proven.push(ProvenFact {
                fact: id,
                kind: kind_name,
                occurred_on: day("2026-03-02"),
                position,
                chain_before: Sha256(before),
                chain_hash: Sha256(hash),
                skeleton: encoded.skeleton,
            });
        }
        if !proven.is_empty() {
            let fact_hash = Sha256(encoded.hash);
            links.push(Link { position, fact_hash, received_at, dossier, dossier_version: position });
        }
    }
    Chain { facts: proven, links, head: Head { position: length, hash: Sha256(hash) } }
}

fn event(at: &str, state: &str) -> Event {
    Event { at: instant(at), state: state.to_owned(), reason: None, reference: None, note: None }
}

fn statement(chain: Chain) -> Statement {
    let registered = Some("RP 123 456 789 BE".to_owned());
    Statement {
        delivery: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        document: "formal_notice".to_owned(),
        template_version: "2026.1".to_owned(),
        language: "fr".to_owned(),
        courtesy_language: Some("es".to_owned()),
        channel: "registered_letter".to_owned(),
        legal_effect: "starts_term".to_owned(),
        issuer: "21004".to_owned(),
        dossier: DOSSIER,
        step_version: 1,
        pages: 2,
        events: vec![
            Event { reference: registered, ..event("2026-03-03T14:10:00Z", "posted") },
            event("2026-03-02T22:59:59.5Z", "rendered"),
            event("2026-03-02T23:00:00Z", "printed"),
            Event {
                reason: Some("moved".to_owned()),
                note: Some("sticker\u{1b}[2J on the envelope".to_owned()),
                ..event("2026-03-30T07:00:00Z", "returned")
            },
        ],
        chain,
        made_at: instant("2026-04-01T08:00:00Z"),
    }
}

fn bundle() -> Vec<u8> {
    ProofBundle::write(&key(1), statement(chain(9, &[3, 5])), PDF, Some(HTML)).expect("it is written")
}

/// The code of what is found, or none.
fn found(bytes: &[u8]) -> Option<&'static str> {
    let read = ProofBundle::read(bytes);
    read.and_then(|bundle| bundle.check(&[key(1).verifying_key()]).map(|_| ())).err().map(ProofFault::code)
}

fn files(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bundle)).expect("an archive");
    let read = |at| {
        let mut entry = archive.by_index(at).expect("a file");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("it reads");
        (entry.name().to_owned(), content)
    };
    (0..ZipArchive::new(Cursor::new(bundle)).expect("an archive").len()).map(read).collect()
}

fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name.as_str(), stored).expect("a file");
        writer.write_all(content).expect("it is written");
    }
    writer.finish().expect("an archive").into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_and_holds(
        length in 1..40_u64,
        picks in prop::collection::btree_set(1..40_u64, 0..6),
        pdf in prop::collection::vec(any::<u8>(), 0..300),
        html in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
    ) {
        let positions: Vec<u64> = picks.into_iter().filter(|position| *position <= length).collect();
        let said = statement(chain(length, &positions));
        let bytes = ProofBundle::write(&key(1), said.clone(), &pdf, html.as_deref()).expect("it is written");
        prop_assert_eq!(&bytes, &ProofBundle::write(&key(1), said.clone(), &pdf, html.as_deref()).expect("again"));
        let bundle = ProofBundle::read(&bytes).expect("it reads");
        let checked = bundle.check(&[key(2).verifying_key(), key(1).verifying_key()]).expect("it holds");
        prop_assert_eq!(checked.statement(), &said);
        prop_assert_eq!((checked.pdf(), checked.html(), checked.key()), (pdf.as_slice(), html.as_deref(), key(1).id()));
    }

    #[test]
    fn a_change_anywhere_is_noticed_or_changes_nothing_that_is_read(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let original = bundle();
        let mut changed = original.clone();
        changed[at.index(original.len())] ^= flip;
        if found(&changed).is_none() {
            prop_assert_eq!(ProofBundle::read(&changed), ProofBundle::read(&original));
        }
    }

    #[test]
    fn bytes_of_any_kind_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(found(&bytes), Some("PROOF_UNREADABLE"));
    }
}

/// Every file of a bundle, every byte of it, in an archive that is otherwise whole.
#[test]
fn every_other_byte_of_a_file_is_noticed() {
    let files = files(&bundle());
    for (which, (name, content)) in files.iter().enumerate() {
        for at in 0..content.len() {
            let mut changed = files.clone();
            changed[which].1[at] ^= 1;
            assert!(found(&archive(&changed)).is_some(), "{name}, byte {at}");
        }
    }
    assert_eq!(found(&archive(&files)), None);
}

#[test]
fn each_fault_has_its_code() {
    let files = files(&bundle());
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = files.clone();
        change(&mut changed.iter_mut().find(|file| file.0 == name).expect("it is there").1);
        found(&archive(&changed))
    };
    let text = |from: &'static str, to: &'static str| {
        move |content: &mut Vec<u8>| *content = String::from_utf8_lossy(content).replacen(from, to, 1).into_bytes()
    };
    assert_eq!(with("document.pdf", &|content| content.push(b' ')), Some("PROOF_DOCUMENT_DIFFERS"));
    assert_eq!(with("document.html", &|content| content.push(b' ')), Some("PROOF_DOCUMENT_DIFFERS"));
    assert_eq!(with("proof.json", &text("posted", "lost")), Some("PROOF_SIGNATURE"));
    assert_eq!(with("proof.json", &text("proof.v1", "proof.v2")), Some("PROOF_FORMAT"));
    assert_eq!(with("proof.json", &text("\"pages\"", "\"leaves\"")), Some("PROOF_UNREADABLE"));
    assert_eq!(with("proof.sig", &|content| content[9] ^= 1), Some("PROOF_SIGNATURE"));
    assert_eq!(with("proof.sig", &|content| content.truncate(63)), Some("PROOF_UNREADABLE"));
    let bundle = ProofBundle::read(&bundle()).expect("it reads");
    let unknown = bundle.check(&[key(2).verifying_key()]).err().expect("another key");
    assert_eq!((unknown.code(), unknown), ("PROOF_KEY_UNKNOWN", ProofFault::KeyUnknown(key(1).id())));
}

#[test]
fn an_archive_holds_the_files_of_a_proof_and_nothing_else() {
    let files = files(&bundle());
    let without = |name: &str| {
        let kept: Vec<_> = files.iter().filter(|file| file.0 != name).cloned().collect();
        found(&archive(&kept))
    };
    assert_eq!(without("document.html"), Some("PROOF_DOCUMENT_DIFFERS"));
    for name in ["document.pdf", "proof.json", "proof.sig"] {
        assert_eq!(without(name), Some("PROOF_UNREADABLE"), "{name}");
    }
    let mut more = files.clone();
    more.push(("document2.pdf".to_owned(), Vec::new()));
    assert_eq!(found(&archive(&more)), Some("PROOF_UNREADABLE"));
    let hidden = [b"PK an archive of another story".to_vec(), bundle()].concat();
    assert_eq!(found(&hidden), Some("PROOF_UNREADABLE"));
}

/// Where the archive names a file twice, in front of it and in its list, both must agree: other programs may look at the
/// first.
#[test]
fn a_file_has_one_name() {
    let bundle = bundle();
    let name = b"document.html";
    let local = bundle.windows(name.len()).position(|window| window == name).expect("its local name");
    let mut changed = bundle;
    changed[local..local + name.len()].copy_from_slice(b"document.pdf\0");
    assert_eq!(found(&changed), Some("PROOF_UNREADABLE"));
}

#[test]
fn a_chain_that_does_not_hold_is_never_signed() {
    let whole = chain(9, &[3, 5]);
    let refused = |change: &dyn Fn(&mut Statement)| {
        let mut said = statement(whole.clone());
        change(&mut said);
        ProofBundle::write(&key(1), said, PDF, None).err().map(ProofFault::code)
    };
    let broken = Some("PROOF_CHAIN_BROKEN");
    let differs = Some("PROOF_FACT_DIFFERS");
    assert_eq!(refused(&|_| {}), None);
    assert_eq!(refused(&|said| said.dossier = Uuid::from_u128(1)), differs);
    assert_eq!(refused(&|said| said.chain.facts[0].kind.push('x')), differs);
    assert_eq!(refused(&|said| said.chain.facts[1].occurred_on = day("2026-03-03")), differs);
    assert_eq!(refused(&|said| said.chain.facts[1].fact = Uuid::from_u128(1)), differs);
    assert_eq!(refused(&|said| said.chain.facts[1].skeleton.push(0)), differs);
    assert_eq!(refused(&|said| said.chain.facts[1].chain_before.0[0] ^= 1), broken);
    assert_eq!(refused(&|said| said.chain.facts[1].chain_hash.0[0] ^= 1), broken);
    assert_eq!(refused(&|said| said.chain.facts[0].chain_before = Sha256(GENESIS)), broken);
    assert_eq!(refused(&|said| said.chain.facts[0].position = 0), broken);
    assert_eq!(refused(&|said| said.chain.facts.swap(0, 1)), broken);
    assert_eq!(refused(&|said| said.chain.facts.clear()), broken);
    assert_eq!(refused(&|said| said.chain.links.truncate(6)), broken);
    assert_eq!(refused(&|said| said.chain.links.retain(|link| link.position != 4)), broken);
    assert_eq!(refused(&|said| said.chain.links[1].fact_hash.0[0] ^= 1), broken);
    assert_eq!(refused(&|said| said.chain.links[3].dossier_version += 1), broken);
    assert_eq!(refused(&|said| said.chain.links[3].received_at = instant("2026-03-02T09:00:00.000002Z")), broken);
    assert_eq!(refused(&|said| said.chain.head.position += 1), broken);
    assert_eq!(refused(&|said| said.chain.head.hash.0[31] ^= 1), broken);
}

#[test]
fn the_story_is_told_in_its_order() {
    let bundle = ProofBundle::read(&bundle()).expect("it reads");
    insta::assert_snapshot!(bundle.check(&[key(1).verifying_key()]).expect("it holds").story());
}

#[test]
fn a_delivery_without_facts_says_so() {
    let plain = Statement { courtesy_language: None, events: Vec::new(), ..statement(chain(4, &[])) };
    let bytes = ProofBundle::write(&key(1), plain, PDF, None).expect("it is written");
    let bundle = ProofBundle::read(&bytes).expect("it reads");
    insta::assert_snapshot!(bundle.check(&[key(1).verifying_key()]).expect("it holds").story());
}

#[test]
fn what_is_signed_can_be_read_without_the_program() {
    let files = files(&bundle());
    let (_, json) = files.iter().find(|file| file.0 == "proof.json").expect("it is there");
    insta::assert_snapshot!(String::from_utf8_lossy(json));
}

#[test]
fn debug_shows_no_note() {
    assert!(!format!("{:?}", statement(chain(1, &[1]))).contains("sticker"));
}
