//! Values of more than one method's fields: timestamps and resource names.

pub(crate) mod resource_name;
mod timestamp;

pub use self::timestamp::{InvalidTimestamp, Timestamp};
