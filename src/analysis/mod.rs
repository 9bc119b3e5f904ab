//! The meaning stage: what the parts of a filter match, contradictions and redundancy.
//!
//! It is the same for all languages. A filter's constants divide the values of each group into a few
//! [cells](cells::Partition), which no comparison of the filter divides further, so every part of the
//! filter matches a set of whole cells.

mod bits;
pub(crate) mod cells;
pub(crate) mod condition;
pub(crate) mod conjunction;
mod conjunction_builder;
pub(crate) mod lower;
pub(crate) mod meaning;
mod print;
pub(crate) mod request;
pub(crate) mod summary;
