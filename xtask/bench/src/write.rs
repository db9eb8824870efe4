//! Durable commands per second, by clients: SQLite, PostgreSQL, and pgbench with the same statements.

use crate::figures::Figures;
use crate::measure::{Turns, rate};
use crate::pgbench::PgBench;
use crate::{Plan, progress};
use std::any::Any;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use traject_codec::SystemSalts;
use traject_store::Options;
use traject_testkit::FixedClock;
use traject_testkit::bench::Bench;
use traject_testkit::contract::{Fixture, TODAY};
use traject_testkit::postgres::{self, Server};

/// How many clients wait for answers at a time.
const CLIENTS: [usize; 3] = [1, 8, 32];

/// The clients of pgbench.
const PGBENCH_CLIENTS: [usize; 2] = [1, 32];

/// Caches fill and statements are prepared before anything counts.
const WARM_UP: Duration = Duration::from_millis(500);

/// What takes turns.
struct Contenders {
    stores: Vec<(&'static str, Arc<Bench>)>,
    pgbench: Option<(PgBench, &'static Server)>,
}

/// Measures what is there; without a PostgreSQL that part is left out, loudly.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let contenders = prepare(&runtime, &plan.out)?;
    let mut turns = Turns::default();
    for round in 1..=plan.rounds {
        progress(&format!("write: round {round} of {}", plan.rounds));
        one_round(&runtime, plan, &contenders, &mut turns)?;
    }
    figures.spread("flush_per_s", &turns.spread("flush"), "a page appended to a bare file, and flushed (fsync)");
    for (name, _) in &contenders.stores {
        describe(name, &turns, figures);
    }
    let ratio = turns.ratio("sqlite_1", "flush");
    figures.spread("ratio_flush", &ratio, "1 client on SQLite by bare flushes");
    if let Some((pgbench, server)) = &contenders.pgbench {
        describe_pgbench(pgbench, server, &turns, figures)?;
    }
    Ok(())
}

/// Opens and warms up everything.
fn prepare(runtime: &Runtime, out: &Path) -> anyhow::Result<Contenders> {
    let mut stores = vec![("sqlite", runtime.block_on(sqlite(out))?)];
    runtime.block_on(stores[0].1.write(CLIENTS[2], WARM_UP));
    let Some(server) = postgres::server() else { return Ok(Contenders { stores, pgbench: None }) };
    let url = server.database()?;
    let store = runtime.block_on(open(&url, ()))?;
    runtime.block_on(store.write(CLIENTS[2], WARM_UP));
    let pgbench = runtime.block_on(pgbench_like(server, &url))?;
    pgbench.run(PGBENCH_CLIENTS[1], WARM_UP)?;
    for url in [&url, pgbench.url()] {
        // The server does this by itself, but only after a minute: until then it plans for tables it knows nothing of.
        server.psql(url, "ANALYZE")?;
    }
    stores.push(("postgres", store));
    Ok(Contenders { stores, pgbench: Some((pgbench, server)) })
}

fn one_round(runtime: &Runtime, plan: &Plan, contenders: &Contenders, turns: &mut Turns) -> anyhow::Result<()> {
    turns.add("flush", flushes(&plan.out)?);
    for (name, store) in &contenders.stores {
        for clients in CLIENTS {
            let rate = runtime.block_on(store.write(clients, plan.length)).per_second();
            turns.add(&format!("{name}_{clients}"), rate);
        }
    }
    for clients in PGBENCH_CLIENTS {
        if let Some((pgbench, _)) = &contenders.pgbench {
            turns.add(&format!("pgbench_{clients}"), pgbench.run(clients, plan.length)?);
        }
    }
    Ok(())
}

fn describe(name: &str, turns: &Turns, figures: &mut Figures) {
    for clients in CLIENTS {
        let kind = format!("{name}_{clients}");
        let about = if clients == 1 { "commands, 1 client" } else { &format!("commands, {clients} clients") };
        figures.spread(&format!("{kind}_per_s"), &turns.spread(&kind), about);
    }
    let ratio = turns.ratio(&format!("{name}_32"), &format!("{name}_1"));
    figures.spread(&format!("ratio_{name}_one_client"), &ratio, "32 clients by 1");
}

fn describe_pgbench(pgbench: &PgBench, server: &Server, turns: &Turns, figures: &mut Figures) -> anyhow::Result<()> {
    for clients in PGBENCH_CLIENTS {
        let kind = format!("pgbench_{clients}");
        figures.spread(&format!("{kind}_per_s"), &turns.spread(&kind), "commands, the same statements one by one");
        let ratio = turns.ratio(&format!("postgres_{clients}"), &kind);
        figures.spread(&format!("ratio_pgbench_{clients}"), &ratio, "Traject on PostgreSQL by pgbench");
    }
    for setting in ["server_version", "fsync", "synchronous_commit"] {
        let value = server.psql(pgbench.url(), &format!("SHOW {setting}"))?;
        figures.text(&format!("postgres_{setting}"), value.split_whitespace().next().unwrap_or_default());
    }
    Ok(())
}

/// Flushes per second of one program that does nothing else: what the disk allows, at this moment.
fn flushes(out: &Path) -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile_in(out)?;
    let mut failed = None;
    let rate = rate(WARM_UP, || {
        failed = file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).err().or(failed.take());
        1
    });
    failed.map_or(Ok(rate), |error| Err(error.into()))
}

/// A store on a database in a directory of its own, as the product opens it.
async fn sqlite(out: &Path) -> anyhow::Result<Arc<Bench>> {
    let directory = tempfile::Builder::new().prefix("write-").tempdir_in(out)?;
    let url = format!("sqlite:{}", directory.path().join("traject.db").display());
    open(&url, directory).await
}

async fn open(url: &str, keep: impl Any + Send + Sync) -> anyhow::Result<Arc<Bench>> {
    let clock = Arc::new(FixedClock::on(TODAY));
    let store = Arc::new(traject_store::open(url, options(&clock)).await?);
    Ok(Arc::new(Bench::new(Fixture::new(store, clock, keep))))
}

/// Those of the product, but for a clock that stands still.
fn options(clock: &Arc<FixedClock>) -> Options {
    Options::new(Arc::<FixedClock>::clone(clock), Arc::new(SystemSalts::default()))
}

/// pgbench on an empty database of the same schema, with rows as large as those of a database that was written to.
async fn pgbench_like(server: &'static Server, written: &str) -> anyhow::Result<PgBench> {
    let url = server.database()?;
    traject_store::open(&url, options(&Arc::new(FixedClock::on(TODAY)))).await?.close().await?;
    PgBench::new(server, &url, written)
}
