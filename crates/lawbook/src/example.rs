//! Examples beside the rules: a newcomer's life in few lines, and what a lawyer says follows for one rule of the law.
//!
//! An example says how a person differs from a plain newcomer, in the words of the import format. Whoever runs it makes
//! import rows of it, so that it means what an import means.

use crate::error::{LawError, LawErrorCode as E};
use crate::files::{Text, parse_text};
use crate::place::line;
use crate::words::Word;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::path::Path;
use traject_domain::Date;
use traject_domain::law::{AgencyKind, Channel};
use traject_domain::partial_date::parse_date;

type Result<T> = std::result::Result<T, LawError>;

/// Columns of `registrations.csv` with their values; a column that is not there is empty.
pub type Columns = BTreeMap<&'static str, String>;
/// What is expected, each under its key.
pub type Expected = Vec<(&'static str, String)>;

macro_rules! embed {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../config/law/examples/", $name)))),+]
    };
}

/// The examples that ship with the program, by file name.
const SHIPPED: [(&str, &str); 6] =
    embed!["deadlines.yaml", "entitlements.yaml", "exemptions.yaml", "fines.yaml", "scope.yaml", "suspensions.yaml"];

/// The plain newcomer, case C01 of the handbook: what an example does not say otherwise.
const NEWCOMER: &[(&str, &str)] = &[
    ("birth_date", "1990-04-03"),
    ("sex", "F"),
    ("nationality", "MA"),
    ("municipality_nis", "21015"),
    ("register", "foreigners"),
    ("registered_on", "2022-06-13"),
    ("permit_kind", "A"),
    ("permit_ground", "family"),
    ("permit_valid_from", "2022-06-13"),
    ("lawful_stay_since", "2022-06-13"),
    ("language", "fr"),
    ("checked_on", "2022-06-13"),
];

/// The columns that hold the day on which a newcomer without history arrives.
const ARRIVAL: [&str; 4] = ["registered_on", "permit_valid_from", "lawful_stay_since", "checked_on"];

/// What an example is there to show of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExampleKind {
    /// The rule holds.
    Positive,
    /// It does not.
    Negative,
    /// The last day or the nearest case on one side of its limit.
    Boundary,
}

impl ExampleKind {
    /// Every kind, in the order shown to a reader.
    pub const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::Boundary];

    /// The word of the files.
    pub fn code(self) -> &'static str {
        self.word()
    }
}

/// One example: what happened to an invented newcomer, and what follows for one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The file it stands in, such as `examples/scope.yaml`.
    pub file: String,
    /// The line it begins on, from 1.
    pub line: u64,
    /// The rule it is an example of: a condition, exemption, suspension, term or entitlement by its code, or `fine`.
    pub rule: String,
    /// What it shows of the rule.
    pub kind: ExampleKind,
    /// What it is about, for a reader.
    pub title: String,
    /// The checks of the municipality, in order; at least one.
    pub checks: Vec<Columns>,
    /// What happened next.
    pub events: Vec<ExampleEvent>,
    /// The day looked at.
    pub as_of: Date,
    /// As known on this day.
    pub known_on: Date,
    /// An act to be judged.
    pub act: Option<ExampleAct>,
    /// Whether the rule holds; absent in a boundary example that says whether its act is allowed.
    pub holds: Option<bool>,
    /// What else is expected, by its key.
    pub expected: Expected,
}

/// A row of `events.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleEvent {
    /// The id by which another row may name it.
    pub id: String,
    /// The day it happened.
    pub on: Date,
    /// The day it became known.
    pub known_on: Date,
    /// The agency that reports or does it.
    pub agency: String,
    /// Column `type`.
    pub kind: String,
    /// Column `code`.
    pub code: String,
    /// Column `value`.
    pub value: String,
    /// Column `until`.
    pub until: String,
}

/// An act to be judged before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleAct {
    /// What, as a row of `events.csv`.
    pub event: ExampleEvent,
    /// Which kind of agency acts.
    pub actor: AgencyKind,
    /// By which door the evidence came.
    pub channel: Option<Channel>,
}

