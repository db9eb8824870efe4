//! The sections. The doc comment of each field is what the schema and the reference say of its key.

use crate::values::{ByteCount, Calendar, CutOff, DatabaseUrl, Period};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Configuration of Traject.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Directory of what this deployment keeps: the SQLite database, letters. A relative path starts at the working
    /// directory, here and for every other path.
    pub data_dir: PathBuf,
    /// The gRPC server.
    pub server: Server,
    /// Where facts are kept.
    pub database: Database,
    /// The law in force.
    pub law: Law,
    /// Who may call, in development.
    pub tokens: Tokens,
    /// How mail leaves.
    pub mail: Mail,
    /// How messages reach the electronic mailboxes of the federal government.
    pub ebox: Ebox,
    /// Mailings to many.
    pub mailings: Mailings,
    /// How letters leave.
    pub letters: Letters,
    /// The pages behind the codes on letters.
    pub pages: Pages,
    /// What certificates and proofs are signed with.
    pub signing: Signing,
    /// Where fines are paid.
    pub payment: Payment,
    /// Work lists.
    pub work: Work,
    /// What the program says of itself.
    pub log: Log,
    /// The agencies that work in this deployment. A list replaces the whole list of an earlier layer, and can be set in
    /// files only.
    pub agencies: Vec<Agency>,
}

/// The gRPC server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Loopback only, as long as connections are not encrypted. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long the server waits between two runs of its jobs (sweep, letters, copies by mail), such as `10s`.
    pub jobs_every: Period,
    /// How long running calls may take to end when the server stops, such as `20s`.
    pub drain_timeout: Period,
    /// The largest request that is read, such as `4 MiB`.
    pub request_size_max: ByteCount,
}

/// Where facts are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`. Default: the file `traject.db` in `data_dir`.
    pub url: Option<DatabaseUrl>,
    /// File with the password of the PostgreSQL user, on one line.
    pub password_file: Option<PathBuf>,
    /// The most connections held open for reading; writing has its own.
    pub readers_max: NonZeroU32,
}

/// The law in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Directory of law files to use in place of those embedded in the program.
    pub dir: Option<PathBuf>,
}

/// Who may call, in development.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// File of static tokens, for development and demonstrations: TOML with `[[tokens]]`, each with `token` (at least 16
    /// characters), `staff` (a pseudonym), `agency` and `role`. Without it nobody may call.
    pub file: Option<PathBuf>,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Mail {
    /// No mail is sent; other keys of this section are then not looked at, so that mail can be switched off by one key.
    None,
    /// Mail is handed to an SMTP server.
    EmailSmtp(SmtpMail),
}

/// An SMTP server that takes mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpMail {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    #[serde(default = "submission_port")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    #[schemars(extend("default" = "starttls"))]
    pub encryption: Encryption,
    /// User name, for a server that asks for one.
    pub user: Option<String>,
    /// File with that user's password, on one line.
    pub password_file: Option<PathBuf>,
    /// File with the certificate (PEM) of the authority that signed the server's, beside those that the system trusts.
    pub ca_file: Option<PathBuf>,
    /// Address that mail is sent from, `ADDRESS` or `NAME <ADDRESS>`. Mail that does not arrive is reported to it.
    pub from: String,
    /// The most mails that are handed over in a minute. Default: as many as there are.
    pub per_minute: Option<NonZeroU32>,
    /// Maildir that receives the reports of mail that did not arrive, which go to the address in `from`. Its `new` is read
    /// at each run of the jobs; what was understood goes to `cur`, anything else to `traject-unmatched`.
    pub bounces_dir: Option<PathBuf>,
    /// The longest wait for each answer of the server, `1s` to `10m`.
    #[serde(default = "answer_timeout", deserialize_with = "answer_timeout_within_bounds")]
    #[schemars(extend("default" = "60s"))]
    pub timeout: Period,
}

/// RFC 6409: message submission.
fn submission_port() -> u16 {
    587
}

fn answer_timeout() -> Period {
    Period::try_from("60s".to_owned()).expect("it is a length of time with its unit")
}

/// A server that answers may take seconds; one that is not waited for at all never gets a mail.
fn answer_timeout_within_bounds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
    let period = Period::deserialize(deserializer)?;
    let is_within = (Duration::from_secs(1)..=Duration::from_secs(600)).contains(&period.get());
    if is_within { Ok(period) } else { Err(D::Error::custom("expected a `timeout` of 1s to 10m")) }
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// Not at all: for a server on the same machine.
    None,
    /// Starts in the clear and must change to TLS before anything is sent.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// How messages reach the electronic mailboxes of the federal government. Without an address of the service the way is
