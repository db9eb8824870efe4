//! Pages of the work list among 100,000 open items, each beside a bare query of the same rows on the same indexes.

use crate::figures::Figures;
use crate::measure::{Turns, millis, now};
use crate::{Plan, progress};
use anyhow::ensure;
use jiff::ToSpan as _;
use sqlx::types::time::Date;
use sqlx::{AssertSqlSafe, PgPool, Row as _, SqlitePool};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use traject_app::ids::WorkItemId;
use traject_app::model::{StandingRow, StandingUpdate, WorkChange, WorkDesk, WorkKind};
use traject_app::port::{Clock as _, Ids as _};
use traject_app::work::{Assigned, COUNTED_MAX, Days, WorkFilter, WorkStep, WorkUpdate};
use traject_codec::SystemSalts;
use traject_domain::code::Breach;
use traject_store::Options;
use traject_testkit::contract::{Fixture, TODAY, change, standing};
use traject_testkit::{FixedClock, facts, postgres};
use uuid::Uuid;

/// Open items.
const ITEMS: usize = 100_000;
/// The same, in a quick run.
const ITEMS_QUICK: usize = 10_000;
/// Items of a command, and of a batch of changes.
const GROUP: usize = 500;
/// Rows of a page, and the one that tells whether there is another.
const PAGE: usize = 51;

const KINDS: [WorkKind; 5] = [
    WorkKind::Inform,
    WorkKind::ReleaseNotice(Breach::NotRegistered),
    WorkKind::ReleaseNotice(Breach::NotCompleted),
    WorkKind::Undecided,
    WorkKind::Review,
];

/// What is asked of a store, and the same as a bare query.
struct Page {
    name: &'static str,
    filter: WorkFilter,
    sql: String,
}

/// The same database without a store.
enum Bare {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A store with its database.
struct Contender {
    name: &'static str,
    fixture: Fixture,
    bare: Bare,
}

/// Measures what is there; without a PostgreSQL that part is left out, loudly.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let items = if plan.quick { ITEMS_QUICK } else { ITEMS };
    figures.number("items", items as f64, "open items");
    let pages = pages();
    let contenders = runtime.block_on(prepare(plan, items))?;
    for contender in &contenders {
        for page in &pages {
            runtime.block_on(same_rows(contender, page))?;
        }
    }
    let mut turns = Turns::default();
    for round in 1..=plan.rounds {
        progress(&format!("work-list: round {round} of {}", plan.rounds));
        for contender in &contenders {
            runtime.block_on(one_round(contender, &pages, plan.length, &mut turns))?;
        }
    }
    for contender in &contenders {
        describe(contender.name, &pages, &turns, figures);
    }
    Ok(())
}

/// The default page of a municipality, and one with a filter on several columns.
fn pages() -> [Page; 2] {
    let town = facts::municipality(3);
    let first =
        WorkFilter { desk: Some(WorkDesk::Municipality), municipality: Some(town), ..WorkFilter::everything(TODAY) };
    let latest = TODAY.saturating_sub(30.days());
    let filtered = WorkFilter {
        kinds: vec![KINDS[1], KINDS[2]],
        assigned: Some(Assigned::ToNobody),
        held: Some(false),
        due_since: Days { from: None, to: Some(latest) },
        ..first.clone()
    };
    let sql = |more: &str| {
        format!(
            "SELECT id, dossier, kind, due_since, opened_on, held, assignee, snoozed_until, note, version, municipality, desk \
             FROM work_item WHERE is_open = TRUE AND desk = 'municipality' AND municipality = {town} \
             AND (snoozed_until IS NULL OR snoozed_until <= '{TODAY}') {more} ORDER BY due_since, id LIMIT {PAGE}"
        )
    };
    let more = format!(
        "AND kind IN ('release-notice/NOT_REGISTERED', 'release-notice/NOT_COMPLETED') AND assignee IS NULL \
         AND held = FALSE AND due_since <= '{latest}'"
    );
    [
        Page { name: "first_page", filter: first, sql: sql("") },
        Page { name: "filtered_page", filter: filtered, sql: sql(&more) },
    ]
}

async fn prepare(plan: &Plan, items: usize) -> anyhow::Result<Vec<Contender>> {
    progress(&format!("work-list: {items} items on SQLite"));
    let directory = tempfile::Builder::new().prefix("work-list-").tempdir_in(&plan.out)?;
    let url = format!("sqlite:{}", directory.path().join("traject.db").display());
    let fixture = open(&url, directory).await?;
    fill(&fixture, items).await?;
    let bare = Bare::Sqlite(SqlitePool::connect(&url).await?);
    let mut contenders = vec![Contender { name: "sqlite", fixture, bare }];
    if let Some(server) = postgres::server() {
        progress(&format!("work-list: {items} items on PostgreSQL"));
        let url = server.database()?;
        let fixture = open(&url, ()).await?;
        fill(&fixture, items).await?;
        // The server does this by itself, but only after a minute.
        server.psql(&url, "ANALYZE")?;
        contenders.push(Contender { name: "postgres", fixture, bare: Bare::Postgres(PgPool::connect(&url).await?) });
    }
    Ok(contenders)
}

