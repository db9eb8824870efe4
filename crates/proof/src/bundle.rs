//! The proof of one delivery: a ZIP file that anybody can open, and that `traject proof check` verifies offline.
//!
//! It holds `document.pdf` as it was sent, `document.html` where there was one, `proof.json`, and `proof.sig`: the Ed25519
//! signature, 64 bytes, over `traject.proof.v1`, a zero byte, and the SHA-256 of `proof.json`. `proof.json` has the hashes
//! of the documents, so that the signature covers every byte that a reader sees.

use crate::chain::Chain;
use crate::key::{KeyId, Purpose, SIGNATURE, Signed, SigningKey, VerifyingKey, signed};
use crate::layout;
use crate::text::{self, Sha256, brussels_time, printable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

const FORMAT: &str = "traject.proof.v1";
/// The document as it was sent.
pub const DOCUMENT_PDF: &str = "document.pdf";
/// The page of the same content, where there was one.
pub const DOCUMENT_HTML: &str = "document.html";
const PROOF: &str = "proof.json";
const SIGNATURE_FILE: &str = "proof.sig";

/// Something that happened to a delivery. `Debug` shows neither its reference nor its note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When, UTC.
    #[serde(with = "text")]
    pub at: Timestamp,
    /// The state it brought about, such as `printed`, `posted` or `returned`.
    pub state: String,
    /// A code that says why, such as the reason of a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the carrier calls it, such as the number of a registered letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What a person wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("at", &self.at).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What a proof says of a delivery. Codes are those of the program and of the law's lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its id, which is its reference on the document.
    #[serde(with = "text")]
    pub delivery: Uuid,
    /// Code of the document.
    pub document: String,
    /// Version of the texts that the document was made of.
    pub template_version: String,
    /// Language of the document, which counts.
    pub language: String,
    /// Language of the courtesy translation that went with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courtesy_language: Option<String>,
    /// By which way it went.
    pub channel: String,
    /// What a delivery by this way brings about in law.
    pub legal_effect: String,
    /// Code of the agency that issued it.
    pub issuer: String,
    /// The dossier; the facts belong to it.
    #[serde(with = "text")]
    pub dossier: Uuid,
    /// Raised when the same step of law is taken again.
    pub step_version: u32,
    /// Pages of the PDF.
    pub pages: u32,
    /// What happened to it.
    pub events: Vec<Event>,
    /// The facts of the ledger about it, and that they belong there.
    pub chain: Chain,
    /// When this proof was made, UTC.
    #[serde(with = "text")]
    pub made_at: Timestamp,
}

/// `proof.json`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    format: String,
    #[serde(with = "text")]
    key: KeyId,
    pdf_sha256: Sha256,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    html_sha256: Option<Sha256>,
    delivery: Statement,
}

#[derive(Deserialize)]
struct AnyProof {
    format: String,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// Not the file of a proof, or not all of it.
    #[error("not the file of a proof: {0}")]
    Unreadable(&'static str),
    /// The proof is of a later format.
    #[error("the proof has a format that this version does not know: use a newer version of the program")]
    Format,
    /// None of the keys has the id that the proof names.
    #[error("the proof is signed with key {0}, which is not among those given")]
    KeyUnknown(KeyId),
    /// The signature does not fit what the proof says.
    #[error("the signature does not fit: what the proof says was changed")]
    Signature,
    /// A document is missing, added, or not the one that was signed for.
    #[error("{0} is not the one that the proof was signed for")]
    DocumentDiffers(&'static str),
    /// The links do not lead from the facts to the head; the position is where that shows.
    #[error("the chain of the ledger does not hold at position {0}")]
    ChainBroken(u64),
    /// A fact is not the one that the ledger has at this position, or is of another dossier.
    #[error("the fact at position {0} is not the one that the chain holds")]
    FactDiffers(u64),
}

impl ProofFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable(_) => "PROOF_UNREADABLE",
            Self::Format => "PROOF_FORMAT",
            Self::KeyUnknown(_) => "PROOF_KEY_UNKNOWN",
            Self::Signature => "PROOF_SIGNATURE",
            Self::DocumentDiffers(_) => "PROOF_DOCUMENT_DIFFERS",
            Self::ChainBroken(_) => "PROOF_CHAIN_BROKEN",
            Self::FactDiffers(_) => "PROOF_FACT_DIFFERS",
        }
    }
}

