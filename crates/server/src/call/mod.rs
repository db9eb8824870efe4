//! `traject call`: a client of a running server, whose commands are made from the descriptors. A method that is added to the wire
//! is a command without a line here.

mod arguments;
mod connection;
mod failure;
mod fault;
mod fields;
mod options;
mod output;
mod tree;
mod words;

use clap::ArgMatches;
use connection::Connection;
use fault::Fault;
use options::{Options, contents};
use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage as _, Value};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tonic::Status;
use traject_app::port::Ids as _;
use traject_server::clock::SystemIds;
use traject_server::coded;

pub(crate) use tree::command;

/// Runs `traject call`.
pub(crate) async fn run(call: &ArgMatches) -> anyhow::Result<ExitCode> {
    match called(call).await {
        Ok(code) => Ok(code),
        Err(Stopped::Fault(fault)) => Err(coded(fault.code(), fault)),
        Err(Stopped::Output(error)) => Err(error.into()),
        Err(Stopped::Status(status, request_id)) => {
            std::io::stderr().write_all(failure::text(&status, request_id.as_deref()).as_bytes())?;
            Ok(ExitCode::from(failure::exit(&status)))
        }
    }
}

/// Why no answer was told to its end.
enum Stopped {
    Fault(Fault),
    Output(std::io::Error),
    /// What the server, or the way to it, said, with the request id of the call.
    Status(Status, Option<String>),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

async fn called(call: &ArgMatches) -> Result<ExitCode, Stopped> {
    let lacking = || Fault::Descriptors("the method".to_owned());
    let (area, of_area) = call.subcommand().ok_or_else(lacking)?;
    let (word, of_method) = of_area.subcommand().ok_or_else(lacking)?;
    let method = tree::method(area, word)?;
    let options = Options::new(call, of_method);
    let request = arguments::request(&method.input(), of_method, &options, || SystemIds.next())?;
    let connection = Connection::open(&options).await.inspect_err(|fault| repeatable(fault, &request))?;
    exchange(connection, &method, request, &options).await?;
    Ok(ExitCode::SUCCESS)
}

/// A call that reached nobody can be made again as it was.
fn repeatable(fault: &Fault, request: &DynamicMessage) {
    if let (Fault::Unreachable(_), Some(id)) = (fault, arguments::request_id(request)) {
        // Whoever closed the pipe does not want to know.
        let _ = writeln!(std::io::stderr(), "traject: to repeat this call: --request-id {id}");
    }
}

/// Calls, and tells each answer as it comes; with all pages wanted, once they are there.
async fn exchange(
    mut connection: Connection,
    method: &MethodDescriptor,
    mut request: DynamicMessage,
    options: &Options<'_>,
) -> Result<(), Stopped> {
    let request_id = arguments::request_id(&request);
    let stopped = |status| Stopped::Status(status, request_id.clone());
    let mut whole: Option<DynamicMessage> = None;
    loop {
        let mut answers = connection.call(method, request.clone()).await.map_err(stopped)?;
        let mut next = None;
        while let Some(answer) = answers.message().await.map_err(stopped)? {
            match options.all() {
                true => next = page(&mut whole, answer),
                false => tell(answer, options)?,
            }
        }
        let Some(token) = next else { break };
        let set = request.try_set_field_by_name("page_token", Value::String(token));
        set.map_err(|_| Fault::Descriptors("page_token".to_owned()))?;
    }
    whole.map_or(Ok(()), |whole| tell(whole, options))
}

/// Lays a page behind those that came before it, and gives the token of the next one.
fn page(whole: &mut Option<DynamicMessage>, mut page: DynamicMessage) -> Option<String> {
    let token = page.get_field_by_name("next_page_token").and_then(|token| token.as_str().map(str::to_owned));
    page.clear_field_by_name("next_page_token");
    match whole {
        None => *whole = Some(page),
        Some(whole) => {
            for (field, value) in page.take_fields() {
                match (whole.get_field_mut(&field), value) {
                    (Value::List(rows), Value::List(more)) => rows.extend(more),
                    (there, value) => *there = value,
                }
            }
        }
    }
    token.filter(|token| !token.is_empty())
}

fn tell(mut answer: DynamicMessage, options: &Options<'_>) -> Result<(), Stopped> {
    let mut stdout = std::io::stdout().lock();
    if let Some(out) = options.out() {
        write_contents(&mut answer, out)?;
    } else if options.json() && stdout.is_terminal() {
        for field in contents(&answer.descriptor()) {
            answer.clear_field(&field);
        }
    }
    let text = match options.json() {
        true => serde_json::to_string_pretty(&answer).map(|json| format!("{json}\n")).map_err(std::io::Error::from),
        false => Ok(output::text(&answer)),
    };
    let written = text.and_then(|text| stdout.write_all(text.as_bytes()));
    written.map_err(Stopped::Output)
}

/// Moves the documents of an answer to a file, or to files of that name with the field as ending.
fn write_contents(answer: &mut DynamicMessage, out: &Path) -> Result<(), Fault> {
    let fields = contents(&answer.descriptor());
    for field in &fields {
        let file = match fields.len() {
            1 => out.to_owned(),
            _ => PathBuf::from(format!("{}.{}", out.display(), field.name())),
        };
        let bytes = answer.get_field(field).as_bytes().cloned().unwrap_or_default();
        if !bytes.is_empty() {
            std::fs::write(&file, &bytes).map_err(|source| Fault::File { file, source })?;
        }
        answer.clear_field(field);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(area: &str, word: &str, json: &str) -> DynamicMessage {
        let method = tree::method(area, word).expect("it is there");
        fields::json(&method.output(), json).expect("it is an answer")
    }

    #[test]
    fn pages_become_one_list() {
        let mut whole = None;
        let first =
            answer("work", "list-work-items", r#"{"workItems": [{"name": "workItems/1"}], "nextPageToken": "a"}"#);
        assert_eq!(page(&mut whole, first).as_deref(), Some("a"));
        assert_eq!(
            page(&mut whole, answer("work", "list-work-items", r#"{"workItems": [{"name": "workItems/2"}]}"#)),
            None
        );
        let whole = serde_json::to_string(&whole.expect("both")).expect("it is JSON");
        assert_eq!(whole, r#"{"workItems":[{"name":"workItems/1"},{"name":"workItems/2"}]}"#);
    }

    #[test]
    fn several_documents_get_their_names_as_endings() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut question = answer("report", "answer-question-280", r#"{"json": "e30=", "pdf": "AAEC"}"#);
        write_contents(&mut question, &dir.path().join("answer")).expect("written");
        assert_eq!(std::fs::read(dir.path().join("answer.json")).expect("a file"), b"{}");
        assert_eq!(std::fs::read(dir.path().join("answer.pdf")).expect("a file"), [0, 1, 2]);
        assert!(!dir.path().join("answer.csv").exists());
        let mut one = answer("delivery", "get-delivery-document", r#"{"content": "AAEC"}"#);
        write_contents(&mut one, &dir.path().join("letter.pdf")).expect("written");
        assert_eq!(std::fs::read(dir.path().join("letter.pdf")).expect("a file"), [0, 1, 2]);
    }
}
