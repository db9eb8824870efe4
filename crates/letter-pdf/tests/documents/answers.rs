//! Answers.

use traject_domain::Date;
use traject_domain::labels::ReadingLanguage;
use traject_letter_pdf::{AnswerDocument, AnswerTable, Column, RenderError, UnevenRow};

use crate::inspect::{Pdf, assert_archival_and_accessible};
use crate::letters::PRESS;

const TITLE: &str = "Antwoord op vraag 280";

fn table(rows: usize) -> AnswerTable {
    let row = |index| vec![format!("Indicator {index}"), format!("{index}"), "52,6".to_owned()];
    let columns = vec![Column::words("Indicator"), Column::numbers("Aantal"), Column::numbers("Aandeel (%)")];
    AnswerTable::new("Stand op 15 mei 2023", columns, (0..rows).map(row).collect()).expect("even rows")
}

fn answer(language: ReadingLanguage, rows: usize) -> AnswerDocument {
    let date = Date::new(2023, 5, 15).expect("a date");
    AnswerDocument::new(language, date, "Traject", TITLE, table(rows))
        .paragraph("De stand van de dossiers op die dag.")
        .note("Een persoon telt één keer.")
        .note("Het antwoord op deel 4 komt van de GGC.")
}

#[test]
fn an_answer_is_archival_and_accessible_in_each_language() {
    for (language, tag) in [(ReadingLanguage::Nl, "nl"), (ReadingLanguage::Fr, "fr"), (ReadingLanguage::En, "en")] {
        let rendered = PRESS.render_answer(&answer(language, 12)).expect("an answer");
        let pdf = Pdf::read(&rendered.pdf);
        assert_archival_and_accessible(&pdf, tag, TITLE);
        assert_eq!(rendered.pages, 1);
        assert_eq!((pdf.count("Table"), pdf.count("TH"), pdf.count("TD")), (1, 3, 36));
        assert_eq!(pdf.count("LI"), 2, "notes are a list");
        for words in ["Indicator11", "Aandeel(%)", "52,6", "Stand", "Eenpersoonteltéénkeer."] {
            assert!(pdf.text().contains(words), "{words} is not on the page");
        }
    }
}

#[test]
fn a_long_table_repeats_its_header_to_the_eye_and_not_to_the_ear() {
    let rendered = PRESS.render_answer(&answer(ReadingLanguage::Nl, 120)).expect("an answer");
    let pdf = Pdf::read(&rendered.pdf);
    assert!(rendered.pages > 2);
    assert_eq!(pdf.text().matches("Aandeel(%)").count(), rendered.pages);
    assert_eq!(pdf.count("TH"), 3);
}

#[test]
fn a_row_that_does_not_fit_the_columns_is_refused() {
    let columns = vec![Column::words("A"), Column::numbers("B")];
    let rows = vec![vec!["a".to_owned(), "1".to_owned()], vec!["b".to_owned()]];
    assert_eq!(AnswerTable::new("", columns, rows), Err(UnevenRow { row: 1, cells: 1, columns: 2 }));
}

#[test]
fn an_uncovered_character_of_an_answer_is_an_error() {
    let answer = answer(ReadingLanguage::Nl, 1).note("\u{13000}");
    assert!(matches!(PRESS.render_answer(&answer), Err(RenderError::Uncovered(_))));
}

#[test]
fn the_same_answer_gives_the_same_bytes() {
    let render = || PRESS.render_answer(&answer(ReadingLanguage::En, 12)).expect("an answer");
    let first = render();
    comemo::evict(0);
    assert!(first == render());
}
