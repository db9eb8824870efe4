//! Documents and the ways by which they reach a person: the closed lists that law data, letters and deliveries share.

use crate::code::{Breach, closed_codes};
use crate::fact::FactKind;
use crate::law::AgencyKind;
use crate::office::ProgrammeStep;
use crate::sanction::SanctionStep;

closed_codes! {
    /// The documents that a person receives. The code is also the folder of the document's texts.
    Document {
        /// Certificate of obligation (attest tot verplichting, attestation d'obligation).
        CertificateOfObligation = "certificate_of_obligation",
        /// Information sheet on the Dutch and the French offer, neutral between them.
        InformationSheet = "information_sheet",
        /// Certificate of registration with an organiser (attest van aanmelding).
        CertificateOfRegistration = "certificate_of_registration",
        /// Contract with an organiser.
        Contract = "contract",
        /// Certificate of follow-up (attest van het volgen, attestation de suivi).
        CertificateOfFollowUp = "certificate_of_follow_up",
        /// Certificate of completion (attest van beëindiging).
        CertificateOfCompletion = "certificate_of_completion",
        /// A suspension is granted.
        SuspensionGranted = "suspension_granted",
        /// A suspension is refused, with reasons and appeal notice.
        SuspensionRefused = "suspension_refused",
        /// An exemption is granted.
        ExemptionGranted = "exemption_granted",
        /// An exemption is refused, with reasons and appeal notice.
        ExemptionRefused = "exemption_refused",
        /// A due date comes near: for information, before anything is late.
        DueDateReminder = "due_date_reminder",
        /// Formal notice after a lapse (aanmaning, mise en demeure).
        FormalNotice = "formal_notice",
        /// A notice is withdrawn.
        NoticeWithdrawal = "notice_withdrawal",
        /// The refusal is established, and the dossier goes to the GGC.
        RefusalAndTransfer = "refusal_and_transfer",
        /// Invitation to a hearing by the GGC.
        HearingInvitation = "hearing_invitation",
        /// The GGC fines.
        FineDecision = "fine_decision",
        /// The GGC decides not to fine.
        NoFineDecision = "no_fine_decision",
        /// The GGC withdraws a fine.
        FineWithdrawal = "fine_withdrawal",
        /// A fine is not paid in time.
        PaymentReminder = "payment_reminder",
    }
}

impl Document {
    /// Whether it is about one of the two breaches.
    pub const fn concerns_breach(self) -> bool {
        match self {
            Self::DueDateReminder
            | Self::FormalNotice
            | Self::NoticeWithdrawal
            | Self::RefusalAndTransfer
            | Self::HearingInvitation
            | Self::FineDecision
            | Self::NoFineDecision
            | Self::FineWithdrawal
            | Self::PaymentReminder => true,
            Self::CertificateOfObligation
            | Self::InformationSheet
            | Self::CertificateOfRegistration
            | Self::Contract
            | Self::CertificateOfFollowUp
            | Self::CertificateOfCompletion
            | Self::SuspensionGranted
            | Self::SuspensionRefused
            | Self::ExemptionGranted
            | Self::ExemptionRefused => false,
        }
    }

    /// Who issues it (law.md § 6 and 7).
    pub const fn issuer(self) -> AgencyKind {
        match self {
            Self::CertificateOfRegistration
            | Self::Contract
            | Self::CertificateOfFollowUp
            | Self::CertificateOfCompletion => AgencyKind::Organiser,
            Self::HearingInvitation
            | Self::FineDecision
            | Self::NoFineDecision
            | Self::FineWithdrawal
            | Self::PaymentReminder => AgencyKind::Ggc,
            Self::CertificateOfObligation
            | Self::InformationSheet
            | Self::SuspensionGranted
            | Self::SuspensionRefused
            | Self::ExemptionGranted
            | Self::ExemptionRefused
            | Self::DueDateReminder
            | Self::FormalNotice
            | Self::NoticeWithdrawal
            | Self::RefusalAndTransfer => AgencyKind::Municipality,
        }
    }

    /// Whether it is a paper that others ask the person for, and that they may want to check.
    pub const fn is_certificate(self) -> bool {
        matches!(
            self,
            Self::CertificateOfObligation
                | Self::CertificateOfRegistration
                | Self::CertificateOfFollowUp
                | Self::CertificateOfCompletion
        )
    }

