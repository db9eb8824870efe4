//! The reasons of a standing on the wire: the whole trace, and the page made from it.

use crate::code::{self, Wire as _};
use crate::explain::finding;
use crate::name;
use crate::standing::{date, due_date};
use traject_app::ids::DossierId;
use traject_domain::assess::{Clock, ClockEntry, ClockEvent, ProgrammeTarget, Reasons};
use traject_domain::labels::ReadingLanguage;
use traject_domain::law::{CodeList, Law, RegimeId};
use traject_domain::predicate::Field;
use traject_proto::traject::dossier::v1 as wire;
use traject_proto::traject::r#type::v1::Breach;
use traject_templates::reasons::{Audience, Direction, Page, ReasonTexts, UnknownLanguage};

/// For whom, and in which language, a dossier is explained.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// For whom the page is written.
    pub audience: Audience,
    /// Language of the page, BCP 47.
    pub language: &'a str,
}

impl Reader<'_> {
    /// The language of the names in the trace: those of the law, in English for a courtesy language.
    fn names(self) -> ReadingLanguage {
        match self.language {
            "nl" => ReadingLanguage::Nl,
            "fr" => ReadingLanguage::Fr,
            _ => ReadingLanguage::En,
        }
    }
}

/// The code of a language in which the law has its names.
pub(crate) const fn language_code(language: ReadingLanguage) -> &'static str {
    match language {
        ReadingLanguage::Nl => "nl",
        ReadingLanguage::Fr => "fr",
        ReadingLanguage::En => "en",
    }
}

/// The reasons of a dossier's standing, as the call `ExplainDossier` answers.
///
/// # Errors
/// [`UnknownLanguage`] when there are no texts in the reader's language.
pub fn explanation(
    law: &Law,
    texts: &ReasonTexts,
    dossier: DossierId,
    reasons: &Reasons<'_>,
    reader: Reader<'_>,
) -> Result<wire::Explanation, UnknownLanguage> {
    let (standing, names) = (&reasons.standing, reader.names());
    let regime = standing.regime.as_ref();
    let in_force = law.regime_on(standing.at.as_of, standing.at.recorded_by).map(|regime| &regime.id);
    Ok(wire::Explanation {
        name: name::dossier(dossier),
        as_of_date: date(Some(standing.at.as_of)),
        recorded_by_date: date(Some(standing.at.recorded_by)),
        outcome: code::outcome(&standing.outcome),
        reasons: standing.outcome.reasons().into_iter().map(str::to_owned).collect(),
        regime: regime.map(ToString::to_string).unwrap_or_default(),
        reference_date: date(standing.reference_date),
        conditions: reasons.conditions.iter().map(|found| finding(found, regime, names)).collect(),
        exemptions: reasons.exemptions.iter().map(|found| finding(found, regime, names)).collect(),
        needs: reasons.needs.iter().map(|field| need(law, *field, names)).collect(),
        entitled: standing.entitled.as_ref().map(ToString::to_string).unwrap_or_default(),
        clocks: reasons.clocks.iter().map(|of| clock(law, of, in_force, names)).collect(),
        language_targets: reasons.targets.iter().map(|of| target(of, names)).collect(),
        reviews: standing.review.iter().map(ToString::to_string).collect(),
        warnings: standing.warnings.iter().map(ToString::to_string).collect(),
        facts: facts(reasons),
        law_version: law.version.clone(),
        page: Some(page(&texts.page(law, reasons, reader.audience, reader.language)?)),
    })
}

/// The answer for a dossier of which no check counts at the moment.
pub(crate) fn nothing(law: &Law, dossier: DossierId) -> wire::Explanation {
    wire::Explanation { name: name::dossier(dossier), law_version: law.version.clone(), ..Default::default() }
}

fn need(law: &Law, field: Field, names: ReadingLanguage) -> wire::Need {
    let recorded = law.fields.get(&field);
    let papers = law.codes.get(&CodeList::Papers);
    let paper = |code| {
        let label = papers.and_then(|papers| papers.get(code)).map(|label| label.text(names).to_owned());
        wire::Paper { code: code.to_string(), label: label.unwrap_or_default() }
    };
    wire::Need {
        field: field.code().to_owned(),
        label: recorded.map(|of| of.label.text(names).to_owned()).unwrap_or_default(),
        papers: recorded.into_iter().flat_map(|of| &of.papers).map(paper).collect(),
    }
}

fn clock(law: &Law, clock: &Clock<'_>, regime: Option<&RegimeId>, names: ReadingLanguage) -> wire::Clock {
    wire::Clock {
        term: clock.deadline.term.code().to_owned(),
        label: clock.deadline.label.text(names).to_owned(),
        breach: Breach::of(&clock.breach),
        service_target: clock.deadline.service_target,
        confidence: clock.deadline.provenance.confidence.word().to_owned(),
        original: Some(due_date(law, regime, &clock.original)),
        due: Some(due_date(law, regime, &clock.due)),
        entries: clock.entries.iter().map(entry).collect(),
        counting_ground: law.counting.provenance.ground(regime),
        suspension_ground: law.policies_provenance.ground(regime),
    }
}

fn entry(entry: &ClockEntry) -> wire::ClockEntry {
    let (event, stop) = match &entry.event {
        ClockEvent::Started => (wire::ClockEvent::Started, None),
        ClockEvent::Stopped { ground, until } => (wire::ClockEvent::Stopped, Some((ground, *until))),
        ClockEvent::Extended { ground, until } => (wire::ClockEvent::Extended, Some((ground, *until))),
        ClockEvent::Resumed => (wire::ClockEvent::Resumed, None),
        ClockEvent::Met => (wire::ClockEvent::Met, None),
    };
    let ground = stop.and_then(|(ground, _)| ground.as_ref());
    wire::ClockEntry {
        date: date(Some(entry.on)),
        event: event.into(),
        ground: ground.map(ToString::to_string).unwrap_or_default(),
        until_date: date(stop.map(|(_, until)| until)),
        days: i32::try_from(entry.days).unwrap_or(i32::MAX),
        source_fact: entry.fact.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn target(of: &ProgrammeTarget<'_>, names: ReadingLanguage) -> wire::LanguageTarget {
    let provenance = &of.target.provenance;
    wire::LanguageTarget {
        literacy: of.literacy.code().to_owned(),
        regime: of.regime.to_string(),
        level: of.target.level.to_string(),
        label: of.target.label.text(names).to_owned(),
        ground: provenance.ground(Some(of.regime)),
        confidence: provenance.confidence.word().to_owned(),
    }
}

fn facts(reasons: &Reasons<'_>) -> Vec<wire::SourceFact> {
    let fact = |(reference, source): (&_, &traject_domain::assess::SourceFact)| wire::SourceFact {
        reference: ToString::to_string(reference),
        kind: source.kind.to_owned(),
        occurred_date: date(Some(source.on)),
    };
    reasons.facts.iter().map(fact).collect()
}

fn page(page: &Page) -> wire::Page {
    let line =
        |line: &traject_templates::reasons::Line| wire::PageLine { depth: line.depth.into(), text: line.text.clone() };
    let section = |section: &traject_templates::reasons::Section| wire::PageSection {
        heading: section.heading.clone(),
        lines: section.lines.iter().map(line).collect(),
    };
    wire::Page {
        language: page.language.clone(),
        right_to_left: page.direction == Direction::RightToLeft,
        title: page.title.clone(),
        sections: page.sections.iter().map(section).collect(),
        html: page.html(),
    }
}
