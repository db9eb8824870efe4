//! The values that a document is filled with: one typed slot each, by the name that texts and structures use.
//!
//! Everything in a document that is a date, an amount, a term or a legal ground is a slot, filled by the caller from the
//! standing and the law; no text holds one.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::labels::Label;
use traject_domain::law::Length;
use traject_domain::money::Cents;

use crate::context::{Offer, PerLanguage};

/// The place for one value of a type.
#[derive(Debug)]
pub struct Slot<T> {
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

// Derived, these would ask the same of T.
impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T> Slot<T> {
    /// Its name, as texts and structures write it.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// A value of any type that a slot may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Date(Date),
    Length(Length),
    Amount(Cents),
    PerLanguage(PerLanguage),
    Label(Label),
    Plain(String),
    Count(u32),
    Offers(Vec<Offer>),
    Language(LegalLanguage),
}

/// The type of a slot's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Date,
    Length,
    Amount,
    PerLanguage,
    Label,
    Plain,
    Count,
    Offers,
    Language,
}

mod sealed {
    pub trait Sealed {}
}

/// A type that a slot may have.
pub trait SlotValue: sealed::Sealed + Sized {
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
    const KIND: Kind;
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
    fn wrap(self) -> Value;
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
    fn unwrap(value: &Value) -> Option<&Self>;
}

macro_rules! slot_values {
    ($($type:ty => $kind:ident),+ $(,)?) => {
        $(impl sealed::Sealed for $type {}

        impl SlotValue for $type {
            #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
            const KIND: Kind = Kind::$kind;

            #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
            fn wrap(self) -> Value {
                Value::$kind(self)
            }

            #[expect(private_interfaces, reason = "the trait is sealed: nobody outside names what it is made of")]
            fn unwrap(value: &Value) -> Option<&Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }
        })+
    };
}

slot_values! {
    Date => Date,
    Length => Length,
    Cents => Amount,
    PerLanguage => PerLanguage,
    Label => Label,
    String => Plain,
    u32 => Count,
    Vec<Offer> => Offers,
    LegalLanguage => Language,
}

