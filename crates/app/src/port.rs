//! The ports: what the use cases need from outside.

use crate::error::{AppError, CommitError, ReadError};
use crate::ids::{DeliveryId, DossierId, FactId, SavedFilterId, WorkItemId};
use crate::model::{
    Actor, Channel, Command, Committed, Decision, Delivery, DeliveryEvent, DeliveryMove, DeliveryQueue, DeliveryState,
    Dossier, DossierRow, Identity, LegalStep, RenderedDocument, Request, WorkItem, WorkKind,
};
use crate::search::NamedDossier;
use crate::work::{LongestDue, SavedFilter, WorkAnswer, WorkCount, WorkEvent, WorkFilter, WorkStep};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::HashSet;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::{FactRef, NumberKey};
use traject_domain::history::Moment;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::Law;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::standing::{Enforcement, NextCode, Stage};
use uuid::Uuid;

/// The clock. Legal dates are civil dates in Europe/Brussels.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond.
    fn now(&self) -> Timestamp;

    /// Today in Brussels.
    fn today(&self) -> Date;
}

/// The source of ids: UUIDv7.
pub trait Ids: Send + Sync {
    /// A new id.
    fn next(&self) -> Uuid;
}

/// Reads laws back from the content that the store keeps.
pub trait Laws: Send + Sync {
    /// The law of a [content](crate::desk::KnownLaw::content).
    ///
    /// # Errors
    /// [`AppError::Internal`] when it does not read, such as one that a later program wrote.
    fn read(&self, content: &[u8]) -> Result<Law, AppError>;

    /// The law of a content with values set, each written `key=value`.
    ///
    /// # Errors
    /// [`NotSettable`] when a key is not known, or the law that results cannot be loaded.
    fn with(&self, content: &[u8], set: &[String]) -> Result<Law, NotSettable>;

    /// The values in force on a day, as known on another, by dotted key.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the content does not read.
    fn values(&self, content: &[u8], on: Date, known_on: Date) -> Result<Vec<(String, String)>, AppError>;
}

/// A value of the law that cannot be set: what to do instead, for a reader of the log and of the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSettable(pub String);

/// Which dossiers a list shows; absent fields do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierFilter {
    /// Of this municipality.
    pub municipality: Option<Municipality>,
    /// With this outcome.
    pub outcome: Option<Code>,
    /// At this stage.
    pub stage: Option<Stage>,
    /// With this state of enforcement.
    pub enforcement: Option<Enforcement>,
    /// With this next step.
    pub next_code: Option<NextCode>,
}

/// The record: ledger, vault, standings, deliveries, request ids, work list.
///
/// Implementations are tried by one contract suite (`traject_testkit::contract`).
#[async_trait]
pub trait Store: Send + Sync {
    /// Commits a command durably, once per request id, in one transaction.
    ///
    /// # Errors
    /// See [`CommitError`]; after any but [`CommitError::Unavailable`] nothing of the command is in the store.
    async fn commit(&self, command: Command) -> Result<Committed, CommitError>;

    /// What a request id left behind, if it was committed; the hash is compared.
    async fn committed(&self, request: &Request) -> Result<Option<Committed>, CommitError>;

    /// A dossier with its facts.
    async fn dossier(&self, id: DossierId) -> Result<Option<Dossier>, ReadError>;

    /// Dossiers with their facts, by id; ids that are not there are left out.
    async fn dossiers(&self, ids: &[DossierId]) -> Result<Vec<Dossier>, ReadError>;

    /// Of these references, those that a fact of the ledger has.
    async fn known_references(&self, references: &[FactRef]) -> Result<HashSet<FactRef>, ReadError>;

    /// The dossier that has this number, present or past.
    async fn find_number(&self, number: NationalNumber) -> Result<Option<DossierId>, ReadError>;

    /// Of these numbers, those that a dossier has, with the dossier's version.
    async fn numbers(&self, numbers: &[NationalNumber]) -> Result<Vec<KnownNumber>, ReadError>;

    /// Names and contact from the latest check, from the vault.
    async fn identity(&self, id: DossierId) -> Result<Option<Identity>, ReadError>;

    /// Dossiers with a name that has one of these [tokens](crate::search::tokens) at least, with all their names: those
    /// whose distinct tokens [weigh](crate::search::Role::weight) most first, then by id, at most `limit`. At most
    /// [`WANTED_MAX`](crate::search::WANTED_MAX) texts are looked at.
    async fn named(&self, wanted: &[String], limit: usize) -> Result<Vec<NamedDossier>, ReadError>;

