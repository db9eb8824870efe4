//! The closed tree of conditions, and its one evaluator, in Kleene's three-valued logic.
//!
//! The same evaluator serves single checks, batches and what-if: it returns the value and the trace that led to it.

use crate::Date;
use crate::code::{Code, CodeSet};
use crate::counting::reached_by;
use crate::extract::Extract;
use crate::law::{LeapDayBirthday, Length};
use crate::partial_date::PartialDate;
use std::cmp::Ordering;
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
    OneOf(CodeInput, CodeSet),
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
    /// What the register said.
    pub extract: &'a Extract,
    /// Birth date, completed where a policy completes it.
    pub birth: Option<PartialDate>,
    /// The reference date, or the columns that are missing for it (none: there cannot be one).
    pub reference: Result<Date, &'a [Field]>,
    /// 29 February birthdays.
    pub leap_day: LeapDayBirthday,
}

impl<'a> Inputs<'a> {
    fn code(&self, input: CodeInput) -> Option<&'a Code> {
        match input {
            CodeInput::Nationality => self.extract.nationality.as_ref(),
            CodeInput::Register => Some(&self.extract.register),
            CodeInput::PermitKind => self.extract.permit_kind.as_ref(),
            CodeInput::PermitGround => self.extract.permit_ground.as_ref(),
            CodeInput::FamilyOf => self.extract.family_of.as_ref(),
            CodeInput::FamilyTie => self.extract.family_tie.as_ref(),
            CodeInput::LongTermResidentOf => self.extract.long_term_resident_of.as_ref(),
        }
    }
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

