//! rejects.csv and the texts that a person reads.

use traject_domain::labels::ReadingLanguage;
use traject_extract_csv::{FileKind, Reject, RejectCode, RejectWriter};

fn written(language: ReadingLanguage) -> String {
    let mut writer = RejectWriter::in_language(Vec::new(), language).expect("in memory");
    for (line, code) in (2..).zip(RejectCode::ALL) {
        writer.write(&Reject { file: FileKind::Events, line, code, column: "value" }).expect("in memory");
    }
    String::from_utf8(writer.finish().expect("in memory")).expect("text")
}

#[test]
fn every_fault_has_its_words_in_three_languages() {
    insta::assert_snapshot!("rejects_en", written(ReadingLanguage::En));
    insta::assert_snapshot!("rejects_nl", written(ReadingLanguage::Nl));
    insta::assert_snapshot!("rejects_fr", written(ReadingLanguage::Fr));
}

#[test]
fn without_rejects_the_file_has_its_header() {
    let bytes = RejectWriter::new(Vec::new()).and_then(RejectWriter::finish).expect("in memory");
    assert_eq!(bytes, b"file,line,code,column,message\n");
}
