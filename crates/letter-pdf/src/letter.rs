//! Rendering: from a letter's context, or an answer, to bytes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use traject_domain::code::Code;
use traject_templates::{ComposeError, ComposedLetter, Letter, TextError, Texts};
use typst::foundations::Bytes;

use crate::answer::AnswerDocument;
use crate::error::{CodePoints, RenderError};
use crate::proofs::{ATTACHMENTS_MAX, ProofDocument};
use crate::world::{Beside, Laid, Press, Template};

/// Longest full name, in characters. The national register keeps at most 48 for a surname and 48 for first names.
const NAME_LENGTH_MAX: usize = 200;
/// Longest part of a name that cannot be broken at a space or hyphen, in characters.
const NAME_PART_LENGTH_MAX: usize = 48;
/// Most address lines under the name, as many as a window envelope shows.
const ADDRESS_LINES_MAX: usize = 5;
/// Longest address line, in characters.
const ADDRESS_LINE_LENGTH_MAX: usize = 80;

/// Sizes of the words in points, from the preferred one down, for a letter of as many pages as languages. A letter that
/// needs more pages in the smallest size is set in the preferred one.
const SIZES_ONE_LANGUAGE: &[f64] = &[10.0, 9.5, 9.0];
const SIZES_TWO_LANGUAGES: &[f64] = &[9.0];

/// How far down the last page of the act words must reach, in points from its upper edge, so that it is no waste: about a
/// quarter of a sheet. Where they do not, tighter spacing may save the page.
const REACH_MIN: f64 = 240.0;

/// Typst memoises every layout. Dropping the memo every so many documents keeps memory flat (about 0.1 GB).
const DOCUMENTS_PER_EVICTION: u64 = 50;

/// Makes PDF/A-2a + PDF/UA-1 documents. Build one and share it: it holds the fonts, the texts and the templates.
pub struct LetterPdf {
    press: Press,
    texts: Texts,
    made: AtomicU64,
}

/// A finished document.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("bytes", &self.pdf.len()).field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// The embedded material is unusable: a fault of the release.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// A font file is not a font.
    #[error("the font {file} is not readable")]
    Font {
        /// The file in `fonts/`.
        file: &'static str,
    },
    /// The texts are incomplete.
    #[error("the texts of the letters are not usable")]
    Texts(#[from] TextError),
    /// The two PDF standards exclude each other.
    #[error("the PDF standards cannot be combined")]
    Standards,
    /// A fixed file name is refused.
    #[error("a file name of the templates is not valid")]
    FileName,
}

/// What `letter.typ` reads.
#[derive(Serialize)]
struct LetterData<'a> {
    fonts: &'a [String],
    #[serde(flatten)]
    setting: Setting,
    letter: &'a ComposedLetter,
    name: Name<'a>,
}

/// How the words of the act are set.
#[derive(Clone, Copy, Serialize)]
struct Setting {
    /// In points.
    size: f64,
    /// With a little less room between lines and parts.
    tight: bool,
}

/// A name with what a layout must know of its script.
#[derive(Serialize)]
struct Name<'a> {
    text: &'a str,
    /// Written from right to left.
    rtl: bool,
    /// Not in Latin script: its language is not the letter's.
    foreign: bool,
}

/// What `answer.typ` reads.
#[derive(Serialize)]
struct AnswerData<'a> {
    fonts: &'a [String],
    answer: &'a AnswerDocument,
}

/// What `proofs.typ` reads.
#[derive(Serialize)]
struct ProofData<'a> {
    fonts: &'a [String],
    proofs: &'a ProofDocument,
}

impl LetterPdf {
    /// Reads the embedded fonts, texts and templates.
    ///
    /// # Errors
    /// [`SetUpError`] when the release itself is faulty.
    pub fn new() -> Result<Self, SetUpError> {
        Self::with_texts(Texts::load()?)
    }

