//! From the files to the law, with every check that keeps a faulty law from being loaded.

use crate::error::{LawError, LawErrorCode as E};
use crate::files::{
    CodesFile, ConditionText, DeadlineText, ExemptionText, Files, HolidayText, LabelText, OrganiserText, RegimeText,
    SuspensionText, TestText, Text,
};
use crate::policy;
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::add_days;
use traject_domain::labels::Label;
use traject_domain::law::{
    AgencyKind, Channel, CodeList, Condition, Confidence, CountingRegime, Deadline, Exemption, ExemptionBasis,
    FineRange, Holiday, HolidayRule, Law, Length, Organiser, Policies, Provenance, Regime, RegimeId, Source,
    Suspension,
};
use traject_domain::money::Cents;
use traject_domain::partial_date::parse_date;
use traject_domain::predicate::{CodeInput, Comparison, Predicate, SpanInput};

type Result<T> = std::result::Result<T, LawError>;
type Articles = Option<BTreeMap<String, LabelText>>;

pub(crate) fn law(files: &Files) -> Result<Law> {
    let sources = sources(files)?;
    let regime_ids: BTreeSet<RegimeId> = files.regimes.regimes.iter().map(|r| Code::new(&r.id.value)).collect();
    let at = |file: &'static str| Place { file, sources: &sources, regimes: &regime_ids };
    let regimes = regimes(at("regimes.yaml"), &files.regimes.regimes)?;
    let codes = codes(at("codes.yaml"), &files.codes)?;
    let place = at("scope.yaml");
    let scope = unique(place, &files.scope.conditions, |text| &text.id, |text| condition(place, text))?;
    let place = at("exemptions.yaml");
    let exemptions = unique(place, &files.exemptions.exemptions, |text| &text.code, |text| exemption(place, text))?;
    let place = at("suspensions.yaml");
    let suspensions = unique(place, &files.suspensions.suspensions, |text| &text.code, |text| suspension(place, text))?;
    let place = at("organisers.yaml");
    let organisers = unique(place, &files.organisers.organisers, |text| &text.code, |text| organiser(place, text))?;
    Ok(Law {
        version: files.sources.version.value.clone(),
        regimes,
        scope,
        exemptions,
        suspensions,
        deadlines: deadlines(at("deadlines.yaml"), &files.deadlines.deadlines)?,
        counting: counting(at("counting.yaml"), files)?,
        policies: policies(&at, files)?,
        policies_provenance: {
            let text = &files.sanctions.policies_provenance;
            at("sanctions.yaml").provenance(&text.sources, &text.confidence, &None)?
        },
        breaches: breaches(at("deadlines.yaml"), &files.deadlines.breaches)?,
        fines: fines(at("sanctions.yaml"), files)?,
        organisers,
        codes,
        sources: sources.clone(),
    })
}

/// Where a value stands, and what it may name.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'static str,
    sources: &'a BTreeMap<Code, Source>,
    regimes: &'a BTreeSet<RegimeId>,
}

