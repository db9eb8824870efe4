//! What the ports exchange: commands, dossiers, standings as rows, deliveries, work items.

use crate::ids::{DeliveryId, DossierId, FactId, WorkItemId};
use jiff::Timestamp;
use std::collections::HashSet;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
pub use traject_domain::delivery::{AddressState, Channel, DeliveryReason, DeliveryState, Document, LegalStep};
use traject_domain::fact::{Fact, FactRef, NumberKey};
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use traject_domain::standing::{ClosingReason, Enforcement, NextCode, Stage};
use uuid::Uuid;

/// Who acts: a staff pseudonym, never a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Pseudonym of the person or program.
    pub staff: String,
    /// The agency it acts for, such as `21004`, `BON` or `GGC`.
    pub agency: Code,
    /// Its role there, such as `clerk`.
    pub role: Code,
}

/// Names and contact of a person as one check reported them. Personal data: kept in the vault, never logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Family name as written.
    pub last_name: Option<String>,
    /// Given names as written.
    pub first_names: Option<String>,
    /// Street.
    pub street: Option<String>,
    /// House number.
    pub house_number: Option<String>,
    /// Box.
    pub box_number: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(***)")
    }
}

/// A fact on its way into the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// Its id in the ledger.
    pub id: FactId,
    /// What is reported.
    pub fact: Fact,
    /// Who recorded it.
    pub actor: Actor,
    /// Names and contact, for a check.
    pub identity: Option<Identity>,
}

/// A fact as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFact {
    /// Its id.
    pub id: FactId,
    /// Its place: gapless from 1, in commit order.
    pub position: u64,
    /// When this deployment received it, to the microsecond, UTC.
    pub received_at: Timestamp,
    /// What is reported.
    pub fact: Fact,
    /// Who recorded it.
    pub actor: Actor,
}

/// A caller's request id with the content it stands for (AIP-155).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// The caller: staff pseudonym or program.
    pub caller: String,
    /// The id the caller made.
    pub id: Uuid,
    /// Hash of the request's content: the same id with another hash is an error.
    pub hash: [u8; 32],
}

/// The standing of a dossier as lists and the sweep read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// The day it was assessed for.
    pub as_of: Date,
    /// Hash of the law it was assessed under.
    pub law_hash: [u8; 32],
    /// First check's reference; none for a voluntary dossier without a check.
    pub subject: Option<FactRef>,
    /// `obliged`, `exempt`, `not_in_scope`, `undecided`; `unchecked` without a check.
    pub outcome: Code,
    /// Space-joined codes that say why.
    pub reasons: String,
    /// The municipality the person belongs to.
    pub municipality: Option<Municipality>,
    /// Reference date.
    pub reference_date: Option<Date>,
    /// How far the person has come; none unless the person is or was obliged.
    pub stage: Option<Stage>,
    /// Why closed.
    pub closed_reason: Option<ClosingReason>,
    /// How far enforcement of the shown breach has come.
    pub enforcement: Enforcement,
    /// The shown breach, when enforcement is not none.
    pub breach: Option<Breach>,
    /// Last day of D-REGISTER.
    pub register_due: Option<Date>,
    /// Last day of D-COMPLETE.
    pub complete_due: Option<Date>,
    /// Last day of D-CURE.
    pub cure_due: Option<Date>,
    /// The next thing due.
    pub next_code: Option<NextCode>,
    /// By when.
    pub next_due: Option<Date>,
    /// A person should look.
    pub review: bool,
    /// The first later day on which the same facts give another standing.
    pub wake_on: Option<Date>,
}

/// What a command leaves as the dossier's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandingUpdate {
    /// Assessed with the new facts.
    Assessed(Box<StandingRow>),
    /// Not assessed yet: nothing acts on or reports it until it is.
    Stale,
}

/// What may be sent once: the unique key of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    /// Whose dossier.
    pub dossier: DossierId,
    /// Which step.
    pub step: LegalStep,
    /// Raised only by a voiding or withdrawing fact, or a fine before a new notice.
    pub step_version: u32,
    /// To whom: `person`, or an agency's code.
    pub recipient: Code,
    /// By which way.
    pub channel: Channel,
}

/// A delivery to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id; also its reference on the letter.
    pub id: DeliveryId,
    /// Its unique key.
    pub key: DeliveryKey,
    /// Language of the document; none: bilingual.
    pub language: Option<LegalLanguage>,
}

