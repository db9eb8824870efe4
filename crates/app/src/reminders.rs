//! Reminders of a due date before anything is late. Each goes out once, by its key. A fine is reminded of by a person.

use crate::desk::Desk;
use crate::error::{AppError, CommitError, Key};
use crate::ids::DossierId;
use crate::model::{Command, Document, Dossier, DossierRow, LegalStep, Request};
use crate::port::DossierFilter;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::standing::NextCode;
use uuid::Uuid;

/// Dossiers read at a time.
const PAGE: usize = 256;

impl Desk {
    /// Prepares every reminder that is due today, and gives how many. Late and repeated runs do no harm.
    ///
    /// # Errors
    /// What the store says; what was prepared until then stays.
    pub async fn remind(&self) -> Result<u64, AppError> {
        let mut reminded = 0;
        if self.sending.documents.contains(&Document::DueDateReminder) {
            for next_code in [NextCode::Register, NextCode::Complete] {
                let filter = DossierFilter { next_code: Some(next_code), ..DossierFilter::default() };
                reminded += self.remind_all(&filter).await?;
            }
        }
        Ok(reminded)
    }

    async fn remind_all(&self, filter: &DossierFilter) -> Result<u64, AppError> {
        let (mut reminded, mut after) = (0, None);
        loop {
            let page = self.store.list(filter, after, PAGE).await?;
            after = page.last().map(|row| row.id);
            let ids: Vec<DossierId> = page.iter().filter(|row| self.may_be_due(row)).map(|row| row.id).collect();
            for dossier in self.store.dossiers(&ids).await? {
                if let Some(step) = self.due_date_reminder(&dossier).filter(|_| !dossier.held && !dossier.frozen) {
                    reminded += u64::from(self.remind_one(&dossier, step).await?);
                }
            }
            if page.len() < PAGE {
                return Ok(reminded);
            }
        }
    }

    /// Whether it is worth reading the dossier of a row.
    fn may_be_due(&self, row: &DossierRow) -> bool {
        row.standing.as_ref().and_then(|row| row.next_due).is_some_and(|due| self.comes_near(due))
    }

    /// Whether a due date is near, and not past.
    fn comes_near(&self, due: Date) -> bool {
        let today = self.clock.today();
        let from = due.saturating_sub(self.sending.remind_before);
        (from..=due).contains(&today)
    }

    fn due_date_reminder(&self, dossier: &Dossier) -> Option<LegalStep> {
        let next = self.standing_today(dossier)?.next?;
        let breach = match next.code {
            NextCode::Register => Breach::NotRegistered,
            NextCode::Complete => Breach::NotCompleted,
            _ => return None,
        };
        next.due.filter(|due| self.comes_near(*due))?;
        LegalStep::new(Document::DueDateReminder, Some(breach))
    }

    /// False when it went out before, or the dossier changed at this moment: the next run looks again.
    async fn remind_one(&self, dossier: &Dossier, step: LegalStep) -> Result<bool, AppError> {
        let before = self.store.deliveries_of(dossier.id).await?;
        if before.iter().any(|delivery| delivery.key.step == step) {
            return Ok(false);
        }
        let Some(municipality) = dossier.standing.as_ref().and_then(|row| row.municipality) else { return Ok(false) };
        let language = self.language_of(&Code::new(&municipality.to_string()), self.letter_language(dossier));
        let deliveries = self.letters(dossier, step, 0, language).await?;
        let (_, after) = self.around(dossier, &[], self.clock.today());
        let change = self.change(dossier, Vec::new(), Vec::new(), deliveries, &after);
        let command = Command { request: request(dossier.id, step), changes: vec![change] };
        match self.store.commit(command).await {
            Ok(committed) => Ok(!committed.repeated),
            Err(CommitError::Stale(_) | CommitError::Taken(Key::Delivery)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A request id that follows from the reminder's key.
fn request(dossier: DossierId, step: LegalStep) -> Request {
    let place = LegalStep::all().position(|known| known == step).unwrap_or_default() as u128;
    let id = Uuid::from_u128(dossier.0.as_u128() ^ (place << 40));
    Request { caller: "reminders".to_owned(), id, hash: [0; 32] }
}
