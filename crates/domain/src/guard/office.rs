//! Steps of the programme at an organiser (law.md § 6).

use super::{Case, RefusalCode, Verdict};
use crate::code::Code;
use crate::fact::FactKind;
use crate::law::{AgencyKind, CodeList};
use crate::office::ProgrammeStep;

impl Case<'_> {
    pub(super) fn programme(&self, organiser: &Code, step: &ProgrammeStep) -> Verdict {
        self.known_codes(step)?;
        match step {
            ProgrammeStep::Intake { .. } => Ok(()),
            ProgrammeStep::PlaceOffered => {
                let waits =
                    |kind: &FactKind| matches!(kind, FactKind::WaitingListJoined { organiser: o } if o == organiser);
                self.require(self.history.first(waits).is_some(), RefusalCode::MissingStep, "R-D2")
            }
            ProgrammeStep::SociallyAssessed
            | ProgrammeStep::LanguageAssessed { .. }
            | ProgrammeStep::ComponentWaived { .. }
            | ProgrammeStep::GuidanceGiven
            | ProgrammeStep::AbsenceNoted
            | ProgrammeStep::WarningGiven
            | ProgrammeStep::FollowUpCertified
            | ProgrammeStep::FileClosed { .. } => {
                let here =
                    |kind: &FactKind| matches!(kind, FactKind::Registered { organiser: o, .. } if o == organiser);
                self.require(self.history.first(here).is_some(), RefusalCode::MissingStep, "law § 6 step 3")
            }
            ProgrammeStep::ContractAmended | ProgrammeStep::ComponentStarted { .. } => {
                let here =
                    |kind: &FactKind| matches!(kind, FactKind::ContractSigned { organiser: o, .. } if o == organiser);
                self.require(self.history.first(here).is_some(), RefusalCode::MissingStep, "law § 6 step 8")
            }
            ProgrammeStep::ComponentEnded { component, .. } => {
                self.require(self.is_followed(organiser, component), RefusalCode::MissingStep, "law § 6 step 9")
            }
        }
    }

    /// What a step names is in the law: components, waivers, levels, reasons.
    fn known_codes(&self, step: &ProgrammeStep) -> Verdict {
        let (day, known_on) = (self.act.occurred_on, self.history.at.recorded_by);
        let component = |code| self.law.components.get(code).is_some_and(|of| of.on(day, known_on).is_some());
        let listed = |list, code: &Option<Code>| code.as_ref().is_none_or(|code| self.law.has_code(list, code));
        let (known, rule) = match step {
            ProgrammeStep::Intake { heard_through, .. } => {
                (listed(CodeList::HeardThrough, heard_through), "law § 6 step 3")
            }
            ProgrammeStep::LanguageAssessed { level, .. } => {
                (self.law.has_code(CodeList::LanguageLevels, level), "law § 6 step 5")
            }
            ProgrammeStep::ComponentStarted { component: code, .. } => (component(code), "law § 6 step 8"),
            ProgrammeStep::ComponentEnded { component: code, level, .. } => {
                (component(code) && listed(CodeList::LanguageLevels, level), "law § 6 step 9")
            }
            ProgrammeStep::ComponentWaived { waiver } => {
                let waiver = self.law.waivers.get(waiver).and_then(|of| of.on(day, known_on));
                (waiver.is_some_and(|waiver| waiver.decided_by == AgencyKind::Organiser), "law § 3")
            }
            ProgrammeStep::FileClosed { reason } => {
                (self.law.has_code(CodeList::FileClosures, reason), "law § 6 step 12")
            }
            _ => (true, "law § 6"),
        };
        self.require(known, RefusalCode::UnknownCode, rule)
    }

    /// Whether a component began at the organiser more often than it ended.
    fn is_followed(&self, organiser: &Code, component: &Code) -> bool {
        let count = |is: &dyn Fn(&ProgrammeStep) -> bool| {
            let here = |kind: &FactKind| matches!(kind, FactKind::Programme { organiser: o, step } if o == organiser && is(step));
            self.history.days(here).count()
        };
        let started =
            count(&|step| matches!(step, ProgrammeStep::ComponentStarted { component: c, .. } if c == component));
        let ended = count(&|step| matches!(step, ProgrammeStep::ComponentEnded { component: c, .. } if c == component));
        started > ended
    }
}
