//! The signed code: tolerant of how it was typed, and of nothing else.

use crate::{claim, day, instant, key};
use data_encoding::BASE32_NOPAD;
use proptest::prelude::*;
use traject_proof::{
    Attestation, AttestationFault, Claim, PREFIX, Question, SigningKey, VerifyingKey, Withdrawal, WithdrawalList,
    judge, normalised_name,
};
use uuid::Uuid;

const NAME: &str = "Amélie Zoé El Amrani";

fn code() -> String {
    Attestation::sign(&key(1), &claim(), NAME).expect("it fits")
}

fn bytes(code: &str) -> Vec<u8> {
    BASE32_NOPAD.decode(code.strip_prefix(PREFIX).expect("a prefix").as_bytes()).expect("base 32")
}

fn text(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", BASE32_NOPAD.encode(bytes))
}

prop_compose! {
    fn any_claim()(
        document in "[a-z0-9_]{1,32}",
        issuer in "[A-Za-z0-9._-]{1,16}",
        days in 0..=65_535_i64,
        reference in any::<u128>(),
    ) -> Claim {
        let issued_on = day("1970-01-01").checked_add(jiff::Span::new().days(days)).expect("a day");
        Claim { document, issuer, issued_on, reference: Uuid::from_u128(reference) }
    }
}

