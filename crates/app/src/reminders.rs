//! Reminders: of a due date before anything is late, and of a fine that was not paid in time. Each goes out once, by its key.

use crate::desk::Desk;
use crate::error::{AppError, CommitError, Key};
use crate::ids::DossierId;
use crate::model::{Command, Document, Dossier, DossierRow, LegalStep, Request};
use crate::port::DossierFilter;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::law::AgencyKind;
use traject_domain::standing::{Enforcement, NextCode};
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
                reminded += self.remind_all(&filter, Self::due_date_reminder).await?;
            }
        }
        if self.sending.documents.contains(&Document::PaymentReminder) {
            let filter = DossierFilter { enforcement: Some(Enforcement::Fined), ..DossierFilter::default() };
            reminded += self.remind_all(&filter, Self::payment_reminder).await?;
        }
        Ok(reminded)
    }

    async fn remind_all(
        &self,
        filter: &DossierFilter,
        wanted: fn(&Self, &Dossier) -> Option<(LegalStep, u32)>,
    ) -> Result<u64, AppError> {
        let (mut reminded, mut after) = (0, None);
        loop {
            let page = self.store.list(filter, after, PAGE).await?;
            after = page.last().map(|row| row.id);
            let ids: Vec<DossierId> = page.iter().filter(|row| self.may_be_due(row)).map(|row| row.id).collect();
            for dossier in self.store.dossiers(&ids).await? {
                if let Some((step, version)) = wanted(self, &dossier).filter(|_| !dossier.held && !dossier.frozen) {
                    reminded += u64::from(self.remind_one(&dossier, step, version).await?);
                }
            }
            if page.len() < PAGE {
                return Ok(reminded);
            }
        }
    }

    /// Whether it is worth reading the dossier of a row.
    fn may_be_due(&self, row: &DossierRow) -> bool {
        let standing = row.standing.as_ref();
        standing.is_some_and(|row| row.enforcement == Enforcement::Fined)
            || standing.and_then(|row| row.next_due).is_some_and(|due| self.comes_near(due))
    }

    /// Whether a due date is near, and not past.
    fn comes_near(&self, due: Date) -> bool {
        let today = self.clock.today();
        let from = due.saturating_sub(self.sending.remind_before);
        (from..=due).contains(&today)
    }

    fn due_date_reminder(&self, dossier: &Dossier) -> Option<(LegalStep, u32)> {
        let next = self.standing_today(dossier)?.next?;
        let breach = match next.code {
            NextCode::Register => Breach::NotRegistered,
            NextCode::Complete => Breach::NotCompleted,
            _ => return None,
        };
        next.due.filter(|due| self.comes_near(*due))?;
        Some((LegalStep::new(Document::DueDateReminder, Some(breach))?, 0))
    }

    fn payment_reminder(&self, dossier: &Dossier) -> Option<(LegalStep, u32)> {
        let standing = self.standing_today(dossier)?;
        let breach = standing.obligation.as_ref()?.shown();
        let is_late = breach.payment.as_ref().is_some_and(|payment| payment.due < self.clock.today());
        let fines = u32::try_from(breach.fines.len()).unwrap_or(u32::MAX);
        let step = LegalStep::new(Document::PaymentReminder, Some(breach.breach))?;
        (is_late && breach.state == Enforcement::Fined).then_some((step, fines.saturating_sub(1)))
    }

    /// False when it went out before, or the dossier changed at this moment: the next run looks again.
    async fn remind_one(&self, dossier: &Dossier, step: LegalStep, version: u32) -> Result<bool, AppError> {
        let before = self.store.deliveries_of(dossier.id).await?;
        if before.iter().any(|delivery| delivery.key.step == step && delivery.key.step_version == version) {
            return Ok(false);
        }
        let agency = match step.document().issuer() {
            AgencyKind::Ggc => Some(Code::new("GGC")),
            _ => dossier.standing.as_ref().and_then(|row| row.municipality).map(|of| Code::new(&of.to_string())),
        };
        let Some(agency) = agency else { return Ok(false) };
        let language = self.language_of(&agency, self.letter_language(dossier));
        let deliveries = self.letters(dossier, step, version, language).await?;
        let (_, after) = self.around(dossier, &[], self.clock.today());
        let change = self.change(dossier, Vec::new(), Vec::new(), deliveries, &after);
        let command = Command { request: request(dossier.id, step, version), changes: vec![change] };
        match self.store.commit(command).await {
            Ok(committed) => Ok(!committed.repeated),
            Err(CommitError::Stale(_) | CommitError::Taken(Key::Delivery)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A request id that follows from the reminder's key.
fn request(dossier: DossierId, step: LegalStep, version: u32) -> Request {
    let place = LegalStep::all().position(|known| known == step).unwrap_or_default() as u128;
    let id = Uuid::from_u128(dossier.0.as_u128() ^ (place << 40) ^ (u128::from(version) << 8));
    Request { caller: "reminders".to_owned(), id, hash: [0; 32] }
}
