//! Facts of every kind, by hand and at random, and the small things facts are made of.

use jiff::ToSpan as _;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use traject_app::ids::FactId;
use traject_app::model::{Actor, Identity, NewFact};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{
    AppealOutcome, Asked, Destination, Fact, FactKind, FactRef, Hearing, InformationItem, NumberKey, ReturnReason,
};
use traject_domain::law::{Channel, Literacy};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::office::{IntakeCategory, ProgrammeStep};
use traject_domain::partial_date::PartialDate;
use traject_domain::sanction::{AppealKind, Grounds, SanctionStep, TransferGap};
use uuid::Uuid;

/// A valid national number; different for every `n` below 900,000.
pub fn national_number(n: u64) -> NationalNumber {
    let body = 850_000_000 + n % 900_000;
    NationalNumber::parse(&format!("{body:09}{:02}", 97 - body % 97)).expect("the check digits fit")
}

/// A clerk of Anderlecht.
pub fn clerk() -> Actor {
    Actor { staff: "staff-1".to_owned(), agency: Code::new("21001"), role: Code::new("clerk") }
}

/// A municipality by its number in the order of the NIS codes, modulo nineteen.
pub fn municipality(n: usize) -> Municipality {
    Municipality::all().nth(n % 19).expect("there are nineteen")
}

/// An extract with the values that most checks have.
pub fn extract(municipality: Municipality) -> Extract {
    Extract {
        birth_date: Some(PartialDate::Month(1990, 5)),
        nationality: Some(Code::new("MA")),
        municipality,
        register: Code::new("foreigners"),
        registered_on: Some(jiff::civil::date(2022, 6, 1)),
        permit_kind: Some(Code::new("A")),
        permit_ground: Some(Code::new("family")),
        permit_valid_from: Some(jiff::civil::date(2022, 5, 20)),
        permit_valid_until: Some(jiff::civil::date(2023, 5, 19)),
        lawful_stay_since: Some(jiff::civil::date(2022, 5, 20)),
        family_of: None,
        family_tie: None,
        long_term_resident_of: None,
        letter_language: Some(LegalLanguage::Fr),
        sex: Some(Code::new("F")),
        contact_language: Some(Code::new("ar")),
    }
}

/// An identity with letters of several scripts.
pub fn identity() -> Identity {
    Identity {
        last_name: Some("El Amrani \u{0627}\u{0644}\u{0639}".to_owned()),
        first_names: Some("Zo\u{eb} \u{0416}\u{0435}\u{043d}\u{044f}".to_owned()),
        street: Some("Wetstraat".to_owned()),
        house_number: Some("16".to_owned()),
        box_number: None,
        postal_code: Some("1000".to_owned()),
        city: Some("Brussel".to_owned()),
        email: Some("z@example.org".to_owned()),
        phone: None,
    }
}

/// A hearing with an interpreter.
fn hearing() -> Hearing {
    Hearing {
        on: jiff::civil::date(2023, 5, 11),
        at: jiff::civil::time(9, 30, 0, 0),
        place: "Louizalaan 183, zaal 2".to_owned(),
        interpreter: Some(Code::new("ti")),
    }
}

