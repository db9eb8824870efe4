//! The section of the configuration that says which eBox, and as whom.

use reqwest::header::HeaderValue;
use reqwest::{Client, Url, redirect, tls};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Which eBox, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EboxConfig {
    /// Where the service is, such as `https://ebox.example/v1`: `https` only, no user, query or fragment.
    pub base_url: String,
    /// File with the bearer token on its first line. It is read for each request, so that whoever rotates the token
    /// need not restart anything.
    pub token_file: PathBuf,
    /// PEM file of authorities that may have signed the service's certificate, beside those of the system.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Longest wait for a connection in seconds, 1 to 600; the answer may take as long again.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
    /// The organisation's name for itself with the service, 1 to 100 characters.
    pub sender_organisation: String,
    /// The organisation may send registered messages, which is limited to some institutions.
    #[serde(default)]
    pub may_register: bool,
}

fn default_timeout_s() -> u64 {
    60
}

/// The closed list of what may be wrong with the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EboxConfigErrorCode {
    /// `base_url` is not such an address.
    BadBaseUrl,
    /// The token file cannot be read, or its first line is no token.
    TokenUnreadable,
    /// The authorities' file cannot be read or holds no certificate.
    AuthorityUnreadable,
    /// `timeout_s` outside 1 to 600.
    BadTimeout,
    /// `sender_organisation` is empty or too long.
    BadSender,
    /// TLS cannot be set up, for example since no authority is trusted.
    TlsUnusable,
}

impl EboxConfigErrorCode {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadBaseUrl => "EBOX_BAD_BASE_URL",
            Self::TokenUnreadable => "EBOX_TOKEN_UNREADABLE",
            Self::AuthorityUnreadable => "EBOX_AUTHORITY_UNREADABLE",
            Self::BadTimeout => "EBOX_BAD_TIMEOUT",
            Self::BadSender => "EBOX_BAD_SENDER",
            Self::TlsUnusable => "EBOX_TLS_UNUSABLE",
        }
    }

    /// The key of the section it is about.
    pub const fn key(self) -> &'static str {
        match self {
            Self::BadBaseUrl => "base_url",
            Self::TokenUnreadable => "token_file",
            Self::AuthorityUnreadable | Self::TlsUnusable => "ca_file",
            Self::BadTimeout => "timeout_s",
            Self::BadSender => "sender_organisation",
        }
    }
}

/// A section that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{code}: unusable value of {key}", code = self.code.code(), key = self.code.key())]
pub struct EboxConfigError {
    /// What is wrong.
    pub code: EboxConfigErrorCode,
    /// The cause, where there is one beneath.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl EboxConfigError {
    fn because<E: std::error::Error + Send + Sync + 'static>(code: EboxConfigErrorCode) -> impl Fn(E) -> Self {
        move |source| Self { code, source: Some(Box::new(source)) }
    }
}

impl From<EboxConfigErrorCode> for EboxConfigError {
    fn from(code: EboxConfigErrorCode) -> Self {
        Self { code, source: None }
    }
}

/// The section, checked.
pub(crate) struct Service {
    pub(crate) client: Client,
    base: Url,
    token_file: PathBuf,
    pub(crate) sender_organisation: String,
    pub(crate) may_register: bool,
}

impl Service {
    pub(crate) fn new(config: EboxConfig) -> Result<Self, EboxConfigError> {
        use EboxConfigErrorCode as Code;
        if !(1..=600).contains(&config.timeout_s) {
            return Err(Code::BadTimeout.into());
        }
        let sender = &config.sender_organisation;
        if sender.trim().is_empty() || sender.chars().count() > 100 {
            return Err(Code::BadSender.into());
        }
        let base = base(&config.base_url).ok_or(Code::BadBaseUrl)?;
        authorization(&config.token_file).ok_or(Code::TokenUnreadable)?;
        let timeout = Duration::from_secs(config.timeout_s);
        let client = client(trust(config.ca_file.as_deref())?, timeout)?;
        let EboxConfig { token_file, sender_organisation, may_register, .. } = config;
        Ok(Self { client, base, token_file, sender_organisation, may_register })
    }

    /// The address of a resource; segments are escaped.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The value of `Authorization`, as the file has it now; none where it cannot be read.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        authorization(&self.token_file)
    }

    /// Host and port, which are no secret.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.base.host_str().unwrap_or_default(), self.base.port_or_known_default().unwrap_or(443))
    }
}

fn base(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (url.scheme() == "https" && url.has_host() && plain && url.fragment().is_none()).then_some(url)
}

/// `Bearer` and the file's first line, marked as a secret; the signs of a token are those of RFC 6750, 2.1.
fn authorization(file: &Path) -> Option<HeaderValue> {
    let text = std::fs::read_to_string(file).ok()?;
    let token = text.lines().next()?.trim();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || !token.bytes().all(is_token) {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The authorities of the system and of the file.
fn trust(ca_file: Option<&Path>) -> Result<RootCertStore, EboxConfigError> {
    let mut roots = RootCertStore::empty();
    // Single certificates of a system that are unusable are not missed: what counts is whether the service's is trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        let code = EboxConfigErrorCode::AuthorityUnreadable;
        let pem = std::fs::read(file).map_err(EboxConfigError::because(code))?;
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(EboxConfigError::because(code))?;
            roots.add(certificate).map_err(EboxConfigError::because(code))?;
        }
        if roots.len() == before {
            return Err(code.into());
        }
    }
    if roots.is_empty() { Err(EboxConfigErrorCode::TlsUnusable.into()) } else { Ok(roots) }
}

/// A client that goes where it is told: no proxy from the environment and no redirection, which would take the token
/// along.
fn client(roots: RootCertStore, timeout: Duration) -> Result<Client, EboxConfigError> {
    let code = EboxConfigErrorCode::TlsUnusable;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(EboxConfigError::because(code))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(config)
        .https_only(true)
        .tls_version_min(tls::Version::TLS_1_2)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeout)
        .timeout(timeout * 2)
        .user_agent("traject")
        .build()
        .map_err(EboxConfigError::because(code))
}
