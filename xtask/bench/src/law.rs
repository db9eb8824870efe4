//! The law over the sample city, on one core: assess, explain, and the day to wake; then over the store, and beside
//! OpenFisca.

use crate::figures::Figures;
use crate::measure::{Turns, rate};
use crate::{Plan, openfisca, progress, reassess};
use anyhow::ensure;
use jiff::civil::date;
use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use traject_domain::assess::{explain, wake_on};
use traject_domain::fact::{Fact, FactKind, NumberKey};
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::national_number::NationalNumber;
use traject_domain::{Date, assess};
use traject_extract_csv::{EventKind, Events, Registrations, Row};
use uuid::Uuid;

/// From the root of the repository, where `cargo xtask` starts this program.
pub(crate) const CITY: &str = "tests/fixtures/city/sample";

/// A day on which every stage and every breach occurs in the city.
pub(crate) const DAY: Date = date(2024, 12, 31);

/// Measures on persons of the sample city, from memory and from the store, then on invented ones.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let law = traject_lawbook::embedded()?;
    city(plan, &law, figures)?;
    reassess::run(plan, &law, figures)?;
    openfisca::run(plan, &law, figures)
}

fn city(plan: &Plan, law: &Law, figures: &mut Figures) -> anyhow::Result<()> {
    let persons = persons(Path::new(CITY), law)?;
    ensure!(!persons.is_empty(), "the sample city is empty");
    let at = Moment::end_of(DAY);
    let histories: Vec<History<'_>> = persons.iter().map(|facts| History::new(facts, at)).collect();
    let mut turns = Turns::default();
    for round in 1..=plan.rounds {
        progress(&format!("law: round {round} of {}", plan.rounds));
        let all = |one: &dyn Fn(usize)| rate(plan.length, || (0..persons.len()).map(one).count());
        turns.add("assess", all(&|i| drop(black_box(assess(law, &histories[i])))));
        turns.add("explain", all(&|i| drop(black_box(explain(law, &histories[i])))));
        turns.add("from_facts", all(&|i| drop(black_box(assess(law, &History::new(&persons[i], at))))));
        turns.add("wake_on", all(&|i| _ = black_box(wake_on(law, &persons[i], at))));
    }
    figures.number("persons", persons.len() as f64, "of the sample city");
    figures.number("facts", persons.iter().map(Vec::len).sum::<usize>() as f64, "of them");
    figures.spread("assess_per_s", &turns.spread("assess"), "standings from histories, one core");
    figures.spread("from_facts_per_s", &turns.spread("from_facts"), "the same with the making of the history");
    figures.spread("explain_per_s", &turns.spread("explain"), "traces of every condition");
    figures.spread("wake_on_per_s", &turns.spread("wake_on"), "days on which the standing will change by itself");
    figures.spread("ratio_explain", &turns.ratio("explain", "assess"), "explain by assess");
    figures.spread("ratio_from_facts", &turns.ratio("from_facts", "assess"), "from facts by assess");
    figures.spread("ratio_wake_on", &turns.ratio("wake_on", "assess"), "wake_on by assess");
    Ok(())
}

/// The facts of the two files, by person; a number that replaces another stays with its person.
fn persons(directory: &Path, law: &Law) -> anyhow::Result<Vec<Vec<Fact>>> {
    let mut city = City::default();
    let mut rows = Registrations::open(&directory.join("registrations.csv"), law)?;
    while let Some(row) = rows.next_row()? {
        if let Row::Accepted(row) = row {
            let (person, number) = city.person(row.number);
            let agency = row.extract.municipality.to_string().as_str().into();
            let (occurred_on, known_on) = (row.checked_on, row.checked_on);
            let kind = FactKind::Checked(Box::new(row.extract));
            city.persons[person].push(Fact { reference: row.check_id, number, occurred_on, known_on, agency, kind });
        }
    }
    let mut rows = Events::open(&directory.join("events.csv"), law, rows.into_numbers())?;
    while let Some(row) = rows.next_row()? {
        if let Row::Accepted(row) = row {
            let (person, number) = city.person(row.number);
            let kind = match row.kind {
                EventKind::Fact(kind) => kind,
                EventKind::NumberReplaced(by) => FactKind::NumberReplaced(city.number(by, person)),
            };
            let (occurred_on, known_on, agency) = (row.occurred_on, row.recorded_on, row.agency);
            city.persons[person].push(Fact { reference: row.event_id, number, occurred_on, known_on, agency, kind });
        }
    }
    Ok(city.persons)
}

/// The persons while the files are read.
#[derive(Default)]
struct City {
    persons: Vec<Vec<Fact>>,
    /// Place of the person in the list, and key of the number.
    numbers: HashMap<NationalNumber, (usize, NumberKey)>,
}

impl City {
    /// Whose number it is: a new person's when nobody has it.
    fn person(&mut self, number: NationalNumber) -> (usize, NumberKey) {
        if let Some(known) = self.numbers.get(&number) {
            return *known;
        }
        self.persons.push(Vec::new());
        let person = self.persons.len() - 1;
        (person, self.number(number, person))
    }

    /// The key of a number, which becomes this person's unless somebody has it.
    fn number(&mut self, number: NationalNumber, person: usize) -> NumberKey {
        let next = NumberKey(Uuid::from_u128(self.numbers.len() as u128));
        self.numbers.entry(number).or_insert((person, next)).1
    }
}
