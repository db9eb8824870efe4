//! Letters.

use std::sync::LazyLock;

use traject_domain::municipality::Municipality;
use traject_letter_pdf::{LetterPdf, RenderError};
use traject_templates::composed::{Block, Labelled, Passage};
use traject_templates::{Issuer, Letter, LetterLanguage, samples};

use crate::inspect::{Pdf, assert_archival_and_accessible, string, unspaced};

pub(crate) static PRESS: LazyLock<LetterPdf> = LazyLock::new(|| LetterPdf::new().expect("a usable release"));

const LANGUAGES: [LetterLanguage; 3] = [LetterLanguage::Nl, LetterLanguage::Fr, LetterLanguage::Bilingual];

const LONG: &str = "María de los Ángeles Guadalupe Fernández-Villavicencio y Gutiérrez de la Concha-Echeverría";

/// Names in the scripts newcomers write, each as one word or more.
const NAMES: [&str; 20] = [
    LONG,
    "Nguyễn Thị Thùy Dương",
    "Łukasz Żółć",
    "عبد الرحمن بن محمد الإدريسي",
    "زهرا حسینی‌نژاد",
    "שרה בן־דוד",
    "Александра Владимировна Щербакова",
    "Ελένη Παπαδοπούλου",
    "欧阳 晓明",
    "さくら 渡邊",
    "김 하늘",
    "ኃይለ ገብረሥላሴ",
    "ნინო ჭავჭავაძე",
    "Արամ Խաչատրյան",
    "लक्ष्मी कृष्णन्",
    "শেখ হাসিবুর রহমান",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "லட்சுமி சுப்பிரமணியம்",
    "བསྟན་འཛིན་རྒྱ་མཚོ།",
    "ⵎⵓⵃⴰⵎⵎⴰⴷ",
];

fn certificate(language: LetterLanguage, full_name: &str) -> Letter {
    samples::certificate(samples::envelope(language, samples::named(full_name)))
}

#[test]
fn every_letter_in_every_language_is_archival_and_accessible() {
    for language in LANGUAGES {
        for (name, letter) in samples::letters(PRESS.texts(), language, &samples::recipient()) {
            let rendered = PRESS.render(&letter).unwrap_or_else(|error| panic!("{name}: {error}"));
            let pdf = Pdf::read(&rendered.pdf);
            let first = if language == LetterLanguage::Fr { "fr-BE" } else { "nl-BE" };
            assert_archival_and_accessible(&pdf, first, &PRESS.compose(&letter).expect("a complete letter").title);
            assert_eq!(rendered.pages, pdf.pages());
            let titles = language.passages().len();
            assert_eq!(pdf.count("H1"), titles, "each passage has one title");
            let alternatives: Vec<_> = pdf
                .elements()
                .into_iter()
                .filter(|(kind, _)| kind == "Figure")
                .map(|(_, figure)| string(figure, b"Alt").unwrap_or_default())
                .collect();
            assert!(
                matches!(&alternatives[..], [alt] if alt.contains("01a21023-4945-71dd-85a5-a076f2f00073")),
                "the QR code says nothing to those who hear the letter: {alternatives:?}"
            );
        }
    }
}

#[test]
fn each_passage_of_a_bilingual_letter_is_tagged_in_its_language() {
    for (_, letter) in samples::letters(PRESS.texts(), LetterLanguage::Bilingual, &samples::recipient()) {
        let pdf = Pdf::read(&PRESS.render(&letter).expect("a letter").pdf);
        let languages = pdf.tagged_languages();
        assert!(languages.contains(&"fr-BE".to_owned()), "{languages:?}");
    }
}

/// Every text of a passage, in reading order.
fn words_of(passage: &Passage) -> Vec<String> {
    let both = |item: &Labelled| [item.label.clone(), item.text.to_string()];
    let mut words = vec![passage.title.clone(), passage.subtitle.to_string(), passage.administration.to_string()];
    words.extend(passage.references.iter().chain(&passage.summary).flat_map(both));
    for block in &passage.body {
        match block {
            Block::Section { heading, text }
            | Block::Appeal { heading, text }
            | Block::LegalGround { heading, text } => {
                words.extend([heading.clone(), text.to_string()]);
            }
            Block::Table { heading, rows } => {
                words.push(heading.clone());
                words.extend(rows.iter().flat_map(both));
            }
            Block::Offers { heading, intro, offers, information } => {
                words.extend([heading.clone(), intro.clone(), information.to_string()]);
                words.extend(offers.iter().flat_map(both));
            }
            Block::Signatures { heading, text, parties, date_label } => {
                words.extend([heading.clone(), text.to_string(), date_label.clone()]);
                words.extend(parties.iter().map(ToString::to_string));
            }
        }
    }
    words
}

#[test]
fn the_page_holds_every_word_of_the_composed_letter() {
    for language in LANGUAGES {
        for (name, letter) in samples::letters(PRESS.texts(), language, &samples::recipient()) {
            let text = Pdf::read(&PRESS.render(&letter).expect("a letter").pdf).text();
            let composed = PRESS.compose(&letter).expect("a complete letter");
            let mut words = vec![composed.recipient_name.clone(), composed.delivery_reference.to_string()];
            words.extend(composed.recipient_address.iter().cloned());
            words.extend(composed.passages.iter().flat_map(words_of));
            for expected in words {
                assert!(
                    text.contains(&unspaced(&expected)),
                    "{name} {}: {expected} is not on the page",
                    language.code()
                );
            }
        }
    }
}

