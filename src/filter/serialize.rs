//! Serialization of a filter as its text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Checker, Filter, Language};
use crate::schema::Preset;

/// Serializes the filter as its shortest text, like `Display`.
impl<L: Language> Serialize for Filter<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Parses the filter from a string; an invalid filter fails with the one-line error.
///
/// A serialized filter deserializes to an equal one, even if its text is not documented, as that of
/// a filter parsed with the preset [`Aip160`](Preset::Aip160) may be. No other undocumented text is
/// accepted.
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
                Filter::parse(text).or_else(|error| printed(text).ok_or_else(|| E::custom(error)))
            }
        }

        deserializer.deserialize_str(Text(PhantomData))
    }
}

/// Returns the filter that prints as `text`, although the text is invalid by default.
fn printed<L: Language>(text: &str) -> Option<Filter<L>> {
    [false, true].into_iter().find_map(|admin_access| {
        let checker = Checker::new().preset(Preset::Aip160);
        let filter: Filter<L> = checker.admin_access(admin_access).parse(text).ok()?;
        (filter.to_string() == text).then_some(filter)
    })
}
