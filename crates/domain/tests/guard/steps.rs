//! Which step each state of a dossier allows, and whom each step is for.

use super::*;
use jiff::civil::time;
use traject_domain::fact::{AppealOutcome, Hearing};

type Path = Vec<(Date, FactKind)>;

/// The sanction path of case C11: the steps and the day of each, and what stands when so many are done.
fn way() -> Path {
    let mut way = transferred();
    way.extend([
        (date(2023, 4, 20), FactKind::HearingInvited(NOT_REGISTERED, None)),
        (date(2023, 5, 10), FactKind::Heard(NOT_REGISTERED)),
        (date(2023, 5, 15), FactKind::Fined(NOT_REGISTERED, Cents(10_000))),
    ]);
    way
}

/// So many steps done, and a day on which that still is the state.
fn stages() -> [(&'static str, Path, Date); 9] {
    let done = |steps| way()[..steps].to_vec();
    [
        ("checked", done(1), date(2022, 6, 14)),
        ("in time", done(2), date(2022, 12, 14)),
        ("late", done(2), date(2023, 1, 9)),
        ("posted", done(3), date(2023, 1, 11)),
        ("noticed", done(3), date(2023, 3, 13)),
        ("refused", done(3), date(2023, 3, 14)),
        ("transferred", done(4), date(2023, 4, 19)),
        ("invited", done(5), date(2023, 5, 9)),
        ("fined", done(7), date(2023, 5, 15)),
    ]
}

/// The stages in which somebody of the right agency may take a step; the code of the refusal elsewhere is the same.
fn allowed(kind: &FactKind, actor: AgencyKind, agency: &str, otherwise: RefusalCode) -> Vec<&'static str> {
    let mut allowed = Vec::new();
    for (name, path, day) in stages() {
        match judge(&path, kind.clone(), actor, agency, day) {
            None => allowed.push(name),
            Some(code) => assert_eq!(code, otherwise, "{} when {name}", kind.name()),
        }
    }
    allowed
}

#[test]
fn each_step_of_the_municipality_has_its_stages() {
    use RefusalCode::{MissingStep, WrongState};
    let may = |kind, otherwise| allowed(&kind, AgencyKind::Municipality, "21003", otherwise).join(" ");
    let notice = FactKind::NoticePosted { breach: NOT_REGISTERED, language: None };
    assert_eq!(may(notice, WrongState), "late fined");
    assert_eq!(
        may(FactKind::NoticeDelivered(NOT_REGISTERED), MissingStep),
        "late posted noticed refused transferred invited fined"
    );
    let returned = FactKind::NoticeReturned(NOT_REGISTERED, ReturnReason::Unclaimed);
    assert_eq!(may(returned, MissingStep), "posted noticed refused transferred invited fined");
    let withdrawn = FactKind::NoticeWithdrawn(NOT_REGISTERED);
    assert_eq!(may(withdrawn, MissingStep), "posted noticed refused transferred invited fined");
    assert_eq!(may(FactKind::RefusalEstablished(NOT_REGISTERED), WrongState), "refused");
    assert_eq!(may(FactKind::Transferred(NOT_REGISTERED), WrongState), "refused");
    assert_eq!(may(FactKind::Transferred(Breach::NotCompleted), WrongState), "", "another breach");
    assert_eq!(may(FactKind::Died, WrongState), stages().map(|stage| stage.0).join(" "), "a fact is no step");
}

#[test]
fn each_step_of_the_ggc_has_its_stages() {
    use RefusalCode::{MissingStep, WrongState};
    let may = |kind, otherwise| allowed(&kind, AgencyKind::Ggc, "GGC", otherwise).join(" ");
    assert_eq!(may(FactKind::TransferReturned(NOT_REGISTERED), WrongState), "transferred invited");
    assert_eq!(may(FactKind::HearingInvited(NOT_REGISTERED, None), WrongState), "transferred invited");
    assert_eq!(may(FactKind::DefenceReceived(NOT_REGISTERED), WrongState), "invited");
    assert_eq!(may(FactKind::Heard(NOT_REGISTERED), WrongState), "invited");
    assert_eq!(may(FactKind::DecidedNoFine(NOT_REGISTERED), WrongState), "transferred invited");
    for kind in [FactKind::FinePaid, FactKind::AppealLodged, FactKind::FineWithdrawn] {
        assert_eq!(may(kind(NOT_REGISTERED), MissingStep), "fined");
        assert_eq!(may(kind(Breach::NotCompleted), MissingStep), "");
    }
    assert_eq!(may(FactKind::AppealDecided(NOT_REGISTERED, AppealOutcome::Upheld), WrongState), "fined");
}

