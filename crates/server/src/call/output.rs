//! Messages as a person reads them: lines of name and value, tables of what is flat, indentation for what is not.

use super::words;
use comfy_table::{Table, presets};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage as _, Value};

/// What a value is shown as.
enum Shown {
    /// Behind its name.
    Line(String),
    /// Under its name, line by line.
    Block(Vec<String>),
}

/// The text of an answer, a line break after each line. Empty fields are left out.
pub(super) fn text(message: &DynamicMessage) -> String {
    let is_page = message.descriptor().get_field_by_name("next_page_token").is_some();
    let shown = match is_page {
        true => page(message),
        false => lines(message),
    };
    match (shown.is_empty(), is_page) {
        (true, true) => "none\n".to_owned(),
        (true, false) => "done\n".to_owned(),
        _ => shown.iter().map(|line| format!("{line}\n")).collect(),
    }
}

/// A page of a list: its rows as a table, whatever lies below them, and what else it says.
fn page(message: &DynamicMessage) -> Vec<String> {
    let (mut rest, mut shown) = (message.clone(), Vec::new());
    for (field, value) in message.fields() {
        if let (Some(rows), Kind::Message(_)) = (value.as_list().and_then(messages), field.kind()) {
            shown.extend(table(&rows));
            rest.clear_field(&field);
        }
    }
    shown.extend(lines(&rest));
    shown
}

fn lines(message: &DynamicMessage) -> Vec<String> {
    let fields: Vec<(String, Shown)> =
        message.fields().map(|(field, value)| (words::field(&field), shown(&field, value))).collect();
    let in_line = fields.iter().filter(|(_, shown)| matches!(shown, Shown::Line(_)));
    let width = in_line.map(|(name, _)| name.len() + 1).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (name, shown) in fields {
        match shown {
            Shown::Line(value) => lines.push(format!("{:width$} {value}", format!("{name}:"))),
            Shown::Block(block) => {
                lines.push(format!("{name}:"));
                lines.extend(block.into_iter().map(|line| format!("  {line}").trim_end().to_owned()));
            }
        }
    }
    lines
}

fn shown(field: &FieldDescriptor, value: &Value) -> Shown {
    match value {
        Value::List(values) => list(field, values),
        Value::Map(entries) => Shown::Block(entries.iter().map(|(key, value)| entry(field, key, value)).collect()),
        value => one(field, value),
    }
}

fn list(field: &FieldDescriptor, values: &[Value]) -> Shown {
    let lines = |value| match one(field, value) {
        Shown::Line(line) => Some(line),
        Shown::Block(_) => None,
    };
    if let Some(lines) = values.iter().map(lines).collect::<Option<Vec<String>>>() {
        return Shown::Line(lines.join(", "));
    }
    match messages(values) {
        Some(rows) if rows.iter().all(|row| is_flat(row)) => Shown::Block(table(&rows)),
        _ => Shown::Block(values.iter().flat_map(|value| item(one(field, value))).collect()),
    }
}

/// An item of a list behind a dash.
fn item(shown: Shown) -> Vec<String> {
    let block = match shown {
        Shown::Line(line) => vec![line],
        Shown::Block(block) => block,
    };
    block.into_iter().enumerate().map(|(at, line)| format!("{} {line}", if at == 0 { '-' } else { ' ' })).collect()
}

fn entry(field: &FieldDescriptor, key: &MapKey, value: &Value) -> String {
    let key = key.as_str().map(clean).unwrap_or_default();
    match one(field, value) {
        Shown::Line(line) => format!("{key}: {line}"),
        Shown::Block(block) => format!("{key}: {}", block.join("; ")),
    }
}

