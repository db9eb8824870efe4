//! The list of services, one line for each area, and what they share: statuses and standings.

use crate::auth::{Caller, Tokens};
use crate::standing::standing;
use crate::{Api, error};
use tonic::Status;
use tonic::service::{InterceptorLayer, Routes};
use traject_app::AppError;
use traject_app::act::Done;
use traject_app::desk::Assessed;
use traject_app::model::Dossier;
use traject_domain::history::{History, Moment};
use traject_proto::google::longrunning::operations_server;
use traject_proto::traject as wire;
use traject_proto::traject::r#type::v1::Standing;

/// Turns the list of areas into what a server needs of each.
macro_rules! areas {
    ($($area:ident: $module:ident, $Server:ident;)+) => {
        /// The full names of the services, for health and for documentation.
        pub const SERVICES: &[&str] = &[$(wire::$area::v1::$module::SERVICE_NAME),+, operations_server::SERVICE_NAME];

        /// Every service behind the check of who calls, with server reflection (v1 and v1alpha).
        ///
        /// `request_size_max` bounds a request, in bytes.
        ///
        /// # Panics
        /// Never: the descriptors are those of this program, and a test reads them.
        pub fn routes(api: &Api, tokens: &Tokens, request_size_max: usize) -> Routes {
            let reflection = || {
                tonic_reflection::server::Builder::configure()
                    $(.register_encoded_file_descriptor_set(wire::$area::v1::DESCRIPTORS))+
            };
            let mut routes = Routes::builder();
            $(
                let service = wire::$area::v1::$module::$Server::new(api.clone());
                routes.add_service(service.max_decoding_message_size(request_size_max));
            )+
            let operations = operations_server::OperationsServer::new(api.clone());
            routes.add_service(operations.max_decoding_message_size(request_size_max));
            routes.add_service(reflection().build_v1().expect("the descriptors are whole"));
            routes.add_service(reflection().build_v1alpha().expect("the descriptors are whole"));
            let routes = routes.routes().into_axum_router().layer(InterceptorLayer::new(tokens.clone()));
            Routes::from(routes)
        }
    };
}

areas! {
    check: check_service_server, CheckServiceServer;
    dossier: dossier_service_server, DossierServiceServer;
    file: file_service_server, FileServiceServer;
    act: act_service_server, ActServiceServer;
    office: office_service_server, OfficeServiceServer;
    sanction: sanction_service_server, SanctionServiceServer;
    decision: decision_service_server, DecisionServiceServer;
    law: law_service_server, LawServiceServer;
    work: work_service_server, WorkServiceServer;
    delivery: delivery_service_server, DeliveryServiceServer;
    document: document_service_server, DocumentServiceServer;
    mailing: mailing_service_server, MailingServiceServer;
    report: report_service_server, ReportServiceServer;
}

impl Api {
    /// The status of a use case's error.
    pub(crate) fn status(&self, error: &AppError, caller: &Caller) -> Status {
        error::status(error, &self.desk.law.law, || self.desk.ids.next().to_string(), caller)
    }

    /// How a dossier stands at a moment; none while no check counts.
    pub(crate) fn standing_of(&self, dossier: &Dossier, at: Moment) -> Option<Standing> {
        let law = &self.desk.law.law;
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        let of = traject_domain::assess(law, &history)?;
        Some(standing(law, &of, history.municipality_on(at.as_of)))
    }

    pub(crate) fn before(&self, done: &Done) -> Option<Standing> {
        self.assessed(&done.before)
    }

    pub(crate) fn after(&self, done: &Done) -> Option<Standing> {
        self.assessed(&done.after)
    }

    fn assessed(&self, assessed: &Assessed) -> Option<Standing> {
        assessed.standing.as_ref().map(|of| standing(&self.desk.law.law, of, assessed.row.municipality))
    }
}