#[test]
fn each_step_is_for_its_agency_only() {
    let (municipality, ggc) = ((AgencyKind::Municipality, "21003"), (AgencyKind::Ggc, "GGC"));
    let bon = (AgencyKind::Organiser, "BON");
    let organiser = || Code::new("BON");
    let track = LegalLanguage::Nl;
    let of_the_organiser = [
        FactKind::WaitingListJoined { organiser: organiser() },
        FactKind::Registered { organiser: organiser(), track },
        FactKind::ContractSigned { organiser: organiser(), track },
        FactKind::Completed { organiser: organiser() },
    ];
    let of_the_ggc = [
        FactKind::TransferReturned(NOT_REGISTERED),
        FactKind::HearingInvited(NOT_REGISTERED, None),
        FactKind::DefenceReceived(NOT_REGISTERED),
        FactKind::Heard(NOT_REGISTERED),
        FactKind::DecidedNoFine(NOT_REGISTERED),
        FactKind::Fined(NOT_REGISTERED, Cents(10_000)),
        FactKind::FinePaid(NOT_REGISTERED),
        FactKind::AppealLodged(NOT_REGISTERED),
        FactKind::FineWithdrawn(NOT_REGISTERED),
        FactKind::AppealDecided(NOT_REGISTERED, AppealOutcome::Upheld),
    ];
    let of_the_municipality = [
        checked(date(2023, 5, 15)).1,
        FactKind::CertificateReceived,
        FactKind::Died,
        FactKind::NoticeWithdrawn(NOT_REGISTERED),
        FactKind::Transferred(NOT_REGISTERED),
    ];
    let is_wrong = |kind: &FactKind, (actor, agency)| {
        judge(&way(), kind.clone(), actor, agency, date(2023, 5, 15)) == Some(RefusalCode::WrongActor)
    };
    for (kinds, right, wrong) in [
        (&of_the_organiser[..], bon, [municipality, ggc]),
        (&of_the_ggc, ggc, [municipality, bon]),
        (&of_the_municipality, municipality, [bon, ggc]),
    ] {
        for kind in kinds {
            assert!(!is_wrong(kind, right), "{}", kind.name());
            assert!(wrong.into_iter().all(|actor| is_wrong(kind, actor)), "{}", kind.name());
        }
    }
    for kind in &of_the_organiser {
        assert!(is_wrong(kind, (AgencyKind::Organiser, "BAPA_VIA")), "in the name of another: {}", kind.name());
        assert!(is_wrong(kind, (AgencyKind::Municipality, "BON")), "{}", kind.name());
    }
}

#[test]
fn a_fact_is_retracted_by_the_agency_that_reported_it() {
    let mut facts = facts(&way());
    facts[6].agency = Code::new("GGC");
    let may = |reference: &str, actor, agency: &str| {
        let (kind, agency) = (FactKind::Retracted(FactRef::new(reference)), Code::new(agency));
        let act = Act { kind: &kind, actor, agency: &agency, occurred_on: date(2023, 5, 16), channel: None };
        guard(&LAW, &facts, &act, date(2023, 5, 16)).map_err(|refusal| refusal.code)
    };
    let (municipality, ggc) = (AgencyKind::Municipality, AgencyKind::Ggc);
    assert_eq!(may("F3", municipality, "21003"), Ok(()));
    assert_eq!(may("F6", ggc, "GGC"), Ok(()));
    assert_eq!(may("F6", municipality, "21003"), Err(RefusalCode::WrongActor));
    assert_eq!(may("F3", ggc, "GGC"), Err(RefusalCode::WrongActor));
    assert_eq!(may("F9", municipality, "21003"), Err(RefusalCode::WrongActor), "there is no such fact");
}

#[test]
fn what_a_check_or_a_move_tells_any_municipality_may_tell() {
    let by_another = |kind| judge(&way(), kind, AgencyKind::Municipality, "21009", date(2023, 5, 16));
    let municipality = Municipality::from_nis(21_009).expect("one of the nineteen");
    let day = date(2023, 5, 16);
    for kind in [checked(day).1, FactKind::Moved(Destination::Brussels(municipality)), FactKind::Returned(municipality)]
    {
        assert_eq!(by_another(kind), None);
    }
    assert_eq!(by_another(FactKind::Died), Some(RefusalCode::WrongActor));
    assert_eq!(by_another(FactKind::NoticeWithdrawn(NOT_REGISTERED)), Some(RefusalCode::WrongActor));
    let nobody = judge(&[], FactKind::Died, AgencyKind::Municipality, "21009", day);
    assert_eq!(nobody, None, "of somebody who was not checked yet");
    let certificate = judge(&[], FactKind::CertificateReceived, AgencyKind::Municipality, "21009", day);
    assert_eq!(certificate, Some(RefusalCode::WrongState), "nobody is known to be obliged");
}

