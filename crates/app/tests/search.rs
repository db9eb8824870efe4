//! How well names are found: precision and recall on a corpus of invented people, with thresholds.

use std::collections::HashSet;
use traject_app::ids::DossierId;
use traject_app::model::{DossierRow, Identity};
use traject_app::search::{CANDIDATES, Candidate, KnownName, MatchReason, NameQuery, NamedDossier, rank, tokens};
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

const CORPUS: &str = include_str!("fixtures/names.txt");
/// A clerk takes a candidate of this score for the person.
const SURE: u8 = 60;

struct Person {
    tokens: HashSet<String>,
    named: NamedDossier,
}

fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn person(n: usize, family: &str, given: &str, birth: &str) -> Person {
    let identity = Identity { last_name: some(family), first_names: some(given), ..Identity::default() };
    let birth = PartialDate::parse(birth);
    Person {
        tokens: tokens(&identity, birth).into_iter().map(|token| token.text).collect(),
        named: NamedDossier {
            row: DossierRow { id: DossierId(Uuid::from_u128(n as u128)), version: 1, standing: None },
            names: vec![KnownName::of(&identity, birth)],
        },
    }
}

/// A search, and the place of the person it means.
type Search = (String, Option<PartialDate>, Option<usize>);

fn corpus() -> (Vec<Person>, Vec<Search>) {
    let (mut people, mut searches) = (Vec::new(), Vec::new());
    for line in CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('|').collect();
        let expected = match cells.as_slice() {
            ["-", _] => None,
            [family, given, birth, _] => {
                people.push(person(people.len(), family, given, birth));
                Some(people.len() - 1)
            }
            _ => panic!("{line}"),
        };
        for search in cells[cells.len() - 1].split(';') {
            let (name, birth) = search.split_once('@').unwrap_or((search, ""));
            searches.push((name.trim().to_owned(), PartialDate::parse(birth), expected));
        }
    }
    (people, searches)
}

/// What a store and the ranking give together.
fn search(people: &[Person], name: &str, birth: Option<PartialDate>, most: usize) -> Vec<Candidate> {
    let query = NameQuery::new(name, birth).expect("a name");
    let wanted = query.wanted();
    let found = people.iter().filter(|person| wanted.iter().any(|text| person.tokens.contains(text)));
    rank(&query, found.map(|person| person.named.clone()).collect(), most)
}

fn place(candidate: &Candidate) -> usize {
    usize::try_from(candidate.row.id.0.as_u128()).expect("small")
}

#[derive(Default)]
struct Figures {
    meant: usize,
    first: usize,
    among_five: usize,
    sure: usize,
    surely_right: usize,
    strangers: usize,
    strangers_sure: usize,
}

impl Figures {
    fn add(&mut self, expected: Option<usize>, found: &[Candidate]) {
        let sure = found.first().is_some_and(|best| best.score >= SURE);
        let first = found.first().is_some_and(|best| Some(place(best)) == expected);
        self.sure += usize::from(sure);
        self.surely_right += usize::from(sure && first);
        if expected.is_none() {
            self.strangers += 1;
            self.strangers_sure += usize::from(sure);
            return;
        }
        self.meant += 1;
        self.first += usize::from(first);
        self.among_five += usize::from(found.iter().any(|candidate| Some(place(candidate)) == expected));
    }
}

/// A part of a whole in thousandths.
fn thousandths(part: usize, whole: usize) -> usize {
    part * 1000 / whole
}

fn few(list: &[(&str, &str, &str)]) -> Vec<Person> {
    list.iter().enumerate().map(|(n, (family, given, birth))| person(n, family, given, birth)).collect()
}

fn born(text: &str) -> Option<PartialDate> {
    Some(PartialDate::parse(text).expect("a birth date"))
}

#[test]
fn a_given_name_that_many_share_gives_few_and_a_family_name_comes_first() {
    let mut list: Vec<_> = (0..100).map(|_| ("Nwosu", "Chinedu", "1990-01-01")).collect();
    list.push(("Chinedu", "Emeka", "1985-05-05"));
    list.push(("Okafor", "Obi", "1985-05-05"));
    let people = few(&list);
    let found = search(&people, "Chinedu", None, CANDIDATES);
    assert_eq!((found.len(), place(&found[0])), (5, 100));
    assert_eq!(found[0].reasons, [MatchReason::FamilyNameExact]);
    assert!(found[1..].iter().all(|one| one.reasons == [MatchReason::GivenNameExact] && one.score < found[0].score));
    assert_eq!(search(&people, "Chinedu", None, 1_000).len(), 20);
    let found = search(&people, "Chinedu Okafor", None, CANDIDATES);
    assert!(found.iter().all(|one| place(one) >= 100), "{found:?}");
}

