//! What libFuzzer runs, built with `--cfg fuzzing`. Built as usual it checks the files that it is given: the inputs of a
//! fault that was found.

#![cfg_attr(fuzzing, no_main)]

mod check;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    check::check(input);
});

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for path in std::env::args_os().skip(1) {
        check::check(&std::fs::read(path)?);
    }
    Ok(())
}
