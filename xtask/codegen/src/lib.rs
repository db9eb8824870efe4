//! Writes `crates/proto/src/gen` from `proto/`: one file of Rust code per package, one descriptor set per area, and
//! one table of what the comments say.
//!
//! May depend on a protobuf compiler in Rust. Must never know a crate of Traject, nor need a `protoc` on the machine.

mod comments;

use anyhow::{Context, Result};
use prost::Message as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The areas with a service, each with a descriptor set of its own for reflection.
const AREAS: [&str; 13] = [
    "act", "check", "decision", "delivery", "document", "dossier", "file", "law", "mailing", "office", "report",
    "sanction", "work",
];

/// Where the generated files lie.
const GEN: &str = "crates/proto/src/gen";

/// What stands in the generated files, by name: made afresh from `root/proto`.
///
/// # Errors
/// When a protobuf file does not compile; the message names file and line.
pub fn generate(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let include = root.join("proto");
    let files: Vec<PathBuf> =
        AREAS.iter().map(|area| include.join(format!("traject/{area}/v1/{area}.proto"))).collect();
    let out = tempfile::tempdir()?;
    // The full name of a message goes into the hash of a request: it outlives versions of program and compiler.
    let mut config = prost_build::Config::new();
    config.enable_type_names();
    let everything = protox::compile(&files, [&include])?;
    tonic_prost_build::configure()
        .out_dir(out.path())
        .build_transport(false)
        .compile_fds_with_config(everything, config)
        .context("the code cannot be generated")?;
    let mut made = BTreeMap::new();
    for entry in std::fs::read_dir(out.path())? {
        let entry = entry?;
        made.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
    }
    let mut told = BTreeMap::new();
    for (area, file) in AREAS.iter().zip(&files) {
        let mut descriptors = protox::compile([file], [&include])?;
        for file in &mut descriptors.file {
            comments::collect(file, &mut told);
            // Comments serve the generated code and the table of comments; reflection has no use for them.
            file.source_code_info = None;
        }
        made.insert(format!("traject.{area}.v1.binpb"), descriptors.encode_to_vec());
    }
    made.insert("comments.tsv".to_owned(), comments::table(&told).into_bytes());
    Ok(made)
}

/// Writes the generated files, and removes those that nothing generates any more.
///
/// # Errors
/// When they cannot be generated or written.
pub fn write(root: &Path) -> Result<()> {
    let made = generate(root)?;
    let dir = root.join(GEN);
    std::fs::create_dir_all(&dir)?;
    for name in committed(root)?.into_keys().filter(|name| !made.contains_key(name)) {
        std::fs::remove_file(dir.join(name))?;
    }
    for (name, bytes) in made {
        std::fs::write(dir.join(&name), bytes).with_context(|| format!("{name} cannot be written"))?;
    }
    Ok(())
}

/// The names of files that are not what would be written; empty: all is fresh.
///
/// # Errors
/// When they cannot be generated or read.
pub fn stale(root: &Path) -> Result<Vec<String>> {
    let (made, mut committed) = (generate(root)?, committed(root)?);
    let mut stale: Vec<String> = made
        .into_iter()
        .filter(|(name, bytes)| committed.remove(name).as_ref() != Some(bytes))
        .map(|(n, _)| n)
        .collect();
    stale.extend(committed.into_keys());
    stale.sort_unstable();
    Ok(stale)
}

fn committed(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(root.join(GEN)).context("crates/proto/src/gen cannot be read")? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
    }
    Ok(files)
}