    /// Dossiers after one, by id, at most `limit`.
    async fn list(
        &self,
        filter: &DossierFilter,
        after: Option<DossierId>,
        limit: usize,
    ) -> Result<Vec<DossierRow>, ReadError>;

    /// Dossiers with their facts after one, by id, at most `limit`: for reports, verification and reassessment.
    async fn scan(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<Dossier>, ReadError>;

    /// Dossiers that wake on or before a day, by id, at most `limit`.
    async fn waking(&self, today: Date, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError>;

    /// Dossiers whose standing is stale, by id, at most `limit`.
    async fn stale(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError>;

    /// Open work items in the filter's order, after one, at most `limit`. The day is the one that the order goes by.
    async fn work(
        &self,
        filter: &WorkFilter,
        after: Option<(Date, WorkItemId)>,
        limit: usize,
    ) -> Result<Vec<WorkItem>, ReadError>;

    /// One open work item.
    async fn work_item(&self, id: WorkItemId) -> Result<Option<WorkItem>, ReadError>;

    /// Changes open work items by a person, in one transaction, with an event for each in its story; the answers are in
    /// the order of the steps. A step whose item was changed by an earlier one is stale.
    async fn update_work(&self, steps: &[WorkStep], actor: &str, now: Timestamp) -> Result<Vec<WorkAnswer>, ReadError>;

    /// The story of a work item, open or closed, after an event, at most `limit`; empty when there is no such item.
    async fn work_events(&self, id: WorkItemId, after: u64, limit: usize) -> Result<Vec<WorkEvent>, ReadError>;

    /// How many open items there are of each sort under a filter, whose order and setting for what is snoozed do not count;
    /// of at most `limit` items. Sorts without an item are left out.
    async fn count_work(&self, filter: &WorkFilter, limit: usize) -> Result<Vec<WorkCount>, ReadError>;

    /// What has been due longest, by kind, of the open items that are neither snoozed nor held nor due later than today.
    async fn longest_due(&self, today: Date) -> Result<Vec<LongestDue>, ReadError>;

    /// Keeps a filter under its id, once; gives what is kept under it.
    async fn save_filter(&self, filter: &SavedFilter) -> Result<SavedFilter, ReadError>;

    /// The saved filters that a person sees, by id, after one, at most `limit`.
    async fn saved_filters(
        &self,
        actor: &Actor,
        after: Option<SavedFilterId>,
        limit: usize,
    ) -> Result<Vec<SavedFilter>, ReadError>;

    /// One saved filter, whoever sees it.
    async fn saved_filter(&self, id: SavedFilterId) -> Result<Option<SavedFilter>, ReadError>;

    /// Forgets a saved filter.
    async fn delete_filter(&self, id: SavedFilterId) -> Result<(), ReadError>;

    /// Releases the imported backlog of a municipality, or of all: dossiers and items are no longer held. Gives how many
    /// items were held.
    async fn release_backlog(&self, municipality: Option<Municipality>) -> Result<u64, ReadError>;

    /// Open items and the oldest of them, per municipality and kind.
    async fn backlog(&self, today: Date) -> Result<Vec<Backlog>, ReadError>;

    /// Deliveries by one channel, or by any, in a state, oldest change first, after one, at most `limit`.
    async fn deliveries(
        &self,
        channel: Option<Channel>,
        state: DeliveryState,
        after: Option<(Timestamp, DeliveryId)>,
        limit: usize,
    ) -> Result<Vec<Delivery>, ReadError>;

    /// Deliveries of a dossier, oldest first.
    async fn deliveries_of(&self, id: DossierId) -> Result<Vec<Delivery>, ReadError>;

    /// One delivery.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, ReadError>;

    /// Moves a delivery, once, and adds the event to its story in the same transaction: false when it was not in `from`,
    /// and then nothing is written. A move from another state to `Sending` counts an attempt.
    async fn move_delivery(&self, id: DeliveryId, by: &DeliveryMove) -> Result<bool, ReadError>;

    /// The story of a delivery, in order; empty when there is no such delivery.
    async fn delivery_events(&self, id: DeliveryId) -> Result<Vec<DeliveryEvent>, ReadError>;

    /// How many deliveries are in each state, per way, by way and state; pairs that have none are left out.
    async fn delivery_queue(&self) -> Result<Vec<DeliveryQueue>, ReadError>;

    /// The stored document of a delivery.
    async fn document(&self, id: DeliveryId) -> Result<Option<RenderedDocument>, ReadError>;

    /// Keeps the content of a law under its hash; once, however often it is put.
    async fn put_law(&self, hash: [u8; 32], content: &[u8], now: Timestamp) -> Result<(), ReadError>;

    /// The content of the law with this hash.
    async fn law(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, ReadError>;

    /// The hashes of all laws that are kept, in their order.
    async fn laws(&self) -> Result<Vec<[u8; 32]>, ReadError>;

    /// The decision whose first fact this is.
    async fn decision(&self, fact: FactId) -> Result<Option<Decision>, ReadError>;

    /// The decisions on these dossiers, by dossier and place.
    async fn decisions_of(&self, ids: &[DossierId]) -> Result<Vec<Decision>, ReadError>;

    /// The position of the ledger's head; 0 when empty.
    async fn head(&self) -> Result<u64, ReadError>;

    /// Answers whether the store can be read and written.
    async fn ready(&self) -> Result<(), ReadError>;
}

/// One figure: its key and its count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// The key, such as `q2_ever`; a band stands behind a slash: `q5b_bands/101-500`.
    pub key: String,
    /// The count.
    pub count: u64,
}

/// Figures of one moment, in total and per municipality, in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// Of the Region.
    pub totals: Vec<FigureRow>,
    /// Of each of the nineteen.
    pub by_municipality: Vec<(Municipality, Vec<FigureRow>)>,
}

/// An answer as a table and as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerPack {
    /// Title of the table.
    pub title: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// What a reader must know, in order.
    pub notes: Vec<String>,
    /// As JSON.
    pub json: Vec<u8>,
    /// As CSV.
    pub csv: Vec<u8>,
    /// As PDF/A-2a and PDF/UA-1.
    pub pdf: Vec<u8>,
}

/// Figures and answers, straight from `assess` over the facts of the ledger.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Every figure at a moment.
    ///
    /// # Errors
    /// [`AppError::NotAssessed`] while an import is not finished; what the store says.
    async fn figures(&self, at: Moment) -> Result<FigureTable, AppError>;

