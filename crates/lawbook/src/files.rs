//! The law files as they are written. Every key is known, and none has a default but those marked.

use crate::error::{LawError, LawErrorCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

pub(crate) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelText {
    pub(crate) nl: Text,
    pub(crate) fr: Text,
    pub(crate) en: Text,
}

macro_rules! structs {
    ($($name:ident { $($field:ident : $type:ty),+ $(,)? })+) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: $type),+ }
    )+};
}

structs! {
    SourcesFile { version: Text, sources: BTreeMap<String, SourceText> }
    SourceText { title: Text, numac: Option<Text>, published: Option<Text> }

    RegimesFile { regimes: Vec<RegimeText> }
    RegimeText {
        id: Text, label: LabelText, effective_from: Text, effective_until: Option<Text>, known_from: Option<Text>,
        sources: Vec<Text>, confidence: Text,
    }

    CodesFile {
        provenance: ProvenanceText,
        countries: BTreeMap<String, LabelText>, registers: BTreeMap<String, LabelText>,
        permit_kinds: BTreeMap<String, LabelText>, permit_grounds: BTreeMap<String, LabelText>,
        family_of: BTreeMap<String, LabelText>, family_ties: BTreeMap<String, LabelText>,
        sexes: BTreeMap<String, LabelText>, other_regions: BTreeMap<String, LabelText>,
    }
    ProvenanceText { sources: Vec<Text>, confidence: Text }

    ScopeFile { conditions: Vec<ConditionText>, policies: ScopePolicies }
    ConditionText {
        id: Text, label: LabelText, when: TestText, gives_reference_date: Option<bool>,
        articles: Option<BTreeMap<String, LabelText>>, sources: Vec<Text>, confidence: Text,
    }
    ScopePolicies { leap_day_birthday: Text, incomplete_birth_date: Text }
    TestText {
        all: Option<Vec<Spanned<TestText>>>, any: Option<Vec<Spanned<TestText>>>, not: Option<Box<TestText>>,
        input: Option<Text>, one_of: Option<Vec<Text>>,
        at_least: Option<Text>, less_than: Option<Text>, more_than: Option<Text>,
        reference_date_from: Option<Text>,
    }

    ExemptionsFile { exemptions: Vec<ExemptionText> }
    ExemptionText {
        code: Text, label: LabelText, automatic: Option<TestText>, evidence: Vec<Text>, regimes: Vec<Text>,
        articles: Option<BTreeMap<String, LabelText>>, sources: Vec<Text>, confidence: Text,
    }

    SuspensionsFile { suspensions: Vec<SuspensionText>, policies: SuspensionPolicies }
    SuspensionText {
        code: Text, label: LabelText, length: Option<Text>, length_with_extension: Option<Text>,
        min_total: Option<Text>, channels: Vec<Text>, medical: bool,
        articles: Option<BTreeMap<String, LabelText>>, sources: Vec<Text>, confidence: Text,
    }
    SuspensionPolicies { suspends: Vec<Text>, unit: Text }

    DeadlinesFile {
        deadlines: Vec<DeadlineText>, breaches: BTreeMap<String, LabelText>, policies: DeadlinePolicies,
    }
    DeadlineText {
        term: Text, label: LabelText, length: Text, service_target: Option<bool>, actor: Text,
        articles: Option<BTreeMap<String, LabelText>>, sources: Vec<Text>, confidence: Text,
    }
    DeadlinePolicies { met_by: Text }

    CountingFile { counting: CountingText }
    CountingText {
        month_rule: Text, roll_if: Vec<Text>, presumed_delivery_working_days: u8,
        legal_holidays: Vec<HolidayText>, sources: Vec<Text>, confidence: Text,
    }
    HolidayText {
        code: Text, month: Option<i8>, day: Option<i8>, days_after_easter: Option<i16>, label: LabelText,
    }

    SanctionsFile { fines: FinesText, letters: LettersText, policies_provenance: ProvenanceText }
    FinesText {
        min_cents: u64, max_cents: u64, hearing_required: bool,
        articles: Option<BTreeMap<String, LabelText>>, sources: Vec<Text>, confidence: Text,
    }
    LettersText { wrong_language: Text }

    OrganisersFile { organisers: Vec<OrganiserText> }
    OrganiserText {
        code: Text, label: LabelText, tracks: BTreeMap<String, Vec<Text>>, sources: Vec<Text>, confidence: Text,
    }
}

/// All files, read.
pub(crate) struct Files {
    pub(crate) sources: SourcesFile,
    pub(crate) regimes: RegimesFile,
    pub(crate) codes: CodesFile,
    pub(crate) scope: ScopeFile,
    pub(crate) exemptions: ExemptionsFile,
    pub(crate) suspensions: SuspensionsFile,
    pub(crate) deadlines: DeadlinesFile,
    pub(crate) counting: CountingFile,
    pub(crate) sanctions: SanctionsFile,
    pub(crate) organisers: OrganisersFile,
}

impl Files {
    pub(crate) fn read(text: impl Fn(&'static str) -> Result<String, LawError>) -> Result<Self, LawError> {
        Ok(Self {
            sources: parse("sources.yaml", &text)?,
            regimes: parse("regimes.yaml", &text)?,
            codes: parse("codes.yaml", &text)?,
            scope: parse("scope.yaml", &text)?,
            exemptions: parse("exemptions.yaml", &text)?,
            suspensions: parse("suspensions.yaml", &text)?,
            deadlines: parse("deadlines.yaml", &text)?,
            counting: parse("counting.yaml", &text)?,
            sanctions: parse("sanctions.yaml", &text)?,
            organisers: parse("organisers.yaml", &text)?,
        })
    }
}

fn parse<T: DeserializeOwned>(
    file: &'static str,
    text: &impl Fn(&'static str) -> Result<String, LawError>,
) -> Result<T, LawError> {
    serde_saphyr::from_str(&text(file)?).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        let reason = error.without_snippet().to_string();
        let code = if reason.contains("unknown field") {
            LawErrorCode::UnknownKey
        } else if reason.contains("duplicate") {
            LawErrorCode::Duplicate
        } else {
            LawErrorCode::Syntax
        };
        LawError::new(code, file, line, reason)
    })
}
