//! Dossiers at random.

use proptest::prelude::*;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::counting::add_days;
use traject_domain::extract::Extract;
use traject_domain::fact::{AppealOutcome, Destination, Fact, FactKind, FactRef, NumberKey, ReturnReason};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

pub(crate) fn start() -> Date {
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
        1 => breach().prop_map(|breach| FactKind::HearingInvited(breach, None)),
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

fn fact(reference: String, occurred_on: Date, lag: i64, kind: FactKind) -> Fact {
    Fact {
        reference: FactRef::new(&reference),
        number: NumberKey(Uuid::from_u128(1)),
        occurred_on,
        known_on: add_days(occurred_on, lag),
        agency: Code::new("21001"),
        kind,
    }
}

/// A fact beside those of a dossier, with a reference that none of them has or retracts.
pub(crate) fn another(reference: &str, day: i64, lag: i64, kind: FactKind) -> Fact {
    fact(reference.to_owned(), add_days(start(), day), lag, kind)
}

/// What happened, on which day, and how many days later it was known.
type Event = (FactKind, i64, i64);

pub(crate) fn event() -> impl Strategy<Value = Event> {
    (kind(), 0i64..1200, 0i64..40)
}

prop_compose! {
    fn first_check()(
        ground in prop_oneof![6 => Just("work"), 1 => Just("temporary_protection")],
        language in proptest::option::of(Just(LegalLanguage::Nl)),
        is_stay_known in proptest::bool::weighted(0.9),
    ) -> Extract {
        let extract = extract(ground, language, PartialDate::Year(1990));
        Extract { lawful_stay_since: extract.lawful_stay_since.filter(|_| is_stay_known), ..extract }
    }
}

fn dossier(check: Extract, events: Vec<Event>) -> Vec<Fact> {
    let first = fact("K".to_owned(), start(), 0, FactKind::Checked(Box::new(check)));
    let later = events.into_iter().enumerate();
    std::iter::once(first)
        .chain(later.map(|(n, (kind, day, lag))| fact(format!("F{n:02}"), add_days(start(), day), lag, kind)))
        .collect()
}

prop_compose! {
    fn any_facts()(check in first_check(), events in proptest::collection::vec(event(), 0..12)) -> Vec<Fact> {
        dossier(check, events)
    }
}

/// The way of a sanction: each step with the days that it comes after the one before, so that it is in time.
fn way(breach: Breach) -> [(FactKind, i64); 8] {
    let bon = Code::new("BON");
    let (meets, term) = match breach {
        Breach::NotRegistered => (FactKind::WaitingListJoined { organiser: bon }, 184 - 20),
        Breach::NotCompleted => (FactKind::Registered { organiser: bon, track: LegalLanguage::Nl }, 549),
    };
    [
        (meets, 20),
        (FactKind::NoticePosted { breach, language: None }, term + 7),
        (FactKind::NoticeDelivered(breach), 1),
        (FactKind::Transferred(breach), 68),
        (FactKind::HearingInvited(breach, None), 1),
        (FactKind::Heard(breach), 1),
        (FactKind::Fined(breach, Cents(15_000)), 1),
        (FactKind::AppealLodged(breach), 1),
    ]
}

prop_compose! {
    /// A dossier that goes the way of a sanction as far as chance lets it, with facts of any kind between.
    fn pursued(breach: impl Strategy<Value = Breach>)(
        check in first_check(),
        way in breach.prop_map(way),
        waits in proptest::array::uniform8(prop_oneof![3 => 0i64..12, 1 => 0i64..60]),
        told in proptest::array::uniform8(proptest::bool::weighted(0.9)),
        steps in 1usize..=8,
        others in proptest::collection::vec(event(), 0..4),
    ) -> Vec<Fact> {
        let mut day = waits[0];
        let mut events = vec![(FactKind::CertificateReceived, day, 0)];
        for (((kind, after), wait), told) in way.into_iter().zip(waits).zip(told).take(steps) {
            day += after + wait;
            events.extend(told.then_some((kind, day, 0)));
        }
        events.extend(others);
        dossier(check, events)
    }
}

/// The facts of one person.
pub(crate) fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop_oneof![any_facts(), pursued(breach())]
}

/// The facts of one person, most of whom have registered.
pub(crate) fn facts_of_the_registered() -> impl Strategy<Value = Vec<Fact>> {
    prop_oneof![1 => any_facts(), 4 => pursued(Just(Breach::NotCompleted))]
}
