//! From the files to the law, with every check that keeps a faulty law from being loaded.

use crate::condition::condition;
use crate::error::{LawError, LawErrorCode as E};
use crate::files::{
    CodesFile, CountingFile, DeadlineText, ExemptionText, Files, FinesFile, HolidayText, Items, LabelText,
    OrganiserText, RegimeText, RegimesFile, SourcesFile, SuspensionText, Text,
};
use crate::place::{Codes, Known, Place, Result, line};
use crate::policy::suspended_term;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::add_days;
use traject_domain::labels::Label;
use traject_domain::law::{
    CodeList, Condition, CountingRegime, Deadline, Exemption, ExemptionBasis, FineRange, Holiday, HolidayRule, Law,
    Organiser, Policies, Provenance, Regime, Source, Suspension,
};
use traject_domain::money::Cents;

pub(crate) fn law(files: &Files) -> Result<Law> {
    let known = known(files)?;
    let at = |file| Place::new(file, &known);
    let policies = policies(&at, files)?;
    Ok(Law {
        version: files.sources.version.value.clone(),
        sources: known.sources.clone(),
        regimes: regimes(&at("regimes.yaml"), &files.regimes)?,
        scope: {
            let place = at("scope.yaml").with_articles(files.scope.articles.as_ref())?;
            items(&files.scope.conditions, |id, text| {
                let text = &text.value;
                Ok(Condition {
                    id,
                    label: place.label(&text.label)?,
                    test: condition(&place, &text.when)?,
                    gives_reference_date: text.gives_reference_date.unwrap_or(false),
                    provenance: place.provenance(&text.provenance)?,
                })
            })?
        },
        exemptions: {
            let place = at("exemptions.yaml").with_articles(files.exemptions.articles.as_ref())?;
            items(&files.exemptions.exemptions, |code, text| exemption(&place, code, &text.value))?
        },
        suspensions: {
            let place = at("suspensions.yaml").with_articles(files.suspensions.articles.as_ref())?;
            items(&files.suspensions.suspensions, |code, text| suspension(&place, code, &text.value))?
        },
        deadlines: {
            let place = at("deadlines.yaml").with_articles(files.deadlines.articles.as_ref())?;
            let read = |term, text: &Spanned<DeadlineText>| deadline(&place, term, &text.value);
            place.closed(&files.deadlines.terms, Term::ALL, Term::code, read)?
        },
        counting: counting(&at("counting.yaml"), &files.counting)?,
        policies,
        policies_provenance: policies_provenance(&at, files)?,
        breaches: {
            let place = at("deadlines.yaml");
            place.closed(&files.deadlines.breaches, Breach::ALL, Breach::code, |_, text| place.label(text))?
        },
        fines: fines(&at("fines.yaml"), &files.fines)?,
        organisers: {
            let place = at("organisers.yaml");
            items(&files.organisers.organisers, |code, text| organiser(&place, code, &text.value))?
        },
        codes: known.codes.clone(),
    })
}

/// Reads a list of items, in the order of their codes.
fn items<T, U, C: FromIterator<U>>(items: &Items<T>, read: impl Fn(Code, &Spanned<T>) -> Result<U>) -> Result<C> {
    items.iter().map(|(code, text)| read(Code::new(code), text)).collect()
}

/// What the values of all files may name.
fn known(files: &Files) -> Result<Known> {
    let mut known = Known { sources: sources(&files.sources)?, ..Known::default() };
    known.regimes = files.regimes.regimes.value.keys().map(|id| Code::new(id)).collect();
    let place = Place::new("countries.yaml", &known);
    place.provenance(&files.countries.provenance)?;
    let countries = labels(&place, &files.countries.countries)?;
    let mut codes = codes(&Place::new("codes.yaml", &known), &files.codes)?;
    codes.insert(CodeList::Countries, countries);
    known.codes = codes;
    Ok(known)
}

fn sources(file: &SourcesFile) -> Result<BTreeMap<Code, Source>> {
    let nothing = Known::default();
    let place = Place::new("sources.yaml", &nothing);
    let stated = |text: &Text| place.value(text, "a text", |text| (!text.trim().is_empty()).then(|| text.to_owned()));
    let is_numac =
        |text: &str| (text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned());
    stated(&file.version)?;
    items(&file.sources, |id, text| {
        let Spanned { value: text, .. } = text;
        let numac = text.numac.as_ref().map(|numac| place.value(numac, "ten digits", is_numac)).transpose()?;
        let published = text.published.as_ref().map(|day| place.day(day)).transpose()?;
        Ok((id, Source { title: stated(&text.title)?, numac, published }))
    })
}