/// A proof that was read; nothing of it is proven before [`ProofBundle::check`]. `Debug` shows none of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofBundle {
    proof: Proof,
    /// `proof.json`, byte for byte.
    json: Vec<u8>,
    signature: Vec<u8>,
    pdf: Vec<u8>,
    html: Option<Vec<u8>>,
}

impl fmt::Debug for ProofBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofBundle").field("delivery", &self.proof.delivery.delivery).finish_non_exhaustive()
    }
}

impl ProofBundle {
    /// The file of a proof. The same arguments give the same bytes.
    ///
    /// # Errors
    /// [`ProofFault::ChainBroken`] and [`ProofFault::FactDiffers`] when the chain would not hold: that is never signed.
    pub fn write(
        key: &SigningKey,
        delivery: Statement,
        pdf: &[u8],
        html: Option<&[u8]>,
    ) -> Result<Vec<u8>, ProofFault> {
        delivery.chain.check(delivery.dossier)?;
        let proof = Proof {
            format: FORMAT.to_owned(),
            key: key.id(),
            pdf_sha256: Sha256::of(&[pdf]),
            html_sha256: html.map(|html| Sha256::of(&[html])),
            delivery,
        };
        let json = serde_json::to_vec_pretty(&proof).map_err(|_| ProofFault::Unreadable(PROOF))?;
        let signature = key.sign(Purpose::Proof, &Sha256::of(&[&json]).0);
        let mut files = vec![(DOCUMENT_PDF, pdf)];
        files.extend(html.map(|html| (DOCUMENT_HTML, html)));
        files.push((PROOF, &json));
        files.push((SIGNATURE_FILE, &signature));
        layout::archive(&files).ok_or(ProofFault::Unreadable("it is too large"))
    }

    /// Reads the file of a proof.
    ///
    /// # Errors
    /// [`ProofFault::Unreadable`] or [`ProofFault::Format`].
    pub fn read(bytes: &[u8]) -> Result<Self, ProofFault> {
        let files = layout::files(bytes).ok_or(ProofFault::Unreadable("it is no ZIP file as a proof has it"))?;
        let (mut pdf, mut html, mut json, mut signature) = (None, None, None, None);
        for (name, content) in files {
            let place = match name.as_str() {
                DOCUMENT_PDF => &mut pdf,
                DOCUMENT_HTML => &mut html,
                PROOF => &mut json,
                SIGNATURE_FILE => &mut signature,
                _ => return Err(ProofFault::Unreadable("it has a file that no proof has")),
            };
            if place.replace(content).is_some() {
                return Err(ProofFault::Unreadable("it has a file twice"));
            }
        }
        let lacks = |name| move || ProofFault::Unreadable(name);
        let pdf = pdf.ok_or_else(lacks(DOCUMENT_PDF))?;
        let json = json.ok_or_else(lacks(PROOF))?;
        let signature = signature.ok_or_else(lacks(SIGNATURE_FILE))?;
        if signature.len() != SIGNATURE {
            return Err(ProofFault::Unreadable(SIGNATURE_FILE));
        }
        Ok(Self { proof: parse(&json)?, json, signature, pdf, html })
    }

    /// Checks the signature, the documents, and the chain from the facts to the head.
    ///
    /// # Errors
    /// [`ProofFault`]: the first that is found.
    pub fn check(&self, keys: &[VerifyingKey]) -> Result<Checked<'_>, ProofFault> {
        let digest = Sha256::of(&[&self.json]);
        match signed(keys, self.proof.key, Purpose::Proof, &digest.0, &self.signature) {
            Signed::Holds => {}
            Signed::Broken => return Err(ProofFault::Signature),
            Signed::KeyUnknown => return Err(ProofFault::KeyUnknown(self.proof.key)),
        }
        if Sha256::of(&[&self.pdf]) != self.proof.pdf_sha256 {
            return Err(ProofFault::DocumentDiffers(DOCUMENT_PDF));
        }
        if self.html.as_ref().map(|html| Sha256::of(&[html])) != self.proof.html_sha256 {
            return Err(ProofFault::DocumentDiffers(DOCUMENT_HTML));
        }
        self.proof.delivery.chain.check(self.proof.delivery.dossier)?;
        Ok(Checked { proof: &self.proof, pdf: &self.pdf, html: self.html.as_deref() })
    }
}