#[test]
fn dates_are_written_out_in_the_letters_language() {
    let text = |language| {
        let letter = samples::certificate_received(samples::envelope(language, samples::recipient()));
        Pdf::read(&PRESS.render(&letter).expect("a letter").pdf).text()
    };
    assert!(text(LetterLanguage::Nl).contains("Tenlaatsteop1september2023."));
    assert!(text(LetterLanguage::Fr).contains("Auplustardle1erseptembre2023."));
    assert!(text(LetterLanguage::Bilingual).contains("13maart2023/13mars2023"));
}

#[test]
fn one_language_fits_one_page_in_every_municipality_and_two_fit_two() {
    for municipality in Municipality::all() {
        for language in LANGUAGES {
            let envelope = || samples::envelope(language, samples::named(LONG));
            let letters = [
                samples::certificate(envelope()),
                samples::certificate_received(envelope()),
                samples::notice_not_registered(envelope()),
                samples::notice_not_completed(envelope()),
            ];
            for mut letter in letters {
                let name = letter.document.code();
                letter.envelope.issuer = Issuer::Municipality(municipality);
                let pages = PRESS.render(&letter).expect("a letter").pages;
                assert!(pages <= language.passages().len(), "{name} {} {municipality}: {pages}", language.code());
            }
        }
    }
}

#[test]
fn names_in_any_covered_script_are_printed() {
    for name in NAMES {
        assert_eq!(PRESS.uncovered(name), Vec::<char>::new(), "{name}");
        for language in LANGUAGES {
            let rendered = PRESS.render(&certificate(language, name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let pdf = Pdf::read(&rendered.pdf);
            let (fonts, embedded) = pdf.fonts();
            assert_eq!(fonts, embedded, "{name}");
        }
    }
}

#[test]
fn simple_scripts_read_back_as_they_were_written() {
    for name in [LONG, "Nguyễn Thị Thùy Dương", "Александра Щербакова", "Ελένη Παπαδοπούλου", "欧阳 晓明", "김 하늘"]
    {
        let text = Pdf::read(&PRESS.render(&certificate(LetterLanguage::Nl, name)).expect("a letter").pdf).text();
        assert!(text.matches(&unspaced(name)).count() >= 2, "{name} stands in the address and in the letter");
    }
}

#[test]
fn a_name_in_another_script_is_not_passed_off_as_dutch() {
    let rendered = PRESS.render(&certificate(LetterLanguage::Nl, NAMES[3])).expect("a letter");
    assert!(Pdf::read(&rendered.pdf).tagged_languages().contains(&"und".to_owned()));
}

#[test]
fn an_uncovered_name_is_an_error_that_lists_code_points_and_no_name() {
    let error =
        PRESS.render(&certificate(LetterLanguage::Nl, "Amina \u{13000}\u{13001}\u{13000}")).expect_err("uncovered");
    assert_eq!(error.code(), "UNCOVERED_NAME");
    assert_eq!(error.to_string(), "the fonts do not cover U+13000, U+13001");
    assert!(!format!("{error:?}").contains("Amina"));
}

#[test]
fn characters_that_would_steer_the_layout_are_not_covered() {
    for steering in ['\n', '\t', '\0', '\u{2028}', '\u{202e}', '\u{2066}', '\u{fffd}'] {
        assert_eq!(PRESS.uncovered(&format!("A{steering}b{steering}")), vec![steering]);
    }
}

#[test]
fn a_name_is_never_read_as_markup() {
    let name = "#panic() *A* _b_ $x$ @c \\ \"d\" `e` <f>";
    let text = Pdf::read(&PRESS.render(&certificate(LetterLanguage::Fr, name)).expect("a letter").pdf).text();
    assert!(text.contains(&unspaced(name)));
}

#[test]
fn values_a_letter_has_no_room_for_are_refused_by_field() {
    let with = |change: fn(&mut traject_templates::Recipient)| {
        let mut recipient = samples::recipient();
        change(&mut recipient);
        let certificate = samples::certificate(samples::envelope(LetterLanguage::Nl, recipient));
        PRESS.render(&certificate).expect_err("too long")
    };
    let refused = |field, length_max| RenderError::TooLong { field, length_max };
    assert_eq!(with(|to| to.full_name = "ab ".repeat(67)), refused("full_name", 200));
    assert_eq!(with(|to| to.full_name = "a".repeat(49)), refused("full_name_part", 48));
    assert_eq!(with(|to| to.address = vec!["a".to_owned(); 6]), refused("address", 5));
    assert_eq!(with(|to| to.address = vec!["a ".repeat(41)]), refused("address_line", 80));
}

#[test]
fn the_same_letter_gives_the_same_bytes_from_any_press() {
    let other = LetterPdf::new().expect("a usable release");
    for (name, letter) in samples::letters(PRESS.texts(), LetterLanguage::Bilingual, &samples::named(NAMES[3])) {
        let first = PRESS.render(&letter).expect("a letter");
        comemo::evict(0);
        for again in [PRESS.render(&letter), other.render(&letter)] {
            assert!(first == again.expect("a letter"), "{name} differs");
        }
    }
}
