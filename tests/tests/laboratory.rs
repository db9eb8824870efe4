//! The law over gRPC and on the command line: what is in force, what another would change, what is to be decided again.

use crate::procedure::{extract, reason, visit};
use crate::support::{BRUSSELS, Client, Deployment, day, fixture, request_id};
use tonic::Code;
use traject_proto::google::r#type::Date;
use traject_proto::traject::act::v1::{CorrectCheckRequest, GrantSuspensionRequest};
use traject_proto::traject::check::v1::{CounterVisitRequest, RegisterExtract};
use traject_proto::traject::law::v1::{
    ChangedDecision, GetLawRequest, LineChange, Proposal, ReassessDecisionsRequest, ReassessDecisionsResponse,
    WhatIfRequest, cause,
};
use traject_proto::traject::r#type::v1::Outcome;
use traject_proto::traject::work::v1::{ListWorkItemsRequest, ResolveWorkItemRequest, WorkItem, WorkKind};

async fn value(client: &Client, key: &str, on: Option<Date>, known_on: Option<Date>) -> Vec<String> {
    let asked = GetLawRequest { on_date: on, known_on_date: known_on, key_prefix: key.to_owned() };
    let law = client.law().get_law(asked).await.expect("the law").into_inner();
    assert_eq!(law.hash.len(), 64);
    law.values.into_iter().map(|value| value.value).collect()
}

async fn reassess(client: &Client, validate_only: bool) -> ReassessDecisionsResponse {
    let asked = ReassessDecisionsRequest { validate_only, decision_count_max: 0 };
    client.law().reassess_decisions(asked).await.expect("walked").into_inner()
}

async fn items(client: &Client, kind: WorkKind) -> Vec<WorkItem> {
    let breach = i32::from(kind == WorkKind::ReleaseNotice);
    let list = ListWorkItemsRequest { kinds: vec![kind.into()], breach, ..Default::default() };
    client.work().list_work_items(list).await.expect("a list").into_inner().work_items
}

async fn the_law_of_a_moment(client: &Client) {
    let key = "regimes.regimes.B.effective_from";
    assert_eq!(value(client, key, day(2024, 1, 10), day(2024, 1, 25)).await, Vec::<String>::new());
    assert_eq!(value(client, key, day(2024, 1, 10), day(2024, 1, 26)).await, ["2024-01-01"]);
    assert_eq!(value(client, "deadlines.terms.D-CURE.length", day(2023, 1, 1), None).await, ["P2M"]);
}

async fn another_law_changes_what_it_says(client: &Client) {
    let temporary = r#"exemptions.exemptions.E06.automatic={"input":"permit_ground","one_of":["family"]}"#;
    let asked = WhatIfRequest { set: vec![temporary.to_owned()], week_count: 2, ..WhatIfRequest::default() };
    let found = client.law().what_if(asked).await.expect("asked").into_inner();
    assert_eq!(found.total.map(|total| (total.assessed_count, total.outcome_changed_count)), Some((1, 1)));
    let outcomes: Vec<(Outcome, Outcome)> = found.outcomes.iter().map(|one| (one.before(), one.after())).collect();
    assert_eq!(outcomes, [(Outcome::Obliged, Outcome::Exempt)]);
    let groups: Vec<(&str, &str)> =
        found.groups.iter().map(|group| (group.dimension.as_str(), group.value.as_str())).collect();
    assert_eq!(groups, [("municipality", "21004"), ("age_band", "25-34"), ("sex", "unknown"), ("nationality", "MA")]);
    let notices: Vec<(i64, i64)> = found
        .weeks
        .iter()
        .map(|week| (week.before.map_or(-1, |load| load.notice_count), week.after.map_or(-1, |load| load.notice_count)))
        .collect();
    assert_eq!(notices, [(1, 0), (0, 0)], "the notice that is due would not be");
    for (set, what) in [("counting.moon=full", "POLICY_UNKNOWN_KEY"), ("deadlines.terms.D-CURE.length=soon", "length")]
    {
        let asked = WhatIfRequest { set: vec![set.to_owned()], ..WhatIfRequest::default() };
        let refused = client.law().what_if(asked).await.expect_err("not settable");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "INVALID_ARGUMENT"));
        let details = format!("{refused:?}");
        assert!(details.contains(what), "{details}");
    }
}

