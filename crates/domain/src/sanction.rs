//! What the GGC does beside the steps that move a dossier up the ladder of enforcement (law.md § 7).

use crate::code::{Code, closed_codes};
use crate::money::Cents;

/// Why the GGC decides as it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// Of [`crate::law::CodeList::DecisionReasons`], in the order in which the letter gives them.
    pub reasons: Vec<Code>,
    /// What was weighed, of [`crate::law::CodeList::Circumstances`].
    pub weighed: Vec<Code>,
}

closed_codes! {
    /// What an appeal asks for (law.md R-F7).
    AppealKind {
        /// That the decision be annulled.
        Annulment = "annulment",
        /// That it have no effect until then as well.
        Suspension = "suspension",
    }
}

closed_codes! {
    /// What a transfer may lack, before the GGC goes on with it (the readiness gate).
    TransferGap {
        /// No valid notice was delivered.
        NoticeNotServed = "notice_not_served",
        /// The notice was in one language, and the person's is not known.
        NoticeLanguage = "notice_language",
        /// The notice counts as delivered by presumption only.
        DeliveryPresumed = "delivery_presumed",
        /// The additional term has not ended.
        CureRunning = "cure_running",
        /// The person had asked for a place in time, and waited for one.
        WaitingList = "waiting_list",
        /// A suspension lay in the term or in the additional term.
        Suspension = "suspension",
        /// A request for an exemption or a suspension is not decided.
        RequestUndecided = "request_undecided",
        /// Nobody has looked at what the law of the deployment wants weighed, such as the person's health.
        CircumstancesNotWeighed = "circumstances_not_weighed",
        /// No person at the municipality established the refusal.
        RefusalNotEstablished = "refusal_not_established",
    }
}

/// A step at the GGC about one breach. Some go along with a step of the ladder and say more of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SanctionStep {
    /// With a returned transfer: what it lacks.
    TransferLacks(Vec<TransferGap>),
    /// With a hearing: what was said. It may tell of a person's health.
    MinutesTaken(Box<str>),
    /// What was weighed, before or with a decision, and why the GGC decides so.
    GroundsStated(Grounds),
    /// With an appeal: what it asks for.
    AppealAsks(AppealKind),
    /// The person did not come to the hearing.
    HearingMissed,
    /// A part of the fine was paid, or all of it.
    PaymentReceived(Cents),
    /// The person was reminded of the fine.
    PaymentReminded,
    /// The fine went to those who recover it.
    RecoveryHandedOver,
    /// The fine is given up.
    FineWrittenOff {
        /// Why, of [`crate::law::CodeList::WriteOffReasons`].
        reason: Code,
    },
    /// A judge suspended the decision: until the appeal is decided nothing is asked for.
    ExecutionSuspended,
}

impl SanctionStep {
    /// Every [`SanctionStep::name`].
    pub const NAMES: [&'static str; 10] = [
        "transfer_lacks",
        "minutes_taken",
        "grounds_stated",
        "appeal_asks",
        "hearing_missed",
        "payment_received",
        "payment_reminded",
        "recovery_handed_over",
        "fine_written_off",
        "execution_suspended",
    ];

    /// The one name of the step.
    pub const fn name(&self) -> &'static str {
        let place = match self {
            Self::TransferLacks(_) => 0,
            Self::MinutesTaken(_) => 1,
            Self::GroundsStated(_) => 2,
            Self::AppealAsks(_) => 3,
            Self::HearingMissed => 4,
            Self::PaymentReceived(_) => 5,
            Self::PaymentReminded => 6,
            Self::RecoveryHandedOver => 7,
            Self::FineWrittenOff { .. } => 8,
            Self::ExecutionSuspended => 9,
        };
        Self::NAMES[place]
    }

    /// What the step says beyond its name: codes, an amount in euro cents, a reason; never what was said at a hearing.
    pub fn detail(&self) -> String {
        let joined = |codes: &mut dyn Iterator<Item = &str>| codes.collect::<Vec<_>>().join(";");
        match self {
            Self::TransferLacks(gaps) => joined(&mut gaps.iter().map(|gap| gap.code())),
            Self::GroundsStated(grounds) => {
                joined(&mut grounds.reasons.iter().chain(&grounds.weighed).map(Code::as_str))
            }
            Self::AppealAsks(kind) => kind.to_string(),
            Self::PaymentReceived(amount) => amount.0.to_string(),
            Self::FineWrittenOff { reason } => reason.to_string(),
            _ => String::new(),
        }
    }
}
