//! Values of more than one method's fields: timestamps and resource names.

pub(crate) mod conditions;
pub(crate) mod resource_name;
mod timestamp;
mod timestamp_json;

pub use self::timestamp::{InvalidTimestamp, Timestamp};
