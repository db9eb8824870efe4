//! The file area: a whole file in one call, and its history in words.

use crate::Api;
use crate::auth::{Caller, caller};
use crate::code::{self, Wire as _};
use crate::dossier::{fact, retracted};
use crate::name;
use crate::parse::{Fields, wire_date, wire_time};
use crate::reasons::language_code;
use crate::standing::date;
use std::collections::HashSet;
use tonic::{Request, Response, Status};
use traject_app::AppError;
use traject_app::history::{Change, Changed, HistoryEntry as Entry};
use traject_app::ids::DossierId;
use traject_app::model::{Dossier, LedgerFact};
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::FactRef;
use traject_domain::history::{History as Counting, Moment};
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::Law;
use traject_domain::standing::{NextCode, Turn};
use traject_proto::traject::file::v1::file_service_server::FileService;
use traject_proto::traject::file::v1::*;
use traject_proto::traject::r#type::v1::{Breach as WireBreach, NextCode as WireNextCode};
use traject_templates::reasons::{Group, ReasonTexts};

#[tonic::async_trait]
impl FileService for Api {
    async fn get_dossier_file(&self, request: Request<GetDossierFileRequest>) -> Result<Response<DossierFile>, Status> {
        let caller = caller(&request)?;
        let dossier = self.named_dossier(&request.get_ref().name, &caller).await?;
        let failed = |error| self.status(&AppError::from(error), &caller);
        let decisions = self.desk.store.decisions_of(&[dossier.id]).await.map_err(failed)?;
        let deliveries = self.desk.store.deliveries_of(dossier.id).await.map_err(failed)?;
        let today = self.desk.clock.today();
        let retracted = retracted(&dossier);
        Ok(Response::new(DossierFile {
            dossier: Some(self.dossier(&dossier, Moment::end_of(today))),
            facts: dossier.facts.iter().map(|recorded| fact(dossier.id, recorded, &retracted)).collect(),
            decisions: decisions.iter().map(crate::decision::decision).collect(),
            deliveries: deliveries.iter().map(crate::delivery::delivery).collect(),
            history: Some(history(&self.desk.law.law, &self.reason_texts, &dossier, today, caller.language)),
        }))
    }

    async fn get_history(&self, request: Request<GetHistoryRequest>) -> Result<Response<History>, Status> {
        let caller = caller(&request)?;
        let dossier = self.named_dossier(&request.get_ref().name, &caller).await?;
        let today = self.desk.clock.today();
        Ok(Response::new(history(&self.desk.law.law, &self.reason_texts, &dossier, today, caller.language)))
    }
}

impl Api {
    async fn named_dossier(&self, text: &str, caller: &Caller) -> Result<Dossier, Status> {
        let mut fields = Fields::default();
        let id = fields.dossier("name", text);
        let id = fields.done(id, caller)?;
        self.desk.dossier(id).await.map_err(|error| self.status(&error, caller))
    }
}

/// The history of a dossier up to the end of a day in Brussels, in the words of a language, as the call `GetHistory` answers.
pub fn history(law: &Law, texts: &ReasonTexts, dossier: &Dossier, today: Date, language: ReadingLanguage) -> History {
    let words = Words { law, texts, language, dossier: dossier.id, retracted: retracted(dossier) };
    let entries = traject_app::history::history(law, &dossier.facts, today);
    let at = Moment::end_of(today);
    let standing = traject_domain::assess(law, &Counting::new(dossier.facts.iter().map(|fact| &fact.fact), at));
    let next = standing.and_then(|standing| standing.next);
    let turn = next.map(|next| next.code.turn());
    History {
        name: name::dossier(dossier.id),
        entries: entries.iter().map(|entry| words.entry(entry)).collect(),
        next_code: next.map_or(0, |next| WireNextCode::of(&next.code)),
        next_label: next.map(|next| words.of(Group::Next, NextCode::code(next.code))).unwrap_or_default(),
        next_due_date: date(next.and_then(|next| next.due)),
        next_turn: turn.map_or(0, code::turn),
        next_turn_label: turn.map(|turn| words.of(Group::Turn, turn_word(turn))).unwrap_or_default(),
    }
}

