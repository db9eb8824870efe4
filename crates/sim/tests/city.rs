//! The city keeps its promises: deterministic, valid in every row, plausible under the law that ships.

use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::path::Path;
use traject_domain::calendar::easter_sunday;
use traject_domain::code::LegalLanguage;
use traject_domain::counting::add_days;
use traject_domain::fact::{Fact, FactKind, NumberKey};
use traject_domain::history::Moment;
use traject_domain::law::Law;
use traject_domain::national_number::NationalNumber;
use traject_domain::standing::{Outcome, Standing};
use traject_domain::{Date, assess, persons};
use traject_extract_csv::{Event, EventKind, Events, Registration, Registrations, Reject, Row};
use traject_sim::city::{City, Planted, Reaction};
use uuid::Uuid;

const FROM: Date = jiff::civil::date(2022, 6, 1);
const UNTIL: Date = jiff::civil::date(2023, 5, 15);

fn law() -> Law {
    traject_lawbook::embedded().expect("the law that ships is sound")
}

/// The two files as bytes.
fn files(city: &City) -> (Vec<u8>, Vec<u8>) {
    let (mut registrations, mut events) = (Vec::new(), Vec::new());
    city.registrations_csv(&mut registrations).expect("memory takes everything");
    city.events_csv(&mut events).expect("memory takes everything");
    (registrations, events)
}

/// What the importer's reader makes of the two files.
struct Read {
    registrations: Vec<Registration>,
    events: Vec<Event>,
    rejects: Vec<Reject>,
}

fn read(city: &City, law: &Law) -> Read {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let create = |path: &Path| File::create(path).expect("a file");
    city.registrations_csv(create(&path("registrations.csv"))).expect("a disk with room");
    city.events_csv(create(&path("events.csv"))).expect("a disk with room");
    let mut read = Read { registrations: Vec::new(), events: Vec::new(), rejects: Vec::new() };
    let mut rows = Registrations::open(&path("registrations.csv"), law).expect("all columns");
    while let Some(row) = rows.next_row().expect("readable") {
        match row {
            Row::Accepted(row) => read.registrations.push(row),
            Row::Rejected(reject) => read.rejects.push(reject),
        }
    }
    let mut rows = Events::open(&path("events.csv"), law, rows.into_numbers()).expect("all columns");
    while let Some(row) = rows.next_row().expect("readable") {
        match row {
            Row::Accepted(row) => read.events.push(row),
            Row::Rejected(reject) => read.rejects.push(reject),
        }
    }
    read
}

