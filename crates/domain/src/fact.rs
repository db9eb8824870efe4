//! Facts: what an agency reports to have happened, and when it knew.

use crate::Date;
use crate::code::{Breach, Code, LegalLanguage, closed_codes};
use crate::extract::Extract;
use crate::law::Channel;
use crate::money::Cents;
use crate::municipality::Municipality;
use crate::office::ProgrammeStep;
use crate::sanction::SanctionStep;
use jiff::civil::Time;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The reporting agency's own reference of a fact (a check id, an event id): unique within one ledger.
///
/// Ordered by its bytes; the order breaks ties between facts of one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactRef(Arc<str>);

impl FactRef {
    /// Takes the reference as it is.
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FactRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The internal key of one identification number. Which number it is, only the identity vault knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberKey(pub Uuid);

/// One reported fact about one person. Immutable; a wrong one is retracted by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The reporting agency's reference.
    pub reference: FactRef,
    /// The number under which it was reported.
    pub number: NumberKey,
    /// The civil day it happened, in Brussels.
    pub occurred_on: Date,
    /// The civil day the reporting agency knew, in Brussels.
    pub known_on: Date,
    /// The reporting agency, free text in an import.
    pub agency: Code,
    /// What happened.
    pub kind: FactKind,
}

closed_codes! {
    /// Items of the information that a municipality owes (law.md § 6 step 2).
    InformationItem {
        /// The information brochure.
        Brochure = "brochure",
        /// The multilingual site was pointed out.
        Website = "website",
        /// The Dutch-language offer was explained orally.
        OralNl = "oral_nl",
        /// The French-language offer was explained orally.
        OralFr = "oral_fr",
    }
}

closed_codes! {
    /// Why a letter came back.
    ReturnReason {
        /// Not collected: counts as delivered.
        Unclaimed = "unclaimed",
        /// Not known at that address: starts no term.
        UnknownAddress = "unknown_address",
    }
}

closed_codes! {
    /// How an appeal against a fine ended.
    AppealOutcome {
        /// The fine stands.
        Upheld = "upheld",
        /// The fine is annulled.
        Annulled = "annulled",
    }
}

/// Where a person moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Another municipality of the Region.
    Brussels(Municipality),
    /// Flanders or Wallonia: `BE-VLG`, `BE-WAL`.
    OtherRegion(Code),
    /// A country, ISO 3166-1 alpha-2.
    Abroad(Code),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brussels(municipality) => municipality.fmt(f),
            Self::OtherRegion(code) | Self::Abroad(code) => code.fmt(f),
        }
    }
}

/// When and where a person is to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// The civil day.
    pub on: Date,
    /// The time of day, in Brussels, to the minute.
    pub at: Time,
    /// The address and the room, as the invitation gives them.
    pub place: String,
    /// The language of the interpreter who will be there, ISO 639-1.
    pub interpreter: Option<Code>,
}

/// What a person asks the municipality for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// An exemption, a code of the law's exemptions.
    Exemption(Code),
    /// A suspension, a code of the law's suspensions.
    Suspension(Code),
}

impl Asked {
    /// The code that is asked for.
    pub const fn code(&self) -> &Code {
        match self {
            Self::Exemption(code) | Self::Suspension(code) => code,
        }
    }

    /// What a decision answers; `None` for any other fact.
    pub fn answered_by(kind: &FactKind) -> Option<Self> {
        match kind {
            FactKind::ExemptionGranted { code, .. } | FactKind::ExemptionRefused { code, .. } => {
                Some(Self::Exemption(code.clone()))
            }
            FactKind::SuspensionGranted { code, .. } | FactKind::SuspensionRefused { code, .. } => {
                Some(Self::Suspension(code.clone()))
            }
            _ => None,
        }
    }
}

