//! Requests at the counter, the programme at an office, and what the GGC does beside the ladder.

use super::*;
use traject_domain::assess;
use traject_domain::assess::transfer_gaps;
use traject_domain::fact::Asked;
use traject_domain::history::{History, Moment};
use traject_domain::law::Literacy;
use traject_domain::office::{IntakeCategory, ProgrammeStep};
use traject_domain::sanction::{AppealKind, TransferGap};
use traject_domain::standing::{BreachStanding, Enforcement, NextCode, Standing};

const TODAY: Date = date(2026, 1, 1);

fn standing(events: &[(Date, FactKind)], on: Date) -> Standing {
    assess(&LAW, &History::new(&facts(events), Moment::end_of(on))).expect("there is a check")
}

fn breach(events: &[(Date, FactKind)], on: Date) -> BreachStanding {
    standing(events, on).obligation.expect("she is obliged").breach(NOT_REGISTERED).clone()
}

fn asked(asked: Asked, channel: Channel) -> FactKind {
    FactKind::Requested { asked, channel }
}

fn by(
    actor: AgencyKind,
    agency: &str,
    events: &[(Date, FactKind)],
    kind: FactKind,
    on: Date,
) -> Result<(), (RefusalCode, &'static str)> {
    let agency = Code::new(agency);
    let act = Act { kind: &kind, actor, agency: &agency, occurred_on: on, channel: None };
    guard(&LAW, &facts(events), &act, TODAY).map_err(|refusal| (refusal.code, refusal.rule))
}

#[test]
fn evidence_comes_in_by_the_doors_of_its_ground() {
    let bon = Code::new("BON");
    let mut path = transferred();
    path.truncate(2);
    path.push((date(2022, 8, 1), FactKind::Registered { organiser: bon, track: LegalLanguage::Nl }));
    let on = date(2022, 9, 1);
    let suspension = |code: &str| Asked::Suspension(Code::new(code));
    let desk = |what, channel| by(AgencyKind::Municipality, "21003", &path, asked(what, channel), on);
    let office = |agency: &str, what, channel| by(AgencyKind::Organiser, agency, &path, asked(what, channel), on);
    for code in ["S01", "S02", "S03", "S04"] {
        assert_eq!(desk(suspension(code), Channel::MunicipalDesk), Ok(()), "{code}");
        assert_eq!(desk(suspension(code), Channel::MunicipalEmail), Ok(()), "{code}");
    }
    // C22: what tells of health never goes through the organiser.
    assert_eq!(office("BON", suspension("S01"), Channel::Organiser), Ok(()));
    for code in ["S02", "S03"] {
        assert_eq!(office("BON", suspension(code), Channel::Organiser), Err((RefusalCode::WrongChannel, "law § 4")));
    }
    assert_eq!(office("BAPA_VIA", suspension("S01"), Channel::Organiser), Err((RefusalCode::WrongActor, "actors § 3")));
    assert_eq!(office("BON", suspension("S01"), Channel::MunicipalDesk), Err((RefusalCode::WrongActor, "R-F2")));
    assert_eq!(desk(Asked::Exemption(Code::new("E13")), Channel::MunicipalDesk), Ok(()));
    assert_eq!(
        desk(Asked::Exemption(Code::new("E77")), Channel::MunicipalDesk),
        Err((RefusalCode::UnknownCode, "law § 3"))
    );
}

#[test]
fn a_request_waits_until_its_ground_is_decided_and_nobody_is_pursued_meanwhile() {
    let mut path = transferred();
    path.push((date(2023, 4, 3), asked(Asked::Suspension(Code::new("S02")), Channel::MunicipalEmail)));
    path.push((date(2023, 4, 4), asked(Asked::Exemption(Code::new("E13")), Channel::MunicipalDesk)));
    let waiting = |path: &[_]| standing(path, date(2023, 4, 20)).requests.len();
    let invited = FactKind::HearingInvited(NOT_REGISTERED, None);
    let invite = |path: &[_]| by(AgencyKind::Ggc, "GGC", path, invited.clone(), date(2023, 4, 20));
    assert_eq!((waiting(&path), invite(&path)), (2, Err((RefusalCode::MissingStep, "R-X1"))));
    path.push((
        date(2023, 4, 10),
        FactKind::SuspensionRefused { code: Code::new("S02"), reason: Code::new("evidence_missing") },
    ));
    assert_eq!((waiting(&path), invite(&path)), (1, Err((RefusalCode::MissingStep, "R-X1"))), "another ground");
    path.push((
        date(2023, 4, 11),
        FactKind::ExemptionRefused { code: Code::new("E13"), reason: Code::new("ground_not_met") },
    ));
    assert_eq!((waiting(&path), invite(&path)), (0, Ok(())));
    path.push((date(2023, 4, 12), asked(Asked::Exemption(Code::new("E13")), Channel::MunicipalDesk)));
    assert_eq!(waiting(&path), 1, "asked once more");
}