/// The standings of everybody at the end of a day.
fn standings(city: &City, law: &Law, day: Date) -> Vec<Standing> {
    let read = read(city, law);
    let mut keys: HashMap<NationalNumber, NumberKey> = HashMap::new();
    let mut key = |number| {
        let next = NumberKey(Uuid::from_u128(keys.len() as u128));
        *keys.entry(number).or_insert(next)
    };
    let mut facts: Vec<Fact> = Vec::new();
    for row in read.registrations {
        facts.push(Fact {
            reference: row.check_id,
            number: key(row.number),
            occurred_on: row.checked_on,
            known_on: row.checked_on,
            agency: "MUN".into(),
            kind: FactKind::Checked(Box::new(row.extract)),
        });
    }
    for row in read.events {
        let kind = match row.kind {
            EventKind::Fact(kind) => kind,
            EventKind::NumberReplaced(by) => FactKind::NumberReplaced(key(by)),
        };
        facts.push(Fact {
            reference: row.event_id,
            number: key(row.number),
            occurred_on: row.occurred_on,
            known_on: row.recorded_on,
            agency: row.agency,
            kind,
        });
    }
    persons::histories(&facts, Moment::end_of(day)).iter().filter_map(|history| assess(law, history)).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn a_seed_keeps_its_city() {
    let (registrations, events) = files(&City::generate(7, 12, FROM, UNTIL));
    insta::assert_snapshot!("registrations", String::from_utf8(registrations).expect("UTF-8"));
    insta::assert_snapshot!("events", String::from_utf8(events).expect("UTF-8"));
}

#[test]
fn other_seeds_give_other_cities() {
    let cities: HashSet<Vec<u8>> = (0..20).map(|seed| files(&City::generate(seed, 5, FROM, UNTIL)).0).collect();
    assert_eq!(cities.len(), 20);
}

#[test]
fn a_period_without_an_open_day_gives_an_empty_city() {
    let sunday = jiff::civil::date(2023, 4, 9);
    assert_eq!(City::generate(1, 10, sunday, sunday).checks(), []);
    assert_eq!(City::generate(1, 10, UNTIL, FROM).checks(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_importers_reader_accepts_every_row(seed: u64, checks in 0_usize..300, days in 0_i64..1500) {
        let city = City::generate(seed, checks, FROM, add_days(FROM, days));
        let read = read(&city, &law());
        prop_assert_eq!(&read.rejects, &[]);
        prop_assert_eq!(read.registrations.len(), checks);
        prop_assert_eq!(read.events.len(), city.events().len());
    }

    #[test]
    fn the_reader_rejects_what_was_planted_and_nothing_else(seed: u64, one_in in 1_usize..9) {
        let city = City::generate(seed, 120, FROM, UNTIL).with_faulty_rows(one_in);
        let rejects: Vec<Planted> = read(&city, &law())
            .rejects
            .iter()
            .map(|reject| Planted { file: reject.file.name(), line: reject.line, code: reject.code.code() })
            .collect();
        prop_assert_eq!(rejects, city.planted());
        prop_assert_eq!(city.planted().len(), city.checks().len() / one_in + city.events().len() / one_in);
    }

    #[test]
    fn equal_seeds_give_equal_bytes(seed: u64) {
        let city = || City::generate(seed, 60, FROM, UNTIL);
        prop_assert_eq!(files(&city()), files(&city()));
    }

    #[test]
    fn nothing_is_known_before_it_happens_or_after_the_end(seed: u64) {
        let city = City::generate(seed, 200, FROM, UNTIL);
        for event in city.events() {
            prop_assert!(event.occurred_on <= event.recorded_on && event.recorded_on <= UNTIL);
        }
        for check in city.checks() {
            prop_assert!((FROM..=UNTIL).contains(&check.checked_on));
            prop_assert!(check.registered_on.is_some_and(|day| day <= check.checked_on));
            prop_assert!(check.lawful_stay_since.is_none_or(|day| day <= check.checked_on));
        }
        let ids: HashSet<&str> = city.events().iter().map(|event| event.event_id.as_str()).collect();
        prop_assert_eq!(ids.len(), city.events().len());
    }
}

#[test]
fn no_two_people_share_a_number_and_both_centuries_and_bis_occur() {
    let city = City::generate(1, 3000, FROM, UNTIL);
    let mut owner: HashMap<NationalNumber, &str> = HashMap::new();
    let (mut after_2000, mut bis) = (0, 0);
    for check in city.checks() {
        let number = NationalNumber::parse(&check.insz).expect("valid");
        let person = &check.check_id[..7];
        // A second check may come under the number that replaced the first.
        assert_eq!(*owner.entry(number).or_insert(person), person);
        bis += usize::from(number.is_bis());
        after_2000 += usize::from(check.birth_date.as_str() >= "2000");
    }
    assert!(after_2000 > 300 && bis > 60, "{after_2000} {bis}");
}

#[test]
fn the_days_fed_one_by_one_are_the_whole_city_on_working_days() {
    let city = City::generate(3, 800, FROM, UNTIL);
    let days = || (0..349).map(|n| add_days(FROM, n));
    assert_eq!(days().next_back(), Some(UNTIL));
    let checks: Vec<_> = days().flat_map(|day| city.checks_on(day)).collect();
    assert!(checks.iter().copied().eq(city.checks()));
    let events: Vec<_> = days().flat_map(|day| city.events_recorded_on(day)).collect();
    assert!(events.iter().copied().eq(city.events()));
    let easter_monday = add_days(easter_sunday(2023), 1);
    for check in city.checks().iter().filter(|check| !check.check_id.ends_with("-2")) {
        assert!(check.checked_on.weekday().to_monday_one_offset() <= 5);
        assert_ne!(check.checked_on, easter_monday);
    }
    // More come in the second half than in the first.
    let half = city.checks().partition_point(|check| check.checked_on < add_days(FROM, 174));
    assert!(half * 2 < city.checks().len());
}

#[test]
fn the_city_of_the_demonstration_looks_like_brussels_under_the_law_that_ships() {
    let law = law();
    for seed in [1, 2, 280] {
        let city = City::generate(seed, 2000, FROM, UNTIL);
        let people = standings(&city, &law, UNTIL);
        let outcome = |word: &str| people.iter().filter(|person| person.outcome.word() == word).count();
        let obliged: Vec<_> = people.iter().filter(|person| matches!(person.outcome, Outcome::Obliged)).collect();
        let registered = obliged.iter().filter(|person| person.registered_on.is_some()).count();
        let dutch = obliged.iter().filter(|person| matches!(person.track, Some((_, LegalLanguage::Nl)))).count();
        let shares = [share(obliged.len(), people.len()), share(registered, obliged.len()), share(dutch, registered)];
        assert!((0.31..0.39).contains(&shares[0]), "obliged {shares:?}");
        assert!((0.35..0.46).contains(&shares[1]), "registered {shares:?}");
        assert!((0.13..0.27).contains(&shares[2]), "Dutch track {shares:?}");
        assert!(outcome("exempt") > 700 && outcome("not_in_scope") > 150 && outcome("undecided") > 8);
        let reasons: BTreeSet<&str> = people.iter().flat_map(|person| person.outcome.reasons()).collect();
        for reason in ["R-S3a", "R-S3b", "R-S4", "R-S5", "R-S6", "E01", "E03", "E06", "E08", "E09", "birth_date"] {
            assert!(reasons.contains(reason), "{reason} missing from {reasons:?}");
        }
    }
}

#[test]
fn everything_that_makes_a_city_hard_occurs_in_it() {
    let city = City::generate(280, 2000, FROM, UNTIL);
    let checks = city.checks();
    let scripts: [(&str, std::ops::RangeInclusive<char>); 7] = [
        ("Latin with diacritics", '\u{00c0}'..='\u{024f}'),
        ("Arabic", '\u{0600}'..='\u{06ff}'),
        ("Cyrillic", '\u{0400}'..='\u{04ff}'),
        ("Greek", '\u{0370}'..='\u{03ff}'),
        ("Han", '\u{4e00}'..='\u{9fff}'),
        ("Ethiopic", '\u{1200}'..='\u{137f}'),
        ("Vietnamese", '\u{1e00}'..='\u{1eff}'),
    ];
    for (script, range) in scripts {
        assert!(checks.iter().any(|check| check.last_name.chars().any(|c| range.contains(&c))), "{script}");
    }
    let some = |what: &str, count: usize| assert!(count > 0, "{what}");
    some("29 February", checks.iter().filter(|check| check.birth_date.ends_with("-02-29")).count());
    some("only a year", checks.iter().filter(|check| check.birth_date.ends_with("-00-00")).count());
    some("no letter language", checks.iter().filter(|check| check.language.is_empty()).count());
    some("a second check", checks.iter().filter(|check| check.check_id.ends_with("-2")).count());
    let municipalities: HashSet<u16> = checks.iter().map(|check| check.municipality_nis).collect();
    assert_eq!(municipalities.len(), 19);
    for kind in [
        "information_given",
        "certificate_received",
        "exemption_granted",
        "suspension_granted",
        "waiting_list_joined",
        "registered",
        "registration_certificate_received",
        "contract_signed",
        "completed",
        "moved",
        "returned",
        "number_replaced",
        "retracted",
    ] {
        some(kind, city.events().iter().filter(|event| event.kind == kind).count());
    }
    some("a slow record", city.events().iter().filter(|e| e.recorded_on > add_days(e.occurred_on, 14)).count());
}

#[test]
fn every_check_has_a_reaction_and_nobody_registers_twice_because_of_it() {
    let city = City::generate(5, 2000, FROM, UNTIL);
    let mut seen = [0; 4];
    for check in city.checks() {
        let reaction = city.reaction_to_notice(&check.check_id).expect("one for each check");
        seen[match reaction {
            Reaction::Registers { .. } => 0,
            Reaction::Ignores => 1,
            Reaction::ReturnedUnknown { .. } => 2,
            Reaction::ReturnedUnclaimed { .. } => 3,
        }] += 1;
        let prefix = format!("W{}-", &check.check_id[1..7]);
        let registers = city.events().iter().any(|e| e.kind == "registered" && e.event_id.starts_with(&prefix));
        assert!(!registers || !matches!(reaction, Reaction::Registers { .. }));
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
    assert_eq!(city.reaction_to_notice("nobody"), None);
}
