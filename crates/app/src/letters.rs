//! Which letters go with an act: one delivery on paper, which is the act, and a copy by e-mail where that is wanted.

use crate::desk::Desk;
use crate::error::AppError;
use crate::ids::{DeliveryId, DossierId};
use crate::model::{
    Actor, Channel, Delivery, DeliveryKey, DeliveryReason, DeliveryState, Document, Dossier, LegalStep, NewDelivery,
};
use jiff::{Span, ToSpan as _};
use std::collections::BTreeSet;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::fact::FactKind;
use traject_domain::history::Moment;
use traject_domain::standing::Standing;

/// What a deployment sends by itself, and by which ways.
#[derive(Debug, Clone)]
pub struct Sending {
    /// True where a copy of each letter goes by e-mail to those whose address is known.
    pub copies_by_email: bool,
    /// The documents that are made here.
    pub documents: BTreeSet<Document>,
    /// The ways that are open here.
    pub channels: BTreeSet<Channel>,
    /// How long before a due date its reminder goes out.
    pub remind_before: Span,
}

impl Default for Sending {
    /// Every document, on paper and at the desk, and reminders two months ahead.
    fn default() -> Self {
        Self {
            copies_by_email: false,
            documents: Document::ALL.iter().copied().collect(),
            channels: BTreeSet::from([Channel::Letter, Channel::RegisteredLetter, Channel::Desk]),
            remind_before: 2.months(),
        }
    }
}

/// How many facts of a dossier a step's document has told of: the step version of the next one. A fact that was retracted
/// meanwhile counts, since its document may have gone out.
pub(crate) fn told(dossier: &Dossier, step: LegalStep) -> u32 {
    let told = dossier.facts.iter().filter(|fact| LegalStep::told_by(&fact.fact.kind) == Some(step)).count();
    u32::try_from(told).unwrap_or(u32::MAX)
}

/// How often a certificate was sent to an address where the person is not known: the step version of the next one.
pub(crate) fn certificate_version(deliveries: &[Delivery]) -> u32 {
    let void = deliveries.iter().filter(|delivery| {
        delivery.key.step == LegalStep::CERTIFICATE
            && delivery.state == DeliveryState::Returned
            && delivery.reason == Some(DeliveryReason::UnknownAddress)
    });
    void.map(|delivery| delivery.key.step_version.saturating_add(1)).max().unwrap_or(0)
}

impl Desk {
    /// The fact as it will be recorded, with the letters that go with it. What happens today is told by a letter; what
    /// happened on an earlier day was told then, by other means. A notice without a language is in that of its day.
    pub(crate) async fn with_letters(
        &self,
        dossier: &Dossier,
        actor: &Actor,
        kind: FactKind,
        occurred_on: Date,
    ) -> Result<(FactKind, Vec<NewDelivery>), AppError> {
        let (mut kind, today) = (kind, self.clock.today());
        if let FactKind::NoticePosted { language, .. } = &mut kind {
            let at = Moment { as_of: occurred_on, recorded_by: today };
            *language = language.or_else(|| self.standing(dossier, at)?.letter_language);
        }
        let step = LegalStep::told_by(&kind).filter(|step| self.sending.documents.contains(&step.document()));
        // A ground is granted from a day on that may lie behind or ahead; it is decided today.
        let is_a_period = matches!(kind, FactKind::SuspensionGranted { .. } | FactKind::ExemptionGranted { .. });
        let Some(step) = step.filter(|_| is_a_period || occurred_on == today) else {
            return Ok((kind, Vec::new()));
        };
        let language = match &kind {
            FactKind::NoticePosted { language, .. } => *language,
            _ => self.language_of(&actor.agency, self.letter_language(dossier)),
        };
        let letters = self.letters(dossier, step, told(dossier, step), language).await?;
        Ok((kind, letters))
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
        let copy = (has_email && self.sending.copies_by_email).then_some(Channel::Email);
        let channels = [Channel::Letter].into_iter().chain(copy);
        channels.map(|channel| self.new_delivery(dossier, step, step_version, channel, language)).collect()
    }

    /// A delivery to the person.
    pub(crate) fn new_delivery(
        &self,
        dossier: DossierId,
        step: LegalStep,
        step_version: u32,
        channel: Channel,
        language: Option<LegalLanguage>,
    ) -> NewDelivery {
        let key = DeliveryKey { dossier, step, step_version, recipient: Code::new("person"), channel };
        NewDelivery { id: DeliveryId(self.ids.next()), key, language }
    }

    /// The person's letter language, where it is known.
    pub fn letter_language(&self, dossier: &Dossier) -> Option<LegalLanguage> {
        self.standing_today(dossier)?.letter_language
    }

    /// The language in which an agency writes today to a person of this letter language; none: in all of its languages.
    pub fn language_of(&self, agency: &Code, person: Option<LegalLanguage>) -> Option<LegalLanguage> {
        let today = self.clock.today();
        self.law.law.letter_language(agency, person, today, today)
    }

    pub(crate) fn standing_today(&self, dossier: &Dossier) -> Option<Standing> {
        self.standing(dossier, Moment::end_of(self.clock.today()))
    }
}