/// One fact of each kind, with and without what is optional.
pub fn one_of_each_kind() -> Vec<FactKind> {
    let organiser = || Code::new("BON");
    let breach = Breach::NotRegistered;
    let until = jiff::civil::date(2023, 3, 31);
    let medical = Extract { permit_ground: Some(Code::new("medical")), ..extract(municipality(2)) };
    vec![
        FactKind::Checked(Box::new(extract(municipality(1)))),
        FactKind::Checked(Box::new(medical)),
        FactKind::InformationGiven {
            spoken: Some(Code::new("ar")),
            items: vec![InformationItem::Brochure, InformationItem::OralFr],
        },
        FactKind::CertificateReceived,
        FactKind::ExemptionGranted { code: Code::new("E13"), until: None },
        FactKind::ExemptionGranted { code: Code::new("E10"), until: Some(until) },
        FactKind::SuspensionGranted { code: Code::new("S01"), until },
        FactKind::SuspensionGranted { code: Code::new("S02"), until },
        FactKind::WaitingListJoined { organiser: organiser() },
        FactKind::RegistrationCertificateReceived { organiser: organiser() },
        FactKind::CompletionCertificateReceived { organiser: organiser() },
        FactKind::Registered { organiser: organiser(), track: LegalLanguage::Nl },
        FactKind::ContractSigned { organiser: organiser(), track: LegalLanguage::Fr },
        FactKind::Completed { organiser: organiser() },
        FactKind::NoticePosted { breach, language: None },
        FactKind::NoticePosted { breach: Breach::NotCompleted, language: Some(LegalLanguage::Fr) },
        FactKind::NoticeDelivered(breach),
        FactKind::NoticeReturned(breach, ReturnReason::Unclaimed),
        FactKind::NoticeWithdrawn(breach),
        FactKind::RefusalEstablished(breach),
        FactKind::Transferred(breach),
        FactKind::TransferReturned(breach),
        FactKind::HearingInvited(breach, None),
        FactKind::DefenceReceived(breach),
        FactKind::Heard(breach),
        FactKind::DecidedNoFine(breach),
        FactKind::Fined(breach, Cents(15_000)),
        FactKind::FinePaid(breach),
        FactKind::AppealLodged(breach),
        FactKind::FineWithdrawn(breach),
        FactKind::AppealDecided(breach, AppealOutcome::Annulled),
        FactKind::Moved(Destination::Brussels(municipality(4))),
        FactKind::Moved(Destination::OtherRegion(Code::new("BE-VLG"))),
        FactKind::Moved(Destination::Abroad(Code::new("FR"))),
        FactKind::Returned(municipality(4)),
        FactKind::StruckOff,
        FactKind::PermitLost,
        FactKind::BecameBelgian,
        FactKind::Died,
        FactKind::NumberReplaced(NumberKey(Uuid::from_u128(7))),
        FactKind::Retracted(FactRef::new("C-1")),
        FactKind::ExemptionRefused { code: Code::new("E13"), reason: Code::new("evidence_missing") },
        FactKind::SuspensionRefused { code: Code::new("S02"), reason: Code::new("ground_not_met") },
        FactKind::HearingInvited(breach, Some(Box::new(hearing()))),
    ]
    .into_iter()
    .chain(requests())
    .chain(programme_steps().map(|step| FactKind::Programme { organiser: organiser(), step }))
    .chain(sanction_steps().map(|step| FactKind::Sanction(breach, step)))
    .collect()
}

/// What is asked for, of health and of something else.
fn requests() -> impl Iterator<Item = FactKind> {
    let asked = |asked, channel| FactKind::Requested { asked, channel };
    [
        asked(Asked::Exemption(Code::new("E13")), Channel::MunicipalDesk),
        asked(Asked::Suspension(Code::new("S02")), Channel::MunicipalEmail),
        asked(Asked::Suspension(Code::new("S01")), Channel::Organiser),
    ]
    .into_iter()
}

/// One step of each kind at an organiser, with and without what is optional.
pub fn programme_steps() -> impl Iterator<Item = ProgrammeStep> {
    let (component, level) = (|| Code::new("LANGUAGE"), || Code::new("A2"));
    let (category, heard_through) = (IntakeCategory::Obliged, Some(Code::new("letter")));
    [
        ProgrammeStep::Intake { category, offers: vec![LegalLanguage::Nl, LegalLanguage::Fr], heard_through },
        ProgrammeStep::Intake { category: IntakeCategory::ForeignPerson, offers: Vec::new(), heard_through: None },
        ProgrammeStep::PlaceOffered,
        ProgrammeStep::SociallyAssessed,
        ProgrammeStep::LanguageAssessed {
            language: LegalLanguage::Nl,
            level: Code::new("BELOW_A1"),
            literacy: Literacy::NonLiterate,
        },
        ProgrammeStep::ContractAmended,
        ProgrammeStep::ComponentStarted { component: component(), hours: Some(120) },
        ProgrammeStep::ComponentStarted { component: Code::new("CITIZENSHIP"), hours: None },
        ProgrammeStep::ComponentEnded { component: component(), hours: 96, level: Some(level()) },
        ProgrammeStep::ComponentEnded { component: Code::new("CITIZENSHIP"), hours: 0, level: None },
        ProgrammeStep::ComponentWaived { waiver: Code::new("W-LANG") },
        ProgrammeStep::GuidanceGiven,
        ProgrammeStep::AbsenceNoted,
        ProgrammeStep::WarningGiven,
        ProgrammeStep::FollowUpCertified,
        ProgrammeStep::FileClosed { reason: Code::new("stopped_attending") },
    ]
    .into_iter()
}

/// One step of each kind at the GGC.
pub fn sanction_steps() -> impl Iterator<Item = SanctionStep> {
    let grounds = Grounds { reasons: vec![Code::new("NOT_REGISTERED")], weighed: vec![Code::new("health")] };
    [
        SanctionStep::TransferLacks(vec![TransferGap::DeliveryPresumed, TransferGap::RequestUndecided]),
        SanctionStep::MinutesTaken("She says that she was in hospital.".into()),
        SanctionStep::GroundsStated(grounds),
        SanctionStep::AppealAsks(AppealKind::Suspension),
        SanctionStep::HearingMissed,
        SanctionStep::PaymentReceived(Cents(5_000)),
        SanctionStep::PaymentReminded,
        SanctionStep::RecoveryHandedOver,
        SanctionStep::FineWrittenOff { reason: Code::new("insolvent") },
        SanctionStep::ExecutionSuspended,
    ]
    .into_iter()
}

