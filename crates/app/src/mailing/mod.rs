//! Mass mailing: what is told to many and is no act of law.
//!
//! Recipients come from a file, from rows of a call, from dossiers or from partners; one [validator](check) reads them
//! all. A mailing records its purpose and its legal basis, since a use of dossiers for it is a use of personal data.
//! Whether a recipient may be reached is [one rule](preference::barred), asked by the store in the transaction that
//! records the sending.

pub mod address;
pub mod check;
pub mod desk;
pub mod error;
pub mod model;
pub mod port;
pub mod preference;
pub mod text;

pub use check::{Checked, Fault, FaultCode, Row, Validator};
pub use desk::{MailingDesk, Partner};
pub use error::MailingError;
pub use model::{
    AddressHash, MailLanguage, Mailing, MailingState, Person, Progress, Purpose, Reason, Recipient, Source, SourceKind,
};
pub use port::{Begun, Creation, Mailings, PreferenceFilter, RecipientFiles, Settled};
pub use preference::{Preference, PreferenceKind, Subject};
pub use text::{Placeholder, Text, Texts};
