//! The port over a database.

use crate::connect::Db;
use crate::decisions;
use crate::entity::dossier;
use crate::error::{Failure, OpenError};
use crate::lists::{self, retried};
use crate::names;
use crate::read;
use crate::saved_filters;
use crate::section::LedgerSection;
use crate::work;
use crate::writer::{Context, Queue, find_requests};
use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, Statement};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::JoinHandle;
use traject_app::error::{CommitError, ReadError};
use traject_app::ids::{DeliveryId, DossierId, FactId, SavedFilterId, WorkItemId};
use traject_app::model::{
    Actor, Channel, Command, Committed, Decision, Delivery, DeliveryEvent, DeliveryMove, DeliveryQueue, DeliveryState,
    Dossier, DossierRow, Identity, RenderedDocument, Request, WorkItem,
};
use traject_app::port::{Backlog, Clock, DossierFilter, KnownNumber, Store};
use traject_app::search::NamedDossier;
use traject_app::work::{LongestDue, SavedFilter, WorkAnswer, WorkCount, WorkEvent, WorkFilter, WorkStep};
use traject_codec::Salts;
use traject_domain::Date;
use traject_domain::fact::FactRef;
use traject_domain::municipality::Municipality;
use traject_domain::national_number::NationalNumber;
use uuid::Uuid;

/// What a store is given beside its database.
#[derive(Clone)]
pub struct Options {
    /// Tells when facts are received, and on which day.
    pub clock: Arc<dyn Clock>,
    /// Salts the parts of facts.
    pub salts: Arc<dyn Salts>,
    /// How many commands may wait for the writer; beyond it they are refused as exhausted.
    pub queue: usize,
    /// Connections that read, at least 1.
    pub readers: u32,
}

impl Options {
    /// Room for 1,024 waiting commands, and eight readers.
    pub fn new(clock: Arc<dyn Clock>, salts: Arc<dyn Salts>) -> Self {
        Self { clock, salts, queue: 1024, readers: 8 }
    }
}

/// The record on SQLite or PostgreSQL.
pub struct SqlStore {
    pub(crate) db: Arc<Db>,
    queue: Queue,
    writer: JoinHandle<()>,
}

/// Opens a database: `sqlite:PATH` (made if missing, its directory locked for this process) or `postgres://…`.
/// Brings the schema up to date and starts the writer; needs a tokio runtime.
///
/// # Errors
/// [`OpenError`], with a stable [code](OpenError::code).
pub async fn open(url: &str, options: Options) -> Result<SqlStore, OpenError> {
    let db = Arc::new(Db::open(url, options.readers.max(1)).await?);
    let context = Context { db: Arc::clone(&db), clock: options.clock, salts: options.salts };
    let (queue, writer) = Queue::start(context, options.queue);
    Ok(SqlStore { db, queue, writer })
}

impl SqlStore {
    /// Commits what waits, ends the writer, and closes every connection.
    ///
    /// # Errors
    /// [`ReadError`] when the database does not close; everything acknowledged is durable regardless.
    pub async fn close(self) -> Result<(), ReadError> {
        drop(self.queue);
        self.writer.await.map_err(|error| ReadError::Corrupt(Box::new(error)))?;
        Ok(self.db.close().await.map_err(Failure::from)?)
    }
}

impl SqlStore {
    /// The ledger from the first of some facts to the head of the day of the last of them; none when one of them is not in
    /// the ledger, or there are none.
    ///
    /// # Errors
    /// [`ReadError`] when the database does not answer, or a row does not read.
    pub async fn section(&self, facts: &[FactId]) -> Result<Option<LedgerSection>, ReadError> {
        Ok(crate::section::section(&self.db.reader, facts).await?)
    }

