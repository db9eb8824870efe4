//! Finding dossiers by number, and by name and birth date.
//!
//! A name is found whatever its script, accents, case, order of words, hyphens and apostrophes, and with a letter wrong.
//! What is found has a score, and the reasons for it.

mod fold;
mod index;
mod likeness;
mod score;

pub use index::{RULES, Role, Token, WANTED_MAX, tokens};

use crate::desk::{Desk, current_number};
use crate::error::AppError;
use crate::model::{Dossier, DossierRow, Identity};
use fold::{Word, words};
use score::Name;
use std::cmp::Reverse;
use std::fmt;
use traject_domain::fact::FactKind;
use traject_domain::national_number::NationalNumber;
use traject_domain::partial_date::PartialDate;

/// Candidates that a search gives at the most.
pub const CANDIDATES_MAX: usize = 20;
/// Candidates that a search gives where it does not say how many.
pub const CANDIDATES: usize = 5;
/// Dossiers that are compared for one search at the most, whatever the size of the record.
pub const COMPARED_MAX: usize = 500;
/// Characters of a name that is searched for, at the most.
pub const NAME_MAX: usize = 200;
/// What scores less is not shown.
const SCORE_MIN: f64 = 25.0;

/// Why a dossier is a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchReason {
    /// The national number is the one asked for.
    NationalNumber,
    /// The number asked for was replaced by another.
    FormerNumber,
    /// Words of the family name are the same, whatever script and accents.
    FamilyNameExact,
    /// They sound the same, and are spelt differently.
    FamilyNameSpelling,
    /// They are a letter or two apart.
    FamilyNameTypo,
    /// One of the given names is the same.
    GivenNameExact,
    /// One sounds the same, and is spelt differently.
    GivenNameSpelling,
    /// One is a letter or two apart.
    GivenNameTypo,
    /// The name was reported by an earlier check, and is another now.
    FormerName,
    /// The birth date is the same.
    BirthDateExact,
    /// One of the birth dates is incomplete, and the other agrees with what it says.
    BirthDateCompatible,
    /// Two of year, month and day agree, or day and month changed places.
    BirthDateNear,
    /// The birth dates do not agree.
    BirthDateDiffers,
}

impl MatchReason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::NationalNumber,
        Self::FormerNumber,
        Self::FamilyNameExact,
        Self::FamilyNameSpelling,
        Self::FamilyNameTypo,
        Self::GivenNameExact,
        Self::GivenNameSpelling,
        Self::GivenNameTypo,
        Self::FormerName,
        Self::BirthDateExact,
        Self::BirthDateCompatible,
        Self::BirthDateNear,
        Self::BirthDateDiffers,
    ];

    /// Its one spelling.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NationalNumber => "national_number",
            Self::FormerNumber => "former_number",
            Self::FamilyNameExact => "family_name_exact",
            Self::FamilyNameSpelling => "family_name_spelling",
            Self::FamilyNameTypo => "family_name_typo",
            Self::GivenNameExact => "given_name_exact",
            Self::GivenNameSpelling => "given_name_spelling",
            Self::GivenNameTypo => "given_name_typo",
            Self::FormerName => "former_name",
            Self::BirthDateExact => "birth_date_exact",
            Self::BirthDateCompatible => "birth_date_compatible",
            Self::BirthDateNear => "birth_date_near",
            Self::BirthDateDiffers => "birth_date_differs",
        }
    }
}

/// A name that somebody looks for, and a birth date if one is known. Personal data: never logged.
#[derive(Clone)]
pub struct NameQuery {
    words: Vec<Word>,
    birth_date: Option<PartialDate>,
}

impl NameQuery {
    /// A search for family and given names, in any order; none when the text holds no letter or digit.
    pub fn new(name: &str, birth_date: Option<PartialDate>) -> Option<Self> {
        let words = words(name);
        (!words.is_empty()).then_some(Self { words, birth_date })
    }

    /// The texts of [tokens] that candidates have some of, at most [`WANTED_MAX`].
    pub fn wanted(&self) -> Vec<String> {
        index::wanted(&self.words, self.birth_date)
    }
}

impl fmt::Debug for NameQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameQuery(***)")
    }
}

/// A name as one check reported it. Personal data: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownName {
    /// Family name as written.
    pub last_name: Option<String>,
    /// Given names as written.
    pub first_names: Option<String>,
    /// The birth date that the same check reported.
    pub birth_date: Option<PartialDate>,
}

