//! The identification number of the National Register (INSZ/NISS) and the BIS number: eleven digits, modulo 97.
//!
//! The number is a key, not a source: age is never computed from it (actors-and-data.md § 6).

use std::fmt;

/// A valid INSZ: eleven digits whose check digits fit birth before or from 2000.
///
/// Personal data: `Debug` and `Display` never show it; use [`NationalNumber::digits`] where it must be written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalNumber(u64);

/// The text is not eleven digits, or its check digits fit neither century.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a national number: eleven digits with matching check digits are needed")]
pub struct InvalidNumber;

impl NationalNumber {
    /// Reads a number; dots, dashes and spaces are allowed anywhere.
    ///
    /// # Errors
    /// [`InvalidNumber`] when it is not eleven digits or the check digits do not fit.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let mut value: u64 = 0;
        let mut digits = 0;
        for c in text.chars() {
            match c {
                '.' | '-' | ' ' => {}
                '0'..='9' => {
                    digits += 1;
                    if digits > 11 {
                        return Err(InvalidNumber);
                    }
                    value = value * 10 + u64::from(c as u8 - b'0');
                }
                _ => return Err(InvalidNumber),
            }
        }
        let (body, check) = (value / 100, value % 100);
        let fits = |n: u64| 97 - n % 97 == check;
        if digits == 11 && (fits(body) || fits(2_000_000_000 + body)) { Ok(Self(value)) } else { Err(InvalidNumber) }
    }

    /// The eleven digits, without punctuation.
    pub fn digits(self) -> String {
        format!("{:011}", self.0)
    }

    /// True for a BIS number: the month is raised by 20 or 40.
    pub fn is_bis(self) -> bool {
        let month = self.0 / 10_000_000 % 100;
        (20..=32).contains(&month) || (40..=52).contains(&month)
    }
}

impl fmt::Debug for NationalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalNumber(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handbooks_test_values_are_valid() {
        for text in ["85.07.30-033.28", "94.03.12-017.66", "01.11.05-024.50", "90.42.14-008.10", "03.26.01-011.39"] {
            assert!(NationalNumber::parse(text).is_ok(), "{text}");
        }
        assert!(NationalNumber::parse("90.42.14-008.10").is_ok_and(NationalNumber::is_bis));
    }

    #[test]
    fn every_change_of_one_digit_is_noticed() {
        let good = "85073003328";
        for place in 0..11 {
            for digit in b'0'..=b'9' {
                let mut text = good.as_bytes().to_vec();
                if text[place] == digit {
                    continue;
                }
                text[place] = digit;
                let text = String::from_utf8(text).expect("digits");
                // A change may by chance fit the other century; the two moduli differ by 2 * 10^9 mod 97.
                let other = NationalNumber::parse(&text).is_ok();
                let body: u64 = text[..9].parse().expect("digits");
                let check: u64 = text[9..].parse().expect("digits");
                assert_eq!(other, 97 - (2_000_000_000 + body) % 97 == check, "{text}");
            }
        }
    }

    #[test]
    fn too_long_too_short_and_letters_are_refused() {
        for text in ["", "8507300332", "850730033280", "85O73003328", "85073003328x"] {
            assert_eq!(NationalNumber::parse(text), Err(InvalidNumber), "{text}");
        }
    }

    #[test]
    fn a_number_is_never_printed_by_debug() {
        let number = NationalNumber::parse("85.07.30-033.28").expect("valid");
        assert!(!format!("{number:?}").contains("85"));
    }
}
