//! What follows from the facts and the law for one person at one moment.

use crate::Date;
use crate::code::{Breach, Code, LegalLanguage, closed_codes};
use crate::counting::DueDate;
use crate::fact::{Asked, FactRef};
use crate::history::{Fine, Moment};
use crate::law::RegimeId;
use crate::money::Cents;
use crate::predicate::Field;

/// Whether the person is obliged, three-valued: what is missing is named, never assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// In scope and not exempt.
    Obliged,
    /// In scope, or not definitely out of it, and exempt by each of these codes, sorted.
    Exempt(Vec<Code>),
    /// Each of these conditions definitely fails, sorted.
    NotInScope(Vec<Code>),
    /// It depends on these columns, sorted.
    Undecided(Vec<Field>),
}

impl Outcome {
    /// The word used in columns and messages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Obliged => "obliged",
            Self::Exempt(_) => "exempt",
            Self::NotInScope(_) => "not_in_scope",
            Self::Undecided(_) => "undecided",
        }
    }

    /// The codes that say why, sorted.
    pub fn reasons(&self) -> Vec<&str> {
        match self {
            Self::Obliged => Vec::new(),
            Self::Exempt(codes) | Self::NotInScope(codes) => codes.iter().map(Code::as_str).collect(),
            Self::Undecided(fields) => fields.iter().map(|field| field.code()).collect(),
        }
    }
}

closed_codes! {
    /// How far the person has come.
    Stage {
        /// The certificate of obligation is still to be handed over.
        ToInform = "to_inform",
        /// Certificate received, not registered.
        ToRegister = "to_register",
        /// Registered with an organiser, no contract.
        Registered = "registered",
        /// Contract signed.
        InProgramme = "in_programme",
        /// Ended.
        Closed = "closed",
        /// Struck off the register: terms and acts wait for a return.
        Frozen = "frozen",
    }
}

closed_codes! {
    /// Why a dossier closed; in the order that decides on one day.
    ClosingReason {
        /// Programme completed.
        Completed = "COMPLETED",
        /// Died.
        Deceased = "DECEASED",
        /// Right of residence ended.
        PermitLost = "PERMIT_LOST",
        /// Became Belgian.
        BecameBelgian = "BECAME_BELGIAN",
        /// Moved to Flanders or Wallonia.
        LeftRegion = "LEFT_REGION",
        /// Moved abroad.
        LeftCountry = "LEFT_COUNTRY",
        /// Exempt.
        Exempted = "EXEMPTED",
    }
}

closed_codes! {
    /// How far enforcement of one breach has come.
    Enforcement {
        /// Nothing.
        None = "none",
        /// The term lapsed; no valid notice.
        Late = "late",
        /// A valid notice is under way.
        NoticePosted = "notice_posted",
        /// Delivered; the additional term runs or was not followed by a refusal.
        Noticed = "noticed",
        /// Met after the term, in time for the notice.
        Cured = "cured",
        /// The additional term lapsed.
        Refused = "refused",
        /// Transferred to the GGC.
        Transferred = "transferred",
        /// Invited to a hearing.
        Invited = "invited",
        /// Heard.
        Heard = "heard",
        /// Decided not to fine.
        NoFine = "no_fine",
        /// Fined.
        Fined = "fined",
        /// The fine is paid.
        Paid = "paid",
        /// An appeal was lodged.
        Appealed = "appealed",
        /// The notice, or all fines, were withdrawn or annulled.
        Withdrawn = "withdrawn",
    }
}

closed_codes! {
    /// Why a notice is void (semantics.md 21).
    VoidReason {
        /// Posted on or before the due date, or without a running term.
        TooEarly = "too_early",
        /// The person had died, left, lost the permit, become Belgian or was struck off by the due date.
        NoLongerConcerned = "no_longer_concerned",
        /// Not in the person's letter language.
        WrongLanguage = "wrong_language",
        /// Returned as not known at the address, before any delivery.
        Undeliverable = "undeliverable",
    }
}

