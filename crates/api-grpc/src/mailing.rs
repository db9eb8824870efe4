//! The mailing area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code::{self, Wire};
use crate::error::{Fault, invalid, plain, reason};
use crate::name;
use crate::page;
use crate::parse::{Fields, etag, wire_time};
use jiff::Timestamp;
use std::collections::BTreeMap;
use tonic::{Code, Request, Response, Status};
use traject_app::AppError;
use traject_app::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use traject_app::mailing::address;
use traject_app::mailing::check::{Checked, Duplicate};
use traject_app::mailing::desk::{Audience, MadeMailing, Named, NewMailing, Population};
use traject_app::mailing::{
    self as model, AddressHash, MailLanguage, MailingDesk, MailingError, Person, PreferenceFilter, Row, Subject, Texts,
};
use traject_domain::law::AgencyKind;
use traject_domain::standing;
use traject_proto::google::longrunning::Operation;
use traject_proto::traject::delivery::v1::DeliveryState;
use traject_proto::traject::mailing::v1::create_mailing_request::Recipients;
use traject_proto::traject::mailing::v1::mailing_service_server::MailingService;
use traject_proto::traject::mailing::v1::{list_preferences_request, record_preference_request, *};
use traject_proto::traject::r#type::v1::{ClosingReason, Outcome, Stage};
use traject_templates::{ComposedMail, MassMail, compose_mass};
use uuid::Uuid;

/// Faults and duplicates that an answer lists at the most.
const LISTED_MAX: usize = 1_000;
/// Mails that a preview shows when the caller does not say, and at the most.
const SAMPLES: (i32, i32) = (3, 20);

/// The words of a mail to a recipient, as they are previewed and sent.
pub fn mass_mail(
    desk: &MailingDesk,
    mailing: &model::Mailing,
    recipient: &model::Recipient,
    person: &Person,
) -> ComposedMail {
    let (language, text) = mailing.texts.for_recipient(recipient.language, person);
    let sender = desk.partners.iter().find(|partner| partner.code == mailing.issuer);
    compose_mass(&MassMail {
        language: language.as_str(),
        subject: &text.subject,
        body: &text.body,
        sender: sender.map_or(mailing.issuer.as_str(), |partner| &partner.name),
        opt_out_address: &desk.opt_out_address,
        opt_out_code: &recipient.id.to_string(),
    })
}

#[tonic::async_trait]
impl MailingService for Api {
    async fn create_mailing(
        &self,
        request: Request<CreateMailingRequest>,
    ) -> Result<Response<CreateMailingResponse>, Status> {
        let caller = caller(&request)?;
        let order = self.order(request.into_inner(), &caller)?;
        let MadeMailing { mailing, checked } = self.answered(self.mailings.create(&order).await, &caller)?;
        let mailing = match order.validate_only {
            true => Mailing { name: String::new(), ..wire(&mailing, None) },
            false => self.with_progress(&mailing, &caller).await?,
        };
        Ok(Response::new(CreateMailingResponse { mailing: Some(mailing), check: Some(check(&checked)) }))
    }

