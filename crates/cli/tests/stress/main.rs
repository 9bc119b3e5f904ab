//! The server under stress: many concurrent clients, faults, hostile clients, kills.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests fail by panicking, and their tables are long"
)]

mod clients;
mod history;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(target_os = "linux")]
mod hostile_bodies;
#[path = "../../../mock/tests/http/mod.rs"]
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
