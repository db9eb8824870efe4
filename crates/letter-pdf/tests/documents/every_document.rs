//! Every document, with as few values as it can have, with all and with the longest; and with every translation there is.
//!
//! Whole products are rendered for the documents themselves; a translation is rendered once per step of law, with the longest
//! values, to a letter whose legal language alternates.

use std::collections::BTreeSet;

use traject_domain::code::Code;
use traject_domain::delivery::{Document, LegalStep};
use traject_templates::composed::{Block, ComposedLetter, Labelled, Passage};
use traject_templates::reasons::Direction;
use traject_templates::samples::{self, Filling};
use traject_templates::{Envelope, Letter, LetterLanguage};

use crate::inspect::{Pdf, assert_archival_and_accessible, string};
use crate::letters::PRESS;
use crate::reading::{has_neighbours, heights, page, words};

const LANGUAGES: [LetterLanguage; 3] = [LetterLanguage::Nl, LetterLanguage::Fr, LetterLanguage::Bilingual];

/// Each document with the longest contents in each language, and with a reading aid.
fn longest() -> impl Iterator<Item = (String, Letter)> {
    LANGUAGES.into_iter().flat_map(|language| {
        let name = move |name: String| format!("{name}-{}", language.code());
        samples::longest(PRESS.texts(), language).into_iter().map(move |(of, letter)| (name(of), letter))
    })
}

/// Each step of law in each courtesy language with the longest contents, with a reading aid and a twin.
fn translated() -> Vec<(String, Letter)> {
    let steps = LegalStep::all().enumerate();
    let letters = steps.flat_map(|(index, step)| {
        let languages: Vec<Code> = PRESS.texts().courtesy_languages(step.document()).map(|(code, _)| code).collect();
        languages.into_iter().map(move |courtesy| {
            let legal = LANGUAGES[index % LANGUAGES.len()];
            let (name, letter) = samples::letter(PRESS.texts(), step, Filling::Longest, legal, &samples::recipient());
            (format!("{name}-{}-{}", legal.code(), courtesy.as_str()), informed(letter, Some(courtesy)))
        })
    });
    letters.collect()
}

/// A letter with everything that may be added to it.
fn informed(letter: Letter, courtesy: Option<Code>) -> Letter {
    let envelope = Envelope {
        courtesy,
        plain: true,
        twin_url: Some("https://brief.traject.example/7Q2M-K9XR".to_owned()),
        attestation: Some(format!("TRAJECT1:{}", "A7KQ".repeat(46))),
        ..letter.envelope
    };
    Letter { envelope, ..letter }
}

fn composed(letter: &Letter) -> ComposedLetter {
    PRESS.compose(letter).expect("a complete letter")
}

/// Every text of a passage that stands on a page, in reading order.
fn texts(passage: &Passage) -> Vec<String> {
    let both = |item: &Labelled| [item.label.clone(), item.text.to_string()];
    let mut texts = vec![passage.note.clone(), passage.title.clone(), passage.subtitle.to_string()];
    texts.extend(passage.summary.iter().flat_map(both));
    for block in &passage.body {
        match block {
            Block::Section { heading, text }
            | Block::Appeal { heading, text }
            | Block::LegalGround { heading, text } => {
                texts.extend([heading.clone(), text.to_string()]);
            }
            Block::Table { heading, rows } => {
                texts.push(heading.clone());
                texts.extend(rows.iter().flat_map(both));
            }
            Block::Offers { heading, intro, offers, information } => {
                texts.extend([heading.clone(), intro.clone(), information.to_string()]);
                texts.extend(offers.iter().flat_map(both));
            }
            Block::Signatures { heading, text, parties, date_label } => {
                texts.extend([heading.clone(), text.to_string(), date_label.clone()]);
                texts.extend(parties.iter().map(ToString::to_string));
            }
        }
    }
    texts
}

