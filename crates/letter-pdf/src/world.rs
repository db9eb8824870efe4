//! What Typst sees while it makes one document: a fixed template, the data as JSON, a picture, the fonts.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{DiagSpanKind, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::error::{Locations, RenderError};
use crate::fonts::Fonts;
use crate::letter::SetUpError;

/// Built once and shared by all documents. Every file name is fixed: Typst keeps each name it has seen for ever.
pub(crate) struct Press {
    library: LazyHash<Library>,
    pub(crate) fonts: Fonts,
    letter: Source,
    answer: Source,
    data: FileId,
    qr: FileId,
    standards: PdfStandards,
}

/// Which template.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template {
    Letter,
    Answer,
}

impl Press {
    pub(crate) fn new() -> Result<Self, SetUpError> {
        let standards =
            PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|_| SetUpError::Standards)?;
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts: Fonts::load()?,
            letter: Source::new(named("letter.typ")?, include_str!("../templates/letter.typ").to_owned()),
            answer: Source::new(named("answer.typ")?, include_str!("../templates/answer.typ").to_owned()),
            data: named("data.json")?,
            qr: named("qr.svg")?,
            standards,
        })
    }

    pub(crate) fn lay_out(&self, template: Template, data: Bytes, qr: Option<Bytes>) -> Result<Laid, RenderError> {
        let world = Sheet { press: self, template, data, qr };
        let document =
            typst::compile(&world).output.map_err(|faults| RenderError::Layout(self.locate(template, &faults)))?;
        Ok(Laid { document, template })
    }

    /// Exports what was laid out. `identity` names the document stably, across versions of its content.
    pub(crate) fn export(&self, laid: &Laid, identity: &str) -> Result<Vec<u8>, RenderError> {
        let options = PdfOptions {
            ident: Smart::Custom(identity.to_owned()),
            creator: Smart::Custom(Some("Traject".to_owned())),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&laid.document, &options)
            .map_err(|faults| RenderError::Standard(self.locate(laid.template, &faults)))
    }

    fn source(&self, template: Template) -> &Source {
        match template {
            Template::Letter => &self.letter,
            Template::Answer => &self.answer,
        }
    }

    fn locate(&self, template: Template, faults: &[SourceDiagnostic]) -> Locations {
        let source = self.source(template);
        let id = source.id();
        let file = id.vpath().get_without_slash();
        let line = |fault: &SourceDiagnostic| {
            let range = match fault.span.get() {
                DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range)?,
                DiagSpanKind::Range { range, .. } => range,
                DiagSpanKind::Detached => return None,
            };
            source.lines().byte_to_line(range.start)
        };
        let position = |fault| line(fault).map_or_else(|| file.to_owned(), |line| format!("{file}:{}", line + 1));
        Locations(faults.iter().map(position).collect())
    }
}

/// A document that is laid out and not yet exported.
pub(crate) struct Laid {
    document: PagedDocument,
    template: Template,
}

impl Laid {
    pub(crate) fn pages(&self) -> usize {
        self.document.pages().len()
    }
}

fn named(path: &str) -> Result<FileId, SetUpError> {
    let path = VirtualPath::new(path).map_err(|_| SetUpError::FileName)?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One document's template and data.
struct Sheet<'a> {
    press: &'a Press,
    template: Template,
    data: Bytes,
    qr: Option<Bytes>,
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.fonts.book
    }

    fn main(&self) -> FileId {
        self.press.source(self.template).id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let template = self.press.source(self.template);
        if id == template.id() { Ok(template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.qr {
            _ if id == self.press.data => Ok(self.data.clone()),
            Some(qr) if id == self.press.qr => Ok(qr.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.face(index)
    }

    /// None: a document's date comes from its data, so that the same input gives the same bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
