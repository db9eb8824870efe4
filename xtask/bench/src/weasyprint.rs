//! The letters beside WeasyPrint: the same words, the same page, the same fonts, one core each, in turn.

use crate::figures::Figures;
use crate::machine::thread_seconds;
use crate::measure::{Turns, now};
use crate::python::{self, Program, number, word};
use crate::{Plan, progress, sample};
use anyhow::ensure;
use std::path::{Path, PathBuf};
use traject_letter_pdf::LetterPdf;
use traject_templates::Letter;

/// Letters in one turn of each.
const LETTERS: usize = 100;
const QUICK_LETTERS: usize = 10;

/// Beyond the numbers of all other letters of this program.
const FIRST_LETTER: usize = 100_000;

/// The fonts of Traject's letters, from the root of the repository.
const FONTS: &str = "crates/letter-pdf/fonts";

/// What WeasyPrint cuts fonts down with where the system has it (libharfbuzz-subset). Without it, it takes fontTools,
/// which is more than half of its time; that race would not be fair, and its ratio has another name.
const FAST_SUBSETTER: &str = "harfbuzz";

/// The two in turn; without WeasyPrint that part is left out, loudly.
pub(crate) fn run(plan: &Plan, press: &LetterPdf, figures: &mut Figures) -> anyhow::Result<()> {
    let python = match python::install(&plan.out, "weasyprint", "weasyprint-requirements.txt") {
        Ok(python) => python,
        Err(error) => return missing(&error, figures),
    };
    let count = if plan.quick { QUICK_LETTERS } else { LETTERS };
    let directory = write_words(press, &fresh(0, count)?, &plan.out)?;
    let mut weasyprint = Program::start("WeasyPrint", &python, "weasyprint_letters.py", |command| {
        command.arg(&directory).arg(FONTS);
    })?;
    // What it needs of the system, such as Pango, shows only when it is used.
    let versions = match weasyprint.ask("begin") {
        Ok(versions) => versions,
        Err(error) => return missing(&error, figures),
    };
    let (mut turns, mut pages) = (Turns::default(), 0.0);
    for round in 1..=plan.rounds {
        progress(&format!("letters: WeasyPrint, round {round} of {}", plan.rounds));
        let our_pages = our_turn(press, &fresh(usize::try_from(round)?, count)?, &mut turns)?;
        let said = weasyprint.ask("letters")?;
        let made = number(&said, "letters")?;
        ensure!(made == count as f64, "WeasyPrint made {made} letters of {count}");
        turns.add("their_wall", made / number(&said, "seconds")?);
        turns.add("theirs", made / number(&said, "cpu_seconds")?);
        turns.add("their_octets", number(&said, "octets")? / made);
        pages = number(&said, "pages")? / our_pages;
        // Its floats vanish at the end of a page when nothing clears them: what has fewer pages is another letter.
        ensure!(pages >= 0.9, "WeasyPrint's letters have {pages} of our pages: they lack words");
    }
    weasyprint.ask("example")?;
    let is_handicapped = word(&versions, "subsetter") != FAST_SUBSETTER;
    if is_handicapped {
        progress(
            "*** LIBHARFBUZZ-SUBSET IS MISSING: WEASYPRINT TAKES MORE THAN TWICE ITS TIME, THE RATIO IS NOT FAIR ***",
        );
    }
    describe(&turns, if is_handicapped { "handicapped_ratio_weasyprint" } else { "ratio_weasyprint" }, figures);
    figures.text("weasyprint", &word(&versions, "weasyprint"));
    figures.text("weasyprint_pydyf", &word(&versions, "pydyf"));
    figures.text("weasyprint_python", &word(&versions, "python"));
    figures.text("weasyprint_variant", &word(&versions, "variant"));
    figures.text("weasyprint_subsetter", &word(&versions, "subsetter"));
    figures.number("weasyprint_pages", pages, "pages of its letters by ours");
    Ok(())
}

/// The letters of a turn, which no turn or preview before had: Typst remembers what it has laid out, and a letter made
/// twice would cost next to nothing the second time. WeasyPrint remembers nothing, so that its turns may repeat.
fn fresh(turn: usize, count: usize) -> anyhow::Result<Vec<Letter>> {
    let first = FIRST_LETTER + turn * count;
    (first..first + count).map(sample::letter).collect()
}

fn missing(error: &anyhow::Error, figures: &mut Figures) -> anyhow::Result<()> {
    progress(&format!("*** WEASYPRINT IS MISSING, NOTHING IS COMPARED WITH IT: {error:#} ***"));
    figures.text("weasyprint", "missing: nothing was compared with it");
    Ok(())
}

/// Where the other program finds the words, and leaves its example beside ours.
fn write_words(press: &LetterPdf, letters: &[Letter], out: &Path) -> anyhow::Result<PathBuf> {
    let directory = out.join("weasyprint-letters");
    std::fs::create_dir_all(&directory)?;
    let words: Vec<_> = letters.iter().map(|letter| sample::words(press, letter)).collect::<Result<_, _>>()?;
    std::fs::write(directory.join("letters.json"), serde_json::to_vec(&words)?)?;
    if let Some(first) = letters.first() {
        std::fs::write(directory.join("traject.pdf"), sample::make(press, first)?.pdf)?;
    }
    Ok(directory)
}

/// Every letter once on this thread, whose time the rest of the machine does not lengthen; gives their pages.
fn our_turn(press: &LetterPdf, letters: &[Letter], turns: &mut Turns) -> anyhow::Result<f64> {
    let (begin, begin_busy) = (now(), thread_seconds());
    let (mut pages, mut octets) = (0, 0);
    for letter in letters {
        let rendered = sample::make(press, letter)?;
        pages += rendered.pages;
        octets += rendered.pdf.len();
    }
    let wall = begin.elapsed().as_secs_f64();
    let busy = thread_seconds().zip(begin_busy).map_or(wall, |(end, begin)| end - begin);
    turns.add("our_wall", letters.len() as f64 / wall);
    turns.add("ours", letters.len() as f64 / busy);
    turns.add("our_octets", octets as f64 / letters.len() as f64);
    Ok(pages as f64)
}

fn describe(turns: &Turns, ratio_name: &str, figures: &mut Figures) {
    let mut spread = |name: &str, kind, about| figures.spread(name, &turns.spread(kind), about);
    spread("bilingual_per_core_s", "ours", "different bilingual letters by second of processor time, one thread");
    spread("weasyprint_per_core_s", "theirs", "the same letters with WeasyPrint, one thread, warm");
    spread("bilingual_per_s", "our_wall", "ours by second on the clock");
    spread("weasyprint_per_s", "their_wall", "WeasyPrint's by second on the clock");
    spread("bilingual_bytes", "our_octets", "of one of our letters");
    spread("weasyprint_bytes", "their_octets", "of one of WeasyPrint's");
    let ratio = turns.ratio("ours", "theirs");
    figures.spread(ratio_name, &ratio, "letters by second of processor time, Traject by WeasyPrint; aim 20");
}
