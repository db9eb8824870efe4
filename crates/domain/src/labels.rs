//! Texts of the law files that a person reads: one per language.

/// One text in the three working languages. All three are required: the loader refuses a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Dutch.
    pub nl: String,
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// The languages a clerk or a newcomer reads the screens and messages in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadingLanguage {
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// English.
    #[default]
    En,
}

impl Label {
    /// The text in one language.
    pub fn text(&self, language: ReadingLanguage) -> &str {
        match language {
            ReadingLanguage::Nl => &self.nl,
            ReadingLanguage::Fr => &self.fr,
            ReadingLanguage::En => &self.en,
        }
    }
}
