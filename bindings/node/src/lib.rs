//! The WebAssembly module of the npm package `gchat-filter`.
//!
//! [`operations`] has what the module does, in terms of the library; [`boundary`] exports it.

pub mod boundary;
pub mod operations;
