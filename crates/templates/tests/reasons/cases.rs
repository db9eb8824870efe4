//! Persons whose reasons are told: facts, a day, and what followed.

use jiff::civil::date;
use std::sync::LazyLock;
use traject_domain::Date;
use traject_domain::assess::{Reasons, reasons};
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use uuid::Uuid;

pub(crate) static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

fn extract(on: Date) -> Extract {
    Extract {
        birth_date: Some(PartialDate::Day(date(1990, 4, 3))),
        nationality: Some(Code::new("MA")),
        municipality: Municipality::from_nis(21003).expect("one of the nineteen"),
        register: Code::new("foreigners"),
        registered_on: Some(on),
        permit_kind: Some(Code::new("A")),
        permit_ground: Some(Code::new("family")),
        permit_valid_from: Some(on),
        permit_valid_until: None,
        lawful_stay_since: Some(on),
        family_of: None,
        family_tie: None,
        long_term_resident_of: None,
        letter_language: Some(LegalLanguage::Fr),
        sex: None,
        contact_language: None,
    }
}

type Events = Vec<(Date, FactKind)>;

fn told(events: &[(Date, FactKind)], day: Date) -> Reasons<'static> {
    let fact = |(n, (day, kind)): (usize, &(Date, FactKind))| Fact {
        reference: FactRef::new(&format!("F{n:02}")),
        number: NumberKey(Uuid::from_u128(1)),
        occurred_on: *day,
        known_on: *day,
        agency: Code::new("21003"),
        kind: kind.clone(),
    };
    let facts: Vec<Fact> = events.iter().enumerate().map(fact).collect();
    reasons(&LAW, &History::new(&facts, Moment::end_of(day))).expect("a check counts")
}

fn checked(extract: Extract) -> FactKind {
    FactKind::Checked(Box::new(extract))
}

fn informed(on: Date) -> Events {
    vec![(on, checked(extract(on))), (on, FactKind::CertificateReceived)]
}

fn suspended(ground: &str, until: Date) -> FactKind {
    FactKind::SuspensionGranted { code: Code::new(ground), until }
}

fn registered(on: Date) -> (Date, FactKind) {
    (on, FactKind::Registered { organiser: Code::new("BON"), track: LegalLanguage::Nl })
}

/// To register; a suspension moves the end to the Saturday before Whit Monday of 2024.
fn to_register() -> Reasons<'static> {
    let mut events = informed(date(2023, 10, 16));
    events.push((date(2024, 1, 8), suspended("S01", date(2024, 2, 8))));
    told(&events, date(2024, 3, 1))
}

/// Registered in time under regime B.
fn to_complete() -> Reasons<'static> {
    let mut events = informed(date(2024, 2, 1));
    events.push(registered(date(2024, 3, 11)));
    events.push((date(2024, 5, 2), suspended("S04", date(2024, 8, 1))));
    events.push((date(2024, 7, 15), suspended("S04", date(2024, 9, 30))));
    told(&events, date(2024, 10, 1))
}

fn exempt() -> Reasons<'static> {
    let on = date(2023, 2, 1);
    let portuguese = Extract { nationality: Some(Code::new("PT")), permit_kind: Some(Code::new("EU")), ..extract(on) };
    told(&[(on, checked(portuguese))], date(2023, 6, 1))
}

fn out_of_scope() -> Reasons<'static> {
    let on = date(2024, 2, 1);
    let settled = Extract { lawful_stay_since: Some(date(2019, 1, 1)), ..extract(on) };
    told(&[(on, checked(settled))], date(2024, 6, 1))
}

fn undecided() -> Reasons<'static> {
    let on = date(2024, 2, 1);
    let open = Extract {
        birth_date: Some(PartialDate::Year(2006)),
        lawful_stay_since: None,
        permit_kind: None,
        permit_valid_until: Some(date(2025, 1, 31)),
        ..extract(on)
    };
    told(&[(on, checked(open))], date(2024, 2, 1))
}

const BREACH: Breach = Breach::NotRegistered;

fn noticed() -> Events {
    let mut events = informed(date(2022, 6, 14));
    events.push((date(2023, 1, 9), FactKind::NoticePosted { breach: BREACH, language: None }));
    events
}

fn late() -> Reasons<'static> {
    told(&informed(date(2022, 6, 14)), date(2023, 1, 2))
}

fn completed() -> Reasons<'static> {
    let mut events = informed(date(2024, 2, 1));
    events.push(registered(date(2024, 3, 11)));
    events.push((date(2025, 6, 2), FactKind::Completed { organiser: Code::new("BON") }));
    told(&events, date(2025, 7, 1))
}

fn refused() -> Reasons<'static> {
    told(&noticed(), date(2023, 3, 20))
}

fn fined() -> Reasons<'static> {
    let mut events = noticed();
    events.push((date(2023, 3, 27), FactKind::Transferred(BREACH)));
    events.push((date(2023, 5, 2), FactKind::HearingInvited(BREACH, None)));
    events.push((date(2023, 6, 20), FactKind::Fined(BREACH, Cents(15_000))));
    told(&events, date(2023, 7, 1))
}

/// Every situation of which the pages are kept, the suspended and rolled one first.
pub(crate) fn all() -> Vec<(&'static str, Reasons<'static>)> {
    vec![
        ("to-register", to_register()),
        ("to-complete", to_complete()),
        ("exempt", exempt()),
        ("out-of-scope", out_of_scope()),
        ("undecided", undecided()),
        ("noticed", told(&noticed(), date(2023, 2, 1))),
        ("late", late()),
        ("refused", refused()),
        ("fined", fined()),
        ("completed", completed()),
    ]
}

/// Persons with a medical exemption, and with medical suspensions.
pub(crate) fn medical() -> Vec<(&'static str, Reasons<'static>)> {
    let on = date(2024, 2, 1);
    let granted = FactKind::ExemptionGranted { code: Code::new("E10"), until: None };
    let exempt = told(&[(on, checked(extract(on))), (date(2024, 3, 1), granted)], date(2024, 4, 1));
    let mut ill = informed(on);
    ill.push((date(2024, 3, 1), suspended("S02", date(2024, 4, 15))));
    ill.push((date(2024, 5, 1), suspended("S03", date(2024, 6, 15))));
    vec![("exempt", exempt), ("suspended", told(&ill, date(2024, 7, 1)))]
}

/// A person of whom everything can be told: fined after a registration, with a notice of each breach.
pub(crate) fn full() -> Reasons<'static> {
    let mut events = informed(date(2022, 6, 14));
    events.push((date(2022, 9, 1), suspended("S01", date(2022, 10, 1))));
    events.push(registered(date(2022, 11, 2)));
    events.push((date(2024, 9, 9), FactKind::NoticePosted { breach: Breach::NotCompleted, language: None }));
    events.push((date(2025, 1, 20), FactKind::Transferred(Breach::NotCompleted)));
    events.push((date(2025, 2, 3), FactKind::HearingInvited(Breach::NotCompleted, None)));
    events.push((date(2025, 3, 17), FactKind::Fined(Breach::NotCompleted, Cents(25_050))));
    told(&events, date(2025, 4, 1))
}
