//! A faulty law is refused, with its code, file and line.

use std::collections::HashSet;
use std::path::Path;
use traject_domain::law::Law;
use traject_lawbook::LawErrorCode as E;
use traject_lawbook::{FILES, LawError, embedded, load_dir};

fn text_of(file: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == file).expect("a file of the law").1
}

/// Loads the law with the first occurrence of one text replaced in one file.
fn load_with(file: &str, from: &str, to: &str) -> Result<Law, LawError> {
    assert!(text_of(file).contains(from), "{file} no longer holds {from:?}");
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join(file), text_of(file).replacen(from, to, 1)).expect("writable");
    load_dir(dir.path())
}

/// The line, in the broken file, on which a text first stands.
fn line_of(broken: &str, text: &str) -> u64 {
    let (before, _) = broken.split_once(text).unwrap_or_else(|| panic!("the broken file holds no {text:?}"));
    u64::try_from(before.matches('\n').count()).expect("few lines") + 1
}

/// What is broken: file, text, what stands there instead, the code, and the text on whose line the fault is. A key that
/// is missing has no line of its own: the last key of its block is named.
type Fault = (&'static str, &'static str, &'static str, E, &'static str);

const SYNTAX: &[Fault] = &[
    ("codes.yaml", "foreigners: {", "foreigners: }{", E::Syntax, "foreigners: }{"),
    ("counting.yaml", "days: 3 ", "days: soon ", E::Syntax, "days: soon"),
    ("deadlines.yaml", "length: P18M", "lenght: P18M", E::UnknownKey, "lenght"),
    ("scope.yaml", "leap_day_birthday: 1_march", "leap_day: 1_march", E::UnknownKey, "leap_day: 1_march"),
    ("exemptions.yaml", "one_of: [SPECIAL]", "one_off: [SPECIAL]", E::UnknownKey, "one_off"),
    ("letters.yaml", "wrong_language: void", "colour: blue\nwrong_language: void", E::UnknownKey, "colour"),
    ("exemptions.yaml", "  E02:\n", "  E01:\n", E::Duplicate, "  E01:\n    label: {nl: \"Brits"),
    ("countries.yaml", "  AE: {", "  AD: {", E::Duplicate, "  AD: {nl: \"Verenigde"),
    ("suspensions.yaml", "    length: P6M\n", "    length: P6M\n    length: P7M\n", E::Duplicate, "length: P7M"),
];

const PROVENANCE: &[Fault] = &[
    ("fines.yaml", "sources: [BEWELCOME, PRESS]", "sources: []", E::MissingSource, "sources: []"),
    ("organisers.yaml", "sources: [SEED, AGII], ", "", E::MissingSource, "confidence: verified"),
    ("letters.yaml", "provenance: {sources: [OWN], confidence: assumption}\n", "", E::MissingSource, "appeal_body"),
    ("codes.yaml", "sources: [FORMAT]", "sources: [HEARSAY]", E::UnknownSource, "HEARSAY"),
    ("exemptions.yaml", "[GAZ_A_AMD, PRESS]", "[GAZ_A_AMD, BLOG]", E::UnknownSource, "BLOG"),
    ("fines.yaml", "confidence: verified", "confidence: certain", E::BadValue, "certain"),
    ("fines.yaml", "confidence: verified", "confidence: assumption", E::ArticleOnAssumption, "sources: [BEWELCOME"),
    ("scope.yaml", "  B: {nl: \"ordonnantie", "  C: {nl: \"ordonnantie", E::UnknownRegime, "  C: {"),
    ("scope.yaml", ", en: \"ordinance art. 2, 1°\"", "", E::MissingLabel, "  B: {"),
    ("sources.yaml", "\"2023044135\"", "\"20230\"", E::BadValue, "\"20230\""),
    ("sources.yaml", "title: \"Ordinance of 11 May 2017\"", "title: \"\"", E::BadValue, "GAZ_A_ORD"),
];

