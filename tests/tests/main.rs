//! One binary for all black-box tests.

mod replay;
mod support;
