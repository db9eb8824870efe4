//! The delivery engine with its ways out, over a real print folder and a real SMTP server on the loopback.

mod house;
mod mail;
mod outcome;
mod print;
