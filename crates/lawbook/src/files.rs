//! The law files as they are written. Every key is known; those marked `Option` may be left out.

use crate::error::{LawError, LawErrorCode};
use crate::text::LawText;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_saphyr::{Error, MergeKeyPolicy, Spanned};
use std::collections::BTreeMap;

pub(crate) type Text = Spanned<String>;
/// Items by their code. The parser refuses a code that stands twice.
pub(crate) type Items<T> = BTreeMap<String, Spanned<T>>;
/// Articles by regime, as each language cites them.
pub(crate) type Articles = Spanned<Items<LabelText>>;
/// Repeals by code and day.
pub(crate) type Repeals = Option<Items<RepealText>>;

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

    SourcesFile { version: Option<Text>, sources: Items<SourceText> }
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
        sexes: Items<LabelText>, other_regions: Items<LabelText>, papers: Items<LabelText>, refusal_reasons: Items<LabelText>,
        languages: Items<LabelText>, decision_reasons: Items<LabelText>, circumstances: Items<LabelText>,
        write_off_reasons: Items<LabelText>, heard_through: Items<LabelText>, language_levels: Items<LabelText>,
        file_closures: Items<LabelText>,
    }

    /// A provision that ends: `E09@2027-03-05`.
    RepealText { known_from: Text, provenance: Spanned<ProvenanceText> }

    TransitionFile { rules: Spanned<Items<TransitionText>> }
    TransitionText { label: Spanned<LabelText>, chosen_by: Text, provenance: Spanned<ProvenanceText> }

    ScopeFile {
        articles: Option<Articles>, conditions: Items<ConditionText>, repeals: Repeals, policies: Option<ScopePolicies>,
    }
    ConditionText {
        known_from: Option<Text>, label: Spanned<LabelText>, when: Spanned<TestText>, gives_reference_date: Option<bool>,
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

    ExemptionsFile { articles: Option<Articles>, exemptions: Items<ExemptionText>, repeals: Repeals }
    ExemptionText {
        known_from: Option<Text>, label: Spanned<LabelText>, automatic: Option<Spanned<TestText>>, evidence: Spanned<Vec<Text>>,
        channels: Option<Spanned<Vec<Text>>>,
        regimes: Spanned<Vec<Text>>, provenance: Spanned<ProvenanceText>,
    }

    SuspensionsFile {
        articles: Option<Articles>, suspensions: Items<SuspensionText>, repeals: Repeals,
        policies: Option<SuspensionPolicies>,
    }
    SuspensionText {
        known_from: Option<Text>, label: Spanned<LabelText>, length: Option<Text>, length_with_extension: Option<Text>, min_total: Option<Text>,
        extension_for: Option<Spanned<Vec<Text>>>,
        channels: Spanned<Vec<Text>>, medical: bool, provenance: Spanned<ProvenanceText>,
    }
    SuspensionPolicies { suspends: Vec<Text>, unit: Text, provenance: Spanned<ProvenanceText> }

    DeadlinesFile {
        met_by: Option<Text>, provenance: Option<Spanned<ProvenanceText>>, articles: Option<Articles>,
        terms: Spanned<Items<DeadlineText>>, breaches: Option<Spanned<Items<LabelText>>>,
    }
    DeadlineText {
        known_from: Option<Text>, label: Spanned<LabelText>, length: Text, service_target: Option<bool>, actor: Text,
        provenance: Spanned<ProvenanceText>,
    }

    CountingFile {
        month_rule: Text, roll_if: Vec<Text>, presumed_delivery_working_days: u8, legal_holidays: Vec<Text>,
        provenance: Spanned<ProvenanceText>, holidays: Items<HolidayText>,
    }
    HolidayText { label: Spanned<LabelText>, month: Option<i8>, day: Option<i8>, days_after_easter: Option<i16> }

    LettersFile {
        wrong_language: Text, languages: LetterLanguagesText, appeal_body: Spanned<LabelText>,
        provenance: Spanned<ProvenanceText>,
    }
    LetterLanguagesText { municipality: Spanned<Vec<Text>>, ggc: Spanned<Vec<Text>> }

    ChannelsFile { channels: Spanned<Items<ChannelText>> }
    ChannelText {
        label: Spanned<LabelText>, legal_effect: Text, carries: Option<Spanned<Vec<Text>>>, needs: Text,
        addresses: Option<Spanned<Vec<Text>>>, presumed_delivery_working_days: Option<Spanned<u8>>, registered: bool,
        proof: Text, refused_signature: Option<Text>, provenance: Spanned<ProvenanceText>,
    }

    FinesFile { ranges: Spanned<Items<FineText>> }
    FineText {
        known_from: Option<Text>, min_euro: Spanned<u64>, max_euro: Spanned<u64>, steps: Vec<Spanned<FineStepText>>,
        max_applies_to: Text, hearing_required: bool, must_weigh: Option<Spanned<Vec<Text>>>, provenance: Spanned<ProvenanceText>,
    }
    FineStepText { from_fine: Spanned<u32>, min_euro: Spanned<u64>, max_euro: Spanned<u64> }

    ProgrammeFile {
        components: Items<ComponentText>, waivers: Items<WaiverText>,
        language_targets: Option<Spanned<Items<Items<LanguageTargetText>>>>, repeals: Repeals,
    }
    ComponentText {
        known_from: Option<Text>, label: Spanned<LabelText>, hours: Option<Items<u16>>,
        provenance: Spanned<ProvenanceText>,
    }
    WaiverText {
        known_from: Option<Text>, label: Spanned<LabelText>, component: Text, decided_by: Text,
        provenance: Spanned<ProvenanceText>,
    }
    LanguageTargetText { level: Text, label: Spanned<LabelText>, provenance: Spanned<ProvenanceText> }

    EntitlementsFile { articles: Option<Articles>, entitlements: Items<EntitlementText>, repeals: Repeals }
    EntitlementText {
        known_from: Option<Text>, label: Spanned<LabelText>, when: Option<Spanned<TestText>>, regimes: Spanned<Vec<Text>>,
        provenance: Spanned<ProvenanceText>,
    }

    RecordsFile { fields: Spanned<Items<RecordText>>, facts: Spanned<Items<RecordText>> }
    RecordText {
        label: Spanned<LabelText>, papers: Option<Vec<Text>>, quality: Text, provenance: Spanned<ProvenanceText>,
    }

    OrganisersFile { organisers: Items<OrganiserText> }
    OrganiserText {
        label: Spanned<LabelText>, tracks: Items<Vec<Text>>, letters: Items<Vec<Text>>,
        provenance: Spanned<ProvenanceText>,
    }
}