    /// What the database's clock shows; none for an SQLite file, which has no clock of its own.
    ///
    /// # Errors
    /// [`ReadError`] when the database does not answer.
    pub async fn database_now(&self) -> Result<Option<Timestamp>, ReadError> {
        if !self.db.is_postgres() {
            return Ok(None);
        }
        let read = async {
            let sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS micros";
            let row = self.db.reader.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
            let micros: i64 = row.ok_or(crate::error::Corrupt("clock"))?.try_get("", "micros")?;
            Ok::<_, Failure>(Timestamp::from_microsecond(micros).map_err(|_| crate::error::Corrupt("clock"))?)
        };
        Ok(Some(read.await?))
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn commit(&self, command: Command) -> Result<Committed, CommitError> {
        self.queue.commit(command).await
    }

    async fn committed(&self, request: &Request) -> Result<Option<Committed>, CommitError> {
        let mut found = find_requests(&self.db.reader, &[request]).await?;
        found.pop().flatten().transpose()
    }

    async fn dossier(&self, id: DossierId) -> Result<Option<Dossier>, ReadError> {
        let read = async {
            let tx = self.db.begin_read().await?;
            let head: Vec<_> = dossier::Entity::find_by_id(id.0).one(&tx).await?.into_iter().collect();
            let dossier = read::dossiers(&tx, &head).await?.pop();
            tx.commit().await?;
            Ok::<_, Failure>(dossier)
        };
        Ok(read.await?)
    }

    async fn find_number(&self, number: NationalNumber) -> Result<Option<DossierId>, ReadError> {
        Ok(read::known_numbers(&self.db.reader, &[number]).await?.pop().map(|known| known.dossier))
    }

    async fn numbers(&self, numbers: &[NationalNumber]) -> Result<Vec<KnownNumber>, ReadError> {
        Ok(read::known_numbers(&self.db.reader, numbers).await?)
    }

    async fn dossiers(&self, ids: &[DossierId]) -> Result<Vec<Dossier>, ReadError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let read = async {
            let tx = self.db.begin_read().await?;
            let heads = read::heads_of(&tx, &ids).await?;
            let dossiers = read::dossiers(&tx, &heads).await?;
            tx.commit().await?;
            Ok::<_, Failure>(dossiers)
        };
        Ok(read.await?)
    }

    async fn known_references(&self, references: &[FactRef]) -> Result<HashSet<FactRef>, ReadError> {
        Ok(read::known_references(&self.db.reader, references).await?)
    }

    async fn identity(&self, id: DossierId) -> Result<Option<Identity>, ReadError> {
        let read = async {
            let tx = self.db.begin_read().await?;
            let identity = read::identity(&tx, id).await?;
            tx.commit().await?;
            Ok::<_, Failure>(identity)
        };
        Ok(read.await?)
    }

    async fn named(&self, wanted: &[String], limit: usize) -> Result<Vec<NamedDossier>, ReadError> {
        let read = async {
            let tx = self.db.begin_read().await?;
            let named = names::named(&tx, wanted, limit).await?;
            tx.commit().await?;
            Ok::<_, Failure>(named)
        };
        Ok(read.await?)
    }

    async fn list(
        &self,
        filter: &DossierFilter,
        after: Option<DossierId>,
        limit: usize,
    ) -> Result<Vec<DossierRow>, ReadError> {
        let read = async {
            let tx = self.db.begin_read().await?;
            let heads = read::filtered_heads(&tx, filter, after, limit).await?;
            let rows = read::rows_of(&tx, &heads).await?;
            tx.commit().await?;
            Ok::<_, Failure>(rows)
        };
        Ok(read.await?)
    }

