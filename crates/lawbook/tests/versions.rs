//! Law dated twice: versions, repeals, what a site adds, and the view of one moment.

use jiff::civil::date;
use traject_domain::Date;
use traject_domain::code::{Code, Term};
use traject_domain::law::{Law, Length};
use traject_lawbook::{EXTENSIONS, FILES, LawError, LawErrorCode as E, LawText, differences};

const SHORTER: &str = r#"
terms:
  D-REGISTER@2027-01-01:
    known_from: 2026-12-15
    label: {nl: "termijn voor de aanmelding", fr: "délai d'inscription", en: "term for registration"}
    length: P4M
    actor: municipality
    provenance: {sources: [OWN], confidence: assumption}
"#;

const REPEAL: &str = r#"
exemptions: {}
repeals:
  E09@2027-03-05: {known_from: 2027-02-01, provenance: {sources: [OWN], confidence: assumption}}
"#;

const CARERS: &str = r#"
exemptions:
  E20:
    label: {nl: "mantelzorger", fr: "aidant proche", en: "informal carer"}
    evidence: [medical_certificate_model]
    regimes: [B]
    provenance: {sources: [OWN], confidence: assumption}
"#;

fn with(files: &[(&str, &str)]) -> Result<Law, LawError> {
    text_with(files).compile()
}

fn text_with(files: &[(&str, &str)]) -> LawText {
    let mut text = LawText::embedded();
    for (name, content) in files {
        text.set_file(name, (*content).to_owned()).expect("a file of the law");
    }
    text
}

fn register(law: &Law, day: Date, known_on: Date) -> Length {
    law.length_on(Term::Register, day, known_on)
}

#[test]
fn a_site_shortens_a_term_from_a_day_on_once_it_is_published() {
    let law = with(&[("deadlines.extend.yaml", SHORTER)]).expect("loads");
    let published = date(2026, 12, 15);
    assert_eq!(register(&law, date(2026, 12, 31), published), Length::Months(6));
    assert_eq!(register(&law, date(2027, 1, 1), published), Length::Months(4));
    assert_eq!(register(&law, date(2027, 1, 1), date(2026, 12, 14)), Length::Months(6), "nobody could know it");
    assert!(law.turning_days.contains(&published) && law.turning_days.contains(&date(2027, 1, 1)));
}

#[test]
fn a_repealed_exemption_ends_on_its_day() {
    let law = with(&[("exemptions.extend.yaml", REPEAL)]).expect("loads");
    let holds = |day, known| law.exemptions_on(day, known).any(|exemption| exemption.code.as_str() == "E09");
    assert!(holds(date(2027, 3, 4), date(2027, 3, 4)));
    assert!(!holds(date(2027, 3, 5), date(2027, 3, 5)));
    assert!(holds(date(2027, 3, 5), date(2027, 1, 31)), "the repeal is not published yet");
    assert!(law.exemption(&Code::new("E09")).is_some(), "what was granted keeps its name");
}

#[test]
fn a_site_adds_a_ground_for_the_regimes_it_names() {
    let law = with(&[("exemptions.extend.yaml", CARERS)]).expect("loads");
    let holds = |day| law.exemptions_on(day, date(2026, 1, 1)).any(|exemption| exemption.code.as_str() == "E20");
    assert!(!holds(date(2023, 12, 31)), "not under regime A");
    assert!(holds(date(2024, 1, 1)));
}

/// What is wrong with an extension: file, text, code, and a text on the line that is named.
#[test]
fn a_faulty_version_is_named_with_its_file_and_line() {
    let twice = CARERS.replace("E20:", "E01:");
    let undated = SHORTER.replace("    known_from: 2026-12-15\n", "");
    let no_day = SHORTER.replace("@2027-01-01", "@soon");
    let unknown = SHORTER.replace("D-REGISTER@", "D-NONE@");
    let nothing_to_repeal = REPEAL.replace("E09@2027-03-05", "E77@2027-03-05");
    let without_day = REPEAL.replace("E09@2027-03-05", "E09");
    let policy = format!("{SHORTER}provenance: {{sources: [OWN], confidence: assumption}}\n");
    for (file, text, code, at) in [
        ("exemptions.extend.yaml", &twice, E::Duplicate, "label: {nl: \"mantel"),
        ("deadlines.extend.yaml", &undated, E::MissingKey, "label:"),
        ("deadlines.extend.yaml", &no_day, E::BadValue, "known_from"),
        ("deadlines.extend.yaml", &unknown, E::UnknownCode, "known_from"),
        ("exemptions.extend.yaml", &nothing_to_repeal, E::UnknownCode, "E77"),
        ("exemptions.extend.yaml", &without_day, E::UnknownCode, "E09"),
        ("deadlines.extend.yaml", &policy, E::UnknownKey, "\nprovenance"),
    ] {
        let found = with(&[(file, text)]).expect_err(at);
        let before = text.split_once(at).expect("the text stands there").0;
        let line = before.matches('\n').count() + 1 + usize::from(at.starts_with('\n'));
        assert_eq!((found.code, found.file.as_str(), found.line), (code, file, line as u64), "{found}");
    }
}

