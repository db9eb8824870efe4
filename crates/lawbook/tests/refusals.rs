//! A faulty law is refused, with file, line and reason.

use std::path::Path;
use traject_domain::law::{ExemptionBasis, Law};
use traject_lawbook::{FILES, LawErrorCode, POLICIES, PolicyError, apply, embedded, load_dir};

fn write_all(dir: &Path) {
    for (name, text) in FILES {
        std::fs::write(dir.join(name), text).expect("a temporary directory can be written");
    }
}

/// Loads the law with one text replaced in one file.
fn load_with(file: &str, from: &str, to: &str) -> Result<Law, (LawErrorCode, String, u64)> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    write_all(dir.path());
    let (_, text) = FILES.iter().find(|(name, _)| *name == file).expect("a file of the law");
    assert!(text.contains(from), "{file} no longer holds {from:?}");
    std::fs::write(dir.path().join(file), text.replacen(from, to, 1)).expect("writable");
    load_dir(dir.path()).map_err(|error| (error.code, error.file, error.line))
}

fn line_of(file: &str, text: &str) -> u64 {
    let (_, content) = FILES.iter().find(|(name, _)| *name == file).expect("a file of the law");
    let before = content.split(text).next().expect("split gives one");
    before.matches('\n').count() as u64 + 1
}

#[test]
fn the_law_that_ships_loads_from_the_program_and_from_a_directory() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    write_all(dir.path());
    assert_eq!(load_dir(dir.path()).expect("loads"), embedded().expect("loads"));
}

#[test]
fn each_fault_is_named_with_its_file_and_line() {
    use LawErrorCode as E;
    let cases = [
        ("deadlines.yaml", "length: P18M", "lenght: P18M", E::UnknownKey, "length: P18M"),
        ("deadlines.yaml", "length: P18M", "length: 18 months", E::BadValue, "length: P18M"),
        ("deadlines.yaml", "term: D-PAY", "term: D-PAID", E::UnknownKey, "term: D-PAY"),
        ("deadlines.yaml", "actor: ggc", "actor: vivalis", E::BadValue, "actor: ggc"),
        ("scope.yaml", "sources: [BEWELCOME, GGC]", "sources: []", E::MissingSource, "confidence: verified\npolicies"),
        (
            "scope.yaml",
            "sources: [BEWELCOME, GGC]",
            "sources: [HEARSAY]",
            E::UnknownSource,
            "sources: [BEWELCOME, GGC]",
        ),
        ("scope.yaml", "input: nationality", "input: shoe_size", E::UnknownKey, "input: nationality"),
        ("scope.yaml", "leap_day_birthday: 1_march", "leap_day_birthday: never", E::BadValue, "leap_day_birthday"),
        ("scope.yaml", "one_of: [BE]", "one_of: []", E::BadValue, "one_of: [BE]"),
        ("exemptions.yaml", "code: E02", "code: E01", E::Duplicate, "code: E02"),
        ("exemptions.yaml", "regimes: [A, B]", "regimes: [A, C]", E::UnknownKey, "regimes: [A, B]"),
        (
            "regimes.yaml",
            "effective_from: 2024-01-01",
            "effective_from: 2024-01-03",
            E::Gap,
            "effective_from: 2024-01-01",
        ),
        (
            "regimes.yaml",
            "effective_from: 2024-01-01",
            "effective_from: 2023-12-31",
            E::Overlap,
            "effective_from: 2024-01-01",
        ),
        (
            "regimes.yaml",
            "effective_from: 2022-06-01",
            "effective_from: 2022-06-31",
            E::BadValue,
            "effective_from: 2022-06-01",
        ),
        ("codes.yaml", "fr: \"Belgique\"", "fr: \"\"", E::MissingLabel, "\"BE\":"),
        ("organisers.yaml", "tracks: {A: [nl]", "tracks: {A: [de]", E::BadValue, "tracks: {A: [nl]"),
        ("sanctions.yaml", "min_cents: 10000", "min_cents: 300000", E::BadValue, "confidence: verified"),
        (
            "suspensions.yaml",
            "  sources: [BEWELCOME, OWN]\n",
            "  sources: [OWN]\n    articles: {B: {nl: \"art. 1\", fr: \"art. 1\", en: \"art. 1\"}}\n",
            E::ArticleOnAssumption,
            "",
        ),
    ];
    for (file, from, to, code, at) in cases {
        let (found, in_file, line) = load_with(file, from, to).expect_err(to);
        assert_eq!((found, in_file.as_str()), (code, file), "{from} -> {to}");
        if !at.is_empty() {
            assert_eq!(line, line_of(file, at), "{from} -> {to}");
        }
    }
}

#[test]
fn a_choice_left_open_is_refused() {
    let month_rule = "  month_rule: eve_of_ordinal                    # or same_day_number\n";
    let (code, file, _) = load_with("counting.yaml", month_rule, "").expect_err("no month rule");
    assert_eq!((code, file.as_str()), (LawErrorCode::Syntax, "counting.yaml"));
}

#[test]
fn a_missing_and_a_foreign_file_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    write_all(dir.path());
    std::fs::write(dir.path().join("extra.yaml"), "a: 1").expect("writable");
    assert_eq!(load_dir(dir.path()).expect_err("extra").code, LawErrorCode::UnknownKey);
    std::fs::remove_file(dir.path().join("extra.yaml")).expect("there");
    std::fs::remove_file(dir.path().join("scope.yaml")).expect("there");
    assert_eq!(load_dir(dir.path()).expect_err("missing").code, LawErrorCode::FileUnreadable);
}

#[test]
fn every_choice_of_every_policy_can_be_set_and_nothing_else() {
    for policy in POLICIES {
        for choice in policy.choices {
            let mut law = embedded().expect("loads");
            apply(&mut law, &format!("{}={choice}", policy.key)).expect("a choice can be set");
        }
        let mut law = embedded().expect("loads");
        let refused = apply(&mut law, &format!("{}=nonsense", policy.key));
        assert!(matches!(refused, Err(PolicyError::BadValue { .. })), "{}", policy.key);
        assert_eq!(law, embedded().expect("loads"), "a refused policy changes nothing");
    }
    let mut law = embedded().expect("loads");
    assert!(matches!(apply(&mut law, "scope.colour=red"), Err(PolicyError::UnknownKey(_))));
    assert_eq!(apply(&mut law, "scope"), Err(PolicyError::Syntax));
}

#[test]
fn the_register_shows_nine_exemptions_and_papers_show_four() {
    let law = embedded().expect("loads");
    let on_evidence: Vec<&str> = law
        .exemptions
        .iter()
        .filter(|exemption| exemption.basis == ExemptionBasis::OnEvidence)
        .map(|exemption| exemption.code.as_str())
        .collect();
    assert_eq!(on_evidence, ["E10", "E11", "E12", "E13"]);
    assert_eq!(law.exemptions.len(), 13);
}

#[test]
fn the_policy_keys_read_well() {
    let keys: Vec<String> =
        POLICIES.iter().map(|p| format!("{} ({}): {}", p.key, p.choices.join("|"), p.meaning)).collect();
    insta::assert_snapshot!(keys.join("\n"));
}
