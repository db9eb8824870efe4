//! A throw-away PostgreSQL: a database that is there, or a cluster started once per test process.
//!
//! The cluster keeps its own settings of durability: kill tests mean what they say. It is stopped and removed when the
//! test process ends, however it ends: a guard process waits for the other end of a pipe to close.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The variable that names a server to use, as a URL of a user who may create databases.
pub const VARIABLE: &str = "TRAJECT_TEST_POSTGRES";

/// A server for tests.
#[derive(Debug)]
pub struct Server {
    /// URL up to and including the slash before the database's name.
    base: String,
    /// A database to connect to first.
    admin: String,
    count: AtomicU64,
    /// The guard's standard input: its end is the sign to stop the cluster.
    _guard: Option<ChildStdin>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[error("no PostgreSQL for tests: {0}")]
pub struct Missing(String);

fn missing(what: impl std::fmt::Display) -> Missing {
    Missing(what.to_string())
}

/// The server of this test process; `None` where there is none, said in one loud line. Under `CI=true` that is a failure.
///
/// # Panics
/// When `CI=true` and there is no PostgreSQL.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let found = SERVER.get_or_init(|| match find() {
        Ok(server) => Some(server),
        Err(error) if variable("CI").as_deref() == Some("true") => panic!("{error}; CI=true does not go without"),
        Err(error) => {
            let line = format!("\n*** SKIPPED: {error}. Install PostgreSQL or set {VARIABLE}. ***\n");
            // Past the capture of the test harness: nobody shall miss it.
            let _ = std::io::stderr().write_all(line.as_bytes());
            None
        }
    });
    found.as_ref()
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment which PostgreSQL to use")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn find() -> Result<Server, Missing> {
    match variable(VARIABLE) {
        Some(url) => {
            let (base, name) = url.rsplit_once('/').ok_or_else(|| missing("the URL names no database"))?;
            let (base, admin) = (format!("{base}/"), format!("{base}/{name}"));
            Ok(Server { base, admin, count: AtomicU64::new(0), _guard: None })
        }
        None => start(),
    }
}

impl Server {
    /// Makes an empty database and gives its URL. It lies in the throw-away cluster, or stays until it is dropped by hand
    /// on a server that was named.
    ///
    /// # Errors
    /// [`Missing`] when the server does not answer.
    pub fn database(&self) -> Result<String, Missing> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("traject_test_{}_{count}", std::process::id());
        self.psql(&self.admin, &format!("DROP DATABASE IF EXISTS {name}"))?;
        self.psql(&self.admin, &format!("CREATE DATABASE {name}"))?;
        Ok(format!("{}{name}", self.base))
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// [`Missing`] with what `psql` said.
    pub fn psql(&self, url: &str, sql: &str) -> Result<String, Missing> {
        let mut psql = Command::new(program("psql")?);
        run(psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]))
    }
}

fn run(command: &mut Command) -> Result<String, Missing> {
    let output = command.stdin(Stdio::null()).output().map_err(missing)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(missing(format_args!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&output.stderr).trim())))
    }
}

/// A program beside others of PostgreSQL: the newest under `/usr/lib/postgresql`, else in PATH.
fn program(name: &str) -> Result<PathBuf, Missing> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name))))
        .filter(|(_, path)| path.is_file())
        .collect();
    versions.sort();
    if let Some((_, path)) = versions.pop() {
        return Ok(path);
    }
    let path = variable("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| missing(format_args!("{name} is not installed")))
}

/// A command as an unprivileged user when run as root: PostgreSQL refuses to run as root.
fn unprivileged(program: &Path, user: Option<&str>) -> Result<Command, Missing> {
    let Some(user) = user else { return Ok(Command::new(program)) };
    let mut command = Command::new(self::system_program("setpriv")?);
    command.args(["--reuid", user, "--regid", &group_of(user)?, "--clear-groups"]).arg(program);
    Ok(command)
}

fn system_program(name: &str) -> Result<PathBuf, Missing> {
    let found = ["/usr/bin", "/bin", "/usr/sbin"].map(|directory| Path::new(directory).join(name));
    found.into_iter().find(|path| path.is_file()).ok_or_else(|| missing(format_args!("{name} is not installed")))
}

fn group_of(user: &str) -> Result<String, Missing> {
    Ok(run(Command::new(system_program("id")?).args(["-g", user]))?.trim().to_owned())
}

/// The user to run as: none when this process is not root's.
fn user() -> Result<Option<&'static str>, Missing> {
    let root = std::fs::metadata("/proc/self").map_err(missing)?.uid() == 0;
    if !root {
        return Ok(None);
    }
    let exists = |user: &&&str| group_of(user).is_ok();
    let found = ["postgres", "nobody"].iter().find(exists);
    found.map(|user| Some(*user)).ok_or_else(|| missing("there is no unprivileged user to run it as"))
}

/// Starts a cluster in a new directory, with a guard that stops it.
fn start() -> Result<Server, Missing> {
    let user = user()?;
    let directory = tempfile::Builder::new().prefix("traject-pg-").tempdir().map_err(missing)?;
    let directory = directory.keep();
    // The guard comes first: whatever fails from here on, it removes the directory.
    let guard = guard(&directory, user)?;
    if let Some(user) = user {
        run(Command::new(system_program("chown")?).arg(user).arg(&directory))?;
    }
    let data = directory.join("data");
    let mut initdb = unprivileged(&program("initdb")?, user)?;
    run(initdb
        .current_dir(&directory)
        .args(["-U", "traject", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"])
        .arg(&data))?;
    let port = free_port()?;
    let options =
        format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={}", directory.display());
    let mut pg_ctl = unprivileged(&program("pg_ctl")?, user)?;
    let log = directory.join("log");
    run(pg_ctl
        .current_dir(&directory)
        .args(["start", "-w", "-t", "60", "-D"])
        .arg(&data)
        .arg("-l")
        .arg(&log)
        .args(["-o", &options]))?;
    let base = format!("postgres://traject@127.0.0.1:{port}/");
    Ok(Server { admin: format!("{base}postgres"), base, count: AtomicU64::new(0), _guard: Some(guard) })
}

fn free_port() -> Result<u16, Missing> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(missing)?;
    Ok(listener.local_addr().map_err(missing)?.port())
}

/// A shell that waits for its input to end, then stops the cluster and removes its directory.
///
/// It stands in a process group of its own, so that an interrupt at the terminal does not end it with the tests.
fn guard(directory: &Path, user: Option<&str>) -> Result<ChildStdin, Missing> {
    use std::os::unix::process::CommandExt as _;
    const SCRIPT: &str = r#"
        echo ready
        cat >/dev/null
        "$@" stop -m immediate -D "$DIRECTORY/data" >/dev/null 2>&1
        rm -rf "$DIRECTORY"
    "#;
    let pg_ctl = unprivileged(&program("pg_ctl")?, user)?;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", SCRIPT, "guard"]).arg(pg_ctl.get_program()).args(pg_ctl.get_args());
    shell.env("DIRECTORY", directory).current_dir("/").process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = shell.spawn().map_err(missing)?;
    let mut ready = [0; 6];
    let mut stdout = child.stdout.take().ok_or_else(|| missing("the guard has no output"))?;
    stdout.read_exact(&mut ready).map_err(missing)?;
    child.stdin.take().ok_or_else(|| missing("the guard has no input"))
}