    async fn list_mailings(
        &self,
        request: Request<ListMailingsRequest>,
    ) -> Result<Response<ListMailingsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let state = fields.value::<MailingState>("state", message.state);
        let size = fields.done(size, &caller)?;
        let list = ListMailingsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = after.and_then(|place| Uuid::from_slice(&place).ok()).map(MailingId);
        let states = state.as_ref().map_or(model::MailingState::ALL, std::slice::from_ref);
        let found = self.mailings.mailings.mailings(Some(&caller.actor.agency), states, after, size + 1).await;
        let (found, more) = page::cut(self.answered(found.map_err(MailingError::from), &caller)?, size);
        let next = found.last().filter(|_| more).map(|last| self.page_key.seal(&list, &caller, last.id.0.as_bytes()));
        let mut mailings = Vec::with_capacity(found.len());
        for mailing in &found {
            mailings.push(self.with_progress(mailing, &caller).await?);
        }
        Ok(Response::new(ListMailingsResponse { mailings, next_page_token: next.unwrap_or_default() }))
    }

    async fn get_mailing(&self, request: Request<GetMailingRequest>) -> Result<Response<Mailing>, Status> {
        let caller = caller(&request)?;
        let id = self.mailing_id("name", &request.get_ref().name, &caller)?;
        let found = self.answered(self.mailings.mailing(id, &caller.actor).await, &caller)?;
        Ok(Response::new(self.with_progress(&found, &caller).await?))
    }

    async fn list_mailing_recipients(
        &self,
        request: Request<ListMailingRecipientsRequest>,
    ) -> Result<Response<ListMailingRecipientsResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let id = fields.id("parent", "mailings", &message.parent).map(MailingId);
        let state = fields.value::<DeliveryState>("state", message.state);
        let size = fields.take(page::size(message.page_size));
        let (id, size) = fields.done(id.zip(size), &caller)?;
        let list = ListMailingRecipientsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = after.and_then(|place| Some(u64::from_be_bytes(place.try_into().ok()?)));
        self.answered(self.mailings.mailing(id, &caller.actor).await, &caller)?;
        let found = self.mailings.mailings.recipients(id, state, after, size + 1).await;
        let (found, more) = page::cut(self.answered(found.map_err(MailingError::from), &caller)?, size);
        let next = found.last().filter(|_| more);
        let next = next.map(|last| self.page_key.seal(&list, &caller, &last.line.to_be_bytes())).unwrap_or_default();
        let recipients = found.iter().map(recipient).collect();
        Ok(Response::new(ListMailingRecipientsResponse { recipients, next_page_token: next }))
    }

    async fn preview_mailing(
        &self,
        request: Request<PreviewMailingRequest>,
    ) -> Result<Response<PreviewMailingResponse>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let id = fields.id("name", "mailings", &message.name).map(MailingId);
        let (default, most) = SAMPLES;
        if message.sample_count < 0 {
            fields.fault("sample_count", "negative");
        }
        let asked = if message.sample_count == 0 { default } else { message.sample_count.min(most) };
        let id = fields.done(id, &caller)?;
        let mailing = self.answered(self.mailings.mailing(id, &caller.actor).await, &caller)?;
        let samples = usize::try_from(asked).unwrap_or_default();
        let preview = self.answered(self.mailings.preview(id, samples, &caller.actor).await, &caller)?;
        let shown = preview.samples.iter().filter_map(|recipient| self.sample(&mailing, recipient));
        Ok(Response::new(PreviewMailingResponse {
            samples: shown.collect(),
            reachable: preview
                .reachable
                .iter()
                .map(|(language, count)| LanguageCount { language: language.to_string(), count: number(*count) })
                .collect(),
            barred: preview
                .barred
                .iter()
                .map(|(reason, count)| ReasonCount { reason: Reason::of(reason), count: number(*count) })
                .collect(),
            not_waiting_count: number(preview.not_waiting),
        }))
    }

    async fn start_mailing(&self, request: Request<StartMailingRequest>) -> Result<Response<Operation>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let (id, etag) = self.named_mailing(&message.name, &message.etag, &caller)?;
        let started = self.mailings.start(id, etag, message.skip_faults, &caller.actor).await;
        let started = self.answered(started, &caller)?;
        Ok(Response::new(self.operation(&started, &caller).await?))
    }

    async fn pause_mailing(&self, request: Request<PauseMailingRequest>) -> Result<Response<Mailing>, Status> {
        let caller = caller(&request)?;
        let (id, etag) = self.named_mailing(&request.get_ref().name, &request.get_ref().etag, &caller)?;
        let paused = self.answered(self.mailings.pause(id, etag, &caller.actor).await, &caller)?;
        Ok(Response::new(self.with_progress(&paused, &caller).await?))
    }

    async fn resume_mailing(&self, request: Request<ResumeMailingRequest>) -> Result<Response<Mailing>, Status> {
        let caller = caller(&request)?;
        let (id, etag) = self.named_mailing(&request.get_ref().name, &request.get_ref().etag, &caller)?;
        let resumed = self.answered(self.mailings.resume(id, etag, &caller.actor).await, &caller)?;
        Ok(Response::new(self.with_progress(&resumed, &caller).await?))
    }

    async fn cancel_mailing(&self, request: Request<CancelMailingRequest>) -> Result<Response<Mailing>, Status> {
        let caller = caller(&request)?;
        let (id, etag) = self.named_mailing(&request.get_ref().name, &request.get_ref().etag, &caller)?;
        let cancelled = self.answered(self.mailings.cancel(id, etag, &caller.actor).await, &caller)?;
        Ok(Response::new(self.with_progress(&cancelled, &caller).await?))
    }

    async fn record_preference(
        &self,
        request: Request<RecordPreferenceRequest>,
    ) -> Result<Response<RecordPreferenceResponse>, Status> {
        use record_preference_request::Subject as Asked;
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let kind = fields.required_value::<preference::Kind>("kind", message.kind);
        let source = fields.required_value::<preference::Source>("source", message.source);
        let named = match &message.subject {
            Some(Asked::Dossier(name)) => fields.dossier("dossier", name).map(Named::Dossier),
            Some(Asked::Email(text)) => read_address(&mut fields, text).map(Named::Address),
            Some(Asked::OptOutCode(text)) => match name::uuid(text.trim()) {
                Some(code) => Some(Named::Code(RecipientId(code))),
                None => {
                    fields.fault("opt_out_code", "not a code of a mail");
                    None
                }
            },
            None => {
                fields.fault("subject", crate::parse::REQUIRED);
                None
            }
        };
        if kind == Some(model::PreferenceKind::Consent) && !matches!(named, Some(Named::Dossier(_)) | None) {
            fields.fault("subject", "a consent is about a dossier");
        }
        let (named, (kind, source)) = fields.done(named.zip(kind.zip(source)), &caller)?;
        let recorded = self.mailings.record_preference(&named, kind, source, &caller.actor).await;
        let preferences = self.answered(recorded, &caller)?.iter().map(preference).collect();
        Ok(Response::new(RecordPreferenceResponse { preferences }))
    }

    async fn withdraw_preference(
        &self,
        request: Request<WithdrawPreferenceRequest>,
    ) -> Result<Response<Preference>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let id = fields.id("name", "preferences", &request.get_ref().name).map(PreferenceId);
        let id = fields.done(id, &caller)?;
        let withdrawn = self.answered(self.mailings.withdraw_preference(id).await, &caller)?;
        Ok(Response::new(preference(&withdrawn)))
    }

    async fn list_preferences(
        &self,
        request: Request<ListPreferencesRequest>,
    ) -> Result<Response<ListPreferencesResponse>, Status> {
        use list_preferences_request::Subject as Asked;
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let size = fields.take(page::size(message.page_size));
        let subject = match &message.subject {
            Some(Asked::Dossier(name)) => fields.dossier("dossier", name).map(Subject::Dossier),
            Some(Asked::Email(text)) => read_address(&mut fields, text)
                .map(|text| Subject::Address(AddressHash::of(&address::normalised(&text)))),
            None => None,
        };
        let size = fields.done(size, &caller)?;
        let list = ListPreferencesRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let after = self.page_key.open(&list, &caller, &message.page_token)?;
        let after = after.and_then(|place| Uuid::from_slice(&place).ok()).map(PreferenceId);
        let found = self.mailings.mailings.preferences(&PreferenceFilter { subject }, after, size + 1).await;
        let (found, more) = page::cut(self.answered(found.map_err(MailingError::from), &caller)?, size);
        let next = found.last().filter(|_| more).map(|last| self.page_key.seal(&list, &caller, last.id.0.as_bytes()));
        let preferences = found.iter().map(preference).collect();
        Ok(Response::new(ListPreferencesResponse { preferences, next_page_token: next.unwrap_or_default() }))
    }
}

