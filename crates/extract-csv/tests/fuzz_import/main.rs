//! Replays the inputs that libFuzzer found worth keeping, each for code that no other reaches.
//!
//! `cargo xtask soak --only fuzz` looks for more; `target.rs` is what it runs.

mod check;

use std::collections::BTreeSet;
use std::path::Path;
use traject_extract_csv::RejectCode;

#[test]
fn every_row_of_every_kept_input_is_accepted_or_rejected() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_import/corpus");
    let inputs = std::fs::read_dir(corpus).expect("inputs are kept").map(|entry| entry.expect("an entry").path());
    let answers: BTreeSet<&str> = inputs.flat_map(|path| check::check(&std::fs::read(path).expect("a file"))).collect();
    let expected = RejectCode::ALL.iter().map(|code| code.code());
    let missing: Vec<&str> = expected.chain(["accepted"]).filter(|answer| !answers.contains(answer)).collect();
    assert!(missing.is_empty(), "no input reaches {missing:?}");
}