async fn open(url: &str, keep: impl Send + Sync + 'static) -> anyhow::Result<Fixture> {
    let clock = Arc::new(FixedClock::on(TODAY));
    let options = Options::new(Arc::<FixedClock>::clone(&clock), Arc::new(SystemSalts::default()));
    Ok(Fixture::new(Arc::new(traject_store::open(url, options).await?), clock, keep))
}

/// Opens items in all municipalities, of several kinds and of all ages, and gives a quarter of them to somebody.
async fn fill(fixture: &Fixture, items: usize) -> anyhow::Result<()> {
    let mut assigned = Vec::new();
    for group in 0..items / GROUP {
        let mut changes = Vec::with_capacity(GROUP);
        for n in group * GROUP..(group + 1) * GROUP {
            let id = WorkItemId(fixture.ids.next());
            let mut change = change(fixture.dossier(), 0);
            let row = StandingRow { municipality: Some(facts::municipality(n % 19)), ..standing() };
            change.standing = StandingUpdate::Assessed(Box::new(row));
            let age = i32::try_from(n * 7_919 % 700)?;
            let due_since = TODAY.saturating_sub(age.days());
            change.work = vec![WorkChange::Open { id, kind: KINDS[n % KINDS.len()], due_since, held: n % 11 == 0 }];
            changes.push(change);
            if n % 4 == 0 {
                let update = WorkUpdate::Assign(Some(format!("clerk-{}", n % 40)));
                assigned.push(WorkStep { item: id, expected_version: 1, update });
            }
        }
        fixture.store.commit(fixture.command(changes)).await?;
    }
    for steps in assigned.chunks(GROUP) {
        fixture.store.update_work(steps, "bench", fixture.clock.now()).await?;
    }
    Ok(())
}

/// Both sides answer with the same rows, in the same order.
async fn same_rows(contender: &Contender, page: &Page) -> anyhow::Result<()> {
    let stored = contender.fixture.store.work(&page.filter, None, PAGE).await?;
    let bare = contender.bare.page(&page.sql).await?;
    ensure!(stored.len() == PAGE, "{} {}: {} rows", contender.name, page.name, stored.len());
    ensure!(stored.iter().map(|item| item.id.0).eq(bare), "{} {}: other rows", contender.name, page.name);
    Ok(())
}

async fn one_round(contender: &Contender, pages: &[Page], length: Duration, turns: &mut Turns) -> anyhow::Result<()> {
    let Contender { name, fixture, bare } = contender;
    for page in pages {
        let stored = rate(length, async || Ok(fixture.store.work(&page.filter, None, PAGE).await?.len())).await?;
        turns.add(&format!("{name}_{}", page.name), stored);
        let bare = rate(length, async || Ok(bare.page(&page.sql).await?.len())).await?;
        turns.add(&format!("{name}_{}_bare", page.name), bare);
    }
    let all = WorkFilter { desk: Some(WorkDesk::Municipality), ..WorkFilter::everything(TODAY) };
    let start = now();
    black_box(fixture.store.count_work(&all, COUNTED_MAX).await?);
    turns.add(&format!("{name}_count"), millis(start.elapsed()));
    Ok(())
}

/// How many pages a second one caller gets.
async fn rate(length: Duration, mut page: impl AsyncFnMut() -> anyhow::Result<usize>) -> anyhow::Result<f64> {
    let start = now();
    let mut done = 0_u32;
    while start.elapsed() < length {
        black_box(page().await?);
        done += 1;
    }
    Ok(f64::from(done) / start.elapsed().as_secs_f64())
}

fn describe(name: &str, pages: &[Page], turns: &Turns, figures: &mut Figures) {
    for page in pages {
        let kind = format!("{name}_{}", page.name);
        let bare = format!("{kind}_bare");
        figures.spread(&format!("{kind}_per_s"), &turns.spread(&kind), "pages of 50, 1 caller");
        figures.spread(&format!("{bare}_per_s"), &turns.spread(&bare), "the same rows by a bare query");
        let ratio = turns.ratio(&bare, &kind);
        figures.spread(&format!("ratio_{kind}"), &ratio, "time of the store by time of the bare query; aim 1.5");
    }
    figures.spread(&format!("{name}_count_ms"), &turns.spread(&format!("{name}_count")), "counters over everything");
}

/// Reads every column of every row, and gives the ids.
macro_rules! read_page {
    ($pool:expr, $sql:expr) => {{
        let rows = sqlx::query(AssertSqlSafe($sql)).fetch_all($pool).await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            ids.push(row.try_get::<Uuid, _>(0)?);
            black_box((row.try_get::<Uuid, _>(1)?, row.try_get::<String, _>(2)?, row.try_get::<Date, _>(3)?));
            black_box((row.try_get::<Date, _>(4)?, row.try_get::<bool, _>(5)?));
            black_box((row.try_get::<Option<String>, _>(6)?, row.try_get::<Option<Date>, _>(7)?));
            black_box((row.try_get::<Option<String>, _>(8)?, row.try_get::<i64, _>(9)?));
            black_box((row.try_get::<Option<i32>, _>(10)?, row.try_get::<String, _>(11)?));
        }
        ids
    }};
}

impl Bare {
    async fn page(&self, sql: &str) -> anyhow::Result<Vec<Uuid>> {
        let sql = sql.to_owned();
        Ok(match self {
            Self::Sqlite(pool) => read_page!(pool, sql),
            Self::Postgres(pool) => read_page!(pool, sql),
        })
    }
}
