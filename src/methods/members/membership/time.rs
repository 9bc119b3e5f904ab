//! Times in JSON: text in RFC 3339 format, or the object that protobuf.js prints for a `Timestamp`.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::values::Timestamp;

/// A time as text. Text is kept as it is, and an object is converted to RFC 3339.
pub(super) struct Time(pub(super) String);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimeVisitor;

        impl<'de> Visitor<'de> for TimeVisitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Timestamp::EXPECTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                Ok(Time(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Time, A::Error> {
                let timestamp = Timestamp::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Time(rfc_3339(timestamp)))
            }
        }

        deserializer.deserialize_any(TimeVisitor)
    }
}

/// Returns the time in RFC 3339 format, with as many digits as the proto3 JSON mapping has.
fn rfc_3339(timestamp: Timestamp) -> String {
    let text = timestamp.to_string();
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction.trim_end_matches('Z')),
        None => return text,
    };
    let digits = fraction.len().div_ceil(3) * 3;
    format!("{whole}.{fraction:0<digits$}Z")
}
