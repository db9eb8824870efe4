//! A decision is made again as it was made, whatever came after it: other facts, another law.

use crate::procedure::{extract, reason, visit};
use crate::support::{BRUSSELS, Client, Deployment, fixture, request_id, run};
use serde_json::Value;
use std::path::Path;
use tonic::Code;
use traject_proto::traject::act::v1::{CorrectCheckRequest, RecordMoveRequest, RetractFactRequest};
use traject_proto::traject::check::v1::RegisterExtract;
use traject_proto::traject::decision::v1::{
    Change, Decision, GetDecisionRequest, ListDecisionsRequest, ReplayDecisionRequest, ReplayDecisionResponse,
};
use traject_proto::traject::r#type::v1::Outcome;
use traject_proto::traject::work::v1::{ListWorkItemsRequest, ReleaseWorkItemRequest, WorkKind};

async fn decisions(client: &Client, dossier: &str) -> Vec<Decision> {
    let mut all = Vec::new();
    let mut list = ListDecisionsRequest { parent: dossier.to_owned(), page_size: 2, page_token: String::new() };
    loop {
        let page = client.decision().list_decisions(list.clone()).await.expect("a page").into_inner();
        all.extend(page.decisions);
        list.page_token = page.next_page_token;
        if list.page_token.is_empty() {
            return all;
        }
    }
}

async fn replay(client: &Client, decision: &Decision) -> ReplayDecisionResponse {
    let asked = ReplayDecisionRequest { name: decision.name.clone() };
    client.decision().replay_decision(asked).await.expect("it is made again").into_inner()
}

fn line<'r>(replay: &'r ReplayDecisionResponse, subject: &str) -> &'r Change {
    let found = replay.lines.iter().find(|line| line.subject == subject);
    found.unwrap_or_else(|| panic!("{subject} differs: {:?}", replay.lines))
}

/// A visit, a notice that is released, a correction of the check: then a move, and its retraction.
async fn story(client: &Client) -> String {
    let dossier = client.check().counter_visit(visit(1, 1)).await.expect("obliged").into_inner().dossier;
    let list = ListWorkItemsRequest { kinds: vec![WorkKind::ReleaseNotice.into()], breach: 1, ..Default::default() };
    let item = client.work().list_work_items(list).await.expect("a list").into_inner().work_items.remove(0);
    let release = ReleaseWorkItemRequest { name: item.name, request_id: request_id(2) };
    client.work().release_work_item(release).await.expect("it is due");
    let correct = CorrectCheckRequest {
        name: dossier.clone(),
        request_id: request_id(3),
        extract: Some(RegisterExtract { nationality: "BE".to_owned(), ..extract() }),
        ..CorrectCheckRequest::default()
    };
    client.act().correct_check(correct).await.expect("she is Belgian");
    let moved = RecordMoveRequest {
        name: dossier.clone(),
        request_id: request_id(4),
        destination: "BE-VLG".to_owned(),
        ..RecordMoveRequest::default()
    };
    let moved = client.act().record_move(moved).await.expect("she moved").into_inner();
    let retract = RetractFactRequest {
        name: dossier.clone(),
        request_id: request_id(5),
        fact: moved.facts[0].clone(),
        ..RetractFactRequest::default()
    };
    client.act().retract_fact(retract).await.expect("she did not");
    dossier
}

async fn later_facts_are_explained(client: &Client, dossier: &str) {
    let made = decisions(client, dossier).await;
    let kinds: Vec<(&str, i64, Outcome)> =
        made.iter().map(|made| (made.kind.as_str(), made.position, made.outcome())).collect();
    let expected = [
        ("checked", 3, Outcome::Obliged),
        ("notice_posted", 4, Outcome::Obliged),
        ("retracted", 6, Outcome::NotInScope),
        ("moved", 7, Outcome::NotInScope),
        ("retracted", 8, Outcome::NotInScope),
    ];
    assert_eq!(kinds, expected);
    let alone = GetDecisionRequest { name: made[0].name.clone() };
    assert_eq!(client.decision().get_decision(alone).await.expect("it is there").into_inner(), made[0]);
    let first = replay(client, &made[0]).await;
    let (then, now) = (first.then.clone().expect("then"), first.now.clone().expect("now"));
    assert!(first.same);
    assert_eq!((then.outcome(), now.outcome()), (Outcome::Obliged, Outcome::NotInScope));
    assert_eq!((then.digest.as_str(), then.fact_count, now.fact_count), (made[0].digest.as_str(), 3, 8));
    assert_eq!((now.reasons.as_slice(), then.as_of_date), (["R-S1".to_owned()].as_slice(), now.as_of_date));
    let later: Vec<(&str, bool)> = first.later_facts.iter().map(|fact| (fact.kind.as_str(), fact.counts)).collect();
    let expected =
        [("notice_posted", true), ("retracted", true), ("checked", true), ("moved", false), ("retracted", true)];
    assert_eq!(later, expected);
    assert_eq!(first.later_facts[1].retracts, made[0].fact);
    assert_eq!((first.law.as_ref(), first.engine.as_ref()), (None, None));
    let outcome = line(&first, "outcome");
    assert_eq!((outcome.then.as_deref(), outcome.now.as_deref()), (Some("obliged"), Some("not_in_scope")));
    let term = line(&first, "NOT_REGISTERED, D-REGISTER");
    assert!(
        term.then.as_deref().is_some_and(|due| due.starts_with("due 2023-04-03")) && term.now.is_none(),
        "{term:?}"
    );
    assert!(line(&first, "condition R-S1").now.as_deref().is_some_and(|found| found.starts_with("false")));
    let last = replay(client, &made[4]).await;
    assert!(last.same && last.later_facts.is_empty() && last.lines.is_empty());
    assert_eq!(last.then.expect("then").lines, last.now.expect("now").lines);
}

