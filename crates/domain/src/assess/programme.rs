//! What language level a programme has to reach (law.md § 6).

use crate::Date;
use crate::history::History;
use crate::law::{ChosenBy, LanguageTarget, Law, Literacy, RegimeId, TransitionSubject};

/// The language target of one literacy group under the regime that the transition rule chooses.
#[derive(Debug, Clone)]
pub struct ProgrammeTarget<'l> {
    /// For whom.
    pub literacy: Literacy,
    /// Under which regime.
    pub regime: &'l RegimeId,
    /// The level.
    pub target: &'l LanguageTarget,
}

/// The language targets that apply to a person who has registered, by literacy: which group the person belongs to is for
/// the organiser's language assessment. Empty before the first registration, which keeps counting when the organiser
/// changes (R-D3).
pub fn programme_targets<'l>(law: &'l Law, history: &History<'_>, reference: Option<Date>) -> Vec<ProgrammeTarget<'l>> {
    let Some(registered_on) = history.registered_on() else { return Vec::new() };
    let day = match law.chosen_by(TransitionSubject::LanguageTarget) {
        ChosenBy::ReferenceDate => reference.unwrap_or(registered_on),
        ChosenBy::AsOf => history.at.as_of,
        _ => registered_on,
    };
    let Some(regime) = law.regime_on(day, history.at.recorded_by) else { return Vec::new() };
    law.language_targets
        .iter()
        .filter_map(|(literacy, targets)| {
            let target = targets.get(&regime.id)?;
            Some(ProgrammeTarget { literacy: *literacy, regime: &regime.id, target })
        })
        .collect()
}