#[test]
fn the_longest_contents_fit_the_pages_of_the_template_and_the_sheet() {
    for (name, letter) in longest() {
        let composed = composed(&letter);
        let rendered = PRESS.print(&composed).unwrap_or_else(|error| panic!("{name}: {error}"));
        let pages_max = composed.pages_max * composed.passages.len();
        assert!(rendered.pages <= pages_max, "{name} takes {} pages and may take {pages_max}", rendered.pages);
        crate::reading::assert_on_sheet(&rendered.pdf, &name, composed.passages.len());
        let pdf = Pdf::read(&rendered.pdf);
        let text: String = (1..=rendered.pages).map(|number| page(&rendered.pdf, number as u32, false)).collect();
        for expected in composed.passages.iter().flat_map(texts) {
            assert!(text.contains(&words(&expected)), "{name}: {expected} is not on the page");
        }
        let first = if composed.passages[0].language == "fr" { "fr-BE" } else { "nl-BE" };
        assert_archival_and_accessible(&pdf, first, &composed.title);
    }
}

#[test]
fn no_last_page_of_a_bilingual_letter_holds_its_closing_alone() {
    let bilingual = LetterLanguage::Bilingual;
    let samples = samples::letters(PRESS.texts(), bilingual, &samples::recipient());
    for (name, letter) in samples.into_iter().chain(samples::longest(PRESS.texts(), bilingual)) {
        let composed = composed(&letter);
        let rendered = PRESS.print(&composed).expect("a letter");
        if rendered.pages == 1 {
            continue;
        }
        let last = page(&rendered.pdf, rendered.pages as u32, false);
        for passage in &composed.passages {
            let Some(closing) = &passage.closing else { continue };
            let kept = Passage { body: passage.body[passage.body.len() - 2..].to_vec(), ..passage.clone() };
            let kept = texts(&kept);
            let heading = kept.iter().rev().nth(3).expect("a heading");
            assert!(!last.contains(&words(closing)) || last.contains(&words(heading)), "{name}: {heading}");
        }
        let characters: usize = last.chars().count();
        assert!(characters > 400, "{name}: the last page holds {characters} characters");
    }
}

#[test]
fn a_contract_in_two_languages_is_signed_at_one_height_under_its_last_paragraph() {
    let step = LegalStep::new(Document::Contract, None).expect("a step");
    for filling in Filling::ALL {
        let (_, letter) =
            samples::letter(PRESS.texts(), step, filling, LetterLanguage::Bilingual, &samples::recipient());
        let composed = composed(&letter);
        let rendered = PRESS.print(&composed).expect("a contract");
        let last = rendered.pages as u32;
        let mut places = Vec::new();
        for passage in &composed.passages {
            let Some(Block::Signatures { text, parties, date_label, .. }) = passage.body.last() else {
                panic!("a contract ends with signatures");
            };
            assert!(page(&rendered.pdf, last, false).contains(&words(&text.to_string())));
            let dates = heights(&rendered.pdf, last, date_label);
            let below: Vec<f32> = heights(&rendered.pdf, last, &parties[0].to_string());
            assert!(dates.len() >= 2 && below.len() == 1, "{dates:?} {below:?}");
            places.push((dates.last().copied(), below));
        }
        assert_eq!(places[0], places[1]);
    }
}

#[test]
fn a_translation_and_a_reading_aid_stand_whole_on_pages_of_their_own() {
    let letters = translated();
    let (first, second) = letters.split_at(letters.len() / 2);
    std::thread::scope(|scope| {
        for half in [first, second] {
            scope.spawn(move || half.iter().for_each(|(name, letter)| assert_informs(name, letter)));
        }
    });
}

