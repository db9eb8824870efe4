//! Every code that a reason can hold prints in every language: no gap, no placeholder, no bare code.

use crate::cases::{LAW, full};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::assess::{ClockEntry, ClockEvent, Reasons, SourceFact};
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::{Period, Step};
use traject_domain::fact::{FactKind, FactRef};
use traject_domain::labels::{Label, ReadingLanguage};
use traject_domain::law::{CodeList, Length, Literacy};
use traject_domain::predicate::{Field, Truth};
use traject_domain::standing::{
    Closing, ClosingReason, Enforcement, Next, NextCode, Obligation, Outcome, Review, Stage, VoidReason, Warning,
};
use traject_templates::reasons::{Audience, Group, ReasonTexts};

/// The names that a courtesy file gives to the law's codes.
#[derive(Deserialize)]
struct Names {
    #[serde(default)]
    law: BTreeMap<String, BTreeMap<String, String>>,
}

/// Every language, and the person whose reasons are changed code by code.
struct Press {
    texts: ReasonTexts,
    languages: Vec<String>,
    names: BTreeMap<String, Names>,
    base: Reasons<'static>,
}

/// Text without what differs between a word and its place in a line: capitals and spaces that do not break.
fn bare(text: &str) -> String {
    text.replace('\u{a0}', " ").to_lowercase()
}

/// A code that is a word of its own, such as `diploma`: some language may call it just so.
fn is_word(code: &str) -> bool {
    code.chars().all(char::is_lowercase)
}

impl Press {
    fn new() -> Self {
        let texts = ReasonTexts::load().expect("complete texts");
        let languages: Vec<String> = texts.languages().map(|(code, _)| code.to_owned()).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reasons");
        let read = |language: &String| {
            let yaml = std::fs::read_to_string(folder.join(format!("{language}.yaml"))).expect("the file is there");
            (language.clone(), serde_saphyr::from_str(&yaml).expect("it is YAML"))
        };
        let names = languages.iter().map(read).collect();
        Self { texts, languages, names, base: full() }
    }

