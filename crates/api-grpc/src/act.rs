//! The act area. Most acts are one fact: a row of the table below.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code;
use crate::extract::{extract, identity};
use crate::name;
use crate::parse::{Fields, etag};
use jiff::civil::Time;
use prost::Name;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::act::{ActOrder, CheckCorrection, Done, VoluntaryOpening};
use traject_app::ids::{DossierId, FactId};
use traject_app::model::Actor;
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::{Asked, FactKind, Hearing, NumberKey};
use traject_domain::law::{Channel, CodeList, Law};
use traject_domain::money::Cents;
use traject_domain::sanction::{Grounds, SanctionStep};
use traject_proto::google::r#type as google;
use traject_proto::traject::act::v1::act_service_server::ActService;
use traject_proto::traject::act::v1::*;
use traject_proto::traject::check::v1::InformationItem;
use traject_proto::traject::r#type::v1::{Breach, EvidenceChannel, Language};

/// What every request of an act says.
pub(crate) trait ActRequest: Name {
    fn name(&self) -> &str;
    fn occurred_date(&self) -> Option<google::Date>;
    fn etag(&self) -> &str;
    fn request_id(&self) -> &str;
    fn is_validate_only(&self) -> bool;
}

/// An act that is one fact which the request tells whole.
pub(crate) trait OneFact: ActRequest {
    fn fact(&self, fields: &mut Fields, law: &Law) -> Option<FactKind>;
    /// Facts that say more of it, and are recorded before it in the same command.
    fn along(&self, _: &mut Fields, _: &Law) -> Vec<FactKind> {
        Vec::new()
    }
    fn channel(&self, _: &mut Fields) -> Option<Channel> {
        None
    }
}

/// What an order needs beside its kind.
struct Head {
    request: traject_app::model::Request,
    dossier: DossierId,
    occurred_on: Date,
    expected_version: Option<u64>,
}

macro_rules! act_request {
    ($($request:ident)+) => {$(
        impl $crate::act::ActRequest for $request {
            fn name(&self) -> &str { &self.name }
            fn occurred_date(&self) -> Option<traject_proto::google::r#type::Date> { self.occurred_date }
            fn etag(&self) -> &str { &self.etag }
            fn request_id(&self) -> &str { &self.request_id }
            fn is_validate_only(&self) -> bool { self.validate_only }
        }
    )+};
}

act_request! { ReplaceNumberRequest RetractFactRequest CorrectCheckRequest }

/// A service of acts: a row is a call, its request, and the fact that the request tells, with the door by which evidence came
/// and the facts that say more of it where there are any; then the calls that are more than one fact.
macro_rules! acts {
    ($Service:ident {
        $($method:ident($request:ident) = |$message:ident, $fields:ident, $law:ident| $fact:expr
            $(, by |$by:ident, $by_fields:ident| $channel:expr)?
            $(, with |$with:ident, $with_fields:ident, $with_law:ident| $along:expr)?;)+
    }
    also { $($also:ident($also_request:ident) -> $response:ident = $call:ident;)* }) => {
        $(
            $crate::act::act_request! { $request }

            impl $crate::act::OneFact for $request {
                fn fact(&self, $fields: &mut $crate::parse::Fields, $law: &traject_domain::law::Law) -> Option<FactKind> {
                    let $message = self;
                    $fact
                }
                $(fn channel(&self, $by_fields: &mut $crate::parse::Fields) -> Option<traject_domain::law::Channel> {
                    let $by = self;
                    $channel
                })?
                $(fn along(
                    &self,
                    $with_fields: &mut $crate::parse::Fields,
                    $with_law: &traject_domain::law::Law,
                ) -> Vec<FactKind> {
                    let $with = self;
                    $along
                })?
            }
        )+

        #[tonic::async_trait]
        impl $Service for $crate::Api {
            $(
                async fn $method(
                    &self,
                    request: tonic::Request<$request>,
                ) -> Result<tonic::Response<traject_proto::traject::act::v1::ActResponse>, tonic::Status> {
                    self.one_fact(&request).await
                }
            )+
            $(
                async fn $also(
                    &self,
                    request: tonic::Request<$also_request>,
                ) -> Result<tonic::Response<$response>, tonic::Status> {
                    self.$call(&request).await
                }
            )*
        }
    };
}
pub(crate) use {act_request, acts};

