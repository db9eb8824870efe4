//! Mails of mailings, one after the other beside the other jobs: recorded before they are sent, at a pace, never twice.

use crate::clock::brussels_day;
use crate::engine::wait_after;
use crate::mail::{is_of_the_relay, message_host, smtp_config};
use crate::site::Site;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use traject_api_grpc::mass_mail;
use traject_app::error::AppError;
use traject_app::mailing::error::FileFault;
use traject_app::mailing::port::Rows;
use traject_app::mailing::{
    Begun, Mailing, MailingDesk, MailingError, MailingState, Partner, Person, Reason, Recipient, RecipientFiles, Row,
    Settled, address,
};
use traject_config::{AgencyKind, Config, Mail as MailSection};
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::delivery::DeliveryState;
use traject_domain::law::{AgencyKind as LawKind, Law};
use traject_domain::municipality::Municipality;
use traject_email_smtp::{Mail, MessageId, SendOutcome, SmtpMailer};
use traject_extract_csv::{RecipientRow, RecipientRows, RecipientsError};

/// Attempts after which a mail that is never refused for good is given up: the last about nine hours after the first.
const ATTEMPTS_MAX: u32 = 6;

/// How long nothing is sent after the relay failed in a way that says nothing of the mail.
const RELAY_REST: Duration = Duration::from_secs(30);

/// Mailings looked at in one turn.
const MAILINGS_MAX: usize = 64;

/// Reads files of recipients with the room for CSV.
#[derive(Debug, Clone, Copy, Default)]
pub struct CsvFiles;

impl RecipientFiles for CsvFiles {
    fn rows<'f>(&self, file: &'f [u8]) -> Result<Rows<'f>, FileFault> {
        let rows = RecipientRows::open(file).map_err(fault)?;
        Ok(Box::new(rows.map(|row| row.map(checkable).map_err(fault))))
    }
}

/// A row of a file as the validator takes it.
pub fn checkable(row: RecipientRow) -> Row {
    let [name, first_names, last_name, email, language, national_number] = row.values;
    let (line, is_ragged) = (row.line, row.is_ragged);
    Row { line, name, first_names, last_name, email, language, national_number, is_ragged, ..Row::default() }
}

fn fault(error: RecipientsError) -> FileFault {
    match error {
        RecipientsError::MissingColumn(column) => FileFault::MissingColumn(column),
        RecipientsError::UnknownColumn(place) => FileFault::UnknownColumn(place),
        RecipientsError::DuplicateColumn(column) => FileFault::DuplicateColumn(column),
        RecipientsError::NotUtf8(line) => FileFault::NotUtf8(line),
        RecipientsError::Unreadable(_) => FileFault::Unreadable,
    }
}

/// The use cases of mailings over a deployment.
pub fn desk(site: &Site) -> MailingDesk {
    MailingDesk {
        desk: site.desk.clone(),
        mailings: Arc::clone(&site.store) as _,
        files: Arc::new(CsvFiles),
        partners: partners(&site.config, &site.desk.law.law),
        can_send: site.config.mail != MailSection::None,
        opt_out_address: opt_out_address(&site.config).unwrap_or_default().into(),
    }
}

/// The agencies of the configuration, under the names that a reader knows.
fn partners(config: &Config, law: &Law) -> Arc<[Partner]> {
    let partner = |agency: &traject_config::Agency| {
        let code = Code::new(&agency.code);
        let both = |nl: &str, fr: &str| if nl == fr { nl.to_owned() } else { format!("{nl} / {fr}") };
        let (kind, name) = match agency.kind {
            AgencyKind::Municipality => (
                LawKind::Municipality,
                Municipality::parse(&agency.code)
                    .map(|of| both(of.name(LegalLanguage::Nl), of.name(LegalLanguage::Fr))),
            ),
            AgencyKind::Organiser => {
                (LawKind::Organiser, law.organiser(&code).map(|of| both(&of.label.nl, &of.label.fr)))
            }
            AgencyKind::Ggc => (LawKind::Ggc, None),
        };
        Partner { name: name.unwrap_or_else(|| agency.code.clone()), code, kind, email: agency.email.clone() }
    };
    config.agencies.iter().map(partner).collect()
}