/// The examples that ship with the program, and those of a site: `examples/*.yaml` in its directory of law files. A file
/// of the name of a shipped one replaces it.
///
/// # Errors
/// [`LawError`] with file and line for a file that cannot be read or is not understood.
pub fn examples(dir: Option<&Path>) -> Result<Vec<Example>> {
    let mut files: BTreeMap<String, String> =
        SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let own = dir.map(|dir| dir.join("examples")).filter(|own| own.is_dir());
    if let Some(own) = own {
        files.extend(files_of(&own)?);
    }
    let read = files.iter().map(|(name, text)| read(&format!("examples/{name}"), text));
    Ok(read.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn files_of(dir: &Path) -> Result<BTreeMap<String, String>> {
    let unreadable = |name: &str, source| LawError {
        source: Some(source),
        ..LawError::new(E::FileUnreadable, name, 1, "cannot be read")
    };
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).map_err(|source| unreadable("examples", source))? {
        let path = entry.map_err(|source| unreadable("examples", source))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            let text = std::fs::read_to_string(&path).map_err(|source| unreadable(&format!("examples/{name}"), source));
            files.insert(name, text?);
        }
    }
    Ok(files)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    examples: Vec<Spanned<ExampleText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleText {
    rule: Text,
    kind: Text,
    title: Text,
    arrived: Option<Text>,
    check: Option<CheckText>,
    rechecks: Option<Vec<Spanned<CheckText>>>,
    events: Option<Vec<Spanned<EventText>>>,
    as_of: Option<Text>,
    known_on: Option<Text>,
    act: Option<Spanned<EventText>>,
    expect: Option<Spanned<ExpectText>>,
}

/// An event, or an act: only an act has an actor and a channel.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventText {
    id: Option<String>,
    on: Option<Text>,
    known_on: Option<Text>,
    agency: Option<String>,
    r#type: Text,
    code: Option<String>,
    value: Option<String>,
    euro: Option<Spanned<u64>>,
    until: Option<String>,
    actor: Option<Text>,
    channel: Option<Text>,
}

macro_rules! columns {
    ($($column:ident),+ $(,)?) => {
        /// Columns of the import format that a check may change; an empty text empties one.
        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct CheckText { $($column: Option<String>),+ }

        impl CheckText {
            fn put_into(&self, columns: &mut Columns) {
                $(if let Some(value) = &self.$column {
                    columns.insert(stringify!($column), value.clone());
                })+
            }
        }
    };
}

columns!(
    birth_date,
    sex,
    nationality,
    municipality_nis,
    register,
    registered_on,
    permit_kind,
    permit_ground,
    permit_valid_from,
    permit_valid_until,
    lawful_stay_since,
    family_of,
    family_tie,
    eu_long_term_resident_of,
    language,
    contact_language,
    checked_on,
);

/// What follows: beside `holds`, `allowed` and `refused`, the words of `standings.csv`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectText {
    holds: Option<Spanned<bool>>,
    outcome: Option<String>,
    reasons: Option<Vec<String>>,
    reference_date: Option<String>,
    due: Option<String>,
    next: Option<String>,
    stage: Option<String>,
    closed: Option<String>,
    enforcement: Option<String>,
    suspended: Option<bool>,
    entitled: Option<String>,
    allowed: Option<Spanned<bool>>,
    refused: Option<Text>,
}

/// Reads one file of examples; `name` is how it is called in an error.
fn read(name: &str, text: &str) -> Result<Vec<Example>> {
    let file: FileText = parse_text(name, text)?;
    file.examples.iter().map(|example| Reader { file: name, near: line(example) }.example(&example.value)).collect()
}

/// Reads the values of one example, and knows what to blame.
struct Reader<'a> {
    file: &'a str,
    /// The line the example begins on.
    near: u64,
}