closed_codes! {
    /// The next thing due, and whose turn it is.
    NextCode {
        /// The municipality informs and hands over the certificate.
        Inform = "INFORM",
        /// The newcomer registers.
        Register = "D-REGISTER",
        /// The newcomer completes.
        Complete = "D-COMPLETE",
        /// The municipality sends the notice.
        Notice = "NOTICE",
        /// The newcomer cures.
        Cure = "D-CURE",
        /// The municipality transfers.
        Transfer = "D-TRANSFER",
        /// The GGC invites.
        Hearing = "HEARING",
        /// The GGC decides.
        Decision = "DECISION",
        /// The municipality withdraws the notice.
        WithdrawNotice = "WITHDRAW_NOTICE",
        /// The GGC reviews the fine.
        ReviewFine = "REVIEW_FINE",
    }
}

closed_codes! {
    /// Why a person should look at the dossier (semantics.md 27).
    Review {
        /// The birth date was taken as mid-year.
        MidYearBirthDate = "mid_year_birth_date",
        /// An automatic exemption of an earlier check has ended.
        ExemptionEnded = "exemption_ended",
        /// An absence from the Region was followed by a return.
        AbsenceWithReturn = "absence_with_return",
        /// More than one organiser.
        SeveralOrganisers = "several_organisers",
        /// A contract without a registration.
        ContractWithoutRegistration = "contract_without_registration",
        /// The notice waits because the organiser had no place.
        WaitingList = "waiting_list",
        /// A fine lost its ground.
        FineWithoutGround = "fine_without_ground",
        /// A fine stands on a breach that is in another state.
        FineInOtherState = "fine_in_other_state",
    }
}

closed_codes! {
    /// What a person should know before the next act; it asks for nothing by itself.
    Warning {
        /// The fines that stand add up to more than the largest amount (R-F4).
        FinesPassMaximum = "fines_pass_maximum",
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// The newcomer.
    Newcomer,
    /// The municipality of residence.
    Municipality,
    /// The Joint Community Commission.
    Ggc,
}

impl NextCode {
    /// Whose turn it is.
    pub const fn turn(self) -> Turn {
        match self {
            Self::Register | Self::Complete | Self::Cure => Turn::Newcomer,
            Self::Inform | Self::Notice | Self::Transfer | Self::WithdrawNotice => Turn::Municipality,
            Self::Hearing | Self::Decision | Self::ReviewFine => Turn::Ggc,
        }
    }
}

/// The next thing due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// What.
    pub code: NextCode,
    /// By when, for a running term.
    pub due: Option<Date>,
    /// For which breach, where it is about one.
    pub breach: Option<Breach>,
}

/// The end of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closing {
    /// The day.
    pub on: Date,
    /// Why.
    pub reason: ClosingReason,
}

/// One notice as the law sees it: a posting, or a delivery by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The day it was posted or handed over.
    pub posted_on: Date,
    /// True when handed over rather than posted.
    pub by_hand: bool,
    /// The day it counts as delivered: reported, or presumed; may lie ahead.
    pub delivered_on: Date,
    /// True when `delivered_on` is presumed.
    pub presumed: bool,
    /// Why it is void, if it is.
    pub void: Option<VoidReason>,
    /// True when it was withdrawn.
    pub withdrawn: bool,
}

impl Notice {
    /// Neither void nor withdrawn.
    pub fn is_valid(&self) -> bool {
        self.void.is_none() && !self.withdrawn
    }
}

/// Where enforcement of one breach stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachStanding {
    /// Which breach.
    pub breach: Breach,
    /// The term, if it runs.
    pub term: Option<DueDate>,
    /// The day the term was met, in time or not.
    pub met_on: Option<Date>,
    /// How far it has come.
    pub state: Enforcement,
    /// All notices, in order of posting.
    pub notices: Vec<Notice>,
    /// The notice that counts, an index of `notices`.
    pub current_notice: Option<usize>,
    /// The additional term, once the notice is delivered.
    pub cure: Option<DueDate>,
    /// The day of refusal.
    pub refusal_on: Option<Date>,
    /// The day of the transfer that counts.
    pub transferred_on: Option<Date>,
    /// The service target for the transfer, while refused.
    pub transfer: Option<DueDate>,
    /// The term for the defence, once invited.
    pub defence: Option<DueDate>,
    /// The term for payment of the latest fine that stands.
    pub payment: Option<DueDate>,
    /// The term for an appeal against it.
    pub appeal: Option<DueDate>,
    /// The term of the defence has ended.
    pub defence_ended: bool,
    /// What was paid of the latest fine that stands.
    pub paid: Cents,
    /// The day on which payment of it was last reminded of.
    pub reminded_on: Option<Date>,
    /// The fine is not paid in full, its term has ended, and nothing keeps it from being asked for.
    pub payment_overdue: bool,
    /// A judge suspended the latest fine, and the appeal is not decided.
    pub execution_suspended: bool,
    /// True when a person at the municipality established the refusal.
    pub established: bool,
    /// True when facts took away the ground of what was done (semantics.md 24).
    pub undone: bool,
    /// Fines, in order.
    pub fines: Vec<Fine>,
}

