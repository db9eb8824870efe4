//! One deployment: its configuration, its law, its store, joined to a desk.

use crate::clock::{SystemClock, SystemIds};
use crate::documents::Account;
use crate::law::{self, StoredLaws};
use crate::letters::{Contact, Senders};
use crate::{ENGINE, coded};
use anyhow::{Context, anyhow};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use traject_app::Desk;
use traject_app::desk::KnownLaw;
use traject_app::letters::Sending;
use traject_app::model::{Channel, Document};
use traject_app::port::Clock;
use traject_codec::SystemSalts;
use traject_config::{Config, ConfigError, Mail, Secrets, Sources};
use traject_domain::code::Code;
use traject_proof::SigningKey;
use traject_store::{OpenError, Options, SqlStore};
use traject_templates::PerLanguage;
use traject_twin_http::{BaseUrl, PageCodes};

/// Where the configuration of a command comes from.
#[derive(Debug, Clone, Default, Args)]
pub struct Choice {
    /// The site file.
    #[arg(long = "config", value_name = "FILE")]
    site_file: Option<PathBuf>,
    /// Sets one key, such as database.url=sqlite:traject.db; may be given more than once.
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    overrides: Vec<String>,
}

impl Choice {
    /// A site file and keys set beside it.
    pub fn new(site_file: Option<PathBuf>, overrides: Vec<String>) -> Self {
        Self { site_file, overrides }
    }

    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each, with stable codes.
    pub fn load(&self) -> anyhow::Result<Config> {
        let sources = Sources::of_process(self.site_file.clone(), self.overrides.clone());
        traject_config::check(&sources).map_err(|errors| listed("the configuration is not valid", &errors))
    }

    /// Loads the configuration and opens what it names, on the system's clock, to record what is decided.
    ///
    /// # Errors
    /// When the configuration, the law or the database cannot be used.
    pub async fn open(&self) -> anyhow::Result<Site> {
        Site::open(self.load()?, Arc::new(SystemClock)).await
    }

    /// The same, to read only: the law in force leaves no trace.
    ///
    /// # Errors
    /// As [`Choice::open`].
    pub async fn open_to_read(&self) -> anyhow::Result<Site> {
        Site::open_to_read(self.load()?, Arc::new(SystemClock)).await
    }
}

/// An open deployment. A copy shares everything.
#[derive(Clone)]
pub struct Site {
    /// Its configuration.
    pub config: Config,
    /// Its desk.
    pub desk: Desk,
    /// Its record.
    pub store: Arc<SqlStore>,
}

