//! The law beside OpenFisca: the same question about the same invented persons, and every answer compared.

use crate::figures::Figures;
use crate::measure::{Turns, now, rate};
use crate::python::{self, Program, number, word};
use crate::synthetic::{self, Person};
use crate::{Plan, machine, progress};
use anyhow::ensure;
use serde_json::Value;
use std::hint::black_box;
use std::path::Path;
use traject_domain::assess;
use traject_domain::assess::{decide, explain};
use traject_domain::code::Code;
use traject_domain::fact::Fact;
use traject_domain::history::{History, Moment};
use traject_domain::law::Law;
use traject_domain::standing::Outcome;

/// How many persons are decided on in one go, and how many of them one by one.
const PERSONS: usize = 1_000_000;
const QUICK_PERSONS: usize = 100_000;
const SINGLE_PERSONS: usize = 100;

/// The two answers in turn, turn after turn; without OpenFisca that part is left out, loudly.
pub(crate) fn run(plan: &Plan, law: &Law, figures: &mut Figures) -> anyhow::Result<()> {
    let python = match python::install(&plan.out, "openfisca", "requirements.txt") {
        Ok(python) => python,
        Err(error) => {
            progress(&format!("*** OPENFISCA IS MISSING, NOTHING IS COMPARED WITH IT: {error:#} ***"));
            figures.text("openfisca", "missing: nothing was compared with it");
            return Ok(());
        }
    };
    let directory = tempfile::Builder::new().prefix("openfisca-").tempdir_in(&plan.out)?;
    let count = if plan.quick { QUICK_PERSONS } else { PERSONS };
    progress(&format!("law: {count} persons are made"));
    let persons = synthetic::persons(law, count);
    synthetic::write(&persons, directory.path())?;
    let facts: Vec<Fact> = persons.iter().enumerate().map(|(i, person)| person.fact(i)).collect();
    drop::<Vec<Person<'_>>>(persons);
    let mut openfisca = Program::start("OpenFisca", &python, "measure.py", |command| {
        command.arg(directory.path()).args(["--cores", &machine::cores().to_string()]);
    })?;
    let versions = openfisca.ask("build")?;
    let mut turns = Turns::default();
    let mut answers = Vec::new();
    for round in 1..=plan.rounds {
        progress(&format!("law: OpenFisca, round {round} of {}", plan.rounds));
        answers = one_round(plan, law, &facts, &mut openfisca, &mut turns)?;
    }
    openfisca.ask("answers")?;
    let kinds = compare(law, &answers, &openfisca_answers(directory.path())?)?;
    describe(&versions, &turns, kinds, figures);
    Ok(())
}

fn one_round(
    plan: &Plan,
    law: &Law,
    facts: &[Fact],
    openfisca: &mut Program,
    turns: &mut Turns,
) -> anyhow::Result<Vec<Option<Outcome>>> {
    let count = facts.len() as f64;
    let begin = now();
    let answers = decide_all(law, facts);
    turns.add("million", count / begin.elapsed().as_secs_f64());
    let alone = openfisca.ask("million")?;
    turns.add("openfisca_build", number(&alone, "build_seconds")?);
    turns.add("openfisca_alone", count / number(&alone, "seconds")?);
    turns.add("openfisca_shared", count / number(&openfisca.ask("shared")?, "seconds")?);
    let some = &facts[..SINGLE_PERSONS.min(facts.len())];
    turns.add("single", rate(plan.length, || some.iter().map(|fact| explained(law, fact)).count()));
    turns.add("openfisca_single", 1.0 / number(&openfisca.ask("single")?, "seconds")?);
    Ok(answers)
}

/// The outcome with its reasons of every person, on all cores: each takes its part.
fn decide_all(law: &Law, facts: &[Fact]) -> Vec<Option<Outcome>> {
    let at = Moment::end_of(synthetic::DAY);
    let part = facts.len().div_ceil(machine::cores()).max(1);
    let mut answers = vec![None; facts.len()];
    std::thread::scope(|scope| {
        for (facts, answers) in facts.chunks(part).zip(answers.chunks_mut(part)) {
            scope.spawn(move || {
                for (fact, answer) in facts.iter().zip(answers) {
                    *answer = decide(law, &History::new([fact], at));
                }
            });
        }
    });
    answers
}

/// One decision with the trace of every condition and exemption.
fn explained(law: &Law, fact: &Fact) {
    let history = History::new([fact], Moment::end_of(synthetic::DAY));
    black_box((assess(law, &history), explain(law, &history)));
}

/// How many persons are obliged, exempt and not in scope. A single difference fails the measurement: who answers
/// another question cannot be compared.
fn compare(law: &Law, ours: &[Option<Outcome>], theirs: &[u32]) -> anyhow::Result<[u32; 3]> {
    ensure!(ours.len() == theirs.len(), "{} answers, and {} of OpenFisca", ours.len(), theirs.len());
    let mut kinds = [0; 3];
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let packed = ours.as_ref().and_then(|outcome| packed(law, outcome));
        ensure!(packed == Some(*theirs), "person {i}: {ours:?}, and {theirs:#x} of OpenFisca");
        kinds[(theirs >> OUTCOME) as usize] += 1;
    }
    ensure!(kinds.iter().all(|count| *count > 0), "an outcome did not occur: {kinds:?}");
    Ok(kinds)
}