fn one(field: &FieldDescriptor, value: &Value) -> Shown {
    match value {
        Value::Bool(value) => Shown::Line(if *value { "yes" } else { "no" }.to_owned()),
        Value::I32(number) => Shown::Line(number.to_string()),
        Value::I64(number) => Shown::Line(number.to_string()),
        Value::U32(number) => Shown::Line(number.to_string()),
        Value::U64(number) => Shown::Line(number.to_string()),
        Value::F32(number) => Shown::Line(number.to_string()),
        Value::F64(number) => Shown::Line(number.to_string()),
        Value::EnumNumber(number) => Shown::Line(word(field, *number)),
        Value::String(text) if text.trim_end().contains('\n') => Shown::Block(text.lines().map(clean).collect()),
        Value::String(text) => Shown::Line(clean(text)),
        Value::Bytes(bytes) if bytes.len() <= 32 => {
            Shown::Line(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Value::Bytes(bytes) => Shown::Line(format!("{} bytes; --out FILE writes them", bytes.len())),
        Value::Message(message) => of_message(message),
        Value::List(_) | Value::Map(_) => Shown::Block(Vec::new()),
    }
}

fn word(field: &FieldDescriptor, number: i32) -> String {
    let Kind::Enum(of) = field.kind() else { return number.to_string() };
    of.get_value(number).map_or_else(|| number.to_string(), |value| words::value(&of, value.name()))
}

fn of_message(message: &DynamicMessage) -> Shown {
    let number = |name: &str| {
        let value = message.get_field_by_name(name);
        value.and_then(|value| value.as_i64().or_else(|| value.as_i32().map(i64::from))).unwrap_or_default()
    };
    match message.descriptor().full_name() {
        "google.type.Date" => Shown::Line(format!("{:04}-{:02}-{:02}", number("year"), number("month"), number("day"))),
        "google.protobuf.Timestamp" => {
            let time = i32::try_from(number("nanos")).ok().map(|nanos| jiff::Timestamp::new(number("seconds"), nanos));
            Shown::Line(time.and_then(Result::ok).map(|time| time.to_string()).unwrap_or_default())
        }
        "google.protobuf.Duration" => Shown::Line(format!("{}s", number("seconds"))),
        "google.protobuf.Any" => packed(message),
        _ => match lines(message) {
            lines if lines.is_empty() => Shown::Line("yes".to_owned()),
            lines => Shown::Block(lines),
        },
    }
}

/// What a packed message says, where the descriptors know its type.
fn packed(any: &DynamicMessage) -> Shown {
    let url = any.get_field_by_name("type_url").and_then(|url| url.as_str().map(str::to_owned)).unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let kind = any.descriptor().parent_pool().get_message_by_name(name);
    let bytes = any.get_field_by_name("value").and_then(|value| value.as_bytes().cloned()).unwrap_or_default();
    match kind.map(|kind| DynamicMessage::decode(kind, bytes)) {
        Some(Ok(message)) => of_message(&message),
        _ => Shown::Line(clean(&url)),
    }
}

fn messages(values: &[Value]) -> Option<Vec<&DynamicMessage>> {
    values.iter().map(Value::as_message).collect()
}

fn is_flat(message: &DynamicMessage) -> bool {
    message.fields().all(|(field, value)| matches!(shown(&field, value), Shown::Line(_)))
}

/// Rows with a column for each field that says something in a line in any of them.
fn table(rows: &[&DynamicMessage]) -> Vec<String> {
    let Some(first) = rows.first() else { return Vec::new() };
    let cell = |row: &DynamicMessage, field: &FieldDescriptor| match row.has_field(field) {
        true => match shown(field, &row.get_field(field)) {
            Shown::Line(line) => Some(line),
            Shown::Block(_) => None,
        },
        false => None,
    };
    let columns: Vec<FieldDescriptor> =
        first.descriptor().fields().filter(|field| rows.iter().any(|row| cell(row, field).is_some())).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(columns.iter().map(words::field));
    for row in rows {
        table.add_row(columns.iter().map(|field| cell(row, field).unwrap_or_default()));
    }
    table.to_string().lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Without what would steer a terminal: texts of others are shown, not obeyed.
fn clean(text: &str) -> String {
    text.trim_end().chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{fields, tree};
    use super::text;

    /// What a person reads of the answer of a method.
    fn read(area: &str, method: &str, json: &str) -> String {
        let answer = tree::method(area, method).expect("it is there").output();
        text(&fields::json(&answer, json).expect("it is an answer"))
    }

    #[test]
    fn a_page_is_a_table_of_what_has_a_value() {
        let page = r#"{"workItems": [
            {"name": "workItems/1", "kind": "WORK_KIND_RELEASE_NOTICE", "breach": "BREACH_NOT_REGISTERED",
             "dueSinceDate": {"year": 2023, "month": 4, "day": 4}, "daysOverdue": 12},
            {"name": "workItems/2", "kind": "WORK_KIND_REVIEW", "held": true, "note": "a\u001b[31mb"}],
            "nextPageToken": "abc"}"#;
        insta::assert_snapshot!(read("work", "list-work-items", page), @r"
         name         kind            breach          due-since-date  days-overdue  held  note
         workItems/1  release-notice  not-registered  2023-04-04      12
         workItems/2  review                                                        yes   a�[31mb
        next-page-token: abc
        ");
        assert_eq!(read("work", "list-work-items", "{}"), "none\n");
        assert_eq!(read("work", "delete-saved-filter", "{}"), "done\n");
    }

    #[test]
    fn a_message_is_lines_with_what_lies_below_indented() {
        let answer = r#"{"dossier": "dossiers/1", "etag": "7", "deliveries": ["deliveries/1", "deliveries/2"],
            "after": {"asOfDate": {"year": 2023, "month": 5}, "outcome": "OUTCOME_OBLIGED", "finedCents": "15000",
            "breaches": [{"breach": "BREACH_NOT_REGISTERED", "notices": [{"byHand": true, "voidReason": "too_early"}],
            "term": {"term": "D-REGISTER", "dueDate": {"year": 2023, "month": 4, "day": 3}}}]}}"#;
        insta::assert_snapshot!(read("act", "post-notice", answer), @r"
        dossier:    dossiers/1
        etag:       7
        after:
          as-of-date:  2023-05-00
          outcome:     obliged
          breaches:
            - breach: not-registered
              term:
                term:     D-REGISTER
                due-date: 2023-04-03
              notices:
                 by-hand  void-reason
                 yes      too_early
          fined-cents: 15000
        deliveries: deliveries/1, deliveries/2
        ");
    }

    #[test]
    fn times_hashes_and_documents() {
        let delivery =
            r#"{"name": "deliveries/1", "updateTime": "2023-05-15T10:00:00Z", "documentSha256": "AAECAw=="}"#;
        insta::assert_snapshot!(read("delivery", "get-delivery", delivery), @r"
        name:            deliveries/1
        update-time:     2023-05-15T10:00:00Z
        document-sha256: 00010203
        ");
        let document = format!(r#"{{"contentType": "application/pdf", "content": "{}"}}"#, "AAAA".repeat(20));
        insta::assert_snapshot!(read("delivery", "get-delivery-document", &document), @r"
        content-type: application/pdf
        content:      60 bytes; --out FILE writes them
        ");
    }
}