    /// Whether it is an act that the law asks for; anything else informs, and a person may do without it.
    pub const fn is_legal_act(self) -> bool {
        !matches!(self, Self::InformationSheet | Self::DueDateReminder)
    }
}

/// The step of law that a delivery serves: a document, and the breach where it is about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegalStep {
    document: Document,
    breach: Option<Breach>,
}

impl LegalStep {
    /// The step of a document; `None` when the breach is missing, or given for a document that is about neither.
    pub const fn new(document: Document, breach: Option<Breach>) -> Option<Self> {
        if document.concerns_breach() == breach.is_some() { Some(Self { document, breach }) } else { None }
    }

    /// The certificate of obligation, with which every obligation begins.
    pub const CERTIFICATE: Self = Self { document: Document::CertificateOfObligation, breach: None };

    /// The formal notice for a breach.
    pub const fn notice(breach: Breach) -> Self {
        Self { document: Document::FormalNotice, breach: Some(breach) }
    }

    /// The step that a fact tells the person of, if it is one that a document goes with.
    pub const fn told_by(fact: &FactKind) -> Option<Self> {
        use Document as D;
        let (document, breach) = match fact {
            FactKind::SuspensionGranted { .. } => (D::SuspensionGranted, None),
            FactKind::SuspensionRefused { .. } => (D::SuspensionRefused, None),
            FactKind::ExemptionGranted { .. } => (D::ExemptionGranted, None),
            FactKind::ExemptionRefused { .. } => (D::ExemptionRefused, None),
            FactKind::Registered { .. } => (D::CertificateOfRegistration, None),
            FactKind::ContractSigned { .. } => (D::Contract, None),
            FactKind::Programme { step: ProgrammeStep::FollowUpCertified, .. } => (D::CertificateOfFollowUp, None),
            FactKind::Completed { .. } => (D::CertificateOfCompletion, None),
            FactKind::NoticePosted { breach, .. } => (D::FormalNotice, Some(*breach)),
            FactKind::NoticeWithdrawn(breach) => (D::NoticeWithdrawal, Some(*breach)),
            FactKind::Transferred(breach) => (D::RefusalAndTransfer, Some(*breach)),
            FactKind::HearingInvited(breach, _) => (D::HearingInvitation, Some(*breach)),
            FactKind::Fined(breach, _) => (D::FineDecision, Some(*breach)),
            FactKind::DecidedNoFine(breach) => (D::NoFineDecision, Some(*breach)),
            FactKind::FineWithdrawn(breach) => (D::FineWithdrawal, Some(*breach)),
            FactKind::Sanction(breach, SanctionStep::PaymentReminded) => (D::PaymentReminder, Some(*breach)),
            _ => return None,
        };
        Self::new(document, breach)
    }

    /// Every step.
    pub fn all() -> impl Iterator<Item = Self> {
        let breaches = || [None].into_iter().chain(Breach::ALL.iter().copied().map(Some));
        Document::ALL.iter().flat_map(move |document| breaches().filter_map(|breach| Self::new(*document, breach)))
    }

    /// Its document.
    pub const fn document(self) -> Document {
        self.document
    }

    /// The breach it is about.
    pub const fn breach(self) -> Option<Breach> {
        self.breach
    }
}

closed_codes! {
    /// By which way a document travels. What each is worth in law is data (`config/law/channels.yaml`).
    Channel {
        /// On paper, by ordinary post, printed from the print folder.
        Letter = "letter",
        /// On paper, by registered post.
        RegisteredLetter = "registered_letter",
        /// By e-mail.
        Email = "email",
        /// Handed over at the desk.
        Desk = "desk",
        /// In the electronic mailbox of the federal government.
        Ebox = "ebox",
    }
}

closed_codes! {
    /// The state of a delivery (design.md, Deliveries); `InDoubt` waits for a person and is never sent again by itself.
    DeliveryState {
        /// To be made.
        Created = "created",
        /// The document is made.
        Rendered = "rendered",
        /// Waits to be sent.
        Queued = "queued",
        /// Is being sent.
        Sending = "sending",
        /// The other side has taken it over.
        Accepted = "accepted",
        /// Arrived.
        Delivered = "delivered",
        /// Not sent; it will be tried again.
        TemporaryFailure = "temporary-failure",
        /// Not sent, and not tried again by itself.
        PermanentFailure = "permanent-failure",
        /// Came back.
        Returned = "returned",
        /// Stopped before it left.
        Cancelled = "cancelled",
        /// It may have left or not: a person has to find out.
        InDoubt = "in-doubt",
        /// In the print folder.
        Printed = "printed",
        /// Handed to the post.
        Posted = "posted",
    }
}

