//! The proofs of a transfer in one document.

use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_letter_pdf::{IndexWords, Proof, ProofDocument, RenderError};

use crate::inspect::{Pdf, assert_accessible};
use crate::letters::PRESS;

const TITLE: &str = "Bewijsstukken bij de overdracht";

fn words() -> IndexWords {
    IndexWords {
        heading: "Inhoud".to_owned(),
        proof: "Bewijsstuk".to_owned(),
        day: "Datum".to_owned(),
        attachment: "Bijlage".to_owned(),
        none: "geen".to_owned(),
    }
}

fn proof(heading: &str, document: Option<Vec<u8>>) -> Proof {
    let rows = vec![
        ("Plaats in het register".to_owned(), "17".to_owned()),
        ("SHA-256".to_owned(), "9bce29fb46aafcaf33404eb854d08909e2688b27d5082ab56712820c8b0393e3".to_owned()),
    ];
    Proof { heading: heading.to_owned(), day: "13 maart 2023".to_owned(), rows, document }
}

fn proofs(documents: &[Vec<u8>]) -> ProofDocument {
    let date = Date::new(2023, 5, 15).expect("a date");
    let empty = ProofDocument::new(LegalLanguage::Nl, date, "Gemeentebestuur van Elsene", TITLE, words())
        .line("Dossier", "01a21023-4923-72c2-8954-984e66e50222")
        .proof(proof("Ontvangst van het attest", None));
    documents.iter().enumerate().fold(empty, |document, (index, bytes)| {
        document.proof(proof(&format!("Aanmaning {index}"), Some(bytes.clone())))
    })
}

#[test]
fn the_proofs_of_a_transfer_are_indexed_and_carry_each_document_byte_for_byte() {
    let letters: Vec<Vec<u8>> = ["A", "B"].map(|word| format!("%PDF-1.7 {word}").into_bytes()).to_vec();
    let rendered = PRESS.render_proofs(&proofs(&letters)).expect("a document");
    let pdf = Pdf::read(&rendered.pdf);
    assert!(pdf.xmp().contains("<pdfaid:part>3<"), "only part 3 may carry any file");
    assert_accessible(&pdf, "nl-BE", TITLE);
    assert_eq!(pdf.count("TH"), 4);
    assert_eq!(pdf.count("Link"), 3, "each line of the index leads to its proof");
    for words in ["Inhoud", "2.Aanmaning0", "proof-02.pdf", "9bce29fb46aafcaf33404eb854d08909e2688b27d5082ab5"] {
        assert!(pdf.text().replace('\u{200b}', "").contains(words), "{words} is not on the page");
    }
    let mut attached = pdf.attachments();
    attached.sort();
    let expected = [("proof-01.pdf", &letters[0]), ("proof-02.pdf", &letters[1])];
    assert_eq!(attached, expected.map(|(name, bytes)| (name.to_owned(), bytes.clone())));
    assert!(rendered == PRESS.render_proofs(&proofs(&letters)).expect("again"), "the same bytes");
}

#[test]
fn more_documents_than_can_be_named_are_refused() {
    let many = vec![b"%PDF-1.7".to_vec(); 100];
    let refused = PRESS.render_proofs(&proofs(&many));
    assert_eq!(refused, Err(RenderError::TooLong { field: "proofs", length_max: 99 }));
}