/// The kinds of fact. The ledger, the import format and the calls all speak these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKind {
    /// A municipality read its register: the check.
    Checked(Box<Extract>),
    /// Brochure, site or oral explanation given, in a language if recorded.
    InformationGiven {
        /// Language spoken, ISO 639-1.
        spoken: Option<Code>,
        /// What was given; never empty.
        items: Vec<InformationItem>,
    },
    /// The newcomer received the certificate of obligation.
    CertificateReceived,
    /// An exemption on evidence, from `occurred_on` through `until` (permanent without).
    ExemptionGranted {
        /// A code of the law's exemptions.
        code: Code,
        /// Last day.
        until: Option<Date>,
    },
    /// A suspension, from `occurred_on` through `until`.
    SuspensionGranted {
        /// A code of the law's suspensions.
        code: Code,
        /// Last day.
        until: Date,
    },
    /// The municipality refused an exemption that was asked for.
    ExemptionRefused {
        /// A code of the law's exemptions.
        code: Code,
        /// Why, of [`crate::law::CodeList::RefusalReasons`].
        reason: Code,
    },
    /// The municipality refused a suspension that was asked for.
    SuspensionRefused {
        /// A code of the law's suspensions.
        code: Code,
        /// Why, of [`crate::law::CodeList::RefusalReasons`].
        reason: Code,
    },
    /// Evidence for an exemption or a suspension came in, and waits for a decision.
    Requested {
        /// What is asked for.
        asked: Asked,
        /// By which door.
        channel: Channel,
    },
    /// A step of the programme at an organiser.
    Programme {
        /// The organiser.
        organiser: Code,
        /// Which step.
        step: ProgrammeStep,
    },
    /// A step at the GGC.
    Sanction(Breach, SanctionStep),
    /// A dated request that an organiser answered with its waiting list.
    WaitingListJoined {
        /// The organiser.
        organiser: Code,
    },
    /// The municipality received the certificate of registration.
    RegistrationCertificateReceived {
        /// The issuing organiser.
        organiser: Code,
    },
    /// The municipality received the certificate of completion.
    CompletionCertificateReceived {
        /// The issuing organiser.
        organiser: Code,
    },
    /// Registered with an organiser.
    Registered {
        /// The organiser.
        organiser: Code,
        /// Language of the track; independent of the organiser.
        track: LegalLanguage,
    },
    /// The contract was signed.
    ContractSigned {
        /// The organiser.
        organiser: Code,
        /// Language of the track.
        track: LegalLanguage,
    },
    /// The programme was completed.
    Completed {
        /// The organiser.
        organiser: Code,
    },
    /// A formal notice was posted.
    NoticePosted {
        /// For which breach.
        breach: Breach,
        /// Language of the letter; absent: the right one.
        language: Option<LegalLanguage>,
    },
    /// A formal notice was delivered.
    NoticeDelivered(Breach),
    /// A formal notice came back.
    NoticeReturned(Breach, ReturnReason),
    /// A formal notice was withdrawn.
    NoticeWithdrawn(Breach),
    /// A person at the municipality established the refusal.
    RefusalEstablished(Breach),
    /// The dossier was transferred to the GGC.
    Transferred(Breach),
    /// The GGC returned the transfer.
    TransferReturned(Breach),
    /// The GGC invited the person to a hearing; without the hearing where only the invitation was reported.
    HearingInvited(Breach, Option<Box<Hearing>>),
    /// A written defence arrived.
    DefenceReceived(Breach),
    /// The person was heard.
    Heard(Breach),
    /// The GGC decided not to fine.
    DecidedNoFine(Breach),
    /// The GGC fined.
    Fined(Breach, Cents),
    /// The fine was paid.
    FinePaid(Breach),
    /// An appeal was lodged.
    AppealLodged(Breach),
    /// The GGC withdrew its fines for the breach.
    FineWithdrawn(Breach),
    /// The appeal was decided.
    AppealDecided(Breach, AppealOutcome),
    /// Moved.
    Moved(Destination),
    /// Came back to the Region, or re-registered after being struck off.
    Returned(Municipality),
    /// Removed ex officio from the register.
    StruckOff,
    /// The right of residence ended.
    PermitLost,
    /// Became a Belgian national.
    BecameBelgian,
    /// Died.
    Died,
    /// From then on the person has another number; both stay valid keys.
    NumberReplaced(NumberKey),
    /// The named fact was wrong.
    Retracted(FactRef),
}

/// What a fact's columns `code`, `value` and `until` hold in the import format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Breach, organiser, ground or language; empty where the kind has none.
    pub code: String,
    /// Track, amount, destination and the like; empty where the kind has none.
    pub value: String,
    /// Last day of a period.
    pub until: Option<Date>,
}

