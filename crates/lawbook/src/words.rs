//! The words that the files use for closed choices.

use crate::example::ExampleKind;
use traject_domain::law::{
    AgencyKind, Channel, ChannelNeed, Confidence, DeliveryProof, IncompleteBirthDate, LeapDayBirthday, LegalEffect,
    MaxAppliesTo, MetBy, MonthRule, Quality, RefusedSignature, SuspensionUnit, WrongLanguage,
};

/// A closed choice and its words.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// Every word, in the order shown to a reader.
    const WORDS: &'static [&'static str];
    /// Every value, in the order of the words.
    const VALUES: &'static [Self];

    /// Reads a word; `None` for anything else.
    fn read(text: &str) -> Option<Self> {
        let position = Self::WORDS.iter().position(|word| *word == text)?;
        Self::VALUES.get(position).copied()
    }

    /// The word of a value.
    fn word(self) -> &'static str {
        let position = Self::VALUES.iter().position(|value| *value == self);
        position.and_then(|position| Self::WORDS.get(position)).copied().unwrap_or_default()
    }
}

macro_rules! words {
    ($($name:ident { $($word:literal = $variant:ident),+ })+) => {$(
        impl Word for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
            const VALUES: &'static [Self] = &[$(Self::$variant),+];
        }
    )+};
}

words! {
    Confidence { "verified" = Verified, "secondary" = Secondary, "assumption" = Assumption }
    Channel { "organiser" = Organiser, "municipal_desk" = MunicipalDesk, "municipal_email" = MunicipalEmail }
    AgencyKind { "municipality" = Municipality, "organiser" = Organiser, "ggc" = Ggc }
    MonthRule { "eve_of_ordinal" = EveOfOrdinal, "same_day_number" = SameDayNumber }
    LeapDayBirthday { "1_march" = FirstOfMarch, "28_february" = TwentyEighthOfFebruary }
    IncompleteBirthDate { "ask_when_it_matters" = AskWhenItMatters, "mid_year" = MidYear }
    SuspensionUnit { "calendar_days" = CalendarDays, "months" = Months }
    MetBy { "registered" = Registered, "certificate_received" = CertificateReceived }
    MaxAppliesTo { "per_fine" = PerFine, "cumulative" = Cumulative, "unknown" = Unknown }
    Quality { "reliable" = Reliable, "unreliable" = Unreliable }
    WrongLanguage { "void" = Void, "stands" = Stands }
    LegalEffect { "service" = Service, "courtesy" = Courtesy }
    ChannelNeed {
        "address" = Address, "email" = Email, "number_and_consent" = NumberAndConsent, "presence" = Presence
    }
    DeliveryProof { "none" = None, "posting" = Posting, "signature" = Signature, "receipt" = Receipt }
    RefusedSignature { "counts_as_received" = CountsAsReceived, "not_received" = NotReceived }
    ExampleKind { "positive" = Positive, "negative" = Negative, "boundary" = Boundary }
}
