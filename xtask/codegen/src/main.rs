//! `cargo xtask codegen`: writes the committed protobuf code, or checks that it is fresh.

use anyhow::bail;
use clap::Parser;
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "codegen")]
struct Arguments {
    /// The repository.
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Writes nothing; fails when a committed file is not what would be written.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.check {
        return xtask_codegen::write(&arguments.root);
    }
    let stale = xtask_codegen::stale(&arguments.root)?;
    if !stale.is_empty() {
        bail!("not fresh, run cargo xtask codegen: {}", stale.join(", "));
    }
    Ok(())
}
