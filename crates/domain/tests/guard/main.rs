//! Acts that the handbook's cases refuse, and the ones it allows.

mod desks;
mod steps;

use jiff::civil::date;
use std::sync::LazyLock;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{Destination, Fact, FactKind, FactRef, NumberKey, ReturnReason};
use traject_domain::guard::{Act, RefusalCode, guard};
use traject_domain::law::{AgencyKind, Channel, Law};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::sanction::{Grounds, SanctionStep};
use uuid::Uuid;

static LAW: LazyLock<Law> = LazyLock::new(|| traject_lawbook::embedded().expect("the law that ships loads"));

const NOT_REGISTERED: Breach = Breach::NotRegistered;

fn checked(on: Date) -> (Date, FactKind) {
    let extract = Extract {
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
    };
    (on, FactKind::Checked(Box::new(extract)))
}

fn facts(events: &[(Date, FactKind)]) -> Vec<Fact> {
    events
        .iter()
        .enumerate()
        .map(|(n, (day, kind))| Fact {
            reference: FactRef::new(&format!("F{n}")),
            number: NumberKey(Uuid::from_u128(1)),
            occurred_on: *day,
            known_on: *day,
            agency: Code::new("21003"),
            kind: kind.clone(),
        })
        .collect()
}

/// The sanction path of case C11, up to the transfer.
fn transferred() -> Vec<(Date, FactKind)> {
    vec![
        checked(date(2022, 6, 14)),
        (date(2022, 6, 14), FactKind::CertificateReceived),
        (date(2023, 1, 9), FactKind::NoticePosted { breach: NOT_REGISTERED, language: None }),
        (date(2023, 3, 27), FactKind::Transferred(NOT_REGISTERED)),
    ]
}

/// What no fine goes without: the GGC looked at the person's health.
fn weighed(breach: Breach) -> FactKind {
    let grounds = Grounds { reasons: Vec::new(), weighed: vec![Code::new("health")] };
    FactKind::Sanction(breach, SanctionStep::GroundsStated(grounds))
}

fn judge(
    events: &[(Date, FactKind)],
    kind: FactKind,
    actor: AgencyKind,
    agency: &str,
    on: Date,
) -> Option<RefusalCode> {
    judge_by(events, kind, actor, agency, on, None)
}

fn judge_by(
    events: &[(Date, FactKind)],
    kind: FactKind,
    actor: AgencyKind,
    agency: &str,
    on: Date,
    channel: Option<Channel>,
) -> Option<RefusalCode> {
    let agency = Code::new(agency);
    let act = Act { kind: &kind, actor, agency: &agency, occurred_on: on, channel };
    guard(&LAW, &facts(events), &act, date(2026, 1, 1)).err().map(|refusal| refusal.code)
}

#[test]
fn a_fine_needs_its_amount_its_steps_and_its_official() {
    let day = date(2023, 5, 15);
    let fine = |cents| FactKind::Fined(NOT_REGISTERED, Cents(cents));
    let mut path = transferred();
    let ggc = |path: &[_], cents| judge(path, fine(cents), AgencyKind::Ggc, "GGC", day);
    assert_eq!(ggc(&path, 10_000), Some(RefusalCode::MissingStep), "no hearing invitation");
    path.push((date(2023, 4, 20), FactKind::HearingInvited(NOT_REGISTERED, None)));
    assert_eq!(ggc(&path, 5_000), Some(RefusalCode::BelowMinimum));
    assert_eq!(ggc(&path, 250_100), Some(RefusalCode::AboveMaximum));
    assert_eq!(ggc(&path[..3], 10_000), Some(RefusalCode::WrongState), "before the transfer");
    let by_municipality = judge(&path, fine(10_000), AgencyKind::Municipality, "21003", day);
    assert_eq!(by_municipality, Some(RefusalCode::WrongActor));
    assert_eq!(ggc(&path, 10_000), Some(RefusalCode::MissingStep), "nobody looked at the person's health");
    path.push((date(2023, 5, 10), weighed(NOT_REGISTERED)));
    assert_eq!(ggc(&path, 10_000), None);
}

#[test]
fn nobody_is_fined_after_death_departure_or_striking_off() {
    for end in [FactKind::Died, FactKind::PermitLost, FactKind::StruckOff] {
        let mut path = transferred();
        path.push((date(2023, 4, 20), FactKind::HearingInvited(NOT_REGISTERED, None)));
        path.push((date(2023, 5, 1), end));
        let fine = FactKind::Fined(NOT_REGISTERED, Cents(10_000));
        assert_eq!(judge(&path, fine, AgencyKind::Ggc, "GGC", date(2023, 5, 15)), Some(RefusalCode::WrongState));
    }
}

