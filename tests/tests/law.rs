//! `traject law`: the examples beside the rules, and everything that the guide for analysts says and shows.

use crate::support::{run, traject};
use std::path::Path;
use std::process::Output;

const GUIDE: &str = include_str!("../../docs/guides/change-the-law.md");

/// A block of the guide: the words after its fence, and what stands in it.
struct Block<'a> {
    info: &'a str,
    text: String,
}

fn blocks() -> Vec<Block<'static>> {
    let mut blocks: Vec<Block<'static>> = Vec::new();
    let mut inside = false;
    for line in GUIDE.lines() {
        if let Some(info) = line.strip_prefix("```") {
            if !inside {
                blocks.push(Block { info, text: String::new() });
            }
            inside = !inside;
        } else if inside {
            let block = blocks.last_mut().expect("a block is open");
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    blocks
}

/// The files of the guide in a directory: those blocks that name one.
fn of_the_guide() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for block in blocks() {
        if let Some((_, name)) = block.info.split_once(' ') {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a directory")).expect("it is made");
            std::fs::write(path, block.text).expect("it is written");
        }
    }
    dir
}

fn law(dir: &Path, arguments: &[&str]) -> Output {
    run(traject().arg("law").args(arguments).current_dir(dir))
}

/// What a command printed that ended well.
fn printed(dir: &Path, arguments: &[&str]) -> String {
    let done = law(dir, arguments);
    assert!(done.status.success(), "{arguments:?}: {}{}", stdout(&done), stderr(&done));
    stdout(&done)
}

