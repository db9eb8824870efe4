//! Finding dossiers: what a search asks, and the candidates as the wire has them.

use crate::Api;
use crate::auth::Caller;
use crate::code::{self, Wire as _};
use crate::parse::Fields;
use tonic::Status;
use traject_app::search::{self, CANDIDATES, CANDIDATES_MAX, NAME_MAX, NameQuery};
use traject_domain::history::Moment;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::PartialDate;
use traject_proto::google::r#type::Date;
use traject_proto::traject::dossier::v1::{Candidate, MatchReason, SearchDossiersRequest, SearchDossiersResponse};
use traject_proto::traject::r#type::v1::Stage;

/// What a search asks.
enum Asked {
    Number(NationalNumber),
    Name(NameQuery, usize),
}

fn asked(fields: &mut Fields, request: &SearchDossiersRequest) -> Option<Asked> {
    let by_name = !request.name.trim().is_empty();
    if by_name && !request.national_number.trim().is_empty() {
        fields.fault("name", "give a number or a name, not both");
        return None;
    }
    if by_name {
        return by_name_and_birth(fields, request);
    }
    if request.birth_date.is_some() {
        fields.fault("birth_date", "needs a name beside it");
    }
    fields.national_number("national_number", &request.national_number).map(Asked::Number)
}

fn by_name_and_birth(fields: &mut Fields, request: &SearchDossiersRequest) -> Option<Asked> {
    let birth_date = fields.partial_date("birth_date", request.birth_date);
    let most = match usize::try_from(request.max_candidates) {
        Ok(0) => Some(CANDIDATES),
        Ok(most) => Some(most.min(CANDIDATES_MAX)),
        Err(_) => {
            fields.fault("max_candidates", "below 0");
            None
        }
    };
    if request.name.chars().count() > NAME_MAX {
        fields.fault("name", "longer than 200 characters");
        return None;
    }
    let query = NameQuery::new(&request.name, birth_date);
    if query.is_none() {
        fields.fault("name", "holds no letter or digit");
    }
    query.zip(most).map(|(query, most)| Asked::Name(query, most))
}

impl Api {
    /// Searches by number or by name.
    pub(crate) async fn search(
        &self,
        request: &SearchDossiersRequest,
        caller: &Caller,
    ) -> Result<SearchDossiersResponse, Status> {
        let mut fields = Fields::default();
        let asked = asked(&mut fields, request);
        match fields.done(asked, caller)? {
            Asked::Number(number) => {
                let found = self.desk.search_number(number).await.map_err(|error| self.status(&error, caller))?;
                let (dossiers, candidates): (Vec<_>, Vec<_>) = found.into_iter().unzip();
                let today = Moment::end_of(self.desk.clock.today());
                Ok(SearchDossiersResponse {
                    dossiers: dossiers.iter().map(|dossier| self.dossier(dossier, today)).collect(),
                    candidates: candidates.iter().map(candidate).collect(),
                })
            }
            Asked::Name(query, most) => {
                let found = self.desk.search_name(&query, most).await.map_err(|error| self.status(&error, caller))?;
                let candidates = found.iter().map(candidate).collect();
                Ok(SearchDossiersResponse { dossiers: Vec::new(), candidates })
            }
        }
    }
}

/// A candidate on the wire.
pub fn candidate(found: &search::Candidate) -> Candidate {
    let standing = found.row.standing.as_ref();
    let municipality = standing.and_then(|standing| standing.municipality);
    Candidate {
        name: crate::name::dossier(found.row.id),
        score: found.score.into(),
        reasons: found.reasons.iter().map(MatchReason::of).collect(),
        last_name: found.name.last_name.clone().unwrap_or_default(),
        first_names: found.name.first_names.clone().unwrap_or_default(),
        birth_date: found.name.birth_date.map(birth_date),
        municipality: municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        outcome: standing.map(|standing| code::outcome_of(standing.outcome.as_str())).unwrap_or_default(),
        stage: code::optional::<Stage>(standing.and_then(|standing| standing.stage.as_ref())),
    }
}

/// A birth date on the wire, with 0 for what is unknown.
fn birth_date(date: PartialDate) -> Date {
    match date {
        PartialDate::Year(year) => Date { year: year.into(), month: 0, day: 0 },
        PartialDate::Month(year, month) => Date { year: year.into(), month: month.into(), day: 0 },
        PartialDate::Day(day) => crate::parse::wire_date(day),
    }
}
