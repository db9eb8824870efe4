//! From the command line to the request.

use super::fault::Fault;
use super::fields::{Flag, Form, flags};
use super::options::Options;
use clap::ArgMatches;
use clap::parser::ValueSource;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};
use std::collections::HashMap;
use uuid::Uuid;

const REQUEST_ID: &str = "request_id";
const VALIDATE_ONLY: &str = "validate_only";

/// The request that flags make over that of a file, with a request id where one is asked for and none was given.
pub(super) fn request(
    of: &MessageDescriptor,
    method: &ArgMatches,
    options: &Options<'_>,
    next_id: impl FnOnce() -> Uuid,
) -> Result<DynamicMessage, Fault> {
    let mut request = options.from(of)?;
    let mut chosen = HashMap::new();
    for flag in flags(of) {
        let Some(given) = given(&flag, method) else { continue };
        exclusive(&flag, &mut chosen)?;
        flag.write(&mut request, &given)?;
    }
    if needs_id(&request) {
        // The field is a text: a test of the tree reads every request.
        let _ = request.try_set_field_by_name(REQUEST_ID, Value::String(next_id().to_string()));
    }
    Ok(request)
}

/// The request id of a request that has one.
pub(super) fn request_id(request: &DynamicMessage) -> Option<String> {
    let id = request.get_field_by_name(REQUEST_ID)?.as_str()?.to_owned();
    (!id.is_empty()).then_some(id)
}

/// What is only validated has no effect that could be doubled.
fn needs_id(request: &DynamicMessage) -> bool {
    let only_validated = request.get_field_by_name(VALIDATE_ONLY).and_then(|value| value.as_bool()) == Some(true);
    request.descriptor().get_field_by_name(REQUEST_ID).is_some() && request_id(request).is_none() && !only_validated
}

fn given<'a>(flag: &Flag, method: &'a ArgMatches) -> Option<Vec<&'a str>> {
    if method.value_source(&flag.name) != Some(ValueSource::CommandLine) {
        return None;
    }
    match flag.form {
        Form::Presence(_) => Some(vec![""]),
        _ => method.get_many::<String>(&flag.name).map(|values| values.map(String::as_str).collect()),
    }
}

/// Of a choice, the field that was written first and the flag that did it.
type Chosen = HashMap<String, (String, String)>;

fn exclusive(flag: &Flag, chosen: &mut Chosen) -> Result<(), Fault> {
    for (choice, field) in flag.choices() {
        let this = (field.full_name().to_owned(), flag.name.clone());
        let first = chosen.entry(choice).or_insert_with(|| this.clone());
        if first.0 != this.0 {
            return Err(Fault::Exclusive { first: first.1.clone(), second: this.1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    /// The request that arguments make, in its JSON form.
    fn made(arguments: &[&str]) -> Result<String, Fault> {
        let line = ["call"].iter().chain(arguments).copied();
        let call = tree::command().try_get_matches_from(line).unwrap_or_else(|error| panic!("{error}"));
        let (area, of_area) = call.subcommand().expect("an area");
        let (word, of_method) = of_area.subcommand().expect("a method");
        let method = tree::method(area, word).expect("it is there");
        let options = Options::new(&call, of_method);
        let request = request(&method.input(), of_method, &options, || Uuid::from_u128(7))?;
        Ok(serde_json::to_string_pretty(&request).expect("a message is JSON"))
    }

    #[test]
    fn flags_make_a_request_as_deep_as_it_goes() {
        let visit = [
            "check",
            "counter-visit",
            "--national-number=90.05.01-001.23",
            "--identity.last-name=-Amrani",
            "--extract.birth-date",
            "1990-05-00",
            "--extract.letter-language",
            "fr",
            "--information",
            "brochure",
            "--information=oral-nl",
            "--certificate-received",
        ];
        insta::assert_snapshot!(made(&visit).expect("it is sound"), @r#"
        {
          "requestId": "00000000-0000-0000-0000-000000000007",
          "nationalNumber": "90.05.01-001.23",
          "identity": {
            "lastName": "-Amrani"
          },
          "extract": {
            "birthDate": {
              "year": 1990,
              "month": 5
            },
            "letterLanguage": "LANGUAGE_FR"
          },
          "information": [
            "INFORMATION_ITEM_BROCHURE",
            "INFORMATION_ITEM_ORAL_NL"
          ],
          "certificateReceived": true
        }
        "#);
    }

    #[test]
    fn what_is_only_validated_gets_no_request_id() {
        let tried = ["act", "impose-fine", "--amount-cents", "10000", "--breach", "not-registered", "--validate-only"];
        insta::assert_snapshot!(made(&tried).expect("it is sound"), @r#"
        {
          "validateOnly": true,
          "breach": "BREACH_NOT_REGISTERED",
          "amountCents": "10000"
        }
        "#);
    }

    #[test]
    fn presence_lists_of_messages_and_files() {
        let list = ["work", "list-work-items", "--held=false", "--kinds", "review", "--kinds", "inform"];
        insta::assert_snapshot!(made(&list).expect("it is sound"), @r#"
        {
          "kinds": [
            "WORK_KIND_REVIEW",
            "WORK_KIND_INFORM"
          ],
          "held": false
        }
        "#);
        let batch = ["work", "batch-update-work-items", "--requests", r#"{"name": "workItems/1", "claim": {}}"#];
        insta::assert_snapshot!(made(&batch).expect("it is sound"), @r#"
        {
          "requests": [
            {
              "name": "workItems/1",
              "claim": {}
            }
          ]
        }
        "#);
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("fine.json");
        std::fs::write(&file, r#"{"name": "dossiers/1", "breach": "BREACH_NOT_COMPLETED", "amountCents": "5"}"#)
            .expect("it is written");
        let path = file.to_str().expect("a path");
        let laid_over = ["act", "impose-fine", "--from", path, "--amount-cents", "10000"];
        insta::assert_snapshot!(made(&laid_over).expect("it is sound"), @r#"
        {
          "name": "dossiers/1",
          "requestId": "00000000-0000-0000-0000-000000000007",
          "breach": "BREACH_NOT_COMPLETED",
          "amountCents": "10000"
        }
        "#);
        std::fs::write(&file, "{\n\"nationalNumber\": 3}").expect("it is written");
        let fault = made(&["check", "counter-visit", "--from", path]).expect_err("a number is no text").to_string();
        assert!(fault.contains("line 2") && !fault.contains('3'), "{fault}");
    }

    #[test]
    fn a_wrong_value_is_named_and_not_repeated() {
        let faults = [
            made(&["check", "counter-visit", "--extract.birth-date", "1 May 1990"]),
            made(&["act", "impose-fine", "--amount-cents", "ten"]),
            made(&["mailing", "create-mailing", "--dossiers.outcome", "obliged", "--csv", "/dev/null"]),
        ];
        let said: Vec<String> = faults.into_iter().map(|fault| fault.expect_err("wrong").to_string()).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        --extract.birth-date is not a date as YYYY-MM-DD, with 00 for unknown parts
        --amount-cents is not a number that fits
        --csv and --dossiers.outcome exclude each other
        ");
    }

    #[test]
    fn a_field_that_is_called_like_an_option_goes_first_after_the_method() {
        let asked =
            ["--language", "fr", "report", "answer-question-280", "--language", "nl", "--as-of-date", "2023-05-15"];
        insta::assert_snapshot!(made(&asked).expect("it is sound"), @r#"
        {
          "asOfDate": {
            "year": 2023,
            "month": 5,
            "day": 15
          },
          "language": "READING_LANGUAGE_NL"
        }
        "#);
    }
}
