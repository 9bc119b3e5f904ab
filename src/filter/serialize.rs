//! Serialization of a filter as its text.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Filter;

/// Serializes the filter as its shortest text, like `Display`.
impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Parses the filter from a string; an invalid filter fails with the one-line error.
///
/// A serialized filter deserializes to an equal one if it
/// [is documented](Filter::is_documented).
impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Filter;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a membership filter as a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Filter, E> {
                Filter::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
