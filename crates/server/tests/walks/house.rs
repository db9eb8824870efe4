//! A desk over a record in memory or in a database, on a clock that the walk moves.

use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use traject_app::Desk;
use traject_app::desk::{KnownLaw, facts_of};
use traject_app::letters::Sending;
use traject_app::model::{Decision, Dossier, StandingRow};
use traject_app::port::{Clock as _, Store};
use traject_domain::Date;
use traject_lawbook::LawText;
use traject_server::ENGINE;
use traject_server::law::{StoredLaws, known};
use traject_store::{Rebuild, SqlStore};
use traject_testkit::memory::MemoryStore;
use traject_testkit::{FixedClock, SeededIds, SeededSalts};

/// The law is read once for all walks.
static LAW: LazyLock<Arc<KnownLaw>> =
    LazyLock::new(|| Arc::new(known(&LawText::embedded()).expect("the law ships with the program")));

/// Where the record of a walk lies.
pub(crate) enum Place {
    Memory,
    Sqlite(TempDir),
    /// An empty database.
    Postgres(String),
}

impl Place {
    fn url(&self) -> Option<String> {
        match self {
            Self::Memory => None,
            Self::Sqlite(directory) => Some(format!("sqlite:{}", directory.path().join("traject.db").display())),
            Self::Postgres(url) => Some(url.clone()),
        }
    }
}

/// A deployment of one walk.
pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<FixedClock>,
    place: Place,
    database: Option<Arc<SqlStore>>,
}

impl House {
    pub(crate) async fn open(place: Place, seed: u64, day: Date) -> Self {
        let clock = Arc::new(FixedClock::on(day));
        let mut house = Self {
            desk: Desk {
                law: Arc::clone(&LAW),
                laws: Arc::new(StoredLaws),
                engine: ENGINE.into(),
                store: Arc::new(MemoryStore::new(Arc::<FixedClock>::clone(&clock) as _)),
                clock: Arc::<FixedClock>::clone(&clock) as _,
                ids: Arc::new(SeededIds::new(seed)),
                sending: Sending { copies_by_email: true, ..Sending::default() },
            },
            clock,
            place,
            database: None,
        };
        house.connect().await;
        let law = &house.desk.law;
        house.desk.store.put_law(law.hash, &law.content, house.clock.now()).await.expect("the law is kept");
        house
    }

    async fn connect(&mut self) {
        let Some(url) = self.place.url() else { return };
        let salts = SeededSalts::new(self.desk.ids.next().as_u64_pair().1);
        let options = traject_store::Options::new(Arc::<FixedClock>::clone(&self.clock) as _, Arc::new(salts));
        let options = traject_store::Options { readers: 1, ..options };
        let store = Arc::new(traject_store::open(&url, options).await.expect("the database opens"));
        self.desk.store = Arc::<SqlStore>::clone(&store) as _;
        self.database = Some(store);
    }

    async fn disconnect(&mut self) {
        let nothing: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::<FixedClock>::clone(&self.clock) as _));
        if let Some(store) = self.database.take() {
            self.desk.store = nothing;
            Arc::into_inner(store).expect("nobody else has it").close().await.expect("the database closes");
        }
    }

    /// Closes the database and opens it again; what lies in memory stays as it is.
    pub(crate) async fn reopen(&mut self) {
        self.disconnect().await;
        self.connect().await;
    }

    /// Verifies the record, as `traject verify` does, and closes it.
    pub(crate) async fn close(mut self) {
        if let Some(store) = &self.database {
            let report = store.verify(&Again(&self.desk)).await.expect("the record reads");
            assert_eq!(report.difference, None);
            assert_eq!(report.decisions, report.replayed, "every decision is made again");
        }
        self.disconnect().await;
    }
}

/// Makes standings and decisions again under the one law of the walk.
struct Again<'a>(&'a Desk);

impl Rebuild for Again<'_> {
    fn standing(&self, dossier: &Dossier) -> Option<StandingRow> {
        let row = dossier.standing.as_ref()?;
        Some(self.0.assess(&facts_of(dossier), row.as_of).row)
    }

    fn digest(&self, dossier: &Dossier, decision: &Decision) -> Option<[u8; 32]> {
        Some(self.0.made_again(dossier, decision).digest)
    }
}