#[test]
fn who_posted_a_notice_tells_of_that_notice_only() {
    let moved = FactKind::Moved(Destination::Brussels(Municipality::from_nis(21_009).expect("one of the nineteen")));
    let mut events = way()[..3].to_vec();
    events.push((date(2023, 1, 10), moved));
    let mut facts = facts(&events);
    let may = |facts: &[Fact], kind: FactKind, agency: &str| {
        let agency = Code::new(agency);
        let day = date(2023, 1, 11);
        let act =
            Act { kind: &kind, actor: AgencyKind::Municipality, agency: &agency, occurred_on: day, channel: None };
        guard(&LAW, facts, &act, day).map_err(|refusal| refusal.code)
    };
    let [delivered, other] = [NOT_REGISTERED, Breach::NotCompleted].map(FactKind::NoticeDelivered);
    assert_eq!(may(&facts, delivered.clone(), "21003"), Ok(()));
    assert_eq!(may(&facts, FactKind::NoticeWithdrawn(NOT_REGISTERED), "21003"), Ok(()));
    assert_eq!(may(&facts, other, "21003"), Err(RefusalCode::WrongActor));
    facts[2].agency = Code::new("21004");
    assert_eq!(may(&facts, delivered, "21003"), Err(RefusalCode::WrongActor), "another one posted it");
}

#[test]
fn a_notice_that_is_delivered_or_withdrawn_or_by_hand_is_not_told_of_again() {
    let then = |on, kind| [way()[..3].to_vec(), vec![(on, kind)]].concat();
    let may = |path: &[_], kind, on| judge(path, kind, AgencyKind::Municipality, "21003", on);
    let day = date(2023, 1, 11);
    let [delivered, withdrawn] =
        [FactKind::NoticeDelivered, FactKind::NoticeWithdrawn].map(|kind| kind(NOT_REGISTERED));
    let returned = FactKind::NoticeReturned(NOT_REGISTERED, ReturnReason::UnknownAddress);
    assert_eq!(may(&then(day, delivered.clone()), delivered.clone(), day), Some(RefusalCode::MissingStep));
    let by_hand = [way()[..2].to_vec(), vec![(day, delivered.clone())]].concat();
    assert_eq!(may(&by_hand, returned.clone(), day), Some(RefusalCode::MissingStep), "what was handed over");
    assert_eq!(may(&by_hand, withdrawn.clone(), day), None);
    let mut gone = then(day, withdrawn.clone());
    assert_eq!(may(&gone, delivered.clone(), day), None, "late again: a notice may be handed over");
    assert_eq!(may(&gone, returned, day), Some(RefusalCode::MissingStep));
    assert_eq!(may(&gone, withdrawn, day), Some(RefusalCode::MissingStep));
    gone.push((day, FactKind::ExemptionGranted { code: Code::new("E11"), until: None }));
    assert_eq!(may(&gone, delivered, day), Some(RefusalCode::MissingStep), "exempt, and the notice withdrawn");
}

#[test]
fn a_certificate_of_obligation_is_for_the_obliged() {
    let day = date(2022, 6, 20);
    let may = |path: &[_]| judge(path, FactKind::CertificateReceived, AgencyKind::Municipality, "21003", day);
    let mut path = way()[..1].to_vec();
    assert_eq!(may(&path), None);
    path.push((day, FactKind::ExemptionGranted { code: Code::new("E11"), until: None }));
    assert_eq!(may(&path), Some(RefusalCode::WrongState));
}

#[test]
fn an_exemption_has_a_code_of_the_law_and_ends_no_earlier_than_it_begins() {
    let day = date(2022, 6, 20);
    let grant = |code: &str, until| {
        let kind = FactKind::ExemptionGranted { code: Code::new(code), until };
        judge(&way()[..1], kind, AgencyKind::Municipality, "21003", day)
    };
    assert_eq!(grant("E11", None), None);
    assert_eq!(grant("E11", Some(day)), None);
    assert_eq!(grant("E11", Some(date(2022, 6, 19))), Some(RefusalCode::PeriodReversed));
    assert_eq!(grant("E99", None), Some(RefusalCode::UnknownCode));
}

