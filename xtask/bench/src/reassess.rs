//! Reassessing open dossiers from the store, beside merely reading the same facts.

use crate::figures::Figures;
use crate::law::{CITY, DAY};
use crate::measure::{Turns, rate};
use crate::{Plan, child, progress};
use anyhow::{Context, ensure};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;
use traject_app::desk::{KnownLaw, assessed, facts_of};
use traject_app::ids::DossierId;
use traject_app::model::Dossier;
use traject_app::port::Store as _;
use traject_codec::SystemSalts;
use traject_domain::assess;
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::standing::Standing;
use traject_store::{Options, SqlStore};
use traject_testkit::{FixedClock, postgres};

/// Dossiers read at a time, as the sweep does.
const PAGE: usize = 256;

/// An imported city in a database.
struct Imported {
    name: &'static str,
    store: SqlStore,
    law: KnownLaw,
    /// Pages of those whose obligation is not closed.
    open: Vec<Vec<DossierId>>,
}

/// The sample city on SQLite and, where there is one, on PostgreSQL.
pub(crate) fn run(plan: &Plan, law: &Law, figures: &mut Figures) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let directory = tempfile::Builder::new().prefix("law-").tempdir_in(&plan.out)?;
    let sqlite = format!("sqlite:{}", directory.path().join("traject.db").display());
    let mut cities = vec![runtime.block_on(import("sqlite", &sqlite, directory.path(), law))?];
    if let Some(server) = postgres::server() {
        let url = server.database()?;
        cities.push(runtime.block_on(import("postgres", &url, directory.path(), law))?);
        server.psql(&url, "ANALYZE")?;
    }
    let mut turns = Turns::default();
    for round in 1..=plan.rounds {
        progress(&format!("law: from the store, round {round} of {}", plan.rounds));
        for city in &cities {
            one_round(&runtime, plan, city, &mut turns)?;
        }
    }
    for city in &cities {
        describe(city, &turns, figures);
    }
    Ok(())
}

/// Fills a database by the program that is released, and opens it.
async fn import(name: &'static str, url: &str, directory: &Path, law: &Law) -> anyhow::Result<Imported> {
    progress(&format!("law: the sample city is imported on {name}"));
    let mut command = child::traject()?;
    command.arg("import");
    for file in ["registrations", "events"] {
        command.arg(format!("--{file}")).arg(Path::new(CITY).join(format!("{file}.csv")));
    }
    command.arg("--rejects").arg(directory.join("rejects.csv"));
    command.args(["--set", &format!("data_dir={}", directory.join(name).display())]);
    command.args(["--set", &format!("database.url={url}")]);
    child::run(&mut command, |_, _| ())?;
    let clock = Arc::new(FixedClock::on(DAY));
    let store = traject_store::open(url, Options::new(clock, Arc::new(SystemSalts::default()))).await?;
    let law = KnownLaw { law: law.clone(), hash: [0; 32], content: Vec::new() };
    let open = open(&store, &law.law).await?;
    ensure!(!open.is_empty(), "no dossier of the sample city is open");
    Ok(Imported { name, store, law, open })
}

/// Pages of the dossiers whose obligation is open.
async fn open(store: &SqlStore, law: &Law) -> anyhow::Result<Vec<Vec<DossierId>>> {
    let is_open = |dossier: &&Dossier| {
        let standing = standing(law, dossier);
        standing.and_then(|standing| standing.obligation).is_some_and(|obligation| obligation.closing.is_none())
    };
    let mut open = Vec::new();
    let mut after = None;
    loop {
        let page = store.scan(after, PAGE).await?;
        open.extend(page.iter().filter(is_open).map(|dossier| dossier.id));
        after = page.last().map(|dossier| dossier.id);
        if page.len() < PAGE {
            return Ok(open.chunks(PAGE).map(<[DossierId]>::to_vec).collect());
        }
    }
}

fn standing(law: &Law, dossier: &Dossier) -> Option<Standing> {
    assess(law, &History::new(dossier.facts.iter().map(|fact| &fact.fact), Moment::end_of(DAY)))
}

fn one_round(runtime: &Runtime, plan: &Plan, city: &Imported, turns: &mut Turns) -> anyhow::Result<()> {
    let mut run = |kind: &str, one: &dyn Fn(&Dossier)| {
        let mut failed = None;
        let rate = rate(plan.length, || match runtime.block_on(pass(city, one)) {
            Ok(count) => count,
            Err(error) => {
                failed = Some(error);
                0
            }
        });
        turns.add(&format!("{}_{kind}", city.name), rate);
        failed.map_or(Ok(()), Err)
    };
    run("stream", &|dossier| _ = black_box(&dossier.facts))?;
    run("reassess", &|dossier| drop(black_box(assessed(&city.law, &facts_of(dossier), DAY))))?;
    run("standing", &|dossier| drop(black_box(standing(&city.law.law, dossier))))
}

/// Reads every open dossier with its facts, and does something with each; gives how many there were.
async fn pass(city: &Imported, one: &dyn Fn(&Dossier)) -> anyhow::Result<usize> {
    let mut count = 0;
    for ids in &city.open {
        let dossiers = city.store.dossiers(ids).await.context("the dossiers cannot be read")?;
        dossiers.iter().for_each(one);
        count += dossiers.len();
    }
    Ok(count)
}

fn describe(city: &Imported, turns: &Turns, figures: &mut Figures) {
    let name = city.name;
    let open: usize = city.open.iter().map(Vec::len).sum();
    figures.number(&format!("{name}_open"), open as f64, "dossiers of the sample city whose obligation is open");
    let kinds = [
        ("stream", "of them read with their facts"),
        ("reassess", "the same, and each assessed with the day it wakes, as the sweep does"),
        ("standing", "the same, and each assessed without the day it wakes"),
    ];
    for (kind, about) in kinds {
        figures.spread(&format!("{name}_{kind}_per_s"), &turns.spread(&format!("{name}_{kind}")), about);
    }
    let by_stream = |kind| turns.ratio(&format!("{name}_{kind}"), &format!("{name}_stream"));
    let suffix = if name == "sqlite" { String::new() } else { format!("_{name}") };
    figures.spread(&format!("ratio_reassess{suffix}"), &by_stream("reassess"), "reassess by stream");
    figures.spread(&format!("ratio_standing{suffix}"), &by_stream("standing"), "standing by stream");
}