impl Api {
    /// The value, or the status of the error in its place.
    pub(crate) fn answered<T>(&self, result: Result<T, MailingError>, caller: &Caller) -> Result<T, Status> {
        result.map_err(|error| match &error {
            MailingError::App(error) => self.status(error, caller),
            MailingError::File(fault) => {
                invalid(&[Fault::new("csv", format!("{}: {fault}", fault.code()))], caller.language)
            }
            MailingError::Texts(_) => invalid(&[Fault::new("texts", "a text cannot be used")], caller.language),
            _ => plain(Code::FailedPrecondition, reason(error.code()), caller.language),
        })
    }

    pub(crate) fn mailing_id(&self, field: &str, name: &str, caller: &Caller) -> Result<MailingId, Status> {
        let mut fields = Fields::default();
        let id = fields.id(field, "mailings", name).map(MailingId);
        fields.done(id, caller)
    }

    fn named_mailing(&self, name: &str, etag: &str, caller: &Caller) -> Result<(MailingId, Option<u64>), Status> {
        let mut fields = Fields::default();
        let id = fields.id("name", "mailings", name).map(MailingId);
        let etag = fields.etag(etag);
        Ok((fields.done(id, caller)?, etag))
    }

    pub(crate) async fn with_progress(&self, mailing: &model::Mailing, caller: &Caller) -> Result<Mailing, Status> {
        let progress = self.mailings.mailings.progress(mailing.id).await.map_err(MailingError::from);
        let progress = self.answered(progress, caller)?;
        Ok(wire(mailing, Some(&progress)))
    }

