//! Words with what a reader's program must know of their parts: language, direction, and the date they stand for.

use std::fmt;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use traject_domain::Date;

use crate::reasons::Direction;

/// A sequence of runs. Most texts are one run in the language of their passage.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<Run>);

/// Words that share language and direction. Where a field is none, the passage's holds.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The words.
    pub text: String,
    /// A language other than the passage's (ISO 639-1).
    pub language: Option<String>,
    /// A direction other than the passage's: the run is isolated from what stands around it.
    pub direction: Option<Direction>,
    /// The date that the words write out.
    pub date: Option<Date>,
}

impl Run {
    fn is_plain(&self) -> bool {
        self.language.is_none() && self.direction.is_none()
    }
}

impl Text {
    /// The runs, in order.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|run| run.text.is_empty())
    }

    pub(crate) fn push(&mut self, run: Run) {
        match self.0.last_mut() {
            Some(last) if last.is_plain() && run.is_plain() && last.date.is_none() && run.date.is_none() => {
                last.text.push_str(&run.text);
            }
            _ => self.0.push(run),
        }
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.push(Run { text: text.to_owned(), ..Run::default() });
    }

    pub(crate) fn append(&mut self, other: Self) {
        for run in other.0 {
            self.push(run);
        }
    }

    /// The words with each run of another direction between isolates (U+2066 to U+2069), for plain text.
    pub fn isolated(&self) -> String {
        let mut text = String::new();
        for run in &self.0 {
            let isolate = match run.direction {
                Some(Direction::LeftToRight) => "\u{2066}",
                Some(Direction::RightToLeft) => "\u{2067}",
                None => {
                    text.push_str(&run.text);
                    continue;
                }
            };
            text.extend([isolate, &run.text, "\u{2069}"]);
        }
        text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|run| f.write_str(&run.text))
    }
}

impl From<Run> for Text {
    fn from(run: Run) -> Self {
        Self(vec![run])
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Run { text, ..Run::default() }.into()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A run as a layout reads it.
#[derive(Serialize)]
struct Laid<'a> {
    text: &'a str,
    lang: Option<&'a str>,
    dir: Option<&'static str>,
}

/// A string where everything is in the language of the passage; else a list of strings and runs.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.iter().all(Run::is_plain) {
            return serializer.collect_str(self);
        }
        let mut list = serializer.serialize_seq(None)?;
        for run in &self.0 {
            let dir = run.direction.map(Direction::code);
            list.serialize_element(&Laid { text: &run.text, lang: run.language.as_deref(), dir })?;
        }
        list.end()
    }
}