const TEXTS: &[Fault] = &[
    ("countries.yaml", "fr: \"Belgique\"", "fr: \"\"", E::MissingLabel, "nl: \"België\""),
    ("countries.yaml", ", en: \"Belgium\"", "", E::MissingLabel, "nl: \"België\""),
    ("counting.yaml", "nl: \"paasmaandag\"", "nl: ", E::MissingLabel, "lundi de Pâques"),
    (
        "organisers.yaml",
        "    label: {nl: \"Bon\", fr: \"Bon\", en: \"Bon\"}\n",
        "",
        E::MissingLabel,
        "    provenance: {sources: [SEED",
    ),
];

const REGIMES: &[Fault] = &[
    ("regimes.yaml", "effective_from: 2024-01-01", "effective_from: 2024-01-03", E::Gap, "2024-01-03"),
    ("regimes.yaml", "effective_from: 2024-01-01", "effective_from: 2023-12-31", E::Overlap, "from: 2023-12-31"),
    ("regimes.yaml", "    effective_until: 2023-12-31\n", "", E::Overlap, "from: 2024-01-01"),
    ("regimes.yaml", "from: 2022-06-01", "from: 2022-06-31", E::BadValue, "2022-06-31"),
    ("regimes.yaml", "until: 2023-12-31", "until: 2021-12-31", E::BadValue, "from: 2022-06-01"),
    ("exemptions.yaml", "regimes: [A, B]", "regimes: [A, C]", E::UnknownRegime, "[A, C]"),
    ("exemptions.yaml", "regimes: [A, B]", "regimes: []", E::EmptyList, "regimes: []"),
    ("organisers.yaml", "tracks: {A: [nl], B: [nl]}", "tracks: {A: [nl], Z: [nl]}", E::UnknownRegime, "Z: [nl]"),
];

const CONDITIONS: &[Fault] = &[
    ("scope.yaml", "one_of: [BE]", "one_of: []", E::EmptyList, "one_of: []"),
    ("scope.yaml", "input: nationality", "input: shoe_size", E::UnknownCode, "shoe_size"),
    ("scope.yaml", "one_of: [foreigners]", "one_of: [forreigners]", E::UnknownCode, "forreigners"),
    ("scope.yaml", "at_least: P18Y", "at_least: 18", E::BadValue, "at_least: 18"),
    ("scope.yaml", "at_least: P18Y", "at_least: P18Y, less_than: P65Y", E::BadValue, "at_least: P18Y"),
    ("scope.yaml", "more_than: P3M", "one_of: [A]", E::BadValue, "one_of: [A]"),
    ("scope.yaml", ", less_than: P3Y", "", E::BadValue, "{input: lawful_stay_on_reference_date}"),
    ("scope.yaml", "{reference_date_from: 2022-06-01}", "{}", E::BadValue, "when: {}"),
    ("scope.yaml", "{reference_date_from: 2022-06-01}", "{all: []}", E::EmptyList, "{all: []}"),
    // The national identity card writes EL, ISO writes GR: a state that no extract can name would never exempt.
    ("exemptions.yaml", "EE, FR, GR, IT", "EE, FR, EL, IT", E::UnknownCode, "EE, FR, EL"),
    ("exemptions.yaml", "one_of: [spouse,", "one_of: [spouse, cousin,", E::UnknownCode, "cousin"),
];