    /// The page in one language, with one thing changed. Whatever is changed, a page has no placeholder and no empty line.
    fn page(&self, language: &str, audience: Audience, change: &dyn Fn(&mut Reasons<'static>)) -> String {
        let mut reasons = self.base.clone();
        change(&mut reasons);
        let page = self.texts.page(&LAW, &reasons, audience, language).expect("a language with texts");
        for line in page.sections.iter().flat_map(|section| &section.lines) {
            let whole = !line.text.trim().is_empty() && !line.text.contains(['{', '}']);
            assert!(whole && !line.text.contains(": ;") && !line.text.ends_with(": "), "{language}: {}", line.text);
        }
        page.plain_text()
    }

    /// A closed code prints by its word, and that is not the code.
    fn prints(&self, audience: Audience, group: Group, code: &str, change: &dyn Fn(&mut Reasons<'static>)) {
        for language in &self.languages {
            let word = self.texts.word(language, group, code).expect("a word for every code");
            assert!(word != code || is_word(code), "{language}: {code} is a bare code");
            // A word that takes a date is found by what stands before it.
            let word = bare(word.split('{').next().unwrap_or_default());
            let page = bare(&self.page(language, audience, change));
            assert!(page.contains(&word), "{language} does not print {code}: {word}\n{page}");
            let is_code = code.contains('_') || code.contains('-');
            assert!(
                !is_code || audience == Audience::Clerk || !page.contains(&bare(code)),
                "{language}: {code}\n{page}"
            );
        }
    }

    /// What the law calls one of its codes.
    fn name(&self, language: &str, part: &str, code: &str, label: &Label) -> String {
        let name = match language {
            "nl" => label.text(ReadingLanguage::Nl),
            "fr" => label.text(ReadingLanguage::Fr),
            "en" => label.text(ReadingLanguage::En),
            courtesy => &self.names[courtesy].law[part][code],
        };
        assert!(!name.is_empty() && (name != code || is_word(code)), "{language}: {part} {code}");
        bare(name)
    }

    /// A code of the law prints by its name.
    fn named(&self, audience: Audience, part: &str, code: &str, label: &Label, change: &dyn Fn(&mut Reasons<'static>)) {
        for language in &self.languages {
            let (name, page) = (self.name(language, part, code, label), bare(&self.page(language, audience, change)));
            assert!(page.contains(&name), "{language} does not print {part} {code}: {name}\n{page}");
            let shows_code =
                page.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').any(|word| word == bare(code));
            assert!(
                audience == Audience::Clerk || !shows_code || name.contains(&bare(code)),
                "{language}: {code}\n{page}"
            );
        }
    }
}

fn obligation<'r>(reasons: &'r mut Reasons<'static>) -> &'r mut Obligation {
    reasons.standing.obligation.as_mut().expect("obliged")
}

/// Only the clock of one term, that of the breach that is shown.
fn only(reasons: &mut Reasons<'static>, term: Term) {
    reasons.clocks.truncate(1);
    let clock = &mut reasons.clocks[0];
    clock.breach = if term == Term::Register { Breach::NotRegistered } else { Breach::NotCompleted };
    clock.deadline = LAW.deadline_on(term, clock.due.start, clock.due.start).expect("every term is there");
}

/// One line more in the ledger of the only clock, which the newcomer's page explains.
fn with_entry(reasons: &mut Reasons<'static>, event: ClockEvent, days: i64, fact: Option<FactRef>) {
    only(reasons, Term::Pay);
    let on = reasons.clocks[0].due.start;
    reasons.clocks[0].entries = vec![ClockEntry { on, event, days, fact }];
}

fn with_step(reasons: &mut Reasons<'static>, step: Step) {
    only(reasons, Term::Pay);
    reasons.clocks[0].due.derivation = vec![step];
}

const BOTH: [Audience; 2] = [Audience::Clerk, Audience::Newcomer];

#[test]
fn every_condition_prints_with_every_truth() {
    let press = Press::new();
    for (id, condition) in &LAW.scope {
        let label = &condition.latest().expect("it says something").label;
        for (truth, word) in [(Truth::True, "holds"), (Truth::False, "fails"), (Truth::Unknown, "open")] {
            let change = |reasons: &mut Reasons<'static>| {
                let finding = reasons.conditions.iter_mut().find(|finding| finding.id == id).expect("listed");
                finding.truth = truth;
                if truth == Truth::False {
                    reasons.standing.outcome = Outcome::NotInScope(vec![id.clone()]);
                }
            };
            press.named(Audience::Clerk, "conditions", id.as_str(), label, &change);
            press.prints(Audience::Clerk, Group::Truth, word, &change);
            for language in &press.languages {
                assert!(!press.page(language, Audience::Newcomer, &change).contains(id.as_str()), "{language}");
            }
        }
    }
}

#[test]
fn every_exemption_prints_with_its_papers() {
    let press = Press::new();
    let mut papers = BTreeSet::new();
    for (code, exemption) in &LAW.exemptions {
        let exemption = exemption.latest().expect("it says something");
        let change = |reasons: &mut Reasons<'static>| {
            reasons.standing.obligation = None;
            reasons.standing.outcome = Outcome::Exempt(vec![code.clone()]);
            reasons.exemptions.iter_mut().find(|finding| finding.id == code).expect("listed").truth = Truth::True;
        };
        press.named(Audience::Clerk, "exemptions", code.as_str(), &exemption.label, &change);
        let medical = exemption.evidence.iter().any(|paper| paper.as_str() == "medical_certificate_model");
        if !medical {
            press.named(Audience::Newcomer, "exemptions", code.as_str(), &exemption.label, &change);
        }
        for paper in &exemption.evidence {
            let label = &LAW.codes[&CodeList::Papers][paper];
            press.named(Audience::Clerk, "papers", paper.as_str(), label, &change);
            papers.insert(paper.clone());
        }
    }
    for (field, recorded) in &LAW.fields {
        let change = |reasons: &mut Reasons<'static>| {
            reasons.needs = BTreeSet::from([*field]);
            reasons.standing.outcome = Outcome::Undecided(vec![*field]);
        };
        for audience in BOTH {
            press.named(audience, "fields", field.code(), &recorded.label, &change);
            for paper in &recorded.papers {
                press.named(audience, "papers", paper.as_str(), &LAW.codes[&CodeList::Papers][paper], &change);
                papers.insert(paper.clone());
            }
        }
    }
    assert_eq!(LAW.fields.len(), Field::ALL.len());
    assert_eq!(papers, LAW.codes[&CodeList::Papers].keys().cloned().collect(), "a paper that nothing asks for");
}

#[test]
fn every_suspension_and_every_event_of_a_clock_prints() {
    let press = Press::new();
    let until = press.base.standing.at.as_of;
    for (code, suspension) in &LAW.suspensions {
        let suspension = suspension.latest().expect("it says something");
        let ground = Some(code.clone());
        for event in [
            ClockEvent::Stopped { ground: ground.clone(), until },
            ClockEvent::Extended { ground: ground.clone(), until },
        ] {
            let change = |reasons: &mut Reasons<'static>| with_entry(reasons, event.clone(), 12, None);
            press.named(Audience::Clerk, "suspensions", code.as_str(), &suspension.label, &change);
            let step = |reasons: &mut Reasons<'static>| {
                change(reasons);
                reasons.clocks[0].due.derivation = vec![Step::Counted(Length::Days(60), until)];
            };
            if !suspension.medical {
                press.named(Audience::Newcomer, "suspensions", code.as_str(), &suspension.label, &step);
            }
        }
    }
    let events = [
        ClockEvent::Started,
        ClockEvent::Stopped { ground: None, until },
        ClockEvent::Extended { ground: None, until },
        ClockEvent::Resumed,
        ClockEvent::Met,
    ];
    for language in &press.languages {
        let told: BTreeSet<String> = events
            .iter()
            .map(|event| press.page(language, Audience::Clerk, &|reasons| with_entry(reasons, event.clone(), 0, None)))
            .collect();
        assert_eq!(told.len(), events.len(), "two events read the same in {language}");
    }
}

