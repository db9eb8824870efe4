//! Reads the text of a PDF as a person would: in the order of the page's content, each glyph as the text it stands for.

use std::collections::BTreeMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};
use unicode_bidi::{BidiClass, bidi_class};

/// What a code of a font stands for.
type ToUnicode = BTreeMap<u16, String>;

/// What the text of a page is read and measured with.
struct Font {
    texts: ToUnicode,
    /// In thousandths of the size; the default is the last.
    widths: BTreeMap<u16, f32>,
    width: f32,
}

impl Font {
    fn read(document: &Document, font: &Dictionary) -> Self {
        let follow = |object: &Object| document.dereference(object).expect("a reference").1.clone();
        let descendants = follow(font.get(b"DescendantFonts").expect("a composite font"));
        let descendant = follow(&descendants.as_array().expect("a list")[0]);
        let descendant = descendant.as_dict().expect("a font");
        let mut widths = BTreeMap::new();
        let listed = descendant.get(b"W").map(follow).ok();
        let mut items = listed.as_ref().and_then(|list| list.as_array().ok()).into_iter().flatten();
        while let Some(first) = items.next() {
            let first = u16::try_from(first.as_i64().expect("a code")).expect("a code");
            match items.next().map(follow).expect("widths") {
                Object::Array(each) => {
                    widths.extend((first..).zip(each.iter().map(|w| w.as_float().expect("a width"))))
                }
                last => {
                    let width = items.next().and_then(|w| w.as_float().ok()).expect("a width");
                    let last = u16::try_from(last.as_i64().expect("a code")).expect("a code");
                    widths.extend((first..=last).map(|code| (code, width)));
                }
            }
        }
        let width = descendant.get(b"DW").and_then(Object::as_float).unwrap_or(1000.0);
        Self { texts: to_unicode(document, font), widths, width }
    }
}

/// The letters and digits of a text in logical order, without what a reader of the file cannot know: white space, direction
/// marks, the vowel signs of Arabic script, which are not printed, and punctuation, which a script written from right to left mirrors.
pub(crate) fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() && !matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}')).collect()
}

/// The letters and digits of a page (from 1), as [`words`] of the source has them, for a page that is read from this side.
/// What is written from right to left lies in the file as it is drawn, and is turned round.
pub(crate) fn page(pdf: &[u8], number: u32, is_rtl: bool) -> String {
    let document = Document::load_mem(pdf).expect("a readable PDF");
    let page = document.get_pages()[&number];
    lines(runs(&document, page), is_rtl).into_iter().map(|line| logical(line, is_rtl)).collect()
}

/// How high above the lower edge of a page (from 1) each run of these words stands, in points.
pub(crate) fn heights(pdf: &[u8], number: u32, text: &str) -> Vec<f32> {
    let document = Document::load_mem(pdf).expect("a readable PDF");
    let runs = runs(&document, document.get_pages()[&number]);
    runs.iter().filter(|run| run.text() == words(text)).map(|run| run.y).collect()
}

/// Whether other words stand on the line of each run of these words.
pub(crate) fn has_neighbours(pdf: &[u8], number: u32, text: &str) -> bool {
    let document = Document::load_mem(pdf).expect("a readable PDF");
    let runs = runs(&document, document.get_pages()[&number]);
    let on_line = |y: f32| runs.iter().filter(|run| (run.y - y).abs() < 0.1 && !run.text().is_empty()).count();
    let heights = heights(pdf, number, text);
    !heights.is_empty() && heights.into_iter().all(|y| on_line(y) > 1)
}

/// Glyphs that are drawn together, by the text they stand for.
struct Run {
    x: f32,
    y: f32,
    width: f32,
    /// Drawn in the reverse order of reading.
    reversed: bool,
    clusters: Vec<String>,
}

impl Run {
    fn text(&self) -> String {
        match self.reversed {
            true => self.clusters.iter().rev().map(|cluster| words(cluster)).collect(),
            false => self.clusters.iter().map(|cluster| words(cluster)).collect(),
        }
    }

    fn has(&self, classes: &[BidiClass]) -> bool {
        self.clusters.iter().flat_map(|cluster| cluster.chars()).any(|c| classes.contains(&bidi_class(c)))
    }

    fn is_rtl(&self) -> bool {
        self.has(&[BidiClass::R, BidiClass::AL])
    }

    fn is_ltr(&self) -> bool {
        self.has(&[BidiClass::L])
    }
}

