//! Pages as a reader's telephone gets them: over TCP.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use traject_twin_http::{BaseUrl, NotABaseUrl, Page, PageCodes, Pages, Settings, Unavailable, router};
use uuid::Uuid;

const LETTER: Uuid = Uuid::from_u128(0x01a2_1023_4945_71dd_85a5_a076_f2f0_0073);
const BROKEN: Uuid = Uuid::from_u128(3);

fn codes(key: u8) -> PageCodes {
    PageCodes::new(&[key; 32], BaseUrl::parse("https://letters.example/").expect("an address"))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// One letter, read at a moment; and one that cannot be read.
struct Shelf {
    now: Timestamp,
}

#[async_trait::async_trait]
impl Pages for Shelf {
    async fn page(&self, letter: Uuid) -> Result<Option<Page>, Unavailable> {
        let page =
            || Page { html: "<!doctype html><title>Attest</title>".to_owned(), made_at: at("2023-03-13T09:00:00Z") };
        if letter == BROKEN { Err(Unavailable) } else { Ok((letter == LETTER).then(page)) }
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

async fn serve(now: &str) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it knows");
    let settings = Settings {
        codes: codes(1),
        pages: Arc::new(Shelf { now: at(now) }),
        valid_for: SignedDuration::from_hours(24 * 90),
        not_found: "<!doctype html><title>?</title>".to_owned(),
    };
    tokio::spawn(async move { axum::serve(listener, router(settings)).await });
    address
}

/// Status line, headers and body.
async fn get(address: SocketAddr, path: &str) -> (String, String, String) {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: letters.example\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let (status, headers) = head.split_once("\r\n").expect("a status line");
    // The date differs from one answer to the next.
    let headers: Vec<&str> = headers.lines().filter(|line| !line.starts_with("date:")).collect();
    (status.to_owned(), headers.join("\n"), body.to_owned())
}

#[tokio::test]
async fn whoever_holds_the_letter_reads_its_page() {
    let address = serve("2023-05-01T12:00:00Z").await;
    let url = codes(1).address(LETTER);
    let path = url.strip_prefix("https://letters.example").expect("the configured address");
    let (status, headers, body) = get(address, path).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert_eq!(body, "<!doctype html><title>Attest</title>");
    for header in ["cache-control: no-store", "referrer-policy: no-referrer", "x-robots-tag: noindex, nofollow"] {
        assert!(headers.contains(header), "{headers}");
    }
    let (upper, ..) = get(address, &path.replacen(&path[3..], &path[3..].to_uppercase(), 1)).await;
    assert_eq!(upper, "HTTP/1.1 200 OK", "a code that was typed in capitals");
}

#[tokio::test]
async fn a_wrong_code_an_unknown_letter_and_an_old_one_get_the_same_answer() {
    let in_time = serve("2023-06-11T09:00:00Z").await;
    let too_late = serve("2023-06-11T09:00:01Z").await;
    let path = |codes: PageCodes, letter| format!("/l/{}", codes.code(letter));
    assert_eq!(get(in_time, &path(codes(1), LETTER)).await.0, "HTTP/1.1 200 OK", "the last second counts");
    let old = get(too_late, &path(codes(1), LETTER)).await;
    assert_eq!(old.0, "HTTP/1.1 404 Not Found");
    for wrong in [path(codes(2), LETTER), path(codes(1), Uuid::nil()), "/l/x".into(), "/l/".into(), "/".into()] {
        assert_eq!(get(in_time, &wrong).await, old, "{wrong}");
    }
    let (status, _, body) = get(in_time, &path(codes(1), BROKEN)).await;
    assert_eq!(
        (status.as_str(), body.as_str()),
        ("HTTP/1.1 503 Service Unavailable", "<!doctype html><title>?</title>")
    );
}

#[test]
fn an_address_of_another_kind_is_refused() {
    for bad in ["", "letters.example", "https://", "https:// a", "https://a?b", "ftp://a", "https://a#b", "https://\"a"]
    {
        assert_eq!(BaseUrl::parse(bad), Err(NotABaseUrl), "{bad}");
    }
    for good in ["http://127.0.0.1:8080", "https://a.example/letters", "http://[::1]:80"] {
        assert!(BaseUrl::parse(good).is_ok(), "{good}");
    }
}

proptest! {
    #[test]
    fn a_code_names_its_letter_and_a_changed_one_names_none(id in any::<u128>(), place in 0..42_usize, other in 0..31_u8) {
        let letter = Uuid::from_u128(id);
        let code = codes(1).code(letter);
        prop_assert_eq!(code.len(), 42);
        prop_assert_eq!(codes(1).read(&code), Some(letter));
        prop_assert_eq!(codes(2).read(&code), None);
        let mut changed = code.clone().into_bytes();
        let alphabet = b"abcdefghijklmnopqrstuvwxyz234567";
        let now = alphabet.iter().position(|c| *c == changed[place]).expect("one of them");
        changed[place] = alphabet[(now + 1 + usize::from(other)) % 32];
        let changed = String::from_utf8(changed).expect("ASCII");
        prop_assert_eq!(codes(1).read(&changed), None, "{}", changed);
        prop_assert_eq!(codes(1).read(&code[..41]), None);
        prop_assert_eq!(codes(1).read(&format!("{code}aa")), None);
    }
}