#[test]
fn every_term_and_breach_prints() {
    let press = Press::new();
    for term in Term::ALL {
        let deadline = LAW.deadlines[term].latest().expect("it says something");
        press.named(Audience::Clerk, "terms", term.code(), &deadline.label, &|reasons| only(reasons, *term));
    }
    for breach in Breach::ALL {
        let change = |reasons: &mut Reasons<'static>| reasons.clocks[0].breach = *breach;
        press.named(Audience::Clerk, "breaches", breach.code(), &LAW.breaches[breach], &change);
        let cure = |reasons: &mut Reasons<'static>| {
            reasons.standing.next = Some(Next { code: NextCode::Cure, due: None, breach: Some(*breach) });
            for standing in &mut obligation(reasons).breaches {
                standing.state = if standing.breach == *breach { Enforcement::Noticed } else { Enforcement::None };
            }
        };
        press.prints(Audience::Newcomer, Group::YouNow, breach.code(), &cure);
    }
}

#[test]
fn every_start_of_a_term_prints_for_the_newcomer() {
    let press = Press::new();
    let explained = [
        (Term::Register, Some(NextCode::Register), Enforcement::None),
        (Term::Complete, Some(NextCode::Complete), Enforcement::None),
        (Term::Cure, Some(NextCode::Cure), Enforcement::Noticed),
        (Term::Defence, Some(NextCode::Decision), Enforcement::Invited),
        (Term::Pay, None, Enforcement::Fined),
    ];
    for (term, next, state) in explained {
        let change = |reasons: &mut Reasons<'static>| {
            only(reasons, term);
            reasons.standing.next = next.map(|code| Next { code, due: None, breach: None });
            obligation(reasons).breaches[1].state = state;
        };
        press.prints(Audience::Newcomer, Group::YouStart, term.code(), &change);
    }
}

#[test]
fn every_step_of_a_derivation_and_every_holiday_prints() {
    let press = Press::new();
    let day = press.base.standing.at.as_of;
    for holiday in &LAW.counting.holidays {
        let change = |reasons: &mut Reasons<'static>| with_step(reasons, Step::NotWorking(day, holiday.code.clone()));
        for audience in BOTH {
            press.named(audience, "holidays", holiday.code.as_str(), &holiday.label, &change);
        }
    }
    for weekday in Group::codes(Group::Weekday) {
        let change = |reasons: &mut Reasons<'static>| with_step(reasons, Step::NotWorking(day, Code::new(weekday)));
        for audience in BOTH {
            press.prints(audience, Group::Weekday, weekday, &change);
        }
    }
    let period = Period { first: day, last: day };
    let lengths = [Length::Years(1), Length::Years(3), Length::Months(1), Length::Months(18), Length::Days(60)];
    let mut steps: Vec<Step> = lengths.into_iter().map(|length| Step::Counted(length, day)).collect();
    steps.extend([Step::Start(day), Step::Suspended { period, days: 1 }, Step::Raw(day), Step::Due(day)]);
    for language in &press.languages {
        let page = |step: &Step| press.page(language, Audience::Clerk, &|reasons| with_step(reasons, step.clone()));
        let told: BTreeSet<String> = steps.iter().map(page).collect();
        assert_eq!(told.len(), steps.len(), "two steps read the same in {language}");
    }
}

#[test]
fn every_kind_of_fact_prints() {
    let press = Press::new();
    let on = press.base.standing.at.as_of;
    for kind in FactKind::names() {
        let change = |reasons: &mut Reasons<'static>| {
            let fact = FactRef::new("F99");
            reasons.facts.insert(fact.clone(), SourceFact { kind, on });
            with_entry(reasons, ClockEvent::Met, 0, Some(fact));
        };
        press.named(Audience::Clerk, "facts", kind, &LAW.facts[&Code::new(kind)].label, &change);
    }
}