/// A new fact around a kind; an identity comes with a check.
pub fn new_fact(id: Uuid, reference: &str, number: NumberKey, day: Date, kind: FactKind) -> NewFact {
    let identity = matches!(kind, FactKind::Checked(_)).then(identity);
    NewFact {
        id: FactId(id),
        fact: Fact {
            reference: FactRef::new(reference),
            number,
            occurred_on: day,
            known_on: day.saturating_add(1.day()),
            agency: Code::new("21001"),
            kind,
        },
        actor: clerk(),
        identity,
    }
}

/// Any day that files may name.
pub fn any_day() -> impl Strategy<Value = Date> {
    (0..73_000_i32).prop_map(|days| jiff::civil::date(1900, 1, 1).saturating_add(days.days()))
}

fn any_code() -> impl Strategy<Value = Code> {
    "[A-Z]{1,3}[0-9]{0,2}".prop_map(|text| Code::new(&text))
}

fn any_birth() -> impl Strategy<Value = PartialDate> {
    prop_oneof![
        (1900..2100_i16).prop_map(PartialDate::Year),
        (1900..2100_i16, 1..=12_i8).prop_map(|(year, month)| PartialDate::Month(year, month)),
        any_day().prop_map(PartialDate::Day),
    ]
}

prop_compose! {
    fn any_extract()(
        birth_date in option::of(any_birth()),
        codes in vec(option::of(any_code()), 8),
        days in vec(option::of(any_day()), 4),
        town in 0..19_usize,
        language in option::of(select(LegalLanguage::ALL)),
        medical in any::<bool>(),
    ) -> Extract {
        let code = |i: usize| codes[i].clone();
        Extract {
            birth_date,
            nationality: code(0),
            municipality: municipality(town),
            register: Code::new("population"),
            registered_on: days[0],
            permit_kind: code(1),
            permit_ground: if medical { Some(Code::new("medical")) } else { code(2) },
            permit_valid_from: days[1],
            permit_valid_until: days[2],
            lawful_stay_since: days[3],
            family_of: code(3),
            family_tie: code(4),
            long_term_resident_of: code(5),
            letter_language: language,
            sex: code(6),
            contact_language: code(7),
        }
    }
}

/// Any kind of fact.
pub fn any_kind() -> impl Strategy<Value = FactKind> {
    prop_oneof![
        2 => any_extract().prop_map(|extract| FactKind::Checked(Box::new(extract))),
        1 => (any_code(), option::of(any_day()))
            .prop_map(|(code, until)| FactKind::ExemptionGranted { code, until }),
        1 => (select(vec!["S01", "S02", "S03", "S04"]), any_day())
            .prop_map(|(code, until)| FactKind::SuspensionGranted { code: Code::new(code), until }),
        1 => any::<u64>().prop_map(|cents| FactKind::Fined(Breach::NotCompleted, Cents(cents))),
        1 => any::<u128>().prop_map(|key| FactKind::NumberReplaced(NumberKey(Uuid::from_u128(key)))),
        4 => select(one_of_each_kind()),
    ]
}

fn any_word() -> impl Strategy<Value = Option<String>> {
    option::of(".{0,12}")
}

prop_compose! {
    /// Any names and contact.
    pub fn any_identity()(words in vec(any_word(), 9)) -> Identity {
        let word = |i: usize| words[i].clone();
        Identity {
            last_name: word(0),
            first_names: word(1),
            street: word(2),
            house_number: word(3),
            box_number: word(4),
            postal_code: word(5),
            city: word(6),
            email: word(7),
            phone: word(8),
        }
    }
}

prop_compose! {
    /// Any new fact.
    pub fn any_new_fact()(
        ids in (any::<u128>(), any::<u128>()),
        reference in ".{1,20}",
        days in (any_day(), any_day()),
        kind in any_kind(),
        staff in ".{0,10}",
        agency in any_code(),
        identity in option::of(any_identity()),
    ) -> NewFact {
        NewFact {
            id: FactId(Uuid::from_u128(ids.0)),
            fact: Fact {
                reference: FactRef::new(&reference),
                number: NumberKey(Uuid::from_u128(ids.1)),
                occurred_on: days.0,
                known_on: days.1,
                agency: agency.clone(),
                kind,
            },
            actor: Actor { staff, agency, role: Code::new("clerk") },
            identity,
        }
    }
}