async fn nothing_is_told_of_what_is_not_there(client: &Client, dossier: &str) {
    let own = decisions(client, dossier).await.remove(0).name;
    let other = own.replace(dossier, &format!("dossiers/{}", request_id(99)));
    let absent = format!("{dossier}/decisions/{}", request_id(98));
    for name in [other, absent] {
        let asked = ReplayDecisionRequest { name };
        let refused = client.decision().replay_decision(asked).await.expect_err("nobody decided that");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "NOT_FOUND"));
    }
    let asked = GetDecisionRequest { name: dossier.to_owned() };
    let refused = client.decision().get_decision(asked).await.expect_err("the name of a dossier");
    assert_eq!(reason(&refused), "INVALID_ARGUMENT");
    let asked = ListDecisionsRequest { parent: format!("dossiers/{}", request_id(97)), ..Default::default() };
    let refused = client.decision().list_decisions(asked).await.expect_err("nobody");
    assert_eq!(reason(&refused), "NOT_FOUND");
}

async fn replays_whatever_came_after(deployment: &Deployment) {
    let server = deployment.serve();
    let client = server.client(BRUSSELS).await;
    let dossier = story(&client).await;
    later_facts_are_explained(&client, &dossier).await;
    nothing_is_told_of_what_is_not_there(&client, &dossier).await;
    assert!(server.stop().success());
    let verified = deployment.output(&mut deployment.command("verify"));
    assert!(verified.contains("5 decisions re-read, 5 made again"), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_replays_whatever_came_after_on_sqlite() {
    replays_whatever_came_after(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_replays_whatever_came_after_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        replays_whatever_came_after(&deployment).await;
    }
}

/// The law that ships with the program, with a year instead of six months to register.
fn another_law(to: &Path) {
    std::fs::create_dir(to).expect("a directory");
    for entry in std::fs::read_dir(fixture("../../config/law")).expect("the law") {
        let entry = entry.expect("a file");
        if entry.path().is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("a text");
        let changed = text.replace("length: P6M", "length: P12M");
        std::fs::write(to.join(entry.file_name()), changed).expect("it is written");
    }
}

/// What was decided under one law stays what it was when another is in force.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_replays_under_the_law_it_was_made_under() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let visited = server.client(BRUSSELS).await.check().counter_visit(visit(1, 1)).await.expect("obliged");
    let dossier = visited.into_inner().dossier;
    assert!(server.stop().success());
    let law = deployment.dir.path().join("law");
    another_law(&law);
    let in_force = format!("law.dir={}", law.display());
    let server = deployment.serve_with(std::slice::from_ref(&in_force));
    let client = server.client(BRUSSELS).await;
    let made = decisions(&client, &dossier).await.remove(0);
    let again = replay(&client, &made).await;
    assert!(again.same && again.later_facts.is_empty() && again.law.is_some());
    let (then, now) = (again.then.clone().expect("then"), again.now.clone().expect("now"));
    assert_eq!(then.law_hash, made.law_hash);
    assert_ne!(now.law_hash, made.law_hash);
    let due = line(&again, "NOT_REGISTERED, D-REGISTER, step 2");
    assert_eq!(due.then.as_deref(), Some("P6M counted to 2023-04-03"));
    assert_eq!(due.now.as_deref(), Some("P12M counted to 2023-10-03"));
    assert!(server.stop().success());
    on_the_command_line(&deployment, &dossier, &made, &in_force);
}

fn on_the_command_line(deployment: &Deployment, dossier: &str, made: &Decision, in_force: &str) {
    let listed = deployment.output(&mut deployment.command_of(&["decision", "list", dossier]));
    let id = made.name.rsplit('/').next().expect("a name");
    assert!(listed.contains(id) && listed.contains("checked"), "{listed}");
    let shown = deployment.output(&mut deployment.command_of(&["decision", "replay", &made.name, "--set", in_force]));
    for expected in ["comes to the same outcome", "differs, see below", "P12M counted to 2023-10-03", "obliged"] {
        assert!(shown.contains(expected), "{shown}");
    }
    let json = deployment.output(&mut deployment.command_of(&["decision", "replay", id, "--json"]));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["same"], &json["differences"]), (&Value::Bool(true), &serde_json::json!([])));
    assert_eq!(json["decision"]["digest"], json["now"]["digest"]);
    let absent = run(&mut deployment.command_of(&["decision", "replay", &request_id(99)]));
    assert_eq!(absent.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&absent.stderr).contains("NOT_FOUND"));
    // Both laws are kept, and the standing and the decision are made again under the one they name.
    let mut verify = deployment.command("verify");
    let verified = deployment.output(verify.arg("--set").arg(in_force));
    assert!(verified.contains("1 standings") && verified.contains("1 decisions re-read, 1 made again"), "{verified}");
}
