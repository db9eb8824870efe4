//! A file added to a folder that is embedded as a whole has this crate built again; a changed one has it anyway.

fn main() {
    for folder in ["documents", "reasons"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