acts! { ActService {
    record_information_given(RecordInformationGivenRequest) = |m, fields, _law| {
        if m.information.is_empty() {
            fields.fault("information", crate::parse::REQUIRED);
        }
        let items = m.information.iter();
        let items = items.filter_map(|item| fields.required_value::<InformationItem>("information", *item)).collect();
        let spoken = fields.spoken_language("spoken_language", &m.spoken_language);
        Some(FactKind::InformationGiven { spoken, items })
    };
    record_certificate_receipt(RecordCertificateReceiptRequest) = |_m, _fields, _law| Some(FactKind::CertificateReceived);
    grant_exemption(GrantExemptionRequest) = |m, fields, law| {
        let until = fields.date("until_date", m.until_date);
        let code = fields.required_code("code", &m.code, |code| law.exemption(code).is_some())?;
        Some(FactKind::ExemptionGranted { code, until })
    }, by |m, fields| fields.value::<EvidenceChannel>("channel", m.channel);
    grant_suspension(GrantSuspensionRequest) = |m, fields, law| {
        let until = fields.required_date("until_date", m.until_date);
        let code = fields.required_code("code", &m.code, |code| law.suspension(code).is_some())?;
        Some(FactKind::SuspensionGranted { code, until: until? })
    }, by |m, fields| fields.value::<EvidenceChannel>("channel", m.channel);
    refuse_exemption(RefuseExemptionRequest) = |m, fields, law| {
        let reason = fields.required_code("reason", &m.reason, |code| law.has_code(CodeList::RefusalReasons, code));
        let code = fields.required_code("code", &m.code, |code| law.exemption(code).is_some())?;
        Some(FactKind::ExemptionRefused { code, reason: reason? })
    };
    refuse_suspension(RefuseSuspensionRequest) = |m, fields, law| {
        let reason = fields.required_code("reason", &m.reason, |code| law.has_code(CodeList::RefusalReasons, code));
        let code = fields.required_code("code", &m.code, |code| law.suspension(code).is_some())?;
        Some(FactKind::SuspensionRefused { code, reason: reason? })
    };
    record_request(RecordRequestRequest) = |m, fields, law| {
        let channel = fields.required_value::<EvidenceChannel>("channel", m.channel);
        let is_exemption = |code: &Code| law.exemption(code).is_some();
        let code = fields.required_code("code", &m.code, |code| is_exemption(code) || law.suspension(code).is_some())?;
        let asked = if is_exemption(&code) { Asked::Exemption(code) } else { Asked::Suspension(code) };
        Some(FactKind::Requested { asked, channel: channel? })
    };
    record_registration_certificate(RecordRegistrationCertificateRequest) = |m, fields, law| {
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::RegistrationCertificateReceived { organiser })
    };
    record_completion_certificate(RecordCompletionCertificateRequest) = |m, fields, law| {
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::CompletionCertificateReceived { organiser })
    };
    join_waiting_list(JoinWaitingListRequest) = |m, fields, law| {
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::WaitingListJoined { organiser })
    };
    register(RegisterRequest) = |m, fields, law| {
        let track = fields.required_value::<Language>("track_language", m.track_language);
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::Registered { organiser, track: track? })
    };
    sign_contract(SignContractRequest) = |m, fields, law| {
        let track = fields.required_value::<Language>("track_language", m.track_language);
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::ContractSigned { organiser, track: track? })
    };
    complete(CompleteRequest) = |m, fields, law| {
        let organiser = fields.organiser("organiser", &m.organiser, law)?;
        Some(FactKind::Completed { organiser })
    };
    // The language is that of the letter, which the use case fills in.
    post_notice(PostNoticeRequest) = |m, fields, _law| {
        Some(FactKind::NoticePosted { breach: fields.breach(m.breach)?, language: None })
    };
    record_notice_delivery(RecordNoticeDeliveryRequest) = |m, fields, _law| {
        fields.breach(m.breach).map(FactKind::NoticeDelivered)
    };
    record_notice_return(RecordNoticeReturnRequest) = |m, fields, _law| {
        let reason = fields.required_value::<ReturnReason>("reason", m.reason);
        Some(FactKind::NoticeReturned(fields.breach(m.breach)?, reason?))
    };
    withdraw_notice(WithdrawNoticeRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::NoticeWithdrawn);
    establish_refusal(EstablishRefusalRequest) = |m, fields, _law| {
        fields.breach(m.breach).map(FactKind::RefusalEstablished)
    };
    transfer_dossier(TransferDossierRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::Transferred);
    return_transfer(ReturnTransferRequest) = |m, fields, _law| {
        fields.breach(m.breach).map(FactKind::TransferReturned)
    }, with |m, fields, _law| {
        if m.gaps.is_empty() {
            fields.fault("gaps", crate::parse::REQUIRED);
        }
        let gaps = m.gaps.iter().filter_map(|gap| fields.required_value::<TransferGap>("gaps", *gap)).collect();
        said_of(m.breach, SanctionStep::TransferLacks(gaps))
    };
    invite_to_hearing(InviteToHearingRequest) = |m, fields, _law| {
        let hearing = hearing(m, fields);
        Some(FactKind::HearingInvited(fields.breach(m.breach)?, hearing))
    };
    record_defence(RecordDefenceRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::DefenceReceived);
    record_hearing(RecordHearingRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::Heard),
    with |m, fields, _law| {
        let minutes = m.minutes.trim();
        if minutes.chars().count() > MINUTES_MAX {
            fields.fault("minutes", "longer than 20000 characters");
        }
        if minutes.is_empty() { Vec::new() } else { said_of(m.breach, SanctionStep::MinutesTaken(minutes.into())) }
    };
    decide_no_fine(DecideNoFineRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::DecidedNoFine),
    with |m, fields, law| grounds(fields, law, m.breach, &m.reasons, &m.circumstances);
    impose_fine(ImposeFineRequest) = |m, fields, _law| {
        let amount = u64::try_from(m.amount_cents).ok().filter(|amount| *amount > 0).map(Cents);
        if amount.is_none() {
            fields.fault("amount_cents", "an amount in euro cents is needed");
        }
        Some(FactKind::Fined(fields.breach(m.breach)?, amount?))
    }, with |m, fields, law| grounds(fields, law, m.breach, &m.reasons, &m.circumstances);
    record_fine_payment(RecordFinePaymentRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::FinePaid);
    record_appeal(RecordAppealRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::AppealLodged),
    with |m, fields, _law| {
        let kind = fields.value::<AppealKind>("kind", m.kind);
        kind.map(|kind| said_of(m.breach, SanctionStep::AppealAsks(kind))).unwrap_or_default()
    };
    record_appeal_decision(RecordAppealDecisionRequest) = |m, fields, _law| {
        let outcome = fields.required_value::<AppealOutcome>("outcome", m.outcome);
        Some(FactKind::AppealDecided(fields.breach(m.breach)?, outcome?))
    };
    withdraw_fine(WithdrawFineRequest) = |m, fields, _law| fields.breach(m.breach).map(FactKind::FineWithdrawn);
    record_move(RecordMoveRequest) = |m, fields, law| {
        let text = fields.required("destination", &m.destination)?;
        let destination = law.destination(text);
        if destination.is_none() {
            fields.fault("destination", "neither a Brussels municipality, another Region, nor a country but Belgium");
        }
        destination.map(FactKind::Moved)
    };
    record_return(RecordReturnRequest) = |m, fields, _law| {
        fields.required_municipality("municipality", &m.municipality).map(FactKind::Returned)
    };
    record_striking_off(RecordStrikingOffRequest) = |_m, _fields, _law| Some(FactKind::StruckOff);
    record_permit_loss(RecordPermitLossRequest) = |_m, _fields, _law| Some(FactKind::PermitLost);
    record_naturalisation(RecordNaturalisationRequest) = |_m, _fields, _law| Some(FactKind::BecameBelgian);
    record_death(RecordDeathRequest) = |_m, _fields, _law| Some(FactKind::Died);
}
also {
    replace_number(ReplaceNumberRequest) -> ActResponse = new_number;
    retract_fact(RetractFactRequest) -> ActResponse = retraction;
    correct_check(CorrectCheckRequest) -> ActResponse = correction;
    open_voluntary_dossier(OpenVoluntaryDossierRequest) -> ActResponse = voluntary;
} }