/// What an evaluation leaves behind: the truth alone, or the trace that led to it. The evaluator is the same.
trait Evaluated<'l>: Sized {
    fn leaf(predicate: &'l Predicate, truth: Truth, value: impl FnOnce() -> Value) -> Self;

    fn unknown(predicate: &'l Predicate, value: impl FnOnce() -> Value, missing: impl Iterator<Item = Field>) -> Self;

    /// Joins parts until one decides: none after it can change the result.
    fn branch(predicate: &'l Predicate, decides: Truth, parts: impl Iterator<Item = Self>) -> Self;

    fn not(predicate: &'l Predicate, part: Self) -> Self;
}

impl<'l> Evaluated<'l> for Truth {
    fn leaf(_: &'l Predicate, truth: Truth, _: impl FnOnce() -> Value) -> Self {
        truth
    }

    fn unknown(_: &'l Predicate, _: impl FnOnce() -> Value, _: impl Iterator<Item = Field>) -> Self {
        Self::Unknown
    }

    fn branch(_: &'l Predicate, decides: Truth, parts: impl Iterator<Item = Self>) -> Self {
        let mut joined = !decides;
        for part in parts {
            if part == decides {
                return decides;
            }
            if part == Self::Unknown {
                joined = Self::Unknown;
            }
        }
        joined
    }

    fn not(_: &'l Predicate, part: Self) -> Self {
        !part
    }
}

impl<'l> Evaluated<'l> for Trace<'l> {
    fn leaf(predicate: &'l Predicate, truth: Truth, value: impl FnOnce() -> Value) -> Self {
        Trace { predicate, truth, value: Some(value()), missing: BTreeSet::new(), parts: Vec::new() }
    }

    fn unknown(predicate: &'l Predicate, value: impl FnOnce() -> Value, missing: impl Iterator<Item = Field>) -> Self {
        let missing = missing.collect();
        Trace { predicate, truth: Truth::Unknown, value: Some(value()), missing, parts: Vec::new() }
    }

    /// Every part is kept, also those that no longer matter: a reader wants to see them.
    fn branch(predicate: &'l Predicate, decides: Truth, parts: impl Iterator<Item = Self>) -> Self {
        let parts: Vec<Trace<'l>> = parts.collect();
        let truth = <Truth as Evaluated<'l>>::branch(predicate, decides, parts.iter().map(|part| part.truth));
        let open = parts.iter().filter(|_| truth == Truth::Unknown);
        let missing = open.flat_map(|part| part.missing.iter().copied()).collect();
        Trace { predicate, truth, value: None, missing, parts }
    }

    fn not(predicate: &'l Predicate, part: Self) -> Self {
        let (truth, missing) = (!part.truth, part.missing.clone());
        Trace { predicate, truth, value: None, missing, parts: vec![part] }
    }
}

impl Predicate {
    /// Evaluates the condition, with the trace. Total: every input gives a value.
    pub fn evaluate<'l>(&'l self, inputs: &Inputs<'_>) -> Trace<'l> {
        self.evaluated(inputs)
    }

    /// What [`Predicate::evaluate`] comes to, without the trace.
    pub fn truth(&self, inputs: &Inputs<'_>) -> Truth {
        self.evaluated(inputs)
    }

    fn evaluated<'l, O: Evaluated<'l>>(&'l self, inputs: &Inputs<'_>) -> O {
        match self {
            Self::All(parts) => O::branch(self, Truth::False, parts.iter().map(|part| part.evaluated(inputs))),
            Self::Any(parts) => O::branch(self, Truth::True, parts.iter().map(|part| part.evaluated(inputs))),
            Self::Not(part) => O::not(self, part.evaluated(inputs)),
            Self::OneOf(input, codes) => match inputs.code(*input) {
                Some(code) => O::leaf(self, Truth::known(codes.contains(code)), || Value::Code(code.clone())),
                None if input.empty_is_none() => O::leaf(self, Truth::False, || Value::None),
                None => O::unknown(self, || Value::Unknown, [input.field()].into_iter()),
            },
            Self::ReferenceDateFrom(first) => match inputs.reference {
                Ok(day) => O::leaf(self, Truth::known(day >= *first), || Value::Day(day)),
                Err(missing) => O::unknown(self, || Value::Unknown, missing.iter().copied()),
            },
            Self::Span(input, comparison, length) => self.span(*input, *comparison, *length, inputs),
        }
    }

    fn span<'l, O: Evaluated<'l>>(
        &'l self,
        input: SpanInput,
        comparison: Comparison,
        length: Length,
        inputs: &Inputs<'_>,
    ) -> O {
        let reference = inputs.reference;
        let (from, to, missing) = match input {
            SpanInput::Age => (inputs.birth, reference.ok(), Field::BirthDate),
            SpanInput::LawfulStay => {
                (inputs.extract.lawful_stay_since.map(PartialDate::Day), reference.ok(), Field::LawfulStaySince)
            }
            SpanInput::PermitLength => {
                let Some(until) = inputs.extract.permit_valid_until else {
                    let from = || {
                        inputs
                            .extract
                            .permit_valid_from
                            .map_or(Value::Unknown, |d| Value::Span(PartialDate::Day(d), None))
                    };
                    return O::leaf(self, Truth::known(comparison != Comparison::LessThan), from);
                };
                (inputs.extract.permit_valid_from.map(PartialDate::Day), Some(until), Field::PermitValidFrom)
            }
        };
        let (Some(from), Some(to)) = (from, to) else {
            let absent = from.is_none().then_some(missing);
            let of_reference = if input == SpanInput::PermitLength { &[][..] } else { reference.err().unwrap_or(&[]) };
            return O::unknown(self, || Value::Unknown, absent.into_iter().chain(of_reference.iter().copied()));
        };
        let value = || Value::Span(from, Some(to));
        let first = holds(input, comparison, length, inputs.leap_day, from.earliest(), to);
        if from.is_complete() || first == holds(input, comparison, length, inputs.leap_day, from.latest(), to) {
            O::leaf(self, Truth::known(first), value)
        } else {
            O::unknown(self, value, [missing].into_iter())
        }
    }
}

/// Whether a length since `start` compares so with the time up to `to`.
fn holds(
    input: SpanInput,
    comparison: Comparison,
    length: Length,
    leap_day: LeapDayBirthday,
    start: Date,
    to: Date,
) -> bool {
    let leap_day = match input {
        SpanInput::Age => leap_day,
        SpanInput::LawfulStay => LeapDayBirthday::FirstOfMarch,
        // A permit's length has no birthday: it ends by day number.
        SpanInput::PermitLength => LeapDayBirthday::TwentyEighthOfFebruary,
    };
    let reached = reached_by(start, length, leap_day, to);
    match comparison {
        Comparison::AtLeast => reached != Ordering::Greater,
        Comparison::LessThan => reached == Ordering::Greater,
        Comparison::MoreThan => reached == Ordering::Less,
    }
}