impl Reader<'_> {
    fn error(&self, code: E, line: u64, reason: impl Into<String>) -> LawError {
        LawError::new(code, self.file, line, reason)
    }

    fn day(&self, text: &Text) -> Result<Date> {
        let reason = || format!("{:?} is not a day written YYYY-MM-DD", text.value);
        parse_date(&text.value).ok_or_else(|| self.error(E::BadValue, line(text), reason()))
    }

    fn word<T: Word>(&self, text: &Text) -> Result<T> {
        let reason = || format!("{:?} is not one of {}", text.value, T::WORDS.join(", "));
        T::read(&text.value).ok_or_else(|| self.error(E::BadValue, line(text), reason()))
    }

    fn example(&self, text: &ExampleText) -> Result<Example> {
        let kind = self.word(&text.kind)?;
        let checks = self.checks(text)?;
        let residence = checks[0].get("municipality_nis").cloned().unwrap_or_default();
        let numbered = text.events.iter().flatten().zip(1..);
        let events = numbered
            .map(|(event, number): (_, u32)| self.event(event, &format!("event-{number:03}"), None, &residence))
            .collect::<Result<Vec<_>>>()?;
        let mut as_of = text.as_of.as_ref().map(|day| self.day(day)).transpose()?;
        let act = text.act.as_ref().map(|act| self.act(act, as_of, &residence)).transpose()?;
        as_of = as_of.or(act.as_ref().map(|act| act.event.on));
        let as_of = as_of.ok_or_else(|| self.error(E::MissingKey, self.near, "as_of is missing: the day looked at"))?;
        let known_on = text.known_on.as_ref().map(|day| self.day(day)).transpose()?.unwrap_or(as_of);
        let (holds, expected) = self.expected(text, kind, act.is_some())?;
        Ok(Example {
            file: self.file.to_owned(),
            line: self.near,
            rule: text.rule.value.clone(),
            kind,
            title: text.title.value.clone(),
            checks,
            events,
            as_of,
            known_on,
            act,
            holds,
            expected,
        })
    }

    /// The first check differs from the plain newcomer, each later one from the one before.
    fn checks(&self, text: &ExampleText) -> Result<Vec<Columns>> {
        let mut check: Columns = NEWCOMER.iter().map(|(column, value)| (*column, (*value).to_owned())).collect();
        if let Some(arrived) = &text.arrived {
            self.day(arrived)?;
            check.extend(ARRIVAL.map(|column| (column, arrived.value.clone())));
        }
        text.check.iter().for_each(|differs| differs.put_into(&mut check));
        let mut checks = vec![check];
        for differs in text.rechecks.iter().flatten() {
            if differs.value.checked_on.is_none() {
                return Err(self.error(E::MissingKey, line(differs), "checked_on is missing: the day of the check"));
            }
            let mut check = checks[checks.len() - 1].clone();
            differs.value.put_into(&mut check);
            checks.push(check);
        }
        Ok(checks)
    }

    fn event(
        &self,
        text: &Spanned<EventText>,
        id: &str,
        otherwise_on: Option<Date>,
        agency: &str,
    ) -> Result<ExampleEvent> {
        let event = &text.value;
        let is_act = id == ACT;
        if !is_act && (event.actor.is_some() || event.channel.is_some()) {
            return Err(self.error(E::UnknownKey, line(text), "only an act has an actor and a channel"));
        }
        let on = event.on.as_ref().map(|day| self.day(day)).transpose()?.or(otherwise_on);
        let on = on.ok_or_else(|| self.error(E::MissingKey, line(text), "on is missing: the day it happened"))?;
        let cents = |euro: &Spanned<u64>| {
            let too_much = || self.error(E::BadValue, line(euro), "that is more than an amount can be");
            euro.value.checked_mul(100).map(|cents| cents.to_string()).ok_or_else(too_much)
        };
        let value = match (&event.euro, &event.value) {
            (Some(euro), None) => cents(euro)?,
            (Some(euro), Some(_)) => return Err(self.error(E::BadValue, line(euro), "give euro or value, not both")),
            (None, value) => value.clone().unwrap_or_default(),
        };
        Ok(ExampleEvent {
            id: event.id.clone().filter(|_| !is_act).unwrap_or_else(|| id.to_owned()),
            on,
            known_on: event.known_on.as_ref().map(|day| self.day(day)).transpose()?.unwrap_or(on),
            agency: event.agency.clone().unwrap_or_else(|| agency.to_owned()),
            kind: event.r#type.value.clone(),
            code: event.code.clone().unwrap_or_default(),
            value,
            until: event.until.clone().unwrap_or_default(),
        })
    }

    /// The municipality acts unless another kind of agency is named: an organiser by its code, or the GGC.
    fn act(&self, text: &Spanned<EventText>, as_of: Option<Date>, residence: &str) -> Result<ExampleAct> {
        let actor = text.value.actor.as_ref().map(|actor| self.word(actor)).transpose()?;
        let actor = actor.unwrap_or(AgencyKind::Municipality);
        let agency = match actor {
            AgencyKind::Municipality => residence,
            AgencyKind::Organiser => text.value.code.as_deref().unwrap_or_default(),
            AgencyKind::Ggc => "GGC",
        };
        let channel = text.value.channel.as_ref().map(|channel| self.word(channel)).transpose()?;
        Ok(ExampleAct { event: self.event(text, ACT, as_of, agency)?, actor, channel })
    }

    /// Whether the rule holds, and the rest. A kind that says it already needs no `holds`, and must not contradict it.
    fn expected(&self, text: &ExampleText, kind: ExampleKind, acts: bool) -> Result<(Option<bool>, Expected)> {
        let nothing = ExpectText::default();
        let (expect, near) = text.expect.as_ref().map_or((&nothing, self.near), |text| (&text.value, line(text)));
        let act = self.verdict(expect)?;
        if act.is_some() && !acts {
            return Err(self.error(E::MissingKey, near, "allowed and refused are about an act, and there is none"));
        }
        let said = expect.holds.as_ref().map(|holds| holds.value);
        let holds = match (kind, said) {
            (ExampleKind::Positive, None | Some(true)) => Some(true),
            (ExampleKind::Negative, None | Some(false)) => Some(false),
            (ExampleKind::Boundary, None) if act.is_none() => {
                return Err(self.error(E::MissingKey, near, "holds is missing: a boundary has two sides"));
            }
            (ExampleKind::Boundary, said) => said,
            _ => return Err(self.error(E::BadValue, near, "in a positive example the rule holds, in a negative not")),
        };
        let reasons = expect.reasons.as_ref().map(|codes| {
            let mut codes = codes.clone();
            codes.sort_unstable();
            codes.join(" ")
        });
        let values = [
            ("outcome", expect.outcome.clone()),
            ("reasons", reasons),
            ("reference_date", expect.reference_date.clone()),
            ("due", expect.due.clone()),
            ("next", expect.next.clone()),
            ("stage", expect.stage.clone()),
            ("closed", expect.closed.clone()),
            ("enforcement", expect.enforcement.clone()),
            ("suspended", expect.suspended.map(|suspended| suspended.to_string())),
            ("entitled", expect.entitled.clone()),
            ("act", act),
        ];
        Ok((holds, values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()))
    }

    /// What is expected of the act.
    fn verdict(&self, expect: &ExpectText) -> Result<Option<String>> {
        match (&expect.allowed, &expect.refused) {
            (None, None) => Ok(None),
            (Some(allowed), None) if allowed.value => Ok(Some("allowed".to_owned())),
            (None, Some(code)) => Ok(Some(format!("refused {}", code.value))),
            (Some(allowed), _) => {
                Err(self.error(E::BadValue, line(allowed), "write allowed: true, or refused: and the code"))
            }
        }
    }
}

