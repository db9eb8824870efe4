//! Replays the inputs that libFuzzer found worth keeping, each for code that no other reaches.
//!
//! `cargo xtask soak --only fuzz` looks for more; `target.rs` is what it runs.

mod check;

use check::{Answer, check};
use std::collections::BTreeSet;
use std::path::Path;
use traject_lawbook::LawErrorCode;

#[test]
fn every_kept_input_is_loaded_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_law/corpus");
    let inputs = std::fs::read_dir(corpus).expect("inputs are kept").map(|entry| entry.expect("an entry").path());
    let answers: BTreeSet<Answer> = inputs.map(|path| check(&std::fs::read(path).expect("a file"))).collect();
    assert!(answers.contains(&Answer::Loaded));
    // Which reasons are reached moves with the texts that the inputs edit; that each has a test, refusals.rs sees to.
    let refused = answers.iter().filter(|answer| matches!(answer, Answer::Refused(_))).count();
    assert!(refused >= LawErrorCode::ALL.len() / 3, "{answers:?}");
}
