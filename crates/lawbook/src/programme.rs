//! The programme, waivers, language targets, and who is entitled without being obliged.

use crate::compile::sheets;
use crate::condition::condition;
use crate::dated::dated;
use crate::error::LawErrorCode as E;
use crate::files::{ComponentText, EntitlementText, EntitlementsFile, ProgrammeFile, Sheets, WaiverText};
use crate::place::{Known, Place, Result};
use std::collections::BTreeMap;
use traject_domain::code::Code;
use traject_domain::dated::Dated;
use traject_domain::law::{Component, Entitlement, EntitlementBasis, LanguageTarget, Literacy, RegimeId, Waiver};

const NAMES: [&str; 2] = ["programme.yaml", "programme.extend.yaml"];

pub(crate) fn components(known: &Known, files: &Sheets<ProgrammeFile>) -> Result<BTreeMap<Code, Dated<Component>>> {
    let sheets = sheets(known, NAMES, files, |file| (None, &file.components, None))?;
    dated(&sheets, |place, code, text: &ComponentText| {
        let hours = text.hours.iter().flatten().map(|(organiser, hours)| (Code::new(organiser), hours.value)).collect();
        let (label, provenance) = (place.label(&text.label)?, place.provenance(&text.provenance)?);
        Ok(Component { code, label, hours, provenance })
    })
}

pub(crate) fn waivers(known: &Known, files: &Sheets<ProgrammeFile>) -> Result<BTreeMap<Code, Dated<Waiver>>> {
    let exists = |code: &str| {
        let all = [Some(&files.main), files.extension.as_ref()];
        all.into_iter().flatten().any(|file| file.components.contains_key(code)).then(|| Code::new(code))
    };
    let sheets = sheets(known, NAMES, files, |file| (None, &file.waivers, Some(&file.repeals)))?;
    dated(&sheets, |place, code, text: &WaiverText| {
        Ok(Waiver {
            code,
            label: place.label(&text.label)?,
            component: place.value(&text.component, "a component of this file", exists)?,
            decided_by: place.word(&text.decided_by)?,
            provenance: place.provenance(&text.provenance)?,
        })
    })
}

/// A target for every literacy and every regime: nobody who registers is without one.
pub(crate) fn language_targets(
    place: &Place<'_>,
    file: &ProgrammeFile,
) -> Result<BTreeMap<Literacy, BTreeMap<RegimeId, LanguageTarget>>> {
    let missing = || crate::LawError::new(E::MissingKey, place.file, 1, "language_targets is missing");
    let targets = file.language_targets.as_ref().ok_or_else(missing)?;
    place.closed(targets, Literacy::ALL, Literacy::code, |literacy, text| {
        let read = text.value.iter().map(|(regime, text)| {
            let target = LanguageTarget {
                level: Code::new(&text.value.level.value),
                label: place.label(&text.value.label)?,
                provenance: place.provenance(&text.value.provenance)?,
            };
            Ok((place.regime(regime, text)?, target))
        });
        let read: BTreeMap<RegimeId, LanguageTarget> = read.collect::<Result<_>>()?;
        match place.known.regimes.iter().find(|regime| !read.contains_key(*regime)) {
            Some(regime) => {
                Err(place.error(E::MissingItem, text, format!("{literacy} has no target under regime {regime}")))
            }
            None => Ok(read),
        }
    })
}

pub(crate) fn entitlements(
    known: &Known,
    files: &Sheets<EntitlementsFile>,
) -> Result<BTreeMap<Code, Dated<Entitlement>>> {
    let sheets = sheets(known, ["entitlements.yaml", "entitlements.extend.yaml"], files, |file| {
        (file.articles.as_ref(), &file.entitlements, Some(&file.repeals))
    })?;
    dated(&sheets, |place, code, text: &EntitlementText| {
        let basis = match &text.when {
            Some(when) => EntitlementBasis::Test(condition(place, when)?),
            None => EntitlementBasis::WhileExempt,
        };
        Ok(Entitlement {
            code,
            label: place.label(&text.label)?,
            basis,
            regimes: place.regimes(&text.regimes)?,
            provenance: place.provenance(&text.provenance)?,
        })
    })
}
