//! Documents as their users meet them: seen before they are sent, read on a telephone, proven before a judge.

use crate::procedure::{extract, from_counter_to_transfer, reason, visit};
use crate::support::{BRUSSELS, Client, Deployment, Server, request_id, run};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use traject_proof::{SigningKey, WithdrawalList};
use traject_proto::traject::act::v1::CorrectCheckRequest;
use traject_proto::traject::check::v1::RegisterExtract;
use traject_proto::traject::delivery::v1::*;
use traject_proto::traject::document::v1::*;
use traject_proto::traject::r#type::v1::Breach;
use traject_twin_http::{BaseUrl, PageCodes};
use uuid::Uuid;

/// A deployment that signs, and serves pages.
struct House {
    deployment: Deployment,
    server: Server,
    key: PathBuf,
    pages: u16,
}

impl House {
    fn open(deployment: Deployment) -> Self {
        let key = deployment.dir.path().join("key.pem");
        let mut made = crate::support::traject();
        assert!(run(made.args(["key", "new", "--out"]).arg(&key)).status.success());
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let pages = free.expect("a free port").port();
        let server = deployment.serve_with(&[
            format!("signing.key_file={}", key.display()),
            format!("pages.listen=127.0.0.1:{pages}"),
            "pages.base_url=https://letters.example".to_owned(),
        ]);
        Self { deployment, server, key, pages }
    }

    /// What a telephone gets for the address on a letter.
    fn page(&self, delivery: &Delivery) -> (String, String) {
        let pem = std::fs::read_to_string(&self.key).expect("it reads");
        let secret = SigningKey::from_pem(&pem).expect("a key").derive("traject.page.v1");
        let codes = PageCodes::new(&secret, BaseUrl::parse("https://letters.example").expect("an address"));
        let id = delivery.name.strip_prefix("deliveries/").expect("a name");
        let address = codes.address(Uuid::parse_str(id).expect("a UUID"));
        let path = address.strip_prefix("https://letters.example").expect("the configured address");
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.pages)).expect("pages are served");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: letters.example\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }

    /// What `traject proof check` says of a proof.
    fn checked(&self, bundle: &[u8]) -> (bool, String) {
        let file = self.deployment.dir.path().join("proof.zip");
        std::fs::write(&file, bundle).expect("written");
        let mut check = crate::support::traject();
        let done = run(check.args(["proof", "check"]).arg(&file).arg("--key").arg(self.key.with_extension("pem.pub")));
        (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
    }
}

