//! From a delivery to a mail with a copy of a letter: for information only, since the letter on paper is the act.

use crate::clock::brussels_day;
use crate::letters::{Contact, Senders};
use jiff::{SignedDuration, Timestamp};
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::model::{Channel, Delivery, DeliveryKey, DeliveryState, Dossier, WorkKind};
use traject_config::{Encryption, SmtpMail};
use traject_domain::history::{History, Moment};
use traject_domain::municipality::Municipality;
use traject_email_smtp::{
    Attachment, Mail, MessageId, NotAMessageId, SendOutcome, SmtpConfig, SmtpMailer, Step, TlsMode,
};
use traject_templates::{ComposedMail, CopiedLetter, CopyMail, DeliveryReference, LetterLanguage, Texts};

/// Why copies could not be sent. Those sent before stay sent; one that was being sent stays in `Sending`, and
/// [`recover`] puts it in doubt.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The store, or a dossier in it.
    #[error(transparent)]
    App(#[from] AppError),
    /// The sender's domain is too long for a message id.
    #[error("no message id can be made with the domain of mail.from")]
    Host(#[from] NotAMessageId),
}

impl MailError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::App(error) => error.code(),
            Self::Host(_) => "MAIL_BAD_SENDER_DOMAIN",
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mailed {
    /// Mails that the relay took over.
    pub accepted: u64,
    /// Mails that were not taken, and are tried again later.
    pub postponed: u64,
    /// Mails that are given up; the letter on paper goes its way.
    pub failed: u64,
    /// Mails of which nobody here knows whether they were taken: each is on the work list.
    pub in_doubt: u64,
    /// Copies that have no letter or no address any more.
    pub cancelled: u64,
    /// Copies that were looked at and wait: for their letter, for the address of its sender, or for their next attempt.
    pub waiting: u64,
}

/// Deliveries read at a time, at least.
const PAGE: usize = 64;

/// Attempts after which a mail that is never refused for good is given up all the same.
const ATTEMPTS_MAX: u32 = 12;

/// A run ends once it has spent this long on sending, so that the jobs beside it, and a server that stops, need not
/// wait for all that there is to send.
const SENDING_MAX: SignedDuration = SignedDuration::from_secs(15);

/// Sends the copies that wait.
pub struct Mails<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The relay.
    pub mailer: &'a SmtpMailer,
    /// The words.
    pub texts: &'a Texts,
    /// Whom to ask, per municipality.
    pub senders: &'a Senders,
    /// The right side of message ids, as [`message_host`] gives it.
    pub host: &'a str,
}

/// A run as far as it has come.
#[derive(Default)]
struct Run {
    mailed: Mailed,
    spent: SignedDuration,
    /// The relay does not serve us, or cannot be trusted to answer: the next mail would fare no better.
    relay_fails: bool,
}

impl Run {
    fn is_over(&self) -> bool {
        self.relay_fails || self.spent >= SENDING_MAX
    }
}

/// Whether a copy is to be sent.
enum Ground {
    /// It is.
    Stands(Box<Mail>),
    /// Its letter is not printed, or its sender has no address in the configuration yet.
    NotYet,
    /// There is no letter, or nobody to write to, any more.
    Gone,
}