impl Place<'_> {
    fn error(self, code: E, text: &Text, reason: impl Into<String>) -> LawError {
        LawError::new(code, self.file, text.referenced.line(), reason)
    }

    fn choice<T>(self, text: &Text, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        read(&text.value).ok_or_else(|| self.error(E::BadValue, text, format!("{} is not a choice here", text.value)))
    }

    fn day(self, text: &Text) -> Result<Date> {
        self.choice(text, parse_date)
    }

    fn maybe<T>(self, text: Option<&Text>, read: impl Fn(Self, &Text) -> Result<T>) -> Result<Option<T>> {
        text.map(|text| read(self, text)).transpose()
    }

    fn length(self, text: &Text) -> Result<Length> {
        self.choice(text, length)
    }

    fn label(self, label: &LabelText) -> Result<Label> {
        for (language, text) in [("nl", &label.nl), ("fr", &label.fr), ("en", &label.en)] {
            if text.value.trim().is_empty() {
                return Err(self.error(E::MissingLabel, text, format!("the text in {language} is empty")));
            }
        }
        Ok(Label { nl: label.nl.value.clone(), fr: label.fr.value.clone(), en: label.en.value.clone() })
    }

    fn regime(self, name: &str, near: &Text) -> Result<RegimeId> {
        let id = Code::new(name);
        if self.regimes.contains(&id) {
            Ok(id)
        } else {
            Err(self.error(E::UnknownKey, near, format!("{name} is not a regime")))
        }
    }

    fn provenance(self, sources: &[Text], confidence: &Text, articles: &Articles) -> Result<Provenance> {
        for source in sources {
            if !self.sources.contains_key(&Code::new(&source.value)) {
                return Err(self.error(E::UnknownSource, source, format!("{} is not in sources.yaml", source.value)));
            }
        }
        if sources.is_empty() {
            return Err(self.error(E::MissingSource, confidence, "a value needs a source"));
        }
        let articles: BTreeMap<RegimeId, Label> = articles
            .iter()
            .flatten()
            .map(|(regime, article)| Ok((self.regime(regime, confidence)?, self.label(article)?)))
            .collect::<Result<_>>()?;
        let confidence_value = self.choice(confidence, |word| {
            [Confidence::Verified, Confidence::Secondary, Confidence::Assumption].into_iter().find(|c| c.word() == word)
        })?;
        if confidence_value == Confidence::Assumption && !articles.is_empty() {
            return Err(self.error(E::ArticleOnAssumption, confidence, "an assumption has no article"));
        }
        let sources = sources.iter().map(|source| Code::new(&source.value)).collect();
        Ok(Provenance { sources, articles, confidence: confidence_value })
    }
}

/// Reads a list whose items have a code of their own.
fn unique<T, U>(
    place: Place<'_>,
    items: &[T],
    key: impl Fn(&T) -> &Text,
    read: impl Fn(&T) -> Result<U>,
) -> Result<Vec<U>> {
    let mut seen = BTreeSet::new();
    items
        .iter()
        .map(|item| {
            let text = key(item);
            if seen.insert(text.value.clone()) {
                read(item)
            } else {
                Err(place.error(E::Duplicate, text, format!("{} stands here twice", text.value)))
            }
        })
        .collect()
}

/// `P18Y`, `P6M` or `P30D`.
fn length(text: &str) -> Option<Length> {
    let rest = text.strip_prefix('P')?;
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let number: u16 = number.parse().ok().filter(|number| *number > 0)?;
    match unit {
        "Y" => Some(Length::Years(number)),
        "M" => Some(Length::Months(number)),
        "D" => Some(Length::Days(number)),
        _ => None,
    }
}

fn sources(files: &Files) -> Result<BTreeMap<Code, Source>> {
    let none = (BTreeMap::new(), BTreeSet::new());
    let place = Place { file: "sources.yaml", sources: &none.0, regimes: &none.1 };
    files
        .sources
        .sources
        .iter()
        .map(|(id, text)| {
            let published = place.maybe(text.published.as_ref(), Place::day)?;
            let numac = text.numac.as_ref().map(|numac| numac.value.clone());
            Ok((Code::new(id), Source { title: text.title.value.clone(), numac, published }))
        })
        .collect()
}

/// Regimes follow each other day by day.
fn regimes(place: Place<'_>, texts: &[RegimeText]) -> Result<Vec<Regime>> {
    let regimes = unique(
        place,
        texts,
        |text| &text.id,
        |text| {
            Ok(Regime {
                id: Code::new(&text.id.value),
                label: place.label(&text.label)?,
                effective_from: place.day(&text.effective_from)?,
                effective_until: place.maybe(text.effective_until.as_ref(), Place::day)?,
                known_from: place.maybe(text.known_from.as_ref(), Place::day)?,
                provenance: place.provenance(&text.sources, &text.confidence, &None)?,
            })
        },
    )?;
    for ((earlier, later), text) in regimes.iter().zip(regimes.iter().skip(1)).zip(texts.iter().skip(1)) {
        let eve = add_days(later.effective_from, -1);
        let names = format!("{} and {}", earlier.id, later.id);
        match earlier.effective_until {
            Some(until) if until < eve => {
                return Err(place.error(E::Gap, &text.effective_from, format!("days between {names} have no regime")));
            }
            Some(until) if until == eve => {}
            _ => return Err(place.error(E::Overlap, &text.effective_from, format!("{names} share days"))),
        }
    }
    if regimes.is_empty() {
        return Err(LawError::new(E::Missing, place.file, 1, "a law needs a regime"));
    }
    Ok(regimes)
}

