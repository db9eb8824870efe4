//! The indicators of written question 280 (questions.md § 1), by municipality and in total (semantics.md 28, 29).

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::{FactKind, InformationItem};
use traject_domain::history::{Fine, History, Moment};
use traject_domain::law::Law;
use traject_domain::municipality::Municipality;
use traject_domain::standing::{Enforcement, Obligation, Standing};
use traject_domain::{Date, assess};

/// An indicator, by its column in report.json.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each name is its key in report.json, defined in questions.md § 1")]
pub enum Indicator {
    Q1Persons,
    Q1Checks,
    Q2Ever,
    Q2Certified,
    Q2Active,
    Q2aContract,
    Q2aRegistered,
    Q2bBon,
    Q2bNl,
    Q3aLate,
    Q3aDenominator,
    Q3aStillUnregistered,
    Q3bNoticed,
    Q3bReceived,
    Q4aRefusals,
    Q4aEstablished,
    Q4aDenominator,
    Q4bTransferred,
    Q5aSanctioned,
    Q6Informed,
    Q6Denominator,
}

use Indicator as I;

impl Indicator {
    /// All, in the order of report.json.
    pub const ALL: [Self; 21] = [
        I::Q1Persons,
        I::Q1Checks,
        I::Q2Ever,
        I::Q2Certified,
        I::Q2Active,
        I::Q2aContract,
        I::Q2aRegistered,
        I::Q2bBon,
        I::Q2bNl,
        I::Q3aLate,
        I::Q3aDenominator,
        I::Q3aStillUnregistered,
        I::Q3bNoticed,
        I::Q3bReceived,
        I::Q4aRefusals,
        I::Q4aEstablished,
        I::Q4aDenominator,
        I::Q4bTransferred,
        I::Q5aSanctioned,
        I::Q6Informed,
        I::Q6Denominator,
    ];

    /// The key in report.json.
    pub const fn key(self) -> &'static str {
        match self {
            I::Q1Persons => "q1_persons",
            I::Q1Checks => "q1_checks",
            I::Q2Ever => "q2_ever",
            I::Q2Certified => "q2_certified",
            I::Q2Active => "q2_active",
            I::Q2aContract => "q2a_contract",
            I::Q2aRegistered => "q2a_registered",
            I::Q2bBon => "q2b_bon",
            I::Q2bNl => "q2b_nl",
            I::Q3aLate => "q3a_late",
            I::Q3aDenominator => "q3a_denominator",
            I::Q3aStillUnregistered => "q3a_still_unregistered",
            I::Q3bNoticed => "q3b_noticed",
            I::Q3bReceived => "q3b_received",
            I::Q4aRefusals => "q4a_refusals",
            I::Q4aEstablished => "q4a_established",
            I::Q4aDenominator => "q4a_denominator",
            I::Q4bTransferred => "q4b_transferred",
            I::Q5aSanctioned => "q5a_sanctioned",
            I::Q6Informed => "q6_informed",
            I::Q6Denominator => "q6_denominator",
        }
    }
}

/// The amount bands of indicator Q5b, in euro.
pub const BANDS: [&str; 4] = ["100", "101-500", "501-1000", "1001-2500"];

fn band(fine: &Fine) -> usize {
    match fine.amount.0 {
        0..=10_000 => 0,
        10_001..=50_000 => 1,
        50_001..=100_000 => 2,
        _ => 3,
    }
}

/// The figures of one municipality, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    counts: BTreeMap<Indicator, u64>,
    bands: [u64; 4],
}

impl Figures {
    /// The count of one indicator.
    pub fn get(&self, indicator: Indicator) -> u64 {
        self.counts.get(&indicator).copied().unwrap_or(0)
    }

    /// Fines per band of [`BANDS`].
    pub fn bands(&self) -> [u64; 4] {
        self.bands
    }

    fn to_json(&self) -> Value {
        let mut object: Map<String, Value> =
            Indicator::ALL.iter().map(|indicator| (indicator.key().to_owned(), json!(self.get(*indicator)))).collect();
        let bands: Map<String, Value> =
            BANDS.iter().zip(self.bands).map(|(band, count)| ((*band).to_owned(), json!(count))).collect();
        object.insert("q5b_bands".to_owned(), Value::Object(bands));
        Value::Object(object)
    }
}

/// The figures of a population at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// As of when, and as known when.
    pub at: Moment,
    /// The whole Region.
    pub totals: Figures,
    /// All nineteen, also those with nothing.
    pub by_municipality: BTreeMap<Municipality, Figures>,
}

impl Report {
    /// An empty report at a moment; add each person with [`Report::add`].
    pub fn new(at: Moment) -> Self {
        let by_municipality = Municipality::all().map(|municipality| (municipality, Figures::default())).collect();
        Self { at, totals: Figures::default(), by_municipality }
    }

