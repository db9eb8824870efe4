//! A place in the files: reads single values, and knows which file and line to blame.

use crate::error::{LawError, LawErrorCode as E};
use crate::files::{Articles, Items, LabelText, ProvenanceText, Text};
use crate::words::Word;
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::labels::Label;
use traject_domain::law::{CodeList, Confidence, Length, Provenance, RegimeId, Source};
use traject_domain::partial_date::parse_date;

pub(crate) type Result<T> = std::result::Result<T, LawError>;
pub(crate) type Codes = BTreeMap<CodeList, BTreeMap<Code, Label>>;

/// What a value may name.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) sources: BTreeMap<Code, Source>,
    pub(crate) regimes: BTreeSet<RegimeId>,
    pub(crate) codes: Codes,
}

/// One file, with what its values may name.
pub(crate) struct Place<'a> {
    pub(crate) file: &'static str,
    pub(crate) known: &'a Known,
    /// The articles of every value of the file that names none of its own and is no assumption.
    articles: BTreeMap<RegimeId, Label>,
}

/// The line a value stands on.
pub(crate) fn line<T>(text: &Spanned<T>) -> u64 {
    text.referenced.line()
}

impl<'a> Place<'a> {
    pub(crate) fn new(file: &'static str, known: &'a Known) -> Self {
        Self { file, known, articles: BTreeMap::new() }
    }

    pub(crate) fn with_articles(mut self, articles: Option<&Articles>) -> Result<Self> {
        self.articles = articles.map(|articles| self.articles(articles)).transpose()?.unwrap_or_default();
        Ok(self)
    }

    pub(crate) fn error<T>(&self, code: E, text: &Spanned<T>, reason: impl Into<String>) -> LawError {
        LawError::new(code, self.file, line(text), reason)
    }

    /// A text that `read` understands.
    pub(crate) fn value<T>(&self, text: &Text, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let reason = || format!("{:?} is not {expected}", text.value);
        read(&text.value).ok_or_else(|| self.error(E::BadValue, text, reason()))
    }

    pub(crate) fn word<T: Word>(&self, text: &Text) -> Result<T> {
        self.value(text, &format!("one of {}", T::WORDS.join(", ")), T::read)
    }

    pub(crate) fn day(&self, text: &Text) -> Result<Date> {
        self.value(text, "a day written YYYY-MM-DD", parse_date)
    }

    pub(crate) fn length(&self, text: &Text) -> Result<Length> {
        self.value(text, "a length such as P18Y, P6M or P30D", length)
    }

    /// The items of a list that may not be empty.
    pub(crate) fn filled<'t, T>(&self, list: &'t Spanned<Vec<T>>) -> Result<&'t [T]> {
        if list.value.is_empty() {
            return Err(self.error(E::EmptyList, list, "the list is empty"));
        }
        Ok(&list.value)
    }

    pub(crate) fn label(&self, label: &Spanned<LabelText>) -> Result<Label> {
        let text = |language: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.error(E::MissingLabel, label, format!("the text in {language} is missing"))),
        };
        let LabelText { nl, fr, en } = &label.value;
        Ok(Label { nl: text("nl", nl)?, fr: text("fr", fr)?, en: text("en", en)? })
    }

    pub(crate) fn regime<T>(&self, name: &str, near: &Spanned<T>) -> Result<RegimeId> {
        let id = Code::new(name);
        if self.known.regimes.contains(&id) {
            return Ok(id);
        }
        Err(self.error(E::UnknownRegime, near, format!("{name:?} is not in regimes.yaml")))
    }

    /// Regimes that an item belongs to; at least one.
    pub(crate) fn regimes(&self, list: &Spanned<Vec<Text>>) -> Result<BTreeSet<RegimeId>> {
        self.filled(list)?.iter().map(|regime| self.regime(&regime.value, regime)).collect()
    }

    /// Codes of a list; where they are named there is at least one.
    pub(crate) fn codes(&self, list: CodeList, codes: Option<&Spanned<Vec<Text>>>) -> Result<BTreeSet<Code>> {
        let known = |text: &str| {
            let code = Code::new(text);
            self.known.codes.get(&list).is_some_and(|codes| codes.contains_key(&code)).then_some(code)
        };
        let Some(codes) = codes else { return Ok(BTreeSet::new()) };
        self.filled(codes)?.iter().map(|code| self.value(code, "a code of its list", known)).collect()
    }

    /// A paper of codes.yaml.
    pub(crate) fn paper(&self, text: &Text) -> Result<Code> {
        let code = Code::new(&text.value);
        if self.known.codes.get(&CodeList::Papers).is_some_and(|papers| papers.contains_key(&code)) {
            return Ok(code);
        }
        Err(self.error(E::UnknownCode, text, format!("{:?} is not among the papers of codes.yaml", text.value)))
    }

    fn articles(&self, articles: &Articles) -> Result<BTreeMap<RegimeId, Label>> {
        articles.value.iter().map(|(regime, text)| Ok((self.regime(regime, text)?, self.label(text)?))).collect()
    }

    pub(crate) fn provenance(&self, text: &Spanned<ProvenanceText>) -> Result<Provenance> {
        let ProvenanceText { sources, confidence, articles } = &text.value;
        if sources.is_empty() {
            return Err(self.error(E::MissingSource, text, "a value needs a source"));
        }
        for source in sources {
            if !self.known.sources.contains_key(&Code::new(&source.value)) {
                return Err(self.error(E::UnknownSource, source, format!("{:?} is not in sources.yaml", source.value)));
            }
        }
        let confidence: Confidence = self.word(confidence)?;
        let own = articles.as_ref().map(|articles| self.articles(articles)).transpose()?;
        let articles = match (confidence, own) {
            (Confidence::Assumption, Some(own)) if !own.is_empty() => {
                return Err(self.error(E::ArticleOnAssumption, text, "an assumption has no article"));
            }
            (Confidence::Assumption, _) => BTreeMap::new(),
            (_, own) => own.unwrap_or_else(|| self.articles.clone()),
        };
        let sources = sources.iter().map(|source| Code::new(&source.value)).collect();
        Ok(Provenance { sources, articles, confidence })
    }

    /// Reads the items of a closed set, each of which must be there.
    pub(crate) fn closed<K: Copy + Ord + 'static, T, U>(
        &self,
        items: &Spanned<Items<T>>,
        all: &[K],
        code: impl Fn(K) -> &'static str,
        read: impl Fn(K, &Spanned<T>) -> Result<U>,
    ) -> Result<BTreeMap<K, U>> {
        let key = |name: &str| all.iter().copied().find(|key| code(*key) == name);
        let found = items.value.iter().map(|(name, item)| {
            let reason = || format!("{name:?} is not known here");
            let key = key(name).ok_or_else(|| self.error(E::UnknownCode, item, reason()))?;
            Ok((key, read(key, item)?))
        });
        let found: BTreeMap<K, U> = found.collect::<Result<_>>()?;
        match all.iter().find(|key| !found.contains_key(key)) {
            Some(key) => Err(self.error(E::MissingItem, items, format!("{} is missing", code(*key)))),
            None => Ok(found),
        }
    }
}

/// `P18Y`, `P6M` or `P30D`; at least one.
fn length(text: &str) -> Option<Length> {
    let (number, unit) = text.strip_prefix('P')?.split_at_checked(text.len().checked_sub(2)?)?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u16 = number.parse().ok().filter(|number| digits && *number > 0)?;
    match unit {
        "Y" => Some(Length::Years(number)),
        "M" => Some(Length::Months(number)),
        "D" => Some(Length::Days(number)),
        _ => None,
    }
}
