//! The sweep: what wakes is assessed, and lapses become proposals. It reads only what wakes today.

use crate::desk::{Desk, facts_of};
use crate::error::AppError;
use crate::ids::DossierId;
use crate::model::{Command, Dossier, DossierChange, Request, StandingUpdate};
use crate::proposal;
use traject_domain::Date;
use uuid::Uuid;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Dossiers assessed.
    pub assessed: u64,
    /// Dossiers left for the next sweep, because they changed at that moment.
    pub skipped: u64,
}

/// Dossiers read and written at a time.
const PAGE: usize = 256;

impl Desk {
    /// Assesses every dossier that wakes today or earlier. Late and repeated runs do no harm.
    ///
    /// # Errors
    /// What the store says; what was assessed until then stays.
    pub async fn sweep(&self) -> Result<Swept, AppError> {
        let today = self.clock.today();
        let mut swept = Swept::default();
        let mut after = None;
        loop {
            let ids = self.store.waking(today, after, PAGE).await?;
            after = ids.last().copied();
            self.reassess(&ids, "sweep", today, &mut swept).await?;
            if ids.len() < PAGE {
                return Ok(swept);
            }
        }
    }

    /// Assesses every dossier whose standing is stale, as an import leaves them.
    ///
    /// # Errors
    /// What the store says; what was assessed until then stays.
    pub async fn settle(&self) -> Result<Swept, AppError> {
        let today = self.clock.today();
        let mut swept = Swept::default();
        let mut after = None;
        loop {
            let ids = self.store.stale(after, PAGE).await?;
            after = ids.last().copied();
            self.reassess(&ids, "settle", today, &mut swept).await?;
            if ids.len() < PAGE {
                return Ok(swept);
            }
        }
    }

    async fn reassess(&self, ids: &[DossierId], caller: &str, today: Date, swept: &mut Swept) -> Result<(), AppError> {
        if ids.is_empty() {
            return Ok(());
        }
        let dossiers = self.store.dossiers(ids).await?;
        let changes: Vec<DossierChange> = dossiers.iter().map(|dossier| self.reassessed(dossier, today)).collect();
        let count = changes.len() as u64;
        let request = |changes: &[DossierChange]| request(caller, today, changes);
        let command = Command { request: request(&changes), changes: changes.clone() };
        match self.store.commit(command).await {
            Ok(_) => {
                swept.assessed += count;
                return Ok(());
            }
            Err(crate::error::CommitError::Stale(_)) => {}
            Err(error) => return Err(error.into()),
        }
        // Some dossier changed meanwhile: one by one, so that only that one waits for the next sweep.
        for change in changes {
            let changes = vec![change];
            let command = Command { request: request(&changes), changes };
            match self.store.commit(command).await {
                Ok(_) => swept.assessed += 1,
                Err(crate::error::CommitError::Stale(_)) => swept.skipped += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The change that records how a dossier stands today, with the work that follows.
    pub(crate) fn reassessed(&self, dossier: &Dossier, today: Date) -> DossierChange {
        let assessed = self.assess(&facts_of(dossier), today);
        DossierChange {
            dossier: dossier.id,
            expected_version: dossier.version,
            numbers: Vec::new(),
            facts: Vec::new(),
            standing: StandingUpdate::Assessed(Box::new(assessed.row)),
            imported: false,
            deliveries: Vec::new(),
            work: proposal::work(assessed.standing.as_ref(), dossier.held, self.ids.as_ref()),
            decision: None,
        }
    }
}

/// A request id that is the same for the same dossiers at the same versions on the same day.
fn request(caller: &str, today: Date, changes: &[DossierChange]) -> Request {
    let day = (i64::from(today.year()) * 10_000 + i64::from(today.month()) * 100 + i64::from(today.day())) as u128;
    let id = changes.iter().fold(day << 64, |id, change| {
        let own = change.dossier.0.as_u128().wrapping_add(u128::from(change.expected_version) << 32);
        id.rotate_left(7) ^ own
    });
    Request { caller: caller.to_owned(), id: Uuid::from_u128(id), hash: [0; 32] }
}
