//! The filters of `spaces.list`, `spaces.messages.list` and `spaces.messages.reactions.list`.
//!
//! Every filter of up to three comparisons over a few constants is compared with a second, naive
//! implementation, which evaluates each comparison on each of a few resources. These resources
//! include one for every combination of values that the constants can tell apart.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod diagnostics;
mod exhaustive;
mod laws;
mod model;
mod resources;