#[test]
fn a_place_that_is_offered_lets_the_notice_go() {
    let via = || Code::new("BAPA_VIA");
    let mut path = transferred();
    path.truncate(2);
    path.push((date(2022, 11, 2), FactKind::WaitingListJoined { organiser: via() }));
    let on = date(2023, 2, 1);
    assert_eq!(standing(&path, on).next, None, "R-D2");
    let offered = FactKind::Programme { organiser: via(), step: ProgrammeStep::PlaceOffered };
    assert_eq!(by(AgencyKind::Organiser, "BAPA_VIA", &path, offered.clone(), on), Ok(()));
    let elsewhere = FactKind::Programme { organiser: Code::new("BON"), step: ProgrammeStep::PlaceOffered };
    assert_eq!(by(AgencyKind::Organiser, "BON", &path, elsewhere, on), Err((RefusalCode::MissingStep, "R-D2")));
    path.push((date(2023, 1, 16), offered));
    assert_eq!(standing(&path, on).next.map(|next| next.code), Some(NextCode::Notice));
}

#[test]
fn each_step_at_an_office_follows_the_one_that_it_needs() {
    let bon = || Code::new("BON");
    let on = date(2022, 10, 3);
    let at =
        |path: &[_], step| by(AgencyKind::Organiser, "BON", path, FactKind::Programme { organiser: bon(), step }, on);
    let (language, citizenship) = (|| Code::new("LANGUAGE"), || Code::new("CITIZENSHIP"));
    let started = |component| ProgrammeStep::ComponentStarted { component, hours: Some(60) };
    let ended = |component| ProgrammeStep::ComponentEnded { component, hours: 52, level: None };
    let assessed = |level: &str| ProgrammeStep::LanguageAssessed {
        language: LegalLanguage::Nl,
        level: Code::new(level),
        literacy: Literacy::OtherScript,
    };
    let intake =
        || ProgrammeStep::Intake { category: IntakeCategory::Obliged, offers: Vec::new(), heard_through: None };
    let mut path = transferred();
    path.truncate(2);
    assert_eq!(at(&path, intake()), Ok(()), "before anything is signed");
    let missing = |rule| Err((RefusalCode::MissingStep, rule));
    assert_eq!(at(&path, ProgrammeStep::SociallyAssessed), missing("law § 6 step 3"));
    path.push((date(2022, 8, 1), FactKind::Registered { organiser: bon(), track: LegalLanguage::Nl }));
    for step in [
        ProgrammeStep::SociallyAssessed,
        assessed("A1"),
        ProgrammeStep::ComponentWaived { waiver: Code::new("W-LANG") },
        ProgrammeStep::GuidanceGiven,
        ProgrammeStep::AbsenceNoted,
        ProgrammeStep::WarningGiven,
        ProgrammeStep::FollowUpCertified,
        ProgrammeStep::FileClosed { reason: Code::new("stopped_attending") },
    ] {
        assert_eq!(at(&path, step.clone()), Ok(()), "{step:?}");
    }
    assert_eq!(at(&path, started(language())), missing("law § 6 step 8"));
    assert_eq!(at(&path, ProgrammeStep::ContractAmended), missing("law § 6 step 8"));
    path.push((date(2022, 9, 1), FactKind::ContractSigned { organiser: bon(), track: LegalLanguage::Nl }));
    assert_eq!(at(&path, ProgrammeStep::ContractAmended), Ok(()));
    assert_eq!(at(&path, ended(language())), missing("law § 6 step 9"));
    path.push((date(2022, 9, 5), FactKind::Programme { organiser: bon(), step: started(language()) }));
    assert_eq!(at(&path, ended(language())), Ok(()));
    assert_eq!(at(&path, ended(citizenship())), missing("law § 6 step 9"), "another component");
    path.push((date(2022, 9, 30), FactKind::Programme { organiser: bon(), step: ended(language()) }));
    assert_eq!(at(&path, ended(language())), missing("law § 6 step 9"), "once for each start");
    let unknown = Err(RefusalCode::UnknownCode);
    for step in [
        assessed("Z9"),
        started(Code::new("COOKING")),
        ProgrammeStep::ComponentWaived { waiver: Code::new("W-NONE") },
        ProgrammeStep::FileClosed { reason: Code::new("tired") },
    ] {
        assert_eq!(at(&path, step).map_err(|(code, _)| code), unknown);
    }
    let foreign = FactKind::Programme { organiser: bon(), step: intake() };
    assert_eq!(
        by(AgencyKind::Organiser, "BAPA_VIA", &path, foreign, on).map_err(|(code, _)| code),
        Err(RefusalCode::WrongActor)
    );
}

