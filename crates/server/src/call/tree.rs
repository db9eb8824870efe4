//! The commands of `traject call`, made from the descriptors: one per area, and in it one per method.

use super::fault::Fault;
use super::fields::{Flag, Form, flags};
use super::{options, words};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command};
use prost_reflect::{DescriptorPool, EnumDescriptor, MethodDescriptor, ServiceDescriptor};
use traject_proto::traject::{AREAS, mailing};

/// Operations are a service of their own on the wire; their answers speak of mailings.
const OPERATIONS: (&str, &[u8], &str) = ("operation", mailing::v1::DESCRIPTORS, "google.longrunning");

/// The command with everything below it. What lies below is made when the command is looked into, not at every start.
pub(crate) fn command() -> Command {
    let command = Command::new("call")
        .about("Calls a running server: any method of any area, its request as flags")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("AREA")
        .subcommand_help_heading("Areas");
    options::before_the_area(command).defer(|command| {
        let areas = names().map(|area| {
            let told = service(area).map(|service| words::comment(service.full_name())).unwrap_or_default();
            Command::new(area)
                .about(words::first_sentence(told))
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand_value_name("METHOD")
                .subcommand_help_heading("Methods")
                .defer(with_methods)
        });
        command.subcommands(areas)
    })
}

/// The names of all areas.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    AREAS.iter().map(|(area, _)| *area).chain([OPERATIONS.0])
}

/// The service of an area.
pub(super) fn service(area: &str) -> Result<ServiceDescriptor, Fault> {
    let lacking = || Fault::Descriptors(area.to_owned());
    let (bytes, package) = match AREAS.iter().find(|(name, _)| *name == area) {
        Some((_, bytes)) => (*bytes, format!("traject.{area}.v1")),
        None if area == OPERATIONS.0 => (OPERATIONS.1, OPERATIONS.2.to_owned()),
        None => return Err(lacking()),
    };
    let pool = DescriptorPool::decode(bytes).map_err(|_| lacking())?;
    pool.services().find(|service| service.package_name() == package).ok_or_else(lacking)
}

/// The method of an area that a word names.
pub(super) fn method(area: &str, word: &str) -> Result<MethodDescriptor, Fault> {
    let found = service(area)?.methods().find(|method| words::method(method) == word);
    found.ok_or_else(|| Fault::Descriptors(word.to_owned()))
}

/// An area whose descriptors do not read has no methods, which a test rules out.
fn with_methods(area: Command) -> Command {
    let methods: Vec<Command> =
        service(area.get_name()).map(|service| service.methods().map(of_method).collect()).unwrap_or_default();
    area.subcommands(methods)
}

fn of_method(method: MethodDescriptor) -> Command {
    let told = words::comment(method.full_name());
    let flags = flags(&method.input());
    let command = Command::new(words::method(&method)).about(words::first_sentence(told)).long_about(told);
    let command = command.next_help_heading("Request").args(flags.iter().map(argument));
    options::after_the_method(command, &method, &flags)
}

fn argument(flag: &Flag) -> Arg {
    let told = words::comment(flag.field().full_name());
    let help = match &flag.form {
        Form::Bytes => format!("{told} A file; - is the standard input."),
        _ if flag.name == "request-id" => format!("{told} Made when it is not given."),
        _ => told.to_owned(),
    };
    let argument = Arg::new(flag.name.clone()).long(flag.name.clone()).help(help.trim().to_owned());
    let argument = match (&flag.form, flag.is_repeated()) {
        (Form::Presence(_), _) => return argument.action(ArgAction::SetTrue),
        (_, true) => argument.action(ArgAction::Append),
        (_, false) => argument.action(ArgAction::Set),
    };
    match &flag.form {
        Form::Text => argument.value_name("TEXT"),
        Form::Number(_) => argument.value_name("NUMBER").allow_negative_numbers(true),
        Form::Truth => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(["true", "false"])
            .hide_possible_values(true)
            .value_name("false"),
        Form::Choice(of) => argument.value_name("WORD").value_parser(choice(of)),
        Form::Date => argument.value_name("YYYY-MM-DD"),
        Form::Bytes => argument.value_name("FILE").value_hint(clap::ValueHint::FilePath),
        Form::Json(_) | Form::Presence(_) => argument.value_name("JSON"),
    }
}

/// The words of an enumeration; what stands for an absent value is left out.
fn choice(of: &EnumDescriptor) -> PossibleValuesParser {
    let values = of.values().filter(|value| value.number() != 0);
    PossibleValuesParser::new(
        values.map(|value| PossibleValue::new(words::value(of, value.name())).help(words::comment(value.full_name()))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn every_method_of_every_area_is_a_command_with_help() {
        let mut methods = 0;
        for area in names() {
            let service = service(area).expect("its descriptors read");
            assert!(!words::comment(service.full_name()).is_empty() || area == "operation", "{area} says nothing");
            for method in service.methods() {
                let word = words::method(&method);
                let help = command().try_get_matches_from(["call", area, &word, "--help"]).expect_err("it prints help");
                assert_eq!(help.kind(), ErrorKind::DisplayHelp, "{area} {word}: {help}");
                let text = help.to_string();
                assert!(text.contains("--from"), "{area} {word}: {text}");
                let again = super::method(area, &word).expect("it is found again");
                assert_eq!(again.full_name(), method.full_name());
                methods += 1;
            }
        }
        assert!(methods > 100, "{methods}");
    }

    #[test]
    fn the_whole_tree_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_field_is_explained_by_its_comment() {
        let help =
            command().try_get_matches_from(["call", "act", "post-notice", "--help"]).expect_err("it prints help");
        let text = help.to_string();
        for said in
            ["--breach <WORD>", "not-registered", "No completion within D-COMPLETE", "--occurred-date <YYYY-MM-DD>"]
        {
            assert!(text.contains(said), "{said} in {text}");
        }
    }
}
