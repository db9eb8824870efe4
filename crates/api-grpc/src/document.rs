//! The document area.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::name;
use crate::parse::Fields;
use tonic::{Request, Response, Status};
use traject_app::model::LegalStep;
use traject_app::port::{MadeDocument, PreviewOrder};
use traject_proto::traject::delivery::v1::Document;
use traject_proto::traject::document::v1::document_service_server::DocumentService;
use traject_proto::traject::document::v1::*;
use traject_proto::traject::r#type::v1::Breach;

#[tonic::async_trait]
impl DocumentService for Api {
    async fn preview_document(
        &self,
        request: Request<PreviewDocumentRequest>,
    ) -> Result<Response<PreviewDocumentResponse>, Status> {
        let caller = caller(&request)?;
        let order = preview(request.get_ref(), &caller)?;
        let MadeDocument { pdf, sha256, pages, html, text, template_version } =
            self.documents.preview(&order).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(PreviewDocumentResponse {
            pdf,
            pdf_sha256: sha256.to_vec(),
            page_count: i32::try_from(pages).unwrap_or(i32::MAX),
            html,
            text,
            template_version,
        }))
    }

    async fn get_proof_bundle(&self, request: Request<GetProofBundleRequest>) -> Result<Response<ProofBundle>, Status> {
        let caller = caller(&request)?;
        let mut fields = Fields::default();
        let id = fields.delivery("name", &request.get_ref().name);
        let id = fields.done(id, &caller)?;
        let content = self.documents.proof(id).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(ProofBundle { name: name::delivery(id), content }))
    }

    async fn get_transfer_proofs(
        &self,
        request: Request<GetTransferProofsRequest>,
    ) -> Result<Response<TransferProofs>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let dossier = fields.dossier("dossier", &message.dossier);
        let breach = fields.required_value::<Breach>("breach", message.breach);
        let (dossier, breach) = fields.done(dossier.zip(breach), &caller)?;
        let proofs = self.documents.transfer_proofs(dossier, breach).await;
        let (pdf, sha256) = proofs.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(TransferProofs { dossier: name::dossier(dossier), pdf, pdf_sha256: sha256.to_vec() }))
    }
}

fn preview(message: &PreviewDocumentRequest, caller: &Caller) -> Result<PreviewOrder, Status> {
    let mut fields = Fields::default();
    let dossier = fields.dossier("dossier", &message.dossier);
    let document = fields.required_value::<Document>("document", message.document);
    let breach = fields.value::<Breach>("breach", message.breach);
    let step = document.and_then(|document| LegalStep::new(document, breach));
    if let (Some(document), None) = (document, step) {
        let needed = document.concerns_breach();
        fields.fault("breach", if needed { "this document is about a breach" } else { "this document is about none" });
    }
    let delivery = match message.delivery.as_str() {
        "" => Some(None),
        name => fields.delivery("delivery", name).map(Some),
    };
    let courtesy = fields.spoken_language("courtesy_language", &message.courtesy_language);
    let whole = dossier.zip(step).zip(delivery);
    let ((dossier, step), delivery) = fields.done(whole, caller)?;
    Ok(PreviewOrder { dossier, step, delivery, courtesy, plain_page: message.plain_page })
}