impl BreachStanding {
    /// True when the term was met by its due date.
    pub fn met_in_time(&self) -> bool {
        matches!((self.met_on, &self.term), (Some(met), Some(term)) if met <= term.due)
    }

    /// Every term that runs or ran for this breach, in the order of the procedure.
    pub fn terms(&self) -> impl Iterator<Item = &DueDate> {
        [&self.term, &self.cure, &self.transfer, &self.defence, &self.payment, &self.appeal].into_iter().flatten()
    }

    /// True when a fine still stands.
    pub fn has_standing_fine(&self) -> bool {
        self.fines.iter().any(|fine| fine.stands)
    }
}

/// What a person who is or was obliged has: terms, stage, enforcement (semantics.md 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// How far the person has come.
    pub stage: Stage,
    /// The end, if ended.
    pub closing: Option<Closing>,
    /// The earliest end other than by completion.
    pub closing_but_completion: Option<Closing>,
    /// The day of being struck off, while not returned.
    pub frozen_on: Option<Date>,
    /// The certificate of obligation that starts D-REGISTER.
    pub certificate_on: Option<Date>,
    /// True when the as-of day lies in a suspension.
    pub suspended: bool,
    /// Both breaches: NOT_REGISTERED, NOT_COMPLETED.
    pub breaches: [BreachStanding; 2],
}

impl Obligation {
    /// The standing of one breach.
    pub fn breach(&self, breach: Breach) -> &BreachStanding {
        match breach {
            Breach::NotRegistered => &self.breaches[0],
            Breach::NotCompleted => &self.breaches[1],
        }
    }

    /// The breach a line shows: NOT_COMPLETED if it has got anywhere, else NOT_REGISTERED.
    pub fn shown(&self) -> &BreachStanding {
        let completion = self.breach(Breach::NotCompleted);
        if completion.state == Enforcement::None { self.breach(Breach::NotRegistered) } else { completion }
    }

    /// True when closed otherwise than by completion, or frozen, by a day.
    pub fn stopped_by(&self, day: Date) -> bool {
        self.closing_but_completion.is_some_and(|closing| closing.on <= day)
            || self.frozen_on.is_some_and(|on| on <= day)
    }
}

/// Everything that follows for one person at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Id of the person's first check.
    pub subject: FactRef,
    /// The moment.
    pub at: Moment,
    /// Obliged, exempt, out of scope, or undecided.
    pub outcome: Outcome,
    /// The regime of the reference date, as known then.
    pub regime: Option<RegimeId>,
    /// First registration in the foreigners' register with a permit of more than three months (R-S2).
    pub reference_date: Option<Date>,
    /// The check that gives the reference date.
    pub base: FactRef,
    /// The latest check.
    pub status: FactRef,
    /// First day of the exemption, while exempt.
    pub exempt_from: Option<Date>,
    /// The last day of an exemption on evidence by which the person is exempt, once it is near (R-X3).
    pub exemption_ends: Option<Date>,
    /// The group by which a person who is not obliged may follow the programme, without terms and fines.
    pub entitled: Option<Code>,
    /// The language of letters, where known.
    pub letter_language: Option<LegalLanguage>,
    /// Present when the person is or was obliged.
    pub obligation: Option<Obligation>,
    /// First registration with an organiser.
    pub registered_on: Option<Date>,
    /// First contract.
    pub contract_on: Option<Date>,
    /// Organiser and track language of the latest registration or contract.
    pub track: Option<(Code, LegalLanguage)>,
    /// Sum of fines that stand, for a person who is or was obliged.
    pub fined: Cents,
    /// The next thing due.
    pub next: Option<Next>,
    /// What was asked for and is not decided, with the day it was asked.
    pub requests: Vec<(Asked, Date)>,
    /// Why a person should look, sorted; empty: no need.
    pub review: Vec<Review>,
    /// What a person should know before the next act, sorted.
    pub warnings: Vec<Warning>,
}