/// Case C11 as far as the fine of 100 euro.
fn fined() -> Vec<(Date, FactKind)> {
    let mut path = transferred();
    path.extend([
        (date(2023, 4, 20), FactKind::HearingInvited(NOT_REGISTERED, None)),
        (date(2023, 5, 15), weighed(NOT_REGISTERED)),
        (date(2023, 5, 15), FactKind::Fined(NOT_REGISTERED, Cents(10_000))),
    ]);
    path
}

fn at_the_ggc(step: SanctionStep) -> FactKind {
    FactKind::Sanction(NOT_REGISTERED, step)
}

#[test]
fn a_fine_is_paid_once_its_parts_add_up_and_asked_for_only_while_it_is_due() {
    let mut path = fined();
    // Sixty days from 15 May 2023 end on Friday 14 July.
    let (in_time, late) = (date(2023, 7, 14), date(2023, 7, 15));
    let ggc = |path: &[_], step, on| by(AgencyKind::Ggc, "GGC", path, at_the_ggc(step), on);
    assert!(!breach(&path, in_time).payment_overdue && breach(&path, late).payment_overdue);
    let wrong = Err((RefusalCode::WrongState, "D-PAY"));
    assert_eq!(ggc(&path, SanctionStep::PaymentReminded, in_time), wrong);
    assert_eq!(ggc(&path, SanctionStep::PaymentReminded, late), Ok(()));
    assert_eq!(ggc(&path, SanctionStep::RecoveryHandedOver, late), Err((RefusalCode::MissingStep, "D-PAY")));
    path.push((date(2023, 7, 17), at_the_ggc(SanctionStep::PaymentReminded)));
    assert_eq!(ggc(&path, SanctionStep::RecoveryHandedOver, date(2023, 8, 1)), Ok(()));
    path.push((date(2023, 8, 2), at_the_ggc(SanctionStep::PaymentReceived(Cents(4_000)))));
    let part = breach(&path, date(2023, 8, 3));
    assert_eq!((part.state, part.paid, part.payment_overdue), (Enforcement::Fined, Cents(4_000), true));
    path.push((date(2023, 9, 1), at_the_ggc(SanctionStep::PaymentReceived(Cents(6_000)))));
    let whole = breach(&path, date(2023, 9, 1));
    assert_eq!((whole.state, whole.paid, whole.payment_overdue), (Enforcement::Paid, Cents(10_000), false));
    assert_eq!(ggc(&path, SanctionStep::PaymentReminded, date(2023, 9, 2)), wrong);
}

#[test]
fn nothing_is_asked_for_after_a_suspension_by_a_judge_a_write_off_or_recovery() {
    let late = date(2023, 9, 1);
    let lodged = FactKind::AppealLodged(NOT_REGISTERED);
    let mut path = fined();
    let suspended = || at_the_ggc(SanctionStep::ExecutionSuspended);
    assert_eq!(by(AgencyKind::Ggc, "GGC", &path, suspended(), late), Err((RefusalCode::WrongState, "R-F7")));
    path.push((date(2023, 6, 12), lodged));
    path.push((date(2023, 6, 12), at_the_ggc(SanctionStep::AppealAsks(AppealKind::Suspension))));
    assert_eq!(by(AgencyKind::Ggc, "GGC", &path, suspended(), late), Ok(()));
    path.push((date(2023, 6, 30), suspended()));
    let stopped = breach(&path, late);
    assert!(stopped.execution_suspended && !stopped.payment_overdue);
    path.push((
        date(2023, 8, 21),
        FactKind::AppealDecided(NOT_REGISTERED, traject_domain::fact::AppealOutcome::Upheld),
    ));
    assert!(breach(&path, late).payment_overdue, "the fine stands, and is due");
    let insolvent = || SanctionStep::FineWrittenOff { reason: Code::new("insolvent") };
    for step in [SanctionStep::RecoveryHandedOver, insolvent()] {
        let mut path = fined();
        path.push((date(2023, 8, 1), at_the_ggc(step)));
        assert!(!breach(&path, late).payment_overdue);
    }
    assert_eq!(
        by(AgencyKind::Ggc, "GGC", &transferred(), at_the_ggc(insolvent()), late),
        Err((RefusalCode::MissingStep, "D-PAY"))
    );
}

