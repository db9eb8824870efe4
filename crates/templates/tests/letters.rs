//! What people read, as snapshots.

use std::collections::BTreeSet;

use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::delivery::{Document, LegalStep};
use traject_templates::composed::{Block, Labelled, PlainPassage};
use traject_templates::samples::Filling;
use traject_templates::{
    ComposeError, ComposedLetter, Envelope, Letter, LetterLanguage, Offer, PerLanguage, Texts, samples, slot,
};

#[test]
fn every_letter_reads_as_its_snapshot_in_dutch_and_in_french() {
    let texts = Texts::load().expect("complete texts");
    for language in [LetterLanguage::Nl, LetterLanguage::Fr] {
        for (name, letter) in samples::letters(&texts, language, &samples::recipient()) {
            let composed = texts.compose(&letter).expect("a complete letter");
            insta::assert_snapshot!(format!("{name}-{}", language.code()), composed.plain_text());
        }
    }
}

#[test]
fn a_bilingual_letter_is_the_dutch_and_the_french_letter_in_full() {
    let texts = Texts::load().expect("complete texts");
    let all = |language| samples::letters(&texts, language, &samples::recipient());
    let (dutch, french) = (all(LetterLanguage::Nl), all(LetterLanguage::Fr));
    for (index, (_, bilingual)) in all(LetterLanguage::Bilingual).iter().enumerate() {
        let composed = texts.compose(bilingual).expect("a complete letter");
        let [nl, fr] =
            [&dutch[index].1, &french[index].1].map(|letter| texts.compose(letter).expect("a complete letter"));
        let expected = [nl.passages, fr.passages].concat();
        assert!(composed.passages == expected, "a passage differs from the letter in one language");
    }
}

