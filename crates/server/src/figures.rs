//! Figures straight from `assess` over the facts of the ledger, and the files of an answer.

use anyhow::Context;
use async_trait::async_trait;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use traject_app::Desk;
use traject_app::error::AppError;
use traject_app::port::{AnswerPack, FigureRow, FigureTable, Reports};
use traject_domain::fact::Fact;
use traject_domain::history::Moment;
use traject_domain::labels::ReadingLanguage;
use traject_domain::persons;
use traject_letter_pdf::{AnswerDocument, AnswerTable, Column, LetterPdf};
use traject_report::answer::Answer;
use traject_report::figures::{BANDS, Figures, Indicator, Report};

/// Dossiers read at a time.
const PAGE: usize = 1024;

/// The figures as of a day and as known on a day, over every fact of the ledger.
///
/// Persons are joined across numbers as known at that moment, not as the dossiers are today.
///
/// # Errors
/// [`AppError::NotAssessed`] when a dossier waits for its assessment after an import; what the store says.
pub async fn figures(desk: &Desk, at: Moment) -> Result<Report, AppError> {
    if !desk.store.stale(None, 1).await?.is_empty() {
        return Err(AppError::NotAssessed);
    }
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
    // Counting a city takes a while, in which other calls must not wait.
    let law = Arc::clone(&desk.law);
    let count = move || Report::of(&law.law, at, &persons::histories(&facts, at));
    tokio::task::spawn_blocking(count).await.map_err(|error| AppError::Internal(error.into()))
}

/// The figures and answers of a desk, for those who ask over the wire.
pub struct DeskReports {
    /// Whose facts and law.
    pub desk: Desk,
    /// Makes the PDF.
    pub press: Arc<LetterPdf>,
}

#[async_trait]
impl Reports for DeskReports {
    async fn figures(&self, at: Moment) -> Result<FigureTable, AppError> {
        let report = figures(&self.desk, at).await?;
        let by_municipality = report.by_municipality.iter();
        Ok(FigureTable {
            totals: rows(&report.totals),
            by_municipality: by_municipality.map(|(municipality, figures)| (*municipality, rows(figures))).collect(),
        })
    }

    async fn question_280(&self, at: Moment, language: ReadingLanguage) -> Result<AnswerPack, AppError> {
        let report = figures(&self.desk, at).await?;
        let answer = Answer::new(&report, &self.desk.law.law.version, language);
        pack(&answer, &self.press).map_err(|error| AppError::Internal(error.into()))
    }
}

fn rows(figures: &Figures) -> Vec<FigureRow> {
    let counts = Indicator::ALL.iter().map(|indicator| (indicator.key().to_owned(), figures.get(*indicator)));
    let bands = BANDS.iter().zip(figures.bands()).map(|(band, count)| (format!("q5b_bands/{band}"), count));
    counts.chain(bands).map(|(key, count)| FigureRow { key, count }).collect()
}

fn pack(answer: &Answer, press: &LetterPdf) -> anyhow::Result<AnswerPack> {
    let mut csv = Vec::new();
    answer.write_csv(&mut csv)?;
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Ok(AnswerPack {
        title: answer.title().to_owned(),
        columns: owned(&answer.columns()),
        rows: answer.rows().into_iter().map(|row| row.to_vec()).collect(),
        notes: answer.notes(),
        json: format!("{:#}\n", answer.to_json()).into_bytes(),
        csv,
        pdf: press.render_answer(&document(answer)?)?.pdf,
    })
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
    let pack = pack(answer, press)?;
    let mut figures = serde_json::to_vec_pretty(&report.to_json())?;
    figures.push(b'\n');
    for (name, bytes) in
        [("report.json", figures), ("answer.json", pack.json), ("answer.csv", pack.csv), ("answer.pdf", pack.pdf)]
    {
        let mut file = create(name)?;
        file.write_all(&bytes)?;
        file.flush()?;
    }
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
