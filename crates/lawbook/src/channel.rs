//! The ways by which documents travel.

use crate::error::LawErrorCode as E;
use crate::files::{ChannelText, ChannelsFile, Text};
use crate::place::{Place, Result};
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::delivery::{AddressState, Channel, Document};
use traject_domain::law::{ChannelNeed, ChannelRule, DeliveryProof};

/// Every way, each with what it is worth.
pub(crate) fn channels(place: &Place<'_>, file: &ChannelsFile) -> Result<BTreeMap<Channel, ChannelRule>> {
    place.closed(&file.channels, Channel::ALL, Channel::code, |_, text| rule(place, text))
}

fn rule(place: &Place<'_>, text: &Spanned<ChannelText>) -> Result<ChannelRule> {
    let ChannelText { label, carries, addresses, presumed_delivery_working_days: days, .. } = &text.value;
    let rule = ChannelRule {
        label: place.label(label)?,
        legal_effect: place.word(&text.value.legal_effect)?,
        carries: listed(place, carries.as_ref(), "a document", Document::from_code)?,
        needs: place.word(&text.value.needs)?,
        addresses: listed(place, addresses.as_ref(), "a state of an address", AddressState::from_code)?,
        presumed_delivery_working_days: days.as_ref().map(|days| days.value),
        registered: text.value.registered,
        proof: place.word(&text.value.proof)?,
        refused_signature: text.value.refused_signature.as_ref().map(|word| place.word(word)).transpose()?,
        provenance: place.provenance(&text.value.provenance)?,
    };
    let fault = |what: &str| Err(place.error(E::BadValue, text, what));
    if (rule.needs == ChannelNeed::Address) == rule.addresses.is_empty() {
        return fault("addresses are named for a way that needs an address, and for no other");
    }
    if (rule.proof == DeliveryProof::Signature) != rule.refused_signature.is_some() {
        return fault("refused_signature is set for a way that is proven by a signature, and for no other");
    }
    if days.as_ref().is_some_and(|days| days.value == 0) {
        return fault("delivery is presumed on a working day after posting, from 1");
    }
    Ok(rule)
}

fn listed<T: Ord>(
    place: &Place<'_>,
    list: Option<&Spanned<Vec<Text>>>,
    expected: &str,
    read: fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>> {
    let Some(list) = list else { return Ok(BTreeSet::new()) };
    place.filled(list)?.iter().map(|text| place.value(text, expected, read)).collect()
}
