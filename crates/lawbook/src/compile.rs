//! From the files to the law, with every check that keeps a faulty law from being loaded.

use crate::condition::condition;
use crate::dated::{Sheet, dated};
use crate::error::{LawError, LawErrorCode as E};
use crate::files::{
    Articles, CodesFile, ConditionText, CountingFile, DeadlineText, DeadlinesFile, ExemptionText, Files, HolidayText,
    Items, LabelText, LettersFile, OrganiserText, RegimeText, RegimesFile, Repeals, ScopePolicies, Sheets, SourcesFile,
    SuspensionPolicies, SuspensionText, Text, TransitionText,
};
use crate::place::{Codes, Known, Place, Result, line};
use crate::policy::suspended_term;
use crate::{channel, fine, programme, record};
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::add_days;
use traject_domain::dated::Dated;
use traject_domain::labels::Label;
use traject_domain::law::{
    Channel, CodeList, Condition, CountingRegime, Deadline, Exemption, ExemptionBasis, Holiday, HolidayRule, Law,
    Letters, Organiser, Policies, Provenance, Regime, Source, Suspension, Transition, TransitionSubject,
};

pub(crate) fn law(files: &Files) -> Result<Law> {
    let known = known(files)?;
    let at = |file| Place::new(file, &known);
    let policies_provenance = policies_provenance(&at, files)?;
    let mut law = Law {
        version: stated_version(&files.sources.main)?,
        sources: known.sources.clone(),
        regimes: regimes(&at("regimes.yaml"), &files.regimes)?,
        transition: {
            let (place, rules) = (at("transition.yaml"), &files.transition.rules);
            place.closed(rules, TransitionSubject::ALL, TransitionSubject::code, |subject, text| {
                transition(&place, subject, &text.value)
            })?
        },
        scope: dated(&scope_sheets(&known, files)?, scope_condition)?,
        exemptions: dated(&exemption_sheets(&known, files)?, exemption)?,
        suspensions: dated(&suspension_sheets(&known, files)?, suspension)?,
        deadlines: deadlines(&known, files)?,
        counting: counting(&at("counting.yaml"), &files.counting)?,
        policies: policies(&at, files)?,
        policies_provenance,
        breaches: breaches(&at("deadlines.yaml"), &files.deadlines.main)?,
        fines: fine::range(&known, &files.fines)?,
        organisers: organisers(&known, &files.organisers)?,
        letters: letters(&Place::new("letters.yaml", &known), &files.letters)?,
        channels: channel::channels(&at("channels.yaml"), &files.channels)?,
        components: programme::components(&known, &files.programme)?,
        waivers: programme::waivers(&known, &files.programme)?,
        language_targets: programme::language_targets(&at("programme.yaml"), &files.programme.main)?,
        entitlements: programme::entitlements(&known, &files.entitlements)?,
        fields: record::fields(&at("records.yaml"), &files.records)?,
        facts: record::facts(&at("records.yaml"), &files.records)?,
        codes: known.codes.clone(),
        turning_days: BTreeSet::new(),
    };
    law.turning_days = turning_days(&law);
    Ok(law)
}

/// Days on which a version of anything begins or becomes known.
fn turning_days(law: &Law) -> BTreeSet<Date> {
    fn of<K, T>(items: &BTreeMap<K, Dated<T>>) -> impl Iterator<Item = Date> {
        items.values().flat_map(Dated::turning_days)
    }
    let regimes = law.regimes.iter().flat_map(|regime| [Some(regime.effective_from), regime.known_from]).flatten();
    regimes
        .chain(of(&law.scope))
        .chain(of(&law.exemptions))
        .chain(of(&law.suspensions))
        .chain(of(&law.deadlines))
        .chain(of(&law.entitlements))
        .chain(law.fines.turning_days())
        .collect()
}

/// The parts of a file that versions are read from: its articles, its items and its repeals.
pub(crate) type Parts<'a, T> = (Option<&'a Articles>, &'a Items<T>, Option<&'a Repeals>);

/// A file and its extension as sheets. An extension without articles of its own cites those of the file.
pub(crate) fn sheets<'a, F, T>(
    known: &'a Known,
    names: [&'static str; 2],
    files: &'a Sheets<F>,
    parts: impl Fn(&'a F) -> Parts<'a, T>,
) -> Result<Vec<Sheet<'a, T>>> {
    let (articles, ..) = parts(&files.main);
    let all = [(names[0], Some(&files.main)), (names[1], files.extension.as_ref())];
    all.into_iter()
        .filter_map(|(name, file)| Some((name, parts(file?))))
        .map(|(name, (own, items, repeals))| {
            let place = Place::new(name, known).with_articles(own.or(articles))?;
            Ok(Sheet { place, items, repeals })
        })
        .collect()
}

