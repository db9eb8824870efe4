//! An eBox on the loopback, over HTTPS, that keeps the messages it is given and misbehaves on request.
//!
//! **Assumed shape.** Known of the real service: a message comes with an `Idempotency-Key`, a repeat is answered 409
//! without comparing content, the subject stands in each language. Paths, names of fields and codes are assumptions, the
//! same as in `traject-ebox`:
//!
//! - `POST /v1/messages` → 201 `{"messageId"}`, 409 `{"messageId"}` for a key that is known, 422 `{"code"}` for a person
//!   who has no eBox or has not consented;
//! - `POST /v1/consents` `{"recipient"}` → 200 `{"reachable"}`;
//! - `GET /v1/messages/ID` → 200 `{"receivedAt", "readAt", "refused"}`, 404.
//!
//! Every request needs `Authorization: Bearer TOKEN`.

mod serve;

use crate::mail_sink::tls::Certified;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// What the twin does with one request to send a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing unusual.
    None,
    /// Answers this status, 400 to 599, and keeps nothing.
    Refuse(u16),
    /// Answers 429 or 503 with `Retry-After` in seconds, and keeps nothing.
    Wait {
        /// 429 or 503.
        status: u16,
        /// Seconds.
        retry_after_s: u64,
    },
    /// Reads the message, keeps nothing, and closes the connection without an answer.
    CutBeforeEffect,
    /// Does what it should, and closes the connection without an answer.
    CutAfterEffect,
    /// Does what it should, and answers this status, such as 504, as a gateway would.
    HideAfterEffect(u16),
    /// Does what it should, and answers 200 with what is no JSON.
    NonsenseAfterEffect,
    /// Does what it should, and says nothing until the client goes.
    SilentAfterEffect,
    /// Does what it should, so much later.
    Delay(Duration),
}

/// Whether a person can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Has an eBox and has consented.
    Reachable,
    /// Has an eBox and has not consented.
    NotConsented,
}

/// A message the twin keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The key it came with.
    pub key: Uuid,
    /// The twin's name for it.
    pub reference: String,
    /// The organisation that sent it.
    pub sender: String,
    /// Eleven digits.
    pub recipient: String,
    /// The subject by language.
    pub subject: BTreeMap<String, String>,
    /// The language of the text.
    pub language: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Name, media type and content of each file.
    pub attachments: Vec<(String, String, Vec<u8>)>,
    /// As a registered message.
    pub registered: bool,
    /// What became of it.
    pub status: Status,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// When it came.
    pub received_at: Timestamp,
    /// When it was opened.
    pub read_at: Option<Timestamp>,
    /// When it was refused, and the code of the reason.
    pub refused: Option<(Timestamp, String)>,
}

struct State {
    now: Timestamp,
    token: String,
    persons: HashMap<String, Person>,
    faults: VecDeque<Fault>,
    messages: Vec<ReceivedMessage>,
    requests: HashMap<Uuid, usize>,
}

/// What all connections of a twin share.
struct Shared {
    certified: Certified,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is lists and maps, whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running twin; it stops when dropped.
pub struct EboxTwin {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl EboxTwin {
    /// Starts a twin on a free port of 127.0.0.1, within the current Tokio runtime, with a certificate of its own for
    /// `localhost` and 127.0.0.1. It knows nobody yet, takes this token, and lives at this instant until told another.
    ///
    /// # Errors
    /// When no port can be opened or no certificate be made.
    pub async fn start(token: &str, now: Timestamp) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = State {
            now,
            token: token.to_owned(),
            persons: HashMap::new(),
            faults: VecDeque::new(),
            messages: Vec::new(),
            requests: HashMap::new(),
        };
        let shared = Arc::new(Shared { certified: Certified::new()?, state: Mutex::new(state) });
        let task = tokio::spawn(serve::accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// The address to configure.
    pub fn base_url(&self) -> String {
        format!("https://localhost:{}/v1", self.address.port())
    }

    /// The certificate to trust, PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.shared.certified.pem
    }

    /// Takes this token and no other from now on.
    pub fn set_token(&self, token: &str) {
        token.clone_into(&mut self.shared.state().token);
    }

    /// Lives at this instant from now on.
    pub fn set_now(&self, now: Timestamp) {
        self.shared.state().now = now;
    }

    /// Knows this person from now on; whom it does not know has no eBox.
    pub fn set_person(&self, number: &str, person: Person) {
        self.shared.state().persons.insert(number.to_owned(), person);
    }

    /// Misbehaves in this order at the next requests to send, one fault a request; without more of them, not at all.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults = faults.into_iter().collect();
    }

    /// The person opens the message with this reference now. False when there is none.
    pub fn read(&self, reference: &str) -> bool {
        self.change(reference, |status, now| status.read_at = status.read_at.or(Some(now)))
    }

    /// The person refuses the message with this reference now. False when there is none.
    pub fn refuse(&self, reference: &str, code: &str) -> bool {
        self.change(reference, |status, now| status.refused = Some((now, code.to_owned())))
    }

    /// The messages it keeps, in the order in which they came.
    pub fn messages(&self) -> Vec<ReceivedMessage> {
        self.shared.state().messages.clone()
    }

    /// How many requests to send came under this key, whatever became of them.
    pub fn requests(&self, key: Uuid) -> usize {
        self.shared.state().requests.get(&key).copied().unwrap_or_default()
    }

    fn change(&self, reference: &str, change: impl FnOnce(&mut Status, Timestamp)) -> bool {
        let state = &mut *self.shared.state();
        let found = state.messages.iter_mut().find(|message| message.reference == reference);
        found.map(|message| change(&mut message.status, state.now)).is_some()
    }
}

impl Drop for EboxTwin {
    fn drop(&mut self) {
        // The connections belong to the task and end with it.
        self.task.abort();
    }
}