#[test]
fn a_suspension_is_extended_where_it_adjoins_one_of_the_same_ground() {
    let grant = |code: &str, until| FactKind::SuspensionGranted { code: Code::new(code), until };
    let (birth, end) = (date(2022, 7, 1), date(2022, 10, 1));
    let with = |earlier: FactKind, kind, on| {
        let path = [way()[..2].to_vec(), vec![(birth, earlier)]].concat();
        judge(&path, kind, AgencyKind::Municipality, "21003", on)
    };
    let (born, long) = (|| grant("S04", end), || grant("S04", date(2023, 7, 1)));
    let too_long = Some(RefusalCode::LengthExceeded);
    assert_eq!(with(born(), long(), date(2022, 10, 2)), None, "the day after");
    assert_eq!(with(born(), long(), date(2022, 9, 1)), None, "within");
    assert_eq!(with(born(), long(), birth), None, "on the same day");
    assert_eq!(with(born(), long(), date(2022, 10, 3)), too_long, "a day lies between");
    assert_eq!(with(born(), long(), date(2022, 6, 30)), too_long, "before it");
    assert_eq!(with(grant("S01", end), long(), date(2022, 10, 2)), too_long, "another ground");
    let on = |kind| judge(&way()[..2], kind, AgencyKind::Municipality, "21003", birth);
    assert_eq!(on(grant("S01", birth)), None, "a day");
    assert_eq!(on(grant("S01", date(2022, 6, 30))), Some(RefusalCode::PeriodReversed));
    assert_eq!(on(grant("S99", birth)), Some(RefusalCode::UnknownCode));
    assert_eq!(on(grant("S02", date(2030, 1, 1))), None, "as long as the certificate says");
    assert_eq!(on(grant("S02", date(2022, 7, 30))), Some(RefusalCode::LengthNotReached), "a month, both days counted");
    assert_eq!(on(grant("S02", date(2022, 7, 31))), None);
    let ill = || grant("S02", date(2022, 7, 31));
    assert_eq!(with(ill(), grant("S02", date(2022, 8, 3)), date(2022, 8, 1)), None, "a month in total");
}

#[test]
fn the_extension_of_a_birth_is_for_the_mother() {
    let grant = |until| FactKind::SuspensionGranted { code: Code::new("S04"), until };
    let (birth, end) = (date(2022, 7, 1), date(2022, 10, 1));
    let of_sex = |sex: Option<&str>| {
        let (on, FactKind::Checked(extract)) = checked(date(2022, 6, 14)) else { panic!("a check") };
        let extract = Extract { sex: sex.map(Code::new), ..*extract };
        let path = [(on, FactKind::Checked(Box::new(extract))), way()[1].clone(), (birth, grant(end))];
        let extended = |until| judge(&path, grant(until), AgencyKind::Municipality, "21003", date(2022, 10, 2));
        [extended(date(2023, 7, 1)), extended(date(2022, 10, 3))]
    };
    assert_eq!(of_sex(Some("F")), [None, None]);
    assert_eq!(of_sex(None), [None, None], "not recorded: the municipality judges the evidence");
    let too_long = Some(RefusalCode::LengthExceeded);
    assert_eq!(of_sex(Some("M")), [too_long, too_long], "not a day beyond the three months");
}

#[test]
fn nobody_is_suspended_from_an_obligation_that_never_was() {
    let (on, FactKind::Checked(extract)) = checked(date(2022, 6, 14)) else { panic!("a check") };
    let portuguese = Extract { nationality: Some(Code::new("PT")), ..*extract };
    let path = [(on, FactKind::Checked(Box::new(portuguese)))];
    let kind = FactKind::SuspensionGranted { code: Code::new("S01"), until: date(2022, 8, 1) };
    let found = judge(&path, kind, AgencyKind::Municipality, "21003", date(2022, 7, 1));
    assert_eq!(found, Some(RefusalCode::WrongState));
}

