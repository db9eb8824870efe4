//! The writer: the one task that appends to the ledger, up to 64 waiting commands a transaction.

mod batch;
mod plan;

pub(crate) use batch::find_requests;

use crate::connect::Db;
use crate::error::{Failure, Nature, nature};
use crate::group::MOST;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use traject_app::error::CommitError;
use traject_app::model::{Command, Committed};
use traject_app::port::Clock;
use traject_codec::Salts;
use uuid::Uuid;

/// How often a transaction that lost a race or its connection is tried.
const TRIES: u32 = 4;

/// What a command's caller gets.
pub(crate) type Answer = Result<Committed, CommitError>;

/// What the writer works with.
pub(crate) struct Context {
    pub(crate) db: Arc<Db>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) salts: Arc<dyn Salts>,
}

/// A command with the caller who waits for it.
pub(crate) struct Waiting {
    command: Command,
    reply: oneshot::Sender<Answer>,
}

/// The way to the writer; the writer ends when the last of these is gone.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Waiting>);

impl Queue {
    /// Starts a writer with room for `length` waiting commands.
    pub(crate) fn start(context: Context, length: usize) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(length.max(1));
        (Self(sender), tokio::spawn(run(context, receiver)))
    }

    /// Waits for a command to be durable.
    pub(crate) async fn commit(&self, command: Command) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Waiting { command, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommitError::Exhausted,
            mpsc::error::TrySendError::Closed(_) => CommitError::Unavailable(Box::new(Closed)),
        })?;
        answer.await.map_err(|_| CommitError::Unavailable(Box::new(Closed)))?
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the store is closed")]
struct Closed;

/// One cause told to every caller of a batch.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the transaction failed")]
struct Shared(#[source] Arc<Failure>);

async fn run(context: Context, mut receiver: mpsc::Receiver<Waiting>) {
    let mut waiting = VecDeque::new();
    while let Some(first) = match waiting.pop_front() {
        Some(first) => Some(first),
        None => receiver.recv().await,
    } {
        waiting.push_front(first);
        while waiting.len() < MOST
            && let Ok(next) = receiver.try_recv()
        {
            waiting.push_back(next);
        }
        let (batch, rest) = choose(waiting);
        waiting = rest;
        let (commands, replies): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.command, one.reply)).unzip();
        for (reply, answer) in replies.into_iter().zip(commit(&context, &commands).await) {
            // A caller who left is no matter: its request id tells the outcome.
            let _ = reply.send(answer);
        }
    }
}

/// Takes what may share a transaction, in order: no dossier and no request id twice, and nothing overtakes on a dossier.
fn choose(waiting: VecDeque<Waiting>) -> (Vec<Waiting>, VecDeque<Waiting>) {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let (mut batch, mut rest) = (Vec::new(), VecDeque::new());
    for one in waiting {
        let keys = one.command.changes.iter().map(|change| change.dossier.0).chain([one.command.request.id]);
        let free = batch.len() < MOST && keys.clone().all(|key| !seen.contains(&key));
        seen.extend(keys);
        if free { batch.push(one) } else { rest.push_back(one) }
    }
    (batch, rest)
}

/// Commits a batch, or each of its commands alone, and answers each.
async fn commit(context: &Context, commands: &[Command]) -> Vec<Answer> {
    match attempt(context, commands).await {
        Ok(answers) => answers,
        Err(failure @ Failure::Lost(_)) => look_up(context, commands, failure).await,
        Err(failure) if commands.len() == 1 || is_away(&failure) => tell_all(commands.len(), failure),
        Err(_) => {
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                answers.extend(Box::pin(commit(context, std::slice::from_ref(command))).await);
            }
            answers
        }
    }
}

/// Tries again what lost a race, or a connection before anything was asked to commit.
async fn attempt(context: &Context, commands: &[Command]) -> Result<Vec<Answer>, Failure> {
    let mut tries = 1;
    loop {
        match batch::run(context, commands).await {
            Err(Failure::Db(error)) if nature(&error) != Nature::Broken && tries < TRIES => {
                tracing::warn!(tries, "a transaction is tried again");
                pause(tries).await;
                tries += 1;
            }
            result => return result,
        }
    }
}

async fn pause(tries: u32) {
    tokio::time::sleep(Duration::from_millis(5 << (2 * tries))).await;
}

fn is_away(failure: &Failure) -> bool {
    matches!(failure, Failure::Db(error) if nature(error) == Nature::Away)
}

fn tell_all(callers: usize, failure: Failure) -> Vec<Answer> {
    if callers == 1 {
        return vec![Err(failure.into())];
    }
    let shared = Shared(Arc::new(failure));
    (0..callers).map(|_| Err(CommitError::Unavailable(Box::new(shared.clone())))).collect()
}

/// After a lost COMMIT: what is found was committed, what is not found was not. Nothing is run again.
///
/// When the database stays away the callers are told so; the same request id later tells the outcome.
async fn look_up(context: &Context, commands: &[Command], failure: Failure) -> Vec<Answer> {
    tracing::warn!("the answer to a commit was lost; its request ids are looked up");
    let mut tries = 1;
    let found = loop {
        match batch::find_after_lost_commit(context, commands).await {
            Ok(found) => break found,
            Err(_) if tries < TRIES => {
                pause(tries).await;
                tries += 1;
            }
            Err(_) => return tell_all(commands.len(), failure),
        }
    };
    let shared = Shared(Arc::new(failure));
    let answer = |found: Option<Answer>| match found {
        Some(Ok(committed)) => Ok(Committed { repeated: false, ..committed }),
        Some(refused) => refused,
        None => Err(CommitError::Unavailable(Box::new(shared.clone()))),
    };
    found.into_iter().map(answer).collect()
}