/// Regimes follow each other day by day.
fn regimes(place: &Place<'_>, file: &RegimesFile) -> Result<Vec<Regime>> {
    let mut regimes: Vec<(Regime, u64)> = items(&file.regimes.value, |id, text| regime(place, id, &text.value))?;
    regimes.sort_by_key(|(regime, _)| regime.effective_from);
    for ((earlier, _), (later, line)) in regimes.iter().zip(regimes.iter().skip(1)) {
        let eve = add_days(later.effective_from, -1);
        let code = match earlier.effective_until {
            Some(until) if until == eve => continue,
            Some(until) if until < eve => E::Gap,
            _ => E::Overlap,
        };
        let what = if code == E::Gap { "leave days between them" } else { "share days" };
        return Err(LawError::new(code, place.file, *line, format!("{} and {} {what}", earlier.id, later.id)));
    }
    if regimes.is_empty() {
        return Err(place.error(E::EmptyList, &file.regimes, "a law needs a regime"));
    }
    Ok(regimes.into_iter().map(|(regime, _)| regime).collect())
}

/// A regime, and the line of its first day.
fn regime(place: &Place<'_>, id: Code, text: &RegimeText) -> Result<(Regime, u64)> {
    let day = |day: &Option<Text>| day.as_ref().map(|day| place.day(day)).transpose();
    let effective_from = place.day(&text.effective_from)?;
    let effective_until = day(&text.effective_until)?;
    if effective_until.is_some_and(|until| until < effective_from) {
        return Err(place.error(E::BadValue, &text.effective_from, format!("{id} ends before it begins")));
    }
    let regime = Regime {
        id,
        label: place.label(&text.label)?,
        effective_from,
        effective_until,
        known_from: day(&text.known_from)?,
        provenance: place.provenance(&text.provenance)?,
    };
    Ok((regime, line(&text.effective_from)))
}

fn labels(place: &Place<'_>, texts: &Items<LabelText>) -> Result<BTreeMap<Code, Label>> {
    items(texts, |code, text| Ok((code, place.label(text)?)))
}

/// The lists of codes.yaml.
fn codes(place: &Place<'_>, file: &CodesFile) -> Result<Codes> {
    place.provenance(&file.provenance)?;
    [
        (CodeList::Registers, &file.registers),
        (CodeList::PermitKinds, &file.permit_kinds),
        (CodeList::PermitGrounds, &file.permit_grounds),
        (CodeList::FamilyOf, &file.family_of),
        (CodeList::FamilyTies, &file.family_ties),
        (CodeList::Sexes, &file.sexes),
        (CodeList::OtherRegions, &file.other_regions),
    ]
    .into_iter()
    .map(|(list, texts)| Ok((list, labels(place, texts)?)))
    .collect()
}