    /// The answer to written question 280 at a moment.
    ///
    /// # Errors
    /// As [`Reports::figures`].
    async fn question_280(&self, at: Moment, language: ReadingLanguage) -> Result<AnswerPack, AppError>;
}

/// A document as it would be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewOrder {
    /// For whose dossier.
    pub dossier: DossierId,
    /// Which document.
    pub step: LegalStep,
    /// The delivery whose document it is; none: as the next one would be.
    pub delivery: Option<DeliveryId>,
    /// A translation for information, ISO 639-1; none: by the person's contact language.
    pub courtesy: Option<Code>,
    /// Also the page for a person who does not read, or whose language is missing.
    pub plain_page: bool,
}

/// A document that was made, and not sent.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeDocument {
    /// The file.
    pub pdf: Vec<u8>,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Number of pages.
    pub pages: usize,
    /// The HTML twin.
    pub html: String,
    /// The words, in reading order.
    pub text: String,
    /// Version of the texts.
    pub template_version: String,
}

impl std::fmt::Debug for MadeDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeDocument").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// Documents before they are sent, and what proves them after.
#[async_trait]
pub trait Documents: Send + Sync {
    /// A document as it would be printed now, by the renderer that prints: nothing is recorded.
    ///
    /// # Errors
    /// [`AppError::MissingValues`] when the dossier does not say what the document needs; [`AppError::NotFound`]; what the
    /// store says.
    async fn preview(&self, order: &PreviewOrder) -> Result<MadeDocument, AppError>;

    /// The proof of a delivery, a ZIP file.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a delivery whose document was not made; what the store says.
    async fn proof(&self, delivery: DeliveryId) -> Result<Vec<u8>, AppError>;

    /// Every proof of a transfer as one PDF, with its SHA-256.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the dossier was not transferred for the breach; what the store says.
    async fn transfer_proofs(&self, dossier: DossierId, breach: Breach) -> Result<(Vec<u8>, [u8; 32]), AppError>;
}

/// A number that a dossier has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownNumber {
    /// The number.
    pub number: NationalNumber,
    /// Its key in facts.
    pub key: NumberKey,
    /// The dossier that has it.
    pub dossier: DossierId,
    /// That dossier's version.
    pub version: u64,
}

/// What a municipality leaves undone, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// Which municipality; none: not known.
    pub municipality: Option<Municipality>,
    /// What is asked.
    pub kind: WorkKind,
    /// How many are open.
    pub open: u64,
    /// How many of these are held.
    pub held: u64,
    /// Since when the oldest is due.
    pub oldest: Date,
}