    fn order(&self, message: CreateMailingRequest, caller: &Caller) -> Result<NewMailing, Status> {
        let mut fields = Fields::default();
        let request = fields.request(&message, &message.request_id, message.validate_only, caller);
        let name = fields.prose("display_name", &message.display_name);
        let purpose = fields.required_value::<Purpose>("purpose", message.purpose);
        let legal_basis = fields.prose("legal_basis", &message.legal_basis);
        let texts = texts(&mut fields, &message);
        let audience = match message.recipients {
            Some(recipients) => self.audience(&mut fields, recipients),
            None => {
                fields.fault("recipients", crate::parse::REQUIRED);
                None
            }
        };
        let head = request.zip(name).zip(purpose.zip(legal_basis));
        let (((request, name), (purpose, legal_basis)), (texts, audience)) =
            fields.done(head.zip(texts.zip(audience)), caller)?;
        let (actor, validate_only) = (caller.actor.clone(), message.validate_only);
        Ok(NewMailing { request, actor, name, purpose, legal_basis, texts, audience, validate_only })
    }

    fn audience(&self, fields: &mut Fields, recipients: Recipients) -> Option<Audience> {
        match recipients {
            Recipients::Csv(file) => Some(Audience::Csv(file)),
            Recipients::Rows(rows) => {
                Some(Audience::Rows((1..).zip(rows.rows).map(|(line, row)| read_row(line, row)).collect()))
            }
            Recipients::Dossiers(query) => population(fields, &query).map(Audience::Dossiers),
            Recipients::Partners(query) => {
                let kind = fields.plain::<partner_query::Kind>("partners.kind", query.kind)?;
                Some(Audience::Partners(match kind {
                    partner_query::Kind::Unspecified => None,
                    partner_query::Kind::Municipality => Some(AgencyKind::Municipality),
                    partner_query::Kind::Organiser => Some(AgencyKind::Organiser),
                    partner_query::Kind::Ggc => Some(AgencyKind::Ggc),
                }))
            }
        }
    }

    fn sample(&self, mailing: &model::Mailing, recipient: &model::Recipient) -> Option<SampleMail> {
        let person = recipient.person.as_ref()?;
        let mail = mass_mail(&self.mailings, mailing, recipient, person);
        Some(SampleMail {
            line: number(recipient.line),
            masked_email: address::masked(&person.email),
            language: mail.language_tags,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
        })
    }
}

fn read_address(fields: &mut Fields, text: &str) -> Option<String> {
    let read = address::parse(text).map(str::to_owned);
    if read.is_none() {
        fields.fault("email", "not an e-mail address");
    }
    read
}

fn read_row(line: u64, row: RecipientRow) -> Row {
    let RecipientRow { name, first_names, last_name, email, language, national_number } = row;
    Row { line, name, first_names, last_name, email, language, national_number, ..Row::default() }
}

fn population(fields: &mut Fields, query: &DossierQuery) -> Option<Population> {
    let mut inner = Fields::default();
    let outcome = inner.plain::<Outcome>("outcome", query.outcome)?;
    let population = Population {
        municipality: inner.municipality("municipality", &query.municipality),
        outcome: code::outcome_word(outcome).map(traject_domain::code::Code::new),
        stage: inner.value::<Stage>("stage", query.stage),
        closed_reason: inner.value::<ClosingReason>("closing_reason", query.closing_reason),
    };
    let _: Option<standing::Stage> = population.stage;
    fields.inside("dossiers", inner);
    Some(population)
}

