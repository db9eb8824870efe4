//! What a server does without being asked: assess what an import left and what wakes, make letters, send copies, and read
//! what became of them.

use crate::clock::brussels_day;
use crate::ebox::{self, EboxHouse, ebox_config};
use crate::engine::{Engine, EngineError, Sent};
use crate::letters::{Letters, Senders};
use crate::limit::Limit;
use crate::mail::{MailHouse, Words, message_host, smtp_config};
use crate::print::{Batches, PrintHouse};
use crate::site::Site;
use crate::{bounces, coded, status_file, stuck};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use traject_app::channel::ChannelAdapter;
use traject_app::model::{Channel, DeliveryQueue, DeliveryState};
use traject_app::{AppError, Desk};
use traject_config::{Config, Mail};
use traject_domain::Date;
use traject_ebox::Ebox;
use traject_email_smtp::SmtpMailer;
use traject_letter_pdf::LetterPdf;
use traject_store::SqlStore;
use traject_templates::Texts;

/// How far the clocks of program and database may be apart.
pub const SKEW_MAX: SignedDuration = SignedDuration::from_secs(2);

/// How long after telling of work that waits it is told again.
const TELL_WORK_EVERY: SignedDuration = SignedDuration::from_hours(1);

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

/// The jobs of a deployment.
pub struct Jobs {
    desk: Desk,
    store: Arc<SqlStore>,
    every: Duration,
    press: Arc<LetterPdf>,
    texts: Texts,
    print_folder: PathBuf,
    senders: Senders,
    adapters: Vec<Box<dyn ChannelAdapter>>,
    limits: Mutex<BTreeMap<Channel, Limit>>,
    bounces_dir: Option<PathBuf>,
    /// The service of electronic mailboxes, where one is configured.
    ebox: Option<Arc<Ebox>>,
    /// The day on which what the law presumes was recorded and reminders were prepared.
    day_done: Mutex<Option<Date>>,
    /// After how many days work is stuck.
    stuck_after_days: u32,
    /// When it was last told how long work waits.
    told_at: Mutex<Option<Timestamp>>,
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
    /// When the section `mail` or `ebox` or a text cannot be used.
    pub fn new(site: &Site, press: Arc<LetterPdf>) -> anyhow::Result<Self> {
        let batches = site.config.letters.cut_off.get().map_or(Batches::AtOnce, Batches::Daily);
        Self::with_batches(site, press, batches)
    }

    /// The same, where letters are printed as soon as they are made, whatever the cut-off.
    ///
    /// # Errors
    /// As [`Jobs::new`].
    pub fn at_once(site: &Site, press: Arc<LetterPdf>) -> anyhow::Result<Self> {
        Self::with_batches(site, press, Batches::AtOnce)
    }

    fn with_batches(site: &Site, press: Arc<LetterPdf>, batches: Batches) -> anyhow::Result<Self> {
        let print_folder = site.config.print_folder();
        let counting = site.desk.law.law.counting.clone();
        let printing = PrintHouse::new(print_folder.clone(), batches, counting);
        let mut adapters: Vec<Box<dyn ChannelAdapter>> = vec![Box::new(printing)];
        let mut bounces_dir = None;
        if let Mail::EmailSmtp(section) = &site.config.mail {
            let mailer = SmtpMailer::new(smtp_config(section))?;
            adapters.push(Box::new(MailHouse::new(mailer, message_host(section))));
            bounces_dir.clone_from(&section.bounces_dir);
        }
        let ebox = ebox_config(&site.config.ebox).map(Ebox::new).transpose();
        let ebox = ebox.map_err(|error| coded(error.code.code(), error))?.map(Arc::new);
        adapters
            .extend(ebox.iter().map(|ebox| -> Box<dyn ChannelAdapter> { Box::new(EboxHouse::new(Arc::clone(ebox))) }));
        adapters.push(Box::new(crate::desk_channel::Counter));
        Ok(Self {
            desk: site.desk.clone(),
            store: Arc::clone(&site.store),
            every: site.config.server.jobs_every.get(),
            press,
            texts: Texts::load()?,
            print_folder,
            senders: site.senders()?,
            adapters,
            limits: Mutex::new(limits(&site.config)),
            bounces_dir,
            ebox,
            day_done: Mutex::new(None),
            stuck_after_days: site.config.work.stuck_after_days,
            told_at: Mutex::new(None),
        })
    }