/// The id of the row that is an act.
const ACT: &str = "act";

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (E, u64) {
        let error = read("examples/x.yaml", text).expect_err("it is faulty");
        assert_eq!(error.file, "examples/x.yaml");
        (error.code, error.line)
    }

    #[test]
    fn every_file_beside_the_law_ships() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/law/examples"));
        let found = files_of(folder).expect("readable");
        assert!(found.keys().map(String::as_str).eq(SHIPPED.map(|(name, _)| name)), "{:?}", found.keys());
    }

    #[test]
    fn an_example_says_only_what_differs_from_a_plain_newcomer() {
        let text = "examples:\n  - {rule: R-S1, kind: positive, title: t, arrived: 2023-01-02, as_of: 2023-01-03}\n";
        let example = read("x", text).expect("reads").remove(0);
        let [check] = &example.checks[..] else { panic!("one check") };
        assert_eq!((check["nationality"].as_str(), check["checked_on"].as_str()), ("MA", "2023-01-02"));
        assert_eq!((example.holds, example.known_on, example.line), (Some(true), example.as_of, 2));
    }

    #[test]
    fn a_faulty_example_is_named_with_its_line() {
        let example = |rest: &str| format!("examples:\n  - rule: R-S1\n    kind: boundary\n    title: t\n{rest}");
        let acts = "    act: {on: 2023-01-02, type: fined, code: NOT_REGISTERED, euro: 100}\n";
        for (text, code, line) in [
            (example("    as_of: 2023-01-03\n    expect: {holds: true, colour: red}\n"), E::UnknownKey, 6),
            (example("    as_of: soon\n    expect: {holds: true}\n"), E::BadValue, 5),
            (example("    expect: {holds: true}\n"), E::MissingKey, 2),
            (example("    as_of: 2023-01-03\n"), E::MissingKey, 2),
            (example("    as_of: 2023-01-03\n    expect: {allowed: true}\n"), E::MissingKey, 6),
            (example("    as_of: 2023-01-03\n    check: {hair: red}\n"), E::UnknownKey, 6),
            (example("    as_of: 2023-01-03\n    rechecks:\n      - {sex: M}\n"), E::MissingKey, 7),
            (example(&format!("{acts}    expect: {{allowed: false}}\n")), E::BadValue, 6),
            (example("    events: [{type: died}]\n    as_of: 2023-01-03\n"), E::MissingKey, 5),
            (example("    events: [{on: 2023-01-02, type: died, actor: ggc}]\n"), E::UnknownKey, 5),
            (example("").replace("boundary", "strange"), E::BadValue, 3),
        ] {
            assert_eq!(refused(&text), (code, line), "{text}");
        }
        let contradicts = "    as_of: 2023-01-03\n    expect: {holds: false}\n";
        assert_eq!(refused(&example(contradicts).replace("boundary", "positive")), (E::BadValue, 6));
    }
}
