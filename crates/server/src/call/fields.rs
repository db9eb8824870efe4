//! The fields of a request as flags: which there are, what form each takes, and how one is written into a message.

use super::fault::Fault;
use super::words;
use prost_reflect::{Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value};
use std::path::PathBuf;

/// A field of a request, or of a message inside it, that a flag writes.
pub(super) struct Flag {
    /// From the request to the field.
    path: Vec<FieldDescriptor>,
    /// The flag without its dashes: the words of the path with dots between them.
    pub(super) name: String,
    /// What it takes.
    pub(super) form: Form,
}

/// What a flag takes.
#[derive(Clone)]
pub(super) enum Form {
    /// A text as it is.
    Text,
    /// A number.
    Number(Kind),
    /// True, or what stands behind an equals sign.
    Truth,
    /// One of a list of words.
    Choice(EnumDescriptor),
    /// YYYY-MM-DD, unknown parts as 00.
    Date,
    /// A file of bytes.
    Bytes,
    /// A message without fields, which is there or not.
    Presence(MessageDescriptor),
    /// A message as JSON: it stands in a list, holds itself, or has a form of its own in JSON.
    Json(MessageDescriptor),
}

const DATE: &str = "google.type.Date";

/// Every flag of a request, in the order of its fields.
pub(super) fn flags(request: &MessageDescriptor) -> Vec<Flag> {
    let mut flags = Vec::new();
    collect(request, &mut Vec::new(), &mut flags);
    flags
}

fn collect(message: &MessageDescriptor, above: &mut Vec<FieldDescriptor>, flags: &mut Vec<Flag>) {
    for field in message.fields() {
        let holds_itself = above.iter().any(|outer| outer.kind() == field.kind());
        above.push(field.clone());
        match form(&field, holds_itself) {
            Some(form) => {
                let name = above.iter().map(words::field).collect::<Vec<_>>().join(".");
                flags.push(Flag { path: above.clone(), name, form });
            }
            None => {
                if let Kind::Message(inner) = field.kind() {
                    collect(&inner, above, flags);
                }
            }
        }
        above.pop();
    }
}

/// The form of a field; none for a message whose fields have flags of their own.
fn form(field: &FieldDescriptor, holds_itself: bool) -> Option<Form> {
    Some(match field.kind() {
        Kind::String => Form::Text,
        Kind::Bool => Form::Truth,
        Kind::Bytes => Form::Bytes,
        Kind::Enum(of) => Form::Choice(of),
        Kind::Message(of) if of.full_name() == DATE => Form::Date,
        Kind::Message(of) => match field.is_list() || field.is_map() || holds_itself || is_well_known(&of) {
            true => Form::Json(of),
            false if of.fields().len() == 0 => Form::Presence(of),
            false => return None,
        },
        number => Form::Number(number),
    })
}

fn is_well_known(message: &MessageDescriptor) -> bool {
    message.full_name().starts_with("google.protobuf.")
}

impl Flag {
    /// The field that the flag writes.
    pub(super) fn field(&self) -> &FieldDescriptor {
        &self.path[self.path.len() - 1]
    }

    /// Whether the flag may stand more than once.
    pub(super) fn is_repeated(&self) -> bool {
        self.field().cardinality() == Cardinality::Repeated
    }

    /// Each field of the path that stands in a choice of which only one may stand, with the choice.
    pub(super) fn choices(&self) -> impl Iterator<Item = (String, &FieldDescriptor)> {
        self.path.iter().filter_map(|field| {
            let choice = field.containing_oneof()?;
            (choice.fields().len() > 1).then(|| (choice.full_name().to_owned(), field))
        })
    }

    /// Writes the values that were given into a request.
    pub(super) fn write(&self, request: &mut DynamicMessage, given: &[&str]) -> Result<(), Fault> {
        let mut values = given.iter().map(|text| self.value(text)).collect::<Result<Vec<Value>, Fault>>()?;
        let value = match self.is_repeated() {
            true => Value::List(values),
            false => values.pop().ok_or_else(|| self.not("given"))?,
        };
        let mut message = request;
        for outer in &self.path[..self.path.len() - 1] {
            let inner = message.get_field_mut(outer).as_message_mut();
            message = inner.ok_or_else(|| Fault::Descriptors(outer.full_name().to_owned()))?;
        }
        message.try_set_field(self.field(), value).map_err(|_| Fault::Descriptors(self.field().full_name().to_owned()))
    }

    fn not(&self, expected: impl Into<String>) -> Fault {
        Fault::Value { flag: self.name.clone(), expected: expected.into() }
    }

    fn value(&self, text: &str) -> Result<Value, Fault> {
        match &self.form {
            Form::Text => Ok(Value::String(text.to_owned())),
            Form::Number(kind) => number(kind, text).ok_or_else(|| self.not("a number that fits")),
            Form::Truth => text.parse().map(Value::Bool).map_err(|_| self.not("true or false")),
            Form::Choice(of) => {
                let value = of.values().find(|value| words::value(of, value.name()) == text);
                value.map(|value| Value::EnumNumber(value.number())).ok_or_else(|| self.not("one of its words"))
            }
            Form::Date => self.date(text).ok_or_else(|| self.not("a date as YYYY-MM-DD, with 00 for unknown parts")),
            Form::Bytes => read(&PathBuf::from(text)).map(|bytes| Value::Bytes(bytes.into())),
            Form::Presence(of) => Ok(Value::Message(DynamicMessage::new(of.clone()))),
            Form::Json(of) => self.json(of, text),
        }
    }

    fn date(&self, text: &str) -> Option<Value> {
        let Kind::Message(of) = self.field().kind() else { return None };
        let digits = |part: &str, width| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        let mut date = DynamicMessage::new(of);
        for (name, part) in [("year", year), ("month", month), ("day", day)] {
            date.try_set_field_by_name(name, Value::I32(part.parse().ok()?)).ok()?;
        }
        Some(Value::Message(date))
    }

    /// A well-known type may be written without the quotes that JSON asks for.
    fn json(&self, of: &MessageDescriptor, text: &str) -> Result<Value, Fault> {
        let quoted = || serde_json::Value::String(text.to_owned()).to_string();
        let message = json(of, text).or_else(|error| match is_well_known(of) {
            true => json(of, &quoted()),
            false => Err(error),
        });
        message.map(Value::Message).map_err(|_| self.not(format!("a {} in the JSON form of protobuf", of.name())))
    }
}

/// A message from its JSON form.
pub(super) fn json(of: &MessageDescriptor, text: &str) -> serde_json::Result<DynamicMessage> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let message = DynamicMessage::deserialize(of.clone(), &mut reader)?;
    reader.end()?;
    Ok(message)
}

/// A file as bytes; - is the standard input.
pub(super) fn read(file: &PathBuf) -> Result<Vec<u8>, Fault> {
    let read = match file.as_os_str() == "-" {
        true => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
        }
        false => std::fs::read(file),
    };
    read.map_err(|source| Fault::File { file: file.clone(), source })
}

fn number(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(text.parse().ok()?),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(text.parse().ok()?),
        Kind::Uint32 | Kind::Fixed32 => Value::U32(text.parse().ok()?),
        Kind::Uint64 | Kind::Fixed64 => Value::U64(text.parse().ok()?),
        Kind::Float => Value::F32(text.parse().ok()?),
        Kind::Double => Value::F64(text.parse().ok()?),
        _ => return None,
    })
}
