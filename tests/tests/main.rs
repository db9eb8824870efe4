//! One binary for all black-box tests.

mod decision;
mod delivery;
mod documents;
mod explain;
mod import;
mod kills;
mod laboratory;
mod law;
mod mail_kills;
mod mailing;
mod procedure;
mod proof;
mod replay;
mod search;
mod support;
mod wire;