impl Fields {
    pub(crate) fn breach(&mut self, number: i32) -> Option<traject_domain::code::Breach> {
        self.required_value::<Breach>("breach", number)
    }
}

/// Characters of the minutes of a hearing at the most.
const MINUTES_MAX: usize = 20_000;

/// What is said of a breach; nothing while the request does not name one, which is a fault by itself.
fn said_of(breach: i32, step: SanctionStep) -> Vec<FactKind> {
    let breach = Breach::try_from(breach).ok().and_then(code::Wire::read);
    breach.map(|breach| FactKind::Sanction(*breach, step)).into_iter().collect()
}

/// Reasons and circumstances of a decision, where the request names any.
fn grounds(fields: &mut Fields, law: &Law, breach: i32, reasons: &[String], weighed: &[String]) -> Vec<FactKind> {
    let reasons = listed(fields, "reasons", law, CodeList::DecisionReasons, reasons);
    let weighed = listed(fields, "circumstances", law, CodeList::Circumstances, weighed);
    if reasons.is_empty() && weighed.is_empty() {
        return Vec::new();
    }
    said_of(breach, SanctionStep::GroundsStated(Grounds { reasons, weighed }))
}

/// Codes of one of the law's lists.
pub(crate) fn listed(fields: &mut Fields, field: &str, law: &Law, list: CodeList, codes: &[String]) -> Vec<Code> {
    codes.iter().filter_map(|code| fields.required_code(field, code, |code| law.has_code(list, code))).collect()
}

