//! What happens at a reception office between the first conversation and the closing of its file (law.md § 6, steps 3 to 12).
//! What was said in an assessment stays with the office: here is only that it was made, when, and what it came to.

use crate::code::{Code, LegalLanguage, closed_codes};
use crate::law::Literacy;

closed_codes! {
    /// As whom an office takes a person in (law.md § 2).
    IntakeCategory {
        /// Obliged to follow the programme.
        Obliged = "obliged",
        /// In scope and exempt; follows by choice.
        Exempt = "exempt",
        /// Of the group that is not in scope; follows by choice.
        ForeignPerson = "foreign_person",
    }
}

/// A step of one person's programme at one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeStep {
    /// The first conversation.
    Intake {
        /// As whom the person is taken in.
        category: IntakeCategory,
        /// The offers that the person had heard of, by their language; empty: of none.
        offers: Vec<LegalLanguage>,
        /// How the person came to hear of the office, of [`crate::law::CodeList::HeardThrough`].
        heard_through: Option<Code>,
    },
    /// After a time on the waiting list, a place was offered.
    PlaceOffered,
    /// The social assessment was made.
    SociallyAssessed,
    /// The language assessment was made.
    LanguageAssessed {
        /// Of which language.
        language: LegalLanguage,
        /// The level found, of [`crate::law::CodeList::LanguageLevels`].
        level: Code,
        /// In which script the person reads and writes.
        literacy: Literacy,
    },
    /// The contract was changed: its next version.
    ContractAmended,
    /// A component of the programme began; the first of them is the start of the course.
    ComponentStarted {
        /// Of the law's components.
        component: Code,
        /// Hours planned.
        hours: Option<u32>,
    },
    /// A component ended.
    ComponentEnded {
        /// Of the law's components.
        component: Code,
        /// Hours attended.
        hours: u32,
        /// The level reached, for a language course.
        level: Option<Code>,
    },
    /// A component need not be followed.
    ComponentWaived {
        /// Of the law's waivers.
        waiver: Code,
    },
    /// An individual conversation.
    GuidanceGiven,
    /// The person was absent without notice.
    AbsenceNoted,
    /// The office warned the person.
    WarningGiven,
    /// The certificate of follow-up was given.
    FollowUpCertified,
    /// The office closed its file; an obligation goes on.
    FileClosed {
        /// Why, of [`crate::law::CodeList::FileClosures`].
        reason: Code,
    },
}

impl ProgrammeStep {
    /// Every [`ProgrammeStep::name`].
    pub const NAMES: [&'static str; 13] = [
        "intake",
        "place_offered",
        "socially_assessed",
        "language_assessed",
        "contract_amended",
        "component_started",
        "component_ended",
        "component_waived",
        "guidance_given",
        "absence_noted",
        "warning_given",
        "follow_up_certified",
        "file_closed",
    ];

    /// The one name of the step.
    pub const fn name(&self) -> &'static str {
        let place = match self {
            Self::Intake { .. } => 0,
            Self::PlaceOffered => 1,
            Self::SociallyAssessed => 2,
            Self::LanguageAssessed { .. } => 3,
            Self::ContractAmended => 4,
            Self::ComponentStarted { .. } => 5,
            Self::ComponentEnded { .. } => 6,
            Self::ComponentWaived { .. } => 7,
            Self::GuidanceGiven => 8,
            Self::AbsenceNoted => 9,
            Self::WarningGiven => 10,
            Self::FollowUpCertified => 11,
            Self::FileClosed { .. } => 12,
        };
        Self::NAMES[place]
    }

    /// What the step says beyond its name, for a list of facts; empty where it says nothing more.
    pub fn detail(&self) -> String {
        match self {
            Self::Intake { category, .. } => category.to_string(),
            Self::LanguageAssessed { language, level, .. } => format!("{language} {level}"),
            Self::ComponentStarted { component, .. } | Self::ComponentEnded { component, .. } => component.to_string(),
            Self::ComponentWaived { waiver } => waiver.to_string(),
            Self::FileClosed { reason } => reason.to_string(),
            _ => String::new(),
        }
    }
}