/// Where the outcome stands in an answer; below it a bit for each condition, then one for each exemption.
const OUTCOME: usize = 30;

/// An answer as `measure.py` writes it; none for what OpenFisca cannot say.
fn packed(law: &Law, outcome: &Outcome) -> Option<u32> {
    let of = |codes: &[Code], word: u32, first: usize, all: &[&Code]| {
        let bits = codes.iter().map(|code| Some(1 << (first + all.iter().position(|known| *known == code)?)));
        Some(bits.sum::<Option<u32>>()? | word << OUTCOME)
    };
    let conditions: Vec<&Code> = law.scope.keys().collect();
    let exemptions: Vec<&Code> = law.exemptions.keys().collect();
    match outcome {
        Outcome::Obliged => Some(0),
        Outcome::Exempt(codes) => of(codes, 1, conditions.len(), &exemptions),
        Outcome::NotInScope(codes) => of(codes, 2, 0, &conditions),
        Outcome::Undecided(_) => None,
    }
}

fn openfisca_answers(directory: &Path) -> anyhow::Result<Vec<u32>> {
    let bytes = std::fs::read(directory.join("answers.u32"))?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
}

fn describe(versions: &Value, turns: &Turns, kinds: [u32; 3], figures: &mut Figures) {
    figures.text("openfisca", &word(versions, "openfisca"));
    figures.text("openfisca_numpy", &word(versions, "numpy"));
    figures.text("openfisca_python", &word(versions, "python"));
    let about = "invented persons; every answer of both was compared, and is the same";
    figures.number("openfisca_persons", f64::from(kinds.iter().sum::<u32>()), about);
    for (kind, count) in ["obliged", "exempt", "not_in_scope"].iter().zip(kinds) {
        figures.number(&format!("openfisca_persons_{kind}"), f64::from(count), "of them");
    }
    let mut spread = |name: &str, kind, about| figures.spread(name, &turns.spread(kind), about);
    spread("million_per_s", "million", "outcomes with reason codes from facts, all cores");
    spread("openfisca_alone_per_s", "openfisca_alone", "the same of OpenFisca in one process, vectorised");
    spread("openfisca_shared_per_s", "openfisca_shared", "the same in one process per core, each with its part");
    spread("openfisca_build_s", "openfisca_build", "to make its simulation from arrays, not in the above");
    spread("single_per_s", "single", "standings with the trace of every condition, one by one, one core");
    spread("openfisca_single_per_s", "openfisca_single", "simulations of one person with trace, median of many");
    let million = turns.ratio("million", "openfisca_alone");
    figures.spread("ratio_openfisca_million", &million, "Traject on all cores by OpenFisca, vectorised, as it runs");
    let shared = turns.ratio("million", "openfisca_shared");
    figures.spread("ratio_openfisca_shared", &shared, "the same by OpenFisca in one process per core");
    let single = turns.ratio("single", "openfisca_single");
    figures.spread("ratio_openfisca_single", &single, "one explained decision, Traject by OpenFisca");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_packed_as_the_other_program_does() {
        let law = traject_lawbook::embedded().expect("the law ships with the program");
        let codes = |codes: &[&str]| codes.iter().map(|code| Code::new(code)).collect::<Vec<_>>();
        let answers = [
            (Outcome::Obliged, Some(0)),
            (Outcome::NotInScope(codes(&["R-S1", "R-T1"])), Some(2 << 30 | 1 << 6 | 1)),
            (Outcome::Exempt(codes(&["E01", "E09"])), Some(1 << 30 | 1 << 15 | 1 << 7)),
            (Outcome::Undecided(Vec::new()), None),
        ];
        for (outcome, expected) in answers {
            assert_eq!(packed(&law, &outcome), expected, "{outcome:?}");
        }
    }

    #[test]
    fn another_reason_is_a_difference() {
        let law = traject_lawbook::embedded().expect("the law ships with the program");
        let exempt = |code| Some(Outcome::Exempt(vec![Code::new(code)]));
        let outside = Some(Outcome::NotInScope(vec![Code::new("R-S5")]));
        let ours = [Some(Outcome::Obliged), exempt("E03"), outside];
        let theirs = [0, 1 << 30 | 1 << 9, 2 << 30 | 1 << 4];
        assert_eq!(compare(&law, &ours, &theirs).expect("they agree"), [1, 1, 1]);
        assert!(compare(&law, &ours, &[0, 1 << 30 | 1 << 10, 2 << 30 | 1 << 4]).is_err());
        assert!(compare(&law, &ours, &theirs[1..]).is_err());
    }
}