fn scope_sheets<'a>(known: &'a Known, files: &'a Files) -> Result<Vec<Sheet<'a, ConditionText>>> {
    sheets(known, ["scope.yaml", "scope.extend.yaml"], &files.scope, |file| {
        (file.articles.as_ref(), &file.conditions, Some(&file.repeals))
    })
}

fn exemption_sheets<'a>(known: &'a Known, files: &'a Files) -> Result<Vec<Sheet<'a, ExemptionText>>> {
    sheets(known, ["exemptions.yaml", "exemptions.extend.yaml"], &files.exemptions, |file| {
        (file.articles.as_ref(), &file.exemptions, Some(&file.repeals))
    })
}

fn suspension_sheets<'a>(known: &'a Known, files: &'a Files) -> Result<Vec<Sheet<'a, SuspensionText>>> {
    sheets(known, ["suspensions.yaml", "suspensions.extend.yaml"], &files.suspensions, |file| {
        (file.articles.as_ref(), &file.suspensions, Some(&file.repeals))
    })
}

fn scope_condition(place: &Place<'_>, id: Code, text: &ConditionText) -> Result<Condition> {
    Ok(Condition {
        id,
        label: place.label(&text.label)?,
        test: condition(place, &text.when)?,
        gives_reference_date: text.gives_reference_date.unwrap_or(false),
        provenance: place.provenance(&text.provenance)?,
    })
}

fn transition(place: &Place<'_>, subject: TransitionSubject, text: &TransitionText) -> Result<Transition> {
    let choices = subject.choices();
    let expected = choices.iter().map(|choice| choice.code()).collect::<Vec<_>>().join(", ");
    let read = |text: &str| choices.iter().copied().find(|choice| choice.code() == text);
    Ok(Transition {
        label: place.label(&text.label)?,
        chosen_by: place.value(&text.chosen_by, &format!("one of {expected}"), read)?,
        provenance: place.provenance(&text.provenance)?,
    })
}

/// Every term, each with a version from the start: a day without a term would have no due date.
fn deadlines(known: &Known, files: &Files) -> Result<BTreeMap<Term, Dated<Deadline>>> {
    let sheets = sheets(known, ["deadlines.yaml", "deadlines.extend.yaml"], &files.deadlines, |file| {
        (file.articles.as_ref(), &file.terms.value, None)
    })?;
    for sheet in &sheets {
        for (key, text) in sheet.items {
            if Term::from_code(key.split('@').next().unwrap_or_default()).is_none() {
                return Err(sheet.place.error(E::UnknownCode, text, format!("{key:?} is not known here")));
            }
        }
    }
    let mut read = dated(&sheets, deadline)?;
    let place = Place::new("deadlines.yaml", known);
    let terms = Term::ALL.iter().map(|term| {
        let missing = || place.error(E::MissingItem, &files.deadlines.main.terms, format!("{term} is missing"));
        let versions = read.remove(&Code::new(term.code())).ok_or_else(missing)?;
        if versions.versions().iter().all(|version| version.from.is_some()) {
            let reason = format!("{term} has no length before its first version");
            return Err(place.error(E::Gap, &files.deadlines.main.terms, reason));
        }
        Ok((*term, versions))
    });
    terms.collect()
}

fn breaches(place: &Place<'_>, file: &DeadlinesFile) -> Result<BTreeMap<Breach, Label>> {
    let missing = || place.error(E::MissingKey, &file.terms, "breaches is missing");
    let breaches = file.breaches.as_ref().ok_or_else(missing)?;
    place.closed(breaches, Breach::ALL, Breach::code, |_, text| place.label(text))
}

fn stated_version(file: &SourcesFile) -> Result<String> {
    let version = file.version.as_ref().filter(|version| !version.value.trim().is_empty());
    let missing = || LawError::new(E::MissingKey, "sources.yaml", 1, "version is missing");
    Ok(version.ok_or_else(missing)?.value.clone())
}

/// What a site adds holds items only; the choices stand in the file itself.
fn only_items<T>(known: &Known, name: &'static str, near: Option<&Spanned<T>>, what: &str) -> Result<()> {
    match near {
        Some(near) => Err(Place::new(name, known).error(
            E::UnknownKey,
            near,
            format!("{what} is set in the file, not where it is extended"),
        )),
        None => Ok(()),
    }
}