fn codes(place: Place<'_>, file: &CodesFile) -> Result<BTreeMap<CodeList, BTreeMap<Code, Label>>> {
    place.provenance(&file.provenance.sources, &file.provenance.confidence, &None)?;
    [
        (CodeList::Countries, &file.countries),
        (CodeList::Registers, &file.registers),
        (CodeList::PermitKinds, &file.permit_kinds),
        (CodeList::PermitGrounds, &file.permit_grounds),
        (CodeList::FamilyOf, &file.family_of),
        (CodeList::FamilyTies, &file.family_ties),
        (CodeList::Sexes, &file.sexes),
        (CodeList::OtherRegions, &file.other_regions),
    ]
    .into_iter()
    .map(|(list, texts)| {
        let codes = texts.iter().map(|(code, label)| Ok((Code::new(code), place.label(label)?)));
        Ok((list, codes.collect::<Result<_>>()?))
    })
    .collect()
}

fn condition(place: Place<'_>, text: &ConditionText) -> Result<Condition> {
    Ok(Condition {
        id: Code::new(&text.id.value),
        label: place.label(&text.label)?,
        test: test(place, &text.when, &text.id)?,
        gives_reference_date: text.gives_reference_date.unwrap_or(false),
        provenance: place.provenance(&text.sources, &text.confidence, &text.articles)?,
    })
}

/// Reads one condition: exactly one form per node.
fn test(place: Place<'_>, text: &TestText, near: &Text) -> Result<Predicate> {
    let wrong = || {
        place.error(
            E::BadValue,
            near,
            "a test is one of: all, any, not, reference_date_from, or an input with one comparison",
        )
    };
    let parts = |parts: &[serde_saphyr::Spanned<TestText>]| {
        parts.iter().map(|part| test(place, &part.value, near)).collect::<Result<Vec<_>>>()
    };
    match text {
        TestText { input: Some(input), all: None, any: None, not: None, reference_date_from: None, .. } => {
            leaf(place, text, input)
        }
        TestText { one_of: Some(_), .. }
        | TestText { at_least: Some(_), .. }
        | TestText { less_than: Some(_), .. }
        | TestText { more_than: Some(_), .. } => Err(wrong()),
        TestText { all: Some(all), any: None, not: None, reference_date_from: None, .. } => {
            Ok(Predicate::All(parts(all)?))
        }
        TestText { any: Some(any), all: None, not: None, reference_date_from: None, .. } => {
            Ok(Predicate::Any(parts(any)?))
        }
        TestText { not: Some(not), all: None, any: None, reference_date_from: None, .. } => {
            Ok(Predicate::Not(Box::new(test(place, not, near)?)))
        }
        TestText { reference_date_from: Some(day), all: None, any: None, not: None, .. } => {
            Ok(Predicate::ReferenceDateFrom(place.day(day)?))
        }
        _ => Err(wrong()),
    }
}

fn leaf(place: Place<'_>, text: &TestText, input: &Text) -> Result<Predicate> {
    let comparisons = [
        (Comparison::AtLeast, &text.at_least),
        (Comparison::LessThan, &text.less_than),
        (Comparison::MoreThan, &text.more_than),
    ];
    let mut given = comparisons.iter().filter_map(|(comparison, length)| Some((*comparison, length.as_ref()?)));
    match (CodeInput::from_code(&input.value), SpanInput::from_code(&input.value), given.next(), given.next()) {
        (Some(code_input), None, None, None) => {
            let codes = text.one_of.as_ref().filter(|codes| !codes.is_empty());
            let codes = codes.ok_or_else(|| place.error(E::BadValue, input, "one_of needs at least one code"))?;
            Ok(Predicate::OneOf(code_input, codes.iter().map(|code| Code::new(&code.value)).collect()))
        }
        (None, Some(span), Some((comparison, length)), None) if text.one_of.is_none() => {
            Ok(Predicate::Span(span, comparison, place.length(length)?))
        }
        (None, None, ..) => Err(place.error(E::UnknownKey, input, format!("{} is not an input", input.value))),
        _ => Err(place.error(E::BadValue, input, "an input with codes takes one_of; a length takes one comparison")),
    }
}

