//! The worked scenarios of the handbook, played over gRPC by whoever does each step, on both databases; every standing is
//! held against the answers of the independent program.

use crate::procedure::reason;
use crate::support::{Client, Deployment, Server, fixture, request_id, token_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tonic::{Response, Status};
use traject_proto::google::r#type::Date;
use traject_proto::traject::act::v1::*;
use traject_proto::traject::check::v1::*;
use traject_proto::traject::dossier::v1::{GetDossierRequest, SearchDossiersRequest};
use traject_proto::traject::r#type::v1::{Breach, DueDate, Language, Standing};

/// What the last day of the answers is, by which everything is known.
const LAST: &str = "2026-12-31";

type Row = BTreeMap<String, String>;

fn rows(path: PathBuf) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let named = |record: csv::StringRecord| header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| named(record.expect("a record"))).collect()
}

fn cases(file: &str) -> PathBuf {
    fixture("city/cases").join(file)
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-').map(|part| part.parse().expect("a date"));
    Some(Date { year: parts.next()?, month: parts.next()?, day: parts.next()? })
}

fn day(text: &str) -> Option<Date> {
    if text.is_empty() { None } else { date(text) }
}

fn language(text: &str) -> i32 {
    match text {
        "nl" => Language::Nl.into(),
        "fr" => Language::Fr.into(),
        _ => Language::Unspecified.into(),
    }
}

fn breach(text: &str) -> i32 {
    Breach::from_str_name(&format!("BREACH_{text}")).expect("a breach").into()
}

fn extract(row: &Row) -> RegisterExtract {
    RegisterExtract {
        birth_date: day(&row["birth_date"]),
        nationality: row["nationality"].clone(),
        municipality: row["municipality_nis"].clone(),
        register: row["register"].clone(),
        registered_date: day(&row["registered_on"]),
        permit_kind: row["permit_kind"].clone(),
        permit_ground: row["permit_ground"].clone(),
        permit_valid_from_date: day(&row["permit_valid_from"]),
        permit_valid_until_date: day(&row["permit_valid_until"]),
        lawful_stay_since_date: day(&row["lawful_stay_since"]),
        family_of: row["family_of"].clone(),
        family_tie: row["family_tie"].clone(),
        eu_long_term_resident_of: row["eu_long_term_resident_of"].clone(),
        letter_language: language(&row["language"]),
        sex: row["sex"].clone(),
        contact_language: row["contact_language"].clone(),
    }
}

/// The city at work: a connection for each agency, and where everybody lives.
pub(crate) struct Town {
    clients: BTreeMap<String, Client>,
    /// The dossier of each number.
    pub(crate) dossiers: BTreeMap<String, String>,
    /// The municipality that each number lives in, as the last step made it.
    residence: BTreeMap<String, String>,
    requests: u128,
}

impl Town {
    pub(crate) async fn at_work(server: &Server) -> Self {
        let mut clients = BTreeMap::new();
        let municipalities = (21_001..=21_019).map(|nis| nis.to_string());
        let others = ["BON", "BAPA_BXL", "BAPA_VIA", "BAPA_CONVIVIAL", "GGC"].map(str::to_owned);
        for agency in municipalities.chain(others) {
            let client = server.client(&token_of(&agency)).await;
            clients.insert(agency, client);
        }
        Self { clients, dossiers: BTreeMap::new(), residence: BTreeMap::new(), requests: 1_000 }
    }

    pub(crate) fn of(&self, agency: &str) -> &Client {
        &self.clients[agency]
    }

    pub(crate) fn request(&mut self) -> String {
        self.requests += 1;
        request_id(self.requests)
    }

    /// A visit at the counter of the municipality that a row names; a person who is obliged takes nothing home yet.
    pub(crate) async fn check(&mut self, row: &Row) -> Standing {
        let (number, municipality) = (row["insz"].clone(), row["municipality_nis"].clone());
        let visit = CounterVisitRequest {
            request_id: self.request(),
            national_number: number.clone(),
            identity: Some(Identity {
                last_name: row["last_name"].clone(),
                first_names: row["first_names"].clone(),
                street: row["street"].clone(),
                house_number: row["house_number"].clone(),
                postal_code: row["postal_code"].clone(),
                city: row["city"].clone(),
                ..Identity::default()
            }),
            extract: Some(extract(row)),
            visit_date: date(&row["checked_on"]),
            ..CounterVisitRequest::default()
        };
        let visited = self.of(&municipality).check().counter_visit(visit).await.expect("anybody may be checked");
        let visited = visited.into_inner();
        self.dossiers.insert(number.clone(), visited.dossier);
        self.residence.insert(number, municipality);
        visited.standing.expect("a check gives a standing")
    }

