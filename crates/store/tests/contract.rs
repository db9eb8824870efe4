//! SQLite and PostgreSQL keep the promises of a store, and answer as the store in memory does.

mod common;

mod sqlite {
    use super::common::{memory, sqlite};

    traject_testkit::store_suite!(sqlite);

    #[test]
    fn sqlite_answers_as_memory_does() {
        traject_testkit::contract::differential(48, || async { Some([memory().await?, sqlite().await?]) });
    }
}

mod postgres {
    use super::common::{memory, postgres};

    traject_testkit::store_suite!(postgres);

    #[test]
    fn postgres_answers_as_memory_does() {
        traject_testkit::contract::differential(12, || async { Some([memory().await?, postgres().await?]) });
    }
}
