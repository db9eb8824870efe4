//! What a mailing is, and its recipients.

use crate::ids::{DossierId, MailingId, RecipientId};
use crate::mailing::text::Texts;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;

/// A closed set with one spelling for each value, used in columns, files and messages.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one spelling.
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
    )+};
}
pub(crate) use words;

words! {
    /// What a mailing is for. Neither is an act of law: those go by deliveries.
    Purpose {
        /// It tells people what concerns their own integration.
        Information = "information",
        /// It asks or advertises: an event, a survey, a call for ambassadors.
        Publicity = "publicity",
    }

    /// How far a mailing has come.
    MailingState {
        /// Rows are faulty, and nobody has accepted that they are left out.
        Draft = "draft",
        /// Ready to start.
        Validated = "validated",
        /// Mails go out.
        Running = "running",
        /// No mail starts until it is resumed.
        Paused = "paused",
        /// No mail is left to send.
        Done = "done",
        /// Stopped for good.
        Cancelled = "cancelled",
    }

    /// Where the recipients of a mailing come from.
    SourceKind {
        /// A CSV file.
        Csv = "csv",
        /// Rows of a call.
        Rows = "rows",
        /// A query of dossiers.
        Dossiers = "dossiers",
        /// Agencies of this deployment.
        Partners = "partners",
    }

    /// Why a recipient was not reached, or perhaps not.
    Reason {
        /// An opt-out is in force.
        OptedOut = "opted-out",
        /// The recipient comes from a dossier, the mailing is publicity, and no consent is in force.
        NoConsent = "no-consent",
        /// The mailing was cancelled first.
        MailingCancelled = "mailing-cancelled",
        /// The recipient's data were removed first.
        Forgotten = "forgotten",
        /// The mail server refused the mail or its recipient for good.
        Refused = "refused",
        /// The mail server put us off for now.
        PutOff = "put-off",
        /// The mail server put us off too often.
        TriedTooOften = "tried-too-often",
        /// The mail server gave no usable answer after the message.
        NoAnswer = "no-answer",
        /// The program ended while the mail was being sent.
        Interrupted = "interrupted",
    }
}

impl MailingState {
    /// Whether the mailing is over.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// Whether a mailing may go from this state to another.
    pub const fn may_become(self, to: Self) -> bool {
        match self {
            Self::Draft => matches!(to, Self::Validated | Self::Cancelled),
            Self::Validated => matches!(to, Self::Running | Self::Cancelled),
            Self::Running => matches!(to, Self::Paused | Self::Done | Self::Cancelled),
            Self::Paused => matches!(to, Self::Running | Self::Cancelled),
            Self::Done | Self::Cancelled => false,
        }
    }
}

/// A language that mails are written in: two lower-case letters of ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailLanguage([u8; 2]);

impl MailLanguage {
    /// Reads a language by its shape, in either case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_lowercase(), b.to_ascii_lowercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Two ASCII letters, or they would not be here.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for MailLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// SHA-256 of a [normalised](crate::mailing::address::normalised) address: a pseudonym by which an opt-out is found again
/// after the address itself is gone. Whoever has an address can compute it, which is what it is for; it is not anonymous.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressHash(pub [u8; 32]);

impl AddressHash {
    /// The hash of a normalised address.
    pub fn of(normalised: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"traject mail address\0");
        hash.update(normalised.as_bytes());
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for AddressHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressHash(***)")
    }
}

/// Where the recipients came from, as it is recorded with the mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which of the four.
    pub kind: SourceKind,
    /// The query, such as `municipality=21004 closed_reason=COMPLETED`; empty without one.
    pub query: String,
}

/// A mailing as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// Its id.
    pub id: MailingId,
    /// What its makers call it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// On which ground personal data are used for it, in words.
    pub legal_basis: String,
    /// The agency that sends it; nobody else sees it.
    pub issuer: Code,
    /// Subject and body, per language.
    pub texts: Texts,
    /// Where its recipients came from.
    pub source: Source,
    /// How far it has come.
    pub state: MailingState,
    /// Version, for the etag; from 1.
    pub version: u64,
    /// Faults of rows, which are left out. A row may have several.
    pub faults: u64,
    /// Rows left out because an earlier row had their person or address.
    pub duplicates: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it: a staff pseudonym.
    pub created_by: String,
    /// When its first mail could go out.
    pub started_at: Option<Timestamp>,
    /// When it was done or cancelled.
    pub finished_at: Option<Timestamp>,
    /// When names and addresses of its recipients were removed.
    pub forgotten_at: Option<Timestamp>,
}

/// Name and address of a recipient. Personal data: removed some time after the mailing is over.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The whole name, as it is to be written.
    pub full_name: String,
    /// Given names; may be empty.
    pub first_names: String,
    /// Family name; may be empty.
    pub last_name: String,
    /// The address, as it was given.
    pub email: String,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(***)")
    }
}

/// A recipient of a mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Its id: the left side of the message id, and the code by which the recipient opts out.
    pub id: RecipientId,
    /// Which mailing.
    pub mailing: MailingId,
    /// Its line in the file, or its place among rows, dossiers or partners, from 1.
    pub line: u64,
    /// The dossier of the person, where it is known.
    pub dossier: Option<DossierId>,
    /// Name and address, until they are removed.
    pub person: Option<Person>,
    /// The language asked for; none: the mailing's default.
    pub language: Option<MailLanguage>,
    /// Unique in the mailing: `dossier:` with its id, `partner:` with its code, or `line:` with its number. It never
    /// follows from a national number.
    pub identity_key: String,
    /// Unique in the mailing.
    pub address: AddressHash,
    /// What became of the mail, in the words of deliveries.
    pub state: DeliveryState,
    /// Why it was not reached.
    pub reason: Option<Reason>,
    /// Attempts so far.
    pub attempts: u32,
    /// When a mail that was put off is tried again.
    pub retry_at: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// How many recipients are in each state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress(pub BTreeMap<DeliveryState, u64>);

impl Progress {
    /// Those in a state.
    pub fn of(&self, state: DeliveryState) -> u64 {
        self.0.get(&state).copied().unwrap_or_default()
    }

    /// All recipients.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Those for whom a mail is to be sent or is being sent.
    pub fn open(&self) -> u64 {
        [DeliveryState::Created, DeliveryState::TemporaryFailure, DeliveryState::Sending]
            .map(|state| self.of(state))
            .iter()
            .sum()
    }
}
