//! Timestamps in JSON: text in RFC 3339 format, or the object that protobuf.js prints.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Timestamp;

impl Timestamp {
    /// What is expected of a timestamp in JSON.
    pub(crate) const EXPECTED: &str =
        "a time: text in RFC 3339 format, or an object with `seconds`";
}

/// Serializes the timestamp as text.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads text in RFC 3339 format, or the object that protobuf.js prints: `{"seconds": "1767225600",
/// "nanos": 0}`, whose `seconds` are text, a number or an object with `low` and `high`.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Seconds,
            Nanos,
            #[serde(other)]
            Other,
        }

        struct TimestampVisitor;

        impl<'de> Visitor<'de> for TimestampVisitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Timestamp::EXPECTED)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse()
                    .map_err(|error| E::custom(format_args!("invalid time {text:?}: {error}")))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Timestamp, A::Error> {
                let (mut seconds, mut nanos) = (None, None);
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Seconds if seconds.is_some() => {
                            return Err(A::Error::duplicate_field("seconds"));
                        }
                        Key::Nanos if nanos.is_some() => {
                            return Err(A::Error::duplicate_field("nanos"));
                        }
                        Key::Seconds => seconds = Some(map.next_value::<Int64>()?.0),
                        Key::Nanos => nanos = map.next_value::<Option<u32>>()?,
                        Key::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let seconds = seconds.ok_or_else(|| A::Error::missing_field("seconds"))?;
                Timestamp::new(seconds, nanos.unwrap_or(0)).ok_or_else(|| {
                    A::Error::custom("expected a time in the years 1 to 9999, with less than a second of `nanos`")
                })
            }
        }

        deserializer.deserialize_any(TimestampVisitor)
    }
}

/// A 64-bit integer: a number, its digits as text, or an object of its halves as in `long.js`.
struct Int64(i64);

impl<'de> Deserialize<'de> for Int64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Low,
            High,
            #[serde(other)]
            Other,
        }

        struct Int64Visitor;

        impl<'de> Visitor<'de> for Int64Visitor {
            type Value = Int64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a 64-bit integer: a number, its digits as text, or an object with `low` and `high`")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Int64, E> {
                Ok(Int64(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Int64, E> {
                let number = i64::try_from(number)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
                Ok(Int64(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Int64, E> {
                let number = text
                    .parse()
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))?;
                Ok(Int64(number))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Int64, A::Error> {
                let (mut low, mut high) = (None, None);
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Low => low = Some(map.next_value::<i64>()?),
                        Key::High => high = Some(map.next_value::<i32>()?),
                        Key::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let low = low.ok_or_else(|| A::Error::missing_field("low"))?;
                let high = high.ok_or_else(|| A::Error::missing_field("high"))?;
                // The lower half is signed in `long.js`, although its bits are not.
                Ok(Int64(i64::from(high) << 32 | low & 0xffff_ffff))
            }
        }

        deserializer.deserialize_any(Int64Visitor)
    }
}
