//! Random walks: clerks, counsellors and officers act by chance over two simulated years. The guard refuses what the law
//! refuses, and the invariants hold after every step. A walk that fails is walked again by its number alone.

mod acts;
mod attempt;
mod choice;
mod dice;
mod handbook;
mod house;
mod judge;
mod ladder;
mod record;
mod tally;
mod walk;

use house::Place;
use tally::{Count, Tally};
use traject_domain::standing::Enforcement;
use traject_testkit::postgres;
use walk::walk;

/// One walk in so many is walked on each database; all are walked in memory.
const ON_A_DATABASE: u32 = 40;

/// The numbers of the walks: 200 of them, or as many as `cargo xtask soak` says, or only the one that failed.
fn numbers() -> std::ops::Range<u32> {
    match told("TRAJECT_WALK") {
        Some(number) => number..number + 1,
        None => 0..told("TRAJECT_SOAK_WALKS").unwrap_or(200),
    }
}

#[expect(clippy::disallowed_methods, reason = "the great number is told to the test by its environment")]
fn told(variable: &str) -> Option<u32> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

/// Walks each number of a list, one after the other.
fn all(numbers: impl Iterator<Item = u32>, place: impl Fn() -> Place) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut tally = Tally::default();
    for number in numbers {
        let told = Told(number);
        tally.add(runtime.block_on(walk(number, place())));
        std::mem::forget(told);
    }
    tally
}

/// Says which walk it was that failed.
struct Told(u32);

impl Drop for Told {
    #[expect(clippy::print_stderr, reason = "who reads the failure wants to walk again")]
    fn drop(&mut self) {
        eprintln!("this was walk {0}: TRAJECT_WALK={0} walks it again alone", self.0);
    }
}

/// The walks of a database, and what the same come to in memory.
#[expect(clippy::print_stdout, reason = "the figures are what a soak is run for")]
fn on_a_database(first: u32, name: &str, place: impl Fn() -> Place) {
    let numbers = || numbers().filter(|number| number % ON_A_DATABASE == first);
    let tally = all(numbers(), place);
    println!("on {name}: {tally}");
    assert_eq!(tally, all(numbers(), || Place::Memory), "a walk goes the same way wherever its record lies");
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what a soak is run for")]
fn the_guard_and_the_invariants_hold_on_random_walks() {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let tally = std::thread::scope(|scope| {
        let walked = |worker| move || all(numbers().skip(worker).step_by(workers), || Place::Memory);
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(walked(worker))).collect();
        threads.into_iter().fold(Tally::default(), |mut sum, thread| {
            sum.add(thread.join().expect("no walk fails"));
            sum
        })
    });
    println!("in memory: {tally}");
    if told("TRAJECT_WALK").is_some() {
        return;
    }
    let missing: Vec<_> = Enforcement::ALL.iter().filter(|state| !tally.reached.contains(state)).collect();
    assert_eq!(missing, [&Enforcement::None], "the walks reach every state");
    let Count { accepted, refused } = tally.sum();
    let of_all = accepted + refused;
    assert!(accepted > of_all / 4 && refused > of_all / 4, "{accepted} accepted, {refused} refused");
}

#[test]
fn they_hold_on_sqlite() {
    on_a_database(0, "SQLite", || Place::Sqlite(tempfile::tempdir().expect("a directory")));
}

#[test]
fn they_hold_on_postgres() {
    let Some(server) = postgres::server() else { return };
    let url = server.database().expect("a database");
    on_a_database(ON_A_DATABASE / 2, "PostgreSQL", || {
        let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        server.psql(&url, empty).expect("the database is emptied");
        Place::Postgres(url.clone())
    });
}
