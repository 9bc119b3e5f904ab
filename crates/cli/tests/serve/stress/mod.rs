//! The server under stress: many concurrent clients, faults, hostile clients, kills.

mod clients;
mod history;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(target_os = "linux")]
mod hostile_bodies;
#[cfg(target_os = "linux")]
mod idle;
mod kill;
mod load;
mod model;
#[cfg(target_os = "linux")]
mod slow;
mod spaces;