/// A delivery as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Its unique key.
    pub key: DeliveryKey,
    /// Language of the document; none: bilingual.
    pub language: Option<LegalLanguage>,
    /// Its state.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// SHA-256 of the stored document, once rendered.
    pub document: Option<[u8; 32]>,
    /// Why it stands as it does; none where its state says everything.
    pub reason: Option<DeliveryReason>,
    /// By what the provider knows it: a posting reference, a message id.
    pub provider_reference: Option<String>,
    /// The print batch it lies in.
    pub batch: Option<String>,
}

/// A document as it was made, with what its manifest says. What was made once is what is sent, and it is never made again
/// from facts that have moved on. Personal data: `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedDocument {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// The same as a page, where it was made.
    pub html: Option<Vec<u8>>,
    /// The template's name.
    pub template: String,
    /// Version of its texts.
    pub template_version: String,
    /// Pages of the PDF, from 1.
    pub pages: u32,
    /// The civil date that it bears; none for a document of before this was kept.
    pub dated_on: Option<Date>,
    /// The language of a translation for information that goes along, ISO 639-1.
    pub courtesy: Option<Code>,
    /// The lines of the address that it bears, name first.
    pub address: Vec<String>,
}

impl std::fmt::Debug for RenderedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (template, version) = (&self.template, &self.template_version);
        write!(f, "RenderedDocument({template} {version}, {} pages, {} octets)", self.pages, self.pdf.len())
    }
}

/// One move of a delivery from one state to another; `from` and `to` may be the same, for news that changes neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryMove {
    /// The state it must be in.
    pub from: DeliveryState,
    /// The state it comes to.
    pub to: DeliveryState,
    /// Why; replaces the reason of the move before.
    pub reason: Option<DeliveryReason>,
    /// The civil day on which it happened in Brussels, where that is told from outside; none: now.
    pub occurred_on: Option<Date>,
    /// By what the provider knows it; none: as it was.
    pub provider_reference: Option<String>,
    /// The print batch it comes into; none: as it was.
    pub batch: Option<String>,
    /// The document, when this move made it.
    pub document: Option<RenderedDocument>,
    /// Who moves it: a staff pseudonym or a program, never a name.
    pub actor: String,
    /// When, to the microsecond.
    pub now: Timestamp,
}

impl DeliveryMove {
    /// A move without more to say.
    pub fn new(from: DeliveryState, to: DeliveryState, actor: impl Into<String>, now: Timestamp) -> Self {
        Self {
            from,
            to,
            reason: None,
            occurred_on: None,
            provider_reference: None,
            batch: None,
            document: None,
            actor: actor.into(),
            now,
        }
    }

    /// The same move for a reason.
    #[must_use]
    pub fn because(self, reason: DeliveryReason) -> Self {
        Self { reason: Some(reason), ..self }
    }
}

/// One line of a delivery's story, written with the move that it tells of. The first tells of its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its place in the story, from 1 without gaps.
    pub seq: u32,
    /// When it was recorded, to the microsecond.
    pub at: Timestamp,
    /// The state it led to.
    pub state: DeliveryState,
    /// Why.
    pub reason: Option<DeliveryReason>,
    /// The civil day on which it happened in Brussels, where that was told from outside.
    pub occurred_on: Option<Date>,
    /// By what the provider knows the delivery, where this event told it.
    pub provider_reference: Option<String>,
    /// Who recorded it: a staff pseudonym or a program.
    pub actor: String,
}

/// How many deliveries of one way are in one state, and since when the first of them is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryQueue {
    /// By which way.
    pub channel: Channel,
    /// In which state.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
    /// When the one that changed longest ago last changed.
    pub oldest: Timestamp,
}

