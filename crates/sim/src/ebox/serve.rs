//! The server side: HTTP/1.1 over TLS, and what each request does.

use super::{Fault, Person, ReceivedMessage, Shared, State, Status};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Octets of a request; a longer one is answered 413.
const REQUEST_LENGTH_MAX: usize = 32 * 1024 * 1024;

type Reply = Response<Full<Bytes>>;

pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let shared = Arc::clone(&shared);
                    connections.spawn(async move {
                        // A client that breaks off is its own affair, and a cut is what was asked for.
                        let _ = converse(stream, &shared).await;
                    });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let stream = TokioIo::new(shared.certified.accept(stream).await?);
    let service = service_fn(|request| answer(request, shared));
    http1::Builder::new().serve_connection(stream, service).await.map_err(io::Error::other)
}

/// The reply; an error closes the connection without one.
async fn answer(request: Request<Incoming>, shared: &Shared) -> io::Result<Reply> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, REQUEST_LENGTH_MAX).collect().await else {
        return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"));
    };
    let body = body.to_bytes();
    let expected = format!("Bearer {}", shared.state().token);
    if head.headers.get(AUTHORIZATION).is_none_or(|given| given.as_bytes() != expected.as_bytes()) {
        return Ok(problem(StatusCode::UNAUTHORIZED, "UNAUTHORIZED"));
    }
    match (&head.method, head.uri.path()) {
        (&Method::POST, "/v1/messages") => send(shared, &head.headers, &body).await,
        (&Method::POST, "/v1/consents") => Ok(consent(&shared.state(), &body)),
        (&Method::GET, path) => Ok(path
            .strip_prefix("/v1/messages/")
            .map_or_else(not_found, |reference| status(&shared.state(), reference))),
        _ => Ok(not_found()),
    }
}

async fn send(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> io::Result<Reply> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()?.parse().ok());
    let Some(key) = key else { return Ok(problem(StatusCode::BAD_REQUEST, "NO_IDEMPOTENCY_KEY")) };
    let fault = {
        let state = &mut *shared.state();
        *state.requests.entry(key).or_default() += 1;
        state.faults.pop_front().unwrap_or(Fault::None)
    };
    let refusal = |status| StatusCode::from_u16(status).map_err(io::Error::other).map(|it| problem(it, "ON_REQUEST"));
    match fault {
        Fault::Refuse(status) => return refusal(status),
        Fault::Wait { status, retry_after_s } => {
            let mut reply = refusal(status)?;
            reply.headers_mut().insert(RETRY_AFTER, retry_after_s.into());
            return Ok(reply);
        }
        Fault::CutBeforeEffect => return Err(io::ErrorKind::ConnectionAborted.into()),
        Fault::Delay(time) => tokio::time::sleep(time).await,
        Fault::None
        | Fault::CutAfterEffect
        | Fault::HideAfterEffect(_)
        | Fault::NonsenseAfterEffect
        | Fault::SilentAfterEffect => {}
    }
    let reply = take(&mut shared.state(), key, body);
    match fault {
        Fault::CutAfterEffect => Err(io::ErrorKind::ConnectionAborted.into()),
        Fault::HideAfterEffect(status) => refusal(status),
        Fault::NonsenseAfterEffect => Ok(Response::new(Full::from("taken, thank you"))),
        Fault::SilentAfterEffect => std::future::pending().await,
        _ => Ok(reply),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    sender: String,
    recipient: String,
    subject: Vec<Subject>,
    language: String,
    body: Text,
    attachments: Vec<File>,
    registered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    language: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
    html: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    name: String,
    content_type: String,
    content: String,
}

/// Keeps a message unless one came under its key before: the key decides, whatever the content.
fn take(state: &mut State, key: Uuid, body: &[u8]) -> Reply {
    if let Some(earlier) = state.messages.iter().find(|message| message.key == key) {
        return reply(StatusCode::CONFLICT, &json!({ "code": "KEY_IS_KNOWN", "messageId": earlier.reference }));
    }
    let Some(message) = read(body, key, state) else { return problem(StatusCode::BAD_REQUEST, "NOT_A_MESSAGE") };
    match state.persons.get(&message.recipient) {
        None => problem(StatusCode::UNPROCESSABLE_ENTITY, "RECIPIENT_HAS_NO_EBOX"),
        Some(Person::NotConsented) => problem(StatusCode::UNPROCESSABLE_ENTITY, "RECIPIENT_HAS_NOT_CONSENTED"),
        Some(Person::Reachable) => {
            let taken = reply(StatusCode::CREATED, &json!({ "messageId": message.reference }));
            state.messages.push(message);
            taken
        }
    }
}

fn read(body: &[u8], key: Uuid, state: &State) -> Option<ReceivedMessage> {
    let message: Message = serde_json::from_slice(body).ok()?;
    let file = |file: File| Some((file.name, file.content_type, STANDARD.decode(file.content).ok()?));
    Some(ReceivedMessage {
        key,
        reference: format!("EB-{:06}", state.messages.len() + 1),
        sender: message.sender,
        recipient: message.recipient,
        subject: message
            .subject
            .into_iter()
            .map(|subject| (subject.language, subject.text))
            .collect::<BTreeMap<_, _>>(),
        language: message.language,
        text: message.body.text,
        html: message.body.html,
        attachments: message.attachments.into_iter().map(file).collect::<Option<_>>()?,
        registered: message.registered,
        status: Status { received_at: state.now, read_at: None, refused: None },
    })
}

fn consent(state: &State, body: &[u8]) -> Reply {
    let question: Option<Value> = serde_json::from_slice(body).ok();
    let Some(number) = question.as_ref().and_then(|question| question["recipient"].as_str()) else {
        return problem(StatusCode::BAD_REQUEST, "NOT_A_QUESTION");
    };
    reply(StatusCode::OK, &json!({ "reachable": state.persons.get(number) == Some(&Person::Reachable) }))
}

fn status(state: &State, reference: &str) -> Reply {
    let Some(message) = state.messages.iter().find(|message| message.reference == reference) else {
        return not_found();
    };
    let Status { received_at, read_at, refused } = &message.status;
    let refused = refused.as_ref().map(|(at, code)| json!({ "at": at.to_string(), "code": code }));
    let read_at = read_at.map(|at| at.to_string());
    let known = json!({ "receivedAt": received_at.to_string(), "readAt": read_at, "refused": refused });
    reply(StatusCode::OK, &known)
}

fn not_found() -> Reply {
    problem(StatusCode::NOT_FOUND, "NOT_FOUND")
}

fn problem(status: StatusCode, code: &str) -> Reply {
    reply(status, &json!({ "code": code }))
}

fn reply(status: StatusCode, value: &Value) -> Reply {
    let mut reply = Response::new(Full::from(value.to_string()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    reply
}
