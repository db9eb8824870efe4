//! The in-memory store keeps the promises of a store.

use std::sync::Arc;
use traject_testkit::FixedClock;
use traject_testkit::contract::{Fixture, TODAY};
use traject_testkit::memory::MemoryStore;

async fn memory() -> Option<Fixture> {
    let clock = Arc::new(FixedClock::on(TODAY));
    let store = MemoryStore::new(clock.clone());
    Some(Fixture::new(Arc::new(store), clock, ()))
}

traject_testkit::store_suite!(memory);