const VALUES: &[Fault] = &[
    ("counting.yaml", "month_rule: eve_of_ordinal", "# month_rule:", E::MissingKey, "holidays:\n  new_year"),
    ("counting.yaml", "month_rule: eve_of_ordinal", "month_rule: by_feel", E::BadValue, "by_feel"),
    ("counting.yaml", "roll_if: [saturday,", "roll_if: [friday,", E::BadValue, "friday"),
    ("counting.yaml", "[new_year, easter", "[new_year, carnival, easter", E::UnknownHoliday, "carnival"),
    ("counting.yaml", "{month: 5, day: 1,", "{month: 13, day: 1,", E::BadValue, "month: 13"),
    ("counting.yaml", "{days_after_easter: 1,", "{days_after_easter: 1, month: 4, day: 1,", E::BadValue, "month: 4"),
    ("scope.yaml", "  leap_day_birthday: 1_march ", "  # ", E::MissingKey, "  provenance: {sources: [OWN]"),
    ("scope.yaml", "leap_day_birthday: 1_march", "leap_day_birthday: never", E::BadValue, "never"),
    ("suspensions.yaml", "unit: calendar_days", "unit: weeks", E::BadValue, "unit: weeks"),
    ("suspensions.yaml", "[D-REGISTER, D-COMPLETE,", "[D-REGISTER, D-PAY,", E::BadValue, "D-PAY"),
    ("suspensions.yaml", "channels: [organiser,", "channels: [pigeon,", E::BadValue, "pigeon"),
    ("deadlines.yaml", "met_by: registered", "met_by: hope", E::BadValue, "hope"),
    ("deadlines.yaml", "  D-PAY:", "  D-PAID:", E::UnknownCode, "betalingstermijn"),
    ("deadlines.yaml", "length: P18M", "length: P0M", E::BadValue, "P0M"),
    ("deadlines.yaml", "length: P18M", "length: P1Y6M", E::BadValue, "P1Y6M"),
    ("deadlines.yaml", "actor: ggc", "actor: vivalis", E::BadValue, "vivalis"),
    ("letters.yaml", "wrong_language: void", "wrong_language: maybe", E::BadValue, "maybe"),
    ("fines.yaml", "min_euro: 100\n", "min_euro: 3000\n", E::BadValue, "min_euro: 3000"),
    ("fines.yaml", "min_euro: 100\n", "min_euro: 0\n", E::BadValue, "min_euro: 0"),
    ("fines.yaml", "steps: []", "steps: [{from_fine: 0, min_euro: 100, max_euro: 200}]", E::BadValue, "from_fine: 0"),
    ("fines.yaml", "steps: []", "steps: [{from_fine: 1, min_euro: 50, max_euro: 200}]", E::BadValue, "from_fine: 1"),
    ("fines.yaml", "applies_to: unknown", "applies_to: anybody", E::BadValue, "anybody"),
    ("fines.yaml", "  fine:\n", "  toll:\n", E::UnknownCode, "    min_euro: 100"),
    (
        "transition.yaml",
        "chosen_by: start_of_term",
        "chosen_by: date_of_act",
        E::BadValue,
        "    chosen_by: date_of_act      ",
    ),
    ("exemptions.yaml", "evidence: [diploma]", "evidence: [library_card]", E::UnknownCode, "library_card"),
    ("records.yaml", "papers: [passport, national_register]", "papers: []", E::EmptyList, "nl: \"nationaliteit"),
    ("records.yaml", "    quality: unreliable", "    quality: doubtful", E::BadValue, "doubtful"),
    ("programme.yaml", "component: CITIZENSHIP", "component: SINGING", E::BadValue, "SINGING"),
    ("organisers.yaml", "{A: [nl]", "{A: [de]", E::BadValue, "[de]"),
    ("organisers.yaml", "{A: [nl]", "{A: []", E::EmptyList, "{A: []"),
    ("organisers.yaml", "letters: {A: [nl]", "letters: {C: [nl]", E::UnknownRegime, "{C: [nl]"),
    ("letters.yaml", "ggc: [nl, fr]", "ggc: []", E::EmptyList, "ggc: []"),
    ("channels.yaml", "addresses: [known]", "addresses: []", E::EmptyList, "addresses: []"),
    ("channels.yaml", "addresses: [known]", "addresses: [moved]", E::BadValue, "addresses: [moved]"),
    (
        "channels.yaml",
        "needs: email\n",
        "needs: email\n    addresses: [known]\n",
        E::BadValue,
        "label: {nl: \"e-mail\"",
    ),
    ("channels.yaml", "    refused_signature: counts_as_received\n", "", E::BadValue, "label: {nl: \"overhandiging"),
    ("channels.yaml", "working_days: 3", "working_days: 0", E::BadValue, "label: {nl: \"aangetekende"),
    ("channels.yaml", "legal_effect: courtesy", "legal_effect: half", E::BadValue, "legal_effect: half"),
    ("channels.yaml", "  ebox:\n", "  fax:\n", E::UnknownCode, "label: {nl: \"eBox\""),
];

fn faults() -> impl Iterator<Item = &'static Fault> {
    [SYNTAX, PROVENANCE, TEXTS, REGIMES, CONDITIONS, VALUES].into_iter().flatten()
}

