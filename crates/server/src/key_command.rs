//! `traject key`: the keys that certificates and proofs are signed with, and the public keys that checks are given.

use anyhow::Context;
use clap::{Args, Subcommand};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use traject_proof::{SigningKey, VerifyingKey, private_key_pem};
use traject_server::coded;

/// Subcommands of `traject key`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a private key, and beside it the public key that checks what it signs.
    New(New),
}

/// Arguments of `traject key new`.
#[derive(Args)]
pub(crate) struct New {
    /// The file of the private key; the public key is written to the same name with .pub. Neither may be there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The public keys that a check trusts.
#[derive(Args)]
pub(crate) struct Trusted {
    /// A file with a public key of the issuer; may be given more than once, as after a change of keys.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
}

impl Trusted {
    /// Reads them.
    pub(crate) fn load(&self) -> anyhow::Result<Vec<VerifyingKey>> {
        self.keys.iter().map(|path| verifying_key(path)).collect()
    }
}

fn verifying_key(path: &Path) -> anyhow::Result<VerifyingKey> {
    let text = std::fs::read_to_string(path).with_context(|| unread(path))?;
    VerifyingKey::from_pem(&text).map_err(|fault| coded(fault.code(), fault)).with_context(|| unread(path))
}

/// What is said of a file that cannot be read.
pub(crate) fn unread(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
enum NoKey {
    #[error("{} is there already: name another file, or move it away", .0.display())]
    Exists(PathBuf),
    #[error("{} cannot be written", .0.display())]
    Unwritable(PathBuf, #[source] io::Error),
    #[error("the system gives no randomness")]
    NoRandomness,
}

impl NoKey {
    fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "KEY_EXISTS",
            Self::Unwritable(..) => "KEY_UNWRITABLE",
            Self::NoRandomness => "KEY_NO_RANDOMNESS",
        }
    }

    fn of(path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists(path.to_owned()),
            _ => Self::Unwritable(path.to_owned(), error),
        }
    }
}

/// Runs the subcommand.
pub(crate) fn run(Command::New(New { out }): &Command) -> anyhow::Result<()> {
    let mut name = OsString::from(out);
    name.push(".pub");
    let public = PathBuf::from(name);
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).map_err(|_| failed(NoKey::NoRandomness))?;
    let pem = private_key_pem(&seed);
    let key = SigningKey::from_pem(&pem).map_err(|fault| coded(fault.code(), fault))?;
    write_pair(out, &pem, &public, &key.verifying_key().to_pem()).map_err(failed)?;
    writeln!(
        io::stdout(),
        "key {}\nprivate {}: whoever has it signs in your name\npublic  {}: for whoever checks",
        key.id(),
        out.display(),
        public.display()
    )?;
    Ok(())
}

fn failed(error: NoKey) -> anyhow::Error {
    coded(error.code(), error)
}

/// Writes both files or leaves neither. A file that is there is left as it is.
fn write_pair(private: &Path, private_pem: &str, public: &Path, public_pem: &str) -> Result<(), NoKey> {
    write_new(private, 0o600, private_pem)?;
    write_new(public, 0o644, public_pem).inspect_err(|_| {
        // The private key was made just now and signed nothing yet.
        let _ = std::fs::remove_file(private);
    })
}

fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), NoKey> {
    let open = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let mut file: File = open.map_err(NoKey::of(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = std::fs::remove_file(path);
        NoKey::Unwritable(path.to_owned(), error)
    })
}
