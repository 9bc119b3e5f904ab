//! What the tests and the fuzz targets compare the crates with: independent implementations that
//! follow the specification in the simplest possible way.
//!
//! - [`Part`] is a filter of memberships, or a part of one, with its meaning: a [set of
//!   cells](cells), found by evaluating each comparison on each cell. Contradictions, redundancy and
//!   everything else are found by trial.
//! - [`shortest`] finds the shortest text of each meaning.
//! - [`trees`] generates syntax trees.
//! - [`writer`] writes a tree or a filter as text, with all variations that the grammar allows.
//! - [`operators`] has the law that certain fixes keep the operators that were typed.
//! - [`rules`] decide which requests the server refuses.
//!
//! Trees and filters are generated from bytes. A fuzz target gets them from the fuzzer, and a
//! property test from the `strategies`.
//!
//! Only the library's types are used here, never its functions, to decide what is correct.

#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

pub mod cells;
mod comparison;
pub mod operators;
mod part;
pub mod rules;
pub mod shortest;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod trees;
pub mod writer;

use arbitrary::Unstructured;

pub use self::comparison::{Comparison, DOCUMENTED, Mistake, VALUES, Value};
pub use self::part::{Connective, Kind, Part};

/// Returns a number below `end`, from one byte; 0, the simplest choice, if there are no more bytes.
pub fn below(u: &mut Unstructured<'_>, end: u8) -> u8 {
    u.arbitrary::<u8>().unwrap_or(0) % end
}
