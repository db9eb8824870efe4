//! `cargo xtask soak`: what is too long for a test. The tests that kill the program, many times over, mails by the thousand,
//! random commands, walks and facts in great number, millions of countings, fuzzing, and changed code that tests must notice.

use crate::{fuzz, mutants, postgres, process, workspace};
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How long to go on.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these parts; default: all.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// How often each kill test kills; there are four: import and server, on SQLite and on PostgreSQL.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Mails that go out, on each database, through a relay that misbehaves.
    #[arg(long, default_value_t = 20_000)]
    mails: u32,
    /// How often the server is killed meanwhile.
    #[arg(long, default_value_t = 200)]
    mail_kills: u32,
    /// Random runs of commands in which each database is compared with the store in memory.
    #[arg(long, default_value_t = 1_000)]
    cases: u32,
    /// Random walks of acts over two years, in which guard and invariants are checked after every step.
    #[arg(long, default_value_t = 10_000)]
    walks: u32,
    /// Random dossiers on which each property of the law is tried.
    #[arg(long, default_value_t = 10_000)]
    dossiers: u32,
    /// Due dates that are compared with the oracle.
    #[arg(long, default_value_t = 5_000_000)]
    countings: u64,
    /// Minutes of the processor for each target of fuzzing.
    #[arg(long, default_value_t = 10)]
    fuzz_minutes: u64,
    /// Changes of the code that are tried at a time.
    #[arg(long, default_value_t = 2)]
    jobs: u32,
    /// A PostgreSQL in which databases may be created, as for `cargo xtask test`.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// The parts, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Kills, and random commands against the databases.
    Kills,
    /// Mails through a relay that misbehaves, by a server that is killed.
    Mail,
    /// Random walks of clerks, counsellors and officers over two years.
    Walks,
    /// Properties of the law on random dossiers.
    Properties,
    /// Due dates against the oracle.
    Countings,
    /// Law files and import files by libFuzzer.
    Fuzz,
    /// Changed code that tests must notice.
    Mutants,
}

const PARTS: [Part; 7] =
    [Part::Kills, Part::Mail, Part::Walks, Part::Properties, Part::Countings, Part::Fuzz, Part::Mutants];

/// Runs them; what is missing fails.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = workspace::root();
    let is_asked = |part: &Part| arguments.only.is_empty() || arguments.only.contains(part);
    for part in PARTS.into_iter().filter(is_asked) {
        for figure in part.run(&root, arguments)? {
            println!("{figure}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Part {
    /// Runs the part and gives its figures.
    fn run(self, root: &Path, arguments: &Arguments) -> Result<Vec<String>> {
        match self {
            Self::Kills => kills(root, arguments).map(|figure| vec![figure]),
            Self::Mail => mail(root, arguments).map(|figure| vec![figure]),
            Self::Walks => walks(root, arguments).map(|figure| vec![figure]),
            Self::Properties => {
                domain_test(root, "properties", "TRAJECT_SOAK_CASES", u64::from(arguments.dossiers))?;
                Ok(vec![format!("{} random dossiers for each property", arguments.dossiers)])
            }
            Self::Countings => {
                domain_test(root, "oracle", "TRAJECT_SOAK_COUNTINGS", arguments.countings)?;
                Ok(vec![format!("{} due dates, none differs from the oracle", arguments.countings)])
            }
            Self::Fuzz => {
                let time = Duration::from_secs(60 * arguments.fuzz_minutes);
                fuzz::TARGETS.iter().map(|target| fuzz::fuzz(root, target, time)).collect()
            }
            Self::Mutants => mutants::check(root, arguments.jobs, None).map(|figure| vec![figure]),
        }
    }
}

fn domain_test(root: &Path, binary: &str, variable: &str, count: u64) -> Result<()> {
    let mut command = process::cargo(root);
    command.args(["test", "--package", "traject-domain", "--test", binary]).env(variable, count.to_string());
    process::run(&mut command)
}

fn kills(root: &Path, arguments: &Arguments) -> Result<String> {
    let figures = [("TRAJECT_SOAK_KILLS", arguments.kills), ("TRAJECT_SOAK_CASES", arguments.cases)];
    let tests = ["--test", "blackbox", "--test", "contract", "--", "killed", "as_memory"];
    on_both_databases(root, arguments, "dev", &tests, &figures)?;
    Ok(format!("{} kills in each of four tests, {} random runs on each database", arguments.kills, arguments.cases))
}

fn mail(root: &Path, arguments: &Arguments) -> Result<String> {
    let figures = [("TRAJECT_SOAK_MAILS", arguments.mails), ("TRAJECT_SOAK_MAIL_KILLS", arguments.mail_kills)];
    // One database after the other, since both would share the time in which a mail must be seen to go out.
    let tests = ["--test", "blackbox", "--", "mail_kills", "--test-threads", "1", "--nocapture"];
    on_both_databases(root, arguments, "release", &tests, &figures)?;
    Ok(format!("{} mails and {} kills on each database", arguments.mails, arguments.mail_kills))
}

fn walks(root: &Path, arguments: &Arguments) -> Result<String> {
    let figures = [("TRAJECT_SOAK_WALKS", arguments.walks)];
    on_both_databases(root, arguments, "release", &["--test", "walks", "--", "--nocapture"], &figures)?;
    Ok(format!("{} random walks, one in forty of them on each database as well", arguments.walks))
}

/// Runs tests of the workspace, built in a profile of cargo, that are told their numbers by these variables; a missing
/// database fails.
fn on_both_databases(
    root: &Path,
    arguments: &Arguments,
    profile: &str,
    tests: &[&str],
    figures: &[(&str, u32)],
) -> Result<()> {
    // The binary that is killed: naming tests alone does not build it.
    process::run(process::cargo(root).args(["build", "--workspace", "--profile", profile]))?;
    let server = postgres::provide(arguments.postgres.clone())?;
    let mut command = process::cargo(root);
    command.args(["test", "--workspace", "--profile", profile]).args(tests).env("CI", "true");
    command.envs(figures.iter().map(|(variable, count)| (variable, count.to_string())));
    if let Some(server) = &server {
        command.env(postgres::VARIABLE, server.url());
    }
    process::run(&mut command)
}