    /// Counts a whole population.
    pub fn of<'a>(law: &Law, at: Moment, histories: impl IntoIterator<Item = &'a History<'a>>) -> Self {
        let mut report = Self::new(at);
        for history in histories {
            if let Some(standing) = assess(law, history) {
                report.add(history, &standing);
            }
        }
        report
    }

    /// Counts one person.
    pub fn add(&mut self, history: &History<'_>, standing: &Standing) {
        self.checked(history);
        if let Some(obligation) = &standing.obligation {
            Count { report: self, history, standing, obligation }.all();
        }
    }

    /// The report in the form of report.json.
    pub fn to_json(&self) -> Value {
        let by_municipality: Map<String, Value> = self
            .by_municipality
            .iter()
            .map(|(municipality, figures)| (municipality.to_string(), figures.to_json()))
            .collect();
        json!({
            "as_of": self.at.as_of.to_string(),
            "recorded_by": self.at.recorded_by.to_string(),
            "totals": self.totals.to_json(),
            "by_municipality": by_municipality,
        })
    }

    fn checked(&mut self, history: &History<'_>) {
        *self.totals.counts.entry(I::Q1Persons).or_default() += 1;
        let municipalities: BTreeSet<Municipality> =
            history.checks.iter().map(|check| check.extract.municipality).collect();
        for municipality in municipalities {
            self.at_municipality(municipality, I::Q1Persons);
        }
        for check in &history.checks {
            *self.totals.counts.entry(I::Q1Checks).or_default() += 1;
            self.at_municipality(check.extract.municipality, I::Q1Checks);
        }
    }

    fn at_municipality(&mut self, municipality: Municipality, indicator: Indicator) {
        let figures = self.by_municipality.entry(municipality).or_default();
        *figures.counts.entry(indicator).or_default() += 1;
    }
}

/// Counts one person who is or was obliged.
struct Count<'r, 'h> {
    report: &'r mut Report,
    history: &'h History<'h>,
    standing: &'h Standing,
    obligation: &'h Obligation,
}

impl Count<'_, '_> {
    fn all(mut self) {
        self.obliged();
        self.programme();
        self.late();
        for breach in Breach::ALL {
            self.refusal(*breach);
        }
        self.fines();
    }

    fn one(&mut self, indicator: Indicator, municipality: Option<Municipality>) {
        *self.report.totals.counts.entry(indicator).or_default() += 1;
        if let Some(municipality) = municipality {
            self.report.at_municipality(municipality, indicator);
        }
    }

    /// Counts where the person belonged on a day.
    fn on(&mut self, indicator: Indicator, day: Date) {
        self.one(indicator, self.history.municipality_on(day));
    }

    fn obliged(&mut self) {
        let base = self.history.checks.iter().find(|check| *check.id == self.standing.base);
        let base = base.map(|check| check.extract.municipality);
        self.one(I::Q2Ever, base);
        self.one(I::Q6Denominator, base);
        if self.obligation.certificate_on.is_some() {
            self.one(I::Q2Certified, base);
        }
        if self.obligation.closing.is_none() {
            self.on(I::Q2Active, self.report.at.as_of);
        }
        let given: BTreeSet<InformationItem> = self
            .history
            .events
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::InformationGiven { items, .. } => Some(items.iter().copied()),
                _ => None,
            })
            .flatten()
            .collect();
        let owed = [InformationItem::Brochure, InformationItem::OralNl, InformationItem::OralFr];
        if owed.iter().all(|item| given.contains(item)) {
            self.one(I::Q6Informed, base);
        }
    }

    fn programme(&mut self) {
        if let Some(day) = self.standing.registered_on {
            self.on(I::Q2aRegistered, day);
        }
        let Some(day) = self.standing.contract_on else { return };
        self.on(I::Q2aContract, day);
        let Some((organiser, track)) = &self.standing.track else { return };
        let is_bon = *organiser == Code::new("BON");
        let in_dutch = *track == LegalLanguage::Nl;
        if is_bon {
            self.on(I::Q2bBon, day);
        }
        if in_dutch {
            self.on(I::Q2bNl, day);
        }
    }

    fn late(&mut self) {
        let as_of = self.report.at.as_of;
        let breach = self.obligation.breach(Breach::NotRegistered);
        let Some(due) = breach.term.as_ref().map(|term| term.due) else { return };
        if due > as_of || self.obligation.stopped_by(due) {
            return;
        }
        self.on(I::Q3aDenominator, due);
        if breach.met_in_time() {
            return;
        }
        self.on(I::Q3aLate, due);
        if self.standing.registered_on.is_none() {
            self.on(I::Q3aStillUnregistered, as_of);
        }
        if !breach.notices.is_empty() {
            self.on(I::Q3bNoticed, due);
        }
        if breach.notices.iter().any(|notice| notice.void.is_none() && notice.delivered_on <= as_of) {
            self.on(I::Q3bReceived, due);
        }
    }

    fn refusal(&mut self, breach: Breach) {
        let as_of = self.report.at.as_of;
        let breach = self.obligation.breach(breach);
        if breach.established {
            self.on(I::Q4aEstablished, as_of);
        }
        let (Some(term), Some(cure)) = (&breach.term, &breach.cure) else { return };
        let exempt_by_due = self.standing.exempt_from.is_some_and(|from| from <= term.due);
        let lapsed = cure.due < as_of && !breach.met_in_time();
        let decided = breach.state == Enforcement::Cured || breach.refusal_on.is_some();
        if !lapsed || !decided || exempt_by_due {
            return;
        }
        self.on(I::Q4aDenominator, cure.due);
        if let Some(day) = breach.refusal_on {
            self.on(I::Q4aRefusals, day);
        }
        if let Some(day) = breach.transferred_on {
            self.on(I::Q4bTransferred, day);
        }
    }

    fn fines(&mut self) {
        let mut fines: Vec<Fine> = self
            .obligation
            .breaches
            .iter()
            .flat_map(|breach| breach.fines.iter().copied())
            .filter(|fine| fine.stands)
            .collect();
        fines.sort_by_key(|fine| fine.on);
        if let Some(first) = fines.first() {
            self.on(I::Q5aSanctioned, first.on);
        }
        for fine in &fines {
            let band = band(fine);
            self.report.totals.bands[band] += 1;
            if let Some(municipality) = self.history.municipality_on(fine.on) {
                self.report.by_municipality.entry(municipality).or_default().bands[band] += 1;
            }
        }
    }
}
