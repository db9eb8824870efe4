//! The law files as they are written. Every key is known; those marked `Option` may be left out.

use crate::error::{LawError, LawErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_saphyr::{Error, MergeKeyPolicy, Spanned};
use std::collections::BTreeMap;

pub(crate) type Text = Spanned<String>;
/// Items by their code. The parser refuses a code that stands twice.
pub(crate) type Items<T> = BTreeMap<String, Spanned<T>>;
/// Articles by regime, as each language cites them.
pub(crate) type Articles = Spanned<Items<LabelText>>;

macro_rules! structs {
    ($($(#[$meta:meta])* $name:ident { $($field:ident : $type:ty),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: $type),+ }
    )+};
}

structs! {
    /// A text; each language is checked where it is read, so that an empty one is named.
    LabelText { nl: Option<String>, fr: Option<String>, en: Option<String> }
    ProvenanceText { sources: Vec<Text>, confidence: Text, articles: Option<Articles> }

    SourcesFile { version: Text, sources: Items<SourceText> }
    SourceText { title: Text, numac: Option<Text>, published: Option<Text> }

    RegimesFile { regimes: Spanned<Items<RegimeText>> }
    RegimeText {
        label: Spanned<LabelText>, effective_from: Text, effective_until: Option<Text>, known_from: Option<Text>,
        provenance: Spanned<ProvenanceText>,
    }

    CountriesFile { provenance: Spanned<ProvenanceText>, countries: Items<LabelText> }
    CodesFile {
        provenance: Spanned<ProvenanceText>, registers: Items<LabelText>, permit_kinds: Items<LabelText>,
        permit_grounds: Items<LabelText>, family_of: Items<LabelText>, family_ties: Items<LabelText>,
        sexes: Items<LabelText>, other_regions: Items<LabelText>,
    }

    ScopeFile { articles: Option<Articles>, conditions: Items<ConditionText>, policies: ScopePolicies }
    ConditionText {
        label: Spanned<LabelText>, when: Spanned<TestText>, gives_reference_date: Option<bool>,
        provenance: Spanned<ProvenanceText>,
    }
    ScopePolicies { leap_day_birthday: Text, incomplete_birth_date: Text, provenance: Spanned<ProvenanceText> }

    /// One form per node: a branch, a day, or an input with what it is compared to.
    TestText {
        all: Option<Vec<Spanned<TestText>>>, any: Option<Vec<Spanned<TestText>>>, not: Option<Box<Spanned<TestText>>>,
        reference_date_from: Option<Text>,
        input: Option<Text>, one_of: Option<Spanned<Vec<Text>>>,
        at_least: Option<Text>, less_than: Option<Text>, more_than: Option<Text>,
    }

    ExemptionsFile { articles: Option<Articles>, exemptions: Items<ExemptionText> }
    ExemptionText {
        label: Spanned<LabelText>, automatic: Option<Spanned<TestText>>, evidence: Spanned<Vec<Text>>,
        regimes: Spanned<Vec<Text>>, provenance: Spanned<ProvenanceText>,
    }

    SuspensionsFile { articles: Option<Articles>, suspensions: Items<SuspensionText>, policies: SuspensionPolicies }
    SuspensionText {
        label: Spanned<LabelText>, length: Option<Text>, length_with_extension: Option<Text>, min_total: Option<Text>,
        channels: Spanned<Vec<Text>>, medical: bool, provenance: Spanned<ProvenanceText>,
    }
    SuspensionPolicies { suspends: Vec<Text>, unit: Text, provenance: Spanned<ProvenanceText> }

    DeadlinesFile {
        met_by: Text, provenance: Spanned<ProvenanceText>, articles: Option<Articles>,
        terms: Spanned<Items<DeadlineText>>, breaches: Spanned<Items<LabelText>>,
    }
    DeadlineText {
        label: Spanned<LabelText>, length: Text, service_target: Option<bool>, actor: Text,
        provenance: Spanned<ProvenanceText>,
    }

    CountingFile {
        month_rule: Text, roll_if: Vec<Text>, presumed_delivery_working_days: u8, legal_holidays: Vec<Text>,
        provenance: Spanned<ProvenanceText>, holidays: Items<HolidayText>,
    }
    HolidayText { label: Spanned<LabelText>, month: Option<i8>, day: Option<i8>, days_after_easter: Option<i16> }

    LettersFile { wrong_language: Text, provenance: Spanned<ProvenanceText> }

    FinesFile {
        min_euro: Spanned<u64>, max_euro: Spanned<u64>, hearing_required: bool, provenance: Spanned<ProvenanceText>,
    }

    OrganisersFile { organisers: Items<OrganiserText> }
    OrganiserText {
        label: Spanned<LabelText>, tracks: Items<Vec<Text>>, provenance: Spanned<ProvenanceText>,
    }
}

/// All files, read.
pub(crate) struct Files {
    pub(crate) sources: SourcesFile,
    pub(crate) regimes: RegimesFile,
    pub(crate) countries: CountriesFile,
    pub(crate) codes: CodesFile,
    pub(crate) scope: ScopeFile,
    pub(crate) exemptions: ExemptionsFile,
    pub(crate) suspensions: SuspensionsFile,
    pub(crate) deadlines: DeadlinesFile,
    pub(crate) counting: CountingFile,
    pub(crate) letters: LettersFile,
    pub(crate) fines: FinesFile,
    pub(crate) organisers: OrganisersFile,
}

impl Files {
    pub(crate) fn read(text: impl Fn(&'static str) -> Result<String, LawError>) -> Result<Self, LawError> {
        Ok(Self {
            sources: parse("sources.yaml", &text)?,
            regimes: parse("regimes.yaml", &text)?,
            countries: parse("countries.yaml", &text)?,
            codes: parse("codes.yaml", &text)?,
            scope: parse("scope.yaml", &text)?,
            exemptions: parse("exemptions.yaml", &text)?,
            suspensions: parse("suspensions.yaml", &text)?,
            deadlines: parse("deadlines.yaml", &text)?,
            counting: parse("counting.yaml", &text)?,
            letters: parse("letters.yaml", &text)?,
            fines: parse("fines.yaml", &text)?,
            organisers: parse("organisers.yaml", &text)?,
        })
    }
}

fn parse<T: DeserializeOwned>(
    file: &'static str,
    text: &impl Fn(&'static str) -> Result<String, LawError>,
) -> Result<T, LawError> {
    let options = serde_saphyr::options! { merge_keys: MergeKeyPolicy::Error, with_snippet: false };
    serde_saphyr::from_str_with_options(&text(file)?, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        let (code, reason) = reason(&error);
        LawError::new(code, file, line, reason)
    })
}

fn reason(error: &Error) -> (LawErrorCode, String) {
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            (LawErrorCode::UnknownKey, format!("{field} is not a key here; the keys are {}", expected.join(", ")))
        }
        Error::SerdeMissingField { field, .. } => {
            let code = match *field {
                "label" => LawErrorCode::MissingLabel,
                "sources" | "provenance" => LawErrorCode::MissingSource,
                _ => LawErrorCode::MissingKey,
            };
            (code, format!("{field} is missing"))
        }
        Error::DuplicateMappingKey { key, .. } => {
            (LawErrorCode::Duplicate, format!("{} stands here twice", key.as_deref().unwrap_or("a key")))
        }
        other => (LawErrorCode::Syntax, other.to_string()),
    }
}
