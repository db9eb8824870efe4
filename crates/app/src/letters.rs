//! Which letters go with an act: one delivery on paper, which is the act, and a copy by e-mail where that is wanted.

use crate::desk::{Desk, notice_version};
use crate::error::AppError;
use crate::ids::{DeliveryId, DossierId};
use crate::model::{Channel, DeliveryKey, Dossier, LegalStep, NewDelivery};
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::fact::FactKind;
use traject_domain::history::Moment;
use traject_domain::standing::Standing;

impl Desk {
    /// The fact as it will be recorded, with the letters that go with it. A notice that is posted today is printed; one of
    /// an earlier day was printed then, by other means.
    pub(crate) async fn with_letters(
        &self,
        dossier: &Dossier,
        kind: FactKind,
        occurred_on: Date,
    ) -> Result<(FactKind, Vec<NewDelivery>), AppError> {
        let FactKind::NoticePosted { breach, language } = kind else { return Ok((kind, Vec::new())) };
        let standing = self.standing_today(dossier);
        let language = language.or_else(|| standing.as_ref()?.letter_language);
        let letters = if occurred_on == self.clock.today() {
            let version = notice_version(standing.as_ref(), breach);
            self.letters(dossier, LegalStep::notice(breach), version, language).await?
        } else {
            Vec::new()
        };
        Ok((FactKind::NoticePosted { breach, language }, letters))
    }

    /// A letter to the person, with its copy.
    pub(crate) async fn letters(
        &self,
        dossier: &Dossier,
        step: LegalStep,
        step_version: u32,
        language: Option<LegalLanguage>,
    ) -> Result<Vec<NewDelivery>, AppError> {
        let identity = self.store.identity(dossier.id).await?;
        let has_email = identity.is_some_and(|identity| identity.email.is_some());
        Ok(self.letter_and_copy(dossier.id, step, step_version, language, has_email))
    }

    pub(crate) fn letter_and_copy(
        &self,
        dossier: DossierId,
        step: LegalStep,
        step_version: u32,
        language: Option<LegalLanguage>,
        has_email: bool,
    ) -> Vec<NewDelivery> {
        let copy = (has_email && self.copies_by_email).then_some(Channel::Email);
        let channels = [Channel::Letter].into_iter().chain(copy);
        let delivery = |channel| {
            let key = DeliveryKey { dossier, step, step_version, recipient: Code::new("person"), channel };
            NewDelivery { id: DeliveryId(self.ids.next()), key, language }
        };
        channels.map(delivery).collect()
    }

    /// The language of letters, where it is known.
    pub(crate) fn letter_language(&self, dossier: &Dossier) -> Option<LegalLanguage> {
        self.standing_today(dossier)?.letter_language
    }

    fn standing_today(&self, dossier: &Dossier) -> Option<Standing> {
        self.standing(dossier, Moment::end_of(self.clock.today()))
    }
}
