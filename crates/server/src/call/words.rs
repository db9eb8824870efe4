//! Names of the wire as words of a command line, and the comments that explain them.

use prost_reflect::{EnumDescriptor, FieldDescriptor, MethodDescriptor};
use std::collections::HashMap;
use std::sync::LazyLock;
use traject_proto::COMMENTS;

static TOLD: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| COMMENTS.lines().filter_map(|line| line.split_once('\t')).collect());

/// What the protobuf files say of something, by its full name; empty where they say nothing.
pub(super) fn comment(full_name: &str) -> &'static str {
    TOLD.get(full_name).copied().unwrap_or_default()
}

/// The first sentence of a comment.
pub(super) fn first_sentence(comment: &'static str) -> &'static str {
    comment.find(". ").map_or(comment, |end| &comment[..=end])
}

/// A method: RecordMove is record-move, AnswerQuestion280 is answer-question-280.
pub(super) fn method(method: &MethodDescriptor) -> String {
    let (mut word, mut before) = (String::new(), None::<char>);
    for letter in method.name().chars() {
        let begins = before.is_some_and(|before| letter.is_uppercase() || letter.is_numeric() != before.is_numeric());
        if begins {
            word.push('-');
        }
        word.extend(letter.to_lowercase());
        before = Some(letter);
    }
    word
}

/// A field: occurred_date is occurred-date.
pub(super) fn field(field: &FieldDescriptor) -> String {
    field.name().replace('_', "-")
}

/// A path of fields as an error names it, in the words of the command line: extract.birth_date is extract.birth-date.
pub(super) fn path(path: &str) -> String {
    path.replace('_', "-")
}

/// A value: BREACH_NOT_REGISTERED is not-registered.
pub(super) fn value(of: &EnumDescriptor, name: &str) -> String {
    let prefix: String = of.name().chars().fold(String::new(), |mut prefix, letter| {
        if letter.is_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.extend(letter.to_uppercase());
        prefix
    });
    let rest = name.strip_prefix(&prefix).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
    rest.to_lowercase().replace('_', "-")
}
