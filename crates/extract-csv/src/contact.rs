//! The part of the register extract that the law does not look at.

use std::fmt;

/// Names and contact as the file has them; an absent value is unknown.
///
/// Personal data: `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// Family name, any script.
    pub last_name: Option<String>,
    /// Given names, any script.
    pub first_names: Option<String>,
    /// Street.
    pub street: Option<String>,
    /// House number, with its letters.
    pub house_number: Option<String>,
    /// Box within the house.
    pub box_number: Option<String>,
    /// Postal code; never a source for the municipality.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// E-mail address, unchecked.
    pub email: Option<String>,
    /// Telephone number, unchecked.
    pub phone: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(***)")
    }
}