#[test]
fn every_outcome_entitlement_office_and_level_prints() {
    let press = Press::new();
    let outcomes = [
        Outcome::Obliged,
        Outcome::Exempt(Vec::new()),
        Outcome::NotInScope(Vec::new()),
        Outcome::Undecided(Vec::new()),
    ];
    for outcome in outcomes {
        let change = |reasons: &mut Reasons<'static>| reasons.standing.outcome = outcome.clone();
        press.prints(Audience::Clerk, Group::Outcome, outcome.word(), &change);
    }
    for (code, entitlement) in &LAW.entitlements {
        let label = &entitlement.latest().expect("it says something").label;
        let change = |reasons: &mut Reasons<'static>| reasons.standing.entitled = Some(code.clone());
        press.named(Audience::Clerk, "entitlements", code.as_str(), label, &change);
    }
    for language in LegalLanguage::ALL {
        let change = |reasons: &mut Reasons<'static>| reasons.standing.letter_language = Some(*language);
        press.prints(Audience::Clerk, Group::Language, language.code(), &change);
    }
    for (literacy, targets) in &LAW.language_targets {
        for (regime, target) in targets {
            let change = |reasons: &mut Reasons<'static>| {
                reasons.targets.truncate(1);
                reasons.targets[0].literacy = *literacy;
                reasons.targets[0].regime = regime;
                reasons.targets[0].target = target;
            };
            press.named(Audience::Clerk, "levels", target.level.as_str(), &target.label, &change);
            press.prints(Audience::Clerk, Group::Literacy, literacy.code(), &change);
        }
    }
    assert_eq!(LAW.language_targets.len(), Literacy::ALL.len());
    for regime in &LAW.regimes {
        let change = |reasons: &mut Reasons<'static>| reasons.standing.regime = Some(regime.id.clone());
        press.named(Audience::Clerk, "regimes", regime.id.as_str(), &regime.label, &change);
    }
}

#[test]
fn every_stage_state_and_closing_reason_prints() {
    let press = Press::new();
    for stage in Stage::ALL {
        press.prints(Audience::Clerk, Group::Stage, stage.code(), &|reasons| obligation(reasons).stage = *stage);
    }
    for state in Enforcement::ALL {
        let change = |reasons: &mut Reasons<'static>| obligation(reasons).breaches[1].state = *state;
        press.prints(Audience::Clerk, Group::Enforcement, state.code(), &change);
    }
    for code in Group::codes(Group::YouState) {
        let state = Enforcement::from_code(code).expect("a state");
        let change = |reasons: &mut Reasons<'static>| {
            reasons.standing.next = None;
            for standing in &mut obligation(reasons).breaches {
                standing.state = state;
            }
        };
        // A fine is told with its amount instead.
        if state != Enforcement::Fined {
            press.prints(Audience::Newcomer, Group::YouState, code, &change);
        }
    }
    for reason in ClosingReason::ALL {
        let change = |reasons: &mut Reasons<'static>| {
            reasons.standing.next = None;
            let on = reasons.standing.at.as_of;
            obligation(reasons).stage = Stage::Closed;
            obligation(reasons).closing = Some(Closing { on, reason: *reason });
        };
        press.prints(Audience::Clerk, Group::Closing, reason.code(), &change);
        press.prints(Audience::Newcomer, Group::YouClosed, reason.code(), &change);
    }
    for reason in VoidReason::ALL {
        let change = |reasons: &mut Reasons<'static>| obligation(reasons).breaches[1].notices[0].void = Some(*reason);
        press.prints(Audience::Clerk, Group::Void, reason.code(), &change);
    }
}

#[test]
fn every_next_step_review_and_warning_prints() {
    let press = Press::new();
    for code in NextCode::ALL {
        let change = |reasons: &mut Reasons<'static>| {
            reasons.standing.next = Some(Next { code: *code, due: None, breach: None });
        };
        press.prints(Audience::Clerk, Group::Next, code.code(), &change);
        press.prints(Audience::Newcomer, Group::YouNext, code.code(), &change);
    }
    for review in Review::ALL {
        let change = |reasons: &mut Reasons<'static>| reasons.standing.review = vec![*review];
        press.prints(Audience::Clerk, Group::Review, review.code(), &change);
    }
    for warning in Warning::ALL {
        let change = |reasons: &mut Reasons<'static>| reasons.standing.warnings = vec![*warning];
        press.prints(Audience::Clerk, Group::Warning, warning.code(), &change);
    }
}

#[test]
fn every_source_of_the_law_and_every_degree_of_confidence_has_its_word() {
    let press = Press::new();
    for language in &press.languages {
        for source in LAW.sources.keys() {
            assert!(press.texts.word(language, Group::Source, source.as_str()).is_some(), "{language}: {source}");
        }
        for provision in LAW.provisions() {
            let word = press.texts.word(language, Group::Confidence, provision.provenance.confidence.word());
            assert!(word.is_some_and(|word| !word.is_empty()), "{language}: {}", provision.code);
        }
    }
    assert_eq!(press.texts.unnamed(&LAW).len(), 0);
}
