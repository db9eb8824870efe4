//! A file added to a folder that is embedded as a whole has this crate built again; a changed one has it anyway.

fn main() {
    println!("cargo::rerun-if-changed=reasons");
}
