//! What tests share: a fixed clock, seeded ids and salts, an in-memory store, a throw-away PostgreSQL, and the contract
//! suite that every store passes.
//!
//! May depend on the app's ports, the codec's salts, the domain, and test libraries. Must never be part of a released
//! binary: it is a dev-dependency only.

pub mod bench;
pub mod contract;
pub mod facts;
pub mod memory;
pub mod memory_mailings;
mod memory_work;
pub mod postgres;

use jiff::Timestamp;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use traject_app::port::{Clock, Ids};
use traject_codec::{NoRandomness, Salt, Salts};
use traject_domain::Date;
use uuid::Uuid;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows noon in Brussels on a day.
    pub fn on(day: Date) -> Self {
        Self(Mutex::new(noon(day)))
    }

    /// Shows another moment.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("no test panics while it holds the clock") = now;
    }

    /// Shows noon in Brussels on another day.
    pub fn set_day(&self, day: Date) {
        self.set(noon(day));
    }
}

fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).in_tz("Europe/Brussels").expect("noon exists on every day").timestamp()
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics while it holds the clock")
    }

    fn today(&self) -> Date {
        self.now().in_tz("Europe/Brussels").expect("the zone is bundled").date()
    }
}

/// Ids in the form of UUIDv7 that follow from a seed: the same again in every run.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    count: AtomicU64,
}

impl SeededIds {
    /// Ids of a seed; different seeds give different ids.
    pub fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 16];
        // A time that grows with the count, from 2022-01-01 in milliseconds.
        bytes[..6].copy_from_slice(&(1_640_995_200_000 + count).to_be_bytes()[2..]);
        bytes[6..14].copy_from_slice(&mix(self.seed ^ count.rotate_left(32)).to_be_bytes());
        bytes[14..].copy_from_slice(&self.seed.to_be_bytes()[6..]);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Uuid::from_bytes(bytes)
    }
}

/// Salts that follow from a seed.
#[derive(Debug)]
pub struct SeededSalts(AtomicU64);

impl SeededSalts {
    /// Salts of a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Salts for SeededSalts {
    fn next(&self) -> Result<Salt, NoRandomness> {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let mut salt = Salt::default();
        salt[..8].copy_from_slice(&mix(count).to_be_bytes());
        salt[8..].copy_from_slice(&mix(!count).to_be_bytes());
        Ok(salt)
    }
}

/// Spreads the bits of a counter (the finisher of SplitMix64).
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
