//! The committed protobuf code is what `proto/` gives.

use std::path::Path;

#[test]
fn the_committed_code_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("xtask/codegen lies in the repository");
    let stale = xtask_codegen::stale(root).expect("the files compile");
    assert!(stale.is_empty(), "run cargo xtask codegen: {}", stale.join(", "));
}
