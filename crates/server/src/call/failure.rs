//! What a server's refusal says at a terminal, and the exit status that goes with it.

use super::words;
use std::fmt::Write as _;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The exit status: 1 where the law or the state of things refuses, 2 for anything else.
pub(super) fn exit(status: &Status) -> u8 {
    match status.code() {
        Code::FailedPrecondition | Code::Aborted => 1,
        _ => 2,
    }
}

/// Reason and message, rule and ground, each faulty field, and what makes the call safe to repeat where it may have had an
/// effect that nobody told.
pub(super) fn text(status: &Status, request_id: Option<&str>) -> String {
    let details = status.get_error_details();
    let mut text = head(status, &details);
    let info = details.error_info().map(|info| &info.metadata);
    for key in ["rule", "ground"] {
        if let Some(value) = info.and_then(|metadata| metadata.get(key)) {
            line(&mut text, &format!("{key}: {value}"));
        }
    }
    for violation in details.bad_request().iter().flat_map(|request| &request.field_violations) {
        line(&mut text, &format!("--{}: {}", words::path(&violation.field), violation.description));
    }
    let lacking = details.precondition_failure().map(|failure| &failure.violations);
    for violation in lacking.into_iter().flatten().filter(|violation| !violation.subject.is_empty()) {
        line(&mut text, &format!("{}: {}", violation.r#type, violation.subject));
    }
    if let Some(wait) = details.retry_info().and_then(|info| info.retry_delay) {
        line(&mut text, &format!("try again after {} s", wait.as_secs()));
    }
    if let (true, Some(id)) = (is_open(status, &details), request_id) {
        line(&mut text, &format!("whether it took effect is not known; to repeat it safely: --request-id {id}"));
    }
    text
}

fn head(status: &Status, details: &ErrorDetails) -> String {
    let message = details.localized_message().map_or_else(|| status.message(), |localized| &localized.message);
    match details.error_info() {
        Some(info) => format!("traject: {}: {message}\n", info.reason),
        None => format!("traject: no answer ({}): {message}\n", status.code().description()),
    }
}

fn line(text: &mut String, line: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "  {line}");
}

/// Whether the call may have had an effect that its caller was not told.
fn is_open(status: &Status, details: &ErrorDetails) -> bool {
    details.error_info().is_none() || matches!(status.code(), Code::Unavailable | Code::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_refusal_names_rule_and_ground() {
        let mut details = ErrorDetails::new();
        let metadata = [("rule", "notice_first"), ("ground", "assumption")];
        let metadata: Vec<(String, String)> =
            metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        details.set_error_info(
            "MISSING_STEP",
            "traject.brussels",
            metadata.into_iter().collect::<std::collections::HashMap<_, _>>(),
        );
        details.set_localized_message("nl-BE", "Er ontbreekt een stap.");
        details.add_precondition_failure_violation("notice_first", "", "assumption");
        let status = Status::with_error_details(Code::FailedPrecondition, "Er ontbreekt een stap.", details);
        assert_eq!(exit(&status), 1);
        insta::assert_snapshot!(text(&status, Some("7")), @r"
        traject: MISSING_STEP: Er ontbreekt een stap.
          rule: notice_first
          ground: assumption
        ");
    }

    #[test]
    fn faulty_fields_stand_line_by_line_as_flags() {
        let mut details = ErrorDetails::new();
        details.set_error_info(
            "INVALID_ARGUMENT",
            "traject.brussels",
            std::collections::HashMap::<String, String>::new(),
        );
        details.add_bad_request_violation("extract.birth_date", "is not a date");
        details.add_bad_request_violation("name", "is required");
        let status = Status::with_error_details(Code::InvalidArgument, "Two fields are wrong.", details);
        assert_eq!(exit(&status), 2);
        insta::assert_snapshot!(text(&status, Some("7")), @r"
        traject: INVALID_ARGUMENT: Two fields are wrong.
          --extract.birth-date: is not a date
          --name: is required
        ");
    }

    #[test]
    fn without_an_answer_the_request_id_is_told() {
        insta::assert_snapshot!(text(&Status::unavailable("transport error"), Some("7")), @r"
        traject: no answer (The service is currently unavailable): transport error
          whether it took effect is not known; to repeat it safely: --request-id 7
        ");
        let mut details = ErrorDetails::new();
        details.set_error_info("UNAVAILABLE", "traject.brussels", std::collections::HashMap::<String, String>::new());
        details.set_retry_info(Some(Duration::from_secs(5)));
        let away = Status::with_error_details(Code::Unavailable, "The database is away.", details);
        insta::assert_snapshot!(text(&away, Some("7")), @r"
        traject: UNAVAILABLE: The database is away.
          try again after 5 s
          whether it took effect is not known; to repeat it safely: --request-id 7
        ");
    }
}