/// The letters of a dossier once they are printed.
async fn printed(client: &Client, dossier: &str) -> Vec<Delivery> {
    for _ in 0..300 {
        let list = ListDeliveriesRequest { parent: dossier.to_owned(), ..ListDeliveriesRequest::default() };
        let found = client.delivery().list_deliveries(list).await.expect("a list").into_inner().deliveries;
        let letters: Vec<_> = found.into_iter().filter(|of| of.channel() == DeliveryChannel::Letter).collect();
        if !letters.is_empty() && letters.iter().all(|of| of.state() == DeliveryState::Printed) {
            return letters;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the letters were not printed within 30 seconds");
}

fn preview(dossier: &str, document: Document, delivery: &str) -> PreviewDocumentRequest {
    PreviewDocumentRequest {
        dossier: dossier.to_owned(),
        document: document.into(),
        delivery: delivery.to_owned(),
        ..PreviewDocumentRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_seen_read_and_proven_as_it_was_printed() {
    let house = House::open(Deployment::on_sqlite());
    let client = house.server.client(BRUSSELS).await;
    let dossier = client.check().counter_visit(visit(2, 1)).await.expect("she is obliged").into_inner().dossier;
    let letter = printed(&client, &dossier).await.remove(0);
    let kept = GetDeliveryDocumentRequest { name: letter.name.clone() };
    let kept = client.delivery().get_delivery_document(kept).await.expect("it is kept").into_inner().content;

    let order = preview(&dossier, Document::CertificateOfObligation, &letter.name);
    let seen = client.document().preview_document(order).await.expect("a preview").into_inner();
    assert!(seen.pdf == kept, "the preview is what was printed, to the byte");
    assert_eq!(seen.pdf_sha256, letter.document_sha256);
    assert!(seen.text.contains("Attestation d’obligation") && seen.html.contains("<html"));

    let (status, page) = house.page(&letter);
    assert_eq!((status.as_str(), &page), ("HTTP/1.1 200 OK", &seen.html));

    let bundle = GetProofBundleRequest { name: letter.name.clone() };
    let bundle = client.document().get_proof_bundle(bundle).await.expect("a proof").into_inner().content;
    let (holds, story) = house.checked(&bundle);
    assert!(holds && story.contains("printed"), "{story}");
    let mut changed = bundle.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert!(!house.checked(&changed).0, "one flipped bit is noticed");
    assert!(house.server.stop().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_lacks_something_names_it() {
    let house = House::open(Deployment::on_sqlite());
    let client = house.server.client(BRUSSELS).await;
    let dossier = client.check().counter_visit(visit(2, 1)).await.expect("she is obliged").into_inner().dossier;
    let sheet = preview(&dossier, Document::InformationSheet, "");
    let sheet = client.document().preview_document(sheet).await.expect("nothing is missing").into_inner();
    assert!(sheet.pdf.starts_with(b"%PDF-"));
    let suspension = preview(&dossier, Document::SuspensionGranted, "");
    let refused = client.document().preview_document(suspension).await.expect_err("nothing was granted");
    assert_eq!(reason(&refused), "MISSING_VALUE");
    let about_none = PreviewDocumentRequest {
        breach: Breach::NotRegistered.into(),
        ..preview(&dossier, Document::InformationSheet, "")
    };
    let refused = client.document().preview_document(about_none).await.expect_err("it is about no breach");
    assert_eq!(reason(&refused), "INVALID_ARGUMENT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proofs_of_a_transfer_come_in_one_file() {
    let house = House::open(Deployment::on_sqlite());
    let (client, dossier) = from_counter_to_transfer(&house.server).await;
    // What is still being made would change the proofs between two looks at them.
    printed(&client, &dossier).await;
    let of = |breach: Breach| GetTransferProofsRequest { dossier: dossier.clone(), breach: breach.into() };
    let proofs = client.document().get_transfer_proofs(of(Breach::NotRegistered)).await.expect("proofs").into_inner();
    assert!(proofs.pdf.starts_with(b"%PDF-"));
    assert_eq!(proofs.pdf_sha256.len(), 32);
    let again = client.document().get_transfer_proofs(of(Breach::NotRegistered)).await.expect("again").into_inner();
    assert!(again == proofs, "the same bytes");
    let refused = client.document().get_transfer_proofs(of(Breach::NotCompleted)).await.expect_err("not transferred");
    assert_eq!(reason(&refused), "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_whose_ground_is_gone_is_on_the_signed_list() {
    let house = House::open(Deployment::on_sqlite());
    let client = house.server.client(BRUSSELS).await;
    let dossier = client.check().counter_visit(visit(2, 1)).await.expect("she is obliged").into_inner().dossier;
    let letter = printed(&client, &dossier).await.remove(0);
    let correct = CorrectCheckRequest {
        name: dossier.clone(),
        request_id: request_id(9),
        extract: Some(RegisterExtract { nationality: "BE".to_owned(), ..extract() }),
        ..CorrectCheckRequest::default()
    };
    let other = client.check().counter_visit(visit(3, 2)).await.expect("she is obliged").into_inner().dossier;
    let valid = printed(&client, &other).await.remove(0);
    client.act().correct_check(correct).await.expect("she is Belgian");
    let House { deployment, server, key, .. } = house;
    assert!(server.stop().success());
    let list = deployment.dir.path().join("withdrawals.json");
    let mut command = deployment.command_of(&["certificate", "withdrawals", "--issuer", "21004"]);
    command.arg("--out").arg(&list).arg("--set").arg(format!("signing.key_file={}", key.display()));
    assert_eq!(deployment.output(&mut command), "1 withdrawn certificates of 21004\n");
    let pem = std::fs::read_to_string(&key).expect("it reads");
    let keys = [SigningKey::from_pem(&pem).expect("a key").verifying_key()];
    let list = WithdrawalList::read(&std::fs::read_to_string(list).expect("written"), &keys).expect("it holds");
    let id = |delivery: &Delivery| Uuid::parse_str(&delivery.name.replace("deliveries/", "")).expect("a UUID");
    assert!(list.contains(id(&letter)).is_some());
    assert_eq!(list.contains(id(&valid)), None);
}
