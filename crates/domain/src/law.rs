//! The law as data: regimes, scope, exemptions, suspensions, terms, counting, policies, fines, code lists.
//!
//! Values are read by `traject-lawbook` from `config/law/*.yaml`; nothing here has a default of its own.
//! Every value carries its [`Provenance`]: the article seen, or the word assumption. What a text may change is
//! [`Dated`]: which version applies is asked for a day, as known on another.

use crate::Date;
use crate::code::{Breach, Code, LegalLanguage, Term, closed_codes};
use crate::dated::Dated;
use crate::fact::Destination;
use crate::labels::Label;
use crate::money::Cents;
use crate::municipality::Municipality;
use crate::predicate::{Field, Predicate};
use std::collections::{BTreeMap, BTreeSet};

mod channels;
mod fines;
mod programme;
mod transition;

pub use channels::{ChannelNeed, ChannelRule, DeliveryProof, LegalEffect, RefusedSignature};
pub use fines::{FineRange, FineStep, MaxAppliesTo};
pub use programme::{Component, Entitlement, EntitlementBasis, LanguageTarget, Literacy, Waiver};
pub use transition::{ChosenBy, Transition, TransitionSubject};

/// How sure a value is (law.md § 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Working assumption: configurable, and shown as one.
    Assumption,
    /// Secondary source.
    Secondary,
    /// Read in an official text or on an official site.
    Verified,
}

impl Confidence {
    /// The word used in law files and shown beside a reason.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Assumption => "assumption",
            Self::Secondary => "secondary",
            Self::Verified => "verified",
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Ids of [`Law::sources`]; never empty.
    pub sources: Vec<Code>,
    /// The article seen, per regime, as cited in each language; a regime that is absent here was not seen.
    pub articles: BTreeMap<RegimeId, Label>,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Provenance {
    /// What a reason prints for this value: the article of the regime, or the word assumption, or the source's id.
    pub fn ground(&self, regime: Option<&RegimeId>) -> String {
        if self.confidence == Confidence::Assumption {
            return "assumption".to_owned();
        }
        let article = regime.and_then(|id| self.articles.get(id));
        match (article, self.sources.first()) {
            (Some(article), _) => article.en.clone(),
            (None, Some(source)) => source.to_string(),
            (None, None) => "assumption".to_owned(),
        }
    }
}

/// A text the values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Title as cited.
    pub title: String,
    /// Number in the Official Gazette, where known.
    pub numac: Option<String>,
    /// Day of publication, where known.
    pub published: Option<Date>,
}

/// `A`, `B` and whatever follows.
pub type RegimeId = Code;

/// A body of rules in force from a day on, and known from the day it was published (law.md R-T1, R-T2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regime {
    /// Its letter.
    pub id: RegimeId,
    /// Name in the working languages.
    pub label: Label,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force, as the files state it; a later regime ends an earlier one in any case.
    pub effective_until: Option<Date>,
    /// Day of publication; absent: known from the start.
    pub known_from: Option<Date>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// One condition of the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its id, such as `R-S4`.
    pub id: Code,
    /// What it says, for a reader.
    pub label: Label,
    /// The test.
    pub test: Predicate,
    /// True for a condition on the registration itself: a row that definitely fails it cannot give the reference date
    /// (R-S2, with R-S5 and R-S6).
    pub gives_reference_date: bool,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// How an exemption comes to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExemptionBasis {
    /// Read in the register: holds while this test holds for the latest check.
    Automatic(Predicate),
    /// Granted on evidence by the municipality.
    OnEvidence,
}

/// One ground of exemption (law.md § 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// `E01` and on.
    pub code: Code,
    /// What it says.
    pub label: Label,
    /// Automatic or on evidence; automatic ones may be granted on evidence too.
    pub basis: ExemptionBasis,
    /// Papers that show it, codes for a checklist.
    pub evidence: Vec<Code>,
    /// Channels by which evidence may arrive; empty: any.
    pub channels: BTreeSet<Channel>,
    /// Regimes that have it.
    pub regimes: BTreeSet<RegimeId>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A length of calendar time as the law states it: years, months or days; exactly one is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// Whole years, by the calendar.
    Years(u16),
    /// Whole months, by the month rule.
    Months(u16),
    /// Calendar days.
    Days(u16),
}

