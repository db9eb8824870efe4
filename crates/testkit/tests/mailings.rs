//! The record of mailings in memory keeps the promises of one.

use std::sync::Arc;
use traject_testkit::contract::mailings::MailingFixture;
use traject_testkit::memory_mailings::MemoryMailings;

async fn memory() -> Option<MailingFixture> {
    Some(MailingFixture::new(Arc::new(MemoryMailings::default()), ()))
}

traject_testkit::mailing_suite!(memory);