/// closed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ebox {
    /// Where the service is, such as `https://ebox.example/v1`: `https` only.
    pub base_url: Option<String>,
    /// File with the bearer token on its first line, read for each request, so that it can be replaced at any time. Needed
    /// with `base_url`.
    pub token_file: Option<PathBuf>,
    /// File with the certificates (PEM) of authorities that may have signed the service's, beside those that the system
    /// trusts.
    pub ca_file: Option<PathBuf>,
    /// The organisation's name for itself with the service, 1 to 100 characters. Needed with `base_url`.
    pub sender_organisation: Option<String>,
    /// The longest wait for a connection, `1s` to `10m`; the whole answer may take twice as long.
    #[serde(deserialize_with = "answer_timeout_within_bounds")]
    pub timeout: Period,
    /// Whether the organisation may send registered messages, which is limited to some institutions.
    pub may_register: bool,
}

/// Mailings to many; they leave as all mail does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailings {
    /// The most mails of mailings that start in a minute. Copies of letters do not count, and do not wait for them.
    pub mails_per_minute: NonZeroU32,
    /// Days after which names and addresses are removed from the recipients of a mailing that is over; counts, lines,
    /// dossiers and hashes of addresses stay. How long the law lets them be kept was not found: the default is an
    /// assumption.
    pub keep_recipients_days: u32,
    /// Address that mails name for those who do not want any more. Default: the address of `mail.from`.
    pub opt_out_address: Option<String>,
}

/// How letters leave.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Folder that receives letters to print, with a manifest. Default: `letters` in `data_dir`.
    pub print_folder: Option<PathBuf>,
    /// Address of the multilingual information site that letters refer to.
    pub information_site: String,
    /// Until when, in Brussels, a letter of today goes to the post today, such as `16:00`; a later one goes on the next working
    /// day, whose date it bears. Until then it can be stopped. `none`: letters are printed as soon as they are made.
    pub cut_off: CutOff,
    /// The most letters that are printed in a minute. Default: as many as there are.
    pub per_minute: Option<NonZeroU32>,
    /// The documents that are made here, by their codes, such as `formal_notice`. Default: all of them.
    pub documents: Option<Vec<String>>,
    /// How long before a due date its reminder goes out, such as `P2M` or `P30D`.
    pub remind_before: Calendar,
}

/// The pages behind the codes on letters. Without an address to listen on no page is served, and letters carry no code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Address and port to listen on, for HTTP. Loopback only: what faces the world, and encrypts, stands before it.
    pub listen: Option<SocketAddr>,
    /// The address under which pages are reached from outside, such as `https://letters.example`. Needed with `listen`.
    pub base_url: Option<String>,
    /// How long after its making a letter's page can be read, such as `2160h` (ninety days).
    pub valid_for: Period,
}

/// What certificates and proofs are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// File with the private key, as `traject key new` makes it. Without it certificates carry no code to check, proofs
    /// cannot be made, and letters carry no code of a page.
    pub key_file: Option<PathBuf>,
}

/// Where fines are paid. The GGC's decision to fine waits until all three are known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The account (IBAN), as it is to be printed: in groups of four.
    pub iban: Option<String>,
    /// Whose account it is, in Dutch.
    pub payee_nl: Option<String>,
    /// Whose account it is, in French.
    pub payee_fr: Option<String>,
}

/// Work lists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Work is stuck when the oldest item of a kind has been due for more than so many days, and is neither snoozed nor held:
    /// `traject doctor` and the log then say so.
    pub stuck_after_days: u32,
}

/// What the program says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The least level to log, or levels per target, such as `info,traject_store=debug`.
    pub filter: String,
    /// The form of log lines.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for a person.
    Text,
    /// One JSON object a line.
    Json,
}

/// An agency that works in this deployment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its code: the NIS code of a municipality, an organiser's code of the law files, or `GGC`.
    pub code: String,
    /// What it is.
    pub kind: AgencyKind,
    /// The e-mail address its letters give for answers. Letters of a municipality wait until it has one.
    pub email: Option<String>,
    /// The telephone number its letters give.
    pub phone: Option<String>,
}

/// The three kinds of agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgencyKind {
    /// One of the nineteen municipalities.
    Municipality,
    /// A reception office: Bon or a BAPA.
    Organiser,
    /// The Joint Community Commission.
    Ggc,
}

impl Config {
    /// The folder that receives letters to print.
    #[must_use]
    pub fn print_folder(&self) -> PathBuf {
        self.letters.print_folder.clone().unwrap_or_else(|| self.data_dir.join("letters"))
    }
}
