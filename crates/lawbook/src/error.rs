//! Why a law cannot be loaded.

macro_rules! law_errors {
    ($($(#[$meta:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// The closed list of reasons.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum LawErrorCode { $($(#[$meta])* $variant),+ }

        impl LawErrorCode {
            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

law_errors! {
    /// A file is missing or cannot be read.
    FileUnreadable = "LAW_FILE_UNREADABLE",
    /// Not YAML, or a key is missing or of the wrong kind.
    Syntax = "LAW_SYNTAX",
    /// A key, file, input, term or code that nothing knows.
    UnknownKey = "LAW_UNKNOWN_KEY",
    /// A value that is not one of the choices, or not of the right form.
    BadValue = "LAW_BAD_VALUE",
    /// A value without a source.
    MissingSource = "LAW_MISSING_SOURCE",
    /// A source that is not in sources.yaml.
    UnknownSource = "LAW_UNKNOWN_SOURCE",
    /// An assumption that names an article.
    ArticleOnAssumption = "LAW_ARTICLE_ON_ASSUMPTION",
    /// A text that is empty in one of the languages.
    MissingLabel = "LAW_MISSING_LABEL",
    /// The same code twice.
    Duplicate = "LAW_DUPLICATE",
    /// Days that no regime covers.
    Gap = "LAW_GAP",
    /// Days that two regimes cover.
    Overlap = "LAW_OVERLAP",
    /// Something the law must have is not there.
    Missing = "LAW_MISSING",
}

/// A law that cannot be loaded: which file, which line, why.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {file}:{line}: {reason}", code = self.code.code())]
pub struct LawError {
    /// The reason's code.
    pub code: LawErrorCode,
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The reason, for a reader.
    pub reason: String,
    /// The cause, where the file could not be read.
    #[source]
    pub source: Option<std::io::Error>,
}

impl LawError {
    pub(crate) fn new(code: LawErrorCode, file: &str, line: u64, reason: impl Into<String>) -> Self {
        Self { code, file: file.to_owned(), line, reason: reason.into(), source: None }
    }
}