/// What a work item asks of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// Hand over the certificate of obligation.
    Inform,
    /// Release the formal notice that a lapse proposes.
    ReleaseNotice(Breach),
    /// Release the transfer that a refusal proposes.
    ReleaseTransfer(Breach),
    /// Withdraw a notice whose ground is gone.
    WithdrawNotice(Breach),
    /// Decide on an exemption or a suspension that was asked for.
    DecideRequest,
    /// Check a person again whose exemption ends soon.
    ExemptionEnds,
    /// Look at a transfer, and invite the person to a hearing or return it.
    InviteToHearing(Breach),
    /// Decide after a hearing, or after the term of the defence.
    DecideFine(Breach),
    /// Remind of a fine whose term of payment has ended.
    RemindPayment(Breach),
    /// Review a fine that lost its ground.
    ReviewFine(Breach),
    /// Obtain what is missing for a decision.
    Undecided,
    /// Look at the dossier: the standing says why.
    Review,
    /// A name or address that the letter fonts do not cover.
    UncoveredName,
    /// A delivery whose fate is not known.
    DeliveryInDoubt,
    /// A delivery that failed for good: its reason says why.
    DeliveryFailed,
    /// An address that paper cannot be sent to, or came back from.
    AddressCheck,
    /// A decision that would be another today: the law or a fact became known after it.
    DecisionChanged,
}

/// The office whose work an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkDesk {
    /// The counter of a municipality.
    Municipality,
    /// An organiser's office.
    Organiser,
    /// The officers of the GGC who decide on sanctions.
    Ggc,
}

impl WorkDesk {
    /// Every desk.
    pub const ALL: &'static [Self] = &[Self::Municipality, Self::Organiser, Self::Ggc];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::Organiser => "organiser",
            Self::Ggc => "ggc",
        }
    }

    /// The desk with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|desk| desk.code() == code)
    }
}

impl WorkKind {
    /// Whose work it is.
    pub const fn desk(self) -> WorkDesk {
        match self {
            Self::Inform
            | Self::ReleaseNotice(_)
            | Self::ReleaseTransfer(_)
            | Self::WithdrawNotice(_)
            | Self::Undecided
            | Self::Review
            | Self::UncoveredName
            | Self::DeliveryInDoubt
            | Self::DeliveryFailed
            | Self::AddressCheck
            | Self::DecideRequest
            | Self::ExemptionEnds
            | Self::DecisionChanged => WorkDesk::Municipality,
            Self::InviteToHearing(_) | Self::DecideFine(_) | Self::RemindPayment(_) | Self::ReviewFine(_) => {
                WorkDesk::Ggc
            }
        }
    }

    /// For which breach, where it is about one.
    pub const fn breach(self) -> Option<Breach> {
        match self {
            Self::ReleaseNotice(breach)
            | Self::ReleaseTransfer(breach)
            | Self::WithdrawNotice(breach)
            | Self::InviteToHearing(breach)
            | Self::DecideFine(breach)
            | Self::RemindPayment(breach)
            | Self::ReviewFine(breach) => Some(breach),
            _ => None,
        }
    }

    /// Whether a person closes it; what follows from the standing is closed by the fact that settles it.
    pub const fn is_closed_by_hand(self) -> bool {
        matches!(self, Self::DecisionChanged)
    }
}

/// A change of a work list, made with the facts that cause it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkChange {
    /// Opens an item, unless one of this kind is open for the dossier.
    Open {
        /// Its id, if it is opened.
        id: WorkItemId,
        /// What it asks.
        kind: WorkKind,
        /// Since when it is due.
        due_since: Date,
        /// Held: not to be released before a person releases the imported backlog.
        held: bool,
    },
    /// Closes the open item of this kind, if there is one.
    Close(WorkKind),
}

/// A work item as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkItem {
    /// Its id.
    pub id: WorkItemId,
    /// Whose dossier.
    pub dossier: DossierId,
    /// The municipality that owes it.
    pub municipality: Option<Municipality>,
    /// What it asks.
    pub kind: WorkKind,
    /// Since when it is due.
    pub due_since: Date,
    /// When it came on the list.
    pub opened_on: Date,
    /// Held until the imported backlog is released.
    pub held: bool,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Hidden from the default list until this day, for a stated reason.
    pub snoozed_until: Option<Date>,
    /// Latest note.
    pub note: Option<String>,
    /// Version, for the etag.
    pub version: u64,
}

/// A decision on its way into the record, with the facts it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// The civil day it is made for and on: today in Brussels.
    pub as_of: Date,
    /// Hash of the law in force.
    pub law_hash: [u8; 32],
    /// The program and its version.
    pub engine: String,
    /// What follows with the new facts: `obliged`, `exempt`, `not_in_scope`, `undecided`, `unchecked`.
    pub outcome: Code,
    /// SHA-256 of standing, reasons and trace.
    pub digest: [u8; 32],
}