fn parse(json: &[u8]) -> Result<Proof, ProofFault> {
    let unreadable = |_| ProofFault::Unreadable(PROOF);
    let any: AnyProof = serde_json::from_slice(json).map_err(unreadable)?;
    if any.format != FORMAT {
        return Err(ProofFault::Format);
    }
    serde_json::from_slice(json).map_err(unreadable)
}

/// A proof that holds.
#[derive(Clone, Copy)]
pub struct Checked<'a> {
    proof: &'a Proof,
    pdf: &'a [u8],
    html: Option<&'a [u8]>,
}

impl<'a> Checked<'a> {
    /// What it says of the delivery.
    pub fn statement(&self) -> &'a Statement {
        &self.proof.delivery
    }

    /// The key that signed it.
    pub fn key(&self) -> KeyId {
        self.proof.key
    }

    /// The PDF that was sent.
    pub fn pdf(&self) -> &'a [u8] {
        self.pdf
    }

    /// The page of the same content, where there was one.
    pub fn html(&self) -> Option<&'a [u8]> {
        self.html
    }

    /// The verdict and the story in the order in which it happened, for a person. Times are those of Brussels.
    pub fn story(&self) -> String {
        let delivery = &self.proof.delivery;
        let mut text = format!("THE PROOF HOLDS: signed with key {}\n\n", self.proof.key);
        for (name, value) in self.rows() {
            text.push_str(&format!("{name:<17} {}\n", printable(&value)));
        }
        text.push_str("\nwhat happened, in Brussels time, as the issuer recorded it:\n");
        let mut events: Vec<&Event> = delivery.events.iter().collect();
        events.sort_by_key(|event| event.at);
        for event in events {
            text.push_str(&format!("  {}\n", printable(&told(event))));
        }
        text.push_str(&format!("  {}  proof made\n", brussels_time(delivery.made_at)));
        text.push_str(&format!("\n{}", ledger(&delivery.chain)));
        text
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let delivery = &self.proof.delivery;
        let courtesy = match &delivery.courtesy_language {
            Some(language) => format!(", with a courtesy translation in {language}"),
            None => String::new(),
        };
        let mut rows = vec![
            ("delivery", delivery.delivery.to_string()),
            ("dossier", format!("{}, step version {}", delivery.dossier, delivery.step_version)),
            ("document", format!("{}, template version {}", delivery.document, delivery.template_version)),
            ("language", format!("{}{courtesy}", delivery.language)),
            ("channel", format!("{}, legal effect {}", delivery.channel, delivery.legal_effect)),
            ("issuer", delivery.issuer.clone()),
            (DOCUMENT_PDF, format!("{} pages, SHA-256 {}", delivery.pages, self.proof.pdf_sha256)),
        ];
        rows.extend(self.proof.html_sha256.map(|hash| (DOCUMENT_HTML, format!("SHA-256 {hash}"))));
        rows
    }
}

fn told(event: &Event) -> String {
    let mut line = format!("{}  {}", brussels_time(event.at), event.state);
    let details = [("reason", &event.reason), ("reference", &event.reference), ("note", &event.note)];
    for (name, value) in details {
        if let Some(value) = value {
            line.push_str(&format!("; {name}: {value}"));
        }
    }
    line
}

fn ledger(chain: &Chain) -> String {
    if chain.facts.is_empty() {
        return "no fact of the ledger is part of this proof\n".to_owned();
    }
    let mut text = "facts of the ledger, each linked to the head:\n".to_owned();
    for fact in &chain.facts {
        let kind = printable(&fact.kind);
        text.push_str(&format!("  position {}: {kind} on {} ({})\n", fact.position, fact.occurred_on, fact.fact));
    }
    text.push_str(&format!("  head at position {}: {}\n", chain.head.position, chain.head.hash));
    text.push_str("  the chain convicts against a head that somebody kept: compare it with yours\n");
    text
}