    /// One event, by the agency that owes it.
    async fn event(&mut self, row: &Row) -> Result<Response<ActResponse>, Status> {
        let number = &row["insz"];
        let (name, occurred_date) = (self.dossiers[number].clone(), date(&row["occurred_on"]));
        let (code, value) = (row["code"].clone(), row["value"].clone());
        let request_id = self.request();
        let agency = if row["agency"] == "MUN" { self.residence[number].clone() } else { row["agency"].clone() };
        let mut act = self.of(&agency).act();
        macro_rules! act {
            ($call:ident, $request:ident { $($field:ident: $given:expr),* }) => {
                act.$call($request { name, occurred_date, request_id, $($field: $given,)* ..$request::default() }).await
            };
        }
        match row["type"].as_str() {
            "certificate_received" => act!(record_certificate_receipt, RecordCertificateReceiptRequest {}),
            "registered" => act!(register, RegisterRequest { organiser: code, track_language: language(&value) }),
            "completed" => act!(complete, CompleteRequest { organiser: code }),
            "notice_posted" => act!(post_notice, PostNoticeRequest { breach: breach(&code) }),
            "notice_delivered" => act!(record_notice_delivery, RecordNoticeDeliveryRequest { breach: breach(&code) }),
            "notice_withdrawn" => act!(withdraw_notice, WithdrawNoticeRequest { breach: breach(&code) }),
            "transferred" => act!(transfer_dossier, TransferDossierRequest { breach: breach(&code) }),
            "hearing_invited" => act!(invite_to_hearing, InviteToHearingRequest { breach: breach(&code) }),
            "fined" => act!(
                impose_fine,
                ImposeFineRequest {
                    breach: breach(&code),
                    amount_cents: value.parse().expect("an amount"),
                    circumstances: vec!["health".to_owned()]
                }
            ),
            "exemption_granted" => {
                act!(grant_exemption, GrantExemptionRequest { code: code, until_date: day(&row["until"]) })
            }
            "suspension_granted" => {
                act!(grant_suspension, GrantSuspensionRequest { code: code, until_date: day(&row["until"]) })
            }
            "moved" => {
                if value.starts_with("21") {
                    self.residence.insert(number.clone(), value.clone());
                }
                act!(record_move, RecordMoveRequest { destination: value })
            }
            "returned" => {
                self.residence.insert(number.clone(), value.clone());
                act!(record_return, RecordReturnRequest { municipality: value })
            }
            "died" => act!(record_death, RecordDeathRequest {}),
            "struck_off" => act!(record_striking_off, RecordStrikingOffRequest {}),
            other => panic!("no scenario has {other}"),
        }
    }

    /// How a person stands at the end of a day, as known today; none before the first check.
    pub(crate) async fn standing(&self, number: &str, as_of: &str) -> Option<Standing> {
        let request = GetDossierRequest {
            name: self.dossiers[number].clone(),
            as_of_date: date(as_of),
            recorded_by_date: date(LAST),
        };
        self.of("21004").dossier().get_dossier(request).await.expect("it is there").into_inner().standing
    }
}

/// What happens, in the order in which it became known: a check before what follows from it.
enum Step {
    Check(Row),
    Event(Row),
}

fn steps() -> Vec<Step> {
    let checks =
        rows(cases("registrations.csv")).into_iter().map(|row| ((row["checked_on"].clone(), 0), Step::Check(row)));
    let events = rows(cases("events.csv")).into_iter().map(|row| ((row["recorded_on"].clone(), 1), Step::Event(row)));
    let mut steps: Vec<_> = checks.chain(events).collect();
    steps.sort_by(|(one, _), (other, _)| one.cmp(other));
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Plays every scenario from the first check to the last event.
pub(crate) async fn play(town: &mut Town) {
    for step in steps() {
        match step {
            Step::Check(row) => {
                town.check(&row).await;
            }
            Step::Event(row) => {
                let done = town.event(&row).await;
                done.unwrap_or_else(|refused| panic!("{} was refused: {refused:?}", row["event_id"]));
            }
        }
    }
}

fn text(date: Option<Date>) -> String {
    date.map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)).unwrap_or_default()
}

