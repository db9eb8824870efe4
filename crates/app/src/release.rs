//! A lapse proposes, a person disposes: releasing what the work list proposes.

use crate::act::Done;
use crate::desk::{ATTEMPTS, Desk, current_number, is_in, notice_version};
use crate::error::AppError;
use crate::ids::WorkItemId;
use crate::model::{Actor, Dossier, LegalStep, NewDelivery, Request, WorkItem, WorkKind};
use traject_domain::fact::FactKind;
use traject_domain::standing::Enforcement;

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
    /// Releases a notice, a transfer or a withdrawal that the work list proposes: the fact, dated today, with its
    /// letter where one goes out.
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
        let (kind, deliveries) = self.proposed(item, dossier)?;
        self.judge(dossier, &release.actor, today, &kind, None)?;
        let number = current_number(dossier).ok_or(AppError::NotFound)?;
        let fact = self.fact(number, &release.actor, today, kind);
        let (before, after) = self.around(dossier, std::slice::from_ref(&fact), today);
        let change = self.change(dossier, Vec::new(), vec![fact], deliveries, &after);
        self.commit_one(release.request.clone(), change, before, after).await
    }

    /// The fact and the letters that an item proposes.
    fn proposed(&self, item: &WorkItem, dossier: &Dossier) -> Result<(FactKind, Vec<NewDelivery>), AppError> {
        let standing = self.standing(dossier, traject_domain::history::Moment::end_of(self.clock.today()));
        let standing = standing.as_ref();
        match item.kind {
            WorkKind::ReleaseNotice(breach) => {
                let language = standing.and_then(|standing| standing.letter_language);
                let version = notice_version(standing, breach);
                let letter = self.letter(dossier.id, LegalStep::Notice(breach), version, language);
                Ok((FactKind::NoticePosted { breach, language }, vec![letter]))
            }
            WorkKind::ReleaseTransfer(breach) => Ok((FactKind::Transferred(breach), Vec::new())),
            WorkKind::WithdrawNotice(breach) => {
                debug_assert!(!is_in(standing, breach, &[Enforcement::Late]), "a late breach has no notice");
                Ok((FactKind::NoticeWithdrawn(breach), Vec::new()))
            }
            _ => Err(AppError::NotFound),
        }
    }
}
