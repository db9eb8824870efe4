//! Whatever stands in a law file, the law loads or is refused with a file and a line of it; there is never a panic.

use traject_domain::law::Law;
use traject_lawbook::{FILES, LawError, LawText};

/// The law that ships with the text of one file replaced.
fn load_with(file: &str, text: &str) -> Result<Law, LawError> {
    let mut law = LawText::embedded();
    law.set_file(file, text.to_owned())?;
    law.compile()
}

/// An input, as a file of the law and what is to stand in it. The first byte chooses the file, and whether the rest is its
/// whole text or a list of edits of the text that ships: without those no input would get past the first file's keys.
fn read(input: &[u8]) -> Option<(&'static str, String)> {
    let (choice, rest) = input.split_first()?;
    let choice = usize::from(*choice);
    let (file, shipped) = FILES[choice % FILES.len()];
    let is_whole = choice / FILES.len() % 2 == 1;
    let text = if is_whole { rest.to_vec() } else { edited(shipped.as_bytes(), rest) };
    Some((file, String::from_utf8_lossy(&text).into_owned()))
}

/// Each edit is a place (two bytes), how many bytes are taken out there, how many are put in, and these; with the highest
/// bit of the last set they are copied from another place of the text.
fn edited(shipped: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut text = shipped.to_vec();
    let mut edits = edits.iter().copied();
    while let Some(at) = place(&mut edits, &text) {
        let (Some(out), Some(put)) = (edits.next(), edits.next()) else { break };
        let length = usize::from(put & 0x7f);
        let inserted: Vec<u8> = if put & 0x80 == 0 {
            edits.by_ref().take(length).collect()
        } else {
            let Some(from) = place(&mut edits, &text) else { break };
            text[from..].iter().copied().take(length).collect()
        };
        let end = text.len().min(at + usize::from(out));
        text.splice(at..end, inserted);
    }
    text
}

fn place(edits: &mut impl Iterator<Item = u8>, text: &[u8]) -> Option<usize> {
    let bytes = [edits.next()?, edits.next()?];
    Some(usize::from(u16::from_le_bytes(bytes)) % (text.len() + 1))
}

/// How many lines a text has by the line ends of YAML; the empty one after the last line end is one too.
fn lines(text: &str) -> u64 {
    let ends = text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    u64::try_from(ends).expect("few lines") + 1
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// There is nothing in it.
    Empty,
    /// The law loads.
    Loaded,
    /// It is refused for this reason.
    Refused(&'static str),
}

/// Loads the law that the input makes.
///
/// # Panics
/// When it is refused without a place that is there.
pub(crate) fn check(input: &[u8]) -> Answer {
    let Some((file, text)) = read(input) else { return Answer::Empty };
    let Err(refusal) = load_with(file, &text) else { return Answer::Loaded };
    let shipped = FILES.iter().find(|(name, _)| *name == refusal.file);
    let (blamed, shipped) = *shipped.unwrap_or_else(|| panic!("{} is no file of the law", refusal.file));
    let text = if blamed == file { &text } else { shipped };
    assert!((1..=lines(text)).contains(&refusal.line), "{refusal}: the file has {} lines", lines(text));
    Answer::Refused(refusal.code.code())
}