impl KnownName {
    /// The name of an identity.
    pub fn of(identity: &Identity, birth_date: Option<PartialDate>) -> Self {
        Self { last_name: identity.last_name.clone(), first_names: identity.first_names.clone(), birth_date }
    }

    fn words(&self) -> (Vec<Word>, Vec<Word>) {
        let of = |text: &Option<String>| words(text.as_deref().unwrap_or_default());
        (of(&self.last_name), of(&self.first_names))
    }
}

impl fmt::Debug for KnownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownName(***)")
    }
}

/// A dossier with every name that is known of its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDossier {
    /// The dossier with its standing.
    pub row: DossierRow,
    /// The present name first, then the former ones, the latest check first.
    pub names: Vec<KnownName>,
}

/// A dossier that may be the one somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The dossier with its standing.
    pub row: DossierRow,
    /// 1 to 100; 100 is the same name, or the number, and the same birth date where one was asked for.
    pub score: u8,
    /// Why, in the order of [`MatchReason::ALL`].
    pub reasons: Vec<MatchReason>,
    /// The name that matched, with the birth date that is known.
    pub name: KnownName,
}

/// The candidates among dossiers, best first, at most `most`. Those that score alike stand in the order of their ids.
pub fn rank(query: &NameQuery, dossiers: Vec<NamedDossier>, most: usize) -> Vec<Candidate> {
    let mut found: Vec<(f64, Candidate)> = dossiers.into_iter().filter_map(|named| candidate(query, named)).collect();
    found.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.row.id.cmp(&right.row.id)));
    found.into_iter().map(|(_, candidate)| candidate).take(most.min(CANDIDATES_MAX)).collect()
}

/// A dossier by the best of its names.
fn candidate(query: &NameQuery, NamedDossier { row, names }: NamedDossier) -> Option<(f64, Candidate)> {
    let births: Vec<PartialDate> = names.iter().filter_map(|name| name.birth_date).collect();
    let present = names.first()?.words();
    let scored = names.iter().enumerate().filter_map(|(at, known)| {
        let (family, given) = known.words();
        let former = (&family, &given) != (&present.0, &present.1);
        let scored = score::score(query, &Name { family, given, former }, &births)?;
        Some((scored, Reverse(at)))
    });
    let (scored, Reverse(at)) = scored.max_by(|(a, at), (b, other)| a.score.total_cmp(&b.score).then(at.cmp(other)))?;
    if scored.score < SCORE_MIN {
        return None;
    }
    let name = KnownName { birth_date: births.first().copied(), ..names[at].clone() };
    Some((scored.score, Candidate { row, score: percent(scored.score), reasons: scored.reasons, name }))
}

/// A score as a whole number, 1 to 100.
fn percent(score: f64) -> u8 {
    (1..=100_u8).rev().find(|whole| f64::from(*whole) <= score + 0.5).unwrap_or(1)
}

impl Desk {
    /// The dossiers that a name and a birth date may mean, best first, at most `most` and [`CANDIDATES_MAX`].
    ///
    /// # Errors
    /// What the store says.
    pub async fn search_name(&self, query: &NameQuery, most: usize) -> Result<Vec<Candidate>, AppError> {
        let found = self.store.named(&query.wanted(), COMPARED_MAX).await?;
        Ok(rank(query, found, most))
    }

    /// The dossier that has a number, present or past.
    ///
    /// # Errors
    /// What the store says.
    pub async fn search_number(&self, number: NationalNumber) -> Result<Option<(Dossier, Candidate)>, AppError> {
        let Some(id) = self.store.find_number(number).await? else { return Ok(None) };
        let (dossier, identity) = (self.dossier(id).await?, self.store.identity(id).await?);
        let present = current_number(&dossier);
        let is_present = dossier.numbers.iter().any(|(key, known)| *known == number && Some(*key) == present);
        let reason = if is_present { MatchReason::NationalNumber } else { MatchReason::FormerNumber };
        let row = DossierRow { id: dossier.id, version: dossier.version, standing: dossier.standing.clone() };
        let name = KnownName::of(&identity.unwrap_or_default(), birth_date(&dossier));
        Ok(Some((dossier, Candidate { row, score: 100, reasons: vec![reason], name })))
    }
}

/// The birth date of the latest check that has one.
fn birth_date(dossier: &Dossier) -> Option<PartialDate> {
    let checks = dossier.facts.iter().filter_map(|fact| match &fact.fact.kind {
        FactKind::Checked(extract) => Some((fact, extract.birth_date?)),
        _ => None,
    });
    checks.max_by_key(|(fact, _)| (fact.fact.occurred_on, fact.fact.known_on, fact.position)).map(|(_, date)| date)
}