fn exemption(place: Place<'_>, text: &ExemptionText) -> Result<Exemption> {
    let basis = match &text.automatic {
        Some(automatic) => ExemptionBasis::Automatic(test(place, automatic, &text.code)?),
        None => ExemptionBasis::OnEvidence,
    };
    Ok(Exemption {
        code: Code::new(&text.code.value),
        label: place.label(&text.label)?,
        basis,
        evidence: text.evidence.iter().map(|paper| Code::new(&paper.value)).collect(),
        regimes: text.regimes.iter().map(|regime| place.regime(&regime.value, regime)).collect::<Result<_>>()?,
        provenance: place.provenance(&text.sources, &text.confidence, &text.articles)?,
    })
}

fn suspension(place: Place<'_>, text: &SuspensionText) -> Result<Suspension> {
    let channel = |name: &str| match name {
        "organiser" => Some(Channel::Organiser),
        "municipal_desk" => Some(Channel::MunicipalDesk),
        "municipal_email" => Some(Channel::MunicipalEmail),
        _ => None,
    };
    Ok(Suspension {
        code: Code::new(&text.code.value),
        label: place.label(&text.label)?,
        length: place.maybe(text.length.as_ref(), Place::length)?,
        length_with_extension: place.maybe(text.length_with_extension.as_ref(), Place::length)?,
        min_total: place.maybe(text.min_total.as_ref(), Place::length)?,
        channels: text.channels.iter().map(|name| place.choice(name, channel)).collect::<Result<_>>()?,
        medical: text.medical,
        provenance: place.provenance(&text.sources, &text.confidence, &text.articles)?,
    })
}

/// Every term has a length.
fn deadlines(place: Place<'_>, texts: &[DeadlineText]) -> Result<BTreeMap<Term, Deadline>> {
    let actor = |name: &str| match name {
        "municipality" => Some(AgencyKind::Municipality),
        "organiser" => Some(AgencyKind::Organiser),
        "ggc" => Some(AgencyKind::Ggc),
        _ => None,
    };
    let deadlines = unique(
        place,
        texts,
        |text| &text.term,
        |text| {
            let term = Term::from_code(&text.term.value)
                .ok_or_else(|| place.error(E::UnknownKey, &text.term, format!("{} is not a term", text.term.value)))?;
            Ok((
                term,
                Deadline {
                    term,
                    label: place.label(&text.label)?,
                    length: place.length(&text.length)?,
                    service_target: text.service_target.unwrap_or(false),
                    actor: place.choice(&text.actor, actor)?,
                    provenance: place.provenance(&text.sources, &text.confidence, &text.articles)?,
                },
            ))
        },
    )?;
    let deadlines: BTreeMap<Term, Deadline> = deadlines.into_iter().collect();
    match Term::ALL.iter().find(|term| !deadlines.contains_key(term)) {
        Some(term) => Err(LawError::new(E::Missing, place.file, 1, format!("{term} has no length"))),
        None => Ok(deadlines),
    }
}

fn breaches(place: Place<'_>, texts: &BTreeMap<String, LabelText>) -> Result<BTreeMap<Breach, Label>> {
    if let Some(name) = texts.keys().find(|name| Breach::from_code(name).is_none()) {
        return Err(LawError::new(E::UnknownKey, place.file, 1, format!("{name} is not a breach")));
    }
    Breach::ALL
        .iter()
        .map(|breach| match texts.get(breach.code()) {
            Some(label) => Ok((*breach, place.label(label)?)),
            None => Err(LawError::new(E::MissingLabel, place.file, 1, format!("{breach} has no text"))),
        })
        .collect()
}

