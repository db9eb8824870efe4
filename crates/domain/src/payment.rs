//! The structured communication by which a payment is recognised (Febelfin, "Gestructureerde mededeling"): ten digits and
//! two check digits.

use std::fmt;

/// A structured communication: `+++000/0001/23441+++`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentReference(u64);

impl PaymentReference {
    /// One more than the greatest number that ten digits hold.
    pub const LIMIT: u64 = 10_000_000_000;

    /// The reference of a number below [`PaymentReference::LIMIT`]; `None` for a greater one.
    pub const fn of(number: u64) -> Option<Self> {
        if number < Self::LIMIT { Some(Self(number)) } else { None }
    }

    /// Reads twelve digits with any of `+`, `*`, `/` and spaces between them; `None` when there are not twelve, another
    /// character stands between them, or the check digits do not fit.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, '+' | '*' | '/' | ' ')).collect();
        if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (number, check) = digits.split_at(10);
        let reference = Self::of(number.parse().ok()?)?;
        (reference.check() == check.parse::<u64>().ok()?).then_some(reference)
    }

    /// The number it stands for.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The check digits: the remainder by 97, and 97 in place of 0.
    const fn check(self) -> u64 {
        match self.0 % 97 {
            0 => 97,
            remainder => remainder,
        }
    }
}

impl fmt::Display for PaymentReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:010}{:02}", self.0, self.check());
        write!(f, "+++{}/{}/{}+++", &digits[..3], &digits[3..7], &digits[7..])
    }
}
