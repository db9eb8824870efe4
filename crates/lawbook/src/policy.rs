//! The open choices, by their dotted keys: the same keys in the files, in `--policy` and in what-if questions.

use std::collections::BTreeSet;
use traject_domain::code::Term;
use traject_domain::law::{IncompleteBirthDate, Law, LeapDayBirthday, MetBy, MonthRule, SuspensionUnit, WrongLanguage};

/// One open choice.
pub struct Policy {
    /// Its dotted key.
    pub key: &'static str,
    /// What it decides.
    pub meaning: &'static str,
    /// The values it takes.
    pub choices: &'static [&'static str],
    /// Sets it; false when the value is not a choice.
    set: fn(&mut Law, &str) -> bool,
}

/// Why a policy cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not of the form `key=value`.
    #[error("POLICY_SYNTAX: write a policy as key=value")]
    Syntax,
    /// No such key.
    #[error("POLICY_UNKNOWN_KEY: {0} is not a policy; the policies are {keys}", keys = keys())]
    UnknownKey(String),
    /// Not one of its choices.
    #[error("POLICY_BAD_VALUE: {key} takes {choices}")]
    BadValue {
        /// Which policy.
        key: &'static str,
        /// What it takes.
        choices: String,
    },
}

fn keys() -> String {
    POLICIES.iter().map(|policy| policy.key).collect::<Vec<_>>().join(", ")
}

/// Sets a field from the value's spelling.
fn put<T>(field: &mut T, value: Option<T>) -> bool {
    value.map(|value| *field = value).is_some()
}

/// Every open choice.
pub const POLICIES: &[Policy] = &[
    Policy {
        key: "counting.month_rule",
        meaning: "how months are counted: to the eve of the ordinal of the first counted day, or by day number",
        choices: &["eve_of_ordinal", "same_day_number"],
        set: |law, value| put(&mut law.counting.month_rule, month_rule(value)),
    },
    Policy {
        key: "scope.policies.leap_day_birthday",
        meaning: "the birthday of someone born on 29 February, in a common year",
        choices: &["1_march", "28_february"],
        set: |law, value| put(&mut law.policies.leap_day_birthday, leap_day_birthday(value)),
    },
    Policy {
        key: "scope.policies.incomplete_birth_date",
        meaning: "an incomplete birth date: ask when it matters, or take the middle of the year or month",
        choices: &["ask_when_it_matters", "mid_year"],
        set: |law, value| put(&mut law.policies.incomplete_birth_date, incomplete_birth_date(value)),
    },
    Policy {
        key: "suspensions.policies.suspends",
        meaning: "the terms that a suspension extends, separated by commas; may be empty",
        choices: &["D-REGISTER", "D-COMPLETE", "D-CURE"],
        set: |law, value| {
            let terms = value.split(',').map(str::trim).filter(|term| !term.is_empty());
            put(&mut law.policies.suspends, suspends(terms))
        },
    },
    Policy {
        key: "suspensions.policies.unit",
        meaning: "how suspended time is added: the union of calendar days, or whole months and then days",
        choices: &["calendar_days", "months"],
        set: |law, value| put(&mut law.policies.suspension_unit, suspension_unit(value)),
    },
    Policy {
        key: "deadlines.met_by",
        meaning: "what meets a term: the registration or completion itself, or the municipality's receipt of the certificate",
        choices: &["registered", "certificate_received"],
        set: |law, value| put(&mut law.policies.met_by, met_by(value)),
    },
    Policy {
        key: "letters.wrong_language",
        meaning: "what a notice in the wrong language is worth",
        choices: &["void", "stands"],
        set: |law, value| put(&mut law.policies.wrong_language, wrong_language(value)),
    },
];

/// Sets one policy, written `key=value`.
///
/// # Errors
/// [`PolicyError`] when the key or the value is not known; the law is then unchanged.
pub fn apply(law: &mut Law, assignment: &str) -> Result<(), PolicyError> {
    let (key, value) = assignment.split_once('=').ok_or(PolicyError::Syntax)?;
    let key = key.trim();
    let policy =
        POLICIES.iter().find(|policy| policy.key == key).ok_or_else(|| PolicyError::UnknownKey(key.to_owned()))?;
    if (policy.set)(law, value.trim()) {
        Ok(())
    } else {
        Err(PolicyError::BadValue { key: policy.key, choices: policy.choices.join(", ") })
    }
}

pub(crate) fn month_rule(value: &str) -> Option<MonthRule> {
    match value {
        "eve_of_ordinal" => Some(MonthRule::EveOfOrdinal),
        "same_day_number" => Some(MonthRule::SameDayNumber),
        _ => None,
    }
}

pub(crate) fn leap_day_birthday(value: &str) -> Option<LeapDayBirthday> {
    match value {
        "1_march" => Some(LeapDayBirthday::FirstOfMarch),
        "28_february" => Some(LeapDayBirthday::TwentyEighthOfFebruary),
        _ => None,
    }
}

pub(crate) fn incomplete_birth_date(value: &str) -> Option<IncompleteBirthDate> {
    match value {
        "ask_when_it_matters" => Some(IncompleteBirthDate::AskWhenItMatters),
        "mid_year" => Some(IncompleteBirthDate::MidYear),
        _ => None,
    }
}

pub(crate) fn suspends<'a>(terms: impl Iterator<Item = &'a str>) -> Option<BTreeSet<Term>> {
    terms
        .map(|term| Term::from_code(term).filter(|term| matches!(term, Term::Register | Term::Complete | Term::Cure)))
        .collect()
}

pub(crate) fn suspension_unit(value: &str) -> Option<SuspensionUnit> {
    match value {
        "calendar_days" => Some(SuspensionUnit::CalendarDays),
        "months" => Some(SuspensionUnit::Months),
        _ => None,
    }
}

pub(crate) fn met_by(value: &str) -> Option<MetBy> {
    match value {
        "registered" => Some(MetBy::Registered),
        "certificate_received" => Some(MetBy::CertificateReceived),
        _ => None,
    }
}

pub(crate) fn wrong_language(value: &str) -> Option<WrongLanguage> {
    match value {
        "void" => Some(WrongLanguage::Void),
        "stands" => Some(WrongLanguage::Stands),
        _ => None,
    }
}