/// Reads a list of items, in the order of their codes.
fn items<T, U, C: FromIterator<U>>(items: &Items<T>, read: impl Fn(Code, &Spanned<T>) -> Result<U>) -> Result<C> {
    items.iter().map(|(code, text)| read(Code::new(code), text)).collect()
}

/// What the values of all files may name.
fn known(files: &Files) -> Result<Known> {
    let mut known = Known { sources: sources("sources.yaml", &files.sources.main)?, ..Known::default() };
    if let Some(extension) = &files.sources.extension {
        let more = sources("sources.extend.yaml", extension)?;
        if let Some(twice) = more.keys().find(|id| known.sources.contains_key(*id)) {
            let reason = format!("{twice} stands in sources.yaml");
            return Err(LawError::new(E::Duplicate, "sources.extend.yaml", 1, reason));
        }
        known.sources.extend(more);
    }
    known.regimes = files.regimes.regimes.value.keys().map(|id| Code::new(id)).collect();
    let place = Place::new("countries.yaml", &known);
    place.provenance(&files.countries.provenance)?;
    let countries = labels(&place, &files.countries.countries)?;
    let mut codes = codes(&Place::new("codes.yaml", &known), &files.codes)?;
    codes.insert(CodeList::Countries, countries);
    known.codes = codes;
    Ok(known)
}

fn sources(name: &'static str, file: &SourcesFile) -> Result<BTreeMap<Code, Source>> {
    let nothing = Known::default();
    let place = Place::new(name, &nothing);
    let stated = |text: &Text| place.value(text, "a text", |text| (!text.trim().is_empty()).then(|| text.to_owned()));
    let is_numac =
        |text: &str| (text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned());
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
        (CodeList::Papers, &file.papers),
        (CodeList::RefusalReasons, &file.refusal_reasons),
        (CodeList::Languages, &file.languages),
        (CodeList::DecisionReasons, &file.decision_reasons),
        (CodeList::Circumstances, &file.circumstances),
        (CodeList::WriteOffReasons, &file.write_off_reasons),
        (CodeList::HeardThrough, &file.heard_through),
        (CodeList::LanguageLevels, &file.language_levels),
        (CodeList::FileClosures, &file.file_closures),
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
    Ok(Exemption {
        code,
        label: place.label(&text.label)?,
        basis,
        evidence: place.filled(&text.evidence)?.iter().map(|paper| place.paper(paper)).collect::<Result<_>>()?,
        channels: channels(place, text.channels.as_ref())?,
        regimes: place.regimes(&text.regimes)?,
        provenance: place.provenance(&text.provenance)?,
    })
}

/// The doors by which evidence may come in; where they are named there is at least one.
fn channels(place: &Place<'_>, list: Option<&Spanned<Vec<Text>>>) -> Result<BTreeSet<Channel>> {
    let Some(list) = list else { return Ok(BTreeSet::new()) };
    place.filled(list)?.iter().map(|channel| place.word(channel)).collect()
}

fn suspension(place: &Place<'_>, code: Code, text: &SuspensionText) -> Result<Suspension> {
    let length = |length: &Option<Text>| length.as_ref().map(|length| place.length(length)).transpose();
    Ok(Suspension {
        code,
        label: place.label(&text.label)?,
        length: length(&text.length)?,
        length_with_extension: length(&text.length_with_extension)?,
        min_total: length(&text.min_total)?,
        extension_for: place.codes(CodeList::Sexes, text.extension_for.as_ref())?,
        channels: channels(place, Some(&text.channels))?,
        medical: text.medical,
        provenance: place.provenance(&text.provenance)?,
    })
}