/// The runs of a page in the order in which they are drawn.
fn runs(document: &Document, page: ObjectId) -> Vec<Run> {
    let fonts: BTreeMap<Vec<u8>, Font> = document
        .get_page_fonts(page)
        .expect("fonts")
        .into_iter()
        .map(|(name, font)| (name, Font::read(document, font)))
        .collect();
    let content = Content::decode(&document.get_page_content(page)).expect("operations");
    let mut reader = Reader {
        fonts: &fonts,
        font: None,
        size: 0.0,
        at: (0.0, 0.0),
        marked: Vec::new(),
        pending: None,
        runs: Vec::new(),
    };
    content.operations.iter().for_each(|operation| reader.read(document, operation));
    reader.runs
}

/// An open span of marked content.
#[derive(Clone, Copy, PartialEq)]
enum Marked {
    Plain,
    Reversed,
    /// A text of its own stands for its glyphs.
    Replaced,
}

struct Reader<'a> {
    fonts: &'a BTreeMap<Vec<u8>, Font>,
    font: Option<&'a Font>,
    size: f32,
    at: (f32, f32),
    marked: Vec<Marked>,
    pending: Option<String>,
    runs: Vec<Run>,
}

impl Reader<'_> {
    fn read(&mut self, document: &Document, operation: &Operation) {
        let operands = &operation.operands;
        match operation.operator.as_str() {
            "cm" => {
                let number = |index: usize| operands.get(index).and_then(|o: &Object| o.as_float().ok());
                self.at = (number(4).unwrap_or_default(), number(5).unwrap_or_default());
            }
            "BT" => {
                let (x, y) = self.at;
                self.runs.push(Run { x, y, width: 0.0, reversed: false, clusters: Vec::new() });
            }
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                self.font = name.and_then(|name| self.fonts.get(name));
                self.size = operands.get(1).and_then(|size| size.as_float().ok()).expect("a size");
            }
            "BDC" | "BMC" => self.mark(document, operands),
            "EMC" => {
                // The text of a span without glyphs.
                if let Some(text) = self.pending.take() {
                    self.add(text);
                }
                self.marked.pop();
            }
            "Tj" | "TJ" if !self.marked.contains(&Marked::Replaced) => {
                operands.iter().for_each(|shown| self.show(shown))
            }
            _ => {}
        }
    }

    fn mark(&mut self, document: &Document, operands: &[Object]) {
        let properties = operands.get(1).and_then(|properties| match properties {
            Object::Reference(id) => document.get_dictionary(*id).ok(),
            other => other.as_dict().ok(),
        });
        let actual = properties.and_then(|of| of.get(b"ActualText").ok());
        let actual = actual.and_then(|text| lopdf::decode_text_string(text).ok());
        let is_reversed = operands.first().and_then(|tag| tag.as_name().ok()) == Some(b"ReversedChars");
        self.marked.push(match (&actual, is_reversed) {
            (Some(_), _) => Marked::Replaced,
            (None, true) => Marked::Reversed,
            (None, false) => Marked::Plain,
        });
        // It stands where its first glyph does.
        self.pending = actual.or(self.pending.take());
    }

    fn show(&mut self, shown: &Object) {
        if let Some(text) = self.pending.take() {
            self.add(text);
        }
        match shown {
            Object::Array(items) => items.iter().for_each(|item| self.show(item)),
            Object::String(codes, _) => {
                let font = self.font.expect("a font");
                for code in codes.chunks_exact(2) {
                    let code = u16::from_be_bytes([code[0], code[1]]);
                    if let Some(run) = self.runs.last_mut() {
                        run.width += font.widths.get(&code).unwrap_or(&font.width) * self.size / 1000.0;
                    }
                    if !self.marked.contains(&Marked::Replaced) {
                        self.add(font.texts.get(&code).cloned().unwrap_or_default());
                    }
                }
            }
            // Kerning, in thousandths of the size.
            kerning => {
                let kerning = kerning.as_float().unwrap_or_default() * self.size / 1000.0;
                if let Some(run) = self.runs.last_mut() {
                    run.width -= kerning;
                }
            }
        }
    }

    fn add(&mut self, cluster: String) {
        let reversed = self.marked.contains(&Marked::Reversed);
        if let Some(run) = self.runs.last_mut() {
            run.reversed |= reversed;
            run.clusters.push(cluster);
        }
    }
}

/// What parts two cells of one row; no space within a line is as wide.
const GUTTER: f32 = 9.0;

/// The lines of paragraphs, each from left to right; of cells on one line the first to be read comes first.
fn lines(runs: Vec<Run>, is_rtl: bool) -> Vec<Vec<Run>> {
    let mut rows: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| (last.y - run.y).abs() < 0.5) => row.push(run),
            _ => rows.push(vec![run]),
        }
    }
    rows.into_iter().flat_map(|row| cells(row, is_rtl)).collect()
}

