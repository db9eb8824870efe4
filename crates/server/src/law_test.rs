//! `traject law test`: the examples beside the rules, and which rules no example decides.

mod coverage;
mod run;

use crate::law_command::Choice;
use anyhow::Context;
use clap::Args;
use comfy_table::{Table, presets};
use coverage::{Coverage, Covered, Seen};
use run::{Difference, Runner};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use traject_lawbook::{Example, ExampleKind, examples};

/// Arguments of `traject law test`.
#[derive(Args)]
pub(crate) struct Test {
    /// Directory of law files, with examples in DIR/examples; the shipped law and examples are there in any case.
    dir: Option<PathBuf>,
    /// Ends with status 1, too, when a rule lacks an example.
    #[arg(long)]
    require_coverage: bool,
    /// Prints everything as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    choice: Choice,
}

/// An example that came out otherwise than expected.
struct Failure<'e> {
    example: &'e Example,
    differences: Vec<Difference>,
}

/// Runs the examples; status 1 when one fails, or when coverage is asked for and lacks.
pub(crate) fn run(arguments: &Test) -> anyhow::Result<ExitCode> {
    let choice = arguments.choice.with_dir(arguments.dir.as_deref());
    let law = choice.load()?;
    let examples = examples(choice.dir()).context("the examples cannot be read")?;
    let runner = Runner::new(&law)?;
    let mut coverage = Coverage::of(&law);
    let mut failures = Vec::new();
    for example in &examples {
        let ran = runner.run(example)?;
        if ran.differences.is_empty() {
            coverage.count(example.kind, &ran.decided);
        } else {
            failures.push(Failure { example, differences: ran.differences });
        }
    }
    let covered = coverage.rows();
    let text = if arguments.json {
        as_json(examples.len(), &failures, covered)
    } else {
        as_text(examples.len(), &failures, covered)
    };
    std::io::stdout().write_all(text.as_bytes())?;
    let lacks = arguments.require_coverage && covered.iter().any(|row| !row.is_complete());
    Ok(if failures.is_empty() && !lacks { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn as_text(all: usize, failures: &[Failure<'_>], covered: &[Covered<'_>]) -> String {
    let mut text = String::new();
    for Failure { example, differences } in failures {
        let Example { file, line, rule, title, kind, .. } = example;
        text.push_str(&format!("{file}:{line}: {rule} ({}): {title}\n", kind.code()));
        for Difference { what, expected, found } in differences {
            text.push_str(&format!("    {what}: expected {expected}, found {found}\n"));
        }
    }
    text.push_str(&format!("{all} examples, {} passed, {} failed\n", all - failures.len(), failures.len()));
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["rule", "positive", "negative", "boundary"]);
    for row in covered {
        let counts = ExampleKind::ALL.map(|kind| row.examples(kind).to_string());
        table.add_row([row.key.clone()].into_iter().chain(counts));
    }
    text.push_str(&format!("\n{table}\n"));
    let undecided: Vec<String> = covered.iter().flat_map(Covered::undecided).collect();
    list(&mut text, "no example decides", &undecided);
    let lacking: Vec<String> = covered.iter().flat_map(Covered::lacking).collect();
    list(&mut text, "lacks an example", &lacking);
    text
}

fn list(text: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        text.push_str(&format!("\n{title}:\n    {}\n", lines.join("\n    ")));
    }
}

fn as_json(all: usize, failures: &[Failure<'_>], covered: &[Covered<'_>]) -> String {
    let difference =
        |d: &Difference| json!({"what": d.what, "expected": d.expected.as_str(), "found": d.found.as_str()});
    let failed = failures.iter().map(|Failure { example, differences }| {
        json!({
            "file": example.file.as_str(), "line": example.line, "rule": example.rule.as_str(),
            "kind": example.kind.code(), "title": example.title.as_str(),
            "differences": differences.iter().map(difference).collect::<Vec<Value>>(),
        })
    });
    let rows = covered.iter().map(|row| {
        let [positive, negative, boundary] = ExampleKind::ALL.map(|kind| row.examples(kind));
        let seen = |seen: &Seen| json!({"hold": seen.held, "fail": seen.failed});
        let tests = row.tests().map(|(test, of)| json!({"test": test, "seen_to": seen(of)}));
        json!({
            "rule": row.key.as_str(), "positive": positive, "negative": negative, "boundary": boundary,
            "seen_to": seen(&row.seen), "tests": tests.collect::<Vec<_>>(),
        })
    });
    let answer = json!({
        "examples": all,
        "passed": all - failures.len(),
        "failed": failures.len(),
        "failures": failed.collect::<Vec<_>>(),
        "coverage": rows.collect::<Vec<_>>(),
    });
    format!("{answer:#}\n")
}