closed_codes! {
    /// By which door evidence may come in.
    Channel {
        /// Through the organiser.
        Organiser = "organiser",
        /// At the municipal desk.
        MunicipalDesk = "municipal_desk",
        /// By e-mail to the municipality.
        MunicipalEmail = "municipal_email",
    }
}

/// One ground of suspension (law.md § 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// `S01` and on.
    pub code: Code,
    /// What it says.
    pub label: Label,
    /// The longest single grant, counted from its first day; absent: as long as the certificate says.
    pub length: Option<Length>,
    /// The longest total with extensions, counted from the first day; absent: no maximum was found.
    pub length_with_extension: Option<Length>,
    /// Sexes that may have the extension; empty: any.
    pub extension_for: BTreeSet<Code>,
    /// The shortest total; absent: none.
    pub min_total: Option<Length>,
    /// Channels by which evidence may arrive.
    pub channels: BTreeSet<Channel>,
    /// True when the evidence is medical: never through an organiser, never to a peer.
    pub medical: bool,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Who acts on a lapse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgencyKind {
    /// One of the nineteen.
    Municipality,
    /// Bon or a BAPA.
    Organiser,
    /// The Joint Community Commission.
    Ggc,
}

/// One term (law.md § 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Which.
    pub term: Term,
    /// Its name for a reader.
    pub label: Label,
    /// How long.
    pub length: Length,
    /// True for a target of service, not of law.
    pub service_target: bool,
    /// Who acts when it lapses.
    pub actor: AgencyKind,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// How months are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthRule {
    /// To the eve of the ordinal of the first counted day; a missing ordinal is the month's last day.
    EveOfOrdinal,
    /// Same day number, clamped to the month.
    SameDayNumber,
}

/// Days that are not working days besides Sunday, by rule (law.md § 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolidayRule {
    /// The same month and day every year.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// So many days after Easter Sunday.
    Easter {
        /// Days after Easter Sunday.
        offset: i16,
    },
}

/// One legal holiday with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its code, such as `whit_monday`.
    pub code: Code,
    /// Its name.
    pub label: Label,
    /// When it falls.
    pub rule: HolidayRule,
}

/// How days and months are counted; named by the text that sets a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingRegime {
    /// How months are counted. The start day is never counted.
    pub month_rule: MonthRule,
    /// Whether a last day on a Saturday rolls.
    pub roll_saturday: bool,
    /// Whether a last day on a Sunday rolls.
    pub roll_sunday: bool,
    /// Legal holidays.
    pub holidays: Vec<Holiday>,
    /// A posted letter without receipt counts as delivered on this working day after posting.
    pub presumed_delivery_working_days: u8,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// What is done with 29 February birthdays in common years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeapDayBirthday {
    /// The birthday is 1 March.
    FirstOfMarch,
    /// The birthday is 28 February.
    TwentyEighthOfFebruary,
}

/// What is done with an incomplete birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompleteBirthDate {
    /// Decide when every possible day gives the same answer, else ask.
    AskWhenItMatters,
    /// 1 July, or the 15th where the month is known; flagged for a person.
    MidYear,
}

/// How suspended time is added to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuspensionUnit {
    /// The union of suspended days.
    CalendarDays,
    /// Whole months, then the remaining days, of each span.
    Months,
}

/// What meets D-REGISTER and D-COMPLETE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetBy {
    /// The registration or completion itself.
    Registered,
    /// The municipality's receipt of the certificate.
    CertificateReceived,
}

/// What a letter in the wrong language is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongLanguage {
    /// Void: the step reopens.
    Void,
    /// It stands.
    Stands,
}

/// The choices a lawyer has not closed; each is an assumption that a site may set by its dotted key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// `scope.policies.leap_day_birthday`.
    pub leap_day_birthday: LeapDayBirthday,
    /// `scope.policies.incomplete_birth_date`.
    pub incomplete_birth_date: IncompleteBirthDate,
    /// `suspensions.policies.suspends`.
    pub suspends: BTreeSet<Term>,
    /// `suspensions.policies.unit`.
    pub suspension_unit: SuspensionUnit,
    /// `deadlines.met_by`.
    pub met_by: MetBy,
    /// `letters.wrong_language`.
    pub wrong_language: WrongLanguage,
}

