//! The desk as a way out: the document is made, and waits until a clerk records that it was handed over.

use crate::clock::brussels_day;
use async_trait::async_trait;
use jiff::Timestamp;
use traject_app::channel::{Capabilities, ChannelAdapter, Departure, Outcome, Parcel};
use traject_app::model::{Channel, Delivery};

/// The counter.
pub struct Counter;

#[async_trait]
impl ChannelAdapter for Counter {
    fn channels(&self) -> &[Channel] {
        &[Channel::Desk]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            cancel_until_cut_off: true,
            idempotent_key: true,
            delivery_proof: true,
            ..Capabilities::default()
        }
    }

    fn departure(&self, now: Timestamp) -> Departure {
        Departure { on: brussels_day(now), batch: None }
    }

    /// Never: a person hands it over.
    fn is_due(&self, _: &Delivery, _: Timestamp) -> bool {
        false
    }

    async fn send(&self, _: &Parcel, now: Timestamp) -> Outcome {
        Outcome::Deferred { until: now }
    }
}
