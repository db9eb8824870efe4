//! The section of the configuration that says where mail goes.

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where mail goes and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Name or address of the relay; with TLS, the name its certificate must bear.
    pub host: String,
    /// Port, such as 587 for STARTTLS and 465 for implicit TLS.
    pub port: u16,
    /// How the connection is protected.
    pub tls: TlsMode,
    /// User name, where the relay asks for one.
    #[serde(default)]
    pub username: Option<String>,
    /// File with the password on its first line; needed with a user name.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// PEM file of the authority that signed the relay's certificate, beside those of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Sender, `address` or `Name <address>`; notifications of failure come back to the address.
    pub from: String,
    /// Name given in EHLO; the sender's domain without it.
    #[serde(default)]
    pub hello_name: Option<String>,
    /// Longest wait for each step, in seconds, 1 to 600.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

fn default_timeout_s() -> u64 {
    60
}

/// How the connection is protected. There is no mode that tries TLS and goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Plain text, to this machine only.
    LoopbackPlain,
    /// STARTTLS, or nothing is sent (RFC 3207).
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
}

/// The closed list of what may be wrong with the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpConfigErrorCode {
    /// Plain text to a host that is not this machine.
    PlainOffLoopback,
    /// `from` is no address.
    BadSender,
    /// A user name without a password file, or a password file without a user name.
    HalfCredentials,
    /// The password file cannot be read or is empty.
    PasswordUnreadable,
    /// The authority's file cannot be read or holds no certificate.
    AuthorityUnreadable,
    /// `timeout_s` outside 1 to 600.
    BadTimeout,
    /// `hello_name` is not a host name.
    BadHelloName,
    /// TLS cannot be set up for this host.
    TlsUnusable,
}

impl SmtpConfigErrorCode {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PlainOffLoopback => "SMTP_PLAIN_OFF_LOOPBACK",
            Self::BadSender => "SMTP_BAD_SENDER",
            Self::HalfCredentials => "SMTP_HALF_CREDENTIALS",
            Self::PasswordUnreadable => "SMTP_PASSWORD_UNREADABLE",
            Self::AuthorityUnreadable => "SMTP_AUTHORITY_UNREADABLE",
            Self::BadTimeout => "SMTP_BAD_TIMEOUT",
            Self::BadHelloName => "SMTP_BAD_HELLO_NAME",
            Self::TlsUnusable => "SMTP_TLS_UNUSABLE",
        }
    }

    /// The key of the section it is about.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PlainOffLoopback => "tls",
            Self::BadSender => "from",
            Self::HalfCredentials => "username",
            Self::PasswordUnreadable => "password_file",
            Self::AuthorityUnreadable => "ca_file",
            Self::BadTimeout => "timeout_s",
            Self::BadHelloName => "hello_name",
            Self::TlsUnusable => "host",
        }
    }
}

/// A section that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{code}: unusable value of {key}", code = self.code.code(), key = self.code.key())]
pub struct SmtpConfigError {
    /// What is wrong.
    pub code: SmtpConfigErrorCode,
    /// The cause, where there is one beneath.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl SmtpConfigError {
    fn because(code: SmtpConfigErrorCode) -> impl Fn(Box<dyn std::error::Error + Send + Sync>) -> Self {
        move |source| Self { code, source: Some(source) }
    }
}

impl From<SmtpConfigErrorCode> for SmtpConfigError {
    fn from(code: SmtpConfigErrorCode) -> Self {
        Self { code, source: None }
    }
}

/// The section, checked, with its files read.
pub(crate) struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) protection: Protection,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) from: Mailbox,
    pub(crate) hello_name: String,
    pub(crate) timeout: Duration,
}

/// The mode with what it needs.
pub(crate) enum Protection {
    Plain,
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

impl Relay {
    pub(crate) fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        use SmtpConfigErrorCode as Code;
        if !(1..=600).contains(&config.timeout_s) {
            return Err(Code::BadTimeout.into());
        }
        let protection = match config.tls {
            TlsMode::LoopbackPlain if is_loopback(&config.host) => Protection::Plain,
            TlsMode::LoopbackPlain => return Err(Code::PlainOffLoopback.into()),
            TlsMode::Starttls => Protection::StartTls(tls(&config)?),
            TlsMode::Implicit => Protection::Implicit(tls(&config)?),
        };
        let from: Mailbox =
            config.from.parse().map_err(|source| SmtpConfigError::because(Code::BadSender)(Box::new(source)))?;
        let credentials = match (config.username, config.password_file) {
            (None, None) => None,
            (Some(name), Some(file)) => Some(Credentials::new(name, password(&file)?)),
            _ => return Err(Code::HalfCredentials.into()),
        };
        let hello_name = config.hello_name.unwrap_or_else(|| from.email.domain().to_owned());
        // The name goes into a command line as it is.
        if hello_name.is_empty() || !hello_name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-[]:".contains(&b)) {
            return Err(Code::BadHelloName.into());
        }
        let timeout = Duration::from_secs(config.timeout_s);
        Ok(Self { host: config.host, port: config.port, protection, credentials, from, hello_name, timeout })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn password(file: &Path) -> Result<String, SmtpConfigError> {
    let code = SmtpConfigErrorCode::PasswordUnreadable;
    let text = std::fs::read_to_string(file).map_err(|source| SmtpConfigError::because(code)(Box::new(source)))?;
    match text.lines().next() {
        Some(password) if !password.is_empty() => Ok(password.to_owned()),
        _ => Err(code.into()),
    }
}

const PEM_HEAD: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn tls(config: &SmtpConfig) -> Result<TlsParameters, SmtpConfigError> {
    let code = SmtpConfigErrorCode::AuthorityUnreadable;
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(file) = &config.ca_file {
        let pem = std::fs::read(file).map_err(|source| SmtpConfigError::because(code)(Box::new(source)))?;
        // A file without a certificate would read as an empty list, and the relay then be refused with every mail.
        if !pem.windows(PEM_HEAD.len()).any(|window| window == PEM_HEAD) {
            return Err(code.into());
        }
        let certificate =
            Certificate::from_pem(&pem).map_err(|source| SmtpConfigError::because(code)(Box::new(source)))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder
        .build_rustls()
        .map_err(|source| SmtpConfigError::because(SmtpConfigErrorCode::TlsUnusable)(Box::new(source)))
}
