//! A PostgreSQL for the tests: the one that is named, one that answers on this machine, or one for the time of the run.

use crate::process;
use crate::workspace;
use anyhow::{Context, Result, anyhow};
use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Names the server for the test processes, as a URL of a database in which databases may be created.
pub(crate) const VARIABLE: &str = "TRAJECT_TEST_POSTGRES";

/// A server the tests may create databases in.
pub(crate) enum Server {
    /// Named by the variable or the command line; not looked at here, so that a wrong name fails in the tests.
    Named(String),
    /// A server of this machine that answered.
    Local(String),
    /// Started here; stopped and removed when this value is dropped, and also when this program is killed.
    Own(Cluster),
}

impl Server {
    /// The URL for [`VARIABLE`].
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Named(url) | Self::Local(url) => url,
            Self::Own(cluster) => &cluster.url,
        }
    }

    /// Where it came from, for the person at the terminal; without the URL, which may hold a password.
    pub(crate) fn origin(&self) -> &'static str {
        match self {
            Self::Named(_) => "the server that was named",
            Self::Local(_) => "a server on this machine",
            Self::Own(_) => "a throw-away cluster",
        }
    }
}

/// Finds or starts a server. `None` when there is neither a server nor the programs to start one.
pub(crate) fn provide(named: Option<String>) -> Result<Option<Server>> {
    if let Some(url) = named.or_else(|| workspace::variable(VARIABLE)) {
        return Ok(Some(Server::Named(url)));
    }
    if let Some(url) = local() {
        return Ok(Some(Server::Local(url)));
    }
    match Programs::find() {
        Some(programs) => Ok(Some(Server::Own(Cluster::start(&programs)?))),
        None => Ok(None),
    }
}

/// The first usual address at which a server lets us in and create databases.
fn local() -> Option<String> {
    let port = 5432;
    let mut urls = vec![format!("postgres://postgres@127.0.0.1:{port}/postgres")];
    if let Some(user) = workspace::variable("USER") {
        urls.push(format!("postgres://{user}@127.0.0.1:{port}/postgres"));
    }
    urls.into_iter().find(|url| {
        let question = "select rolsuper or rolcreatedb from pg_roles where rolname = current_user";
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--command", question, url]);
        process::output(psql.env("PGCONNECT_TIMEOUT", "2")).is_ok_and(|answer| answer.trim() == "t")
    })
}

/// The directory of PostgreSQL's server programs.
pub(crate) struct Programs(PathBuf);

impl Programs {
    /// The newest Debian installation, else the first directory of PATH that has them.
    pub(crate) fn find() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut debian: Vec<(u32, PathBuf)> = versions
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        debian.sort_unstable_by(|a, b| b.cmp(a));
        let path = workspace::variable("PATH").unwrap_or_default();
        let candidates = debian.into_iter().map(|(_, bin)| bin).chain(std::env::split_paths(&path));
        let complete = |bin: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| bin.join(name).is_file());
        candidates.into_iter().find(complete).map(Self)
    }
}

/// Whom the cluster runs as: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// `postgres`, else `nobody`.
    fn unprivileged() -> Result<Self> {
        let users = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let find = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some(Self { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
        };
        find("postgres").or_else(|| find("nobody")).context("no user `postgres` or `nobody` to run PostgreSQL as")
    }
}

/// A PostgreSQL cluster in a temporary directory, listening on loopback, with one superuser `postgres`.
pub(crate) struct Cluster {
    url: String,
    /// Waits for its standard input to close, which happens when this program ends in any way, then cleans up.
    guard: Child,
}

/// `$1` the programs, `$2` the directory of the cluster.
const CLEAN_UP: &str = r#"
cat >/dev/null
"$1/pg_ctl" --pgdata "$2/data" --mode immediate --silent stop >/dev/null 2>&1
rm -rf "$2"
"#;

impl Cluster {
    /// Makes and starts a cluster; returns when it accepts connections.
    pub(crate) fn start(programs: &Programs) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("traject-postgres-").tempdir()?.keep();
        let is_root = std::fs::metadata(&directory)?.uid() == 0;
        let user = if is_root { Some(User::unprivileged()?) } else { None };
        if let Some(user) = user {
            chown(&directory, Some(user.uid), Some(user.gid))?;
        }
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        // The guard comes first, so that nothing is left behind by an error below.
        let guard = spawn_guard(programs, &directory, user)?;
        let cluster = Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), guard };
        cluster.create(programs, &directory, user, port).map_err(|error| {
            let log = std::fs::read_to_string(directory.join("log")).unwrap_or_default();
            anyhow!("cannot start a PostgreSQL cluster: {error:#}\n{log}")
        })?;
        Ok(cluster)
    }

    fn create(&self, programs: &Programs, directory: &Path, user: Option<User>, port: u16) -> Result<()> {
        let data = directory.join("data");
        let mut initdb = program(programs, "initdb", directory, user);
        initdb.arg("--pgdata").arg(&data);
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        process::output(&mut initdb)?;
        let mut start = program(programs, "pg_ctl", directory, user);
        // The data is thrown away, so a crash of the machine need not be survived; a crash of a client is another thing.
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=200 \
             -c fsync=off -c full_page_writes=off -c synchronous_commit=on"
        );
        start.arg("--pgdata").arg(&data).arg("--log").arg(directory.join("log"));
        start.arg("--options").arg(options).args(["--wait", "--silent", "start"]);
        // The server keeps the streams it is given: with a pipe, waiting for their end would last as long as it runs.
        process::run(start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing the guard's input is the sign to clean up. If waiting fails, it still does.
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// Starts the guard in a process group of its own, so that Ctrl-C at the terminal does not reach it.
fn spawn_guard(programs: &Programs, directory: &Path, user: Option<User>) -> Result<Child> {
    let mut shell = Command::new("/bin/sh");
    shell.args([OsStr::new("-c"), OsStr::new(CLEAN_UP), OsStr::new("guard"), programs.0.as_os_str()]).arg(directory);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).current_dir("/");
    as_user(&mut shell, user);
    shell.spawn().context("cannot start /bin/sh")
}

fn program(programs: &Programs, name: &str, directory: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(programs.0.join(name));
    command.current_dir(directory).env("LC_ALL", "C");
    as_user(&mut command, user);
    command
}

fn as_user(command: &mut Command, user: Option<User>) {
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether something listens where the URL says.
    fn answers(url: &str) -> bool {
        let address = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("the URL has an address");
        std::net::TcpStream::connect(address).is_ok()
    }

    #[test]
    fn a_throw_away_cluster_answers_and_leaves_nothing_behind() {
        // Without the programs there is nothing to test; `cargo xtask test` then says so loudly, and fails under CI.
        let Some(programs) = Programs::find() else {
            assert!(!workspace::is_ci(), "PostgreSQL's programs are missing");
            return;
        };
        let cluster = Cluster::start(&programs).expect("the cluster starts");
        let url = cluster.url.clone();
        assert!(answers(&url));
        drop(cluster);
        assert!(!answers(&url));
    }

    #[test]
    fn a_named_server_is_taken_at_its_word() {
        let server = provide(Some("postgres://someone@db.example/x".to_owned())).expect("nothing is started");
        assert_eq!(server.map(|server| server.url().to_owned()), Some("postgres://someone@db.example/x".to_owned()));
    }
}