/// A file, and the one by which a site adds to it.
pub(crate) struct Sheets<T> {
    pub(crate) main: T,
    pub(crate) extension: Option<T>,
}

/// All files, read.
pub(crate) struct Files {
    pub(crate) sources: Sheets<SourcesFile>,
    pub(crate) regimes: RegimesFile,
    pub(crate) transition: TransitionFile,
    pub(crate) countries: CountriesFile,
    pub(crate) codes: CodesFile,
    pub(crate) records: RecordsFile,
    pub(crate) scope: Sheets<ScopeFile>,
    pub(crate) exemptions: Sheets<ExemptionsFile>,
    pub(crate) suspensions: Sheets<SuspensionsFile>,
    pub(crate) deadlines: Sheets<DeadlinesFile>,
    pub(crate) counting: CountingFile,
    pub(crate) letters: LettersFile,
    pub(crate) channels: ChannelsFile,
    pub(crate) fines: Sheets<FinesFile>,
    pub(crate) organisers: Sheets<OrganisersFile>,
    pub(crate) programme: Sheets<ProgrammeFile>,
    pub(crate) entitlements: Sheets<EntitlementsFile>,
}

impl Files {
    pub(crate) fn read(text: &LawText) -> Result<Self, LawError> {
        Ok(Self {
            sources: sheets(text, "sources.yaml", "sources.extend.yaml")?,
            regimes: parse(text, "regimes.yaml")?,
            transition: parse(text, "transition.yaml")?,
            countries: parse(text, "countries.yaml")?,
            codes: parse(text, "codes.yaml")?,
            records: parse(text, "records.yaml")?,
            scope: sheets(text, "scope.yaml", "scope.extend.yaml")?,
            exemptions: sheets(text, "exemptions.yaml", "exemptions.extend.yaml")?,
            suspensions: sheets(text, "suspensions.yaml", "suspensions.extend.yaml")?,
            deadlines: sheets(text, "deadlines.yaml", "deadlines.extend.yaml")?,
            counting: parse(text, "counting.yaml")?,
            letters: parse(text, "letters.yaml")?,
            channels: parse(text, "channels.yaml")?,
            fines: sheets(text, "fines.yaml", "fines.extend.yaml")?,
            organisers: sheets(text, "organisers.yaml", "organisers.extend.yaml")?,
            programme: sheets(text, "programme.yaml", "programme.extend.yaml")?,
            entitlements: sheets(text, "entitlements.yaml", "entitlements.extend.yaml")?,
        })
    }
}

fn sheets<T: DeserializeOwned>(text: &LawText, file: &'static str, more: &'static str) -> Result<Sheets<T>, LawError> {
    let extension = text.file(more).map(|_| parse(text, more)).transpose()?;
    Ok(Sheets { main: parse(text, file)?, extension })
}

fn parse<T: DeserializeOwned>(text: &LawText, file: &'static str) -> Result<T, LawError> {
    let missing = || LawError::new(LawErrorCode::FileUnreadable, file, 1, "is not there");
    parse_text(file, text.file(file).ok_or_else(missing)?)
}

/// Reads one file; `name` is how it is called in an error.
pub(crate) fn parse_text<T: DeserializeOwned>(name: &str, content: &str) -> Result<T, LawError> {
    let options = serde_saphyr::options! { merge_keys: MergeKeyPolicy::Error, with_snippet: false };
    serde_saphyr::from_str_with_options(content, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        let (code, reason) = reason(&error);
        LawError::new(code, name, line, reason)
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
