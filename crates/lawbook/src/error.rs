//! Why a law cannot be loaded.

macro_rules! law_errors {
    ($($(#[$meta:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// The closed list of reasons.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum LawErrorCode { $($(#[$meta])* $variant),+ }

        impl LawErrorCode {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

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
    /// A YAML file that nothing reads: what it says would be passed over.
    UnknownFile = "LAW_UNKNOWN_FILE",
    /// Not YAML, or a value of the wrong kind.
    Syntax = "LAW_SYNTAX",
    /// A key that nothing reads.
    UnknownKey = "LAW_UNKNOWN_KEY",
    /// A key that must be there: a choice left open.
    MissingKey = "LAW_MISSING_KEY",
    /// A value that is not one of the choices, or not of the right form.
    BadValue = "LAW_BAD_VALUE",
    /// A list that may not be empty.
    EmptyList = "LAW_EMPTY_LIST",
    /// A value without a source.
    MissingSource = "LAW_MISSING_SOURCE",
    /// A source that sources.yaml does not have.
    UnknownSource = "LAW_UNKNOWN_SOURCE",
    /// An assumption that names an article.
    ArticleOnAssumption = "LAW_ARTICLE_ON_ASSUMPTION",
    /// A text that is absent or empty in one of the languages.
    MissingLabel = "LAW_MISSING_LABEL",
    /// The same key or code twice.
    Duplicate = "LAW_DUPLICATE",
    /// A code that its list does not have, or an input, term or breach that nothing knows.
    UnknownCode = "LAW_UNKNOWN_CODE",
    /// A regime that regimes.yaml does not have.
    UnknownRegime = "LAW_UNKNOWN_REGIME",
    /// A legal holiday that is not defined.
    UnknownHoliday = "LAW_UNKNOWN_HOLIDAY",
    /// A term or breach that the law must have is not there.
    MissingItem = "LAW_MISSING_ITEM",
    /// Days that no regime covers.
    Gap = "LAW_GAP",
    /// Days that two regimes cover.
    Overlap = "LAW_OVERLAP",
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
