//! One binary for all black-box tests.

mod client;
mod decision;
mod delivery;
mod desks;
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
mod scenarios;
mod search;
mod support;
mod wire;
mod work_list;
