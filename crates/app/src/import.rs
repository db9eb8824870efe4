//! Import: facts from a file, in batches, each fact once however often the file is read.

use crate::desk::Desk;
use crate::error::{AppError, CommitError};
use crate::ids::{DossierId, FactId};
use crate::model::{Actor, Command, DossierChange, Identity, NewFact, Request, StandingUpdate};
use std::collections::{BTreeMap, HashMap, HashSet};
use traject_domain::Date;
use traject_domain::code::Code;
use traject_domain::fact::{Fact, FactKind, FactRef, NumberKey};
use traject_domain::national_number::NationalNumber;

/// What a row says happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A fact as the domain has it.
    Fact(FactKind),
    /// From then on the person has this number.
    NumberReplaced(NationalNumber),
}

/// One good row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The reporting agency's reference.
    pub reference: FactRef,
    /// The number it is reported under.
    pub number: NationalNumber,
    /// When it happened.
    pub occurred_on: Date,
    /// When it became known.
    pub known_on: Date,
    /// The reporting agency.
    pub agency: Code,
    /// What happened.
    pub kind: RowKind,
    /// Names and contact, for a check.
    pub identity: Option<Identity>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Facts recorded.
    pub recorded: u64,
    /// Facts that were in the ledger already.
    pub known: u64,
    /// Dossiers made.
    pub dossiers: u64,
    /// References that the ledger has for a fact with other content: these rows were left out.
    pub contradicted: Vec<FactRef>,
}

/// Numbers that a file will join to one person: they share a dossier from the first row on.
#[derive(Debug, Clone, Default)]
pub struct SamePerson(HashMap<NationalNumber, Vec<NationalNumber>>);

impl SamePerson {
    /// Joins old and new numbers, along chains.
    pub fn new(replaced: &[(NationalNumber, NationalNumber)]) -> Self {
        let mut groups: HashMap<NationalNumber, Vec<NationalNumber>> = HashMap::new();
        for (old, new) in replaced {
            let mut joined = groups.get(old).cloned().unwrap_or_else(|| vec![*old]);
            let others = groups.get(new).cloned().unwrap_or_else(|| vec![*new]);
            joined.extend(others.into_iter().filter(|number| !joined.contains(number)).collect::<Vec<_>>());
            for number in &joined {
                groups.insert(*number, joined.clone());
            }
        }
        Self(groups)
    }

    /// All numbers of the person with this one.
    fn of(&self, number: NationalNumber) -> &[NationalNumber] {
        self.0.get(&number).map_or(&[], Vec::as_slice)
    }
}

/// Rows in one transaction.
pub const BATCH: usize = 1024;

/// The numbers of a dossier, by the key that facts use.
type Numbers = std::sync::Arc<HashMap<NumberKey, NationalNumber>>;

/// True when a row reports what a fact of the ledger says. Names and contact are not compared.
fn says_the_same(row: &ImportRow, fact: &Fact, numbers: &Numbers) -> bool {
    let same_kind = match (&row.kind, &fact.kind) {
        (RowKind::NumberReplaced(by), FactKind::NumberReplaced(key)) => {
            // The other number may have a dossier of its own; then only its key is known here.
            numbers.get(key).is_none_or(|number| number == by)
        }
        (RowKind::Fact(kind), recorded) => kind == recorded,
        (RowKind::NumberReplaced(_), _) => false,
    };
    same_kind
        && numbers.get(&fact.number) == Some(&row.number)
        && (row.occurred_on, row.known_on, &row.agency) == (fact.occurred_on, fact.known_on, &fact.agency)
}

/// Where a row of a batch belongs.
struct Place {
    dossier: DossierId,
    number: NumberKey,
}

/// The dossiers a batch touches.
#[derive(Default)]
struct Touched {
    /// Version and numbers of dossiers that are there.
    versions: HashMap<DossierId, u64>,
    places: HashMap<NationalNumber, (DossierId, NumberKey)>,
    new_numbers: BTreeMap<DossierId, Vec<(NumberKey, NationalNumber)>>,
    made: u64,
}

impl Desk {
    /// Records one batch of good rows in one transaction; facts that are in the ledger already are passed over.
    ///
    /// The dossiers are left stale: call [`Desk::settle`] when the file has been read.
    ///
    /// # Errors
    /// What the store says; nothing of the batch is then in the ledger.
    pub async fn import(&self, rows: &[ImportRow], same: &SamePerson, actor: &Actor) -> Result<Imported, AppError> {
        let (fresh, mut imported) = self.sort_out(rows).await?;
        if fresh.is_empty() {
            return Ok(imported);
        }
        let mut touched = self.touched(&fresh, same).await?;
        let mut facts: BTreeMap<DossierId, Vec<NewFact>> = BTreeMap::new();
        for row in &fresh {
            let place = self.place(row.number, same, &mut touched);
            let fact = self.imported_fact(row, &place, &mut touched, actor);
            facts.entry(place.dossier).or_default().push(fact);
        }
        let changes = facts
            .into_iter()
            .map(|(dossier, facts)| DossierChange {
                dossier,
                expected_version: touched.versions.get(&dossier).copied().unwrap_or(0),
                numbers: touched.new_numbers.remove(&dossier).unwrap_or_default(),
                facts,
                standing: StandingUpdate::Stale,
                imported: true,
                deliveries: Vec::new(),
                work: Vec::new(),
                decision: None,
            })
            .collect();
        let request = Request { caller: "import".to_owned(), id: self.ids.next(), hash: [0; 32] };
        self.store.commit(Command { request, changes }).await.map_err(|error| match error {
            // Another import of the same file runs beside this one.
            CommitError::Taken(_) => AppError::Stale,
            error => error.into(),
        })?;
        imported.recorded = fresh.len() as u64;
        imported.dossiers = touched.made;
        Ok(imported)
    }