    /// Whether copies of letters go out by mail.
    pub fn sends_mail(&self) -> bool {
        self.adapters.iter().any(|adapter| adapter.channels().contains(&Channel::Email))
    }

    /// The engine over what the jobs hold.
    pub fn engine(&self) -> Engine<'_> {
        let (desk, senders) = (&self.desk, &self.senders);
        Engine {
            desk,
            letters: Letters { desk, press: &self.press, senders },
            words: Words { desk, texts: &self.texts, senders },
            adapters: &self.adapters,
            limits: &self.limits,
        }
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
        let in_doubt = self.engine().recover().await.map_err(engine_failed)?;
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
        // Days of the law pass once a day.
        let today = self.desk.clock.today();
        if *self.day_done.lock().unwrap_or_else(PoisonError::into_inner) != Some(today) {
            self.desk.presume().await.map_err(failed)?;
            self.desk.remind().await.map_err(failed)?;
            *self.day_done.lock().unwrap_or_else(PoisonError::into_inner) = Some(today);
        }
        self.tell_work().await
    }

    /// Tells now and then how long work waits for a person: it counts in days.
    async fn tell_work(&self) -> anyhow::Result<()> {
        let now = self.desk.clock.now();
        let told_at = *self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told_at.is_none_or(|told_at| now.duration_since(told_at) >= TELL_WORK_EVERY) {
            stuck::tell(&stuck::look(&self.desk, self.stuck_after_days).await?);
            *self.told_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        Ok(())
    }

    /// Makes and prints letters, makes what is handed over at the desk, and reads what the mail house tells.
    async fn letters(&self, ran: &mut Ran) -> anyhow::Result<()> {
        let read = status_file::read(&self.desk, &self.print_folder).await?;
        if read != status_file::Read::default() {
            tracing::info!(read.recorded, read.rejected, "the mail house told");
        }
        // Registered letters go with the ordinary ones.
        for channel in [Channel::Letter, Channel::Desk] {
            ran.printed += self.send(channel).await?.printed;
        }
        Ok(())
    }

    /// Reads what came back, sends mails and messages, and asks what became of messages.
    async fn mail(&self, ran: &mut Ran) -> anyhow::Result<()> {
        if let Some(maildir) = &self.bounces_dir {
            let read = bounces::read(&self.desk, maildir).await?;
            if read != bounces::Read::default() {
                tracing::info!(read.returned, read.postponed, read.told, read.unmatched, "mail came back");
            }
        }
        for channel in [Channel::Email, Channel::Ebox] {
            ran.mailed += self.send(channel).await?.accepted;
        }
        if let Some(service) = &self.ebox {
            let asked = ebox::ask(&self.engine(), service).await.map_err(|error| coded(error.code(), error))?;
            if asked != ebox::Asked::default() {
                tracing::info!(asked.delivered, asked.refused, asked.unknown, "the eBox told");
            }
        }
        self.tell_queue().await
    }

    async fn send(&self, channel: Channel) -> anyhow::Result<Sent> {
        self.engine().run(channel).await.map_err(engine_failed)
    }

    /// Tells how long the oldest delivery of each way has been waiting for the program.
    async fn tell_queue(&self) -> anyhow::Result<()> {
        let queue = self.desk.store.delivery_queue().await?;
        let now = self.desk.clock.now();
        for DeliveryQueue { channel, state, count, oldest } in queue {
            if state.is_waiting() || state == DeliveryState::Sending {
                let age_s = now.duration_since(oldest).as_secs().max(0);
                tracing::debug!(target: "traject::metrics", %channel, %state, count, age_s, "delivery queue");
            }
        }
        Ok(())
    }
}

fn engine_failed(error: EngineError) -> anyhow::Error {
    coded(error.code(), error)
}

fn limits(config: &Config) -> BTreeMap<Channel, Limit> {
    let letters = config.letters.per_minute.map(Limit::per_minute);
    let mails = match &config.mail {
        Mail::EmailSmtp(section) => section.per_minute.map(Limit::per_minute),
        Mail::None => None,
    };
    let of = |channel, limit: Option<Limit>| limit.map(|limit| (channel, limit));
    [of(Channel::Letter, letters.clone()), of(Channel::RegisteredLetter, letters), of(Channel::Email, mails)]
        .into_iter()
        .flatten()
        .collect()
}
