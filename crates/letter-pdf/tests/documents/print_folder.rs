//! The print folder.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;
use traject_domain::Date;
use traject_letter_pdf::{PrintError, PrintFolder, PrintJob, Stored};
use traject_templates::{DeliveryReference, LetterLanguage, samples};

use crate::letters::PRESS;

fn reference(text: &str) -> DeliveryReference {
    DeliveryReference::parse(text).expect("a valid reference")
}

fn job<'a>(delivery_reference: &'a DeliveryReference, pdf: &'a [u8]) -> PrintJob<'a> {
    PrintJob {
        delivery_reference,
        pdf,
        pages: 2,
        language: LetterLanguage::Bilingual,
        template: "formal_notice",
        template_version: "1.1",
        dated_on: Date::new(2023, 3, 13).expect("a date"),
        courtesy: Some("ti"),
        registered: true,
        address: vec!["Zoë Peeters", "Nieuwstraat 1, bus 3", "1000 Brussel"],
    }
}

fn manifest(directory: &Path) -> String {
    fs::read_to_string(directory.join("manifest.csv")).expect("a manifest")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_stored_letter_is_a_file_and_a_row() {
    let directory = folder();
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    let stored = folder.store(&job(&reference("D-1"), b"one")).expect("stored");
    assert_eq!(stored, Stored::New);
    assert_eq!(fs::read(directory.path().join("D-1.pdf")).expect("the file"), b"one");
    insta::assert_snapshot!(manifest(directory.path()), @r#"
    delivery_reference,file,sha256,pages,language,courtesy,template,template_version,dated_on,registered,address_1,address_2,address_3,address_4,address_5,address_6
    D-1,D-1.pdf,7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed,2,nl-fr,ti,formal_notice,1.1,2023-03-13,yes,Zoë Peeters,"Nieuwstraat 1, bus 3",1000 Brussel,,,
    "#);
}

#[test]
fn a_rendered_letter_is_stored_with_its_template_and_language() {
    let directory = folder();
    let letter = samples::notice_not_registered(samples::envelope(LetterLanguage::Fr, samples::recipient()));
    let rendered = PRESS.render(&letter).expect("a letter");
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    folder.store(&PrintJob::new(&PRESS.compose(&letter).expect("a complete letter"), &rendered)).expect("stored");
    let file = directory.path().join("01a21023-4945-71dd-85a5-a076f2f00073.pdf");
    assert_eq!(fs::read(file).expect("the file"), rendered.pdf);
    let sha256: String = rendered.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let row = format!(
        "01a21023-4945-71dd-85a5-a076f2f00073,01a21023-4945-71dd-85a5-a076f2f00073.pdf,{sha256},1,fr,,formal_notice,2.2,2023-03-13,no,"
    );
    assert!(manifest(directory.path()).lines().last().is_some_and(|last| last.starts_with(&row)));
}

#[test]
fn storing_the_same_letter_again_changes_nothing_even_after_it_was_taken_away() {
    let directory = folder();
    let first = reference("D-1");
    PrintFolder::open(directory.path()).expect("a print folder").store(&job(&first, b"one")).expect("stored");
    let before = manifest(directory.path());
    fs::remove_file(directory.path().join("D-1.pdf")).expect("the printer took it");
    let mut reopened = PrintFolder::open(directory.path()).expect("a print folder");
    assert_eq!(reopened.store(&job(&first, b"one")).expect("stored"), Stored::AlreadyThere);
    assert_eq!(manifest(directory.path()), before);
    assert!(!directory.path().join("D-1.pdf").exists());
}

#[test]
fn a_delivery_never_changes_its_content() {
    let directory = folder();
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    let first = reference("D-1");
    folder.store(&job(&first, b"one")).expect("stored");
    let refused = folder.store(&job(&first, b"two"));
    assert!(matches!(refused, Err(PrintError::OtherContent { delivery_reference }) if delivery_reference == first));
    assert_eq!(fs::read(directory.path().join("D-1.pdf")).expect("the file"), b"one");
}

#[test]
fn a_crash_at_any_byte_of_a_row_loses_no_other_row_and_the_letter_is_stored_again() {
    let directory = folder();
    let (first, second) = (reference("D-1"), reference("D-2"));
    {
        let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
        folder.store(&job(&first, b"one")).expect("stored");
        folder.store(&job(&second, b"two")).expect("stored");
    }
    let whole = manifest(directory.path());
    let kept = whole.trim_end().rfind('\n').expect("more than one line") + 1;
    for cut in 0..whole.len() {
        fs::write(directory.path().join("manifest.csv"), &whole.as_bytes()[..cut]).expect("a torn manifest");
        let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
        let expected = if cut >= kept { Stored::AlreadyThere } else { Stored::New };
        assert_eq!(folder.store(&job(&first, b"one")).expect("stored"), expected, "cut at {cut}");
        assert_eq!(folder.store(&job(&second, b"two")).expect("stored"), Stored::New, "cut at {cut}");
        assert_eq!(folder.deliveries().collect::<Vec<_>>(), ["D-1", "D-2"]);
        drop(folder);
        assert_eq!(manifest(directory.path()), whole, "cut at {cut}");
    }
}

#[test]
fn a_file_without_a_row_is_completed() {
    let directory = folder();
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    fs::write(directory.path().join(".D-1.pdf.part"), b"on").expect("half a file");
    fs::write(directory.path().join("D-1.pdf"), b"one").expect("a file without a row");
    assert_eq!(folder.store(&job(&reference("D-1"), b"one")).expect("stored"), Stored::New);
    assert!(!directory.path().join(".D-1.pdf.part").exists());
}

#[test]
fn one_process_holds_the_folder_at_a_time() {
    let directory = folder();
    let held = PrintFolder::open(directory.path()).expect("a print folder");
    assert!(matches!(PrintFolder::open(directory.path()), Err(PrintError::Held)));
    drop(held);
    PrintFolder::open(directory.path()).expect("free again");
}

#[test]
fn a_manifest_of_another_make_is_refused_and_left_alone() {
    let directory = folder();
    let path = directory.path().join("manifest.csv");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file");
    file.write_all(b"reference;file\nD-1;D-1.pdf\n").expect("written");
    assert!(matches!(PrintFolder::open(directory.path()), Err(PrintError::OtherColumns)));
    assert_eq!(manifest(directory.path()), "reference;file\nD-1;D-1.pdf\n");
}

#[test]
fn a_closed_folder_takes_nothing_more_and_its_manifest_can_be_checked() {
    let directory = folder();
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    folder.store(&job(&reference("D-1"), b"one")).expect("stored");
    for _ in 0..2 {
        folder.close().expect("closed");
    }
    let checksum = fs::read_to_string(directory.path().join("manifest.csv.sha256")).expect("a checksum");
    drop(folder);
    let mut folder = PrintFolder::open(directory.path()).expect("it opens again");
    assert!(folder.is_closed());
    assert_eq!(folder.store(&job(&reference("D-1"), b"one")).expect("known"), Stored::AlreadyThere);
    assert!(matches!(folder.store(&job(&reference("D-2"), b"two")), Err(PrintError::Closed)));
    folder.close().expect("closed");
    assert_eq!(fs::read_to_string(directory.path().join("manifest.csv.sha256")).expect("it stays"), checksum);
    assert!(checksum.ends_with("  manifest.csv\n") && checksum.len() == 64 + 15, "{checksum}");
    assert!(!directory.path().join("D-2.pdf").exists());
}

#[test]
fn a_long_address_keeps_all_its_lines() {
    let directory = folder();
    let mut folder = PrintFolder::open(directory.path()).expect("a print folder");
    let reference = reference("D-1");
    let address = vec!["a", "b", " ", "c", "d", "e", "f", "g"];
    folder.store(&PrintJob { address, ..job(&reference, b"one") }).expect("stored");
    assert!(manifest(directory.path()).ends_with(",yes,a,b,c,d,e,\"f, g\"\n"), "{}", manifest(directory.path()));
}
