//! Why a document was not made. No variant holds or prints a name, an address or another value of the document.

use std::fmt;

use traject_templates::ComposeError;

/// A document that was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The letter is not complete.
    #[error("the letter could not be put in words")]
    Compose(#[from] ComposeError),
    /// Characters that none of the fonts can print. A person must look at the name.
    #[error("the fonts do not cover {0}")]
    Uncovered(CodePoints),
    /// A value is longer than a letter has room for.
    #[error("{field} is longer than {length_max}")]
    TooLong {
        /// Which value: `full_name`, `full_name_part`, `address` or `address_line`.
        field: &'static str,
        /// The greatest number of characters, or of lines for `address`.
        length_max: usize,
    },
    /// A fault of a layout template.
    #[error("the document could not be laid out ({0})")]
    Layout(Locations),
    /// The result would break PDF/A-2a or PDF/UA-1.
    #[error("the document does not meet PDF/A-2a with PDF/UA-1 ({0})")]
    Standard(Locations),
    /// The reference does not fit a QR code.
    #[error("the delivery reference does not fit a QR code")]
    Qr,
    /// The composed words could not be handed to the layout.
    #[error("the composed words could not be serialised")]
    Data,
}

impl RenderError {
    /// The stable code of the message catalogue.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Uncovered(_) => "UNCOVERED_NAME",
            Self::TooLong { .. } => "INVALID_ARGUMENT",
            Self::Compose(_) | Self::Layout(_) | Self::Standard(_) | Self::Qr | Self::Data => "INTERNAL",
        }
    }
}

/// Distinct code points, sorted: `U+13000, U+13001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePoints(pub Vec<char>);

impl fmt::Display for CodePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed: Vec<String> = self.0.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        f.write_str(&listed.join(", "))
    }
}

/// Lines of layout templates: `letter.typ:12`. The compiler's own messages may quote a value and are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations(pub Vec<String>);

impl fmt::Display for Locations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}
