//! Letters and answers as PDF/A-2a with PDF/UA-1, the proofs of a transfer as PDF/A-3a with what was sent attached, made
//! in process with Typst; and the folder letters are printed from.
//!
//! May depend on traject-domain, traject-templates, the Typst crates, comemo, qrcode, csv, sha2, serde, serde_json and
//! thiserror.
//! Must never know rules of law, the clock, the network, the database, or the words of a letter: those come composed
//! from traject-templates. System fonts are never read.
//!
//! [`LetterPdf`] holds fonts, texts and templates and is shared; [`LetterPdf::uncovered`] says before rendering which
//! characters of a name the fonts lack. The same input gives the same bytes. [`PrintFolder`] keeps the result.

mod answer;
mod error;
mod fonts;
mod letter;
mod print_folder;
mod proofs;
mod world;

pub use answer::{AnswerDocument, AnswerTable, Column, UnevenRow};
pub use error::{CodePoints, Locations, RenderError};
pub use letter::{LetterPdf, Rendered, SetUpError};
pub use print_folder::{PrintError, PrintFolder, PrintJob, Stored};
pub use proofs::{IndexWords, Proof, ProofDocument};
