//! The programme and who is entitled to it (law.md § 2, 3, 6).

use super::{AgencyKind, Provenance, RegimeId};
use crate::code::{Code, closed_codes};
use crate::labels::Label;
use crate::predicate::Predicate;
use std::collections::{BTreeMap, BTreeSet};

/// A part of the programme (law.md § 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its code, such as `CITIZENSHIP`.
    pub code: Code,
    /// Its name.
    pub label: Label,
    /// Hours by organiser, where they were found.
    pub hours: BTreeMap<Code, u16>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A waiver of one component; registration and completion stay due (law.md § 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its code, such as `W-LANG`.
    pub code: Code,
    /// What it says.
    pub label: Label,
    /// The component that need not be followed.
    pub component: Code,
    /// Who decides.
    pub decided_by: AgencyKind,
    /// Where it comes from.
    pub provenance: Provenance,
}

closed_codes! {
    /// In which script a person reads and writes, if in any: the language target depends on it (law.md § 6).
    Literacy {
        /// The Latin script.
        Literate = "literate",
        /// Another script.
        OtherScript = "other_script",
        /// None.
        NonLiterate = "non_literate",
    }
}

/// The level of language to reach under one regime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageTarget {
    /// Its code, such as `A2_ORAL`.
    pub level: Code,
    /// What it says.
    pub label: Label,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// How a person without obligation comes to be entitled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntitlementBasis {
    /// Exempt from the obligation (R-X4).
    WhileExempt,
    /// This test holds for the latest check, on the day of that check.
    Test(Predicate),
}

/// A group that may follow the programme without being obliged to: no terms, no fines (law.md § 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Its code, such as `FOREIGN_PERSON`.
    pub code: Code,
    /// What it says.
    pub label: Label,
    /// How one comes to belong to it.
    pub basis: EntitlementBasis,
    /// Regimes that have it.
    pub regimes: BTreeSet<RegimeId>,
    /// Where it comes from.
    pub provenance: Provenance,
}