fn counting(place: Place<'_>, files: &Files) -> Result<CountingRegime> {
    let text = &files.counting.counting;
    let known = ["saturday", "sunday", "legal_holiday"];
    if let Some(other) = text.roll_if.iter().find(|day| !known.contains(&day.value.as_str())) {
        return Err(place.error(E::BadValue, other, format!("roll_if takes {}", known.join(", "))));
    }
    let rolls = |day: &str| text.roll_if.iter().any(|name| name.value == day);
    let holidays = unique(place, &text.legal_holidays, |text| &text.code, |text| holiday(place, text))?;
    Ok(CountingRegime {
        month_rule: place.choice(&text.month_rule, policy::month_rule)?,
        roll_saturday: rolls("saturday"),
        roll_sunday: rolls("sunday"),
        holidays: if rolls("legal_holiday") { holidays } else { Vec::new() },
        presumed_delivery_working_days: text.presumed_delivery_working_days,
        provenance: place.provenance(&text.sources, &text.confidence, &None)?,
    })
}

fn holiday(place: Place<'_>, text: &HolidayText) -> Result<Holiday> {
    let rule = match (text.month, text.day, text.days_after_easter) {
        // A leap year shows whether the day exists in some year.
        (Some(month), Some(day), None) if Date::new(2024, month, day).is_ok() => HolidayRule::Fixed { month, day },
        (None, None, Some(offset)) => HolidayRule::Easter { offset },
        _ => {
            return Err(place.error(E::BadValue, &text.code, "a holiday has a month and a day, or days_after_easter"));
        }
    };
    Ok(Holiday { code: Code::new(&text.code.value), label: place.label(&text.label)?, rule })
}

fn fines(place: Place<'_>, files: &Files) -> Result<FineRange> {
    let text = &files.sanctions.fines;
    if text.min_cents > text.max_cents {
        return Err(place.error(E::BadValue, &text.confidence, "min_cents lies above max_cents"));
    }
    Ok(FineRange {
        min: Cents(text.min_cents),
        max: Cents(text.max_cents),
        hearing_required: text.hearing_required,
        provenance: place.provenance(&text.sources, &text.confidence, &text.articles)?,
    })
}

fn organiser(place: Place<'_>, text: &OrganiserText) -> Result<Organiser> {
    let tracks = text.tracks.iter().map(|(regime, languages)| {
        let languages = languages.iter().map(|language| place.choice(language, LegalLanguage::from_code));
        Ok((place.regime(regime, &text.code)?, languages.collect::<Result<_>>()?))
    });
    Ok(Organiser {
        code: Code::new(&text.code.value),
        label: place.label(&text.label)?,
        tracks: tracks.collect::<Result<_>>()?,
        provenance: place.provenance(&text.sources, &text.confidence, &None)?,
    })
}

fn policies<'a>(at: &impl Fn(&'static str) -> Place<'a>, files: &Files) -> Result<Policies> {
    let (scope, suspensions) = (at("scope.yaml"), at("suspensions.yaml"));
    let texts = &files.suspensions.policies;
    let suspends = texts
        .suspends
        .iter()
        .map(|term| suspensions.choice(term, |term| policy::suspends(std::iter::once(term))))
        .collect::<Result<Vec<_>>>()?;
    Ok(Policies {
        leap_day_birthday: scope.choice(&files.scope.policies.leap_day_birthday, policy::leap_day_birthday)?,
        incomplete_birth_date: scope
            .choice(&files.scope.policies.incomplete_birth_date, policy::incomplete_birth_date)?,
        suspends: suspends.into_iter().flatten().collect(),
        suspension_unit: suspensions.choice(&texts.unit, policy::suspension_unit)?,
        met_by: at("deadlines.yaml").choice(&files.deadlines.policies.met_by, policy::met_by)?,
        wrong_language: at("sanctions.yaml").choice(&files.sanctions.letters.wrong_language, policy::wrong_language)?,
    })
}
