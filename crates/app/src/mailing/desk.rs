//! What people and programs do with mailings.

use crate::desk::Desk;
use crate::error::AppError;
use crate::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use crate::mailing::address;
use crate::mailing::check::{self, Accepted, Checked, Row, Validator};
use crate::mailing::error::MailingError;
use crate::mailing::model::{
    AddressHash, MailLanguage, Mailing, MailingState, Purpose, Reason, Recipient, Source, SourceKind,
};
use crate::mailing::port::{Creation, Mailings, RecipientFiles};
use crate::mailing::preference::{Preference, PreferenceKind, PreferenceSource, Reached, Subject, barred};
use crate::mailing::text::Texts;
use crate::model::{Actor, Dossier, DossierRow, Request};
use crate::port::DossierFilter;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::delivery::DeliveryState;
use traject_domain::fact::FactKind;
use traject_domain::law::AgencyKind;
use traject_domain::municipality::Municipality;
use traject_domain::standing::{ClosingReason, Stage};

/// Rows, dossiers and recipients read at a time.
const PAGE: usize = 256;

/// An agency of this deployment, as a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its code.
    pub code: Code,
    /// What it is.
    pub kind: AgencyKind,
    /// What it is called.
    pub name: String,
    /// Its address; none: it cannot be written to.
    pub email: Option<String>,
}

/// Which dossiers a mailing is for; absent fields do not restrict. Nobody who died is ever among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Population {
    /// Of this municipality.
    pub municipality: Option<Municipality>,
    /// With this outcome.
    pub outcome: Option<Code>,
    /// At this stage.
    pub stage: Option<Stage>,
    /// Closed for this reason: former participants are those who completed.
    pub closed_reason: Option<ClosingReason>,
}

impl Population {
    /// The query in words, as it is recorded.
    fn words(&self) -> String {
        let parts = [
            self.municipality.map(|of| format!("municipality={}", of.nis())),
            self.outcome.as_ref().map(|of| format!("outcome={}", of.as_str())),
            self.stage.map(|of| format!("stage={}", of.code())),
            self.closed_reason.map(|of| format!("closed_reason={}", of.code())),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn holds(&self, row: &DossierRow) -> bool {
        let reason = row.standing.as_ref().and_then(|standing| standing.closed_reason);
        reason != Some(ClosingReason::Deceased) && self.closed_reason.is_none_or(|asked| reason == Some(asked))
    }
}

/// Whom a mailing is for. Personal data: `Debug` shows the source only.
#[derive(Clone, PartialEq, Eq)]
pub enum Audience {
    /// The rows of a CSV file.
    Csv(Vec<u8>),
    /// Rows.
    Rows(Vec<Row>),
    /// Dossiers.
    Dossiers(Population),
    /// Agencies of one kind, or of all.
    Partners(Option<AgencyKind>),
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Audience({:?})", self.source())
    }
}

impl Audience {
    fn source(&self) -> Source {
        let (kind, query) = match self {
            Self::Csv(_) => (SourceKind::Csv, String::new()),
            Self::Rows(_) => (SourceKind::Rows, String::new()),
            Self::Dossiers(population) => (SourceKind::Dossiers, population.words()),
            Self::Partners(None) => (SourceKind::Partners, String::new()),
            Self::Partners(Some(kind)) => (SourceKind::Partners, format!("kind={}", kind_word(*kind))),
        };
        Source { kind, query }
    }
}

const fn kind_word(kind: AgencyKind) -> &'static str {
    match kind {
        AgencyKind::Municipality => "municipality",
        AgencyKind::Organiser => "organiser",
        AgencyKind::Ggc => "ggc",
    }
}

/// An order to make a mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMailing {
    /// The caller's request id.
    pub request: Request,
    /// Who orders; the mailing is of the actor's agency.
    pub actor: Actor,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// On which ground personal data are used for it.
    pub legal_basis: String,
    /// Subject and body, per language.
    pub texts: Texts,
    /// Whom it is for.
    pub audience: Audience,
    /// Only says what the validator finds: nothing is made.
    pub validate_only: bool,
}