/// How far what is recorded can be trusted (questions.md § 3, 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// No doubt is known.
    Reliable,
    /// Published sources warn of it.
    Unreliable,
}

/// A column of the register extract, or a kind of fact, as a reader meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its name.
    pub label: Label,
    /// Papers that show it, of [`CodeList::Papers`]; for a column.
    pub papers: Vec<Code>,
    /// How far it can be trusted.
    pub quality: Quality,
    /// Where that comes from.
    pub provenance: Provenance,
}

/// What letters are bound to (actors-and-data.md § 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// The languages in which a municipality writes.
    pub municipality: BTreeSet<LegalLanguage>,
    /// The languages in which the GGC writes.
    pub ggc: BTreeSet<LegalLanguage>,
    /// Where a decision can be appealed against, as the appeal notice names it.
    pub appeal_body: Label,
    /// Where that comes from.
    pub provenance: Provenance,
}

/// A reception office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organiser {
    /// `BON`, `BAPA_BXL` and on.
    pub code: Code,
    /// Its name.
    pub label: Label,
    /// Track languages it may offer, per regime.
    pub tracks: BTreeMap<RegimeId, BTreeSet<LegalLanguage>>,
    /// Languages of its letters, per regime.
    pub letters: BTreeMap<RegimeId, BTreeSet<LegalLanguage>>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// The closed set of code lists that input is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeList {
    /// ISO 3166-1 alpha-2 countries; `XX` is allowed for nationality only.
    Countries,
    /// Registers.
    Registers,
    /// Permit kinds.
    PermitKinds,
    /// Permit grounds.
    PermitGrounds,
    /// Whose family member.
    FamilyOf,
    /// Family ties.
    FamilyTies,
    /// `F`, `M`, `X`.
    Sexes,
    /// Regions outside Brussels that a person may move to.
    OtherRegions,
    /// Papers that a person or an authority shows.
    Papers,
    /// Why an exemption or a suspension is refused.
    RefusalReasons,
    /// Languages in which a person is spoken to, ISO 639.
    Languages,
    /// Why the GGC fines, or does not.
    DecisionReasons,
    /// What the GGC weighs before it decides.
    Circumstances,
    /// Why a fine is given up.
    WriteOffReasons,
    /// How a person came to hear of an office.
    HeardThrough,
    /// Levels of language.
    LanguageLevels,
    /// Why an office closes its file.
    FileClosures,
}

/// The whole law in the form the evaluator reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// The version the files state.
    pub version: String,
    /// Texts, by id.
    pub sources: BTreeMap<Code, Source>,
    /// Regimes, by `effective_from`.
    pub regimes: Vec<Regime>,
    /// Which law applies where a text changed (R-T3).
    pub transition: BTreeMap<TransitionSubject, Transition>,
    /// Conditions of the scope, by id; all must hold (law.md § 2).
    pub scope: BTreeMap<Code, Dated<Condition>>,
    /// Exemptions, by code.
    pub exemptions: BTreeMap<Code, Dated<Exemption>>,
    /// Suspensions, by code.
    pub suspensions: BTreeMap<Code, Dated<Suspension>>,
    /// Terms.
    pub deadlines: BTreeMap<Term, Dated<Deadline>>,
    /// How time is counted.
    pub counting: CountingRegime,
    /// The open choices.
    pub policies: Policies,
    /// Where the policies come from.
    pub policies_provenance: Provenance,
    /// Names of the two breaches.
    pub breaches: BTreeMap<Breach, Label>,
    /// Fines.
    pub fines: Dated<FineRange>,
    /// Organisers.
    pub organisers: Vec<Organiser>,
    /// What letters are bound to.
    pub letters: Letters,
    /// The ways by which documents travel. Loading guarantees that every way has a rule.
    pub channels: BTreeMap<crate::delivery::Channel, ChannelRule>,
    /// Components of the programme, by code.
    pub components: BTreeMap<Code, Dated<Component>>,
    /// Waivers of a component, by code.
    pub waivers: BTreeMap<Code, Dated<Waiver>>,
    /// Language targets, by literacy and regime.
    pub language_targets: BTreeMap<Literacy, BTreeMap<RegimeId, LanguageTarget>>,
    /// Who is entitled without being obliged, by code.
    pub entitlements: BTreeMap<Code, Dated<Entitlement>>,
    /// Columns of the register extract that the law asks for.
    pub fields: BTreeMap<Field, Recorded>,
    /// Kinds of fact, by [`crate::fact::FactKind::name`].
    pub facts: BTreeMap<Code, Recorded>,
    /// Code lists with their labels.
    pub codes: BTreeMap<CodeList, BTreeMap<Code, Label>>,
    /// Days on which a version begins or becomes known: the same facts may give another standing from then on.
    pub turning_days: BTreeSet<Date>,
}