    /// As [`Self::new`], with other texts than the embedded ones: those a translator is working on.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_texts(texts: Texts) -> Result<Self, SetUpError> {
        Ok(Self { press: Press::new()?, texts, made: AtomicU64::new(0) })
    }

    /// The distinct characters of a text that no embedded font prints, sorted; empty when all are covered.
    pub fn uncovered(&self, text: &str) -> Vec<char> {
        self.press.fonts.uncovered(text)
    }

    /// The languages for which there are translations for information, ISO 639-1.
    pub fn translations(&self) -> BTreeSet<Code> {
        self.texts.courtesies().collect()
    }

    /// The names of the slots that a letter needs and that are not filled, such as `register_due`.
    pub fn missing(&self, letter: &Letter) -> Vec<String> {
        let filled = letter.values.names();
        let required = self.texts.required(letter.document, letter.breach);
        required.filter(|slot| !filled.contains(slot)).map(str::to_owned).collect()
    }

    /// The words of a letter, as they would be printed.
    ///
    /// # Errors
    /// [`ComposeError`] for a letter that is not complete.
    pub fn compose(&self, letter: &Letter) -> Result<ComposedLetter, ComposeError> {
        self.texts.compose(letter)
    }

    /// The texts of letters and mails.
    pub const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Composes a letter and makes it; see [`Self::print`].
    ///
    /// # Errors
    /// [`RenderError::Compose`] for a letter that is not complete, and as [`Self::print`].
    pub fn render(&self, letter: &Letter) -> Result<Rendered, RenderError> {
        self.print(&self.compose(letter)?)
    }

    /// Makes a letter: A4, address in the right-hand window of a C5 or DL envelope.
    ///
    /// # Errors
    /// [`RenderError::Uncovered`] and [`RenderError::TooLong`] for values a letter cannot carry; the other variants
    /// are faults of the release.
    pub fn print(&self, composed: &ComposedLetter) -> Result<Rendered, RenderError> {
        check_lengths(composed)?;
        let reference = composed.delivery_reference.as_str();
        let beside = Beside {
            qr: Some(qr_code(composed.twin_url.as_deref().unwrap_or(reference))?),
            attestation: composed.attestation.as_deref().map(qr_code).transpose()?,
            attachments: Vec::new(),
        };
        let set = |letter: &ComposedLetter, setting| self.set(Template::Letter, &self.data(letter, setting), &beside);
        if composed.courtesy.is_none() && composed.plain.is_none() {
            let (_, laid) = fitting(composed, |setting| set(composed, setting))?;
            return self.finish(&laid, reference);
        }
        // It is set as the act alone, with or without what is added for information.
        let act = ComposedLetter { courtesy: None, plain: None, ..composed.clone() };
        let (setting, _) = fitting(&act, |setting| set(&act, setting))?;
        self.finish(&set(composed, setting)?, reference)
    }

    fn data<'a>(&'a self, letter: &'a ComposedLetter, setting: Setting) -> LetterData<'a> {
        let text = letter.recipient_name.as_str();
        let foreign = text.chars().any(|c| c.is_alphabetic() && !is_latin(c));
        let name = Name { text, rtl: is_right_to_left(text), foreign };
        LetterData { fonts: self.press.fonts.families(), setting, letter, name }
    }

    /// Makes an answer: title, introduction, one table with a header row, notes.
    ///
    /// # Errors
    /// [`RenderError::Uncovered`] for characters the fonts lack; the other variants are faults of the release.
    pub fn render_answer(&self, answer: &AnswerDocument) -> Result<Rendered, RenderError> {
        let data = AnswerData { fonts: self.press.fonts.families(), answer };
        let set = self.set(Template::Answer, &data, &Beside::default())?;
        self.finish(&set, &answer.title)
    }

    /// Makes the document with every proof of a transfer: PDF/A-3a and PDF/UA-1, since what was sent is attached.
    ///
    /// # Errors
    /// [`RenderError::Uncovered`] for characters the fonts lack, [`RenderError::TooLong`] for more than 99 documents; the
    /// other variants are faults of the release.
    pub fn render_proofs(&self, proofs: &ProofDocument) -> Result<Rendered, RenderError> {
        let documents = proofs.documents();
        if documents.len() > ATTACHMENTS_MAX {
            return Err(RenderError::TooLong { field: "proofs", length_max: ATTACHMENTS_MAX });
        }
        let attachments = documents.into_iter().map(|bytes| Bytes::new(bytes.to_vec())).collect();
        let data = ProofData { fonts: self.press.fonts.families(), proofs };
        let set = self.set(Template::Proofs, &data, &Beside { attachments, ..Beside::default() })?;
        self.finish(&set, &proofs.title)
    }

    /// Checks that the fonts cover every text, then lays it out.
    fn set(&self, template: Template, data: &impl Serialize, beside: &Beside) -> Result<Laid, RenderError> {
        let mut data = serde_json::to_value(data).map_err(|_| RenderError::Data)?;
        for part in ["/letter/courtesy", "/letter/plain"] {
            if let Some(part) = data.pointer_mut(part) {
                unmark(part);
            }
        }
        let missing = self.uncovered(&texts_of(&data));
        if !missing.is_empty() {
            return Err(RenderError::Uncovered(CodePoints(missing)));
        }
        self.press.lay_out(template, Bytes::from_string(data.to_string()), beside)
    }

    fn finish(&self, laid: &Laid, identity: &str) -> Result<Rendered, RenderError> {
        let pdf = self.press.export(laid, identity)?;
        if (self.made.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(DOCUMENTS_PER_EVICTION) {
            comemo::evict(0);
        }
        let sha256 = Sha256::digest(&pdf).into();
        Ok(Rendered { pdf, pages: laid.pages(), sha256 })
    }
}