fn exemption(place: &Place<'_>, code: Code, text: &ExemptionText) -> Result<Exemption> {
    let basis = match &text.automatic {
        Some(automatic) => ExemptionBasis::Automatic(condition(place, automatic)?),
        None => ExemptionBasis::OnEvidence,
    };
    let regimes = place.filled(&text.regimes)?.iter().map(|regime| place.regime(&regime.value, regime));
    Ok(Exemption {
        code,
        label: place.label(&text.label)?,
        basis,
        evidence: place.filled(&text.evidence)?.iter().map(|paper| Code::new(&paper.value)).collect(),
        regimes: regimes.collect::<Result<_>>()?,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn suspension(place: &Place<'_>, code: Code, text: &SuspensionText) -> Result<Suspension> {
    let length = |length: &Option<Text>| length.as_ref().map(|length| place.length(length)).transpose();
    Ok(Suspension {
        code,
        label: place.label(&text.label)?,
        length: length(&text.length)?,
        length_with_extension: length(&text.length_with_extension)?,
        min_total: length(&text.min_total)?,
        channels: place.filled(&text.channels)?.iter().map(|channel| place.word(channel)).collect::<Result<_>>()?,
        medical: text.medical,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn deadline(place: &Place<'_>, term: Term, text: &DeadlineText) -> Result<Deadline> {
    Ok(Deadline {
        term,
        label: place.label(&text.label)?,
        length: place.length(&text.length)?,
        service_target: text.service_target.unwrap_or(false),
        actor: place.word(&text.actor)?,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn counting(place: &Place<'_>, file: &CountingFile) -> Result<CountingRegime> {
    let weekend = |day: &str| ["saturday", "sunday"].into_iter().find(|known| *known == day);
    let rolls = file.roll_if.iter().map(|day| place.value(day, "saturday or sunday", weekend));
    let rolls: Vec<&str> = rolls.collect::<Result<_>>()?;
    let defined: BTreeMap<Code, Holiday> =
        items(&file.holidays, |code, text| Ok((code.clone(), holiday(place, code, text)?)))?;
    let holidays = file.legal_holidays.iter().map(|name| {
        let holiday = defined.get(&Code::new(&name.value)).cloned();
        holiday.ok_or_else(|| place.error(E::UnknownHoliday, name, format!("{:?} is not defined", name.value)))
    });
    Ok(CountingRegime {
        month_rule: place.word(&file.month_rule)?,
        roll_saturday: rolls.contains(&"saturday"),
        roll_sunday: rolls.contains(&"sunday"),
        holidays: holidays.collect::<Result<_>>()?,
        presumed_delivery_working_days: file.presumed_delivery_working_days,
        provenance: place.provenance(&file.provenance)?,
    })
}

fn holiday(place: &Place<'_>, code: Code, text: &Spanned<HolidayText>) -> Result<Holiday> {
    let HolidayText { label, month, day, days_after_easter } = &text.value;
    let rule = match (*month, *day, *days_after_easter) {
        // A leap year has every day that some year has.
        (Some(month), Some(day), None) if Date::new(2024, month, day).is_ok() => HolidayRule::Fixed { month, day },
        (None, None, Some(offset)) => HolidayRule::Easter { offset },
        _ => {
            let reason = "a holiday has an existing month and day, or days_after_easter";
            return Err(place.error(E::BadValue, text, reason));
        }
    };
    Ok(Holiday { code, label: place.label(label)?, rule })
}

fn fines(place: &Place<'_>, file: &FinesFile) -> Result<FineRange> {
    if file.min_euro.value > file.max_euro.value {
        return Err(place.error(E::BadValue, &file.min_euro, "min_euro lies above max_euro"));
    }
    let cents = |euro: &Spanned<u64>| {
        let cents = euro.value.checked_mul(100).filter(|cents| *cents > 0).map(Cents);
        cents.ok_or_else(|| place.error(E::BadValue, euro, "an amount is a positive number of euro"))
    };
    Ok(FineRange {
        min: cents(&file.min_euro)?,
        max: cents(&file.max_euro)?,
        hearing_required: file.hearing_required,
        provenance: place.provenance(&file.provenance)?,
    })
}

fn organiser(place: &Place<'_>, code: Code, text: &OrganiserText) -> Result<Organiser> {
    let tracks = text.tracks.iter().map(|(regime, languages)| {
        let language = |text: &Text| place.value(text, "nl or fr", LegalLanguage::from_code);
        let offered = place.filled(languages)?.iter().map(language).collect::<Result<_>>()?;
        Ok((place.regime(regime, languages)?, offered))
    });
    Ok(Organiser {
        code,
        label: place.label(&text.label)?,
        tracks: tracks.collect::<Result<_>>()?,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn policies<'a>(at: &impl Fn(&'static str) -> Place<'a>, files: &Files) -> Result<Policies> {
    let (scope, suspensions) = (at("scope.yaml"), at("suspensions.yaml"));
    let (birth, suspending) = (&files.scope.policies, &files.suspensions.policies);
    let term = |text: &Text| suspensions.value(text, "D-REGISTER, D-COMPLETE or D-CURE", suspended_term);
    Ok(Policies {
        leap_day_birthday: scope.word(&birth.leap_day_birthday)?,
        incomplete_birth_date: scope.word(&birth.incomplete_birth_date)?,
        suspends: suspending.suspends.iter().map(term).collect::<Result<_>>()?,
        suspension_unit: suspensions.word(&suspending.unit)?,
        met_by: at("deadlines.yaml").word(&files.deadlines.met_by)?,
        wrong_language: at("letters.yaml").word(&files.letters.wrong_language)?,
    })
}

/// Policies stand in four files: together they are as sure as the least sure of them.
fn policies_provenance<'a>(at: &impl Fn(&'static str) -> Place<'a>, files: &Files) -> Result<Provenance> {
    let mut whole = at("scope.yaml").provenance(&files.scope.policies.provenance)?;
    for (file, text) in [
        ("suspensions.yaml", &files.suspensions.policies.provenance),
        ("deadlines.yaml", &files.deadlines.provenance),
        ("letters.yaml", &files.letters.provenance),
    ] {
        let part = at(file).provenance(text)?;
        whole.confidence = whole.confidence.min(part.confidence);
        whole.sources.extend(part.sources);
    }
    whole.sources.sort();
    whole.sources.dedup();
    whole.articles.clear();
    Ok(whole)
}
