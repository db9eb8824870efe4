//! What must hold of `assess` for any facts at all.

use proptest::prelude::*;
use std::sync::LazyLock;
use traject_domain::assess::wake_on;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::counting::add_days;
use traject_domain::extract::Extract;
use traject_domain::fact::{AppealOutcome, Destination, Fact, FactKind, FactRef, NumberKey, ReturnReason};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::standing::{Enforcement, Standing};
use traject_domain::{Date, assess};
use uuid::Uuid;

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

fn start() -> Date {
    jiff::civil::date(2022, 6, 1)
}

fn municipality() -> Municipality {
    Municipality::all().next().expect("nineteen")
}

fn extract(ground: &str, language: Option<LegalLanguage>, birth: PartialDate) -> Extract {
    Extract {
        birth_date: Some(birth),
        nationality: Some(Code::new("MA")),
        municipality: municipality(),
        register: Code::new("foreigners"),
        registered_on: Some(start()),
        permit_kind: Some(Code::new("A")),
        permit_ground: Some(Code::new(ground)),
        permit_valid_from: Some(start()),
        permit_valid_until: None,
        lawful_stay_since: Some(start()),
        family_of: None,
        family_tie: None,
        long_term_resident_of: None,
        letter_language: language,
        sex: None,
        contact_language: None,
    }
}

fn breach() -> impl Strategy<Value = Breach> {
    prop_oneof![3 => Just(Breach::NotRegistered), 1 => Just(Breach::NotCompleted)]
}

fn kind() -> impl Strategy<Value = FactKind> {
    let bon = || Code::new("BON");
    let via = || Code::new("BAPA_VIA");
    let day = (0i64..1400).prop_map(|days| add_days(start(), days));
    prop_oneof![
        4 => Just(FactKind::CertificateReceived),
        2 => Just(FactKind::Registered { organiser: bon(), track: LegalLanguage::Nl }),
        1 => Just(FactKind::Registered { organiser: via(), track: LegalLanguage::Fr }),
        2 => Just(FactKind::ContractSigned { organiser: bon(), track: LegalLanguage::Nl }),
        1 => Just(FactKind::Completed { organiser: bon() }),
        1 => Just(FactKind::WaitingListJoined { organiser: via() }),
        2 => day.clone().prop_map(|until| FactKind::SuspensionGranted { code: Code::new("S01"), until }),
        1 => proptest::option::of(day).prop_map(|until| FactKind::ExemptionGranted { code: Code::new("E11"), until }),
        4 => breach().prop_map(|breach| FactKind::NoticePosted { breach, language: None }),
        1 => breach().prop_map(|breach| FactKind::NoticePosted { breach, language: Some(LegalLanguage::Fr) }),
        2 => breach().prop_map(FactKind::NoticeDelivered),
        1 => breach().prop_map(|breach| FactKind::NoticeReturned(breach, ReturnReason::UnknownAddress)),
        1 => breach().prop_map(FactKind::NoticeWithdrawn),
        2 => breach().prop_map(FactKind::Transferred),
        1 => breach().prop_map(FactKind::TransferReturned),
        1 => breach().prop_map(FactKind::HearingInvited),
        1 => breach().prop_map(|breach| FactKind::Fined(breach, Cents(15_000))),
        1 => breach().prop_map(FactKind::FineWithdrawn),
        1 => breach().prop_map(|breach| FactKind::AppealDecided(breach, AppealOutcome::Annulled)),
        1 => Just(FactKind::Moved(Destination::Abroad(Code::new("MA")))),
        1 => Just(FactKind::StruckOff),
        2 => Just(FactKind::Returned(municipality())),
        1 => Just(FactKind::Died),
        1 => Just(FactKind::Checked(Box::new(extract("study", None, PartialDate::Year(1990))))),
        1 => (0u8..12).prop_map(|n| FactKind::Retracted(FactRef::new(&format!("F{n:02}")))),
    ]
}

prop_compose! {
    fn facts()(
        ground in prop_oneof![4 => Just("work"), 1 => Just("temporary_protection")],
        language in proptest::option::of(Just(LegalLanguage::Nl)),
        events in proptest::collection::vec((kind(), 0i64..1200, 0i64..40), 0..12),
    ) -> Vec<Fact> {
        let fact = |reference: String, occurred_on, lag, kind| Fact {
            reference: FactRef::new(&reference),
            number: NumberKey(Uuid::from_u128(1)),
            occurred_on,
            known_on: add_days(occurred_on, lag),
            agency: Code::new("21001"),
            kind,
        };
        let first = FactKind::Checked(Box::new(extract(ground, language, PartialDate::Year(1990))));
        std::iter::once(fact("K".to_owned(), start(), 0, first))
            .chain(events.into_iter().enumerate().map(|(n, (kind, day, lag))| {
                fact(format!("F{n:02}"), add_days(start(), day), lag, kind)
            }))
            .collect()
    }
}

fn standing(facts: &[Fact], at: Moment) -> Option<Standing> {
    assess(&LAW, &History::new(facts, at))
}

fn same_but_moment(a: &Option<Standing>, b: &Option<Standing>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Standing { at: b.at, ..a.clone() } == *b,
        (None, None) => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_order_of_arrival_does_not_matter(facts in facts(), day in 0i64..1500, turn in 0usize..13) {
        let at = Moment::end_of(add_days(start(), day));
        let mut other = facts.clone();
        other.reverse();
        let turn = turn % other.len();
        other.rotate_left(turn);
        prop_assert_eq!(standing(&facts, at), standing(&other, at));
    }

    #[test]
    fn what_was_not_known_does_not_count(facts in facts(), day in 0i64..1500, back in 0i64..60) {
        let as_of = add_days(start(), day);
        let at = Moment { as_of, recorded_by: add_days(as_of, -back) };
        let known: Vec<Fact> = facts.iter().filter(|fact| fact.known_on <= at.recorded_by).cloned().collect();
        prop_assert_eq!(standing(&facts, at), standing(&known, at));
    }

    #[test]
    fn nothing_changes_before_it_wakes(facts in facts(), day in 0i64..1300) {
        let at = Moment::end_of(add_days(start(), day));
        let today = standing(&facts, at);
        let horizon = add_days(at.as_of, 900);
        let mut first = add_days(at.as_of, 1);
        while first <= horizon && same_but_moment(&today, &standing(&facts, Moment::end_of(first))) {
            first = add_days(first, 1);
        }
        let expected = (first <= horizon).then_some(first);
        prop_assert_eq!(wake_on(&LAW, &facts, at).filter(|day| *day <= horizon), expected);
    }

    #[test]
    fn a_refusal_follows_a_delivered_notice_and_a_lapsed_cure(facts in facts(), day in 0i64..1500) {
        let at = Moment::end_of(add_days(start(), day));
        let Some(obligation) = standing(&facts, at).and_then(|standing| standing.obligation) else { return Ok(()) };
        for breach in &obligation.breaches {
            if let Some(refusal) = breach.refusal_on {
                let cure = breach.cure.as_ref().expect("a refusal has a cure term");
                prop_assert!(refusal == add_days(cure.due, 1) && refusal <= at.as_of);
                prop_assert!(!breach.met_in_time());
                prop_assert!(breach.transferred_on.is_none_or(|day| day >= refusal));
            }
            if breach.state == Enforcement::Late {
                prop_assert!(breach.term.as_ref().is_some_and(|term| term.due < at.as_of));
            }
            if let Some(term) = &breach.term {
                prop_assert!(term.raw > term.start && term.due >= term.raw);
                prop_assert!(!term.derivation.is_empty());
            }
        }
    }
}
