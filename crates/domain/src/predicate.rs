//! The closed tree of conditions, and its one evaluator, in Kleene's three-valued logic.
//!
//! The same evaluator serves single checks, batches and what-if: it returns the value and the trace that led to it.

use crate::Date;
use crate::code::Code;
use crate::counting::{add_length, birthday};
use crate::law::{LeapDayBirthday, Length};
use crate::partial_date::PartialDate;
use std::collections::BTreeSet;

use crate::code::closed_codes;

closed_codes! {
    /// An input that holds a code.
    CodeInput {
        /// Nationality, ISO 3166-1 alpha-2.
        Nationality = "nationality",
        /// Kind of register.
        Register = "register",
        /// Kind of card or document.
        PermitKind = "permit_kind",
        /// Ground of stay.
        PermitGround = "permit_ground",
        /// Whose family member.
        FamilyOf = "family_of",
        /// The tie.
        FamilyTie = "family_tie",
        /// State of a long-term resident card.
        LongTermResidentOf = "eu_long_term_resident_of",
    }
}

closed_codes! {
    /// An input that is a length of time, measured by the calendar between two days.
    SpanInput {
        /// From birth to the reference date; 29 February by policy.
        Age = "age_on_reference_date",
        /// From the first day of lawful stay to the reference date.
        LawfulStay = "lawful_stay_on_reference_date",
        /// From the first to the last day of the permit; without a last day it is longer than anything.
        PermitLength = "permit_length",
    }
}

closed_codes! {
    /// How a length is compared.
    Comparison {
        /// The length was reached on the measuring day.
        AtLeast = "at_least",
        /// The length was not reached on the measuring day.
        LessThan = "less_than",
        /// The measuring day lies after the length was reached.
        MoreThan = "more_than",
    }
}

closed_codes! {
    /// A column of the register extract whose absence can leave an outcome undecided.
    Field {
        /// `birth_date`
        BirthDate = "birth_date",
        /// `eu_long_term_resident_of`
        LongTermResidentOf = "eu_long_term_resident_of",
        /// `family_of`
        FamilyOf = "family_of",
        /// `family_tie`
        FamilyTie = "family_tie",
        /// `lawful_stay_since`
        LawfulStaySince = "lawful_stay_since",
        /// `nationality`
        Nationality = "nationality",
        /// `permit_ground`
        PermitGround = "permit_ground",
        /// `permit_kind`
        PermitKind = "permit_kind",
        /// `permit_valid_from`
        PermitValidFrom = "permit_valid_from",
        /// `registered_on`
        RegisteredOn = "registered_on",
        /// `register`
        Register = "register",
    }
}

impl CodeInput {
    /// The column the input is read from.
    pub const fn field(self) -> Field {
        match self {
            Self::Nationality => Field::Nationality,
            Self::Register => Field::Register,
            Self::PermitKind => Field::PermitKind,
            Self::PermitGround => Field::PermitGround,
            Self::FamilyOf => Field::FamilyOf,
            Self::FamilyTie => Field::FamilyTie,
            Self::LongTermResidentOf => Field::LongTermResidentOf,
        }
    }
}

impl CodeInput {
    /// True where an empty column says that there is none: no relative, no long-term card (data/README.md).
    pub const fn empty_is_none(self) -> bool {
        matches!(self, Self::FamilyOf | Self::FamilyTie | Self::LongTermResidentOf)
    }
}

/// A condition. Closed on purpose: each form prints in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// Every part holds; an empty list holds.
    All(Vec<Predicate>),
    /// Some part holds; an empty list does not.
    Any(Vec<Predicate>),
    /// The part does not hold.
    Not(Box<Predicate>),
    /// The input is one of the codes.
    OneOf(CodeInput, BTreeSet<Code>),
    /// The input, a length of time, compares so with this length.
    Span(SpanInput, Comparison, Length),
    /// The reference date lies on or after this day.
    ReferenceDateFrom(Date),
}

/// A truth value of Kleene's strong logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// Definitely not.
    False,
    /// Depends on what is missing.
    Unknown,
    /// Definitely.
    True,
}

impl Truth {
    /// `True` or `False`.
    pub const fn known(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// Kleene's negation.
impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
            Self::False => Self::True,
        }
    }
}

/// What conditions are evaluated on.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Values of the code inputs.
    pub codes: &'a dyn Fn(CodeInput) -> Option<&'a Code>,
    /// Birth date.
    pub birth: Option<PartialDate>,
    /// First day of lawful stay.
    pub stay_since: Option<Date>,
    /// First day of the permit.
    pub permit_from: Option<Date>,
    /// Last day of the permit; absent: unlimited.
    pub permit_until: Option<Date>,
    /// The reference date, or the columns that are missing for it (none: there cannot be one).
    pub reference: Result<Date, &'a [Field]>,
    /// 29 February birthdays.
    pub leap_day: LeapDayBirthday,
}

/// The value an input had, kept in the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A code.
    Code(Code),
    /// A day.
    Day(Date),
    /// From a day, possibly incomplete, to a day; without an end it is unlimited.
    Span(PartialDate, Option<Date>),
    /// None, and known to be none.
    None,
    /// Not known.
    Unknown,
}

