//! The words of the document that gathers the proofs of a transfer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use traject_domain::code::LegalLanguage;
use traject_domain::delivery::DeliveryState;

/// The words in one language. What each is for, its name says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "a list of words, each named by what it stands for")]
pub struct ProofWords {
    pub title: String,
    pub index: String,
    pub proof: String,
    pub day: String,
    pub attachment: String,
    pub none: String,
    pub dossier: String,
    pub breach: String,
    pub made: String,
    pub known: String,
    pub agency: String,
    pub place: String,
    pub code: String,
    pub value: String,
    pub until: String,
    pub delivery: String,
    pub channel: String,
    pub hash: String,
    pub document: String,
    pub cure: String,
    pub presumed: String,
    states: BTreeMap<String, String>,
}

static DUTCH: LazyLock<ProofWords> = LazyLock::new(|| read(include_str!("../proofs/nl.yaml")));
static FRENCH: LazyLock<ProofWords> = LazyLock::new(|| read(include_str!("../proofs/fr.yaml")));

fn read(yaml: &str) -> ProofWords {
    serde_saphyr::from_str(yaml).expect("the embedded words are whole: a test of this crate reads both")
}

impl ProofWords {
    /// The words in a language.
    pub fn of(language: LegalLanguage) -> &'static Self {
        match language {
            LegalLanguage::Nl => &DUTCH,
            LegalLanguage::Fr => &FRENCH,
        }
    }

    /// How the state of a delivery is named.
    pub fn state(&self, state: DeliveryState) -> &str {
        self.states.get(state.code()).map_or(state.code(), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_every_state_and_nothing_else() {
        for words in LegalLanguage::ALL.iter().map(|language| ProofWords::of(*language)) {
            let mut states: Vec<&str> = DeliveryState::ALL.iter().map(|state| state.code()).collect();
            states.sort_unstable();
            assert_eq!(words.states.keys().map(String::as_str).collect::<Vec<_>>(), states);
        }
    }
}
