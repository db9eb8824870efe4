//! Codes as the law files and the agencies write them. The lists are data; only their shape is fixed here.

use std::fmt;
use std::sync::Arc;

/// A code of one of the law's lists, such as an exemption `E03`, a permit kind `A` or an ISO country `MA`.
///
/// Cheap to clone; ordered by its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Arc<str>);

impl Code {
    /// Takes the text as it is: whoever reads input checks it against a list of the law.
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Declares a closed set of codes with one spelling each, in both directions.
macro_rules! closed_codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one spelling used in files, messages and columns.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the spelling back; `None` for anything else.
            pub fn from_code(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use closed_codes;

closed_codes! {
    /// A breach of the obligation; each has its own notice (law.md § 5).
    Breach {
        /// No registration with an organiser within D-REGISTER.
        NotRegistered = "NOT_REGISTERED",
        /// No completion within D-COMPLETE.
        NotCompleted = "NOT_COMPLETED",
    }
}

closed_codes! {
    /// The language of an act: the two official languages of Brussels (Coordinated Acts of 18 July 1966).
    LegalLanguage {
        /// Dutch.
        Nl = "nl",
        /// French.
        Fr = "fr",
    }
}

closed_codes! {
    /// The terms the law sets or the policies aim at (law.md § 5).
    Term {
        /// Six months from the certificate of obligation to registration with an organiser.
        Register = "D-REGISTER",
        /// Eighteen months from registration to completion.
        Complete = "D-COMPLETE",
        /// Two months from delivery of the formal notice.
        Cure = "D-CURE",
        /// Service target: from refusal to transfer to the GGC.
        Transfer = "D-TRANSFER",
        /// From the invitation by the GGC to the defence.
        Defence = "D-DEFENCE",
        /// From the notification of the fine to payment.
        Pay = "D-PAY",
        /// From the notification of the fine to the petition.
        Appeal = "D-APPEAL",
    }
}

impl Breach {
    /// The term whose lapse is this breach.
    pub const fn term(self) -> Term {
        match self {
            Self::NotRegistered => Term::Register,
            Self::NotCompleted => Term::Complete,
        }
    }
}
