//! Finding dossiers by number, and by name and birth date, over the wire and on the command line.

use crate::procedure::{extract, reason, visit};
use crate::support::{BRUSSELS, Client, Deployment, day, number, run};
use tonic::Code;
use tonic_types::StatusExt as _;
use traject_proto::traject::check::v1::{CounterVisitRequest, Identity, RegisterExtract};
use traject_proto::traject::dossier::v1::{Candidate, MatchReason, SearchDossiersRequest};
use traject_proto::traject::r#type::v1::{Outcome, Stage};

/// Who comes to the counter: serial number, family name, given names, year, month and day of birth.
const PEOPLE: [(u32, &str, &str, [i32; 3]); 5] = [
    (1, "Guðjohnsen", "Sigrún", [1990, 5, 1]),
    (2, "Щербакова", "Анна Сергеевна", [1990, 5, 1]),
    (3, "Okafor", "Chinedu Emeka", [1990, 0, 0]),
    (4, "Nwosu", "Chinedu", [1985, 3, 2]),
    (5, "El Amrani", "Fatima-Zahra", [1990, 5, 1]),
];

fn visit_of(serial: u32, id: u128, family: &str, given: &str, [year, month, date]: [i32; 3]) -> CounterVisitRequest {
    let usual = visit(serial, id);
    let identity = usual.identity.clone().unwrap_or_default();
    CounterVisitRequest {
        identity: Some(Identity { last_name: family.to_owned(), first_names: given.to_owned(), ..identity }),
        extract: Some(RegisterExtract { birth_date: day(year, month, date), ..extract() }),
        ..usual
    }
}

fn by_name(name: &str) -> SearchDossiersRequest {
    SearchDossiersRequest { name: name.to_owned(), ..SearchDossiersRequest::default() }
}

async fn found(client: &Client, request: SearchDossiersRequest) -> Vec<Candidate> {
    client.dossier().search_dossiers(request).await.expect("a search").into_inner().candidates
}

async fn first(client: &Client, name: &str) -> (String, i32) {
    let best = found(client, by_name(name)).await.into_iter().next();
    best.map(|best| (best.last_name, best.score)).unwrap_or_default()
}

async fn names_are_found(client: &Client) {
    for (name, family, score) in [
        ("GUDJOHNSEN", "Guðjohnsen", 65),
        ("guðjohnsen sigrun", "Guðjohnsen", 100),
        ("Gudjonsen Sigrun", "Guðjohnsen", 90),
        ("Shcherbakova Anna", "Щербакова", 100),
        ("Сергеевна ЩЕРБАКОВА", "Щербакова", 100),
        ("emeka okafor", "Okafor", 100),
        ("Okafo Chinedu", "Okafor", 90),
        ("Elamrani Zahra Fatima", "El Amrani", 100),
        ("Vandeputte", "", 0),
    ] {
        let (last_name, reached) = first(client, name).await;
        assert_eq!((last_name.as_str(), reached), (family, score), "{name}");
    }
    let shared = found(client, by_name("Chinedu")).await;
    assert!(shared.len() == 2 && shared.iter().all(|one| one.score == 35), "{shared:?}");
    let one = SearchDossiersRequest { max_candidates: 1, ..by_name("Chinedu") };
    assert_eq!(found(client, one).await.len(), 1);
}

async fn birth_dates_weigh(client: &Client) {
    let born = SearchDossiersRequest { birth_date: day(1990, 7, 3), ..by_name("Chinedu Okafor") };
    let best = found(client, born).await.swap_remove(0);
    assert_eq!((best.score, best.birth_date), (90, day(1990, 0, 0)));
    assert_eq!(
        (best.municipality.as_str(), best.outcome(), best.stage()),
        ("21004", Outcome::Obliged, Stage::ToRegister)
    );
    let reasons: Vec<MatchReason> = best.reasons().collect();
    assert_eq!(reasons, [MatchReason::FamilyNameExact, MatchReason::GivenNameExact, MatchReason::BirthDateCompatible]);
}

/// A later visit under the name of a marriage: both names find the dossier, and the old one is told as such.
async fn a_former_name_is_said_to_be_one(client: &Client) {
    let married =
        CounterVisitRequest { visit_date: day(2022, 11, 7), ..visit_of(1, 21, "Peeters", "Sigrún", [1990, 5, 1]) };
    client.check().counter_visit(married).await.expect("a second visit");
    assert_eq!(first(client, "Peeters Sigrun").await.1, 100);
    let former = found(client, by_name("Gudjohnsen Sigrun")).await.swap_remove(0);
    assert_eq!(former.score, 90);
    assert!(former.reasons().any(|reason| reason == MatchReason::FormerName));
}

