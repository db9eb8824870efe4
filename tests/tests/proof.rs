//! `traject key`, `certificate` and `proof`: what a checker sees who has the binary, the issuer's public key, and nothing
//! else.

use crate::support::traject;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use traject_proof::{
    Attestation, Chain, Claim, Event, Head, ProofBundle, Sha256, SigningKey, Statement, Withdrawal, WithdrawalList,
};
use uuid::Uuid;

const REFERENCE: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const NAME: &str = "Amélie El Amrani";

/// A directory with the keys of the issuer and of somebody else.
struct Issuer {
    dir: tempfile::TempDir,
    key: SigningKey,
}

impl Issuer {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for name in ["issuer.pem", "other.pem"] {
            let made = key_new(&dir.path().join(name));
            assert!(made.status.success(), "{}", stderr(&made));
        }
        let pem = std::fs::read_to_string(dir.path().join("issuer.pem")).expect("it reads");
        Self { key: SigningKey::from_pem(&pem).expect("a key"), dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn code(&self) -> String {
        let claim = Claim {
            document: "certificate_of_obligation".to_owned(),
            issuer: "21004".to_owned(),
            issued_on: jiff::civil::date(2026, 3, 2),
            reference: REFERENCE,
        };
        Attestation::sign(&self.key, &claim, NAME).expect("it fits")
    }

    fn write_list(&self, entries: &[Withdrawal]) -> PathBuf {
        let issued_at = "2026-03-10T08:00:00Z".parse().expect("an instant");
        let text = WithdrawalList::sign(&self.key, "21004", issued_at, entries).expect("a file");
        let path = self.path("withdrawals.json");
        std::fs::write(&path, text).expect("it is written");
        path
    }

    fn write_proof(&self, name: &str, pdf: &[u8]) -> PathBuf {
        let event = |at: &str, state: &str| Event {
            at: at.parse().expect("an instant"),
            state: state.to_owned(),
            reason: None,
            reference: None,
            note: None,
        };
        let statement = Statement {
            delivery: REFERENCE,
            document: "formal_notice".to_owned(),
            template_version: "2026.1".to_owned(),
            language: "nl".to_owned(),
            courtesy_language: None,
            channel: "letter".to_owned(),
            legal_effect: "starts_term".to_owned(),
            issuer: "21004".to_owned(),
            dossier: Uuid::from_u128(2),
            step_version: 1,
            pages: 1,
            events: vec![event("2026-03-03T14:00:00Z", "posted"), event("2026-03-02T09:00:00Z", "printed")],
            chain: Chain { facts: Vec::new(), links: Vec::new(), head: Head { position: 0, hash: Sha256([0; 32]) } },
            made_at: "2026-04-01T08:00:00Z".parse().expect("an instant"),
        };
        let path = self.path(name);
        let bytes = ProofBundle::write(&self.key, statement, pdf, None).expect("it is written");
        std::fs::write(&path, bytes).expect("it is written");
        path
    }

    fn check(&self, arguments: &[&str]) -> Output {
        let mut command = traject();
        command.args(["certificate", "check", &self.code(), "--as-of", "2026-03-20", "--key"]);
        run(command.arg(self.path("issuer.pem.pub")).args(arguments))
    }
}

fn run(command: &mut Command) -> Output {
    crate::support::run(command)
}

fn key_new(out: &Path) -> Output {
    run(traject().args(["key", "new", "--out"]).arg(out))
}

fn stdout(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn stderr(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// The exit status, and that the output says these words.
fn ends(done: &Output, status: i32, words: &str) {
    let (out, err) = (stdout(done), stderr(done));
    assert_eq!(done.status.code(), Some(status), "{out}{err}");
    let told = if status == 2 { &err } else { &out };
    assert!(told.contains(words), "{words}: {out}{err}");
}

#[test]
fn a_key_is_made_for_its_owner_alone_and_never_overwritten() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let out = dir.path().join("key.pem");
    let made = key_new(&out);
    ends(&made, 0, "key.pem.pub: for whoever checks");
    let read = |path: &Path| std::fs::read_to_string(path).expect("it reads");
    let mode = std::fs::metadata(&out).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let private = read(&out);
    let key = SigningKey::from_pem(&private).expect("a key");
    let public = dir.path().join("key.pem.pub");
    assert_eq!(read(&public), key.verifying_key().to_pem());
    assert!(stdout(&made).starts_with(&format!("key {}\n", key.id())));
    assert!(!stdout(&made).contains("PRIVATE KEY"));

    ends(&key_new(&out), 2, "KEY_EXISTS");
    assert_eq!(read(&out), private);
    std::fs::remove_file(&out).expect("it is removed");
    ends(&key_new(&out), 2, "KEY_EXISTS");
    assert!(!out.exists(), "no private key is left without its public key");
    ends(&key_new(&dir.path().join("no/such/folder")), 2, "KEY_UNWRITABLE");
}

#[test]
fn two_keys_differ() {
    let issuer = Issuer::new();
    let read = |name: &str| std::fs::read_to_string(issuer.path(name)).expect("it reads");
    assert_ne!(read("issuer.pem"), read("other.pem"));
}

#[test]
fn a_certificate_is_judged_by_what_the_checker_has() {
    let issuer = Issuer::new();
    ends(&issuer.check(&[]), 0, "VALID on 2026-03-20");
    ends(&issuer.check(&["--name", "AMÉLIE el amrani"]), 0, "name         the one given");
    ends(&issuer.check(&["--name", "Amélie"]), 1, "ATTESTATION_NAME_DIFFERS");

    let list = issuer.write_list(&[]).display().to_string();
    ends(&issuer.check(&["--withdrawals", &list]), 0, "not listed");
    ends(&issuer.check(&["--withdrawals", &list, "--list-max-days", "9"]), 0, "OLD, 10 days");
    issuer.write_list(&[Withdrawal { reference: REFERENCE, withdrawn_on: jiff::civil::date(2026, 3, 5) }]);
    ends(&issuer.check(&["--withdrawals", &list]), 1, "ATTESTATION_WITHDRAWN");
    let text = std::fs::read_to_string(&list).expect("it reads").replace("2026-03-05", "2027-03-05");
    std::fs::write(&list, text).expect("it is written");
    ends(&issuer.check(&["--withdrawals", &list]), 2, "WITHDRAWALS_SIGNATURE");

    let answer = issuer.check(&["--name", NAME]);
    assert!(!stdout(&answer).contains("Amrani"), "a name is compared, not repeated");
}

#[test]
fn a_code_comes_from_the_command_line_or_the_standard_input() {
    let issuer = Issuer::new();
    let check = |code: &str, typed: &str, keys: &[&str]| {
        let mut command = traject();
        command.args(["certificate", "check", code]);
        for key in keys {
            command.arg("--key").arg(issuer.path(key));
        }
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("the binary starts");
        // A program that does not read may be gone already.
        let _ = child.stdin.take().expect("it is piped").write_all(typed.as_bytes());
        child.wait_with_output().expect("it ends")
    };
    let code = issuer.code();
    ends(&check("-", &format!("  {}\n", code.to_lowercase()), &["issuer.pem.pub"]), 0, "VALID");
    ends(&check(&code, "", &["other.pem.pub", "issuer.pem.pub"]), 0, "VALID");
    ends(&check(&code, "", &["other.pem.pub"]), 1, "ATTESTATION_KEY_UNKNOWN");
    let mut changed = code.clone();
    // In the signature, so that it still reads.
    let at = code.len() - 20;
    changed.replace_range(at..=at, if &code[at..=at] == "A" { "B" } else { "A" });
    ends(&check(&changed, "", &["issuer.pem.pub"]), 1, "ATTESTATION_SIGNATURE");
    ends(&check("TRAJECT1:ABC", "", &["issuer.pem.pub"]), 2, "ATTESTATION_UNREADABLE");
    ends(&check("-", "", &["issuer.pem.pub"]), 2, "ATTESTATION_UNREADABLE");
    ends(&check(&code, "", &["issuer.pem"]), 2, "KEY_UNREADABLE");
    ends(&check(&code, "", &["absent.pub"]), 2, "absent.pub cannot be read");
    ends(&check(&code, "", &[]), 2, "--key");
}

#[test]
fn a_proof_tells_its_story_in_order_or_nothing() {
    let issuer = Issuer::new();
    let check =
        |file: &Path, key: &str| run(traject().args(["proof", "check"]).arg(file).arg("--key").arg(issuer.path(key)));
    let file = issuer.write_proof("proof.zip", b"%PDF a notice");
    let told = check(&file, "issuer.pem.pub");
    ends(&told, 0, "THE PROOF HOLDS");
    let text = stdout(&told);
    assert!(text.find("printed").expect("told") < text.find("posted").expect("told"), "{text}");

    let unknown = check(&file, "other.pem.pub");
    ends(&unknown, 1, "PROOF_KEY_UNKNOWN");
    assert!(!stdout(&unknown).contains("printed"));
    let bytes = std::fs::read(&file).expect("it reads");
    std::fs::write(&file, &bytes[..bytes.len() - 1]).expect("it is written");
    ends(&check(&file, "issuer.pem.pub"), 2, "PROOF_UNREADABLE");
    ends(&check(&issuer.path("absent.zip"), "issuer.pem.pub"), 2, "absent.zip cannot be read");
}
