//! What Typst sees while it makes one document: a fixed template, the data as JSON, a picture, the fonts.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::{Abs, Frame, FrameItem};
use typst::syntax::{DiagSpanKind, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::error::{Locations, RenderError};
use crate::fonts::Fonts;
use crate::letter::SetUpError;
use crate::proofs::ATTACHMENTS_MAX;

/// What a page keeps for its footer, from its lower edge in millimetres (`letter.typ`).
const FOOT: f64 = 15.0;

/// Built once and shared by all documents. Every file name is fixed: Typst keeps each name it has seen for ever.
pub(crate) struct Press {
    library: LazyHash<Library>,
    pub(crate) fonts: Fonts,
    letter: Source,
    answer: Source,
    proofs: Source,
    data: FileId,
    qr: FileId,
    attestation: FileId,
    attachments: Vec<FileId>,
    standards: PdfStandards,
    standards_with_attachments: PdfStandards,
}

/// What a template reads beside its data.
#[derive(Default)]
pub(crate) struct Beside {
    /// The picture `qr.svg`.
    pub(crate) qr: Option<Bytes>,
    /// The picture `attestation.svg`.
    pub(crate) attestation: Option<Bytes>,
    /// The files `proof-01.pdf` and on.
    pub(crate) attachments: Vec<Bytes>,
}

/// Which template.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template {
    Letter,
    Answer,
    Proofs,
}

impl Press {
    pub(crate) fn new() -> Result<Self, SetUpError> {
        let standards = |archival| PdfStandards::new(&[archival, PdfStandard::Ua_1]).map_err(|_| SetUpError::Standards);
        let attachments = (1..=ATTACHMENTS_MAX).map(|number| named(&format!("proof-{number:02}.pdf")));
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts: Fonts::load()?,
            letter: Source::new(named("letter.typ")?, include_str!("../templates/letter.typ").to_owned()),
            answer: Source::new(named("answer.typ")?, include_str!("../templates/answer.typ").to_owned()),
            proofs: Source::new(named("proofs.typ")?, include_str!("../templates/proofs.typ").to_owned()),
            data: named("data.json")?,
            qr: named("qr.svg")?,
            attestation: named("attestation.svg")?,
            attachments: attachments.collect::<Result<_, _>>()?,
            standards: standards(PdfStandard::A_2a)?,
            // The only part of PDF/A that carries files of any kind, and that goes with PDF/UA-1.
            standards_with_attachments: standards(PdfStandard::A_3a)?,
        })
    }

    pub(crate) fn lay_out(&self, template: Template, data: Bytes, beside: &Beside) -> Result<Laid, RenderError> {
        let world = Sheet { press: self, template, data, beside };
        let document =
            typst::compile(&world).output.map_err(|faults| RenderError::Layout(self.locate(template, &faults)))?;
        Ok(Laid { document, template })
    }

    /// Exports what was laid out. `identity` names the document stably, across versions of its content.
    pub(crate) fn export(&self, laid: &Laid, identity: &str) -> Result<Vec<u8>, RenderError> {
        let options = PdfOptions {
            ident: Smart::Custom(identity.to_owned()),
            creator: Smart::Custom(Some("Traject".to_owned())),
            standards: match laid.template {
                Template::Letter | Template::Answer => self.standards.clone(),
                Template::Proofs => self.standards_with_attachments.clone(),
            },
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&laid.document, &options)
            .map_err(|faults| RenderError::Standard(self.locate(laid.template, &faults)))
    }

    fn source(&self, template: Template) -> &Source {
        match template {
            Template::Letter => &self.letter,
            Template::Answer => &self.answer,
            Template::Proofs => &self.proofs,
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

    /// How far down words reach on the last page, its footer left out: in points from the upper edge.
    pub(crate) fn reach(&self) -> f64 {
        let Some(page) = self.document.pages().last() else { return 0.0 };
        let foot = page.frame.height() - Abs::mm(FOOT);
        lowest(&page.frame, Abs::zero(), foot).to_pt()
    }
}

/// Where the lowest words above the foot begin, for a frame that begins at this height.
fn lowest(frame: &Frame, at: Abs, foot: Abs) -> Abs {
    let reaches = frame.items().map(|(point, item)| match item {
        FrameItem::Group(group) => lowest(&group.frame, at + point.y, foot),
        FrameItem::Text(_) if at + point.y < foot => at + point.y,
        _ => Abs::zero(),
    });
    reaches.fold(Abs::zero(), Abs::max)
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
    beside: &'a Beside,
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
        let attached = || self.press.attachments.iter().position(|known| *known == id);
        let found = match id {
            _ if id == self.press.data => Some(&self.data),
            _ if id == self.press.qr => self.beside.qr.as_ref(),
            _ if id == self.press.attestation => self.beside.attestation.as_ref(),
            _ => attached().and_then(|index| self.beside.attachments.get(index)),
        };
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.face(index)
    }

    /// None: a document's date comes from its data, so that the same input gives the same bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