async fn faults_are_named(client: &Client) {
    let fault = async |request: SearchDossiersRequest| {
        let refused = client.dossier().search_dossiers(request).await.expect_err("a fault");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
        assert!(!format!("{refused:?}").contains("Okafor"));
        refused.get_details_bad_request().expect("it names the field").field_violations[0].field.clone()
    };
    assert_eq!(fault(SearchDossiersRequest::default()).await, "national_number");
    let both = SearchDossiersRequest { national_number: number(1), ..by_name("Okafor") };
    assert_eq!(fault(both).await, "name");
    assert_eq!(fault(by_name("--")).await, "name");
    assert_eq!(fault(by_name(&"Okafor ".repeat(40))).await, "name");
    assert_eq!(fault(SearchDossiersRequest { max_candidates: -1, ..by_name("Okafor") }).await, "max_candidates");
    assert_eq!(fault(SearchDossiersRequest { birth_date: day(1990, 13, 1), ..by_name("Okafor") }).await, "birth_date");
    let alone = SearchDossiersRequest { birth_date: day(1990, 1, 1), ..SearchDossiersRequest::default() };
    assert_eq!(fault(alone).await, "birth_date");
}

async fn the_desks_find_people(deployment: Deployment) {
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    for (serial, family, given, born) in PEOPLE {
        let visit = visit_of(serial, u128::from(serial), family, given, born);
        client.check().counter_visit(visit).await.expect("a visit");
    }
    names_are_found(&client).await;
    birth_dates_weigh(&client).await;
    faults_are_named(&client).await;
    a_former_name_is_said_to_be_one(&client).await;
    let asked = SearchDossiersRequest { national_number: number(3), ..SearchDossiersRequest::default() };
    let by_number = client.dossier().search_dossiers(asked).await.expect("a search").into_inner();
    let [candidate] = by_number.candidates.as_slice() else { panic!("one candidate") };
    assert_eq!((candidate.last_name.as_str(), candidate.score), ("Okafor", 100));
    assert_eq!(candidate.reasons().collect::<Vec<_>>(), [MatchReason::NationalNumber]);
    assert_eq!(by_number.dossiers[0].name, candidate.name);
    assert!(server.stop().success());
    the_command_line_says_the_same(&deployment);
}

fn the_command_line_says_the_same(deployment: &Deployment) {
    let search = |arguments: &[&str]| {
        let mut command = deployment.command("search");
        deployment.output(command.args(arguments))
    };
    let table = search(&["--name", "OKAFOR chinedu", "--born", "1990-07-03"]);
    let row = table.lines().nth(1).expect("a row");
    for cell in ["90", "Okafor", "Chinedu Emeka", "1990-00-00", "21004", "obliged", "birth_date_compatible"] {
        assert!(row.contains(cell), "{cell}: {table}");
    }
    let json: serde_json::Value = serde_json::from_str(&search(&["--name", "Shcherbakova", "--json"])).expect("JSON");
    assert_eq!(json["candidates"][0]["lastName"], "Щербакова");
    assert_eq!(json["candidates"][0]["reasons"][0], "MATCH_REASON_FAMILY_NAME_EXACT");
    assert!(search(&["--number", &number(2)]).contains("national_number"));
    assert_eq!(search(&["--name", "Vandeputte"]), "nobody was found\n");
    for wrong in [&["--born", "1990-00-00"][..], &["--name", "-"], &["--name", "A", "--number", &number(2)], &[]] {
        assert!(!run(deployment.command("search").args(wrong)).status.success(), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_people_on_sqlite() {
    the_desks_find_people(Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_people_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        the_desks_find_people(deployment).await;
    }
}

/// A BIS number that became a national number: both find the dossier, each told for what it is.
fn a_search_finds_old_and_new_numbers(deployment: &Deployment) {
    let city = crate::support::fixture("city/sample");
    let mut import = deployment.command("import");
    import.arg("--registrations").arg(city.join("registrations.csv")).arg("--events").arg(city.join("events.csv"));
    deployment.output(import.arg("--rejects").arg(deployment.dir.path().join("rejects.csv")));
    let by_number = |number: &str| {
        let told = deployment.output(deployment.command("search").args(["--number", number, "--json"]));
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        let one = &told["candidates"][0];
        (one["name"].clone(), one["reasons"][0].as_str().expect("a reason").to_owned())
    };
    // Event V000018 replaced the one by the other.
    let (before, after) = (by_number("48412800760"), by_number("48012800870"));
    assert_eq!(before.0, after.0);
    assert_eq!(before.1, "MATCH_REASON_FORMER_NUMBER");
    assert_eq!(after.1, "MATCH_REASON_NATIONAL_NUMBER");
}

#[test]
fn a_search_finds_replaced_numbers_on_sqlite() {
    a_search_finds_old_and_new_numbers(&Deployment::on_sqlite());
}

#[test]
fn a_search_finds_replaced_numbers_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        a_search_finds_old_and_new_numbers(&deployment);
    }
}