async fn a_late_fact_puts_a_decision_on_the_list(client: &Client, dossier: &str) {
    assert_eq!(reassess(client, true).await.changed_count, 0);
    let suspended = GrantSuspensionRequest {
        name: dossier.to_owned(),
        request_id: request_id(3),
        occurred_date: day(2022, 10, 3),
        code: "S01".to_owned(),
        until_date: day(2022, 12, 1),
        ..GrantSuspensionRequest::default()
    };
    client.act().grant_suspension(suspended).await.expect("a ground that existed then");
    let dry = reassess(client, true).await;
    let [ChangedDecision { kind, causes, lines, .. }] = dry.decisions.as_slice() else { panic!("{dry:?}") };
    assert_eq!((kind.as_str(), dry.decisions[0].proposal()), ("checked", Proposal::Reissue));
    assert!(matches!(causes[0].cause, Some(cause::Cause::Fact(_))), "{causes:?}");
    let due = |line: &&LineChange| line.subject == "NOT_REGISTERED, D-REGISTER";
    let due = lines.iter().find(due).expect("the due date is another");
    assert!(due.then.starts_with("due 2023-04-03") && due.now.starts_with("due 2023-06-"), "{due:?}");
    assert!(items(client, WorkKind::DecisionChanged).await.is_empty());
    assert_eq!(reassess(client, false).await.assessed_count, 1);
    let item = items(client, WorkKind::DecisionChanged).await.remove(0);
    let resolve = |item: &WorkItem, note: &str| ResolveWorkItemRequest {
        name: item.name.clone(),
        etag: item.etag.clone(),
        note: note.to_owned(),
    };
    let empty = client.work().resolve_work_item(resolve(&item, "")).await.expect_err("without a word");
    assert_eq!(reason(&empty), "INVALID_ARGUMENT");
    let done = client.work().resolve_work_item(resolve(&item, "new certificate posted")).await.expect("closed");
    assert_eq!(done.into_inner().note, "new certificate posted");
    assert!(items(client, WorkKind::DecisionChanged).await.is_empty());
    let notice = items(client, WorkKind::ReleaseNotice).await.remove(0);
    let refused = client.work().resolve_work_item(resolve(&notice, "no")).await.expect_err("a fact closes it");
    assert_eq!(reason(&refused), "WRONG_STATE");
}

async fn the_law_answers(deployment: &Deployment) {
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let dossier = client.check().counter_visit(visit(1, 1)).await.expect("obliged").into_inner().dossier;
    the_law_of_a_moment(&client).await;
    another_law_changes_what_it_says(&client).await;
    a_late_fact_puts_a_decision_on_the_list(&client, &dossier).await;
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_law_answers_on_sqlite() {
    the_law_answers(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_law_answers_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        the_law_answers(&deployment).await;
    }
}

/// What is missing is named, is on the list, and leaves it when it arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undecided_dossier_waits_on_the_list_for_what_is_missing() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let open = RegisterExtract { lawful_stay_since_date: None, ..extract() };
    let asked = CounterVisitRequest { extract: Some(open), certificate_received: false, ..visit(1, 1) };
    let dossier = client.check().counter_visit(asked).await.expect("checked").into_inner().dossier;
    let item = items(&client, WorkKind::Undecided).await.remove(0);
    assert_eq!(item.dossier, dossier);
    let resolve = ResolveWorkItemRequest { name: item.name, etag: item.etag, note: "no".to_owned() };
    let refused = client.work().resolve_work_item(resolve).await.expect_err("the missing fact closes it");
    assert_eq!(reason(&refused), "WRONG_STATE");
    let correct = CorrectCheckRequest {
        name: dossier,
        request_id: request_id(2),
        extract: Some(extract()),
        ..CorrectCheckRequest::default()
    };
    client.act().correct_check(correct).await.expect("the stay is known now");
    assert!(items(&client, WorkKind::Undecided).await.is_empty());
    assert_eq!(items(&client, WorkKind::Inform).await.len(), 1);
    assert!(server.stop().success());
}

#[test]
fn the_command_line_asks_what_if_and_keeps_the_scenario() {
    let deployment = Deployment::on_sqlite();
    let city = fixture("city/sample");
    let mut import = deployment.command("import");
    import.arg("--registrations").arg(city.join("registrations.csv")).arg("--events").arg(city.join("events.csv"));
    import.arg("--rejects").arg(deployment.dir.path().join("rejects.csv"));
    deployment.output(&mut import);
    let scenario = deployment.dir.path().join("scenario.yaml");
    let ask = |arguments: &[&str]| {
        let mut command = deployment.law_command("what-if");
        let text = deployment.output(command.args(["--as-of", "2023-05-15", "--json"]).args(arguments));
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let path = scenario.to_str().expect("a path");
    let length = "deadlines.terms.D-REGISTER.length=P4M";
    let first = ask(&["--set", length, "--set", "letters.wrong_language=stands", "--save", path]);
    assert_eq!(first["total"]["assessed"], 1200);
    assert!(first["total"]["changed"].as_u64().is_some_and(|changed| changed > 50), "{}", first["total"]);
    let again = ask(&["--scenario", path]);
    assert_eq!((&again["total"], &again["weeks"]), (&first["total"], &first["weeks"]));
    let nothing = ask(&["--set", "deadlines.terms.D-REGISTER.length=P6M"]);
    assert_eq!(nothing["total"]["changed"], 0);
    let dry = deployment.output(deployment.law_command("reassess").arg("--dry-run"));
    assert!(dry.contains("0 decisions, 0 would be others; nothing written"), "{dry}");
}
