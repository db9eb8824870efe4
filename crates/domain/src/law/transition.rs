//! Transition rules: which law applies where a text changed (law.md R-T3).

use super::Provenance;
use crate::code::closed_codes;
use crate::labels::Label;

closed_codes! {
    /// What a change of law leaves open, and a transition rule decides (law.md R-T3).
    TransitionSubject {
        /// Under which rules a person is obliged.
        ScopeOfObligation = "scope_of_obligation",
        /// Which language level is to be reached.
        LanguageTarget = "language_target",
        /// Which components a programme has.
        ProgrammeContent = "programme_content",
        /// How long a term is that was running.
        RunningTerms = "running_terms",
        /// Which procedure governs an act.
        Procedure = "procedure",
        /// Within which range a fine lies.
        FineAmount = "fine_amount",
        /// Whether a granted exemption outlives its ground.
        GrantedExemptions = "granted_exemptions",
    }
}

closed_codes! {
    /// The day whose law applies.
    ChosenBy {
        /// The reference date (R-S2).
        ReferenceDate = "reference_date",
        /// The first registration with an organiser.
        RegistrationDate = "registration_date",
        /// The day the term starts.
        StartOfTerm = "start_of_term",
        /// The day of the act.
        DateOfAct = "date_of_act",
        /// The day of the grant: it stays valid for its term.
        GrantDate = "grant_date",
        /// The day the breach occurred: the day after the last day of the term.
        DateOfBreach = "date_of_breach",
        /// Of the law on the day of the breach and on that of the decision, what is milder for the person.
        Milder = "milder_of_breach_and_decision",
        /// The day that is looked at.
        AsOf = "as_of",
    }
}

impl TransitionSubject {
    /// The choices that make sense for it.
    pub const fn choices(self) -> &'static [ChosenBy] {
        use ChosenBy::{
            AsOf, DateOfAct, DateOfBreach, GrantDate, Milder, ReferenceDate, RegistrationDate, StartOfTerm,
        };
        match self {
            Self::ScopeOfObligation => &[ReferenceDate, AsOf],
            Self::LanguageTarget | Self::ProgrammeContent => &[RegistrationDate, ReferenceDate, AsOf],
            Self::RunningTerms => &[StartOfTerm, ReferenceDate, AsOf],
            Self::Procedure => &[DateOfAct, ReferenceDate],
            Self::FineAmount => &[Milder, DateOfBreach, DateOfAct],
            Self::GrantedExemptions => &[GrantDate, AsOf],
        }
    }
}

/// One transition rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// What it says, for a reader.
    pub label: Label,
    /// The day whose law applies.
    pub chosen_by: ChosenBy,
    /// Where it comes from.
    pub provenance: Provenance,
}
