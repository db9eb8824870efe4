//! Prints what `config/schema.json` and `docs/guides/configuration.md` must hold:
//! `cargo run -p traject-config --example reference [-- --markdown]`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let is_markdown = std::env::args().nth(1).is_some_and(|argument| argument == "--markdown");
    let text = if is_markdown { traject_config::reference() } else { format!("{:#}\n", traject_config::schema()) };
    std::io::stdout().write_all(text.as_bytes())
}
