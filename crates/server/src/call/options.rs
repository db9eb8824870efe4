//! What `traject call` itself is told, beside the request. What concerns the connection and the answer may stand before the area
//! or after the method; after the method a field of the same name goes first.

use super::fault::Fault;
use super::fields::{Flag, json, read};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, MethodDescriptor};
use std::path::PathBuf;
use std::time::Duration;

const SERVER: &str = "server";
const TOKEN_FILE: &str = "token-file";
const LANGUAGE: &str = "language";
const TIMEOUT: &str = "timeout";
const JSON: &str = "json";
const FROM: &str = "from";
const OUT: &str = "out";
const ALL: &str = "all";

/// Adds what may stand before the area; the environment is asked here only.
pub(super) fn before_the_area(command: Command) -> Command {
    command.args(shared().map(|argument| match argument.get_long() {
        Some(SERVER) => argument.env("TRAJECT_SERVER"),
        Some(TOKEN_FILE) => argument.env("TRAJECT_TOKEN_FILE"),
        _ => argument,
    }))
}

/// Adds what may stand after the method.
pub(super) fn after_the_method(command: Command, method: &MethodDescriptor, flags: &[Flag]) -> Command {
    let taken = |argument: &Arg| flags.iter().any(|flag| Some(flag.name.as_str()) == argument.get_long());
    let from = own(FROM)
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .value_parser(value_parser!(PathBuf))
        .help("The request in the JSON form of protobuf; - is the standard input. Flags are laid over it");
    let mut command = command.next_help_heading("Call").arg(from);
    if !contents(&method.output()).is_empty() {
        let out = own(OUT).value_name("FILE").value_hint(ValueHint::FilePath).value_parser(value_parser!(PathBuf));
        command = command.arg(out.help("Where the document goes; several get their names as endings"));
    }
    if is_list(method) {
        command = command.arg(own(ALL).action(ArgAction::SetTrue).help("Every page, not the first only"));
    }
    command.args(shared().into_iter().filter(|argument| !taken(argument)))
}

/// Ids of fields are the names of their flags; a space keeps these apart from them.
fn id(name: &str) -> String {
    format!("call {name}")
}

fn own(name: &'static str) -> Arg {
    Arg::new(id(name)).long(name)
}

fn shared() -> [Arg; 5] {
    [
        own(SERVER).value_name("URL").help("Where the server listens; default: http://127.0.0.1:50051"),
        own(TOKEN_FILE)
            .value_name("FILE")
            .value_hint(ValueHint::FilePath)
            .value_parser(value_parser!(PathBuf))
            .help("A file that holds the caller's token"),
        own(LANGUAGE)
            .value_name("LANGUAGE")
            .value_parser(["nl", "fr", "en"])
            .help("Of messages and labels; default: nl"),
        own(TIMEOUT).value_name("SECONDS").value_parser(value_parser!(u64).range(1..)).help("Default: 60"),
        own(JSON).action(ArgAction::SetTrue).help("The answer in the JSON form of protobuf"),
    ]
}

/// Fields of an answer that are documents. A hash is not one.
pub(super) fn contents(answer: &MessageDescriptor) -> Vec<prost_reflect::FieldDescriptor> {
    let bytes = answer.fields().filter(|field| field.kind() == Kind::Bytes && !field.is_list());
    bytes.filter(|field| !field.name().ends_with("sha256")).collect()
}

/// Whether a method answers in pages.
fn is_list(method: &MethodDescriptor) -> bool {
    method.input().get_field_by_name("page_token").is_some()
        && method.output().get_field_by_name("next_page_token").is_some()
}

/// The options as they were given, those after the method before those before the area.
pub(super) struct Options<'a> {
    levels: [&'a ArgMatches; 2],
}

impl<'a> Options<'a> {
    pub(super) const fn new(call: &'a ArgMatches, method: &'a ArgMatches) -> Self {
        Self { levels: [method, call] }
    }

    fn get<T: Clone + Send + Sync + 'static>(&self, name: &str) -> Option<&'a T> {
        self.levels.iter().find_map(|level| level.try_get_one::<T>(&id(name)).ok().flatten())
    }

    fn is_set(&self, name: &str) -> bool {
        self.levels.iter().any(|level| level.try_get_one::<bool>(&id(name)).ok().flatten() == Some(&true))
    }

    pub(super) fn server(&self) -> &'a str {
        self.get::<String>(SERVER).map_or("http://127.0.0.1:50051", String::as_str)
    }

    /// The token, without the line break that a file ends with.
    pub(super) fn token(&self) -> Result<Option<String>, Fault> {
        let Some(file) = self.get::<PathBuf>(TOKEN_FILE) else { return Ok(None) };
        let text = String::from_utf8(read(file)?).map_err(|_| Fault::Token)?;
        Ok(Some(text.trim().to_owned()))
    }

    pub(super) fn language(&self) -> &'a str {
        self.get::<String>(LANGUAGE).map_or("nl", String::as_str)
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.get::<u64>(TIMEOUT).copied().unwrap_or(60))
    }

    pub(super) fn json(&self) -> bool {
        self.is_set(JSON)
    }

    pub(super) fn all(&self) -> bool {
        self.is_set(ALL)
    }

    pub(super) fn out(&self) -> Option<&'a PathBuf> {
        self.get(OUT)
    }

    /// The request of a file, or an empty one.
    pub(super) fn from(&self, request: &MessageDescriptor) -> Result<DynamicMessage, Fault> {
        let Some(file) = self.get::<PathBuf>(FROM) else { return Ok(DynamicMessage::new(request.clone())) };
        let bytes = read(file)?;
        json(request, &String::from_utf8_lossy(&bytes)).map_err(|error| Fault::Json {
            file: file.display().to_string(),
            line: error.line(),
            column: error.column(),
            message: request.full_name().to_owned(),
        })
    }
}
