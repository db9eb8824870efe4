//! An SMTP server on the loopback that keeps the mail it is given and misbehaves on request.
//!
//! It speaks the subset of RFC 5321 that a sending client needs, with STARTTLS (RFC 3207) or implicit TLS (RFC 8314) and
//! AUTH PLAIN (RFC 4954) where asked for. Of published embeddable servers none could drop a connection between the
//! message and the answer, which is the case that matters most.

mod session;
pub(crate) mod tls;

use session::{Session, Talk};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tls::Certified;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What the sink does with mail to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// Takes it: 250.
    #[default]
    Accept,
    /// Takes it, and says so only after this long.
    AcceptAfter(Duration),
    /// Refuses the recipient with this reply code, 400 to 599.
    RefuseRecipient(u16),
    /// Refuses the recipient once with this reply code, 400 to 599, and takes its mail from then on: greylisting.
    RefuseRecipientOnce(u16),
    /// Reads the message, then refuses it with this reply code, 400 to 599.
    RefuseMessage(u16),
    /// Closes the connection when DATA comes, before the message.
    DropBeforeMessage,
    /// Reads and keeps the message, then closes the connection without an answer.
    DropBeforeAnswer,
    /// Reads and keeps the message, then says nothing until the client goes.
    StaySilent,
    /// Reads and keeps the message, then answers what is no SMTP reply.
    AnswerNonsense,
}

/// How the sink protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protection {
    /// Plain text.
    #[default]
    None,
    /// Plain text until STARTTLS, then TLS.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// How a sink is set up; the default takes mail from anybody in plain text.
#[derive(Debug, Clone, Default)]
pub struct SinkOptions {
    /// Plain text, STARTTLS or implicit TLS.
    pub protection: Protection,
    /// User name and password that AUTH PLAIN must give before MAIL.
    pub credentials: Option<(String, String)>,
    /// Keeps the headers of messages only, for those who send gigabytes.
    pub headers_only: bool,
}

/// A message the sink has read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The address of MAIL FROM, without angle brackets.
    pub sender: String,
    /// The addresses of RCPT TO that were not refused, without angle brackets.
    pub recipients: Vec<String>,
    /// The message as the client composed it, lines ending in CRLF, dots unstuffed; its headers alone, with the empty line
    /// after them, where the sink keeps no more.
    pub raw: Vec<u8>,
    /// True when the sink answered 250.
    pub accepted: bool,
    /// True when the message came over TLS.
    pub over_tls: bool,
}

/// What all connections of a sink share.
pub(crate) struct Shared {
    options: SinkOptions,
    certified: Option<Certified>,
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    behaviours: HashMap<String, Behaviour>,
    received: Vec<ReceivedMail>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is a list and a map, whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviour(&self, recipient: &str) -> Behaviour {
        self.state().behaviours.get(recipient).cloned().unwrap_or_default()
    }

    /// Whether the recipient is greylisted, with what reply code; from then on it is not.
    fn greylists(&self, recipient: &str) -> Option<u16> {
        let mut state = self.state();
        let behaviour = state.behaviours.get_mut(recipient)?;
        let Behaviour::RefuseRecipientOnce(code) = *behaviour else { return None };
        *behaviour = Behaviour::Accept;
        Some(code)
    }

    fn keep(&self, mut mail: ReceivedMail) {
        if self.options.headers_only {
            let end = mail.raw.windows(4).position(|end| end == b"\r\n\r\n");
            mail.raw.truncate(end.map_or(mail.raw.len(), |end| end + 4));
            mail.raw.shrink_to_fit();
        }
        let mut state = self.state();
        state.received.push(mail);
        self.count.send_replace(state.received.len());
    }
}

/// A running sink; it stops when dropped.
pub struct MailSink {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl MailSink {
    /// Starts a sink in plain text on a free port of 127.0.0.1, within the current Tokio runtime.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(SinkOptions::default()).await
    }

    /// Starts a sink with options; with TLS it makes itself a certificate for `localhost` and 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be opened or no certificate be made.
    pub async fn start_with(options: SinkOptions) -> io::Result<Self> {
        let certified = match options.protection {
            Protection::None => None,
            Protection::StartTls | Protection::Implicit => Some(Certified::new()?),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { options, certified, state: Mutex::default(), count: watch::Sender::new(0) });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to trust, PEM; `None` in plain text.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.shared.certified.as_ref().map(|certified| certified.pem.as_str())
    }

    /// Sets what happens to mail to this address from now on.
    pub fn behave(&self, recipient: &str, behaviour: Behaviour) {
        self.shared.state().behaviours.insert(recipient.to_owned(), behaviour);
    }

    /// The messages read so far, in the order in which they ended.
    pub fn received(&self) -> Vec<ReceivedMail> {
        self.shared.state().received.clone()
    }

    /// The messages read so far but for the first `seen`, in the order in which they ended.
    pub fn received_after(&self, seen: usize) -> Vec<ReceivedMail> {
        self.shared.state().received.get(seen..).unwrap_or_default().to_vec()
    }

    /// How many messages have been read so far.
    pub fn count(&self) -> usize {
        *self.shared.count.borrow()
    }

    /// Waits until at least so many messages have been read.
    pub async fn wait_for(&self, count: usize) {
        let mut changes = self.shared.count.subscribe();
        // The sender lives as long as this sink, so the wait ends only with the count.
        let _ = changes.wait_for(|read| *read >= count).await;
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        // The connections belong to the task and end with it.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        // A client that breaks off is its own affair.
                        let _ = converse(stream, &shared).await;
                    });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let protection = shared.options.protection;
    let Some(certified) = &shared.certified else {
        Session::new(stream, shared, false).greet_and_talk().await?;
        return Ok(());
    };
    if protection == Protection::Implicit {
        Session::new(certified.accept(stream).await?, shared, true).greet_and_talk().await?;
    } else if let Talk::Upgrade(stream) = Session::new(stream, shared, false).greet_and_talk().await? {
        Session::new(certified.accept(stream).await?, shared, true).talk().await?;
    }
    Ok(())
}
