//! A filter is its text.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Filter;

/// Writes the shortest text, as `Display` does.
impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads a text; a bad one fails with the one-line error. What was written reads as an equal
/// filter if it [is documented](Filter::is_documented).
impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Filter;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the text of a membership filter")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Filter, E> {
                Filter::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
