//! SQLite and PostgreSQL keep the promises of a record of mailings.

mod common;

use std::sync::Arc;
use traject_store::open;
use traject_testkit::FixedClock;
use traject_testkit::contract::TODAY;
use traject_testkit::contract::mailings::MailingFixture;

mod sqlite {
    use super::*;

    async fn sqlite() -> Option<MailingFixture> {
        let directory = tempfile::tempdir().expect("a directory");
        let store = common::open_sqlite(directory.path()).await.expect("opens");
        Some(MailingFixture::new(Arc::new(store), directory))
    }

    traject_testkit::mailing_suite!(sqlite);
}

mod postgres {
    use super::*;

    async fn postgres() -> Option<MailingFixture> {
        let url = common::postgres_url()?;
        let store = open(&url, common::options(Arc::new(FixedClock::on(TODAY)))).await.expect("opens");
        Some(MailingFixture::new(Arc::new(store), ()))
    }

    traject_testkit::mailing_suite!(postgres);
}
