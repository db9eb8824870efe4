//! Opening a database: the lock on the data directory, the migrations, one writer and a pool of readers.

use crate::error::OpenError;
use crate::migration::migrate;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use std::fs::File;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

/// How long SQLite waits for another program's lock, such as that of a backup.
const BUSY: Duration = Duration::from_secs(5);

/// Connections that PostgreSQL's writer side has: the writer, and one for changes outside the ledger.
const POSTGRES_WRITERS: u32 = 2;

/// An open database.
pub(crate) struct Db {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    /// Held while the store is open; the system releases it when the process ends, however it ends.
    _lock: Option<File>,
}

impl Db {
    /// Locks, migrates and connects.
    pub(crate) async fn open(url: &str, readers: u32) -> Result<Self, OpenError> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url, readers).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, readers).await
        } else {
            Err(OpenError::Url)
        }
    }

    async fn open_sqlite(url: &str, readers: u32) -> Result<Self, OpenError> {
        let parsed = SqliteConnectOptions::from_str(url).map_err(|_| OpenError::Url)?;
        let lock = lock_directory(parsed.get_filename())?;
        let mut writer = options(url, 1);
        writer.map_sqlx_sqlite_opts(|from| sqlite(from).create_if_missing(true));
        let writer = Database::connect(writer).await?;
        migrate(&writer).await?;
        let mut reader = options(url, readers);
        reader.map_sqlx_sqlite_opts(|from| sqlite(from).read_only(true));
        let reader = Database::connect(reader).await?;
        Ok(Self { writer, reader, _lock: Some(lock) })
    }

    async fn open_postgres(url: &str, readers: u32) -> Result<Self, OpenError> {
        let migrator = Database::connect(options(url, 1)).await?;
        let migrated = migrate(&migrator).await;
        migrator.close().await?;
        migrated?;
        let writer = Database::connect(options(url, POSTGRES_WRITERS)).await?;
        let reader = Database::connect(options(url, readers)).await?;
        Ok(Self { writer, reader, _lock: None })
    }

    /// True on PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// A transaction that writes: READ COMMITTED on PostgreSQL, immediate on SQLite.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
        self.writer.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }

    /// A transaction whose reads all see one moment.
    pub(crate) async fn begin_read(&self) -> Result<DatabaseTransaction, DbErr> {
        let isolation_level = self.is_postgres().then_some(IsolationLevel::RepeatableRead);
        self.reader.begin_with_options(TransactionOptions { isolation_level, ..Default::default() }).await
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.reader.close_by_ref().await?;
        self.writer.close_by_ref().await
    }
}

/// Neither statements nor their values go to a log: they hold personal data.
fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

fn sqlite(from: SqliteConnectOptions) -> SqliteConnectOptions {
    from.journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        // Temporary files would lie outside the data directory, and may hold pages with names.
        .pragma("temp_store", "MEMORY")
}

/// Makes the directory of the database file, and locks it for this process.
fn lock_directory(database: &Path) -> Result<File, OpenError> {
    let directory = database.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(OpenError::DataDir)?;
    let lock = File::create(directory.join("traject.lock")).map_err(OpenError::DataDir)?;
    lock.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => OpenError::DataDirLocked,
        std::fs::TryLockError::Error(error) => OpenError::DataDir(error),
    })?;
    Ok(lock)
}
