//! E-mail as a way out: a copy of a letter for information, or the act itself where the law of a deployment says so.

use crate::clock::brussels_day;
use crate::letters::{Contact, Senders};
use async_trait::async_trait;
use jiff::Timestamp;
use traject_app::Desk;
use traject_app::channel::{Capabilities, ChannelAdapter, Departure, Message, Outcome, Parcel};
use traject_app::model::{Channel, Delivery, DeliveryReason, Dossier};
use traject_config::{Encryption, SmtpMail};
use traject_domain::code::Code;
use traject_domain::history::{History, Moment};
use traject_domain::municipality::Municipality;
use traject_email_smtp::{
    Attachment, Mail, MessageId, NotAMessageId, SendOutcome, SmtpConfig, SmtpMailer, Step, TlsMode,
};
use traject_templates::{ComposedMail, CopyMail, DeliveryReference, Issuer, LetterLanguage, Texts};

/// Why mails could not be written.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender's domain is too long for a message id.
    #[error("no message id can be made with the domain of mail.from")]
    Host(#[from] NotAMessageId),
}

impl MailError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Host(_) => "MAIL_BAD_SENDER_DOMAIN",
        }
    }
}

/// The words of a mail that a letter goes along with.
pub enum Written {
    /// These.
    Words(Message),
    /// Its sender has no address in the configuration yet.
    NoSender,
    /// There is nobody to write for any more.
    Nothing,
}

/// Writes what is said beside a letter.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// The words.
    pub texts: &'a Texts,
    /// Whom to ask, per municipality.
    pub senders: &'a Senders,
}

impl Words<'_> {
    /// The words of a mail with a copy of a letter.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn of(&self, dossier: &Dossier, letter: &Delivery) -> Result<Written, MailError> {
        let Some(municipality) = self.municipality(dossier, letter) else { return Ok(Written::Nothing) };
        let Some(contact) = self.senders.contacts.get(&Code::new(&municipality.to_string())) else {
            return Ok(Written::NoSender);
        };
        let Some(words) = self.composed(letter, municipality, contact) else { return Ok(Written::Nothing) };
        let ComposedMail { subject, text, html, language_tags, .. } = words;
        Ok(Written::Words(Message { subject, text, html: Some(html), language_tags }))
    }

    /// The municipality that a letter was printed for, whose contact it gives.
    fn municipality(&self, dossier: &Dossier, letter: &Delivery) -> Option<Municipality> {
        let at = Moment::end_of(self.desk.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        history.municipality_on(brussels_day(letter.changed_at))
    }

    fn composed(&self, letter: &Delivery, municipality: Municipality, contact: &Contact) -> Option<ComposedMail> {
        Some(self.texts.compose_copy(&CopyMail {
            language: LetterLanguage::of(letter.language),
            document: letter.key.step.document(),
            breach: letter.key.step.breach(),
            letter_reference: DeliveryReference::parse(&letter.id.to_string()).ok()?,
            issuer: Issuer::Municipality(municipality),
            issuer_email: contact.email.clone(),
            issuer_phone: contact.phone.clone(),
        }))
    }
}

/// Hands mails to a relay.
pub struct MailHouse {
    mailer: SmtpMailer,
    host: String,
}

impl MailHouse {
    /// Mails through a relay; `host` is the right side of message ids, as [`message_host`] gives it.
    pub const fn new(mailer: SmtpMailer, host: String) -> Self {
        Self { mailer, host }
    }

    fn mail(&self, parcel: &Parcel, now: Timestamp) -> Option<Mail> {
        let (to, words) = (parcel.to.email.clone()?, parcel.message.clone()?);
        let (file_name, content_type) = (format!("{}.pdf", parcel.document_of), "application/pdf".to_owned());
        Some(Mail {
            message_id: MessageId::parse(&format!("{}@{}", parcel.delivery.id, self.host)).ok()?,
            attempt: Some(parcel.delivery.attempts + 1),
            written_at: now,
            to,
            subject: words.subject,
            text: words.text,
            html: words.html,
            language: words.language_tags,
            attachments: vec![Attachment { file_name, content_type, content: parcel.document.pdf.clone() }],
            list_unsubscribe: None,
        })
    }
}

#[async_trait]
impl ChannelAdapter for MailHouse {
    fn channels(&self) -> &[Channel] {
        &[Channel::Email]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { bounces: true, ..Capabilities::default() }
    }

    fn departure(&self, now: Timestamp) -> Departure {
        Departure { on: brussels_day(now), batch: None }
    }

    async fn send(&self, parcel: &Parcel, now: Timestamp) -> Outcome {
        let Some(mail) = self.mail(parcel, now) else {
            return Outcome::PermanentFailure { reason: DeliveryReason::NoEmailAddress };
        };
        let outcome = self.mailer.send(&mail).await;
        if outcome != SendOutcome::Accepted {
            tracing::warn!(delivery = %parcel.delivery.id, %outcome, "a mail did not go out");
        }
        outcome_of(outcome, &mail.message_id)
    }
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

/// What the relay did, as every way out tells it.
fn outcome_of(outcome: SendOutcome, id: &MessageId) -> Outcome {
    match outcome {
        SendOutcome::Accepted => Outcome::Accepted { reference: Some(id.to_string()) },
        // Before the recipient is named, a failure says something of the relay and nothing of the mail.
        SendOutcome::TemporaryFailure { step, .. } if step < Step::Recipient => {
            Outcome::TemporaryFailure { reason: DeliveryReason::ProviderAway, retry_after: None }
        }
        SendOutcome::TemporaryFailure { .. } => {
            Outcome::TemporaryFailure { reason: DeliveryReason::ProviderBusy, retry_after: None }
        }
        SendOutcome::PermanentFailure { step: Step::Recipient, .. } => {
            Outcome::PermanentFailure { reason: DeliveryReason::MailboxRefused }
        }
        SendOutcome::PermanentFailure { .. } => Outcome::PermanentFailure { reason: DeliveryReason::ProviderRefused },
        SendOutcome::InDoubt { .. } => Outcome::InDoubt,
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

    #[test]
    fn a_failure_of_the_relay_is_told_from_one_of_the_mail() {
        let id = MessageId::parse("a@b").expect("an id");
        let temporary = |step| outcome_of(SendOutcome::TemporaryFailure { code: None, step }, &id);
        let of = |reason| Outcome::TemporaryFailure { reason, retry_after: None };
        for step in [Step::Connect, Step::StartTls, Step::Authenticate, Step::Sender] {
            assert_eq!(temporary(step), of(DeliveryReason::ProviderAway), "{step:?}");
        }
        for step in [Step::Recipient, Step::Data, Step::Message] {
            assert_eq!(temporary(step), of(DeliveryReason::ProviderBusy), "{step:?}");
        }
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