/// Where those write who do not want any more; none without mail.
fn opt_out_address(config: &Config) -> Option<String> {
    let MailSection::EmailSmtp(section) = &config.mail else { return None };
    let from = section.from.trim_end().trim_end_matches('>');
    let from = from.rsplit_once('<').map_or(from, |(_, address)| address);
    Some(config.mailings.opt_out_address.clone().unwrap_or_else(|| from.to_owned()))
}

/// When mails may start: so many a minute, evenly.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    gap: SignedDuration,
    next: Option<Timestamp>,
}

impl Pace {
    /// At most so many mails in a minute.
    pub fn new(per_minute: NonZeroU32) -> Self {
        Self { gap: SignedDuration::from_secs(60) / i32::try_from(per_minute.get()).unwrap_or(i32::MAX), next: None }
    }

    /// How long to wait at a moment before the next mail starts.
    pub fn wait(&self, now: Timestamp) -> Duration {
        let wait = self.next.map(|next| next.duration_since(now)).unwrap_or_default();
        // A clock that was set back must not hold mails up for longer than the gap.
        Duration::try_from(wait.min(self.gap)).unwrap_or_default()
    }

    /// Counts a mail that starts at a moment.
    pub fn start(&mut self, now: Timestamp) {
        self.next = now.checked_add(self.gap).ok();
    }
}

/// What one turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// No mail is due.
    Idle,
    /// It is too early for the next mail.
    Early(Duration),
    /// A recipient was passed over: opted out, no consent, or somebody else took it.
    Passed,
    /// A mail was sent, with this outcome.
    Sent(SendOutcome),
}

/// Sends mails of mailings.
pub struct MailingMails {
    desk: MailingDesk,
    mailer: SmtpMailer,
    host: String,
    pace: Pace,
    keep: SignedDuration,
}

impl MailingMails {
    /// Takes what is needed from a deployment; none where no mail leaves.
    ///
    /// # Errors
    /// When a section cannot be used.
    pub fn new(site: &Site) -> anyhow::Result<Option<Self>> {
        let MailSection::EmailSmtp(section) = &site.config.mail else { return Ok(None) };
        let desk = desk(site);
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"@.-_+".contains(&b);
        let address = address::parse(&desk.opt_out_address).filter(|address| address.bytes().all(is_plain));
        address.context("mailings.opt_out_address (or mail.from) is no address that a link can hold")?;
        MessageId::parse(&format!("x@{}", message_host(section))).context("MAIL_BAD_SENDER_DOMAIN")?;
        Ok(Some(Self {
            desk,
            mailer: SmtpMailer::new(smtp_config(section))?,
            host: message_host(section),
            pace: Pace::new(site.config.mailings.mails_per_minute),
            keep: SignedDuration::from_hours(24 * i64::from(site.config.mailings.keep_recipients_days)),
        }))
    }

