//! A lapse proposes, a person disposes: releasing what the work list proposes.

use crate::act::Done;
use crate::desk::{ATTEMPTS, Desk, current_number};
use crate::error::AppError;
use crate::ids::WorkItemId;
use crate::letters::certificate_version;
use crate::model::{Actor, Dossier, LegalStep, Request, WorkItem, WorkKind};
use traject_domain::fact::FactKind;
use traject_domain::sanction::SanctionStep;

/// The release of one proposal.
#[derive(Debug, Clone)]
pub struct Release {
    /// The caller's request id.
    pub request: Request,
    /// Who releases.
    pub actor: Actor,
    /// Which proposal.
    pub item: WorkItemId,
}

impl Desk {
    /// Releases what the work list proposes: a notice, a transfer or a withdrawal as a fact dated today, with its letter
    /// where one goes out; a reminder of a fine likewise; a certificate of obligation as a letter only, since its receipt is another fact.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the item is not open or proposes nothing to release; [`AppError::Held`];
    /// [`AppError::Refused`] when the ground is gone meanwhile; what the store says.
    pub async fn release(&self, release: &Release) -> Result<Done, AppError> {
        if let Some(committed) = self.store.committed(&release.request).await? {
            let dossier = committed.versions.first().map(|(id, _)| *id).ok_or(AppError::NotFound)?;
            return self.done_before(dossier, committed).await;
        }
        for _ in 0..ATTEMPTS {
            let item = self.store.work_item(release.item).await?.ok_or(AppError::NotFound)?;
            if item.held {
                return Err(AppError::Held);
            }
            let dossier = self.dossier(item.dossier).await?;
            match self.release_on(release, &item, &dossier).await {
                Err(AppError::Stale) => {}
                result => return result,
            }
        }
        Err(AppError::Exhausted)
    }

    async fn release_on(&self, release: &Release, item: &WorkItem, dossier: &Dossier) -> Result<Done, AppError> {
        let today = self.clock.today();
        let (facts, deliveries) = if item.kind == WorkKind::Inform {
            // Nothing is recorded: the receipt is another fact. But only who may record it may prepare the certificate.
            self.judge(dossier, &release.actor, today, &FactKind::CertificateReceived, None)?;
            let language = self.letter_language(dossier);
            let version = certificate_version(&self.store.deliveries_of(dossier.id).await?);
            (Vec::new(), self.letters(dossier, LegalStep::CERTIFICATE, version, language).await?)
        } else {
            let (kind, letters) = self.with_letters(dossier, &release.actor, proposed(item.kind)?, today).await?;
            self.judge(dossier, &release.actor, today, &kind, None)?;
            let number = current_number(dossier).ok_or(AppError::NotFound)?;
            (vec![self.fact(number, &release.actor, today, kind)], letters)
        };
        let (before, after) = self.around(dossier, &facts, today);
        let change = self.change(dossier, Vec::new(), facts, deliveries, &after);
        self.commit_one(release.request.clone(), change, before, after).await
    }
}

/// The fact that an item proposes.
fn proposed(kind: WorkKind) -> Result<FactKind, AppError> {
    match kind {
        WorkKind::ReleaseNotice(breach) => Ok(FactKind::NoticePosted { breach, language: None }),
        WorkKind::ReleaseTransfer(breach) => Ok(FactKind::Transferred(breach)),
        WorkKind::WithdrawNotice(breach) => Ok(FactKind::NoticeWithdrawn(breach)),
        WorkKind::RemindPayment(breach) => Ok(FactKind::Sanction(breach, SanctionStep::PaymentReminded)),
        _ => Err(AppError::NotFound),
    }
}