closed_codes! {
    /// What is known of a person's address, as far as paper is concerned. Which of these may receive paper is data
    /// (`config/law/channels.yaml`).
    AddressState {
        /// Street and city are known, and nothing speaks against them.
        Known = "known",
        /// Street or city is missing.
        Incomplete = "incomplete",
        /// The person was struck off the register, and has not come back.
        StruckOff = "struck_off",
        /// The person has a reference address and lives elsewhere or nowhere.
        ReferenceAddress = "reference_address",
        /// An earlier letter to this same address came back: unknown there.
        ReturnedUnknown = "returned_unknown",
    }
}

closed_codes! {
    /// Why a delivery stands as it does: why it was refused before sending, failed, came back, or is held to have arrived.
    DeliveryReason {
        /// What it was to say no longer holds.
        GroundGone = "ground_gone",
        /// The letter that this would be a copy of is gone.
        LetterGone = "letter_gone",
        /// A person stopped it.
        Stopped = "stopped",
        /// The law does not let this document travel by this way.
        NotCarried = "not_carried",
        /// The agency does not write in this language, or no longer the person's.
        WrongLanguage = "wrong_language",
        /// Its texts or its values are not there.
        DocumentNotReady = "document_not_ready",
        /// The letter fonts do not cover a name or an address.
        UncoveredName = "uncovered_name",
        /// The address lacks a street or a city.
        AddressIncomplete = "address_incomplete",
        /// The person was struck off the register.
        AddressStruckOff = "address_struck_off",
        /// The person has a reference address only.
        AddressReference = "address_reference",
        /// An earlier letter to this address came back.
        AddressReturned = "address_returned",
        /// No e-mail address is known.
        NoEmailAddress = "no_email_address",
        /// The person has not agreed to receive mail in the electronic mailbox, or has none.
        NoConsent = "no_consent",
        /// No adapter for this way is configured.
        ChannelOff = "channel_off",
        /// The provider does not answer.
        ProviderAway = "provider_away",
        /// The provider refused it for now.
        ProviderBusy = "provider_busy",
        /// The provider refused it for good.
        ProviderRefused = "provider_refused",
        /// It was tried as often as it may be.
        AttemptsUsedUp = "attempts_used_up",
        /// It was handed over, and no answer came.
        NoAnswer = "no_answer",
        /// It was being sent when the program ended.
        Interrupted = "interrupted",
        /// The mail house could not print it.
        PrintFailed = "print_failed",
        /// Not collected.
        Unclaimed = "unclaimed",
        /// Not known at that address.
        UnknownAddress = "unknown_address",
        /// The mailbox is unknown, or refuses for good.
        MailboxRefused = "mailbox_refused",
        /// The other side is still trying.
        Delayed = "delayed",
        /// A receipt or a signature shows that it arrived.
        Proven = "proven",
        /// Held to have arrived, since it was posted and did not come back.
        Presumed = "presumed",
        /// Handed over and signed for.
        Signed = "signed",
        /// Offered at the desk, and the signature was refused.
        SignatureRefused = "signature_refused",
        /// A person sends it once more.
        Resent = "resent",
    }
}

impl DeliveryReason {
    /// Why an address keeps paper from being sent; `None` for one that is known.
    pub const fn of_address(state: AddressState) -> Option<Self> {
        match state {
            AddressState::Known => None,
            AddressState::Incomplete => Some(Self::AddressIncomplete),
            AddressState::StruckOff => Some(Self::AddressStruckOff),
            AddressState::ReferenceAddress => Some(Self::AddressReference),
            AddressState::ReturnedUnknown => Some(Self::AddressReturned),
        }
    }
}

impl DeliveryState {
    /// Whether it has left, or may have: what is told of it from outside from then on.
    pub const fn has_left(self) -> bool {
        match self {
            Self::Accepted | Self::Delivered | Self::Returned | Self::InDoubt | Self::Printed | Self::Posted => true,
            Self::Created
            | Self::Rendered
            | Self::Queued
            | Self::Sending
            | Self::TemporaryFailure
            | Self::PermanentFailure
            | Self::Cancelled => false,
        }
    }

    /// Whether it waits for the program.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Created | Self::Rendered | Self::Queued | Self::TemporaryFailure)
    }
}