impl Site {
    /// Opens the law and the database of a configuration, and keeps the law there, so that what is decided under it can
    /// be decided again.
    ///
    /// # Errors
    /// When the law or the database cannot be used.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let site = Self::open_to_read(config, clock).await?;
        let Desk { law, store, clock, .. } = &site.desk;
        store.put_law(law.hash, &law.content, clock.now()).await.context("the law cannot be kept")?;
        Ok(site)
    }

    /// Opens the law and the database of a configuration. Nothing is to be decided on its desk.
    ///
    /// # Errors
    /// When the law or the database cannot be used.
    pub async fn open_to_read(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let law = Arc::new(load_law(&config)?);
        let secrets = secrets(&config)?;
        let url = secrets.database_url.expose();
        if config.database.url.is_none() {
            std::fs::create_dir_all(&config.data_dir)
                .with_context(|| format!("{} cannot be made", config.data_dir.display()))?;
        }
        let mut options = Options::new(Arc::clone(&clock), Arc::new(SystemSalts::default()));
        options.readers = config.database.readers_max.get();
        let store = traject_store::open(url, options).await.map_err(unopened)?;
        let store = Arc::new(store);
        let sending = sending(&config)?;
        let desk = Desk {
            law,
            laws: Arc::new(StoredLaws),
            engine: ENGINE.into(),
            store: Arc::<SqlStore>::clone(&store) as _,
            clock,
            ids: Arc::new(SystemIds),
            sending,
        };
        Ok(Self { config, desk, store })
    }

    /// The secrets that the files of the configuration hold.
    ///
    /// # Errors
    /// When a file cannot be read, or a token is not valid.
    pub fn secrets(&self) -> anyhow::Result<Secrets> {
        secrets(&self.config)
    }

    /// What certificates and proofs are signed with, where the configuration names it.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn signing_key(&self) -> anyhow::Result<Option<Arc<SigningKey>>> {
        let Some(file) = &self.config.signing.key_file else { return Ok(None) };
        let pem = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let key = SigningKey::from_pem(&pem).map_err(|fault| coded(fault.code(), fault))?;
        Ok(Some(Arc::new(key)))
    }

    /// The addresses of the pages behind letters, where pages are served.
    ///
    /// # Errors
    /// When the address cannot be the start of one, or the key cannot be read.
    pub fn page_codes(&self) -> anyhow::Result<Option<Arc<PageCodes>>> {
        let pages = &self.config.pages;
        let (Some(_), Some(base), Some(key)) = (pages.listen, &pages.base_url, self.signing_key()?) else {
            return Ok(None);
        };
        let base = BaseUrl::parse(base).context("pages.base_url")?;
        Ok(Some(Arc::new(PageCodes::new(&key.derive("traject.page.v1"), base))))
    }

    /// What documents say about their sender, and what seals them.
    ///
    /// # Errors
    /// When the key of the configuration cannot be read.
    pub fn senders(&self) -> anyhow::Result<Senders> {
        let contacts = self.config.agencies.iter().filter_map(|agency| {
            let contact = Contact { email: agency.email.clone()?, phone: agency.phone.clone() };
            Some((Code::new(&agency.code), contact))
        });
        let information_site = self.config.letters.information_site.clone();
        let payment = &self.config.payment;
        let account = payment.iban.as_ref().zip(payment.payee_nl.as_ref()).zip(payment.payee_fr.as_ref());
        let account = account.map(|((number, nl), fr)| Account {
            number: number.clone(),
            payee: PerLanguage { nl: nl.clone(), fr: fr.clone() },
        });
        let (key, pages) = (self.signing_key()?, self.page_codes()?);
        Ok(Senders { information_site, contacts: contacts.collect(), account, key, pages })
    }

    /// Ends the writer and closes the database.
    ///
    /// # Errors
    /// When the database does not close; everything acknowledged is durable regardless.
    pub async fn close(self) -> anyhow::Result<()> {
        drop(self.desk);
        if let Ok(store) = Arc::try_unwrap(self.store) {
            store.close().await?;
        }
        Ok(())
    }
}

/// What is sent from a deployment, and by which ways.
fn sending(config: &Config) -> anyhow::Result<Sending> {
    let sends_mail = config.mail != Mail::None;
    let mut sending = Sending { copies_by_email: sends_mail, ..Sending::default() };
    sending.remind_before = config.letters.remind_before.get();
    if sends_mail {
        sending.channels.insert(Channel::Email);
    }
    if config.ebox.base_url.is_some() {
        sending.channels.insert(Channel::Ebox);
    }
    if let Some(codes) = &config.letters.documents {
        let known = |code: &String| {
            Document::from_code(code).with_context(|| {
                format!("CONFIG_INVALID_VALUE: letters.documents: {code:?} is not the code of a document")
            })
        };
        sending.documents = codes.iter().map(known).collect::<anyhow::Result<_>>()?;
    }
    Ok(sending)
}

fn secrets(config: &Config) -> anyhow::Result<Secrets> {
    config.secrets().map_err(|errors| listed("the secrets of the configuration cannot be read", &errors))
}

/// What is wrong with a configuration, a line each.
fn listed(what: &str, errors: &[ConfigError]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(|error| format!("{}: {error}", error.code())).collect();
    anyhow!("{what}\n{}", lines.join("\n"))
}

/// What a person reads when the database was not opened.
fn unopened(error: OpenError) -> anyhow::Error {
    let what = match error {
        OpenError::DataDirLocked => {
            "the database cannot be opened; another command or a server works on it: wait, stop it, or call the server"
        }
        _ => "the database cannot be opened",
    };
    coded(error.code(), error).context(what)
}

fn load_law(config: &Config) -> anyhow::Result<KnownLaw> {
    law::known(&law::text(config.law.dir.as_deref(), &[])?)
}