#[test]
fn what_a_transfer_lacks_is_named_and_goes_when_it_is_made_good() {
    let gaps = |path: &[(Date, FactKind)], on| {
        let facts = facts(path);
        let history = History::new(&facts, Moment::end_of(on));
        transfer_gaps(&LAW, &history, &assess(&LAW, &history).expect("a check"), NOT_REGISTERED)
    };
    let on = date(2023, 4, 19);
    let least =
        [TransferGap::DeliveryPresumed, TransferGap::CircumstancesNotWeighed, TransferGap::RefusalNotEstablished];
    assert_eq!(gaps(&transferred(), on), least);
    let mut path = transferred();
    path.extend([
        (date(2023, 1, 12), FactKind::NoticeDelivered(NOT_REGISTERED)),
        (date(2023, 3, 14), FactKind::RefusalEstablished(NOT_REGISTERED)),
        (date(2023, 4, 18), weighed(NOT_REGISTERED)),
    ]);
    assert_eq!(gaps(&path, on), []);
    path.push((date(2022, 11, 2), FactKind::WaitingListJoined { organiser: Code::new("BAPA_VIA") }));
    path.push((date(2023, 4, 17), asked(Asked::Exemption(Code::new("E13")), Channel::MunicipalDesk)));
    assert_eq!(gaps(&path, on), [TransferGap::WaitingList, TransferGap::RequestUndecided]);
    assert_eq!(gaps(&path[..2], on)[0], TransferGap::NoticeNotServed);
    // Weighed for an earlier transfer is not weighed for this one.
    path.push((date(2023, 4, 19), FactKind::Transferred(NOT_REGISTERED)));
    assert!(gaps(&path, on).contains(&TransferGap::CircumstancesNotWeighed));
}

#[test]
fn a_returned_transfer_keeps_the_day_of_the_refusal() {
    let mut path = transferred();
    let lacks = at_the_ggc(SanctionStep::TransferLacks(vec![TransferGap::RequestUndecided]));
    let on = date(2023, 4, 19);
    assert_eq!(by(AgencyKind::Ggc, "GGC", &path, lacks.clone(), on), Ok(()));
    assert_eq!(
        by(AgencyKind::Municipality, "21003", &path, lacks.clone(), on).map_err(|(code, _)| code),
        Err(RefusalCode::WrongActor)
    );
    let refused_on = breach(&path, on).refusal_on;
    path.extend([(on, lacks), (on, FactKind::TransferReturned(NOT_REGISTERED))]);
    let back = breach(&path, on);
    assert_eq!((back.state, back.refusal_on), (Enforcement::Refused, refused_on));
}

#[test]
fn an_exemption_that_ends_is_near_thirty_days_before_and_wakes_the_dossier() {
    let (from, last) = (date(2022, 7, 1), date(2022, 12, 31));
    let grant = |until| FactKind::ExemptionGranted { code: Code::new("E10"), until };
    let mut path = transferred();
    path.truncate(1);
    path.push((from, grant(Some(last))));
    let ends = |path: &[_], on| standing(path, on).exemption_ends;
    assert_eq!((ends(&path, date(2022, 11, 30)), ends(&path, date(2022, 12, 1))), (None, Some(last)));
    assert_eq!(ends(&path, date(2023, 1, 1)), None, "it has ended");
    let wakes = traject_domain::assess::wake_on(&LAW, &facts(&path), Moment::end_of(from));
    assert_eq!(wakes, Some(date(2022, 12, 1)));
    path.push((date(2022, 12, 5), grant(None)));
    assert_eq!(ends(&path, date(2022, 12, 6)), None, "another one lasts");
}