/// A provision as any reader meets it: its code, its name, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Provision<'l> {
    /// Its code.
    pub code: &'l str,
    /// Its name.
    pub label: &'l Label,
    /// Where it comes from.
    pub provenance: &'l Provenance,
}

impl Law {
    /// Every version of every condition, exemption, suspension, term, waiver and entitlement.
    pub fn provisions(&self) -> Vec<Provision<'_>> {
        fn all<'l, K, T: 'l>(
            items: &'l BTreeMap<K, Dated<T>>,
            read: impl Fn(&'l T) -> Provision<'l> + 'l,
        ) -> impl Iterator<Item = Provision<'l>> {
            items.values().flat_map(Dated::versions).filter_map(|version| version.value.as_ref()).map(read)
        }
        fn of<'l>(code: &'l Code, label: &'l Label, provenance: &'l Provenance) -> Provision<'l> {
            Provision { code: code.as_str(), label, provenance }
        }
        all(&self.scope, |c| of(&c.id, &c.label, &c.provenance))
            .chain(all(&self.exemptions, |e| of(&e.code, &e.label, &e.provenance)))
            .chain(all(&self.suspensions, |s| of(&s.code, &s.label, &s.provenance)))
            .chain(all(&self.deadlines, |d| Provision {
                code: d.term.code(),
                label: &d.label,
                provenance: &d.provenance,
            }))
            .chain(all(&self.components, |c| of(&c.code, &c.label, &c.provenance)))
            .chain(all(&self.waivers, |w| of(&w.code, &w.label, &w.provenance)))
            .chain(all(&self.entitlements, |e| of(&e.code, &e.label, &e.provenance)))
            .collect()
    }

    /// The regime in force on a day, as known on another: of the regimes published by `known_on` the last that had begun.
    pub fn regime_on(&self, day: Date, known_on: Date) -> Option<&Regime> {
        self.regimes
            .iter()
            .filter(|regime| regime.effective_from <= day)
            .filter(|regime| regime.known_from.is_none_or(|published| published <= known_on))
            .max_by_key(|regime| regime.effective_from)
    }

    /// The conditions in force on a day, as known on another.
    pub fn conditions_on(&self, day: Date, known_on: Date) -> impl Iterator<Item = &Condition> {
        self.scope.values().filter_map(move |condition| condition.on(day, known_on))
    }

    /// The exemptions in force on a day, as known on another, of the regime of that day.
    pub fn exemptions_on(&self, day: Date, known_on: Date) -> impl Iterator<Item = &Exemption> {
        self.exemptions
            .values()
            .filter_map(move |exemption| exemption.on(day, known_on))
            .filter(move |exemption| self.is_of_regime(exemption, day, known_on))
    }

    /// Whether the regime of a day has the exemption; before the first regime none is left out.
    pub fn is_of_regime(&self, exemption: &Exemption, day: Date, known_on: Date) -> bool {
        self.regime_on(day, known_on).is_none_or(|regime| exemption.regimes.contains(&regime.id))
    }

    /// The exemption with this code, whenever it was in force.
    pub fn exemption(&self, code: &Code) -> Option<&Exemption> {
        self.exemptions.get(code)?.latest()
    }

    /// The suspension with this code, whenever it was in force.
    pub fn suspension(&self, code: &Code) -> Option<&Suspension> {
        self.suspensions.get(code)?.latest()
    }

    /// The days on which a version of a provision was published.
    pub fn publications(&self) -> impl Iterator<Item = Date> {
        fn of<K, T>(items: &BTreeMap<K, Dated<T>>) -> impl Iterator<Item = Date> {
            items.values().flat_map(Dated::publications)
        }
        of(&self.scope)
            .chain(of(&self.exemptions))
            .chain(of(&self.suspensions))
            .chain(of(&self.deadlines))
            .chain(of(&self.entitlements))
            .chain(self.fines.publications())
    }

    /// The smallest and the largest amount that a fine ever had, by any version of its range.
    pub fn fine_extent(&self) -> (Cents, Cents) {
        let ranges = || self.fines.versions().iter().filter_map(|version| version.value.as_ref());
        let min = ranges().map(|range| range.min).min().unwrap_or(Cents(0));
        (min, ranges().map(|range| range.max).max().unwrap_or(Cents(0)))
    }

    /// The organiser with this code.
    pub fn organiser(&self, code: &Code) -> Option<&Organiser> {
        self.organisers.iter().find(|organiser| organiser.code == *code)
    }

    /// True when the list holds the code.
    pub fn has_code(&self, list: CodeList, code: &Code) -> bool {
        self.codes.get(&list).is_some_and(|codes| codes.contains_key(code))
    }

    /// The name of a code of a list.
    pub fn label(&self, list: CodeList, code: &Code) -> Option<&Label> {
        self.codes.get(&list)?.get(code)
    }

    /// The languages in which an agency writes on a day, as known on another; empty for a code that is no agency's.
    pub fn letter_languages(&self, agency: &Code, on: Date, known_on: Date) -> BTreeSet<LegalLanguage> {
        if agency.as_str() == "GGC" {
            return self.letters.ggc.clone();
        }
        match self.organiser(agency) {
            Some(organiser) => {
                let regime = self.regime_on(on, known_on).map(|regime| &regime.id);
                regime.and_then(|id| organiser.letters.get(id)).cloned().unwrap_or_default()
            }
            None if crate::municipality::Municipality::parse(agency.as_str()).is_some() => {
                self.letters.municipality.clone()
            }
            None => BTreeSet::new(),
        }
    }

    /// The language of an agency's letter to a person whose letter language is this, or is not known; `None`: in every
    /// language in which the agency writes, side by side.
    pub fn letter_language(
        &self,
        agency: &Code,
        person: Option<LegalLanguage>,
        on: Date,
        known_on: Date,
    ) -> Option<LegalLanguage> {
        let languages = self.letter_languages(agency, on, known_on);
        match person {
            Some(language) if languages.contains(&language) => Some(language),
            None if languages.len() != 1 => None,
            _ => languages.first().copied(),
        }
    }

    /// True for a country of ISO 3166-1; `XX`, stateless or of unknown nationality, is none.
    pub fn is_country(&self, code: &Code) -> bool {
        code.as_str() != "XX" && self.has_code(CodeList::Countries, code)
    }

    /// Where a person may move to: the NIS code of a Brussels municipality, another Region, or a country but Belgium.
    pub fn destination(&self, text: &str) -> Option<Destination> {
        let code = Code::new(text);
        if let Some(municipality) = Municipality::parse(text) {
            Some(Destination::Brussels(municipality))
        } else if self.has_code(CodeList::OtherRegions, &code) {
            Some(Destination::OtherRegion(code))
        } else {
            (code.as_str() != "BE" && self.is_country(&code)).then_some(Destination::Abroad(code))
        }
    }

    /// A term as it is in force on a day, as known on another. Loading guarantees that every term always is.
    pub fn deadline_on(&self, term: Term, day: Date, known_on: Date) -> Option<&Deadline> {
        self.deadlines.get(&term)?.on(day, known_on)
    }

    /// The length of a term on a day, as known on another.
    pub fn length_on(&self, term: Term, day: Date, known_on: Date) -> Length {
        self.deadline_on(term, day, known_on).map_or(Length::Months(0), |deadline| deadline.length)
    }

    /// The day a transition rule chooses by. Loading guarantees that every subject has a rule.
    pub fn chosen_by(&self, subject: TransitionSubject) -> ChosenBy {
        self.transition.get(&subject).map_or(subject.choices()[0], |rule| rule.chosen_by)
    }
}
