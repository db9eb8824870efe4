//! Pages of reasons: what people read, that every code prints in every language, and that a file is a language.

#[path = "reasons/cases.rs"]
mod cases;
#[path = "reasons/codes.rs"]
mod codes;

use cases::LAW;
use traject_templates::reasons::{Audience, Direction, ReasonTextError, ReasonTexts, TextFault};

fn texts() -> ReasonTexts {
    ReasonTexts::load().expect("complete texts")
}

#[test]
fn every_page_reads_as_its_snapshot() {
    let texts = texts();
    for (name, reasons) in cases::all() {
        for language in ["nl", "fr", "en"] {
            for (audience, of) in [(Audience::Clerk, "clerk"), (Audience::Newcomer, "newcomer")] {
                let page = texts.page(&LAW, &reasons, audience, language).expect("a language with texts");
                insta::assert_snapshot!(format!("{name}-{of}-{language}"), page.plain_text());
            }
        }
    }
}

#[test]
fn a_courtesy_page_and_an_html_document_read_as_their_snapshots() {
    let texts = texts();
    let (_, reasons) = cases::all().remove(0);
    let page = |audience, language| texts.page(&LAW, &reasons, audience, language).expect("a language with texts");
    insta::assert_snapshot!("suspended-clerk-es", page(Audience::Clerk, "es").plain_text());
    insta::assert_snapshot!("suspended-newcomer-es", page(Audience::Newcomer, "es").plain_text());
    insta::assert_snapshot!("suspended-newcomer-fr-html", page(Audience::Newcomer, "fr").html());
}

#[test]
fn the_newcomers_page_names_no_medical_ground_and_no_code() {
    let texts = texts();
    for (name, reasons) in cases::medical() {
        for (language, _) in texts.languages() {
            let page = texts.page(&LAW, &reasons, Audience::Newcomer, language).expect("a language with texts");
            let text = page.plain_text();
            for code in ["E10", "S02", "S03"] {
                assert!(!text.contains(code), "{name} in {language}: {text}");
            }
            for ground in ["ziekte", "maladie", "handicap", "illness", "enfermedad"] {
                assert!(!text.to_lowercase().contains(ground), "{name} in {language}: {text}");
            }
        }
    }
}

#[test]
fn only_the_languages_in_which_the_law_has_force_go_without_a_note() {
    let texts = texts();
    let (_, reasons) = cases::all().remove(0);
    let spoken: Vec<_> = texts.languages().map(|(code, name)| (code.to_owned(), name.to_owned())).collect();
    let names = [("en", "English"), ("es", "español"), ("fr", "français"), ("nl", "Nederlands")];
    assert_eq!(spoken, names.map(|(code, name)| (code.to_owned(), name.to_owned())));
    for audience in [Audience::Clerk, Audience::Newcomer] {
        let says = |language, what| {
            texts.page(&LAW, &reasons, audience, language).expect("spoken").plain_text().contains(what)
        };
        assert!(says("es", "es una traducción informativa"));
        assert!(says("en", "is a translation for information"));
    }
    let unknown = texts.page(&LAW, &reasons, Audience::Clerk, "eo").expect_err("nobody wrote it");
    assert_eq!(unknown.known, "en es fr nl");
}

const SPANISH: &str = include_str!("../reasons/es.yaml");

fn added(yaml: &str) -> Result<ReasonTexts, ReasonTextError> {
    ReasonTexts::read([("ar".to_owned(), yaml)])
}

#[test]
fn a_file_is_a_language_whatever_its_direction() {
    let yaml = SPANISH.replace("direction: ltr", "direction: rtl");
    let texts = added(&yaml).expect("a complete file");
    assert!(texts.unnamed(&LAW).is_empty());
    let (_, reasons) = cases::all().remove(0);
    let page = texts.page(&LAW, &reasons, Audience::Newcomer, "ar").expect("its own language");
    assert_eq!(page.direction, Direction::RightToLeft);
    assert!(page.html().contains("<html lang=\"ar\" dir=\"rtl\">"));
}

#[test]
fn a_count_may_have_a_word_of_its_own() {
    let days = r#"day: {"1": "1\u00a0día", "2-40": "unos {count} días", other: "{count}\u00a0días"}"#;
    let yaml = SPANISH.replace(r#"day: {"1": "1\u00a0día", other: "{count}\u00a0días"}"#, days);
    let (_, reasons) = cases::all().remove(0);
    let page = added(&yaml).expect("a complete file").page(&LAW, &reasons, Audience::Newcomer, "ar").expect("spoken");
    assert!(page.plain_text().contains("Recibe unos 32 días más."));
}

#[test]
fn an_incomplete_file_is_refused_with_its_key() {
    let without = |line: &str| {
        assert!(SPANISH.contains(line), "{line}");
        SPANISH.replace(line, "")
    };
    let refused = |yaml: String| match added(&yaml).expect_err("a faulty file") {
        ReasonTextError::Text { language, key, fault } => (language, key, fault),
        unreadable @ ReasonTextError::Unreadable { .. } => panic!("{unreadable}"),
    };
    let faulty = [
        (without("  no_next: \"no hay ningún paso pendiente\"\n"), "clerk.no_next", TextFault::Missing),
        (without("    D-PAY: \"Su multa es del {date}.\"\n"), "words.you_start.D-PAY", TextFault::Missing),
        (without("    too_early: \"enviado antes de vencer el plazo\"\n"), "words.void.too_early", TextFault::Missing),
        (without(", diciembre"), "months.12", TextFault::Missing),
        (
            without(
                "  note: \"Esta página es una traducción informativa. El texto que vale es el neerlandés o el francés.\"\n",
            ),
            "language.note",
            TextFault::Missing,
        ),
        (SPANISH.replace("\"por informar\"", "\"\""), "words.stage.to_inform", TextFault::Empty),
        (SPANISH.replace("etapa: {stage}", "etapa: {etapa}"), "clerk.stage", TextFault::Placeholders),
        (SPANISH.replace("etapa: {stage}", "etapa: {stage"), "clerk.stage", TextFault::Placeholders),
        (SPANISH.replace("  turn: \"le", "  turno: \"x\"\n  turn: \"le"), "clerk.turno", TextFault::Unknown),
        (SPANISH.replace("  breaches:\n", "  brechas:\n"), "law.brechas", TextFault::Unknown),
    ];
    for (yaml, key, fault) in faulty {
        assert_eq!(refused(yaml), ("ar".to_owned(), key.to_owned(), fault));
    }
    let cut = SPANISH.split("words:").next().expect("a first half");
    assert!(matches!(added(cut), Err(ReasonTextError::Unreadable { .. })));
    let unnamed = added(&without("    E10: \"enfermedad o discapacidad que impide seguir el itinerario\"\n"));
    let unnamed: Vec<String> =
        unnamed.expect("a readable file").unnamed(&LAW).iter().map(ToString::to_string).collect();
    assert_eq!(unnamed, ["the text law.exemptions.E10 in reasons/ar.yaml is missing"]);
}
