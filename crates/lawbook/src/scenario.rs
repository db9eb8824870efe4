//! A scenario: values of the law that are set together, kept in a file so that a question can be asked again.

use crate::error::{LawError, LawErrorCode};
use serde::Deserialize;
use serde_json::Value;

/// What is set, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is about, for a reader.
    pub title: String,
    /// Values, each written `key=value`.
    pub set: Vec<String>,
}

impl Scenario {
    /// Reads a scenario file; `name` is how it is called in an error.
    ///
    /// # Errors
    /// [`LawErrorCode::Syntax`] with file and line.
    pub fn read(name: &str, text: &str) -> Result<Self, LawError> {
        serde_saphyr::from_str(text).map_err(|error: serde_saphyr::Error| {
            let line = error.location().map_or(1, |location| location.line());
            let reason = "a scenario has a title and a list `set` of values written key=value";
            LawError::new(LawErrorCode::Syntax, name, line, reason)
        })
    }

    /// The file that [`Scenario::read`] reads.
    pub fn write(&self) -> String {
        let quoted = |text: &str| Value::String(text.to_owned()).to_string();
        let set: String = self.set.iter().map(|value| format!("  - {}\n", quoted(value))).collect();
        format!("title: {}\nset:\n{set}", quoted(&self.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read_as_it_was_written() {
        let set = vec!["deadlines.terms.D-REGISTER.length=P4M".to_owned(), "fines.ranges.fine.steps=[]".to_owned()];
        let scenario = Scenario { title: "Four months: \"what if\"".to_owned(), set };
        assert_eq!(Scenario::read("x", &scenario.write()).expect("its own text"), scenario);
        let wrong = Scenario::read("x.yaml", "title: x\nsett: []\n").expect_err("no such key");
        assert_eq!((wrong.code, wrong.file.as_str(), wrong.line), (LawErrorCode::Syntax, "x.yaml", 2));
    }
}
