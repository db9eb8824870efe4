//! What an error says: one mapping from kinds to gRPC codes, with `google.rpc` details (AIP-193).

use crate::auth::Caller;
use std::borrow::Cow;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use traject_app::AppError;
use traject_app::error::Kind;
use traject_domain::guard::Refusal;
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::Law;
use traject_proto::traject::r#type::v1::ErrorReason;
use traject_templates::message_with;
use traject_templates::wording::euros;

/// The domain of every reason in `google.rpc.ErrorInfo`.
pub const DOMAIN: &str = "traject.brussels";

/// How long a caller should wait when too much waits here already.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What is wrong with one field of a request. The problem never repeats the value: it may be personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    field: String,
    problem: Cow<'static, str>,
}

impl Fault {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The field, as a path from the request.
    pub(crate) fn field(&self) -> &str {
        &self.field
    }

    /// The same fault, of a field inside `outer`.
    pub(crate) fn inside(self, outer: &str) -> Self {
        Self { field: format!("{outer}.{}", self.field), ..self }
    }
}

/// The code of an error reason without the enumeration's prefix.
pub(crate) fn reason_code(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

/// The reason with this code.
pub(crate) fn reason(code: &str) -> ErrorReason {
    ErrorReason::from_str_name(&format!("ERROR_REASON_{code}")).unwrap_or(ErrorReason::Internal)
}

/// The text of a code in a language; the code itself where the catalogue has none, which a test rules out.
fn text(code: &str, language: ReadingLanguage, values: &[(&str, &str)]) -> String {
    message_with(code, language, values).unwrap_or_else(|| code.to_owned())
}

const fn locale(language: ReadingLanguage) -> &'static str {
    match language {
        ReadingLanguage::Nl => "nl-BE",
        ReadingLanguage::Fr => "fr-BE",
        ReadingLanguage::En => "en",
    }
}

fn details(reason: ErrorReason, language: ReadingLanguage, values: &[(&str, &str)]) -> (ErrorDetails, String) {
    let code = reason_code(reason);
    let message = text(code, language, values);
    let mut details = ErrorDetails::new();
    details.set_error_info(code, DOMAIN, std::collections::HashMap::<String, String>::new());
    details.set_localized_message(locale(language), message.clone());
    (details, message)
}

/// A status with a reason and nothing beside it.
pub(crate) fn plain(code: Code, reason: ErrorReason, language: ReadingLanguage) -> Status {
    let (details, message) = details(reason, language, &[]);
    Status::with_error_details(code, message, details)
}

/// No token, or one that is not known.
pub(crate) fn unauthenticated(language: ReadingLanguage) -> Status {
    plain(Code::Unauthenticated, ErrorReason::Unauthenticated, language)
}

/// A page token of another list.
pub(crate) fn page_token_invalid(language: ReadingLanguage) -> Status {
    plain(Code::InvalidArgument, ErrorReason::PageTokenInvalid, language)
}

/// Fields that are missing or wrong.
pub(crate) fn invalid(faults: &[Fault], language: ReadingLanguage) -> Status {
    let fields: Vec<&str> = faults.iter().map(Fault::field).collect();
    let (mut details, message) = details(ErrorReason::InvalidArgument, language, &[("field", &fields.join(", "))]);
    for fault in faults {
        details.add_bad_request_violation(&fault.field, &*fault.problem);
    }
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// The one mapping from errors of use cases to gRPC codes.
const fn code(error: &AppError) -> Code {
    match error {
        AppError::Stale => Code::Aborted,
        AppError::RequestReused => Code::AlreadyExists,
        _ => match error.kind() {
            Kind::Invalid => Code::InvalidArgument,
            Kind::NotFound => Code::NotFound,
            Kind::Conflict => Code::FailedPrecondition,
            Kind::Forbidden => Code::PermissionDenied,
            Kind::Exhausted => Code::ResourceExhausted,
            Kind::Unavailable => Code::Unavailable,
            Kind::Internal => Code::Internal,
        },
    }
}

/// The status of a use case's error. Faults of the server are logged here, once, with the reference the caller is given.
pub(crate) fn status(error: &AppError, law: &Law, reference: impl FnOnce() -> String, caller: &Caller) -> Status {
    let language = caller.language;
    let reason = reason(error.code());
    let (mut details, message) = match error {
        AppError::Refused(refusal) => refused(refusal, reason, law, language),
        AppError::NotConfigured(key) => {
            let (mut details, message) = details(reason, language, &[("key", key)]);
            details.add_precondition_failure_violation("NOT_CONFIGURED", *key, "");
            (details, message)
        }
        AppError::MissingValues(values) => {
            let (mut details, message) = details(reason, language, &[("values", &values.join(", "))]);
            for value in values {
                details.add_precondition_failure_violation("MISSING_VALUE", value, "");
            }
            (details, message)
        }
        AppError::Internal(_) => {
            let reference = reference();
            let chain = chain(error);
            tracing::error!(reference, chain, "a call failed");
            details(reason, language, &[("reference", &reference)])
        }
        _ => details(reason, language, &[]),
    };
    match error {
        AppError::Exhausted | AppError::NotAssessed => details.set_retry_info(Some(RETRY_AFTER)),
        AppError::Unavailable(_) => {
            tracing::warn!(chain = chain(error), "the store is away");
            details.set_retry_info(Some(RETRY_AFTER * 5))
        }
        _ => &mut details,
    };
    Status::with_error_details(code(error), message, details)
}

/// An error with its causes. Errors hold no personal data, so their chain may be logged.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A refusal names the rule and its ground.
fn refused(refusal: &Refusal, reason: ErrorReason, law: &Law, language: ReadingLanguage) -> (ErrorDetails, String) {
    let (min, max) = refusal.amounts.unwrap_or_else(|| law.fine_extent());
    let (min, max) = (euros(min, language), euros(max, language));
    let (mut details, message) = details(reason, language, &[("minimum", &min), ("maximum", &max)]);
    let metadata = [("rule", refusal.rule.to_owned()), ("ground", refusal.ground.clone())];
    details.set_error_info(refusal.code.code(), DOMAIN, metadata.map(|(key, value)| (key.to_owned(), value)));
    details.add_precondition_failure_violation(refusal.rule, "", &refusal.ground);
    (details, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_domain::guard::RefusalCode;

    /// Every code that an error may carry.
    fn every_code() -> Vec<&'static str> {
        let own = (1..=i32::from(u8::MAX)).filter_map(|number| ErrorReason::try_from(number).ok()).map(reason_code);
        own.chain(RefusalCode::ALL.iter().map(|refusal| refusal.code())).collect()
    }

    #[test]
    fn every_reason_is_in_the_catalogue_and_every_refusal_is_a_reason() {
        for code in every_code() {
            for language in [ReadingLanguage::Nl, ReadingLanguage::Fr, ReadingLanguage::En] {
                assert!(traject_templates::message(code, language).is_some(), "{code}");
            }
        }
        for refusal in RefusalCode::ALL {
            assert_eq!(reason_code(reason(refusal.code())), refusal.code());
        }
    }

    #[test]
    fn every_reason_is_explained_in_the_documentation() {
        let page = include_str!("../../../docs/errors/README.md");
        for code in every_code() {
            assert!(page.contains(&format!("`{code}`")), "docs/errors/README.md does not explain {code}");
        }
    }
}
