//! Figures straight from `assess` over the facts of the ledger, and the files of an answer.

use anyhow::Context;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use traject_app::Desk;
use traject_domain::assess;
use traject_domain::fact::Fact;
use traject_domain::history::Moment;
use traject_domain::persons;
use traject_letter_pdf::{AnswerDocument, AnswerTable, Column, LetterPdf};
use traject_report::answer::Answer;
use traject_report::figures::Report;

/// Dossiers read at a time.
const PAGE: usize = 1024;

/// The figures as of a day and as known on a day, over every fact of the ledger.
///
/// Persons are joined across numbers as known at that moment, not as the dossiers are today.
///
/// # Errors
/// When the store fails, or a dossier is waiting for its assessment after an import.
pub async fn figures(desk: &Desk, at: Moment) -> anyhow::Result<Report> {
    let waiting = desk.store.stale(None, 1).await?;
    anyhow::ensure!(waiting.is_empty(), "NOT_ASSESSED: an import is not finished; run it again, or traject settle");
    let mut facts: Vec<Fact> = Vec::new();
    let mut after = None;
    loop {
        let page = desk.store.scan(after, PAGE).await?;
        after = page.last().map(|dossier| dossier.id);
        let last = page.len() < PAGE;
        facts.extend(page.into_iter().flat_map(|dossier| dossier.facts).map(|fact| fact.fact));
        if last {
            break;
        }
    }
    let mut report = Report::new(at);
    for history in persons::histories(&facts, at) {
        if let Some(standing) = assess(&desk.law.law, &history) {
            report.add(&history, &standing);
        }
    }
    Ok(report)
}

/// Writes `answer.json`, `answer.csv` and `answer.pdf` (PDF/A-2a and PDF/UA-1) into a directory, and beside them
/// `report.json`: every figure by municipality, not protected, for the owner's eyes.
///
/// # Errors
/// When a file cannot be written or the PDF cannot be made.
pub fn write_answer(report: &Report, answer: &Answer, press: &LetterPdf, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let create = |name: &str| {
        let path = out.join(name);
        File::create(&path).map(BufWriter::new).with_context(|| format!("{} cannot be written", path.display()))
    };
    for (name, value) in [("report.json", report.to_json()), ("answer.json", answer.to_json())] {
        let mut json = create(name)?;
        serde_json::to_writer_pretty(&mut json, &value)?;
        writeln!(json)?;
        json.flush()?;
    }
    let mut csv = create("answer.csv")?;
    answer.write_csv(&mut csv)?;
    csv.flush()?;
    let mut pdf = create("answer.pdf")?;
    pdf.write_all(&press.render_answer(&document(answer)?)?.pdf)?;
    pdf.flush()?;
    Ok(())
}

fn document(answer: &Answer) -> anyhow::Result<AnswerDocument> {
    let [number, figure, count, of, share, owner] = answer.columns();
    let columns = vec![
        Column::words(number),
        Column::words(figure),
        Column::numbers(count),
        Column::numbers(of),
        Column::numbers(share),
        Column::words(owner),
    ];
    let rows = answer.rows().into_iter().map(|row| row.to_vec()).collect();
    let notes = answer.notes();
    let (first, rest) = notes.split_first().context("an answer has notes")?;
    let table = AnswerTable::new(first.clone(), columns, rows)?;
    let document = AnswerDocument::new(answer.language, answer.at.as_of, "Traject", answer.title(), table);
    Ok(rest.iter().fold(document, |document, note| document.note(note.clone())))
}

/// The answer as a table for a terminal.
pub fn table(answer: &Answer) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(answer.columns());
    for row in answer.rows() {
        table.add_row(row);
    }
    for column in 2..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    format!("{}\n{table}\n{}\n", answer.title(), answer.notes().join("\n"))
}
