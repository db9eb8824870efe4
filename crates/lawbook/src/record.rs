//! Columns of the register extract and kinds of fact, as a reader meets them.

use crate::error::LawErrorCode as E;
use crate::files::{RecordText, RecordsFile};
use crate::place::{Place, Result};
use std::collections::BTreeMap;
use traject_domain::code::Code;
use traject_domain::fact::FactKind;
use traject_domain::law::Recorded;
use traject_domain::predicate::Field;

/// Every column that a condition may ask for, each with at least one paper that shows it.
pub(crate) fn fields(place: &Place<'_>, file: &RecordsFile) -> Result<BTreeMap<Field, Recorded>> {
    place.closed(&file.fields, Field::ALL, Field::code, |field, text| {
        let recorded = recorded(place, &text.value)?;
        if recorded.papers.is_empty() {
            return Err(place.error(E::EmptyList, text, format!("{field} needs a paper that shows it")));
        }
        Ok(recorded)
    })
}

pub(crate) fn facts(place: &Place<'_>, file: &RecordsFile) -> Result<BTreeMap<Code, Recorded>> {
    let names: Vec<&str> = FactKind::names().collect();
    let read = place.closed(&file.facts, &names, |name| name, |_, text| recorded(place, &text.value))?;
    Ok(read.into_iter().map(|(name, recorded)| (Code::new(name), recorded)).collect())
}

fn recorded(place: &Place<'_>, text: &RecordText) -> Result<Recorded> {
    let papers = text.papers.iter().flatten().map(|paper| place.paper(paper));
    Ok(Recorded {
        label: place.label(&text.label)?,
        papers: papers.collect::<Result<_>>()?,
        quality: place.word(&text.quality)?,
        provenance: place.provenance(&text.provenance)?,
    })
}