impl FactKind {
    /// Every [`FactKind::name`].
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::OWN_NAMES.into_iter().chain(ProgrammeStep::NAMES).chain(SanctionStep::NAMES)
    }

    /// The names of kinds that are no step of a programme or at the GGC.
    const OWN_NAMES: [&'static str; 39] = [
        "checked",
        "information_given",
        "certificate_received",
        "exemption_granted",
        "suspension_granted",
        "exemption_refused",
        "suspension_refused",
        "exemption_requested",
        "suspension_requested",
        "waiting_list_joined",
        "registration_certificate_received",
        "completion_certificate_received",
        "registered",
        "contract_signed",
        "completed",
        "notice_posted",
        "notice_delivered",
        "notice_returned",
        "notice_withdrawn",
        "refusal_established",
        "transferred",
        "transfer_returned",
        "hearing_invited",
        "defence_received",
        "heard",
        "decided_no_fine",
        "fined",
        "fine_paid",
        "appeal_lodged",
        "fine_withdrawn",
        "appeal_decided",
        "moved",
        "returned",
        "struck_off",
        "permit_lost",
        "became_belgian",
        "died",
        "number_replaced",
        "retracted",
    ];

    /// The columns of the import format. A check has more columns than these, and a number is shown to nobody: both leave
    /// them empty.
    pub fn columns(&self) -> Columns {
        let columns = |code: &dyn fmt::Display, value: &dyn fmt::Display, until: Option<Date>| Columns {
            code: code.to_string(),
            value: value.to_string(),
            until,
        };
        match self {
            Self::Checked(_) | Self::NumberReplaced(_) => Columns::default(),
            Self::InformationGiven { spoken, items } => {
                let items: Vec<&str> = items.iter().map(|item| item.code()).collect();
                columns(&spoken.as_ref().map(Code::as_str).unwrap_or_default(), &items.join(";"), None)
            }
            Self::ExemptionGranted { code, until } => columns(code, &"", *until),
            Self::SuspensionGranted { code, until } => columns(code, &"", Some(*until)),
            Self::ExemptionRefused { code, reason } | Self::SuspensionRefused { code, reason } => {
                columns(code, reason, None)
            }
            Self::Requested { asked, channel } => columns(asked.code(), channel, None),
            Self::Programme { organiser, step } => columns(organiser, &step.detail(), None),
            Self::Sanction(breach, step) => columns(breach, &step.detail(), None),
            Self::WaitingListJoined { organiser }
            | Self::RegistrationCertificateReceived { organiser }
            | Self::CompletionCertificateReceived { organiser }
            | Self::Completed { organiser } => columns(organiser, &"", None),
            Self::Registered { organiser, track } | Self::ContractSigned { organiser, track } => {
                columns(organiser, track, None)
            }
            Self::NoticePosted { breach, language } => {
                columns(breach, &language.map(LegalLanguage::code).unwrap_or_default(), None)
            }
            Self::NoticeReturned(breach, reason) => columns(breach, reason, None),
            Self::Fined(breach, amount) => columns(breach, &amount.0, None),
            Self::AppealDecided(breach, outcome) => columns(breach, outcome, None),
            Self::Moved(destination) => columns(&"", destination, None),
            Self::Returned(municipality) => columns(&"", municipality, None),
            Self::Retracted(reference) => columns(&"", reference, None),
            Self::NoticeDelivered(breach)
            | Self::NoticeWithdrawn(breach)
            | Self::RefusalEstablished(breach)
            | Self::Transferred(breach)
            | Self::TransferReturned(breach)
            | Self::HearingInvited(breach, _)
            | Self::DefenceReceived(breach)
            | Self::Heard(breach)
            | Self::DecidedNoFine(breach)
            | Self::FinePaid(breach)
            | Self::AppealLodged(breach)
            | Self::FineWithdrawn(breach) => columns(breach, &"", None),
            Self::CertificateReceived | Self::StruckOff | Self::PermitLost | Self::BecameBelgian | Self::Died => {
                Columns::default()
            }
        }
    }

    /// The one name of the kind in the import format, the ledger and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Checked(_) => "checked",
            Self::InformationGiven { .. } => "information_given",
            Self::CertificateReceived => "certificate_received",
            Self::ExemptionGranted { .. } => "exemption_granted",
            Self::SuspensionGranted { .. } => "suspension_granted",
            Self::ExemptionRefused { .. } => "exemption_refused",
            Self::SuspensionRefused { .. } => "suspension_refused",
            Self::Requested { asked: Asked::Exemption(_), .. } => "exemption_requested",
            Self::Requested { asked: Asked::Suspension(_), .. } => "suspension_requested",
            Self::Programme { step, .. } => step.name(),
            Self::Sanction(_, step) => step.name(),
            Self::WaitingListJoined { .. } => "waiting_list_joined",
            Self::RegistrationCertificateReceived { .. } => "registration_certificate_received",
            Self::CompletionCertificateReceived { .. } => "completion_certificate_received",
            Self::Registered { .. } => "registered",
            Self::ContractSigned { .. } => "contract_signed",
            Self::Completed { .. } => "completed",
            Self::NoticePosted { .. } => "notice_posted",
            Self::NoticeDelivered(_) => "notice_delivered",
            Self::NoticeReturned(..) => "notice_returned",
            Self::NoticeWithdrawn(_) => "notice_withdrawn",
            Self::RefusalEstablished(_) => "refusal_established",
            Self::Transferred(_) => "transferred",
            Self::TransferReturned(_) => "transfer_returned",
            Self::HearingInvited(..) => "hearing_invited",
            Self::DefenceReceived(_) => "defence_received",
            Self::Heard(_) => "heard",
            Self::DecidedNoFine(_) => "decided_no_fine",
            Self::Fined(..) => "fined",
            Self::FinePaid(_) => "fine_paid",
            Self::AppealLodged(_) => "appeal_lodged",
            Self::FineWithdrawn(_) => "fine_withdrawn",
            Self::AppealDecided(..) => "appeal_decided",
            Self::Moved(_) => "moved",
            Self::Returned(_) => "returned",
            Self::StruckOff => "struck_off",
            Self::PermitLost => "permit_lost",
            Self::BecameBelgian => "became_belgian",
            Self::Died => "died",
            Self::NumberReplaced(_) => "number_replaced",
            Self::Retracted(_) => "retracted",
        }
    }
}