/// When and where, for an invitation that says so: then the day, the time and the place are all needed.
fn hearing(message: &InviteToHearingRequest, fields: &mut Fields) -> Option<Box<Hearing>> {
    message.hearing_date?;
    let on = fields.required_date("hearing_date", message.hearing_date);
    let at = Time::strptime("%H:%M", &message.hearing_time).ok();
    if at.is_none() {
        fields.fault("hearing_time", "a time of day as HH:MM is needed");
    }
    if message.hearing_place.trim().is_empty() {
        fields.fault("hearing_place", crate::parse::REQUIRED);
    }
    let interpreter = fields.spoken_language("interpreter_language", &message.interpreter_language);
    Some(Box::new(Hearing { on: on?, at: at?, place: message.hearing_place.trim().to_owned(), interpreter }))
}

impl Api {
    fn head<M: ActRequest>(&self, fields: &mut Fields, message: &M, caller: &Caller) -> Option<Head> {
        let request = fields.request(message, message.request_id(), message.is_validate_only(), caller);
        let dossier = fields.dossier("name", message.name());
        let occurred_on = fields.date("occurred_date", message.occurred_date());
        let expected_version = fields.etag(message.etag());
        let occurred_on = occurred_on.unwrap_or_else(|| self.desk.clock.today());
        Some(Head { request: request?, dossier: dossier?, occurred_on, expected_version })
    }

