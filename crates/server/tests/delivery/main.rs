//! The delivery engine with its ways out, over a real print folder, and a real SMTP server and an eBox on the
//! loopback.

mod acts;
mod ebox;
mod house;
mod mail;
mod outcome;
mod print;