const fn turn_word(turn: Turn) -> &'static str {
    match turn {
        Turn::Newcomer => "newcomer",
        Turn::Municipality => "municipality",
        Turn::Ggc => "ggc",
    }
}

/// Says what is in a history.
struct Words<'a> {
    law: &'a Law,
    texts: &'a ReasonTexts,
    language: ReadingLanguage,
    dossier: DossierId,
    retracted: HashSet<&'a FactRef>,
}

impl Words<'_> {
    fn of(&self, group: Group, code: &str) -> String {
        self.texts.word(language_code(self.language), group, code).unwrap_or(code).to_owned()
    }

    fn entry(&self, entry: &Entry<'_>) -> HistoryEntry {
        let first = entry.facts.first();
        HistoryEntry {
            date: Some(wire_date(entry.on)),
            facts: entry.facts.iter().map(|fact| self.fact(fact)).collect(),
            agency: first.map(|fact| fact.fact.agency.to_string()).unwrap_or_default(),
            staff: first.map(|fact| fact.actor.staff.clone()).unwrap_or_default(),
            receive_time: first.map(|fact| wire_time(fact.received_at.as_microsecond())),
            changes: entry.changes.iter().map(|change| self.change(change)).collect(),
        }
    }

    fn fact(&self, recorded: &LedgerFact) -> HistoryFact {
        let (kind, columns) = (recorded.fact.kind.name(), recorded.fact.kind.columns());
        let label = self.law.facts.get(&Code::new(kind)).map(|known| known.label.text(self.language));
        HistoryFact {
            name: name::fact(self.dossier, recorded.id),
            kind: kind.to_owned(),
            label: label.unwrap_or(kind).to_owned(),
            occurred_date: Some(wire_date(recorded.fact.occurred_on)),
            code: columns.code,
            value: columns.value,
            until_date: date(columns.until),
            retracted: self.retracted.contains(&recorded.fact.reference),
        }
    }

    fn change(&self, change: &Change) -> HistoryChange {
        use HistoryChangeKind as Kind;
        let said = |group| move |value: &String| self.of(group, value);
        let (kind, breach, term, label) = match change.of {
            Changed::Outcome => (Kind::Outcome, None, None, self.of(Group::Changed, "outcome")),
            Changed::Stage => (Kind::Stage, None, None, self.of(Group::Changed, "stage")),
            Changed::Closing => (Kind::Closing, None, None, self.of(Group::Changed, "closing")),
            Changed::Fined => (Kind::Fined, None, None, self.of(Group::Changed, "fined")),
            Changed::Due(breach, term) => {
                let deadline = self.law.deadlines.get(&term).and_then(|versions| versions.latest());
                let label = deadline.map_or(term.code(), |deadline| deadline.label.text(self.language));
                (Kind::DueDate, Some(breach), Some(term), label.to_owned())
            }
            Changed::Enforcement(breach) => (Kind::Enforcement, Some(breach), None, self.enforcement(breach)),
        };
        let word = |value: &Option<String>| {
            let word = match change.of {
                Changed::Outcome => value.as_ref().map(said(Group::Outcome)),
                Changed::Stage => value.as_ref().map(said(Group::Stage)),
                Changed::Closing => value.as_ref().map(said(Group::Closing)),
                Changed::Enforcement(_) => value.as_ref().map(said(Group::Enforcement)),
                Changed::Fined => value.as_ref().map(|cents| euro(cents)),
                Changed::Due(..) => value.clone(),
            };
            word.unwrap_or_default()
        };
        HistoryChange {
            kind: kind.into(),
            breach: code::optional::<WireBreach>(breach.as_ref()),
            term: term.map(|term| term.code().to_owned()).unwrap_or_default(),
            label,
            from: word(&change.from),
            to: word(&change.to),
        }
    }

    fn enforcement(&self, breach: Breach) -> String {
        let name = self.law.breaches.get(&breach).map_or(breach.code(), |label| label.text(self.language));
        format!("{}: {name}", self.of(Group::Changed, "enforcement"))
    }
}

/// Euro cents as euro, with two decimals and a point.
fn euro(cents: &str) -> String {
    let cents: u64 = cents.parse().unwrap_or_default();
    format!("{}.{:02}", cents / 100, cents % 100)
}