impl Mails<'_> {
    /// Tries each copy that is due, once. The run ends early when the relay fails or sending takes long; the next run
    /// goes on with the rest.
    ///
    /// A sending is recorded before it begins. Whoever drops this future leaves at most one delivery in `Sending`.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn run(&self) -> Result<Mailed, MailError> {
        let mut run = Run::default();
        for state in [DeliveryState::TemporaryFailure, DeliveryState::Created] {
            let mut after = None;
            loop {
                let page = self.desk.store.deliveries(Some(Channel::Email), state, after, PAGE).await;
                let page = page.map_err(AppError::from)?;
                for delivery in &page {
                    self.handle(delivery, &mut run).await?;
                    if run.is_over() {
                        return Ok(run.mailed);
                    }
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => after = Some((last.changed_at, last.id)),
                    _ => break,
                }
            }
        }
        Ok(run.mailed)
    }

    /// Sends one copy if it is due.
    async fn handle(&self, delivery: &Delivery, run: &mut Run) -> Result<(), MailError> {
        let ground = match is_due(delivery, self.desk.clock.now()) {
            true => self.ground(delivery).await?,
            false => Ground::NotYet,
        };
        match ground {
            Ground::NotYet => run.mailed.waiting += 1,
            Ground::Gone => {
                run.mailed.cancelled +=
                    u64::from(step(self.desk, delivery, delivery.state, DeliveryState::Cancelled).await?);
            }
            Ground::Stands(mail) => self.send(delivery, &mail, run).await?,
        }
        Ok(())
    }

    async fn send(&self, delivery: &Delivery, mail: &Mail, run: &mut Run) -> Result<(), MailError> {
        if !step(self.desk, delivery, delivery.state, DeliveryState::Sending).await? {
            // Somebody else took it.
            return Ok(());
        }
        let begun = self.desk.clock.now();
        let outcome = self.mailer.send(mail).await;
        run.spent += self.desk.clock.now().duration_since(begun);
        run.relay_fails = is_of_the_relay(outcome);
        if outcome != SendOutcome::Accepted {
            tracing::warn!(delivery = %delivery.id, %outcome, "a copy by mail did not go out");
        }
        let may_retry = delivery.attempts + 1 < ATTEMPTS_MAX;
        let (to, count) = match outcome {
            SendOutcome::Accepted => (DeliveryState::Accepted, &mut run.mailed.accepted),
            SendOutcome::TemporaryFailure { .. } if may_retry => {
                (DeliveryState::TemporaryFailure, &mut run.mailed.postponed)
            }
            SendOutcome::TemporaryFailure { .. } | SendOutcome::PermanentFailure { .. } => {
                (DeliveryState::PermanentFailure, &mut run.mailed.failed)
            }
            SendOutcome::InDoubt { .. } => {
                run.mailed.in_doubt += u64::from(doubt(self.desk, delivery).await?);
                return Ok(());
            }
        };
        *count += u64::from(step(self.desk, delivery, DeliveryState::Sending, to).await?);
        Ok(())
    }

    /// Whether a delivery is to be sent, as its letter stands now.
    async fn ground(&self, delivery: &Delivery) -> Result<Ground, MailError> {
        let on_paper = DeliveryKey { channel: Channel::Letter, ..delivery.key.clone() };
        let deliveries = self.desk.store.deliveries_of(delivery.key.dossier).await.map_err(AppError::from)?;
        let Some(letter) = deliveries.into_iter().find(|found| found.key == on_paper) else { return Ok(Ground::Gone) };
        match letter.state {
            DeliveryState::Cancelled | DeliveryState::PermanentFailure => Ok(Ground::Gone),
            // Rendered only: the letter may still be cancelled, and then there is nothing that this would be a copy of.
            DeliveryState::Created | DeliveryState::Rendered => Ok(Ground::NotYet),
            _ => self.copy(delivery, &letter).await,
        }
    }

    /// The mail with a copy of a printed letter.
    async fn copy(&self, delivery: &Delivery, letter: &Delivery) -> Result<Ground, MailError> {
        let store = &self.desk.store;
        let dossier = self.desk.dossier(letter.key.dossier).await?;
        let identity = store.identity(dossier.id).await.map_err(AppError::from)?;
        let address = identity.and_then(|identity| identity.email).map(|email| email.trim().to_owned());
        let Some(to) = address.filter(|email| !email.is_empty()) else { return Ok(Ground::Gone) };
        let Some(municipality) = self.municipality(&dossier, letter) else { return Ok(Ground::Gone) };
        let Some(contact) = self.senders.contacts.get(&municipality) else { return Ok(Ground::NotYet) };
        let Some(words) = self.words(letter, municipality, contact) else { return Ok(Ground::Gone) };
        let Some(content) = store.document(letter.id).await.map_err(AppError::from)? else {
            return Ok(Ground::NotYet);
        };
        let (file_name, content_type) = (format!("{}.pdf", letter.id), "application/pdf".to_owned());
        Ok(Ground::Stands(Box::new(Mail {
            message_id: MessageId::parse(&format!("{}@{}", delivery.id, self.host))?,
            written_at: self.desk.clock.now(),
            to,
            subject: words.subject,
            text: words.text,
            html: Some(words.html),
            language: words.language_tags,
            attachments: vec![Attachment { file_name, content_type, content }],
            list_unsubscribe: None,
        })))
    }

    /// The municipality that a letter was printed for, whose contact it gives.
    fn municipality(&self, dossier: &Dossier, letter: &Delivery) -> Option<Municipality> {
        let at = Moment::end_of(self.desk.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        history.municipality_on(brussels_day(letter.changed_at))
    }

    fn words(&self, letter: &Delivery, municipality: Municipality, contact: &Contact) -> Option<ComposedMail> {
        Some(self.texts.compose_copy(&CopyMail {
            language: LetterLanguage::of(letter.language),
            letter: match letter.key.step.breach() {
                None => CopiedLetter::Certificate,
                Some(breach) => CopiedLetter::Notice(breach),
            },
            letter_reference: DeliveryReference::parse(&letter.id.to_string()).ok()?,
            municipality,
            municipality_email: contact.email.clone(),
            municipality_phone: contact.phone.clone(),
        }))
    }
}

