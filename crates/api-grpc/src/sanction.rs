//! The sanction area: a row for each step that the GGC does beside the ladder of enforcement, and what a transfer lacks.

use crate::Api;
use crate::act::{acts, listed};
use crate::auth::caller;
use crate::code::Wire as _;
use crate::name;
use crate::parse::{Fields, wire_date};
use tonic::{Request, Response, Status};
use traject_app::desk::agency_kind;
use traject_domain::assess::transfer_gaps;
use traject_domain::code::Breach as DomainBreach;
use traject_domain::counting::days_between;
use traject_domain::fact::FactKind;
use traject_domain::guard::{Refusal, RefusalCode};
use traject_domain::history::{History, Moment};
use traject_domain::law::{AgencyKind, CodeList};
use traject_domain::money::Cents;
use traject_domain::sanction::{Grounds, SanctionStep};
use traject_proto::traject::act::v1::TransferGap;
use traject_proto::traject::sanction::v1::sanction_service_server::SanctionService;
use traject_proto::traject::sanction::v1::*;
use traject_proto::traject::r#type::v1::Breach;

fn about(fields: &mut Fields, breach: i32, step: Option<SanctionStep>) -> Option<FactKind> {
    let breach: Option<DomainBreach> = fields.breach(breach);
    Some(FactKind::Sanction(breach?, step?))
}

acts! { SanctionService {
    weigh_circumstances(WeighCircumstancesRequest) = |m, fields, law| {
        if m.circumstances.is_empty() {
            fields.fault("circumstances", crate::parse::REQUIRED);
        }
        let weighed = listed(fields, "circumstances", law, CodeList::Circumstances, &m.circumstances);
        about(fields, m.breach, Some(SanctionStep::GroundsStated(Grounds { reasons: Vec::new(), weighed })))
    };
    record_missed_hearing(RecordMissedHearingRequest) = |m, fields, _law| {
        about(fields, m.breach, Some(SanctionStep::HearingMissed))
    };
    record_payment(RecordPaymentRequest) = |m, fields, _law| {
        let amount = u64::try_from(m.amount_cents).ok().filter(|amount| *amount > 0).map(Cents);
        if amount.is_none() {
            fields.fault("amount_cents", "an amount in euro cents is needed");
        }
        about(fields, m.breach, amount.map(SanctionStep::PaymentReceived))
    };
    remind_payment(RemindPaymentRequest) = |m, fields, _law| about(fields, m.breach, Some(SanctionStep::PaymentReminded));
    hand_over_recovery(HandOverRecoveryRequest) = |m, fields, _law| {
        about(fields, m.breach, Some(SanctionStep::RecoveryHandedOver))
    };
    write_off_fine(WriteOffFineRequest) = |m, fields, law| {
        let reason = fields.required_code("reason", &m.reason, |code| law.has_code(CodeList::WriteOffReasons, code));
        about(fields, m.breach, reason.map(|reason| SanctionStep::FineWrittenOff { reason }))
    };
    record_execution_suspended(RecordExecutionSuspendedRequest) = |m, fields, _law| {
        about(fields, m.breach, Some(SanctionStep::ExecutionSuspended))
    };
} also {
    get_transfer_readiness(GetTransferReadinessRequest) -> TransferReadiness = readiness;
    list_minutes(ListMinutesRequest) -> ListMinutesResponse = minutes;
} }

impl Api {
    /// The minutes of a dossier's hearings: they leave the GGC's hands for nobody.
    async fn minutes(&self, request: &Request<ListMinutesRequest>) -> Result<Response<ListMinutesResponse>, Status> {
        let caller = caller(request)?;
        let mut fields = Fields::default();
        let id = fields.dossier("parent", &request.get_ref().parent);
        let id = fields.done(id, &caller)?;
        let law = &self.desk.law.law;
        if agency_kind(law, &caller.actor.agency) != Some(AgencyKind::Ggc) {
            let ground = law.policies_provenance.ground(None);
            let refusal = Refusal::new(RefusalCode::WrongActor, "actors § 4", ground);
            return Err(self.status(&refusal.into(), &caller));
        }
        let dossier = self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        let minutes = dossier.facts.iter().filter_map(|recorded| match &recorded.fact.kind {
            FactKind::Sanction(breach, SanctionStep::MinutesTaken(text)) => Some(Minutes {
                name: name::fact(id, recorded.id),
                breach: Breach::of(breach),
                hearing_date: Some(wire_date(recorded.fact.occurred_on)),
                text: text.to_string(),
            }),
            _ => None,
        });
        Ok(Response::new(ListMinutesResponse { minutes: minutes.collect() }))
    }

    /// What a transfer lacks today, since when, and whom a return goes to.
    async fn readiness(
        &self,
        request: &Request<GetTransferReadinessRequest>,
    ) -> Result<Response<TransferReadiness>, Status> {
        let caller = caller(request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let dossier = fields.dossier("name", &message.name);
        let breach: Option<DomainBreach> = fields.breach(message.breach);
        let (id, breach) = fields.done(dossier.zip(breach), &caller)?;
        let dossier = self.desk.dossier(id).await.map_err(|error| self.status(&error, &caller))?;
        let today = self.desk.clock.today();
        let (law, at) = (&self.desk.law.law, Moment::end_of(today));
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        let standing = traject_domain::assess(law, &history);
        let gaps = standing.as_ref().map(|standing| transfer_gaps(law, &history, standing, breach));
        let obligation = standing.as_ref().and_then(|standing| standing.obligation.as_ref());
        let refused_on = obligation.and_then(|obligation| obligation.breach(breach).refusal_on);
        let age = refused_on.map(|refused_on| days_between(refused_on, today));
        Ok(Response::new(TransferReadiness {
            name: name::dossier(id),
            breach: Breach::of(&breach),
            gaps: gaps.iter().flatten().map(TransferGap::of).collect(),
            refusal_date: refused_on.map(wire_date),
            age_days: age.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
            municipality: history.municipality_on(today).map(|of| of.to_string()).unwrap_or_default(),
        }))
    }
}