/// One node of the trace: the condition, what it came to, the value seen, and the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace<'l> {
    /// The condition, as the law has it.
    pub predicate: &'l Predicate,
    /// What it came to.
    pub truth: Truth,
    /// The value of the input, for a leaf.
    pub value: Option<Value>,
    /// Columns whose absence made it unknown.
    pub missing: BTreeSet<Field>,
    /// The parts, for a branch.
    pub parts: Vec<Trace<'l>>,
}

impl Predicate {
    /// Evaluates the condition. Total: every input gives a value.
    pub fn evaluate<'l>(&'l self, inputs: &Inputs<'_>) -> Trace<'l> {
        match self {
            Self::All(parts) => self.branch(parts, inputs, |truths| truths.min().unwrap_or(Truth::True)),
            Self::Any(parts) => self.branch(parts, inputs, |truths| truths.max().unwrap_or(Truth::False)),
            Self::Not(part) => {
                let part = part.evaluate(inputs);
                Trace {
                    predicate: self,
                    truth: !part.truth,
                    value: None,
                    missing: part.missing.clone(),
                    parts: vec![part],
                }
            }
            Self::OneOf(input, codes) => match (inputs.codes)(*input) {
                Some(code) => self.leaf(Truth::known(codes.contains(code)), Value::Code(code.clone())),
                None if input.empty_is_none() => self.leaf(Truth::False, Value::None),
                None => self.unknown([input.field()]),
            },
            Self::ReferenceDateFrom(first) => match inputs.reference {
                Ok(day) => self.leaf(Truth::known(day >= *first), Value::Day(day)),
                Err(missing) => self.unknown(missing.iter().copied()),
            },
            Self::Span(input, comparison, length) => self.span(*input, *comparison, *length, inputs),
        }
    }

    fn branch<'l>(
        &'l self,
        parts: &'l [Predicate],
        inputs: &Inputs<'_>,
        join: impl Fn(&mut dyn Iterator<Item = Truth>) -> Truth,
    ) -> Trace<'l> {
        let parts: Vec<Trace<'l>> = parts.iter().map(|part| part.evaluate(inputs)).collect();
        let truth = join(&mut parts.iter().map(|part| part.truth));
        let missing = if truth == Truth::Unknown {
            parts.iter().flat_map(|part| part.missing.iter().copied()).collect()
        } else {
            BTreeSet::new()
        };
        Trace { predicate: self, truth, value: None, missing, parts }
    }

    fn leaf(&self, truth: Truth, value: Value) -> Trace<'_> {
        Trace { predicate: self, truth, value: Some(value), missing: BTreeSet::new(), parts: Vec::new() }
    }

    fn unknown(&self, missing: impl IntoIterator<Item = Field>) -> Trace<'_> {
        Trace {
            predicate: self,
            truth: Truth::Unknown,
            value: Some(Value::Unknown),
            missing: missing.into_iter().collect(),
            parts: Vec::new(),
        }
    }

    fn span<'l>(&'l self, input: SpanInput, comparison: Comparison, length: Length, inputs: &Inputs<'_>) -> Trace<'l> {
        let reference = inputs.reference;
        let (from, to, missing) = match input {
            SpanInput::Age => (inputs.birth, reference.ok(), Field::BirthDate),
            SpanInput::LawfulStay => (inputs.stay_since.map(PartialDate::Day), reference.ok(), Field::LawfulStaySince),
            SpanInput::PermitLength => {
                let Some(until) = inputs.permit_until else {
                    let from = inputs.permit_from.map_or(Value::Unknown, |d| Value::Span(PartialDate::Day(d), None));
                    return self.leaf(Truth::known(comparison != Comparison::LessThan), from);
                };
                (inputs.permit_from.map(PartialDate::Day), Some(until), Field::PermitValidFrom)
            }
        };
        let absent = from.is_none().then_some(missing);
        let (Some(from), Some(to)) = (from, to) else {
            let reference_missing =
                if input == SpanInput::PermitLength { &[][..] } else { reference.err().unwrap_or(&[]) };
            return self.unknown(absent.into_iter().chain(reference_missing.iter().copied()));
        };
        let holds = |start: Date| {
            let reached = match input {
                SpanInput::Age => birthday(start, length, inputs.leap_day),
                SpanInput::LawfulStay => birthday(start, length, LeapDayBirthday::FirstOfMarch),
                SpanInput::PermitLength => add_length(start, length),
            };
            match comparison {
                Comparison::AtLeast => reached <= to,
                Comparison::LessThan => reached > to,
                Comparison::MoreThan => reached < to,
            }
        };
        let (first, last) = (holds(from.earliest()), holds(from.latest()));
        if first == last {
            self.leaf(Truth::known(first), Value::Span(from, Some(to)))
        } else {
            let mut trace = self.unknown([missing]);
            trace.value = Some(Value::Span(from, Some(to)));
            trace
        }
    }
}