#[test]
fn an_organiser_with_two_tracks_stands_under_both_and_each_track_has_one_column() {
    let mut certificate = samples::certificate(samples::envelope(LetterLanguage::Bilingual, samples::recipient()));
    let mut offers = certificate.values.get(slot::OFFERS).cloned().expect("the sample has offers");
    offers.push(Offer {
        name: PerLanguage { nl: "Dubbel".to_owned(), fr: "Double".to_owned() },
        tracks: BTreeSet::from([LegalLanguage::Nl, LegalLanguage::Fr]),
    });
    certificate.values.set(slot::OFFERS, offers);
    let composed = Texts::load().expect("complete texts").compose(&certificate).expect("a complete letter");
    let columns: Vec<Vec<String>> = composed
        .passages
        .iter()
        .flat_map(|passage| &passage.body)
        .filter_map(|block| match block {
            Block::Offers { offers, .. } => Some(offers.iter().map(|o| format!("{}: {}", o.label, o.text)).collect()),
            _ => None,
        })
        .collect();
    insta::assert_snapshot!(columns.concat().join("\n"), @"
    Traject in het Nederlands: Inschrijven bij: Bon of Dubbel.
    Traject in het Frans: Inschrijven bij: BAPA BXL, BAPA VIA, BAPA Convivial of Dubbel.
    Parcours en français: Inscription auprès de\u{a0}: BAPA BXL, BAPA VIA, BAPA Convivial ou Double.
    Parcours en néerlandais: Inscription auprès de\u{a0}: Bon ou Double.
    ");
}

#[test]
fn debug_output_of_a_composed_letter_holds_no_name() {
    let texts = Texts::load().expect("complete texts");
    let letter = &samples::letters(&texts, LetterLanguage::Nl, &samples::recipient())[0].1;
    let composed = texts.compose(letter).expect("a complete letter");
    let debug = format!("{composed:?}");
    assert!(!debug.contains("ahin") && !debug.contains("Elsense"), "{debug}");
}

/// A letter with everything that may be added to it.
fn informed(letter: Letter, courtesy: Option<Code>) -> Letter {
    let envelope =
        Envelope { courtesy, plain: true, twin_url: Some("https://brief.example/K9XR".to_owned()), ..letter.envelope };
    Letter { envelope, ..letter }
}

#[test]
fn every_translation_reads_as_its_snapshot() {
    let texts = Texts::load().expect("complete texts");
    for step in LegalStep::all() {
        let languages: Vec<Code> = texts.courtesy_languages(step.document()).map(|(code, _)| code).collect();
        for code in languages {
            let language = code.as_str().to_owned();
            let (name, letter) =
                samples::letter(&texts, step, Filling::Full, LetterLanguage::Bilingual, &samples::recipient());
            let composed = texts.compose(&informed(letter, Some(code))).expect("a complete letter");
            let only = ComposedLetter { passages: Vec::new(), ..composed };
            insta::assert_snapshot!(format!("{name}-{language}"), only.plain_text());
        }
    }
}

#[test]
fn every_reading_aid_reads_as_its_snapshot() {
    let texts = Texts::load().expect("complete texts");
    let courtesies = texts.courtesies().map(Some).chain([None]);
    for courtesy in courtesies {
        let mut pages = Vec::new();
        for step in LegalStep::all() {
            for filling in [Filling::Least, Filling::Full] {
                let (name, letter) =
                    samples::letter(&texts, step, filling, LetterLanguage::Bilingual, &samples::recipient());
                let composed = texts.compose(&informed(letter, courtesy.clone())).expect("a complete letter");
                let plain = composed.plain.expect("a reading aid");
                pages.extend(plain.passages.iter().map(|passage| format!("# {name}\n{}", aid_of(passage))));
            }
        }
        let language = courtesy.as_ref().map_or("nl-fr", Code::as_str);
        insta::assert_snapshot!(format!("aid-{language}"), pages.join("\n\n"));
    }
}

/// What a reading aid asks, and when, where and with what.
fn aid_of(passage: &PlainPassage) -> String {
    let line = |item: &Labelled| format!("{} | {}", item.label, item.text.isolated());
    let mut lines = vec![passage.title.clone(), passage.what.isolated()];
    lines.extend(passage.day.iter().map(|day| format!("[{}]", line(day))));
    lines.extend(passage.rows.iter().map(line));
    lines.join("\n")
}

#[test]
fn no_date_can_be_broken_over_two_lines_in_any_language() {
    let texts = Texts::load().expect("complete texts");
    let step = LegalStep::new(Document::Contract, None).expect("a step");
    for courtesy in texts.courtesies().map(Some).chain([None]) {
        let (_, letter) =
            samples::letter(&texts, step, Filling::Full, LetterLanguage::Bilingual, &samples::recipient());
        let composed = texts.compose(&informed(letter, courtesy)).expect("a complete letter");
        for passage in composed.plain.expect("a reading aid").passages {
            let date = passage.day.expect("a day").text.to_string();
            assert!(date.contains('\u{a0}') && !date.contains(' '), "{}: {date}", passage.language);
        }
    }
}

#[test]
fn what_the_law_says_stands_in_english_in_a_translation_and_is_marked_so() {
    let texts = Texts::load().expect("complete texts");
    let step = LegalStep::new(Document::ExemptionGranted, None).expect("a step");
    for courtesy in texts.courtesies() {
        let (_, letter) = samples::letter(&texts, step, Filling::Full, LetterLanguage::Nl, &samples::recipient());
        let composed = texts.compose(&informed(letter, Some(courtesy))).expect("a complete letter");
        let passage = composed.courtesy.expect("a translation");
        let Some(Block::LegalGround { text, .. }) = passage.body.last() else { panic!("a legal ground") };
        let marked = (passage.language != "en").then_some("en");
        let ground = "Ordinance of 11 May 2017; order of 19 July 2018.";
        assert!(matches!(text.runs(), [run] if run.text == ground && run.language.as_deref() == marked), "{text}");
    }
}

#[test]
fn a_translation_says_what_it_is_worth_and_carries_nothing_to_sign() {
    let texts = Texts::load().expect("complete texts");
    for step in LegalStep::all() {
        let languages: Vec<Code> = texts.courtesy_languages(step.document()).map(|(code, _)| code).collect();
        for code in languages {
            let (_, letter) = samples::letter(&texts, step, Filling::Least, LetterLanguage::Nl, &samples::recipient());
            let composed = texts.compose(&informed(letter, Some(code))).expect("a complete letter");
            let courtesy = composed.courtesy.expect("a translation");
            assert!(!courtesy.note.is_empty() && courtesy.receipt.is_none() && courtesy.closing.is_none());
            assert!(composed.passages.iter().all(|passage| passage.note.is_empty()));
        }
    }
}

#[test]
fn a_letter_that_is_not_complete_is_refused_with_the_slot_the_language_or_the_breach() {
    let texts = Texts::load().expect("complete texts");
    let mut letter = samples::certificate(samples::envelope(LetterLanguage::Nl, samples::recipient()));
    letter.envelope.courtesy = Some(Code::new("tlh"));
    assert_eq!(texts.compose(&letter), Err(ComposeError::NoLanguage { language: "tlh".to_owned() }));
    letter.envelope.courtesy = Some(Code::new("fr"));
    assert_eq!(texts.compose(&letter), Err(ComposeError::NoLanguage { language: "fr".to_owned() }));
    letter.values.unset(slot::CURE_TERM);
    assert_eq!(texts.compose(&letter), Err(ComposeError::Missing { slot: "cure_term".to_owned() }));
    letter.breach = Some(Breach::NotRegistered);
    assert_eq!(texts.compose(&letter), Err(ComposeError::Breach));
}

#[test]
fn the_information_sheet_gives_both_offers_the_same_words_in_the_order_of_the_lot() {
    let texts = Texts::load().expect("complete texts");
    for first in LegalLanguage::ALL {
        let step = LegalStep::new(Document::InformationSheet, None).expect("a step");
        let (_, mut letter) =
            samples::letter(&texts, step, Filling::Least, LetterLanguage::Bilingual, &samples::recipient());
        letter.values.set(slot::OFFERS_FIRST, *first);
        for passage in texts.compose(&letter).expect("a complete letter").passages {
            let offers = passage.body.iter().find_map(|block| match block {
                Block::Offers { offers, .. } => Some(offers),
                _ => None,
            });
            let labels: Vec<&str> = offers.expect("offers").iter().map(|offer| offer.label.as_str()).collect();
            let dutch = if passage.language == "nl" { "Nederlands" } else { "néerlandais" };
            assert_eq!(
                labels.iter().position(|label| label.contains(dutch)),
                Some(usize::from(*first != LegalLanguage::Nl))
            );
        }
    }
}

#[test]
fn the_twin_says_all_that_the_letter_says_and_fetches_nothing() {
    let texts = Texts::load().expect("complete texts");
    for (name, letter) in samples::letters(&texts, LetterLanguage::Bilingual, &samples::named("Zoë <b>\"O'Neil\"</b>"))
    {
        let composed = texts.compose(&informed(letter, None)).expect("a complete letter");
        let html = composed.html();
        for fetched in ["src=", "href=", "url(", "@import", "<script", "<b>"] {
            assert!(!html.contains(fetched), "{name} holds {fetched}");
        }
        for passage in &composed.passages {
            assert!(html.contains(&format!("<article lang=\"{}\" dir=\"ltr\">", passage.language)), "{name}");
        }
        let shown = shown(&html);
        for line in composed.plain_text().lines().filter(|line| *line != "----") {
            let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            assert!(words(&shown).contains(&words(line)), "{name}: {line} is not in the twin");
        }
    }
}

/// The text of a page of HTML.
fn shown(html: &str) -> String {
    let body = html.split("<body>").nth(1).unwrap_or_default();
    let outside = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = outside.collect();
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (entity, character)| text.replace(entity, character))
}

#[test]
fn the_twin_of_a_certificate_reads_as_its_snapshot() {
    let texts = Texts::load().expect("complete texts");
    let letter = samples::certificate_received(samples::envelope(LetterLanguage::Nl, samples::recipient()));
    let html = texts.compose(&informed(letter, None)).expect("a complete letter").html();
    insta::assert_snapshot!("twin-certificate", html.replace("><", ">\n<"));
}
