//! The embedded fonts, and which characters they cover.

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::letter::SetUpError;

/// Embeds font files of `fonts/`, in the order in which a character is looked up.
macro_rules! embedded {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_bytes!(concat!("../fonts/", $file)))),+]
    };
}

/// Latin first, Chinese, Japanese and Korean last: shared punctuation comes from the first face that has it.
const FILES: &[(&str, &[u8])] = embedded![
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansEthiopic-Regular.ttf",
    "NotoSansEthiopic-Bold.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansGujarati-Regular.ttf",
    "NotoSansGurmukhi-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansKannada-Regular.ttf",
    "NotoSansKhmer-Regular.ttf",
    "NotoSansLao-Regular.ttf",
    "NotoSansMalayalam-Regular.ttf",
    "NotoSansMyanmar-Regular.ttf",
    "NotoSansNKo-Regular.ttf",
    "NotoSansSinhala-Regular.ttf",
    "NotoSansSyriac-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansTelugu-Regular.ttf",
    "NotoSansThaana-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansTifinagh-Regular.ttf",
    "NotoSerifTibetan-Regular.ttf",
    "NotoSansCJKsc-Regular.otf",
];

/// The faces, their book, and the union of what they cover.
pub(crate) struct Fonts {
    faces: Vec<Font>,
    pub(crate) book: LazyHash<FontBook>,
    families: Vec<String>,
    /// Sorted, without doubles.
    covered: Vec<u32>,
}

impl Fonts {
    pub(crate) fn load() -> Result<Self, SetUpError> {
        let faces: Vec<Font> = FILES
            .iter()
            .map(|(file, data)| Font::new(Bytes::new(*data), 0).ok_or(SetUpError::Font { file }))
            .collect::<Result<_, _>>()?;
        let mut families: Vec<String> = faces.iter().map(|face| face.info().family.as_str().to_owned()).collect();
        families.dedup();
        let mut covered: Vec<u32> = faces.iter().flat_map(|face| face.info().coverage.iter()).collect();
        covered.sort_unstable();
        covered.dedup();
        let book = LazyHash::new(FontBook::from_fonts(&faces));
        Ok(Self { faces, book, families, covered })
    }

    pub(crate) fn face(&self, index: usize) -> Option<Font> {
        self.faces.get(index).cloned()
    }

    /// Family names in the order of look-up.
    pub(crate) fn families(&self) -> &[String] {
        &self.families
    }

    /// The distinct characters of a text that cannot be printed, in the order of their code points.
    pub(crate) fn uncovered(&self, text: &str) -> Vec<char> {
        let mut missing: Vec<char> = text.chars().filter(|c| !self.prints(*c)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    fn prints(&self, c: char) -> bool {
        !steers_layout(c) && self.covered.binary_search(&u32::from(c)).is_ok()
    }
}

/// Characters that have a glyph in a font but would change the text around them (line and paragraph separators,
/// direction overrides and isolates), and the replacement character, which marks a name that was damaged on its way.
fn steers_layout(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fffd}')
}