    async fn scan(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<Dossier>, ReadError> {
        let read = async {
            let tx = self.db.begin_read().await?;
            let heads = read::heads(&tx, after, limit).await?;
            let dossiers = read::dossiers(&tx, &heads).await?;
            tx.commit().await?;
            Ok::<_, Failure>(dossiers)
        };
        Ok(read.await?)
    }

    async fn waking(&self, today: Date, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError> {
        Ok(read::waking(&self.db.reader, today, after, limit).await?)
    }

    async fn stale(&self, after: Option<DossierId>, limit: usize) -> Result<Vec<DossierId>, ReadError> {
        Ok(read::stale(&self.db.reader, after, limit).await?)
    }

    async fn work(
        &self,
        filter: &WorkFilter,
        after: Option<(Date, WorkItemId)>,
        limit: usize,
    ) -> Result<Vec<WorkItem>, ReadError> {
        Ok(work::work_items(&self.db.reader, filter, after, limit).await?)
    }

    async fn work_item(&self, id: WorkItemId) -> Result<Option<WorkItem>, ReadError> {
        Ok(work::work_one(&self.db.reader, id).await?)
    }

    async fn update_work(&self, steps: &[WorkStep], actor: &str, now: Timestamp) -> Result<Vec<WorkAnswer>, ReadError> {
        Ok(retried(|| work::update_work(&self.db, steps, actor, now)).await?)
    }

    async fn work_events(&self, id: WorkItemId, after: u64, limit: usize) -> Result<Vec<WorkEvent>, ReadError> {
        Ok(work::work_events(&self.db.reader, id, after, limit).await?)
    }

    async fn count_work(&self, filter: &WorkFilter, limit: usize) -> Result<Vec<WorkCount>, ReadError> {
        Ok(work::count_work(&self.db.reader, filter, limit).await?)
    }

    async fn longest_due(&self, today: Date) -> Result<Vec<LongestDue>, ReadError> {
        Ok(work::longest_due(&self.db.reader, today).await?)
    }

    async fn save_filter(&self, filter: &SavedFilter) -> Result<SavedFilter, ReadError> {
        Ok(retried(|| saved_filters::save(&self.db, filter)).await?)
    }

    async fn saved_filters(
        &self,
        actor: &Actor,
        after: Option<SavedFilterId>,
        limit: usize,
    ) -> Result<Vec<SavedFilter>, ReadError> {
        Ok(saved_filters::seen(&self.db.reader, actor, after, limit).await?)
    }

    async fn saved_filter(&self, id: SavedFilterId) -> Result<Option<SavedFilter>, ReadError> {
        Ok(saved_filters::one(&self.db.reader, id).await?)
    }

    async fn delete_filter(&self, id: SavedFilterId) -> Result<(), ReadError> {
        Ok(retried(|| saved_filters::delete(&self.db, id)).await?)
    }

    async fn release_backlog(&self, municipality: Option<Municipality>) -> Result<u64, ReadError> {
        Ok(retried(|| work::release_backlog(&self.db, municipality)).await?)
    }

    async fn backlog(&self, today: Date) -> Result<Vec<Backlog>, ReadError> {
        Ok(work::backlog(&self.db.reader, today).await?)
    }

    async fn deliveries(
        &self,
        channel: Option<Channel>,
        state: DeliveryState,
        after: Option<(Timestamp, DeliveryId)>,
        limit: usize,
    ) -> Result<Vec<Delivery>, ReadError> {
        Ok(lists::deliveries(&self.db.reader, channel, state, after, limit).await?)
    }

    async fn deliveries_of(&self, id: DossierId) -> Result<Vec<Delivery>, ReadError> {
        Ok(lists::deliveries_of(&self.db.reader, id).await?)
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, ReadError> {
        Ok(lists::delivery_one(&self.db.reader, id).await?)
    }

    async fn move_delivery(&self, id: DeliveryId, by: &DeliveryMove) -> Result<bool, ReadError> {
        Ok(retried(|| lists::move_delivery(&self.db, id, by)).await?)
    }

    async fn delivery_events(&self, id: DeliveryId) -> Result<Vec<DeliveryEvent>, ReadError> {
        Ok(lists::delivery_events(&self.db.reader, id).await?)
    }

    async fn delivery_queue(&self) -> Result<Vec<DeliveryQueue>, ReadError> {
        Ok(lists::delivery_queue(&self.db.reader).await?)
    }

    async fn document(&self, id: DeliveryId) -> Result<Option<RenderedDocument>, ReadError> {
        Ok(lists::document(&self.db.reader, id).await?)
    }

    async fn put_law(&self, hash: [u8; 32], content: &[u8], now: Timestamp) -> Result<(), ReadError> {
        Ok(retried(|| decisions::put_law(&self.db, hash, content, now)).await?)
    }

    async fn law(&self, hash: [u8; 32]) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(decisions::law(&self.db.reader, hash).await?)
    }

    async fn laws(&self) -> Result<Vec<[u8; 32]>, ReadError> {
        Ok(decisions::laws(&self.db.reader).await?)
    }

    async fn decision(&self, fact: FactId) -> Result<Option<Decision>, ReadError> {
        Ok(decisions::decision(&self.db.reader, fact).await?)
    }

    async fn decisions_of(&self, ids: &[DossierId]) -> Result<Vec<Decision>, ReadError> {
        Ok(decisions::decisions_of(&self.db.reader, ids).await?)
    }

    async fn head(&self) -> Result<u64, ReadError> {
        Ok(lists::head(&self.db.reader).await?)
    }

    async fn ready(&self) -> Result<(), ReadError> {
        let read = async {
            lists::head(&self.db.reader).await?;
            // Takes the lock that a write needs, and writes nothing.
            Ok::<_, Failure>(self.db.begin_write().await?.rollback().await?)
        };
        Ok(read.await?)
    }
}
