//! The office area: a row for each step that a reception office does.

use crate::act::acts;
use traject_domain::fact::FactKind;
use traject_domain::law::{CodeList, Law};
use traject_domain::office::ProgrammeStep;
use traject_proto::traject::office::v1::office_service_server::OfficeService;
use traject_proto::traject::office::v1::*;
use traject_proto::traject::r#type::v1::Language;

use crate::parse::Fields;

/// Hours of one component at the most.
const HOURS_MAX: u32 = 10_000;

/// A step at the organiser that the request names.
fn at(fields: &mut Fields, law: &Law, organiser: &str, step: Option<ProgrammeStep>) -> Option<FactKind> {
    let organiser = fields.organiser("organiser", organiser, law);
    Some(FactKind::Programme { organiser: organiser?, step: step? })
}

fn hours(fields: &mut Fields, field: &'static str, number: i32) -> Option<u32> {
    let hours = u32::try_from(number).ok().filter(|hours| *hours <= HOURS_MAX);
    if hours.is_none() {
        fields.fault(field, "0 to 10,000 hours");
    }
    hours
}

acts! { OfficeService {
    record_intake(RecordIntakeRequest) = |m, fields, law| {
        let category = fields.required_value::<IntakeCategory>("category", m.category);
        let named = m.offers_heard_of.iter();
        let offers = named.filter_map(|offer| fields.required_value::<Language>("offers_heard_of", *offer)).collect();
        let heard_through = fields.listed("heard_through", law, CodeList::HeardThrough, &m.heard_through);
        let step = category.map(|category| ProgrammeStep::Intake { category, offers, heard_through });
        at(fields, law, &m.organiser, step)
    };
    offer_place(OfferPlaceRequest) = |m, fields, law| at(fields, law, &m.organiser, Some(ProgrammeStep::PlaceOffered));
    record_social_assessment(RecordSocialAssessmentRequest) = |m, fields, law| {
        at(fields, law, &m.organiser, Some(ProgrammeStep::SociallyAssessed))
    };
    record_language_assessment(RecordLanguageAssessmentRequest) = |m, fields, law| {
        let language = fields.required_value::<Language>("language", m.language);
        let level = fields.required_code("level", &m.level, |code| law.has_code(CodeList::LanguageLevels, code));
        let literacy = fields.required_value::<Literacy>("literacy", m.literacy);
        let found = language.zip(level).zip(literacy);
        let step = found.map(|((language, level), literacy)| ProgrammeStep::LanguageAssessed { language, level, literacy });
        at(fields, law, &m.organiser, step)
    };
    amend_contract(AmendContractRequest) = |m, fields, law| {
        at(fields, law, &m.organiser, Some(ProgrammeStep::ContractAmended))
    };
    start_component(StartComponentRequest) = |m, fields, law| {
        let hours = hours(fields, "planned_hours", m.planned_hours)?;
        let component = fields.required_code("component", &m.component, |code| law.components.contains_key(code));
        let hours = (hours > 0).then_some(hours);
        at(fields, law, &m.organiser, component.map(|component| ProgrammeStep::ComponentStarted { component, hours }))
    };
    end_component(EndComponentRequest) = |m, fields, law| {
        let hours = hours(fields, "attended_hours", m.attended_hours);
        let level = fields.listed("level", law, CodeList::LanguageLevels, &m.level);
        let component = fields.required_code("component", &m.component, |code| law.components.contains_key(code));
        let ended = component.zip(hours);
        let step = ended.map(|(component, hours)| ProgrammeStep::ComponentEnded { component, hours, level });
        at(fields, law, &m.organiser, step)
    };
    waive_component(WaiveComponentRequest) = |m, fields, law| {
        let waiver = fields.required_code("waiver", &m.waiver, |code| law.waivers.contains_key(code));
        at(fields, law, &m.organiser, waiver.map(|waiver| ProgrammeStep::ComponentWaived { waiver }))
    };
    record_guidance(RecordGuidanceRequest) = |m, fields, law| {
        at(fields, law, &m.organiser, Some(ProgrammeStep::GuidanceGiven))
    };
    record_absence(RecordAbsenceRequest) = |m, fields, law| at(fields, law, &m.organiser, Some(ProgrammeStep::AbsenceNoted));
    record_warning(RecordWarningRequest) = |m, fields, law| at(fields, law, &m.organiser, Some(ProgrammeStep::WarningGiven));
    certify_follow_up(CertifyFollowUpRequest) = |m, fields, law| {
        at(fields, law, &m.organiser, Some(ProgrammeStep::FollowUpCertified))
    };
    close_file(CloseFileRequest) = |m, fields, law| {
        let reason = fields.required_code("reason", &m.reason, |code| law.has_code(CodeList::FileClosures, code));
        at(fields, law, &m.organiser, reason.map(|reason| ProgrammeStep::FileClosed { reason }))
    };
} also {} }