/// Declares the slots: the name in texts is the constant's in lower case.
macro_rules! slots {
    ($($(#[$meta:meta])* $constant:ident: $type:ty = $name:literal;)+) => {
        $($(#[$meta])* pub const $constant: Slot<$type> = Slot { name: $name, of: PhantomData };)+

        /// Every slot by name, with the type of its value.
        pub(crate) const SLOTS: &[(&str, Kind)] = &[$(($name, <$type as SlotValue>::KIND)),+];
    };
}

slots! {
    /// D-REGISTER: from receipt of the certificate of obligation to registration.
    REGISTER_TERM: Length = "register_term";
    /// The last day to register, suspensions and rolling included.
    REGISTER_DUE: Date = "register_due";
    /// When the certificate of obligation was received.
    CERTIFICATE_RECEIVED_ON: Date = "certificate_received_on";
    /// D-COMPLETE: from registration to completion.
    COMPLETE_TERM: Length = "complete_term";
    /// The last day to complete, suspensions and rolling included.
    COMPLETE_DUE: Date = "complete_due";
    /// When the person registered with an organiser for the first time.
    REGISTERED_ON: Date = "registered_on";
    /// D-CURE: from the formal notice to refusal.
    CURE_TERM: Length = "cure_term";
    /// The last day to put right what a formal notice is about.
    CURE_DUE: Date = "cure_due";
    /// When the formal notice was posted.
    NOTICE_POSTED_ON: Date = "notice_posted_on";
    /// When the formal notice was delivered, or is presumed to have been.
    NOTICE_DELIVERED_ON: Date = "notice_delivered_on";
    /// When the formal notice was withdrawn.
    NOTICE_WITHDRAWN_ON: Date = "notice_withdrawn_on";
    /// The lowest fine.
    FINE_MIN: Cents = "fine_min";
    /// The highest fine.
    FINE_MAX: Cents = "fine_max";
    /// The fine that was decided.
    FINE_AMOUNT: Cents = "fine_amount";
    /// The day of the decision to fine.
    FINE_DECIDED_ON: Date = "fine_decided_on";
    /// The day of an earlier fine for the same breach.
    EARLIER_FINE_ON: Date = "earlier_fine_on";
    /// The day on which a fine was withdrawn.
    FINE_WITHDRAWN_ON: Date = "fine_withdrawn_on";
    /// The term to pay.
    FINE_TERM: Length = "fine_term";
    /// The last day to pay.
    FINE_DUE: Date = "fine_due";
    /// The term to appeal.
    APPEAL_TERM: Length = "appeal_term";
    /// The last day to appeal.
    APPEAL_DUE: Date = "appeal_due";
    /// With whom to appeal.
    APPEAL_BODY: Label = "appeal_body";
    /// The term to send a defence.
    DEFENCE_TERM: Length = "defence_term";
    /// The last day to send a defence.
    DEFENCE_DUE: Date = "defence_due";
    /// The target for the transfer to the GGC.
    TRANSFER_TERM: Length = "transfer_term";
    /// The day of the transfer to the GGC.
    TRANSFERRED_ON: Date = "transferred_on";
    /// The day on which the refusal is dated.
    REFUSAL_ON: Date = "refusal_on";
    /// The day of the hearing.
    HEARING_ON: Date = "hearing_on";
    /// The hour of the hearing (Europe/Brussels), as it is to be printed: `14:00`.
    HEARING_TIME: String = "hearing_time";
    /// Address and room of the hearing.
    HEARING_PLACE: String = "hearing_place";
    /// What the language of an interpreter is called.
    INTERPRETER_LANGUAGE: Label = "interpreter_language";
    /// The reference that a payment must carry.
    PAYMENT_REFERENCE: String = "payment_reference";
    /// The account to pay to (IBAN), in groups of four.
    PAYMENT_ACCOUNT: String = "payment_account";
    /// To whom the account belongs.
    PAYMENT_PAYEE: PerLanguage = "payment_payee";
    /// What the law calls the ground of a suspension, an exemption or a refusal.
    GROUND: Label = "ground";
    /// Why it was decided so: a sentence or more.
    REASON: Label = "reason";
    /// When the person asked for what is decided.
    REQUESTED_ON: Date = "requested_on";
    /// The first day.
    FROM: Date = "from";
    /// The last day.
    UNTIL: Date = "until";
    /// The last day of the term after it was lengthened.
    EXTENSION_UNTIL: Date = "extension_until";
    /// The organisers to choose from.
    OFFERS: Vec<Offer> = "offers";
    /// The track that stands first among the offers, in every passage: by lot, and recorded by the caller. Not filled:
    /// the track in the language of the passage stands first.
    OFFERS_FIRST: LegalLanguage = "offers_first";
    /// The name of the organiser.
    ORGANISER: PerLanguage = "organiser";
    /// The language of the track.
    TRACK: LegalLanguage = "track";
    /// When the contract was signed, or is to be.
    CONTRACT_ON: Date = "contract_on";
    /// When the programme was completed.
    COMPLETED_ON: Date = "completed_on";
    /// A language level, as the framework of reference writes it: `A2`.
    LEVEL: String = "level";
    /// Hours of citizenship training.
    CITIZENSHIP_HOURS: u32 = "citizenship_hours";
    /// Hours of language course.
    LANGUAGE_HOURS: u32 = "language_hours";
    /// The legal ground, as the law's data cites it.
    LEGAL_GROUND: Label = "legal_ground";
    /// From the date of the letter to the due date.
    DAYS_LEFT: Length = "days_left";
}

/// The slot of a name with its place in the list, which a mask of slots uses.
pub(crate) fn find(name: &str) -> Option<(usize, &'static str, Kind)> {
    SLOTS.iter().enumerate().find(|(_, (known, _))| *known == name).map(|(index, (known, kind))| (index, *known, *kind))
}

/// The values of one document, by slot. Debug output names the slots only: values may be personal data.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Values(BTreeMap<&'static str, Value>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Values {
    /// No value yet.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Fills a slot; an earlier value of it is replaced.
    pub fn set<T: SlotValue>(&mut self, slot: Slot<T>, value: T) -> &mut Self {
        self.0.insert(slot.name, value.wrap());
        self
    }

    /// Fills a slot when there is a value.
    pub fn set_some<T: SlotValue>(&mut self, slot: Slot<T>, value: Option<T>) -> &mut Self {
        if let Some(value) = value {
            self.set(slot, value);
        }
        self
    }

    /// Empties a slot.
    pub fn unset<T>(&mut self, slot: Slot<T>) -> &mut Self {
        self.0.remove(slot.name);
        self
    }

    /// The value of a slot.
    pub fn get<T: SlotValue>(&self, slot: Slot<T>) -> Option<&T> {
        self.0.get(slot.name).and_then(T::unwrap)
    }

    /// The names of the filled slots, in alphabetical order.
    pub fn names(&self) -> BTreeSet<&'static str> {
        self.0.keys().copied().collect()
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_names_of_their_own_and_fit_a_mask() {
        let names: BTreeSet<&str> = SLOTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), SLOTS.len());
        assert!(SLOTS.len() <= 60, "a mask of 64 bits keeps four for the breaches");
    }

    #[test]
    fn a_value_comes_back_from_its_slot_and_debug_output_hides_it() {
        let mut values = Values::new();
        values.set(PAYMENT_ACCOUNT, "BE00 1234".to_owned()).set(CITIZENSHIP_HOURS, 50);
        assert_eq!(values.get(CITIZENSHIP_HOURS), Some(&50));
        assert_eq!(values.get(LEVEL), None);
        assert_eq!(format!("{values:?}"), "{\"citizenship_hours\", \"payment_account\"}");
        assert_eq!(values.unset(CITIZENSHIP_HOURS).get(CITIZENSHIP_HOURS), None);
    }
}
