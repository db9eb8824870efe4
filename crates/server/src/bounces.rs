//! Reports of mail that did not arrive, read from a Maildir and matched by the mail's own reference and attempt.

use crate::coded;
use anyhow::Context;
use std::path::{Path, PathBuf};
use traject_app::deliveries::scanned;
use traject_app::model::{Channel, DeliveryMove, DeliveryReason, DeliveryState, WorkKind};
use traject_app::{AppError, Desk};
use traject_email_smtp::{Bounce, BounceAction, parse_bounce};

/// Where reports go that are of no mail of ours, or cannot be read.
const UNMATCHED: &str = "traject-unmatched";

/// The name in the stories of deliveries.
const ACTOR: &str = "bounces";

/// What a run read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Read {
    /// Mails that came back for good.
    pub returned: u64,
    /// Mails that the other side gave up for now, and that are sent again.
    pub postponed: u64,
    /// News that changes nothing: of a delay, or of an earlier attempt.
    pub told: u64,
    /// Reports that are of no mail of ours, or cannot be read.
    pub unmatched: u64,
}

/// Reads what is new in a Maildir. A report that was read before a crash is read again, and then changes nothing.
///
/// # Errors
/// When the directory or the store cannot be used; what was read until then stays.
pub async fn read(desk: &Desk, maildir: &Path) -> anyhow::Result<Read> {
    let mut read = Read::default();
    for path in new_files(maildir)? {
        let raw = std::fs::read(&path).with_context(|| "a report cannot be read".to_owned())?;
        let known = match parse_bounce(&raw) {
            Some(bounce) => record(desk, &bounce, &mut read).await.map_err(|error| coded(error.code(), error))?,
            None => false,
        };
        if !known {
            read.unmatched += 1;
            tracing::warn!(folder = UNMATCHED, "a report is of no mail of ours, or is not one");
        }
        file_away(maildir, &path, if known { "cur" } else { UNMATCHED })?;
    }
    Ok(read)
}

fn new_files(maildir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let new = maildir.join("new");
    let entries = match std::fs::read_dir(&new) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("mail.bounces_dir: {} cannot be read", new.display()))?,
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.is_file());
    files.sort_unstable();
    Ok(files)
}

fn file_away(maildir: &Path, path: &Path, folder: &str) -> anyhow::Result<()> {
    let directory = maildir.join(folder);
    std::fs::create_dir_all(&directory)?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    if folder == "cur" {
        // Seen, as Maildir writes it.
        name.push(":2,S");
    }
    std::fs::rename(path, directory.join(name)).context("a report cannot be filed away")
}

/// False when the report is of no mail of ours.
async fn record(desk: &Desk, bounce: &Bounce, read: &mut Read) -> Result<bool, AppError> {
    let own = bounce.original_message_id.as_str().split('@').next().and_then(scanned);
    let Some(id) = own else { return Ok(false) };
    let Some(found) = desk.store.delivery(id).await?.filter(|found| found.key.channel == Channel::Email) else {
        return Ok(false);
    };
    let is_latest = bounce.original_attempt.is_none_or(|attempt| attempt >= found.attempts);
    // A mail in doubt of which somebody reports a failure was not delivered.
    let is_out = is_latest && matches!(found.state, DeliveryState::Accepted | DeliveryState::InDoubt);
    let (to, reason, count) = match bounce.action {
        BounceAction::Failed if is_out && bounce.permanent => {
            (DeliveryState::Returned, DeliveryReason::MailboxRefused, &mut read.returned)
        }
        BounceAction::Failed if is_out => {
            (DeliveryState::TemporaryFailure, DeliveryReason::ProviderBusy, &mut read.postponed)
        }
        BounceAction::Failed => (found.state, found.reason.unwrap_or(DeliveryReason::MailboxRefused), &mut read.told),
        BounceAction::Delayed => (found.state, found.reason.unwrap_or(DeliveryReason::Delayed), &mut read.told),
    };
    if to == DeliveryState::Returned {
        desk.ask(found.key.dossier, WorkKind::DeliveryFailed).await?;
    }
    let by = DeliveryMove {
        provider_reference: Some(format!("dsn {}", bounce.status)),
        ..DeliveryMove::new(found.state, to, ACTOR, desk.clock.now()).because(reason)
    };
    *count += u64::from(desk.store.move_delivery(id, &by).await?);
    Ok(true)
}
