//! Stores on throw-away databases.
#![expect(dead_code, reason = "each test binary uses some of these")]

use std::path::Path;
use std::sync::Arc;
use traject_store::{OpenError, Options, SqlStore, open};
use traject_testkit::contract::{Fixture, TODAY};
use traject_testkit::memory::MemoryStore;
use traject_testkit::{FixedClock, SeededSalts, postgres};

pub(crate) fn options(clock: Arc<FixedClock>) -> Options {
    Options::new(clock, Arc::new(SeededSalts::new(1)))
}

pub(crate) fn sqlite_url(directory: &Path) -> String {
    format!("sqlite:{}", directory.join("traject.db").display())
}

pub(crate) async fn open_sqlite(directory: &Path) -> Result<SqlStore, OpenError> {
    open(&sqlite_url(directory), options(Arc::new(FixedClock::on(TODAY)))).await
}

pub(crate) fn postgres_url() -> Option<String> {
    postgres::server().map(|server| server.database().expect("a database"))
}

pub(crate) async fn memory() -> Option<Fixture> {
    let clock = Arc::new(FixedClock::on(TODAY));
    Some(Fixture::new(Arc::new(MemoryStore::new(clock.clone())), clock, ()))
}

pub(crate) async fn sqlite() -> Option<Fixture> {
    let directory = tempfile::tempdir().expect("a directory");
    let clock = Arc::new(FixedClock::on(TODAY));
    let store = open(&sqlite_url(directory.path()), options(clock.clone())).await.expect("opens");
    Some(Fixture::new(Arc::new(store), clock, directory))
}

pub(crate) async fn postgres() -> Option<Fixture> {
    let url = postgres_url()?;
    let clock = Arc::new(FixedClock::on(TODAY));
    let store = open(&url, options(clock.clone())).await.expect("opens");
    Some(Fixture::new(Arc::new(store), clock, ()))
}
