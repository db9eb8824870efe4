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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Facts recorded.
    pub recorded: u64,
    /// Facts that were in the ledger already.
    pub known: u64,
    /// Dossiers made.
    pub dossiers: u64,
}

/// Rows in one transaction.
pub const BATCH: usize = 1024;

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
    pub async fn import(&self, rows: &[ImportRow], actor: &Actor) -> Result<Imported, AppError> {
        let references: Vec<FactRef> = rows.iter().map(|row| row.reference.clone()).collect();
        let known = self.store.known_references(&references).await?;
        let fresh: Vec<&ImportRow> = rows.iter().filter(|row| !known.contains(&row.reference)).collect();
        let mut imported = Imported { known: (rows.len() - fresh.len()) as u64, ..Imported::default() };
        if fresh.is_empty() {
            return Ok(imported);
        }
        let mut touched = self.touched(&fresh).await?;
        let mut facts: BTreeMap<DossierId, Vec<NewFact>> = BTreeMap::new();
        for row in &fresh {
            let place = self.place(row.number, &mut touched);
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

    /// Looks up the dossiers of all numbers of a batch at once.
    async fn touched(&self, rows: &[&ImportRow]) -> Result<Touched, AppError> {
        let numbers: HashSet<NationalNumber> = rows
            .iter()
            .flat_map(|row| match row.kind {
                RowKind::NumberReplaced(by) => vec![row.number, by],
                RowKind::Fact(_) => vec![row.number],
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
    fn place(&self, number: NationalNumber, touched: &mut Touched) -> Place {
        if let Some((dossier, number)) = touched.places.get(&number) {
            return Place { dossier: *dossier, number: *number };
        }
        let dossier = DossierId(self.ids.next());
        touched.made += 1;
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