/// After the act, on at most two pages, the whole translation; then on one the reading aid.
fn assert_informs(name: &str, letter: &Letter) {
    let composed = composed(letter);
    let rendered = PRESS.print(&composed).unwrap_or_else(|error| panic!("{name}: {error}"));
    let courtesy = composed.courtesy.as_ref().expect("a translation");
    let is_rtl = courtesy.direction == Direction::RightToLeft;
    let pages: Vec<String> = (1..=rendered.pages).map(|number| page(&rendered.pdf, number as u32, is_rtl)).collect();
    let (aid, before) = pages.split_last().expect("a page");
    let begins = before.iter().position(|page| page.contains(&words(&courtesy.note))).expect("the mark");
    assert!(begins <= composed.pages_max * composed.passages.len() && before.len() - begins <= 2, "{name}");
    let translation = before[begins..].concat();
    for expected in texts(courtesy) {
        assert!(translation.contains(&words(&expected)), "{name}: {expected} is not in {translation}");
    }
    for part in &composed.plain.as_ref().expect("a reading aid").passages {
        let facts = part.day.iter().chain(&part.rows).flat_map(|fact| [fact.label.clone(), fact.text.to_string()]);
        let own = [&part.title, &part.what.to_string(), &part.call, &part.scan, &part.note, "02 555 01 23"];
        for expected in own.map(str::to_owned).into_iter().chain(facts) {
            assert!(aid.contains(&words(&expected)), "{name}: {expected} is not in {aid}");
        }
    }
    crate::reading::assert_on_sheet(&rendered.pdf, name, 1);
    let pdf = Pdf::read(&rendered.pdf);
    let languages = pdf.tagged_languages();
    let tagged = |language: &str| languages.iter().any(|tag| tag.split('-').next() == Some(language));
    assert!(tagged(&courtesy.language), "{name}: {languages:?}");
    let figures = pdf.elements().into_iter().filter(|(kind, _)| kind == "Figure");
    let alternatives: Vec<_> = figures.map(|(_, figure)| string(figure, b"Alt").unwrap_or_default()).collect();
    let codes_and_picture = 4;
    assert!(alternatives.len() == codes_and_picture && alternatives.iter().all(|alt| !alt.is_empty()), "{name}");
}

#[test]
fn a_label_of_the_first_block_stands_on_the_line_of_its_text_in_any_script() {
    let (_, letter) = samples::letter(
        PRESS.texts(),
        LegalStep::CERTIFICATE,
        Filling::Full,
        LetterLanguage::Nl,
        &samples::recipient(),
    );
    for courtesy in PRESS.texts().courtesies() {
        let letter =
            Letter { envelope: Envelope { courtesy: Some(courtesy), ..letter.envelope.clone() }, ..letter.clone() };
        let composed = composed(&letter);
        let rendered = PRESS.print(&composed).expect("a letter");
        let courtesy = composed.courtesy.expect("a translation");
        let is_rtl = courtesy.direction == Direction::RightToLeft;
        let begins = (1..=rendered.pages as u32)
            .find(|number| page(&rendered.pdf, *number, is_rtl).contains(&words(&courtesy.note)));
        let label = &courtesy.summary[2].label;
        assert!(has_neighbours(&rendered.pdf, begins.expect("a page"), label), "{}: {label}", courtesy.language);
    }
}

#[test]
fn every_courtesy_language_has_every_document() {
    let texts = PRESS.texts();
    let all: BTreeSet<Code> = texts.courtesies().collect();
    for document in Document::ALL {
        let has: BTreeSet<Code> = texts.courtesy_languages(*document).map(|(code, _)| code).collect();
        assert_eq!(has, all, "{}", document.code());
    }
}

#[test]
fn a_reading_aid_says_the_same_in_each_language_of_a_bilingual_letter() {
    let (_, letter) = samples::letter(
        PRESS.texts(),
        LegalStep::CERTIFICATE,
        Filling::Full,
        LetterLanguage::Bilingual,
        &samples::recipient(),
    );
    let composed = composed(&informed(letter, None));
    let rendered = PRESS.print(&composed).expect("a letter");
    let aid = page(&rendered.pdf, rendered.pages as u32, false);
    for date in ["1september2023", "1erseptembre2023"] {
        assert!(aid.contains(date), "{aid}");
    }
    assert_archival_and_accessible(&Pdf::read(&rendered.pdf), "nl-BE", &composed.title);
}

#[test]
fn the_same_letter_gives_the_same_bytes_with_all_that_is_added() {
    let (_, letter) = translated().pop().unwrap_or_else(|| longest().next().expect("a document"));
    let first = PRESS.render(&letter).expect("a letter");
    comemo::evict(0);
    assert!(first == PRESS.render(&letter).expect("a letter"));
    assert_eq!(composed(&letter).html(), composed(&letter).html());
}
