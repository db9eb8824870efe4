//! The open choices, by their dotted keys: the same keys in the files, in `--policy` and in what-if questions.

use crate::words::Word;
use std::collections::BTreeSet;
use traject_domain::code::Term;
use traject_domain::law::{IncompleteBirthDate, Law, LeapDayBirthday, MetBy, MonthRule, SuspensionUnit, WrongLanguage};

/// One open choice.
pub struct Policy {
    /// Its dotted key: the law file and the path in it.
    pub key: &'static str,
    /// What it decides.
    pub meaning: &'static str,
    /// The values it takes; `suspensions.policies.suspends` takes any of them, separated by commas, or none.
    pub choices: &'static [&'static str],
    /// What the law that ships with the program has.
    pub default: &'static str,
    get: fn(&Law) -> String,
    /// Sets it; false when the value is not a choice.
    set: fn(&mut Law, &str) -> bool,
}

impl Policy {
    /// What a law has, spelled as it is set.
    pub fn value(&self, law: &Law) -> String {
        (self.get)(law)
    }
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
        choices: MonthRule::WORDS,
        default: "eve_of_ordinal",
        get: |law| law.counting.month_rule.word().to_owned(),
        set: |law, value| put(&mut law.counting.month_rule, Word::read(value)),
    },
    Policy {
        key: "scope.policies.leap_day_birthday",
        meaning: "the birthday of someone born on 29 February, in a common year",
        choices: LeapDayBirthday::WORDS,
        default: "1_march",
        get: |law| law.policies.leap_day_birthday.word().to_owned(),
        set: |law, value| put(&mut law.policies.leap_day_birthday, Word::read(value)),
    },
    Policy {
        key: "scope.policies.incomplete_birth_date",
        meaning: "an incomplete birth date: ask when it matters, or take the middle of the year or month",
        choices: IncompleteBirthDate::WORDS,
        default: "ask_when_it_matters",
        get: |law| law.policies.incomplete_birth_date.word().to_owned(),
        set: |law, value| put(&mut law.policies.incomplete_birth_date, Word::read(value)),
    },
    Policy {
        key: "suspensions.policies.suspends",
        meaning: "the terms that a suspension extends, separated by commas; may be empty",
        choices: &["D-REGISTER", "D-COMPLETE", "D-CURE"],
        default: "D-REGISTER,D-COMPLETE,D-CURE",
        get: |law| law.policies.suspends.iter().map(|term| term.code()).collect::<Vec<_>>().join(","),
        set: |law, value| put(&mut law.policies.suspends, suspended_terms(value)),
    },
    Policy {
        key: "suspensions.policies.unit",
        meaning: "how suspended time is added: the union of calendar days, or whole months and then days",
        choices: SuspensionUnit::WORDS,
        default: "calendar_days",
        get: |law| law.policies.suspension_unit.word().to_owned(),
        set: |law, value| put(&mut law.policies.suspension_unit, Word::read(value)),
    },
    Policy {
        key: "deadlines.met_by",
        meaning: "what meets a term: the registration or completion itself, or the municipality's receipt of the certificate",
        choices: MetBy::WORDS,
        default: "registered",
        get: |law| law.policies.met_by.word().to_owned(),
        set: |law, value| put(&mut law.policies.met_by, Word::read(value)),
    },
    Policy {
        key: "letters.wrong_language",
        meaning: "what a notice in the wrong language is worth",
        choices: WrongLanguage::WORDS,
        default: "void",
        get: |law| law.policies.wrong_language.word().to_owned(),
        set: |law, value| put(&mut law.policies.wrong_language, Word::read(value)),
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

fn suspended_terms(list: &str) -> Option<BTreeSet<Term>> {
    if list.is_empty() {
        Some(BTreeSet::new())
    } else {
        list.split(',').map(|term| suspended_term(term.trim())).collect()
    }
}

/// A term that a suspension may extend.
pub(crate) fn suspended_term(code: &str) -> Option<Term> {
    Term::from_code(code).filter(|term| matches!(term, Term::Register | Term::Complete | Term::Cure))
}
