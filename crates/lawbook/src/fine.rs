//! The range of a fine and its steps.

use crate::compile::sheets;
use crate::dated::dated;
use crate::error::LawErrorCode as E;
use crate::files::{FineText, FinesFile, Sheets};
use crate::place::{Known, Place, Result};
use serde_saphyr::Spanned;
use traject_domain::code::Code;
use traject_domain::dated::Dated;
use traject_domain::law::{CodeList, FineRange, FineStep};
use traject_domain::money::Cents;

/// The one code of the file.
const FINE: &str = "fine";

pub(crate) fn range(known: &Known, files: &Sheets<FinesFile>) -> Result<Dated<FineRange>> {
    let names = ["fines.yaml", "fines.extend.yaml"];
    let sheets = sheets(known, names, files, |file| (None, &file.ranges.value, None))?;
    for sheet in &sheets {
        if let Some((key, text)) = sheet.items.iter().find(|(key, _)| key.split('@').next() != Some(FINE)) {
            return Err(sheet.place.error(E::UnknownCode, text, format!("{key:?} is not known here")));
        }
    }
    let mut ranges = dated(&sheets, read)?;
    let place = Place::new("fines.yaml", known);
    let missing = || place.error(E::MissingItem, &files.main.ranges, format!("{FINE} is missing"));
    let range = ranges.remove(&Code::new(FINE)).ok_or_else(missing)?;
    if range.versions().iter().all(|version| version.from.is_some()) {
        return Err(place.error(E::Gap, &files.main.ranges, "no fine has a range before the first version"));
    }
    Ok(range)
}

fn read(place: &Place<'_>, _code: Code, text: &FineText) -> Result<FineRange> {
    let (min, max) = amounts(place, &text.min_euro, &text.max_euro)?;
    let mut steps = Vec::new();
    for step in &text.steps {
        let Spanned { value: step, .. } = step;
        let from_fine = step.from_fine.value;
        if from_fine == 0 || steps.last().is_some_and(|earlier: &FineStep| earlier.from_fine >= from_fine) {
            return Err(place.error(E::BadValue, &step.from_fine, "steps count up from 1"));
        }
        let (step_min, step_max) = amounts(place, &step.min_euro, &step.max_euro)?;
        if step_min < min || step_max > max {
            return Err(place.error(E::BadValue, &step.min_euro, "a step lies within the range"));
        }
        steps.push(FineStep { from_fine, min: step_min, max: step_max });
    }
    Ok(FineRange {
        min,
        max,
        steps,
        max_applies_to: place.word(&text.max_applies_to)?,
        hearing_required: text.hearing_required,
        must_weigh: place.codes(CodeList::Circumstances, text.must_weigh.as_ref())?,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn amounts(place: &Place<'_>, min: &Spanned<u64>, max: &Spanned<u64>) -> Result<(Cents, Cents)> {
    if min.value > max.value {
        return Err(place.error(E::BadValue, min, "min_euro lies above max_euro"));
    }
    let cents = |euro: &Spanned<u64>| {
        let cents = euro.value.checked_mul(100).filter(|cents| *cents > 0).map(Cents);
        cents.ok_or_else(|| place.error(E::BadValue, euro, "an amount is a positive number of euro"))
    };
    Ok((cents(min)?, cents(max)?))
}
