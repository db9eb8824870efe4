//! One binary for all black-box tests.

mod import;
mod replay;
mod support;
