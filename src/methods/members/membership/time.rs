//! Times in JSON: text in RFC 3339 format, or the object that protobuf.js prints for a `Timestamp`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};

use crate::values::Timestamp;

/// A time as text. Text is kept as it is, and an object is converted to RFC 3339.
pub(super) struct Time(pub(super) String);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Seconds,
            Nanos,
            #[serde(other)]
            Other,
        }

        struct TimeVisitor;

        impl<'de> Visitor<'de> for TimeVisitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time: text in RFC 3339 format, or an object with `seconds`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                Ok(Time(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Time, A::Error> {
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
                rfc_3339(seconds, nanos.unwrap_or(0)).map(Time).ok_or_else(|| {
                    A::Error::custom("expected a time in the years 1 to 9999, with less than a second of `nanos`")
                })
            }
        }

        deserializer.deserialize_any(TimeVisitor)
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

/// Returns the time in RFC 3339 format, with as many digits as the proto3 JSON mapping has. Returns
/// `None` if the API's `Timestamp` cannot represent it.
fn rfc_3339(seconds: i64, nanos: u32) -> Option<String> {
    let whole = Timestamp::new(seconds, 0)?.to_string();
    Timestamp::new(seconds, nanos)?;
    let fraction = match nanos {
        0 => String::new(),
        _ if nanos.is_multiple_of(1_000_000) => format!(".{:03}", nanos / 1_000_000),
        _ if nanos.is_multiple_of(1000) => format!(".{:06}", nanos / 1000),
        _ => format!(".{nanos:09}"),
    };
    Some(format!("{}{fraction}Z", whole.trim_end_matches('Z')))
}
