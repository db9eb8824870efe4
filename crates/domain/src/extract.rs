//! What a municipality's register says of a person on the day of a check.

use crate::Date;
use crate::code::{Code, LegalLanguage};
use crate::municipality::Municipality;
use crate::partial_date::PartialDate;

/// The part of the register extract that the law looks at. An absent value is unknown, never a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// Full or incomplete birth date.
    pub birth_date: Option<PartialDate>,
    /// ISO 3166-1 alpha-2, `XX` stateless or of unknown nationality.
    pub nationality: Option<Code>,
    /// The municipality that checks.
    pub municipality: Municipality,
    /// `foreigners`, `population` or `waiting`.
    pub register: Code,
    /// First day in that register of that municipality.
    pub registered_on: Option<Date>,
    /// Card or document, a code of the law's list `permit_kinds`.
    pub permit_kind: Option<Code>,
    /// Ground of stay, a code of the law's list `permit_grounds`.
    pub permit_ground: Option<Code>,
    /// First day of the permit.
    pub permit_valid_from: Option<Date>,
    /// Last day of the permit; absent: unlimited.
    pub permit_valid_until: Option<Date>,
    /// First day of lawful stay in Belgium, waiting register included.
    pub lawful_stay_since: Option<Date>,
    /// Whose family member, a code of the list `family_of`.
    pub family_of: Option<Code>,
    /// The tie, a code of the list `family_ties`.
    pub family_tie: Option<Code>,
    /// Member State that issued a long-term resident card.
    pub long_term_resident_of: Option<Code>,
    /// The language of letters, where it is known.
    pub letter_language: Option<LegalLanguage>,
    /// `F`, `M` or `X`; not looked at by the law, used in breakdowns.
    pub sex: Option<Code>,
    /// Language of contact, ISO 639-1; never decides the letter's language.
    pub contact_language: Option<Code>,
}