#[test]
fn each_fault_is_named_with_its_code_file_and_line() {
    let mut wrong = Vec::new();
    for (file, from, to, code, at) in faults() {
        let found = load_with(file, from, to).map(|_| ()).expect_err(&format!("{file}: {from:?} -> {to:?} loads"));
        let line = line_of(&text_of(file).replacen(from, to, 1), at);
        if (found.code, found.file.as_str(), found.line) != (*code, *file, line) {
            wrong.push(format!("{from:?} -> {to:?}: expected {code:?} on line {line}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_term_or_breach_that_is_not_there_is_refused() {
    let (from, to) = ("  D-PAY:", "  D-APPEAL:");
    let (start, end) = (text_of("deadlines.yaml").find(from), text_of("deadlines.yaml").find(to));
    let term = &text_of("deadlines.yaml")[start.expect("D-PAY")..end.expect("D-APPEAL")];
    let breach = "  NOT_COMPLETED: {nl: \"traject niet beëindigd binnen de termijn\", fr: \"parcours non terminé dans le délai\", en: \"programme not completed within the term\"}\n";
    for (missing, name, section) in [(term, "D-PAY", "D-REGISTER:"), (breach, "NOT_COMPLETED", "NOT_REGISTERED:")] {
        let found = load_with("deadlines.yaml", missing, "").expect_err(name);
        assert_eq!((found.code, found.file.as_str()), (E::MissingItem, "deadlines.yaml"));
        assert_eq!(found.line, line_of(&text_of("deadlines.yaml").replacen(missing, "", 1), section), "{found}");
        assert!(found.reason.contains(name), "{found}");
    }
}

#[test]
fn a_foreign_file_and_a_missing_directory_are_refused() {
    for extra in ["extra.yaml", "scope.yml", "counting.extend.yaml"] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(dir.path().join(extra), "a: 1").expect("writable");
        let found = load_dir(dir.path()).expect_err("a foreign file");
        assert_eq!((found.code, found.file.as_str()), (E::UnknownFile, extra));
    }
    let missing = load_dir(Path::new("no-such-directory")).expect_err("nothing there");
    assert_eq!(missing.code, E::FileUnreadable);
    assert!(missing.source.is_some(), "the cause is kept");
}

#[test]
fn every_code_of_the_closed_list_is_reached_by_a_test() {
    let reached: HashSet<E> =
        faults().map(|fault| fault.3).chain([E::MissingItem, E::UnknownFile, E::FileUnreadable]).collect();
    for code in E::ALL {
        assert!(reached.contains(code), "{} has no test", code.code());
    }
}

#[test]
fn a_refusal_reads_as_one_line() {
    let refusals = [
        ("deadlines.yaml", "length: P18M", "lenght: P18M"),
        ("counting.yaml", "month_rule: eve_of_ordinal", "# month_rule:"),
        ("exemptions.yaml", "EE, FR, GR, IT", "EE, FR, EL, IT"),
        ("regimes.yaml", "effective_from: 2024-01-01", "effective_from: 2024-01-03"),
        ("countries.yaml", "fr: \"Belgique\"", "fr: \"\""),
        ("countries.yaml", "  AE: {", "  AD: {"),
        ("codes.yaml", "foreigners: {", "foreigners: }{"),
        ("counting.yaml", "days: 3 ", "days: soon "),
    ]
    .map(|(file, from, to)| {
        let refusal = load_with(file, from, to).expect_err(to);
        let (code, LawError { file, line, reason, .. }) = (refusal.code.code(), &refusal);
        assert_eq!(refusal.to_string(), format!("{code}: {file}:{line}: {reason}"));
        // Lines move with every edit of the files; they are held to elsewhere.
        format!("{code} {file}: {reason}")
    });
    assert!(refusals.iter().all(|refusal| !refusal.contains('\n')), "{refusals:?}");
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_directory_of_all_files_or_of_none_is_the_law_that_ships() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("README.md"), "notes beside the law do no harm").expect("writable");
    assert_eq!(load_dir(dir.path()).expect("loads"), embedded().expect("loads"));
    for (name, text) in FILES {
        std::fs::write(dir.path().join(name), text).expect("writable");
    }
    assert_eq!(load_dir(dir.path()).expect("loads"), embedded().expect("loads"));
}