/// A decision as it stands in the record: a command made at a desk here that recorded facts on a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its first fact, which names it.
    pub fact: FactId,
    /// On which dossier.
    pub dossier: DossierId,
    /// What that fact says happened.
    pub kind: Code,
    /// Position of its last fact: the facts it was made on are those of the dossier up to here.
    pub position: u64,
    /// The civil day it was made for and on.
    pub as_of: Date,
    /// Hash of the law it was made under.
    pub law_hash: [u8; 32],
    /// The program that made it, with its version.
    pub engine: String,
    /// What followed.
    pub outcome: Code,
    /// SHA-256 of standing, reasons and trace.
    pub digest: [u8; 32],
}

/// One dossier's part of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierChange {
    /// Which dossier.
    pub dossier: DossierId,
    /// The version the decision was made on; 0: the dossier must not exist yet.
    pub expected_version: u64,
    /// Numbers that become keys of this dossier.
    pub numbers: Vec<(NumberKey, NationalNumber)>,
    /// New facts, in order.
    pub facts: Vec<NewFact>,
    /// The standing that follows.
    pub standing: StandingUpdate,
    /// True when the facts come from a file rather than a desk: proposals are held.
    pub imported: bool,
    /// Deliveries to create.
    pub deliveries: Vec<NewDelivery>,
    /// Changes of the work list.
    pub work: Vec<WorkChange>,
    /// The decision that the facts are, where they were decided here; its law is in the store.
    pub decision: Option<NewDecision>,
}

/// One command: one transaction, one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The caller's request id; sweep, import and feed carry one too.
    pub request: Request,
    /// Dossiers it changes; each at most once.
    pub changes: Vec<DossierChange>,
}

/// A command that no caller may make: a fault of the program, whatever the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A dossier is changed twice.
    #[error("a command changes a dossier at most once")]
    DossierTwice,
    /// Numbers come without a fact whose identifying part could hold them.
    #[error("numbers come with a fact")]
    NumbersWithoutFact,
    /// A decision comes without a fact that could name it.
    #[error("a decision comes with a fact")]
    DecisionWithoutFact,
}

impl Command {
    /// Tells a malformed command before anything is looked up.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn check(&self) -> Result<(), Malformed> {
        let mut dossiers = HashSet::new();
        for change in &self.changes {
            if !dossiers.insert(change.dossier) {
                return Err(Malformed::DossierTwice);
            }
            if change.facts.is_empty() && !change.numbers.is_empty() {
                return Err(Malformed::NumbersWithoutFact);
            }
            if change.facts.is_empty() && change.decision.is_some() {
                return Err(Malformed::DecisionWithoutFact);
            }
        }
        Ok(())
    }
}

/// What a committed command left behind; the same again for a repeated request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// True when the request id had been committed before.
    pub repeated: bool,
    /// The position of the command's last fact, or of the ledger's head when it had none.
    pub position: u64,
    /// Versions after the command, in the order of its changes.
    pub versions: Vec<(DossierId, u64)>,
    /// Ids of the facts it wrote, in order.
    pub facts: Vec<FactId>,
    /// Ids of the deliveries it prepared, in order.
    pub deliveries: Vec<DeliveryId>,
}

impl Committed {
    /// Nothing yet of a command that is being committed.
    pub const fn nothing() -> Self {
        Self { repeated: false, position: 0, versions: Vec::new(), facts: Vec::new(), deliveries: Vec::new() }
    }

    /// Adds what one change left.
    pub fn add(&mut self, change: &DossierChange, version: u64) {
        self.versions.push((change.dossier, version));
        self.facts.extend(change.facts.iter().map(|fact| fact.id));
        self.deliveries.extend(change.deliveries.iter().map(|delivery| delivery.id));
    }
}

/// A dossier as loaded for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Its id.
    pub id: DossierId,
    /// Its version, for the etag.
    pub version: u64,
    /// Its facts, by position.
    pub facts: Vec<LedgerFact>,
    /// Its numbers with the keys that facts use.
    pub numbers: Vec<(NumberKey, NationalNumber)>,
    /// True when it was last changed by an import whose backlog nobody released.
    pub held: bool,
    /// True when the ledger holds a fact of it that this version cannot read: no act may be decided on it.
    pub frozen: bool,
    /// Its standing, unless stale.
    pub standing: Option<StandingRow>,
}

/// A dossier in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    /// Its id.
    pub id: DossierId,
    /// Its version.
    pub version: u64,
    /// Its standing, unless stale.
    pub standing: Option<StandingRow>,
}
