//! Codes of the domain and enumerations of the wire: the same words, so that one rule converts them all.

use traject_app::{mailing, search};
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::fact::{AppealOutcome, InformationItem, ReturnReason};
use traject_domain::law::{Channel, Literacy};
use traject_domain::office::IntakeCategory;
use traject_domain::sanction::{AppealKind, TransferGap};
use traject_domain::standing::{ClosingReason, Enforcement, NextCode, Outcome, Stage, Turn};
use traject_proto::traject::{act, check, delivery, dossier, mailing as mailings, office, r#type as shared, work};

/// An enumeration of the wire that stands for codes of the domain: `D-REGISTER` is `NEXT_CODE_D_REGISTER`.
pub(crate) trait Wire: Sized + Copy + Into<i32> {
    /// The domain's type.
    type Domain: 'static;
    /// What every name begins with.
    const PREFIX: &'static str;

    /// The value of this name.
    fn named(name: &str) -> Option<Self>;
    /// The name of this value.
    fn name(self) -> &'static str;
    /// The code of a value of the domain.
    fn code(domain: &Self::Domain) -> &'static str;
    /// The values of the domain.
    fn all() -> &'static [Self::Domain];

    /// The wire's number for a value of the domain.
    fn of(domain: &Self::Domain) -> i32 {
        let name = wire_name::<Self>(domain);
        // A test walks through every value of every enumeration.
        Self::named(&name).expect("every code of the domain is on the wire").into()
    }

    /// The domain's value for the wire's; `None` for the unspecified one.
    fn read(self) -> Option<&'static Self::Domain> {
        Self::all().iter().find(|domain| wire_name::<Self>(domain) == self.name())
    }
}

fn wire_name<W: Wire>(domain: &W::Domain) -> String {
    format!("{}_{}", W::PREFIX, W::code(domain).to_ascii_uppercase().replace('-', "_"))
}

/// One line for each pair.
macro_rules! pairs {
    ($($wire:ty = $domain:ty, $prefix:literal;)+) => {
        $(impl Wire for $wire {
            type Domain = $domain;
            const PREFIX: &'static str = $prefix;

            fn named(name: &str) -> Option<Self> {
                Self::from_str_name(name)
            }
            fn name(self) -> &'static str {
                self.as_str_name()
            }
            fn code(domain: &$domain) -> &'static str {
                domain.code()
            }
            fn all() -> &'static [$domain] {
                <$domain>::ALL
            }
        })+

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_code_of_the_domain_is_on_the_wire_and_comes_back() {
                $(for domain in <$domain>::ALL {
                    let wire = <$wire>::try_from(<$wire>::of(domain)).expect("a value of the enumeration");
                    assert_eq!(wire.read(), Some(domain));
                })+
            }
        }
    };
}

pairs! {
    shared::v1::Language = LegalLanguage, "LANGUAGE";
    shared::v1::Breach = Breach, "BREACH";
    shared::v1::Stage = Stage, "STAGE";
    shared::v1::ClosingReason = ClosingReason, "CLOSING_REASON";
    shared::v1::Enforcement = Enforcement, "ENFORCEMENT";
    shared::v1::NextCode = NextCode, "NEXT_CODE";
    check::v1::InformationItem = InformationItem, "INFORMATION_ITEM";
    act::v1::ReturnReason = ReturnReason, "RETURN_REASON";
    act::v1::AppealOutcome = AppealOutcome, "APPEAL_OUTCOME";
    act::v1::AppealKind = AppealKind, "APPEAL_KIND";
    act::v1::TransferGap = TransferGap, "TRANSFER_GAP";
    shared::v1::EvidenceChannel = Channel, "EVIDENCE_CHANNEL";
    office::v1::IntakeCategory = IntakeCategory, "INTAKE_CATEGORY";
    office::v1::Literacy = Literacy, "LITERACY";
    delivery::v1::Document = traject_domain::delivery::Document, "DOCUMENT";
    delivery::v1::DeliveryChannel = traject_domain::delivery::Channel, "DELIVERY_CHANNEL";
    delivery::v1::DeliveryReason = traject_domain::delivery::DeliveryReason, "DELIVERY_REASON";
    delivery::v1::DeliveryState = traject_domain::delivery::DeliveryState, "DELIVERY_STATE";
    work::v1::WorkDesk = traject_app::model::WorkDesk, "WORK_DESK";
    work::v1::WorkAction = traject_app::work::WorkAction, "WORK_ACTION";
    dossier::v1::MatchReason = search::MatchReason, "MATCH_REASON";
    mailings::v1::Purpose = mailing::Purpose, "PURPOSE";
    mailings::v1::MailingState = mailing::MailingState, "MAILING_STATE";
    mailings::v1::SourceKind = mailing::SourceKind, "SOURCE_KIND";
    mailings::v1::Reason = mailing::Reason, "REASON";
    mailings::v1::preference::Kind = mailing::PreferenceKind, "KIND";
    mailings::v1::preference::Source = mailing::preference::PreferenceSource, "SOURCE";
    mailings::v1::row_duplicate::Sameness = mailing::check::Sameness, "SAMENESS";
}

/// The wire's number for an optional value; 0, unspecified, for none.
pub(crate) fn optional<W: Wire>(domain: Option<&W::Domain>) -> i32 {
    domain.map_or(0, W::of)
}

/// The outcome on the wire.
pub(crate) fn outcome(outcome: &Outcome) -> i32 {
    outcome_of(outcome.word())
}

/// The outcome of a stored word; unspecified for a dossier without a check.
pub(crate) fn outcome_of(word: &str) -> i32 {
    let name = format!("OUTCOME_{}", word.to_ascii_uppercase());
    shared::v1::Outcome::from_str_name(&name).unwrap_or(shared::v1::Outcome::Unspecified).into()
}

/// The stored word of an outcome; `None` for the unspecified one.
pub(crate) fn outcome_word(outcome: shared::v1::Outcome) -> Option<&'static str> {
    match outcome {
        shared::v1::Outcome::Unspecified => None,
        shared::v1::Outcome::Obliged => Some("obliged"),
        shared::v1::Outcome::Exempt => Some("exempt"),
        shared::v1::Outcome::NotInScope => Some("not_in_scope"),
        shared::v1::Outcome::Undecided => Some("undecided"),
    }
}

/// Whose turn it is, on the wire.
pub(crate) fn turn(turn: Turn) -> i32 {
    let wire = match turn {
        Turn::Newcomer => shared::v1::Turn::Newcomer,
        Turn::Municipality => shared::v1::Turn::Municipality,
        Turn::Ggc => shared::v1::Turn::Ggc,
    };
    wire.into()
}