/// The word of an enumeration's value; empty for none.
fn word(name: &str, prefix: &str) -> String {
    let word = name.strip_prefix(prefix).expect("its prefix");
    if word == "UNSPECIFIED" { String::new() } else { word.to_owned() }
}

/// A standing as the independent program writes it, without the subject.
fn line(standing: &Standing) -> Vec<String> {
    let of = |breach: Breach| standing.breaches.iter().find(|found| found.breach() == breach);
    let completion = of(Breach::NotCompleted).filter(|of| of.enforcement().as_str_name() != "ENFORCEMENT_NONE");
    let shown = completion.or_else(|| of(Breach::NotRegistered));
    let enforcement =
        shown.map_or("none".to_owned(), |of| word(of.enforcement().as_str_name(), "ENFORCEMENT_").to_lowercase());
    let shown_breach = shown.filter(|_| enforcement != "none").map(|of| word(of.breach().as_str_name(), "BREACH_"));
    let term = |breach| of(breach).and_then(|of| of.term.clone()).unwrap_or(DueDate::default());
    let (register, complete) = (term(Breach::NotRegistered), term(Breach::NotCompleted));
    let next = word(standing.next_code().as_str_name(), "NEXT_CODE_");
    vec![
        word(standing.outcome().as_str_name(), "OUTCOME_").to_lowercase(),
        standing.reasons.join(" "),
        standing.regime.clone(),
        text(standing.reference_date),
        word(standing.stage().as_str_name(), "STAGE_").to_lowercase(),
        word(standing.closing_reason().as_str_name(), "CLOSING_REASON_"),
        enforcement,
        shown_breach.unwrap_or_default(),
        if standing.suspended { "yes" } else { "no" }.to_owned(),
        text(register.raw_date),
        text(register.due_date),
        text(complete.raw_date),
        text(complete.due_date),
        text(shown.and_then(|of| of.cure.as_ref()).and_then(|cure| cure.due_date)),
        text(standing.registered_date),
        standing.organiser.clone(),
        word(standing.track_language().as_str_name(), "LANGUAGE_").to_lowercase(),
        text(standing.contract_date),
        text(shown.and_then(|of| of.refusal_date)),
        text(shown.and_then(|of| of.transferred_date)),
        standing.fined_cents.to_string(),
        next.strip_prefix("D_").map_or(next.clone(), |rest| format!("D-{rest}")),
        text(standing.next_due_date),
        if standing.reviews.is_empty() { "no" } else { "yes" }.to_owned(),
    ]
}

/// The days of the answers under the law as it is.
fn days() -> Vec<String> {
    let folders = std::fs::read_dir(cases("expected")).expect("answers");
    let mut days: Vec<String> =
        folders.map(|folder| folder.expect("a folder").file_name().to_string_lossy().into_owned()).collect();
    days.retain(|day| !day.contains('_'));
    days.sort();
    days
}

/// Whether a day lies between what happened to a person and the day it became known: then an answer of that day knows less
/// than one of today does. So it is with the regime of January 2024, published on the 26th (R-T2).
fn knew_less(subject: &str, day: &str) -> bool {
    let late = rows(cases("events.csv")).into_iter().any(|row| {
        row["event_id"].split('-').next() == Some(subject)
            && (row["occurred_on"].as_str()..row["recorded_on"].as_str()).contains(&day)
    });
    late || ("2024-01-01".."2024-01-26").contains(&day)
}

async fn as_the_independent_program(deployment: &Deployment) {
    let server = deployment.serve_city();
    let mut town = Town::at_work(&server).await;
    play(&mut town).await;
    let numbers: BTreeMap<String, String> = rows(cases("registrations.csv"))
        .into_iter()
        .map(|row| (row["check_id"].clone(), row["insz"].clone()))
        .filter(|(subject, _)| !subject.contains('/'))
        .collect();
    let (mut compared, mut enforced) = (0, BTreeSet::new());
    for day in days() {
        let expected = rows(cases("expected").join(&day).join("standings.csv"));
        let expected: BTreeMap<&String, &Row> = expected.iter().map(|row| (&row["subject"], row)).collect();
        for (subject, number) in numbers.iter().filter(|(subject, _)| !knew_less(subject, &day)) {
            let standing = town.standing(number, &day).await;
            let theirs = expected.get(subject).map(|row| columns().map(|column| row[column].clone()).to_vec());
            assert_eq!(standing.as_ref().map(line), theirs, "{subject} on {day}");
            enforced.extend(standing.iter().flat_map(|standing| &standing.breaches).map(|of| of.enforcement()));
            compared += 1;
        }
    }
    assert!(compared > 580 && enforced.len() > 8, "{compared} standings, {enforced:?}");
    refused(&mut town).await;
    assert!(server.stop().success());
}