/// The texts, each language once, the default one among them.
fn texts(fields: &mut Fields, message: &CreateMailingRequest) -> Option<Texts> {
    let mut by_language = BTreeMap::new();
    for (place, text) in message.texts.iter().enumerate() {
        let mut inner = Fields::default();
        // Carriage returns come with texts from some screens; in a mail every line ends the same.
        let body = text.body.replace("\r\n", "\n");
        let words = model::Text { subject: text.subject.trim().to_owned(), body };
        for (field, fault) in words.faults() {
            inner.fault(field, fault.code());
        }
        match MailLanguage::parse(&text.language) {
            None => inner.fault("language", "not two letters of ISO 639-1"),
            Some(language) => {
                if by_language.insert(language, words).is_some() {
                    inner.fault("language", "given twice");
                }
            }
        }
        fields.inside(&format!("texts[{place}]"), inner);
    }
    let texts = MailLanguage::parse(&message.default_language).and_then(|default| Texts::new(default, by_language));
    if texts.is_none() {
        fields.fault("default_language", "not the language of one of the texts");
    }
    texts
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

fn time(at: Timestamp) -> prost_types::Timestamp {
    wire_time(at.as_microsecond())
}

/// A mailing on the wire.
pub(crate) fn wire(from: &model::Mailing, progress: Option<&model::Progress>) -> Mailing {
    let text = |(language, text): (MailLanguage, &model::Text)| MailText {
        language: language.to_string(),
        subject: text.subject.clone(),
        body: text.body.clone(),
    };
    Mailing {
        name: name::mailing(from.id),
        display_name: from.name.clone(),
        purpose: Purpose::of(&from.purpose),
        legal_basis: from.legal_basis.clone(),
        issuer: from.issuer.as_str().to_owned(),
        texts: from.texts.iter().map(text).collect(),
        default_language: from.texts.default_language().to_string(),
        source: SourceKind::of(&from.source.kind),
        query: from.source.query.clone(),
        state: MailingState::of(&from.state),
        fault_count: number(from.faults),
        duplicate_count: number(from.duplicates),
        progress: progress.map(|progress| counts(from, progress)),
        create_time: Some(time(from.created_at)),
        creator: from.created_by.clone(),
        start_time: from.started_at.map(time),
        finish_time: from.finished_at.map(time),
        forget_time: from.forgotten_at.map(time),
        etag: etag(from.version),
    }
}

/// A mailing's progress on the wire.
pub(crate) fn counts(mailing: &model::Mailing, progress: &model::Progress) -> MailingProgress {
    use traject_domain::delivery::DeliveryState as State;
    let of = |state| number(progress.of(state));
    MailingProgress {
        mailing: name::mailing(mailing.id),
        state: MailingState::of(&mailing.state),
        total_count: number(progress.total()),
        waiting_count: of(State::Created),
        sending_count: of(State::Sending),
        accepted_count: of(State::Accepted),
        postponed_count: of(State::TemporaryFailure),
        failed_count: of(State::PermanentFailure),
        in_doubt_count: of(State::InDoubt),
        cancelled_count: of(State::Cancelled),
    }
}

fn check(from: &Checked) -> RecipientCheck {
    let fault = |fault: &model::Fault| RowFault {
        line: number(fault.line),
        column: fault.column.to_owned(),
        code: fault.code.to_string(),
    };
    let duplicate = |one: &Duplicate| RowDuplicate {
        line: number(one.line),
        of_line: number(one.of_line),
        sameness: row_duplicate::Sameness::of(&one.by),
    };
    RecipientCheck {
        recipient_count: count(from.recipients.len()),
        faults: from.faults.iter().take(LISTED_MAX).map(fault).collect(),
        fault_count: count(from.faults.len()),
        duplicates: from.duplicates.iter().take(LISTED_MAX).map(duplicate).collect(),
        duplicate_count: count(from.duplicates.len()),
        without_address_count: number(from.without_address),
    }
}

fn recipient(from: &model::Recipient) -> MailingRecipient {
    MailingRecipient {
        name: format!("{}/recipients/{}", name::mailing(from.mailing), from.id),
        line: number(from.line),
        dossier: from.dossier.map(name::dossier).unwrap_or_default(),
        masked_email: from.person.as_ref().map(|person| address::masked(&person.email)).unwrap_or_default(),
        language: from.language.map(|language| language.to_string()).unwrap_or_default(),
        state: DeliveryState::of(&from.state),
        reason: code::optional::<Reason>(from.reason.as_ref()),
        attempt_count: i32::try_from(from.attempts).unwrap_or(i32::MAX),
        update_time: Some(time(from.changed_at)),
    }
}

fn preference(from: &model::Preference) -> Preference {
    let dossier = |subject: Subject| match subject {
        Subject::Dossier(dossier) => Some::<DossierId>(dossier),
        Subject::Address(_) => None,
    };
    Preference {
        name: name::preference(from.id),
        dossier: dossier(from.subject).map(name::dossier).unwrap_or_default(),
        kind: preference::Kind::of(&from.kind),
        source: preference::Source::of(&from.source),
        record_time: Some(time(from.recorded_at)),
        recorder: from.recorded_by.clone(),
        withdraw_time: from.withdrawn_at.map(time),
    }
}

/// No mailing of the caller's agency.
pub(crate) fn not_found() -> MailingError {
    MailingError::App(AppError::NotFound)
}