/// What an order came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeMailing {
    /// The mailing; one that is only validated has a nil id and is nowhere.
    pub mailing: Mailing,
    /// What the validator found.
    pub checked: Checked,
}

/// What would happen if a mailing went out at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Recipients who would be written to, by the language of the text.
    pub reachable: BTreeMap<MailLanguage, u64>,
    /// Recipients who would not be, by reason.
    pub barred: BTreeMap<Reason, u64>,
    /// Recipients whose mail is over or under way.
    pub not_waiting: u64,
    /// Some of those who would be written to, evenly spread over their lines: the same ones each time.
    pub samples: Vec<Recipient>,
}

/// Whom a preference is about, as a caller says it.
#[derive(Clone, PartialEq, Eq)]
pub enum Named {
    /// The person of a dossier.
    Dossier(DossierId),
    /// An address.
    Address(String),
    /// The code in a mail: its recipient.
    Code(RecipientId),
}

/// What every use case of mailings needs.
#[derive(Clone)]
pub struct MailingDesk {
    /// The desk.
    pub desk: Desk,
    /// The record of mailings.
    pub mailings: Arc<dyn Mailings>,
    /// Reads files of recipients.
    pub files: Arc<dyn RecipientFiles>,
    /// The agencies of this deployment.
    pub partners: Arc<[Partner]>,
    /// Whether mail leaves this deployment.
    pub can_send: bool,
    /// Where those write who do not want any more; empty where no mail leaves.
    pub opt_out_address: Arc<str>,
}

