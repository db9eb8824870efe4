//! The ports of mailings.

use crate::error::ReadError;
use crate::ids::DossierId;
use crate::ids::{MailingId, PreferenceId, RecipientId};
use crate::mailing::check::Row;
use crate::mailing::error::FileFault;
use crate::mailing::model::{AddressHash, Mailing, MailingState, Progress, Reason, Recipient};
use crate::mailing::preference::{Preference, Subject};
use crate::model::Request;
use async_trait::async_trait;
use jiff::Timestamp;
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;

/// Reads files of recipients.
pub trait RecipientFiles: Send + Sync {
    /// The rows of a CSV file, one at a time. The file has the [columns](crate::mailing::check::COLUMNS) of the format,
    /// in any order; blank rows are passed over.
    ///
    /// # Errors
    /// [`FileFault`], at once or at a row: then no row of the file counts.
    fn rows<'f>(&self, file: &'f [u8]) -> Result<Rows<'f>, FileFault>;
}

/// Rows as they are read.
pub type Rows<'f> = Box<dyn Iterator<Item = Result<Row, FileFault>> + Send + 'f>;

/// What became of an order to make a mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// It was made, now or by the same request before.
    Made(Box<Mailing>),
    /// The request id was used for another request.
    Reused,
}

/// What became of an attempt to begin a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It is recorded as being sent: send it now, then settle it.
    Started,
    /// The recipient may not be reached; that is recorded.
    Barred(Reason),
    /// The mailing is not running: no mail starts.
    NotRunning,
    /// The recipient is not waiting: somebody else took it.
    Taken,
}

/// What became of a mail that was being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The state it is in now.
    pub state: DeliveryState,
    /// Why, unless it was accepted.
    pub reason: Option<Reason>,
    /// When it is tried again, after a temporary failure.
    pub retry_at: Option<Timestamp>,
}

/// Which preferences a list shows; absent fields do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferenceFilter {
    /// About this subject.
    pub subject: Option<Subject>,
}

/// The record of mailings, their recipients, and what people said about being written to.
///
/// Implementations are tried by one contract suite (`traject_testkit::contract::mailings`).
#[async_trait]
pub trait Mailings: Send + Sync {
    /// Keeps a new mailing with all its recipients, once per request id, in one transaction.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] when two recipients have one person or one address: the validator lets none through.
    async fn create(
        &self,
        mailing: &Mailing,
        recipients: &[Recipient],
        request: &Request,
    ) -> Result<Creation, ReadError>;

    /// One mailing.
    async fn mailing(&self, id: MailingId) -> Result<Option<Mailing>, ReadError>;

    /// Mailings of an agency, or of all, in one of these states, by id after one, at most `limit`.
    async fn mailings(
        &self,
        issuer: Option<&Code>,
        states: &[MailingState],
        after: Option<MailingId>,
        limit: usize,
    ) -> Result<Vec<Mailing>, ReadError>;

    /// Moves a mailing of this version to another state, once; `None` when its version is another. A first move to
    /// running, and one to an end, are dated. Cancelling cancels every mail that has not begun.
    async fn move_mailing(
        &self,
        id: MailingId,
        version: u64,
        to: MailingState,
        now: Timestamp,
    ) -> Result<Option<Mailing>, ReadError>;

    /// How many recipients are in each state.
    async fn progress(&self, id: MailingId) -> Result<Progress, ReadError>;

    /// Recipients in a state, or in any, by line after one, at most `limit`.
    async fn recipients(
        &self,
        id: MailingId,
        state: Option<DeliveryState>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Recipient>, ReadError>;

    /// One recipient.
    async fn recipient(&self, id: RecipientId) -> Result<Option<Recipient>, ReadError>;

    /// The next recipient to write to: one whose time to be tried again has come, else the first that waits.
    async fn due(&self, id: MailingId, now: Timestamp) -> Result<Option<Recipient>, ReadError>;

    /// Records that a mail is being sent, in one transaction with the questions whether its mailing is running and
    /// whether [the recipient may be reached](crate::mailing::preference::barred) now.
    async fn begin(&self, id: RecipientId, now: Timestamp) -> Result<Begun, ReadError>;

    /// Records what became of a mail that was being sent; false when it was not. What would be tried again is cancelled
    /// where its mailing was cancelled meanwhile.
    async fn settle(&self, id: RecipientId, settled: Settled, now: Timestamp) -> Result<bool, ReadError>;

    /// Puts in doubt every mail that is recorded as being sent, and gives how many. For a program that starts, and while
    /// no other sends.
    async fn interrupted(&self, now: Timestamp) -> Result<u64, ReadError>;

    /// Keeps a preference. One in force of the same subject and kind stays as it is, and is given in its place.
    async fn record_preference(&self, new: &Preference) -> Result<Preference, ReadError>;

    /// Withdraws a preference from now on; one that was withdrawn stays as it is. `None` when there is none.
    async fn withdraw_preference(&self, id: PreferenceId, now: Timestamp) -> Result<Option<Preference>, ReadError>;

    /// Preferences by id after one, withdrawn ones too, at most `limit`.
    async fn preferences(
        &self,
        filter: &PreferenceFilter,
        after: Option<PreferenceId>,
        limit: usize,
    ) -> Result<Vec<Preference>, ReadError>;

    /// Preferences about any of these dossiers or addresses that are not withdrawn, by id.
    async fn preferences_about(
        &self,
        dossiers: &[DossierId],
        addresses: &[AddressHash],
    ) -> Result<Vec<Preference>, ReadError>;

    /// Removes names and addresses from recipients of mailings that were over before a moment, and gives from how many
    /// mailings. What stays: line, dossier, the hash of the address, and what became of the mail.
    async fn forget(&self, over_before: Timestamp, now: Timestamp) -> Result<u64, ReadError>;
}