    /// Puts in doubt what an earlier program was sending when it ended. Once, before the first turn.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> Result<u64, MailingError> {
        Ok(self.desk.mailings.interrupted(self.desk.desk.clock.now()).await?)
    }

    /// Sends at most one mail, of the oldest mailing that has one due, and ends mailings that have none left.
    ///
    /// Whether the mailing runs, and whether the recipient may be reached, is asked as the mail begins. Whoever drops this
    /// future leaves at most one recipient in `Sending`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn turn(&mut self) -> Result<Turn, MailingError> {
        let now = self.desk.desk.clock.now();
        let wait = self.pace.wait(now);
        if !wait.is_zero() {
            return Ok(Turn::Early(wait));
        }
        let running = self.desk.mailings.mailings(None, &[MailingState::Running], None, MAILINGS_MAX).await?;
        for mailing in running {
            if let Some(recipient) = self.desk.mailings.due(mailing.id, now).await? {
                return self.send(&mailing, &recipient).await;
            }
            if self.desk.mailings.progress(mailing.id).await?.open() == 0 {
                // Whoever paused or cancelled it meanwhile was first.
                self.desk.mailings.move_mailing(mailing.id, mailing.version, MailingState::Done, now).await?;
                tracing::info!(mailing = %mailing.id, "a mailing is done");
            }
        }
        Ok(Turn::Idle)
    }

    async fn send(&mut self, mailing: &Mailing, recipient: &Recipient) -> Result<Turn, MailingError> {
        let now = self.desk.desk.clock.now();
        let (Begun::Started, Some(person)) = (self.desk.mailings.begin(recipient.id, now).await?, &recipient.person)
        else {
            return Ok(Turn::Passed);
        };
        self.pace.start(now);
        let outcome = match self.mail(mailing, recipient, person, now) {
            Some(mail) => self.mailer.send(&mail).await,
            None => return Err(AppError::Internal("no message id can be made".into()).into()),
        };
        if outcome != SendOutcome::Accepted {
            tracing::warn!(recipient = %recipient.id, %outcome, "a mail of a mailing did not go out");
        }
        let now = self.desk.desk.clock.now();
        self.desk.mailings.settle(recipient.id, settled(outcome, recipient.attempts + 1, now), now).await?;
        Ok(Turn::Sent(outcome))
    }

    fn mail(&self, mailing: &Mailing, recipient: &Recipient, person: &Person, now: Timestamp) -> Option<Mail> {
        let words = mass_mail(&self.desk, mailing, recipient, person);
        let code = recipient.id;
        Some(Mail {
            message_id: MessageId::parse(&format!("{code}@{}", self.host)).ok()?,
            attempt: Some(recipient.attempts + 1),
            written_at: now,
            to: person.email.trim().to_owned(),
            subject: words.subject,
            text: words.text,
            html: Some(words.html),
            language: words.language_tags,
            attachments: Vec::new(),
            list_unsubscribe: Some(format!("<mailto:{}?subject=opt-out-{code}>", self.desk.opt_out_address)),
        })
    }

    /// Removes names and addresses from recipients of mailings that have been over for the configured days.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self) -> Result<u64, MailingError> {
        let now = self.desk.desk.clock.now();
        let Ok(over_before) = now.checked_sub(self.keep) else { return Ok(0) };
        let forgotten = self.desk.mailings.forget(over_before, now).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, day = %brussels_day(now), "recipients of mailings were forgotten");
        }
        Ok(forgotten)
    }

    /// How long to wait after a turn before the next; `every` where nothing is due.
    pub fn rest(turn: Turn, every: Duration) -> Duration {
        match turn {
            Turn::Idle => every,
            Turn::Early(wait) => wait,
            Turn::Sent(outcome) if is_of_the_relay(outcome) => RELAY_REST,
            Turn::Passed | Turn::Sent(_) => Duration::ZERO,
        }
    }
}

/// What became of a mail, after so many attempts.
fn settled(outcome: SendOutcome, attempts: u32, now: Timestamp) -> Settled {
    let over = |state, reason| Settled { state, reason, retry_at: None };
    match outcome {
        SendOutcome::Accepted => over(DeliveryState::Accepted, None),
        SendOutcome::PermanentFailure { .. } => over(DeliveryState::PermanentFailure, Some(Reason::Refused)),
        SendOutcome::InDoubt { .. } => over(DeliveryState::InDoubt, Some(Reason::NoAnswer)),
        SendOutcome::TemporaryFailure { .. } if attempts < ATTEMPTS_MAX => Settled {
            state: DeliveryState::TemporaryFailure,
            reason: Some(Reason::PutOff),
            retry_at: now.checked_add(wait_after(attempts)).ok().or(Some(now)),
        },
        SendOutcome::TemporaryFailure { .. } => over(DeliveryState::PermanentFailure, Some(Reason::TriedTooOften)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_start_at_their_pace_whatever_the_clock_does() {
        let at = |millis| Timestamp::from_millisecond(millis).expect("an instant");
        let mut pace = Pace::new(NonZeroU32::new(120).expect("not zero"));
        assert_eq!(pace.wait(at(0)), Duration::ZERO);
        pace.start(at(1_000));
        assert_eq!(pace.wait(at(1_100)), Duration::from_millis(400));
        assert_eq!(pace.wait(at(1_500)), Duration::ZERO);
        assert_eq!(pace.wait(at(0)), Duration::from_millis(500), "a clock set back holds up for one gap");
    }
}