#[test]
fn an_exemption_belongs_to_its_regimes_and_comes_by_its_doors() {
    let mut text = traject_lawbook::LawText::embedded();
    text.set(&["exemptions.exemptions.E11.regimes=B".to_owned()]).expect("a known key");
    let law = text.compile().expect("loads");
    let grant = |code: &str| FactKind::ExemptionGranted { code: Code::new(code), until: None };
    let of = |law: &Law, kind: FactKind, on: Date, channel| {
        let (actor, agency) = (AgencyKind::Municipality, &Code::new("21003"));
        let act = Act { kind: &kind, actor, agency, occurred_on: on, channel };
        guard(law, &facts(&way()[..2]), &act, on).err().map(|refusal| refusal.code)
    };
    let (a, b) = (date(2023, 12, 29), date(2024, 2, 1));
    assert_eq!(of(&law, grant("E11"), a, None), Some(RefusalCode::UnknownCode));
    assert_eq!(of(&law, grant("E11"), b, None), None);
    text.set(&["transition.rules.procedure.chosen_by=reference_date".to_owned()]).expect("a known key");
    let by_reference = text.compile().expect("loads");
    assert_eq!(of(&by_reference, grant("E11"), b, None), Some(RefusalCode::UnknownCode), "the rules of 2022");
    assert_eq!(of(&LAW, grant("E10"), b, Some(Channel::Organiser)), Some(RefusalCode::WrongChannel));
    assert_eq!(of(&LAW, grant("E10"), b, Some(Channel::MunicipalDesk)), None);
    assert_eq!(of(&LAW, grant("E11"), b, Some(Channel::Organiser)), None, "any door");
}

#[test]
fn a_suspension_comes_by_one_of_its_doors() {
    let kind = FactKind::SuspensionGranted { code: Code::new("S02"), until: date(2022, 8, 1) };
    let by = |channel| {
        judge_by(&way()[..2], kind.clone(), AgencyKind::Municipality, "21003", date(2022, 7, 1), Some(channel))
    };
    assert_eq!(by(Channel::MunicipalDesk), None);
    assert_eq!(by(Channel::MunicipalEmail), None);
    assert_eq!(by(Channel::Organiser), Some(RefusalCode::WrongChannel));
}

#[test]
fn a_programme_follows_a_registration_in_a_track_that_is_offered() {
    let organiser = || Code::new("BON");
    let contract = |track| FactKind::ContractSigned { organiser: organiser(), track };
    let registered = |track| FactKind::Registered { organiser: organiser(), track };
    let completed = || FactKind::Completed { organiser: organiser() };
    let (nl, fr) = (LegalLanguage::Nl, LegalLanguage::Fr);
    let day = date(2022, 7, 1);
    let may = |path: &[_], kind| judge(path, kind, AgencyKind::Organiser, "BON", day);
    let informed = way()[..2].to_vec();
    assert_eq!(may(&informed, registered(nl)), None);
    assert_eq!(may(&informed, registered(fr)), Some(RefusalCode::TrackNotOffered));
    assert_eq!(may(&informed, contract(nl)), Some(RefusalCode::MissingStep));
    assert_eq!(may(&informed, completed()), Some(RefusalCode::MissingStep));
    let path = [informed.clone(), vec![(day, registered(nl))]].concat();
    assert_eq!(may(&path, contract(nl)), None);
    assert_eq!(may(&path, contract(fr)), Some(RefusalCode::TrackNotOffered));
    assert_eq!(may(&path, completed()), None);
    let unknown = FactKind::Registered { organiser: Code::new("NOBODY"), track: nl };
    let found = judge(&informed, unknown, AgencyKind::Organiser, "NOBODY", day);
    assert_eq!(found, Some(RefusalCode::UnknownCode));
}

#[test]
fn the_dead_and_the_departed_are_pursued_no_further() {
    let rule = |steps, kind: FactKind, actor, agency: &str| {
        let mut path = way()[..steps].to_vec();
        let day = date(2023, 4, 25);
        path.push((date(2023, 4, 21), FactKind::Died));
        let agency = Code::new(agency);
        let act = Act { kind: &kind, actor, agency: &agency, occurred_on: day, channel: None };
        guard(&LAW, &facts(&path), &act, day).map_err(|refusal| (refusal.code, refusal.rule))
    };
    let stopped = Err((RefusalCode::WrongState, "R-F8"));
    let (municipality, ggc) = (AgencyKind::Municipality, AgencyKind::Ggc);
    let notice = FactKind::NoticePosted { breach: NOT_REGISTERED, language: None };
    assert_eq!(rule(2, notice, municipality, "21003"), stopped);
    assert_eq!(rule(3, FactKind::Transferred(NOT_REGISTERED), municipality, "21003"), stopped);
    assert_eq!(rule(4, FactKind::HearingInvited(NOT_REGISTERED, None), ggc, "GGC"), stopped);
    assert_eq!(rule(5, FactKind::Fined(NOT_REGISTERED, Cents(10_000)), ggc, "GGC"), stopped);
    assert_eq!(rule(4, FactKind::TransferReturned(NOT_REGISTERED), ggc, "GGC"), Ok(()), "but a file may go back");
}

