//! The comments of protobuf files by the full names of what they stand before.

use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};
use std::collections::BTreeMap;

/// Comments by full name, each on one line.
pub(crate) type Told = BTreeMap<String, String>;

// Field numbers of descriptor.proto, of which the paths of locations are made.
const FILE_MESSAGE: i32 = 4;
const FILE_ENUM: i32 = 5;
const FILE_SERVICE: i32 = 6;
const MESSAGE_NESTED: i32 = 3;
const MESSAGE_ENUM: i32 = 4;
/// Fields of a message, methods of a service, and values of an enumeration share a number.
const MEMBER: i32 = 2;

/// Adds what a file says of its services, methods, fields and values.
pub(crate) fn collect(file: &FileDescriptorProto, told: &mut Told) {
    for location in file.source_code_info.iter().flat_map(|info| &info.location) {
        let comment = line(location.leading_comments());
        if let (Some(name), false) = (name(file, &location.path), comment.is_empty()) {
            told.insert(name, comment);
        }
    }
}

/// The table: a line each, name and comment with a tab between them.
pub(crate) fn table(told: &Told) -> String {
    told.iter().map(|(name, comment)| format!("{name}\t{comment}\n")).collect()
}

/// A comment without its breaks.
fn line(comment: &str) -> String {
    comment.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The full name of what lies at a path; none for what the table leaves out.
fn name(file: &FileDescriptorProto, path: &[i32]) -> Option<String> {
    let package = file.package();
    match path {
        [FILE_SERVICE, service] => Some(format!("{package}.{}", at(&file.service, *service)?.name())),
        [FILE_SERVICE, service, MEMBER, method] => {
            let service = at(&file.service, *service)?;
            Some(format!("{package}.{}.{}", service.name(), at(&service.method, *method)?.name()))
        }
        [FILE_MESSAGE, message, rest @ ..] => in_message(package, at(&file.message_type, *message)?, rest),
        [FILE_ENUM, of, MEMBER, value] => value_of(package, at(&file.enum_type, *of)?, *value),
        _ => None,
    }
}

fn in_message(scope: &str, message: &DescriptorProto, path: &[i32]) -> Option<String> {
    let scope = format!("{scope}.{}", message.name());
    match path {
        [MEMBER, field] => Some(format!("{scope}.{}", at(&message.field, *field)?.name())),
        [MESSAGE_NESTED, nested, rest @ ..] => in_message(&scope, at(&message.nested_type, *nested)?, rest),
        [MESSAGE_ENUM, of, MEMBER, value] => value_of(&scope, at(&message.enum_type, *of)?, *value),
        _ => None,
    }
}

/// A value is a sibling of its enumeration, as protobuf has it.
fn value_of(scope: &str, of: &EnumDescriptorProto, value: i32) -> Option<String> {
    Some(format!("{scope}.{}", at(&of.value, value)?.name()))
}

fn at<T>(list: &[T], index: i32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}