impl MailingDesk {
    /// Checks recipients and keeps the mailing: validated, or a draft where rows are faulty.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn create(&self, order: &NewMailing) -> Result<MadeMailing, MailingError> {
        let faults =
            order.texts.iter().enumerate().flat_map(|(place, (_, text))| {
                text.faults().into_iter().map(move |(field, fault)| (place, field, fault))
            });
        let faults: Vec<_> = faults.collect();
        if !faults.is_empty() {
            return Err(MailingError::Texts(faults));
        }
        let checked = self.check(order).await?;
        let (mailing, recipients) = self.made(order, &checked);
        if order.validate_only {
            return Ok(MadeMailing { mailing, checked });
        }
        if recipients.is_empty() {
            return Err(MailingError::NoRecipients);
        }
        match self.mailings.create(&mailing, &recipients, &order.request).await? {
            Creation::Made(mailing) => Ok(MadeMailing { mailing: *mailing, checked }),
            Creation::Reused => Err(AppError::RequestReused.into()),
        }
    }

    fn made(&self, order: &NewMailing, checked: &Checked) -> (Mailing, Vec<Recipient>) {
        let (now, count) = (self.desk.clock.now(), |items: usize| u64::try_from(items).unwrap_or(u64::MAX));
        let id = if order.validate_only { MailingId(uuid::Uuid::nil()) } else { MailingId(self.desk.ids.next()) };
        let mailing = Mailing {
            id,
            name: order.name.clone(),
            purpose: order.purpose,
            legal_basis: order.legal_basis.clone(),
            issuer: order.actor.agency.clone(),
            texts: order.texts.clone(),
            source: order.audience.source(),
            state: if checked.faults.is_empty() { MailingState::Validated } else { MailingState::Draft },
            version: 1,
            faults: count(checked.faults.len()),
            duplicates: count(checked.duplicates.len()),
            created_at: now,
            created_by: order.actor.staff.clone(),
            started_at: None,
            finished_at: None,
            forgotten_at: None,
        };
        let recipient = |from: &Accepted| Recipient {
            id: RecipientId(self.desk.ids.next()),
            mailing: id,
            line: from.line,
            dossier: from.dossier,
            person: Some(from.person.clone()),
            language: from.language,
            identity_key: from.identity_key.clone(),
            address: from.address,
            state: DeliveryState::Created,
            reason: None,
            attempts: 0,
            retry_at: None,
            changed_at: now,
        };
        let recipients = if order.validate_only { &[][..] } else { &checked.recipients };
        (mailing, recipients.iter().map(recipient).collect())
    }

    async fn check(&self, order: &NewMailing) -> Result<Checked, MailingError> {
        let mut validator = Validator::new(order.texts.placeholders());
        match &order.audience {
            Audience::Csv(file) => self.check_rows(&mut validator, self.files.rows(file)?).await?,
            Audience::Rows(rows) => self.check_rows(&mut validator, rows.iter().cloned().map(Ok)).await?,
            Audience::Dossiers(population) => self.check_dossiers(&mut validator, population, &order.actor).await?,
            Audience::Partners(kind) => self.check_partners(&mut validator, *kind),
        }
        Ok(validator.finish())
    }

    /// Rows in pages, so that numbers are looked up together.
    async fn check_rows(
        &self,
        validator: &mut Validator,
        rows: impl Iterator<Item = Result<Row, crate::mailing::error::FileFault>> + Send,
    ) -> Result<(), MailingError> {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let page = rows.by_ref().take(PAGE).collect::<Result<Vec<Row>, _>>()?;
            let numbers: Vec<_> = page.iter().filter_map(check::number).collect();
            let known = self.desk.store.numbers(&numbers).await?;
            let known: HashMap<_, _> = known.into_iter().map(|known| (known.number, known.dossier)).collect();
            for row in &page {
                validator.take(row, check::number(row).and_then(|number| known.get(&number).copied()));
            }
        }
        Ok(())
    }

    /// Dossiers that the actor may write to: a municipality its own, an organiser those of which it reported something.
    async fn check_dossiers(
        &self,
        validator: &mut Validator,
        population: &Population,
        actor: &Actor,
    ) -> Result<(), MailingError> {
        let store = &self.desk.store;
        let filter = self.filter_for(population, actor)?;
        if !store.stale(None, 1).await?.is_empty() {
            return Err(AppError::NotAssessed.into());
        }
        let (mut after, mut line) = (None, 0);
        loop {
            let page = store.list(&filter, after, PAGE).await?;
            let ids: Vec<DossierId> = page.iter().filter(|row| population.holds(row)).map(|row| row.id).collect();
            let dossiers = store.dossiers(&ids).await?;
            for dossier in dossiers.iter().filter(|dossier| self.is_known_to(dossier, actor)) {
                line += 1;
                let identity = store.identity(dossier.id).await?.unwrap_or_default();
                let filled = |text: Option<String>| text.unwrap_or_default();
                let email = filled(identity.email);
                if email.trim().is_empty() {
                    validator.pass_over();
                    continue;
                }
                let row = Row {
                    line,
                    first_names: filled(identity.first_names),
                    last_name: filled(identity.last_name),
                    email,
                    language: contact_language(dossier),
                    dossier: Some(dossier.id),
                    ..Row::default()
                };
                validator.take(&row, None);
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    fn filter_for(&self, population: &Population, actor: &Actor) -> Result<DossierFilter, MailingError> {
        let own = Municipality::parse(actor.agency.as_str());
        if own.is_some() && population.municipality.is_some_and(|asked| Some(asked) != own) {
            return Err(MailingError::NotYours);
        }
        Ok(DossierFilter {
            municipality: own.or(population.municipality),
            outcome: population.outcome.clone(),
            stage: population.stage,
            ..DossierFilter::default()
        })
    }

    fn is_known_to(&self, dossier: &Dossier, actor: &Actor) -> bool {
        match crate::desk::agency_kind(&self.desk.law.law, &actor.agency) {
            Some(AgencyKind::Municipality | AgencyKind::Ggc) => true,
            Some(AgencyKind::Organiser) => dossier.facts.iter().any(|fact| fact.fact.agency == actor.agency),
            None => false,
        }
    }

    fn check_partners(&self, validator: &mut Validator, kind: Option<AgencyKind>) {
        let partners = self.partners.iter().filter(|partner| kind.is_none_or(|kind| partner.kind == kind));
        for (line, partner) in (1..).zip(partners) {
            match &partner.email {
                None => validator.pass_over(),
                Some(email) => {
                    let (name, email, partner) = (partner.name.clone(), email.clone(), Some(partner.code.clone()));
                    validator.take(&Row { line, name, email, partner, ..Row::default() }, None);
                }
            }
        }
    }

    /// A mailing of the actor's agency.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another agency as for none.
    pub async fn mailing(&self, id: MailingId, actor: &Actor) -> Result<Mailing, MailingError> {
        let found = self.mailings.mailing(id).await?.filter(|mailing| mailing.issuer == actor.agency);
        found.ok_or_else(|| AppError::NotFound.into())
    }

    /// What would happen at this moment, with at most `samples` recipients of those who would be written to.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn preview(&self, id: MailingId, samples: usize, actor: &Actor) -> Result<Preview, MailingError> {
        let mailing = self.mailing(id, actor).await?;
        let now = self.desk.clock.now();
        let (mut preview, mut lines, mut after) = (Preview::default(), Vec::new(), None);
        loop {
            let page = self.mailings.recipients(id, None, after, PAGE).await?;
            let dossiers: Vec<_> = page.iter().filter_map(|recipient| recipient.dossier).collect();
            let addresses: Vec<_> = page.iter().map(|recipient| recipient.address).collect();
            let preferences = self.mailings.preferences_about(&dossiers, &addresses).await?;
            for recipient in &page {
                let reached = Reached { dossier: recipient.dossier, address: recipient.address };
                let waits = matches!(recipient.state, DeliveryState::Created | DeliveryState::TemporaryFailure);
                match barred(mailing.purpose, &reached, &preferences, now) {
                    _ if !waits => preview.not_waiting += 1,
                    Some(reason) => *preview.barred.entry(reason).or_default() += 1,
                    None => {
                        let language = mailing.texts.language_for(recipient.language);
                        *preview.reachable.entry(language).or_default() += 1;
                        lines.push(recipient.line);
                    }
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.line),
                _ => break,
            }
        }
        for line in spread(&lines, samples) {
            preview.samples.extend(self.mailings.recipients(id, None, line.checked_sub(1), 1).await?);
        }
        Ok(preview)
    }

    /// Lets mails go out. A draft starts only where `skip_faults` accepts that its faulty rows are left out.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn start(
        &self,
        id: MailingId,
        etag: Option<u64>,
        skip_faults: bool,
        actor: &Actor,
    ) -> Result<Mailing, MailingError> {
        if !self.can_send {
            return Err(MailingError::NoRelay);
        }
        let mailing = self.seen(id, etag, actor).await?;
        match mailing.state {
            MailingState::Running => Ok(mailing),
            MailingState::Draft if !skip_faults => Err(MailingError::HasFaults),
            MailingState::Draft => {
                let mailing = self.step(&mailing, MailingState::Validated).await?;
                self.step(&mailing, MailingState::Running).await
            }
            MailingState::Validated => self.step(&mailing, MailingState::Running).await,
            _ => Err(MailingError::WrongState),
        }
    }

    /// Lets no further mail start. A mail that is being sent when this answers is let go on to its end.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn pause(&self, id: MailingId, etag: Option<u64>, actor: &Actor) -> Result<Mailing, MailingError> {
        self.change(id, etag, MailingState::Paused, actor).await
    }

    /// Lets mails go out again.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn resume(&self, id: MailingId, etag: Option<u64>, actor: &Actor) -> Result<Mailing, MailingError> {
        let mailing = self.seen(id, etag, actor).await?;
        match mailing.state {
            MailingState::Running => Ok(mailing),
            MailingState::Paused => self.step(&mailing, MailingState::Running).await,
            _ => Err(MailingError::WrongState),
        }
    }

    /// Stops for good, as [`MailingDesk::pause`] does for a while.
    ///
    /// # Errors
    /// [`MailingError`].
    pub async fn cancel(&self, id: MailingId, etag: Option<u64>, actor: &Actor) -> Result<Mailing, MailingError> {
        self.change(id, etag, MailingState::Cancelled, actor).await
    }

    async fn change(
        &self,
        id: MailingId,
        etag: Option<u64>,
        to: MailingState,
        actor: &Actor,
    ) -> Result<Mailing, MailingError> {
        let mailing = self.seen(id, etag, actor).await?;
        if mailing.state == to { Ok(mailing) } else { self.step(&mailing, to).await }
    }

    async fn seen(&self, id: MailingId, etag: Option<u64>, actor: &Actor) -> Result<Mailing, MailingError> {
        let mailing = self.mailing(id, actor).await?;
        match etag.is_none_or(|seen| seen == mailing.version) {
            true => Ok(mailing),
            false => Err(AppError::Stale.into()),
        }
    }

    async fn step(&self, mailing: &Mailing, to: MailingState) -> Result<Mailing, MailingError> {
        if !mailing.state.may_become(to) {
            return Err(MailingError::WrongState);
        }
        let moved = self.mailings.move_mailing(mailing.id, mailing.version, to, self.desk.clock.now()).await?;
        moved.ok_or_else(|| AppError::Stale.into())
    }

    /// Records what a person said: for a code, of the recipient's address and, where it is known, of the dossier. A
    /// consent is about a dossier.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such dossier or code; [`MailingError::WrongState`] for a consent of
    /// anything but a dossier.
    pub async fn record_preference(
        &self,
        named: &Named,
        kind: PreferenceKind,
        source: PreferenceSource,
        actor: &Actor,
    ) -> Result<Vec<Preference>, MailingError> {
        let subjects = match named {
            Named::Dossier(id) => vec![Subject::Dossier(self.desk.dossier(*id).await?.id)],
            _ if kind == PreferenceKind::Consent => return Err(MailingError::WrongState),
            Named::Address(text) => vec![Subject::Address(AddressHash::of(&address::normalised(text)))],
            Named::Code(id) => {
                let recipient = self.mailings.recipient(*id).await?.ok_or(AppError::NotFound)?;
                let address = Subject::Address(recipient.address);
                recipient.dossier.map(Subject::Dossier).into_iter().chain([address]).collect()
            }
        };
        let mut recorded = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let preference = Preference {
                id: PreferenceId(self.desk.ids.next()),
                subject,
                kind,
                purpose: (kind == PreferenceKind::Consent).then_some(Purpose::Publicity),
                source,
                recorded_at: self.desk.clock.now(),
                recorded_by: actor.staff.clone(),
                withdrawn_at: None,
            };
            recorded.push(self.mailings.record_preference(&preference).await?);
        }
        Ok(recorded)
    }

    /// Withdraws a preference: it does not count any more from this moment.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn withdraw_preference(&self, id: PreferenceId) -> Result<Preference, MailingError> {
        let withdrawn = self.mailings.withdraw_preference(id, self.desk.clock.now()).await?;
        withdrawn.ok_or_else(|| AppError::NotFound.into())
    }
}

/// The language a person is spoken to in: as the latest check says, else that of letters; empty: not known.
fn contact_language(dossier: &Dossier) -> String {
    let latest = dossier.facts.iter().rev().find_map(|fact| match &fact.fact.kind {
        FactKind::Checked(extract) => Some(extract),
        _ => None,
    });
    let spoken = latest.and_then(|extract| extract.contact_language.as_ref()).map(|code| code.as_str().to_owned());
    let written = || latest.and_then(|extract| extract.letter_language).map(LegalLanguage::code);
    spoken.or_else(|| written().map(str::to_owned)).unwrap_or_default()
}

/// At most `count` of the lines, evenly spread, the first among them.
fn spread(lines: &[u64], count: usize) -> Vec<u64> {
    let count = count.min(lines.len());
    (0..count).map(|place| lines[place * lines.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_and_the_same_each_time() {
        assert_eq!(spread(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [1, 4, 7]);
        assert_eq!(spread(&[4, 9], 5), [4, 9]);
        assert!(spread(&[], 3).is_empty());
        assert!(spread(&[1], 0).is_empty());
    }
}
