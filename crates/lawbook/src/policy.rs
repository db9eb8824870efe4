//! The open choices: the values of the law that a lawyer has not closed, by their dotted keys.

use crate::words::Word;
use traject_domain::code::Term;
use traject_domain::delivery::Channel;
use traject_domain::law::{
    IncompleteBirthDate, Law, LeapDayBirthday, MetBy, MonthRule, RefusedSignature, SuspensionUnit, WrongLanguage,
};

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
}

impl Policy {
    /// What a law has, spelled as it is set.
    pub fn value(&self, law: &Law) -> String {
        (self.get)(law)
    }
}

/// Every open choice.
pub const POLICIES: &[Policy] = &[
    Policy {
        key: "counting.month_rule",
        meaning: "how months are counted: to the eve of the ordinal of the first counted day, or by day number",
        choices: MonthRule::WORDS,
        default: "eve_of_ordinal",
        get: |law| law.counting.month_rule.word().to_owned(),
    },
    Policy {
        key: "scope.policies.leap_day_birthday",
        meaning: "the birthday of someone born on 29 February, in a common year",
        choices: LeapDayBirthday::WORDS,
        default: "1_march",
        get: |law| law.policies.leap_day_birthday.word().to_owned(),
    },
    Policy {
        key: "scope.policies.incomplete_birth_date",
        meaning: "an incomplete birth date: ask when it matters, or take the middle of the year or month",
        choices: IncompleteBirthDate::WORDS,
        default: "ask_when_it_matters",
        get: |law| law.policies.incomplete_birth_date.word().to_owned(),
    },
    Policy {
        key: "suspensions.policies.suspends",
        meaning: "the terms that a suspension extends, separated by commas; may be empty",
        choices: &["D-REGISTER", "D-COMPLETE", "D-CURE"],
        default: "D-REGISTER,D-COMPLETE,D-CURE",
        get: |law| law.policies.suspends.iter().map(|term| term.code()).collect::<Vec<_>>().join(","),
    },
    Policy {
        key: "suspensions.policies.unit",
        meaning: "how suspended time is added: the union of calendar days, or whole months and then days",
        choices: SuspensionUnit::WORDS,
        default: "calendar_days",
        get: |law| law.policies.suspension_unit.word().to_owned(),
    },
    Policy {
        key: "deadlines.met_by",
        meaning: "what meets a term: the registration or completion itself, or the municipality's receipt of the certificate",
        choices: MetBy::WORDS,
        default: "registered",
        get: |law| law.policies.met_by.word().to_owned(),
    },
    Policy {
        key: "letters.wrong_language",
        meaning: "what a notice in the wrong language is worth",
        choices: WrongLanguage::WORDS,
        default: "void",
        get: |law| law.policies.wrong_language.word().to_owned(),
    },
    Policy {
        key: "channels.channels.desk.refused_signature",
        meaning: "what a document is worth that a person was offered at the desk and would not sign for",
        choices: RefusedSignature::WORDS,
        default: "counts_as_received",
        get: |law| {
            let desk = law.channels.get(&Channel::Desk).and_then(|rule| rule.refused_signature);
            desk.map(|worth| worth.word().to_owned()).unwrap_or_default()
        },
    },
];

/// A term that a suspension may extend.
pub(crate) fn suspended_term(code: &str) -> Option<Term> {
    Term::from_code(code).filter(|term| matches!(term, Term::Register | Term::Complete | Term::Cure))
}