    pub(crate) async fn one_fact<M: OneFact>(&self, request: &Request<M>) -> Result<Response<ActResponse>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let head = self.head(&mut fields, message, &caller);
        let kind = message.fact(&mut fields, &self.desk.law.law);
        let channel = message.channel(&mut fields);
        let along = message.along(&mut fields, &self.desk.law.law);
        let (head, kind) = fields.done(head.zip(kind), &caller)?;
        let order = ActOrder { channel, along, ..order(head, kind, message.is_validate_only(), &caller.actor) };
        self.acted(self.desk.act(&order).await, &caller).await
    }

    async fn new_number(&self, request: &Request<ReplaceNumberRequest>) -> Result<Response<ActResponse>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let head = self.head(&mut fields, message, &caller);
        let number = fields.national_number("national_number", &message.national_number);
        let (head, number) = fields.done(head.zip(number), &caller)?;
        let key = NumberKey(self.desk.ids.next());
        let order = order(head, FactKind::NumberReplaced(key), message.validate_only, &caller.actor);
        let order = ActOrder { number: Some((key, number)), ..order };
        self.acted(self.desk.act(&order).await, &caller).await
    }

    async fn retraction(&self, request: &Request<RetractFactRequest>) -> Result<Response<ActResponse>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let head = self.head(&mut fields, message, &caller);
        let fact = fact_of(&mut fields, &message.name, &message.fact);
        let (head, fact) = fields.done(head.zip(fact), &caller)?;
        let dossier = self.desk.dossier(head.dossier).await.map_err(|error| self.status(&error, &caller))?;
        let wrong = dossier.facts.iter().find(|recorded| recorded.id == fact);
        let wrong = wrong.ok_or_else(|| self.status(&AppError::NotFound, &caller))?;
        let kind = FactKind::Retracted(wrong.fact.reference.clone());
        let order = order(head, kind, message.validate_only, &caller.actor);
        self.acted(self.desk.act(&order).await, &caller).await
    }

    async fn correction(&self, request: &Request<CorrectCheckRequest>) -> Result<Response<ActResponse>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let head = self.head(&mut fields, message, &caller);
        let extract = extract(&mut fields, "extract", message.extract.as_ref(), &self.desk.law.law);
        let is_latest = message.fact.is_empty();
        let fact = if is_latest { None } else { fact_of(&mut fields, &message.name, &message.fact) };
        let (head, extract) = fields.done(head.zip(extract), &caller)?;
        let correction = CheckCorrection {
            request: head.request,
            actor: caller.actor.clone(),
            dossier: head.dossier,
            expected_version: head.expected_version,
            check: fact,
            checked_on: message.occurred_date.map(|_| head.occurred_on),
            extract,
            identity: message.identity.as_ref().map(|from| identity(Some(from))),
            validate_only: message.validate_only,
        };
        self.acted(self.desk.correct_check(&correction).await, &caller).await
    }

    async fn voluntary(&self, request: &Request<OpenVoluntaryDossierRequest>) -> Result<Response<ActResponse>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let asked = fields.request(message, &message.request_id, message.validate_only, &caller);
        let number = fields.national_number("national_number", &message.national_number);
        let organiser = fields.organiser("organiser", &message.organiser, &self.desk.law.law);
        let track = fields.required_value::<Language>("track_language", message.track_language);
        let occurred_on = fields.date("occurred_date", message.occurred_date);
        let read = asked.zip(number).zip(organiser).zip(track);
        let (((asked, number), organiser), track) = fields.done(read, &caller)?;
        let opening = VoluntaryOpening {
            request: asked,
            actor: caller.actor.clone(),
            number,
            identity: identity(message.identity.as_ref()),
            organiser,
            track,
            occurred_on: occurred_on.unwrap_or_else(|| self.desk.clock.today()),
            validate_only: message.validate_only,
        };
        self.acted(self.desk.open_voluntary(&opening).await, &caller).await
    }

    /// The answer to an act.
    async fn acted(&self, done: Result<Done, AppError>, caller: &Caller) -> Result<Response<ActResponse>, Status> {
        let done = done.map_err(|error| self.status(&error, caller))?;
        let facts = done.committed.iter().flat_map(|committed| &committed.facts);
        let deliveries = done.committed.iter().flat_map(|committed| &committed.deliveries);
        Ok(Response::new(ActResponse {
            dossier: if done.version > 0 { name::dossier(done.dossier) } else { String::new() },
            etag: etag(done.version),
            facts: facts.map(|fact| name::fact(done.dossier, *fact)).collect(),
            before: self.before(&done),
            after: self.after(&done),
            deliveries: deliveries.map(|delivery| name::delivery(*delivery)).collect(),
        }))
    }
}

fn order(head: Head, kind: FactKind, validate_only: bool, actor: &Actor) -> ActOrder {
    ActOrder {
        request: head.request,
        actor: actor.clone(),
        dossier: head.dossier,
        expected_version: head.expected_version,
        occurred_on: head.occurred_on,
        kind,
        along: Vec::new(),
        channel: None,
        number: None,
        validate_only,
    }
}

/// A fact of the dossier that the request names.
fn fact_of(fields: &mut Fields, dossier: &str, fact: &str) -> Option<FactId> {
    let text = fields.required("fact", fact)?;
    let found = name::read_fact(text).filter(|(of, _)| name::dossier(*of) == dossier).map(|(_, fact)| fact);
    if found.is_none() {
        fields.fault("fact", "not the resource name of a fact of this dossier");
    }
    found
}