#[test]
fn a_cured_breach_is_not_transferred() {
    let mut path = transferred();
    path.truncate(3);
    let bon = Code::new("BON");
    path.push((date(2023, 3, 13), FactKind::Registered { organiser: bon, track: LegalLanguage::Nl }));
    let transfer = FactKind::Transferred(NOT_REGISTERED);
    let refused = judge(&path, transfer, AgencyKind::Municipality, "21003", date(2023, 3, 27));
    assert_eq!(refused, Some(RefusalCode::WrongState));
}

#[test]
fn a_notice_waits_for_the_lapse_and_speaks_the_right_language() {
    let path = transferred();
    let notice = |language| FactKind::NoticePosted { breach: NOT_REGISTERED, language };
    let post = |language, on| judge(&path[..2], notice(language), AgencyKind::Municipality, "21003", on);
    assert_eq!(post(None, date(2022, 12, 14)), Some(RefusalCode::WrongState), "the last day is still in time");
    assert_eq!(post(None, date(2022, 12, 15)), None);
    assert_eq!(post(Some(LegalLanguage::Nl), date(2022, 12, 15)), Some(RefusalCode::WrongLanguage));
    assert_eq!(post(None, date(2026, 1, 2)), Some(RefusalCode::FutureDate));
}

#[test]
fn a_track_is_offered_under_the_regime_that_was_known() {
    let path = [checked(date(2023, 11, 13)), (date(2023, 11, 14), FactKind::CertificateReceived)];
    let bapa = Code::new("BAPA_BXL");
    let kind = FactKind::Registered { organiser: bapa.clone(), track: LegalLanguage::Nl };
    let act =
        Act { kind: &kind, actor: AgencyKind::Organiser, agency: &bapa, occurred_on: date(2024, 1, 15), channel: None };
    let before = guard(&LAW, &facts(&path), &act, date(2024, 1, 25));
    assert_eq!(before.map_err(|refusal| refusal.code), Err(RefusalCode::TrackNotOffered), "B was not published");
    assert_eq!(guard(&LAW, &facts(&path), &act, date(2024, 1, 26)), Ok(()));
}

#[test]
fn suspensions_keep_their_length_and_their_door() {
    let path = [checked(date(2024, 2, 1)), (date(2024, 2, 2), FactKind::CertificateReceived)];
    let grant = |code: &str, until| FactKind::SuspensionGranted { code: Code::new(code), until };
    let decide =
        |events: &[_], kind, on, channel| judge_by(events, kind, AgencyKind::Municipality, "21003", on, Some(channel));
    let birth = date(2024, 6, 21);
    let desk = Channel::MunicipalDesk;
    assert_eq!(decide(&path, grant("S04", date(2024, 9, 22)), birth, desk), Some(RefusalCode::LengthExceeded));
    assert_eq!(decide(&path, grant("S04", date(2024, 9, 21)), birth, desk), None);
    let mut born = path.to_vec();
    born.push((birth, grant("S04", date(2024, 9, 21))));
    let extension = date(2024, 9, 22);
    assert_eq!(decide(&born, grant("S04", date(2025, 6, 21)), extension, desk), None);
    assert_eq!(decide(&born, grant("S04", date(2025, 6, 22)), extension, desk), Some(RefusalCode::LengthExceeded));
    let medical = decide(&path, grant("S02", date(2024, 8, 1)), birth, Channel::Organiser);
    assert_eq!(medical, Some(RefusalCode::WrongChannel), "medical evidence never goes through an organiser");
}

#[test]
fn a_refusal_names_its_ground() {
    let kind = FactKind::Fined(NOT_REGISTERED, Cents(1));
    let ggc = Code::new("GGC");
    let act = Act { kind: &kind, actor: AgencyKind::Ggc, agency: &ggc, occurred_on: date(2024, 5, 15), channel: None };
    let refusal = guard(&LAW, &facts(&transferred()), &act, date(2024, 6, 1)).expect_err("one cent is too little");
    assert_eq!((refusal.rule, refusal.ground.as_str()), ("R-F1", "order arts 37-44"));
}

#[test]
fn the_municipality_of_residence_answers_and_the_one_that_posted_tells_what_became_of_it() {
    let municipality = |nis| Municipality::from_nis(nis).expect("one of the nineteen");
    let mut events = transferred();
    events.truncate(3);
    events.push((date(2023, 1, 20), FactKind::Moved(Destination::Brussels(municipality(21_009)))));
    let by = |agency: &str, kind: FactKind| judge(&events, kind, AgencyKind::Municipality, agency, date(2023, 2, 1));
    let exempt = || FactKind::ExemptionGranted { code: Code::new("E11"), until: None };
    assert_eq!(by("21003", exempt()), Some(RefusalCode::WrongActor));
    assert_eq!(by("21009", exempt()), None);
    let returned = || FactKind::NoticeReturned(NOT_REGISTERED, ReturnReason::Unclaimed);
    assert_eq!(by("21003", returned()), None);
    assert_eq!(by("21009", returned()), None);
    assert_eq!(by("21004", returned()), Some(RefusalCode::WrongActor));
    assert_eq!(by("21004", FactKind::Returned(municipality(21_004))), None);
}