#[test]
fn a_term_that_begins_late_leaves_a_gap() {
    let (_, deadlines) = FILES.iter().find(|(name, _)| *name == "deadlines.yaml").expect("there");
    let late = deadlines.replace("  D-PAY:\n", "  D-PAY@2025-01-01:\n    known_from: 2025-01-01\n");
    assert_eq!(with(&[("deadlines.yaml", &late)]).expect_err("a gap").code, E::Gap);
}

#[test]
fn the_law_comes_back_from_its_bytes() {
    let text = text_with(&[("deadlines.extend.yaml", SHORTER)]);
    assert_eq!(LawText::from_bytes(&text.to_bytes()).expect("its own bytes"), text);
    assert_ne!(text.to_bytes(), LawText::embedded().to_bytes());
    let bytes = text.to_bytes();
    assert!(LawText::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(LawText::from_bytes(b"\0\0\0\0\0\0\0\x01x").is_err());
}

#[test]
fn a_key_with_a_day_makes_a_version_of_what_was_in_force() {
    let mut text = LawText::embedded();
    text.set(&[
        "fines.ranges.fine@2027-01-01.max_euro=3000".to_owned(),
        "deadlines.terms.D-CURE.length=P3M".to_owned(),
    ])
    .expect("both keys are known");
    let law = text.compile().expect("loads");
    let max = |day| law.fines.on(day, day).map(|range| (range.min.0, range.max.0));
    assert_eq!(max(date(2026, 12, 31)), Some((10_000, 250_000)));
    assert_eq!(max(date(2027, 1, 1)), Some((10_000, 300_000)));
    assert_eq!(law.length_on(Term::Cure, date(2023, 1, 1), date(2023, 1, 1)), Length::Months(3));
}

#[test]
fn every_key_has_a_meaning_and_can_be_set_to_what_it_is() {
    let text = LawText::embedded();
    let keys = text.keys();
    assert!(keys.len() > 1_000, "{}", keys.len());
    let silent: Vec<&str> = keys.iter().filter(|key| key.meaning.is_empty()).map(|key| key.key.as_str()).collect();
    assert!(silent.is_empty(), "keys without a meaning: {silent:?}");
    let mut same = text.clone();
    let assignments: Vec<String> = keys
        .iter()
        .filter(|key| !key.key.starts_with("countries.") && !key.key.contains(".label."))
        .map(|key| format!("{}={}", key.key, key.value))
        .collect();
    same.set(&assignments).expect("every key can be set");
    assert_eq!(same.compile().expect("loads"), text.compile().expect("loads"));
}

#[test]
fn the_difference_of_two_laws_is_what_was_changed() {
    let moment = date(2027, 4, 1);
    let view = |text: &LawText| text.view(moment, moment).expect("loads");
    let before = view(&LawText::embedded());
    let after = view(&text_with(&[
        ("deadlines.extend.yaml", SHORTER),
        ("exemptions.extend.yaml", &format!("{CARERS}{}", REPEAL.replace("exemptions: {}\n", ""))),
    ]));
    let lines: Vec<String> = differences(&before, &after)
        .into_iter()
        .filter(|difference| !difference.key.contains(".label.") && !difference.key.contains(".articles."))
        .map(|d| format!("{}: {} -> {}", d.key, d.before.unwrap_or_default(), d.after.unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_order_of_january_2024_is_in_force_before_it_is_known() {
    let text = LawText::embedded();
    let (day, eve, published) = (date(2024, 1, 10), date(2024, 1, 25), date(2024, 1, 26));
    let regimes = |known| {
        let view = text.view(day, known).expect("loads");
        view.keys()
            .filter(|key| key.starts_with("regimes.regimes.") && key.ends_with("label.en"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(regimes(eve), ["regimes.regimes.A.label.en"]);
    assert_eq!(regimes(published), ["regimes.regimes.A.label.en", "regimes.regimes.B.label.en"]);
}

#[test]
fn every_extension_belongs_to_a_file() {
    for name in EXTENSIONS {
        let file = name.replace(".extend", "");
        assert!(FILES.iter().any(|(known, _)| *known == file), "{name}");
    }
}
