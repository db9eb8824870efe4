//! Steps of a programme and steps at the GGC: to the fields of the plain part, and back.

use crate::decode::{DecodeError, some};
use crate::wire;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::law::Literacy;
use traject_domain::money::Cents;
use traject_domain::office::{IntakeCategory, ProgrammeStep};
use traject_domain::sanction::{AppealKind, Grounds, SanctionStep, TransferGap};

fn text(code: &Code) -> String {
    code.as_str().to_owned()
}

fn texts(codes: &[Code]) -> Vec<String> {
    codes.iter().map(text).collect()
}

fn codes(texts: &[String]) -> Vec<Code> {
    texts.iter().map(|text| Code::new(text)).collect()
}

/// What a step of a programme says; `None` for one that says no more than its name.
pub(crate) fn programme(step: &ProgrammeStep) -> Option<wire::Programme> {
    let mut told = wire::Programme::default();
    match step {
        ProgrammeStep::Intake { category, offers, heard_through } => {
            told.category = Some(category.code().to_owned());
            told.offers = offers.iter().map(|offer| offer.code().to_owned()).collect();
            told.heard_through = heard_through.as_ref().map(text);
        }
        ProgrammeStep::LanguageAssessed { language, level, literacy } => {
            told.language = Some(language.code().to_owned());
            told.level = Some(text(level));
            told.literacy = Some(literacy.code().to_owned());
        }
        ProgrammeStep::ComponentStarted { component, hours } => {
            (told.component, told.hours) = (Some(text(component)), *hours);
        }
        ProgrammeStep::ComponentEnded { component, hours, level } => {
            (told.component, told.hours) = (Some(text(component)), Some(*hours));
            told.level = level.as_ref().map(text);
        }
        ProgrammeStep::ComponentWaived { waiver } => told.waiver = Some(text(waiver)),
        ProgrammeStep::FileClosed { reason } => told.reason = Some(text(reason)),
        ProgrammeStep::PlaceOffered
        | ProgrammeStep::SociallyAssessed
        | ProgrammeStep::ContractAmended
        | ProgrammeStep::GuidanceGiven
        | ProgrammeStep::AbsenceNoted
        | ProgrammeStep::WarningGiven
        | ProgrammeStep::FollowUpCertified => return None,
    }
    Some(told)
}

/// The step of this name; `None` when no step of a programme has it.
pub(crate) fn read_programme(name: &str, told: Option<&wire::Programme>) -> Result<Option<ProgrammeStep>, DecodeError> {
    let nothing = wire::Programme::default();
    let told = told.unwrap_or(&nothing);
    let code = |field, text: &Option<String>| some(field, text.as_deref()).map(Code::new);
    let optional = |text: &Option<String>| text.as_deref().map(Code::new);
    let language = |text: &str| some("language", LegalLanguage::from_code(text));
    Ok(Some(match name {
        "intake" => ProgrammeStep::Intake {
            category: some("category", told.category.as_deref().and_then(IntakeCategory::from_code))?,
            offers: told.offers.iter().map(|offer| language(offer)).collect::<Result<_, _>>()?,
            heard_through: optional(&told.heard_through),
        },
        "place_offered" => ProgrammeStep::PlaceOffered,
        "socially_assessed" => ProgrammeStep::SociallyAssessed,
        "language_assessed" => ProgrammeStep::LanguageAssessed {
            language: language(some("language", told.language.as_deref())?)?,
            level: code("level", &told.level)?,
            literacy: some("literacy", told.literacy.as_deref().and_then(Literacy::from_code))?,
        },
        "contract_amended" => ProgrammeStep::ContractAmended,
        "component_started" => {
            ProgrammeStep::ComponentStarted { component: code("component", &told.component)?, hours: told.hours }
        }
        "component_ended" => ProgrammeStep::ComponentEnded {
            component: code("component", &told.component)?,
            hours: some("hours", told.hours)?,
            level: optional(&told.level),
        },
        "component_waived" => ProgrammeStep::ComponentWaived { waiver: code("waiver", &told.waiver)? },
        "guidance_given" => ProgrammeStep::GuidanceGiven,
        "absence_noted" => ProgrammeStep::AbsenceNoted,
        "warning_given" => ProgrammeStep::WarningGiven,
        "follow_up_certified" => ProgrammeStep::FollowUpCertified,
        "file_closed" => ProgrammeStep::FileClosed { reason: code("reason", &told.reason)? },
        _ => return Ok(None),
    }))
}

/// Writes what a step at the GGC says into the plain part; the minutes of a hearing have a part of their own.
pub(crate) fn sanction(step: &SanctionStep, plain: &mut wire::Plain) {
    let mut told = wire::Sanction::default();
    match step {
        SanctionStep::TransferLacks(gaps) => told.gaps = gaps.iter().map(|gap| gap.code().to_owned()).collect(),
        SanctionStep::GroundsStated(Grounds { reasons, weighed }) => {
            (told.reasons, told.weighed) = (texts(reasons), texts(weighed));
        }
        SanctionStep::AppealAsks(kind) => told.appeal = Some(kind.code().to_owned()),
        SanctionStep::PaymentReceived(amount) => return plain.cents = Some(amount.0),
        SanctionStep::FineWrittenOff { reason } => return plain.result = Some(text(reason)),
        SanctionStep::MinutesTaken(_)
        | SanctionStep::HearingMissed
        | SanctionStep::PaymentReminded
        | SanctionStep::RecoveryHandedOver
        | SanctionStep::ExecutionSuspended => return,
    }
    plain.sanction = Some(told);
}

/// The step of this name; `None` when no step at the GGC has it. Minutes whose part was withheld are empty.
pub(crate) fn read_sanction(
    name: &str,
    plain: &wire::Plain,
    minutes: Option<String>,
) -> Result<Option<SanctionStep>, DecodeError> {
    let nothing = wire::Sanction::default();
    let told = plain.sanction.as_ref().unwrap_or(&nothing);
    let gap = |text: &String| some("gaps", TransferGap::from_code(text));
    Ok(Some(match name {
        "transfer_lacks" => SanctionStep::TransferLacks(told.gaps.iter().map(gap).collect::<Result<_, _>>()?),
        "minutes_taken" => SanctionStep::MinutesTaken(minutes.unwrap_or_default().into()),
        "grounds_stated" => {
            SanctionStep::GroundsStated(Grounds { reasons: codes(&told.reasons), weighed: codes(&told.weighed) })
        }
        "appeal_asks" => {
            SanctionStep::AppealAsks(some("appeal", told.appeal.as_deref().and_then(AppealKind::from_code))?)
        }
        "hearing_missed" => SanctionStep::HearingMissed,
        "payment_received" => SanctionStep::PaymentReceived(Cents(some("cents", plain.cents)?)),
        "payment_reminded" => SanctionStep::PaymentReminded,
        "recovery_handed_over" => SanctionStep::RecoveryHandedOver,
        "fine_written_off" => {
            SanctionStep::FineWrittenOff { reason: some("result", plain.result.as_deref()).map(Code::new)? }
        }
        "execution_suspended" => SanctionStep::ExecutionSuspended,
        _ => return Ok(None),
    }))
}