    /// What [`Desk::import`] would do, without doing it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn preview(&self, rows: &[ImportRow]) -> Result<Imported, AppError> {
        let (fresh, mut imported) = self.sort_out(rows).await?;
        imported.recorded = fresh.len() as u64;
        Ok(imported)
    }

    /// Splits a batch into rows that are new and rows whose reference the ledger has, with or without the same content.
    async fn sort_out<'r>(&self, rows: &'r [ImportRow]) -> Result<(Vec<&'r ImportRow>, Imported), AppError> {
        let references: Vec<FactRef> = rows.iter().map(|row| row.reference.clone()).collect();
        let known = self.store.known_references(&references).await?;
        let (held, fresh): (Vec<&ImportRow>, Vec<&ImportRow>) =
            rows.iter().partition(|row| known.contains(&row.reference));
        let mut imported = Imported::default();
        if !held.is_empty() {
            let recorded = self.recorded(&held).await?;
            for row in held {
                if recorded.get(&row.reference).is_some_and(|(fact, numbers)| says_the_same(row, fact, numbers)) {
                    imported.known += 1;
                } else {
                    imported.contradicted.push(row.reference.clone());
                }
            }
        }
        Ok((fresh, imported))
    }

    /// The facts of the dossiers that rows belong to, by reference, each with its dossier's numbers.
    async fn recorded(&self, rows: &[&ImportRow]) -> Result<HashMap<FactRef, (Fact, Numbers)>, AppError> {
        let numbers: HashSet<NationalNumber> = rows.iter().map(|row| row.number).collect();
        let numbers: Vec<NationalNumber> = numbers.into_iter().collect();
        let ids: HashSet<DossierId> = self.store.numbers(&numbers).await?.iter().map(|known| known.dossier).collect();
        let ids: Vec<DossierId> = ids.into_iter().collect();
        let mut recorded = HashMap::new();
        for dossier in self.store.dossiers(&ids).await? {
            let numbers: Numbers = std::sync::Arc::new(dossier.numbers.iter().copied().collect());
            for fact in dossier.facts {
                recorded.insert(fact.fact.reference.clone(), (fact.fact, numbers.clone()));
            }
        }
        Ok(recorded)
    }

    /// Looks up the dossiers of all numbers of a batch at once.
    async fn touched(&self, rows: &[&ImportRow], same: &SamePerson) -> Result<Touched, AppError> {
        let numbers: HashSet<NationalNumber> = rows
            .iter()
            .flat_map(|row| {
                let by = match row.kind {
                    RowKind::NumberReplaced(by) => Some(by),
                    RowKind::Fact(_) => None,
                };
                std::iter::once(row.number).chain(by).chain(same.of(row.number).iter().copied())
            })
            .collect();
        let numbers: Vec<NationalNumber> = numbers.into_iter().collect();
        let mut touched = Touched::default();
        for found in self.store.numbers(&numbers).await? {
            touched.versions.insert(found.dossier, found.version);
            touched.places.insert(found.number, (found.dossier, found.key));
        }
        Ok(touched)
    }

    /// The dossier and the key of a number; a number that nobody has makes a dossier.
    fn place(&self, number: NationalNumber, same: &SamePerson, touched: &mut Touched) -> Place {
        if let Some((dossier, number)) = touched.places.get(&number) {
            return Place { dossier: *dossier, number: *number };
        }
        let held = same.of(number).iter().find_map(|other| touched.places.get(other)).map(|(dossier, _)| *dossier);
        let dossier = match held {
            Some(dossier) => dossier,
            None => {
                touched.made += 1;
                DossierId(self.ids.next())
            }
        };
        let key = self.add_number(dossier, number, touched);
        Place { dossier, number: key }
    }

    fn add_number(&self, dossier: DossierId, number: NationalNumber, touched: &mut Touched) -> NumberKey {
        let key = NumberKey(self.ids.next());
        touched.places.insert(number, (dossier, key));
        touched.new_numbers.entry(dossier).or_default().push((key, number));
        key
    }

    fn imported_fact(&self, row: &ImportRow, place: &Place, touched: &mut Touched, actor: &Actor) -> NewFact {
        let kind = match &row.kind {
            RowKind::Fact(kind) => kind.clone(),
            RowKind::NumberReplaced(by) => {
                let key = match touched.places.get(by) {
                    Some((_, key)) => *key,
                    None => self.add_number(place.dossier, *by, touched),
                };
                FactKind::NumberReplaced(key)
            }
        };
        let fact = Fact {
            reference: row.reference.clone(),
            number: place.number,
            occurred_on: row.occurred_on,
            known_on: row.known_on,
            agency: row.agency.clone(),
            kind,
        };
        NewFact { id: FactId(self.ids.next()), fact, actor: actor.clone(), identity: row.identity.clone() }
    }
}