fn cells(mut row: Vec<Run>, is_rtl: bool) -> Vec<Vec<Run>> {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut cells: Vec<Vec<Run>> = Vec::new();
    let mut end = f32::MIN;
    for run in row {
        let reach = end.max(run.x + run.width);
        match cells.last_mut() {
            Some(cell) if run.x < end + GUTTER => cell.push(run),
            _ => cells.push(vec![run]),
        }
        end = reach;
    }
    if is_rtl {
        cells.reverse();
    }
    cells
}

/// A line in the order of reading: what is written against the direction of the page is turned round group by group.
fn logical(line: Vec<Run>, is_rtl: bool) -> String {
    let against = |run: &Run| if is_rtl { run.is_ltr() } else { run.is_rtl() };
    let along = |run: &Run| if is_rtl { run.is_rtl() } else { run.is_ltr() };
    let mut order: Vec<Run> = line;
    if is_rtl {
        order.reverse();
    }
    let mut text = String::new();
    let mut rest = order.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        if !against(first) {
            text.push_str(&first.text());
            rest = tail;
            continue;
        }
        // Up to the last run of the other direction before one of the page's own.
        let until = rest.iter().position(along).unwrap_or(rest.len());
        let length = rest[..until].iter().rposition(against).map_or(1, |last| last + 1);
        rest[..length].iter().rev().for_each(|run| text.push_str(&run.text()));
        rest = &rest[length..];
    }
    text
}

/// The map from codes to text that a font carries.
fn to_unicode(document: &Document, font: &Dictionary) -> ToUnicode {
    let map = font.get(b"ToUnicode").and_then(Object::as_reference).expect("a map to Unicode");
    let stream = document.get_object(map).and_then(Object::as_stream).expect("a stream");
    let text = String::from_utf8(stream.get_plain_content().expect("plain content")).expect("a map in ASCII");
    let mut found = ToUnicode::new();
    let mut section = "";
    for line in text.lines() {
        let is_end = line.starts_with("end");
        match line.rsplit(' ').next() {
            Some(word) if word.starts_with("begin") => section = word,
            _ if is_end => section = "",
            _ if section == "beginbfchar" => {
                let [code, text] = &hexadecimal(line)[..] else { panic!("{line}") };
                found.insert(number(code), utf16(text));
            }
            _ if section == "beginbfrange" => {
                let parts = hexadecimal(line);
                let (first, last, text) = (number(&parts[0]), number(&parts[1]), &parts[2]);
                let mut units: Vec<u8> = text.clone();
                for code in first..=last {
                    found.insert(code, utf16(&units));
                    if let Some(last) = units.last_mut() {
                        *last = last.wrapping_add(1);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn hexadecimal(line: &str) -> Vec<Vec<u8>> {
    let parts = line.split('<').skip(1).filter_map(|part| part.split('>').next());
    let byte = |digits: &[u8]| u8::from_str_radix(&String::from_utf8_lossy(digits), 16).expect("hexadecimal");
    parts.map(|digits| digits.as_bytes().chunks(2).map(byte).collect()).collect()
}

fn number(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u16::from(*byte))
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// The sheet's margins, and the columns of a letter in two languages, in points (`letter.typ`).
const LEFT: f32 = 70.8;
/// A space that ends a line may hang over.
const SPACE: f32 = 5.0;
const RIGHT: f32 = 538.6 + SPACE;
const FIRST_COLUMN_END: f32 = 293.4 + SPACE;
const SECOND_COLUMN: f32 = 316.0;
/// Where the window of the envelope ends.
const WINDOW: f32 = 552.8;
const HEAD: f32 = 842.0 - 269.3;
const FOOT: f32 = 40.0;

/// No run of words goes beyond the margins or, in a letter in two languages, beyond its column.
pub(crate) fn assert_on_sheet(pdf: &[u8], name: &str, columns: usize) {
    let document = Document::load_mem(pdf).expect("a readable PDF");
    for (number, page) in document.get_pages() {
        for run in runs(&document, page) {
            let end = if run.text().is_empty() { run.x } else { run.x + run.width };
            let is_body = (FOOT..HEAD).contains(&run.y) || (number > 1 && run.y > FOOT);
            let end_max = match is_body {
                false => WINDOW,
                true if columns == 2 && run.x < FIRST_COLUMN_END => FIRST_COLUMN_END,
                true => RIGHT,
            };
            let is_within = run.x >= LEFT && end <= end_max && (15.0..=825.0).contains(&run.y);
            let starts_in_column = columns == 1 || !is_body || run.x < FIRST_COLUMN_END || run.x >= SECOND_COLUMN;
            assert!(
                is_within && starts_in_column,
                "{name}: words on page {number} from {} to {end} at {}",
                run.x,
                run.y
            );
        }
    }
}
