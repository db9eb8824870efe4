//! The contract of the channel, against the twin over real TLS.

mod asking;
mod config;
mod sending;
mod support;
