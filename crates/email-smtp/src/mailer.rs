//! The conversation with the relay, step by step.

use crate::compose::compose;
use crate::config::{Protection, Relay, SmtpConfig, SmtpConfigError};
use crate::mail::Mail;
use crate::outcome::{Doubt, SendOutcome, Step};
use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use std::fmt;
use tokio::time::timeout;

/// Reply codes that ask for authentication or better protection, wherever they come (RFC 4954, 6).
const ABOUT_AUTHENTICATION: [u16; 4] = [530, 534, 535, 538];
/// The reply that asks for the message.
const START_MAIL_INPUT: u16 = 354;

/// Sends mail through one relay, one connection a mail.
pub struct SmtpMailer(Relay);

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpMailer({}:{})", self.0.host, self.0.port)
    }
}

impl SmtpMailer {
    /// Checks the section and reads its files; connects to nothing.
    ///
    /// # Errors
    /// [`SmtpConfigError`] with the key that cannot be used.
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        Relay::new(config).map(Self)
    }

    /// The octets that [`SmtpMailer::send`] sends for a mail; `None` when it cannot be composed. Equal mails give equal
    /// octets.
    pub fn compose(&self, mail: &Mail) -> Option<Vec<u8>> {
        compose(mail, &self.0.from).ok().map(|message| message.formatted())
    }

    /// Sends a mail once, and says what became of it.
    ///
    /// Whoever records a sending must do so before the call: a call that is dropped or dies after the message began is
    /// in doubt, as [`SendOutcome::InDoubt`] is.
    pub async fn send(&self, mail: &Mail) -> SendOutcome {
        let Ok(message) = compose(mail, &self.0.from) else {
            return SendOutcome::PermanentFailure { code: None, step: Step::Compose };
        };
        match self.hand_over(&message).await {
            Ok(()) => SendOutcome::Accepted,
            Err(outcome) => outcome,
        }
    }

    async fn hand_over(&self, message: &Message) -> Result<(), SendOutcome> {
        let raw = message.formatted();
        let mut connection = self.open().await?;
        let outcome = match self.announce(&mut connection, message.envelope(), raw.is_ascii()).await {
            Ok(()) => self.deliver(&mut connection, &raw).await,
            Err(outcome) => Err(outcome),
        };
        // The outcome stands; QUIT is courtesy, and a connection that gives no answer any more is not waited for twice.
        if !matches!(outcome, Err(SendOutcome::InDoubt { .. })) {
            let _ = timeout(self.0.timeout, connection.quit()).await;
        }
        outcome
    }

    /// Connects, protects and authenticates.
    async fn open(&self) -> Result<AsyncSmtpConnection, SendOutcome> {
        let relay = &self.0;
        let hello = ClientId::Domain(relay.hello_name.clone());
        let implicit = match &relay.protection {
            Protection::Implicit(tls) => Some(tls.clone()),
            Protection::Plain | Protection::StartTls(_) => None,
        };
        let server = (relay.host.as_str(), relay.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(relay.timeout), &hello, implicit, None);
        let mut connection = self.within(Step::Connect, connecting).await?;
        if let Protection::StartTls(tls) = &relay.protection {
            // Without the extension this is an error before a word is said about sender or recipient.
            self.within(Step::StartTls, connection.starttls(tls.clone(), &hello)).await?;
        }
        if let Some(credentials) = &relay.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            self.within(Step::Authenticate, connection.auth(&mechanisms, credentials)).await?;
        }
        Ok(connection)
    }

    /// MAIL, RCPT and DATA: all that comes before the message.
    async fn announce(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        ascii: bool,
    ) -> Result<(), SendOutcome> {
        let mut parameters = Vec::new();
        let addresses = envelope.from().into_iter().chain(envelope.to());
        if addresses.map(AsRef::<str>::as_ref).any(|address| !address.is_ascii()) {
            // RFC 6531, 3.2: without the extension such an address must not be sent to this server, today or tomorrow.
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SendOutcome::PermanentFailure { code: None, step: Step::Recipient });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !ascii {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = commands::Mail::new(envelope.from().cloned(), parameters);
        self.within(Step::Sender, connection.command(sender)).await?;
        for address in envelope.to() {
            let recipient = commands::Rcpt::new(address.clone(), Vec::new());
            self.within(Step::Recipient, connection.command(recipient)).await?;
        }
        let reply = self.within(Step::Data, connection.command(commands::Data)).await?;
        match reply.has_code(START_MAIL_INPUT) {
            true => Ok(()),
            false => Err(SendOutcome::TemporaryFailure { code: Some(reply.code().into()), step: Step::Data }),
        }
    }

    /// The message and the reply to its end: from its first octet on, only a reply decides.
    async fn deliver(&self, connection: &mut AsyncSmtpConnection, raw: &[u8]) -> Result<(), SendOutcome> {
        match timeout(self.0.timeout, connection.message(raw)).await {
            Err(_) => Err(SendOutcome::InDoubt { cause: Doubt::TimedOut }),
            Ok(Ok(reply)) => taken(&reply),
            Ok(Err(error)) if error.status().is_some() => Err(refused(Step::Message, &error)),
            Ok(Err(_)) => Err(SendOutcome::InDoubt { cause: Doubt::NoUsableReply }),
        }
    }

    /// Runs a step before the message, within the time allowed.
    async fn within<T>(&self, step: Step, work: impl Future<Output = Result<T, Error>>) -> Result<T, SendOutcome> {
        match timeout(self.0.timeout, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(refused(step, &error)),
            Err(_) => Err(SendOutcome::TemporaryFailure { code: None, step }),
        }
    }
}

/// Only 2xx takes the message over; 3xx has no meaning here (RFC 5321, 4.3.2).
fn taken(reply: &Response) -> Result<(), SendOutcome> {
    match reply.code().severity {
        Severity::PositiveCompletion => Ok(()),
        _ => Err(SendOutcome::InDoubt { cause: Doubt::NoUsableReply }),
    }
}

/// The failure that an error at a step means; at [`Step::Message`] only for errors that carry a reply code.
fn refused(step: Step, error: &Error) -> SendOutcome {
    let code = error.status().map(u16::from);
    let about_the_mail = step.concerns_the_mail() && !code.is_some_and(|code| ABOUT_AUTHENTICATION.contains(&code));
    if error.is_permanent() && about_the_mail {
        SendOutcome::PermanentFailure { code, step }
    } else {
        SendOutcome::TemporaryFailure { code, step }
    }
}
