//! The server under stress: many clients at once, faults, hostile clients, kills.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "that is how a test fails, and how a table reads"
)]

mod clients;
mod history;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(target_os = "linux")]
mod hostile_bodies;
#[path = "../http/mod.rs"]
mod http;
#[cfg(target_os = "linux")]
mod idle;
mod kill;
mod load;
mod model;
#[path = "../program/mod.rs"]
mod program;
#[cfg(target_os = "linux")]
mod slow;
mod spaces;
