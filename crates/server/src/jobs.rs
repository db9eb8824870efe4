//! What a server does without being asked: assess what an import left and what wakes, make letters, send copies.

use crate::clock::brussels_day;
use crate::coded;
use crate::letters::{Letters, Senders};
use crate::mail::{self, Mails, message_host, smtp_config};
use crate::site::Site;
use jiff::SignedDuration;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use traject_app::{AppError, Desk};
use traject_config::{Config, Mail};
use traject_email_smtp::SmtpMailer;
use traject_letter_pdf::{LetterPdf, PrintFolder};
use traject_store::SqlStore;
use traject_templates::Texts;

/// How far the clocks of program and database may be apart.
pub const SKEW_MAX: SignedDuration = SignedDuration::from_secs(2);

/// One of the jobs; its name is that of its health service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Assesses what wakes.
    Sweep,
    /// Makes letters into the print folder.
    Letters,
    /// Sends copies of letters.
    Mail,
}

impl Part {
    /// Every job, in the order in which they run.
    pub const ALL: &'static [Self] = &[Self::Sweep, Self::Letters, Self::Mail];

    /// The name in health and log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::Letters => "letters",
            Self::Mail => "mail",
        }
    }
}

/// Where copies go.
struct Relay {
    mailer: SmtpMailer,
    texts: Texts,
    host: String,
}

/// The jobs of a deployment.
pub struct Jobs {
    desk: Desk,
    store: Arc<SqlStore>,
    every: Duration,
    press: Arc<LetterPdf>,
    print_folder: PathBuf,
    senders: Senders,
    relay: Option<Relay>,
}

/// What one run of the jobs did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    /// Dossiers assessed.
    pub assessed: u64,
    /// Letters printed.
    pub printed: u64,
    /// Copies that the relay took over.
    pub mailed: u64,
}

impl Jobs {
    /// Takes what the jobs need from a deployment.
    ///
    /// # Errors
    /// When the section `mail` or a text cannot be used.
    pub fn new(site: &Site, press: Arc<LetterPdf>) -> anyhow::Result<Self> {
        Ok(Self {
            desk: site.desk.clone(),
            store: Arc::clone(&site.store),
            every: site.config.server.jobs_every.get(),
            press,
            print_folder: site.config.print_folder(),
            senders: site.senders(),
            relay: relay(&site.config)?,
        })
    }

    /// Whether copies of letters go out by mail.
    pub fn sends_mail(&self) -> bool {
        self.relay.is_some()
    }

    /// How long to wait between two runs.
    pub fn every(&self) -> Duration {
        self.every
    }

    /// Settles what an earlier program left half done: a mail that was being sent is in doubt. Once, before the first run.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> anyhow::Result<()> {
        let in_doubt = mail::recover(&self.desk).await.map_err(|error| coded(error.code(), error))?;
        if in_doubt > 0 {
            tracing::warn!(in_doubt, "mails were being sent when the program ended: a person has to find out");
        }
        Ok(())
    }

    /// Runs one job, and adds what it did.
    ///
    /// # Errors
    /// When it fails; what it did until then stays.
    pub async fn run(&self, part: Part, ran: &mut Ran) -> anyhow::Result<()> {
        match part {
            Part::Sweep => self.sweep(ran).await,
            Part::Letters => self.letters(ran).await,
            Part::Mail => self.mail(ran).await,
        }
    }

    /// Assesses what an import left and what wakes. Nothing fires early: while the clocks of program and database differ by
    /// more than two seconds the sweep stands still, and around midnight it waits for the later of the two.
    async fn sweep(&self, ran: &mut Ran) -> anyhow::Result<()> {
        if let Some(database) = self.store.database_now().await? {
            let now = self.desk.clock.now();
            let skew = database.duration_since(now).abs();
            anyhow::ensure!(skew <= SKEW_MAX, "CLOCK_SKEW: the clocks of program and database differ by {skew:#}");
            if brussels_day(database) < self.desk.clock.today() {
                return Ok(());
            }
        }
        let failed = |error: AppError| coded(error.code(), error);
        ran.assessed += self.desk.settle().await.map_err(failed)?.assessed;
        ran.assessed += self.desk.sweep().await.map_err(failed)?.assessed;
        Ok(())
    }

    async fn letters(&self, ran: &mut Ran) -> anyhow::Result<()> {
        // Opened for each run: whoever prints may empty the folder.
        let mut folder = PrintFolder::open(&self.print_folder)?;
        let (desk, press, senders) = (&self.desk, &self.press, &self.senders);
        ran.printed += Letters { desk, press, folder: &mut folder, senders }.run().await?.printed;
        Ok(())
    }

    async fn mail(&self, ran: &mut Ran) -> anyhow::Result<()> {
        let Some(Relay { mailer, texts, host }) = &self.relay else { return Ok(()) };
        let mails = Mails { desk: &self.desk, mailer, texts, senders: &self.senders, host };
        ran.mailed += mails.run().await.map_err(|error| coded(error.code(), error))?.accepted;
        Ok(())
    }
}

fn relay(config: &Config) -> anyhow::Result<Option<Relay>> {
    let Mail::EmailSmtp(section) = &config.mail else { return Ok(None) };
    let mailer = SmtpMailer::new(smtp_config(section))?;
    Ok(Some(Relay { mailer, texts: Texts::load()?, host: message_host(section) }))
}
