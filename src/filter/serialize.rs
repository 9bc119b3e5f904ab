//! Serialization of a filter as its text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Filter, Language};

/// Serializes the filter as its shortest text, like `Display`.
impl<L: Language> Serialize for Filter<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Parses the filter from a string; an invalid filter fails with the one-line error.
///
/// A serialized filter deserializes to an equal one if it
/// [is documented](crate::members::Filter::is_documented).
impl<'de, L: Language> Deserialize<'de> for Filter<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<L>(PhantomData<L>);

        impl<L: Language> Visitor<'_> for Text<L> {
            type Value = Filter<L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [resource, _] = L::DECLARATION.resource;
                write!(f, "a {resource} filter as a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Filter<L>, E> {
                Filter::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text(PhantomData))
    }
}