/// Puts in doubt every copy that was being sent when a program ended, and gives how many. To be called before the first
/// run, and by one program at a time: what another program is sending at that moment is put in doubt as well.
///
/// # Errors
/// [`MailError`]; what was put in doubt until then stays so.
pub async fn recover(desk: &Desk) -> Result<u64, MailError> {
    let mut found = 0;
    loop {
        let page = desk.store.deliveries(Some(Channel::Email), DeliveryState::Sending, None, PAGE).await;
        let page = page.map_err(AppError::from)?;
        if page.is_empty() {
            return Ok(found);
        }
        for delivery in page {
            found += u64::from(doubt(desk, &delivery).await?);
        }
    }
}

/// Asks a person what became of a sending, then records the doubt: in this order, since a crash in between is recovered
/// into one item, and the other way round into none.
async fn doubt(desk: &Desk, delivery: &Delivery) -> Result<bool, MailError> {
    desk.ask(delivery.key.dossier, WorkKind::DeliveryInDoubt).await?;
    step(desk, delivery, DeliveryState::Sending, DeliveryState::InDoubt).await
}

/// False when the delivery was no longer in `from`.
async fn step(desk: &Desk, delivery: &Delivery, from: DeliveryState, to: DeliveryState) -> Result<bool, MailError> {
    let moved = desk.store.move_delivery(delivery.id, from, to, None, desk.clock.now()).await;
    Ok(moved.map_err(AppError::from)?)
}

/// Whether a failure says something of the relay and nothing of the mail.
pub(crate) fn is_of_the_relay(outcome: SendOutcome) -> bool {
    match outcome {
        SendOutcome::TemporaryFailure { step, .. } => step < Step::Recipient,
        // One mail without an answer is one question to a person; a hundred of them help nobody.
        SendOutcome::InDoubt { .. } => true,
        SendOutcome::Accepted | SendOutcome::PermanentFailure { .. } => false,
    }
}

fn is_due(delivery: &Delivery, now: Timestamp) -> bool {
    let has_failed = delivery.state == DeliveryState::TemporaryFailure;
    !has_failed || now.duration_since(delivery.changed_at) >= wait_after(delivery.attempts)
}

/// How long a mail rests after so many attempts, from 1.
pub(crate) fn wait_after(attempts: u32) -> SignedDuration {
    match attempts {
        0 | 1 => SignedDuration::from_mins(1),
        2 => SignedDuration::from_mins(5),
        3 => SignedDuration::from_mins(30),
        4 => SignedDuration::from_hours(2),
        _ => SignedDuration::from_hours(6),
    }
}