fn stdout(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn stderr(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

#[test]
fn the_shipped_examples_pass_and_cover_every_rule() {
    let here = Path::new(".");
    assert!(printed(here, &["test", "--require-coverage"]).contains(" 0 failed\n"));
    let answer: serde_json::Value = serde_json::from_str(&printed(here, &["test", "--json"])).expect("JSON");
    assert_eq!(answer["examples"], answer["passed"]);
    let rows = answer["coverage"].as_array().expect("rows");
    // Seven conditions, thirteen exemptions, four suspensions, seven terms, two entitlements, the fine.
    assert_eq!(rows.len(), 34);
    for row in rows {
        for kind in ["positive", "negative", "boundary"] {
            assert!(row[kind].as_u64() > Some(0), "{row}");
        }
        let tests = row["tests"].as_array().expect("tests").iter();
        for seen in tests.map(|test| &test["seen_to"]).chain([&row["seen_to"]]) {
            assert!(seen["hold"] == true && seen["fail"] == true, "{row}");
        }
    }
}

#[test]
fn a_changed_value_breaks_the_examples_that_rest_on_it() {
    let done = law(Path::new("."), &["test", "--set", "deadlines.terms.D-REGISTER.length=P4M"]);
    assert_eq!(done.status.code(), Some(1));
    let text = stdout(&done);
    let named = "D-REGISTER (positive): registered in time (C01)\n    due: expected 2022-12-14, found 2022-10-14\n";
    assert!(text.contains("examples/deadlines.yaml:") && text.contains(named), "{text}");
    assert!(
        text.lines().filter(|line| line.starts_with("examples/")).all(|line| line.contains("D-REGISTER")),
        "{text}"
    );
}

#[test]
fn every_command_of_the_guide_ends_as_the_guide_says() {
    let dir = of_the_guide();
    let mut commands = 0;
    for block in blocks().iter().filter(|block| block.info == "console") {
        for line in block.text.lines() {
            let (command, note) = line.split_once('#').unwrap_or((line, "status 0"));
            let words: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(words[..2], ["$", "traject"], "{line}");
            let done = run(traject().args(&words[2..]).current_dir(dir.path()));
            let status = note.trim().strip_prefix("status ").and_then(|status| status.parse().ok());
            assert_eq!(done.status.code(), status, "{line}: {}{}", stdout(&done), stderr(&done));
            commands += 1;
        }
    }
    assert!(commands > 12, "{commands} commands were found in the guide");
}

#[test]
fn the_law_of_the_guide_says_what_the_guide_set_out_to_say() {
    let dir = of_the_guide();
    let of = |arguments: &[&str]| printed(dir.path(), arguments);
    assert!(of(&["check", "law"]).contains(" 14 exemptions,"));
    let differs = of(&["diff", "shipped@2027-02-01", "law@2027-02-01"]);
    for line in [
        "fines.ranges.fine.min_euro: 100 -> 150",
        "fines.ranges.fine.max_euro: 2500 -> 3000",
        "deadlines.terms.D-REGISTER.length: P6M -> P4M",
        "exemptions.exemptions.E20.label.en: (none) -> informal carer",
    ] {
        assert!(differs.lines().any(|found| found == line), "{line} is not in {differs}");
    }
    assert_eq!(
        of(&["diff", "shipped@2026-12-31", "law@2026-12-31"]),
        of(&["diff", "shipped@2027-02-01:2026-12-14", "law@2027-02-01:2026-12-14"]),
        "before its first day, and before it was published, only the source is new"
    );
    let shown = of(&["show", "--law", "law", "--on", "2027-01-01", "--key", "fines.ranges.fine.max_euro"]);
    assert_eq!(shown, "fines.ranges.fine.max_euro = 3000\n");
    let shown = of(&[
        "show",
        "--law",
        "law",
        "--on",
        "2027-01-01",
        "--known-on",
        "2026-12-14",
        "--key",
        "fines.ranges.fine.max_euro",
    ]);
    assert_eq!(shown, "fines.ranges.fine.max_euro = 2500\n");
    let open = of(&["keys", "--open", "deadlines."]);
    assert!(
        open.starts_with("deadlines.met_by = registered\n") && open.ends_with("(registered, certificate_received)\n"),
        "{open}"
    );
}

#[test]
fn a_ground_without_examples_is_named() {
    let dir = of_the_guide();
    std::fs::remove_file(dir.path().join("law/examples/carers.yaml")).expect("it was there");
    let text = printed(dir.path(), &["test", "law"]);
    let end = text.split_once("no example decides:\n").expect("a list").1;
    assert_eq!(
        end,
        "    E20@2027-01-01: never seen to hold, never seen to fail\n\nlacks an example:\n    E20@2027-01-01: positive, negative, boundary\n"
    );
    assert_eq!(law(dir.path(), &["test", "law", "--require-coverage"]).status.code(), Some(1));
}

#[test]
fn what_an_example_cannot_mean_is_named() {
    let dir = of_the_guide();
    let example = "examples:\n  - rule: E20\n    kind: positive\n    title: t\n    as_of: 2027-03-01\n";
    for (text, status, named) in [
        ("    colour: red\n", 2, "LAW_UNKNOWN_KEY: examples/own.yaml:6: colour"),
        ("    events: [{on: 2027-02-30, type: died}]\n", 2, "LAW_BAD_VALUE: examples/own.yaml:6: "),
        ("    events: [{on: 2027-02-15, type: promoted}]\n", 1, "found UNKNOWN_CODE in column type, row 1"),
        ("    check: {nationality: YY}\n", 1, "found UNKNOWN_CODE in column nationality, row 1"),
        ("    expect: {outcome: exempt}\n", 1, "outcome: expected exempt, found obliged"),
    ] {
        std::fs::write(dir.path().join("law/examples/own.yaml"), format!("{example}{text}")).expect("it is written");
        let done = law(dir.path(), &["test", "law"]);
        let said = stdout(&done) + &stderr(&done);
        assert_eq!(done.status.code(), Some(status), "{text}: {said}");
        assert!(said.contains(named), "{named} is not in {said}");
    }
    let unknown = example.replace("E20", "E77");
    std::fs::write(dir.path().join("law/examples/own.yaml"), unknown).expect("it is written");
    assert!(stdout(&law(dir.path(), &["test", "law"])).contains("holds: expected true, found no rule E77"));
}