#[test]
fn given_names_are_compared_each_alone_and_in_any_order() {
    let people = few(&[("Diallo", "Mamadou Saliou", ""), ("Barry", "Mamadou", "")]);
    for name in ["Saliou Diallo", "DIALLO mamadou", "Saliou Mamadou Diallo", "diallo, saliou mamadou"] {
        let found = search(&people, name, None, CANDIDATES);
        assert_eq!((place(&found[0]), found[0].score), (0, 100), "{name}");
        assert_eq!(found[0].reasons, [MatchReason::FamilyNameExact, MatchReason::GivenNameExact]);
    }
}

#[test]
fn a_typo_costs_and_a_script_does_not() {
    let people = few(&[("Щербакова", "Анна", ""), ("Guðjohnsen", "Sigrún", "")]);
    for (name, at, score) in [
        ("Shcherbakova Anna", 0, 100),
        ("ЩЕРБАКОВА АННА", 0, 100),
        ("GUDJOHNSEN SIGRUN", 1, 100),
        ("Guðjohnsen Sigrun", 1, 100),
        ("Shcherbakova", 0, 65),
        ("Shcherbacowa Anna", 0, 99),
        ("Shcherbavova Anna", 0, 90),
        ("Gudjohnsem Sigrun", 1, 90),
    ] {
        let found = search(&people, name, None, CANDIDATES);
        assert_eq!(found.iter().map(|one| (place(one), one.score)).collect::<Vec<_>>(), [(at, score)], "{name}");
    }
}

#[test]
fn a_birth_date_weighs_by_how_much_it_says() {
    let people = few(&[
        ("Hassan", "Ali", "1990-05-01"),
        ("Hassan", "Ali", "1990-00-00"),
        ("Hassan", "Ali", "1990-01-05"),
        ("Hassan", "Ali", ""),
        ("Hassan", "Ali", "1971-12-24"),
    ]);
    let told = |birth: &str| -> Vec<_> {
        let found = search(&people, "Hassan Ali", born(birth), CANDIDATES);
        found.iter().map(|one| (place(one), one.score, *one.reasons.last().expect("a reason"))).collect()
    };
    assert_eq!(
        told("1990-05-01"),
        [
            (0, 100, MatchReason::BirthDateExact),
            (1, 90, MatchReason::BirthDateCompatible),
            (2, 85, MatchReason::BirthDateNear),
            (3, 83, MatchReason::GivenNameExact),
            (4, 60, MatchReason::BirthDateDiffers),
        ]
    );
    let of_the_year = told("1990-00-00");
    assert_eq!(of_the_year[0], (1, 100, MatchReason::BirthDateExact));
    assert_eq!(of_the_year[1], (0, 90, MatchReason::BirthDateCompatible));
}

#[test]
fn a_former_name_is_found_and_said_to_be_one() {
    let mut people = few(&[("Peeters", "Nadia", "1990-05-01")]);
    let maiden = person(0, "El Amrani", "Nadia", "1990-05-01");
    people[0].tokens.extend(maiden.tokens);
    people[0].named.names.extend(maiden.named.names);
    let found = search(&people, "Nadia Elamrani", None, CANDIDATES);
    assert_eq!(found[0].score, 90);
    assert!(found[0].reasons.contains(&MatchReason::FormerName));
    let found = search(&people, "Nadia Peeters", born("1990-05-01"), CANDIDATES);
    assert_eq!((found[0].score, found[0].name.last_name.as_deref()), (100, Some("Peeters")));
    assert!(!format!("{found:?}").contains("Peeters"));
}

#[test]
fn nothing_to_compare_is_no_search() {
    assert!(NameQuery::new(" -', ", None).is_none());
}

#[test]
fn people_are_found_by_how_others_write_their_names() {
    let (people, searches) = corpus();
    assert!(people.len() >= 150, "{}", people.len());
    let (mut figures, mut lost) = (Figures::default(), Vec::new());
    for (name, birth, expected) in &searches {
        let found = search(&people, name, *birth, CANDIDATES);
        figures.add(*expected, &found);
        if found.first().map(place) != *expected {
            let found: Vec<_> = found.iter().map(|one| (place(one), one.score, &one.reasons)).collect();
            lost.push(format!("{name} {birth:?}: {expected:?}, found {found:?}"));
        }
    }
    let recall = thousandths(figures.among_five, figures.meant);
    let first = thousandths(figures.first, figures.meant);
    let precision = thousandths(figures.surely_right, figures.sure);
    let told = format!(
        "{} people, {} searches that mean one of them and {} that mean none: recall among five {}.{} %, \
         first {}.{} %, precision at {SURE} {}.{} %, strangers taken for somebody {}\n{}",
        people.len(),
        figures.meant,
        figures.strangers,
        recall / 10,
        recall % 10,
        first / 10,
        first % 10,
        precision / 10,
        precision % 10,
        figures.strangers_sure,
        lost.join("\n")
    );
    std::io::Write::write_all(&mut std::io::stderr(), format!("{told}\n").as_bytes()).expect("the figures are told");
    assert!(recall >= 985 && first >= 975 && precision >= 985 && figures.strangers_sure == 0, "{told}");
}