/// The relay as the room for mail takes it.
pub fn smtp_config(section: &SmtpMail) -> SmtpConfig {
    let timeout = section.timeout.get();
    SmtpConfig {
        host: section.host.clone(),
        port: section.port,
        tls: match section.encryption {
            Encryption::None => TlsMode::LoopbackPlain,
            Encryption::StartTls => TlsMode::Starttls,
            Encryption::Tls => TlsMode::Implicit,
        },
        username: section.user.clone(),
        password_file: section.password_file.clone(),
        ca_file: section.ca_file.clone(),
        from: section.from.clone(),
        hello_name: None,
        timeout_s: timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0),
    }
}

/// The right side of message ids: the domain of the sender's address. Characters that a message id cannot have, as in a
/// domain of another script, become hyphens.
pub fn message_host(section: &SmtpMail) -> String {
    let address = section.from.trim_end().trim_end_matches('>');
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).trim();
    let plain = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => character,
        _ => '-',
    };
    domain.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_app::ids::{DeliveryId, DossierId};
    use traject_app::model::LegalStep;
    use traject_domain::code::Code;
    use uuid::Uuid;

    #[test]
    fn waits_grow_and_a_new_mail_has_none() {
        let at = |seconds| Timestamp::from_second(seconds).expect("an instant");
        let mut delivery = Delivery {
            id: DeliveryId(Uuid::nil()),
            key: DeliveryKey {
                dossier: DossierId(Uuid::nil()),
                step: LegalStep::CERTIFICATE,
                step_version: 0,
                recipient: Code::new("person"),
                channel: Channel::Email,
            },
            language: None,
            state: DeliveryState::Created,
            attempts: 0,
            changed_at: at(0),
            document: None,
        };
        assert!(is_due(&delivery, at(0)));
        delivery.state = DeliveryState::TemporaryFailure;
        let waits = [(1, 60), (2, 300), (3, 1_800), (4, 7_200), (5, 21_600), (11, 21_600)];
        for (attempts, seconds) in waits {
            delivery.attempts = attempts;
            assert!(!is_due(&delivery, at(seconds - 1)) && is_due(&delivery, at(seconds)), "{attempts}");
        }
    }

    #[test]
    fn a_failure_of_the_relay_is_told_from_one_of_the_mail() {
        let temporary = |step| SendOutcome::TemporaryFailure { code: None, step };
        for step in [Step::Connect, Step::StartTls, Step::Authenticate, Step::Sender] {
            assert!(is_of_the_relay(temporary(step)), "{step:?}");
        }
        for step in [Step::Recipient, Step::Data, Step::Message] {
            assert!(!is_of_the_relay(temporary(step)), "{step:?}");
        }
        assert!(!is_of_the_relay(SendOutcome::Accepted));
    }

    #[test]
    fn a_section_becomes_the_relay_it_describes() {
        let text = |toml: &str| format!("mail.{toml}");
        let overrides = ["kind=email-smtp", "host=localhost", "encryption=none", "timeout=1500ms"].map(text);
        let from = [text("from=Gemeente <traject@mail.example>"), text("ca_file=own.pem"), text("user=traject")];
        let sources = traject_config::Sources {
            overrides: overrides.into_iter().chain(from).collect(),
            ..traject_config::Sources::default()
        };
        let config = traject_config::check(&sources).expect("a valid configuration");
        let traject_config::Mail::EmailSmtp(section) = config.mail else { panic!("mail is on") };
        let expected = SmtpConfig {
            host: "localhost".to_owned(),
            port: 587,
            tls: TlsMode::LoopbackPlain,
            username: Some("traject".to_owned()),
            password_file: None,
            ca_file: Some("own.pem".into()),
            from: "Gemeente <traject@mail.example>".to_owned(),
            hello_name: None,
            timeout_s: 2,
        };
        assert_eq!(smtp_config(&section), expected);
        for (from, host) in [
            ("Gemeente <traject@mail.example>", "mail.example"),
            ("traject@mail.example", "mail.example"),
            ("traject@élan.example", "-lan.example"),
        ] {
            let section = SmtpMail { from: from.to_owned(), ..section.clone() };
            assert_eq!(message_host(&section), host);
        }
    }
}
