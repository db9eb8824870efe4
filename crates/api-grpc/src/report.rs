//! The report area.

use crate::Api;
use crate::auth::caller;
use crate::parse::{Fields, wire_date};
use tonic::{Request, Response, Status};
use traject_app::port::FigureRow;
use traject_domain::history::Moment;
use traject_domain::labels;
use traject_proto::google::r#type::Date;
use traject_proto::traject::report::v1::report_service_server::ReportService;
use traject_proto::traject::report::v1::*;

#[tonic::async_trait]
impl ReportService for Api {
    async fn get_figures(&self, request: Request<GetFiguresRequest>) -> Result<Response<Figures>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let at = moment(&mut fields, message.as_of_date, message.recorded_by_date);
        let at = fields.done(at, &caller)?;
        let table = self.reports.figures(at).await.map_err(|error| self.status(&error, &caller))?;
        let of = |(municipality, rows): &(_, Vec<FigureRow>)| MunicipalFigures {
            municipality: traject_domain::municipality::Municipality::to_string(municipality),
            figures: figures(rows),
        };
        Ok(Response::new(Figures {
            as_of_date: Some(wire_date(at.as_of)),
            recorded_by_date: Some(wire_date(at.recorded_by)),
            totals: figures(&table.totals),
            by_municipality: table.by_municipality.iter().map(of).collect(),
            law_version: self.desk.law.law.version.clone(),
        }))
    }

    async fn answer_question280(
        &self,
        request: Request<AnswerQuestion280Request>,
    ) -> Result<Response<AnswerQuestion280Response>, Status> {
        let caller = caller(&request)?;
        let message = request.get_ref();
        let mut fields = Fields::default();
        let at = moment(&mut fields, message.as_of_date, message.recorded_by_date);
        let language = match fields.plain::<ReadingLanguage>("language", message.language) {
            Some(ReadingLanguage::Nl) => Some(labels::ReadingLanguage::Nl),
            Some(ReadingLanguage::Fr) => Some(labels::ReadingLanguage::Fr),
            Some(ReadingLanguage::En) => Some(labels::ReadingLanguage::En),
            Some(ReadingLanguage::Unspecified) => {
                fields.fault("language", crate::parse::REQUIRED);
                None
            }
            None => None,
        };
        let (at, language) = fields.done(at.zip(language), &caller)?;
        let pack = self.reports.question_280(at, language).await.map_err(|error| self.status(&error, &caller))?;
        Ok(Response::new(AnswerQuestion280Response {
            title: pack.title,
            columns: pack.columns,
            rows: pack.rows.into_iter().map(|cells| AnswerRow { cells }).collect(),
            notes: pack.notes,
            json: pack.json,
            csv: pack.csv,
            pdf: pack.pdf,
        }))
    }
}

fn moment(fields: &mut Fields, as_of: Option<Date>, recorded_by: Option<Date>) -> Option<Moment> {
    let as_of = fields.required_date("as_of_date", as_of);
    let recorded_by = fields.date("recorded_by_date", recorded_by);
    as_of.map(|as_of| Moment { as_of, recorded_by: recorded_by.unwrap_or(as_of) })
}

fn figures(rows: &[FigureRow]) -> Vec<Figure> {
    let figure = |row: &FigureRow| Figure { key: row.key.clone(), count: i64::try_from(row.count).unwrap_or(i64::MAX) };
    rows.iter().map(figure).collect()
}