#[test]
fn a_fine_lies_in_its_range_bounds_included() {
    let fine = |law: &Law, steps, cents| {
        let (kind, agency) = (FactKind::Fined(NOT_REGISTERED, Cents(cents)), Code::new("GGC"));
        let day = date(2023, 5, 15);
        let act = Act { kind: &kind, actor: AgencyKind::Ggc, agency: &agency, occurred_on: day, channel: None };
        let mut path = way()[..steps].to_vec();
        path.push((date(2023, 5, 10), weighed(NOT_REGISTERED)));
        guard(law, &facts(&path), &act, day).map_err(|refusal| (refusal.code, refusal.rule))
    };
    for steps in [5, 6] {
        assert_eq!(fine(&LAW, steps, 9_999), Err((RefusalCode::BelowMinimum, "R-F1")));
        assert_eq!(fine(&LAW, steps, 10_000), Ok(()));
        assert_eq!(fine(&LAW, steps, 250_000), Ok(()));
        assert_eq!(fine(&LAW, steps, 250_001), Err((RefusalCode::AboveMaximum, "R-F1")));
    }
    assert_eq!(fine(&LAW, 4, 10_000), Err((RefusalCode::MissingStep, "R-F3")));
    assert_eq!(fine(&LAW, 3, 10_000), Err((RefusalCode::WrongState, "R-D1")));
    let mut law = LAW.clone();
    let range = law.fines.latest().expect("fines have a range").clone();
    law.fines = traject_domain::law::FineRange { hearing_required: false, ..range }.into();
    assert_eq!(fine(&law, 4, 10_000), Ok(()));
    assert_eq!(fine(&law, 3, 10_000), Err((RefusalCode::WrongState, "R-D1")));
}

#[test]
fn an_act_may_be_of_today_and_no_later() {
    let on = |day, today| {
        let agency = Code::new("21003");
        let kind = FactKind::Died;
        let act =
            Act { kind: &kind, actor: AgencyKind::Municipality, agency: &agency, occurred_on: day, channel: None };
        guard(&LAW, &facts(&way()), &act, today).map_err(|refusal| (refusal.code, refusal.rule))
    };
    let today = date(2023, 6, 1);
    assert_eq!(on(today, today), Ok(()));
    assert_eq!(on(date(2023, 5, 31), today), Ok(()));
    assert_eq!(on(date(2023, 6, 2), today), Err((RefusalCode::FutureDate, "R-G1")));
}

#[test]
fn a_refused_request_names_what_was_asked_for_and_why_as_the_law_does() {
    let refused = |code: &str, reason: &str| FactKind::SuspensionRefused { code: code.into(), reason: reason.into() };
    let exemption = |code: &str| FactKind::ExemptionRefused { code: code.into(), reason: "evidence_missing".into() };
    let of = |kind, actor, agency| judge(&way()[..2], kind, actor, agency, date(2022, 7, 1));
    let by_municipality = |kind| of(kind, AgencyKind::Municipality, "21003");
    assert_eq!(by_municipality(refused("S02", "evidence_missing")), None);
    assert_eq!(by_municipality(refused("S99", "evidence_missing")), Some(RefusalCode::UnknownCode));
    assert_eq!(by_municipality(refused("S02", "because")), Some(RefusalCode::UnknownCode));
    assert_eq!(by_municipality(exemption("E11")), None);
    assert_eq!(by_municipality(exemption("S02")), Some(RefusalCode::UnknownCode));
    assert_eq!(of(exemption("E11"), AgencyKind::Organiser, "BON"), Some(RefusalCode::WrongActor));
}

#[test]
fn a_hearing_lies_ahead_of_its_invitation() {
    let invited = |on| {
        let hearing = Hearing { on, at: time(9, 30, 0, 0), place: "Louizalaan 183".to_owned(), interpreter: None };
        FactKind::HearingInvited(NOT_REGISTERED, Some(Box::new(hearing)))
    };
    let day = date(2023, 4, 20);
    let may = |on| judge(&transferred(), invited(on), AgencyKind::Ggc, "GGC", day);
    assert_eq!(may(date(2023, 4, 21)), None);
    assert_eq!(may(day), Some(RefusalCode::PeriodReversed));
}
