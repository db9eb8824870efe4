//! The answer to a question: what `answer.typ` prints.

use serde::Serialize;
use traject_domain::Date;
use traject_domain::labels::ReadingLanguage;

/// A document with one table, such as the answer to a parliamentary question. Every word comes from the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerDocument {
    /// ISO 639-1 code of the document's language.
    language: &'static str,
    /// Title; also identifies the document.
    pub(crate) title: String,
    /// ISO 8601.
    dated_on: String,
    author: String,
    intro: Vec<String>,
    table: AnswerTable,
    notes: Vec<String>,
}

impl AnswerDocument {
    /// A document in one language, dated `dated_on`, by `author`.
    pub fn new(
        language: ReadingLanguage,
        dated_on: Date,
        author: impl Into<String>,
        title: impl Into<String>,
        table: AnswerTable,
    ) -> Self {
        let language = match language {
            ReadingLanguage::Nl => "nl",
            ReadingLanguage::Fr => "fr",
            ReadingLanguage::En => "en",
        };
        Self {
            language,
            title: title.into(),
            dated_on: dated_on.to_string(),
            author: author.into(),
            intro: Vec::new(),
            table,
            notes: Vec::new(),
        }
    }

    /// Adds a paragraph before the table.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.intro.push(text.into());
        self
    }

    /// Adds a note after the table; notes are numbered from 1.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }
}

/// A column: its heading, and whether its cells are numbers (set flush right).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    heading: String,
    numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn words(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn numbers(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), numeric: true }
    }
}

/// A table whose rows all have a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerTable {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A row with another number of cells than the table has columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {row} has {cells} cells and the table has {columns} columns")]
pub struct UnevenRow {
    /// Index of the row, from 0.
    pub row: usize,
    /// Its cells.
    pub cells: usize,
    /// The table's columns.
    pub columns: usize,
}

impl AnswerTable {
    /// A table of these columns and rows.
    ///
    /// # Errors
    /// [`UnevenRow`] for the first row that does not fit the columns.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<String>>) -> Result<Self, UnevenRow> {
        match rows.iter().enumerate().find(|(_, cells)| cells.len() != columns.len()) {
            Some((row, cells)) => Err(UnevenRow { row, cells: cells.len(), columns: columns.len() }),
            None => Ok(Self { caption: caption.into(), columns, rows }),
        }
    }
}
