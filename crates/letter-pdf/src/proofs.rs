//! The proofs of a transfer in one document: what `proofs.typ` prints, with the documents themselves attached.

use serde::Serialize;
use traject_domain::Date;
use traject_domain::code::LegalLanguage;

/// The most documents that are attached.
pub(crate) const ATTACHMENTS_MAX: usize = 99;

/// Every proof of one transfer, in the order of what happened. Every word comes from the caller.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ProofDocument {
    /// ISO 639-1.
    pub(crate) language: &'static str,
    /// Title; also identifies the document.
    pub(crate) title: String,
    /// ISO 8601.
    dated_on: String,
    author: String,
    /// Whose dossier, which breach, by whom: a label and a value each.
    head: Vec<(String, String)>,
    /// Heading of the index, and of its columns: number, proof, day, attachment.
    index: IndexWords,
    proofs: Vec<Proof>,
}

/// The words of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexWords {
    /// Heading of the index.
    pub heading: String,
    /// Heading of the column with the proof's name.
    pub proof: String,
    /// Heading of the column with its day.
    pub day: String,
    /// Heading of the column with the file that is attached; also stands before its name.
    pub attachment: String,
    /// What the cell holds where nothing is attached.
    pub none: String,
}

/// One proof: a receipt, a notice, a delivery, a waiting list, a suspension.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// What it proves.
    pub heading: String,
    /// The day, as it is to be read.
    pub day: String,
    /// A label and a value each: who recorded it, where it stands in the ledger, what became of the delivery.
    pub rows: Vec<(String, String)>,
    /// The document itself, as it was sent (PDF).
    #[serde(serialize_with = "is_some")]
    pub document: Option<Vec<u8>>,
}

fn is_some<S: serde::Serializer>(document: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(document.is_some())
}

impl ProofDocument {
    /// A document in the language of the transfer, dated `dated_on`, by `author`.
    pub fn new(
        language: LegalLanguage,
        dated_on: Date,
        author: impl Into<String>,
        title: impl Into<String>,
        index: IndexWords,
    ) -> Self {
        Self {
            language: language.code(),
            title: title.into(),
            dated_on: dated_on.to_string(),
            author: author.into(),
            head: Vec::new(),
            index,
            proofs: Vec::new(),
        }
    }

    /// Adds a line to the head.
    #[must_use]
    pub fn line(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.head.push((label.into(), value.into()));
        self
    }

    /// Adds a proof.
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.proofs.push(proof);
        self
    }

    /// The documents to attach, in the order of their proofs.
    pub(crate) fn documents(&self) -> Vec<&[u8]> {
        self.proofs.iter().filter_map(|proof| proof.document.as_deref()).collect()
    }
}

impl std::fmt::Debug for ProofDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProofDocument").field("proofs", &self.proofs.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof").field("has_document", &self.document.is_some()).finish_non_exhaustive()
    }
}