proptest! {
    #[test]
    fn what_is_signed_reads_verifies_and_fits_alphanumeric_mode(claim in any_claim(), name in ".{0,60}", seed in any::<[u8; 32]>()) {
        let key = SigningKey::from_pem(&traject_proof::private_key_pem(&seed)).expect("a key");
        let code = Attestation::sign(&key, &claim, &name).expect("it fits");
        prop_assert!(code.bytes().all(|letter| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&letter)));
        let read = Attestation::read(&code).expect("it reads");
        prop_assert_eq!(read.claim(), &claim);
        prop_assert_eq!(read.key(), key.id());
        prop_assert!(read.verify(&[key.verifying_key()]));
        prop_assert!(!read.verify(&[crate::key(1).verifying_key()]));
        prop_assert!(read.matches_name(&name));
        let longer = name + " x";
        prop_assert!(!read.matches_name(&longer));
    }

    #[test]
    fn spaces_hyphens_and_lower_case_do_not_matter(cuts in prop::collection::vec((any::<prop::sample::Index>(), "[ \t\n-]{1,3}"), 0..20), lower in any::<bool>()) {
        let code = code();
        let mut typed = if lower { code.to_ascii_lowercase() } else { code.clone() };
        for (at, gap) in cuts {
            typed.insert_str(at.index(typed.len() + 1), &gap);
        }
        prop_assert_eq!(Attestation::read(&typed), Attestation::read(&code));
    }

    #[test]
    fn any_text_reads_or_is_refused(text in ".{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Attestation::read(&text).is_err());
        if let Ok(read) = Attestation::read(&self::text(&bytes)) {
            prop_assert!(!read.verify(&[key(1).verifying_key()]));
        }
    }

    #[test]
    fn a_normalised_name_stays_as_it_is(name in "\\PC{0,40}") {
        let once = normalised_name(&name);
        prop_assert_eq!(normalised_name(&once), once);
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let keys = [key(1).verifying_key()];
    let signed = bytes(&code());
    for at in 0..signed.len() {
        for bit in 0..8 {
            let mut changed = signed.clone();
            changed[at] ^= 1 << bit;
            let passes = Attestation::read(&text(&changed)).is_ok_and(|read| read.verify(&keys));
            assert!(!passes, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_other_letter_is_noticed_and_so_is_one_less_or_more() {
    let keys = [key(1).verifying_key()];
    let code = code();
    let passes = |text: &str| Attestation::read(text).is_ok_and(|read| read.verify(&keys));
    assert!(passes(&code));
    for at in 0..code.len() {
        for letter in ('!'..='~')
            .filter(|letter| *letter != '-' && !letter.eq_ignore_ascii_case(&char::from(code.as_bytes()[at])))
        {
            let mut changed = code.clone();
            changed.replace_range(at..=at, &letter.to_string());
            assert!(!passes(&changed), "letter {at} as {letter}");
        }
        let mut shorter = code.clone();
        shorter.remove(at);
        assert!(!passes(&shorter), "without letter {at}");
    }
    assert!(!passes(&format!("{code}A")) && !passes(&format!("{code}AAAAAAAA")));
}

#[test]
fn a_name_matches_however_it_is_composed_spaced_and_capitalised() {
    let read = Attestation::read(&code()).expect("it reads");
    for same in ["amélie zoé el amrani", "AME\u{301}LIE  ZOE\u{301}\tEL AMRANI ", " Amélie\u{a0}Zoé El Amrani"] {
        assert!(read.matches_name(same), "{same}");
    }
    for other in ["Amelie Zoe El Amrani", "El Amrani Amélie Zoé", "", "Amélie"] {
        assert!(!read.matches_name(other), "{other}");
    }
}

#[test]
fn what_does_not_fit_is_not_signed() {
    let refused = |claim: Claim| Attestation::sign(&key(1), &claim, NAME).expect_err("it does not fit").code();
    let claims = [
        Claim { document: String::new(), ..claim() },
        Claim { document: "x".repeat(33), ..claim() },
        Claim { document: "Certificate".to_owned(), ..claim() },
        Claim { issuer: String::new(), ..claim() },
        Claim { issuer: "x".repeat(17), ..claim() },
        Claim { issuer: "é".to_owned(), ..claim() },
        Claim { issued_on: day("1969-12-31"), ..claim() },
        Claim { issued_on: day("2149-06-07"), ..claim() },
    ];
    for claim in claims {
        assert_eq!(refused(claim), "ATTESTATION_FIELD");
    }
    let last = Claim { issued_on: day("2149-06-06"), ..claim() };
    let code = Attestation::sign(&key(1), &last, NAME).expect("it fits");
    assert_eq!(Attestation::read(&code).expect("it reads").claim(), &last);
}

#[test]
fn a_later_format_is_told_from_no_code() {
    let mut later = bytes(&code());
    later[0] = 2;
    assert_eq!(Attestation::read(&text(&later)), Err(AttestationFault::Format));
    assert_eq!(Attestation::read("TRAJECT1:"), Err(AttestationFault::Unreadable));
    assert_eq!(Attestation::read(&"A".repeat(5000)), Err(AttestationFault::Unreadable));
}

/// The whole format at once: a change of it breaks the codes that hang on walls.
#[test]
fn the_format_does_not_move() {
    insta::assert_snapshot!(code());
}

#[test]
fn the_answer_says_what_it_rests_on() {
    let (own, other) = ([key(1).verifying_key()], [key(2).verifying_key()]);
    let list = |entries: &[Withdrawal]| {
        let file = WithdrawalList::sign(&key(1), "21004", instant("2026-03-10T22:30:00Z"), entries).expect("a file");
        WithdrawalList::read(&file, &own).expect("it verifies")
    };
    let (empty, withdrawn) =
        (list(&[]), list(&[Withdrawal { reference: claim().reference, withdrawn_on: day("2026-03-09") }]));
    let on = |as_of: &str, keys| Question { keys, withdrawals: None, list_max_days: 31, name: None, as_of: day(as_of) };
    let mut changed = bytes(&code());
    changed[30] ^= 1;
    let questions: [(&str, &str, Question<'_>); 10] = [
        ("alone", &code(), on("2026-03-20", &own)),
        (
            "name",
            &code(),
            Question { name: Some("amélie zoé el amrani"), withdrawals: Some(&empty), ..on("2026-03-20", &own) },
        ),
        ("other name", &code(), Question { name: Some("Amélie"), ..on("2026-03-20", &own) }),
        ("list at its limit", &code(), Question { withdrawals: Some(&empty), ..on("2026-04-10", &own) }),
        ("old list", &code(), Question { withdrawals: Some(&empty), ..on("2026-04-11", &own) }),
        ("before withdrawal", &code(), Question { withdrawals: Some(&withdrawn), ..on("2026-03-08", &own) }),
        (
            "withdrawn",
            &code(),
            Question { withdrawals: Some(&withdrawn), name: Some("Amélie"), ..on("2026-03-09", &own) },
        ),
        ("before issue", &code(), on("2026-03-01", &own)),
        ("unknown key", &code(), on("2026-03-20", &other)),
        ("changed", &text(&changed), on("2026-03-20", &own)),
    ];
    let answers: Vec<String> = questions.iter().map(|(about, code, question)| told(about, code, question)).collect();
    insta::assert_snapshot!(answers.join("\n"));
}

fn told(about: &str, code: &str, question: &Question<'_>) -> String {
    let read = Attestation::read(code).expect("it reads");
    let verdict = judge(&read, question).expect("the list is its issuer's");
    format!("# {about}\n{}", question.answer(&read, verdict))
}

#[test]
fn a_list_of_another_issuer_and_key_answers_nothing() {
    let keys: [VerifyingKey; 2] = [key(1).verifying_key(), key(2).verifying_key()];
    let list = |number, issuer| {
        let file = WithdrawalList::sign(&key(number), issuer, instant("2026-03-10T08:00:00Z"), &[]).expect("a file");
        WithdrawalList::read(&file, &keys).expect("it verifies")
    };
    let judged = |list: &WithdrawalList| {
        let question =
            Question { keys: &keys, withdrawals: Some(list), list_max_days: 31, name: None, as_of: day("2026-03-20") };
        judge(&Attestation::read(&code()).expect("it reads"), &question).map(|verdict| verdict.code())
    };
    assert_eq!(judged(&list(2, "21009")).expect_err("another's").code(), "WITHDRAWALS_OTHER_ISSUER");
    assert_eq!(judged(&list(1, "21009")), Ok(None));
    assert_eq!(judged(&list(2, "21004")), Ok(None));
}
