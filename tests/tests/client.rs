//! `traject call` as an office uses it: a server, and the binary as its client.

use crate::support::{BRUSSELS, Deployment, GGC, Server, number, run, traject};
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

/// A desk: where the server listens, and the file of its token.
struct Desk<'a> {
    server: &'a Server,
    token: PathBuf,
}

impl<'a> Desk<'a> {
    fn of(deployment: &Deployment, server: &'a Server, token: &str) -> Self {
        let file = deployment.dir.path().join(token);
        std::fs::write(&file, format!("{token}\n")).expect("the token is written");
        Self { server, token: file }
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let mut command = traject();
        command.arg("call").args(arguments);
        command.env("TRAJECT_SERVER", &self.server.address).env("TRAJECT_TOKEN_FILE", &self.token);
        run(&mut command)
    }

    /// What a call that succeeds prints.
    fn told(&self, arguments: &[&str]) -> String {
        let done = self.call(arguments);
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it prints UTF-8")
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let arguments = [arguments, &["--json"]].concat();
        serde_json::from_str(&self.told(&arguments)).expect("it prints JSON")
    }

    /// The exit status and the words of a call that fails.
    fn refused(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let done = self.call(arguments);
        assert!(done.stdout.is_empty(), "{}", String::from_utf8_lossy(&done.stdout));
        (done.status.code(), String::from_utf8(done.stderr).expect("it prints UTF-8"))
    }

    /// Somebody who arrived in October 2022 is told to register.
    fn counter(&self) -> String {
        let number = number(1);
        let visit = [
            "check counter-visit --visit-date 2022-10-03 --certificate-received --spoken-language ar",
            "--information brochure --information oral-nl --information oral-fr",
            "--identity.last-name Amrani --identity.first-names Nadia --identity.street Nieuwstraat --identity.house-number 1",
            "--identity.postal-code 1000 --identity.city Brussel",
            "--extract.birth-date 1990-05-01 --extract.nationality MA --extract.municipality 21004",
            "--extract.register foreigners --extract.registered-date 2022-10-03 --extract.permit-kind A",
            "--extract.permit-ground family --extract.permit-valid-from-date 2022-10-03",
            "--extract.lawful-stay-since-date 2022-09-12 --extract.letter-language fr --national-number",
        ]
        .join(" ");
        let words: Vec<&str> = visit.split(' ').chain([number.as_str()]).collect();
        let told = self.told(&words);
        assert!(told.contains("outcome:") && told.contains("obliged"), "{told}");
        assert!(told.contains("due-date:   2023-04-03"), "{told}");
        let dossier = told.lines().find_map(|line| line.strip_prefix("dossier:")).expect("it names the dossier");
        dossier.trim().to_owned()
    }

    /// The name of the item that proposes the notice.
    fn item(&self) -> String {
        let kinds = ["work", "list-work-items", "--kinds", "release-notice"];
        let table = self.told(&kinds);
        let mut lines = table.lines();
        let head = lines.next().expect("a head");
        assert!(
            head.contains("due-since-date") && head.contains("days-overdue") && !head.contains("assignee"),
            "{table}"
        );
        assert!(
            lines.next().is_some_and(|row| row.contains("2023-04-04") && row.contains("not-registered")),
            "{table}"
        );
        let list = self.json(&kinds);
        let item = &list["workItems"][0];
        assert_eq!(item["kind"], "WORK_KIND_RELEASE_NOTICE");
        item["name"].as_str().expect("a name").to_owned()
    }

    /// The first letter of a dossier, once it is made.
    fn letter(&self, dossier: &str) -> String {
        for _ in 0..150 {
            let list = self.json(&["delivery", "list-deliveries", "--parent", dossier]);
            let letter = &list["deliveries"][0];
            if letter["state"] == "DELIVERY_STATE_PRINTED" {
                return letter["name"].as_str().expect("a name").to_owned();
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("the letter was not printed within 30 seconds");
    }
}

#[test]
fn an_office_lives_with_the_command_line() {
    let deployment = Deployment::on_sqlite();
    let server = deployment.serve();
    let clerk = Desk::of(&deployment, &server, BRUSSELS);
    let officer = Desk::of(&deployment, &server, GGC);
    let dossier = clerk.counter();

    let page = clerk.told(&["dossier", "explain-dossier", "--name", &dossier, "--language", "fr"]);
    assert!(page.contains("R-S4") && page.contains(&dossier), "{page}");
    let pages = clerk.json(&["dossier", "list-facts", "--parent", &dossier, "--page-size", "1", "--all"]);
    assert_eq!(pages["facts"].as_array().map(Vec::len), Some(3), "{pages}");

    let item = clerk.item();
    let (status, said) = officer.refused(&["work", "release-work-item", "--name", &item]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.starts_with("traject: WRONG_ACTOR: Uw dienst mag deze stap niet zetten."), "{said}");
    assert!(said.contains("\n  rule: ") && said.contains("\n  ground: "), "{said}");
    let (_, said) = officer.refused(&["--language", "fr", "work", "release-work-item", "--name", &item]);
    assert!(said.contains("Votre service"), "{said}");
    let released = clerk.told(&["work", "release-work-item", "--name", &item]);
    assert!(released.contains("enforcement: ") && released.contains("notice-posted"), "{released}");

    let (status, said) = officer.refused(&[
        "act",
        "impose-fine",
        "--name",
        &dossier,
        "--breach",
        "not-registered",
        "--amount-cents",
        "10000",
    ]);
    assert_eq!((status, said.contains("WRONG_STATE")), (Some(1), true), "{said}");
    let (status, said) = clerk.refused(&["act", "record-move", "--name", "nobody"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("INVALID_ARGUMENT") && said.contains("\n  --name: "), "{said}");

    let letter = clerk.letter(&dossier);
    let file = deployment.dir.path().join("letter.pdf");
    let path = file.to_str().expect("a path");
    let told = clerk.told(&["delivery", "get-delivery-document", "--name", &letter, "--out", path]);
    assert!(told.contains("application/pdf") && !told.contains("content:"), "{told}");
    assert!(std::fs::read(&file).expect("the letter is there").starts_with(b"%PDF-"));
    assert!(server.stop().success());
}

#[test]
fn what_never_reached_a_server_can_be_repeated() {
    let nobody = ["call", "--server", "http://127.0.0.1:1", "act", "record-death", "--name", "dossiers/1"];
    let done = run(traject().args(nobody).env_remove("TRAJECT_TOKEN_FILE"));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2));
    assert!(said.contains("CALL_UNREACHABLE") && said.contains("--request-id "), "{said}");
    let done = run(traject().args(["call", "--server", "https://traject.example", "work", "list-work-items"]));
    assert!(String::from_utf8_lossy(&done.stderr).contains("CALL_SERVER"));
}

#[test]
fn every_shell_completes_the_commands_of_the_wire() {
    let fields: &[&str] = &["not-registered", "identity.last-name"];
    // What is made for fish ends with the methods.
    for (shell, fields) in [("bash", fields), ("zsh", fields), ("fish", &[])] {
        let done = run(traject().args(["completion", shell]));
        assert!(done.status.success());
        let script = String::from_utf8_lossy(&done.stdout).into_owned();
        for word in ["counter-visit", "release-work-item"].iter().chain(fields) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