fn deadline(place: &Place<'_>, code: Code, text: &DeadlineText) -> Result<Deadline> {
    let unknown = || LawError::new(E::UnknownCode, place.file, 1, format!("{code} is not known here"));
    Ok(Deadline {
        term: Term::from_code(code.as_str()).ok_or_else(unknown)?,
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

fn organisers(known: &Known, files: &Sheets<crate::files::OrganisersFile>) -> Result<Vec<Organiser>> {
    let main = Place::new("organisers.yaml", known);
    let more = Place::new("organisers.extend.yaml", known);
    let mut all: BTreeMap<&String, Organiser> = BTreeMap::new();
    for (place, file) in [(main, Some(&files.main)), (more, files.extension.as_ref())] {
        for (code, text) in file.iter().flat_map(|file| &file.organisers) {
            if all.insert(code, organiser(&place, Code::new(code), &text.value)?).is_some() {
                return Err(place.error(E::Duplicate, text, format!("{code} stands in organisers.yaml")));
            }
        }
    }
    Ok(all.into_values().collect())
}

fn languages(place: &Place<'_>, list: &Spanned<Vec<Text>>) -> Result<BTreeSet<LegalLanguage>> {
    let language = |text: &Text| place.value(text, "nl or fr", LegalLanguage::from_code);
    place.filled(list)?.iter().map(language).collect()
}

fn letters(place: &Place<'_>, file: &LettersFile) -> Result<Letters> {
    Ok(Letters {
        municipality: languages(place, &file.languages.municipality)?,
        ggc: languages(place, &file.languages.ggc)?,
        appeal_body: place.label(&file.appeal_body)?,
        provenance: place.provenance(&file.provenance)?,
    })
}

fn organiser(place: &Place<'_>, code: Code, text: &OrganiserText) -> Result<Organiser> {
    let per_regime = |texts: &Items<Vec<Text>>| {
        let of =
            |(regime, list): (&String, &Spanned<Vec<Text>>)| Ok((place.regime(regime, list)?, languages(place, list)?));
        texts.iter().map(of).collect::<Result<BTreeMap<_, _>>>()
    };
    Ok(Organiser {
        code,
        label: place.label(&text.label)?,
        tracks: per_regime(&text.tracks)?,
        letters: per_regime(&text.letters)?,
        provenance: place.provenance(&text.provenance)?,
    })
}

/// The policies that stand in files which a site may extend, and where they come from.
struct Stated<'a> {
    scope: &'a ScopePolicies,
    suspensions: &'a SuspensionPolicies,
    met_by: &'a Text,
    deadlines: &'a Spanned<crate::files::ProvenanceText>,
}

fn stated<'a>(files: &'a Files) -> Result<Stated<'a>> {
    let missing = |code, file: &'static str, key: &str| LawError::new(code, file, 1, format!("{key} is missing"));
    let nothing = Known::default();
    let extended = [
        (
            "scope.extend.yaml",
            files.scope.extension.as_ref().and_then(|file| file.policies.as_ref()).map(|p| &p.provenance),
        ),
        (
            "suspensions.extend.yaml",
            files.suspensions.extension.as_ref().and_then(|file| file.policies.as_ref()).map(|p| &p.provenance),
        ),
        ("deadlines.extend.yaml", files.deadlines.extension.as_ref().and_then(|file| file.provenance.as_ref())),
    ];
    for (name, near) in extended {
        only_items(&nothing, name, near, "a policy")?;
    }
    let deadlines = &files.deadlines.main;
    Ok(Stated {
        scope: files.scope.main.policies.as_ref().ok_or_else(|| missing(E::MissingKey, "scope.yaml", "policies"))?,
        suspensions: {
            let missing = || missing(E::MissingKey, "suspensions.yaml", "policies");
            files.suspensions.main.policies.as_ref().ok_or_else(missing)?
        },
        met_by: deadlines.met_by.as_ref().ok_or_else(|| missing(E::MissingKey, "deadlines.yaml", "met_by"))?,
        deadlines: {
            let missing = || missing(E::MissingSource, "deadlines.yaml", "provenance");
            deadlines.provenance.as_ref().ok_or_else(missing)?
        },
    })
}

fn policies<'a>(at: &impl Fn(&'static str) -> Place<'a>, files: &Files) -> Result<Policies> {
    let (scope, suspensions) = (at("scope.yaml"), at("suspensions.yaml"));
    let stated = stated(files)?;
    let term = |text: &Text| suspensions.value(text, "D-REGISTER, D-COMPLETE or D-CURE", suspended_term);
    Ok(Policies {
        leap_day_birthday: scope.word(&stated.scope.leap_day_birthday)?,
        incomplete_birth_date: scope.word(&stated.scope.incomplete_birth_date)?,
        suspends: stated.suspensions.suspends.iter().map(term).collect::<Result<_>>()?,
        suspension_unit: suspensions.word(&stated.suspensions.unit)?,
        met_by: at("deadlines.yaml").word(stated.met_by)?,
        wrong_language: at("letters.yaml").word(&files.letters.wrong_language)?,
    })
}

/// Policies stand in four files: together they are as sure as the least sure of them.
fn policies_provenance<'a>(at: &impl Fn(&'static str) -> Place<'a>, files: &Files) -> Result<Provenance> {
    let stated = stated(files)?;
    let mut whole = at("scope.yaml").provenance(&stated.scope.provenance)?;
    for (file, text) in [
        ("suspensions.yaml", &stated.suspensions.provenance),
        ("deadlines.yaml", stated.deadlines),
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
