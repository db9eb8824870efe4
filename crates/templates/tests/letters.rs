//! What people read, as snapshots.

use std::collections::BTreeSet;

use traject_domain::code::LegalLanguage;
use traject_templates::composed::Block;
use traject_templates::{LetterLanguage, Offer, PerLanguage, Texts, samples, slot};

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
