//! Reads a finished PDF without any program of the machine.

use lopdf::{Dictionary, Document, Object};

/// A PDF that was read back.
pub(crate) struct Pdf(Document);

impl Pdf {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self(Document::load_mem(bytes).expect("a readable PDF"))
    }

    pub(crate) fn pages(&self) -> usize {
        self.0.get_pages().len()
    }

    /// The text without white space: line breaks of the layout do not matter.
    pub(crate) fn text(&self) -> String {
        let pages: Vec<u32> = self.0.get_pages().into_keys().collect();
        unspaced(&self.0.extract_text(&pages).expect("text that maps to Unicode"))
    }

    /// The XMP packet.
    pub(crate) fn xmp(&self) -> String {
        let metadata = self.catalog().get(b"Metadata").and_then(Object::as_reference).expect("a metadata stream");
        let stream = self.0.get_object(metadata).and_then(Object::as_stream).expect("a stream");
        let bytes = stream.get_plain_content().expect("plain content");
        String::from_utf8(bytes).expect("XMP is UTF-8")
    }

    pub(crate) fn language(&self) -> String {
        string(self.catalog(), b"Lang").expect("a document language")
    }

    pub(crate) fn marked(&self) -> bool {
        let info = self.follow(self.catalog().get(b"MarkInfo").expect("MarkInfo"));
        info.as_dict().and_then(|info| info.get(b"Marked")).and_then(Object::as_bool).expect("Marked")
    }

    /// Every structure element's type and its own dictionary.
    pub(crate) fn elements(&self) -> Vec<(String, &Dictionary)> {
        assert!(self.catalog().has(b"StructTreeRoot"), "no structure tree");
        let elements =
            self.dictionaries().filter(|dictionary| dictionary.has_type(b"StructElem") || is_element(dictionary));
        elements.filter_map(|element| Some((name(element, b"S")?, element))).collect()
    }

    /// Structure elements of one type.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.elements().iter().filter(|(found, _)| found == kind).count()
    }

    /// The languages that structure elements and marked content name.
    pub(crate) fn tagged_languages(&self) -> Vec<String> {
        let mut languages: Vec<String> =
            self.elements().iter().filter_map(|(_, element)| string(element, b"Lang")).collect();
        languages.sort();
        languages.dedup();
        languages
    }

    /// Font descriptors, and how many of them carry their font.
    pub(crate) fn fonts(&self) -> (usize, usize) {
        let descriptors: Vec<&Dictionary> =
            self.dictionaries().filter(|dictionary| dictionary.has_type(b"FontDescriptor")).collect();
        let files: [&[u8]; 3] = [b"FontFile", b"FontFile2", b"FontFile3"];
        let embedded = descriptors.iter().filter(|font| files.iter().any(|file| font.has(file)));
        (descriptors.len(), embedded.count())
    }

    /// Name and bytes of every attached file.
    pub(crate) fn attachments(&self) -> Vec<(String, Vec<u8>)> {
        let files = self.dictionaries().filter(|dictionary| dictionary.has(b"EF"));
        let file = |spec: &Dictionary| {
            let held = self.follow(spec.get(b"EF").ok()?).as_dict().ok()?;
            let stream = self.follow(held.get(b"F").ok()?).as_stream().ok()?;
            Some((string(spec, b"UF")?, stream.get_plain_content().ok()?))
        };
        files.filter_map(file).collect()
    }

    fn catalog(&self) -> &Dictionary {
        self.0.catalog().expect("a catalog")
    }

    fn dictionaries(&self) -> impl Iterator<Item = &Dictionary> {
        self.0.objects.values().filter_map(|object| object.as_dict().ok())
    }

    fn follow<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.0.dereference(object).expect("a resolvable reference").1
    }
}

/// Type is optional in a structure element: it has a structure type and a parent.
fn is_element(dictionary: &Dictionary) -> bool {
    dictionary.has(b"S") && dictionary.has(b"P")
}

fn name(dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    let name = dictionary.get(key).ok()?.as_name().ok()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// A text string of a dictionary.
pub(crate) fn string(dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    lopdf::decode_text_string(dictionary.get(key).ok()?).ok()
}

pub(crate) fn unspaced(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What PDF/A-2a and PDF/UA-1 ask for and can be read from the outside.
pub(crate) fn assert_archival_and_accessible(pdf: &Pdf, language: &str, title: &str) {
    let xmp = pdf.xmp();
    assert!(xmp.contains("<pdfaid:part>2<"), "the metadata do not claim PDF/A-2");
    assert_accessible(pdf, language, title);
}

/// What level A of any part of PDF/A and PDF/UA-1 ask for.
pub(crate) fn assert_accessible(pdf: &Pdf, language: &str, title: &str) {
    let xmp = pdf.xmp();
    for claim in ["<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
        assert!(xmp.contains(claim), "the metadata lack {claim}");
    }
    assert!(xmp.contains(title), "the metadata lack the title {title}");
    assert_eq!(pdf.language(), language);
    assert!(pdf.marked());
    assert!(pdf.count("H1") >= 1, "no heading of the first level");
    let (fonts, embedded) = pdf.fonts();
    assert!(fonts > 0 && fonts == embedded, "{embedded} of {fonts} fonts are embedded");
}
