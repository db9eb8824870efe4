//! Codes as the law files and the agencies write them. The lists are data; only their shape is fixed here.

use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt;

/// A code of one of the law's lists, such as an exemption `E03`, a permit kind `A` or an ISO country `MA`.
///
/// Kept in place up to 23 bytes, so that a city of persons is read without following pointers; ordered by its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(SmolStr);

impl Code {
    /// Takes the text as it is: whoever reads input checks it against a list of the law.
    pub fn new(text: &str) -> Self {
        Self(SmolStr::new(text))
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A set of codes that is asked for one of them a million times: codes of two capital letters, such as countries, are
/// looked up by their letters.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSet {
    all: BTreeSet<Code>,
    /// A bit for each pair of letters.
    pairs: [u32; 26],
    /// The codes that are no pair of letters.
    others: Vec<Code>,
}

impl CodeSet {
    /// True when the code is one of the set.
    pub fn contains(&self, code: &Code) -> bool {
        match pair(code) {
            Some((first, second)) => self.pairs[first] & (1 << second) != 0,
            None => self.others.contains(code),
        }
    }

    /// The codes, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Code> {
        self.all.iter()
    }
}

impl fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}

impl FromIterator<Code> for CodeSet {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let all: BTreeSet<Code> = codes.into_iter().collect();
        let mut pairs = [0; 26];
        for (first, second) in all.iter().filter_map(pair) {
            pairs[first] |= 1 << second;
        }
        let others = all.iter().filter(|code| pair(code).is_none()).cloned().collect();
        Self { all, pairs, others }
    }
}

/// The places in the alphabet of a code of two capital letters.
fn pair(code: &Code) -> Option<(usize, usize)> {
    let place = |letter: u8| letter.is_ascii_uppercase().then(|| usize::from(letter - b'A'));
    match code.as_str().as_bytes() {
        [first, second] => Some((place(*first)?, place(*second)?)),
        _ => None,
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
