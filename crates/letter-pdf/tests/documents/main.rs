//! What a finished document must be: one binary, because every binary links the whole compiler.

mod answers;
mod every_document;
mod inspect;
mod letters;
mod print_folder;
mod proofs;
mod reading;