/// The greatest size at which a letter takes no more pages than its template allows, and the letter in that size; the
/// preferred size for one that needs more in any. Where its last page is nearly empty and tighter spacing saves it, that.
fn fitting(
    letter: &ComposedLetter,
    set: impl Fn(Setting) -> Result<Laid, RenderError>,
) -> Result<(Setting, Laid), RenderError> {
    let pages_max = letter.passages.len() * letter.pages_max;
    let sizes = if letter.passages.len() == 1 { SIZES_ONE_LANGUAGE } else { SIZES_TWO_LANGUAGES };
    let preferred = Setting { size: sizes[0], tight: false };
    let laid = set(preferred)?;
    if laid.pages() > pages_max {
        for size in &sizes[1..] {
            let smaller = Setting { size: *size, ..preferred };
            let smaller_laid = set(smaller)?;
            if smaller_laid.pages() <= pages_max {
                return Ok((smaller, smaller_laid));
            }
        }
    } else if laid.pages() > 1 && laid.reach() < REACH_MIN {
        let tight = Setting { tight: true, ..preferred };
        let tight_laid = set(tight)?;
        if tight_laid.pages() < laid.pages() {
            return Ok((tight, tight_laid));
        }
    }
    Ok((preferred, laid))
}

fn check_lengths(letter: &ComposedLetter) -> Result<(), RenderError> {
    let too_long = |field, length_max| Err(RenderError::TooLong { field, length_max });
    if letter.recipient_name.chars().count() > NAME_LENGTH_MAX {
        return too_long("full_name", NAME_LENGTH_MAX);
    }
    let parts = letter.recipient_name.split([' ', '-']);
    if parts.map(|part| part.chars().count()).any(|length| length > NAME_PART_LENGTH_MAX) {
        return too_long("full_name_part", NAME_PART_LENGTH_MAX);
    }
    if letter.recipient_address.len() > ADDRESS_LINES_MAX {
        return too_long("address", ADDRESS_LINES_MAX);
    }
    if letter.recipient_address.iter().any(|line| line.chars().count() > ADDRESS_LINE_LENGTH_MAX) {
        return too_long("address_line", ADDRESS_LINE_LENGTH_MAX);
    }
    Ok(())
}

/// Every text a document would print, keys left out.
fn texts_of(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(texts_of).collect(),
        serde_json::Value::Object(members) => members.values().map(texts_of).collect(),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => String::new(),
    }
}

/// Takes out the vowel signs of Arabic script, which its running text may do without: each would be laid out as a run of its
/// own that repeats its letter, and who hears the page would hear the letter twice.
fn unmark(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            text.retain(|c| !matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}'));
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(unmark),
        serde_json::Value::Object(members) => members.values_mut().for_each(unmark),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// A QR code as SVG; capital letters and digits take its shorter alphanumeric mode by themselves.
fn qr_code(content: &str) -> Result<Bytes, RenderError> {
    let code = QrCode::with_error_correction_level(content, EcLevel::M).map_err(|_| RenderError::Qr)?;
    let svg = code.render::<svg::Color<'_>>().quiet_zone(false).module_dimensions(1, 1).build();
    Ok(Bytes::from_string(svg))
}

/// Whether the first letter that has a direction is of a script written from right to left.
fn is_right_to_left(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphabetic());
    first.is_some_and(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'))
}

fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}')
}
