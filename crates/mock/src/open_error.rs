//! The error for a server that cannot be created, changed or reset.

use thiserror::Error;

use super::seed_error::SeedError;
use super::store::StoreError;

/// The error for a mock server's file that cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The seed is invalid.
    #[error("invalid seed: {0}")]
    Seed(#[from] SeedError),
    /// The file cannot be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file was created from a different seed.
    #[error(
        "the file was created from a different seed: {difference}; omit the seed to continue with the \
         saved data, or delete the file to start over"
    )]
    OtherSeed {
        /// The first difference.
        difference: String,
    },
}