fn columns() -> [&'static str; 24] {
    [
        "outcome",
        "reasons",
        "scope_regime",
        "reference_date",
        "stage",
        "closed_reason",
        "enforcement",
        "breach",
        "suspended",
        "register_raw",
        "register_due",
        "complete_raw",
        "complete_due",
        "cure_due",
        "registered_on",
        "organiser",
        "track_language",
        "contract_on",
        "refusal_on",
        "transferred_on",
        "fined_cents",
        "next_code",
        "next_due",
        "review",
    ]
}

/// What the scenarios say that the law refuses, each with its reason.
async fn refused(town: &mut Town) {
    let number_of = |case: &str| {
        let row = rows(cases("registrations.csv")).into_iter().find(|row| row["check_id"] == case);
        row.expect("a case")["insz"].clone()
    };
    let name = |town: &Town, case: &str| town.dossiers[&number_of(case)].clone();
    // C12: cured on its last day, there is nothing to transfer.
    let transfer = TransferDossierRequest {
        name: name(town, "C12"),
        request_id: town.request(),
        breach: Breach::NotRegistered.into(),
        ..TransferDossierRequest::default()
    };
    let refused = town.of("21004").act().transfer_dossier(transfer).await.expect_err("she is in order again");
    assert_eq!(reason(&refused), "WRONG_STATE");
    // C21: the father has no extension, and the mother none beyond nine months.
    for (case, until) in [("C21f", "2025-06-21"), ("C21m", "2025-06-22")] {
        let grant = GrantSuspensionRequest {
            name: name(town, case),
            request_id: town.request(),
            occurred_date: date("2024-09-22"),
            code: "S04".to_owned(),
            until_date: date(until),
            ..GrantSuspensionRequest::default()
        };
        let refused = town.of("21004").act().grant_suspension(grant).await.expect_err("it is too long");
        assert_eq!(reason(&refused), "LENGTH_EXCEEDED", "{case}");
    }
    // C23: after the move the new municipality sends the notice, and the old one does not.
    let notice = |request_id| PostNoticeRequest {
        name: name(town, "C23"),
        request_id,
        occurred_date: date("2024-11-12"),
        breach: Breach::NotRegistered.into(),
        ..PostNoticeRequest::default()
    };
    let (first, second) = (request_id(900_001), request_id(900_002));
    let refused = town.of("21009").act().post_notice(notice(first)).await.expect_err("she moved to Uccle");
    assert_eq!(reason(&refused), "WRONG_ACTOR");
    town.of("21016").act().post_notice(notice(second)).await.expect("she lives here");
    // C25: neither the dead, nor who left, nor who was struck off is fined.
    for case in ["C25a", "C25b", "C25c"] {
        let fine = ImposeFineRequest {
            name: name(town, case),
            request_id: town.request(),
            occurred_date: date("2024-12-16"),
            breach: Breach::NotRegistered.into(),
            amount_cents: 10_000,
            circumstances: vec!["health".to_owned()],
            ..ImposeFineRequest::default()
        };
        let refused = town.of("GGC").act().impose_fine(fine).await.expect_err("nobody is pursued");
        assert_eq!(reason(&refused), "WRONG_STATE", "{case}");
    }
    // A number finds its dossier.
    let search = SearchDossiersRequest { national_number: number_of("C01"), ..SearchDossiersRequest::default() };
    let found = town.of("21015").dossier().search_dossiers(search).await.expect("a search").into_inner();
    assert_eq!(found.dossiers.iter().map(|dossier| dossier.name.clone()).collect::<Vec<_>>(), [name(town, "C01")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scenarios_stand_as_the_independent_program_says_on_sqlite() {
    as_the_independent_program(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scenarios_stand_as_the_independent_program_says_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        as_the_independent_program(&deployment).await;
    }
}
